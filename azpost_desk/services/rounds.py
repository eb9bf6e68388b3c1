"""Rounds of couriers: made up scan by scan, out and back with a hand count and a signature each.

A round is custody (mail.md 2): it ends only when every item is delivered, tried, untried or lost, and
nothing is delivered by default. The business day may close while it is out; then it has a clock.
"""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import structs

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import printed_item_number
from azpost_desk.domain.mail.proof import IMAGE_BYTES_MAX, Proof
from azpost_desk.domain.mail.rounds import OPEN, handed_in
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Permission
from azpost_desk.domain.typed import is_said, one_line
from azpost_desk.services.counter import Counter, Officer, attach, open_day
from azpost_desk.services.guarded_items import is_old, kinds_of, orders_hours
from azpost_desk.services.rounds_views import ROUNDS, Round, answered_ms, is_overdue
from azpost_desk.services.scan_items import ScanItem
from azpost_desk.services.stop_orders import orders_known_ms, why_stopped

if TYPE_CHECKING:
    from azpost_desk.domain.mail.proof import Signature
    from azpost_desk.services.ports import Reading, Writing
    from azpost_desk.services.tracking import Scanned, Tracking
    from azpost_desk.services.views import Recorded


@dataclass(frozen=True, slots=True)
class Courier:
    """Somebody who may go on a round."""

    officer: str
    name: str


@dataclass(frozen=True, slots=True)
class RoundNow:
    """A round with what a screen says of it; overdue when its day is over or it is out too long.

    `orders_ms`: up to when stop orders are known here, UTC ms.
    """

    round: Round
    courier: str
    is_overdue: bool
    orders_ms: int


@dataclass(frozen=True, slots=True)
class Signed:
    """What a courier signs with: strokes on the screen and the same as PNG."""

    signature: Signature
    picture: bytes = b""


