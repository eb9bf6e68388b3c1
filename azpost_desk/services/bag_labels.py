"""The label of an inland bag: the record that closed it in, the paper out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Offices
from azpost_desk.domain.papers_mail import BagLabelPaper
from azpost_desk.domain.refusals import Trouble
from azpost_desk.services.mail_bags_views import BAGS

if TYPE_CHECKING:
    from azpost_desk.domain.papers import CopyState, PaperHead
    from azpost_desk.services.ports import Reading
    from azpost_desk.services.views import Entry

PAPER: Final = "bag_label"


def bag_label(books: Reading, head: PaperHead, entry: Entry, copy: CopyState) -> BagLabelPaper:
    """What the bag weighed and held when this record closed it, whatever became of it since.

    Raises:
        Trouble: D-020 the record closed no bag.
    """
    body = entry.body
    bag = books.of(BAGS).bag(body.bag) if isinstance(body, ops.MailBagClosed) else None
    if bag is None or not isinstance(body, ops.MailBagClosed):
        raise Trouble("D-020")
    office = books.document(Offices, head.business_day.isoformat()).find(bag.to_office)
    return BagLabelPaper(
        head=head,
        number=bag.number,
        version=body.version,
        to_office=office.name if office else bag.to_office,
        to_code=bag.to_office,
        grams=body.grams,
        weight_typed=body.typed,
        items=len(body.numbers),
        seal=body.seal,
        copy=copy,
    )
