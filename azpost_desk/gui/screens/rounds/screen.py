"""Rounds of couriers (Shift F5): who goes, what goes with them, what came back; scans are heard anywhere."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.buttons import PrimaryButton
from azpost_desk.gui.kit.cards import Card, heading
from azpost_desk.gui.kit.fields import Choice, ChoiceField, TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.needs import NeedsSheet
from azpost_desk.gui.kit.screens import Action, Screen
from azpost_desk.gui.kit.signature_pad import SignaturePad, picture
from azpost_desk.gui.kit.tables import Table
from azpost_desk.gui.kit.theme import GAP_WIDE
from azpost_desk.gui.kit.words import Say, language, phrase, plain, refusal
from azpost_desk.gui.screens.rounds import actions
from azpost_desk.gui.screens.rounds import form as decide
from azpost_desk.gui.screens.rounds.asking import OutcomeCard
from azpost_desk.gui.screens.rounds.table import item_columns, round_columns
from azpost_desk.gui.work.runner import Operation, Runner
from azpost_desk.services.rounds import Signed
from azpost_desk.services.scan_items import ScanItem

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.domain.refusals import Refused, Trouble
    from azpost_desk.domain.scans import Scan
    from azpost_desk.gui.kit.labels import Tone
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.rounds import Courier, RoundNow
    from azpost_desk.services.tracking import Scanned
    from azpost_desk.services.views import Recorded

_SIGN_PX = 290


class RoundsScreen(Screen):
    """A list of open rounds, or one of them at work. Scans wait in `_waiting` in the order they came."""

    name = "rounds"
    place = 45
    words = "rounds.screen.name"
    icon = "truck"
    key = "Shift+F5"
    permission = Permission.SCAN

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._round = ""
        self._now: RoundNow | None = None
        self._waiting: deque[str] = deque()
        self._saving = False
        self.sheet: NeedsSheet | None = None
        self.courier = ChoiceField("rounds.screen.courier", name="courier")
        self.begin = PrimaryButton("rounds.screen.begin", hint=plain("Enter"))
        self.choosing = Form(self.begin)
        self.table: Table[RoundNow] = Table(
            round_columns(), name="rounds.screen.title", empty="rounds.screen.empty"
        )
        self.items: Table[decide.ItemOfRound] = Table(
            item_columns(), name="rounds.screen.items", empty="rounds.screen.scan_first"
        )
        self.title = Label("", "big")
        self.answer = Label("rounds.screen.scan_first", "muted", wrap=True)
        self.orders = Label("", "muted", wrap=True)
        self.asking = OutcomeCard()
        self.counted = TextField("rounds.screen.counted", name="counted", max_length=4)
        # Asked for only where a guarded item leaves and the news of orders are old.
        self.answered = TextField("tracking.screen.asked", name="asked", max_length=80, optional=True)
        self.pad = SignaturePad("rounds.screen.sign_here", _SIGN_PX)
        self.sign = PrimaryButton("rounds.screen.send_out", hint=plain("Enter"))
        self.signing = Form(self.sign)
        self._pages = QStackedWidget()
        self._build()
        self._connect()

    def _build(self) -> None:
        row = QHBoxLayout(self.choosing)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP_WIDE)
        self.choosing.add(self.courier)
        row.addWidget(self.courier, 1)
        row.addWidget(self.begin, 0, Qt.AlignmentFlag.AlignBottom)
        card = Card()
        card.grid.addWidget(self.choosing, 0, 0)
        page = QWidget()
        lists = QVBoxLayout(page)
        lists.setContentsMargins(0, 0, 0, 0)
        lists.setSpacing(GAP_WIDE)
        lists.addWidget(card)
        lists.addWidget(self.table, 1)
        self._pages.addWidget(page)
        self._pages.addWidget(self._build_work())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GAP_WIDE)
        whole.addWidget(heading("rounds.screen.title", "rounds.screen.subtitle")[0])
        whole.addWidget(self._pages, 1)

    def _build_work(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_WIDE)
        top = Card()
        top.grid.addWidget(self.title, 0, 0, 1, 2)
        top.grid.addWidget(self.answer, 1, 0)
        top.grid.addWidget(self.orders, 1, 1)
        self.orders.setAlignment(Qt.AlignmentFlag.AlignRight)
        column.addWidget(top)
        self.signing.add(self.counted)
        self.signing.add(self.answered)
        self.answered.hide()
        signing = QVBoxLayout(self.signing)
        signing.setContentsMargins(0, 0, 0, 0)
        signing.setSpacing(GAP_WIDE)
        hint = Label("rounds.screen.sign_here", "hint", wrap=True)
        for one in (self.counted, self.answered, self.pad, hint, self.sign):
            signing.addWidget(one)
        signing.addStretch()
        side = Card()
        side.grid.addWidget(self.signing, 0, 0)
        side.setFixedWidth(_SIGN_PX + 40)
        left = QVBoxLayout()
        left.setSpacing(GAP_WIDE)
        left.addWidget(self.asking)
        left.addWidget(self.items, 1)
        row = QHBoxLayout()
        row.setSpacing(GAP_WIDE)
        row.addLayout(left, 1)
        row.addWidget(side)
        column.addLayout(row, 1)
        return page

    def _connect(self) -> None:
        self.begin.clicked.connect(self.begin_round)
        self.table.chosen.connect(lambda now: self.open_round(now.round.round))
        self.choosing.escaped.connect(lambda _dirty: self.choosing.clear())
        self.asking.said.connect(self._on_said)
        self.asking.other.connect(self._on_other)
        self.asking.dropped.connect(self._on_dropped)
        self.asking.refused.connect(lambda: self.session.tone("refused"))
        self.sign.clicked.connect(self._on_sign)
        self.signing.escaped.connect(lambda _dirty: self.to_list())
        Runner.current().changed.connect(self._on_changed)

    # --- the frame's side ------------------------------------------------------------------------------

    def actions_here(self) -> list[Action]:
        """See `Screen`."""
        return actions.actions(self.void_last)

    def enter(self, argument: object = None) -> None:
        """See `Screen`."""
        self._read_list()
        if self._round:
            self._read_round()
        else:
            self.courier.setFocus(Qt.FocusReason.TabFocusReason)

    def heard(self, scan: Scan, doubled: bool) -> bool:
        """An item's number goes into the round that is open, or comes back with it."""
        if scan.kind != "item" or not scan.value or not self._round:
            return False
        if not doubled:
            self._waiting.append(scan.value)
            self._next()
        return True

    def is_dirty(self) -> bool:
        """See `Screen`."""
        return bool(self._waiting) or self.asking.asked is not None or self.sheet is not None

    def _on_changed(self, topics: frozenset[str]) -> None:
        if "journal" in topics and self.isVisible() and self.session.officer is not None:
            self._read_list()

    # --- the list ----------------------------------------------------------------------------------------

    def _read_list(self) -> None:
        rounds = self.session.services.rounds
        Operation(self, lambda: (rounds.couriers(), rounds.open_rounds())).succeeded(self._show_list).start()

    def _show_list(self, found: tuple[tuple[Courier, ...], tuple[RoundNow, ...]]) -> None:
        couriers, rounds = found
        self.courier.set_choices([Choice(one.officer, plain(one.name)) for one in couriers])
        self.table.show_records(rounds)

    def begin_round(self) -> None:
        """A round of the courier chosen, or their own that is being made up still."""
        rounds, by, courier = self.session.services.rounds, self.session.by, self.courier.text()
        Operation(self.begin, lambda: rounds.begin(courier, by)).changes("journal").succeeded(
            self.open_round
        ).refused(self._on_refused_begin).start()

    def _on_refused_begin(self, error: Refused) -> None:
        if not self.choosing.show_refusal(error):
            self.session.notice(refusal(error), "bad", error.code)

    def open_round(self, round_: str) -> None:
        """Work at this round."""
        self._round = round_
        self.choosing.clear()
        self.signing.clear()
        self.answered.hide()
        self.pad.clear()
        self._say("rounds.screen.scan_first", "muted")
        self._pages.setCurrentIndex(1)
        self._read_round()

    def to_list(self) -> None:
        """Back to all rounds; what was scanned stays in its round."""
        self._round, self._now = "", None
        self._waiting.clear()
        self._close_sheet()
        self.asking.ask(None)
        self._pages.setCurrentIndex(0)
        self._read_list()
        self.courier.setFocus(Qt.FocusReason.TabFocusReason)

    # --- one round ---------------------------------------------------------------------------------------

    def _read_round(self) -> None:
        rounds, round_ = self.session.services.rounds, self._round
        Operation(self, lambda: rounds.one(round_)).succeeded(self._show_round).start()

    def _show_round(self, now: RoundNow) -> None:
        if now.round.round != self._round:
            return
        self._now = now
        at = plain(language().texts.moment(now.orders_ms))
        self.orders.say(phrase("tracking.screen.orders", at=at))
        left, whole = len(now.round.unaccounted), len(now.round.outcomes)
        words = f"rounds.screen.now.{now.round.state}"
        self.title.say(phrase(words, courier=plain(now.courier), count=whole, left=left))
        self.items.show_records(decide.items_of(now))
        self.sign.say("rounds.screen.take_back" if now.round.state == "out" else "rounds.screen.send_out")
        if self.asking.asked is None and self.sheet is None:
            self.counted.setFocus(Qt.FocusReason.OtherFocusReason)
        self._next()

    def _next(self) -> None:
        """Save the first scan that waits, or ask what became of it."""
        is_asking = self.asking.asked is not None or self.sheet is not None
        if self._saving or self._now is None or is_asking or not self._waiting:
            return
        number = self._waiting[0]
        if self._now.round.state == "planned":
            self._put_in(number)
        elif number not in self._now.round.outcomes:
            self._waiting.popleft()
            self.session.tone("refused")
            self._say("refusal.E-078", "bad")
            self._next()
        else:
            self.asking.ask(decide.Asked(number))

    def _put_in(self, number: str, asked: str = "") -> None:
        rounds, by, round_ = self.session.services.rounds, self.session.by, self._round

        def answered(answer: Scanned) -> bool:
            if asked or not decide.is_to_ask(answer):
                return False
            self._ask_by_phone(number, phrase(answer.key, **answer.facts))
            return True

        self._save(lambda: rounds.put_in(round_, number, by, asked=asked), answered)

    def _ask_by_phone(self, number: str, why: Say) -> None:
        """Who says that nothing stops it; Esc leaves the item here."""
        command = ScanItem(number, "EDG")
        sheet = NeedsSheet(self, decide.OUT, command, why, by_phone=True)

        def told(said: ScanItem) -> None:
            self._close_sheet()
            if said.asked:
                self._put_in(number, said.asked)
            else:
                self._waiting.popleft()
                self._read_round()

        sheet.told.connect(told)
        self._open(sheet)

    def _on_other(self) -> None:
        """Who took it, and what they showed; Esc asks again what became of it."""
        asked = self.asking.asked
        if asked is None:
            return
        command = asked.to_another()
        sheet = NeedsSheet(self, decide.DELIVERED, command)
        # It was not the addressee: nobody is named before somebody says who.
        sheet.form.field("relation").fill("")
        sheet.form.field("signed").fill(command.signed)

        def told(said: ScanItem) -> None:
            self._close_sheet()
            if said is command:
                self.asking.ask(decide.Asked(command.raw))
            else:
                self._on_said(said)

        sheet.told.connect(told)
        self._open(sheet)

    def _open(self, sheet: NeedsSheet) -> None:
        self.sheet = sheet
        sheet.open(next((one for one in sheet.form.fields if one.is_empty()), None))

    def _close_sheet(self) -> None:
        sheet, self.sheet = self.sheet, None
        if sheet is not None:
            sheet.close_sheet()
            sheet.deleteLater()

    def _on_said(self, command: ScanItem) -> None:
        rounds, by, round_ = self.session.services.rounds, self.session.by, self._round
        self.asking.ask(None)
        self._save(lambda: rounds.bring_back(round_, command, by))

    def _on_dropped(self) -> None:
        self.asking.ask(None)
        if self._waiting:
            self._waiting.popleft()
        self._read_round()

    def _save(self, work: Callable[[], Scanned], asks: Callable[[Scanned], bool] | None = None) -> None:
        """Save the first scan that waits; it waits on where `asks` says that somebody is asked first."""
        self._saving = True

        def saved(answer: Scanned) -> None:
            if asks is None or not asks(answer):
                self._waiting.popleft()
            good = answer.verdict == "saved"
            self.session.tone(decide.TONES.get(answer.verdict, "refused"))
            is_wrong = answer.key == "express.scan.wrong_person"
            self._say(phrase(answer.key, **answer.facts), "warn" if is_wrong else "good" if good else "bad")

        def ended() -> None:
            self._saving = False
            self._read_round()

        Operation(self, work).succeeded(saved).refused(self._on_not_saved).trouble(self._on_not_saved).ended(
            ended
        ).start()

    def _on_not_saved(self, error: Refused | Trouble) -> None:
        self._waiting.popleft()
        self.session.tone("refused")
        self._say(refusal(error), "bad")

    def void_last(self) -> None:
        """Take the officer's own last scan back."""
        tracking, by = self.session.services.tracking, self.session.by
        Operation(self, lambda: tracking.void_last(by)).succeeded(
            lambda _recorded: self._say("rounds.screen.taken_back", "warn")
        ).refused(self._on_void_refused).ended(self._read_round).start()

    def _on_void_refused(self, error: Refused) -> None:
        self._say(refusal(error), "bad")

    # --- out and back ------------------------------------------------------------------------------------

    def _on_sign(self) -> None:
        now = self._now
        if now is None or self._waiting:
            return
        counted = decide.read_count(self.counted.text())
        if counted is None:
            self.counted.set_error("rounds.screen.no_count")
            return
        drawn = self.pad.signature()
        if drawn is None:
            self._say("refusal.E-076", "bad")
            return
        rounds, by, round_ = self.session.services.rounds, self.session.by, self._round
        signed = Signed(drawn, picture(drawn))
        is_out = now.round.state == "out"
        asked = self.answered.text()

        def act() -> Recorded:
            if is_out:
                return rounds.end(round_, counted, signed, by)
            return rounds.sign_out(round_, counted, signed, by, asked=asked)

        def done(_recorded: object) -> None:
            self.session.notice("rounds.screen.is_back" if is_out else "rounds.screen.is_out", "good")
            self.to_list()

        Operation(self.sign, act).changes("journal").succeeded(done).refused(self._on_sign_refused).start()

    def _on_sign_refused(self, error: Refused) -> None:
        if error.field == self.answered.name:
            self.answered.show()
        if not self.signing.show_refusal(error):
            self._say(refusal(error), "bad")

    def _say(self, words: Say, tone: Tone) -> None:
        self.answer.say(words, tone)
