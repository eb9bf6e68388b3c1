"""H-25: pending transactions were missing from the daily summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.services.report_papers import report_paper
from tests.stories.town import METER, MOBILE, PHONE

if TYPE_CHECKING:
    from tests.stories.town import Seat, Town


def test_bills_not_sent_unknown_and_refused_are_listed_and_counted(place: Town, ganja: Seat) -> None:
    place.provider.fail_next("no_answer", account=PHONE)
    unknown = ganja.take_bill(2_000, MOBILE, PHONE)
    ganja.sync()
    place.provider.fail_next("result", code=5, account=METER)
    refused = ganja.take_bill(1_500)
    ganja.sync()
    ganja.go_offline()
    waiting = ganja.take_bill(3_845)
    report = ganja.services.reports.interim(ganja.manager)
    assert {one.payment: one.state for one in report.pending} == {
        unknown: "unknown", refused: "refused", waiting: "accepted",
    }  # fmt: skip
    paper = report_paper(report)
    assert len(paper.pending) == 3
    ganja.go_online()
    # A quarter of an hour later two are settled; what the customer is owed stays until it is paid back.
    place.clock.pass_ms(900_000)
    ganja.sync()
    left = ganja.services.reports.interim(ganja.manager).pending
    assert [(one.payment, one.state) for one in left] == [(refused, "refused")]
