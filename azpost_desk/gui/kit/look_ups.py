"""A look-up while the clerk types on: takes the fields as they stand, fills only what is still so."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.gui.kit.field_frame import Field


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
