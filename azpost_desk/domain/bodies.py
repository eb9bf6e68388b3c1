"""The base of every body of a journal record: frozen, strict about unknown fields."""

from __future__ import annotations

import msgspec


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Common to all bodies: frozen, strict about unknown fields."""
