"""A shift certificate that somebody scanned: what it says, and whether the books bear it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from azpost_desk.domain.money import azn
from azpost_desk.gui.kit.cards import Sheet, pair
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.named import desk_and_office
from azpost_desk.gui.kit.words import language, phrase, plain, written

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from azpost_desk.gui.kit.labels import Tone
    from azpost_desk.services.certificates import Seen

_TONES: Final[dict[str, Tone]] = {"genuine": "good", "elsewhere": "warn", "forged": "bad"}
_KEY: Final = "history.screen.certificate."


class CertificateSheet(Sheet):
    """Shows only; nothing is done with a certificate."""

    def __init__(self, over: QWidget, seen: Seen) -> None:
        super().__init__(over, f"{_KEY}title", side="right", width_px=440, leave="kit.words.close")
        texts, says = language().texts, seen.says
        self.verdict = Label("", "section", wrap=True)
        self.verdict.say(
            phrase(f"{_KEY}{seen.verdict}", whose=desk_and_office(says.desk)), _TONES[seen.verdict]
        )
        self.body.addWidget(self.verdict)
        moments = phrase(f"{_KEY}moments", begun=texts.moment(says.from_ms), ended=texts.moment(says.to_ms))
        difference = azn(says.difference_qapik)
        for name, value in (
            ("officer", plain(seen.officer_name)),
            ("date", plain(texts.date(says.date))),
            ("shift", moments),
            ("sales", written("number", says.sales)),
            ("expected", written("money", azn(says.expected_qapik))),
            ("counted", written("money", azn(says.counted_qapik))),
        ):
            self.body.addWidget(pair(f"{_KEY}{name}", value))
        tone: Literal["bad", "good"] = "bad" if difference else "good"
        self.body.addWidget(pair(f"{_KEY}difference", written("money", difference), tone))
        self.body.addWidget(pair(f"{_KEY}desk", desk_and_office(says.desk)))
        place = plain(f"{says.epoch}/{says.sequence} · {says.hash[:10]}")
        self.body.addWidget(pair(f"{_KEY}record", place))
        self.body.addStretch()
