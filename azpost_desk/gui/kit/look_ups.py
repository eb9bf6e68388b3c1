"""A customer looked up while the clerk types on: fields are filled only where they are as they were then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.words import refusal
from azpost_desk.gui.work.runner import Operation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from azpost_desk.domain.refusals import Trouble
    from azpost_desk.gui.kit.field_frame import Field
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.views import Customer


SEVERAL = "kit.several"
"""The notice that several are known by what was typed; its key opens the choice."""


def is_awaited_by(asked: Field) -> bool:
    """Whether whoever asked in this field still waits there; over somebody who has gone on nothing opens."""
    around = asked.parentWidget()
    while around is not None and not isinstance(around, Form):
        around = around.parentWidget()
    return around is None or around.follows(asked)


def bring(session: Session, form: Form, customer: str, open_customer: Callable[[Customer], None]) -> None:
    """Hand the customer of this id to `open_customer`; until it is known who that is, `form` is held.

    Whoever opens the file releases the form; where nobody is known, or the disk fails, that is done here.
    """

    def answered(one: Customer | None) -> None:
        if one is not None:
            open_customer(one)
        else:
            form.release()

    def failed(no: Trouble) -> None:
        form.release()
        session.notice(refusal(no), "bad", no.code)

    form.hold()
    customers = session.services.customers
    Operation(form, lambda: customers.known(customer)).succeeded(answered).trouble(failed).start()


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
