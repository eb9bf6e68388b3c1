"""F7: the day, the till and the safe with what lies in them, and every act with cash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.cards import Card, Sheet, heading
from azpost_desk.gui.kit.disputing import ask_dispute
from azpost_desk.gui.kit.flow import Flow
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.preflight import PreflightSheet
from azpost_desk.gui.kit.screens import Action, Screen, Session
from azpost_desk.gui.kit.tables import Table
from azpost_desk.gui.kit.theme import GAP_WIDE
from azpost_desk.gui.kit.words import follow, language, phrase, plain, refusal, written
from azpost_desk.gui.screens.tills import actions, form
from azpost_desk.gui.screens.tills.counting import EndingCount
from azpost_desk.gui.screens.tills.sheets import ActSheet, ClosedSheet, sheet_for
from azpost_desk.gui.screens.tills.table import unaccepted_columns
from azpost_desk.gui.work.runner import Lane, Operation, Runner
from azpost_desk.services.views import Found

if TYPE_CHECKING:
    from azpost_desk.domain.refusals import Refused
    from azpost_desk.services.cash_counts import Counted
    from azpost_desk.services.standing import TillNow
    from azpost_desk.services.views import Recorded, Remittance

# Whatever moves cash, opens or closes something, or comes from another desk.
_TOPICS: Final = frozenset({"day", "till", "safe", "basket", "stock", "news"})
_CARDS: Final = (
    (form.OPEN_DAY,),
    (form.OPEN_TILL, form.CLOSE_TILL, form.HAND_OVER),
    (form.TAKE, form.DROP, form.SUPPLY_SAFE),
    (form.ACCEPT, form.ISSUE),
    (form.STOCK, form.CASH),
)
_AT_ONCE: Final = (form.OPEN_DAY, form.OPEN_TILL)


class TillsScreen(Screen):
    """Shows day, till and safe as of a moment; acts that need a count open a panel at the right."""

    name = "tills"
    place = 60
    opens = ("remittance",)
    words = "tills.screen.title"
    icon = "coins"
    key = "F7"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._now: TillNow | None = None
        self.sheet: ActSheet | None = None
        self.closed: ClosedSheet | None = None
        self.preflight: PreflightSheet | None = None
        self.buttons: dict[str, Button] = {}
        self._whys: dict[str, Label] = {}
        self._head, _title, self._as_of = heading("tills.screen.title", plain(" "))
        self._day, self._till, self._safe = (
            Card("tills.screen.day"),
            Card("tills.screen.till"),
            Card("tills.screen.safe"),
        )
        self._date, self._balance, self._lies = Label("", "big"), Label("", "big"), Label("", "big")
        self._weekday, self._holder, self._safe_at = (Label("", "hint", wrap=True) for _ in range(3))
        self.awaited: Table[Remittance] = Table(
            unaccepted_columns(lambda: self._now.as_of_ms if self._now else 0),
            name="tills.screen.unaccepted",
            empty="tills.screen.unaccepted.empty",
            card=False,
        )
        self.awaited.chosen.connect(lambda one: self.begin(form.ACCEPT, one))
        self._build()
        Runner.current().changed.connect(self._on_changed)
        follow(self, self._show)

    def _build(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GAP_WIDE)
        whole.addWidget(self._head)
        shown = (
            (self._day, self._date, self._weekday),
            (self._till, self._balance, self._holder),
            (self._safe, self._lies, self._safe_at),
        )
        for (card, figure, below), acts in zip(shown, _CARDS, strict=False):
            self._fill(card, [figure, below], acts)
        whole.addWidget(Flow((self._day, self._till, self._safe), GAP_WIDE, (1, 1, 1)))
        between, goods = Card("tills.screen.between"), Card("tills.screen.goods")
        self._fill(between, [self.awaited], _CARDS[3])
        self._fill(goods, [Label("tills.screen.goods.words", "hint", wrap=True)], _CARDS[4])
        whole.addWidget(Flow((between, goods), GAP_WIDE, (2, 1)))
        whole.addStretch()

    def _fill(self, card: Card, content: list[QWidget], acts: tuple[str, ...]) -> None:
        for widget in content:
            card.grid.addWidget(widget, card.grid.rowCount(), 0)
        for act in acts:
            button = Button(actions.words(act), actions.KEYS[act])
            button.clicked.connect(lambda _checked=False, act=act: self.begin(act))
            why = Label("", "hint", wrap=True)
            self.buttons[act], self._whys[act] = button, why
            column = QVBoxLayout()
            column.setSpacing(2)
            column.addWidget(button)
            column.addWidget(why)
            card.grid.addLayout(column, card.grid.rowCount(), 0)
        card.grid.setRowStretch(card.grid.rowCount(), 1)

    # --- what the frame asks ------------------------------------------------------------------------------

    def actions_here(self) -> list[Action]:
        """See `Screen.actions_here`."""
        return [action for action in actions.actions() if self.session.may(action.permission)]

    def enter(self, argument: object = None) -> None:
        """Read anew; an act in hand stays in hand. The slip of a remittance opens its acceptance."""
        if isinstance(argument, Found) and argument.kind == "remittance":
            self._read_slip(argument.key)
            return
        self.reload()
        if self.sheet is None:
            self._focus_act()

    def is_dirty(self) -> bool:
        """See `Screen.is_dirty`."""
        return self.sheet is not None and self.sheet.is_dirty()

    # --- showing ------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Read day, till and safe again."""
        services = self.session.services
        Operation(self, lambda: services.standing.till()).succeeded(self._on_read).start()

    def _on_read(self, now: TillNow) -> None:
        self._now = now
        self._show()
        if self.sheet is None and self.closed is None and self.isVisible():
            self._focus_act()

    def _on_changed(self, topics: frozenset[str]) -> None:
        if topics & _TOPICS and self.isVisible():
            self.reload()

    def _show(self) -> None:
        now = self._now
        if now is None:
            return
        texts = language().texts
        self._as_of.say(phrase("tills.screen.as_of", number=now.desk.number, time=texts.time(now.as_of_ms)))
        self._as_of.show()
        opened = now.day.state == "open"
        shown = now.day.date if opened else now.proposed
        self._date.say(plain(texts.date(shown)))
        self._weekday.say("tills.screen.day.today" if not opened else written("weekday_date", shown))
        self._day.pill.show_state(
            "tills.screen.day.open" if opened else "tills.screen.day.closed",
            "good" if opened else "neutral",
        )
        if now.is_counted:
            self._till.pill.show_state("tills.screen.till.counting", "warn")
        elif now.is_held:
            self._till.pill.show_state("tills.screen.till.open", "good")
        else:
            self._till.pill.show_state("tills.screen.till.closed", "neutral")
        self._show_till(now, now.is_held)
        self._lies.say(written("money", now.safe) if now.safe is not None else plain("–"))
        self._safe_at.say(
            "tills.screen.safe.here"
            if now.safe is not None
            else phrase("tills.screen.safe.elsewhere", number=now.safe_desk)
        )
        self.awaited.show_records(now.unaccepted)
        self.awaited.fit_height(4)
        for acts in _CARDS:
            said: Refused | None = None
            for act in acts:
                said = self._show_act(act, now, said)

    def _show_till(self, now: TillNow, held: bool) -> None:
        counting = now.is_counted or (self.sheet is not None and self.sheet.act in form.COUNTS)
        over = now.till.balance > now.limit
        # Who counts must not see what is expected.
        balance = "–" if counting else language().texts.money(now.till.balance)
        self._balance.say(plain(balance), "warn" if over and not counting else "")
        if not held:
            self._holder.say("tills.screen.till.nobody")
        elif over and not counting:
            self._holder.say(phrase("tills.screen.till.over", holder=now.holder, limit=now.limit), "warn")
        else:
            self._holder.say(phrase("tills.screen.till.holder", holder=now.holder, limit=now.limit))

    def _show_act(self, act: str, now: TillNow, said: Refused | None) -> Refused | None:
        """One act of a card; `said` is the reason that already stands above it."""
        button, why = self.buttons[act], self._whys[act]
        may = self.session.may(form.PERMISSIONS[act])
        blocked = form.obstacle(act, now, self.session.by) if may else None
        useless = (
            (act == form.ISSUE and not now.others)
            or (act == form.ACCEPT and not now.awaited)
            or (act in (form.TAKE, form.DROP, form.SUPPLY_SAFE) and now.safe is None)
            or (act == form.OPEN_DAY and now.day.state == "open")
            or (act == form.OPEN_TILL and now.is_held)
            or (act in form.COUNTS and not now.is_held)
        )
        button.setVisible(may and not useless)
        button.setEnabled(blocked is None)
        why.say(refusal(blocked) if blocked is not None else "")
        repeated = blocked is not None and said is not None and blocked.code == said.code
        why.setVisible(button.isVisibleTo(self) and blocked is not None and not repeated)
        return blocked if button.isVisibleTo(self) and blocked is not None else said

    def _focus_act(self) -> None:
        around: QWidget | None = self.window().focusWidget()
        while around is not None and not isinstance(around, Sheet):
            around = around.parentWidget()
        if around is not None and around.isVisible():
            # The answer came late: a sheet was opened over this screen meanwhile, and keeps its keys.
            return
        waiting = (form.OPEN_DAY, form.OPEN_TILL, form.ACCEPT, form.TAKE, form.CLOSE_TILL)
        for act in waiting:
            button = self.buttons[act]
            if button.isVisible() and button.isEnabled():
                button.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def _read_slip(self, code: str) -> None:
        services, by = self.session.services, self.session.by

        def read() -> tuple[Remittance, TillNow]:
            return services.slips.announce(by, code), services.standing.till()

        Operation(self, read).changes("till").succeeded(self._on_slip).refused(self._on_slip_refused).start()

    def _on_slip(self, read: tuple[Remittance, TillNow]) -> None:
        announced, self._now = read
        self._show()
        blocked = form.obstacle(form.ACCEPT, self._now, self.session.by)
        if blocked is not None:
            self.session.notice(refusal(blocked), "warn", blocked.code)
            return
        self.begin(form.ACCEPT, announced)
        amount = language().texts.money(announced.amount)
        self.session.notice(
            phrase("tills.screen.slip.read", desk=announced.from_desk, amount=plain(amount)), "good"
        )

    def _on_slip_refused(self, error: Refused) -> None:
        self.session.tone("refused")
        self.session.notice(refusal(error), "bad", error.code)
        self.reload()

    # --- acting -------------------------------------------------------------------------------------------

    def begin(self, act: str, remittance: Remittance | None = None) -> None:
        """Start an act: at once, or in its panel."""
        now = self._now
        if now is None or self.sheet is not None:
            return
        if act == form.CASH:
            self.session.open("cash")
            return
        if act in _AT_ONCE:
            self._do(self.buttons[act], act, {"scanned_ms": str(self.session.scanned_ms)}, {})
            return
        if act == form.ACCEPT and remittance is None:
            remittance = self.awaited.current()
        if act == form.ACCEPT and (remittance is None or remittance.state != "announced"):
            if not now.awaited:
                return
            remittance = now.awaited[0]
        sheet = sheet_for(self, act, now, remittance)
        more = {"remittance": remittance.remittance} if remittance is not None else {}
        if act in form.COUNTS:
            EndingCount(sheet, self.session).ended.connect(lambda done: self._on_counted(act, done))
        else:
            sheet.asked.connect(lambda: self._do(sheet.main, act, sheet.values() | more, sheet.pieces()))
        sheet.closed.connect(self._on_sheet_closed)
        self.sheet = sheet
        self.session.counting.emit(act in form.COUNTS)
        self._show()
        sheet.open()

    def _on_sheet_closed(self) -> None:
        self.session.counting.emit(False)
        if self.sheet is not None:
            self.sheet.deleteLater()
            self.sheet = None
        self._show()

    def _do(self, pressed: Button, act: str, values: dict[str, str], pieces: dict[int, int]) -> None:
        services, by, now = self.session.services, self.session.by, self._now
        assert now is not None
        operation: Operation[Recorded] = Operation(
            pressed, lambda: form.record(services, by, act, now, values, pieces)
        )
        if self.sheet is not None:
            # Held as a whole: a held Enter must not walk on to the button that leaves.
            operation.holding(self.sheet).refused(self.sheet.show_refusal)
        elif act == form.OPEN_DAY:
            operation.refused(self._on_day_refused)
        operation.changes("day", "till", "paper").succeeded(lambda done: self._on_done(act, done)).start(
            # The look before the day asks the printer, and that may take its time.
            Lane.NETWORK if act == form.OPEN_DAY else Lane.DATABASE
        )

    def _on_day_refused(self, error: Refused) -> None:
        """Red lines: the manager sees them and says why the day begins all the same."""
        if error.code != "G-095" or self._now is None:
            self.session.notice(refusal(error), "warn", error.code)
            return
        self.preflight = PreflightSheet(self, self.session, self._now.proposed)
        self.preflight.opened.connect(lambda: self.session.notice("tills.screen.done.open_day", "good"))
        self.preflight.ask()

    def _on_done(self, act: str, done: Recorded) -> None:
        if self.sheet is not None:
            self.sheet.close_sheet()
        self.session.notice(f"tills.screen.done.{act}", "good")

    def _on_counted(self, act: str, counted: Counted) -> None:
        if self.sheet is not None:
            self.sheet.close_sheet()
        handed = act == form.HAND_OVER
        sheet = ClosedSheet(
            self, counted, "tills.screen.handed.title" if handed else "tills.screen.closed.title"
        )
        sheet.closed.connect(self._on_result_read)
        self.closed = sheet
        sheet.dispute.clicked.connect(lambda: ask_dispute(self, self.session, sheet.figures))
        sheet.causes.opened.connect(self._on_cause)
        sheet.open(sheet.done)
        if counted.difference:
            # Only now: before the count was recorded it was blind.
            services, code, operation = self.session.services, language().code, counted.recorded.operation
            Operation(sheet, lambda: services.explaining.of_close(operation, code)).succeeded(
                sheet.causes.show_explained
            ).start()

    def _on_cause(self, found: Found) -> None:
        if self.closed is not None:
            self.closed.close_sheet()
        self.session.open("history", found)

    def _on_result_read(self) -> None:
        if self.closed is not None:
            self.closed.deleteLater()
            self.closed = None
        self._focus_act()
