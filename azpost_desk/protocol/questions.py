"""What a desk asks its centre: each question once, with its path, what is asked and what is told.

The centre's web room makes an endpoint of each answer it is given, the desk asks `line.ask(BILL_CHECK, …)`: a
new question is one line here, one answer at the centre and one place that asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from azpost_desk.protocol import abroad, approvals, instant, messages, old_chains, watch
from azpost_desk.protocol.messages import Message

A = TypeVar("A", bound=Message)
T = TypeVar("T", bound=Message)


@dataclass(frozen=True)
class Question(Generic[A, T]):
    """A question and its answer, both signed, both idempotent.

    Attributes:
        path: where the centre answers it.
        ask, told: what is asked and what is told.
        stopped_too: answered also to a desk whose chain has ended; else it is told why it ended
            (PROTOCOL.md 1).
    """

    path: str
    ask: type[A]
    told: type[T]
    stopped_too: bool = False


ENROL: Final = Question("/v1/enrol", messages.Enrol, messages.Enrolled, stopped_too=True)
# An ended chain is told so in the answer, with its refusal.
EXCHANGE: Final = Question("/v1/exchange", messages.Exchange, messages.Exchanged, stopped_too=True)
BILL_CHECK: Final = Question("/v1/bills/check", messages.BillCheck, messages.BillChecked, stopped_too=True)
NOTICES: Final = Question("/v1/notices/find", messages.NoticesAsk, messages.NoticesTold)
TRANSFER_CLAIM: Final = Question("/v1/transfers/claim", messages.TransferClaim, messages.TransferClaimed)
QR_REQUEST: Final = Question("/v1/qr", instant.QrAsk, instant.QrTold)
ABROAD_QUOTE: Final = Question("/v1/abroad/quote", abroad.QuoteAsk, abroad.QuoteTold)
ABROAD_REFUND: Final = Question("/v1/abroad/refund", messages.TransferClaim, messages.TransferClaimed)
ABROAD_CLAIM: Final = Question("/v1/abroad/claim", messages.TransferClaim, messages.TransferClaimed)
TRANSFERS_AHEAD: Final = Question("/v1/transfers/ahead", messages.AheadAsked, messages.AheadTold)
STEPS: Final = Question("/v1/steps", messages.StepsAsked, messages.StepsTold, stopped_too=True)
APPROVAL: Final = Question("/v1/approvals", approvals.ApprovalAsk, approvals.ApprovalTold)
LIST: Final = Question("/v1/lists", watch.ListAsked, watch.ListTold)
OWN_RECORDS: Final = Question("/v1/records/own", old_chains.OwnRecords, old_chains.OwnRecordsTold)
SALVAGE: Final = Question("/v1/salvage", old_chains.Salvage, old_chains.Salvaged, stopped_too=True)
SEALED_SALVAGE: Final = Question(
    "/v1/salvage/sealed", old_chains.SealedSalvage, old_chains.Salvaged, stopped_too=True
)
RECOVER_KEY: Final = Question(
    "/v1/backups/key", old_chains.RecoverKey, old_chains.RecoveredKey, stopped_too=True
)

QUESTIONS: Final[tuple[Question[Any, Any], ...]] = (
    ENROL,
    EXCHANGE,
    BILL_CHECK,
    NOTICES,
    TRANSFER_CLAIM,
    QR_REQUEST,
    ABROAD_QUOTE,
    ABROAD_REFUND,
    ABROAD_CLAIM,
    TRANSFERS_AHEAD,
    STEPS,
    APPROVAL,
    LIST,
    OWN_RECORDS,
    SALVAGE,
    SEALED_SALVAGE,
    RECOVER_KEY,
)