@dataclass(frozen=True, slots=True)
class Rounds:
    """Rounds of this desk's couriers; what they scan is scanned by `tracking`."""

    counter: Counter
    tracking: Tracking

    def couriers(self) -> tuple[Courier, ...]:
        """Who works here, in the order of the staff list."""
        with self.counter.books.reading() as books:
            return tuple(Courier(one.officer, one.name) for one in books.officers())

    def open_rounds(self) -> tuple[RoundNow, ...]:
        """Rounds being made up or out, the oldest first."""
        with self.counter.books.reading() as books:
            return tuple(self._now(books, one) for one in books.of(ROUNDS).rounds(OPEN))

    def one(self, round_: str) -> RoundNow:
        """A round as it stands.

        Raises:
            Refused: E-070 there is none.
        """
        with self.counter.books.reading() as books:
            return self._now(books, _round(books, round_))

    def begin(self, courier: str, by: Officer) -> str:
        """Begin a round; gives its id. A courier whose round is not over goes on with it.

        Raises:
            Refused: S-010, C-001, E-071 nobody who works here.
        """
        by.may(Permission.SCAN)
        with self.counter.books.writing() as books:
            open_day(books)
            if courier not in {one.officer for one in books.officers()}:
                raise Refused("E-071", field="courier")
            own = next((one for one in books.of(ROUNDS).rounds(OPEN) if one.courier == courier), None)
            if own is not None:
                return own.round
            operation = self.counter.new_id()
            books.append(ops.RoundBegun(courier=courier), actor=by.officer, operation=operation)
        return operation

    def put_in(self, round_: str, raw: str, by: Officer, source: str = "scan", *, asked: str = "") -> Scanned:
        """Scan an item into a round (EDG), recorded before it is answered; `asked` as in `ScanItem`.

        Raises:
            Refused: as `Tracking.scan`, E-070 no such round, E-073 it is out already.
        """
        self._in_state(round_, "planned", "E-073")
        return self.tracking.scan(ScanItem(raw, "EDG", round=round_, asked=asked, source=source), by)

    def sign_out(
        self, round_: str, counted: int, signed: Signed, by: Officer, *, asked: str = ""
    ) -> Recorded:
        """The courier has counted the items by hand and signs: from now on they are in their custody.

        Args:
            round_: its id.
            counted: by hand.
            signed: the courier's hand.
            by: who hands the items out.
            asked: who answered by telephone that no order stands against its guarded items.

        Raises:
            Refused: S-010, C-001, E-070, E-073, E-074 nothing is in it, E-075 the hand count is another,
                E-076 no signature, E-186 an order has come against an item of it (`number`), E-185 the news
                of orders are too old for some of its items (`numbers`) and nobody was asked.
        """
        by.may(Permission.SCAN)
        with self.counter.books.writing() as books:
            open_day(books)
            found = _in(books, round_, "planned", "E-073")
            if not found.outcomes:
                raise Refused("E-074")
            _counted(counted, len(found.outcomes))
            numbers, orders_ms = tuple(found.outcomes), orders_known_ms(self.counter)
            _unstopped(books, numbers)
            to_ask = self._to_ask(books, numbers, orders_ms)
            who = one_line(asked).strip() if to_ask and is_said(asked) else ""
            if to_ask and not who:
                printed = ", ".join(map(printed_item_number, to_ask))
                raise Refused("E-185", field="asked", numbers=printed, hours=orders_hours(books))
            body = ops.RoundSigned(
                round=round_, numbers=numbers, counted=counted, orders_ms=orders_ms, asked=to_ask
            )
            return self._append_signed(books, body, signed, by, who)

    def _to_ask(self, books: Reading, numbers: tuple[str, ...], orders_ms: int) -> tuple[str, ...]:
        """The guarded items for which somebody is asked by telephone before they leave, each once: an answer
        that was given as it was put in holds as long as news would.
        """
        hours = orders_hours(books)
        if not is_old(self.counter, orders_ms, hours):
            return ()
        return tuple(
            one
            for one in numbers
            if kinds_of(books, one) and is_old(self.counter, answered_ms(books, one), hours)
        )

    def bring_back(self, round_: str, command: ScanItem, by: Officer) -> Scanned:
        """Say what became of an item of a round: EMI, EMH, ``back`` (untried) or ``lost``.

        Of an item that nothing was said of yet it is taken whatever else is known: an order that came
        meanwhile, a scan at another office. What does not fit is marked, or the round could never end.

        Raises:
            Refused: as `Tracking.scan`, E-070, E-077 it is not out, E-078 the item is not of this round.
        """
        found = self._in_state(round_, "out", "E-077")
        number = "".join(command.raw.split()).upper()
        if number not in found.outcomes:
            raise Refused("E-078", field="item")
        return self.tracking.scan(command, by, brought_back=not found.outcomes[number])

    def end(self, round_: str, counted: int, signed: Signed | None, by: Officer) -> Recorded:
        """Every item is accounted for and what was brought back was counted by hand: the round is over.

        One that nothing was put into ends without a count or a signature.

        Raises:
            Refused: S-010, C-001, E-070, E-077, E-079 items of which nobody has said anything (`count`),
                E-075 the hand count is another, E-076 no signature.
        """
        by.may(Permission.SCAN)
        with self.counter.books.writing() as books:
            open_day(books)
            found = _round(books, round_)
            if found.state == "planned" and not found.outcomes:
                body = ops.RoundEnded(round=round_, delivered=0, tried=0, untried=0, lost=0, counted=0)
                return books.append(body, actor=by.officer, operation=self.counter.new_id())
            _in(books, round_, "out", "E-077")
            if found.unaccounted:
                raise Refused("E-079", count=len(found.unaccounted))
            _counted(counted, handed_in(dict(found.outcomes)))
            tally = Tally(found.outcomes.values())
            body = ops.RoundEnded(
                round=round_,
                delivered=tally["delivered"],
                tried=tally["tried"],
                untried=tally["untried"],
                lost=tally["lost"],
                counted=counted,
            )
            return self._append_signed(books, body, signed, by)

    def _append_signed(
        self,
        books: Writing,
        body: ops.RoundSigned | ops.RoundEnded,
        signed: Signed | None,
        by: Officer,
        asked: str = "",
    ) -> Recorded:
        if signed is None or not signed.signature.is_sound or len(signed.picture) > IMAGE_BYTES_MAX:
            raise Refused("E-076", field="signature")
        operation = self.counter.new_id()
        proof = attach(operation, "courier", Proof("", signed.signature, signed.picture, asked))
        told = structs.replace(body, courier=proof.commitment())
        return books.append(told, actor=by.officer, operation=operation, attachments=[proof])

    def _in_state(self, round_: str, state: str, code: str) -> Round:
        with self.counter.books.reading() as books:
            return _in(books, round_, state, code)

    def _now(self, books: Reading, one: Round) -> RoundNow:
        names = {officer.officer: officer.name for officer in books.officers()}
        over = is_overdue(one, books.day().number, self.counter.line.trusted_ms())
        return RoundNow(one, names.get(one.courier, one.courier), over, orders_known_ms(self.counter))


def _unstopped(books: Reading, numbers: tuple[str, ...]) -> None:
    """Nothing leaves against an order that came after it had been put in: it is taken out first."""
    for number in numbers:
        if why_stopped(books, number, "EDG", ""):
            raise Refused("E-186", number=printed_item_number(number))


def _round(books: Reading, round_: str) -> Round:
    found = books.of(ROUNDS).round(round_)
    if found is None:
        raise Refused("E-070")
    return found


def _in(books: Reading, round_: str, state: str, code: str) -> Round:
    found = _round(books, round_)
    if found.state != state:
        raise Refused(code)
    return found


def _counted(counted: int, expected: int) -> None:
    if counted != expected:
        raise Refused("E-075", field="counted", counted=counted, expected=expected)
