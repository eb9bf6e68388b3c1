"""Steps from each released schema of the desk's file to the next; alembic runs them, only when there is one to run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection


def upgrade(connection: Connection, number: int) -> None:
    """Bring a file of schema `number` (0 = empty) to the newest, in one transaction.

    A revision's name is the schema's number in four digits: ``0001``.
    """
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(Path(__file__).parent))
    newer = [one for one in reversed(list(scripts.walk_revisions())) if int(one.revision) > number]
    with Operations.context(MigrationContext.configure(connection)):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            for step in newer:
                step.module.upgrade()
                connection.exec_driver_sql(f"PRAGMA user_version={int(step.revision)}")
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")
