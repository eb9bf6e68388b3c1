"""Labels stuck on items and not scanned back: said until they are, by whatever scan, on whatever screen.

In: the numbers of scanned items, the books' list. Out: a notice that stands, a record for each label scanned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.item_numbers import printed_item_number
from azpost_desk.gui.kit.standing import StandingNotice
from azpost_desk.gui.kit.words import Say, language, phrase, plain
from azpost_desk.gui.work.runner import Operation
from azpost_desk.services.views import Found

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from azpost_desk.domain.scans import Scan
    from azpost_desk.gui.kit.labels import State
    from azpost_desk.gui.kit.screens import Session, Tone
    from azpost_desk.services.labels import Answer, Label

TOPICS: Final = frozenset({"day", "journal", "news"})
# More numbers than these nobody reads in a sentence.
_NAMED_MAX: Final = 2
_TONES: Final[dict[str, Tone]] = {"saved": "good", "already": "already", "stopped": "stop"}
_STATES: Final[dict[str, State]] = {"saved": "good", "already": "warn", "stopped": "bad"}


class LabelWatch(StandingNotice):
    """Which labels of today wait for their scan, and the scan that ends the wait."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent)
        self._session = session
        self._waiting: frozenset[str] = frozenset()

    def look(self) -> None:
        """Read again which labels wait."""
        Operation(self, self._session.services.labels.today).succeeded(self._show).start()

    def heard(self, scan: Scan, taken: bool, otherwise: Callable[[], object], weighed_grams: int = 0) -> None:
        """A scan; `taken`: the screen has it too and answers it. What is no label of today goes on.

        `weighed_grams`: what lies before the clerk weighs so much, 0 = it was not weighed.
        """
        number = scan.value or ""
        if scan.kind != "item" or not number or (taken and number not in self._waiting):
            if not taken:
                otherwise()
            return
        labels, by = self._session.services.labels, self._session.by

        def answered(answer: Answer | None) -> None:
            if answer is not None:
                self.look()
            if taken:
                return
            if answer is None:
                otherwise()
            else:
                self._say(number, answer)

        Operation(self, lambda: labels.scan_back(number, by, weighed_grams)).succeeded(answered).start()

    def _say(self, number: str, answer: Answer) -> None:
        session = self._session
        session.tone(_TONES[answer.verdict])
        facts = answer.facts | {"number": plain(printed_item_number(number))}
        if "at_ms" in facts:
            at_ms = answer.facts["at_ms"]
            assert isinstance(at_ms, int)
            facts["time"] = language().texts.time(at_ms)
        words = phrase(answer.key, **facts)
        if answer.verdict == "already":
            # Whoever wants to see where the item is scans it too.
            found = Found("item", number, number, "", sure=True)
            session.offer(words, "frame.box.open", lambda: session.open("tracking", found))
        else:
            session.notice(words, _STATES[answer.verdict])

    def _show(self, waiting: tuple[Label, ...]) -> None:
        self._waiting = frozenset(one.number for one in waiting)
        numbers = ", ".join(printed_item_number(one.number) for one in waiting[:_NAMED_MAX])
        more = " …" if len(waiting) > _NAMED_MAX else ""
        words: Say = (
            phrase("frame.labels_wait", count=len(waiting), numbers=plain(numbers + more)) if waiting else ""
        )
        self.stand(words)
