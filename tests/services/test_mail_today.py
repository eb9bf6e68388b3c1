"""The manager's lines of mail: what was done on the day, what waits, what money was taken for items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.mail.bags import ROAD_HOURS
from azpost_desk.domain.papers import Say
from azpost_desk.services.mail_bags import CloseBag
from azpost_desk.services.report_papers import report_paper
from azpost_desk.services.rounds_views import OUT_MS_MAX
from tests.services.counters import CLERK, MANAGER, approval
from tests.services.test_charges import ITEM, TAKEN, announced, take, undo
from tests.services.test_express import scan
from tests.services.test_keeping import shelve
from tests.services.test_labels import accepted
from tests.services.test_mail_bags import HUB
from tests.services.test_rounds import INK, out

if TYPE_CHECKING:
    from tests.services.counters import Stand

PARCELS = [item_number("EE", 820_000 + serial) for serial in range(3)]


def lines(stand: Stand) -> dict[str, int]:
    return {one.name: one.count for one in stand.desk.reports.interim(MANAGER).mail}


def test_the_day_says_what_was_done_with_items_and_what_of_them_waits(stand: Stand) -> None:
    assert lines(stand) == {}
    accepted(stand)
    second = accepted(stand).operation
    with stand.books.reading() as books:
        kept = books.paid_line(second)
    assert kept is not None
    undoing = stand.desk.counter.new_id()
    stand.desk.baskets.reverse(CLERK, kept, undoing, "Müştəri imtina etdi", approval(undoing))
    scan(stand, PARCELS[0], "EMG")
    scan(stand, PARCELS[0], "EMI", **TAKEN)
    for number in PARCELS[1:]:
        scan(stand, number, "EMH", reason="absent", measure="new_try")
    stand.desk.tracking.void_last(CLERK)
    assert lines(stand) == {"accepted": 1, "delivered": 1, "tried": 1, "labels": 1}
    shelve(stand)
    out(stand.desk.rounds, 1)
    gone, _open = (stand.desk.mail_bags.begin(HUB, CLERK).bag for _ in range(2))
    stand.desk.mail_bags.put_in(gone, PARCELS[2], CLERK)
    stand.desk.mail_bags.close(gone, CloseBag(1, 900, "S-1"), CLERK)
    stand.desk.mail_bags.hand_over(gone, "Rzayev Kamal", INK, CLERK)
    waits = {"rounds_out": 1, "ends_soon": 2, "due_back": 1, "bags_open": 1}
    assert waits.items() <= lines(stand).items()
    stand.clock.pass_ms(OUT_MS_MAX + 60_000)
    assert lines(stand)["rounds_overdue"] == 1
    assert "bags_late" not in lines(stand)
    stand.clock.pass_ms(ROAD_HOURS * 3_600_000)
    assert lines(stand)["bags_late"] == 1
    late = {one.name: one.place for one in stand.desk.reports.interim(MANAGER).mail if one.is_late}
    assert late == {"rounds_overdue": "rounds", "due_back": "tracking", "bags_late": "mail_bags"}


def test_money_taken_for_items_is_said_by_its_kind_and_what_was_given_back_is_none(stand: Stand) -> None:
    announced(stand)
    scan(stand, ITEM, "EMG")
    kept = take(stand)
    [taken] = stand.desk.reports.interim(MANAGER).mail
    assert (taken.name, taken.count, taken.amount_qapik, taken.place) == ("charge_cod", 1, 2_500, "history")
    undo(stand, kept)
    assert lines(stand) == {}


def test_the_paper_prints_them(stand: Stand) -> None:
    accepted(stand)
    paper = report_paper(stand.desk.reports.interim(MANAGER))
    assert [(one.title, one.count) for one in paper.mail] == [
        (Say("report.mail.accepted"), 1),
        (Say("report.mail.labels"), 1),
    ]
