"""The only file with a dialog of its own window: choosing where a file goes. Everything else is a sheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from azpost_desk.gui.kit.words import Say, say

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def ask_where_to_save(parent: QWidget, title: Say, name: str, kinds: str = "PDF (*.pdf)") -> Path | None:
    """The path a person chose for a file called `name` at first, or None when they left."""
    chosen, _kind = QFileDialog.getSaveFileName(parent, say(title), name, kinds)
    return Path(chosen) if chosen else None
