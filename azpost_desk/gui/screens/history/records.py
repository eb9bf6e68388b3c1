"""Sheets of the history: all years searched, the till at a minute, an officer's differences, causes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from azpost_desk.domain.money import azn
from azpost_desk.gui.kit.buttons import PrimaryButton
from azpost_desk.gui.kit.cards import Sheet, pair
from azpost_desk.gui.kit.causes import Causes
from azpost_desk.gui.kit.fields import Choice, ChoiceField, DateField, TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import BigAmount, Label
from azpost_desk.gui.kit.tables import Table
from azpost_desk.gui.kit.theme import GAP, GAP_WIDE
from azpost_desk.gui.kit.words import follow, language, phrase, plain, refusal
from azpost_desk.gui.screens.history import form as decide
from azpost_desk.gui.screens.history.records_table import found_columns, moved_columns
from azpost_desk.gui.work.runner import Operation
from azpost_desk.services.history import kinds
from azpost_desk.services.searching import FOUND_MAX, Search, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from azpost_desk.domain.money import Money
    from azpost_desk.domain.refusals import Refused
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.kit.words import Say
    from azpost_desk.services.explaining import Explained
    from azpost_desk.services.searching import FoundDone, Moved, Statement, Then

_WIDE_PX: Final = 980
_LINE_KINDS: Final = (
    "transfer.sent",
    "transfer.paid",
    "transfer.refunded",
    "payment.accepted",
    "payment.refunded",
    "item.accepted",
    "goods.sold",
    "line.reversed",
)


class RecordsSheet(Sheet):
    """What the sheets here have in common: a form with a main button, a trouble line, a record to open.

    Signals:
        opened(str): the operation or receipt of a record that was chosen.
    """

    opened = Signal(str)

    def __init__(self, over: QWidget, session: Session, words: Say, act: str, width_px: int) -> None:
        super().__init__(over, words, side="right", width_px=width_px, leave="kit.words.close")
        self._session = session
        self.main = PrimaryButton(act, hint=plain("Enter"))
        self.main.clicked.connect(self._on_main)
        # What was found is told anew in another language, once it has been asked for.
        self._ask_again: Callable[[], object] | None = None
        follow(self, self._on_language)
        self.form = Form(self.main)
        self.form.escaped.connect(lambda _dirty: self.close_sheet())
        self.trouble = Label("", "body", wrap=True)
        self.trouble.hide()
        self.column = QVBoxLayout(self.form)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(GAP)
        self.body.addWidget(self.form, 1)

    def start(self) -> None:
        """Open at the first field."""
        self.open()

    def choose(self, key: str) -> None:
        """Open a record: the sheet goes, the history shows it."""
        self.close_sheet()
        self.opened.emit(key)

    def show_refusal(self, error: Refused) -> None:
        """Beside its field, or above what was found."""
        if not self.form.show_refusal(error):
            self.trouble.say(refusal(error), "bad")
            self.trouble.show()

    def _on_language(self) -> None:
        if self._ask_again is not None:
            self._ask_again()

    def _on_main(self) -> None:
        raise NotImplementedError


class SearchSheet(RecordsSheet):
    """All own records of all years, by what stands on them, by kind, officer and days."""

    def __init__(self, over: QWidget, session: Session, officers: Sequence[tuple[str, str]]) -> None:
        super().__init__(over, session, "records.search", "records.search.do", _WIDE_PX)
        self.text = TextField(
            "records.text", name="text", hint="records.text_hint", optional=True, max_length=120
        )
        self.kind = ChoiceField("records.kind", _kinds(), name="kind", optional=True)
        people = [Choice("", "records.any")] + [Choice(one, plain(name)) for one, name in officers]
        self.officer = ChoiceField("records.officer", people, name="officer", optional=True)
        self.first = DateField("records.first", name="first", optional=True)
        self.last = DateField("records.last", name="last", optional=True)
        self.form.add(self.text, self.kind, self.officer, self.first, self.last)
        self.found: Table[FoundDone] = Table(
            found_columns(), name="records.found", empty="records.search.empty", card=False
        )
        self.found.chosen.connect(lambda one: self.choose(decide.key_of(one.done)))
        self.count = Label("", "hint", wrap=True)
        narrow = QHBoxLayout()
        narrow.setSpacing(GAP_WIDE)
        for field in (self.kind, self.officer, self.first, self.last):
            narrow.addWidget(field, 1)
        self.column.addWidget(self.text)
        self.column.addLayout(narrow)
        for widget in (self.main, self.trouble, self.count):
            self.column.addWidget(widget)
        self.column.addWidget(self.found, 1)

    def start(self) -> None:
        """Open at the text."""
        self.open(self.text.line)

    def search(self) -> Search:
        """What is looked for."""
        first, last = self.first.date(), self.last.date()
        return Search(
            self.text.text(),
            self.kind.text(),
            self.officer.text(),
            first.isoformat() if first else "",
            last.isoformat() if last else "",
        )

    def _on_main(self) -> None:
        if not self.form.verify():
            return
        self.trouble.hide()
        search = self.search()
        self._ask_again = lambda: self._ask(search)
        self._ask(search)

    def _ask(self, search: Search) -> None:
        records, code = self._session.services.records, language().code
        Operation(self.main, lambda: records.find(search, code)).succeeded(self._show).refused(
            self.show_refusal
        ).start()

    def _show(self, found: list[FoundDone]) -> None:
        more = "records.found_more" if len(found) == FOUND_MAX else "records.found_count"
        self.count.say(phrase(more, count=len(found)))
        self.found.show_records(found)
        if found:
            self.found.view.selectRow(0)
            self.found.setFocus(Qt.FocusReason.OtherFocusReason)


def _kinds() -> list[Choice]:
    every = [Choice("", "records.any")]
    every += [Choice(kind, f"history.screen.kind.{kind}") for kind in _LINE_KINDS]
    return every + [Choice(kind, f"history.screen.sort.{sort}") for kind, sort in kinds().items()]


class ThenSheet(RecordsSheet):
    """The till as it stood at any minute, from the journal alone."""

    def __init__(self, over: QWidget, session: Session) -> None:
        super().__init__(over, session, "records.then", "records.then.do", 480)
        self.day = DateField("records.then.day", name="day")
        self.time = TextField(
            "records.then.time", name="time", hint="records.then.time_hint", check=decide.read_minutes
        )
        self.time.example = plain("14:05")
        self.form.add(self.day, self.time)
        self.balance = BigAmount("records.then.balance")
        self._facts = QWidget()
        self._rows = QVBoxLayout(self._facts)
        self._rows.setContentsMargins(0, 0, 0, 0)
        for widget in (self.day, self.time, self.main, self.trouble, self.balance, self._facts):
            self.column.addWidget(widget)
        self.column.addWidget(Label("records.then.hint", "hint", wrap=True))
        self.column.addStretch()
        self.balance.show_amount(None)
        self.then: Then | None = None

    def start(self) -> None:
        """Open at the day."""
        self.open(self.day.line)

    def _on_main(self) -> None:
        day = self.day.date()
        if not self.form.verify() or day is None:
            return
        at_ms = moment(day.isoformat(), decide.read_minutes(self.time.text()))
        self._ask_again = lambda: self._ask(at_ms)
        self._ask(at_ms)

    def _ask(self, at_ms: int) -> None:
        records, code = self._session.services.records, language().code
        Operation(self.main, lambda: records.till_at(at_ms, code)).succeeded(self._show).start()

    def _show(self, then: Then) -> None:
        self.then = then
        self.balance.show_amount(azn(then.till.balance_qapik))
        while self._rows.count():
            item = self._rows.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        texts = language().texts
        holder: Say = plain(then.holder) if then.holder else "records.then.nobody"
        self._rows.addWidget(pair("records.then.holder", holder))
        pieces: Say = "records.then.unknown"
        if then.till.pieces is not None:
            pieces = phrase("records.then.counted", count=sum(then.till.pieces.values()))
        self._rows.addWidget(pair("records.then.pieces", pieces))
        if then.last is not None:
            words, _more = decide.what(then.last)
            self._rows.addWidget(pair("records.then.last", words))
            self._rows.addWidget(pair("records.then.at", plain(texts.moment(then.till.last_ms))))
            if then.last.receipt:
                self._rows.addWidget(pair("history.screen.column.receipt", plain(then.last.receipt)))


class StatementSheet(RecordsSheet):
    """Surplus and shortage of an officer, all years, with what stands after each."""

    def __init__(self, over: QWidget, session: Session, officers: Sequence[tuple[str, str]]) -> None:
        super().__init__(over, session, "records.statement", "records.statement.do", _WIDE_PX)
        self.officer = ChoiceField(
            "records.officer", [Choice(one, plain(name)) for one, name in officers], name="officer"
        )
        self.form.add(self.officer)
        self.moves: Table[Moved] = Table(
            moved_columns(), name="records.statement", empty="records.statement.empty", card=False
        )
        self.moves.chosen.connect(lambda one: self.choose(one.operation))
        self.balance = BigAmount("records.statement.balance")
        for widget in (self.officer, self.main, self.trouble, self.balance):
            self.column.addWidget(widget)
        self.column.addWidget(self.moves, 1)
        self.balance.show_amount(None)

    def start(self) -> None:
        """Open with one's own."""
        own = self._session.by.officer
        self.officer.fill(own)
        self.open(self.officer.editor)
        self._on_main()

    def _on_main(self) -> None:
        if not self.form.verify():
            return
        self.trouble.hide()
        records, by, officer = self._session.services.records, self._session.by, self.officer.text()
        Operation(self.main, lambda: records.statement(by, officer)).succeeded(self._show).refused(
            self.show_refusal
        ).start()

    def _show(self, statement: Statement) -> None:
        balance: Money = statement.balance
        self.balance.show_amount(balance, "bad" if balance.minor < 0 else "")
        self.moves.show_records(list(reversed(statement.rows)))


