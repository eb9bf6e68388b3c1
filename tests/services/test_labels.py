"""The stuck label is scanned back by one scan; nothing waits for it, and what was not scanned is listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from azpost_desk.domain.lines import ItemAccepted
from azpost_desk.domain.people import Person
from azpost_desk.protocol import news as tidings
from azpost_desk.services.express import AcceptItem
from azpost_desk.services.report_papers import report_paper
from azpost_desk.services.scan_items import ScanItem
from tests.services.counters import CLERK, MANAGER, approval, close_counted, press
from tests.storage.desks import piece

if TYPE_CHECKING:
    from tests.services.counters import Stand

FROM = Person(name="Əliyev Vüqar", fin="5ZK9XYZ", phone="+994501234567", address="Nizami 5, m. 12")
TO = Person(name="Quliyeva Leyla", phone="+994557654321", address="Füzuli 1", postcode="1000")
HERE = Person(name="Quliyeva Leyla", phone="+994557654321", address="Füzuli 1", postcode="AZ5002")


def accepted(stand: Stand, to: Person = TO) -> ItemAccepted:
    """An item accepted and paid."""
    basket = stand.desk.express.accept(AcceptItem(FROM, to, 400, "ems"), CLERK)
    line = basket.lines[-1].line
    assert isinstance(line, ItemAccepted)
    stand.pay(10_000)
    return line


def waiting(stand: Stand) -> list[str]:
    return [one.number for one in stand.desk.labels.waiting()]


def test_a_label_waits_from_the_payment_to_its_scan_and_the_second_scan_says_already(stand: Stand) -> None:
    labels = stand.desk.labels
    stand.desk.express.accept(AcceptItem(FROM, TO, 400, "ems"), CLERK)
    assert waiting(stand) == []
    stand.pay(10_000)
    [number] = waiting(stand)
    # The next customer is served all the same.
    second = accepted(stand).number
    assert waiting(stand) == [number, second]
    answer = labels.scan_back(number, CLERK)
    assert answer is not None
    assert (answer.verdict, answer.facts["count"]) == ("saved", 1)
    assert waiting(stand) == [second]
    before = stand.records()
    again = labels.scan_back(number, CLERK)
    assert again is not None
    assert (again.verdict, again.key) == ("already", "express.label.already")
    assert again.facts["at_ms"] == stand.clock.utc_ms()
    # What is no label of ours is somebody else's business.
    assert labels.scan_back("RB123456785GB", CLERK) is None
    assert stand.records() == before
    assert stand.books.rebuild() == []


def test_a_label_printed_twice_is_said_and_one_of_an_undone_sale_stops(stand: Stand) -> None:
    labels, line = stand.desk.labels, accepted(stand)
    with stand.books.writing() as books:
        books.queue_paper("label", line.operation, "copy")
    answer = labels.scan_back(line.number, CLERK)
    assert answer is not None
    assert (answer.key, answer.facts["copies"]) == ("express.label.back_copies", 1)
    again = labels.scan_back(line.number, CLERK)
    assert again is not None
    assert (again.verdict, again.key) == ("already", "express.label.already_copies")
    other = accepted(stand)
    with stand.books.reading() as books:
        stored = books.paid_line(other.operation)
    assert stored is not None
    undo = stand.desk.counter.new_id()
    stand.desk.baskets.reverse(CLERK, stored, undo, "yanlış", approval(undo))
    assert waiting(stand) == []
    stopped = labels.scan_back(other.number, CLERK)
    assert stopped is not None
    assert (stopped.verdict, stopped.key) == ("stopped", "express.label.undone")


def test_a_number_weighed_again_with_another_weight_stops_and_stores_nothing(stand: Stand) -> None:
    labels, line = stand.desk.labels, accepted(stand)
    # The next customer's item lies on the scale while the label of the one before is scanned back.
    back = labels.scan_back(line.number, CLERK, 2_300)
    assert back is not None
    assert back.verdict == "saved"
    before = stand.records()
    second = labels.scan_back(line.number, CLERK, 2_300)
    assert second is not None
    assert (second.verdict, second.key) == ("stopped", "express.label.weighs_otherwise")
    assert (second.facts["accepted"], second.facts["weighed"]) == (400, 2_300)
    for grams in (0, 396, 400, 405):
        again = labels.scan_back(line.number, CLERK, grams)
        assert again is not None
        assert again.verdict == "already"
    for grams in (394, 406):
        other = labels.scan_back(line.number, CLERK, grams)
        assert other is not None
        assert other.verdict == "stopped"
    assert stand.records() == before


def test_a_scan_under_an_event_or_elsewhere_is_one_of_the_label_and_a_typed_number_is_none(
    stand: Stand,
) -> None:
    typed, scanned, gone = (accepted(stand, HERE).number for _ in range(3))
    for number, source in ((typed, "keys"), (scanned, "scan")):
        assert stand.desk.tracking.scan(ScanItem(number, "EMG", source=source), CLERK).verdict == "saved"
    assert waiting(stand) == [typed, gone]
    own = tidings.ItemEvent(number=gone, event="EMA", office="2002", at_ms=1, operation="a")
    stand.books.store_news([piece(900, "item.event", own)], 1)
    assert waiting(stand) == [typed, gone]
    seen = msgspec.structs.replace(own, event="EMG", office="1000", at_ms=2, operation="b")
    stand.books.store_news([piece(901, "item.event", seen)], 1)
    assert waiting(stand) == [typed]


def test_what_was_not_scanned_stands_in_the_report_and_the_next_look_and_forbids_nothing(
    stand: Stand,
) -> None:
    line = accepted(stand)
    [check] = [one for one in stand.desk.preflight.look() if one.name == "labels"]
    assert (check.state, check.word, check.facts) == ("warn", "some", {"count": 1})
    assert [one.number for one in stand.desk.labels.today()] == [line.number]
    report = stand.desk.reports.interim(MANAGER)
    [row] = report_paper(report, "az").labels
    assert row.number.replace(" ", "") == line.number
    manats, rest = divmod(stand.till_qapik(), 100)
    assert rest == 0
    close_counted(stand, {100: manats})
    stand.desk.reports.close_day(MANAGER, press)
    assert stand.desk.labels.today() == ()
    assert waiting(stand) == [line.number]
