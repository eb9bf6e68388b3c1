"""The tray of baskets: set aside by a key, resumed by a digit, handed over or cancelled by a supervisor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.domain.staff import PERMISSIONS, Permission, Role
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.cards import Candidate, NameList, Sheet
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.words import counted_phrase, language, phrase, plain, refusal, translated
from azpost_desk.gui.work.runner import Operation, Runner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.domain.refusals import Refused
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.parking import Waiting
    from azpost_desk.services.views import Basket, OfficerAtDesk

PARK_KEY = "Ctrl+F11"
OPEN_KEY = "Ctrl+Shift+F11"
_WATCHED = frozenset({"basket", "till", "day", "line"})
_WIDTH_PX = 640


class TrayBar(QWidget):
    """Under the basket: set it aside, and how many wait.

    Signals:
        resumed(Basket): a parked basket is in hand again.
    """

    resumed = Signal(object)

    def __init__(self, session: Session, over: QWidget) -> None:
        super().__init__(over)
        self._session, self._over = session, over
        self._basket: Basket | None = None
        self.waiting: list[Waiting] = []
        self.park_button = Button("recovery.tray.park", PARK_KEY, role="quiet", bind=False)
        self.park_button.clicked.connect(self.park)
        self.open_button = Button("recovery.tray.title", OPEN_KEY, role="quiet", bind=False)
        self.open_button.clicked.connect(self.open_tray)
        self.sheet = TraySheet(over, session)
        self.sheet.resumed.connect(self._on_resumed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.park_button)
        column.addWidget(self.open_button)
        session.basket_changed.connect(self._on_basket)
        Runner.current().changed.connect(self._on_changed)
        self._show()
        self.refresh()

    def refresh(self) -> None:
        """Read the tray again."""
        parking, by = self._session.services.parking, self._session.by
        Operation(self, lambda: parking.tray(by)).succeeded(self._on_tray).start()

    def park(self) -> None:
        """Set the basket in hand aside; with none in hand, look into the tray."""
        basket = self._basket
        if basket is None or not basket.lines:
            self.open_tray()
            return
        parking, by = self._session.services.parking, self._session.by
        Operation(self.park_button, lambda: parking.park(by, basket.basket)).changes("basket").succeeded(
            lambda _none: self._on_parked()
        ).refused(self._on_refused).start()

    def open_tray(self) -> None:
        """Show what waits."""
        self.sheet.ask()

    def _on_parked(self) -> None:
        self._session.basket_changed.emit(None)
        self._session.notice("recovery.tray.parked", "good")

    def _on_resumed(self, basket: Basket | None) -> None:
        self._session.basket_changed.emit(basket)
        self.resumed.emit(basket)

    def _on_refused(self, error: Refused) -> None:
        self._session.notice(refusal(error), "warn", error.code)

    def _on_basket(self, basket: Basket | None) -> None:
        self._basket = basket
        self._show()

    def _on_changed(self, topics: frozenset[str]) -> None:
        if topics & _WATCHED and self._session.officer is not None:
            self.refresh()

    def _on_tray(self, waiting: list[Waiting]) -> None:
        self.waiting = waiting
        self._show()

    def _show(self) -> None:
        self.park_button.setVisible(self._basket is not None and bool(self._basket.lines))
        self.open_button.setVisible(bool(self.waiting))
        if self.waiting:
            self.open_button.say(counted_phrase("recovery.tray.count", len(self.waiting)))


class TraySheet(Sheet):
    """What waits, longest first; a digit takes one in hand.

    Signals:
        resumed(object): the basket in hand now, None after a hand-over of the one that was in hand.
    """

    resumed = Signal(object)

    def __init__(self, over: QWidget, session: Session) -> None:
        super().__init__(over, "recovery.tray.title", side="right", width_px=_WIDTH_PX)
        self._session = session
        self.names = NameList("recovery.tray.empty")
        self.names.picked.connect(self._on_picked)
        self.hand_over = HandOverSheet(over, session)
        self.hand_over.done.connect(self._on_handed_over)
        self.body.addWidget(Label("recovery.tray.hint", "muted", wrap=True))
        self.body.addWidget(self.names)
        self.body.addStretch()

    def ask(self) -> None:
        """Read the tray and open."""
        parking, by = self._session.services.parking, self._session.by
        Operation(self, lambda: parking.tray(by)).succeeded(self._offer).start()

    def _offer(self, waiting: list[Waiting]) -> None:
        self.names.offer([_candidate(one) for one in waiting])
        self.open(self.names if waiting else None)

    def _on_picked(self, one: Waiting) -> None:
        by, parking = self._session.by, self._session.services.parking
        if one.officer != by.officer and self._session.may(Permission.TAKE_OVER_BASKET):
            self.close_sheet()
            self.hand_over.ask(one)
            return
        Operation(self.names, lambda: parking.resume(by, one.basket)).changes("basket").succeeded(
            self._on_resumed
        ).refused(self._on_refused).start()

    def _on_resumed(self, basket: Basket) -> None:
        self.close_sheet()
        self.resumed.emit(basket)

    def _on_refused(self, error: Refused) -> None:
        self.close_sheet()
        self._session.notice(refusal(error), "warn", error.code)

    def _on_handed_over(self) -> None:
        self._session.notice("recovery.tray.handed_over", "good")
        # It may have been the one in hand.
        Operation(self, self._session.services.baskets.current).succeeded(self.resumed.emit).start()


class HandOverSheet(Sheet):
    """A supervisor gives a parked basket to somebody, or cancels it; either way it is recorded.

    Signals:
        done(): it is on the disk.
    """

    done = Signal()

    def __init__(self, over: QWidget, session: Session) -> None:
        super().__init__(over, "recovery.tray.hand_over", side="right", width_px=_WIDTH_PX)
        self._session = session
        self._basket = ""
        self.names = NameList()
        self.names.picked.connect(self._on_picked)
        self.cancel = Button("recovery.tray.cancel", "Ctrl+Del", role="danger", bind=False)
        self.cancel.clicked.connect(lambda: self._on_picked(None))
        self.body.addWidget(Label("recovery.tray.hand_over_hint", "muted", wrap=True))
        self.body.addWidget(self.names)
        self.body.addWidget(self.cancel)
        self.body.addStretch()

    def ask(self, one: Waiting) -> None:
        """Offer everybody else who may sell."""
        self._basket = one.basket

        def offer(officers: Sequence[OfficerAtDesk]) -> None:
            others = [
                officer
                for officer in officers
                if officer.officer != one.officer and Permission.SELL in PERMISSIONS[Role(officer.role)]
            ]
            self.names.offer(
                [Candidate(plain(other.name), f"staff.role.{other.role}", other.officer) for other in others]
            )
            self.open(self.names)

        Operation(self, self._session.services.staff.officers).succeeded(offer).start()

    def _on_picked(self, officer: str | None) -> None:
        parking, by, basket = self._session.services.parking, self._session.by, self._basket
        Operation(self.names, lambda: parking.hand_over(by, basket, officer)).holding(self).changes(
            "basket", "journal"
        ).succeeded(lambda _none: self._on_done()).refused(self._on_refused).start()

    def _on_done(self) -> None:
        self.close_sheet()
        self.done.emit()

    def _on_refused(self, error: Refused) -> None:
        self.close_sheet()
        self._session.notice(refusal(error), "warn", error.code)


def _candidate(one: Waiting) -> Candidate:
    title = phrase("recovery.tray.one", what=translated(one.titles), amount=one.due)
    detail = phrase(
        f"recovery.tray.waits.{one.waits}",
        time=plain(language().texts.time(one.since_ms)),
        owner=plain(one.owner),
    )
    return Candidate(title, detail, one)
