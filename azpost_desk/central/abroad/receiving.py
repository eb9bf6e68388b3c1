"""What partners send for receivers here: each once, checked, held or payable; their recalls and questions.

A message is kept as it came before it is used (`hearing`). What one of them means is decided in the order:
not agreed or without what it takes to be paid here (goes back), data missing that the travel rule asks for,
somebody who may be on a watch list, a twin, not funded, and then payable (money-out.md MA-23 to MA-29).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central import screening
from azpost_desk.central.abroad import agreements, arriving, booking, statements
from azpost_desk.central.registry.reference import newest
from azpost_desk.domain import operations as ops
from azpost_desk.domain.abroad.corridors import pick_up_number
from azpost_desk.domain.abroad.moves import ABROAD_IN
from azpost_desk.domain.abroad.travel_rule import missing_incoming
from azpost_desk.domain.catalogue import Settings, WatchState
from azpost_desk.domain.exchange import manat_for
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.names import fold
from azpost_desk.domain.people import Parties, Person

if TYPE_CHECKING:
    from azpost_desk.central.abroad.agreements import Agreed
    from azpost_desk.central.abroad.arriving import In
    from azpost_desk.central.gateways.abroad import Arrived, Asked, RecallAsked
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.abroad.corridors import Partner, WayIn

_DAY_MS: Final = 24 * 3_600_000
# EndToEndId where its sender had none (ISO 20022 market practice): no key.
_NOT_PROVIDED: Final = "NOTPROVIDED"
# Codes of ISO 20022 ExternalReturnReason1Code: why something goes back.
NOT_AGREED: Final = "AM03"
NO_NUMBER: Final = "AC01"
NO_NAME: Final = "RR03"
NOBODY_CAME: Final = "NOAS"
ON_REQUEST: Final = "FOCR"
# [design] A promised sum may differ from the settled one at the source's rate by so much: a spread.
_PROMISE_TOLERANCE: Final = 50
# Ends of a recall (camt.029) and why not.
AGREED, REFUSED, LOOKED_AT = "CNCL", "RJCR", "PDCR"
_WITH_PEOPLE: Final = ("held", "frozen")
PAID_ALREADY: Final = "CUST"
NOT_AGREED_TO: Final = "LEGL"
_RETURNED_ALREADY: Final = "ARDT"
_NOT_KNOWN: Final = "NOOR"


def arrived(
    conn: Connection, agreed: Agreed, partner: Partner, said: Arrived, message: int, now_ms: int
) -> None:
    """Money for a receiver here; told again it is the same (MA-24)."""
    content = hashlib.sha256(msgspec.json.encode(_told(said))).digest()
    known = arriving.lock_told(conn, partner.partner, said.uetr)
    if known is not None:
        if known.content != content:
            _differs(conn, known, now_ms)
        return
    way = _way(agreed, partner, said)
    found = _insert(conn, partner, way, said, content, message, now_ms)
    received = ops.IncomingReceived(
        transfer=found.transfer,
        partner=partner.partner,
        currency=found.currency,
        received_minor=found.amount,
    )
    booking.note(conn, received)
    _judge(conn, agreed, partner, way, said, found, now_ms)
    statements.came_late(conn, partner, found, now_ms)


def _judge(
    conn: Connection,
    agreed: Agreed,
    partner: Partner,
    way: WayIn | None,
    said: Arrived,
    found: In,
    now_ms: int,
) -> None:
    unfit = _why_unfit(way, said, found)
    if unfit or way is None:
        arriving.move(conn, found, "unfit", now_ms, reason=unfit, task="incoming_unpayable")
    elif lacking := _lacking(agreed, said, found, now_ms):
        arriving.move(conn, found, "incomplete", now_ms, reason=lacking, task="incoming_incomplete")
    elif is_suspected(conn, found, now_ms):
        arriving.move(conn, found, "suspected", now_ms, task=screening.UNDER_REVIEW)
    elif _has_twin(conn, way, found, now_ms):
        arriving.move(conn, found, "twin", now_ms, task="incoming_twin")
    elif _breaks_promise(agreed, found, now_ms):
        arriving.move(conn, found, "suspected", now_ms, task="incoming_promise")
    else:
        _buy_promised(conn, agreed, way, found, now_ms)
        arriving.settle(conn, partner, found, now_ms)


def _buy_promised(conn: Connection, agreed: Agreed, way: WayIn, found: In, now_ms: int) -> None:
    """Manat that were promised are owed from the acceptance on (MA-32); without a rate, from the grant on."""
    if not found.promised or (what := arriving.priced(found, way, agreed, 0, now_ms)) is None:
        return
    booking.note(conn, arriving.bought(found, arriving.PROMISED, what))
    arriving.keep_bought(conn, found, arriving.PROMISED, what)


def is_suspected(conn: Connection, found: In, now_ms: int) -> bool:
    """Whether, by the lists of today, its sender or receiver may be meant."""
    lists = newest(conn, WatchState) or WatchState()
    settings = newest(conn, Settings) or Settings()
    return screening.must_wait(conn, found.transfer, found.people(), lists, settings, now_ms)


def recalled(conn: Connection, found: In, said: RecallAsked, now_ms: int) -> None:
    """The partner wants it back: no new grant before that is answered; who holds it comes first (MA-27)."""
    if found.recall:
        return
    ends = {
        "paid": (REFUSED, PAID_ALREADY),
        "returned": (REFUSED, _RETURNED_ALREADY),
        **dict.fromkeys(("unpayable", "return_leaving", "return_sent", "return_unknown"), (AGREED, "")),
    }
    answer = ends.get(found.state)
    flag = "asked" if answer is None else {AGREED: "agreed", REFUSED: "refused"}[answer[0]]
    conn.execute(
        "update abroad_in set recall = %s, recall_case = %s, recall_ms = %s where transfer = %s",
        (flag, said.case, now_ms, found.transfer),
    )
    if answer is not None:
        arriving.say(conn, found, answer[0], now_ms, reason=answer[1], about=said.case)
    elif (found.state, "recalled") in ABROAD_IN:
        arriving.move(conn, found, "recalled", now_ms, task="incoming_recalled")
    else:
        arriving.case(conn, found, "incoming_recalled", now_ms)
        if found.state in _WITH_PEOPLE:
            _looked_at(conn, found, said.case, now_ms)


def still_looked_at(conn: Connection, found: In, now_ms: int) -> None:
    """What its partner wants back is blocked: it hears that the answer takes longer, and nothing else."""
    if found.recall == "asked":
        _looked_at(conn, found, found.recall_case, now_ms)


def _looked_at(conn: Connection, found: In, case: str, now_ms: int) -> None:
    """Said once for a recall, of whatever people look at, so that it tells nothing of a list (M0-12)."""
    said = conn.execute(
        "select from abroad_words where transfer = %s and case_id = %s and code = %s limit 1",
        (found.transfer, case, LOOKED_AT),
    ).fetchone()
    if said is None:
        arriving.say(conn, found, LOOKED_AT, now_ms, about=case)


def answer_recall(conn: Connection, found: In, end: str, reason: str, now_ms: int) -> None:
    """Answer an open recall, once."""
    if found.recall != "asked":
        return
    flag = "agreed" if end == AGREED else "refused"
    conn.execute("update abroad_in set recall = %s where transfer = %s", (flag, found.transfer))
    arriving.say(conn, found, end, now_ms, reason=reason, about=found.recall_case)


def asked(conn: Connection, partner: Partner, said: Asked, now_ms: int) -> None:
    """The partner asks what became of something; what is not known here is said not to be."""
    found = arriving.lock_told(conn, partner.partner, said.uetr)
    if found is None:
        thing = arriving.thing_of(partner.partner, said.uetr)
        told = (partner.partner, said.uetr, "", "")
        arriving.say_of(conn, thing, told, ("", _NOT_KNOWN, ""), now_ms)
        return
    arriving.say(conn, found, arriving.SAYS.get(found.state, arriving.PENDING), now_ms)


def run_out(conn: Connection, now_ms: int) -> int:
    """What nobody fetched within its way's term goes back; how many."""
    old = conn.execute(
        "select transfer, way, received_ms from abroad_in where state = 'available' order by received_ms"
    ).fetchall()
    if not old:
        # Asked at every look: what holds now is read only when something lies here.
        return 0
    ways = {one.way: one for one in agreements.agreed(conn, now_ms).corridors.ways_in}
    count = 0
    for transfer, name, received_ms in old:
        way = ways.get(name)
        if way is None or received_ms + way.days * _DAY_MS > now_ms:
            continue
        found = arriving.lock(conn, transfer)
        if found is not None and found.state == "available":
            arriving.move(conn, found, "term", now_ms, reason=NOBODY_CAME)
            count += 1
    return count


