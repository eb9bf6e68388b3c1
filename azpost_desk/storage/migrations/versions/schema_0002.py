"""The second schema: what came with cards, slips, bags, disputes, copies and recovery. For ever, as SQL."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0002"
down_revision = "0001"

TABLES: Final = """
CREATE TABLE approval_tries (
    request TEXT NOT NULL,
    wrong INTEGER NOT NULL,
    CONSTRAINT pk_approval_tries PRIMARY KEY (request)
)
 STRICT;
CREATE TABLE approvals (
    request TEXT NOT NULL,
    operation TEXT NOT NULL,
    subject TEXT NOT NULL,
    amount_qapik INTEGER NOT NULL,
    asker TEXT NOT NULL,
    way TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    challenge TEXT NOT NULL,
    state TEXT NOT NULL,
    approver TEXT NOT NULL,
    reason TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    asked_ms INTEGER NOT NULL,
    CONSTRAINT pk_approvals PRIMARY KEY (request)
)
 STRICT;
CREATE INDEX ix_approvals_operation ON approvals (operation);
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
 STRICT;
CREATE INDEX ix_bags_number ON bags (number);
CREATE TABLE card_steps (
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
 STRICT;
CREATE INDEX ix_card_steps_state ON card_steps (state);
CREATE TABLE cases (
    case_number TEXT NOT NULL,
    record INTEGER NOT NULL,
    reason TEXT NOT NULL,
    about TEXT NOT NULL,
    raised_ms INTEGER NOT NULL,
    CONSTRAINT pk_cases PRIMARY KEY (case_number),
    CONSTRAINT fk_cases_record_journal FOREIGN KEY(record) REFERENCES journal (id)
)
 STRICT;
CREATE TABLE centre_acts (
    act_id TEXT NOT NULL,
    act TEXT NOT NULL,
    who TEXT NOT NULL,
    why TEXT NOT NULL,
    about TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    CONSTRAINT pk_centre_acts PRIMARY KEY (act_id)
)
 STRICT;
CREATE INDEX ix_centre_acts_at_ms ON centre_acts (at_ms);
CREATE TABLE certificates (
    operation TEXT NOT NULL,
    text TEXT NOT NULL,
    CONSTRAINT pk_certificates PRIMARY KEY (operation)
)
 STRICT;
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
 STRICT;
CREATE INDEX ix_counts_sort ON counts (sort);
CREATE TABLE desk_keys (
    desk TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    public_key TEXT NOT NULL,
    state TEXT NOT NULL,
    CONSTRAINT pk_desk_keys PRIMARY KEY (desk, epoch)
)
 STRICT;
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
 STRICT;
CREATE INDEX ix_disputes_date ON disputes (date);
CREATE INDEX ix_disputes_state ON disputes (state);
CREATE TABLE grant_questions (
    held_grant TEXT NOT NULL,
    thing TEXT NOT NULL,
    asked_ms INTEGER NOT NULL,
    answer TEXT NOT NULL,
    CONSTRAINT pk_grant_questions PRIMARY KEY (held_grant)
)
 STRICT;
CREATE TABLE missing_desks (
    date TEXT NOT NULL,
    desk INTEGER NOT NULL,
    CONSTRAINT pk_missing_desks PRIMARY KEY (date, desk)
)
 STRICT;
CREATE TABLE open_at_centre (
    held_grant TEXT NOT NULL,
    CONSTRAINT pk_open_at_centre PRIMARY KEY (held_grant)
)
 STRICT;
CREATE TABLE paper_signatures (
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
 STRICT;
CREATE INDEX ix_paper_signatures_officer ON paper_signatures (officer);
CREATE TABLE parked (
    basket TEXT NOT NULL,
    parked_ms INTEGER NOT NULL,
    content BLOB NOT NULL,
    CONSTRAINT pk_parked PRIMARY KEY (basket)
)
 STRICT;
CREATE TABLE proposals (
    proposal TEXT NOT NULL,
    sort TEXT NOT NULL,
    amount_qapik INTEGER NOT NULL,
    holder TEXT NOT NULL,
    reason TEXT NOT NULL,
    evidence TEXT NOT NULL,
    who TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    CONSTRAINT pk_proposals PRIMARY KEY (proposal)
)
 STRICT;
CREATE TABLE remittance_ends (
    remittance TEXT NOT NULL,
    desk TEXT NOT NULL,
    officer TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    CONSTRAINT pk_remittance_ends PRIMARY KEY (remittance)
)
 STRICT;
CREATE TABLE running (
    only INTEGER NOT NULL,
    since_ms INTEGER NOT NULL,
    CONSTRAINT pk_running PRIMARY KEY (only)
)
 STRICT;
CREATE TABLE signed_papers (
    paper TEXT NOT NULL,
    "key" TEXT NOT NULL,
    number INTEGER NOT NULL,
    content BLOB NOT NULL,
    CONSTRAINT pk_signed_papers PRIMARY KEY (paper, "key", number)
)
 STRICT;
CREATE TABLE slip_closes (
    desk TEXT NOT NULL,
    date TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    hash TEXT NOT NULL,
    figures BLOB NOT NULL,
    CONSTRAINT pk_slip_closes PRIMARY KEY (desk, date)
)
 STRICT;
CREATE TABLE slips (
    operation TEXT NOT NULL,
    code TEXT NOT NULL,
    CONSTRAINT pk_slips PRIMARY KEY (operation)
)
 STRICT;
CREATE TABLE supplements (
    date TEXT NOT NULL,
    number INTEGER NOT NULL,
    operation TEXT NOT NULL,
    content BLOB NOT NULL,
    CONSTRAINT pk_supplements PRIMARY KEY (date, number)
)
 STRICT;
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
 STRICT;
CREATE TABLE words (
    word TEXT NOT NULL,
    record INTEGER NOT NULL,
    CONSTRAINT pk_words PRIMARY KEY (word, record)
)
 STRICT;
CREATE TABLE worn (
    denomination_qapik INTEGER NOT NULL,
    pieces INTEGER NOT NULL,
    CONSTRAINT pk_worn PRIMARY KEY (denomination_qapik)
)
 STRICT
"""

TRIGGERS: Final = (
    "CREATE TRIGGER signed_papers_never_delete BEFORE DELETE ON signed_papers "
    "BEGIN SELECT RAISE(ABORT, 'signed_papers is written once'); END",
    "CREATE TRIGGER signed_papers_never_update BEFORE UPDATE ON signed_papers "
    "BEGIN SELECT RAISE(ABORT, 'signed_papers is written once'); END",
)


def upgrade() -> None:
    """Add the new tables; projections are folded anew afterwards (`DeskBooks.open`)."""
    for statement in TABLES.split(";\n"):
        op.execute(statement.strip())
    for trigger in TRIGGERS:
        op.execute(trigger)
