"""Grants: asked for by a recorded request, kept word for word, ended by a record of ours (PROTOCOL.md 5)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain import operations as ops
from azpost_desk.domain.abroad.corridors import Corridors
from azpost_desk.domain.catalogue import Offices
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.names import fold, same_person_name
from azpost_desk.domain.people import AbroadParties, Parties, Person
from azpost_desk.domain.products.abroad import PAYOUT as PAYOUT_ABROAD
from azpost_desk.domain.products.abroad import PURPOSES as ABROAD_PURPOSES
from azpost_desk.domain.products.abroad import REFUND as REFUND_ABROAD
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol.messages import Signed, TransferClaim, TransferClaimed, grant_of
from azpost_desk.protocol.questions import ABROAD_CLAIM, ABROAD_REFUND, TRANSFER_CLAIM
from azpost_desk.services.counter import Counter, Officer, attach, open_day, shown

if TYPE_CHECKING:
    from azpost_desk.services.ports import Reading, Writing
    from azpost_desk.services.views_grants import HeldGrant

# What the centre may answer instead of a grant; another code is a newer centre's and becomes T-019.
CENTRE_SAYS_NO: Final = frozenset(
    {*(f"T-{number:03}" for number in range(10, 19)), "T-064", "T-065", "T-068", "T-072"}
    | {"A-012", "A-050", "A-070", "A-071", "A-072"}
)
# Where a grant is asked for; every other purpose at home.
_ASKED_AT: Final = defaultdict(
    lambda: TRANSFER_CLAIM, {REFUND_ABROAD: ABROAD_REFUND, PAYOUT_ABROAD: ABROAD_CLAIM}
)
_HOLDS: Final = defaultdict[str, type[msgspec.Struct]](lambda: Parties, {REFUND_ABROAD: AbroadParties})
# [design] Longer than any line stays down; a question older than this is the centre's to clear up.
OPEN_DAYS_MAX: Final = 31


@dataclass(frozen=True, slots=True)
class Claimed:
    """A grant this desk holds, with what the clerk must see; `purpose` is pay or refund, or of abroad."""

    grant: str
    transfer: str
    purpose: str
    amount: Money
    parties: Parties
    held_ms: int


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A request for a grant whose answer never came (the program ended, the line broke): ask it again."""

    request: str
    purpose: str
    code: str
    amount: Money
    sender_name: str
    transfer: str
    asked_ms: int


@dataclass(frozen=True, slots=True)
class Grants:
    """Asking for grants: a request is open until the centre's answer, grant or no, is recorded."""

    counter: Counter

    def request(self, books: Writing, by: Officer, question: TransferClaim, source: str) -> TransferClaim:
        """The question with the id of its recorded request: an open one with the same words, or a new one."""
        for asked, _ in self.open_requests(books):
            if _same_question(asked, question):
                return asked
        operation = self.counter.new_id()
        question = msgspec.structs.replace(question, request=operation)
        words = attach(operation, "question", question)
        books.append(
            ops.GrantRequested(
                thing=question.transfer, purpose=question.purpose, question=words.commitment()
            ),
            actor=by.officer,
            operation=operation,
            source=source,
            attachments=(words,),
        )
        return question

    def ask(self, asked: TransferClaim, by: Officer) -> Claimed:
        """Send a recorded question and keep the grant.

        Raises:
            Refused: the centre's no. Trouble: no answer; the request stays open.
        """
        answer = self.counter.line.ask(_ASKED_AT[asked.purpose], asked)
        if answer.grant is None:
            raise self._refused(by, asked, answer)
        grant = grant_of(answer.grant.words)
        _readable(asked.purpose, answer.parties)
        with self.counter.books.writing() as books:
            still_open = any(one.request == asked.request for one, _ in self.open_requests(books))
            if still_open and grant.grant not in {one.grant for one in books.held_grants()}:
                self._store(books, by, answer.grant, answer.parties)
            return claimed(held_grant(books, grant.grant))

    def release(self, grant: str, by: Officer, reason: str) -> None:
        """Give a grant back unused, so that another office may use it. Raises: as `Transfers.release`."""
        with self.counter.books.writing() as books:
            open_day(books)
            held = held_grant(books, grant)
            in_hand = books.basket()
            baskets = [*([in_hand] if in_hand else []), *(one.basket for one in books.parked())]
            planned = [one.line for basket in baskets for one in basket.lines]
            if any(getattr(line, "grant", "") == grant for line in planned):
                raise Refused("T-026")
            books.append(
                ops.GrantReleased(grant=grant, thing=held.thing, reason=reason.strip()),
                actor=by.officer,
                operation=self.counter.new_id(),
            )
        self.counter.line.wake()

    def _refused(self, by: Officer, asked: TransferClaim, answer: TransferClaimed) -> Refused:
        """The centre's no, recorded, as ours: with what it said besides, offices by their names."""
        with self.counter.books.writing() as books:
            books.append(
                ops.GrantRefused(request=asked.request, code=answer.code),
                actor=by.officer,
                operation=self.counter.new_id(),
                source="line",
            )
            offices = books.document(Offices, books.day().date)
        if answer.code not in CENTRE_SAYS_NO:
            return Refused("T-019", answer=answer.code)
        return Refused(
            answer.code,
            # A near miss is in the name; the other answers never say which detail is wrong.
            field="sender_name" if answer.code == "T-013" else "code",
            left=answer.tries_left,
            holder=_with_name(offices, answer.holder),
            office=_with_name(offices, answer.office),
            from_ms=answer.ready_ms,
        )

    def _store(self, books: Writing, by: Officer, signed: Signed, parties: bytes) -> None:
        """The grant word for word, and beside it whose money it is."""
        grant = grant_of(signed.words)
        operation = self.counter.new_id()
        whose = shown(operation, "parties", msgspec.json.decode(parties, type=_HOLDS[grant.purpose]))
        books.append(
            ops.GrantStored(
                grant=grant.grant,
                thing=grant.thing,
                purpose=grant.purpose,
                words=signed.words.hex(),
                signature=signed.signature.hex(),
            ),
            actor=by.officer,
            operation=operation,
            source="line",
            attachments=(whose,),
        )

    def open_requests(self, books: Reading) -> list[tuple[TransferClaim, int]]:
        """Requests with neither grant nor refusal and when they were made, oldest first.

        Those of earlier days too: the centre may have granted one, and then nobody else can pay it.
        """
        answered: set[str] = set()
        found: list[tuple[TransferClaim, int]] = []
        for entry in books.grant_entries(OPEN_DAYS_MAX):
            match entry.body:
                case ops.GrantRefused():
                    answered.add(entry.body.request)
                case ops.GrantStored():
                    answered.add(grant_of(bytes.fromhex(entry.body.words)).request)
                case ops.GrantRequested():
                    words = books.attachment(entry.recorded.operation, "question")
                    if words:
                        asked = msgspec.json.decode(words, type=TransferClaim)
                        found.append((asked, entry.recorded.recorded_ms))
                case _:
                    pass
        return [one for one in reversed(found) if one[0].request not in answered]


