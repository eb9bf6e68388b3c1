"""Which customers this desk will know again: folded from the attachments of the records it holds itself."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypeVar

import msgspec
from sqlalchemy import func
from sqlalchemy.dialects.sqlite import insert as upsert

from azpost_desk.domain.names import fold
from azpost_desk.storage import tables as t

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from azpost_desk.domain.people import Person


S = TypeVar("S", bound=msgspec.Struct)


def read(content: bytes | None, kind: type[S]) -> S | None:
    """An attachment's value; None when there is none, it was erased by rule, or it is of another shape.

    None leaves a projection without the person; it never stops a sale.
    """
    try:
        return msgspec.json.decode(content, type=kind) if content else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def customer_of(one: Person) -> str:
    """A stable id of somebody: by FİN, else document, else name and phone; "" for nobody.

    A digest, so that the id may stand where the numbers themselves may not.
    """
    name = fold(one.name)
    if not name:
        return ""
    key = f"fin {one.fin}" if one.fin else f"doc {one.document}" if one.document else f"{name} {one.phone}"
    return hashlib.sha256(key.encode()).hexdigest()[:24]


def remember(connection: Connection, one: Person, seen_ms: int) -> str:
    """Keep or refresh a customer; answers the id, "" when the attachment names nobody."""
    customer = customer_of(one)
    if not customer:
        return ""
    _refresh(connection, customer, one, seen_ms)
    words = fold(one.name).split()
    turned = {" ".join(words[place:] + words[:place]) for place in range(len(words))}
    connection.execute(_NAMES, [{"folded": folded, "customer": customer} for folded in sorted(turned)])
    return customer


_NAMES = upsert(t.customer_names).on_conflict_do_nothing()
_CUSTOMER = upsert(t.customers)
_CUSTOMER = _CUSTOMER.on_conflict_do_update(
    index_elements=["customer"],
    # What a later operation did not ask for (an address, at a transfer) is still known.
    set_={
        "name": _CUSTOMER.excluded["name"],
        "last_seen_ms": _CUSTOMER.excluded["last_seen_ms"],
        **{
            column: func.coalesce(func.nullif(_CUSTOMER.excluded[column], ""), t.customers.c[column])
            for column in ("phone", "address")
        },
    },
)


def _refresh(connection: Connection, customer: str, one: Person, seen_ms: int) -> None:
    connection.execute(
        _CUSTOMER,
        {
            "customer": customer,
            "fin": one.fin,
            "document": one.document,
            "name": one.name,
            "phone": one.phone,
            "address": one.address,
            "last_seen_ms": seen_ms,
        },
    )


_RECEIVER = upsert(t.receivers)
_RECEIVER = _RECEIVER.on_conflict_do_update(
    index_elements=["customer", "folded"],
    set_={column: _RECEIVER.excluded[column] for column in ("name", "phone", "office", "last_ms")},
)


def remember_receiver(connection: Connection, customer: str, one: Person, office: str, at_ms: int) -> None:
    """Keep whom a customer sent money to, for the list that digits pick from."""
    row: Mapping[str, object] = {
        "customer": customer,
        "folded": fold(one.name),
        "name": one.name,
        "phone": one.phone,
        "office": office,
        "last_ms": at_ms,
    }
    connection.execute(_RECEIVER, row)
