"""The state of the line is never a mystery: the pill says it, a click opens the queue with age, reason,
retry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.gui.kit.buttons import Button, PillButton
from azpost_desk.gui.kit.cards import Sheet, pair
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.words import Say, language, phrase, plain

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from azpost_desk.services.ports import Line
    from azpost_desk.services.views import LineState, PrintJob

# The line's code for a clock too far off: receipts carry its time.
CLOCK_OFF = "L-007"


def pill_words(state: LineState) -> tuple[Say, str]:
    """(words, colour state) of the pill."""
    if state.stopped:
        return "line.pill.stopped", "bad"
    if not state.online and not state.last_error:
        return "line.pill.connecting", "neutral"
    if not state.online:
        since = language().texts.time(state.since_ms)
        return phrase("line.pill.offline", time=since, count=state.waiting), "warn"
    if state.last_error == CLOCK_OFF:
        return phrase("line.pill.clock", minutes=round(abs(state.clock_off_ms) / 60_000)), "warn"
    if state.waiting:
        return phrase("line.pill.sending", count=state.waiting), "good"
    return "line.pill.online", "good"


class LinePill(PillButton):
    """The pill at the top right."""

    def __init__(self, line: Line) -> None:
        super().__init__("line.pill.connecting", "neutral")
        self.setObjectName("line_pill")
        self._line = line
        self.refresh()

    def refresh(self) -> None:
        """Show the line as it is now."""
        words, state = pill_words(self._line.state())
        self.show_state(words, state)


class QueueSheet(Sheet):
    """What waits, since when, why, and the key that tries again: records for the centre, paper for the
    printer.
    """

    def __init__(self, over: QWidget, line: Line) -> None:
        super().__init__(over, "frame.queue.title", side="right", width_px=420, leave="kit.words.close")
        self._line = line
        self._rows: list[QWidget] = []
        self.retry = Button("frame.queue.retry", "Ctrl+R")
        self.retry.clicked.connect(self._on_retry)
        self.reprint = Button("frame.queue.reprint", "Ctrl+Shift+R")
        self.body.addStretch()
        self.body.addWidget(self.retry)
        self.body.addWidget(self.reprint)

    def refresh(self, jobs: list[PrintJob], now_ms: int) -> None:
        """Show the queue; `jobs` is paper that did not come out."""
        for row in self._rows:
            row.deleteLater()
        state, texts = self._line.state(), language().texts
        words, _colour = pill_words(state)
        rows: list[QWidget] = [Label(words, "strong", wrap=True)]
        rows.append(pair("frame.queue.waiting", plain(str(state.waiting))))
        if state.oldest_ms:
            minutes = max(0, now_ms - state.oldest_ms) // 60_000
            rows.append(pair("frame.queue.oldest", phrase("frame.queue.minutes", minutes=minutes)))
        if state.acknowledged_ms:
            rows.append(pair("frame.queue.acknowledged", plain(texts.moment(state.acknowledged_ms))))
        if state.last_error:
            rows.append(pair("frame.queue.code", plain(state.last_error)))
            rows.append(Label(f"refusal.{state.last_error}", "body", wrap=True))
        if not state.online and state.next_try_ms:
            rows.append(pair("frame.queue.next", plain(texts.time(state.next_try_ms))))
        rows.append(Label("frame.queue.kept", "muted", wrap=True))
        rows.append(pair("frame.queue.paper", plain(str(len(jobs))), "warn" if jobs else ""))
        for job in jobs[:5]:
            rows.append(Label(_job_words(job), "hint", wrap=True))
        self.reprint.setVisible(bool(jobs))
        for at, row in enumerate(rows):
            self.body.insertWidget(at, row)
        self._rows = rows

    def _on_retry(self) -> None:
        self._line.wake()


def _job_words(job: PrintJob) -> Say:
    """Which paper, made when, and what keeps it: a receipt by its number."""
    paper: Say = phrase(f"history.screen.paper.{job.paper}")
    number = job.key if job.paper == "receipt" else ""
    return phrase(
        "frame.queue.job",
        paper=phrase("frame.queue.numbered", paper=paper, number=number) if number else paper,
        made_at=language().texts.time(job.made_ms),
        state=plain(job.trouble) if job.trouble else phrase(f"history.screen.print.{job.state}"),
    )
