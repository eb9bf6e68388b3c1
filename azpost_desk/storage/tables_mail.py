"""Tables of mail at a desk: what is known of each number, and the events that say so."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index

from azpost_desk.sql.columns import Whole
from azpost_desk.storage.table_parts import table, text, whole

# The newest item under a number, as `domain.mail.history` folds its events.
mail_items: Final = table(
    "mail_items",
    text("number", key=True),
    text("tail"),
    whole("generation"),
    text("state"),
    text("custody"),
    text("holder"),
    whole("changed_ms"),
    whole("expected"),
    Index(None, "tail"),
)
# `here`: this desk scanned it. `addressed`: whoever told it says that the item comes to this office.
mail_events: Final = table(
    "mail_events",
    Column("id", Whole, primary_key=True, autoincrement=True),
    text("number"),
    text("event"),
    text("office"),
    whole("at_ms"),
    whole("here"),
    text("operation"),
    text("desk"),
    whole("epoch"),
    whole("sequence"),
    text("reason"),
    text("measure"),
    text("answers"),
    text("detail"),
    whole("addressed"),
    whole("voided", default="0"),
    whole("due_qapik", default="0"),
    Index(None, "number"),
    Index(None, "operation"),
)
# A courier's round, and what became of each item that went out with it: "" as long as nobody has said.
mail_rounds: Final = table(
    "mail_rounds",
    text("round", key=True),
    text("courier"),
    text("officer"),
    text("state"),
    whole("begun_ms"),
    whole("signed_ms"),
    whole("ended_ms"),
    whole("day"),
    Index(None, "state"),
)
mail_round_items: Final = table(
    "mail_round_items",
    text("round", key=True),
    text("number", key=True),
    whole("place"),
    text("scan"),
    text("outcome"),
    text("outcome_scan"),
    Index(None, "number"),
)
# The pick-up code of an item as the centre told it; `wrong_here`: how often it was said wrongly at this desk.
mail_codes: Final = table(
    "mail_codes",
    text("number", key=True),
    text("code"),
    text("state"),
    text("hash"),
    whole("wrong_here"),
    Index(None, "code"),
)
# Charges of items that were paid at this desk, by the event that says they are due.
mail_charges: Final = table(
    "mail_charges",
    text("operation", key=True),
    text("number"),
    text("kind"),
    text("event"),
    whole("amount_qapik"),
    text("state"),
    Index(None, "number"),
)
# Stop orders as the centre told them; `to_office` is where a redirected item is to be sent on to.
mail_orders: Final = table(
    "mail_orders",
    text("item_order", key=True),
    text("number"),
    text("kind"),
    text("state"),
    whole("at_ms"),
    text("to_office", default=""),
    Index(None, "number"),
)
# The label of an item accepted here: whether anybody has scanned it since it was stuck on.
mail_labels: Final = table(
    "mail_labels",
    text("number", key=True),
    text("acceptance"),
    text("receipt"),
    whole("day"),
    text("state"),
    whole("accepted_ms"),
    whole("changed_ms"),
    Index(None, "state"),
)
# An inland bag of this office (`from_office` "") or on its way to it, what lies in it or is on its list
# (`scan` "" as the centre told it), and every seal that ever closed one of this office.
mail_bags: Final = table(
    "mail_bags",
    text("mail_bag", key=True),
    text("number"),
    text("from_office", default=""),
    text("to_office"),
    text("officer"),
    text("state"),
    whole("version"),
    whole("begun_ms"),
    whole("changed_ms"),
    whole("grams"),
    whole("typed"),
    text("seal"),
    Index(None, "number"),
    Index(None, "state"),
)
mail_bag_items: Final = table(
    "mail_bag_items",
    text("mail_bag", key=True),
    text("number", key=True),
    whole("place"),
    text("scan"),
    whole("at_ms"),
    Index(None, "number"),
)
# A bag that was taken in here, at whatever desk of the office, and what was found in it.
mail_bag_arrivals: Final = table(
    "mail_bag_arrivals",
    text("arrival", key=True),
    text("number"),
    text("mail_bag"),
    text("officer"),
    text("state"),
    text("condition"),
    whole("taken_ms"),
    whole("changed_ms"),
    Index(None, "number"),
    Index(None, "state"),
)
mail_bag_found: Final = table(
    "mail_bag_found",
    text("arrival", key=True),
    text("number", key=True),
    whole("place"),
    text("scan"),
    whole("at_ms"),
)
mail_bag_seals: Final = table("mail_bag_seals", text("seal", key=True), text("mail_bag"))
# A despatch abroad that this desk owns, and its receptacles; what lies in them and what sealed them stand
# in `mail_bag_items` and `mail_bag_seals` under the receptacle's id: an item lies in one place, a seal closes
# once.
despatches: Final = table(
    "despatches",
    text("despatch", key=True),
    text("s8"),
    whole("year"),
    text("officer"),
    text("state"),
    whole("version"),
    whole("begun_ms"),
    whole("changed_ms"),
    Index(None, "s8"),
    Index(None, "state"),
)
receptacles: Final = table(
    "receptacles",
    text("receptacle", key=True),
    text("despatch"),
    whole("number"),
    text("state"),
    whole("version"),
    whole("begun_ms"),
    whole("changed_ms"),
    text("s9"),
    whole("grams"),
    whole("typed"),
    text("seal"),
    Index(None, "despatch"),
    Index(None, "state"),
)
