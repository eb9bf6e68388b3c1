"""The second schema: what came with cash in bags, disputes, copies and recovery. For ever, as SQL."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS: Final[tuple[str, ...]] = (
    # Cash in the branch.
    """
CREATE TABLE remittance_ends (
    remittance TEXT NOT NULL,
    desk TEXT NOT NULL,
    officer TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    CONSTRAINT pk_remittance_ends PRIMARY KEY (remittance)
)
 STRICT
    """,
    """
CREATE TABLE bags (
    bag TEXT NOT NULL,
    number TEXT NOT NULL,
    sort TEXT NOT NULL,
    direction TEXT NOT NULL,
    state TEXT NOT NULL,
    announced_qapik INTEGER NOT NULL,
    announced BLOB NOT NULL,
    counted_qapik INTEGER NOT NULL,
    counted BLOB NOT NULL,
    notes BLOB NOT NULL,
    act TEXT DEFAULT '' NOT NULL,
    made_by TEXT NOT NULL,
    made_ms INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_ms INTEGER NOT NULL,
    CONSTRAINT pk_bags PRIMARY KEY (bag)
)
 STRICT
    """,
    "CREATE INDEX ix_bags_number ON bags (number)",
    """
CREATE TABLE counts (
    operation TEXT NOT NULL,
    record INTEGER NOT NULL,
    sort TEXT NOT NULL,
    day INTEGER NOT NULL,
    holder TEXT NOT NULL,
    officer TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    pieces BLOB NOT NULL,
    counted_qapik INTEGER NOT NULL,
    expected_qapik INTEGER NOT NULL,
    difference_qapik INTEGER NOT NULL,
    made_good_qapik INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_counts PRIMARY KEY (operation)
)
 STRICT
    """,
    "CREATE INDEX ix_counts_sort ON counts (sort)",
    """
CREATE TABLE worn (
    denomination_qapik INTEGER NOT NULL,
    pieces INTEGER NOT NULL,
    CONSTRAINT pk_worn PRIMARY KEY (denomination_qapik)
)
 STRICT
    """,
    """
CREATE TABLE suspect_notes (
    report TEXT NOT NULL,
    operation TEXT NOT NULL,
    denomination_qapik INTEGER NOT NULL,
    series TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    officer TEXT NOT NULL,
    bag TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_suspect_notes PRIMARY KEY (report)
)
 STRICT
    """,
)


def upgrade() -> None:
    """Add the new tables; projections are folded anew afterwards (`DeskBooks.open`)."""
    for statement in STATEMENTS:
        op.execute(statement)