def _told(said: Arrived) -> _Content:
    return _Content(
        amount=(said.amount.minor, said.amount.currency),
        promised=said.promised.minor if said.promised else 0,
        end_to_end=said.end_to_end,
        number=pick_up_number(said.number),
        sender=said.sender,
        receiver=said.receiver,
    )


class _Content(msgspec.Struct, frozen=True):
    """What of a message makes it another one: not its own id, nor its date."""

    amount: tuple[int, str]
    promised: int
    end_to_end: str
    number: str
    sender: str
    receiver: str


def _differs(conn: Connection, known: In, now_ms: int) -> None:
    """The same UETR with other content: the first stands, and is not paid while it is looked at (MA-24)."""
    conn.execute("update abroad_in set must_wait = true where transfer = %s", (known.transfer,))
    if (known.state, "suspected") in ABROAD_IN:
        arriving.move(conn, known, "suspected", now_ms, task="incoming_differs")
    else:
        arriving.case(conn, known, "incoming_differs", now_ms)


def _way(agreed: Agreed, partner: Partner, said: Arrived) -> WayIn | None:
    """The way in by which this was agreed to come."""
    named = said.promised.currency if said.promised else said.amount.currency
    return next(
        (
            one
            for one in agreed.corridors.ways_in
            if one.partner == partner.partner
            and one.currency == named
            and one.settlement == said.amount.currency
        ),
        None,
    )


