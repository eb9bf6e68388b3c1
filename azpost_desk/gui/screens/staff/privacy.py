"""Personal data at this desk: who looked at whose file, which term keeps what, and erasing what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from azpost_desk.domain.identifiers import EXAMPLES, require
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.cards import Sheet
from azpost_desk.gui.kit.fields import TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.tables import Column, Table
from azpost_desk.gui.kit.theme import GAP
from azpost_desk.gui.kit.words import language, phrase, plain, refusal
from azpost_desk.gui.work.runner import Lane, Operation

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from azpost_desk.domain.refusals import Refused
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.kit.words import Say
    from azpost_desk.services.erasure import Asked, Due
    from azpost_desk.services.views import Look

ERASE_KEY: Final = "Ctrl+E"
_NAMED: Final = frozenset(
    {"parties", "parties_abroad", "receiver", "account", "addresses", "customer", "note", "signer"}
)


class PrivacySheet(Sheet):
    """Looks above, terms below; one key erases what has outlived its term."""

    def __init__(self, over: QWidget, session: Session) -> None:
        super().__init__(over, "staff.privacy", side="right", width_px=820, leave="kit.words.close")
        self._session = session
        self.looks: Table[Look] = Table(
            look_columns(), name="staff.privacy.looks", empty="staff.privacy.looks.empty", card=False
        )
        self.terms: Table[Due] = Table(
            term_columns(), name="staff.privacy.terms", empty="staff.privacy.nothing", card=False
        )
        self.erase = Button("staff.privacy.run", ERASE_KEY, bind=False)
        self.erase.clicked.connect(self._on_erase)
        self._said = Label("", "body", wrap=True)
        self.body.addWidget(Label("staff.privacy.hint", "hint", wrap=True))
        self.body.addWidget(Label("staff.privacy.looks", "section"))
        self.body.addWidget(self.looks)
        row = QHBoxLayout()
        row.addWidget(Label("staff.privacy.terms", "section"), 1)
        row.addWidget(self.erase)
        self.body.addLayout(row)
        self.body.addWidget(self.terms)
        self.body.addWidget(self._said)
        self.body.addWidget(self._request())
        self.body.addStretch()

    def _request(self) -> Form:
        """A person asks for the erasure of their data: the FİN, and the answer the law gives."""
        self.fin = TextField(
            "staff.privacy.fin",
            name="fin",
            hint="staff.privacy.fin_hint",
            placeholder="kit.fin.example",
            check=lambda typed: require("fin", typed),
        )
        self.fin.example = plain(EXAMPLES["fin"])
        self.answer = Button("staff.privacy.answer", hint=plain("Enter"))
        self.answer.clicked.connect(self._on_asked)
        self.request = Form(self.answer)
        self.request.add(self.fin)
        self.request.escaped.connect(lambda _dirty: self.close_sheet())
        row = QHBoxLayout(self.request)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self.fin, 1)
        row.addWidget(self.answer, 0, Qt.AlignmentFlag.AlignVCenter)
        return self.request

    def _on_asked(self) -> None:
        if not self.request.verify():
            return
        erasure, by, fin = self._session.services.erasure, self._session.by, self.fin.text()
        Operation(self.answer, lambda: erasure.asked_by(by, fin)).holding(self).succeeded(
            self._on_answered
        ).refused(self._on_refused).changes("customers").start(Lane.NETWORK)

    def _on_answered(self, asked: Asked) -> None:
        words = phrase(f"staff.privacy.answer.{asked.answer}", until=asked.until, basis=asked.basis)
        self._said.say(words, "warn" if asked.answer == "refused" else "good")
        self.request.clear()
        self._read()
        self.fin.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_refused(self, error: Refused) -> None:
        if not self.request.show_refusal(error):
            self._said.say(refusal(error), "bad")
        self.fin.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask(self) -> None:
        """Read, then open."""
        self._read()
        self.open(self.looks.view)

    def _read(self) -> None:
        erasure, by = self._session.services.erasure, self._session.by
        Operation(self, lambda: (erasure.looks(by), erasure.due(by))).succeeded(self._show).start()

    def _show(self, read: tuple[list[Look], list[Due]]) -> None:
        looks, terms = read
        self.looks.show_records(looks)
        self.looks.fit_height(4)
        self.terms.show_records(terms)
        self.terms.fit_height(4)
        count = sum(one.count for one in terms)
        self.erase.setEnabled(count > 0)
        if not count and not self._said.text():
            self._said.say("staff.privacy.nothing")

    def _on_erase(self) -> None:
        erasure, by = self._session.services.erasure, self._session.by
        # Not in the lane of the database: a large run would keep the customers at the other screens waiting.
        Operation(self.erase, lambda: erasure.run(by)).holding(self).succeeded(self._on_erased).changes(
            "customers"
        ).start(Lane.NETWORK)

    def _on_erased(self, count: int) -> None:
        self._said.say(phrase("staff.privacy.done", count=language().texts.number(count)), "good")
        self._read()
        # The button rests now; the keys go on at the list.
        self.looks.view.setFocus(Qt.FocusReason.OtherFocusReason)


def look_columns() -> list[Column[Look]]:
    """When, who, at whom, why."""
    return [
        Column("staff.privacy.when", lambda one: plain(language().texts.moment(one.at_ms)), 140),
        Column("staff.privacy.who", lambda one: plain(one.officer), 150),
        Column("staff.privacy.whom", _whom),
        Column("staff.privacy.why", _why, 240),
    ]


def _whom(one: Look) -> Say:
    return plain(one.customer) if one.customer else phrase("staff.privacy.erased")


def _why(one: Look) -> Say:
    key = f"staff.privacy.why.{one.purpose}"
    return phrase(key) if language().texts.has(key) else plain(one.purpose)


def term_columns() -> list[Column[Due]]:
    """Which data, kept how long and by what, how much is due and how much is held."""

    def number(count: int) -> Say:
        return plain(language().texts.number(count) if count else "–")

    return [
        Column("staff.privacy.group", lambda one: _group(one.group)),
        Column("staff.privacy.years", lambda one: plain(str(one.years)), 60, align="right"),
        Column("staff.privacy.basis", _basis, 230),
        Column("staff.privacy.due", lambda one: number(one.count), 120, align="right"),
        Column("staff.privacy.held", lambda one: number(one.held), 100, align="right"),
    ]


def _group(group: str) -> Say:
    return phrase(f"staff.privacy.group.{group if group in _NAMED else 'other'}")


def _basis(one: Due) -> Say:
    return phrase("staff.privacy.demo", basis=one.basis) if one.demo else plain(one.basis)
