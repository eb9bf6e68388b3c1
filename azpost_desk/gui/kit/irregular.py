"""What is wrong with an item or a bag: reported by kind, words and a photo's file, and looked at again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout

from azpost_desk.domain.mail.irregularities import KINDS
from azpost_desk.gui.kit.buttons import Button, PrimaryButton
from azpost_desk.gui.kit.cards import Candidate, Sheet
from azpost_desk.gui.kit.dialogs import ask_which_file
from azpost_desk.gui.kit.fields import ChoiceField, TextField, choices_of
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.photos import PhotoView, photo_from
from azpost_desk.gui.kit.theme import GAP_WIDE
from azpost_desk.gui.kit.words import follow, language, phrase, plain, refusal, say
from azpost_desk.gui.work.runner import Lane, Operation
from azpost_desk.services.irregularities import Report

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from azpost_desk.domain.refusals import Refused, Trouble
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.irregularities import Reported
    from azpost_desk.services.views import Recorded

CHOOSE_KEY: Final = "Ctrl+O"
_KIND: Final = "tracking.screen.irregular.kind."
_PATH_CHARACTERS_MAX: Final = 400
_WIDTH_PX: Final = 480
_PHOTO_WIDTH_PX, _PHOTO_HEIGHT_PX = 672, 420


class IrregularSheet(Sheet):
    """Kind, words and photo of one report of `number`, which its label has as `shown`.

    Signals:
        reported(): it is on the disk.
    """

    reported = Signal()

    def __init__(self, over: QWidget, session: Session, number: str, shown: str) -> None:
        super().__init__(over, "tracking.screen.irregular.title", side="right", width_px=_WIDTH_PX)
        self._session, self._number = session, number
        self.kind = ChoiceField("tracking.screen.irregular.kind", choices_of(KINDS, _KIND), name="kind")
        self.words = TextField("tracking.screen.irregular.words", name="words", optional=True)
        self.photo = TextField(
            "tracking.screen.irregular.photo_file",
            name="photo",
            hint="tracking.screen.irregular.photo_hint",
            optional=True,
            max_length=_PATH_CHARACTERS_MAX,
        )
        self.choose = Button("tracking.screen.irregular.choose", CHOOSE_KEY, bind=False)
        self.save = PrimaryButton("tracking.screen.irregular.save", hint="tracking.screen.enter")
        self._trouble = Label("", "strong", wrap=True)
        self._trouble.hide()
        self.form = Form(self.save)
        self.form.add(self.kind, self.words, self.photo)
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_WIDE)
        column.addWidget(Label(plain(shown), "big"))
        for widget in (self.kind, self.words, self.photo, self.choose, self._trouble, self.save):
            column.addWidget(widget)
        column.addStretch()
        self.body.addWidget(self.form)
        self.choose.clicked.connect(self._on_choose)
        self.save.clicked.connect(self._on_save)
        self.form.escaped.connect(lambda _dirty: self.close_sheet())

    def _on_choose(self) -> None:
        path = ask_which_file(self, "tracking.screen.irregular.choose", "JPEG, PNG (*.jpg *.jpeg *.png)")
        if path is not None:
            self.photo.put(str(path))
        self.photo.setFocus()

    def _on_save(self) -> None:
        self._trouble.hide()
        if not self.form.verify():
            return
        # Copied as a path it stands in quotation marks.
        path = self.photo.text().strip('"')
        if not path:
            self._report(b"")
            return
        Operation(self.save, lambda: photo_from(Path(path))).holding(self).succeeded(self._report).refused(
            self._on_refused
        ).start(Lane.NETWORK)

    def _report(self, photo: bytes) -> None:
        reports, by = self._session.services.irregularities, self._session.by
        said = Report(self._number, self.kind.text(), self.words.text(), photo)
        Operation(self.save, lambda: reports.report(said, by)).holding(self).changes("journal").succeeded(
            self._on_reported
        ).refused(self._on_refused).trouble(self._on_refused).start()

    def _on_reported(self, _recorded: Recorded) -> None:
        self.close_sheet()
        self.reported.emit()

    def _on_refused(self, error: Refused | Trouble) -> None:
        if not self.form.show_refusal(error):  # type: ignore[arg-type]
            self._trouble.say(refusal(error), "bad")
            self._trouble.show()


class ReportSheet(Sheet):
    """One report as it was made: words and photo, or that the photo was erased.

    Attributes:
        view: the photo; None where there is none any more.
    """

    def __init__(self, over: QWidget, one: Reported, photo: bytes) -> None:
        title = phrase("tracking.screen.irregular.one", kind=phrase(_KIND + one.kind), at=_at(one))
        super().__init__(over, title, width_px=_PHOTO_WIDTH_PX + 48, leave="kit.words.close")
        self.view: PhotoView | None = None
        if photo:
            self.view = view = PhotoView(_PHOTO_WIDTH_PX, _PHOTO_HEIGHT_PX)
            follow(self, lambda: view.setAccessibleName(say("tracking.screen.irregular.photo")))
            view.show_photo(photo)
            self.body.addWidget(view)
        elif one.had_photo:
            self.body.addWidget(Label("tracking.screen.irregular.erased", "muted", wrap=True))
        self.body.addWidget(Label(plain(one.words), "body", wrap=True))
        self.body.addStretch()


def line_of(one: Reported) -> Candidate:
    """A report on the item's card."""
    kind = phrase(_KIND + one.kind)
    title = phrase("tracking.screen.irregular.said", kind=kind, words=plain(one.words)) if one.words else kind
    detail = phrase("tracking.screen.irregular.with_photo", at=_at(one)) if one.has_photo else plain(_at(one))
    return Candidate(title, detail, one)


def _at(one: Reported) -> str:
    return language().texts.moment(one.at_ms)
