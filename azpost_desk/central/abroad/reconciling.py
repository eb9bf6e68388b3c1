"""Each partner's account held against its statement: named open items, and nothing besides (M0-13).

Our books on a partner's account are what it has booked and what is in transit to or from it. In: the centre's
database, read only, and for an open item what two people say it is. Out: per partner and currency the book,
the statement, each item with owner and deadline, and `unexplained`, which is always 0.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.central.abroad import agreements, funds
from azpost_desk.central.doubts import two_people
from azpost_desk.central.exceptions import OWNERS
from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.operations_statements import DISPUTED, FUNDING, SUSPENSE, TRANSIT
from azpost_desk.domain.postings import postings as posted_by_rule
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.records import header_of

if TYPE_CHECKING:
    from azpost_desk.central.book import Book
    from azpost_desk.central.storage.database import Connection

NOTIFIED: Final = "notified"
TARGETS: Final = (TRANSIT, FUNDING, "item")
_DAY_MS: Final = 24 * 3_600_000
_OWNER: Final = "finance"
_WATCHED: Final = (chart.PARTNER, chart.PARTNER_TRANSIT, chart.SUSPENSE, chart.PARTNER_DISPUTED)
Account = tuple[str, str]
"""(partner, currency)."""


@dataclass(frozen=True, slots=True)
class Item:
    """Why our book and the statement differ, or what a partner has to explain.

    `name` is a transfer, a funding or an item's number; `sort` one of transit, funding, notified (told, on no
    statement yet), suspense, disputed. `minor` is above zero where our book has more.
    """

    sort: str
    name: str
    minor: int
    owner: str
    since_ms: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One account with a partner; sums are smallest units of `currency`."""

    partner: str
    currency: str
    ledger: int
    statement: int
    statement_number: int
    statement_until: str
    items: tuple[Item, ...]
    suspense: int
    disputed: int
    unexplained: int


def reconcile(conn: Connection, now_ms: int) -> list[Reconciled]:
    """Every account with a partner that has a book or a statement, by partner and currency."""
    ledger, transit = _books(conn)
    days = {one.partner: one.items_days_max for one in agreements.partners(conn, now_ms).partners}
    closings = {
        (partner, currency): (closing, number, until)
        for partner, currency, closing, number, until in conn.execute(
            "select distinct on (partner, currency) partner, currency, closing, number, until"
            " from partner_statements where final order by partner, currency, number desc"
        )
    }
    items = _items(conn, transit, days)
    accounts = {(sub, currency) for _, sub, currency in ledger} | closings.keys() | items.keys()
    return [_one(account, ledger, closings, items.get(account, [])) for account in sorted(accounts)]


def _one(
    account: Account,
    ledger: Counter[tuple[str, str, str]],
    closings: dict[Account, tuple[int, int, str]],
    items: list[Item],
) -> Reconciled:
    closing, number, until = closings.get(account, (0, 0, ""))
    booked = {one: ledger[one, *account] for one in _WATCHED}
    named: Counter[str] = Counter()
    for one in items:
        named[one.sort] += one.minor
    faults = (
        booked[chart.PARTNER] - closing - named[FUNDING] - named[NOTIFIED],
        booked[chart.PARTNER_TRANSIT] - named[TRANSIT],
        booked[chart.SUSPENSE] + named[SUSPENSE],
        booked[chart.PARTNER_DISPUTED] + named[DISPUTED],
    )
    return Reconciled(
        partner=account[0],
        currency=account[1],
        ledger=booked[chart.PARTNER] + booked[chart.PARTNER_TRANSIT],
        statement=closing,
        statement_number=number,
        statement_until=until,
        items=tuple(items),
        suspense=named[SUSPENSE],
        disputed=named[DISPUTED],
        unexplained=sum(abs(one) for one in faults),
    )


def _books(conn: Connection) -> tuple[Counter[tuple[str, str, str]], dict[Account, dict[str, list[int]]]]:
    """Balances of the watched accounts, and per account what is in transit by the thing it is for.

    What is decided and not written into the book yet counts with it.
    """
    ledger: Counter[tuple[str, str, str]] = Counter()
    for account, sub, currency, minor in conn.execute(
        "select account, sub, currency, sum(minor)::bigint from postings where account = any(%s)"
        " group by account, sub, currency",
        (list(_WATCHED),),
    ):
        ledger[account, sub, currency] += minor
    transit: dict[Account, dict[str, list[int]]] = {}
    written = conn.execute(
        "select p.sub, p.currency, p.minor, j.header, j.body from postings p join journal j"
        " using (desk, epoch, sequence) where p.account = %s",
        (chart.PARTNER_TRANSIT,),
    )
    for sub, currency, minor, header_bytes, body in written:
        header = header_of(header_bytes)
        thing = _thing(ops.decode(header.kind, header.version, body))
        _add(transit, (sub, currency), thing, minor, header.recorded_ms)
    for kind, body in conn.execute("select kind, body from abroad_to_book order by entry").fetchall():
        waiting = ops.decode(kind, 1, body)
        for one in posted_by_rule("", "waiting", kind, 1, waiting):
            account = (one.sub, one.amount.currency)
            if one.account in _WATCHED:
                ledger[one.account, *account] += one.amount.minor
            if one.account == chart.PARTNER_TRANSIT:
                _add(transit, account, _thing(waiting), one.amount.minor, 0)
    return ledger, transit


