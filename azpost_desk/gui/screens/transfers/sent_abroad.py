"""Sent abroad: transfers of this desk with their life in words; asked back, or paid back to their sender."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.domain.names import begins_a_word, fold
from azpost_desk.domain.transfer_codes import is_receipt_number
from azpost_desk.gui.kit.buttons import Button, PrimaryButton
from azpost_desk.gui.kit.cards import Sheet
from azpost_desk.gui.kit.enquiring import EnquirySheet
from azpost_desk.gui.kit.fields import TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.person import screen_of
from azpost_desk.gui.kit.tables import Column
from azpost_desk.gui.kit.words import Say, language, phrase, plain, refusal
from azpost_desk.gui.screens.transfers.actions import ENQUIRY_KEY, NUMBER_KEY, STOP_KEY
from azpost_desk.gui.screens.transfers.refunding import Owed
from azpost_desk.gui.screens.transfers.sent_list import SentList
from azpost_desk.gui.work.runner import Operation
from azpost_desk.services.abroad_views import AbroadTransfer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from azpost_desk.domain.people import Person
    from azpost_desk.domain.refusals import Refused
    from azpost_desk.gui.kit.labels import State
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.disputes import Raised
    from azpost_desk.services.views import Basket, Dispute

_OWED: Final = ("owed", "unclaimed", "refunding")
# Where a recall is still open beside the state; elsewhere the state says how it ended.
_RECALLED: Final = ("queued", "waiting_funds", "leaving", "sent", "unknown", "accepted", "settled")
# It never reached a receiver, or does no more: no number follows.
_ENDED: Final = (
    "refused", "owed", "refunding", "refund_in_doubt", "unclaimed", "refunded", "claimed", "reversed"
)  # fmt: skip
_LOOKS: Final[dict[str, State]] = {
    "paid": "good",
    "refused": "bad",
    "owed": "warn",
    "unclaimed": "warn",
    "refunding": "warn",
    "held": "warn",
    "disputed": "warn",
    "unknown": "warn",
}


def state_words(one: AbroadTransfer) -> Say:
    """What a transfer's state is called for its sender; a settlement word is never "paid" (MA-9)."""
    words = f"abroad.state.{one.state}"
    if not one.recall or one.state not in _RECALLED:
        return words
    return phrase("abroad.state.recalled", state=plain(language().say(words)))


def standing_words(one: AbroadTransfer, asked: Dispute | None) -> Say:
    """How it stands for whoever asks, with the enquiry about it and its answer."""
    is_recalled = one.recall and one.state in _RECALLED
    words: Say = "abroad.sent.may_be_paid" if is_recalled else state_words(one)
    if asked is None:
        return words
    state = plain(language().say(words))
    if not asked.answer:
        return phrase("abroad.enquiry.stands", state=state, number=asked.dispute, due=asked.due)
    answer = plain(language().say(f"dispute.answer.{asked.answer}"))
    return phrase("abroad.enquiry.answered", state=state, number=asked.dispute, answer=answer)


def _time(one: AbroadTransfer) -> str:
    return language().texts.moment(one.sent_ms) if one.sent_ms else ""


def _arrives(one: AbroadTransfer) -> str:
    """Of what another desk sold only what it is paid back with is known here."""
    return language().texts.money(one.arrives) if one.receipt else ""


def _number(one: AbroadTransfer) -> str:
    """Whether the number has come; itself it stands on the second slip only (MA-18)."""
    if one.terms is None or not one.terms.number_follows:
        return ""
    if one.number:
        return language().say("abroad.sent.number_came")
    return "" if one.state in _ENDED else language().say("abroad.sent.number_follows")


def _columns() -> list[Column[AbroadTransfer]]:
    return [
        Column("transfers.screen.sent.time", _time, 136),
        Column("transfers.screen.sent.receiver", lambda one: f"{one.receiver}, {one.country}"),
        Column("abroad.sent.arrives", _arrives, 104, "right"),
        Column("transfers.screen.amount", lambda one: language().texts.money(one.amount), 88, "right"),
        Column("abroad.sent.number", _number, 100),
        Column(
            "transfers.screen.state",
            lambda one: language().say(state_words(one)),
            224,
            state=lambda one: _LOOKS.get(one.state, "neutral"),
        ),
    ]


