"""One dispute opened, at the right: what was said, what the centre answered, what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from azpost_desk.domain.operations_disputes import ENQUIRIES
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.cards import pair
from azpost_desk.gui.kit.labels import Label, StatePill, rule
from azpost_desk.gui.kit.rows import FactRows
from azpost_desk.gui.kit.words import follow, language, phrase, plain
from azpost_desk.gui.screens.disputes import form
from azpost_desk.gui.screens.disputes.actions import CLOSE_KEY, ESCALATE_KEY, OPEN_KEY, SLIP_KEY
from azpost_desk.gui.screens.disputes.table import STATES, standing_words, value_words, what_words

if TYPE_CHECKING:
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.screens.disputes.form import Opened, Row


class DisputePanel(QFrame):
    """Instead of the basket: nothing is sold here.

    Attributes:
        opened: what is shown now.
    """

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self.setProperty("role", "side")
        self._session = session
        self.opened: Opened | None = None
        self._title = Label("disputes.screen.detail", "section")
        self._pill = StatePill(parent=self)
        self.record = Button("disputes.screen.open", OPEN_KEY, bind=False)
        self.escalate = Button("disputes.screen.escalate", ESCALATE_KEY, bind=False)
        self.close_it = Button("disputes.screen.close", CLOSE_KEY, bind=False)
        self.slip = Button("abroad.enquiry.slip", SLIP_KEY, bind=False)
        self._rows = FactRows(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._pill)
        column.addWidget(self._rows.page, 1)
        for widget in (self.slip, self.record, self.escalate, self.close_it):
            column.addWidget(widget)
        follow(self, lambda: self.show_opened(self.opened))

    def show_opened(self, opened: Opened | None) -> None:
        """Show a dispute or a case, or the hint when none is chosen."""
        self.opened = opened
        row = opened.row if opened is not None else None
        by = self._session.officer
        self.record.setEnabled(row is not None and bool(row.opens))
        self.close_it.setEnabled(by is not None and form.may_close(row, by))
        self.escalate.setEnabled(by is not None and form.may_escalate(row, by))
        self.slip.setVisible(row is not None and row.what in ENQUIRIES)
        if opened is None or row is None:
            self._title.say("disputes.screen.detail")
            self._pill.show_state("", "neutral")
            self._rows.show_rows([Label("disputes.screen.detail_hint", "muted", wrap=True)])
        else:
            self._title.say(plain(row.number))
            self._pill.show_state(standing_words(row), STATES[row.standing])
            self._rows.show_rows(_facts(row, opened.words))


def _facts(row: Row, words: str) -> list[QWidget]:
    texts = language().texts
    shown: list[QWidget] = [pair(what_words(row), plain(value_words(row)))]
    shown.append(pair("disputes.screen.raised", plain(texts.moment(row.raised_ms))))
    if row.due:
        shown.append(pair("disputes.screen.due", plain(texts.date(row.due))))
    if row.officer:
        shown.append(pair("disputes.screen.column.officer", plain(row.officer)))
    is_enquiry = row.what in ENQUIRIES
    if words:
        said = "abroad.enquiry.words" if is_enquiry else "disputes.screen.said"
        shown += [rule(), Label(said, "label"), Label(plain(words), "body", wrap=True)]
    dispute = row.dispute
    if dispute is not None and dispute.answer:
        answered = "abroad.enquiry.answer_of" if is_enquiry else "disputes.screen.answered"
        shown += [
            rule(),
            Label(phrase(answered, by=dispute.answered_by), "label", wrap=True),
            Label(f"dispute.answer.{dispute.answer}", "strong", wrap=True),
        ]
        if dispute.answer_words:
            shown.append(Label(plain(dispute.answer_words), "body", wrap=True))
    if dispute is not None and dispute.outcome:
        shown += [rule(), Label(f"dispute.outcome.{dispute.outcome}", "strong")]
    return shown
