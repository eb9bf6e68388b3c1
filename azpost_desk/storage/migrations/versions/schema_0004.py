"""The fourth schema: who gave whom a PIN on which day. For ever, as SQL."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0004"
down_revision = "0003"

TABLE: Final = """
CREATE TABLE given_pins (
    officer TEXT NOT NULL,
    given_by TEXT NOT NULL,
    day INTEGER NOT NULL,
    "temporary" INTEGER NOT NULL,
    CONSTRAINT pk_given_pins PRIMARY KEY (officer, given_by)
)
 STRICT
"""


def upgrade() -> None:
    """Add the table, empty; projections are folded anew afterwards (`DeskBooks.open`)."""
    op.execute(TABLE.strip())
