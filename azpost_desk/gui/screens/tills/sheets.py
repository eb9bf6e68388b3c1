"""The panels over the till screen: one act in hand, most of them with a count by denomination."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from azpost_desk.domain.catalogue import name_in
from azpost_desk.gui.kit.buttons import Button, PrimaryButton
from azpost_desk.gui.kit.cards import Card, Sheet
from azpost_desk.gui.kit.causes import Causes
from azpost_desk.gui.kit.counts import DenominationSheet
from azpost_desk.gui.kit.disputing import DISPUTE_KEY, Shown
from azpost_desk.gui.kit.fields import Choice, ChoiceField, Field, TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.theme import GAP, GAP_WIDE
from azpost_desk.gui.kit.words import language, phrase, plain, refusal, written
from azpost_desk.gui.screens.tills import actions, form
from azpost_desk.gui.work.guards import guarded
from azpost_desk.services.disputes import Figure

if TYPE_CHECKING:
    from azpost_desk.domain.money import Money
    from azpost_desk.domain.refusals import Refused
    from azpost_desk.gui.kit.labels import Tone
    from azpost_desk.gui.kit.words import Say
    from azpost_desk.services.cash_counts import Counted
    from azpost_desk.services.standing import TillNow
    from azpost_desk.services.views import Remittance

_WIDTH_PX = 560


class _Asked(Form):
    """The fields above a count: Enter on the last one goes on to the count.

    Signals:
        done(): nothing is left to fill in here.
    """

    done = Signal()

    def advance(self) -> None:
        here = next((at for at, field in enumerate(self.fields) if field.editor.hasFocus()), -1)
        ahead = [field for field in self.fields[here + 1 :] if field.is_empty() and not field.is_skipped()]
        if here >= 0 and not ahead and self.fields[here].leave():
            self.done.emit()
        else:
            super().advance()


class ActSheet(Sheet):
    """One act in hand: its fields, perhaps a count, its button. Esc asks once before typed work is lost.

    Signals:
        asked(): the main button; `values` and `pieces` say what.
    """

    asked = Signal()

    def __init__(self, over: QWidget, act: str, fields: list[Field], count: DenominationSheet | None) -> None:
        super().__init__(over, actions.words(act), side="right", width_px=_WIDTH_PX, keep_on_escape=True)
        self.act = act
        self.count = count
        self.main = PrimaryButton(f"tills.screen.do.{act}", hint=plain("Enter"))
        self.main.clicked.connect(self._on_main)
        self.form = _Asked(self.main) if count is not None else Form(self.main)
        self.form.add(*fields)
        self._trouble = Label("", "body", wrap=True)
        self._trouble.hide()
        self._warned = self._again = False
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        above = QHBoxLayout() if count is not None else QVBoxLayout()
        above.setSpacing(GAP_WIDE)
        for field in fields:
            above.addWidget(field)
        column.addLayout(above)
        if count is not None:
            column.addWidget(count)
            count.finished.connect(lambda: self.main.setFocus(Qt.FocusReason.TabFocusReason))
            count.escaped.connect(self._on_escaped)
            count.changed.connect(self._trouble.hide)
        if isinstance(self.form, _Asked) and count is not None:
            self.form.done.connect(lambda: count.setFocus(Qt.FocusReason.TabFocusReason))
        column.addStretch()
        column.addWidget(self._trouble)
        column.addWidget(self.main)
        self.body.addWidget(self.form, 1)
        self.escaped.connect(self._on_escaped)
        self.form.escaped.connect(lambda _dirty: self._on_escaped())

    def first(self) -> QWidget:
        """Where work begins: the first field that is empty, else the count, else the button."""
        waiting = (one.editor for one in self.form.fields if one.is_empty() and not one.is_skipped())
        return next(waiting, None) or self.count or self.main

    def values(self) -> dict[str, str]:
        """What was typed, by field name."""
        return self.form.values()

    def pieces(self) -> dict[int, int]:
        """What was counted."""
        return self.count.pieces() if self.count is not None else {}

    def is_dirty(self) -> bool:
        """Whether something is typed or counted here."""
        return self.form.dirty or bool(self.pieces())

    def show_refusal(self, error: Refused) -> None:
        """Beside its field, or above the main button."""
        if not self.form.show_refusal(error):
            self._say_below(refusal(error), "bad")
            (self.count or self.main).setFocus(Qt.FocusReason.TabFocusReason)

    def ask_again(self, words: Say, *, clear: bool) -> None:
        """Say what else is needed; `clear` takes the count away, so that it is counted and not copied."""
        if clear and self.count is not None:
            self.count.clear()
            self._again = True
        self._say_below(words, "warn")
        (self.count or self.main).setFocus(Qt.FocusReason.TabFocusReason)

    def _on_main(self) -> None:
        if self.count is not None and not self.count.is_readable():
            self._say_below("kit.count.wrong", "bad")
        elif self._again and self.count is not None and self.count.is_untouched():
            # A held Enter is no second count; who found nothing types a zero.
            self._say_below("refusal.C-021", "bad")
        elif self.form.verify():
            self.asked.emit()

    def _say_below(self, words: Say, tone: Tone) -> None:
        self._trouble.say(words, tone)
        self._trouble.show()

    def _on_escaped(self) -> None:
        if self.is_dirty() and not self._warned:
            self._warned = True
            self._say_below("tills.screen.escape_again", "warn")
            return
        self.close_sheet()


def sheet_for(over: QWidget, act: str, now: TillNow, remittance: Remittance | None = None) -> ActSheet:
    """The panel of an act that needs more than its key."""
    if act == form.STOCK:
        return ActSheet(over, act, _stock_fields(now), None)
    fields: list[Field] = []
    if act == form.SUPPLY_SAFE:
        fields = [TextField("tills.screen.field.document", name="document")]
    elif act == form.ISSUE:
        fields = _issue_fields(now)
    expected: Money | None = None
    hint: Say = ""
    if act == form.ACCEPT and remittance is not None:
        expected = remittance.amount
        hint = phrase("tills.screen.announced_pieces", pieces=form.sheet_in_words(remittance.pieces))
    count = DenominationSheet(blind=expected is None, expected=expected, hint=hint)
    return ActSheet(over, act, fields, count)


def _stock_fields(now: TillNow) -> list[Field]:
    texts = language()
    articles = [
        Choice(
            one.sku,
            phrase("tills.screen.article", name=name_in(one.names, texts.code), left=left),
        )
        for one, left in now.articles
    ]
    return [
        ChoiceField("tills.screen.field.article", articles, name="article"),
        TextField(
            "tills.screen.field.quantity",
            name="quantity",
            hint="tills.screen.field.quantity_hint",
            check=form.read_quantity,
            max_length=6,
        ),
        TextField("tills.screen.field.document", name="document"),
    ]


def _issue_fields(now: TillNow) -> list[Field]:
    desks = [Choice(desk, phrase("tills.screen.desk", number=number)) for desk, number in now.others]
    fields: list[Field] = [ChoiceField("tills.screen.field.desk", desks, name="desk")]
    if now.safe is not None:
        place = ChoiceField(
            "tills.screen.field.place",
            [Choice("till", "tills.screen.place.till"), Choice("safe", "tills.screen.place.safe")],
            name="place",
        )
        place.fill("till")
        fields.append(place)
    if len(desks) == 1:
        fields[0].fill(desks[0].value)
    return fields


class ClosedSheet(Sheet):
    """What the blind count came to: counted, expected and difference side by side, coloured and in words."""

    def __init__(self, over: QWidget, closed: Counted, title: Say = "tills.screen.closed.title") -> None:
        super().__init__(over, title, width_px=940 if closed.difference else 640, leave="kit.words.close")
        difference = closed.difference
        tone: Tone = "bad" if difference else "good"
        sums = Card()
        sums.row(
            _column("tills.screen.closed.counted", closed.counted),
            _column("tills.screen.closed.expected", closed.expected),
            _column("tills.screen.closed.difference", difference, tone),
        )
        self.body.addWidget(sums)
        self.verdict = Label("", "section", wrap=True)
        if difference.minor > 0:
            self.verdict.say(phrase("tills.screen.closed.surplus", amount=difference), tone)
        elif difference:
            self.verdict.say(phrase("tills.screen.closed.shortage", amount=-difference), tone)
        else:
            self.verdict.say("tills.screen.closed.even", tone)
        self.body.addWidget(self.verdict)
        self.causes = Causes()
        self.body.addWidget(self.causes)
        self.done = PrimaryButton("tills.screen.closed.done", hint=plain("Enter"))
        self.done.clicked.connect(self.close_sheet)
        self.dispute = Button("dispute.act", DISPUTE_KEY, bind=False)
        row = QHBoxLayout()
        row.setSpacing(GAP_WIDE)
        row.addWidget(self.done, 1)
        row.addWidget(self.dispute)
        self.body.addLayout(row)
        self.figures = figures_of(closed)
        self._panel.installEventFilter(self)

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The sheet grows when the likely causes have been found."""
        if watched is self._panel and event.type() is QEvent.Type.LayoutRequest:
            self._place_panel()
        return super().eventFilter(watched, event)


def figures_of(closed: Counted) -> list[Shown]:
    """What can be disputed of a count."""
    operation = closed.recorded.operation
    shown = (
        ("till.difference", closed.difference),
        ("till.counted", closed.counted),
        ("till.expected", closed.expected),
    )
    return [Shown(Figure(name, operation), value) for name, value in shown]


def _column(words: str, amount: Money, tone: Tone = "") -> QWidget:
    widget = QWidget()
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(Label(words, "label"))
    figure = Label("", "big")
    figure.say(written("money", amount), tone)
    column.addWidget(figure)
    return widget
