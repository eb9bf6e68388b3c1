"""What the centre's news does at this desk: reference data, codes, results, events; never records."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from azpost_desk.domain import cash, cash_bags
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Branch
from azpost_desk.domain.days import TIME_MS_END
from azpost_desk.domain.item_numbers import read_item_number
from azpost_desk.domain.lines.charges import DUE_QAPIK_MAX
from azpost_desk.domain.mail.bags import BAG as MAIL_BAG
from azpost_desk.domain.mail.bags import ITEMS_MAX, read_bag_number
from azpost_desk.domain.mail.orders import ORDER, STOPS
from azpost_desk.domain.mail.pickup import TOLD, is_hash
from azpost_desk.domain.moves import DECIDED, PAYMENT, TRANSFER
from azpost_desk.domain.operations_recovery import CORRECTION_SORTS
from azpost_desk.domain.qr_moves import AT_DESK as QR_AT_DESK
from azpost_desk.domain.reference import DOCUMENTS
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol import news as tidings
from azpost_desk.protocol.instant import paid_of
from azpost_desk.protocol.keys import is_signed
from azpost_desk.services.erasure import erase, wanted
from azpost_desk.services.qr_views import QR
from azpost_desk.storage import projected_cash
from azpost_desk.storage import projected_disputes as disputes
from azpost_desk.storage import projected_items as items
from azpost_desk.storage import tables as t
from azpost_desk.storage.features import abroad, labels, mail_bags, mail_bags_in, pickups, rounds
from azpost_desk.storage.projected_slips import add_untold, against_slip, learn_key
from azpost_desk.storage.projections import keep_remittance, remittance_differs

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from azpost_desk.protocol.messages import News
    from azpost_desk.services.qr_views import QrStep
    from azpost_desk.storage.desk import OpenDesk
    from azpost_desk.storage.writing import BookWriting


class NotTaken(Exception):
    """News this desk will not act upon; it is kept, with a case for somebody to look at."""


# No letters of any language (read or written), nested beyond reading, a number beyond the engine's 64 bits:
# one bad piece never blocks those behind it.
UNUSABLE: Final = (NotTaken, msgspec.DecodeError, UnicodeError, RecursionError, OverflowError)


def take_news(books: BookWriting, news: News, centre_epoch: int) -> None:
    """Keep news and let it act. What is malformed or would write into the books raises a case."""
    connection = books.connection
    after = connection.execute(select(func.max(t.journal.c.id))).scalar_one()
    trouble = ""
    if not books.stopped:
        try:
            act(connection, books.open_desk, news)
            _answer(books, news, centre_epoch)
        except UNUSABLE as wrong:
            trouble = str(wrong)
            _raise_case(books, news, centre_epoch, trouble)
    connection.execute(
        insert(t.news),
        {
            "centre_epoch": centre_epoch,
            "position": news.position,
            "kind": news.kind,
            "payload": news.payload,
            "after_record": after,
            "trouble": trouble,
        },
    )


def act(connection: Connection, desk: OpenDesk, news: News) -> None:
    """The effect of news on projections and on what the desk keeps; acts again unchanged in `rebuild`.

    Raises:
        NotTaken: it would write into the books.
        msgspec.DecodeError: the payload is not what its kind says.
    """
    if news.kind in {kind for kind, _ in ops.BODIES} or news.kind in _NEVER:
        # The centre never writes into a branch's books (H-16).
        raise NotTaken("record")
    actor = _ACTORS.get(news.kind)
    kind = tidings.KINDS.get(news.kind)
    if actor is not None and kind is not None:
        told = msgspec.json.decode(news.payload, type=kind)
        times = (getattr(told, name) for name in kind.__struct_fields__ if name.endswith("_ms"))
        if not all(0 <= at_ms < TIME_MS_END for at_ms in times):
            # Whoever reckons a day from it would fail, and everybody whose work stands in the same list.
            raise NotTaken("no such time")
        actor(connection, desk, told)


_NEVER: Final = frozenset({"record", "journal", "posting", "postings", "ledger"})


def _reference(connection: Connection, desk: OpenDesk, told: tidings.Reference) -> None:
    kind = DOCUMENTS.get(told.name)
    if kind is not None:
        # A document that does not decode must not come up when a customer stands there.
        msgspec.json.decode(told.content, type=kind)
    connection.execute(
        upsert(t.documents).on_conflict_do_nothing(),
        {
            "name": told.name,
            "version": told.version,
            "valid_from": told.valid_from,
            "content": bytes(told.content),
        },
    )


def _codes(connection: Connection, desk: OpenDesk, told: tidings.Codes) -> None:
    if told.epoch != desk.enrolled.epoch:
        # Of an older epoch: nothing of it may be used (PROTOCOL.md 1).
        return
    if told.transfer_codes:
        connection.execute(
            upsert(t.codes).on_conflict_do_nothing(),
            [{"code": code, "epoch": told.epoch, "operation": ""} for code in told.transfer_codes],
        )
    if told.item_prefix and told.item_first <= told.item_last:
        connection.execute(
            upsert(t.item_ranges).on_conflict_do_nothing(),
            {
                "epoch": told.epoch,
                "prefix": told.item_prefix,
                "first": told.item_first,
                "last": told.item_last,
                "next": told.item_first,
                "sort": told.item_sort,
            },
        )


def _desk_head(connection: Connection, desk: OpenDesk, told: tidings.DeskHead) -> None:
    if told.public_key and not learn_key(connection, told.desk, told.epoch, told.public_key, "active"):
        raise NotTaken("another key of a chain")
    beside_slip = against_slip(connection, told)
    if beside_slip == "differs":
        raise NotTaken("a close that differs from its slip")
    if beside_slip == "known":
        add_untold(connection, told)
        return
    values = {
        "number": told.number,
        "epoch": told.epoch,
        "sequence": told.sequence,
        "hash": told.hash,
        "received_ms": told.received_ms,
        "state": told.state,
        "figures": bytes(told.figures),
        "hours": told.hours,
    }
    o = t.other_desks.c
    newer = (o.epoch < told.epoch) | ((o.epoch == told.epoch) & (o.sequence <= told.sequence))
    connection.execute(
        upsert(t.other_desks)
        .values(desk=told.desk, date=told.date, **values)
        .on_conflict_do_update(index_elements=["desk", "date"], set_=values, where=newer)
    )


def _desk_key(connection: Connection, desk: OpenDesk, told: tidings.DeskKey) -> None:
    if told.state not in ("active", "replaced", "lost", "forked"):
        raise NotTaken("no such state of a key")
    if not learn_key(connection, told.desk, told.epoch, told.public_key, told.state):
        raise NotTaken("another key of a chain")


def _transfer_event(connection: Connection, desk: OpenDesk, told: tidings.TransferEvent) -> None:
    this = t.transfers.c.transfer == told.transfer
    known = connection.execute(select(t.transfers).where(this)).first()
    if known is None or told.at_ms < known.changed_ms or known.held_grant:
        # Not ours, late, or in our own hand: what the holder does is for the holder's records to say.
        return
    if told.state in _reachable(known.state):
        connection.execute(update(t.transfers).where(this).values(state=told.state, changed_ms=told.at_ms))


def _reachable(state: str) -> set[str]:
    """States that moves of a transfer lead to from `state`, itself included: a late event never goes back.

    What people decide begins anew, so it counts only from the very state they decided about.
    """
    found = {state, *(TRANSFER[state, event] for event in DECIDED if (state, event) in TRANSFER)}
    while (
        more := {
            after for (before, event), after in TRANSFER.items() if before in found and event not in DECIDED
        }
        - found
    ):
        found |= more
    return found


def _item_event(connection: Connection, desk: OpenDesk, told: tidings.ItemEvent) -> None:
    _item(connection, desk, told, gone=False)


def _item_voided(connection: Connection, desk: OpenDesk, told: tidings.ItemVoided) -> None:
    _item(connection, desk, told, gone=True)


def _item_order(connection: Connection, desk: OpenDesk, told: tidings.ItemOrder) -> None:
    """An order that was lifted stays lifted, whichever word comes first; of others the latest counts."""
    if told.kind not in STOPS or told.state not in ORDER.values():
        raise NotTaken("no such stop order")
    values = {"number": told.number, "kind": told.kind, "state": told.state, "at_ms": told.at_ms}
    values["to_office"] = told.to
    o = t.mail_orders.c
    connection.execute(
        upsert(t.mail_orders)
        .values(item_order=told.order, **values)
        .on_conflict_do_update(
            index_elements=["item_order"],
            set_=values,
            where=(o.state != "lifted") & ((o.at_ms <= told.at_ms) | (told.state == "lifted")),
        )
    )


def _item(connection: Connection, desk: OpenDesk, told: tidings.ItemEvent, *, gone: bool) -> None:
    if not 0 <= told.due_qapik <= DUE_QAPIK_MAX:
        raise NotTaken("no such charge")
    here = _is_on_its_way_here(connection, desk, told)
    items.heard(connection, told, desk.enrolled.branch, addressed=here, gone=gone)
    rounds.heard(connection, told, gone=gone)
    labels.heard(connection, told, gone=gone)
    mail_bags.heard(connection, told, gone=gone)
    mail_bags_in.heard(connection, told, gone=gone)


def _item_code(connection: Connection, desk: OpenDesk, told: tidings.ItemCode) -> None:
    if told.form != 1:
        # Made in a way that only a newer program checks: here a document is shown.
        raise NotTaken("no such form of a code")
    is_whole = is_hash(told.hash) if told.state == "standing" else not told.hash
    if told.office != desk.enrolled.branch or told.state not in TOLD or not (told.code and is_whole):
        raise NotTaken("strange code")
    if read_item_number(told.number).number != told.number:
        raise NotTaken("code of no item")
    pickups.told(connection, told)


def _mail_bag(connection: Connection, desk: OpenDesk, told: tidings.MailBagNews) -> None:
    own = desk.enrolled.branch
    if own not in (told.from_office, told.to_office, told.office):
        return
    numbers = tuple(dict.fromkeys(told.numbers))
    is_sound = (
        told.state in MAIL_BAG.values()
        and read_bag_number(told.number) == told.number
        and len(numbers) == len(told.numbers) <= ITEMS_MAX
        and all(read_item_number(one).number == one for one in numbers)
    )
    if not (told.bag and is_sound):
        raise NotTaken("strange bag")
    mail_bags.told(connection, told, own)
    mail_bags_in.told(connection, told, own)


def _is_on_its_way_here(connection: Connection, desk: OpenDesk, told: tidings.ItemEvent) -> bool:
    """The sending office hears of its items too, and so does each desk of what the next one scanned."""
    d = t.documents.c
    newest = select(d.content).where(d.name == "branch").order_by(d.version.desc()).limit(1)
    content = connection.execute(newest).scalar()
    own = msgspec.json.decode(content, type=Branch).postcode if content else ""
    return told.office != desk.enrolled.branch and told.postcode in ("", own)


def _remittance(connection: Connection, desk: OpenDesk, told: tidings.RemittanceNews) -> None:
    if desk.enrolled.desk not in (told.to_desk, told.from_desk):
        return
    if told.state not in ("announced", "accepted"):
        raise NotTaken("no such state of cash")
    if told.to_desk == desk.enrolled.desk:
        if not _is_countable(told):
            raise NotTaken("uncountable cash")
        if remittance_differs(connection, told):
            raise NotTaken("cash that differs from what is known of it")
        keep_remittance(connection, told, told.from_desk, told.to_desk, told.at_ms, told.state)
    if told.state == "accepted":
        r = t.remittances.c
        ours = (r.remittance == told.remittance) & (r.state == "issued")
        connection.execute(update(t.remittances).where(ours).values(state="accepted"))
        projected_cash.end_remittance(connection, told.remittance, told.to_desk, told.by, told.at_ms)


def _late_records(connection: Connection, desk: OpenDesk, told: tidings.LateRecords) -> None:
    """Fetched by the line (LineBooks.late_wanted); of the present epoch nothing is late."""
    if told.epoch >= desk.enrolled.epoch or not 0 < told.first <= told.last:
        raise NotTaken("no late records")


def _bag(connection: Connection, desk: OpenDesk, told: tidings.BagNews) -> None:
    own = desk.enrolled.desk
    if own not in (told.to_desk, told.from_desk):
        return
    direction = "in" if told.to_desk == own else "out"
    if told.state not in _BAG_STATES[direction]:
        raise NotTaken("no such state of a bag")
    suspect = told.sort == cash_bags.SUSPECT and told.from_desk == own and not told.pieces
    if told.sort not in cash_bags.SORTS or not (suspect or _is_countable(told)):
        raise NotTaken("uncountable bag")
    projected_cash.hear_of_bag(connection, told, direction)


_BAG_STATES: Final = {
    "in": frozenset({"announced", "received", "differs", "resolved"}),
    "out": frozenset({"sealed", "on_its_way", "taken_in", "differs", "resolved"}),
}


def _is_countable(told: tidings.RemittanceNews | tidings.BagNews) -> bool:
    """Whether somebody at the counter can count in exactly this."""
    try:
        amount = cash.counted({int(piece): number for piece, number in told.pieces.items()})
    except (ValueError, Refused):
        return False
    return amount.minor == told.amount_qapik > 0


def _grant_question(connection: Connection, desk: OpenDesk, told: tidings.GrantQuestion) -> None:
    values = {"thing": told.thing, "asked_ms": told.at_ms, "answer": ""}
    # Asked again is a new question: somebody stands at another counter.
    connection.execute(
        upsert(t.grant_questions)
        .values(held_grant=told.grant, **values)
        .on_conflict_do_update(index_elements=["held_grant"], set_=values)
    )


def _proposal(connection: Connection, desk: OpenDesk, told: tidings.CorrectionProposal) -> None:
    if told.sort not in CORRECTION_SORTS or told.amount_qapik <= 0 or not (told.holder and told.reason):
        raise NotTaken("strange proposal")
    # The first words count: what was read at the counter is not exchanged behind its back.
    connection.execute(
        upsert(t.proposals).on_conflict_do_nothing(), msgspec.structs.asdict(told) | {"state": "open"}
    )


def _centre_act(connection: Connection, desk: OpenDesk, told: tidings.CentreAct) -> None:
    connection.execute(upsert(t.centre_acts).on_conflict_do_nothing(), msgspec.structs.asdict(told))


_ACTORS: Final[dict[str, Callable[..., None]]] = {
    "reference": _reference,
    "codes": _codes,
    "desk.head": _desk_head,
    "desk.key": _desk_key,
    "transfer.event": _transfer_event,
    "item.event": _item_event,
    "item.voided": _item_voided,
    "item.code": _item_code,
    "item.order": _item_order,
    "mail.bag": _mail_bag,
    "abroad.event": lambda connection, _desk, told: abroad.told(connection, told),
    "remittance": _remittance,
    "grant.question": _grant_question,
    "correction.proposal": _proposal,
    "centre.act": _centre_act,
    "dispute.answer": disputes.answered,
    "bag": _bag,
    "late.records": _late_records,
}


def _answer(books: BookWriting, news: News, centre_epoch: int) -> None:
    """The records this desk writes of its own because of news."""
    if news.kind == "payment.result":
        _payment_result(books, msgspec.json.decode(news.payload, type=tidings.PaymentResult))
    elif news.kind == "qr.event":
        _qr_event(books, msgspec.json.decode(news.payload, type=tidings.QrEvent))
    elif news.kind == "exception":
        told = msgspec.json.decode(news.payload, type=tidings.OnExceptionsList)
        _raise_case(books, news, centre_epoch, f"exception {told.reason}", f"{told.epoch}/{told.sequence}")
    elif news.kind == "erasure.due":
        _erase(books, msgspec.json.decode(news.payload, type=tidings.ErasureDue))
    elif news.kind == "contested.judged_there":
        judged = msgspec.json.decode(news.payload, type=tidings.ContestedNews)
        about = f"{judged.epoch}/{judged.sequence} {judged.hash[:10]}"
        _raise_case(books, news, centre_epoch, f"contested {judged.decision}", about)


def _erase(books: BookWriting, told: tidings.ErasureDue) -> None:
    """What this desk finds due by its own rule; the rest waits for its own run, and the centre sees it."""
    erase(books, wanted(books, told.commitments), "sync", books.new_operation, actor_kind="sync")


# What a biller can answer.
_ANSWERS: Final = frozenset({"confirmed", "refused", "unknown", ops.DELIVERED_AFTER_ALL, ops.RETURNED})


def _payment_result(books: BookWriting, told: tidings.PaymentResult) -> None:
    known = books.payment(told.payment)
    if known is None:
        raise NotTaken("unknown payment")
    if told.outcome not in _ANSWERS or told.biller != known.biller:
        # Reversing and giving back are acts of this desk; another biller's books must not move.
        raise NotTaken("strange result")
    if (known.state, told.outcome) not in PAYMENT:
        # Told again, or overtaken: a late event never moves a state backwards.
        return
    books.append(
        ops.PaymentResolved(
            payment=told.payment,
            biller=told.biller,
            outcome=told.outcome,
            amount_qapik=known.amount.minor,
            # The post's own work is done: what the budget gives back is what it got.
            fee_qapik=0 if told.outcome == ops.RETURNED else known.fee.minor,
            service=known.service,
            provider_reference=told.provider_reference,
            reason=told.reason,
        ),
        actor="sync",
        actor_kind="sync",
        source="line",
        operation=books.new_operation(),
    )
    paid = books.paid_line(told.payment)
    if told.outcome == "confirmed" and paid is not None and isinstance(paid.line, ops.NoticePaid):
        # The payer's statement is drawn from this word, and owed from now on (services.statements).
        books.queue_paper("statement", told.payment)


def _qr_event(books: BookWriting, told: tidings.QrEvent) -> None:
    """Money by code that nobody looked for any more: it waits in the tray for a person's key (MC-5)."""
    step = books.of(QR).step(told.request)
    if step is None:
        raise NotTaken("unknown request")
    if told.outcome not in ("paid", "late", "closed"):
        raise NotTaken("strange result")
    if (step.state, told.outcome) not in QR_AT_DESK:
        return
    if told.outcome == "paid":
        _require_confirmed(books, step, told)
    books.append(
        ops.QrAnswered(
            request=told.request,
            outcome=told.outcome,
            words=told.words,
            signature=told.signature,
            reason=told.reason,
        ),
        actor="sync",
        actor_kind="sync",
        source="line",
        operation=books.new_operation(),
    )


def _require_confirmed(books: BookWriting, step: QrStep, told: tidings.QrEvent) -> None:
    who = books.open_desk.enrolled
    try:
        words, signature = bytes.fromhex(told.words), bytes.fromhex(told.signature)
    except ValueError as wrong:
        raise NotTaken("confirmation") from wrong
    paid = paid_of(words)
    wanted = (who.desk, who.epoch, step.request, step.digest, step.amount.minor)
    found = (paid.desk, paid.epoch, paid.request, paid.digest, paid.amount_qapik)
    if wanted != found or not is_signed(who.grants_key, words, signature):
        raise NotTaken("confirmation")


def _raise_case(books: BookWriting, news: News, centre_epoch: int, reason: str, about: str = "") -> None:
    books.append(
        ops.CaseRaised(
            case=books.next_case(),
            reason=reason,
            about=about or f"news {centre_epoch}/{news.position} {news.kind}",
            evidence=hashlib.sha256(news.payload).hexdigest(),
        ),
        actor="sync",
        actor_kind="sync",
        source="line",
        operation=books.new_operation(),
    )
