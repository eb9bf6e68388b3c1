"""The label of a receptacle abroad: the record that closed it in, the paper out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain import operations as ops
from azpost_desk.domain.mail.lanes import Lanes
from azpost_desk.domain.papers_mail import ReceptacleLabelPaper
from azpost_desk.domain.refusals import Trouble
from azpost_desk.services.counter import if_sent
from azpost_desk.services.despatches_views import DESPATCHES

if TYPE_CHECKING:
    from azpost_desk.domain.papers import CopyState, PaperHead
    from azpost_desk.services.ports import Reading
    from azpost_desk.services.views import Entry

PAPER: Final = "receptacle_label"


def receptacle_label(books: Reading, head: PaperHead, entry: Entry, copy: CopyState) -> ReceptacleLabelPaper:
    """What the receptacle weighed and held when this record closed it, whatever became of it since.

    Raises:
        Trouble: D-020 the record closed no receptacle.
    """
    body = entry.body
    known = books.of(DESPATCHES)
    found = known.receptacle(body.receptacle) if isinstance(body, ops.ReceptacleClosed) else None
    if found is None or not isinstance(body, ops.ReceptacleClosed):
        raise Trouble("D-020")
    despatch = found.name.despatch
    lane = if_sent(books, Lanes, head.business_day.isoformat()).find(despatch.s8)
    return ReceptacleLabelPaper(
        head=head,
        s9=body.s9,
        year=despatch.year,
        version=body.version,
        # Read by whoever unloads it there.
        to_office=lane.names.get("en", "") if lane else "",
        grams=body.grams,
        weight_typed=body.typed,
        items=len(body.numbers),
        seal=body.seal,
        copy=copy,
    )
