"""The panels of bags, counts and notes: what is typed and counted, and whom else it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from azpost_desk.domain.cash import NOTES_QAPIK, counted
from azpost_desk.domain.money import Money
from azpost_desk.domain.operations_cash import CAUSES, SIGNS
from azpost_desk.gui.kit.approval import ApprovalSheet
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.counts import DenominationSheet
from azpost_desk.gui.kit.fields import (
    AmountField,
    Choice,
    ChoiceField,
    Field,
    PhoneField,
    TextField,
    choices_of,
)
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.words import phrase, plain, written
from azpost_desk.gui.screens.tills import cash_form as form
from azpost_desk.gui.screens.tills.sheets import ActSheet
from azpost_desk.gui.work.runner import Operation
from azpost_desk.services.cash_counts import WARNING

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from azpost_desk.domain.refusals import Refused
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.counter import Approval
    from azpost_desk.services.standing import CashNow
    from azpost_desk.services.views_cash import Bag, Count


def sheet_for(over: QWidget, session: Session, act: str, now: CashNow, chosen: Bag | None = None) -> ActSheet:
    """The panel of an act."""
    match act:
        case form.SEAL:
            return ActSheet(over, act, _seal_fields(), DenominationSheet(blind=True))
        case form.COLLECT:
            return ActSheet(over, act, _collect_fields(now, chosen), None)
        case form.RECEIVE:
            return ReceiveSheet(over, session, chosen)
        case form.MAKE_GOOD:
            return MakeGoodSheet(over, session, now)
        case form.SUSPECT:
            return ActSheet(over, act, _suspect_fields(), None)
        case _:
            return ActSheet(over, act, [], DenominationSheet(blind=True))


def _seal_fields() -> list[Field]:
    sort = ChoiceField("cash.screen.field.sort", choices_of(form.SORTS, "cash.bag.sort."), name="sort")
    sort.fill(form.SORTS[0])
    return [
        TextField("cash.screen.field.number", name="number", max_length=20),
        sort,
        AmountField("cash.screen.field.total", name="total", optional=True),
    ]


def _collect_fields(now: CashNow, chosen: Bag | None) -> list[Field]:
    bags = form.waiting(now)
    choices = [
        Choice(bag.bag, phrase("cash.screen.bag_choice", number=plain(bag.number), amount=bag.announced))
        for bag in bags
    ]
    bag = ChoiceField("cash.screen.field.bag", choices, name="bag")
    if chosen is not None and chosen.state == "sealed":
        bag.fill(chosen.bag)
    elif len(bags) == 1:
        bag.fill(bags[0].bag)
    return [
        bag,
        TextField("cash.screen.field.collector", name="name", max_length=80),
        TextField("cash.screen.field.document", name="document"),
    ]


def _suspect_fields() -> list[Field]:
    notes = [Choice(str(note), written("money", Money(note))) for note in NOTES_QAPIK[::-1]]
    return [
        ChoiceField("cash.screen.field.denomination", notes, name="denomination"),
        TextField("cash.screen.field.series", name="series", max_length=20),
        ChoiceField("cash.screen.field.sign", choices_of(SIGNS, "cash.sign."), name="sign", optional=True),
        TextField("cash.screen.field.presenter", name="name", max_length=80),
        TextField("cash.screen.field.id", name="document", optional=True),
        PhoneField("cash.screen.field.phone", name="phone", optional=True),
    ]


class _Consented(ActSheet):
    """A panel whose act a second person signs; `operation` is made before they are asked."""

    def __init__(
        self,
        over: QWidget,
        session: Session,
        act: str,
        fields: list[Field],
        count: DenominationSheet,
    ) -> None:
        super().__init__(over, act, fields, count)
        self._session = session
        self._operation = session.services.counter.new_id()
        self.approval: ApprovalSheet | None = None
        self.done: Callable[[object], object] = lambda _done: None

    def _consent(self, approval: ApprovalSheet, work: Callable[[Approval], object]) -> None:
        self.approval = approval

        def approved(given: Approval) -> None:
            Operation(self.main, lambda: work(given)).holding(self).refused(self.show_refusal).changes(
                "safe", "till", "paper"
            ).succeeded(self.done).start()

        approval.approved.connect(approved)
        approval.ask()


class ReceiveSheet(_Consented):
    """A bag counted in blind; only what differs brings the way of an act with a second person."""

    def __init__(self, over: QWidget, session: Session, bag: Bag | None) -> None:
        number = TextField("cash.screen.field.number", name="number", max_length=20)
        super().__init__(over, session, form.RECEIVE, [number], DenominationSheet(blind=True))
        if bag is not None and bag.state == "announced":
            number.fill(bag.number)
        self.differ = Button("tills.screen.do.differ", "Ctrl+A")
        self.differ.clicked.connect(self._on_differ)
        self.differ.hide()
        self.body.addWidget(self.differ)
        if self.count is not None:
            self.count.changed.connect(self.differ.hide)

    def show_refusal(self, error: Refused) -> None:
        """A difference offers the act; anything else is said as usual."""
        super().show_refusal(error)
        self.differ.setVisible(error.code == "C-045")
        if error.code == "C-045":
            self.differ.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_differ(self) -> None:
        bags, by, operation = self._session.services.bags, self._session.by, self._operation
        number, pieces = self.values()["number"], self.pieces()
        words = phrase("cash.screen.consent.differ", number=plain(number))
        self._consent(
            ApprovalSheet(self, self._session, operation, words, "bag_differs"),
            lambda given: bags.receive_short(by, number, pieces, operation, given),
        )


class MakeGoodSheet(_Consented):
    """Own money for a shortage: the warning stands first, a cause is asked for, a second person signs."""

    def __init__(self, over: QWidget, session: Session, now: CashNow) -> None:
        fields: list[Field] = [
            ChoiceField("cash.screen.field.close", [_close(one) for one in now.shortages], name="close"),
            ChoiceField("cash.screen.field.cause", choices_of(CAUSES, "cash.cause."), name="cause"),
            TextField("cash.screen.field.words", name="words", max_length=200, optional=True),
        ]
        if len(now.shortages) == 1:
            fields[0].fill(now.shortages[0].operation)
        super().__init__(over, session, form.MAKE_GOOD, fields, DenominationSheet(blind=True))
        self.warning = Label("", "body", wrap=True)
        self.warning.say(WARNING, "warn")
        self.body.insertWidget(0, self.warning)
        self.asked.connect(self._ask)

    def _ask(self) -> None:
        services, by, operation = self._session.services, self._session.by, self._operation
        values, pieces = self.values(), self.pieces()
        words = phrase(
            "cash.screen.consent.make_good",
            amount=counted(pieces),
            cause=phrase(f"cash.cause.{values['cause']}"),
        )
        self._consent(
            ApprovalSheet(self, self._session, operation, words, "made_good", counted(pieces)),
            lambda given: form.make_good(services, by, values, pieces, operation, given),
        )


def _close(count: Count) -> Choice:
    return Choice(
        count.operation, phrase("cash.screen.close_choice", at_ms=count.at_ms, missing=count.missing)
    )
