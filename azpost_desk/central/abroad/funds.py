"""Funds of a partner: promised at a quote, firm at the sale, under one lock (money-out.md MA-5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.central.storage.database import one

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.abroad.corridors import Partner


def lock(conn: Connection, partner: str, currency: str) -> tuple[int, int]:
    """(funded, firm) of a partner's account, smallest units; its row is ours until the transaction ends."""
    conn.execute(
        "insert into abroad_funds (partner, currency) values (%s, %s) on conflict do nothing",
        (partner, currency),
    )
    funded, firm = one(
        conn,
        "select funded, firm from abroad_funds where partner = %s and currency = %s for update",
        (partner, currency),
    )
    return funded, firm


def left_for_quotes(conn: Connection, partner: Partner, currency: str, now_ms: int) -> int:
    """What can still be promised; the row is locked."""
    funded, firm = lock(conn, partner.partner, currency)
    promised = one(
        conn,
        "select coalesce(sum(arrives), 0)::bigint from abroad_quotes"
        " where partner = %s and currency = %s and used_by is null and stands_ms > %s",
        (partner.partner, currency, now_ms),
    )[0]
    return int(funded + partner.credit_minor - firm - promised)


def make_firm(conn: Connection, partner: Partner, currency: str, minor: int, *, waits: bool) -> bool:
    """Keep funds for one sale, when there are enough; whoever waited already comes before a new one.

    Args:
        waits: the sale stands in the queue of those that wait: nobody is before it.
    """
    funded, firm = lock(conn, partner.partner, currency)
    others = conn.execute(
        "select from abroad_out where partner = %s and currency = %s and state = 'waiting_funds' limit 1",
        (partner.partner, currency),
    ).fetchone()
    if (others is not None and not waits) or funded + partner.credit_minor - firm < minor:
        return False
    add(conn, partner.partner, currency, firm=minor)
    return True


def add(conn: Connection, partner: str, currency: str, *, funded: int = 0, firm: int = 0) -> None:
    """Change what lies there, or what is firm."""
    conn.execute(
        "insert into abroad_funds (partner, currency, funded, firm) values (%s, %s, %s, %s)"
        " on conflict (partner, currency) do update set"
        " funded = abroad_funds.funded + excluded.funded, firm = abroad_funds.firm + excluded.firm",
        (partner, currency, funded, firm),
    )
