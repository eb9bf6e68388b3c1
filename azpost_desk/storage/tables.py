"""The tables of a desk's database. Strict: SQLite refuses a value of another type than the column's.

Three sorts: what is written once (journal, signatures, attachments, postings; triggers refuse any change),
what is folded from it (DERIVED; `rebuild` makes it again), and what this desk merely keeps (documents, code
pool, paper).
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from azpost_desk.sql.columns import Minor, Octets, Whole, Words, metadata

SCHEMA: Final = 2
"""PRAGMA user_version of a database that these tables describe."""

TABLES: Final = metadata()


def _text(name: str, *, key: bool = False, default: str | None = None) -> Column[str]:
    return Column(name, Words, primary_key=key, nullable=False, server_default=default)


def _whole(name: str, *, key: bool = False, default: str | None = None) -> Column[int]:
    return Column(name, Whole, primary_key=key, nullable=False, autoincrement=False, server_default=default)


def _minor(name: str) -> Column[int]:
    return Column(name, Minor, nullable=False)


def _octets(name: str) -> Column[bytes]:
    return Column(name, Octets, nullable=False)


def _record(*, key: bool = False, index: bool = False) -> Column[int]:
    return Column("record", Whole, ForeignKey("journal.id"), primary_key=key, nullable=False, index=index)


def _table(
    name: str, *columns: Column[int] | Column[str] | Column[bytes] | Index | UniqueConstraint
) -> Table:
    return Table(name, TABLES, *columns, sqlite_strict=True)


# --- written once -----------------------------------------------------------------------------------

journal: Final = _table(
    "journal",
    Column("id", Whole, primary_key=True, autoincrement=False),
    _whole("epoch"),
    _whole("sequence"),
    _text("operation"),
    _text("kind"),
    _whole("day"),
    _whole("recorded_ms"),
    _whole("arrived_ms"),
    _octets("header"),
    _octets("body"),
    _octets("previous"),
    _octets("hash"),
    UniqueConstraint("epoch", "sequence"),
    UniqueConstraint("operation"),
    Index(None, "day", "kind"),
)
# The last record of every commit is signed; it covers those before it (I-06).
signatures: Final = _table("signatures", _record(key=True), _octets("signature"))
attachments: Final = _table(
    "attachments",
    _text("slot", key=True),
    _record(index=True),
    # Erasure by rule empties salt and content; the commitment in the body stays.
    Column("salt", Octets),
    Column("content", Octets),
)
postings: Final = _table(
    "postings",
    Column("id", Whole, primary_key=True, autoincrement=True),
    _record(index=True),
    _whole("day"),
    _text("operation"),
    _text("account"),
    _text("sub"),
    _text("currency"),
    _minor("minor"),
    Index(None, "day"),
)

# --- folded from it ---------------------------------------------------------------------------------

balances: Final = _table(
    "balances",
    _text("account", key=True),
    _text("sub", key=True),
    _text("currency", key=True),
    _minor("minor"),
)
days: Final = _table(
    "days",
    _whole("number", key=True),
    _text("date"),
    _text("state"),
    _whole("opened_ms"),
    _whole("closed_ms", default="0"),
    Index(None, "date"),
)
tills: Final = _table("tills", _text("till", key=True), _text("state"), _text("holder"), _whole("changed_ms"))
# What may happen once: a receipt number, a line's reversal, a remittance's acceptance, a grant's end.
once: Final = _table("once", _text("sort", key=True), _text("thing", key=True), _record())
lines: Final = _table(
    "lines",
    _text("operation", key=True),
    _record(index=True),
    _whole("position"),
    _text("line"),
    _text("service"),
    _text("receipt"),
    _minor("amount_qapik"),
    _text("reversed_by", default=""),
    Index(None, "receipt"),
)
transfers: Final = _table(
    "transfers",
    _text("transfer", key=True),
    _text("code"),
    _text("state"),
    _minor("amount_qapik"),
    _minor("fee_qapik"),
    _text("office"),
    _whole("sent_ms"),
    _whole("changed_ms"),
    _whole("day"),
    _text("sender"),
    _text("receiver"),
    _text("receipt"),
    _text("held_grant", default=""),
    Index(None, "code"),
    Index(None, "day"),
)
payments: Final = _table(
    "payments",
    _text("payment", key=True),
    _text("biller"),
    _text("service"),
    _text("account"),
    _minor("amount_qapik"),
    _minor("fee_qapik"),
    _text("state"),
    _whole("day"),
    _whole("accepted_ms"),
    _whole("changed_ms"),
    _text("receipt"),
    _text("reason", default=""),
    _text("provider_reference", default=""),
    Index(None, "state"),
    Index(None, "day"),
    Index(None, "account"),
)
card_steps: Final = _table(
    "card_steps",
    _text("step", key=True),
    _text("basket"),
    _text("tender"),
    _minor("amount_qapik"),
    _text("officer"),
    _text("state"),
    _text("reason"),
    _text("refunds"),
    _octets("referenced"),
    _whole("asked_ms"),
    _whole("changed_ms"),
    UniqueConstraint("tender"),
    Index(None, "state"),
)
grants: Final = _table(
    "grants",
    _text("held_grant", key=True),
    _whole("epoch"),
    _text("thing"),
    _text("purpose"),
    _text("state"),
    _minor("amount_qapik"),
    _whole("stored_ms"),
    Index(None, "state"),
    Index(None, "thing"),
)
items: Final = _table(
    "items",
    _text("number", key=True),
    _text("tail"),
    _text("state"),
    _whole("changed_ms"),
    _whole("expected"),
    Index(None, "tail"),
)
item_events: Final = _table(
    "item_events",
    Column("id", Whole, primary_key=True, autoincrement=True),
    _text("number"),
    _text("event"),
    _text("office"),
    _whole("at_ms"),
    _whole("here"),
    _text("operation"),
    _whole("voided", default="0"),
    _text("detail"),
    Index(None, "number"),
    Index(None, "operation"),
)
customers: Final = _table(
    "customers",
    _text("customer", key=True),
    _text("fin"),
    _text("document"),
    _text("name"),
    _text("phone"),
    _text("address"),
    _whole("last_seen_ms"),
    Index(None, "fin"),
    Index(None, "document"),
    Index(None, "phone"),
)
# A person is found by any word of the name: one row per word, the folded name turned to begin with it.
customer_names: Final = _table("customer_names", _text("folded", key=True), _text("customer", key=True))
receivers: Final = _table(
    "receivers",
    _text("customer", key=True),
    _text("folded", key=True),
    _text("name"),
    _text("phone"),
    _text("office"),
    _whole("last_ms"),
)
stock: Final = _table("stock", _text("sku", key=True), _whole("quantity"))
remittances: Final = _table(
    "remittances",
    _text("remittance", key=True),
    _text("from_desk"),
    _text("to_desk"),
    _minor("amount_qapik"),
    _octets("pieces"),
    _whole("at_ms"),
    _text("state"),
)
# Who counted a remittance in, here or at the other desk, and when.
remittance_ends: Final = _table(
    "remittance_ends", _text("remittance", key=True), _text("desk"), _text("officer"), _whole("at_ms")
)
bags: Final = _table(
    "bags",
    _text("bag", key=True),
    _text("number"),
    _text("sort"),
    _text("direction"),
    _text("state"),
    _minor("announced_qapik"),
    _octets("announced"),
    _minor("counted_qapik"),
    _octets("counted"),
    _octets("notes"),
    _text("act", default=""),
    _text("made_by"),
    _whole("made_ms"),
    _text("changed_by"),
    _whole("changed_ms"),
    Index(None, "number"),
)
# Every count of this till: set aside, close, hand-over, surprise; what was made good stands beside.
counts: Final = _table(
    "counts",
    _text("operation", key=True),
    _whole("record"),
    _text("sort"),
    _whole("day"),
    _text("holder"),
    _text("officer"),
    _whole("at_ms"),
    _octets("pieces"),
    _minor("counted_qapik"),
    _minor("expected_qapik"),
    _minor("difference_qapik"),
    Column("made_good_qapik", Minor, nullable=False, server_default="0"),
    Index(None, "sort"),
)
# Notes in the safe that are too worn to be given out again: they wait for a bag.
worn: Final = _table("worn", _whole("denomination_qapik", key=True), _whole("pieces"))
suspect_notes: Final = _table(
    "suspect_notes",
    _text("report", key=True),
    _text("operation"),
    _minor("denomination_qapik"),
    _text("series"),
    _whole("at_ms"),
    _text("officer"),
    _text("bag", default=""),
)
reprints: Final = _table("reprints", _text("receipt", key=True), _text("sort", key=True), _whole("count"))
other_desks: Final = _table(
    "other_desks",
    _text("desk", key=True),
    _text("date", key=True),
    _whole("number"),
    _whole("epoch"),
    _whole("sequence"),
    _text("hash"),
    _whole("received_ms"),
    _text("state"),
    _octets("figures"),
)
# Disputes of this desk, with what the centre answered by news; cases that the program raised itself.
disputes: Final = _table(
    "disputes",
    _text("dispute", key=True),
    _record(),
    _text("figure"),
    _text("about"),
    _text("date"),
    Column("value", Minor, nullable=False),
    _text("unit"),
    _text("officer"),
    _whole("raised_ms"),
    _text("due"),
    _text("state"),
    _whole("changed_ms"),
    _text("answer", default=""),
    _text("answered_by", default=""),
    _text("answer_words", default=""),
    _text("outcome", default=""),
    Index(None, "state"),
    Index(None, "date"),
)
cases: Final = _table(
    "cases",
    _text("case_number", key=True),
    _record(),
    _text("reason"),
    _text("about"),
    _whole("raised_ms"),
)
# What an operation of any year is found by (storage.projected_words).
words: Final = _table("words", _text("word", key=True), _whole("record", key=True))

# Keys of the branch's desks, learned ahead by news: what they sign on paper is believed without a line.
desk_keys: Final = _table(
    "desk_keys",
    _text("desk", key=True),
    _whole("epoch", key=True),
    _text("public_key"),
    _text("state"),
)
# Closes of other desks that came on paper: news that says otherwise raises a case.
slip_closes: Final = _table(
    "slip_closes",
    _text("desk", key=True),
    _text("date", key=True),
    _whole("epoch"),
    _whole("sequence"),
    _text("hash"),
    _octets("figures"),
)
approvals: Final = _table(
    "approvals",
    _text("request", key=True),
    _text("operation"),
    _text("subject"),
    _minor("amount_qapik"),
    _text("asker"),
    _text("way"),
    _whole("attempt"),
    _text("challenge"),
    _text("state"),
    _text("approver"),
    _text("reason"),
    _whole("epoch"),
    _whole("asked_ms"),
    Index(None, "operation"),
)
# Which papers were signed, and with what outcome: the signed bytes lie in `signed_papers`.
paper_signatures: Final = _table(
    "paper_signatures",
    _text("paper", key=True),
    _text("key", key=True),
    _whole("number", key=True),
    _text("officer"),
    _text("signed"),
    _text("certificate"),
    _text("operation"),
    _whole("at_ms"),
    Index(None, "officer"),
)

# What the centre asks and proposes, and what it did or read of this desk: news, and our answers to it.
grant_questions: Final = _table(
    "grant_questions", _text("held_grant", key=True), _text("thing"), _whole("asked_ms"), _text("answer")
)
proposals: Final = _table(
    "proposals",
    _text("proposal", key=True),
    _text("sort"),
    _minor("amount_qapik"),
    *map(_text, ("holder", "reason", "evidence", "who")),
    _whole("at_ms"),
    _text("state"),
)
centre_acts: Final = _table(
    "centre_acts",
    _text("act_id", key=True),
    *map(_text, ("act", "who", "why", "about")),
    _whole("at_ms"),
    Index(None, "at_ms"),
)

# --- kept -------------------------------------------------------------------------------------------

# Codes of slips this desk signed: the same paper again, also when the key is not there any more.
slips: Final = _table("slips", _text("operation", key=True), _text("code"))
# Wrong responses to a challenge so far; at the limit a record locks it.
approval_tries: Final = _table("approval_tries", _text("request", key=True), _whole("wrong"))

identity: Final = _table("identity", _whole("epoch", key=True), _octets("enrolled"), _text("public_key"))
# One row: how far the centre has this desk's current chain, and how far this desk has the centre's news.
line: Final = _table(
    "line",
    _whole("epoch", key=True),
    _whole("offered"),
    _whole("acknowledged"),
    _whole("acknowledged_ms"),
    _text("digest"),
    _whole("news_position"),
    _whole("centre_epoch"),
)
acknowledgements: Final = _table(
    "acknowledgements",
    Column("id", Whole, primary_key=True, autoincrement=True),
    _whole("epoch"),
    _whole("sequence"),
    _octets("words"),
    _octets("signature"),
    UniqueConstraint("epoch", "sequence", "words"),
)
news: Final = _table(
    "news",
    _whole("centre_epoch", key=True),
    _whole("position", key=True),
    _text("kind"),
    _octets("payload"),
    # The newest record when it came: `rebuild` lets it act again at the same moment.
    _whole("after_record"),
    _text("trouble", default=""),
)
documents: Final = _table(
    "documents",
    _text("name", key=True),
    _whole("version", key=True),
    _text("valid_from"),
    _octets("content"),
)
# What a claim showed of a transfer sent elsewhere: in no journal of ours, gone with the day the grant ended.
shown: Final = _table("shown", _text("thing", key=True), _octets("content"))
codes: Final = _table(
    "codes",
    _text("code", key=True),
    _whole("epoch"),
    _text("operation", default=""),
    Index(None, "operation"),
)
item_ranges: Final = _table(
    "item_ranges",
    _whole("epoch", key=True),
    _text("prefix", key=True),
    _whole("first", key=True),
    _whole("last"),
    _whole("next"),
)
item_numbers: Final = _table("item_numbers", _text("operation", key=True), _text("number"))
pins: Final = _table(
    "pins",
    _text("officer", key=True),
    _text("pin_hash"),
    # The centre's hash this one replaced: when the centre sends another, that one is newer.
    _text("instead_of"),
    _whole("wrong_tries"),
    _whole("locked_until_ms"),
)
basket: Final = _table("basket", _whole("only", key=True), _octets("content"))
# Baskets set aside: nothing of them is sold, nothing of them is lost.
parked: Final = _table("parked", _text("basket", key=True), _whole("parked_ms"), _octets("content"))
# One row while a program has the books open: found at the next start, it tells that this one never closed.
running: Final = _table("running", _whole("only", key=True), _whole("since_ms"))
# The grants of this chain that the centre holds for open, as it last said.
open_at_centre: Final = _table("open_at_centre", _text("held_grant", key=True))
print_jobs: Final = _table(
    "print_jobs",
    Column("job", Whole, primary_key=True, autoincrement=True),
    _text("paper"),
    _text("key"),
    _text("sort"),
    _text("state"),
    _whole("tries"),
    _text("trouble"),
    _whole("made_ms"),
    Index(None, "state"),
)
# The bytes of papers that were signed electronically, each signature's own; the journal holds their hashes.
signed_papers: Final = _table(
    "signed_papers", _text("paper", key=True), _text("key", key=True), _whole("number", key=True),
    _octets("content"),
)  # fmt: skip
reports: Final = _table("reports", _text("date", key=True), _octets("content"))
# Desks whose close had not come when a day's report was stored: what comes of them makes a supplement.
missing_desks: Final = _table("missing_desks", _text("date", key=True), _whole("desk", key=True))
supplements: Final = _table(
    "supplements", _text("date", key=True), _whole("number", key=True), _text("operation"), _octets("content")
)
# The text of a shift certificate, signed by the key of its epoch: it cannot be made again in a later one.
certificates: Final = _table("certificates", _text("operation", key=True), _text("text"))
checked: Final = _table("checked", _whole("only", key=True), _whole("record"))

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
    items,
    item_events,
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
    words,
    paper_signatures,
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
