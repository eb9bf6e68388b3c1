"""The one box: anything typed or scanned finds what it is; one answer opens at once, several are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from azpost_desk.domain.typed import one_line
from azpost_desk.gui.kit.cards import Candidate, NameList
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.named import found_detail, found_title
from azpost_desk.gui.kit.words import Say, counted_phrase, follow, phrase, plain, say
from azpost_desk.gui.work.guards import guarded

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from azpost_desk.services.views import Found


# A price with its place and its fee is longer than the box.
_WIDTH_PX: Final = 640
# Edge and padding of a field on both sides.
_EDGES_PX: Final = 24


def candidate(found: Found) -> Candidate:
    """An answer as a line of the list, under the name of its kind."""
    title, detail = _words(found)
    return Candidate(title, detail, found, f"frame.kind.{found.kind}")


def _words(found: Found) -> tuple[Say, Say]:
    offer = found.offer
    if offer is None:
        return found_title(found), found_detail(found)
    if found.kind == "article":
        return plain(found.title), phrase("frame.box.price.total", total=offer.total)
    place: Say = plain(f"{offer.place} {offer.postcode}".strip())
    if not offer.place:
        place = f"frame.box.price.zone.{offer.zone or 'any'}" if offer.weight_grams else "frame.box.price.any"
        place = phrase(place)
    if offer.amount is not None:
        return (
            phrase("frame.box.price.transfer", amount=offer.amount, place=place),
            phrase("frame.box.price.sum", fee=offer.fee, total=offer.total),
        )
    time: Say = counted_phrase("express.screen.days", offer.days)
    if offer.day:
        time = phrase("frame.box.price.expected", time=time, day=offer.day)
    return (
        phrase("frame.box.price.item", service=plain(offer.name), item_grams=offer.weight_grams, place=place),
        phrase(
            "frame.box.price.item_sum" if offer.vat else "frame.box.price.item_sum_plain",
            vat=offer.vat,
            total=phrase("frame.box.price.least", total=offer.total) if offer.is_least else offer.total,
            time=time,
        ),
    )


class OneBox(QLineEdit):
    """The box at the top; Ctrl K comes here, Enter asks, Esc leaves.

    Signals:
        asked(str): find this.
        left(): Esc; the screen gets the focus back.
    """

    asked = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "search")
        follow(self, self._retranslate)
        self.returnPressed.connect(self._on_return)

    def _retranslate(self) -> None:
        self._show_examples()
        self.setAccessibleName(say("frame.box.name"))

    def _show_examples(self) -> None:
        """As many as there is room for, each whole: the box gives way to a long name beside it."""
        examples = say("frame.box.placeholder").removesuffix("…").split(", ")
        room = self.width() - _EDGES_PX
        while len(examples) > 1 and self.fontMetrics().horizontalAdvance(f"{', '.join(examples)}…") > room:
            examples.pop()
        self.setPlaceholderText(f"{', '.join(examples)}…")

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other examples fit."""
        super().resizeEvent(event)
        self._show_examples()

    def _on_return(self) -> None:
        text = one_line(self.text()).strip()
        if text:
            self.asked.emit(text)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc empties and leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
            return
        super().keyPressEvent(event)


class Answers(QFrame):
    """The list under the box when there is more than one answer.

    Signals:
        opened(object): services.views.Found.
        left(): Esc.
    """

    opened = Signal(object)
    left = Signal()

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.setProperty("role", "sheet")
        self._head = Label("frame.box.several", "hint")
        self.names = NameList("frame.box.nothing")
        self.names.picked.connect(self._on_picked)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.addWidget(self._head)
        column.addWidget(self.names)
        self.hide()

    def offer(self, found: list[Found], under: QWidget) -> None:
        """Show the answers below `under`."""
        self._head.say("frame.box.several" if len(found) > 1 else "frame.box.one")
        self.names.offer([candidate(one) for one in found])
        corner = under.mapTo(under.window(), under.rect().bottomLeft())
        self.setFixedWidth(min(max(under.width(), _WIDTH_PX), under.window().width() - corner.x() - 8))
        # Shown first: the height of a list that is offered again is reckoned from what stands in it now.
        self.show()
        for layout in (self.names.layout(), self.layout()):
            if layout is not None:
                layout.activate()
        self.adjustSize()
        self.move(corner.x(), corner.y() + 4)
        self.raise_()
        self.names.setFocus()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _on_picked(self, found: object) -> None:
        self.hide()
        self.opened.emit(found)
