"""A till as of a moment, folded from the journal alone: balance, holder, counted pieces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.postings import postings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.domain.explaining import Noted


@dataclass(frozen=True, slots=True)
class TillAsOf:
    """One till at one moment. Its pieces are known at a count and at no other time.

    Attributes:
        balance_qapik: what the books say lay in it.
        holder: officer's id, "" while it was closed.
        pieces: the count sheet when the moment is that of a count and nothing moved since, else None.
        last: operation of the newest record up to then that opened, closed, handed over or moved the till,
            "" for none.
        last_ms: when that was, UTC ms.
    """

    balance_qapik: int
    holder: str
    pieces: dict[str, int] | None
    last: str
    last_ms: int


NEVER = TillAsOf(0, "", None, "", 0)


def is_anchor(body: ops.Body) -> bool:
    """Whether a record says the balance by itself: from there the fold may begin."""
    return isinstance(body, ops.TillOpened | ops.TillClosed | ops.TillHandedOver)


def fold(desk: str, records: Iterable[Noted], start: TillAsOf = NEVER) -> TillAsOf:
    """The till after these records, in journal order. `desk` is the sub-account of its postings."""
    then = start
    for note in records:
        body = note.body
        if isinstance(body, ops.TillOpened):
            then = TillAsOf(body.balance_qapik, body.holder, then.pieces, note.operation, note.at_ms)
            continue
        if isinstance(body, ops.TillClosed | ops.TillHandedOver):
            holder = body.taker if isinstance(body, ops.TillHandedOver) else ""
            then = TillAsOf(body.counted_qapik, holder, body.pieces, note.operation, note.at_ms)
            continue
        kind, version = ops.kind_of(body)
        posted = postings(desk, note.operation, kind, version, body)
        moved = sum(p.amount.minor for p in posted if (p.account, p.sub) == (chart.TILL, desk))
        if moved:
            then = TillAsOf(then.balance_qapik + moved, then.holder, None, note.operation, note.at_ms)
    return then
