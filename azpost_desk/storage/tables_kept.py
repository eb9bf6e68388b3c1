"""Tables that the desk merely keeps: documents, code pool, news, paper; folded from nothing."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, UniqueConstraint

from azpost_desk.sql.columns import Whole
from azpost_desk.storage.table_parts import octets, table, text, whole

# Codes of slips this desk signed: the same paper again, also when the key is not there any more.
slips: Final = table("slips", text("operation", key=True), text("code"))
# Wrong responses to a challenge so far; at the limit a record locks it.
approval_tries: Final = table("approval_tries", text("request", key=True), whole("wrong"))

identity: Final = table("identity", whole("epoch", key=True), octets("enrolled"), text("public_key"))
# One row: how far the centre has this desk's current chain, and how far this desk has the centre's news.
line: Final = table(
    "line",
    whole("epoch", key=True),
    whole("offered"),
    whole("acknowledged"),
    whole("acknowledged_ms"),
    text("digest"),
    whole("news_position"),
    whole("centre_epoch"),
)
acknowledgements: Final = table(
    "acknowledgements",
    Column("id", Whole, primary_key=True, autoincrement=True),
    whole("epoch"),
    whole("sequence"),
    octets("words"),
    octets("signature"),
    UniqueConstraint("epoch", "sequence", "words"),
)
news: Final = table(
    "news",
    whole("centre_epoch", key=True),
    whole("position", key=True),
    text("kind"),
    octets("payload"),
    # The newest record when it came: `rebuild` lets it act again at the same moment.
    whole("after_record"),
    text("trouble", default=""),
)
documents: Final = table(
    "documents",
    text("name", key=True),
    whole("version", key=True),
    text("valid_from"),
    octets("content"),
)
# What a claim showed of a transfer sent elsewhere: in no journal of ours, gone with the day the grant ended.
shown: Final = table("shown", text("thing", key=True), octets("content"))
codes: Final = table(
    "codes",
    text("code", key=True),
    whole("epoch"),
    text("operation", default=""),
    Index(None, "operation"),
)
item_ranges: Final = table(
    "item_ranges",
    whole("epoch", key=True),
    text("prefix", key=True),
    whole("first", key=True),
    whole("last"),
    whole("next"),
    # Of labels printed beforehand: a number is taken by its scan, in no order.
    text("sort", default=""),
)
item_numbers: Final = table(
    "item_numbers", text("operation", key=True), text("number"), Index(None, "number")
)
pins: Final = table(
    "pins",
    text("officer", key=True),
    text("pin_hash"),
    # The centre's hash this one replaced: when the centre sends another, that one is newer.
    text("instead_of"),
    whole("wrong_tries"),
    # How long the wait is, in running time; an earlier program kept the time when it ended.
    whole("locked_until_ms"),
)
basket: Final = table("basket", whole("only", key=True), octets("content"))
# Baskets set aside: nothing of them is sold, nothing of them is lost.
parked: Final = table("parked", text("basket", key=True), whole("parked_ms"), octets("content"))
# One row while a program has the books open: found at the next start, it tells that this one never closed.
running: Final = table("running", whole("only", key=True), whole("since_ms"))
# The grants of this chain that the centre holds for open, as it last said.
open_at_centre: Final = table("open_at_centre", text("held_grant", key=True))
print_jobs: Final = table(
    "print_jobs",
    Column("job", Whole, primary_key=True, autoincrement=True),
    text("paper"),
    text("key"),
    text("sort"),
    text("state"),
    whole("tries"),
    text("trouble"),
    whole("made_ms"),
    Index(None, "state"),
)
# The bytes of papers that were signed electronically, each signature's own; the journal holds their hashes.
signed_papers: Final = table(
    "signed_papers", text("paper", key=True), text("key", key=True), whole("number", key=True),
    octets("content"),
)  # fmt: skip
reports: Final = table("reports", text("date", key=True), octets("content"))
# Desks whose close had not come when a day's report was stored: what comes of them makes a supplement.
missing_desks: Final = table("missing_desks", text("date", key=True), whole("desk", key=True))
supplements: Final = table(
    "supplements", text("date", key=True), whole("number", key=True), text("operation"), octets("content")
)
# The text of a shift certificate, signed by the key of its epoch: it cannot be made again in a later one.
certificates: Final = table("certificates", text("operation", key=True), text("text"))
# Copies of the centre's watch lists: the version here, and the way to the next one (protocol.watch).
watch_lists: Final = table(
    "watch_lists",
    text("source", key=True),
    whole("version"),
    whole("as_of_ms"),
    whole("towards"),
    whole("towards_ms"),
    text("after"),
)
watch_entries: Final = table(
    "watch_entries",
    text("source", key=True),
    text("id", key=True),
    # Not told again yet on a way that began with nothing.
    whole("stale"),
    octets("content"),
)
checked: Final = table("checked", whole("only", key=True), whole("record"))
