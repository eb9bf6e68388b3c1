"""Reads of interrupted work: baskets set aside, the centre's questions, proposals and acts."""

from __future__ import annotations

import msgspec
from sqlalchemy import select

from azpost_desk.domain.money import Money
from azpost_desk.services import views
from azpost_desk.services import views_recovery as seen
from azpost_desk.storage import tables as t
from azpost_desk.storage.reading_projections import ProjectionReading


class RecoveryReading(ProjectionReading):
    """Recovery's part of services.ports.Reading."""

    def parked(self) -> list[seen.Parked]:
        """Baskets set aside, the one that waits longest first."""
        rows = self._all(select(t.parked).order_by(t.parked.c.parked_ms, t.parked.c.basket))
        return [
            seen.Parked(msgspec.json.decode(row.content, type=views.Basket), row.parked_ms) for row in rows
        ]

    def running_since(self) -> int:
        """When the books were opened, ms; 0 when they were only looked at."""
        return int(self._scalar(select(t.running.c.since_ms)) or 0)

    def grant_questions(self) -> list[seen.GrantAsked]:
        """The centre's questions for grants that this chain still holds, oldest first."""
        q, g = t.grant_questions, t.grants
        held = (g.c.state == "held") & (g.c.epoch == self._desk.enrolled.epoch)
        wanted = select(q).join(g, g.c.held_grant == q.c.held_grant).where(held)
        return [
            seen.GrantAsked(row.held_grant, row.thing, row.asked_ms, row.answer)
            for row in self._all(wanted.order_by(q.c.asked_ms, q.c.held_grant))
        ]

    def only_open_at_centre(self) -> list[str]:
        """Grants that the centre holds for open and this chain neither holds nor ever ended."""
        here = select(t.grants.c.held_grant).where(t.grants.c.epoch == self._desk.enrolled.epoch)
        there = t.open_at_centre.c.held_grant
        return [row.held_grant for row in self._all(select(there).where(there.not_in(here)).order_by(there))]

    def proposals(self) -> list[seen.Proposal]:
        """Corrections that the centre proposed, newest first."""
        p = t.proposals
        return [
            seen.Proposal(
                row.proposal,
                row.sort,
                Money(row.amount_qapik),
                row.holder,
                row.reason,
                row.evidence,
                row.who,
                row.at_ms,
                row.state,
            )
            for row in self._all(select(p).order_by(p.c.at_ms.desc(), p.c.proposal))
        ]

    def centre_acts(self, limit: int = 500) -> list[seen.CentreAct]:
        """What the centre did or read of this desk, newest first."""
        a = t.centre_acts
        rows = self._all(select(a).order_by(a.c.at_ms.desc(), a.c.act_id.desc()).limit(limit))
        return [seen.CentreAct(row.act, row.who, row.why, row.about, row.at_ms) for row in rows]

    def document_dates(self, date: str) -> list[seen.DocumentDate]:
        """Of each document the version in force on `date`."""
        d = t.documents.c
        rows = self._all(
            select(d.name, d.version, d.valid_from)
            .where(d.valid_from <= date)
            .order_by(d.name, d.valid_from, d.version)
        )
        newest = {row.name: seen.DocumentDate(row.name, row.version, row.valid_from) for row in rows}
        return list(newest.values())
