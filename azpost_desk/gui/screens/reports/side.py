"""What stands right of the report: the desks of the branch, the acts; and the panels they open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.buttons import Button, PrimaryButton
from azpost_desk.gui.kit.cards import Sheet, pair
from azpost_desk.gui.kit.dialogs import ask_where_to_save
from azpost_desk.gui.kit.disputing import DISPUTE_KEY
from azpost_desk.gui.kit.fields import DateField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import Label, StatePill, rule
from azpost_desk.gui.kit.paper_view import PaperView
from azpost_desk.gui.kit.theme import GAP, GAP_WIDE
from azpost_desk.gui.kit.words import language, phrase, plain, refusal, say, written
from azpost_desk.gui.screens.reports import actions
from azpost_desk.gui.screens.reports.signing import STATES

if TYPE_CHECKING:
    from azpost_desk.domain.refusals import Refused
    from azpost_desk.domain.signatures import Standing as Signed
    from azpost_desk.gui.kit.labels import State
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.kit.words import Say
    from azpost_desk.gui.screens.reports.form import DeskRow, Picture, Standing

_STATES: Final[dict[Standing, State]] = {"closed": "good", "open": "warn", "silent": "bad"}


class ReportSide(QFrame):
    """The desks with their standing; close the day, print, and a day gone by.

    Signals:
        date_chosen(str): the closed day (ISO) whose report is wanted.
    """

    date_chosen = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setProperty("role", "side")
        self._may_close = session.may(Permission.CLOSE_DAY)
        self._rows: list[QWidget] = []
        self._desks = QVBoxLayout()
        self._desks.setSpacing(0)
        self._why = Label("", "hint", wrap=True)
        self.close_day = PrimaryButton("reports.screen.close", actions.CLOSE_KEY)
        self.print_interim = Button("reports.screen.print", actions.PRINT_KEY, icon="printer")
        self.dispute = Button("dispute.act", DISPUTE_KEY, bind=False)
        self.sign = Button("reports.signing.open", actions.SIGN_KEY)
        self.date = DateField("reports.screen.past", name="date", hint="reports.screen.past_hint")
        self._show_past = Button("reports.screen.past_show", hint=plain("Enter"))
        self._show_past.clicked.connect(self._on_date)
        self._past = Form(self._show_past)
        self._past.add(self.date)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(GAP)
        column.addWidget(Label("reports.screen.desks", "section"))
        column.addLayout(self._desks)
        column.addStretch()
        column.addWidget(self._past_form())
        column.addWidget(rule(strong=True))
        for widget in (self._why, self.close_day, self.sign, self.print_interim, self.dispute):
            column.addWidget(widget)
        # Only once it stands here: shown before, it would be a window of its own.
        self.close_day.setVisible(self._may_close)

    def _past_form(self) -> Form:
        inside = QVBoxLayout(self._past)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(GAP)
        inside.addWidget(self.date)
        inside.addWidget(self._show_past)
        return self._past

    def show_picture(self, picture: Picture) -> None:
        """Show how the desks stand and what stands in the way of closing."""
        for row in self._rows:
            row.deleteLater()
        self._rows = [_desk_row(desk) for desk in picture.desks]
        for row in self._rows:
            self._desks.addWidget(row)
        self.print_interim.setEnabled(True)
        self.sign.setEnabled(picture.closed)
        blocked = picture.blocked if self._may_close else None
        self.close_day.setEnabled(blocked is None)
        self._why.setVisible(blocked is not None)
        if blocked is not None:
            self._why.say("reports.screen.already" if picture.closed else refusal(blocked))

    def show_nothing(self) -> None:
        """There has never been a day: nothing to close, nothing to print."""
        self.close_day.setEnabled(False)
        self.print_interim.setEnabled(False)
        self.sign.setEnabled(False)

    def ask_date(self) -> None:
        """Go to the date of a day gone by."""
        self.date.setFocus(Qt.FocusReason.TabFocusReason)

    def show_refusal(self, error: Refused) -> None:
        """Beside the date."""
        self.date.set_error(error)

    def _on_date(self) -> None:
        if self._past.verify() and (day := self.date.date()) is not None:
            self.date_chosen.emit(day.isoformat())


def _desk_row(desk: DeskRow) -> QWidget:
    widget = QWidget()
    names = QVBoxLayout()
    names.setSpacing(0)
    names.addWidget(Label(phrase("reports.screen.desk", number=desk.number), "body"))
    standing = _standing(desk)
    if desk.holder:
        standing = phrase("reports.screen.holder", name=desk.holder, standing=say(standing))
    names.addWidget(Label(standing, "hint", wrap=True))
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, GAP, 0, GAP)
    row.addLayout(names, 1)
    pill = StatePill(phrase(f"reports.screen.standing.{desk.standing}"), _STATES[desk.standing])
    row.addWidget(pill, 0, Qt.AlignmentFlag.AlignVCenter)
    return widget


def _standing(desk: DeskRow) -> Say:
    if desk.difference is not None:
        if desk.difference:
            return phrase("reports.screen.counted.different", amount=desk.difference)
        return "reports.screen.counted.even"
    if desk.standing == "silent" and not desk.heard_ms:
        return "reports.screen.never_heard"
    if desk.heard_ms:
        return phrase("reports.screen.heard", time=language().texts.time(desk.heard_ms))
    return "reports.screen.not_counted"


class CloseSheet(Sheet):
    """What the manager signs off by closing: the figures once more, and the button."""

    def __init__(self, over: QWidget, picture: Picture) -> None:
        super().__init__(over, phrase("reports.screen.close_of", date=picture.date))
        self.body.addWidget(pair("reports.screen.card.operations", written("number", picture.operations)))
        self.body.addWidget(pair("reports.screen.card.cash", written("money", picture.cash)))
        tone: Literal["bad", "good"] = "bad" if picture.difference else "good"
        self.body.addWidget(
            pair("reports.screen.card.difference", written("money", picture.difference), tone)
        )
        silent = [desk.number for desk in picture.desks if desk.standing != "closed" and not desk.own]
        if silent:
            numbers = ", ".join(map(str, silent))
            warning = Label("", "body", wrap=True)
            warning.say(phrase("reports.screen.without", desks=numbers), "warn")
            self.body.addWidget(warning)
        self.body.addWidget(Label("reports.screen.close_words", "hint", wrap=True))
        self.main = PrimaryButton("reports.screen.close", hint=plain("Enter"))
        self.body.addWidget(self.main)


class StoredSheet(Sheet):
    """A closed day's report, page by page: the very bytes that were stored, and how their signature stands.

    Signals:
        print_asked(): print these bytes again.
    """

    print_asked = Signal()

    def __init__(self, over: QWidget, date: str, content: bytes, standing: Signed) -> None:
        super().__init__(
            over,
            phrase("reports.screen.stored", date=date),
            side="right",
            width_px=720,
            leave="kit.words.close",
        )
        self._date, self.content = date, content
        view = PaperView(phrase("reports.screen.stored", date=date), self)
        self._view, self.document = view, view.pages
        self.show_content(content)
        self.again = Button("reports.screen.print_stored", actions.PRINT_KEY, bind=False, icon="printer")
        self.again.clicked.connect(self.print_asked.emit)
        save = Button("reports.screen.save", "Ctrl+S", bind=False)
        save.clicked.connect(self._on_save)
        row = QHBoxLayout()
        row.setSpacing(GAP_WIDE)
        row.addWidget(self.again)
        row.addWidget(save)
        row.addStretch()
        self.signature = StatePill(phrase(f"reports.signing.state.{standing}"), STATES[standing])
        row.addWidget(self.signature)
        self.body.addWidget(view, 1)
        self.body.addLayout(row)

    def show_content(self, content: bytes) -> None:
        """Show these stored bytes; they are what is printed and saved."""
        self.content = content
        self._view.show_content(content)

    def _on_save(self) -> None:
        path = ask_where_to_save(self, "reports.screen.save", f"{self._date}.pdf")
        if path is not None:
            path.write_bytes(self.content)
