"""The tables of a desk's database. Strict: SQLite refuses a value of another type than the column's.

Three sorts: what is written once (journal, signatures, attachments, postings; triggers refuse any change),
what is folded from it (DERIVED; `rebuild` makes it again), and what this desk merely keeps (documents, code
pool, paper).
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, UniqueConstraint

from azpost_desk.sql.columns import Minor, Octets, Whole
from azpost_desk.storage.table_parts import TABLES as TABLES
from azpost_desk.storage.table_parts import minor, octets, of_record, table, text, whole
from azpost_desk.storage.tables_abroad import abroad as abroad
from azpost_desk.storage.tables_kept import acknowledgements as acknowledgements
from azpost_desk.storage.tables_kept import approval_tries as approval_tries
from azpost_desk.storage.tables_kept import basket as basket
from azpost_desk.storage.tables_kept import certificates as certificates
from azpost_desk.storage.tables_kept import checked as checked
from azpost_desk.storage.tables_kept import codes as codes
from azpost_desk.storage.tables_kept import documents as documents
from azpost_desk.storage.tables_kept import identity as identity
from azpost_desk.storage.tables_kept import item_numbers as item_numbers
from azpost_desk.storage.tables_kept import item_ranges as item_ranges
from azpost_desk.storage.tables_kept import line as line
from azpost_desk.storage.tables_kept import missing_desks as missing_desks
from azpost_desk.storage.tables_kept import news as news
from azpost_desk.storage.tables_kept import open_at_centre as open_at_centre
from azpost_desk.storage.tables_kept import parked as parked
from azpost_desk.storage.tables_kept import pins as pins
from azpost_desk.storage.tables_kept import print_jobs as print_jobs
from azpost_desk.storage.tables_kept import reports as reports
from azpost_desk.storage.tables_kept import running as running
from azpost_desk.storage.tables_kept import shown as shown
from azpost_desk.storage.tables_kept import signed_papers as signed_papers
from azpost_desk.storage.tables_kept import slips as slips
from azpost_desk.storage.tables_kept import supplements as supplements
from azpost_desk.storage.tables_kept import watch_entries as watch_entries
from azpost_desk.storage.tables_kept import watch_lists as watch_lists
from azpost_desk.storage.tables_mail import despatches as despatches
from azpost_desk.storage.tables_mail import mail_bag_arrivals as mail_bag_arrivals
from azpost_desk.storage.tables_mail import mail_bag_found as mail_bag_found
from azpost_desk.storage.tables_mail import mail_bag_items as mail_bag_items
from azpost_desk.storage.tables_mail import mail_bag_seals as mail_bag_seals
from azpost_desk.storage.tables_mail import mail_bags as mail_bags
from azpost_desk.storage.tables_mail import mail_charges as mail_charges
from azpost_desk.storage.tables_mail import mail_codes as mail_codes
from azpost_desk.storage.tables_mail import mail_events as mail_events
from azpost_desk.storage.tables_mail import mail_items as mail_items
from azpost_desk.storage.tables_mail import mail_labels as mail_labels
from azpost_desk.storage.tables_mail import mail_orders as mail_orders
from azpost_desk.storage.tables_mail import mail_round_items as mail_round_items
from azpost_desk.storage.tables_mail import mail_rounds as mail_rounds
from azpost_desk.storage.tables_mail import receptacles as receptacles
from azpost_desk.storage.tables_qr import qr_requests as qr_requests
from azpost_desk.storage.tables_qr import qr_returns as qr_returns

SCHEMA: Final = 10
"""PRAGMA user_version of a database that these tables describe."""

# --- written once -----------------------------------------------------------------------------------

journal: Final = table(
    "journal",
    Column("id", Whole, primary_key=True, autoincrement=False),
    whole("epoch"),
    whole("sequence"),
    text("operation"),
    text("kind"),
    whole("day"),
    whole("recorded_ms"),
    whole("arrived_ms"),
    octets("header"),
    octets("body"),
    octets("previous"),
    octets("hash"),
    UniqueConstraint("epoch", "sequence"),
    UniqueConstraint("operation"),
    Index(None, "day", "kind"),
)
# The last record of every commit is signed; it covers those before it (I-06).
signatures: Final = table("signatures", of_record(key=True), octets("signature"))
attachments: Final = table(
    "attachments",
    text("slot", key=True),
    of_record(index=True),
    # Erasure by rule empties salt and content; the commitment in the body stays.
    Column("salt", Octets),
    Column("content", Octets),
)
postings: Final = table(
    "postings",
    Column("id", Whole, primary_key=True, autoincrement=True),
    of_record(index=True),
    whole("day"),
    text("operation"),
    text("account"),
    text("sub"),
    text("currency"),
    minor("minor"),
    Index(None, "day"),
)

# --- folded from it ---------------------------------------------------------------------------------

balances: Final = table(
    "balances",
    text("account", key=True),
    text("sub", key=True),
    text("currency", key=True),
    minor("minor"),
)
days: Final = table(
    "days",
    whole("number", key=True),
    text("date"),
    text("state"),
    whole("opened_ms"),
    whole("closed_ms", default="0"),
    Index(None, "date"),
)
tills: Final = table("tills", text("till", key=True), text("state"), text("holder"), whole("changed_ms"))
# What may happen once: a receipt number, a line's reversal, a remittance's acceptance, a grant's end.
once: Final = table("once", text("sort", key=True), text("thing", key=True), of_record())
lines: Final = table(
    "lines",
    text("operation", key=True),
    of_record(index=True),
    whole("position"),
    text("line"),
    text("service"),
    text("receipt"),
    minor("amount_qapik"),
    text("reversed_by", default=""),
    Index(None, "receipt"),
)
transfers: Final = table(
    "transfers",
    text("transfer", key=True),
    text("code"),
    text("state"),
    minor("amount_qapik"),
    minor("fee_qapik"),
    text("office"),
    whole("sent_ms"),
    whole("changed_ms"),
    whole("day"),
    text("sender"),
    text("receiver"),
    text("receipt"),
    text("held_grant", default=""),
    Index(None, "code"),
    Index(None, "day"),
)
payments: Final = table(
    "payments",
    text("payment", key=True),
    text("biller"),
    text("service"),
    text("account"),
    minor("amount_qapik"),
    minor("fee_qapik"),
    text("state"),
    whole("day"),
    whole("accepted_ms"),
    whole("changed_ms"),
    text("receipt"),
    text("reason", default=""),
    text("provider_reference", default=""),
    Index(None, "state"),
    Index(None, "day"),
    Index(None, "account"),
)
card_steps: Final = table(
    "card_steps",
    text("step", key=True),
    text("basket"),
    text("tender"),
    minor("amount_qapik"),
    text("officer"),
    text("state"),
    text("reason"),
    text("refunds"),
    octets("referenced"),
    whole("asked_ms"),
    whole("changed_ms"),
    UniqueConstraint("tender"),
    Index(None, "state"),
)
grants: Final = table(
    "grants",
    text("held_grant", key=True),
    whole("epoch"),
    text("thing"),
    text("purpose"),
    text("state"),
    minor("amount_qapik"),
    whole("stored_ms"),
    minor("fee_qapik", default="0"),
    Index(None, "state"),
    Index(None, "thing"),
)
customers: Final = table(
    "customers",
    text("customer", key=True),
    text("fin"),
    text("document"),
    text("name"),
    text("phone"),
    text("address"),
    whole("last_seen_ms"),
    Index(None, "fin"),
    Index(None, "document"),
    Index(None, "phone"),
)
# A person is found by any word of the name: one row per word, the folded name turned to begin with it.
customer_names: Final = table("customer_names", text("folded", key=True), text("customer", key=True))
receivers: Final = table(
    "receivers",
    text("customer", key=True),
    text("folded", key=True),
    text("name"),
    text("phone"),
    text("office"),
    whole("last_ms"),
)
stock: Final = table("stock", text("sku", key=True), whole("quantity"))
remittances: Final = table(
    "remittances",
    text("remittance", key=True),
    text("from_desk"),
    text("to_desk"),
    minor("amount_qapik"),
    octets("pieces"),
    whole("at_ms"),
    text("state"),
)
# Who counted a remittance in, here or at the other desk, and when.
remittance_ends: Final = table(
    "remittance_ends", text("remittance", key=True), text("desk"), text("officer"), whole("at_ms")
)
bags: Final = table(
    "bags",
    text("bag", key=True),
    text("number"),
    text("sort"),
    text("direction"),
    text("state"),
    minor("announced_qapik"),
    octets("announced"),
    minor("counted_qapik"),
    octets("counted"),
    octets("notes"),
    text("act", default=""),
    text("made_by"),
    whole("made_ms"),
    text("changed_by"),
    whole("changed_ms"),
    Index(None, "number"),
)
# Every count of this till: set aside, close, hand-over, surprise; what was made good stands beside.
counts: Final = table(
    "counts",
    text("operation", key=True),
    whole("record"),
    text("sort"),
    whole("day"),
    text("holder"),
    text("officer"),
    whole("at_ms"),
    octets("pieces"),
    minor("counted_qapik"),
    minor("expected_qapik"),
    minor("difference_qapik"),
    Column("made_good_qapik", Minor, nullable=False, server_default="0"),
    Index(None, "sort"),
)
# Notes in the safe that are too worn to be given out again: they wait for a bag.
worn: Final = table("worn", whole("denomination_qapik", key=True), whole("pieces"))
suspect_notes: Final = table(
    "suspect_notes",
    text("report", key=True),
    text("operation"),
    minor("denomination_qapik"),
    text("series"),
    whole("at_ms"),
    text("officer"),
    text("bag", default=""),
)
reprints: Final = table("reprints", text("receipt", key=True), text("sort", key=True), whole("count"))
other_desks: Final = table(
    "other_desks",
    text("desk", key=True),
    text("date", key=True),
    whole("number"),
    whole("epoch"),
    whole("sequence"),
    text("hash"),
    whole("received_ms"),
    text("state"),
    octets("figures"),
    text("hours", default=""),
)
# Disputes of this desk, with what the centre answered by news; cases that the program raised itself.
disputes: Final = table(
    "disputes",
    text("dispute", key=True),
    of_record(),
    text("figure"),
    text("about"),
    text("date"),
    Column("value", Minor, nullable=False),
    text("unit"),
    text("officer"),
    whole("raised_ms"),
    text("due"),
    text("state"),
    whole("changed_ms"),
    text("answer", default=""),
    text("answered_by", default=""),
    text("answer_words", default=""),
    text("outcome", default=""),
    Index(None, "state"),
    Index(None, "date"),
)
cases: Final = table(
    "cases",
    text("case_number", key=True),
    of_record(),
    text("reason"),
    text("about"),
    whole("raised_ms"),
)
# Who gave whom a PIN, and on which business day last; temporary until the officer has chosen an own one.
given_pins: Final = table(
    "given_pins",
    text("officer", key=True),
    text("given_by", key=True),
    whole("day"),
    whole("temporary"),
)
# What an operation of any year is found by (storage.projected_words).
words: Final = table("words", text("word", key=True), whole("record", key=True))

# Keys of the branch's desks, learned ahead by news: what they sign on paper is believed without a line.
desk_keys: Final = table(
    "desk_keys",
    text("desk", key=True),
    whole("epoch", key=True),
    text("public_key"),
    text("state"),
)
# Closes of other desks that came on paper: news that says otherwise raises a case.
slip_closes: Final = table(
    "slip_closes",
    text("desk", key=True),
    text("date", key=True),
    whole("epoch"),
    whole("sequence"),
    text("hash"),
    octets("figures"),
)
approvals: Final = table(
    "approvals",
    text("request", key=True),
    text("operation"),
    text("subject"),
    minor("amount_qapik"),
    text("asker"),
    text("way"),
    whole("attempt"),
    text("challenge"),
    text("state"),
    text("approver"),
    text("reason"),
    whole("epoch"),
    whole("asked_ms"),
    Index(None, "operation"),
)
# Which papers were signed, and with what outcome: the signed bytes lie in `signed_papers`.
paper_signatures: Final = table(
    "paper_signatures",
    text("paper", key=True),
    text("key", key=True),
    whole("number", key=True),
    text("officer"),
    text("signed"),
    text("certificate"),
    text("operation"),
    whole("at_ms"),
    Index(None, "officer"),
)

# What the centre asks and proposes, and what it did or read of this desk: news, and our answers to it.
grant_questions: Final = table(
    "grant_questions", text("held_grant", key=True), text("thing"), whole("asked_ms"), text("answer")
)
proposals: Final = table(
    "proposals",
    text("proposal", key=True),
    text("sort"),
    minor("amount_qapik"),
    text("holder"),
    text("reason"),
    text("evidence"),
    text("who"),
    whole("at_ms"),
    text("state"),
)
centre_acts: Final = table(
    "centre_acts",
    text("act_id", key=True),
    text("act"),
    text("who"),
    text("why"),
    text("about"),
    whole("at_ms"),
    Index(None, "at_ms"),
)

WRITTEN_ONCE: Final = (journal, signatures, postings, signed_papers)
DERIVED: Final = (
    balances,
    days,
    tills,
    once,
    lines,
    transfers,
    payments,
    card_steps,
    grants,
    mail_items,
    mail_events,
    mail_rounds,
    mail_round_items,
    mail_codes,
    mail_orders,
    mail_charges,
    mail_labels,
    mail_bags,
    mail_bag_items,
    mail_bag_arrivals,
    mail_bag_found,
    mail_bag_seals,
    despatches,
    receptacles,
    customers,
    customer_names,
    receivers,
    stock,
    remittances,
    remittance_ends,
    bags,
    counts,
    worn,
    suspect_notes,
    reprints,
    other_desks,
    grant_questions,
    proposals,
    centre_acts,
    desk_keys,
    slip_closes,
    approvals,
    disputes,
    cases,
    given_pins,
    words,
    paper_signatures,
    abroad,
    qr_requests,
    qr_returns,
)

TRIGGERS: Final = (
    *(
        f"CREATE TRIGGER {table.name}_never_{what.lower()} BEFORE {what} ON {table.name} "
        f"BEGIN SELECT RAISE(ABORT, '{table.name} is written once'); END"
        for table in WRITTEN_ONCE
        for what in ("UPDATE", "DELETE")
    ),
    "CREATE TRIGGER attachments_never_delete BEFORE DELETE ON attachments "
    "BEGIN SELECT RAISE(ABORT, 'attachments are emptied, not deleted'); END",
    # Erasure by rule is the only change: salt and content become nothing.
    "CREATE TRIGGER attachments_only_erased BEFORE UPDATE ON attachments "
    "WHEN NEW.salt IS NOT NULL OR NEW.content IS NOT NULL OR NEW.slot IS NOT OLD.slot "
    "OR NEW.record IS NOT OLD.record "
    "BEGIN SELECT RAISE(ABORT, 'attachments are only erased'); END",
)
