"""What treasury asks of money abroad, on one page: per partner and currency, per partner, per currency.

In: the centre's database, read only, in one consistent look. Out: what lies there and what holds it, what is
owed, suspended and claimed, the open positions with what of them has not left, limits and switches with their
reason, and what will leave today (money-out.md MA-5, MA-22, M0-11).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central.abroad import agreements, arriving
from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.abroad.moves import NOT_GONE
from azpost_desk.domain.days import calendar_day, day_start_ms, days_after
from azpost_desk.domain.postings import postings as posted_by_rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.abroad.corridors import Partner

_BOOKS: Final = (
    chart.PARTNER,
    chart.PARTNER_TRANSIT,
    chart.PARTNER_DISPUTED,
    chart.ABROAD_DUE,
    chart.INCOMING_PAYABLE,
    chart.SUSPENSE,
    chart.POSITION,
    chart.POSITION_MANAT,
)
_OWED_BACK: Final = ["owed", "refunding", "refund_in_doubt", "unclaimed"]
Book = tuple[str, str, str]
"""(account, sub-account, currency)."""
Account = tuple[str, str]
"""(partner, currency)."""


class AtPartner(msgspec.Struct, frozen=True):
    """One partner in one currency; sums are smallest units of it, `…_qapik` are manat.

    Attributes:
        lies_there_minor: our account there as our book has it, without what is in transit.
        firm_minor: kept for sales; promised_minor: for open quotes; free_minor: what a quote may still
            take, the partner's credit included.
        waiting_minor, waiting_count: sold, and short of funds.
        transit_minor: what it has taken (below zero) or given and its statement has not shown.
        due_minor: what we owe there for what was sold; incoming_minor: what came and is not paid here.
        owed_back_qapik: what senders are to get back, the fee with it where it comes back.
        unfunded_minor: paid or payable here before its money is there, of unfunded_minor_max.
        suspense_minor, claims_minor: what fits nothing; what it has to explain or give back.
        leaves_today_minor, leaves_today_count: forecast: what the clock lets go today; goes_back_minor:
            arrivals that go back. Nothing leaves while sending is paused: then it is stopped_minor.
    """

    partner: str
    currency: str
    lies_there_minor: int
    firm_minor: int
    promised_minor: int
    free_minor: int
    waiting_minor: int
    waiting_count: int
    transit_minor: int
    due_minor: int
    incoming_minor: int
    owed_back_qapik: int
    unfunded_minor: int
    unfunded_minor_max: int
    credit_minor: int
    suspense_minor: int
    claims_minor: int
    leaves_today_minor: int
    leaves_today_count: int
    goes_back_minor: int
    stopped_minor: int


class Switch(msgspec.Struct, frozen=True):
    """One switch of a partner; `since_ms` 0: nobody ever turned it, or before that was written down."""

    switch: str
    is_on: bool
    why: str
    since_ms: int


class Turned(msgspec.Struct, frozen=True):
    """What people and the breaker hold over a partner."""

    partner: str
    switches: tuple[Switch, ...]
    refusals: int
    refusals_in_a_row_max: int


class Position(msgspec.Struct, frozen=True):
    """An open position: sold and not bought is above zero; of it `unreleased_minor` has not left here."""

    currency: str
    position_minor: int
    manat_qapik: int
    unreleased_minor: int


class Treasury(msgspec.Struct, frozen=True):
    """The page, as of a moment."""

    as_of_ms: int
    accounts: tuple[AtPartner, ...]
    partners: tuple[Turned, ...]
    positions: tuple[Position, ...]


def treasury(conn: Connection, now_ms: int) -> Treasury:
    """The whole page in one consistent look; nothing is written."""
    with conn.transaction():
        conn.execute("set transaction isolation level repeatable read read only")
        partners = agreements.partners(conn, now_ms).partners
        books = _books(conn)
        turned = tuple(_turned(conn, one) for one in partners)
        sums = _sums(conn, now_ms)
        agreed = {one.partner: one for one in partners}
        is_sending = {
            one.partner: all(turn.is_on for turn in one.switches if turn.switch == agreements.SENDING)
            for one in turned
        }
        own = {(one.partner, one.currency) for one in partners}
        held = {(sub, currency) for account, sub, currency in books if account in _BOOKS[:-2]}
        accounts = sorted(own | held | {account for one in sums.values() for account in one})
        return Treasury(
            as_of_ms=now_ms,
            accounts=tuple(
                _at_partner(one, agreed.get(one[0]), books, sums, is_sending=is_sending.get(one[0], True))
                for one in accounts
            ),
            partners=turned,
            positions=_positions(conn, books),
        )


def _books(conn: Connection) -> Counter[Book]:
    """The balances, with what is decided and not written into the book yet."""
    found: Counter[Book] = Counter()
    for account, sub, currency, minor in conn.execute(
        "select account, sub, currency, sum(minor)::bigint from postings where account = any(%s)"
        " group by account, sub, currency",
        (list(_BOOKS),),
    ):
        found[account, sub, currency] += minor
    for kind, body in conn.execute("select kind, body from abroad_to_book order by entry"):
        for one in posted_by_rule("", "waiting", kind, 1, ops.decode(kind, 1, body)):
            if one.account in _BOOKS:
                found[one.account, one.sub, one.amount.currency] += one.amount.minor
    return found


def _sums(conn: Connection, now_ms: int) -> Mapping[str, Mapping[Account, tuple[int, int]]]:
    """Name of a figure → (partner, currency) → (sum, count), as the rows say it beside the book."""
    asked = {
        "now_ms": now_ms,
        "tomorrow_ms": day_start_ms(days_after(calendar_day(now_ms), 1)),
        "owed": _OWED_BACK,
        "unfunded": arriving.UNFUNDED_IN,
    }
    return {
        name: {
            (partner, currency): (minor, count)
            for partner, currency, minor, count in conn.execute(
                f"select partner, currency, coalesce(sum({what}), 0)::bigint, count(*)"
                f" from {where} group by partner, currency".encode(),
                asked,
            )
        }
        for name, (what, where) in _ASKED.items()
    }


_ASKED: Final = {
    "funded": ("funded", "abroad_funds"),
    "firm": ("firm", "abroad_funds"),
    "promised": ("arrives", "abroad_quotes where used_by is null and stands_ms > %(now_ms)s"),
    "waiting": ("arrives", "abroad_out where state = 'waiting_funds'"),
    "owed_back": (
        "amount + case when refund_fee then fee else 0 end",
        "abroad_out where state = any(%(owed)s)",
    ),
    "unfunded": ("amount", "abroad_in where not funded and state = any(%(unfunded)s)"),
    "leaves": ("arrives", "abroad_out where state = 'queued' and next_ms < %(tomorrow_ms)s"),
    "goes_back": ("amount", "abroad_in where state = 'unpayable' and next_ms < %(tomorrow_ms)s"),
}


def _at_partner(
    account: Account,
    agreed: Partner | None,
    books: Counter[Book],
    sums: Mapping[str, Mapping[Account, tuple[int, int]]],
    *,
    is_sending: bool,
) -> AtPartner:
    def of(name: str) -> int:
        return sums[name].get(account, (0, 0))[0]

    def book(number: str) -> int:
        return books[number, *account]

    credit = agreed.credit_minor if agreed else 0
    leaves, goes_back = of("leaves"), of("goes_back")
    return AtPartner(
        partner=account[0],
        currency=account[1],
        lies_there_minor=book(chart.PARTNER),
        firm_minor=of("firm"),
        promised_minor=of("promised"),
        free_minor=of("funded") + credit - of("firm") - of("promised"),
        waiting_minor=of("waiting"),
        waiting_count=sums["waiting"].get(account, (0, 0))[1],
        transit_minor=book(chart.PARTNER_TRANSIT),
        due_minor=-book(chart.ABROAD_DUE),
        incoming_minor=-book(chart.INCOMING_PAYABLE),
        owed_back_qapik=of("owed_back"),
        unfunded_minor=of("unfunded"),
        unfunded_minor_max=agreed.unfunded_minor_max if agreed else 0,
        credit_minor=credit,
        suspense_minor=-book(chart.SUSPENSE),
        claims_minor=book(chart.PARTNER_DISPUTED),
        leaves_today_minor=leaves if is_sending else 0,
        leaves_today_count=sums["leaves"].get(account, (0, 0))[1] if is_sending else 0,
        goes_back_minor=goes_back if is_sending else 0,
        stopped_minor=0 if is_sending else leaves + goes_back,
    )


def _turned(conn: Connection, agreed: Partner) -> Turned:
    said = {
        switch: (why, since_ms)
        for switch, why, since_ms in conn.execute(
            "select switch, why, since_ms from abroad_switches where partner = %s", (agreed.partner,)
        )
    }
    row = conn.execute(
        "select refusals from abroad_partners where partner = %s", (agreed.partner,)
    ).fetchone()
    return Turned(
        partner=agreed.partner,
        switches=tuple(
            Switch(switch, agreements.is_open(conn, agreed.partner, switch), *said.get(switch, ("", 0)))
            for switch in agreements.SWITCHES
        ),
        refusals=row[0] if row is not None else 0,
        refusals_in_a_row_max=agreed.refusals_in_a_row_max,
    )


def _positions(conn: Connection, books: Counter[Book]) -> tuple[Position, ...]:
    unreleased: dict[str, int] = dict(
        conn.execute(
            "select currency, sum(arrives)::bigint from abroad_out where dealt and state = any(%s)"
            " group by currency",
            (list(NOT_GONE),),
        ).fetchall()
    )
    currencies = {sub for account, sub, _ in books if account in (chart.POSITION, chart.POSITION_MANAT)}
    return tuple(
        Position(
            currency=one,
            position_minor=books[chart.POSITION, one, one],
            manat_qapik=books[chart.POSITION_MANAT, one, "AZN"],
            unreleased_minor=unreleased.get(one, 0),
        )
        for one in sorted(currencies)
    )
