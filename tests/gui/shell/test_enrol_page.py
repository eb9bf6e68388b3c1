"""The enrolment page at 1366×768: the longest complaint about each field has room in every language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel

from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.gui.kit.words import Language
from azpost_desk.gui.shell.enrol_page import ADDRESS_CODES
from azpost_desk.gui.shell.window import Window

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def test_no_words_are_clipped(qtbot: QtBot) -> None:
    window = Window()
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.ask_to_enrol(lambda _url, _code: None, "", lambda: None)
    page = window.currentWidget()
    window.show()
    facts = {"host": "merkez.azerpost.az", "port": "8470", "address": "merkez.azerpost.az"}
    for language in ("az", "ru", "en"):
        Language.current().choose(language)
        for code in sorted(ADDRESS_CODES):
            page._on_trouble(Trouble(code, **facts))  # type: ignore[attr-defined]
            page._on_refused(Refused("L-014", "code"))  # type: ignore[attr-defined]

            def fits() -> bool:
                shown = [label for label in page.findChildren(QLabel) if label.isVisible()]
                return all(
                    label.height() >= (label.heightForWidth(label.width()) if label.wordWrap() else 0)
                    and label.mapTo(page, label.rect().bottomRight()).y() < 768
                    for label in shown
                )

            qtbot.waitUntil(fits, timeout=2_000)
