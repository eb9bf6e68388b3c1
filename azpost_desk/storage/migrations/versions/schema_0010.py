"""The tenth schema: despatches abroad and their receptacles. For ever, as SQL."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0010"
down_revision = "0009"

STATEMENTS: Final = (
    """
CREATE TABLE despatches (
    despatch TEXT NOT NULL,
    s8 TEXT NOT NULL,
    year INTEGER NOT NULL,
    officer TEXT NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    begun_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    CONSTRAINT pk_despatches PRIMARY KEY (despatch)
)
 STRICT
""",
    "CREATE INDEX ix_despatches_s8 ON despatches (s8)",
    "CREATE INDEX ix_despatches_state ON despatches (state)",
    """
CREATE TABLE receptacles (
    receptacle TEXT NOT NULL,
    despatch TEXT NOT NULL,
    number INTEGER NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    begun_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    s9 TEXT NOT NULL,
    grams INTEGER NOT NULL,
    typed INTEGER NOT NULL,
    seal TEXT NOT NULL,
    CONSTRAINT pk_receptacles PRIMARY KEY (receptacle)
)
 STRICT
""",
    "CREATE INDEX ix_receptacles_despatch ON receptacles (despatch)",
    "CREATE INDEX ix_receptacles_state ON receptacles (state)",
)


def upgrade() -> None:
    """Add the tables, empty: no desk made a despatch before them."""
    for statement in STATEMENTS:
        op.execute(statement)
