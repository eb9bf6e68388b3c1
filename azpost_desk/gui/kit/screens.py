"""What every screen is to the frame: a name, its acts with their keys, what it does with a scan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from azpost_desk.domain.staff import PERMISSIONS, Permission
from azpost_desk.gui.kit.words import language
from azpost_desk.gui.work.guards import guarded

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.domain.scans import Scan
    from azpost_desk.gui.kit.words import Say
    from azpost_desk.services.counter import Officer
    from azpost_desk.services.desk import DeskServices
    from azpost_desk.services.lessons import Lessons


# Good, refused, already known: what a scan screen sounds. The devices' port has the same three.
Tone = Literal["good", "refused", "already", "elsewhere", "stop"]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do on a screen, as the help sheet and the key test see it.

    Attributes:
        name: stable id, e.g. ``transfers.send``.
        words: what it is called.
        key: ``F10``, ``Ctrl+P``, ``Enter``; unique on its screen and against the frame's keys.
        permission: who may; None for everybody.
        act: what it does; None when the form or a button of the screen does it by itself.
    """

    name: str
    words: Say
    key: str
    permission: Permission | None = None
    act: Callable[[], object] | None = None


class Session(QObject):
    """Who is signed in and what they work with; one for the window's life, handed to every screen.

    Attributes:
        services: the desk's use cases.
        officer: who is signed in, None at the sign-in screen.
        tone: sounds good, refused or already; never blocks.
        recovery_shown: whether what a bad end left open has come up by itself; it does so once.
        scanned_ms: when a scan was last heard, 0 when none was since the start.
        weigh: grams on the scale now (off the main thread; may raise Trouble), None where there is no scale.
        lessons: the course this window is for, None where the money is real.

    Signals:
        officer_changed(): somebody signed in or out.
        basket_changed(object): the basket as stored now (services.views.Basket, or None when it is empty).
        opened(str, object): somebody asks the frame to show a screen with an argument.
        counting(bool): the till is being counted blind; nothing on the screen may say what is expected.
        noticed(object, str, str): a sentence (Say), its state (good warn bad neutral), its code.
        taken_back(str): the key of a sentence whose cause is gone.
        offered(object, object, object): a sentence, the words of an act (Say both), and what it does.
    """

    officer_changed = Signal()
    basket_changed = Signal(object)
    opened = Signal(str, object)
    noticed = Signal(object, str, str)
    taken_back = Signal(str)
    offered = Signal(object, object, object)
    paper_waits = Signal()
    print_asked = Signal(object)
    counting = Signal(bool)

    def __init__(
        self,
        services: DeskServices,
        tone: Callable[[Tone], None],
        weigh: Callable[[], int] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.services = services
        self.tone = tone
        self.weigh = weigh
        self.officer: Officer | None = None
        self.scanned_ms = 0
        self.recovery_shown = False
        self.lessons: Lessons | None = None

    @property
    def by(self) -> Officer:
        """The officer at the counter, reading what the window shows; screens exist only while somebody is
        signed in.
        """
        if self.officer is None:
            raise RuntimeError("nobody is signed in")
        code = language().code
        return self.officer if self.officer.language == code else replace(self.officer, language=code)

    def may(self, permission: Permission | None) -> bool:
        """Whether the officer may; nobody signed in may nothing."""
        return self.officer is not None and (
            permission is None or permission in PERMISSIONS[self.officer.role]
        )

    def open(self, screen: str, argument: object = None) -> None:
        """Ask the frame to show a screen."""
        self.opened.emit(screen, argument)

    def notice(self, words: Say, state: str = "neutral", code: str = "") -> None:
        """Say something in the frame's notice strip."""
        self.noticed.emit(words, state, code)

    def offer(self, words: Say, act: Say, callback: Callable[[], object]) -> None:
        """Say something in the notice strip, with an act for whoever wants it: its key is the strip's."""
        self.offered.emit(words, act, callback)

    def take_back(self, key: str) -> None:
        """The cause of what was said with this key is gone."""
        self.taken_back.emit(key)


class Screen(QWidget):
    """A screen in the middle of the frame. Subclasses live in gui.screens.<feature>.screen.

    Class attributes:
        name: feature word, also the argument of `Session.open`.
        place: where it stands in the rail, from above; no two stand in one place.
        opens: kinds of answers of the one box that open here, the answer as the argument.
        words, icon, key: what the rail shows; a screen without a key is not in the rail.
        permission: who sees it in the rail.
        service: the licensed service it sells, "" when none: the rail hides what the branch may not sell
            only when the law forbids it everywhere; else the screen says why it cannot.
    """

    name = ""
    place = 0
    opens: tuple[str, ...] = ()
    words: Say = ""
    icon = ""
    key = ""
    permission: Permission | None = None
    service = ""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session

    @guarded
    def heightForWidth(self, width: int) -> int:
        """What it cannot do without: its lists give way before the page scrolls."""
        layout = self.layout()
        return layout.minimumHeightForWidth(width) if layout is not None else -1

    def actions_here(self) -> list[Action]:
        """The acts of this screen; the frame makes their keys work while the screen is shown."""
        return []

    def enter(self, argument: object = None) -> None:
        """The screen is shown (again): reload, put the focus on the first empty field, open `argument`."""

    def heard(self, scan: Scan, doubled: bool) -> bool:
        """A scan while this screen is shown. True = taken; False = the frame finds what it is."""
        return False

    def claimed(self, raw: str, doubled: bool) -> bool:
        """A scan that `heard` did not take, as received, before the one box looks what else it might be (a
        seal may read like a telephone). True = taken.
        """
        return False

    def unread(self, raw: str, doubled: bool) -> bool:
        """A scan that is no code anybody knows (a damaged label), as received. True = said and recorded here;
        False = the frame says that it is unknown.
        """
        return False

    def weighed_grams(self) -> int:
        """What the item in hand weighs by what stands on this screen; 0 = nothing is weighed."""
        return 0

    def is_dirty(self) -> bool:
        """Whether something typed here is not in the basket or on the disk yet."""
        return False

    def finish(self, then: Callable[[], object]) -> None:
        """F10: what is finished here but for its Enter goes into the basket first; afterwards `then`."""
        then()

    def side(self) -> QWidget | None:
        """What stands at the right instead of the basket, None for the basket."""
        return None
