"""A letter typed while a list, a button or nothing has the focus: it goes to a field that waits, or is said.

Takes the key that nobody wanted and the screen it was typed on; afterwards it stands in a field, or the
caller has to say that it stands nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from azpost_desk.gui.kit.fields import ChoiceField, Field, PinField, TextField
from azpost_desk.gui.kit.forms import Form

if TYPE_CHECKING:
    from collections.abc import Iterator


def put_where_it_belongs(event: QKeyEvent, page: QWidget) -> bool:
    """Give the key to the field of `page` it belongs to and go there. False: it stands nowhere.

    Nothing that stands in a field is changed by it, a search apart: that begins anew.
    """
    focus = QApplication.focusWidget()
    for field in _candidates(page, focus, event.text()):
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


def _candidates(page: QWidget, focus: QWidget | None, text: str) -> Iterator[Field]:
    """Where the key before it went; on a list its search first; else the field that waits in the form in
    hand, else the search.
    """
    # Keys of a quick hand are under way together: the second was meant for the same place as the first.
    yield from (field for field in page.findChildren(TextField) if field.editor is focus and _is_open(field))
    searches = [
        field for field in page.findChildren(TextField) if field.is_search() and _can_be_typed_in(field)
    ]
    if isinstance(focus, QAbstractItemView):
        yield from searches[:1]
    yield from (field for form in _forms(page, focus) for field in form.fields if _waits(field, text))
    yield from searches[:1]


def _forms(page: QWidget, focus: QWidget | None) -> list[Form]:
    around = focus
    while around is not None and not isinstance(around, Form):
        around = around.parentWidget()
    shown = [form for form in page.findChildren(Form) if form.isVisible()]
    return [around] if around is not None and around in shown else shown


def _waits(field: Field, text: str) -> bool:
    if isinstance(field, ChoiceField) and not field.takes(text):
        return False
    # A secret is never begun by a key that was meant for something else.
    known = isinstance(field, TextField | ChoiceField) and not isinstance(field, PinField)
    return known and field.is_empty() and not field.is_skipped() and _can_be_typed_in(field)


def _is_open(field: TextField) -> bool:
    return not isinstance(field, PinField) and not field.line.isReadOnly() and _can_be_typed_in(field)


def _can_be_typed_in(field: Field) -> bool:
    return field.isVisible() and field.isEnabled() and field.editor.focusPolicy() != Qt.FocusPolicy.NoFocus
