"""What crossed the border in a period: transfers for the intelligence unit, sums for the balance of payments.

In: the centre's database, read only, in one consistent look, and the business days asked for. Out: rows whose
fields are the columns of the reports; sums are smallest units (money-out.md, "Expected beside the rules").
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central.abroad import agreements
from azpost_desk.central.registry.reference import newest
from azpost_desk.domain.abroad.corridors import Corridors
from azpost_desk.domain.days import day_start_ms, days_after
from azpost_desk.domain.people import AbroadParties, Parties
from azpost_desk.protocol.abroad import terms_of
from azpost_desk.texts.sentences import local

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.days import BusinessDay

OUT, IN = "out", "in"
_OUT: Final = (
    "select transfer, sent_ms, desks.desk, desks.branch, terms, amount, purpose, abroad_out.state, settled,"
    " parties from abroad_out join desks using (desk) where sent_ms >= %s and sent_ms < %s"
)
_IN: Final = (
    "select transfer, received_ms, coalesce(desks.desk, ''), coalesce(desks.branch, ''), way, partner,"
    " currency, abroad_in.amount, bought_qapik, abroad_in.purpose, abroad_in.state,"
    " parties from abroad_in"
    ' left join grants on "grant" = last_grant left join desks on desks.desk = grants.holder'
    " where received_ms >= %s and received_ms < %s"
)


class Crossing(msgspec.Struct, frozen=True, kw_only=True):
    """One transfer over the border; people stand as they were written down, empty once they were erased.

    Attributes:
        direction: ``out`` or ``in``.
        transfer: its id.
        at: when it was sold here, or when its partner told of it; local time, ISO.
        branch: which sold it, or was last to hold it for payment.
        country: where it goes or comes from, ISO 3166.
        partner, currency: who carries it; what arrives.
        sum_minor: what arrives, in that currency.
        manat_qapik: its principal in manat, without fees; 0 while what came was not yet bought.
        purpose: code of ISO 20022 ExternalPurpose1Code, "" where none was told.
        state: how it stands now.
        has_crossed: the partner has taken it, or its receiver was paid here.
        sender, sender_latin, sender_fin, sender_document, sender_phone, sender_address: who sends.
        receiver, receiver_latin, receiver_town: who receives; receiver_details: what the way asks for.
    """

    direction: str
    transfer: str
    at: str
    branch: str
    country: str
    partner: str
    currency: str
    sum_minor: int
    manat_qapik: int
    purpose: str
    state: str
    has_crossed: bool
    sender: str = ""
    sender_latin: str = ""
    sender_fin: str = ""
    sender_document: str = ""
    sender_phone: str = ""
    sender_address: str = ""
    receiver: str = ""
    receiver_latin: str = ""
    receiver_town: str = ""
    receiver_details: str = ""


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """Sums of one month, direction, country, purpose and currency: only what has crossed the border.

    Attributes:
        month: in which it was sold, or told; ``YYYY-MM``, local time.
        direction: ``out`` or ``in``.
        country: where it went or came from, ISO 3166.
        purpose: code of ISO 20022 ExternalPurpose1Code, "" where none was told.
        currency: what arrives.
        count: how many transfers.
        sum_minor: what arrives, together; manat_qapik: the principals in manat, together, without fees.
    """

    month: str
    direction: str
    country: str
    purpose: str
    currency: str
    count: int
    sum_minor: int
    manat_qapik: int


def crossings(conn: Connection, first: BusinessDay, last: BusinessDay) -> tuple[list[Crossing], set[str]]:
    """Every transfer of these days, both included, the oldest first; and the desks whose records they are."""
    days = (day_start_ms(first), day_start_ms(days_after(last, 1)))
    with conn.transaction():
        conn.execute("set transaction isolation level repeatable read read only")
        found = [*_out(conn, days), *_in(conn, days)]
    found.sort(key=lambda one: (one[0].at, one[0].transfer))
    return [one for one, _ in found], {desk for _, desk in found if desk}


def flows(rows: list[Crossing]) -> list[Flow]:
    """The balance of payments of these transfers, by month, direction, country, purpose and currency."""
    sums: Counter[tuple[str, ...]] = Counter()
    manat: Counter[tuple[str, ...]] = Counter()
    counts: Counter[tuple[str, ...]] = Counter()
    for one in rows:
        if one.has_crossed:
            key = (one.at[:7], one.direction, one.country, one.purpose, one.currency)
            counts[key] += 1
            sums[key] += one.sum_minor
            manat[key] += one.manat_qapik
    return [
        Flow(
            month=key[0],
            direction=key[1],
            country=key[2],
            purpose=key[3],
            currency=key[4],
            count=counts[key],
            sum_minor=sums[key],
            manat_qapik=manat[key],
        )
        for key in sorted(counts)
    ]


def _out(conn: Connection, days: tuple[int, int]) -> Iterator[tuple[Crossing, str]]:
    for transfer, sent_ms, desk, branch, words, amount, purpose, state, settled, shown in conn.execute(
        _OUT, days
    ):
        terms = terms_of(words)
        yield (
            Crossing(
                direction=OUT,
                transfer=transfer,
                at=_when(sent_ms),
                branch=branch,
                country=terms.country,
                partner=terms.partner,
                currency=terms.currency,
                sum_minor=terms.arrives_minor,
                manat_qapik=amount,
                purpose=purpose,
                state=state,
                has_crossed=settled,
                **_people_out(shown),
            ),
            desk,
        )


def _people_out(shown: bytes) -> dict[str, str]:
    if not shown:
        return {}
    people = msgspec.json.decode(shown, type=AbroadParties)
    sender, receiver = people.sender, people.receiver
    return {
        "sender": sender.name,
        "sender_latin": people.sender_latin,
        "sender_fin": sender.fin,
        "sender_document": sender.document,
        "sender_phone": sender.phone,
        "sender_address": sender.address,
        "receiver": receiver.name,
        "receiver_latin": receiver.latin,
        "receiver_town": receiver.town,
        "receiver_details": "; ".join(f"{field}: {value}" for field, value in receiver.values.items()),
    }


def _in(conn: Connection, days: tuple[int, int]) -> Iterator[tuple[Crossing, str]]:
    ways = newest(conn, Corridors) or Corridors()
    partners = agreements.partners(conn, days[1])
    for (
        transfer, received_ms, desk, branch, way, partner, currency, minor, bought, purpose, state, shown,
    ) in conn.execute(_IN, days):  # fmt: skip
        came_by, sent_by = ways.find_in(way), partners.find(partner)
        country = came_by.country if came_by else sent_by.country if sent_by else ""
        yield (
            Crossing(
                direction=IN,
                transfer=transfer,
                at=_when(received_ms),
                branch=branch,
                country=country,
                partner=partner,
                currency=currency,
                sum_minor=minor,
                manat_qapik=bought,
                purpose=purpose,
                state=state,
                has_crossed=state == "paid",
                **_people_in(shown),
            ),
            desk,
        )


def _people_in(shown: bytes) -> dict[str, str]:
    if not shown:
        return {}
    people = msgspec.json.decode(shown, type=Parties)
    return {
        "sender": people.sender.name,
        "sender_address": people.sender.address,
        "receiver": people.receiver.name,
    }


def _when(at_ms: int) -> str:
    return local(at_ms).isoformat(timespec="seconds")
