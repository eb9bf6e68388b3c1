"""What every body of a journal record has in common."""

from __future__ import annotations

import msgspec


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Common to all bodies: frozen, strict about unknown fields."""
