"""The seventh schema: requests for money by code, and what of it goes back. For ever, as SQL."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0007"
down_revision = "0006"

STATEMENTS: Final = (
    """
CREATE TABLE qr_requests (
    request TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    basket TEXT NOT NULL,
    tender TEXT NOT NULL,
    amount_qapik INTEGER NOT NULL,
    returned_qapik INTEGER DEFAULT '0' NOT NULL,
    digest TEXT NOT NULL,
    officer TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    asked_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    CONSTRAINT pk_qr_requests PRIMARY KEY (request),
    CONSTRAINT uq_qr_requests_tender UNIQUE (tender)
)
 STRICT
""",
    "CREATE INDEX ix_qr_requests_state ON qr_requests (state)",
    """
CREATE TABLE qr_returns (
    tender TEXT NOT NULL,
    request TEXT NOT NULL,
    undone TEXT NOT NULL,
    amount_qapik INTEGER NOT NULL,
    is_carried INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_qr_returns PRIMARY KEY (tender)
)
 STRICT
""",
)


def upgrade() -> None:
    """Add the tables, empty."""
    for statement in STATEMENTS:
        op.execute(statement)
