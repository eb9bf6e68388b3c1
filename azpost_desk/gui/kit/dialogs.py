"""The only file with a window that is not ours: choosing files and places, a file in the system's viewer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from azpost_desk.gui.kit.words import Say, say

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def ask_where_to_save(parent: QWidget, title: Say, name: str, kinds: str = "PDF (*.pdf)") -> Path | None:
    """The path a person chose for a file called `name` at first, or None when they left."""
    chosen, _kind = QFileDialog.getSaveFileName(parent, say(title), name, kinds)
    return Path(chosen) if chosen else None


def ask_which_file(parent: QWidget, title: Say, kinds: str) -> Path | None:
    """The file a person chose, or None when they left."""
    chosen, _kind = QFileDialog.getOpenFileName(parent, say(title), "", kinds)
    return Path(chosen) if chosen else None


def open_outside(place: str) -> bool:
    """Hand a file or a folder to the program the system has for it; False when it has none."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(place))
