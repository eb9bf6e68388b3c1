"""Looks into what paper between desks and consents from the centre need: keys, slips, approvals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from azpost_desk.domain.refusals import Trouble
from azpost_desk.protocol.approvals import mac
from azpost_desk.services.views_slips import CentreConsent, DeskKey, KnownClose
from azpost_desk.storage import tables as t
from azpost_desk.storage import vault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row, Select

    from azpost_desk.storage.desk import OpenDesk


class SlipReading:
    """The part of services.ports.Reading that slips and approvals ask for."""

    _desk: OpenDesk

    if TYPE_CHECKING:

        def _one(self, wanted: Select[Any]) -> Row[Any] | None: ...
        def _scalar(self, wanted: Select[Any]) -> Any: ...
        def _all(self, wanted: Select[Any]) -> Sequence[Row[Any]]: ...

    def desk_key(self, desk: str, epoch: int) -> DeskKey | None:
        """The key of a chain of this branch; a chain with a later epoch behind it has ended."""
        k = t.desk_keys.c
        row = self._one(select(t.desk_keys).where(k.desk == desk, k.epoch == epoch))
        if row is None:
            return None
        newest = self._scalar(select(func.max(k.epoch)).where(k.desk == desk))
        return DeskKey(row.public_key, "replaced" if row.epoch < newest else row.state)

    def slip(self, operation: str) -> str:
        """The code of the slip this desk signed for an operation, "" when there is none."""
        return self._scalar(select(t.slips.c.code).where(t.slips.c.operation == operation)) or ""

    def known_close(self, desk: str, date: str) -> KnownClose | None:
        """What is known of another desk's close on this date, by paper or by the line."""
        s, o = t.slip_closes.c, t.other_desks.c
        row = self._one(select(t.slip_closes).where(s.desk == desk, s.date == date))
        if row is not None:
            return KnownClose(row.epoch, row.sequence, row.hash, row.figures, by_slip=True)
        row = self._one(select(t.other_desks).where(o.desk == desk, o.date == date, o.state == "closed"))
        return KnownClose(row.epoch, row.sequence, row.hash, row.figures) if row else None

    def consent_request(self, request: str) -> CentreConsent | None:
        """A question to the centre by the id of its request."""
        row = self._one(select(t.approvals).where(t.approvals.c.request == request))
        return self._consent(row) if row else None

    def consent_requests(self, operation: str) -> list[CentreConsent]:
        """Questions to the centre about one operation, first to last."""
        a = t.approvals.c
        rows = self._all(select(t.approvals).where(a.operation == operation).order_by(a.attempt))
        return [self._consent(row) for row in rows]

    def telephone_mac(self, words: bytes) -> bytes:
        """HMAC-SHA-256 over `words` with the secret of this chain.

        Raises:
            Trouble: S-068 the centre gave none when this desk was enrolled.
        """
        secret = self._desk.vault.get(vault.APPROVALS)
        if not secret:
            raise Trouble("S-068")
        return mac(bytes.fromhex(secret), words)

    def _consent(self, row: Row[Any]) -> CentreConsent:
        wrong = self._scalar(
            select(t.approval_tries.c.wrong).where(t.approval_tries.c.request == row.request)
        )
        return CentreConsent(
            desk=self._desk.enrolled.desk,
            request=row.request,
            operation=row.operation,
            subject=row.subject,
            amount_qapik=row.amount_qapik,
            asker=row.asker,
            way=row.way,
            attempt=row.attempt,
            challenge=row.challenge,
            state=row.state,
            approver=row.approver,
            reason=row.reason,
            epoch=row.epoch,
            asked_ms=row.asked_ms,
            wrong=wrong or 0,
        )