def _thing(body: ops.Body) -> str:
    if isinstance(body, ops.PartnerItemCleared):
        return body.name
    return str(getattr(body, "transfer", ""))


def _add(
    transit: dict[Account, dict[str, list[int]]], account: Account, thing: str, minor: int, at_ms: int
) -> None:
    """[what is in transit, since when]: since the first time it was not zero."""
    held = transit.setdefault(account, {}).setdefault(thing, [0, 0])
    held[1] = held[1] if held[0] else at_ms
    held[0] += minor


def _items(
    conn: Connection, transit: dict[Account, dict[str, list[int]]], days: dict[str, int]
) -> dict[Account, list[Item]]:
    found: dict[Account, list[Item]] = {}

    def add(sort: str, account: Account, name: str, minor: int, since_ms: int) -> None:
        owner = OWNERS.get(f"partner_{sort}", _OWNER)
        until_ms = since_ms + days.get(account[0], 0) * _DAY_MS
        found.setdefault(account, []).append(Item(sort, name, minor, owner, since_ms, until_ms))

    for account, things in sorted(transit.items()):
        for thing, (minor, since_ms) in sorted(things.items()):
            # What belongs to nothing has no name: it stays unexplained.
            if minor and thing:
                add(TRANSIT, account, thing, minor, since_ms)
    for funding, partner, currency, minor, sent_ms in conn.execute(
        "select funding, partner, currency, minor, sent_ms from partner_fundings where not arrived"
        " order by funding"
    ):
        add(FUNDING, (partner, currency), str(funding), minor, sent_ms)
    for entry, partner, currency, minor, against, on_statement, is_open, seen_ms in conn.execute(
        "select entry, partner, currency, minor, against, on_statement,"
        " reversed_by is null and cleared = '', seen_ms from partner_entries"
        " where not on_statement or (reversed_by is null and cleared = '') order by entry"
    ):
        account = (partner, currency)
        if not on_statement:
            add(NOTIFIED, account, str(entry), minor, seen_ms)
        if is_open and against in (SUSPENSE, DISPUTED):
            add(against, account, str(entry), minor, seen_ms)
    return found


def clear(
    conn: Connection,
    book: Book,
    item: int,
    target: str,
    name: str,
    people: tuple[str, str],
    evidence: str,
    now_ms: int,
) -> None:
    """Two people say what an open item is: `target` of TARGETS, `name` its id.

    Raises:
        Refused: X-044, X-047, A-060 no such item is open, A-061 it is not what they say.
    """
    two_people(*people, evidence)
    with conn.transaction():
        row = conn.execute(
            "select partner, currency, minor, against from partner_entries where entry = %s"
            " and against = any(%s) and reversed_by is null and cleared = '' for update",
            (item, [SUSPENSE, DISPUTED]),
        ).fetchone()
        if row is None:
            raise Refused("A-060", item=item)
        partner, currency, minor, against = row
        funds.lock(conn, partner, currency)
        into = _target(conn, (partner, currency), item, minor, target, name)
        cleared = ops.PartnerItemCleared(
            partner=partner,
            currency=currency,
            item=item,
            item_minor=minor,
            against=against,
            target=into,
            name=name,
            first_person=people[0].strip(),
            second_person=people[1].strip(),
            evidence=evidence.strip(),
        )
        book.append(conn, cleared)
        conn.execute("update partner_entries set cleared = %s where entry = %s", (f"{target} {name}", item))


def _target(conn: Connection, account: Account, item: int, minor: int, target: str, name: str) -> str:
    """What the item goes to, and the mark on it; the sums must be one."""
    into: tuple[str, ...] | None = None
    if target == TRANSIT:
        row = conn.execute(
            "select from abroad_out where transfer = %s and partner = %s and currency = %s and taken",
            (name, *account),
        ).fetchone()
        into = (TRANSIT,) if row is not None else None
    elif target == FUNDING:
        row = conn.execute(
            "update partner_fundings set arrived = true where funding::text = %s and partner = %s"
            " and currency = %s and minor = %s and not arrived returning funding",
            (name, *account, minor),
        ).fetchone()
        into = (FUNDING,) if row is not None else None
    elif target == "item":
        into = conn.execute(
            "update partner_entries set cleared = %s where entry::text = %s and partner = %s"
            " and currency = %s and minor = %s and against = any(%s) and reversed_by is null"
            " and cleared = '' returning against",
            (f"item {item}", name, *account, -minor, [SUSPENSE, DISPUTED]),
        ).fetchone()
    if into is None:
        raise Refused("A-061", item=item, target=f"{target} {name}")
    return str(into[0])
