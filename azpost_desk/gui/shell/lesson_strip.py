"""The task of a training over the counter's screens: said, checked by a key, and never taken for real work.

In: a course (`services.lessons.Lessons`). Out: the task in words, and after a check what is not as asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.labels import Label, Tone
from azpost_desk.gui.kit.words import Say, follow, phrase, plain, say
from azpost_desk.gui.work.runner import Operation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.services.lessons import Lessons, Task, Verdict

CHECK_KEY: Final = "Ctrl+F8"


class LessonStrip(QFrame):
    """Above everything a training window shows; it takes no focus from the work."""

    def __init__(self, lessons: Lessons) -> None:
        super().__init__()
        self._lessons = lessons
        self.setProperty("role", "training")
        self._mark = Label("training.mark", "strong")
        self._place = Label("", "strong")
        self._task = Label("", "body", wrap=True)
        self._found = Label("", "strong", wrap=True)
        self._found.hide()
        self._said: tuple[Say, ...] = ()
        self._tone: Tone = ""
        follow(self, self._retell)
        self.check = Button("training.check", CHECK_KEY)
        self.check.clicked.connect(self._check)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._task)
        words.addWidget(self._found)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 16, 6)
        row.setSpacing(16)
        row.addWidget(self._mark)
        row.addWidget(self._place)
        row.addLayout(words, 1)
        row.addWidget(self.check)
        self.look()

    def look(self) -> None:
        """Say the task that is set."""
        Operation(self, self._lessons.task).succeeded(self._show).start()

    def text(self) -> str:
        """The task and what the last check found, as shown."""
        return " ".join(filter(None, (self._task.text(), self.found())))

    def found(self) -> str:
        """What the last check found; nothing before one."""
        return "" if self._found.isHidden() else self._found.text()

    def _show(self, task: Task | None) -> None:
        if task is None:
            self._place.hide()
            self.check.hide()
            Operation(self, self._lessons.score).succeeded(self._tell_score).start()
            return
        self._place.say(phrase("training.place", number=task.number, of=task.of))
        self._task.say(phrase(f"training.task.{task.name}", **task.facts))

    def _tell_score(self, score: tuple[int, int]) -> None:
        right, done = score
        self._task.say(phrase("training.over", right=right, done=done))

    def _check(self) -> None:
        self.check.setEnabled(False)
        Operation(self, self._lessons.check).succeeded(self._tell).ended(
            lambda: self.check.setEnabled(True)
        ).start()

    def _tell(self, verdict: Verdict) -> None:
        if verdict.is_right:
            self._say(["training.right"], "good")
            self.look()
            return
        self._say([phrase(f"training.miss.{one.name}", **one.facts) for one in verdict.misses], "bad")

    def _say(self, words: Sequence[Say], tone: Tone) -> None:
        self._said, self._tone = tuple(words), tone
        self._retell()
        self._found.show()

    def _retell(self) -> None:
        """Several sentences in one line, in the language in force."""
        self._found.say(plain(" ".join(map(say, self._said))), self._tone)
