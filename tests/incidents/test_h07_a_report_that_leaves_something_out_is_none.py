"""H-07: a report silently left out a node of its tree. Unequal totals or counts: there is no report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain import reports_bodies, reports_ledger
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.payments import PayBill
from azpost_desk.services.report_papers import report_paper
from azpost_desk.services.transfers import SendTransfer
from azpost_desk.storage.reading import BookReading
from tests.services.counters import CLERK, MANAGER, RECEIVER, SENDER, Stand, press

if TYPE_CHECKING:
    from collections.abc import Callable


def full_day(stand: Stand) -> None:
    """Every service once, and the count a little over."""
    stand.desk.shop.sell(SellGoods("EN-C5", 2), CLERK)
    stand.desk.payments.pay(PayBill("0101", "12345678", azn(2_000)), CLERK)
    stand.desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(10_000), "family"), CLERK)
    stand.pay(236 + 2_050 + 10_100)
    stand.desk.tills.close(CLERK, {1: stand.till_qapik() + 3})


def without_service(service: str) -> Callable[[pytest.MonkeyPatch], None]:
    """The first routine knows one account less: the node of this service is gone from its tree."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        kept = {a: s for a, s in reports_ledger._SERVICE_OF.items() if s != service}
        patch.setattr(reports_ledger, "_SERVICE_OF", kept)

    return plant


def without_last_posting(patch: pytest.MonkeyPatch) -> None:
    """The store hands out the day's postings but for the last."""
    whole = BookReading.posted
    patch.setattr(BookReading, "posted", lambda self, day: whole(self, day)[:-1])


def without_a_record(patch: pytest.MonkeyPatch) -> None:
    """The store hands out the day's records but for one sale."""
    whole = BookReading.entries

    def fewer(self: BookReading, day: int, limit: int = 500) -> list[Any]:
        found = whole(self, day, limit)
        gone = next((one for one in found if isinstance(one.body, ops.Settlement)), None)
        return [one for one in found if one is not gone]

    patch.setattr(BookReading, "entries", fewer)


def without_closes(patch: pytest.MonkeyPatch) -> None:
    """The second routine forgets a kind of record."""
    whole = reports_bodies._note
    patch.setattr(
        reports_bodies,
        "_note",
        lambda day, body: None if isinstance(body, ops.TillClosed) else whole(day, body),
    )


OMISSIONS = {
    "goods": without_service("goods"),
    "payments": without_service("payments"),
    "transfers": without_service("transfers"),
    "a posting": without_last_posting,
    "a record": without_a_record,
    "the counts": without_closes,
}


@pytest.mark.parametrize("omission", OMISSIONS)
def test_something_left_out_makes_no_report(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, omission: str
) -> None:
    full_day(stand)
    with monkeypatch.context() as patch:
        OMISSIONS[omission](patch)
        assert stand.desk.reports.interim(MANAGER).differences
        with pytest.raises(Refused, match="R-002"):
            stand.desk.reports.printable(MANAGER)
        with pytest.raises(Refused, match="R-002"):
            stand.desk.reports.close_day(MANAGER, press)
    assert stand.desk.days.current().state == "open"
    stand.desk.reports.close_day(MANAGER, press)


def test_the_control_totals_and_counts_of_both_routines_stand_on_the_report(stand: Stand) -> None:
    full_day(stand)
    report = stand.desk.reports.interim(MANAGER)
    assert (report.own_a.operations, report.own_b.operations) == (3, 3)
    paper = report_paper(report)
    assert len(paper.control) >= 7
    assert all(one.equal for one in paper.control)
