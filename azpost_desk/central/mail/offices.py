"""Offices that an item concerns: where it was taken in, where it goes, where it was scanned; their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.central.registry import reference
from azpost_desk.domain.catalogue import Branch, Offices

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection


def concerned(conn: Connection, number: str) -> frozenset[str]:
    """Codes of these offices; none for an item nobody has heard of."""
    row = conn.execute(
        "select accepted_office, destination, redirected, array(select distinct office from item_events e"
        " where e.number = items.number) from items where number = %s",
        (number,),
    ).fetchone()
    return frozenset({row[0], row[1], row[2], *row[3]} - {""}) if row else frozenset()


def postcode_of(conn: Connection, code: str) -> str:
    """The postcode an office delivers; "" where nobody has said."""
    office = (reference.newest(conn, Offices) or Offices()).find(code)
    branch = reference.newest(conn, Branch, code)
    return office.postcode if office else branch.postcode if branch else ""


def name_of(conn: Connection, code: str) -> str:
    """What people call an office; its code where nobody has said."""
    office = (reference.newest(conn, Offices) or Offices()).find(code)
    branch = reference.newest(conn, Branch, code)
    return office.name if office else branch.name if branch else code