class CausesSheet(Sheet):
    """What may explain one recorded count; Enter opens a record.

    Signals:
        opened(str): the receipt or operation to open.
    """

    opened = Signal(str)

    def __init__(self, over: QWidget, explained: Explained, told: Callable[[str], Explained]) -> None:
        """
        Args:
            told: the same in another language, by its code; slow.
        """
        super().__init__(over, "explain.title", width_px=_WIDE_PX, leave="kit.words.close")
        self.causes = Causes()
        self.causes.opened.connect(lambda found: self._on_opened(found.key))
        difference = azn(explained.closed.difference_qapik)
        amount = BigAmount("dispute.figure.till.difference")
        amount.show_amount(difference, "bad" if difference else "good")
        self.body.addWidget(amount)
        self.body.addWidget(self.causes)
        self.causes.show_explained(explained)
        self._code = language().code
        follow(self, lambda: self._tell_again(told))

    def _tell_again(self, told: Callable[[str], Explained]) -> None:
        code = language().code
        if code != self._code:
            self._code = code
            Operation(self, lambda: told(code)).succeeded(self.causes.show_explained).start()

    def start(self) -> None:
        """Open at the list."""
        self.open(self.causes.table.view)

    def _on_opened(self, key: str) -> None:
        self.close_sheet()
        self.opened.emit(key)


def show(sheet: RecordsSheet | CausesSheet, opened: Callable[[str], object]) -> None:
    """Wire a sheet to what opens its records; it goes away by itself."""
    sheet.opened.connect(opened)
    sheet.closed.connect(sheet.deleteLater)
    sheet.start()
