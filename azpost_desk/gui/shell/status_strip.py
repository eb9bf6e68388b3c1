"""The strip at the bottom: till, limit, last receipt; help, lock, language, clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QFrame, QHBoxLayout

from azpost_desk.domain.days import calendar_day
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.words import Language, language, phrase, plain
from azpost_desk.gui.shell.register import FRAME_KEYS
from azpost_desk.gui.work.runner import Operation

if TYPE_CHECKING:
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.copies import CopyState
    from azpost_desk.services.standing import AtAGlance


_SPACING_PX: Final = 24
# On line the centre fills up long before: so few are left only where the line is down, or nothing comes.
FEW_NUMBERS: Final = 10


@dataclass(frozen=True, slots=True)
class _Facts:
    now: AtAGlance
    backup: CopyState | None
    second: CopyState | None


class StatusStrip(QFrame):
    """What a clerk glances at. Every figure comes from the books, none is kept here."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setProperty("role", "statusbar")
        self.setFixedHeight(28)
        self._till = Label("")
        self._limit = Label("")
        self._receipt = Label("")
        self.papers = Button("frame.strip.papers", FRAME_KEYS["frame.keys.papers"], role="quiet", bind=False)
        self.help = Button("frame.keys.help", "F1", role="quiet", bind=False)
        self.lock = Button("frame.keys.lock", "F12", role="quiet", bind=False)
        self.clock = Label("")
        self.clock.setObjectName("clock")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(_SPACING_PX)
        self._backup, self._second = Label(""), Label("")
        for label in (self._till, self._limit, self._receipt, self._backup, self._second):
            row.addWidget(label)
        row.addStretch()
        row.addWidget(self.papers)
        row.addWidget(self.help)
        row.addWidget(self.lock)
        self._blind = self._called = False
        self._left = {"codes": FEW_NUMBERS + 1, "items": FEW_NUMBERS + 1}
        self._languages: dict[str, Button] = {}
        for code in ("az", "ru", "en"):
            button = Button(plain(code.upper()), role="quiet")
            button.setCheckable(True)
            button.clicked.connect(lambda _checked=False, chosen=code: language().choose(chosen))
            row.addWidget(button)
            self._languages[code] = button
        row.addWidget(self.clock)
        Language.current().changed.connect(self._on_language)
        self._on_language()

    def fit(self, narrow: bool) -> None:
        """Move together on a narrow screen."""
        row = self.layout()
        if row is not None:
            row.setSpacing(_SPACING_PX // 6 if narrow else _SPACING_PX)

    def refresh(self) -> None:
        """Read till, limit and last receipt again."""
        Operation(self, self._read).succeeded(self._show).start()

    def keep_blind(self, blind: bool) -> None:
        """While the till is counted its balance is not shown: a count must be a count."""
        self._blind = blind
        self._till.setVisible(not blind)

    def tick(self, utc_ms: int) -> None:
        """Show the time."""
        self.clock.say(plain(language().texts.time(utc_ms)))

    def _read(self) -> _Facts:
        services = self._session.services
        return _Facts(
            services.standing.at_a_glance(), services.copies.backup(), services.copies.second_copy()
        )

    def _show(self, facts: _Facts) -> None:
        now = facts.now
        over = now.till is not None and now.till > now.limit
        if now.is_counted:
            self._till.say("frame.strip.till_counting", "warn")
        elif now.till is None:
            self._till.say("frame.strip.till_closed")
        else:
            self._till.say(phrase("frame.strip.till", amount=now.till), "warn" if over else "")
        self._call(now, over)
        self._count_down("codes", now.codes_left)
        self._count_down("items", now.items_left)
        self._limit.say(phrase("frame.strip.limit", amount=now.limit))
        self._receipt.say(phrase("frame.strip.receipt", number=now.last_receipt) if now.last_receipt else "")

        now_ms = self._session.services.counter.clock.utc_ms()
        _show_copy(self._backup, facts.backup, now_ms, _BACKUP)
        _show_copy(self._second, facts.second, now_ms, _SECOND)

    def _call(self, now: AtAGlance, over: bool) -> None:
        """Call for a drop once when the drawer rises above its limit, with the key that makes it."""
        if over and not self._called and not self._blind and now.till is not None:
            key = "frame.strip.over_limit" if now.holds_safe else "frame.strip.over_limit_desk"
            self._session.notice(phrase(key, amount=now.till - now.limit), "warn")
        self._called = over

    def _count_down(self, sort: str, left: int) -> None:
        """Say how many numbers are left each time one of the last was used, and before anybody needs more."""
        if left < self._left[sort] and 0 < left <= FEW_NUMBERS:
            self._session.notice(phrase(_FEW[sort][0], count=left), "warn")
        elif left == 0 and 0 < self._left[sort] <= FEW_NUMBERS:
            self._session.notice(_FEW[sort][1], "warn")
        self._left[sort] = left

    def _on_language(self) -> None:
        for code, button in self._languages.items():
            button.setChecked(code == Language.current().code)


_FEW: Final = {
    "codes": ("frame.strip.few_codes", "frame.strip.no_codes"),
    "items": ("frame.strip.few_items", "frame.strip.no_items"),
}
_BACKUP: Final = ("frame.strip.backup", "frame.strip.backup_bad", "frame.strip.backup_none")
_SECOND: Final = ("frame.strip.second", "frame.strip.second_bad", "frame.strip.second_none")


def _show_copy(label: Label, state: CopyState | None, now_ms: int, keys: tuple[str, str, str]) -> None:
    """How old a copy is, in other words when somebody has to look; nothing where none is set up."""
    label.setVisible(state is not None)
    if state is None:
        return
    good, bad, none = keys
    texts = language().texts
    if not state.good_ms:
        label.say(none, "bad")
        return
    day = calendar_day(state.good_ms)
    when = texts.time(state.good_ms) if day == calendar_day(now_ms) else texts.date(day)
    label.say(phrase(bad if state.is_bad else good, when=when), "bad" if state.is_bad else "")
