"""Addressee abroad: every part in Latin letters, in the order in which their country writes an address."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit import abroad_values as decide
from azpost_desk.gui.kit.cards import Card
from azpost_desk.gui.kit.fields import TextField
from azpost_desk.gui.kit.offered import Offered
from azpost_desk.gui.kit.words import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.domain.mail.advance import Party
    from azpost_desk.gui.kit.fields import Field
    from azpost_desk.services.mail_abroad import SentBefore

_EXAMPLES: Final = {
    "name": "Yilmaz Ayse",
    "street": "Bagdat Cad. 12/3",
    "city": "Istanbul",
    "postcode": "34710",
    "phone": "+90 212 555 01 02",
    "mail": "name@example.org",
}
_OPTIONAL: Final = ("postcode", "phone", "mail")


class AddresseeAbroad(Card):
    """Who gets it. A digit in the name takes somebody whom this sender sent to before."""

    def __init__(self, country: str) -> None:
        super().__init__("express.screen.card.addressee")
        self.parts = {part: _latin(part) for part in decide.PARTS}
        self.before = Offered()
        place = [self.parts["postcode"], self.parts["city"]]
        if country in decide.POSTCODE_LAST:
            place.reverse()
        self.fields: list[Field] = [
            self.parts["name"], self.parts["street"], *place, self.parts["phone"], self.parts["mail"],
        ]  # fmt: skip
        # Above the field in which their digits pick: the field in hand is kept in sight from below.
        self.row(self.before)
        self.row(self.parts["name"], self.parts["street"], stretches=(5, 6))
        shares = [3 if one is self.parts["postcode"] else 4 for one in place]
        self.row(*place, self.parts["phone"], self.parts["mail"], stretches=(*shares, 4, 5))
        self.parts["name"].edited.connect(self._on_name)

    def offer(self, before: Sequence[SentBefore]) -> None:
        """Whom the sender sent to before."""
        self.before.offer([(f"{one.addressee.name}, {one.addressee.city}", one) for one in before])

    def show_party(self, one: SentBefore) -> None:
        """Fill in whoever is meant: Enter passes by what is known, and what nobody told either."""
        self.show_addressee(one.addressee)
        self.before.hide()

    def show_addressee(self, addressee: Party) -> None:
        """Fill in what is known of somebody."""
        for part, field in self.parts.items():
            field.fill(getattr(addressee, part))

    def _on_name(self) -> None:
        if self.before.takes(self.parts["name"].text()):
            return
        # Somebody else than was picked: what is known of that one is not of this one.
        for part, field in self.parts.items():
            if part != "name" and field.filled:
                field.clear()


def _latin(part: str) -> TextField:
    """A field that is left in the letters a foreign post reads."""
    field = TextField(
        f"express.abroad.{part}",
        name=f"addressee.{part}",
        optional=part in _OPTIONAL,
        placeholder=plain(_EXAMPLES[part]),
        check=lambda typed: decide.read_abroad(typed, part),
    )
    field.example = plain(_EXAMPLES[part])
    field.left.connect(partial(_write_latin, field, part))
    return field


def _write_latin(field: TextField, part: str) -> None:
    """Shown before anything is agreed on: the clerk may write over it."""
    try:
        text = decide.read_abroad(field.text(), part)
    except Refused:
        return
    if text != field.text():
        field.put(text)
