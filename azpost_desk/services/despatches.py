"""Despatches abroad of their owner desk: begun, filled receptacle by receptacle, closed, signed for.

In: scans, and what the clerk counts, weighs and reads from seals and labels. Out: a record of each step. A
hand-over and the EMC of every item in it are one transaction: after a kill all of them are there, or none.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from msgspec import structs

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import read_item_number
from azpost_desk.domain.mail import despatches as rules
from azpost_desk.domain.mail.bags import INTO, OUT_OF
from azpost_desk.domain.mail.lanes import Lane, Lanes
from azpost_desk.domain.mail.manifests import REGISTERED
from azpost_desk.domain.mail.proof import IMAGE_BYTES_MAX, Proof
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Permission
from azpost_desk.domain.typed import is_said, one_line
from azpost_desk.services.counter import Counter, Officer, attach, if_sent, open_day
from azpost_desk.services.despatches_views import DESPATCHES, Despatch, Packing
from azpost_desk.services.guarded_items import why_unheard
from azpost_desk.services.mail_bags import CloseBag, sealing
from azpost_desk.services.receptacle_labels import PAPER
from azpost_desk.services.scan_items import ScanItem
from azpost_desk.services.tracking import answered, why_not_as

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.services.ports import Reading, Writing
    from azpost_desk.services.rounds import Signed
    from azpost_desk.services.tracking import Scanned, Tracking
    from azpost_desk.services.views import Recorded

_AT_HAND: Final = ("open", "closed", "gone")
_REASON_MAX: Final = 200
# It leaves the country (UPU EMSEVT V3).
_LEAVES: Final = "EMC"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A hand-over: the labels as they were scanned, who drives and signed, with what it goes, and who
    answered by telephone that nothing stops it, "" where nobody was asked.
    """

    scans: Sequence[str]
    driver: str
    signed: Signed
    transport: str = ""
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Despatches:
    """Despatches that this desk owns; what goes into their receptacles is scanned by `tracking`."""

    counter: Counter
    tracking: Tracking

    def lanes(self) -> tuple[Lane, ...]:
        """Where this desk makes despatches to, and of which mail; nothing where the centre gave it none."""
        with self.counter.books.reading() as books:
            date, desk = books.day().date, books.desk()
            return if_sent(books, Lanes, date).owned(desk.desk, desk.epoch) if date else ()

    def at_hand(self) -> tuple[Despatch, ...]:
        """Those being filled, closed, or gone with something of them still here, the oldest first."""
        with self.counter.books.reading() as books:
            known = books.of(DESPATCHES)
            found = known.despatches(_AT_HAND)
            return tuple(one for one in found if one.state != "gone" or _sealed(books, one.despatch))

    def one(self, despatch: str) -> Despatch:
        """A despatch as it stands.

        Raises:
            Refused: E-192 there is none.
        """
        with self.counter.books.reading() as books:
            return _despatch(books, despatch)

    def receptacle(self, receptacle: str) -> Packing:
        """A receptacle as it stands.

        Raises:
            Refused: E-192 there is none.
        """
        with self.counter.books.reading() as books:
            return _receptacle(books, receptacle)

    def receptacles(self, despatch: str) -> tuple[Packing, ...]:
        """The receptacles of a despatch by their number, without those that were given up."""
        with self.counter.books.reading() as books:
            found = books.of(DESPATCHES).receptacles(despatch)
            return tuple(one for one in found if one.state != "void")

    def labelled(self, scan: str) -> Packing:
        """The receptacle whose present label this is.

        Raises:
            Refused: E-192 no label of a receptacle of this desk, E-197 a label of before it was sealed again.
        """
        with self.counter.books.reading() as books:
            name = rules.receptacle_named(scan, self._today())
            found = books.of(DESPATCHES).receptacle_named(name) if name else None
            if found is None:
                raise Refused("E-192")
            if "".join(scan.split()).upper() != found.s9:
                raise _outdated(found)
            return found

    def begin(self, destination: str, category: str, subclass: str, by: Officer) -> Despatch:
        """Begin a despatch; its number is the next one of this desk's range, of this year.

        Raises:
            Refused: S-010, C-001, E-190 this desk has no numbers, or none left, for that.
        """
        by.may(Permission.SCAN)
        with self.counter.books.writing() as books:
            date, desk = open_day(books).date, books.desk()
            wanted = destination, category, subclass
            lanes = if_sent(books, Lanes, date).owned(desk.desk, desk.epoch)
            lane = next((one for one in lanes if _goes(one) == wanted), None)
            number, series = None, None
            if lane is not None:
                series = lane.series(dt.date.fromisoformat(date).year)
                used = books.of(DESPATCHES).numbers_of(series)
                number = rules.next_number(used, lane.first, lane.last)
            if number is None or series is None:
                raise Refused("E-190", field="destination")
            name = rules.despatch_id(series, number)
            operation = self.counter.new_id()
            body = ops.DespatchBegun(s8=name.s8, year=name.year)
            books.append(body, actor=by.officer, operation=operation)
            return _despatch(books, operation)

    def add(self, despatch: str, by: Officer) -> Packing:
        """The next receptacle of a despatch, 001 to 999 without a gap; one given up is taken up again.

        Raises:
            Refused: S-010, C-001, E-192, E-193 it is not open, E-194 it has 999.
        """
        by.may(Permission.SCAN)
        with self.counter.books.writing() as books:
            open_day(books)
            found = _in(books, despatch, ("open",))
            known = books.of(DESPATCHES).receptacles(despatch)
            number = rules.next_receptacle([one.packed for one in known])
            if number is None:
                raise Refused("E-194", number=found.name.s8)
            given_up = next((one for one in known if one.name.number == number), None)
            operation = self.counter.new_id()
            body: ops.ReceptacleBegun | ops.ReceptacleReopened
            if given_up is None:
                body, receptacle = ops.ReceptacleBegun(despatch=despatch, number=number), operation
            else:
                receptacle, version = given_up.receptacle, given_up.version + 1
                body = ops.ReceptacleReopened(receptacle=receptacle, version=version, reason="")
            books.append(body, actor=by.officer, operation=operation)
            return _receptacle(books, receptacle)

    def put_in(self, receptacle: str, raw: str, by: Officer, source: str = "scan") -> Scanned:
        """Scan an item into a receptacle, recorded before it is answered: one that may leave the country.

        Raises:
            Refused: as `Tracking.scan`, E-192, E-194 it is closed.
        """
        return self.tracking.scan(self._command(receptacle, raw, INTO, source), by)

    def take_out(self, receptacle: str, raw: str, by: Officer, source: str = "scan") -> Scanned:
        """Scan an item out of the receptacle it was put into.

        Raises:
            Refused: as `Tracking.scan`, E-192, E-194 it is closed.
        """
        return self.tracking.scan(self._command(receptacle, raw, OUT_OF, source), by)

    def seal(self, receptacle: str, said: CloseBag, by: Officer, *, is_last: bool = False) -> Recorded:
        """Close a receptacle: its list is frozen with count, weight and seal, and its label is printed.

        Args:
            is_last: it is the highest number of its despatch, as its label says.

        Raises:
            Refused: S-010, C-001, E-192, E-194 it is not open, E-113 to E-117 as `MailBags.close`.
        """
        by.may(Permission.SCAN)
        with self.counter.books.writing() as books:
            open_day(books)
            found = _receptacle_in(books, receptacle, "open")
            numbers = tuple(found.items)
            seal = sealing(books, numbers, said)
            registered = any(read_item_number(one).service in REGISTERED for one in numbers)
            s9 = rules.label_code(found.name, is_last=is_last, has_registered=registered, grams=said.grams)
            body = ops.ReceptacleClosed(
                receptacle=receptacle,
                version=found.version,
                s9=s9,
                numbers=numbers,
                counted=said.counted,
                grams=said.grams,
                seal=seal,
                typed=said.is_typed,
            )
            recorded = books.append(body, actor=by.officer, operation=self.counter.new_id())
            books.queue_paper(PAPER, recorded.operation)
            return recorded

    def unseal(self, receptacle: str, reason: str, by: Officer) -> Recorded:
        """Open a sealed receptacle again while its despatch is: its next version, with a new seal and label.

        Raises:
            Refused: S-010, C-001, E-192, E-193, E-194 it is not sealed here, E-119 no reason.
        """
        by.may(Permission.SCAN)
        words = _reason(reason)
        with self.counter.books.writing() as books:
            open_day(books)
            found = _receptacle_in(books, receptacle, "sealed")
            _in(books, found.despatch, ("open",))
            body = ops.ReceptacleReopened(receptacle=receptacle, version=found.version + 1, reason=words)
            return books.append(body, actor=by.officer, operation=self.counter.new_id())

    def give_up(self, receptacle: str, by: Officer) -> Recorded:
        """Nothing goes in it after all: the last one of its despatch, so that no number is missing.

        Raises:
            Refused: S-010, C-001, E-192, E-194 it is not open, or not the last, E-120 something is in it.
        """
        by.may(Permission.SCAN)
        with self.counter.books.writing() as books:
            open_day(books)
            found = _receptacle_in(books, receptacle, "open")
            if found.items:
                raise Refused("E-120")
            packed = [one.packed for one in books.of(DESPATCHES).receptacles(found.despatch)]
            if not rules.may_be_given_up(found.name.number, packed):
                raise Refused("E-194", number=found.name.code)
            body = ops.ReceptacleGivenUp(receptacle=receptacle, version=found.version)
            return books.append(body, actor=by.officer, operation=self.counter.new_id())

    def cancel(self, despatch: str, by: Officer) -> Recorded:
        """Nothing goes with it after all: its number is burnt.

        Raises:
            Refused: S-010, C-001, E-192, E-193 it is not open, E-196 it has receptacles.
        """
        by.may(Permission.SCAN)
        with self.counter.books.writing() as books:
            open_day(books)
            found = _in(books, despatch, ("open",))
            if any(one.state != "void" for one in books.of(DESPATCHES).receptacles(despatch)):
                raise Refused("E-196", number=found.name.s8)
            body = ops.DespatchCancelled(despatch=despatch, version=found.version)
            return books.append(body, actor=by.officer, operation=self.counter.new_id())

    def close(self, despatch: str, by: Officer) -> Recorded:
        """Close a despatch: all of it is sealed, no number is missing, the last label alone says that it is.

        Raises:
            Refused: S-010, C-001, E-192, E-193 it is not open, E-195 what is not ready yet.
        """
        by.may(Permission.SCAN)
        with self.counter.books.writing() as books:
            open_day(books)
            found = _in(books, despatch, ("open",))
            known = books.of(DESPATCHES).receptacles(despatch)
            unready = rules.why_not_closed([one.packed for one in known])
            if unready:
                numbers = sorted({*unready.open, *unready.missing, *unready.relabel}) or [1]
                listed = ", ".join(f"{one:03}" for one in numbers)
                raise Refused("E-195", number=found.name.s8, receptacles=listed)
            labels = tuple(one.s9 for one in known if one.state != "void")
            body = ops.DespatchClosed(despatch=despatch, version=found.version, labels=labels)
            return books.append(body, actor=by.officer, operation=self.counter.new_id())

    def reopen(self, despatch: str, reason: str, by: Officer) -> Recorded:
        """Open a closed despatch again before any of it left: its next version.

        Raises:
            Refused: S-010, C-001, E-192, E-193 it is not closed here, E-119 no reason.
        """
        by.may(Permission.SCAN)
        words = _reason(reason)
        with self.counter.books.writing() as books:
            open_day(books)
            found = _in(books, despatch, ("closed",))
            body = ops.DespatchReopened(despatch=despatch, version=found.version + 1, reason=words)
            return books.append(body, actor=by.officer, operation=self.counter.new_id())

    def hand_over(self, despatch: str, said: Loaded, by: Officer) -> Recorded:
        """Whoever drives has what was scanned and signs; its items leave the country (EMC), each with its S9.

        What was not scanned is named as left behind, keeps its number and follows by another hand-over.

        Raises:
            Refused: S-010, C-001, E-121 nobody is named, E-122 no signature, E-192, E-193 it is not closed,
                E-197 an old label, E-199 nothing, or another label, was scanned; E-198 an item must not
                leave, E-191 what is known of stop orders is too old and nobody was asked.
        """
        by.may(Permission.SCAN)
        if not is_said(said.driver):
            raise Refused("E-121", field="driver")
        if not said.signed.signature.is_sound or len(said.signed.picture) > IMAGE_BYTES_MAX:
            raise Refused("E-122", field="signature")
        orders_ms = self.tracking.orders_ms()
        with self.counter.books.writing() as books:
            open_day(books)
            found = _in(books, despatch, ("closed", "gone"))
            going, left = self._loaded(books, found, said.scans)
            self._require_free(books, going, said.asked, orders_ms)
            operation = self.counter.new_id()
            driver = Proof(one_line(said.driver), said.signed.signature, said.signed.picture)
            proof = attach(operation, "driver", driver)
            body = ops.DespatchHandedOver(
                despatch=despatch,
                version=found.version,
                labels=tuple(one.s9 for one in going),
                left_behind=tuple(one.s9 for one in left),
                transport=one_line(said.transport)[:_REASON_MAX],
                orders_ms=orders_ms,
            )
            told = structs.replace(body, driver=proof.commitment())
            recorded = books.append(told, actor=by.officer, operation=operation, attachments=[proof])
            for one in going:
                for number in one.items:
                    self._leaves(books, number, one.s9, said.asked, orders_ms, by)
        self.counter.line.wake()
        return recorded

    def _loaded(
        self, books: Reading, found: Despatch, scans: Sequence[str]
    ) -> tuple[list[Packing], list[Packing]]:
        here = {one.name.number: one for one in _sealed(books, found.despatch)}
        labels = {number: one.s9 for number, one in here.items()}
        # One text however it came from the scanner.
        read = ["".join(scan.split()).upper() for scan in scans]
        load = rules.loading(found.name, labels, read, self._today())
        if load.outdated:
            name = rules.receptacle_named(load.outdated[0], self._today())
            raise _outdated(here[name.number if name else 0])
        if load.foreign or not load.going:
            raise Refused("E-199", field="scans", label=next(iter(load.foreign), found.name.s8)[:40])
        return [here[one] for one in load.going], [here[one] for one in load.left_behind]

    def _require_free(self, books: Reading, going: list[Packing], asked: str, orders_ms: int) -> None:
        """Each item may leave now, whatever was known when it was scanned in."""
        leaving = ScanItem("", _LEAVES, asked=asked)
        if unheard := why_unheard(books, self.counter, leaving, orders_ms):
            raise Refused("E-191", field="asked", **unheard[1])
        now_ms = self.counter.line.trusted_ms()
        for one in going:
            for number in one.items:
                if why_not_as(books, number, _LEAVES, now_ms):
                    raise Refused("E-198", number=number, receptacle=f"{one.name.number:03}")

    def _leaves(self, books: Writing, number: str, s9: str, asked: str, orders_ms: int, by: Officer) -> None:
        operation = self.counter.new_id()
        body = ops.ItemScanned(
            number=number,
            event=_LEAVES,
            office=books.desk().branch,
            receptacle=s9,
            answers=answered(books, number),
            orders_ms=orders_ms,
        )
        beside = []
        if is_said(asked):
            proof = attach(operation, "proof", Proof(asked=one_line(asked).strip()))
            body, beside = structs.replace(body, asked=True, proof=proof.commitment()), [proof]
        books.append(body, actor=by.officer, operation=operation, attachments=beside)

    def _command(self, receptacle: str, raw: str, event: str, source: str) -> ScanItem:
        code = self.receptacle(receptacle).name.code
        return ScanItem(raw, event, bag=receptacle, receptacle=code, source=source)

    def _today(self) -> dt.date:
        return dt.date.fromisoformat(self.counter.today())


