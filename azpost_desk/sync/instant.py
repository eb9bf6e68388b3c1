"""Money by code that the centre confirms: its signed word, for this chain and this request, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from azpost_desk.domain.refusals import Trouble
from azpost_desk.protocol.instant import QrAsk, QrTold, paid_of
from azpost_desk.protocol.keys import is_signed

if TYPE_CHECKING:
    from azpost_desk.sync.ports import Identity


def check_paid(told: QrTold, asked: QrAsk, identity: Identity) -> None:
    """Refuse to believe a confirmation that is not the centre's answer to exactly this request.

    Raises:
        Trouble: L-004.
    """
    if told.paid is None:
        return
    if not is_signed(identity.grants_key, told.paid.words, told.paid.signature):
        raise Trouble("L-004", detail="qr")
    try:
        paid = paid_of(told.paid.words)
    except (msgspec.MsgspecError, UnicodeDecodeError) as fault:
        raise Trouble("L-004", detail=f"qr: {fault}") from fault
    wanted = (identity.desk, identity.epoch, asked.request, asked.digest, asked.amount_qapik)
    if wanted != (paid.desk, paid.epoch, paid.request, paid.digest, paid.amount_qapik):
        raise Trouble("L-004", detail="qr")
