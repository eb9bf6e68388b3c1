"""A bag that came here: opened, what is in it scanned against its list, ended by a person who names what is
missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from azpost_desk.domain.item_numbers import printed_item_number
from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit.approval import ApprovalSheet
from azpost_desk.gui.kit.buttons import PrimaryButton
from azpost_desk.gui.kit.fields import TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import Label, rule
from azpost_desk.gui.kit.theme import GAP
from azpost_desk.gui.kit.words import phrase, plain
from azpost_desk.gui.screens.mail_bags import form as decide
from azpost_desk.gui.screens.mail_bags.page import BagPage
from azpost_desk.gui.screens.mail_bags.table import printed_bag
from azpost_desk.gui.work.runner import Operation

if TYPE_CHECKING:
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.kit.words import Say
    from azpost_desk.services.counter import Approval
    from azpost_desk.services.mail_bags_in import Content
    from azpost_desk.services.tracking import Scanned

# More numbers than anybody reads in a notice; the list behind it has them all.
_NAMED_MAX = 5


class ArrivalPage(BagPage):
    """Closed: Enter opens it. Open: scans; Enter ends it, with the number of the missing where some are."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "mail_bags.screen.open_first")
        self.now: Content | None = None
        self._place = self._event = ""
        self.approval: ApprovalSheet | None = None
        self.found, self.left_over, self.surplus = (Label(plain("0"), "huge") for _ in range(3))
        self.missing = TextField(
            "mail_bags.screen.missing", name="missing", hint="mail_bags.screen.missing_hint", max_length=4,
            check=decide.read_count,
        )  # fmt: skip
        self.main = PrimaryButton("mail_bags.screen.open", hint=plain("Enter"))
        self.form = Form(self.main)
        self.form.add(self.missing)
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        figures = QHBoxLayout()
        for figure, words in (
            (self.found, "mail_bags.screen.found"),
            (self.left_over, "mail_bags.screen.not_seen"),
            (self.surplus, "mail_bags.screen.surplus"),
        ):
            stands = QVBoxLayout()
            stands.addWidget(figure)
            stands.addWidget(Label(words, "small", wrap=True))
            stands.addStretch()
            figures.addLayout(stands, 1)
        column.addLayout(figures)
        column.addWidget(rule())
        column.addWidget(self.missing)
        column.addWidget(self.main)
        column.addStretch()
        self.side.grid.addWidget(self.form, 0, 0)
        self.main.clicked.connect(self._on_main)
        self.form.escaped.connect(lambda _dirty: self.left.emit())

    def open_arrival(self, arrival: str, place: str, event: str) -> None:
        """Work at this bag from `place`; what is found is scanned as `event`."""
        self.key, self._place, self._event, self.now = arrival, place, event, None
        self.form.clear()
        self.say("")
        self.read()

    def read(self) -> None:
        """See `BagPage`."""
        coming, arrival = self.session.services.mail_bags_in, self.key
        if arrival:
            Operation(self, lambda: coming.content(arrival)).succeeded(self._show).refused(
                self.on_refused
            ).start()

    def _show(self, now: Content) -> None:
        if now.arrival.arrival != self.key:
            return
        was, self.now = self.now, now
        number = plain(printed_bag(now.arrival.number))
        place = plain(self._place) if self._place else phrase("mail_bags.screen.unheard")
        self.title.say(phrase("mail_bags.screen.arrived", number=number, office=place))
        self.facts.say(_facts(now), "bad" if now.arrival.condition else "muted")
        self.wrong.show_bag(now.arrival.number)
        is_open = now.arrival.state == "opened"
        self.items.show_records(decide.found_in(now) if is_open else [])
        self.found.say(plain(str(len(now.arrival.found))), "good")
        left = len(now.held.missing)
        self.left_over.say(plain("–" if now.listed is None else str(left)), "warn" if left else "")
        self.surplus.say(plain(str(len(now.held.surplus))), "bad" if now.held.surplus else "")
        self.main.say("mail_bags.screen.end" if is_open else "mail_bags.screen.open")
        self.void_it.setVisible(is_open)
        self.missing.setVisible(is_open and bool(left))
        begins = was is None or was.arrival.state != now.arrival.state
        if begins or self.missing.isHidden() != (was is None or not was.held.missing):
            self._focus()
        self.next()

    def _focus(self) -> None:
        target = self.main if self.missing.isHidden() else self.missing
        target.setFocus(Qt.FocusReason.TabFocusReason)

    def scanned(self, number: str) -> Scanned:
        """See `BagPage`."""
        coming, by = self.session.services.mail_bags_in, self.session.by
        return coming.found(self.key, number, self._event, by)

    def tone_of(self, answer: Scanned) -> decide.Tone:
        """What is on no list sounds as what belongs elsewhere."""
        listed = self.now.listed if self.now is not None else None
        is_surplus = answer.verdict == "saved" and listed is not None and answer.number not in listed
        return "elsewhere" if is_surplus else super().tone_of(answer)

    def heard(self, answer: Scanned) -> None:
        """An item on no list is taken all the same, and said at once."""
        listed = self.now.listed if self.now is not None else None
        if answer.verdict != "saved" or listed is None:
            return
        number = plain(printed_item_number(answer.number))
        if answer.number in listed:
            self.say(phrase("mail_bags.screen.is_found", number=number), "good")
        else:
            self.say(phrase("mail_bags.screen.is_surplus", number=number), "bad")

    # --- opened, ended -----------------------------------------------------------------------------------

    def _on_main(self) -> None:
        if self.now is None or self.waiting:
            return
        if self.now.arrival.state == "opened":
            self._end(self.now)
        elif self.now.arrival.condition:
            self._ask_second(self.now)
        else:
            self._open("", None)

    def _ask_second(self, now: Content) -> None:
        operation = self.session.services.counter.new_id()
        words = phrase(f"express.bag.{now.arrival.condition}", number=plain(printed_bag(now.arrival.number)))
        self.approval = ApprovalSheet(self, self.session, operation, words)
        self.approval.approved.connect(lambda given: self._open(operation, given))
        self.approval.ask()

    def _open(self, operation: str, approval: Approval | None) -> None:
        coming, by, arrival = self.session.services.mail_bags_in, self.session.by, self.key
        Operation(self.main, lambda: coming.open(arrival, by, operation, approval)).changes(
            "journal"
        ).succeeded(lambda _recorded: self.say("mail_bags.screen.scan_found")).refused(self.on_refused).ended(
            self.read
        ).start()

    def _end(self, now: Content) -> None:
        if now.held.missing:
            try:
                decide.require_missing(self.missing.text(), now)
            except Refused as no:
                self.form.show_refusal(no)
                return
        coming, by, arrival = self.session.services.mail_bags_in, self.session.by, self.key
        number = plain(printed_bag(now.arrival.number))

        def ended(after: Content) -> None:
            words, state = _ended(number, after)
            self.session.notice(words, state)
            self.left.emit()

        Operation(self.main, lambda: coming.end(arrival, by)).changes("journal").succeeded(ended).refused(
            self.on_refused
        ).start()


def _facts(now: Content) -> Say:
    """How it was sealed, and what was seen on it that is not so."""
    if now.arrival.condition:
        return phrase(f"mail_bags.screen.seen.{now.arrival.condition}")
    if now.bag is None or not now.bag.seal:
        return "mail_bags.screen.no_list"
    return phrase(
        "mail_bags.screen.sealed_as",
        item_grams=now.bag.grams,
        seal=plain(now.bag.seal),
        version=now.bag.version,
    )


def _ended(number: Say, now: Content) -> tuple[Say, str]:
    """What is said of a bag that is empty: what is missing by its numbers."""
    if not now.held.missing:
        words = "mail_bags.screen.is_ended_more" if now.held.surplus else "mail_bags.screen.is_ended"
        return phrase(words, number=number, surplus=len(now.held.surplus)), "good"
    named = ", ".join(printed_item_number(one) for one in now.held.missing[:_NAMED_MAX])
    more = "…" if len(now.held.missing) > _NAMED_MAX else ""
    count = len(now.held.missing)
    return (
        phrase("mail_bags.screen.is_ended_short", number=number, missing=count, numbers=plain(named + more)),
        "warn",
    )
