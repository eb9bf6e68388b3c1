"""What tables of the desk's file are made of; strict: no value of another type than the column's gets in."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from azpost_desk.sql.columns import Minor, Octets, Whole, Words, metadata

TABLES: Final = metadata()


def text(name: str, *, key: bool = False, default: str | None = None) -> Column[str]:
    """Text, never null."""
    return Column(name, Words, primary_key=key, nullable=False, server_default=default)


def whole(name: str, *, key: bool = False, default: str | None = None) -> Column[int]:
    """A whole number, never null."""
    return Column(name, Whole, primary_key=key, nullable=False, autoincrement=False, server_default=default)


def minor(name: str, *, default: str | None = None) -> Column[int]:
    """Money in the smallest unit."""
    return Column(name, Minor, nullable=False, server_default=default)


def octets(name: str) -> Column[bytes]:
    """Bytes, never null."""
    return Column(name, Octets, nullable=False)


def of_record(*, key: bool = False, index: bool = False) -> Column[int]:
    """Which record of the journal it belongs to."""
    return Column("record", Whole, ForeignKey("journal.id"), primary_key=key, nullable=False, index=index)


def table(name: str, *columns: Column[int] | Column[str] | Column[bytes] | Index | UniqueConstraint) -> Table:
    """A strict table of the desk's file."""
    return Table(name, TABLES, *columns, sqlite_strict=True)
