"""What stands open with partners, how old it is, whose and until when: suspense, claims, owed, waiting.

In: the centre's database, read only, in one consistent look. Out: one row for each open thing, the oldest of
each partner first (money-out.md, "Expected beside the rules").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central.abroad import agreements, reconciling, unclaimed
from azpost_desk.central.registry.reference import newest
from azpost_desk.domain.abroad.corridors import Corridors
from azpost_desk.domain.catalogue import Settings
from azpost_desk.texts.sentences import local

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.central.storage.database import Connection

_DAY_MS: Final = 24 * 3_600_000
_OWED, _UNCLAIMED, _WAITING, _CLAIM, _DISPUTED = "owed", "unclaimed", "waiting", "claim", "disputed"
# state of a transfer out -> (sort, who has to do with it)
_OUT: Final = {
    "owed": (_OWED, "operations"),
    "refunding": (_OWED, "operations"),
    "refund_in_doubt": (_OWED, "finance"),
    "unclaimed": (_UNCLAIMED, "finance"),
    "waiting_funds": (_WAITING, "treasury"),
    "disputed": (_DISPUTED, "finance"),
    "claimed": (_CLAIM, "finance"),
}
_IN: Final = {
    "waiting_funds": (_WAITING, "finance"),
    "return_disputed": (_DISPUTED, "finance"),
}


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that stands open at the moment of the report.

    Attributes:
        partner: whose it is; currency: in which its account is kept.
        sort: ``suspense`` (fits nothing), ``disputed`` and ``claim`` (on the partner), ``transit``,
            ``funding`` and ``notified`` (between our book and its statement), ``owed`` and ``unclaimed`` (a
            sender's, to be paid back), ``waiting`` (for funds).
        name: an item, a funding or a transfer, by its id.
        sum_minor: of that currency; of an item what it adds to our account there, or takes (below zero).
        manat_qapik: of a transfer that was sold here: its principal; else 0.
        owner: who has to close it.
        since: from when on it stands so; local time, ISO; days: whole days since then.
        until: when it has to be closed; "" where no term is agreed.
        is_late: whether that is over.
    """

    partner: str
    currency: str
    sort: str
    name: str
    sum_minor: int
    manat_qapik: int
    owner: str
    since: str
    days: int
    until: str
    is_late: bool


def still_open(conn: Connection, now_ms: int) -> list[Open]:
    """Everything that stands open now, by partner and currency, the oldest first."""
    with conn.transaction():
        conn.execute("set transaction isolation level repeatable read read only")
        rows = [*_items(conn, now_ms), *_transfers(conn, now_ms)]
    return sorted(rows, key=lambda one: (one.partner, one.currency, one.since, one.name))


def _items(conn: Connection, now_ms: int) -> Iterator[Open]:
    for account in reconciling.reconcile(conn, now_ms):
        for item in account.items:
            yield _row(
                (account.partner, account.currency, item.sort, item.name, item.owner),
                (item.minor, 0),
                (item.since_ms, item.until_ms),
                now_ms,
            )


def _transfers(conn: Connection, now_ms: int) -> Iterator[Open]:
    settings = newest(conn, Settings) or Settings()
    ways = newest(conn, Corridors) or Corridors()
    days = {one.partner: one.items_days_max for one in agreements.partners(conn, now_ms).partners}
    for state, partner, currency, transfer, minor, qapik, state_ms, corridor in conn.execute(
        "select state, partner, currency, transfer, arrives, amount, state_ms, corridor from abroad_out"
        " where state = any(%s)",
        (list(_OUT),),
    ):
        sort, owner = _OUT[state]
        term = 0 if sort == _UNCLAIMED else days.get(partner, 0)
        if sort == _OWED:
            term = unclaimed.days_for(corridor, ways, settings)
        yield _row((partner, currency, sort, transfer, owner), (minor, qapik), _term(state_ms, term), now_ms)
    for state, partner, currency, transfer, minor, state_ms in conn.execute(
        "select state, partner, currency, transfer, amount, state_ms from abroad_in where state = any(%s)",
        (list(_IN),),
    ):
        sort, owner = _IN[state]
        yield _row(
            (partner, currency, sort, transfer, owner),
            (minor, 0),
            _term(state_ms, days.get(partner, 0)),
            now_ms,
        )


def _term(since_ms: int, days: int) -> tuple[int, int]:
    """(since, until); until 0 where no term is agreed."""
    return since_ms, since_ms + days * _DAY_MS if days else 0


def _row(
    what: tuple[str, str, str, str, str], sums: tuple[int, int], term: tuple[int, int], now_ms: int
) -> Open:
    partner, currency, sort, name, owner = what
    since_ms, until_ms = term
    return Open(
        partner=partner,
        currency=currency,
        sort=sort,
        name=name,
        sum_minor=sums[0],
        manat_qapik=sums[1],
        owner=owner,
        since=_when(since_ms),
        days=(now_ms - since_ms) // _DAY_MS if since_ms else 0,
        until=_when(until_ms) if since_ms else "",
        is_late=bool(since_ms) and 0 < until_ms < now_ms,
    )


def _when(at_ms: int) -> str:
    return local(at_ms).isoformat(timespec="seconds") if at_ms else ""
