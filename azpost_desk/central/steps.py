"""The standing of a desk's own outside steps at the centre, told when that desk asks; nothing is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.delivery_moves import AT_DESK
from azpost_desk.protocol.messages import StepsAsked, StepsTold

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection

# More than a desk can have open; a longer question is answered as far as this.
STEPS_MAX: Final = 500


def told(conn: Connection, desk: str, epoch: int, question: StepsAsked) -> StepsTold:
    """The state of each step that belongs to this desk; another desk's are not spoken of."""
    asked = question.steps[:STEPS_MAX]
    answers: list[tuple[str, str, str, int]] = []
    for sort, table in (("payment", _PAYMENTS), ("grant", _GRANTS), ("request", _REQUESTS)):
        ids = [thing for one, thing in asked if one == sort]
        if ids:
            rows = conn.execute(table, {"desk": desk, "epoch": epoch, "ids": ids})
            answers += [
                (sort, str(thing), AT_DESK.get(state, state), int(at_ms)) for thing, state, at_ms in rows
            ]
    return StepsTold(steps=tuple(answers))


_PAYMENTS: Final = (
    "select payment, state, changed_ms from payments where desk = %(desk)s and payment = any(%(ids)s)"
)
_GRANTS: Final = (
    "select \"grant\", 'grant_' || state, issued_ms from grants"
    ' where holder = %(desk)s and holder_epoch = %(epoch)s and "grant" = any(%(ids)s)'
)
_REQUESTS: Final = (
    "select request, 'granted', issued_ms from grants"
    " where holder = %(desk)s and holder_epoch = %(epoch)s and request = any(%(ids)s)"
    " union all select request, 'missed', 0 from missed_claims"
    " where desk = %(desk)s and epoch = %(epoch)s and request = any(%(ids)s)"
)
