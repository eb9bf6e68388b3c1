"""Qt's own words (buttons of its dialogs, the menu of a text field) in the language of the window.

Qt ships Russian and English but no Azerbaijani; one translator over our catalogues serves all three alike.
"""

from __future__ import annotations

from typing import Final

import shiboken6
from PySide6.QtCore import QCoreApplication, QTranslator

from azpost_desk.gui.kit.words import Language, say
from azpost_desk.gui.work.guards import guarded

_KEYS: Final = {
    "yes": "kit.words.yes",
    "no": "kit.words.no",
    "ok": "kit.words.ok",
    "cancel": "kit.words.cancel",
    "close": "kit.words.close",
    "save": "kit.words.save",
    "open": "kit.words.open",
    "undo": "kit.words.undo",
    "redo": "kit.words.redo",
    "cut": "kit.words.cut",
    "copy": "kit.words.copy",
    "paste": "kit.words.paste",
    "delete": "kit.words.delete",
    "select all": "kit.words.select_all",
}


class QtWords(QTranslator):
    """Answers Qt's English words with ours; what it does not know stays English. Keep a reference."""

    @guarded
    def translate(
        self, context: str, source: str, disambiguation: bytes | str | None = None, n: int = -1
    ) -> str:
        """Qt."""
        key = _KEYS.get(source.replace("&", "").lower())
        return say(key) if key else ""

    @guarded
    def isEmpty(self) -> bool:
        """Qt asks before installing: there is always something here."""
        return False

    @classmethod
    def install(cls, app: QCoreApplication) -> QtWords:
        """Install it for good; Qt is told when the language changes."""
        words = cls(app)
        app.installTranslator(words)

        def again() -> None:
            if shiboken6.isValid(words):
                app.removeTranslator(words)
                app.installTranslator(words)

        Language.current().changed.connect(again)
        return words
