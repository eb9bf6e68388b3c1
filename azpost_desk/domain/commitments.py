"""Which personal data a record commits to: known from its body alone, so that what is missing is noticed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import operations as ops
from azpost_desk.domain.products import groups_of

if TYPE_CHECKING:
    from collections.abc import Iterator

# By body: group → the field that holds its commitment. A new body with an attachment is named here, and in
# the stand-alone verifier; a test compares the two.
GROUPS: Final[dict[type[ops.Body], dict[str, str]]] = {
    ops.CustomerViewed: {"customer": "customer"},
    ops.CustomerNoted: {"note": "note"},
    ops.DespatchHandedOver: {"driver": "driver"},
    ops.ErasureRequested: {"customer": "customer"},
    ops.GrantRequested: {"question": "question"},
    ops.ItemDeclared: {"addresses": "addresses"},
    ops.ItemScanned: {"signatory": "signatory", "proof": "proof"},
    ops.MailBagHandedOver: {"driver": "driver"},
    ops.IrregularityReported: {"words": "words", "photo": "photo"},
    ops.RoundSigned: {"courier": "courier"},
    ops.RoundEnded: {"courier": "courier"},
    ops.PaperSigned: {"signer": "subject"},
    ops.BagHandedOver: {"collector": "collector"},
    ops.NoteSuspected: {"presenter": "presenter"},
    ops.DifferenceMadeGood: {"words": "words"},
    ops.DisputeRaised: {"words": "words"},
    ops.DisputeEscalated: {"words": "words"},
    ops.DisputeClosed: {"words": "words"},
    ops.DayPreflight: {"words": "words"},
    ops.CorrectionDeclined: {"words": "words"},
    ops.TransferChanged: {"parties": "parties"},
}
_COMMITMENT: Final = re.compile("[0-9a-f]{64}")


def commitments(operation: str, body: ops.Body) -> Iterator[tuple[str, str]]:
    """(slot, commitment in hex) of every group that the record `operation` with this body speaks of."""
    owners: list[tuple[str, object, dict[str, str]]] = [(operation, body, GROUPS.get(type(body), {}))]
    if isinstance(body, ops.Settlement):
        owners += [(line.operation, line, {one: one for one in groups_of(line)}) for line in body.lines]
    for owner_id, owner, groups in owners:
        for group, field in groups.items():
            value = getattr(owner, field, "")
            if isinstance(value, str) and _COMMITMENT.fullmatch(value):
                yield f"{owner_id}:{group}", value
