"""Irregularities: what somebody saw of an item or a bag that is not as it should be, in words and by a photo.

In: number, kind, words, a photo already made small and bare. Out: one record that goes to the centre, where
it is a task; words and photo lie beside it. What was reported here stands on the item's card.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain import operations as ops
from azpost_desk.domain.mail.irregularities import KINDS, is_photo, number_of
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Permission
from azpost_desk.domain.typed import one_line
from azpost_desk.services.counter import attach, open_day
from azpost_desk.services.views import SearchTerm

if TYPE_CHECKING:
    from azpost_desk.services.counter import Counter, Officer
    from azpost_desk.services.ports import Reading
    from azpost_desk.services.views import Recorded

# More than anybody reports of one thing, and days beyond every day.
_REPORTS_MAX: Final = 20
_LAST_DAY: Final = 2**31
_REPORTED: Final = SearchTerm(whole=("~irregularity.reported",))


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported: `number` of the item or bag, `kind` of `KINDS`; `photo` as `is_photo` wants it."""

    number: str
    kind: str
    words: str = ""
    photo: bytes = b""


@dataclass(frozen=True, slots=True)
class Reported:
    """A report made at this desk; words and photo are empty once erased, `had_photo` stays."""

    operation: str
    number: str
    kind: str
    at_ms: int
    words: str
    has_photo: bool
    had_photo: bool


@dataclass(frozen=True, slots=True)
class Irregularities:
    """Reports about mail that was in hand here."""

    counter: Counter

    def report(self, said: Report, by: Officer) -> Recorded:
        """Record what is wrong with an item or a bag.

        Raises:
            Refused: S-010, C-001, E-154 the number is no item's and no bag's, E-155 it is not said what is
                wrong, E-156 "other" without words, E-157 the photo was not made small and bare, G-014, G-016.
        """
        by.may(Permission.SCAN)
        number = number_of(said.number)
        words = one_line(said.words).strip()
        if not number:
            raise Refused("E-154", field="number")
        if said.kind not in KINDS:
            raise Refused("E-155", field="kind")
        if said.kind == "other" and not words:
            raise Refused("E-156", field="words")
        if said.photo and not is_photo(said.photo):
            raise Refused("E-157", field="photo")
        operation = self.counter.new_id()
        told: dict[str, object] = {"words": words, "photo": said.photo}
        attached = {group: attach(operation, group, value) for group, value in told.items() if value}
        committed = {group: one.commitment() for group, one in attached.items()}
        with self.counter.books.writing() as books:
            open_day(books)
            recorded = books.append(
                ops.IrregularityReported(
                    number=number,
                    kind=said.kind,
                    words=committed.get("words", ""),
                    photo=committed.get("photo", ""),
                ),
                actor=by.officer,
                operation=operation,
                attachments=list(attached.values()),
            )
        self.counter.line.wake()
        return recorded

    def of(self, number: str) -> tuple[Reported, ...]:
        """What was reported of an item or a bag at this desk, newest first."""
        about = SearchTerm(whole=(number_of(number),))
        with self.counter.books.reading() as books:
            found = books.found((about, _REPORTED), 0, _LAST_DAY, _REPORTS_MAX)
            return tuple(
                _reported(books, one.recorded, one.body)
                for one in found
                if isinstance(one.body, ops.IrregularityReported)
            )

    def photo(self, operation: str) -> bytes:
        """The photo of a report as JPEG; empty when there is none or it was erased by rule."""
        with self.counter.books.reading() as books:
            return _photo(books, operation)


def _reported(books: Reading, recorded: Recorded, body: ops.IrregularityReported) -> Reported:
    kept = books.attachment(recorded.operation, "words")
    return Reported(
        recorded.operation,
        body.number,
        body.kind,
        recorded.recorded_ms,
        msgspec.json.decode(kept, type=str) if kept else "",
        bool(books.attachment(recorded.operation, "photo")),
        bool(body.photo),
    )


def _photo(books: Reading, operation: str) -> bytes:
    kept = books.attachment(operation, "photo")
    return msgspec.json.decode(kept, type=bytes) if kept else b""
