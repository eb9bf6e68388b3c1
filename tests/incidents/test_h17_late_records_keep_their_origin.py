"""H-17: late records carried another counter's id. Origin, own time and arrival stand on paper, for ever."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.report_papers import report_paper
from azpost_desk.storage import tables as t
from azpost_desk.texts import Texts
from tests.services.counters import CLERK, MANAGER, Stand, press
from tests.stories.town import MOBILE, PHONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.domain.papers import DailyReportPaper
    from azpost_desk.services.reports import DayReport
    from tests.stories.town import Seat, Town

TODAY, TOMORROW = "2026-11-23", "2026-11-24"
DAY_MS = 86_400_000


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_a_desk_and_a_result_that_came_after_the_close_make_numbered_supplements(
    place: Town, ganja: Seat
) -> None:
    second = place.seat("2002-2", float_qapik=0)
    second.open(TODAY)
    place.provider.fail_next("no_answer", account=PHONE)
    place.provider.fail_next("result", account=PHONE, code=5)
    taken_ms = place.clock.utc_ms()
    bill = ganja.take_bill(2_000, MOBILE, PHONE)
    ganja.sync()
    place.clock.pass_ms(3_600_000)
    ganja.close_day()
    supplements, manager = ganja.services.supplements, ganja.manager
    stored = ganja.services.reports.stored(manager, TODAY)
    assert supplements.waiting(manager, TODAY) == ()
    with pytest.raises(Refused, match="R-020"):
        supplements.issue(manager, TODAY, ganja.services.press)
    # The other desk closes an hour later, and at night the biller says no.
    place.clock.pass_ms(3_600_000)
    desk_ms = place.clock.utc_ms()
    second.services.tills.stock(second.clerk, "S060", 50, "N-1")
    second.close_day()
    place.sync()
    place.clock.pass_ms(3_600_000)
    ganja.sync()
    assert ganja.bill(bill) == "refused"
    waiting = supplements.waiting(manager, TODAY)
    assert [(one.kind, one.origin, one.date) for one in waiting] == [
        ("desk", "2", TODAY),
        ("result", "1", TODAY),
    ]
    assert waiting[0].arrived_ms >= desk_ms
    assert waiting[1].recorded_ms == taken_ms < waiting[1].arrived_ms
    supplements.issue(manager, TODAY, ganja.services.press)
    assert ganja.services.reports.stored(manager, TODAY) == stored
    read = text_of(supplements.stored(manager, TODAY, 1))
    az = Texts("az")
    for sentence in (
        az.t("papers.report.supplement", number=1),
        az.t("report.late.refused"),
        az.t("report.late.desk"),
        az.moment(taken_ms),
        az.moment(waiting[1].arrived_ms),
    ):
        assert sentence in read
    assert supplements.waiting(manager, TODAY) == ()
    # What comes still later makes the next one; no matter stands in two.
    place.clock.pass_ms(DAY_MS)
    ganja.open(TOMORROW)
    ganja.services.payments.refund(bill, ganja.clerk)
    ganja.pay()
    [again] = supplements.waiting(manager, TODAY)
    assert (again.kind, again.what) == ("result", "refunded")
    supplements.issue(manager, TODAY, ganja.services.press)
    assert supplements.made(manager, TODAY) == (1, 2)
    assert text_of(supplements.stored(manager, TODAY, 1)) == read
    ganja.close_day()


def test_a_record_that_came_late_keeps_its_own_day_time_and_origin(stand: Stand) -> None:
    """A machine is replaced; the old one's last sale is found later and comes as what it was."""
    stand.desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    sold_ms = stand.clock.utc_ms()
    receipt = stand.pay(120).receipt
    stand.desk.tills.close(CLERK, {1: stand.till_qapik()})
    stand.desk.reports.close_day(MANAGER, press)
    found_ms = stand.clock.utc_ms() + 2 * DAY_MS
    drawn: list[DailyReportPaper] = []

    def keep(report: DayReport) -> bytes:
        drawn.append(report_paper(report))
        return b"supplement"

    with _arrived_late(stand, receipt, found_ms):
        [late] = stand.desk.supplements.waiting(MANAGER, TODAY)
        assert (late.kind, late.date, late.origin, late.receipt) == ("record", TODAY, "1", receipt)
        assert (late.recorded_ms, late.arrived_ms) == (sold_ms, found_ms)
        stand.desk.supplements.issue(MANAGER, TODAY, keep)
        [paper] = drawn
        assert paper.supplement == 1
        assert [(one.desk, one.recorded_at, one.arrived_at) for one in paper.late] == [
            ("1", sold_ms, found_ms)
        ]
    named = stand.bodies(ops.ReportSupplemented)[-1]
    assert isinstance(named, ops.ReportSupplemented)
    assert (named.date, named.number, len(named.matters)) == (TODAY, 1, 1)


def test_a_changed_byte_in_a_supplement_shows(stand: Stand) -> None:
    stand.desk.tills.close(CLERK, {1: stand.till_qapik()})
    stand.desk.reports.close_day(MANAGER, press)
    with stand.books.reading() as books:
        opened = books.entries(1)[-1].recorded
    with _arrived_late(stand, opened.operation, stand.clock.utc_ms() + DAY_MS):
        stand.desk.supplements.issue(MANAGER, TODAY, press)
    with stand.books.writing() as writing:
        writing.connection.execute(t.supplements.update().values(content=b"other"))
    with pytest.raises(Trouble, match="R-010"):
        stand.desk.supplements.stored(MANAGER, TODAY, 1)
    with pytest.raises(Refused, match="R-021"):
        stand.desk.supplements.stored(MANAGER, TODAY, 2)


@contextmanager
def _arrived_late(stand: Stand, key: str, arrived_ms: int) -> Iterator[None]:
    """While this lasts, the record stands as the machine that took the old disk's tail in would have it."""
    with stand.books.reading() as books:
        entry = books.settlement(key) or books.entry(key)
    assert entry is not None
    assert entry.recorded.recorded_ms < arrived_ms
    _say_arrived(stand, entry.recorded.operation, arrived_ms)
    yield
    _say_arrived(stand, entry.recorded.operation, entry.recorded.recorded_ms)


def _say_arrived(stand: Stand, operation: str, arrived_ms: int) -> None:
    with stand.books.writing() as writing:
        connection = writing.connection
        connection.exec_driver_sql("DROP TRIGGER journal_never_update")
        own = t.journal.c.operation == operation
        connection.execute(t.journal.update().where(own).values(arrived_ms=arrived_ms))
        for sql in t.TRIGGERS:
            if "journal_never_update" in sql:
                connection.exec_driver_sql(sql)
