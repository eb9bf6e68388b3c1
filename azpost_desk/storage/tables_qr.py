"""The table of requests for money by code at a desk: what was asked, and what the centre has said of it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Index, UniqueConstraint

from azpost_desk.storage.table_parts import minor, table, text, whole

qr_requests: Final = table(
    "qr_requests",
    text("request", key=True),
    whole("epoch"),
    text("basket"),
    text("tender"),
    minor("amount_qapik"),
    minor("returned_qapik", default="0"),
    text("digest"),
    text("officer"),
    text("state"),
    text("reason", default=""),
    whole("asked_ms"),
    whole("changed_ms"),
    UniqueConstraint("tender"),
    Index(None, "state"),
)
# What a request brought and goes back, by the tender that carries it.
qr_returns: Final = table(
    "qr_returns",
    text("tender", key=True),
    text("request"),
    text("undone"),
    minor("amount_qapik"),
    whole("is_carried", default="0"),
)
