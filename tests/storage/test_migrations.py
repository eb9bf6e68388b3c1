"""The tables as code and the migrations as history make the same file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import create_engine

from azpost_desk.storage import tables
from azpost_desk.storage.engine import create, schema_of
from azpost_desk.storage.migrations import upgrade

if TYPE_CHECKING:
    from sqlalchemy import Connection


def _schema(connection: Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {row.name: " ".join(row.sql.split()) for row in rows}


def _empty() -> Connection:
    return create_engine("sqlite://", isolation_level="AUTOCOMMIT").connect()


def test_all_migrations_in_turn_make_the_tables_of_today() -> None:
    with _empty() as by_code, _empty() as by_history:
        create(by_code)
        upgrade(by_history, 0)
        assert _schema(by_history) == _schema(by_code)
        assert schema_of(by_history) == schema_of(by_code) == tables.SCHEMA


def test_every_table_is_strict() -> None:
    with _empty() as connection:
        create(connection)
        loose = connection.exec_driver_sql(
            "SELECT name FROM pragma_table_list "
            "WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite%'"
        )
        assert loose.scalars().all() == []
