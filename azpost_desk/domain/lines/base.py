"""The line of a settlement as such: what it is known by, whatever is sold."""

from __future__ import annotations

import msgspec


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="line"):
    """One line of a settlement, gross, with its own operation id."""

    operation: str
