"""The second schema: what came with cash in bags, disputes, copies and recovery. For ever, as SQL."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS: Final[tuple[str, ...]] = (
    "CREATE TABLE grant_questions ( held_grant TEXT NOT NULL, thing TEXT NOT NULL, asked_ms INTEGER "
    "NOT NULL, answer TEXT NOT NULL, CONSTRAINT pk_grant_questions PRIMARY KEY (held_grant) ) STRICT",
    "CREATE TABLE proposals ( proposal TEXT NOT NULL, sort TEXT NOT NULL, amount_qapik INTEGER NOT "
    "NULL, holder TEXT NOT NULL, reason TEXT NOT NULL, evidence TEXT NOT NULL, who TEXT NOT NULL, "
    "at_ms INTEGER NOT NULL, state TEXT NOT NULL, CONSTRAINT pk_proposals PRIMARY KEY (proposal) ) "
    "STRICT",
    "CREATE TABLE centre_acts ( act_id TEXT NOT NULL, act TEXT NOT NULL, who TEXT NOT NULL, why TEXT "
    "NOT NULL, about TEXT NOT NULL, at_ms INTEGER NOT NULL, CONSTRAINT pk_centre_acts PRIMARY KEY "
    "(act_id) ) STRICT",
    "CREATE INDEX ix_centre_acts_at_ms ON centre_acts (at_ms)",
    "CREATE TABLE parked ( basket TEXT NOT NULL, parked_ms INTEGER NOT NULL, content BLOB NOT NULL, "
    "CONSTRAINT pk_parked PRIMARY KEY (basket) ) STRICT",
    "CREATE TABLE running ( only INTEGER NOT NULL, since_ms INTEGER NOT NULL, CONSTRAINT pk_running "
    "PRIMARY KEY (only) ) STRICT",
    "CREATE TABLE open_at_centre ( held_grant TEXT NOT NULL, CONSTRAINT pk_open_at_centre PRIMARY KEY "
    "(held_grant) ) STRICT",
)


def upgrade() -> None:
    """Add the new tables; projections are folded anew afterwards (`DeskBooks.open`)."""
    for statement in STATEMENTS:
        op.execute(statement)
