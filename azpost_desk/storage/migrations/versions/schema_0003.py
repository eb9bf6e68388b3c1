"""The third schema: the desk's copy of the watch lists. For ever, as SQL."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0003"
down_revision = "0002"

TABLES: Final = """
CREATE TABLE watch_entries (
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    stale INTEGER NOT NULL,
    content BLOB NOT NULL,
    CONSTRAINT pk_watch_entries PRIMARY KEY (source, id)
)
 STRICT;
CREATE TABLE watch_lists (
    source TEXT NOT NULL,
    version INTEGER NOT NULL,
    as_of_ms INTEGER NOT NULL,
    towards INTEGER NOT NULL,
    towards_ms INTEGER NOT NULL,
    "after" TEXT NOT NULL,
    CONSTRAINT pk_watch_lists PRIMARY KEY (source)
)
 STRICT
"""


def upgrade() -> None:
    """Add both tables, empty: the line fills them."""
    for statement in TABLES.split(";\n"):
        op.execute(statement.strip())
