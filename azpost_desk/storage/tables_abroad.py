"""The table of transfers abroad at a desk: what it sold and where each stands, by journal and news."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Index

from azpost_desk.storage.table_parts import minor, octets, table, text, whole

abroad: Final = table(
    "abroad",
    text("transfer", key=True),
    text("state"),
    text("recall", default=""),
    text("reason", default=""),
    text("number", default=""),
    text("reference", default=""),
    text("corridor"),
    text("country"),
    text("currency"),
    minor("arrives_minor"),
    minor("amount_qapik"),
    minor("fee_qapik"),
    octets("terms"),
    text("sender"),
    text("receiver"),
    text("receipt"),
    whole("day"),
    whole("sent_ms"),
    whole("changed_ms"),
    text("held_grant", default=""),
    Index(None, "state"),
    Index(None, "day"),
)
