"""What is wrong with the bag in hand: reported by the sheet of F5; the reports stand with the bag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.cards import NameList
from azpost_desk.gui.kit.irregular import IrregularSheet, ReportSheet, line_of
from azpost_desk.gui.kit.words import follow
from azpost_desk.gui.screens.mail_bags import actions
from azpost_desk.gui.screens.mail_bags.table import printed_bag
from azpost_desk.gui.work.runner import Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from azpost_desk.gui.kit.cards import Sheet
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.irregularities import Reported


class WrongWithBag(QObject):
    """The act and the reports of one page.

    Attributes:
        button: reports what is wrong; its key is the screen's.
        reports: what was reported of this bag at this desk; one that is picked is shown with its photo.
        sheet: the panel that stands open, None while none does.
    """

    def __init__(self, session: Session, page: QWidget) -> None:
        super().__init__(page)
        self._session, self._page, self._number = session, page, ""
        self._known: tuple[Reported, ...] = ()
        self.sheet: Sheet | None = None
        self.button = Button("tracking.screen.irregular.do", actions.IRREGULAR_KEY, role="quiet", bind=False)
        self.reports = NameList()
        self.reports.hide()
        self.button.clicked.connect(self.report)
        self.reports.picked.connect(self._on_report)
        follow(self, self._offer)

    def show_bag(self, number: str) -> None:
        """Another bag is in hand, or the same once more."""
        if number != self._number:
            self._number, self._known = number, ()
            self._offer()
        reports = self._session.services.irregularities
        Operation(self._page, lambda: (number, reports.of(number))).succeeded(self._show).start()

    def report(self) -> None:
        """Ask what is wrong with the bag shown."""
        number = self._number
        self.report_on(number, self._page, lambda: self.show_bag(number))

    def report_on(self, number: str, over: QWidget, then: Callable[[], object]) -> None:
        """Ask over `over` what is wrong with a bag; `then` once it is on the disk."""
        if self.sheet is None and number:
            sheet = IrregularSheet(over, self._session, number, printed_bag(number))
            sheet.reported.connect(then)
            self._open(sheet, sheet.kind)

    def _show(self, found: tuple[str, tuple[Reported, ...]]) -> None:
        number, known = found
        if number == self._number and known != self._known:
            self._known = known
            self._offer()

    def _offer(self) -> None:
        self.reports.setVisible(bool(self._known))
        self.reports.offer([line_of(one) for one in self._known])

    def _on_report(self, one: Reported) -> None:
        reports = self._session.services.irregularities

        def show(photo: bytes) -> None:
            if self.sheet is None:
                self._open(ReportSheet(self._page, one, photo))

        Operation(self._page, lambda: reports.photo(one.operation)).succeeded(show).start()

    def _open(self, sheet: Sheet, focus: QWidget | None = None) -> None:
        self.sheet = sheet
        sheet.closed.connect(self._on_closed)
        sheet.open(focus)

    def _on_closed(self) -> None:
        sheet, self.sheet = self.sheet, None
        if sheet is not None:
            sheet.deleteLater()
