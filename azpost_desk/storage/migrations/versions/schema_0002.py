"""The second schema: what came with cash in bags, disputes, copies and recovery. For ever, as SQL."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0002"
down_revision = "0001"

_CERTIFICATES: Final = """
CREATE TABLE certificates (
    operation TEXT NOT NULL,
    text TEXT NOT NULL,
    CONSTRAINT pk_certificates PRIMARY KEY (operation)
)
 STRICT
"""
STATEMENTS: Final[tuple[str, ...]] = (_CERTIFICATES,)


def upgrade() -> None:
    """Add the new tables; projections are folded anew afterwards (`DeskBooks.open`)."""
    for statement in STATEMENTS:
        op.execute(statement)
