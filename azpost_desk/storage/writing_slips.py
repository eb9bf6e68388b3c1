"""What a transaction keeps for paper between desks and for responses by telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert
from sqlalchemy.dialects.sqlite import insert as upsert

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

    def count_wrong_response(self, request: str) -> int:
        """One more wrong response to this challenge; gives how many there were."""
        added = upsert(t.approval_tries).values(request=request, wrong=1)
        counted = added.on_conflict_do_update(
            index_elements=["request"], set_={"wrong": t.approval_tries.c.wrong + 1}
        )
        wrong: int = self._connection.execute(counted.returning(t.approval_tries.c.wrong)).scalar_one()
        return wrong
