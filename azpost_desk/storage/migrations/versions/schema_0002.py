"""The second schema: what came with cash in bags, disputes, copies and recovery. For ever, as SQL."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS: Final[tuple[str, ...]] = (
    """CREATE TABLE card_steps (
    step TEXT NOT NULL,
    basket TEXT NOT NULL,
    tender TEXT NOT NULL,
    amount_qapik INTEGER NOT NULL,
    officer TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    refunds TEXT NOT NULL,
    referenced BLOB NOT NULL,
    asked_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    CONSTRAINT pk_card_steps PRIMARY KEY (step),
    CONSTRAINT uq_card_steps_tender UNIQUE (tender)
)
 STRICT""",
    "CREATE INDEX ix_card_steps_state ON card_steps (state)",
)


def upgrade() -> None:
    """Add the new tables; projections are folded anew afterwards (`DeskBooks.open`)."""
    for statement in STATEMENTS:
        op.execute(statement)
