"""Paying out: what the receiver says is asked of the centre, then their document is written down."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.domain.money import azn
from azpost_desk.domain.products.abroad import PAYOUT as PAYOUT_ABROAD
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.transfer_codes import EXAMPLE, shown_transfer_code
from azpost_desk.gui.kit.buttons import Button, PrimaryButton
from azpost_desk.gui.kit.cards import Candidate, Card, NameList, Sheet
from azpost_desk.gui.kit.enquiring import EnquirySheet
from azpost_desk.gui.kit.fields import AmountField, Choice, ChoiceField, TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import BigAmount, Label
from azpost_desk.gui.kit.person import PersonFields, screen_of
from azpost_desk.gui.kit.persons import person_of
from azpost_desk.gui.kit.rows import filled, left_row
from azpost_desk.gui.kit.words import phrase, plain, refusal, translated
from azpost_desk.gui.screens.transfers import form as decide
from azpost_desk.gui.screens.transfers.actions import AGAIN_KEY, ENQUIRY_KEY, RELEASE_KEY
from azpost_desk.gui.screens.transfers.ahead import AheadCard
from azpost_desk.gui.screens.transfers.fixed_manat import FixedManat
from azpost_desk.gui.work.runner import Lane, Operation
from azpost_desk.services.grants import CENTRE_SAYS_NO

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.domain.abroad.corridors import WayIn
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.abroad_views import IncomingGrant
    from azpost_desk.services.ahead import ReservedAhead
    from azpost_desk.services.disputes import Raised
    from azpost_desk.services.grants import Claimed, Unanswered
    from azpost_desk.services.views import Basket


class PayOutForm(QWidget):
    """The second mode: the question to the centre, and below it, once answered, who takes the money.

    Signals:
        added(): a pay-out has gone into the basket.
        refund_granted(Claimed): an old question answered was for a refund.
    """

    added = Signal()
    refund_granted = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.claimed: Claimed | None = None
        self._ways: tuple[WayIn, ...] = ()
        key = "transfers.screen."
        self.code = TextField(
            f"{key}code", name="code", hint=f"{key}code_hint", check=self._check_number, max_length=40
        )
        self.origin = ChoiceField("abroad.screen.origin", name="way")
        self.code.example = plain(shown_transfer_code(EXAMPLE))
        self.amount = AmountField(f"{key}amount", name="amount")
        self.sender_name = TextField(
            f"{key}sender_name", name="sender_name", hint=f"{key}sender_name_hint", max_length=120
        )
        self.ask = PrimaryButton(f"{key}ask", hint=f"{key}enter")
        # Offered where the centre has refused what a receiver from abroad came for.
        self.enquire = Button("abroad.enquiry.open", ENQUIRY_KEY)
        self.enquire.hide()
        self.enquiry: EnquirySheet | None = None
        self.question = Form(self.ask)
        self.question.add(self.code, self.origin, self.amount, self.sender_name)
        self._told = Card(f"{key}card.receiver")
        self.receiver = PersonFields(session, "receiver", "pay_out", self._told.pill, with_phone=False)
        self.add = PrimaryButton(f"{key}add", hint=f"{key}enter")
        self.release = Button(f"{key}release", RELEASE_KEY, role="quiet", bind=False)
        # No act of the form: what is written down of the receiver waits meanwhile.
        self.again = Button("abroad.screen.ask_again", AGAIN_KEY, role="primary")
        self.again.hide()
        self.payout = Form(self.add)
        self.payout.add(*self.receiver.fields)
        self.paid = BigAmount(f"{key}to_hand_out")
        self._who = Label("", "section", wrap=True)
        self._from = Label("", "muted", wrap=True)
        self.fixed = FixedManat(session)
        self.unanswered_names = NameList()
        self.unanswered = Card(f"{key}unanswered")
        self.held_names = NameList()
        self.held = Card(f"{key}held")
        self.ahead = AheadCard(session)
        self._build()
        self._connect()
        self._show_claimed(None)

    def _build(self) -> None:
        asked = Card("transfers.screen.card.question")
        asked.row(self.code, self.amount, self.sender_name, stretches=(3, 3, 5))
        asked.row(self.origin)
        self.origin.hide()
        asked.row(left_row(self.ask, self.enquire))
        filled(self.question, asked)
        told = self._told
        told.row(self.paid)
        told.row(self._who)
        told.row(self._from)
        told.row(self.fixed)
        told.row(self.receiver)
        told.row(left_row(self.add, self.again, self.release))
        filled(self.payout, told)
        self.unanswered.row(self.unanswered_names)
        self.held.row(self.held_names)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for part in (self.question, self.payout, self.unanswered, self.held, self.ahead):
            column.addWidget(part)
        column.addStretch()

    def _connect(self) -> None:
        self.ask.clicked.connect(self._on_ask)
        self.enquire.clicked.connect(self.open_enquiry)
        self.code.changed.connect(self._on_number)
        self.origin.changed.connect(self._on_number)
        self.fixed.ran_out.connect(self._on_ran_out)
        self.again.clicked.connect(self._on_again)
        self.add.clicked.connect(self._on_add)
        self.release.clicked.connect(self.ask_release)
        self.unanswered_names.picked.connect(self._ask_again)
        self.held_names.picked.connect(self.show_grant)
        self.receiver.opened.connect(lambda _opened: self.payout.go_on(self.receiver.fin))
        self.receiver.placed.connect(lambda: self.payout.go_on(self.receiver.fin))

    # --- what the screen tells the form --------------------------------------------------------------------

    def is_dirty(self) -> bool:
        """Whether a question is being typed or a receiver's document written down."""
        return self.question.dirty or self.claimed is not None

    def focus(self) -> None:
        """To the first field that waits."""
        (self.payout if self.claimed else self.question).focus_first()

    def allow(self, allowed: bool) -> None:
        """Whether this officer may pay out now."""
        self.ask.setEnabled(allowed)
        self.add.setEnabled(allowed)
        self.ahead.take.setEnabled(allowed)

    def show_ways(self, ways: tuple[WayIn, ...]) -> None:
        """By which ways money comes from abroad to this branch."""
        self._ways = ways
        self._on_number()

    def _check_number(self, typed: str) -> None:
        decide.require_number(typed, self._ways)

    def _on_number(self) -> None:
        """The number tells where it is from, and so the currency of the sum; two places are asked about."""
        self.enquire.hide()
        if self.claimed is not None:
            return
        origins = decide.origins_of(self.code.text(), self._ways)
        is_open = len(origins) > 1
        if is_open and self.origin.isHidden():
            self.origin.set_choices([_origin(name, way) for name, way in origins.items()])
        if not is_open:
            self.origin.clear()
        self.origin.setVisible(is_open)
        self._show_way(self._way())

    def _show_way(self, way: WayIn | None) -> None:
        """From where it is, and in what the sum is said."""
        self.code.set_hint(translated(way.country_names) if way else "transfers.screen.code_hint")
        currency = way.currency if way else azn(0).currency
        self.amount.set_currency(currency)
        self.amount.set_hint(plain(currency) if way else "")

    def _way(self) -> WayIn | None:
        """The way in by which it came; None = from an office at home, or not known yet."""
        origins = decide.origins_of(self.code.text(), self._ways)
        chosen = self.origin.text() if len(origins) > 1 else next(iter(origins), "")
        return origins.get(chosen)

    def open_code(self, code: str) -> None:
        """A customer came with this code: what they say of it is next."""
        self.clear()
        self.code.fill(shown_transfer_code(code))
        self.question.dirty = True
        self.question.focus_first()

    def clear(self) -> None:
        """For the next customer; a grant not used stays held and is listed."""
        self.question.clear()
        self._show_claimed(None)
        self.refresh()

    def refresh(self) -> None:
        """Which questions are without an answer, which grants lie here unused."""
        services = self._session.services

        def read() -> tuple[list[Unanswered], list[Claimed], list[ReservedAhead]]:
            parked = services.parking.baskets_parked()
            ahead = services.ahead.list()
            # Whoever comes for one of these is asked first; the list shows no code.
            without = {one.grant for one in ahead}
            held = decide.not_planned(services.transfers.held(), services.baskets.current(), parked)
            return services.transfers.unanswered(), [one for one in held if one.grant not in without], ahead

        Operation(self, read).succeeded(lambda found: self._show_waiting(*found)).start()

    def _show_waiting(self, asked: list[Unanswered], held: list[Claimed], ahead: list[ReservedAhead]) -> None:
        self.ahead.show_list(ahead)
        self.unanswered_names.offer(
            [
                Candidate(
                    phrase(
                        "transfers.screen.asked",
                        code=plain(decide.asked_code(one)),
                        amount=one.amount,
                        asked_ms=one.asked_ms,
                    ),
                    "transfers.screen.ask_again",
                    one,
                )
                for one in asked
            ]
        )
        self.held_names.offer(
            [
                Candidate(
                    phrase(
                        "transfers.screen.held_line",
                        code=plain(decide.shown_number(one.parties.code)),
                        name=plain(one.parties.receiver.name),
                        amount=one.amount,
                    ),
                    f"transfers.screen.held_for.{one.purpose}",
                    one,
                )
                for one in held
            ]
        )
        idle = self.claimed is None
        self.unanswered.setVisible(bool(asked) and idle)
        self.held.setVisible(bool(held) and idle)
        self.ahead.setVisible(idle)

    # --- asking --------------------------------------------------------------------------------------------

    def _on_ask(self) -> None:
        if not self.question.verify():
            return
        services, by, way = self._session.services, self._session.by, self._way()
        values, amount = self.question.values(), self.amount.money()
        work: Callable[[], Claimed]
        try:
            if way is None:
                work = partial(services.transfers.claim, decide.claim_command(values, amount), by)
            else:
                work = partial(services.incoming.claim, decide.incoming_command(way, values, amount), by)
        except Refused as no:
            self._refused(no)
            return
        self._claim(self.ask, work)

    def _ask_again(self, asked: Unanswered) -> None:
        transfers, by, request = self._session.services.transfers, self._session.by, asked.request
        self._claim(self, lambda: transfers.ask_again(request, by))

    def _claim(
        self, parent: QWidget, work: Callable[[], Claimed], failed: Callable[[], None] | None = None
    ) -> None:
        """Ask for a grant; `failed` before anything is said of a no."""

        def refused(no: Refused) -> None:
            if failed is not None:
                failed()
            self._refused(no)

        def no_answer(trouble: Trouble) -> None:
            if failed is not None:
                failed()
            self._no_answer(trouble)

        Operation(parent, work).holding(self.ask).changes("transfers").succeeded(self.show_grant).refused(
            refused
        ).trouble(no_answer).start(Lane.NETWORK)

    def _given_back(self) -> None:
        """The old grant is gone and there is no new one: what the receiver said stands to be asked again."""
        self._show_claimed(None)
        self.question.dirty = True

    def show_grant(self, claimed: Claimed) -> None:
        """The centre granted it: show whose money it is and ask for the document."""
        if claimed.purpose == PAYOUT_ABROAD:
            incoming = self._session.services.incoming
            Operation(self, lambda: incoming.fixed(claimed.grant)).succeeded(
                lambda fixed: self._show_grant(claimed, fixed)
            ).start()
        elif claimed.purpose == "pay":
            self._show_grant(claimed, None)
        else:
            self.refund_granted.emit(claimed)
            self.refresh()

    def _show_grant(self, claimed: Claimed, fixed: IncomingGrant | None) -> None:
        said = fixed.arrived if fixed else claimed.amount
        self.code.fill(decide.shown_number(claimed.parties.code))
        self._show_claimed(claimed)
        self.fixed.show_fixed(fixed)
        self.amount.set_currency(said.currency)
        self.amount.set_money(said)
        self.sender_name.fill(claimed.parties.sender.name)
        self.question.mark_clean()
        self.payout.focus_first()

    def _show_claimed(self, claimed: Claimed | None) -> None:
        self.claimed = claimed
        if claimed is None:
            self.fixed.show_fixed(None)
        self.receiver.reset()
        self.payout.mark_clean()
        for field in (self.code, self.amount, self.sender_name):
            field.set_read_only(claimed is not None)
        self.ask.setVisible(claimed is None)
        self.enquire.hide()
        self.payout.setVisible(claimed is not None)
        self.unanswered.hide()
        self.held.hide()
        self.ahead.setVisible(claimed is None)
        if claimed is None:
            return
        self.paid.show_amount(claimed.amount)
        self._who.say(plain(claimed.parties.receiver.name))
        sender, sent_ms = plain(claimed.parties.sender.name), decide.sent_ms_of(claimed.transfer)
        self._from.say(
            phrase("transfers.screen.sent_by", name=sender, sent_ms=sent_ms)
            if sent_ms
            else phrase("transfers.screen.sent_by_only", name=sender)
        )
        self.receiver.full_name.fill(claimed.parties.receiver.name)

    def open_enquiry(self) -> None:
        """Where is the money somebody came for? They get a number; the centre answers."""
        way = self._way()
        if way is None:
            return
        enquiries, by, number = self._session.services.enquiries, self._session.by, self.code.text()
        about = phrase(
            "abroad.enquiry.coming",
            country=translated(way.country_names),
            sender=plain(self.sender_name.text()),
        )

        def work(words: str) -> Raised:
            return enquiries.open_coming(number, words, by)

        self.enquiry = EnquirySheet(
            self._session, screen_of(self), about, "abroad.enquiry.words.coming", work
        )
        self.enquiry.start()

    def _refused(self, no: Refused) -> None:
        self.enquire.setVisible(
            self.claimed is None and self._way() is not None and no.code in CENTRE_SAYS_NO
        )
        form = self.payout if self.claimed else self.question
        if not form.show_refusal(no):
            self._session.notice(refusal(no), "bad", no.code)
        self.refresh()

    def _no_answer(self, trouble: Trouble) -> None:
        asked = trouble.code.startswith("L-")
        words = "transfers.screen.no_answer" if asked else refusal(trouble)
        self._session.notice(words, "warn", trouble.code)
        self.refresh()

    # --- paying --------------------------------------------------------------------------------------------

    def _on_add(self) -> None:
        claimed = self.claimed
        if claimed is None or not self.payout.verify():
            return
        services, by = self._session.services, self._session.by
        receiver = person_of(self.payout.values(), "receiver")
        owner = services.incoming if claimed.purpose == PAYOUT_ABROAD else services.transfers
        Operation(self.add, lambda: owner.plan_payout(claimed.grant, receiver, by)).changes(
            "basket"
        ).succeeded(self._on_added).refused(self._refused).start()

    def _on_ran_out(self, has_run_out: bool) -> None:
        """The manat stand no more: instead of paying them out they are asked for anew."""
        self.again.setVisible(has_run_out)
        self.add.setVisible(not has_run_out)

    def _on_again(self) -> None:
        claimed = self.claimed
        if claimed is not None:
            incoming, by = self._session.services.incoming, self._session.by
            self._claim(self.again, partial(incoming.renew, claimed.grant, by), self._given_back)

    def _on_added(self, basket: Basket) -> None:
        self._session.basket_changed.emit(basket)
        self.clear()
        self.focus()
        self.added.emit()

    def ask_release(self) -> None:
        """Give the grant back with a reason, so that another office may pay."""
        claimed = self.claimed
        if claimed is None:
            return
        sheet = Sheet(screen_of(self), "transfers.screen.release_title")
        reason = TextField("transfers.screen.release_reason", name="reason", max_length=120)
        go = PrimaryButton("transfers.screen.release", hint="transfers.screen.enter")
        form = Form(go)
        form.add(reason)
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(reason)
        column.addWidget(go)
        form.escaped.connect(lambda _dirty: sheet.close_sheet())
        sheet.body.addWidget(form)
        sheet.closed.connect(sheet.deleteLater)
        transfers, by = self._session.services.transfers, self._session.by

        def released(_none: None) -> None:
            sheet.close_sheet()
            self._session.notice("transfers.screen.released", "good")
            self.clear()
            self.focus()

        def pressed() -> None:
            why = reason.text()
            if form.verify():
                Operation(go, lambda: transfers.release(claimed.grant, by, why)).changes(
                    "transfers"
                ).succeeded(released).refused(
                    lambda no: self._session.notice(refusal(no), "bad", no.code)
                ).start()

        go.clicked.connect(pressed)
        sheet.open(reason)


def _origin(name: str, way: WayIn | None) -> Choice:
    """A place that a number may be from, by the country's name."""
    if way is None:
        return Choice(name, "abroad.screen.home")
    return Choice(name, translated(way.country_names))
