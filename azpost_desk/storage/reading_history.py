"""What screens read of disputes, cases and supplements, and how an operation of any year is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Row, Select, func, or_, select

from azpost_desk.domain import operations as ops
from azpost_desk.services import views
from azpost_desk.storage import tables as t
from azpost_desk.storage.reading_projections import ProjectionReading, begins_with

if TYPE_CHECKING:
    from collections.abc import Sequence


class HistoryReading(ProjectionReading):
    """Disputes, cases, supplements, days of any year: part of services.ports.Reading."""

    def day_of(self, date: str) -> views.Day | None:
        """The latest with this date, should there be two."""
        row = self._one(select(t.days).where(t.days.c.date == date).order_by(t.days.c.number.desc()).limit(1))
        return views.Day(row.number, row.date, row.state) if row else None

    def disputes(self, states: Sequence[str] = ()) -> list[views.Dispute]:
        wanted = _DISPUTES.order_by(t.disputes.c.raised_ms.desc(), t.disputes.c.dispute.desc())
        if states:
            wanted = wanted.where(t.disputes.c.state.in_(states))
        return [_dispute(row) for row in self._all(wanted)]

    def dispute(self, number: str) -> views.Dispute | None:
        row = self._one(_DISPUTES.where(t.disputes.c.dispute == number))
        return _dispute(row) if row else None

    def cases(self) -> list[views.Case]:
        c, j = t.cases.c, t.journal.c
        rows = self._all(
            select(t.cases, j.operation)
            .join(t.journal, j.id == c.record)
            .order_by(c.raised_ms.desc(), c.case_number.desc())
        )
        return [
            views.Case(row.case_number, row.operation, row.reason, row.about, row.raised_ms) for row in rows
        ]

    def supplements(self, date: str) -> list[views.Supplement]:
        s = t.supplements.c
        rows = self._all(select(t.supplements).where(s.date == date).order_by(s.number))
        return [views.Supplement(row.date, row.number, row.operation, row.content) for row in rows]

    def missing_at_close(self, date: str) -> set[int]:
        m = t.missing_desks.c
        return {row.desk for row in self._all(select(m.desk).where(m.date == date))}

    def day_begun_by(self, at_ms: int) -> int:
        d = t.days.c
        return int(self._scalar(select(func.max(d.number)).where(d.opened_ms <= at_ms)) or 0)

    def undone(self, lines: Sequence[str]) -> set[str]:
        found: set[str] = set()
        # An engine takes so many values in one question.
        for at in range(0, len(lines), 500):
            some = t.lines.c.operation.in_(lines[at : at + 500])
            wanted = select(t.lines.c.operation).where(some, t.lines.c.reversed_by != "")
            found.update(row.operation for row in self._all(wanted))
        return found

    def software(self) -> str:
        j = t.journal.c
        first = select(j.body).where(j.epoch == self._desk.enrolled.epoch, j.sequence == 1)
        body: bytes | None = self._scalar(first)
        return msgspec.json.decode(body, type=ops.EpochOpened).software if body else ""


def records_with(words: Sequence[views.SearchTerm], first_day: int, last_day: int, limit: int) -> Select[Any]:
    """Rows of the journal that every wanted word leads to; the words' own table is asked first."""
    j, w = t.journal.c, t.words.c
    wanted = select(t.journal).where(j.day >= first_day, j.day <= last_day)
    for word in words:
        ways = [begins_with(w.word, start) for start in word.begins]
        if word.whole:
            ways.append(w.word.in_(word.whole))
        wanted = wanted.where(j.id.in_(select(w.record).where(or_(*ways))))
    return wanted.order_by(j.id.desc()).limit(limit)


_DISPUTES = select(t.disputes, t.journal.c.operation).join(t.journal, t.journal.c.id == t.disputes.c.record)


def _dispute(row: Row[Any]) -> views.Dispute:
    return views.Dispute(
        row.dispute,
        row.operation,
        row.figure,
        row.about,
        row.date,
        row.value,
        row.unit,
        row.officer,
        row.raised_ms,
        row.due,
        row.state,
        row.changed_ms,
        row.answer,
        row.answered_by,
        row.answer_words,
        row.outcome,
    )
