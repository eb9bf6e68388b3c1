"""How long a text may be: takes a value that holds texts by the name of their field, refuses one too long.

The one place for these figures: the fields of the window let no more be typed, the services let no more in.
A name, an address or a remark beyond them is a paste gone wrong, and a hundred of such lines would be a
record that no line carries.
"""

from __future__ import annotations

from typing import Final

import msgspec

from azpost_desk.domain.refusals import Refused

TEXT_CHARACTERS_MAX: Final = 200
# By the last part of a field's name. What is not named here holds `TEXT_CHARACTERS_MAX`.
CHARACTERS_MAX: Final[dict[str, int]] = {
    "name": 120,
    "holder": 120,
    "sender_name": 120,
    "signatory": 120,
    "fin": 24,
    "document": 40,
    "document_kind": 40,
    "document_valid_to": 24,
    "phone": 24,
    "contact": 24,
    "postcode": 24,
    "code": 24,
    "account": 40,
    "words": 2_000,
    "reason": 400,
    "remark": 400,
    # A whole declaration as it is sent, whose own texts are bound one by one.
    "declared": 16_000,
}
# What somebody types that lies in the body itself: everything else there is the program's or the centre's.
_TYPED_IN_BODIES: Final = frozenset({"document", "number", "office", "purpose", "reason", "series"})


def characters_max(field: str) -> int:
    """How many characters a field holds; `field` may be a path such as ``receiver.address``."""
    return CHARACTERS_MAX.get(field.rpartition(".")[2], TEXT_CHARACTERS_MAX)


def require_lengths(value: object, path: str = "") -> None:
    """Refuse with G-014 a text that is too long, however deep it lies in `value`.

    `path` names the field of `value` itself, or what stands before the names of its fields.
    """
    _look(value, path, typed_only=False)


def require_typed_lengths(body: object) -> None:
    """As `require_lengths`, for a body, which also holds words of machines (hashes, slips, signed words):
    only what somebody types is looked at.
    """
    _look(body, "", typed_only=True)


def _look(value: object, path: str, *, typed_only: bool) -> None:
    if isinstance(value, str):
        is_bound = not typed_only or path.rpartition(".")[2] in _TYPED_IN_BODIES
        if is_bound and len(value) > characters_max(path):
            raise Refused("G-014", field=path, limit=characters_max(path))
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            _look(getattr(value, field), f"{path}.{field}" if path else field, typed_only=typed_only)
    elif isinstance(value, tuple | list):
        for one in value:
            _look(one, path, typed_only=typed_only)
