"""The panel at the right of a screen: beside the work, or over it as a drawer on a narrow window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QApplication, QBoxLayout, QFrame, QScrollArea, QStackedWidget, QWidget

from azpost_desk.domain.money import azn
from azpost_desk.domain.products import due_qapik
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.words import phrase
from azpost_desk.gui.work.guards import guarded

if TYPE_CHECKING:
    from azpost_desk.services.views import Basket

_WIDTH_PX: Final = 316


class _Panels(QStackedWidget):
    """The stack is as high as the panel in sight needs, not as the highest of them would like."""

    def __init__(self) -> None:
        super().__init__()
        self.currentChanged.connect(lambda _at: self.updateGeometry())

    def addWidget(self, panel: QWidget) -> int:
        """See `QStackedWidget`; whatever comes and goes on the panel changes its height."""
        panel.installEventFilter(self)
        return super().addWidget(panel)

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A stack by itself does not hear of it."""
        if event.type() is QEvent.Type.LayoutRequest and watched is self.currentWidget():
            self.updateGeometry()
        return super().eventFilter(watched, event)

    @guarded
    def minimumSizeHint(self) -> QSize:
        """What the panel in sight cannot do without."""
        panel = self.currentWidget()
        return QSize(0, self.heightForWidth(_WIDTH_PX)) if panel is not None else super().minimumSizeHint()

    @guarded
    def heightForWidth(self, width: int) -> int:
        """Its lists give way before anything has to be scrolled to."""
        panel = self.currentWidget()
        layout = panel.layout() if panel is not None else None
        if panel is None or layout is None:
            return super().heightForWidth(width)
        if layout.hasHeightForWidth():
            return layout.minimumHeightForWidth(width)
        return panel.minimumSizeHint().height()


class SideDrawer(QScrollArea):
    """Holds basket and side panels; as a drawer it is open while the focus is in it, or until its key.

    A closed drawer lies beyond the frame's edge, not hidden: what is in it can still take the focus, and
    that opens it.

    Attributes:
        handle: the button of the top bar that opens the drawer; shown only on a narrow screen.
        panels: the stack of basket and side panels.
    """

    def __init__(self, frame: QWidget, rail: QWidget) -> None:
        super().__init__(frame)
        self._frame, self._rail = frame, rail
        self._row: QBoxLayout | None = None
        self._is_drawer = False
        self._is_open = False
        self.panels = _Panels()
        self.panels.setProperty("role", "scrolled")
        self.handle = Button("frame.basket.title", hint="", role="quiet", icon="shopping-basket")
        self.handle.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.handle.clicked.connect(self.toggle)
        self.handle.hide()
        # Low screens scroll the side instead of pushing the strip out of sight.
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(self.panels)
        self.setFixedWidth(_WIDTH_PX)
        rail.installEventFilter(self)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus)

    def stand_in(self, row: QBoxLayout) -> None:
        """Its place on a wide screen: the end of this row."""
        self._row = row
        row.addWidget(self)

    def fit(self, narrow: bool) -> None:
        """Be a drawer on a narrow screen, a column on a wide one."""
        if self._row is None or narrow == self._is_drawer:
            self._place()
            return
        self._is_drawer, self._is_open = narrow, False
        self.handle.setVisible(narrow)
        if narrow:
            self._row.removeWidget(self)
            self._place()
        else:
            self._row.addWidget(self)

    @property
    def closed(self) -> bool:
        """Whether it is a drawer that nobody sees into."""
        return self._is_drawer and not self._is_open

    def toggle(self) -> None:
        """Open a closed drawer, close an open one."""
        self.show_open(not self._is_open)

    def show_open(self, is_open: bool) -> None:
        """Open or close the drawer; a column stays as it is."""
        self._is_open = is_open and self._is_drawer
        self._place()

    def show_basket(self, basket: Basket | None) -> None:
        """The handle says what is to pay: on a narrow screen too it is always in sight."""
        due = sum(due_qapik(planned.line) for planned in basket.lines) if basket else 0
        self.handle.say(phrase("frame.basket.handle", amount=azn(due)) if due else "frame.basket.title")

    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and self._frame.isAncestorOf(new):
            self.show_open(self.isAncestorOf(new))

    def _place(self) -> None:
        if not self._is_drawer:
            return
        top, height = self._rail.mapTo(self._frame, self._rail.rect().topLeft()).y(), self._rail.height()
        left = self._frame.width() - (_WIDTH_PX if self._is_open else 0)
        self.setGeometry(left, top, _WIDTH_PX, height)
        self.raise_()

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The rail stands as high as the middle of the frame: the drawer goes with it."""
        if watched is self._rail and event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place()
        return super().eventFilter(watched, event)
