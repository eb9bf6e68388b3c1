"""H-25: pending transactions were missing from the daily summary."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from pypdf import PdfReader

from azpost_desk.domain.catalogue import Billers
from azpost_desk.services.report_papers import report_paper
from azpost_desk.texts import Texts
from tests.stories.town import DAY_MS, ELECTRICITY, METER, MOBILE, PHONE

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
    # By the names of their billers, in the language of the office.
    with ganja.books.reading() as books:
        names = books.document(Billers, report.day.date)
    known = [one for one in names.billers if one.biller in (ELECTRICITY, MOBILE)]
    for code in ("az", "ru"):
        called = {one.names[code] for one in known}
        assert len(called) == 2
        assert {one.title for one in report_paper(report, code).pending} == called
    ganja.go_online()
    # A quarter of an hour later two are settled; what the customer is owed stays until it is paid back.
    place.clock.pass_ms(900_000)
    ganja.sync()
    left = ganja.services.reports.interim(ganja.manager).pending
    assert [(one.payment, one.state) for one in left] == [(refused, "refused")]


def test_each_stands_in_its_own_section_of_the_printed_report(place: Town, ganja: Seat) -> None:
    """Yesterday's answer is late, today's question is pending: neither is missing, none stands twice."""
    place.provider.fail_next("no_answer", account=PHONE)
    place.provider.fail_next("result", code=5, account=PHONE)
    yesterday = ganja.take_bill(2_000, MOBILE, PHONE)
    ganja.sync()
    ganja.close_day()
    place.clock.pass_ms(DAY_MS)
    ganja.open("2026-11-24")
    ganja.sync()
    place.provider.fail_next("no_answer", account=METER)
    today = ganja.take_bill(1_500)
    ganja.sync()
    report = ganja.services.reports.interim(ganja.manager)
    assert [(one.kind, one.what, one.date) for one in report.late] == [("result", "refused", "2026-11-23")]
    assert {one.payment: one.state for one in report.pending} == {yesterday: "refused", today: "unknown"}
    ganja.close_day()
    paper = report_paper(report)
    assert (len(paper.pending), len(paper.late)) == (2, 1)
    stored = ganja.services.reports.stored(ganja.manager, "2026-11-24")
    read = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(stored)).pages).split())
    texts = Texts("az")
    sections = [texts.t(f"papers.report.{name}") for name in ("pending", "late", "reversals")]
    places = [read.index(section) for section in sections]
    assert places == sorted(places)
    pending, late = read[places[0] : places[1]], read[places[1] : places[2]]
    assert texts.t("report.state.unknown") in pending
    assert texts.t("report.late.refused") in late
    assert texts.date("2026-11-23") in late
