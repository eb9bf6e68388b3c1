"""Tables: rows of any record shown by columns, read only, picked by keyboard; an empty one teaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, Literal, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from azpost_desk.gui.kit.acts import acts
from azpost_desk.gui.kit.field_frame import writes
from azpost_desk.gui.kit.labels import Label, State
from azpost_desk.gui.kit.theme import Theme, figures, follow_theme
from azpost_desk.gui.kit.words import Say, follow, say
from azpost_desk.gui.work.guards import guarded
from azpost_desk.gui.work.timers import single_shot

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
_STATE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
ROW_PX = 34
# Two lines of an empty list's words with the room around them.
_EMPTY_PX = 104
# Room around the text of a cell and of a pill; how far a column grows; what the widest one keeps at most.
_CELL_PX: Final = 24
_PILL_PX: Final = 38
_GROWS_PX: Final = 90
_TAKER_PX: Final = 200
_MEASURED_ROWS: Final = 60
# What comes in a burst is painted so often: every row moves with each record on top.
_FRAME_MS: Final = 40


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column of a table.

    Attributes:
        words: heading.
        show: what stands there for a record; money and dates already written (`texts.money`).
        width_px: width, more where its words are longer; 0 takes what is left over.
        align: ``left`` for words, ``right`` for money and counts.
        state: for a pill: the state of a record, or None for plain text.
        strong: whether the record's line is bold here (a total).
    """

    words: Say
    show: Callable[[R], str | Say]
    width_px: int = 0
    align: Literal["left", "right"] = "left"
    state: Callable[[R], State | None] | None = None
    strong: Callable[[R], bool] | None = None


# As numbers: Qt asks for every cell at every repaint, and an enum is slow to compare.
_WORDS: Final = frozenset(
    int(role)
    for role in (
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.AccessibleTextRole,
        Qt.ItemDataRole.ToolTipRole,
    )
)
_ALIGNMENT: Final = int(Qt.ItemDataRole.TextAlignmentRole)
_FONT: Final = int(Qt.ItemDataRole.FontRole)
_ANSWERED: Final = _WORDS | {_ALIGNMENT, _FONT, _STATE_ROLE}
_ALIGNED: Final = {
    "left": Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
    "right": Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
}


def _shown(column: Column[R], record: R) -> str:
    shown = column.show(record)
    return shown if isinstance(shown, str) else say(shown)


def _pill(index: Index) -> tuple[str, str]:
    """State and words of a cell that is painted as a pill; without words it is none."""
    rows = index.model()
    if not isinstance(rows, Rows):
        return "", ""
    column, record = rows.columns[index.column()], rows.records[index.row()]
    state = column.state(record) if column.state is not None else None
    return (state, _shown(column, record)) if state else ("", "")


def _font(column: Column[R], record: R) -> QFont | None:
    """The font of a cell where it is not the table's own."""
    bold = column.strong is not None and column.strong(record)
    return figures(Theme.current().size("body"), bold) if bold or column.align == "right" else None


