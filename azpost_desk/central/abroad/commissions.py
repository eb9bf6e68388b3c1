"""What a partner's work costs, or ours brings: reckoned for each transfer by agreement, listed by month.

In: a transfer that the partner has settled, or that was paid out here, and the partner's document that day.
Out: one posting of its own for each, never netted with the transfer or with the other side's; undone at its
own figures when the money comes back; and, month by month, what was reckoned beside what was invoiced.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central.abroad import agreements, booking
from azpost_desk.domain import operations as ops
from azpost_desk.domain.abroad.corridors import BY_PARTNER, BY_US, IN, OUT, Commission
from azpost_desk.domain.days import business_day, calendar_day
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.money import Money

_MONTH_CHARACTERS: Final = 7


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """A partner's commission of one month: what was reckoned, what was invoiced, what is between them.

    Attributes:
        month: in which it was earned, or undone; ``YYYY-MM``, local time.
        partner: with whom.
        paid_by: ``us`` to the partner, or ``partner`` to us; the two are never netted.
        currency: of the sums.
        count: how many transfers earned it, without those undone.
        reckoned_minor: by the agreement, of these transfers.
        invoiced_minor: by the invoices of that month.
        difference_minor: invoiced more than reckoned; below zero: less.
        invoices: their numbers.
    """

    month: str
    partner: str
    paid_by: str
    currency: str
    count: int
    reckoned_minor: int
    invoiced_minor: int
    difference_minor: int
    invoices: str


def earned(
    conn: Connection, direction: str, transfer: str, partner: str, carried: Money, now_ms: int
) -> None:
    """The partner has it, or its receiver: what was agreed for that is owed; once while it is not undone."""
    agreed = agreements.partners(conn, now_ms).find(partner)
    for one in agreed.commissions if agreed is not None else ():
        minor = one.of(carried)
        if one.direction != direction or not minor:
            continue
        currency = one.currency or carried.currency
        kept = conn.execute(
            "insert into partner_commissions (transfer, direction, partner, paid_by, currency, minor, at_ms,"
            " kept) values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing returning transfer",
            (transfer, direction, partner, one.paid_by, currency, minor, now_ms, one.kept),
        ).fetchone()
        if kept is not None:
            booking.note(conn, _body(transfer, partner, one.paid_by, currency, minor, is_undone=False))


def undone(conn: Connection, transfer: str, now_ms: int) -> None:
    """The money came back: what was reckoned for it is not owed, unless it was agreed that it is kept."""
    rows = conn.execute(
        "update partner_commissions set undone_ms = %s where transfer = %s and undone_ms = 0 and not kept"
        " returning partner, paid_by, currency, minor",
        (now_ms, transfer),
    ).fetchall()
    for partner, paid_by, currency, minor in rows:
        booking.note(conn, _body(transfer, partner, paid_by, currency, minor, is_undone=True))


def note_invoice(
    conn: Connection, partner: str, month: str, paid_by: str, invoiced: Money, number: str, now_ms: int
) -> None:
    """Note an invoice over a month's commission; told twice it stands once.

    Raises:
        Refused: A-010 no such partner, A-095 no month, A-096 this number is noted for another sum.
    """
    if agreements.partners(conn, now_ms).find(partner) is None:
        raise Refused("A-010", partner=partner)
    try:
        business_day(f"{month}-01")
    except Refused:
        raise Refused("A-095", month=month) from None
    row = conn.execute(
        "insert into partner_invoices (partner, month, paid_by, currency, number, minor, noted_ms)"
        " values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing returning number",
        (partner, month, paid_by, invoiced.currency, number, invoiced.minor, now_ms),
    ).fetchone()
    if row is None:
        known = conn.execute(
            "select month, paid_by, currency, minor from partner_invoices where partner = %s and number = %s",
            (partner, number),
        ).fetchone()
        if known != (month, paid_by, invoiced.currency, invoiced.minor):
            raise Refused("A-096", number=number)


def by_month(conn: Connection, first: str, last: str) -> list[Month]:
    """Each month from `first` to `last` (YYYY-MM), by partner, by who pays and by currency."""
    counts: Counter[tuple[str, str, str, str]] = Counter()
    reckoned: Counter[tuple[str, str, str, str]] = Counter()
    for partner, paid_by, currency, minor, at_ms, undone_ms in conn.execute(
        "select partner, paid_by, currency, minor, at_ms, undone_ms from partner_commissions"
    ):
        for moment_ms, sign in ((at_ms, 1), (undone_ms, -1)):
            if moment_ms:
                key = (calendar_day(moment_ms)[:_MONTH_CHARACTERS], partner, paid_by, currency)
                counts[key] += sign
                reckoned[key] += sign * minor
    invoiced: Counter[tuple[str, str, str, str]] = Counter()
    numbers: dict[tuple[str, str, str, str], list[str]] = {}
    for month, partner, paid_by, currency, number, minor in conn.execute(
        "select month, partner, paid_by, currency, number, minor from partner_invoices order by number"
    ):
        key = (month, partner, paid_by, currency)
        invoiced[key] += minor
        numbers.setdefault(key, []).append(number)
    return [
        Month(
            month=key[0],
            partner=key[1],
            paid_by=key[2],
            currency=key[3],
            count=counts[key],
            reckoned_minor=reckoned[key],
            invoiced_minor=invoiced[key],
            difference_minor=invoiced[key] - reckoned[key],
            invoices=", ".join(numbers.get(key, [])),
        )
        for key in sorted(reckoned.keys() | invoiced.keys())
        if first <= key[0] <= last
    ]


def is_fit(one: Commission) -> bool:
    """Whether it says what it means: a share is of what is carried, so in its currency."""
    return (
        one.direction in (OUT, IN)
        and one.paid_by in (BY_US, BY_PARTNER)
        and min(one.fixed_minor, one.share_ppm) >= 0
        and not (one.currency and one.share_ppm)
        and one.has_known_currency()
    )


def _body(
    transfer: str, partner: str, paid_by: str, currency: str, minor: int, *, is_undone: bool
) -> ops.PartnerCommissioned:
    return ops.PartnerCommissioned(
        transfer=transfer,
        partner=partner,
        paid_by=paid_by,
        currency=currency,
        commission_minor=minor,
        undone=is_undone,
    )
