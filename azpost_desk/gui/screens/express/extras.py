"""The extras of an item on F4: each put on and off by one key, a sum beside it, every price apart.

In: what is sold with the service and what the carriage costs. Out: what the sender wants, the whole price.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from azpost_desk.domain.mail.extras import WantedExtras, extras_at_home, extras_sold, together
from azpost_desk.domain.mail_extras import ADVICE, EXTRAS, IN_PERSON, INSURED
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit.amount_field import AmountField
from azpost_desk.gui.kit.flow import Flow
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.words import Say, phrase, refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.domain.lines.express import ExtraSold
    from azpost_desk.domain.mail_extras import MailExtra
    from azpost_desk.domain.money import Money

_FIELD_PX: Final = 220
_CARRIAGE: Final = "carriage"
# What is said of an extra that is put on before its price is known, or that costs nothing.
_UNPRICED: Final[dict[str, Say]] = {
    ADVICE: "express.extra.advice",
    IN_PERSON: "express.screen.in_person_on",
}


class AsideField(AmountField):
    """An amount that few want: Enter passes it by, a key of its own goes there."""

    def is_skipped(self) -> bool:
        """See `Field`."""
        return True


class Extras(QWidget):
    """What is wanted beside the carriage; out of sight while that is nothing.

    Signals:
        changed(): another price, or another wish.
    """

    changed = Signal()

    def __init__(self, *, at_home: bool) -> None:
        super().__init__()
        self._reckon = extras_at_home if at_home else extras_sold
        self._rows: Sequence[MailExtra] | None = None
        self._service = ""
        self._carriage: tuple[Money, Money] | None = None
        self._total: tuple[Money, Money] | None = None
        self._on: set[str] = set()
        self.insured = AsideField("express.extra.insured", name=INSURED)
        self.insured.setMaximumWidth(_FIELD_PX)
        self.lines = {name: Label("", "strong") for name in (_CARRIAGE, *EXTRAS)}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.insured)
        self._prices = Flow(tuple(self.lines.values()), 16)
        row.addWidget(self._prices, 1)
        self.insured.changed.connect(self._show)
        self._show()

    def offer(self, rows: Sequence[MailExtra], service: str, price: Money, vat: Money) -> None:
        """The carriage costs this, and these are sold with its service."""
        self._rows, self._service, self._carriage = rows, service, (price, vat)
        self._show()

    def withdraw(self) -> None:
        """There is no price, or not any more; what was put on stays."""
        self._rows = self._carriage = None
        self._show()

    def clear(self) -> None:
        """For the next item."""
        self._on.clear()
        self.insured.clear()
        self.withdraw()

    def toggle(self, extra: str) -> None:
        """Put it on, the second time off; a sum is typed next.

        Raises:
            Refused: E-180 it is not sold with the service chosen.
        """
        if extra in self._on:
            self._on.remove(extra)
            if extra == INSURED:
                self.insured.clear()
            self._show()
            return
        if self._rows is not None and extra != INSURED:
            wanted = WantedExtras(advice=extra == ADVICE, in_person=extra == IN_PERSON)
            self._reckon(self._rows, self._service, wanted)
        elif self._rows is not None and all(one.extra != INSURED for one in self._rows):
            raise Refused("E-180", field=INSURED, reason=INSURED)
        self._on.add(extra)
        self._show()
        if extra == INSURED:
            self.insured.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def is_on(self, extra: str) -> bool:
        """Whether it was put on."""
        return extra in self._on

    def wanted(self) -> WantedExtras:
        """As the sale has it; a sum that is still no amount is none."""
        insured = self.insured.money() if INSURED in self._on else None
        return WantedExtras(insured.minor if insured else 0, ADVICE in self._on, IN_PERSON in self._on)

    def total(self) -> tuple[Money, Money] | None:
        """The whole price and the VAT in it; None while there is none, or an extra is not sold so."""
        return self._total

    def _show(self) -> None:
        before, said = self._total, None
        sold: Sequence[ExtraSold] = ()
        wanted, self._total = self.wanted(), None
        if self._rows is not None and self._carriage is not None:
            try:
                sold = self._reckon(self._rows, self._service, wanted)
            except Refused as no:
                said = no
            else:
                is_open = INSURED in self._on and not wanted.insured_qapik
                self._total = None if is_open else together(*self._carriage, sold)
        self._tell(sold, said)
        if self._total != before or self._on:
            self.changed.emit()

    def _tell(self, sold: Sequence[ExtraSold], said: Refused | None) -> None:
        """Each price on a line of its own, and what is wrong beside the sum."""
        priced = {one.extra: azn(one.qapik) for one in sold}
        if priced and self._carriage is not None:
            priced[_CARRIAGE] = self._carriage[0]
        for name, words in self.lines.items():
            if name in priced:
                words.say(phrase(f"express.extra.line.{name}", amount=priced[name]))
            elif name in _UNPRICED:
                words.say(_UNPRICED[name])
            words.setVisible(name in priced or (name in self._on and name != INSURED))
        self.insured.setVisible(INSURED in self._on)
        self.insured.set_hint(refusal(said) if said is not None else "", "warn" if said is not None else "")
        self.setVisible(bool(self._on))
