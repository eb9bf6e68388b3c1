"""The paper value of a customs form: what CN 22 or CN 23 says of one item, drawn from its declaration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from azpost_desk.domain.papers_head import ORIGINAL, CopyState, PaperHead

if TYPE_CHECKING:
    from azpost_desk.domain.mail.advance import ItemAttributes


@dataclass(frozen=True, slots=True)
class CustomsPaper:
    """The customs form of an item, signed by its sender.

    Attributes:
        form: of `mail.forms.FORMS`.
        declared: what the customs get as data, word for word.
        country: where it goes, in English and capitals; `origins`: each line's origin so.
        copies: how many are drawn, each with its number.
    """

    head: PaperHead
    form: str
    declared: ItemAttributes
    country: str
    origins: tuple[str, ...]
    copies: int = 1
    copy: CopyState = ORIGINAL

    @property
    def item(self) -> str:
        """The item's number, after which the paper is called."""
        return self.declared.item
