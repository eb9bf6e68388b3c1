"""Rules against money laundering over all branches: movements of a person, cases, reports.

A person is known by every identity that was shown: FİN, document, telephone with the name. Each becomes a
keyed digest, so that the table tells nobody who sent what without the centre's key; rows go when the rules no
longer look at them. Reports for the financial intelligence unit are files of what the transfers say.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from azpost_desk.central import keys
from azpost_desk.central.registry.reference import newest
from azpost_desk.central.storage.database import one
from azpost_desk.domain.abroad.corridors import Corridors
from azpost_desk.domain.aml import DAY_MS, Finding, Movement, findings
from azpost_desk.domain.catalogue import MoneyLaundering
from azpost_desk.domain.names import fold
from azpost_desk.domain.people import AbroadParties, Parties
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.transfer_codes import case_number
from azpost_desk.protocol.abroad import terms_of

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.people import Person

_KEY: Final = "laundering"
_CASES_LOCK: Final = 0x63617365
_MONTH_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule found; `reported_ms` is 0 until it went to the financial intelligence unit."""

    number: str
    rule: str
    transfers: tuple[str, ...]
    total_qapik: int
    days: int
    made_ms: int
    reported_ms: int


@dataclass(frozen=True, slots=True)
class Known:
    """The rules in force, and the key under which people are known."""

    rules: MoneyLaundering
    secret: bytes

    def subjects(self, person: Person) -> list[str]:
        """The keyed digests a person is known by; the strongest identity first."""
        shown = [("fin", person.fin), ("document", person.document)]
        if person.phone:
            shown.append(("phone", f"{person.phone} {fold(person.name)}"))
        named = [(sort, value) for sort, value in shown if value] or [("name", fold(person.name))]
        return [
            hmac.new(self.secret, f"{sort} {value}".encode(), hashlib.sha256).hexdigest()[:32]
            for sort, value in named
        ]


def known(conn: Connection, now_ms: int) -> Known:
    """The rules and the key of now; the key is made when it is first wanted."""
    return Known(newest(conn, MoneyLaundering) or MoneyLaundering(), keys.key(conn, _KEY, now_ms).secret())


def note(
    conn: Connection,
    known: Known,
    moved: tuple[str, str, int, str],
    people: tuple[Person, Person],
    at_ms: int,
) -> None:
    """A person (the first) sent or received; the second stands on the other side. Cases are opened.

    `moved` is direction, transfer, amount and branch. A second time changes nothing.
    """
    direction, transfer, amount_qapik, branch = moved
    mine, other = known.subjects(people[0]), known.subjects(people[1])[0]
    new = conn.execute(
        "insert into movements select unnest(%s::text[]), %s, %s, %s, %s, %s, %s on conflict do nothing"
        " returning subject",
        (mine, transfer, direction, amount_qapik, at_ms, branch, other),
    ).fetchall()
    before: dict[str, list[Movement]] = {row[0]: [] for row in new}
    for subject, *earlier in conn.execute(
        "select subject, transfer, direction, amount, at_ms, branch, other from movements"
        " where subject = any(%s) and at_ms > %s",
        (list(before), at_ms - _MONTH_DAYS * DAY_MS),
    ):
        before[subject].append(Movement(*earlier))
    now = Movement(transfer, direction, amount_qapik, at_ms, branch, other)
    for subject, movements in before.items():
        for found in findings(now, movements, known.rules):
            _open_case(conn, subject, found, at_ms)


def _open_case(conn: Connection, subject: str, found: Finding, now_ms: int) -> None:
    """A new case, or the open one of this rule and person as it is now."""
    conn.execute("select pg_advisory_xact_lock(%s)", (_CASES_LOCK,))
    grown = conn.execute(
        "update laundering_cases set transfers ="
        " (select array_agg(distinct each order by each) from unnest(transfers || %s::text[]) as each),"
        " total = greatest(total, %s), days = greatest(days, %s)"
        " where rule = %s and subject = %s and reported_ms = 0",
        (list(found.transfers), found.total_qapik, found.days, found.rule, subject),
    ).rowcount
    # One person under two of their identities is one case.
    same = conn.execute(
        "select 1 from laundering_cases where rule = %s and reported_ms = 0 and transfers @> %s::text[]",
        (found.rule, list(found.transfers)),
    ).fetchone()
    if grown or same:
        return
    year = dt.datetime.fromtimestamp(now_ms / 1000, dt.UTC).year
    count = one(conn, "select count(*) from laundering_cases where number like %s", (f"L{year}%",))[0]
    conn.execute(
        "insert into laundering_cases (number, rule, subject, transfers, total, days, made_ms)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        (
            case_number("L", year, count + 1),
            found.rule,
            subject,
            sorted(found.transfers),
            found.total_qapik,
            found.days,
            now_ms,
        ),
    )


def cases(conn: Connection, *, open_only: bool = False) -> list[Case]:
    """All cases, the oldest first."""
    rows = conn.execute(
        "select number, rule, transfers, total, days, made_ms, reported_ms from laundering_cases"
        " where not %s or reported_ms = 0 order by made_ms, number",
        (open_only,),
    ).fetchall()
    return [Case(row[0], row[1], tuple(row[2]), *row[3:]) for row in rows]


