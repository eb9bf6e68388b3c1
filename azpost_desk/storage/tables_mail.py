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
    Index(None, "number"),
    Index(None, "operation"),
)
