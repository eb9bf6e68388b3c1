"""A look-up while the clerk types on: takes the fields as they stand, fills only what is still so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.gui.kit.forms import Form

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.gui.kit.field_frame import Field


SEVERAL = "kit.several"
"""The notice that several are known by what was typed; its key opens the choice."""


def is_awaited_by(asked: Field) -> bool:
    """Whether whoever asked in this field still waits there; over somebody who has gone on nothing opens."""
    around = asked.parentWidget()
    while around is not None and not isinstance(around, Form):
        around = around.parentWidget()
    return around is None or around.follows(asked)


class LookUp:
    """Made when a look-up begins; what a person changes after that is theirs."""

    def __init__(self, fields: Iterable[Field]) -> None:
        self._edits = {field: field.edits for field in fields}

    def is_theirs(self, field: Field) -> bool:
        """Whether a person has changed it since, to something."""
        return field.edits != self._edits.get(field, field.edits) and not field.is_empty()

    def fill(self, field: Field, text: str) -> None:
        """See `Field.fill`; leaves alone what is the clerk's."""
        if not self.is_theirs(field):
            field.fill(text)