def report(conn: Connection, number: str, by: str, now_ms: int) -> bytes:
    """The report of a case as a JSON file, the same words however often it is asked for; marks it reported.

    ``{"case","rule","days","total_qapik","made","reported_by","transfers":[{"transfer","amount_qapik","sent",
    "branch","sender","receiver"}]}``; times are ISO in UTC, people as they were written down. One that went
    abroad has "country", "partner", "currency", "arrives_minor" and "purpose" beside them; one that came from
    there "arrived_minor", and "received" for "sent".

    Raises:
        Refused: X-082 no such case.
    """
    with conn.transaction():
        conn.execute(
            "update laundering_cases set reported_by = %s, reported_ms = %s"
            " where number = %s and reported_ms = 0",
            (by, now_ms, number),
        )
        row = conn.execute(
            "select rule, days, total, made_ms, reported_by, transfers from laundering_cases"
            " where number = %s",
            (number,),
        ).fetchone()
        if row is None:
            raise Refused("X-082", case=number)
        rule, days, total, made_ms, reported_by, transfers = row
        told: dict[str, Any] = {
            "case": number,
            "rule": rule,
            "days": days,
            "total_qapik": total,
            "made": _iso(made_ms),
            "reported_by": reported_by,
            "transfers": [_told(conn, transfer) for transfer in transfers],
        }
    return msgspec.json.format(msgspec.json.encode(told), indent=2)


def _told(conn: Connection, transfer: str) -> dict[str, Any]:
    row = conn.execute(
        "select amount, sent_ms, desks.branch, parties from transfers join desks using (desk)"
        " where transfer = %s",
        (transfer,),
    ).fetchone()
    if row is None:
        return _told_abroad(conn, transfer)
    amount, sent_ms, branch, shown = row
    people = msgspec.json.decode(shown, type=Parties) if shown else None
    return {
        "transfer": transfer,
        "amount_qapik": amount,
        "sent": _iso(sent_ms),
        "branch": branch,
        "sender": msgspec.to_builtins(people.sender) if people else None,
        "receiver": msgspec.to_builtins(people.receiver) if people else None,
    }


def _told_abroad(conn: Connection, transfer: str) -> dict[str, Any]:
    """One that went over the border: where to, by whom, what arrives there and for what purpose, too."""
    row = conn.execute(
        "select amount, sent_ms, desks.branch, parties, terms, purpose"
        " from abroad_out join desks using (desk) where transfer = %s",
        (transfer,),
    ).fetchone()
    if row is None:
        return _told_incoming(conn, transfer)
    amount, sent_ms, branch, shown, words, purpose = row
    # Erased by rule once nobody has to keep them any more.
    people = msgspec.json.decode(shown, type=AbroadParties) if shown else None
    terms = terms_of(words)
    return {
        "transfer": transfer,
        "amount_qapik": amount,
        "sent": _iso(sent_ms),
        "branch": branch,
        "country": terms.country,
        "partner": terms.partner,
        "currency": terms.currency,
        "arrives_minor": terms.arrives_minor,
        "purpose": purpose,
        "sender": {**msgspec.to_builtins(people.sender), "latin": people.sender_latin} if people else None,
        "receiver": msgspec.to_builtins(people.receiver) if people else None,
    }


def _told_incoming(conn: Connection, transfer: str) -> dict[str, Any]:
    """One that came over the border: from where, through whom, what came; the manat it was paid in."""
    paid, received_ms, shown, partner, way, currency, arrived, branch = one(
        conn,
        "select bought_qapik, received_ms, parties, partner, way, currency, abroad_in.amount,"
        " coalesce(desks.branch, '') from abroad_in left join grants on \"grant\" = last_grant"
        " left join desks on desks.desk = grants.holder where transfer = %s",
        (transfer,),
    )
    people = msgspec.json.decode(shown, type=Parties) if shown else None
    came_by = (newest(conn, Corridors) or Corridors()).find_in(way)
    return {
        "transfer": transfer,
        "amount_qapik": paid,
        "received": _iso(received_ms),
        "branch": branch,
        "country": came_by.country if came_by else "",
        "partner": partner,
        "currency": currency,
        "arrived_minor": arrived,
        "sender": msgspec.to_builtins(people.sender) if people else None,
        "receiver": msgspec.to_builtins(people.receiver) if people else None,
    }


def _iso(at_ms: int) -> str:
    return dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC).isoformat(timespec="seconds")


def forget(conn: Connection, now_ms: int) -> int:
    """Movements that no rule looks at any more; how many went."""
    rules = newest(conn, MoneyLaundering) or MoneyLaundering()
    days = max(*rules.linked_days, rules.many_days, _MONTH_DAYS)
    conn.execute(
        "update abroad_quotes set subjects = '{}' where stands_ms < %s and subjects <> '{}'", (now_ms,)
    )
    return conn.execute("delete from movements where at_ms < %s", (now_ms - days * DAY_MS,)).rowcount
