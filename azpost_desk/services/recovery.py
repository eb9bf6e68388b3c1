"""Recovery: every outside step that is not finished, what the customer was told, what the outside says now.

Nothing here repeats an act: what is unknown is asked for, under its own number. What was found open when a
program ended without closing is recorded by the actor "recovery", who is never a person.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Settings
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.operations_recovery import KEPT_REASONS, FoundStep
from azpost_desk.domain.products.abroad import REFUND as REFUND_ABROAD
from azpost_desk.domain.qr_moves import UNFINISHED
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.messages import StepsAsked
from azpost_desk.protocol.questions import STEPS
from azpost_desk.services.ahead import reserved_ahead
from azpost_desk.services.baskets import every_basket
from azpost_desk.services.counter import Counter, Officer, open_day
from azpost_desk.services.giving_back import CARD_UNDER_WAY
from azpost_desk.services.grants import Grants, claimed, held_grant
from azpost_desk.services.qr_views import QR
from azpost_desk.services.refunds import biller_name, contact_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.domain.people import Parties
    from azpost_desk.services.ports import Reading
    from azpost_desk.services.views import Payment, PrintJob, Recorded
    from azpost_desk.services.views_grants import HeldGrant

# What the centre can be asked about, by the line.
ASKED: Final = frozenset({"payment", "request", "grant"})
# [design] After this long a request, a held grant or an unaccepted remittance is overdue.
_OVERDUE_MS: Final = 60 * 60_000
# [design] After a day without the line thousands of bills wait; the oldest are shown, the rest is counted.
BILLS_SHOWN_MAX: Final = 200
# What a record names; far below protocol.records.RECORD_BYTES_MAX.
FOUND_MAX: Final = 500
_UNDER_WAY: Final = ("accepted", "sent", "unknown")


@dataclass(frozen=True, slots=True)
class Unfinished:
    """One step that somebody must see to the end.

    Attributes:
        sort: card, payment, refund, request, grant, question, remittance, paper, proposal or centre_grant.
        thing: its id, what the acts need.
        about: whom or what it is about.
        told: key of the words the customer was told, stored with the operation; "" when none were.
        state: what this desk knows (word of ``recovery.state.…``).
        says: what the outside says now (the same words), "" before it was asked.
        contact: whom to call, "" when not known.
        opens: (kind, key) for the frame: the record it opens.
        more: how many bills like this one, taken later, are not shown.
        paper: which paper did not come out (word of ``history.screen.paper.…``).
    """

    sort: str
    thing: str
    about: str
    amount: Money | None
    since_ms: int
    overdue: bool
    state: str
    told: str = ""
    says: str = ""
    contact: str = ""
    opens: tuple[str, str] = ("", "")
    more: int = 0
    paper: str = ""


@dataclass(frozen=True, slots=True)
class Recovery:
    """What is open outside, at any time; and once after a bad end."""

    counter: Counter

    def unfinished(self, language: str = "az") -> list[Unfinished]:
        """Every open step, the oldest first."""
        with self.counter.books.reading() as books:
            return sorted(self._steps(books, language), key=lambda one: one.since_ms)

    def asked_now(self, language: str = "az") -> list[Unfinished]:
        """The same, with what the centre says of each now. Slow (the line): a question, never an act.

        Raises:
            Trouble: L-codes, no answer.
        """
        steps = self.unfinished(language)
        said = self._said_of([(one.sort, one.thing) for one in steps if one.sort in ASKED])
        self.counter.line.wake()
        return [_with_answer(one, said.get((one.sort, one.thing), "")) for one in steps]

    def _said_of(self, steps: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """The state of outside steps at the centre: nothing is sent, paid or given by asking."""
        if not steps:
            return {}
        told = self.counter.line.ask(STEPS, StepsAsked(steps=tuple(steps)))
        return {(sort, thing): state for sort, thing, state, _since_ms in told.steps}

    def note_start(self) -> Recorded | None:
        """Record what is open, when the program before this one ended without closing. Called once.

        Raises:
            Trouble: G-061 the disk.
        """
        if not self.counter.books.ended_badly():
            return None
        with self.counter.books.writing() as books:
            steps = sorted(self._steps(books, "az"), key=lambda one: one.since_ms)
            _, _, head = books.head()
            return books.append(
                ops.RecoveryFound(
                    ended_after=head[:10],
                    open_steps=len(steps) + sum(one.more for one in steps),
                    steps=tuple(
                        FoundStep(sort=one.sort, thing=one.thing, since_ms=one.since_ms)
                        for one in steps[:FOUND_MAX]
                    ),
                ),
                actor="recovery",
                actor_kind="recovery",
                source="program",
                operation=self.counter.new_id(),
            )

    def shows_itself(self) -> bool:
        """Whether the screen opens by itself: after a bad end, while something is open."""
        return self.counter.books.ended_badly() and bool(self.unfinished())

    def keep(self, by: Officer, grant: str, reason: str) -> Recorded:
        """Answer the centre's question: the grant stays here, for a reason of `KEPT_REASONS`.

        Raises:
            Refused: C-001, T-020 not held here, G-094 no such reason.
        """
        if reason not in KEPT_REASONS:
            raise Refused("G-094", field="reason")
        with self.counter.books.writing() as books:
            open_day(books)
            held = held_grant(books, grant)
            recorded = books.append(
                ops.GrantKept(grant=grant, thing=held.thing, reason=reason),
                actor=by.officer,
                operation=self.counter.new_id(),
            )
        self.counter.line.wake()
        return recorded

    def report_unknown_grant(self, by: Officer, grant: str) -> Recorded:
        """The centre says that this desk holds a grant it knows nothing of: a case for the centre.

        Raises:
            Refused: T-020 the centre does not say so (any more).
        """
        with self.counter.books.writing() as books:
            if grant not in books.only_open_at_centre():
                raise Refused("T-020")
            return books.append(
                ops.CaseRaised(case=books.next_case(), reason="grant unknown here", about=grant),
                actor=by.officer,
                operation=self.counter.new_id(),
            )

    # --- the steps ------------------------------------------------------------------------------------

    def _steps(self, books: Reading, language: str) -> Iterator[Unfinished]:
        now_ms = self.counter.line.trusted_ms()
        yield from _bills(books, language, now_ms)
        yield from self._grants(books, now_ms)
        yield from _cards(books, now_ms)
        yield from _codes(books, now_ms)
        yield from _cash(books, now_ms)
        since_ms = books.running_since()
        for job in books.print_jobs(("printing", "failed")):
            # What this very program is printing now is no matter for anybody.
            if job.state == "failed" or job.made_ms < since_ms:
                yield _paper(job)
        for one in books.proposals():
            if one.state == "open":
                holder = books.officer(one.holder)
                about = f"{holder.name if holder else one.holder} · {one.reason}"
                yield Unfinished(
                    "proposal", one.proposal, about, one.amount, one.at_ms, False, f"proposal_{one.sort}"
                )

    def _grants(self, books: Reading, now_ms: int) -> Iterator[Unfinished]:
        requests = Grants(self.counter).open_requests(books)
        for asked, at_ms in requests:
            about = asked.code or _receiver(books, asked.transfer)
            # Abroad the code is the number of a receipt: nothing is paid out by it.
            is_code = asked.code and asked.purpose != REFUND_ABROAD
            opens = ("payout", asked.code) if is_code else ("transfer", asked.transfer or asked.code)
            late = now_ms - at_ms > _OVERDUE_MS
            yield Unfinished(
                "request", asked.request, about, azn(asked.amount_qapik), at_ms, late, "asked", opens=opens
            )
        planned = {getattr(line.line, "grant", "") for basket in every_basket(books) for line in basket.lines}
        questions = {one.grant: one for one in books.grant_questions()}
        ahead = {held.grant for held in reserved_ahead(books)}
        for held in books.held_grants():
            question = questions.get(held.grant)
            if (held.grant in planned or held.grant in ahead) and question is None:
                continue
            whose = _whose(held)
            sort = "question" if question is not None and not question.answer else "grant"
            since = question.asked_ms if sort == "question" and question is not None else held.stored_ms
            state = "wanted" if sort == "question" else f"held_{held.purpose}"
            about = f"{whose.code} · {whose.receiver.name}" if whose else _receiver(books, held.thing)
            late = now_ms - since > _OVERDUE_MS
            opens = ("payout", whose.code) if whose else ("", "")
            yield Unfinished(sort, held.grant, about, held.amount, since, late, state, opens=opens)
        if not requests:
            # While a request has no answer, what the centre holds for open may be just that answer.
            for grant in books.only_open_at_centre():
                yield Unfinished("centre_grant", grant, "", None, now_ms, True, "unknown_here")


def _bills(books: Reading, language: str, now_ms: int) -> Iterator[Unfinished]:
    owed, under_way = books.payments(("refused",)), books.payments(_UNDER_WAY)
    if not owed and not under_way:
        return
    limit_ms = books.document(Settings, books.day().date).payment_unknown_minutes_max * 60_000
    shown = under_way[-BILLS_SHOWN_MAX:]
    for bill in (*owed, *shown):
        one = _bill(books, bill, language, now_ms - limit_ms)
        is_last = bill is shown[0] if shown else False
        yield replace(one, more=len(under_way) - len(shown)) if is_last else one


def _bill(books: Reading, bill: Payment, language: str, oldest_ms: int) -> Unfinished:
    paid = books.paid_line(bill.payment)
    told = getattr(paid.line, "told", "") if paid is not None else ""
    refused = bill.state == "refused"
    return Unfinished(
        "refund" if refused else "payment",
        bill.payment,
        f"{biller_name(books, bill.biller, language)} · {bill.account}",
        bill.amount + bill.fee if refused else bill.amount,
        bill.changed_ms if refused else bill.accepted_ms,
        refused or bill.accepted_ms < oldest_ms,
        bill.state,
        told,
        contact=contact_of(books, bill.payment),
        opens=("receipt", bill.receipt),
    )


def _cards(books: Reading, now_ms: int) -> Iterator[Unfinished]:
    for card in books.card_steps(CARD_UNDER_WAY):
        owner = books.officer(card.officer)
        yield Unfinished(
            "card",
            card.step,
            owner.name if owner else card.officer,
            card.amount,
            card.asked_ms,
            now_ms - card.asked_ms > _OVERDUE_MS,
            # The card has it already: its refund or reversal is finished where it was begun.
            "card_returned" if card.refunds and card.state == "approved" else f"card_{card.state}",
        )


def _codes(books: Reading, now_ms: int) -> Iterator[Unfinished]:
    for code in books.of(QR).steps(UNFINISHED):
        owner = books.officer(code.officer)
        yield Unfinished(
            "qr",
            code.request,
            owner.name if owner else code.officer,
            code.amount,
            code.asked_ms,
            now_ms - code.asked_ms > _OVERDUE_MS,
            f"qr_{code.state}",
        )


def _cash(books: Reading, now_ms: int) -> Iterator[Unfinished]:
    for cash in books.remittances(("announced",)):
        late = now_ms - cash.at_ms > _OVERDUE_MS
        yield Unfinished(
            "remittance", cash.remittance, cash.from_desk, cash.amount, cash.at_ms, late, "announced"
        )


def _whose(held: HeldGrant) -> Parties | None:
    """Whose money it is; None when what the claim showed did not come along."""
    try:
        return claimed(held).parties
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _receiver(books: Reading, transfer: str) -> str:
    """For whom a transfer sent here is; "" when nothing of it is known any more."""
    known = books.transfer(transfer)
    return " · ".join(filter(None, (known.code, known.receiver))) if known else ""


def _paper(job: PrintJob) -> Unfinished:
    opens = ("receipt", job.key) if job.paper == "receipt" else ("", "")
    state = f"paper_{job.state}"
    number = job.key if job.paper == "receipt" else ""
    return Unfinished(
        "paper", str(job.job), number, None, job.made_ms, True, state, opens=opens, paper=job.paper
    )


def _with_answer(one: Unfinished, says: str) -> Unfinished:
    return replace(one, says=says or ("no_answer" if one.sort in ASKED else ""))
