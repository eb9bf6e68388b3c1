"""The second schema: what came with cash in bags, disputes, copies and recovery. For ever, as SQL."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS: Final[tuple[str, ...]] = (
    # disputes, cases, what history is searched by, supplements of reports
    """
    CREATE TABLE disputes (
        dispute TEXT NOT NULL,
        record INTEGER NOT NULL,
        figure TEXT NOT NULL,
        about TEXT NOT NULL,
        date TEXT NOT NULL,
        value INTEGER NOT NULL,
        unit TEXT NOT NULL,
        officer TEXT NOT NULL,
        raised_ms INTEGER NOT NULL,
        due TEXT NOT NULL,
        state TEXT NOT NULL,
        changed_ms INTEGER NOT NULL,
        answer TEXT DEFAULT '' NOT NULL,
        answered_by TEXT DEFAULT '' NOT NULL,
        answer_words TEXT DEFAULT '' NOT NULL,
        outcome TEXT DEFAULT '' NOT NULL,
        CONSTRAINT pk_disputes PRIMARY KEY (dispute),
        CONSTRAINT fk_disputes_record_journal FOREIGN KEY(record) REFERENCES journal (id)
    )
     STRICT
    """,
    "CREATE INDEX ix_disputes_date ON disputes (date)",
    "CREATE INDEX ix_disputes_state ON disputes (state)",
    """
    CREATE TABLE cases (
        case_number TEXT NOT NULL,
        record INTEGER NOT NULL,
        reason TEXT NOT NULL,
        about TEXT NOT NULL,
        raised_ms INTEGER NOT NULL,
        CONSTRAINT pk_cases PRIMARY KEY (case_number),
        CONSTRAINT fk_cases_record_journal FOREIGN KEY(record) REFERENCES journal (id)
    )
     STRICT
    """,
    """
    CREATE TABLE words (
        word TEXT NOT NULL,
        record INTEGER NOT NULL,
        CONSTRAINT pk_words PRIMARY KEY (word, record)
    )
     STRICT
    """,
    """
    CREATE TABLE missing_desks (
        date TEXT NOT NULL,
        desk INTEGER NOT NULL,
        CONSTRAINT pk_missing_desks PRIMARY KEY (date, desk)
    )
     STRICT
    """,
    """
    CREATE TABLE supplements (
        date TEXT NOT NULL,
        number INTEGER NOT NULL,
        operation TEXT NOT NULL,
        content BLOB NOT NULL,
        CONSTRAINT pk_supplements PRIMARY KEY (date, number)
    )
     STRICT
    """,
)


def upgrade() -> None:
    """Add the new tables; projections are folded anew afterwards (`DeskBooks.open`)."""
    for statement in STATEMENTS:
        op.execute(statement)
