"""The fifth schema: the hours of another desk's closed day. For ever, as SQL."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0005"
down_revision = "0004"

COLUMN: Final = "ALTER TABLE other_desks ADD COLUMN hours TEXT DEFAULT '' NOT NULL"


def upgrade() -> None:
    """Add the column, empty; projections are folded anew afterwards (`DeskBooks.open`)."""
    op.execute(COLUMN)
