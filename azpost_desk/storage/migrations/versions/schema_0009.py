"""The ninth schema: labels, rolls, charges paid, where orders send items, bags. For ever, as SQL."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0009"
down_revision = "0008"

STATEMENTS: Final = (
    """
CREATE TABLE mail_labels (
    number TEXT NOT NULL,
    acceptance TEXT NOT NULL,
    receipt TEXT NOT NULL,
    day INTEGER NOT NULL,
    state TEXT NOT NULL,
    accepted_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    CONSTRAINT pk_mail_labels PRIMARY KEY (number)
)
 STRICT
""",
    "CREATE INDEX ix_mail_labels_state ON mail_labels (state)",
    """
CREATE TABLE mail_charges (
    operation TEXT NOT NULL,
    number TEXT NOT NULL,
    kind TEXT NOT NULL,
    event TEXT NOT NULL,
    amount_qapik INTEGER NOT NULL,
    state TEXT NOT NULL,
    CONSTRAINT pk_mail_charges PRIMARY KEY (operation)
)
 STRICT
""",
    "CREATE INDEX ix_mail_charges_number ON mail_charges (number)",
    "ALTER TABLE mail_events ADD COLUMN due_qapik INTEGER DEFAULT '0' NOT NULL",
    "ALTER TABLE mail_orders ADD COLUMN to_office TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE item_ranges ADD COLUMN sort TEXT DEFAULT '' NOT NULL",
    "CREATE INDEX ix_item_numbers_number ON item_numbers (number)",
    """
CREATE TABLE mail_bags (
    mail_bag TEXT NOT NULL,
    number TEXT NOT NULL,
    from_office TEXT DEFAULT '' NOT NULL,
    to_office TEXT NOT NULL,
    officer TEXT NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    begun_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    grams INTEGER NOT NULL,
    typed INTEGER NOT NULL,
    seal TEXT NOT NULL,
    CONSTRAINT pk_mail_bags PRIMARY KEY (mail_bag)
)
 STRICT
""",
    "CREATE INDEX ix_mail_bags_number ON mail_bags (number)",
    "CREATE INDEX ix_mail_bags_state ON mail_bags (state)",
    """
CREATE TABLE mail_bag_items (
    mail_bag TEXT NOT NULL,
    number TEXT NOT NULL,
    place INTEGER NOT NULL,
    scan TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    CONSTRAINT pk_mail_bag_items PRIMARY KEY (mail_bag, number)
)
 STRICT
""",
    "CREATE INDEX ix_mail_bag_items_number ON mail_bag_items (number)",
    """
CREATE TABLE mail_bag_arrivals (
    arrival TEXT NOT NULL,
    number TEXT NOT NULL,
    mail_bag TEXT NOT NULL,
    officer TEXT NOT NULL,
    state TEXT NOT NULL,
    condition TEXT NOT NULL,
    taken_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    CONSTRAINT pk_mail_bag_arrivals PRIMARY KEY (arrival)
)
 STRICT
""",
    "CREATE INDEX ix_mail_bag_arrivals_number ON mail_bag_arrivals (number)",
    "CREATE INDEX ix_mail_bag_arrivals_state ON mail_bag_arrivals (state)",
    """
CREATE TABLE mail_bag_found (
    arrival TEXT NOT NULL,
    number TEXT NOT NULL,
    place INTEGER NOT NULL,
    scan TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    CONSTRAINT pk_mail_bag_found PRIMARY KEY (arrival, number)
)
 STRICT
""",
    """
CREATE TABLE mail_bag_seals (
    seal TEXT NOT NULL,
    mail_bag TEXT NOT NULL,
    CONSTRAINT pk_mail_bag_seals PRIMARY KEY (seal)
)
 STRICT
""",
)


def upgrade() -> None:
    """Add the tables, empty: no sale before them awaits its label."""
    for statement in STATEMENTS:
        op.execute(statement)
