"""A line to a centre that tests play: on or off, answering from a table, losing answers on demand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from azpost_desk.domain.refusals import Trouble
from azpost_desk.protocol.abroad import QuoteAsk, QuoteTold
from azpost_desk.protocol.approvals import ApprovalAsk, ApprovalTold
from azpost_desk.protocol.instant import QrAsk, QrTold
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.protocol.messages import (
    AheadAsked,
    AheadTold,
    BillCheck,
    BillChecked,
    Grant,
    NoticesAsk,
    NoticesTold,
    Signed,
    StepsAsked,
    StepsTold,
    TransferClaim,
    TransferClaimed,
    words_of,
)
from azpost_desk.services.views import LineState

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.domain.notices import Notice
    from azpost_desk.domain.people import AbroadParties, Parties
    from azpost_desk.protocol.messages import Message
    from azpost_desk.protocol.questions import A, Question, T
    from azpost_desk.services.ports import Clock


@dataclass
class PlayedTransfer:
    """A transfer the played centre knows."""

    transfer: str
    amount_qapik: int
    parties: Parties | AbroadParties
    granted: int = 0
    is_for_here: bool = False
    # Of what came from abroad: (smallest units, currency, rate, how long the manat stand).
    came: tuple[int, str, str, int] | None = None


@dataclass
class FakeLine:
    """Behind `services.ports.Line`. The centre part is as small as the desk can notice."""

    clock: Clock
    desk: str = "2002-1"
    online: bool = True
    grants_key: SigningKey = field(default_factory=lambda: SigningKey(b"g" * 32))
    bills: dict[tuple[str, str], BillChecked] = field(default_factory=dict)
    # What a portal says, by the value looked for; None is a portal that says nothing.
    notices: dict[str, tuple[Notice, ...] | None] = field(default_factory=dict)
    sought: list[NoticesAsk] = field(default_factory=list)
    transfers: dict[str, PlayedTransfer] = field(default_factory=dict)
    says_no: str = ""
    refusing: dict[str, str] = field(default_factory=dict)
    lose_answers: int = 0
    asked: list[TransferClaim] = field(default_factory=list)
    wakes: int = 0
    # When the centre was heard last, for whoever is off line.
    heard_ms: int = 0
    is_behind: bool = False
    # How far the desk's clock is before the centre's.
    ahead_ms: int = 0
    steps: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    approvals: dict[str, ApprovalTold] = field(default_factory=dict)
    # The price of money abroad, as tests.fakes.abroad gives it.
    price: Callable[[QuoteAsk], QuoteTold] = lambda _ask: QuoteTold(code="A-010")
    # How the centre answers about codes, as tests.fakes.rail does.
    codes: Callable[[QrAsk], QrTold] = lambda _ask: QrTold(refused="X-131")
    _answers: dict[str, TransferClaimed] = field(default_factory=dict)

    def state(self) -> LineState:
        error = "" if self.online else "L-001"
        return LineState(self.online, 0, 0, 0, error, 0, 0, 0, "", self.heard_ms, self.is_behind)

    def wake(self) -> None:
        self.wakes += 1

    def send(self) -> None:
        if not self.online:
            raise Trouble("L-001")

    def trusted_ms(self) -> int:
        return self.clock.utc_ms()

    def on_change(self, heard: Callable[[], None]) -> None:
        del heard

    def ask(self, question: Question[A, T], asked: A) -> T:
        """What the test put there; a question for an approval waits until somebody did."""
        if not self.online:
            raise Trouble("L-001")
        told: Message
        match asked:
            case BillCheck():
                told = self.bills.get((asked.biller, asked.account), BillChecked(ok=False, code="X-032"))
            case NoticesAsk():
                self.sought.append(asked)
                told = self._noticed(asked)
            case ApprovalAsk():
                told = self.approvals.get(asked.request, ApprovalTold())
            case QuoteAsk():
                told = self.price(asked)
            case QrAsk():
                told = self.codes(asked)
            case TransferClaim():
                told = self._claimed(asked)
            case AheadAsked():
                told = AheadTold(transfers=self._for_here())
            case StepsAsked():
                told = StepsTold(
                    steps=tuple((*step, *self.steps[step]) for step in asked.steps if step in self.steps)
                )
            case _:
                raise AssertionError(question.path)
        assert isinstance(told, question.told)
        return told

    def _noticed(self, asked: NoticesAsk) -> NoticesTold:
        found = self.notices.get(asked.value, ())
        if found is None:
            return NoticesTold(ok=False, code="X-031")
        return NoticesTold(ok=True, notices=found, asked_ms=self.clock.utc_ms() - self.ahead_ms)

    def _claimed(self, claim: TransferClaim) -> TransferClaimed:
        """Idempotent by the request; an answer may be lost after the centre has given it."""
        self.asked.append(claim)
        if claim.request not in self._answers:
            self._answers[claim.request] = self._answer(claim)
        if self.lose_answers:
            self.lose_answers -= 1
            raise Trouble("L-001")
        return self._answers[claim.request]

    def _for_here(self) -> tuple[tuple[str, int], ...]:
        """Those the test named as addressed to this office."""
        return tuple((one.transfer, one.amount_qapik) for one in self.transfers.values() if one.is_for_here)

    def _answer(self, claim: TransferClaim) -> TransferClaimed:
        known = self.transfers.get(claim.code) or next(
            (one for one in self.transfers.values() if one.transfer == claim.transfer), None
        )
        no = self.says_no or self.refusing.get(claim.transfer, "")
        if no or known is None:
            return TransferClaimed(code=no or "T-010", tries_left=4)
        known.granted += 1
        grant = Grant(
            1,
            f"grant-{known.transfer}-{known.granted}",
            known.transfer,
            claim.purpose,
            known.granted,
            "",
            "",
            "",
            self.desk,
            1,
            claim.request,
            known.amount_qapik,
            self.clock.utc_ms(),
        )
        if known.came is not None:
            minor, currency, rate, stands_ms = known.came
            grant = msgspec.structs.replace(
                grant,
                arrived_minor=minor,
                currency=currency,
                rate=rate,
                stands_ms=self.clock.utc_ms() + stands_ms,
            )
        words = words_of(grant)
        signed = Signed(words=words, signature=self.grants_key.sign(words))
        return TransferClaimed(grant=signed, parties=msgspec.json.encode(known.parties))
