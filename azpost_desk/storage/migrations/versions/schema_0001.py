"""The first schema, as SQL and for ever: later tables must not change what this step makes."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0001"
down_revision = None

TABLES: Final = """
CREATE TABLE acknowledgements (
    id INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    words BLOB NOT NULL,
    signature BLOB NOT NULL,
    CONSTRAINT pk_acknowledgements PRIMARY KEY (id),
    CONSTRAINT uq_acknowledgements_epoch_sequence_words UNIQUE (epoch, sequence, words)
)
 STRICT;
CREATE TABLE balances (
    account TEXT NOT NULL,
    sub TEXT NOT NULL,
    currency TEXT NOT NULL,
    minor INTEGER NOT NULL,
    CONSTRAINT pk_balances PRIMARY KEY (account, sub, currency)
)
 STRICT;
CREATE TABLE basket (
    only INTEGER NOT NULL,
    content BLOB NOT NULL,
    CONSTRAINT pk_basket PRIMARY KEY (only)
)
 STRICT;
CREATE TABLE checked (
    only INTEGER NOT NULL,
    record INTEGER NOT NULL,
    CONSTRAINT pk_checked PRIMARY KEY (only)
)
 STRICT;
CREATE TABLE codes (
    code TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    operation TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_codes PRIMARY KEY (code)
)
 STRICT;
CREATE INDEX ix_codes_operation ON codes (operation);
CREATE TABLE customer_names (
    folded TEXT NOT NULL,
    customer TEXT NOT NULL,
    CONSTRAINT pk_customer_names PRIMARY KEY (folded, customer)
)
 STRICT;
CREATE TABLE customers (
    customer TEXT NOT NULL,
    fin TEXT NOT NULL,
    document TEXT NOT NULL,
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    address TEXT NOT NULL,
    last_seen_ms INTEGER NOT NULL,
    CONSTRAINT pk_customers PRIMARY KEY (customer)
)
 STRICT;
CREATE INDEX ix_customers_document ON customers (document);
CREATE INDEX ix_customers_fin ON customers (fin);
CREATE INDEX ix_customers_phone ON customers (phone);
CREATE TABLE days (
    number INTEGER NOT NULL,
    date TEXT NOT NULL,
    state TEXT NOT NULL,
    opened_ms INTEGER NOT NULL,
    closed_ms INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_days PRIMARY KEY (number)
)
 STRICT;
CREATE INDEX ix_days_date ON days (date);
CREATE TABLE documents (
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    valid_from TEXT NOT NULL,
    content BLOB NOT NULL,
    CONSTRAINT pk_documents PRIMARY KEY (name, version)
)
 STRICT;
CREATE TABLE grants (
    held_grant TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    thing TEXT NOT NULL,
    purpose TEXT NOT NULL,
    state TEXT NOT NULL,
    amount_qapik INTEGER NOT NULL,
    stored_ms INTEGER NOT NULL,
    CONSTRAINT pk_grants PRIMARY KEY (held_grant)
)
 STRICT;
CREATE INDEX ix_grants_state ON grants (state);
CREATE INDEX ix_grants_thing ON grants (thing);
CREATE TABLE identity (
    epoch INTEGER NOT NULL,
    enrolled BLOB NOT NULL,
    public_key TEXT NOT NULL,
    CONSTRAINT pk_identity PRIMARY KEY (epoch)
)
 STRICT;
CREATE TABLE item_events (
    id INTEGER NOT NULL,
    number TEXT NOT NULL,
    event TEXT NOT NULL,
    office TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    here INTEGER NOT NULL,
    operation TEXT NOT NULL,
    voided INTEGER DEFAULT '0' NOT NULL,
    detail TEXT NOT NULL,
    CONSTRAINT pk_item_events PRIMARY KEY (id)
)
 STRICT;
CREATE INDEX ix_item_events_number ON item_events (number);
CREATE INDEX ix_item_events_operation ON item_events (operation);
CREATE TABLE item_numbers (
    operation TEXT NOT NULL,
    number TEXT NOT NULL,
    CONSTRAINT pk_item_numbers PRIMARY KEY (operation)
)
 STRICT;
CREATE TABLE item_ranges (
    epoch INTEGER NOT NULL,
    prefix TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    next INTEGER NOT NULL,
    CONSTRAINT pk_item_ranges PRIMARY KEY (epoch, prefix, first)
)
 STRICT;
CREATE TABLE items (
    number TEXT NOT NULL,
    tail TEXT NOT NULL,
    state TEXT NOT NULL,
    changed_ms INTEGER NOT NULL,
    expected INTEGER NOT NULL,
    CONSTRAINT pk_items PRIMARY KEY (number)
)
 STRICT;
