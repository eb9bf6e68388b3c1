"""Bags, counts and notes, one key away from the till: lists with their acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.cards import Card, heading
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.screens import Screen, Session
from azpost_desk.gui.kit.tables import Table
from azpost_desk.gui.kit.theme import GAP, GAP_WIDE
from azpost_desk.gui.kit.words import follow, language, phrase, plain, refusal
from azpost_desk.gui.screens.tills import actions
from azpost_desk.gui.screens.tills import cash_form as form
from azpost_desk.gui.screens.tills.cash_sheets import MakeGoodSheet, ReceiveSheet, sheet_for
from azpost_desk.gui.screens.tills.sheets import ClosedSheet
from azpost_desk.gui.screens.tills.table import bag_columns, count_columns
from azpost_desk.gui.work.runner import Operation, Runner
from azpost_desk.services.cash_counts import Counted
from azpost_desk.services.views import Found

if TYPE_CHECKING:
    from azpost_desk.domain.refusals import Refused
    from azpost_desk.gui.kit.screens import Action
    from azpost_desk.gui.screens.tills.sheets import ActSheet
    from azpost_desk.services.standing import CashNow
    from azpost_desk.services.views_cash import Bag, Count

_TOPICS = frozenset({"day", "till", "safe", "news"})


class CashScreen(Screen):
    """Reached from the till's page; every act opens a panel and stands in the journal by itself."""

    name = "cash"
    place = 120
    opens = ("bag",)
    words = "cash.screen.title"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._now: CashNow | None = None
        self._wanted = ""
        self.sheet: ActSheet | None = None
        self.result: ClosedSheet | None = None
        self.buttons: dict[str, Button] = {}
        self._whys: dict[str, Label] = {}
        self._head, _title, self._as_of = heading("cash.screen.title", plain(" "))
        self.back = Button("cash.screen.back", "F7", bind=False)
        self.back.clicked.connect(lambda: self.session.open("tills"))
        self.bags: Table[Bag] = Table(
            bag_columns(), name="cash.screen.bags", empty="cash.screen.bags.empty", card=False
        )
        self.counts: Table[Count] = Table(
            count_columns(self._name_of),
            name="cash.screen.counts",
            empty="cash.screen.counts.empty",
            card=False,
        )
        self._worn, self._suspect = Label("", "body", wrap=True), Label("", "body", wrap=True)
        self._build()
        Runner.current().changed.connect(self._on_changed)
        follow(self, self._show)

    def _build(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GAP_WIDE)
        top = QHBoxLayout()
        top.addWidget(self._head, 1)
        top.addWidget(self.back)
        whole.addLayout(top)
        bags, counts, notes = Card("cash.screen.bags"), Card("cash.screen.counts"), Card("cash.screen.notes")
        self._fill(bags, [self.bags], form.BAGS)
        self._fill(counts, [self.counts], form.COUNTS)
        self._fill(notes, [self._worn, self._suspect], form.NOTES)
        whole.addWidget(bags)
        below = QHBoxLayout()
        below.setSpacing(GAP_WIDE)
        below.addWidget(counts, 2)
        below.addWidget(notes, 1)
        whole.addLayout(below)
        whole.addStretch()

    def _fill(self, card: Card, content: list[QWidget], acts: tuple[str, ...]) -> None:
        for widget in content:
            card.grid.addWidget(widget, card.grid.rowCount(), 0)
        # Beside the lists there is room for a row of buttons; a narrow card takes them one below the other.
        row = QVBoxLayout() if acts == form.NOTES else QHBoxLayout()
        row.setSpacing(GAP)
        why = Label("", "hint", wrap=True)
        for act in acts:
            button = Button(f"tills.screen.act.{act}", form.KEYS[act])
            button.clicked.connect(lambda _checked=False, act=act: self.begin(act))
            self.buttons[act], self._whys[act] = button, why
            row.addWidget(button)
        card.grid.addLayout(row, card.grid.rowCount(), 0)
        card.grid.addWidget(why, card.grid.rowCount(), 0)
        card.grid.setRowStretch(card.grid.rowCount(), 1)

    # --- what the frame asks ------------------------------------------------------------------------------

    def actions_here(self) -> list[Action]:
        """See `Screen.actions_here`."""
        return [action for action in actions.cash_actions() if self.session.may(action.permission)]

    def enter(self, argument: object = None) -> None:
        """Read anew; an act in hand stays in hand. A bag that was scanned opens to be received."""
        if isinstance(argument, Found):
            self._wanted = argument.key
        self.reload()
        if self.sheet is None:
            self.bags.setFocus()

    def is_dirty(self) -> bool:
        """See `Screen.is_dirty`."""
        return self.sheet is not None and self.sheet.is_dirty()

    # --- showing ------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Read bags, counts and notes again."""
        services, by = self.session.services, self.session.by
        Operation(self, lambda: services.standing.cash(by)).succeeded(self._on_read).start()

    def _on_read(self, now: CashNow) -> None:
        self._now = now
        self._show()
        wanted, self._wanted = self._wanted, ""
        if wanted:
            self._open_bag(wanted, now)

    def _open_bag(self, number: str, now: CashNow) -> None:
        """Show a bag; one from the centre is received, or refused with who received it and when (H-04)."""
        at = next((at for at, bag in enumerate(now.bags) if bag.number == number), None)
        if at is None:
            return
        self.bags.view.selectRow(at)
        if now.bags[at].direction != "in" or not self.buttons[form.RECEIVE].isEnabled():
            return
        bags = self.session.services.bags
        Operation(self, lambda: bags.awaited(number)).succeeded(
            lambda _bag: self.begin(form.RECEIVE)
        ).refused(lambda no: self.session.notice(refusal(no), "bad", no.code)).start()

    def _on_changed(self, topics: frozenset[str]) -> None:
        if topics & _TOPICS and self.isVisible():
            self.reload()

    def _name_of(self, officer: str) -> str:
        return self._now.names.get(officer, officer) if self._now else officer

    def _show(self) -> None:
        now = self._now
        if now is None:
            return
        if now.holds_safe:
            self._as_of.say(plain(language().texts.moment(now.as_of_ms)))
        else:
            self._as_of.say(phrase("cash.screen.elsewhere", number=now.safe_desk))
        self._as_of.show()
        self.bags.show_records(now.bags)
        self.bags.fit_height(5)
        self.counts.show_records(now.counts)
        self.counts.fit_height(4)
        self._worn.say(phrase("cash.screen.notes.worn_amount", amount=now.worn))
        self._suspect.say(phrase("cash.screen.notes.suspect_count", number=now.suspect))
        for acts in (form.BAGS, form.COUNTS, form.NOTES):
            self._show_acts(acts, now)

    def _show_acts(self, acts: tuple[str, ...], now: CashNow) -> None:
        said: Refused | None = None
        for act in acts:
            button = self.buttons[act]
            may = self.session.may(form.PERMISSIONS[act])
            blocked = form.obstacle(act, now, self.session.by) if may else None
            button.setVisible(may and not form.is_useless(act, now))
            button.setEnabled(blocked is None)
            if button.isVisibleTo(self) and blocked is not None:
                said = said or blocked
        why = self._whys[acts[0]]
        why.say(refusal(said) if said is not None else "")
        why.setVisible(said is not None)

    # --- acting -------------------------------------------------------------------------------------------

    def begin(self, act: str) -> None:
        """Open the panel of an act."""
        now = self._now
        if now is None or self.sheet is not None:
            return
        sheet = sheet_for(self, self.session, act, now, self.bags.current())
        if isinstance(sheet, MakeGoodSheet | ReceiveSheet):
            done = "differ" if isinstance(sheet, ReceiveSheet) else act
            sheet.done = lambda _recorded: self._on_done(done, _recorded)
        if not isinstance(sheet, MakeGoodSheet):
            sheet.asked.connect(lambda: self._do(sheet, act))
        sheet.closed.connect(self._on_sheet_closed)
        self.sheet = sheet
        # Whoever counts must not see what is expected.
        self.session.counting.emit(act == form.SURPRISE)
        sheet.open(sheet.first())

    def _on_sheet_closed(self) -> None:
        self.session.counting.emit(False)
        if self.sheet is not None:
            self.sheet.deleteLater()
            self.sheet = None

    def _do(self, sheet: ActSheet, act: str) -> None:
        services, by = self.session.services, self.session.by
        values, pieces = sheet.values(), sheet.pieces()
        # Held as a whole: a held Enter must not walk on to the button that leaves.
        Operation(sheet.main, lambda: form.record(services, by, act, values, pieces)).holding(sheet).refused(
            sheet.show_refusal
        ).changes("safe", "till", "paper").succeeded(lambda done: self._on_done(act, done)).start()

    def _on_done(self, act: str, done: object) -> None:
        if self.sheet is not None:
            self.sheet.close_sheet()
        if isinstance(done, Counted):
            self.result = ClosedSheet(self, done, "cash.screen.surprise.title")
            self.result.closed.connect(self._on_result_read)
            self.result.open(self.result.done)
        else:
            self.session.notice(f"tills.screen.done.{act}", "good")

    def _on_result_read(self) -> None:
        if self.result is not None:
            self.result.deleteLater()
            self.result = None
