"""Scanning (F5): one event, one scan after the other, each on the disk before its tone; an item's events."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from azpost_desk.domain.item_numbers import EXAMPLE, printed_item_number, read_item_number
from azpost_desk.domain.mail.scanning import events_at
from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.amending import AmendSheet
from azpost_desk.gui.kit.cards import Card, heading
from azpost_desk.gui.kit.fields import Choice, ChoiceField, ScanField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.irregular import IrregularSheet, ReportSheet
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.needs import NeedsSheet
from azpost_desk.gui.kit.screens import Action, Screen
from azpost_desk.gui.kit.tables import Table
from azpost_desk.gui.kit.words import Say, phrase, plain, refusal
from azpost_desk.gui.screens.tracking import actions
from azpost_desk.gui.screens.tracking import form as decide
from azpost_desk.gui.screens.tracking.item import ItemCard
from azpost_desk.gui.screens.tracking.sheets import ChooseSheet
from azpost_desk.gui.screens.tracking.side import SidePanel, counter
from azpost_desk.gui.screens.tracking.table import columns, state_of
from azpost_desk.gui.work.guards import guarded
from azpost_desk.gui.work.runner import Operation, Runner
from azpost_desk.services.scan_items import ScanItem
from azpost_desk.services.views import Found

if TYPE_CHECKING:
    from azpost_desk.domain.mail.scanning import EventHere
    from azpost_desk.domain.refusals import Refused, Trouble
    from azpost_desk.domain.scans import Scan
    from azpost_desk.gui.kit.cards import Sheet
    from azpost_desk.gui.kit.labels import Tone
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.declarations import Amended, Standing
    from azpost_desk.services.irregularities import Reported
    from azpost_desk.services.tracking import Known, Scanned
    from azpost_desk.services.views import Basket, Recorded


class TrackingScreen(Screen):
    """Scans wait in `_waiting` in the order they came; the first is being saved, or waits for an answer.

    A scan leaves the queue only when it is on the disk, so that what could not be saved (the day is not
    open, the disk is full) is still there when the reason has gone.
    """

    name = "tracking"
    place = 40
    opens = ("item", "receptacle", "despatch")
    words = "tracking.screen.name"
    icon = "scan-barcode"
    key = "F5"
    permission = Permission.SCAN

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        # Until the books have said what kind of office this is.
        self._events = {one.code: one for one in events_at(("office",))}
        # What was said with the first scan of a hand-over holds for those that follow.
        self._series: ScanItem | None = None
        self._to_phone: ScanItem | None = None
        self._waiting: deque[ScanItem] = deque()
        self._awaited: tuple[str, ...] = ()
        self._saving = False
        self._void_wanted = False
        self._shown = ""
        self.sheet: Sheet | None = None
        choices = [Choice(code, one.text_key) for code, one in self._events.items()]
        self.event_field = ChoiceField("tracking.screen.event", choices, name="event")
        self.scan = ScanField("tracking.screen.ready")
        self.scan.example = plain(printed_item_number(EXAMPLE))
        self.answer = Label("tracking.screen.saved_first", "muted", wrap=True)
        self.accepted, self.refused, self.expected = (Label(plain("0"), "huge") for _ in range(3))
        self.pending = Label("", "strong")
        self.table: Table[decide.Seen] = Table(
            columns(), name="tracking.screen.scans", empty="tracking.screen.empty"
        )
        self.item = ItemCard()
        self.panel = SidePanel(self)
        self.form = Form()
        self._pages = QStackedWidget()
        self._build()
        self._connect()

    def _build(self) -> None:
        card = Card()
        line = QHBoxLayout()
        line.setSpacing(24)
        line.addWidget(self.scan, 1)
        for figure, words in (
            (self.accepted, "tracking.screen.accepted"),
            (self.refused, "tracking.screen.refused"),
            (self.expected, "tracking.screen.still_expected"),
        ):
            line.addWidget(counter(figure, words))
        below = QHBoxLayout()
        below.addWidget(self.answer, 1)
        below.addWidget(self.pending)
        card.grid.addLayout(line, 0, 0)
        card.grid.addLayout(below, 1, 0)
        head = QHBoxLayout()
        head.addWidget(heading("tracking.screen.title", "tracking.screen.subtitle")[0], 1)
        self.event_field.setMinimumWidth(340)
        self.event_field.setMaximumWidth(460)
        head.addWidget(self.event_field)
        self.form.add(self.event_field, self.scan)
        self._pages.addWidget(self.table)
        self._pages.addWidget(self.item)
        inside = QVBoxLayout(self.form)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(12)
        inside.addLayout(head)
        inside.addWidget(card)
        inside.addWidget(self._pages, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form)

    def _connect(self) -> None:
        self.scan.entered.connect(self._on_typed)
        self.scan.line.installEventFilter(self)
        self.event_field.changed.connect(self._count)
        self.panel.void.clicked.connect(self.void_last)
        self.table.chosen.connect(lambda seen: self.open_item(seen.number))
        self.item.back.clicked.connect(self.show_scans)
        self.item.irregular.clicked.connect(self.report_irregular)
        self.item.amend.clicked.connect(self.amend_declaration)
        self.item.reports.picked.connect(self._on_report)
        self.form.escaped.connect(lambda _dirty: self.show_scans())
        Runner.current().changed.connect(self._on_changed)

    # --- the frame's side ------------------------------------------------------------------------------

    def actions_here(self) -> list[Action]:
        """See `Screen`."""
        return actions.actions(
            self.choose_event, self.void_last, self.take_charge, self.report_irregular, self.amend_declaration
        )

    def side(self) -> QWidget:
        """See `Screen`."""
        return self.panel

    def enter(self, argument: object = None) -> None:
        """See `Screen`; an item of the one box shows its timeline."""
        self._load()
        if isinstance(argument, Found) and argument.kind == "item":
            self.open_item(argument.key)
        else:
            self.show_scans()
        self._next()

    def heard(self, scan: Scan, doubled: bool) -> bool:
        """Item numbers, codes taken for one, and the label of a bag that is asked for, are answered here."""
        if isinstance(self.sheet, NeedsSheet) and self.sheet.take_label(scan):
            self.session.tone("good")
            return True
        raw = decide.raw_of(scan)
        if raw and not doubled:
            self.take(raw, "scan")
        return bool(raw)

    def unread(self, raw: str, doubled: bool) -> bool:
        """A damaged label is refused aloud and recorded."""
        if not doubled:
            self.take(raw, "scan")
        return True

    def is_dirty(self) -> bool:
        """See `Screen`."""
        return bool(self._waiting)

    def _load(self) -> None:
        services, by = self.session.services, self.session.by
        Operation(self, lambda: decide.shift(services.tracking, services.keeping, by)).succeeded(
            self._on_shift
        ).start()

    def _on_changed(self, topics: frozenset[str]) -> None:
        """The centre has announced items."""
        if "news" in topics and self.isVisible() and self.session.officer is not None:
            Operation(self, self.session.services.tracking.expected).succeeded(self._expect).start()

    # --- scans -----------------------------------------------------------------------------------------

    def take(self, raw: str, source: str) -> None:
        """Put a scan behind those that wait, under the event chosen now."""
        event = self.event_field.text()
        if not event:
            self.session.tone("refused")
            self.event_field.set_error("tracking.screen.event_first")
            self.event_field.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._pages.setCurrentWidget(self.table)
        self._waiting.append(ScanItem(raw, event, source=source))
        self._next()

    @property
    def waiting(self) -> int:
        """How many scans are not on the disk yet."""
        return len(self._waiting)

    def _next(self) -> None:
        """Save the first that waits, unless one is being saved or a question stands open."""
        self._show_pending()
        if self._saving or self.sheet is not None:
            return
        if self._waiting:
            command = self._waiting[0]
            event = self._events[command.event]
            if event.is_series and self._series is not None and self._series.event == command.event:
                self._save(decide.with_series(command, self._series))
            elif event.needs:
                self._ask(event, command)
            else:
                self._save(command)
        elif self._void_wanted:
            self._void()

    def _save(self, command: ScanItem) -> None:
        tracking, by = self.session.services.tracking, self.session.by
        self._saving = True
        on_disk: list[Scanned] = []

        def saved(answer: Scanned) -> None:
            on_disk.append(answer)
            self._waiting.popleft()
            self._on_answer(command, answer)

        def ended() -> None:
            self._saving = False
            if on_disk:
                self._next()
            else:
                # It stays first in the queue: the next scan, or coming back here, tries again.
                self.session.tone("refused")
                self._show_pending()

        Operation(self, lambda: tracking.scan(command, by)).succeeded(saved).refused(
            self._on_not_saved
        ).trouble(self._on_not_saved).ended(ended).start()

    def _on_answer(self, command: ScanItem, answer: Scanned) -> None:
        self.session.tone(decide.tone_of(answer.verdict))
        seen = decide.answered(command, answer)
        if self._waiting:
            self.table.paint_together()
        self.table.rows.prepend(seen, keep=decide.DAY_AT_MOST)
        self.table.view.scrollToTop()
        if self.scan.is_empty() or not self.scan.line.isModified():
            self._shown = seen.printed()
            self.scan.show_scan(self._shown)
        state = state_of(seen)
        self._say(_told(command, answer), "" if state == "neutral" else state)
        if answer.verdict == decide.SAVED:
            self._expect(tuple(one for one in self._awaited if one != answer.number))
        self._count()
        if answer.choices:
            self._choose(answer)
        elif decide.is_unbelieved(answer):
            self._ask_again(replace(command, code=""), answer)
        elif decide.is_to_ask(answer) and command is not self._to_phone:
            # Esc lets it be: the same scan is then refused for good.
            self._to_phone = command
            self._ask_again(command, answer, by_phone=True)

    def _ask_again(self, command: ScanItem, answer: Scanned, *, by_phone: bool = False) -> None:
        self._waiting.appendleft(command)
        self._ask(self._events[command.event], command, _told(command, answer), by_phone=by_phone)

    def _on_not_saved(self, error: Refused | Trouble) -> None:
        self._say(refusal(error), "bad")

    def _on_typed(self, typed: str) -> None:
        # Enter on the scan that is only shown is no second scan.
        if typed != self._shown:
            self.take(typed, "keys")

    # --- what must be asked ------------------------------------------------------------------------------

    def _ask(self, event: EventHere, command: ScanItem, wrong: Say = "", *, by_phone: bool = False) -> None:
        sheet = NeedsSheet(self, event, command, wrong, by_phone=by_phone)
        sheet.told.connect(self._on_told)
        self._open(sheet, next((one for one in sheet.form.fields if one.is_empty()), None))

    def _on_told(self, command: ScanItem) -> None:
        self._close_sheet()
        self._waiting[0] = command
        event = self._events[command.event]
        if event.is_series and all(getattr(command, need) for need in event.needs):
            self._series = command
        self._save(command)

    def _choose(self, answer: Scanned) -> None:
        sheet = ChooseSheet(self, answer.choices, phrase(answer.key, **answer.facts))
        event = self.event_field.text()

        def picked(number: str) -> None:
            self._waiting.appendleft(ScanItem(number, event, source="keys"))
            sheet.close_sheet()

        sheet.picked.connect(picked)
        sheet.closed.connect(self._on_chosen)
        self._open(sheet, sheet.names)

    def _on_chosen(self) -> None:
        self._close_sheet()
        self._next()

    def _open(self, sheet: Sheet, focus: QWidget | None = None) -> None:
        self.sheet = sheet
        sheet.open(focus)
        self._show_pending()

    def _close_sheet(self) -> None:
        sheet, self.sheet = self.sheet, None
        if sheet is not None:
            sheet.close_sheet()
            sheet.deleteLater()

    # --- taking back -------------------------------------------------------------------------------------

    def void_last(self) -> None:
        """Take the officer's own last scan back, once every scan before it is saved."""
        self._void_wanted = True
        self._next()

    def _void(self) -> None:
        tracking, by = self.session.services.tracking, self.session.by
        self._void_wanted = False
        last = decide.last_saved(self.table.rows.records)

        def voided(_recorded: Recorded) -> None:
            if last is not None:
                self.table.show_records(decide.with_voided(self.table.rows.records, last.operation))
                self._say(phrase("tracking.screen.taken_back", number=plain(last.printed())), "warn")
            self._count()

        Operation(self.panel.void, lambda: tracking.void_last(by)).succeeded(voided).refused(
            self._on_not_saved
        ).start()

    def take_charge(self) -> None:
        """Put what is due for the item scanned last into the basket; once paid, it is scanned again."""
        seen = next(iter(self.table.rows.records), None)
        if seen is None or self._saving:
            return
        charges, by, number = self.session.services.charges, self.session.by, seen.number

        def taken(basket: Basket) -> None:
            self.session.basket_changed.emit(basket)
            self._say(
                phrase("tracking.screen.charge_taken", amount=decide.charge_of(basket, number)),
                "good",
            )

        Operation(self, lambda: charges.take(number, by)).changes("basket").succeeded(taken).refused(
            self._on_not_saved
        ).start()

    # --- an item, the event ------------------------------------------------------------------------------

    def open_item(self, number: str) -> None:
        """Show what is known of an item instead of the scans."""
        services, item = self.session.services, read_item_number(number)
        if not item.valid:
            return

        def show(found: tuple[Known, tuple[Reported, ...], tuple[Amended, ...]]) -> None:
            self.item.show_item(*found)
            self._pages.setCurrentWidget(self.item)
            self.item.back.setFocus(Qt.FocusReason.TabFocusReason)

        Operation(
            self,
            lambda: (
                services.tracking.known(number),
                services.irregularities.of(number),
                services.declarations.amendments(number),
            ),
        ).succeeded(show).start()

    def _meant(self) -> str:
        """The item shown, or else the one scanned last; "" of none, and while a sheet stands open."""
        is_shown = self._pages.currentWidget() is self.item
        last = next(iter(self.table.rows.records), None)
        number = self.item.shown if is_shown else last.number if last else ""
        return number if self.sheet is None and read_item_number(number).valid else ""

    def amend_declaration(self) -> None:
        """Amend what was declared of the item shown, or of the one scanned last."""
        number, declarations = self._meant(), self.session.services.declarations

        def show(found: Standing) -> None:
            if self.sheet is None:
                sheet = AmendSheet(self, self.session, found)
                sheet.amended.connect(lambda: self.open_item(number))
                sheet.closed.connect(self._on_chosen)
                self._open(sheet, sheet.to_whom.parts["name"].editor)

        if number:
            Operation(self, lambda: declarations.standing(number)).succeeded(show).refused(
                self._on_not_saved
            ).start()

    def report_irregular(self) -> None:
        """What is wrong with the item shown, or with the one scanned last."""
        if not (number := self._meant()):
            return
        sheet = IrregularSheet(self, self.session, number, printed_item_number(number))
        sheet.reported.connect(lambda: self.open_item(number))
        sheet.closed.connect(self._on_chosen)
        self._open(sheet, sheet.kind)

    def _on_report(self, one: Reported) -> None:
        reports = self.session.services.irregularities

        def show(photo: bytes) -> None:
            if self.sheet is None:
                sheet = ReportSheet(self, one, photo)
                sheet.closed.connect(self._on_chosen)
                self._open(sheet)

        Operation(self, lambda: reports.photo(one.operation)).succeeded(show).start()

    def show_scans(self) -> None:
        """Back to the scans: to the big field, or to the event when none is chosen yet."""
        self._pages.setCurrentWidget(self.table)
        field = self.scan if self.event_field.text() else self.event_field
        field.setFocus(Qt.FocusReason.TabFocusReason)

    def choose_event(self) -> None:
        """Another event from the next scan on, or another receptacle under the same one."""
        self._series = None
        self.event_field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # --- showing -----------------------------------------------------------------------------------------

    def _on_shift(self, shift: decide.Shift) -> None:
        self.panel.show_orders(shift.orders_ms)
        self.panel.show_terms(shift.terms)
        if tuple(one.code for one in shift.events) != tuple(self._events):
            # A digit typed before meant another list.
            self.event_field.put("")
            self._events = {one.code: one for one in shift.events}
            self.event_field.set_choices([Choice(one.code, one.text_key) for one in shift.events])
        self.table.show_records(shift.seen)
        self._expect(shift.expected)
        if not self.event_field.text() and shift.event in self._events:
            self.event_field.put(shift.event)
            if self._pages.currentWidget() is self.table:
                self.show_scans()
        self._count()

    def _expect(self, numbers: tuple[str, ...]) -> None:
        self._awaited = numbers
        self.expected.say(plain(str(len(numbers))))
        self.panel.show_expected(numbers)

    def _count(self) -> None:
        tally = decide.tally(self.table.rows.records, self.event_field.text())
        self.accepted.say(plain(str(tally.accepted)), "good")
        self.refused.say(plain(str(tally.refused)), "bad" if tally.refused else "")

    def _show_pending(self) -> None:
        count = len(self._waiting)
        self.pending.say(phrase("tracking.screen.waiting", count=count) if count else "", "warn")
        if isinstance(self.sheet, NeedsSheet):
            self.sheet.show_waiting(count - 1)

    def _say(self, words: Say, tone: Tone) -> None:
        self.answer.say(words, tone)

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+Z takes the scan back and not a typed letter, also while the big field has the focus."""
        undo = isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Undo)
        if undo and watched is self.scan.line and event.type() is QEvent.Type.KeyPress:
            self.void_last()
            return True
        return super().eventFilter(watched, event)


def _told(command: ScanItem, answer: Scanned) -> Say:
    """The sentence of an answer; whoever typed what is no number reads what one looks like."""
    words = phrase(answer.key, **answer.facts)
    if command.source != "keys" or answer.key.rpartition(".")[2] not in decide.NO_NUMBER:
        return words
    return phrase("tracking.screen.example", wrong=words, example=printed_item_number(EXAMPLE))
