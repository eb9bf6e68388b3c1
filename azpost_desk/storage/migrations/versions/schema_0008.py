"""The eighth schema: items and events with the record that tells each, rounds. For ever, as SQL."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0008"
down_revision = "0007"

STATEMENTS: Final = (
    "DROP TABLE items",
    "DROP TABLE item_events",
    """
CREATE TABLE mail_items (
    number TEXT NOT NULL,
    tail TEXT NOT NULL,
    generation INTEGER NOT NULL,
    state TEXT NOT NULL,
    custody TEXT NOT NULL,
    holder TEXT NOT NULL,
    changed_ms INTEGER NOT NULL,
    expected INTEGER NOT NULL,
    CONSTRAINT pk_mail_items PRIMARY KEY (number)
)
 STRICT
""",
    "CREATE INDEX ix_mail_items_tail ON mail_items (tail)",
    """
CREATE TABLE mail_events (
    id INTEGER NOT NULL,
    number TEXT NOT NULL,
    event TEXT NOT NULL,
    office TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    here INTEGER NOT NULL,
    operation TEXT NOT NULL,
    desk TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    reason TEXT NOT NULL,
    measure TEXT NOT NULL,
    answers TEXT NOT NULL,
    detail TEXT NOT NULL,
    addressed INTEGER NOT NULL,
    voided INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_mail_events PRIMARY KEY (id)
)
 STRICT
""",
    "CREATE INDEX ix_mail_events_number ON mail_events (number)",
    "CREATE INDEX ix_mail_events_operation ON mail_events (operation)",
    """
CREATE TABLE mail_rounds (
    round TEXT NOT NULL,
    courier TEXT NOT NULL,
    officer TEXT NOT NULL,
    state TEXT NOT NULL,
    begun_ms INTEGER NOT NULL,
    signed_ms INTEGER NOT NULL,
    ended_ms INTEGER NOT NULL,
    day INTEGER NOT NULL,
    CONSTRAINT pk_mail_rounds PRIMARY KEY (round)
)
 STRICT
""",
    "CREATE INDEX ix_mail_rounds_state ON mail_rounds (state)",
    """
CREATE TABLE mail_round_items (
    round TEXT NOT NULL,
    number TEXT NOT NULL,
    place INTEGER NOT NULL,
    scan TEXT NOT NULL,
    outcome TEXT NOT NULL,
    outcome_scan TEXT NOT NULL,
    CONSTRAINT pk_mail_round_items PRIMARY KEY (round, number)
)
 STRICT
""",
    "CREATE INDEX ix_mail_round_items_number ON mail_round_items (number)",
    """
CREATE TABLE mail_codes (
    number TEXT NOT NULL,
    code TEXT NOT NULL,
    state TEXT NOT NULL,
    hash TEXT NOT NULL,
    wrong_here INTEGER NOT NULL,
    CONSTRAINT pk_mail_codes PRIMARY KEY (number)
)
 STRICT
""",
    "CREATE INDEX ix_mail_codes_code ON mail_codes (code)",
    """
CREATE TABLE mail_orders (
    item_order TEXT NOT NULL,
    number TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    CONSTRAINT pk_mail_orders PRIMARY KEY (item_order)
)
 STRICT
""",
    "CREATE INDEX ix_mail_orders_number ON mail_orders (number)",
)


def upgrade() -> None:
    """Take the old tables away and add the new ones, empty: the journal and the news fill them again."""
    for statement in STATEMENTS:
        op.execute(statement)
