"""The branch exports its own evidence: any days, free, as one file that proves itself (protocol.evidence)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from azpost_desk.domain import operations as ops
from azpost_desk.domain.days import business_day
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Permission

if TYPE_CHECKING:
    from azpost_desk.services.counter import Counter, Officer


@dataclass(frozen=True, slots=True)
class ExportEvidence:
    """The evidence of the business days `first_day` to `last_day` (ISO, both inside)."""

    first_day: str
    last_day: str
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Exported:
    """The file's bytes, and what it is called."""

    content: bytes
    name: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everybody who works at the counter may have it; personal data only who may see reports."""

    counter: Counter

    def export(self, command: ExportEvidence, by: Officer) -> Exported:
        """Make the file, and record that it was made: it may leave the house.

        On a desk that is stopped nothing can be recorded any more; the file is made all the same.

        Raises:
            Refused: S-010, I-010 no date, R-082 the last day is before the first, R-080 nothing was recorded
                then. Trouble: R-081 the journal is damaged.
        """
        by.may(Permission.SEE_REPORTS if command.personal else Permission.SELL)
        first, last = business_day(command.first_day), business_day(command.last_day)
        if last < first:
            raise Refused("R-082", field="last_day")
        with self.counter.books.reading() as books:
            content = books.evidence(first, last, personal=command.personal)
            name = f"evidence-{books.desk().desk}-{first}-{last}.azev"
            stopped = books.stopped
        if not stopped:
            with self.counter.books.writing() as writing:
                body = ops.EvidenceExported(
                    first_day=first,
                    last_day=last,
                    personal=command.personal,
                    file=hashlib.sha256(content).hexdigest(),
                )
                writing.append(body, actor=by.officer, operation=self.counter.new_id())
        return Exported(content, name)
