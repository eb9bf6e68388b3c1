"""An amount of money as it is typed or pasted: keys that fit none are dropped, a refused paste is a fault.

In: keys, pastes, the program's amounts. Out: `money()`, or one sentence below the field and no amount.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from azpost_desk.domain.money import Money, parse_amount
from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit.field_frame import TextField
from azpost_desk.gui.kit.theme import Theme, figures
from azpost_desk.gui.kit.words import Say, phrase, written
from azpost_desk.gui.work.guards import guarded

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

_TYPED_MAX: Final = 24
_PASTED_MAX: Final = 10_000


class AmountField(TextField):
    """An amount of money: typed as ``1.234,50``, ``1234,5`` or ``1234.5``; right-aligned, even figures.

    A key that cannot be part of an amount is not taken at all, and scans never reach it. What is pasted is an
    amount as it stands, or none of it is taken: that is a fault, until a person writes or deletes here.
    """

    scans = "never"
    # What was pasted and refused, and whether its example is said; of the class: the filter asks early.
    _fault: tuple[Refused | Say, bool] | None = None
    _KEPT = re.compile(r"[^0-9.,\- ₼]")

    def __init__(
        self,
        words: Say,
        *,
        name: str,
        currency: str = "AZN",
        hint: Say = "",
        optional: bool = False,
        big: bool = False,
        check: Callable[[Money], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            words, name=name, hint=hint, optional=optional, max_length=_PASTED_MAX, parent=parent
        )
        self.currency = currency
        self._check_money = check
        self.example = written("amount", Money(1_250, currency))
        self._line.setProperty("role", "amount-big" if big else "amount")
        self._line.setProperty("scans", self.scans)
        self._line.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._line.setFont(figures(Theme.current().size("big" if big else "body"), bold=True))
        self._before = ""
        # Qt tells of an edit first and of the change after it.
        self._line.textChanged.connect(lambda _text: self._note())
        self._line.textEdited.connect(self._take)

    def set_currency(self, currency: str) -> None:
        """Amounts are of another currency from now on; what stands there is typed anew."""
        if currency != self.currency:
            self.currency = currency
            self.example = written("amount", Money(1_250, currency))
            self.clear()

    def money(self) -> Money | None:
        """The amount, or None when the field is empty or holds no amount."""
        try:
            return parse_amount(self.text(), self.currency) if self.text() else None
        except Refused:
            return None

    def is_refused(self) -> bool:
        """Whether a paste was refused, and a person has yet to write or delete."""
        return self._fault is not None

    def set_money(self, amount: Money | None) -> None:
        """The program writes an amount; see `fill`. None empties the field."""
        self.fill("" if amount is None else self._written(amount))

    def verify(self) -> bool:
        """Refuse what is no amount (G-012), then ask the check of this field."""
        if not super().verify():
            return False
        if self._fault is not None:
            fault, with_example = self._fault
            self.set_error(fault, with_example=with_example)
            return False
        if self.is_empty():
            return True
        try:
            amount = parse_amount(self.text(), self.currency)
            if self._check_money is not None:
                self._check_money(amount)
        except Refused as no:
            self.set_error(no)
            return False
        return True

    def _written(self, amount: Money) -> str:
        # Always the Azerbaijani way, whatever the language on the screen: what is typed is read back this
        # way, and 1,234 must not mean two different amounts on one desk.
        whole, _, part = str(abs(amount.decimal())).partition(".")
        groups = re.sub(r"(?<=[0-9])(?=([0-9]{3})+$)", ".", whole)
        return ("-" if amount.minor < 0 else "") + groups + ("," + part if part else "")

    def _note(self) -> None:
        self._before = self._line.text()

    def put(self, text: str) -> None:
        """See `Field.put`."""
        if self._fault is not None:
            self._fault = None
            self.clear_error()
        super().put(text)

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Deleting where nothing stands takes back a paste that was refused."""
        if (
            self._fault is not None
            and watched is self._line
            and event.type() is QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)
        ):
            self._fault = None
            self.clear_error()
            self.changed.emit()
        return super().eventFilter(watched, event)

    def _take(self, text: str) -> None:
        """What a person just did: a key that fits no amount is dropped, a paste read whole or not at all."""
        before, self._fault = self._before, None
        if len(_inserted(before, text)) <= 1:
            kept = self._KEPT.sub("", text)[:_TYPED_MAX]
            if kept != text:
                at = self._line.cursorPosition() - (len(text) - len(kept))
                self._put_back(kept, max(at, 0))
            return
        try:
            amount = parse_amount(text, self.currency)
        except Refused as no:
            no_amount = phrase("kit.amount.pasted", text=" ".join(text.split())[:40])
            self._fault = (no if no.code == "G-013" else no_amount), no.code != "G-013"
            self._put_back(before, len(before))
            self.verify()
            return
        if self._KEPT.search(text) or len(text) > _TYPED_MAX:
            self._put_back(self._written(amount), len(self._written(amount)))

    def _cleaned(self, text: str) -> str:
        # Read whole or not at all: an amount in the digits of another script is refused, not rewritten.
        return text

    def _put_back(self, text: str, cursor: int) -> None:
        self._line.setText(text)
        self._line.setCursorPosition(cursor)

    def _tidy(self) -> None:
        amount = self.money()
        if amount is not None and self._written(amount) != self._line.text():
            self._line.setText(self._written(amount))


def _alike(one: str, other: str) -> int:
    """With how many characters both begin."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _inserted(before: str, after: str) -> str:
    """What was put in at one place to make `after` of `before`."""
    head = _alike(before, after)
    tail = _alike(before[head:][::-1], after[head:][::-1])
    return after[head : len(after) - tail]
