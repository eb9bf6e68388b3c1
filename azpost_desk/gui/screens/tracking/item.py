"""The timeline of one item: its events, newest first, with office and time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from azpost_desk.domain.item_numbers import printed_item_number
from azpost_desk.domain.mail.bags import BAGGING
from azpost_desk.domain.mail.moves import BACK
from azpost_desk.domain.mail.scanning import SERIES as HANDED_OVER
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.cards import NameList
from azpost_desk.gui.kit.charts import Step, Timeline
from azpost_desk.gui.kit.irregular import line_of
from azpost_desk.gui.kit.labels import Label, StatePill
from azpost_desk.gui.kit.named import event_words
from azpost_desk.gui.kit.words import Say, follow, language, phrase, plain, say
from azpost_desk.gui.screens.tracking.actions import AMEND_KEY, IRREGULAR_KEY

if TYPE_CHECKING:
    from azpost_desk.gui.kit.labels import State, Tone
    from azpost_desk.services.declarations import Amended
    from azpost_desk.services.irregularities import Reported
    from azpost_desk.services.tracking import Known
    from azpost_desk.services.views_mail import ItemEvent


_TERM_TONES: Final[dict[str, Tone]] = {"due_back": "bad", "ends_soon": "warn", "stopped": "warn"}


class ItemCard(QFrame):
    """The timeline in place of the scans; Esc goes back to them.

    Attributes:
        back: the button back.
        irregular: the button that reports what is wrong; its key is the screen's.
        amend: the button that amends what was declared of an item sold here; its key is the screen's.
        reports: what was reported of it here; a report that is picked is shown with its photo.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._known: Known | None = None
        self._reports: tuple[Reported, ...] = ()
        self._amendments: tuple[Amended, ...] = ()
        self.number = Label("", "big")
        self._pill = StatePill()
        self.term = Label("", "body", wrap=True)
        self._empty = Label("tracking.screen.item.nothing", "muted", wrap=True)
        self.timeline = Timeline("tracking.screen.item.events")
        self.irregular = Button("tracking.screen.irregular.do", IRREGULAR_KEY, bind=False)
        self.amend = Button("tracking.screen.amend.do", AMEND_KEY, bind=False)
        self.reports = NameList()
        self.back = Button("tracking.screen.back", hint=plain("Esc"), role="quiet")
        head = QHBoxLayout()
        head.addWidget(self.number)
        head.addWidget(self._pill)
        head.addStretch()
        head.addWidget(self.back)
        inner = QWidget()
        inner.setProperty("role", "scrolled")
        holder = QVBoxLayout(inner)
        holder.setContentsMargins(0, 0, 0, 0)
        holder.addWidget(self._empty)
        holder.addWidget(self.timeline)
        holder.addStretch()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inner)
        follow(self, lambda: scroll.setAccessibleName(say("tracking.screen.item.events")))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(12)
        column.addLayout(head)
        below = QHBoxLayout()
        below.addWidget(self.term, 1)
        below.addStretch()
        below.addWidget(self.amend)
        below.addWidget(self.irregular)
        column.addLayout(below)
        column.addWidget(self.reports)
        column.addWidget(scroll, 1)
        follow(self, self._retranslate)

    @property
    def shown(self) -> str:
        """The number of the item shown; "" before the first."""
        return self._known.number if self._known else ""

    def show_item(
        self, known: Known, reports: tuple[Reported, ...] = (), amendments: tuple[Amended, ...] = ()
    ) -> None:
        """Show an item, what was reported of it and how its declaration was amended here, newest first."""
        self._known, self._reports, self._amendments = known, reports, amendments
        self._retranslate()

    def _retranslate(self) -> None:
        known = self._known
        if known is None:
            return
        self.number.say(plain(printed_item_number(known.number)))
        self._pill.show_state(*_standing(known))
        self.term.setVisible(known.term is not None)
        if known.term is not None:
            stands = known.term.stands
            words = phrase(f"express.term.{stands}", day=known.term.kept.last_day)
            self.term.say(words, _TERM_TONES.get(stands, ""))
        self.reports.setVisible(bool(self._reports))
        self.reports.offer([line_of(one) for one in self._reports])
        self._empty.setVisible(not known.events)
        self.timeline.setVisible(bool(known.events))
        self.timeline.show_steps(_steps(known, self._amendments))


def _standing(known: Known) -> tuple[Say, State]:
    """Where the item is, in a word or two; nothing where no event says so."""
    if known.expected:
        return "tracking.screen.item.expected", "warn"
    base = known.state.removesuffix(BACK)
    if not base:
        return "", "neutral"
    words = phrase(f"express.state.{base}")
    if base != known.state:
        return phrase("express.state_back", state=words), "warn"
    return words, "good" if base in ("delivered", "returned") else "neutral"


def _steps(known: Known, amendments: tuple[Amended, ...]) -> list[Step]:
    """The events in their causal order, each amendment above the first that is not younger than it."""
    left, steps = list(amendments), []
    for event in known.events:
        while left and left[0].at_ms >= event.at_ms:
            steps.append(_amended(left.pop(0)))
        steps.append(_step(event, known))
    return [*steps, *map(_amended, left)]


def _amended(one: Amended) -> Step:
    title = phrase("tracking.screen.item.amended", version=one.version)
    by: Say = plain(one.by)
    if one.has_left:
        by = phrase("tracking.screen.item.amended_late", by=by)
    return Step(title, by, language().texts.moment(one.at_ms), "neutral")


def _step(event: ItemEvent, known: Known) -> Step:
    texts = language().texts
    office: Say = plain(known.offices.get(event.office, event.office))
    said = (f"reason.{event.reason}", f"measure.{event.measure}", f"relation.{event.detail}")
    for word in (f"express.{one}" for one in said):
        if texts.has(word):
            office = phrase("tracking.screen.item.office_reason", office=office, reason=phrase(word))
    if event.event in (*HANDED_OVER, *BAGGING) and event.detail:
        office = phrase("tracking.screen.item.office_reason", office=office, reason=plain(event.detail))
    state: State = "good" if event.event == "EMI" else "bad" if event.event == "EMH" else "neutral"
    title = event_words(event.event)
    if not event.counts:
        title, state = phrase(f"tracking.screen.item.{event.mark}", event=title), "warn"
    elif event.mark == "jump":
        office = phrase("tracking.screen.item.jump", office=office)
    return Step(title, office, texts.moment(event.at_ms), state)
