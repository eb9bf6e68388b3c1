"""One operation opened, at the right: lines, tenders, record mark, paper, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.cards import pair
from azpost_desk.gui.kit.disputing import DISPUTE_KEY
from azpost_desk.gui.kit.labels import BigAmount, Label, StatePill, rule
from azpost_desk.gui.kit.rows import FactRows
from azpost_desk.gui.kit.words import Say, follow, phrase, plain, written
from azpost_desk.gui.screens.history import form as decide
from azpost_desk.gui.screens.history.actions import COPY_KEY, EXPLAIN_KEY, REVERSE_KEY
from azpost_desk.gui.screens.history.table import STATES, state_words

if TYPE_CHECKING:
    from azpost_desk.domain.money import Money
    from azpost_desk.services.history import Detail, DoneLine


class DetailPanel(QFrame):
    """Instead of the basket: nothing is sold here.

    Attributes:
        copy, reverse: the acts; their keys are the screen's.
        detail: what is shown now.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        # It belongs to its screen until the frame puts it at the right.
        self.hide()
        self.setProperty("role", "side")
        self.detail: Detail | None = None
        self.title = Label("history.screen.detail", "section")
        self._pill = StatePill(parent=self)
        self._who = Label("history.screen.detail_hint", "muted", wrap=True)
        self.amount = BigAmount("")
        self.copy = Button("history.screen.copy", COPY_KEY, bind=False)
        self.reverse = Button("history.screen.reverse", REVERSE_KEY, role="danger", bind=False)
        self.dispute = Button("dispute.act", DISPUTE_KEY, bind=False)
        self.explain = Button("explain.act", EXPLAIN_KEY, bind=False)
        self._rows = FactRows(2)
        self._build()
        follow(self, lambda: self.show_detail(self.detail))

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addWidget(self._pill)
        column.addWidget(self._who)
        column.addWidget(self.amount)
        column.addWidget(self._rows.page, 1)
        for button in (self.copy, self.explain, self.dispute, self.reverse):
            column.addWidget(button)

    def show_detail(self, detail: Detail | None) -> None:
        """Show an operation, or the hint when none is chosen."""
        self.detail = detail
        self.copy.setEnabled(detail is not None and bool(detail.lines))
        self.reverse.setEnabled(detail is not None and bool(decide.reversible(detail)))
        self.dispute.setEnabled(detail is not None and bool(decide.disputable(detail)))
        # Shown once it stands in its panel; before, it would be a window of its own.
        if self.explain.parentWidget() is not None:
            self.explain.setVisible(detail is not None and detail.done.sort == "till_closed")
        if detail is None:
            self.title.say("history.screen.detail")
            self._pill.show_state("", "neutral")
            self._who.say("history.screen.detail_hint")
            self.amount.show_amount(None)
            self._rows.show_rows(())
            return
        done = detail.done
        key, _more = decide.what(done)
        self.title.say(phrase("history.screen.receipt", number=done.receipt) if done.receipt else key)
        self._pill.show_state(state_words(done.state), STATES.get(done.state, "neutral"))
        self._who.say(phrase("history.screen.who", at_ms=done.at_ms, officer=plain(done.officer)))
        self.amount.say(
            "history.screen.paid_out" if done.out else "history.screen.taken" if done.into else ""
        )
        self.amount.show_amount(done.into or done.out)
        self._rows.show_rows([*map(_line, detail.lines), rule(), *_facts(detail)])


def _line(line: DoneLine) -> QWidget:
    widget = QWidget()
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 2, 0, 2)
    column.setSpacing(0)
    words: Say = phrase(f"history.screen.kind.{line.kind}")
    if line.paid.reversed_by:
        words = phrase("history.screen.line_reversed", what=words)
    column.addWidget(pair(words, written("amount", line.amount)))
    if line.about:
        column.addWidget(Label(plain(line.about), "hint", wrap=True))
    return widget


def _facts(detail: Detail) -> list[QWidget]:
    """Tenders, cash given and change, prints, the record mark."""
    rows: list[tuple[Say, Money | None]] = [
        (phrase(f"history.screen.tender.{tender}"), amount) for tender, amount in detail.tenders
    ]
    rows += [(f"dispute.figure.{name}", amount) for name, amount in detail.figures]
    rows += [("history.screen.given", detail.given), ("history.screen.change", detail.change)]
    shown = [pair(words, written("amount", amount)) for words, amount in rows if amount is not None]
    for job in detail.prints:
        state = phrase(f"history.screen.print.{job.state}")
        paper: Say = phrase(f"history.screen.paper.{job.paper}")
        if job.sort != "original":
            paper = phrase(f"history.screen.again.{job.sort}", paper=paper)
        shown.append(pair(paper, state))
    if detail.copies or detail.duplicates:
        copies = phrase("history.screen.copies", copies=detail.copies, duplicates=detail.duplicates)
        shown.append(Label(copies, "hint", wrap=True))
    shown.append(Label(phrase("history.screen.mark", mark=detail.mark), "hint", wrap=True))
    return shown
