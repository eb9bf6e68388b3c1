"""The customs form of an item for abroad: its line and declaration in, the paper out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain import operations as ops
from azpost_desk.domain.mail import advance
from azpost_desk.domain.papers_mail import CustomsPaper
from azpost_desk.domain.people import Addresses
from azpost_desk.domain.refusals import Trouble
from azpost_desk.services.country_names import country_abroad

if TYPE_CHECKING:
    from azpost_desk.domain.papers import CopyState, PaperHead
    from azpost_desk.services.lines.base import Place
    from azpost_desk.services.views import PaidLine

PAPER: Final = "customs"


def customs_paper(place: Place, stored: PaidLine, head: PaperHead, copy: CopyState) -> CustomsPaper:
    """The form that the sale chose, with everything that the customs get as data.

    Raises:
        Trouble: D-020 the item stays at home, or its declaration was erased by rule.
    """
    line = stored.line
    addresses = place.attached(line, "addresses", Addresses)
    if not isinstance(line, ops.ItemAccepted) or line.abroad is None or addresses is None:
        raise Trouble("D-020")
    declared = advance.read(addresses.declared.encode())
    return CustomsPaper(
        head=head,
        form=line.abroad.form,
        declared=declared,
        country=country_abroad(line.country),
        origins=tuple(country_abroad(one.origin) for one in declared.lines),
        copies=line.abroad.copies,
        copy=copy,
    )
