"""Transfers reserved ahead of their receivers: the exact list of what this desk may still pay off line.

The centre gives the grants while there is a line, capped by number and value (PROTOCOL.md 5). A receiver is
asked for code, amount and sender's name all the same; off line the desk itself compares them, counts what is
wrong and gives the transfer back at the fifth time. At the close of the day all of it goes back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Settings
from azpost_desk.domain.money import azn
from azpost_desk.domain.names import near_name
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.messages import AheadAsked, TransferClaim, grant_of
from azpost_desk.protocol.questions import TRANSFERS_AHEAD
from azpost_desk.services.baskets import every_basket
from azpost_desk.services.counter import Counter, Officer, may_sell
from azpost_desk.services.grants import OPEN_DAYS_MAX, Claimed, Grants, claimed, held_for

if TYPE_CHECKING:
    from azpost_desk.domain.money import Money
    from azpost_desk.domain.people import Person
    from azpost_desk.services.ports import Reading, Writing
    from azpost_desk.services.screening import Screener
    from azpost_desk.services.views_grants import HeldGrant

TRIES_MAX: Final = 5
_HOUR_MS: Final = 3_600_000
_NOTHING_FITS: Final = frozenset({"T-010", "T-015", "T-016", "T-064", "T-065"})


@dataclass(frozen=True, slots=True)
class ReservedAhead:
    """One transfer of the list; the code is the receiver's to say. Paid off line until `until_ms`.

    `address` is where the money is carried, "" when the receiver comes for it.
    """

    grant: str
    amount: Money
    receiver: str
    address: str
    reserved_ms: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class Ahead:
    """Reservations ahead at this counter."""

    counter: Counter

    def take(self, by: Officer) -> int:
        """Reserve what is addressed to this office and waits, as far as the centre allows; how many.

        Slow (the line). Interrupted it has taken some; each request is recorded before it is sent, and asked
        again under its own id.

        Raises:
            Refused: what `may_sell` refuses; X-codes.
            Trouble: L-codes: no answer; requests stay in `Transfers.unanswered`.
        """
        with self.counter.books.reading() as books:
            may_sell(books, by, "transfers")
        taken = 0
        for transfer, qapik in self.counter.line.ask(TRANSFERS_AHEAD, AheadAsked()).transfers:
            question = TransferClaim(request="", purpose="pay", amount_qapik=qapik, transfer=transfer)
            grants = Grants(self.counter)
            with self.counter.books.writing() as books:
                asked = grants.request(books, by, question, "line")
            try:
                grants.ask(asked, by)
            except Refused as no:
                # Somebody was quicker, or the room is full: the rest of the list may still be had.
                if no.code not in _NOTHING_FITS:
                    raise
            else:
                taken += 1
        return taken

    def list(self) -> list[ReservedAhead]:
        """What this desk may still pay off line, the oldest reservation first."""
        with self.counter.books.reading() as books:
            settings = books.document(Settings, books.day().date)
            planned = _planned(books)
            return [
                ReservedAhead(
                    held.grant,
                    held.amount,
                    claimed(held).parties.receiver.name,
                    claimed(held).parties.receiver.address,
                    held.stored_ms,
                    held.stored_ms + settings.ahead_hours_max * _HOUR_MS,
                )
                for held in reserved_ahead(books)
                if held.grant not in planned
            ]

    def release(self, by: Officer) -> int:
        """Give back what stands in no basket: before the day closes, or when nobody will come; how many."""
        with self.counter.books.writing() as books:
            given = give_back(self.counter, books, by, "ahead")
        if given:
            self.counter.line.wake()
        return given


def reserved_ahead(books: Reading) -> list[HeldGrant]:
    """The grants held here that were asked for without a receiver."""
    held = [one for one in books.held_grants() if one.purpose == "pay"]
    if not held:
        return []
    without_code: set[str] = set()
    grants: dict[str, str] = {}
    proven_ms: dict[str, int] = {}
    for entry in books.grant_entries(OPEN_DAYS_MAX):
        match entry.body:
            case ops.GrantRequested(purpose="pay", thing=thing) if thing:
                without_code.add(entry.recorded.operation)
            case ops.GrantStored(grant=grant, words=words):
                grants[grant] = grant_of(bytes.fromhex(words)).request
                proven_ms[grant] = books.proven_by_ms(entry.recorded.sequence)
            case _:
                pass
    return [
        # Its record may say later than it was: no reservation is younger than the centre's word on it.
        replace(one, stored_ms=min(one.stored_ms, proven_ms[one.grant] or one.stored_ms))
        for one in held
        if grants.get(one.grant) in without_code
    ]


def give_back(counter: Counter, books: Writing, by: Officer, reason: str) -> int:
    """Release every reservation ahead that stands in no basket."""
    planned = _planned(books)
    free = [held for held in reserved_ahead(books) if held.grant not in planned]
    for held in free:
        books.append(
            ops.GrantReleased(grant=held.grant, thing=held.thing, reason=reason),
            actor=by.officer,
            operation=counter.new_id(),
        )
    return len(free)


def check_off_line(
    counter: Counter, books: Reading, held: HeldGrant, screener: Screener, receiver: Person
) -> None:
    """Whether a reservation ahead may be paid now to this person; on line it always may.

    Raises:
        Refused: T-066 it is too old to be paid off line (`hours`), T-067 too large (`limit`), T-071 the
            desk's own watch lists do not clear the receiver: the centre has to.
    """
    reserved = {one.grant: one for one in reserved_ahead(books)}
    if counter.line.state().online or held.grant not in reserved:
        return
    settings = books.document(Settings, books.day().date)
    age_ms = counter.line.trusted_ms() - reserved[held.grant].stored_ms
    # From the future: the clock was set, and nobody knows how old it is.
    if not -_HOUR_MS <= age_ms <= settings.ahead_hours_max * _HOUR_MS:
        raise Refused("T-066", hours=settings.ahead_hours_max)
    if held.amount.minor > settings.ahead_payout_qapik_max:
        raise Refused("T-067", field="amount", limit=azn(settings.ahead_payout_qapik_max))
    if not screener.is_clear(books, receiver, counter.line.trusted_ms()):
        raise Refused("T-071")


@dataclass(frozen=True, slots=True)
class AnswerHere:
    """What this desk says to a receiver: the grant, or how many tries are left (None: ask the centre)."""

    claimed: Claimed | None = None
    tries_left: int | None = None


def answer_here(counter: Counter, books: Writing, question: TransferClaim, by: Officer) -> AnswerHere:
    """Off line the desk answers for what it holds ahead; a grant that fits is simply shown again.

    A wrong answer is recorded as the centre's would be, question and refusal, and the fifth gives the
    transfer back.

    Raises:
        Refused: T-013 a near miss in the name, which is no try.
    """
    found = held_for(books, question)
    if found is not None or counter.line.state().online:
        return AnswerHere(found)
    here = next((one for one in reserved_ahead(books) if claimed(one).parties.code == question.code), None)
    if here is None:
        return AnswerHere()
    sender = claimed(here).parties.sender.name
    if question.amount_qapik == here.amount.minor and near_name(question.sender, sender):
        raise Refused("T-013", field="sender_name")
    asked = Grants(counter).request(books, by, question, "keys")
    refused = ops.GrantRefused(request=asked.request, code="T-011")
    books.append(refused, actor=by.officer, operation=counter.new_id())
    left = TRIES_MAX - _wrong_tries(books, question.code, here.stored_ms)
    if left <= 0:
        released = ops.GrantReleased(grant=here.grant, thing=here.thing, reason="wrong_tries")
        books.append(released, actor=by.officer, operation=counter.new_id())
    return AnswerHere(tries_left=max(left, 0))


def _wrong_tries(books: Reading, code: str, since_ms: int) -> int:
    """How often this desk itself said no to this code since then."""
    asked: set[str] = set()
    refused: set[str] = set()
    for entry in books.grant_entries(OPEN_DAYS_MAX):
        if entry.recorded.recorded_ms < since_ms:
            continue
        match entry.body:
            case ops.GrantRequested(purpose="pay"):
                words = books.attachment(entry.recorded.operation, "question")
                if words and msgspec.json.decode(words, type=TransferClaim).code == code:
                    asked.add(entry.recorded.operation)
            case ops.GrantRefused(code="T-011", request=request):
                refused.add(request)
            case _:
                pass
    return len(asked & refused)


def _planned(books: Reading) -> set[str]:
    return {getattr(one.line, "grant", "") for basket in every_basket(books) for one in basket.lines}
