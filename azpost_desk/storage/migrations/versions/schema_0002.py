"""The second schema: what came with cash in bags, disputes, copies and recovery. For ever, as SQL."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS: Final[tuple[str, ...]] = (
    # Electronic signatures of papers: which, and the signed bytes.
    """CREATE TABLE paper_signatures (
    paper TEXT NOT NULL,
    "key" TEXT NOT NULL,
    number INTEGER NOT NULL,
    officer TEXT NOT NULL,
    signed TEXT NOT NULL,
    certificate TEXT NOT NULL,
    operation TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    CONSTRAINT pk_paper_signatures PRIMARY KEY (paper, "key", number)
)
 STRICT""",
    "CREATE INDEX ix_paper_signatures_officer ON paper_signatures (officer)",
    """CREATE TABLE signed_papers (
    paper TEXT NOT NULL,
    "key" TEXT NOT NULL,
    number INTEGER NOT NULL,
    content BLOB NOT NULL,
    CONSTRAINT pk_signed_papers PRIMARY KEY (paper, "key", number)
)
 STRICT""",
    "CREATE TRIGGER signed_papers_never_update BEFORE UPDATE ON signed_papers "
    "BEGIN SELECT RAISE(ABORT, 'signed_papers is written once'); END",
    "CREATE TRIGGER signed_papers_never_delete BEFORE DELETE ON signed_papers "
    "BEGIN SELECT RAISE(ABORT, 'signed_papers is written once'); END",
)


def upgrade() -> None:
    """Add the new tables; projections are folded anew afterwards (`DeskBooks.open`)."""
    for statement in STATEMENTS:
        op.execute(statement)
