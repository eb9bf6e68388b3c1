"""Notes that may be false: kept, reported on paper to who brought them, never counted as money."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from azpost_desk.domain import cash
from azpost_desk.domain import operations as ops
from azpost_desk.domain.names import legible
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Permission
from azpost_desk.domain.transfer_codes import case_number
from azpost_desk.domain.typed import is_said
from azpost_desk.services.counter import Counter, Officer, attach, open_day

if TYPE_CHECKING:
    from azpost_desk.domain.money import Money
    from azpost_desk.domain.people import Person
    from azpost_desk.services.views_cash import SuspectNote

# Letters and digits as they stand on the note, in one piece.
_SERIES: Final = re.compile(r"[A-Z0-9]{4,16}")


@dataclass(frozen=True, slots=True)
class Suspect:
    """A note somebody brought: its value, series and number, what made it suspect, and who brought it."""

    denomination: Money
    series: str
    presenter: Person
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notes:
    """The register of suspect notes."""

    counter: Counter

    def suspect(self, by: Officer, command: Suspect) -> SuspectNote:
        """Keep a note and report it; the customer gets a paper, and no money for the note.

        Raises:
            Refused: S-010, C-001, C-051 no series and number, C-052 nobody named, C-053 no such banknote,
                I-014 a name nobody here reads.
        """
        by.may(Permission.HOLD_TILL)
        series = re.sub(r"\s", "", command.series).upper()
        if command.denomination.minor not in cash.NOTES_QAPIK:
            raise Refused("C-053", field="denomination")
        if not _SERIES.fullmatch(series):
            raise Refused("C-051", field="series")
        if not is_said(command.presenter.name):
            raise Refused("C-052", field="name")
        with self.counter.books.writing() as books:
            day = open_day(books)
            operation = self.counter.new_id()
            presenter = replace(command.presenter, name=legible(command.presenter.name))
            shown = attach(operation, "presenter", presenter)
            body = ops.NoteSuspected(
                report=case_number("S", int(day.date[:4]), len(books.suspect_notes()) + 1),
                denomination_qapik=command.denomination.minor,
                series=series,
                presenter=shown.commitment(),
                signs=command.signs,
            )
            books.append(body, actor=by.officer, operation=operation, attachments=[shown])
            books.queue_paper("cash_act", operation)
            return books.suspect_notes()[0]

    def register(self) -> list[SuspectNote]:
        """Every note ever kept here, newest first."""
        with self.counter.books.reading() as books:
            return books.suspect_notes()