def _insert(
    conn: Connection,
    partner: Partner,
    way: WayIn | None,
    said: Arrived,
    content: bytes,
    message: int,
    now_ms: int,
) -> In:
    transfer = arriving.thing_of(partner.partner, said.uetr)
    number = pick_up_number(said.number)
    taken = (
        way is not None
        and conn.execute(
            "select 1 from abroad_in where way = %s and number = %s", (way.way, number)
        ).fetchone()
    )
    place = ", ".join(part for part in (said.sender_street, said.sender_town, said.sender_country) if part)
    parties = Parties(
        code=number, sender=Person(name=said.sender, address=place), receiver=Person(name=said.receiver)
    )
    values = {
        "transfer": transfer,
        "partner": partner.partner,
        "way": way.way if way else "",
        "uetr": said.uetr,
        "told_by": said.message,
        "reference": said.reference,
        "end_to_end": said.end_to_end,
        # A number that another one has is no key to this one.
        "number": "" if taken or way is None else number,
        "currency": said.amount.currency,
        "amount": said.amount.minor,
        "promised": said.promised.minor if said.promised else 0,
        "parties": msgspec.json.encode(parties),
        "content": content,
        "message": message,
        "receiver_key": fold(said.receiver),
        "purpose": said.purpose,
        "state": ABROAD_IN["", "received"],
        "state_ms": now_ms,
        "received_ms": now_ms,
    }
    names, places = ", ".join(values), ", ".join(f"%({name})s" for name in values)
    conn.execute(f"insert into abroad_in ({names}) values ({places})".encode(), values)
    found = arriving.lock(conn, transfer)
    if found is None:
        raise LookupError(transfer)
    return found


def _why_unfit(way: WayIn | None, said: Arrived, found: In) -> str:
    """Why it can be paid to nobody here, "" when it can."""
    if way is None:
        return NOT_AGREED
    if len(fold(said.receiver).split()) < 2:
        return NO_NAME
    return "" if found.number and way.fits(found.number) else NO_NUMBER


def _lacking(agreed: Agreed, said: Arrived, found: In, now_ms: int) -> str:
    """The parts that the travel rule asks for and that were not told (MA-29)."""
    rate = agreed.rates.find(found.currency, now_ms)
    worth = manat_for(found.sum, rate.base(), "up") if rate else None
    if found.currency == azn(0).currency:
        worth = azn(found.amount)
    parts = {
        "sender": said.sender,
        "receiver": said.receiver,
        "sender.address": said.sender_town or said.sender_born,
        "sender.country": said.sender_country,
    }
    return " ".join(missing_incoming(parts, worth))


def _has_twin(conn: Connection, way: WayIn, found: In, now_ms: int) -> bool:
    """The same reference, sum and receiver under another UETR within days may be the same money (MA-24)."""
    if found.end_to_end in ("", _NOT_PROVIDED):
        return False
    row = conn.execute(
        "select 1 from abroad_in where partner = %s and end_to_end = %s and amount = %s and receiver_key ="
        " (select receiver_key from abroad_in where transfer = %s) and transfer <> %s and received_ms > %s",
        (
            found.partner,
            found.end_to_end,
            found.amount,
            found.transfer,
            found.transfer,
            now_ms - way.twin_days * _DAY_MS,
        ),
    ).fetchone()
    return row is not None


def _breaks_promise(agreed: Agreed, found: In, now_ms: int) -> bool:
    """Whether promised manat and what was settled for them disagree by more than a spread (MA-25)."""
    if not found.promised or found.currency == azn(0).currency:
        return False
    rate = agreed.rates.find(found.currency, now_ms)
    if rate is None:
        return False
    worth = manat_for(Money(found.amount, found.currency), rate.base(), "half_up").minor
    return abs(worth - found.promised) * 1_000 > worth * _PROMISE_TOLERANCE
