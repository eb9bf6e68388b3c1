"""A bag of this office: scanned in and out, closed with count, weight and seal, handed over against ink."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from azpost_desk.domain.mail.bags import read_seal
from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit.buttons import Button, PrimaryButton
from azpost_desk.gui.kit.cards import Sheet
from azpost_desk.gui.kit.fields import TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.signature_pad import SignaturePad, picture
from azpost_desk.gui.kit.theme import GAP
from azpost_desk.gui.kit.words import phrase, plain
from azpost_desk.gui.screens.mail_bags import actions
from azpost_desk.gui.screens.mail_bags import form as decide
from azpost_desk.gui.screens.mail_bags.page import SIDE_PX, BagPage
from azpost_desk.gui.screens.mail_bags.table import printed_bag
from azpost_desk.gui.screens.mail_bags.weighing import BagWeight
from azpost_desk.gui.work.runner import Operation
from azpost_desk.services.mail_bags import CloseBag
from azpost_desk.services.rounds import Signed

if TYPE_CHECKING:
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.mail_bags_views import Bag
    from azpost_desk.services.tracking import Scanned

_SIGN_PX = SIDE_PX - 40
# As high as the words above a field.
_LABEL_PX = 21


class FillingPage(BagPage):
    """Open: scans go in; closed: whoever drives signs for it. One that went astray is sent on from here."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "mail_bags.screen.scan_first")
        self.now: Bag | None = None
        self._place = ""
        self.taking_out = False
        self.sheet: ReopenSheet | None = None
        self.counted = TextField(
            "mail_bags.screen.counted", name="counted", max_length=4, check=decide.read_count
        )
        self.weight = BagWeight(session)
        self.seal = TextField(
            "mail_bags.screen.seal", name="seal", hint="mail_bags.screen.seal_hint", max_length=20,
            check=_require_seal,
        )  # fmt: skip
        self.close_it = PrimaryButton("mail_bags.screen.close", hint=plain("Enter"))
        self.closing = Form(self.close_it)
        self.closing.add(self.counted, self.weight, self.seal)
        self.take_out_it = Button("mail_bags.screen.take_out", actions.OUT_KEY, bind=False)
        self.give_up_it = Button("mail_bags.screen.give_up", actions.GIVE_UP_KEY, bind=False)
        self.weigh_it = Button("mail_bags.screen.weigh", actions.WEIGH_KEY, bind=False)
        if session.weigh is None:
            self.weigh_it.hide()
        self.driver = TextField("mail_bags.screen.driver", name="driver", max_length=80)
        self.pad = SignaturePad("mail_bags.screen.sign_here", _SIGN_PX)
        self.hand_it = PrimaryButton("mail_bags.screen.hand_over", hint=plain("Enter"))
        self.handing = Form(self.hand_it)
        self.handing.add(self.driver)
        self.reopen_it = Button("mail_bags.screen.reopen", actions.REOPEN_KEY, bind=False)
        self._forms = QStackedWidget()
        weighing = QWidget()
        row = QHBoxLayout(weighing)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.weight, 1, Qt.AlignmentFlag.AlignTop)
        beside = QVBoxLayout()
        beside.addSpacing(_LABEL_PX)
        beside.addWidget(self.weigh_it)
        beside.addStretch()
        row.addLayout(beside)
        _stack(
            self.closing, self.counted, weighing, self.seal, self.close_it, None, self.give_up_it,
            self.take_out_it,
        )  # fmt: skip
        hint = Label("mail_bags.screen.sign_here", "hint", wrap=True)
        _stack(self.handing, self.driver, self.pad, hint, self.hand_it, None, self.reopen_it)
        self._forms.addWidget(self.closing)
        self._forms.addWidget(self.handing)
        self.side.grid.addWidget(self._forms, 0, 0)
        self.close_it.clicked.connect(self._on_close)
        self.hand_it.clicked.connect(self._on_hand_over)
        self.give_up_it.clicked.connect(self.give_up)
        self.weigh_it.clicked.connect(self.weight.weigh)
        self.take_out_it.clicked.connect(self.take_out)
        self.reopen_it.clicked.connect(self.reopen)
        for one in (self.closing, self.handing):
            one.escaped.connect(lambda _dirty: self.left.emit())

    # --- the bag ---------------------------------------------------------------------------------------

    def open_bag(self, bag: str, place: str) -> None:
        """Work at this bag, which goes to `place`."""
        if bag != self.key:
            self.closing.clear()
            self.handing.clear()
            self.weight.clear()
            self.pad.clear()
        self.key, self._place, self.taking_out, self.now = bag, place, False, None
        self.say("")
        self.read()

    def read(self) -> None:
        """See `BagPage`."""
        bags, bag = self.session.services.mail_bags, self.key
        if bag:
            Operation(self, lambda: bags.one(bag)).succeeded(self._show).refused(self.on_refused).start()

    def _show(self, now: Bag) -> None:
        if now.bag != self.key:
            return
        was, self.now = self.now, now
        self.title.say(
            phrase(
                "mail_bags.screen.filled", number=plain(printed_bag(now.number)), office=plain(self._place),
                count=len(now.items),
            )
        )  # fmt: skip
        self._show_facts(now)
        self.wrong.show_bag(now.number)
        self.items.show_records(decide.items_of(now))
        is_open = now.state == "open"
        self._forms.setCurrentWidget(self.closing if is_open else self.handing)
        self.give_up_it.setVisible(is_open and not now.items)
        self.take_out_it.setVisible(is_open and bool(now.items))
        self.void_it.setVisible(is_open)
        # What went astray lies here as it was sealed elsewhere.
        self.reopen_it.setVisible(now.state == "sealed")
        if was is None or was.state != now.state:
            (self.closing if is_open else self.handing).focus_first()
        self.next()

    def _show_facts(self, now: Bag) -> None:
        if now.state == "open":
            words = "mail_bags.screen.scan_out" if self.taking_out else "mail_bags.screen.scan_in"
            self.facts.say(words, "warn" if self.taking_out else "muted")
        elif now.state == "astray":
            number = plain(printed_bag(now.number))
            self.facts.say(phrase("express.bag.astray", number=number, office=plain(self._place)), "bad")
        else:
            facts = phrase(
                "mail_bags.screen.sealed_as", item_grams=now.grams, seal=plain(now.seal), version=now.version
            )
            self.facts.say(facts, "muted")

    # --- scans -----------------------------------------------------------------------------------------

    def scanned(self, number: str) -> Scanned:
        """See `BagPage`."""
        bags, by = self.session.services.mail_bags, self.session.by
        act = bags.take_out if self.taking_out else bags.put_in
        return act(self.key, number, by)

    def heard(self, answer: Scanned) -> None:
        """What was taken out is said with its place; the next scan goes in again."""
        if self.taking_out and answer.verdict == "saved":
            self.say(phrase("mail_bags.screen.is_out", number=plain(answer.number)), "warn")
        self.taking_out = False

    def take_out(self) -> None:
        """The next scan takes its item out of the bag; the same key again, and it does not."""
        if self.now is None or self.now.state != "open":
            return
        self.taking_out = not self.taking_out
        self._show_facts(self.now)

    def claim(self, raw: str) -> bool:
        """The seal, whatever has the focus."""
        seal = decide.seal_of(raw)
        if not seal or self.now is None or self.now.state != "open":
            return False
        self.seal.fill(seal)
        self.session.tone("good")
        return True

    # --- closed, opened again, given up ------------------------------------------------------------------

    def _on_close(self) -> None:
        if self.waiting or self.now is None:
            return
        bags, by, bag = self.session.services.mail_bags, self.session.by, self.key
        said = CloseBag(
            decide.read_count(self.counted.text()), self.weight.grams(), self.seal.text(),
            is_typed=self.weight.is_typed,
        )  # fmt: skip
        number = plain(printed_bag(self.now.number))

        def closed(_recorded: object) -> None:
            self.say("")
            self.session.notice(phrase("mail_bags.screen.is_closed", number=number), "good")
            self.session.paper_waits.emit()
            self.read()

        Operation(self.close_it, lambda: bags.close(bag, said, by)).changes("journal").succeeded(
            closed
        ).refused(self._on_close_refused).start()

    def _on_close_refused(self, error: Refused) -> None:
        if not self.closing.show_refusal(error):
            self.on_refused(error)

    def reopen(self) -> None:
        """Ask why, then open it again."""
        if self.now is None or self.now.state != "sealed":
            return
        self.sheet = ReopenSheet(self)
        self.sheet.said.connect(self._on_reopen)
        self.sheet.open(self.sheet.reason.editor)

    def _on_reopen(self, reason: str) -> None:
        bags, by, bag, sheet = self.session.services.mail_bags, self.session.by, self.key, self.sheet
        assert sheet is not None

        def opened(_recorded: object) -> None:
            sheet.close_sheet()
            for one in (self.counted, self.weight, self.seal):
                one.clear()
            self.say("mail_bags.screen.is_open_again", "warn")
            self.read()

        Operation(sheet.main, lambda: bags.reopen(bag, reason, by)).changes("journal").succeeded(
            opened
        ).refused(sheet.form.show_refusal).start()

    def give_up(self) -> None:
        """Nothing goes with it: its number is used up."""
        bags, by, bag = self.session.services.mail_bags, self.session.by, self.key

        def given_up(_recorded: object) -> None:
            self.session.notice("mail_bags.screen.is_given_up", "good")
            self.left.emit()

        Operation(self, lambda: bags.give_up(bag, by)).changes("journal").succeeded(given_up).refused(
            self.on_refused
        ).start()

    # --- handed over -------------------------------------------------------------------------------------

    def _on_hand_over(self) -> None:
        drawn = self.pad.signature()
        if drawn is None:
            self.say("refusal.E-122", "bad")
            return
        bags, by, bag = self.session.services.mail_bags, self.session.by, self.key
        signed, driver = Signed(drawn, picture(drawn)), self.driver.text()

        def gone(_recorded: object) -> None:
            self.session.notice("mail_bags.screen.is_gone", "good")
            self.left.emit()

        Operation(self.hand_it, lambda: bags.hand_over(bag, driver, signed, by)).changes("journal").succeeded(
            gone
        ).refused(self._on_hand_refused).start()

    def _on_hand_refused(self, error: Refused) -> None:
        if not self.handing.show_refusal(error):
            self.on_refused(error)


class ReopenSheet(Sheet):
    """Why a closed bag is opened again.

    Signals:
        said(str): the reason.
    """

    said = Signal(str)

    def __init__(self, over: QWidget) -> None:
        super().__init__(over, "mail_bags.screen.reopen")
        self.reason = TextField("mail_bags.screen.reason", name="reason", max_length=200)
        self.main = PrimaryButton("mail_bags.screen.reopen", hint=plain("Enter"))
        self.form = Form(self.main)
        self.form.add(self.reason)
        self.form.escaped.connect(lambda _dirty: self.close_sheet())
        self.main.clicked.connect(lambda: self.said.emit(self.reason.text()))
        _stack(self.form, Label("mail_bags.screen.reopen_hint", "body", wrap=True), self.reason, self.main)
        self.body.addWidget(self.form)


def _stack(form: Form, *widgets: QWidget | None) -> None:
    """Below one another; None takes the room that is left."""
    column = QVBoxLayout(form)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(GAP)
    for one in widgets:
        if one is None:
            column.addStretch()
        else:
            column.addWidget(one)


def _require_seal(typed: str) -> None:
    if read_seal(typed) is None:
        raise Refused("E-116", field="seal")