CREATE INDEX ix_items_tail ON items (tail);
CREATE TABLE journal (
    id INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    operation TEXT NOT NULL,
    kind TEXT NOT NULL,
    day INTEGER NOT NULL,
    recorded_ms INTEGER NOT NULL,
    arrived_ms INTEGER NOT NULL,
    header BLOB NOT NULL,
    body BLOB NOT NULL,
    previous BLOB NOT NULL,
    hash BLOB NOT NULL,
    CONSTRAINT pk_journal PRIMARY KEY (id),
    CONSTRAINT uq_journal_epoch_sequence UNIQUE (epoch, sequence),
    CONSTRAINT uq_journal_operation UNIQUE (operation)
)
 STRICT;
CREATE INDEX ix_journal_day_kind ON journal (day, kind);
CREATE TABLE line (
    epoch INTEGER NOT NULL,
    offered INTEGER NOT NULL,
    acknowledged INTEGER NOT NULL,
    acknowledged_ms INTEGER NOT NULL,
    digest TEXT NOT NULL,
    news_position INTEGER NOT NULL,
    centre_epoch INTEGER NOT NULL,
    CONSTRAINT pk_line PRIMARY KEY (epoch)
)
 STRICT;
CREATE TABLE news (
    centre_epoch INTEGER NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    payload BLOB NOT NULL,
    after_record INTEGER NOT NULL,
    trouble TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_news PRIMARY KEY (centre_epoch, position)
)
 STRICT;
CREATE TABLE other_desks (
    desk TEXT NOT NULL,
    date TEXT NOT NULL,
    number INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    hash TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    figures BLOB NOT NULL,
    CONSTRAINT pk_other_desks PRIMARY KEY (desk, date)
)
 STRICT;
CREATE TABLE payments (
    payment TEXT NOT NULL,
    biller TEXT NOT NULL,
    service TEXT NOT NULL,
    account TEXT NOT NULL,
    amount_qapik INTEGER NOT NULL,
    fee_qapik INTEGER NOT NULL,
    state TEXT NOT NULL,
    day INTEGER NOT NULL,
    accepted_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    receipt TEXT NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    provider_reference TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_payments PRIMARY KEY (payment)
)
 STRICT;
CREATE INDEX ix_payments_account ON payments (account);
CREATE INDEX ix_payments_day ON payments (day);
CREATE INDEX ix_payments_state ON payments (state);
CREATE TABLE pins (
    officer TEXT NOT NULL,
    pin_hash TEXT NOT NULL,
    instead_of TEXT NOT NULL,
    wrong_tries INTEGER NOT NULL,
    locked_until_ms INTEGER NOT NULL,
    CONSTRAINT pk_pins PRIMARY KEY (officer)
)
 STRICT;
CREATE TABLE print_jobs (
    job INTEGER NOT NULL,
    paper TEXT NOT NULL,
    "key" TEXT NOT NULL,
    sort TEXT NOT NULL,
    state TEXT NOT NULL,
    tries INTEGER NOT NULL,
    trouble TEXT NOT NULL,
    made_ms INTEGER NOT NULL,
    CONSTRAINT pk_print_jobs PRIMARY KEY (job)
)
 STRICT;
CREATE INDEX ix_print_jobs_state ON print_jobs (state);
CREATE TABLE receivers (
    customer TEXT NOT NULL,
    folded TEXT NOT NULL,
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    office TEXT NOT NULL,
    last_ms INTEGER NOT NULL,
    CONSTRAINT pk_receivers PRIMARY KEY (customer, folded)
)
 STRICT;
CREATE TABLE remittances (
    remittance TEXT NOT NULL,
    from_desk TEXT NOT NULL,
    to_desk TEXT NOT NULL,
    amount_qapik INTEGER NOT NULL,
    pieces BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    CONSTRAINT pk_remittances PRIMARY KEY (remittance)
)
 STRICT;
CREATE TABLE reports (
    date TEXT NOT NULL,
    content BLOB NOT NULL,
    CONSTRAINT pk_reports PRIMARY KEY (date)
)
 STRICT;
CREATE TABLE reprints (
    receipt TEXT NOT NULL,
    sort TEXT NOT NULL,
    count INTEGER NOT NULL,
    CONSTRAINT pk_reprints PRIMARY KEY (receipt, sort)
)
 STRICT;
CREATE TABLE shown (
    thing TEXT NOT NULL,
    content BLOB NOT NULL,
    CONSTRAINT pk_shown PRIMARY KEY (thing)
)
 STRICT;
CREATE TABLE stock (
    sku TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    CONSTRAINT pk_stock PRIMARY KEY (sku)
)
 STRICT;
CREATE TABLE tills (
    till TEXT NOT NULL,
    state TEXT NOT NULL,
    holder TEXT NOT NULL,
    changed_ms INTEGER NOT NULL,
    CONSTRAINT pk_tills PRIMARY KEY (till)
)
 STRICT;
