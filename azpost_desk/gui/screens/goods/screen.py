"""F6: pick an article by its digit, by arrows, by its name or barcode; how many; into the basket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.buttons import PrimaryButton
from azpost_desk.gui.kit.cards import Card, heading
from azpost_desk.gui.kit.fields import TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.screens import Action, Screen, Session
from azpost_desk.gui.kit.tables import Table
from azpost_desk.gui.kit.theme import GAP_WIDE
from azpost_desk.gui.kit.words import follow, language, phrase, plain, refusal
from azpost_desk.gui.screens.goods import actions, form
from azpost_desk.gui.screens.goods.table import shelf_columns
from azpost_desk.gui.work.guards import guarded
from azpost_desk.gui.work.runner import Operation, Runner
from azpost_desk.services.views import Found

if TYPE_CHECKING:
    from azpost_desk.gui.screens.goods.form import Row
    from azpost_desk.services.goods import OnShelf
    from azpost_desk.services.views import Basket

_ACTING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class GoodsScreen(Screen):
    """The shelf on the left of the basket; a letter typed on it searches."""

    name = "goods"
    place = 50
    opens = ("article",)
    words = "goods.screen.title"
    icon = "store"
    key = "F6"
    permission = Permission.SELL

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._shelf: list[OnShelf] = []
        head, _title, _below = heading("goods.screen.title", "goods.screen.hint")
        self.search = TextField("goods.screen.search", name="search", optional=True, max_length=60)
        self.search.changed.connect(self._show)
        self.search.line.returnPressed.connect(self._on_searched)
        self.shelf: Table[Row] = Table(
            shelf_columns(), name="goods.screen.title", empty="goods.screen.empty", card=False
        )
        self.shelf.view.installEventFilter(self)
        self.shelf.view.selectionModel().selectionChanged.connect(lambda _new, _old: self._show_picked())
        self.shelf.chosen.connect(lambda _row: self._ask_quantity())
        self._name = Label("goods.screen.none", "section", wrap=True)
        self._price = Label("", "muted")
        self.quantity = TextField("goods.screen.quantity", name="quantity", max_length=5)
        self.add = PrimaryButton("goods.screen.add", hint=plain("Enter"))
        self.add.clicked.connect(self._on_add)
        self.form = Form(self.add)
        self.form.add(self.quantity)
        self.form.escaped.connect(self._on_escaped)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GAP_WIDE)
        whole.addWidget(head)
        stock = Card()
        stock.grid.addWidget(self.search, 0, 0)
        stock.grid.addWidget(self.shelf, 1, 0)
        whole.addWidget(stock, 1)
        whole.addWidget(self._build_form())
        Runner.current().changed.connect(self._on_changed)
        follow(self, self._show)

    def _build_form(self) -> Card:
        card = Card()
        row = QHBoxLayout(self.form)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP_WIDE)
        names = QVBoxLayout()
        names.addWidget(self._name)
        names.addWidget(self._price)
        row.addLayout(names, 1)
        self.quantity.setFixedWidth(120)
        row.addWidget(self.quantity, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.add, 0, Qt.AlignmentFlag.AlignVCenter)
        card.grid.addWidget(self.form, 0, 0)
        return card

    # --- what the frame asks ------------------------------------------------------------------------------

    def actions_here(self) -> list[Action]:
        """See `Screen.actions_here`."""
        return actions.actions(self._on_search)

    def enter(self, argument: object = None) -> None:
        """Read the shelf; an article that was found elsewhere is picked."""
        sku = argument.key if isinstance(argument, Found) else ""
        self.reload(sku)
        if not self.is_dirty():
            self._focus_shelf()

    def is_dirty(self) -> bool:
        """See `Screen.is_dirty`."""
        return self.form.dirty

    # --- the shelf ----------------------------------------------------------------------------------------

    def reload(self, pick: str = "") -> None:
        """Read the shelf again."""
        shop = self.session.services.shop

        def read(shelf: list[OnShelf]) -> None:
            first = not self._shelf
            self._shelf = shelf
            self._show()
            if first and self.isVisible() and not self.is_dirty():
                self._focus_shelf()
            if pick:
                self._pick(next((row for row in self.shelf.rows.records if row.sku == pick), None))

        Operation(self, shop.shelf).succeeded(read).refused(self._on_closed).start()

    def _on_closed(self, error: Refused) -> None:
        self._shelf = []
        self._show()
        self.session.notice(refusal(error), "warn", error.code)

    def _on_changed(self, topics: frozenset[str]) -> None:
        if topics & {"day", "till", "basket", "stock"} and self.isVisible():
            self.reload()

    def _show(self) -> None:
        before = self.picked()
        rows = form.rows(self._shelf, language().code, self.search.text())
        self.shelf.rows.show(rows)
        at = next((at for at, row in enumerate(rows) if before and row.sku == before.sku), -1)
        if at >= 0:
            self.shelf.view.selectRow(at)
        self._show_picked()

    def picked(self) -> Row | None:
        """The article that is selected; the view's current line alone, which Qt sets by itself, is none."""
        return self.shelf.current() if self.shelf.view.selectionModel().hasSelection() else None

    def _show_picked(self) -> None:
        row = self.picked()
        self.add.setEnabled(row is not None)
        if row is None:
            self._name.say("goods.screen.none")
            self._price.say("")
        else:
            self._name.say(plain(row.name))
            self._price.say(phrase("goods.screen.each", price=row.price, left=row.left))

    def _pick(self, row: Row | None) -> None:
        if row is None:
            return
        self.shelf.view.selectRow(self.shelf.rows.records.index(row))
        self._ask_quantity()

    def _ask_quantity(self) -> None:
        if self.picked() is None:
            return
        if not self.form.dirty:
            self.quantity.put("1")
        self.quantity.setFocus(Qt.FocusReason.TabFocusReason)

    def _focus_shelf(self) -> None:
        # An empty shelf is hidden and takes no focus.
        target = self.shelf if self.shelf.rows.records else self.search
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.TabFocusReason)

    def _on_searched(self) -> None:
        """Enter in the search: what is found first."""
        found = self.shelf.rows.records
        self._pick(found[0] if found and not self.search.is_empty() else None)

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """On the shelf a digit picks by position; a letter begins a search (see lost_keys)."""
        if (
            watched is self.shelf.view
            # A quick hand's second key may come here when the first has begun a search already.
            and self.shelf.view.hasFocus()
            and event.type() is QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and not event.modifiers() & _ACTING
            and self._take_key(event)
        ):
            return True
        return super().eventFilter(watched, event)

    def _take_key(self, event: QKeyEvent) -> bool:
        typed, rows = event.text(), self.shelf.rows.records
        if is_digits(typed):
            self._pick(next((row for row in rows if str(row.position) == typed), None))
        elif event.key() == Qt.Key.Key_Down and self.picked() is None:
            self.shelf.view.selectRow(0)
        else:
            return False
        return True

    # --- selling ------------------------------------------------------------------------------------------

    def _on_add(self) -> None:
        shop, by = self.session.services.shop, self.session.by
        try:
            command = form.command(self.picked(), self.quantity.text())
        except Refused as no:
            self._on_refused(no)
            return
        Operation(self.add, lambda: shop.sell(command, by)).succeeded(self._on_added).refused(
            self._on_refused
        ).changes("basket").start()

    def _on_refused(self, error: Refused) -> None:
        if not self.form.show_refusal(error):
            self.session.notice(refusal(error), "bad", error.code)

    def _on_added(self, basket: Basket) -> None:
        self.session.basket_changed.emit(basket)
        self._clear()

    def _clear(self) -> None:
        self.form.clear()
        self.search.clear()
        # Nothing stays picked: a held Enter must not add the same article again.
        self.shelf.view.clearSelection()
        self.shelf.view.setCurrentIndex(QModelIndex())
        self._focus_shelf()

    def _on_escaped(self, _dirty: bool) -> None:
        """One number is no work worth a question."""
        self._clear()
