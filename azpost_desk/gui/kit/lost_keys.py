"""A letter typed while a list, a button or nothing has the focus: it goes to a field that waits, or is said.

Takes the key that nobody wanted and the screen it was typed on; afterwards it stands in a field, or the
caller has to say that it stands nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from azpost_desk.gui.kit.fields import ChoiceField, Field, PinField, TextField
from azpost_desk.gui.kit.forms import Form

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMANDS: Final = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


def writes(event: QKeyEvent) -> bool:
    """Whether the key writes a letter, a digit or a sign; a blank presses and marks, and writes nothing."""
    both = event.modifiers() & _COMMANDS
    text = event.text()
    return bool(text.strip()) and text.isprintable() and both in (Qt.KeyboardModifier.NoModifier, _COMMANDS)


def put_where_it_belongs(event: QKeyEvent, page: QWidget) -> bool:
    """Give the key to the field of `page` it belongs to and go there. False: it stands nowhere.

    Nothing that stands in a field is changed by it, a search apart: that begins anew.
    """
    focus = QApplication.focusWidget()
    for field in _candidates(page, focus):
        before = field.text()
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        again = QKeyEvent(event.type(), event.key(), event.modifiers(), event.text())
        QApplication.sendEvent(field.editor, again)
        if field.text() != before or (isinstance(field, TextField) and field.is_search()):
            return True
        break
    if focus is not None and focus.isVisible():
        focus.setFocus(Qt.FocusReason.OtherFocusReason)
    return False


def _candidates(page: QWidget, focus: QWidget | None) -> Iterator[Field]:
    """On a list its search first; else the field that waits in the form in hand, else the search."""
    searches = [
        field for field in page.findChildren(TextField) if field.is_search() and _can_be_typed_in(field)
    ]
    if isinstance(focus, QAbstractItemView):
        yield from searches[:1]
    yield from (field for form in _forms(page, focus) for field in form.fields if _waits(field))
    yield from searches[:1]


def _forms(page: QWidget, focus: QWidget | None) -> list[Form]:
    around = focus
    while around is not None and not isinstance(around, Form):
        around = around.parentWidget()
    shown = [form for form in page.findChildren(Form) if form.isVisible()]
    return [around] if around is not None and around in shown else shown


def _waits(field: Field) -> bool:
    # A secret is never begun by a key that was meant for something else.
    known = isinstance(field, TextField | ChoiceField) and not isinstance(field, PinField)
    return known and field.is_empty() and not field.is_skipped() and _can_be_typed_in(field)


def _can_be_typed_in(field: Field) -> bool:
    return field.isVisible() and field.isEnabled() and field.editor.focusPolicy() != Qt.FocusPolicy.NoFocus
