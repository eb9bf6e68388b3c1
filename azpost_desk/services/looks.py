"""Looks: the language and the theme each officer chose at this desk, and those the sign-in page wears.

They are no facts of the post: they stand beside the books in a file of their own, which is read before the
books are open, and a desk without it begins anew.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

FILE: Final = "looks.json"
_LOG = logging.getLogger(__name__)


class Look(msgspec.Struct, frozen=True, omit_defaults=True):
    """What somebody reads and how it looks; "" where nobody has chosen yet."""

    language: Literal["", "az", "ru", "en"] = ""
    theme: Literal["", "light", "dark", "contrast"] = ""


class _Kept(msgspec.Struct, omit_defaults=True):
    last: Look = Look()
    officers: dict[str, Look] = msgspec.field(default_factory=dict)


def look_of(language: str, theme: str) -> Look:
    """The look with these two; ValidationError for what there is not."""
    return msgspec.convert({"language": language, "theme": theme}, Look)


class Looks:
    """Who looks at what.

    `read` gives what was kept ("" at first), `write` keeps it; without them it is kept as long as the program
    runs. A disk that takes nothing costs a look and stops nobody from working.
    """

    def __init__(
        self, read: Callable[[], bytes] | None = None, write: Callable[[bytes], None] | None = None
    ) -> None:
        self._write = write
        self._kept = _Kept()
        try:
            if read is not None and (content := read()):
                self._kept = msgspec.json.decode(content, type=_Kept)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
            _LOG.warning("the looks cannot be read and begin anew: %s", fault)

    @property
    def last(self) -> Look:
        """What the window wore last: the sign-in page begins with it."""
        return self._kept.last

    def of(self, officer: str) -> Look:
        """What an officer chose; nothing in it when they chose nothing here yet."""
        return self._kept.officers.get(officer, Look())

    def wear(self, look: Look) -> None:
        """The window wears it now; nobody chose it for themselves."""
        self._keep(_Kept(look, self._kept.officers))

    def choose(self, officer: str, look: Look) -> None:
        """An officer chose it: it comes back at their next sign-in."""
        self._keep(_Kept(look, {**self._kept.officers, officer: look}))

    def _keep(self, kept: _Kept) -> None:
        if kept == self._kept:
            return
        self._kept = kept
        try:
            if self._write is not None:
                self._write(msgspec.json.encode(kept))
        except OSError as fault:
            _LOG.warning("the looks cannot be kept: %s", fault)
