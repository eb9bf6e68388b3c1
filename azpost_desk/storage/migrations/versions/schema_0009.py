"""The ninth schema: labels to be scanned back, where orders send items on to. For ever, as SQL."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0009"
down_revision = "0008"

STATEMENTS: Final = (
    """
CREATE TABLE mail_labels (
    number TEXT NOT NULL,
    acceptance TEXT NOT NULL,
    receipt TEXT NOT NULL,
    day INTEGER NOT NULL,
    state TEXT NOT NULL,
    accepted_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    CONSTRAINT pk_mail_labels PRIMARY KEY (number)
)
 STRICT
""",
    "CREATE INDEX ix_mail_labels_state ON mail_labels (state)",
    "ALTER TABLE mail_orders ADD COLUMN to_office TEXT DEFAULT '' NOT NULL",
)


def upgrade() -> None:
    """Add the table, empty: no sale before it awaits its label."""
    for statement in STATEMENTS:
        op.execute(statement)
