"""Rows that a transaction writes for slips between desks and for responses by telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from azpost_desk.domain import operations as ops
from azpost_desk.domain.approvals import is_from_centre
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol import slips
from azpost_desk.storage import tables as t

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from azpost_desk.protocol.slips import Slip
    from azpost_desk.storage.desk import OpenDesk


class SlipWriting:
    """The part of services.ports.Writing that slips and approvals ask for."""

    _desk: OpenDesk
    _connection: Connection

    def sign_slip(self, operation: str, slip: Slip) -> str:
        """Sign a slip with the key of this chain and keep its code for the paper of `operation`."""
        code = slips.write_code(slip, self._desk.key.sign(slips.words_of(slip)))
        self._connection.execute(insert(t.slips), {"operation": operation, "code": code})
        return code

    def require_consents(self, body: ops.Body, operation: str) -> None:
        """Whoever the body names at the centre as the one who approved must have consented to that operation.

        Raises:
            Refused: S-012.
        """
        parts = body.lines if isinstance(body, ops.Settlement) else (body,)
        for part in parts:
            approver = getattr(part, "approved_by", "")
            if is_from_centre(approver):
                a = t.approvals.c
                about = getattr(part, "operation", operation)
                given = select(a.request).where(
                    a.operation == about,
                    a.approver == approver,
                    a.state == "given",
                    a.epoch == self._desk.enrolled.epoch,
                )
                if self._connection.execute(given).first() is None:
                    raise Refused("S-012")

    def count_wrong_response(self, request: str) -> int:
        """One more wrong response to this challenge; gives how many there were."""
        added = upsert(t.approval_tries).values(request=request, wrong=1)
        counted = added.on_conflict_do_update(
            index_elements=["request"], set_={"wrong": t.approval_tries.c.wrong + 1}
        )
        wrong: int = self._connection.execute(counted.returning(t.approval_tries.c.wrong)).scalar_one()
        return wrong