CREATE TABLE transfers (
    transfer TEXT NOT NULL,
    code TEXT NOT NULL,
    state TEXT NOT NULL,
    amount_qapik INTEGER NOT NULL,
    fee_qapik INTEGER NOT NULL,
    office TEXT NOT NULL,
    sent_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    day INTEGER NOT NULL,
    sender TEXT NOT NULL,
    receiver TEXT NOT NULL,
    receipt TEXT NOT NULL,
    held_grant TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_transfers PRIMARY KEY (transfer)
)
 STRICT;
CREATE INDEX ix_transfers_code ON transfers (code);
CREATE INDEX ix_transfers_day ON transfers (day);
CREATE TABLE attachments (
    slot TEXT NOT NULL,
    record INTEGER NOT NULL,
    salt BLOB,
    content BLOB,
    CONSTRAINT pk_attachments PRIMARY KEY (slot),
    CONSTRAINT fk_attachments_record_journal FOREIGN KEY(record) REFERENCES journal (id)
)
 STRICT;
CREATE INDEX ix_attachments_record ON attachments (record);
CREATE TABLE lines (
    operation TEXT NOT NULL,
    record INTEGER NOT NULL,
    position INTEGER NOT NULL,
    line TEXT NOT NULL,
    service TEXT NOT NULL,
    receipt TEXT NOT NULL,
    amount_qapik INTEGER NOT NULL,
    reversed_by TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_lines PRIMARY KEY (operation),
    CONSTRAINT fk_lines_record_journal FOREIGN KEY(record) REFERENCES journal (id)
)
 STRICT;
CREATE INDEX ix_lines_receipt ON lines (receipt);
CREATE INDEX ix_lines_record ON lines (record);
CREATE TABLE once (
    sort TEXT NOT NULL,
    thing TEXT NOT NULL,
    record INTEGER NOT NULL,
    CONSTRAINT pk_once PRIMARY KEY (sort, thing),
    CONSTRAINT fk_once_record_journal FOREIGN KEY(record) REFERENCES journal (id)
)
 STRICT;
CREATE TABLE postings (
    id INTEGER NOT NULL,
    record INTEGER NOT NULL,
    day INTEGER NOT NULL,
    operation TEXT NOT NULL,
    account TEXT NOT NULL,
    sub TEXT NOT NULL,
    currency TEXT NOT NULL,
    minor INTEGER NOT NULL,
    CONSTRAINT pk_postings PRIMARY KEY (id),
    CONSTRAINT fk_postings_record_journal FOREIGN KEY(record) REFERENCES journal (id)
)
 STRICT;
CREATE INDEX ix_postings_day ON postings (day);
CREATE INDEX ix_postings_record ON postings (record);
CREATE TABLE signatures (
    record INTEGER NOT NULL,
    signature BLOB NOT NULL,
    CONSTRAINT pk_signatures PRIMARY KEY (record),
    CONSTRAINT fk_signatures_record_journal FOREIGN KEY(record) REFERENCES journal (id)
)
 STRICT
"""

TRIGGERS: Final = (
    "CREATE TRIGGER journal_never_update BEFORE UPDATE ON journal "
    "BEGIN SELECT RAISE(ABORT, 'journal is written once'); END",
    "CREATE TRIGGER journal_never_delete BEFORE DELETE ON journal "
    "BEGIN SELECT RAISE(ABORT, 'journal is written once'); END",
    "CREATE TRIGGER signatures_never_update BEFORE UPDATE ON signatures "
    "BEGIN SELECT RAISE(ABORT, 'signatures is written once'); END",
    "CREATE TRIGGER signatures_never_delete BEFORE DELETE ON signatures "
    "BEGIN SELECT RAISE(ABORT, 'signatures is written once'); END",
    "CREATE TRIGGER postings_never_update BEFORE UPDATE ON postings "
    "BEGIN SELECT RAISE(ABORT, 'postings is written once'); END",
    "CREATE TRIGGER postings_never_delete BEFORE DELETE ON postings "
    "BEGIN SELECT RAISE(ABORT, 'postings is written once'); END",
    "CREATE TRIGGER attachments_never_delete BEFORE DELETE ON attachments "
    "BEGIN SELECT RAISE(ABORT, 'attachments are emptied, not deleted'); END",
    "CREATE TRIGGER attachments_only_erased BEFORE UPDATE ON attachments "
    "WHEN NEW.salt IS NOT NULL OR NEW.content IS NOT NULL OR NEW.slot IS NOT OLD.slot "
    "OR NEW.record IS NOT OLD.record "
    "BEGIN SELECT RAISE(ABORT, 'attachments are only erased'); END",
)


def upgrade() -> None:
    """Make all tables, indices and triggers in an empty file."""
    for statement in TABLES.split(";\n"):
        op.execute(statement.strip())
    for trigger in TRIGGERS:
        op.execute(trigger)