def asked_for(books: Reading, asked: TransferClaim) -> Money:
    """The sum in a question; from abroad in the currency of its way."""
    if not asked.way:
        return azn(asked.amount_qapik)
    ways = {one.way: one.currency for one in books.document(Corridors, books.day().date).ways_in}
    return Money(asked.figure_minor, ways.get(asked.way, azn(0).currency))


def whose_money(purpose: str, parties: bytes) -> Parties:
    """Who sends to whom, as a grant of this purpose showed it; abroad the receiver as known there."""
    if purpose != REFUND_ABROAD:
        return msgspec.json.decode(parties, type=Parties)
    abroad = msgspec.json.decode(parties, type=AbroadParties)
    return Parties(code="", sender=abroad.sender, receiver=Person(name=abroad.receiver.latin))


def _readable(purpose: str, parties: bytes) -> None:
    """Raise L-003, and leave the request open, when a grant does not say whose money it is."""
    try:
        whose_money(purpose, parties)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise Trouble("L-003", detail="parties") from fault


def _same_question(a: TransferClaim, b: TransferClaim) -> bool:
    return msgspec.structs.replace(a, request="", sender=fold(a.sender)) == msgspec.structs.replace(
        b, request="", sender=fold(b.sender)
    )


def held_for(books: Reading, question: TransferClaim) -> Claimed | None:
    """A grant held already that answers the question in all its details."""
    for one in books.held_grants():
        known = claimed(one)
        at_home = known.purpose not in ABROAD_PURPOSES
        same = not at_home or known.amount.minor == question.amount_qapik
        if known.purpose != question.purpose or not same:
            continue
        if question.transfer and known.transfer == question.transfer:
            return known
        if question.purpose == REFUND_ABROAD:
            continue
        if question.code == known.parties.code and same_person_name(
            question.sender, known.parties.sender.name
        ):
            return known
    return None


def granted_for(books: Reading, question: TransferClaim) -> Claimed | None:
    """A grant held already whose request asked by the same receipt for the same person."""
    asked: set[str] = set()
    requests: dict[str, str] = {}
    for entry in books.grant_entries(OPEN_DAYS_MAX):
        if isinstance(entry.body, ops.GrantStored):
            requests[entry.body.grant] = grant_of(bytes.fromhex(entry.body.words)).request
        elif isinstance(entry.body, ops.GrantRequested):
            words = books.attachment(entry.recorded.operation, "question")
            before = msgspec.json.decode(words, type=TransferClaim) if words else question
            same = (before.purpose, before.code) == (question.purpose, question.code)
            if words and same and same_person_name(before.sender, question.sender):
                asked.add(entry.recorded.operation)
    held = (one for one in books.held_grants() if requests.get(one.grant) in asked)
    return next(map(claimed, held), None)


def claimed(held: HeldGrant) -> Claimed:
    parties = whose_money(held.purpose, held.parties)
    return Claimed(held.grant, held.thing, held.purpose, held.amount, parties, held.stored_ms)


def held_grant(books: Reading, grant: str) -> HeldGrant:
    held = next((one for one in books.held_grants() if one.grant == grant), None)
    if held is None:
        raise Refused("T-020")
    return held


def granted(books: Reading, grant: str, purpose: str) -> tuple[HeldGrant, Parties]:
    held = held_grant(books, grant)
    if held.purpose != purpose:
        raise Refused("T-021")
    return held, whose_money(held.purpose, held.parties)


def _with_name(offices: Offices, code: str) -> str:
    """An office, or a desk of it, as people know it: ``1010-1 Bakı 10``."""
    known = offices.find(code.partition("-")[0])
    return f"{code} {known.name}" if known else code
