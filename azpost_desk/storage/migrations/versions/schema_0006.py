"""The sixth schema: transfers abroad, and the fee that a grant gives back. For ever, as SQL."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0006"
down_revision = "0005"

STATEMENTS: Final = (
    """
CREATE TABLE abroad (
    transfer TEXT NOT NULL,
    state TEXT NOT NULL,
    recall TEXT DEFAULT '' NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    number TEXT DEFAULT '' NOT NULL,
    reference TEXT DEFAULT '' NOT NULL,
    corridor TEXT NOT NULL,
    country TEXT NOT NULL,
    currency TEXT NOT NULL,
    arrives_minor INTEGER NOT NULL,
    amount_qapik INTEGER NOT NULL,
    fee_qapik INTEGER NOT NULL,
    terms BLOB NOT NULL,
    sender TEXT NOT NULL,
    receiver TEXT NOT NULL,
    receipt TEXT NOT NULL,
    day INTEGER NOT NULL,
    sent_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    held_grant TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_abroad PRIMARY KEY (transfer)
)
 STRICT
""",
    "CREATE INDEX ix_abroad_state ON abroad (state)",
    "CREATE INDEX ix_abroad_day ON abroad (day)",
    "ALTER TABLE grants ADD COLUMN fee_qapik INTEGER DEFAULT '0' NOT NULL",
)


def upgrade() -> None:
    """Add the table and the column, empty; projections are folded anew afterwards (`DeskBooks.open`)."""
    for statement in STATEMENTS:
        op.execute(statement)
