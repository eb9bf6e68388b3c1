"""What the centre says of a question for a second person: believed with its signature on this question."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec

from azpost_desk.domain.refusals import Trouble
from azpost_desk.protocol import approvals
from azpost_desk.protocol.keys import is_signed

if TYPE_CHECKING:
    from azpost_desk.protocol.messages import Signed
    from azpost_desk.sync.ports import Identity

_LOG = logging.getLogger(__name__)


def check_answer(signed: Signed, question: approvals.ApprovalAsk, identity: Identity) -> None:
    """An answer must be the centre's, to this chain, and to exactly this question.

    Raises:
        Trouble: L-004.
    """
    if not is_signed(identity.grants_key, signed.words, signed.signature):
        raise Trouble("L-004", detail="approval")
    try:
        answer = approvals.answer_of(signed.words)
    except (msgspec.MsgspecError, UnicodeDecodeError) as fault:
        raise Trouble("L-004", detail=f"approval: {fault}") from fault
    asked = approvals.Asked(
        identity.desk,
        identity.epoch,
        question.request,
        question.operation,
        question.subject,
        question.amount_qapik,
        question.asker,
        question.attempt,
    )
    if answer.asked != asked or not answer.approver.startswith(approvals.approver_id("")):
        _LOG.error("an answer to %s is not about it", question.request)
        raise Trouble("L-004", detail="approval")