class Rows(QAbstractTableModel, Generic[R]):
    """Records as a model: replaced as a whole by `show`, or one put on top by `prepend`."""

    def __init__(self, columns: Sequence[Column[R]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns = list(columns)
        self.records: list[R] = []
        follow(self, self._retranslate)

    def show(self, records: Sequence[R]) -> None:
        """Show these instead."""
        self.beginResetModel()
        self.records = list(records)
        self.endResetModel()

    def prepend(self, record: R, keep: int = 500) -> None:
        """Put one on top (newest first), keeping at most `keep`."""
        self.beginInsertRows(QModelIndex(), 0, 0)
        self.records.insert(0, record)
        self.endInsertRows()
        if len(self.records) > keep:
            self.beginRemoveRows(QModelIndex(), keep, len(self.records) - 1)
            del self.records[keep:]
            self.endRemoveRows()

    @guarded
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own signature)
        """Qt."""
        return 0 if parent.isValid() else len(self.records)

    @guarded
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own signature)
        """Qt."""
        return 0 if parent.isValid() else len(self.columns)

    @guarded
    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """Qt."""
        if role not in _ANSWERED or not index.isValid():
            return None
        column, record = self.columns[index.column()], self.records[index.row()]
        if role in _WORDS:
            return _shown(column, record)
        if role == _ALIGNMENT:
            return _ALIGNED[column.align]
        if role == _FONT:
            return _font(column, record)
        return column.state(record) if column.state is not None else None

    @guarded
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> object:
        """Qt."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return say(self.columns[section].words)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = self.columns[section].align == "right"
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def _retranslate(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(0, len(self.columns) - 1))
        if self.records:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.records) - 1, len(self.columns) - 1))


class Table(QFrame, Generic[R]):
    """Rows under fixed columns, with a sentence when there are none.

    `name` is what a screen reader calls it, `empty` says what comes here and which key makes the first one.

    Attributes:
        rows: the model; `rows.show(records)`.

    Signals:
        chosen(object): the record on which Enter was pressed, or that was double-clicked.
        moved(object): the record that is selected now, or None.
    """

    chosen = Signal(object)
    moved = Signal(object)

    def __init__(
        self,
        columns: Sequence[Column[R]],
        *,
        name: Say,
        empty: Say,
        card: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "card" if card else "")
        self.rows: Rows[R] = Rows(columns, self)
        self._view = _View()
        self._view.setModel(self.rows)
        self._view.setItemDelegate(_PillDelegate(self._view))
        self._view.enter_pressed.connect(self._on_enter)
        self._view.doubleClicked.connect(lambda _index: self._on_enter())
        self._view.selectionModel().currentRowChanged.connect(
            lambda _new, _old: self.moved.emit(self.current())
        )
        self._view.set_widths([column.width_px for column in columns])
        self._empty = Label(empty, "muted", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setMargin(24)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 8)
        column.setSpacing(0)
        column.addWidget(self._view, 1)
        column.addWidget(self._empty)
        self._together = single_shot(self, lambda: self._view.viewport().setUpdatesEnabled(True))
        self.setFocusProxy(self._view)
        for signal in (self.rows.modelReset, self.rows.rowsInserted, self.rows.rowsRemoved):
            signal.connect(self._on_rows)
        follow(self, lambda: self._view.setAccessibleName(say(name)))
        follow(self, lambda: self._view.setAccessibleDescription("" if self.rows.records else say(empty)))
        follow_theme(self, self._view.viewport().update)
        self._on_rows()

    @property
    def view(self) -> QTableView:
        """The view, for its scroll bar and selection."""
        return self._view

    def show_records(self, records: Sequence[R]) -> None:
        """Show these rows; the selected line stays where it was."""
        at = self._view.currentIndex().row()
        self.rows.show(records)
        if records and at >= 0:
            self._view.selectRow(min(at, len(records) - 1))

    def paint_together(self) -> None:
        """More records are about to come: what came in the last moment is painted with them, all at once."""
        if self._view.viewport().updatesEnabled():
            self._view.viewport().setUpdatesEnabled(False)
            self._together.start(_FRAME_MS)

    def current(self) -> R | None:
        """The selected record."""
        index = self._view.currentIndex()
        return self.rows.records[index.row()] if index.isValid() else None

    def fit_height(self, rows_at_most: int = 12) -> None:
        """Be as high as the rows there are, so that nothing below is pushed out of sight."""
        shown = min(max(len(self.rows.records), 1), rows_at_most)
        self.setFixedHeight(shown * ROW_PX + 34 + 14 if self.rows.records else _EMPTY_PX)

    def _on_rows(self) -> None:
        self._view.setVisible(bool(self.rows.records))
        self._empty.setVisible(not self.rows.records)

    def _on_enter(self) -> None:
        record = self.current()
        if record is not None:
            acts().began.emit(self)
            self.chosen.emit(record)


class _View(QTableView):
    enter_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._widths: list[int] = []
        self._needs: list[int] = []
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setFixedHeight(34)

    @guarded
    def minimumSizeHint(self) -> QSize:
        """A heading and three rows, or there is nothing to see."""
        return QSize(super().minimumSizeHint().width(), 34 + 3 * ROW_PX)

    def set_widths(self, widths_px: list[int]) -> None:
        self._widths, self._needs = widths_px, [0] * len(widths_px)
        model = self.model()
        model.modelReset.connect(self._measure_all)
        model.headerDataChanged.connect(self._measure_all)
        model.rowsInserted.connect(lambda _parent, first, last: self._measure(first, last))
        self._measure_all()

    def _measure_all(self) -> None:
        """What the columns need; a long table is judged by its first rows."""
        fonts = {"small": QFont(self.font()), "body": QFont(self.font())}
        for token, font in fonts.items():
            font.setPixelSize(Theme.current().size(token))
        fonts["small"].setBold(True)
        self._bold, self._plain = QFontMetrics(fonts["small"]), QFontMetrics(fonts["body"])
        orientation, model = Qt.Orientation.Horizontal, self.model()
        self._needs = [
            self._bold.horizontalAdvance(str(model.headerData(at, orientation) or "")) + _CELL_PX
            for at in range(len(self._widths))
        ]
        self._measure(0, min(model.rowCount(), _MEASURED_ROWS) - 1)

    def _measure(self, first: int, last: int) -> None:
        model = self.model()
        for column, width in enumerate(self._widths):
            for row in range(first, last + 1):
                index = model.index(row, column)
                pill = index.data(_STATE_ROLE) is not None
                metrics, around = (self._bold, _PILL_PX) if pill else (self._plain, _CELL_PX)
                need = metrics.horizontalAdvance(str(index.data() or "")) + around
                self._needs[column] = max(
                    self._needs[column], min(need, width + _GROWS_PX) if width else need
                )
        self._spread()

    def _spread(self) -> None:
        """Columns grow while what takes the rest keeps its least width; who has room to spare gives it."""
        fixed = [(width, need) for width, need in zip(self._widths, self._needs, strict=True) if width]
        takers = max(1, len(self._widths) - len(fixed))
        pairs = zip(self._widths, self._needs, strict=True)
        wish = max(80, *(need for width, need in pairs if not width), 0)
        least = min(wish, _TAKER_PX)
        widths = list(self._widths)
        free = self.viewport().width() - sum(widths) - takers * least
        lacking = sum(max(0, need - width) for width, need in fixed) + takers * (wish - least) - free
        for at, need in enumerate(self._needs):
            given = max(0, min(widths[at] - need, lacking))
            widths[at] -= given
            free += given
            lacking -= given
        for at, need in enumerate(self._needs):
            more = max(0, min(need - widths[at], free)) if widths[at] else 0
            widths[at] += more
            free -= more
        for at, width in enumerate(widths):
            self.setColumnWidth(at, width or max(80, least + free // takers))

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._spread()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.enter_pressed.emit()
        elif writes(event):
            # Not Qt's search in the first column: the search of the screen takes it (see lost_keys).
            event.ignore()
        else:
            super().keyPressEvent(event)


class _PillDelegate(QStyledItemDelegate):
    """Paints a state as a pill with words; everything else as the style does, without a focus rectangle."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._view = view

    @guarded
    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        rows = index.model()
        if not isinstance(rows, Rows):
            super().initStyleOption(option, index)
            return
        # What Qt would ask for one role after the other, most of which these rows never answer.
        column, record = rows.columns[index.column()], rows.records[index.row()]
        if isinstance(index, QModelIndex):
            option.index = index
        option.text = _shown(column, record)
        option.features |= QStyleOptionViewItem.ViewItemFeature.HasDisplay
        option.displayAlignment = _ALIGNED[column.align]
        if font := _font(column, record):
            option.font = font

    @guarded
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        state, text = _pill(index)
        if not text:
            super().paint(painter, option, index)
            return
        blank = QStyleOptionViewItem(option)
        self.initStyleOption(blank, index)
        blank.text = ""
        self._view.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, blank, painter, self._view)
        theme = Theme.current()
        font = QFont(option.font)
        font.setPixelSize(theme.size("small"))
        font.setBold(True)
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, option.rect.width() - 36)
        width = metrics.horizontalAdvance(shown) + 20
        left = option.rect.left() + 8
        pill = QRectF(left, option.rect.center().y() - 10, width, 22)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.color(f"{state}_line"))
        painter.setBrush(theme.color(f"{state}_soft"))
        painter.drawRoundedRect(pill, 11, 11)
        painter.setPen(theme.color(state))
        painter.setFont(font)
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, shown)
        painter.restore()

    @guarded
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(super().sizeHint(option, index).width(), ROW_PX)
