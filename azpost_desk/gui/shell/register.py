"""The register of screens and of the frame's own keys: rail, help sheet and key test read the same list."""

from __future__ import annotations

import inspect
import pkgutil
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from azpost_desk.gui.kit.screens import Screen

# Keys of the frame; no screen may use them.
FRAME_KEYS: Final = {
    "frame.keys.help": "F1",
    "frame.keys.basket": "Ctrl+F10",
    "frame.keys.pay": "F10",
    "frame.keys.lock": "F12",
    "frame.keys.menu": "Ctrl+F12",
    "frame.keys.box": "Ctrl+K",
    "frame.keys.language": "Ctrl+L",
    "frame.keys.theme": "Ctrl+T",
    "frame.keys.queue": "Ctrl+Q",
    "frame.keys.books": "Ctrl+Shift+K",
    "frame.keys.sign_out": "Ctrl+Shift+Q",
    "frame.keys.void": "Ctrl+Del",
    "frame.keys.open_scan": "Ctrl+Return",
    "recovery.tray.park": "Ctrl+F11",
    "recovery.tray.title": "Ctrl+Shift+F11",
    "preflight.look": "Ctrl+I",
    "frame.keys.card": "Ctrl+Y",
    "frame.keys.card_back": "Ctrl+Shift+Y",
    "frame.keys.qr": "Shift+F9",
    "frame.keys.qr_back": "Ctrl+Shift+F9",
    "frame.keys.print_again": "Ctrl+Shift+P",
    "frame.keys.papers": "Ctrl+F9",
}


def screens() -> list[type[Screen]]:
    """The screens in the order of the rail; imported here, after the sign-in page has been painted.

    Every ``gui/screens/<feature>/…screen.py`` is looked at: a screen stands where its class says.
    """
    return list(_screens())


@cache
def _screens() -> tuple[type[Screen], ...]:
    from azpost_desk.gui import screens as room
    from azpost_desk.gui.kit.screens import Screen

    found: list[type[Screen]] = []
    for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
        if module.name.endswith("screen"):
            held = inspect.getmembers(import_module(module.name), inspect.isclass)
            mine = (one for _, one in held if issubclass(one, Screen) and one.__module__ == module.name)
            found += [one for one in mine if one.place]
    return tuple(sorted(found, key=lambda one: one.place))


def place_of(kind: str) -> str | None:
    """The screen that an answer of the one box opens."""
    return next((one.name for one in screens() if kind in one.opens), None)