class SentAbroad(SentList[AbroadTransfer]):
    """The fourth mode: Enter pays back what is owed."""

    def __init__(self, session: Session) -> None:
        super().__init__(
            session,
            _columns(),
            name="transfers.screen.mode.sent_abroad",
            empty="abroad.sent.empty",
            hint="abroad.sent.search_hint",
        )
        self.asking: StopSheet | None = None
        self.stop = Button("abroad.sent.stop", STOP_KEY)
        self.slip = Button("abroad.sent.number_slip", NUMBER_KEY)
        self.enquire = Button("abroad.enquiry.open", ENQUIRY_KEY)
        self.enquiry: EnquirySheet | None = None
        self._add_acts(self.slip, self.stop, self.enquire)
        self.stop.clicked.connect(self.open_stop)
        self.slip.clicked.connect(self.print_number)
        self.enquire.clicked.connect(self.open_enquiry)

    def open_one(self, one: AbroadTransfer) -> None:
        """What is owed is paid back to who sent it; of anything else the state is told."""
        if one.state not in _OWED:
            enquiries = self._session.services.enquiries
            Operation(self, lambda: enquiries.of_sent(one.transfer)).succeeded(
                lambda asked: self._session.notice(standing_words(one, asked), "neutral")
            ).start()
            return
        abroad, by = self._session.services.abroad, self._session.by
        amount = one.amount + one.fee if one.terms is not None and one.terms.fee_returned else one.amount
        facts: Say = plain(one.receiver)
        if one.receipt:
            facts = phrase("abroad.sent.facts", name=facts, arrives=one.arrives, receipt=plain(one.receipt))

        def plan(sender: Person) -> Basket:
            # A grant that is held already is shown again, so a wrong name can be mended and tried again.
            return abroad.plan_refund(abroad.claim_refund(one.transfer, sender.name, by).grant, sender, by)

        self._open_refund(Owed(amount, facts, one.sender, plan))

    def open_elsewhere(self, receipt: str) -> None:
        """What another desk sold is found by its receipt's number and the sender's document."""
        abroad, by = self._session.services.abroad, self._session.by

        def plan(sender: Person) -> Basket:
            held = abroad.claim_refund_by_receipt(receipt, sender.name, by)
            return abroad.plan_refund(held.grant, sender, by)

        facts = phrase("abroad.sent.elsewhere", receipt=plain(receipt))
        self._open_refund(Owed(None, facts, "", plan))

    def open_enquiry(self) -> None:
        """Where is the selected one, or the only one that is shown? The customer gets a number."""
        one = self._selected()
        if one is None:
            return
        enquiries, by = self._session.services.enquiries, self._session.by
        about = phrase(
            "abroad.sent.facts", name=plain(one.receiver), arrives=one.arrives, receipt=plain(one.receipt)
        )

        def work(words: str) -> Raised:
            return enquiries.open_sent(one.transfer, words, by)

        self.enquiry = EnquirySheet(self._session, screen_of(self), about, "abroad.enquiry.words.sent", work)
        self.enquiry.start()

    def open_stop(self) -> None:
        """The selected one, or the only one that is shown, is asked back with a reason."""
        one = self._selected()
        if one is None:
            return
        self.asking = StopSheet(self._session, screen_of(self), one)
        self.asking.asked.connect(self.refresh)
        self.asking.open(self.asking.reason.editor)

    def print_number(self) -> None:
        """The second slip of the selected one, or of the only one that is shown."""
        one = self._selected()
        if one is None:
            return
        slips = self._session.services.numbers

        def done(_none: None) -> None:
            self._session.notice("abroad.sent.number_printing", "good")

        Operation(self.slip, lambda: slips.print_one(one.transfer)).changes("paper").succeeded(done).start()

    def _read(self) -> Callable[[], list[AbroadTransfer]]:
        return self._session.services.abroad.sent

    def _found(self, sent: Sequence[AbroadTransfer], typed: str) -> list[AbroadTransfer]:
        typed = typed.strip()
        key = fold(typed)
        return [
            one
            for one in sent
            if not typed
            or typed in one.receipt
            or (key and begins_a_word(key, fold(f"{one.receiver} {one.sender}").split()))
        ]

    def _look_elsewhere(self, typed: str) -> None:
        """What another desk sold is found by the number of its receipt."""
        typed = typed.strip()
        if is_receipt_number(typed):
            self.open_elsewhere(typed)


class StopSheet(Sheet):
    """Ask a transfer back: cancelled while it has not left, afterwards a question to the partner.

    Signals:
        asked(): it is recorded; the centre decides.
    """

    asked = Signal()

    def __init__(self, session: Session, over: QWidget, one: AbroadTransfer) -> None:
        super().__init__(over, "abroad.sent.stop", width_px=640)
        self._session, self._one = session, one
        self.reason = TextField("abroad.sent.reason", name="reason")
        self.go = PrimaryButton("abroad.sent.stop", hint="transfers.screen.enter")
        self.form = Form(self.go)
        self.form.add(self.reason)
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Label("abroad.sent.may_be_paid", "body", wrap=True))
        column.addWidget(self.reason)
        column.addWidget(self.go)
        self.body.addWidget(self.form)
        self.form.escaped.connect(lambda _dirty: self.close_sheet())
        self.go.clicked.connect(self._on_go)
        self.closed.connect(self.deleteLater)

    def _on_go(self) -> None:
        if not self.form.verify():
            return
        abroad, by, reason = self._session.services.abroad, self._session.by, self.reason.text()

        def work() -> None:
            abroad.stop(self._one.transfer, reason, by)

        Operation(self.go, work).changes("transfers").succeeded(lambda _: self._on_asked()).refused(
            self._refused
        ).start()

    def _on_asked(self) -> None:
        self._session.notice("abroad.sent.asked_back", "good")
        self.asked.emit()
        self.close_sheet()

    def _refused(self, no: Refused) -> None:
        if not self.form.show_refusal(no):
            self._session.notice(refusal(no), "bad", no.code)
