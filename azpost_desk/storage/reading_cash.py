"""What screens and use cases read of bags, counts, worn and suspect notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import select

from azpost_desk.domain.money import Money
from azpost_desk.services import views_cash as views
from azpost_desk.storage import tables as t
from azpost_desk.storage.reading_projections import ProjectionReading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row


class CashReading(ProjectionReading):
    """The cash of the branch in services.ports.Reading."""

    def bags(self, states: Sequence[str] = ()) -> list[views.Bag]:
        """Newest first."""
        wanted = select(t.bags).order_by(t.bags.c.made_ms.desc(), t.bags.c.bag.desc())
        if states:
            wanted = wanted.where(t.bags.c.state.in_(states))
        return [_bag(row) for row in self._all(wanted)]

    def bag(self, bag_or_number: str) -> views.Bag | None:
        """By its id, or the newest with this number."""
        b = t.bags.c
        wanted = select(t.bags).where((b.bag == bag_or_number) | (b.number == bag_or_number))
        row = self._one(wanted.order_by(b.made_ms.desc()).limit(1))
        return _bag(row) if row else None

    def counts(self, sorts: Sequence[str] = (), day: int | None = None) -> list[views.Count]:
        """Counts of this till, newest first."""
        c = t.counts.c
        wanted = select(t.counts).order_by(c.record.desc())
        if sorts:
            wanted = wanted.where(c.sort.in_(sorts))
        if day is not None:
            wanted = wanted.where(c.day == day)
        return [_count(row) for row in self._all(wanted)]

    def worn(self) -> dict[int, int]:
        """Worn notes that wait in the safe for a bag: pieces by denomination in qəpik."""
        w = t.worn.c
        rows = self._all(select(t.worn).where(w.pieces > 0).order_by(w.denomination_qapik.desc()))
        return {row.denomination_qapik: row.pieces for row in rows}

    def suspect_notes(self) -> list[views.SuspectNote]:
        """The register, newest first."""
        n = t.suspect_notes.c
        return [
            views.SuspectNote(
                row.report,
                row.operation,
                Money(row.denomination_qapik),
                row.series,
                row.at_ms,
                row.officer,
                row.bag,
            )
            for row in self._all(select(t.suspect_notes).order_by(n.at_ms.desc(), n.report.desc()))
        ]


def _sheet(stored: bytes) -> dict[int, int]:
    return {int(d): n for d, n in msgspec.json.decode(stored, type=dict[str, int]).items()}


def _bag(row: Row[Any]) -> views.Bag:
    return views.Bag(
        row.bag,
        row.number,
        row.sort,
        row.direction,
        row.state,
        Money(row.announced_qapik),
        _sheet(row.announced),
        Money(row.counted_qapik),
        _sheet(row.counted),
        msgspec.json.decode(row.notes, type=tuple[str, ...]),
        row.act,
        row.made_by,
        row.made_ms,
        row.changed_by,
        row.changed_ms,
    )


def _count(row: Row[Any]) -> views.Count:
    return views.Count(
        row.operation,
        row.sort,
        row.day,
        row.holder,
        row.officer,
        row.at_ms,
        _sheet(row.pieces),
        Money(row.counted_qapik),
        Money(row.expected_qapik),
        Money(row.difference_qapik),
        Money(row.made_good_qapik),
    )
