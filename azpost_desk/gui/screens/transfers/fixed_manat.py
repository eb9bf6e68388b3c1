"""What came from abroad and the manat it is: the sum as its sender named it, the rate, how long it stands."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.domain.exchange import as_fraction
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.words import phrase, plain
from azpost_desk.gui.work.timers import Repeating

if TYPE_CHECKING:
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.abroad_views import IncomingGrant

_TICK_MS = 1_000


class FixedManat(QWidget):
    """Lines below the manat of a grant; nothing is shown of a transfer at home.

    Attributes:
        has_run_out: the manat stand no more: they are asked for anew.

    Signals:
        ran_out(bool): they stand no more, or (False) others are shown.
    """

    ran_out = Signal(bool)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._fixed: IncomingGrant | None = None
        self.has_run_out = False
        self.worth = Label("", "strong", wrap=True)
        self.left = Label("", "body", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.worth)
        column.addWidget(self.left)
        self._tick = Repeating(self, _TICK_MS, self.count_down)
        self.hide()

    def show_fixed(self, fixed: IncomingGrant | None) -> None:
        """Show a grant's figures and count down, or nothing."""
        self._fixed = fixed
        self._tick.stop()
        self.setVisible(fixed is not None)
        self._say_run_out(has_run_out=False)
        if fixed is None:
            return
        if fixed.rate:
            rate, currency = as_fraction(fixed.rate) or Fraction(0), fixed.arrived.currency
            self.worth.say(phrase("abroad.screen.worth", arrived=fixed.arrived, rate=rate, currency=currency))
        else:
            self.worth.say(phrase("abroad.screen.promised", arrived=fixed.arrived))
        self.left.setVisible(fixed.stands_ms > 0)
        if fixed.stands_ms:
            self._tick.start()
            self.count_down()

    def count_down(self) -> None:
        """How long the manat still stand."""
        if self._fixed is None or not self._fixed.stands_ms:
            return
        left_ms = self._fixed.stands_ms - self._session.services.counter.line.trusted_ms()
        if left_ms <= 0:
            self._tick.stop()
            self._say_run_out(has_run_out=True)
            return
        minutes, seconds = divmod(left_ms // 1_000, 60)
        self.left.say(phrase("abroad.screen.manat_stand", left=plain(f"{minutes}:{seconds:02}")))

    def _say_run_out(self, *, has_run_out: bool) -> None:
        if has_run_out:
            self.left.say("abroad.screen.manat_ran_out", "warn")
        if has_run_out != self.has_run_out:
            self.has_run_out = has_run_out
            self.ran_out.emit(has_run_out)
