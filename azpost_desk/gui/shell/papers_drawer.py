"""The drawer of papers: what this desk made today, looked at, opened, printed again, and where it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from azpost_desk.gui.kit.buttons import Button, PrimaryButton
from azpost_desk.gui.kit.cards import Sheet
from azpost_desk.gui.kit.dialogs import open_outside
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.paper_view import PaperView
from azpost_desk.gui.kit.tables import Column, Table
from azpost_desk.gui.kit.theme import GAP, GAP_WIDE
from azpost_desk.gui.kit.words import Say, language, phrase, plain, refusal
from azpost_desk.gui.shell.printing import paper_words
from azpost_desk.gui.work.runner import Operation

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from azpost_desk.domain.refusals import Refused, Trouble
    from azpost_desk.gui.kit.labels import State
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.views import PrintJob

AGAIN_KEY: Final = "Ctrl+P"
FOLDER_KEY: Final = "Ctrl+O"
_WIDTH_PX: Final = 1080
_LIST_PX: Final = 580
_STATES: Final[dict[str, State]] = {"printed": "good", "sent": "neutral", "failed": "bad", "printing": "warn"}


class PapersDrawer(Sheet):
    """Newest first; the chosen paper stands beside the list as it was drawn from the books.

    Signals:
        queued(): a paper waits for the printer.
    """

    queued = Signal()

    def __init__(self, over: QWidget, session: Session) -> None:
        super().__init__(
            over, "frame.papers.title", side="right", width_px=_WIDTH_PX, leave="kit.words.close"
        )
        self._session = session
        self._made = session.services.papers_made
        self.table: Table[PrintJob] = Table(
            _columns(), name="frame.papers.title", empty="frame.papers.empty", card=False
        )
        self.table.setFixedWidth(_LIST_PX)
        self.view = PaperView("frame.papers.preview", self)
        self.why = Label("", "muted", wrap=True)
        self.show_file = PrimaryButton("frame.papers.open", hint=plain("Enter"))
        self.again = Button("frame.papers.again", AGAIN_KEY, bind=False, icon="printer")
        self.folder = Button("frame.papers.folder", FOLDER_KEY, bind=False)
        self._build()
        self.table.moved.connect(self._on_moved)
        self.table.chosen.connect(lambda _job: self._on_open())
        self.show_file.clicked.connect(self._on_open)
        self.again.clicked.connect(self._on_again)
        self.folder.clicked.connect(self._on_folder)

    def _build(self) -> None:
        look = QVBoxLayout()
        look.addWidget(self.view, 1)
        look.addWidget(self.why, 0, Qt.AlignmentFlag.AlignTop)
        both = QHBoxLayout()
        both.setSpacing(GAP_WIDE)
        both.addWidget(self.table)
        both.addLayout(look, 1)
        acts = QHBoxLayout()
        acts.setSpacing(GAP)
        for button in (self.show_file, self.again, self.folder):
            acts.addWidget(button)
        acts.addStretch()
        # Said where papers are files: who looks for one tomorrow must know that it is gone by then.
        self.kept = Label("frame.papers.kept", "hint", wrap=True)
        self.body.addLayout(both, 1)
        self.body.addWidget(self.kept)
        self.body.addLayout(acts)

    def ask(self) -> None:
        """Read what was made today and open."""
        made, by = self._made, self._session.by
        Operation(self, lambda: made.today(by)).succeeded(self._show).start()

    def _show(self, jobs: list[PrintJob]) -> None:
        lies_here = bool(self._made.folder())
        for widget in (self.folder, self.kept, self.show_file):
            widget.setVisible(lies_here)
        self.table.show_records(jobs)
        self.view.setVisible(bool(jobs))
        self.open(self.table if jobs else None)
        if jobs:
            self.table.view.selectRow(0)
        self._on_moved(self.table.current())

    def _on_moved(self, job: PrintJob | None) -> None:
        for button in (self.again, self.show_file):
            button.setEnabled(job is not None)
        self.why.say("")
        if job is None:
            self.view.show_content(b"")
            return
        made = self._made

        def drawn(content: bytes) -> None:
            if self.table.current() == job:
                self.view.show()
                self.view.show_content(content)

        Operation(self.view, lambda: made.preview(job)).succeeded(drawn).trouble(self._on_undrawn).refused(
            self._on_undrawn
        ).start()

    def _on_undrawn(self, error: Trouble | Refused) -> None:
        # Only the sentence: an empty sheet beside it would look like a paper.
        self.view.hide()
        self._say_why(error)

    def _say_why(self, error: Trouble | Refused) -> None:
        self.why.say(refusal(error))

    def _on_open(self) -> None:
        job, made = self.table.current(), self._made
        if job is None or not made.folder():
            return

        def found(path: str) -> None:
            if not path:
                self.why.say("frame.papers.no_file")
            elif not open_outside(path):
                self.why.say(phrase("frame.papers.no_viewer", place=path))

        Operation(self.show_file, lambda: made.file(job)).succeeded(found).trouble(self._say_why).start()

    def _on_folder(self) -> None:
        place = self._made.folder()
        if place and not open_outside(place):
            self.why.say(phrase("frame.papers.no_viewer", place=place))

    def _on_again(self) -> None:
        job, made, by = self.table.current(), self._made, self._session.by
        if job is None:
            return
        Operation(self.again, lambda: made.again(job, by)).succeeded(
            lambda _none: self.queued.emit()
        ).refused(self._say_why).start()


def _columns() -> list[Column[PrintJob]]:
    """When, which paper, what became of it."""
    return [
        Column("frame.papers.column.time", lambda job: language().texts.time(job.made_ms), 64),
        Column("frame.papers.column.paper", _paper),
        Column(
            "frame.papers.column.state",
            lambda job: phrase(f"frame.papers.state.{job.state}"),
            148,
            state=lambda job: _STATES.get(job.state, "neutral"),
        ),
    ]


def _paper(job: PrintJob) -> Say:
    words = paper_words(job.paper, job.number)
    return (
        words if job.sort == "original" else phrase(f"frame.papers.{job.sort}", paper=words, number=job.copy)
    )