def _goes(lane: Lane) -> tuple[str, str, str]:
    return lane.destination, lane.category, lane.subclass


def _reason(reason: str) -> str:
    if not is_said(reason):
        raise Refused("E-119", field="reason")
    return one_line(reason)[:_REASON_MAX]


def _outdated(found: Packing) -> Refused:
    name, version = found.name.code, found.version
    return Refused("E-197", number=name, version=version, at_ms=found.changed_ms)


def _sealed(books: Reading, despatch: str) -> list[Packing]:
    return [one for one in books.of(DESPATCHES).receptacles(despatch) if one.state == "sealed"]


def _despatch(books: Reading, despatch: str) -> Despatch:
    found = books.of(DESPATCHES).despatch(despatch)
    if found is None:
        raise Refused("E-192")
    return found


def _receptacle(books: Reading, receptacle: str) -> Packing:
    found = books.of(DESPATCHES).receptacle(receptacle)
    if found is None:
        raise Refused("E-192")
    return found


def _in(books: Reading, despatch: str, states: tuple[str, ...]) -> Despatch:
    found = _despatch(books, despatch)
    if found.state not in states:
        raise Refused("E-193", number=found.name.s8)
    return found


def _receptacle_in(books: Reading, receptacle: str, state: str) -> Packing:
    found = _receptacle(books, receptacle)
    if found.state != state:
        raise Refused("E-194", number=found.name.code)
    return found
