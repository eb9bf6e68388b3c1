"""Which personal data a record commits to: known from its body alone, so that what is missing is noticed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import operations as ops

if TYPE_CHECKING:
    from collections.abc import Iterator

# A field of a body that holds the commitment of a group of the same name.
GROUPS: Final[dict[type[ops.Body], tuple[str, ...]]] = {
    ops.CustomerViewed: ("customer",),
    ops.GrantRequested: ("question",),
    ops.ItemScanned: ("signatory",),
}
LINE_GROUPS: Final = ("account", "parties", "receiver", "addresses")
_COMMITMENT: Final = re.compile("[0-9a-f]{64}")


def commitments(operation: str, body: ops.Body) -> Iterator[tuple[str, str]]:
    """(slot, commitment in hex) of every group that the record `operation` with this body speaks of."""
    owners: list[tuple[str, object, tuple[str, ...]]] = [(operation, body, GROUPS.get(type(body), ()))]
    if isinstance(body, ops.Settlement):
        owners += [(line.operation, line, LINE_GROUPS) for line in body.lines]
    for owner_id, owner, groups in owners:
        for group in groups:
            value = getattr(owner, group, "")
            if isinstance(value, str) and _COMMITMENT.fullmatch(value):
                yield f"{owner_id}:{group}", value
