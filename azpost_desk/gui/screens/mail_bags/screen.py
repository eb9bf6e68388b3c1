"""Inland bags (Ctrl F5): filled and handed over here, taken in, opened and emptied; labels heard anywhere."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from azpost_desk.domain.mail.bags import CONDITIONS
from azpost_desk.domain.offices import offices_like, written_office
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.buttons import PrimaryButton
from azpost_desk.gui.kit.cards import Card, heading
from azpost_desk.gui.kit.fields import ChoiceField, TextField, choices_of
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.screens import Action, Screen
from azpost_desk.gui.kit.tables import Table
from azpost_desk.gui.kit.theme import GAP, GAP_WIDE
from azpost_desk.gui.kit.words import Say, phrase, plain, refusal
from azpost_desk.gui.screens.mail_bags import actions
from azpost_desk.gui.screens.mail_bags import form as decide
from azpost_desk.gui.screens.mail_bags.arriving import ArrivalPage
from azpost_desk.gui.screens.mail_bags.filling import FillingPage
from azpost_desk.gui.screens.mail_bags.side import ExpectedPanel
from azpost_desk.gui.screens.mail_bags.table import bag_columns
from azpost_desk.gui.screens.mail_bags.weighing import BagWeight
from azpost_desk.gui.work.runner import Operation, Runner
from azpost_desk.services.mail_bags_in import AsFound
from azpost_desk.services.views import Found

if TYPE_CHECKING:
    from azpost_desk.domain.refusals import Trouble
    from azpost_desk.domain.scans import Scan
    from azpost_desk.gui.kit.labels import Tone
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.screens.mail_bags.page import BagPage
    from azpost_desk.services.mail_bags_in import TakenIn
    from azpost_desk.services.mail_bags_views import Bag


class MailBagsScreen(Screen):
    """A list of the bags that lie here, or one of them at work. Labels wait in `_labels` as they came."""

    name = "mail_bags"
    place = 47
    opens = ("mail_bag",)
    words = "mail_bags.screen.name"
    icon = "square-stack"
    key = "Ctrl+F5"
    permission = Permission.SCAN

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._now: decide.Lying | None = None
        self._labels: deque[tuple[str, AsFound]] = deque()
        self._taking = self._began = False
        self._asked = ""
        self.office = TextField("mail_bags.screen.to_office", name="to_office", max_length=120)
        self.begin = PrimaryButton("mail_bags.screen.begin", hint=plain("Enter"))
        self.choosing = Form(self.begin)
        self.label = TextField("mail_bags.screen.label", name="label", max_length=24)
        self.condition = ChoiceField(
            "mail_bags.screen.condition", choices_of(CONDITIONS, "mail_bags.screen.state."), name="condition",
            optional=True,
        )  # fmt: skip
        self.seal = TextField("mail_bags.screen.seal", name="seal", max_length=20, optional=True)
        self.weight = BagWeight(session, asks=False, optional=True)
        self.take_in = PrimaryButton("mail_bags.screen.take_in", hint=plain("Enter"))
        self.taking = Form(self.take_in)
        self.answer = Label("mail_bags.screen.scan_label", "muted", wrap=True)
        self.table: Table[decide.BagRow] = Table(
            bag_columns(), name="mail_bags.screen.title", empty="mail_bags.screen.empty"
        )
        self.filling = FillingPage(session)
        self.arriving = ArrivalPage(session)
        self.panel = ExpectedPanel(self)
        self._pages = QStackedWidget()
        self._build()
        self._connect()

    def _build(self) -> None:
        top = QHBoxLayout(self.choosing)
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(GAP_WIDE)
        self.choosing.add(self.office)
        top.addWidget(self.office, 1)
        top.addWidget(self.begin, 0, Qt.AlignmentFlag.AlignBottom)
        below = QVBoxLayout(self.taking)
        below.setContentsMargins(0, 0, 0, 0)
        fields = QHBoxLayout()
        fields.setSpacing(GAP_WIDE)
        self.taking.add(self.label, self.condition, self.seal, self.weight)
        shares: tuple[tuple[QWidget, int], ...] = (
            (self.label, 5), (self.condition, 4), (self.seal, 3), (self.weight, 3)
        )  # fmt: skip
        for field, share in shares:
            fields.addWidget(field, share, Qt.AlignmentFlag.AlignTop)
        act = QHBoxLayout()
        act.addWidget(self.answer, 1)
        act.addWidget(self.take_in)
        below.addLayout(fields)
        below.addLayout(act)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        for words, form in (
            ("mail_bags.screen.outward", self.choosing),
            ("mail_bags.screen.inward", self.taking),
        ):
            card = Card(words)
            card.grid.addWidget(form, 0, 0)
            column.addWidget(card)
        column.addWidget(self.table, 1)
        for one in (page, self.filling, self.arriving):
            self._pages.addWidget(one)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GAP_WIDE)
        head = heading("mail_bags.screen.title", "mail_bags.screen.subtitle")[0]
        # A bag at work is its own title.
        self._pages.currentChanged.connect(lambda at: head.setVisible(at == 0))
        whole.addWidget(head)
        whole.addWidget(self._pages, 1)

    def _connect(self) -> None:
        self.begin.clicked.connect(self.begin_bag)
        self.take_in.clicked.connect(self._on_take_in)
        self.table.chosen.connect(self.open_row)
        self.office.left.connect(self._on_office)
        self.choosing.escaped.connect(lambda _dirty: self._begin_anew())
        self.taking.escaped.connect(lambda _dirty: self._begin_anew())
        for page in (self.filling, self.arriving):
            page.left.connect(self.to_list)
        Runner.current().changed.connect(self._on_changed)

    # --- the frame's side ------------------------------------------------------------------------------

    def actions_here(self) -> list[Action]:
        """See `Screen`."""
        filling = self.filling
        return actions.actions(
            lambda: self._if_filling(filling.take_out),
            self.void_last,
            lambda: self._if_filling(filling.reopen),
            lambda: self._if_filling(filling.give_up),
            lambda: self._if_filling(filling.weight.weigh),
            self._to_label,
            self.report_irregular,
        )

    def side(self) -> QWidget:
        """See `Screen`."""
        return self.panel

    def enter(self, argument: object = None) -> None:
        """See `Screen`; a bag of the one box is opened where it lies here, else its number stands ready."""
        self._began = False
        self._asked = argument.key if isinstance(argument, Found) and argument.kind == "mail_bag" else ""
        self._read_list()
        page = self._page()
        if page is not None:
            page.read()

    def heard(self, scan: Scan, doubled: bool) -> bool:
        """A label is taken in or opens its bag; an item goes into the bag in hand, or is found in it."""
        page = self._page()
        if scan.kind == "mail_bag" and scan.value:
            if not doubled:
                self.take_label(scan.value)
            return True
        if scan.kind == "item" and scan.value and page is not None:
            if not doubled:
                page.take(scan.value)
            return True
        return False

    def claimed(self, raw: str, doubled: bool) -> bool:
        """The seal of the bag in hand."""
        return self._page() is self.filling and (doubled or self.filling.claim(raw))

    def is_dirty(self) -> bool:
        """See `Screen`."""
        page = self._page()
        return bool(self._labels) or (page is not None and bool(page.waiting))

    def _page(self) -> BagPage | None:
        page = self._pages.currentWidget()
        return page if isinstance(page, FillingPage | ArrivalPage) else None

    def _if_filling(self, act: object) -> None:
        if self._page() is self.filling and callable(act):
            act()

    def _on_changed(self, topics: frozenset[str]) -> None:
        """Another screen, or the centre, has said something of a bag."""
        if topics & {"journal", "news"} and self.isVisible() and self.session.officer is not None:
            self._read_list()

    # --- the list ----------------------------------------------------------------------------------------

    def _read_list(self) -> None:
        services = self.session.services
        Operation(self, lambda: decide.lying(services.mail_bags, services.mail_bags_in)).succeeded(
            self._show_list
        ).start()

    def _show_list(self, now: decide.Lying) -> None:
        self._now = now
        self.table.show_records(now.rows)
        self.panel.show_expected(now.expected)
        usual = now.places.offices.find(now.places.usual)
        if usual is not None and self.office.is_empty():
            self.office.fill(written_office(usual))
        asked, self._asked = self._asked, ""
        row = next((one for one in now.rows if asked and one.number == asked), None)
        if row is not None:
            self.open_row(row)
        elif asked:
            # Another bag may be in hand: it lies here and is found again by its label.
            self._began = True
            self._leave_bag()
            self.label.put(asked)
            self.label.setFocus(Qt.FocusReason.TabFocusReason)
        elif not self._began and self._page() is None:
            self._began = True
            self._focus_first()

    def _focus_first(self) -> None:
        # At a hub bags come, elsewhere they go.
        is_hub = self._now is not None and self._now.is_hub
        self.take_in.become("primary" if is_hub else "plain")
        self.begin.become("plain" if is_hub else "primary")
        (self.taking if is_hub else self.choosing).focus_first()

    def _begin_anew(self) -> None:
        self.choosing.clear()
        self._clear_taking()
        self._began = False
        self._read_list()

    def _clear_taking(self) -> None:
        self.taking.clear()
        self.weight.clear()

    def _to_label(self) -> None:
        if self._page() is not None:
            self.to_list()
        self.label.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_office(self) -> None:
        if self._now is None:
            return
        found = offices_like(self._now.places.offices, self.office.text())
        if len(found) == 1:
            self.office.fill(written_office(found[0]))

    def begin_bag(self) -> None:
        """A bag to the office that stands there."""
        if self._now is None:
            return
        try:
            code = decide.the_office(self._now.places.offices, self.office.text())
        except Refused as no:
            self.choosing.show_refusal(no)
            return
        bags, by = self.session.services.mail_bags, self.session.by
        Operation(self.begin, lambda: bags.begin(code, by)).changes("journal").succeeded(
            self._on_begun
        ).refused(self._on_refused_begin).start()

    def _on_begun(self, bag: Bag) -> None:
        self.choosing.clear()
        self._open_bag(bag.bag, self._named(bag.to_office))

    def _named(self, code: str) -> str:
        return decide.office(self._now.places.offices, code) if self._now is not None else code

    def _on_refused_begin(self, error: Refused) -> None:
        if not self.choosing.show_refusal(error):
            self.session.notice(refusal(error), "bad", error.code)

    def open_row(self, row: decide.BagRow) -> None:
        """Work at this bag."""
        if row.is_own:
            self._open_bag(row.key, row.place)
        else:
            self._open_arrival(row.key, row.place)

    def _open_bag(self, bag: str, place: str) -> None:
        self.arriving.key = ""
        self._pages.setCurrentWidget(self.filling)
        self.filling.open_bag(bag, place)

    def _open_arrival(self, arrival: str, place: str) -> None:
        self.filling.key = ""
        self._pages.setCurrentWidget(self.arriving)
        self.arriving.open_arrival(arrival, place, self._now.event if self._now is not None else "")

    def to_list(self) -> None:
        """Back to all bags; what was scanned stays in its bag."""
        self._leave_bag()
        self._began = False
        self._read_list()

    def _leave_bag(self) -> None:
        for page in (self.filling, self.arriving):
            page.key = ""
            page.waiting.clear()
        self._pages.setCurrentIndex(0)
        self._say("mail_bags.screen.scan_label", "muted")

    def report_irregular(self) -> None:
        """What is wrong with the bag in hand, or with the one chosen in the list, which opens for it."""
        page, row = self._page(), self.table.current()
        if page is not None:
            page.wrong.report()
        elif row is not None:
            self.filling.wrong.report_on(row.number, self, lambda: self.open_row(row))

    def void_last(self) -> None:
        """Take the officer's own last scan back."""
        page = self._page()
        if page is not None:
            page.void_last()

    # --- labels ------------------------------------------------------------------------------------------

    def take_label(self, number: str) -> None:
        """A label was scanned: a bag that lies here opens, one that comes is taken in as it was seen."""
        seen = AsFound(self.condition.text(), self.seal.text(), self.weight.grams())
        self._labels.append((number, seen if self._page() is None else AsFound()))
        self._next()

    def _on_take_in(self) -> None:
        self.take_label(self.label.text())

    def _next(self) -> None:
        if self._taking or not self._labels:
            return
        number, seen = self._labels[0]
        own = self._own(number)
        if own is not None:
            self._labels.popleft()
            self.session.tone("good")
            self._clear_taking()
            self.open_row(own)
            return
        self._taking = True
        coming, by = self.session.services.mail_bags_in, self.session.by

        def ended() -> None:
            self._taking = False
            self._labels.popleft()
            self._next()

        Operation(self, lambda: coming.take_in(number, by, seen)).succeeded(self._on_taken).refused(
            self._on_not_taken
        ).trouble(self._on_not_taken).ended(ended).start()

    def _own(self, number: str) -> decide.BagRow | None:
        rows = self._now.rows if self._now is not None else ()
        return next((one for one in rows if one.is_own and one.number == "".join(number.split())), None)

    def _on_taken(self, taken: TakenIn) -> None:
        self.session.tone(decide.TONES[taken.verdict])
        self._clear_taking()
        arrival = taken.arrival
        row = self._row_of(arrival.arrival)
        if taken.verdict == "already" and row is not None and self._page() is not self.filling:
            # Whoever takes it up a second time wants to look into it.
            self.open_row(row)
            return
        tone: Tone = "good" if taken.verdict == "saved" else "warn" if taken.verdict == "already" else "bad"
        self._say(phrase(taken.key, **taken.facts), tone)
        self._read_list()

    def _row_of(self, arrival: str) -> decide.BagRow | None:
        rows = self._now.rows if self._now is not None else ()
        return next((one for one in rows if one.key == arrival), None)

    def _on_not_taken(self, error: Refused | Trouble) -> None:
        self.session.tone("refused")
        page = self._page()
        if page is not None:
            page.say(refusal(error), "bad")
            return
        # What was scanned stands there until it is said in what way it differs.
        self.label.put(self._labels[0][0])
        if isinstance(error, Refused) and self.taking.show_refusal(error):
            return
        self._say(refusal(error), "bad")

    def _say(self, words: Say, tone: Tone) -> None:
        self.answer.say(words, tone)
        page = self._page()
        if page is not None:
            page.say(words, tone)
