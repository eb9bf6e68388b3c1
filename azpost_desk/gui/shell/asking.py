"""What is asked in the one box and what is scanned anywhere: finds what it is and opens it where it belongs.

In: a text or a scan. Out: a screen with its argument, an act done, a list to pick from, or a sentence why
nothing was found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut

from azpost_desk.domain.scans import why_unread
from azpost_desk.gui.kit.acts import acts, begun
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.named import found_title
from azpost_desk.gui.kit.words import Phrase, language, phrase, plain, refusal, say
from azpost_desk.gui.shell.code_sheet import CodeSheet
from azpost_desk.gui.shell.every_act import acts_like
from azpost_desk.gui.shell.office_sheet import OfficeSheet
from azpost_desk.gui.shell.register import FRAME_KEYS, place_of
from azpost_desk.gui.work.runner import Operation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from azpost_desk.domain.scans import Scan
    from azpost_desk.gui.kit.notices import NoticeStrip
    from azpost_desk.gui.kit.screens import Action, Screen, Session
    from azpost_desk.gui.kit.words import Say
    from azpost_desk.gui.shell.one_box import Answers, OneBox
    from azpost_desk.services.finding import OfficeFacts
    from azpost_desk.services.views import Found

# As many as there are digits to pick by.
SHOWN_MAX: Final = 9


def fairly(found: Sequence[Found], most: int = SHOWN_MAX) -> list[Found]:
    """At most so many, kind by kind in the order in which they came; the largest kind gives way first."""
    kinds: dict[str, list[Found]] = {}
    for one in found:
        kinds.setdefault(one.kind, []).append(one)
    while sum(map(len, kinds.values())) > most:
        max(reversed(kinds.values()), key=len).pop()
    return [one for of_kind in kinds.values() for one in of_kind]


class Asking(QObject):
    """The frame's answers: one for its life."""

    def __init__(
        self,
        frame: QWidget,
        session: Session,
        kinds: Sequence[type[Screen]],
        places: tuple[OneBox, Answers, NoticeStrip],
        current: Callable[[], Screen | None],
    ) -> None:
        super().__init__(frame)
        self._frame, self._session, self._kinds, self._current = frame, session, kinds, current
        self._box, self._answers, self._notices = places
        self._offered = ""
        self.office = OfficeSheet(frame, session)
        self.code = CodeSheet(frame)
        self._box.asked.connect(self.ask)
        self._answers.opened.connect(self.open_found)

    def ask(self, text: str, from_scan: Scan | None = None) -> None:
        """What is it? A number or code that is one thing opens, several are listed, none is said."""
        acts().began.emit(None)
        self._answers.hide()
        finding, code = self._session.services.finding, language().code

        def look() -> list[Found]:
            # A scan is a number; what a clerk types may be words as well.
            return finding.ask(text, code) if from_scan is None else finding.find(text, code)

        def answered(found: list[Found]) -> None:
            if from_scan is None and not any(one.sure and one.kind not in _MANY for one in found):
                found = [*found, *acts_like(text, self._session, self._kinds)]
            self._on_found(text, found, from_scan)

        Operation(self._box, look).succeeded(answered).start()

    def _on_found(self, text: str, found: list[Found], from_scan: Scan | None) -> None:
        current = self._current()
        # A damaged label on a scan screen is refused aloud and recorded there.
        if not found and from_scan is not None and current is not None and current.unread(text, False):
            return
        if not found:
            why = f"frame.box.unknown.{why_unread(text)}"
            self._notices.show_notice(phrase(why, text=text[:40]), "warn")
            return
        if len(found) > 1 or not found[0].sure:
            self._answers.offer(fairly(found), self._box)
            return
        one = found[0]
        if from_scan is not None and current is not None and current.is_dirty():
            # Rule 0: while a form is dirty a scan never throws the clerk out of it.
            waits = phrase(
                "frame.box.scan_waits", what=phrase(f"frame.kind.{one.kind}"), text=found_title(one)
            )
            self.offer(waits, "frame.box.open", lambda: self.open_found(one, scanned=True))
            return
        self.open_found(one, scanned=from_scan is not None)

    def offer(self, words: Say, act: Say, callback: Callable[[], object]) -> None:
        """Say what waits beside the work in hand; `do_offered` does it."""
        self._offered = words.key if isinstance(words, Phrase) else words
        self._notices.show_notice(words, "neutral", act=act, callback=callback, key="Ctrl Enter")

    def do_offered(self) -> None:
        """Ctrl Enter: the scan, or the choice, that waits beside unfinished work."""
        if self._notices.says(self._offered):
            self._notices.press_act()

    def open_found(self, found: Found, *, scanned: bool = False) -> None:
        """Open an answer in the place that knows it; a document `scanned` where somebody is served, there."""
        self._box.clear()
        if found.kind == "act":
            self._do(found.key)
            return
        if found.kind == "office":
            self._open_office(found)
            return
        if found.kind == "azqr":
            self._open_code(found)
            return
        place, current = place_of(found.kind), self._current()
        if found.kind == "customer" and scanned and current is not None and current.name in _SERVES:
            place = current.name
        if place is None or not self._may_see(place):
            what = phrase(f"frame.kind.{found.kind}")
            self._notices.show_notice(
                phrase("frame.box.no_place", what=what, text=found_title(found)), "warn"
            )
            return
        self._session.open(place, found)
        if found.told is not None:
            # The biller's check decides; where it tells no debt the clerk and the customer know the sum.
            self._notices.show_notice(phrase("frame.azqr.told", amount=found.told), "neutral")

    def _may_see(self, name: str) -> bool:
        return any(one.name == name and self._session.may(one.permission) for one in self._kinds)

    def _open_office(self, found: Found) -> None:
        finding, code = self._session.services.finding, language().code

        def show(facts: OfficeFacts | None) -> None:
            if facts is not None:
                self.office.show_office(
                    facts, [one for one in ("transfers", "express") if self._may_see(one)]
                )

        Operation(self._box, lambda: finding.office(found.key, code)).succeeded(show).start()

    def _open_code(self, found: Found) -> None:
        finding = self._session.services.finding
        Operation(self._box, lambda: finding.payment_code(found.key)).succeeded(self.code.show_code).refused(
            lambda no: self._notices.show_notice(refusal(no), "bad", no.code)
        ).start()

    # --- acts -----------------------------------------------------------------------------------------------

    def _do(self, key: str) -> None:
        """Go to a screen, or do what a key of the frame or of a screen does."""
        screen, _, name = key.partition("/")
        if screen:
            self._session.open(screen)
        else:
            self._press_frame(FRAME_KEYS[name])
        current = self._current()
        if screen and name and current is not None and current.name == screen:
            # What may be done there is known once the screen has read the books: this comes after that.
            Operation(current, lambda: None).succeeded(lambda _none: self._act(current, name)).start()

    def _press_frame(self, key: str) -> None:
        # Lock and sign-out are the window's; the basket's and the strip's are their own.
        wanted = QKeySequence(key)
        for shortcut in self._frame.window().findChildren(QShortcut):
            if shortcut.key() == wanted:
                shortcut.activated.emit()
                return

    def _act(self, screen: Screen, name: str) -> None:
        action = next((one for one in screen.actions_here() if one.name == name), None)
        if self._current() is not screen or action is None:
            return
        if action.act is not None:
            begun(action.act)()
        else:
            self._press_button(screen, action)

    def _press_button(self, screen: Screen, action: Action) -> None:
        side = screen.side()
        places = (screen, side) if side is not None else (screen,)
        buttons = [one for place in places for one in place.findChildren(Button) if one.key == action.key]
        ready = next((one for one in buttons if one.isVisible() and one.isEnabled()), None)
        if ready is not None:
            ready.click()
            return
        shown = plain(action.key.replace("+", " "))
        self._notices.show_notice(phrase("frame.box.not_now", act=say(action.words), press=shown), "warn")


# Where the document of whoever stands at the counter is scanned into the form.
_SERVES: Final = frozenset({"transfers", "express"})
# Numbers that may mean something else as well: a postcode is also a sum.
_MANY: Final = frozenset({"office", "article"})
