"""An express item accepted in Gəncə without a line and delivered in Bakı; its file is the same in both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from azpost_desk.central.mail import orders
from azpost_desk.central.registry import branches, reference
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Branch
from azpost_desk.domain.item_numbers import read_item_number
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.counter import Approval
from azpost_desk.services.express import AcceptItem
from azpost_desk.services.scan_items import ScanItem
from tests.services.test_express import taken_by
from tests.stories.town import BAKU, LEYLA, ORXAN

if TYPE_CHECKING:
    from tests.stories.town import Seat, Town


def accept(seat: Seat, weight_grams: int) -> str:
    """From Leyla to Orxan in Bakı; the item's number."""
    addressee = replace(ORXAN, address="Nizami küçəsi 72", postcode="AZ1010")
    command = AcceptItem(LEYLA, addressee, weight_grams, "ems_domestic")
    basket = seat.services.express.accept(command, seat.clerk)
    line = basket.lines[-1].line
    assert isinstance(line, ops.ItemAccepted)
    seat.pay(line.amount_qapik)
    return line.number


def events(seat: Seat, number: str) -> list[tuple[str, str]]:
    return [(one.event, one.office) for one in seat.services.tracking.timeline(number)]


def test_accepted_off_line_with_a_number_of_the_range_and_followed_to_the_door(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    """750 g to Bakı: 6.00 and one step of 0.75; numbers follow each other in the desk's own range."""
    ganja.go_offline()
    first, second = accept(ganja, 750), accept(ganja, 500)
    assert ganja.till_qapik() == 100_000 + 675 + 600
    for number in (first, second):
        assert read_item_number(number).valid
    given = place.ask("select first, last from item_ranges where desk = '2002-1'")
    serials = [int(number[2:10]) for number in (first, second)]
    assert serials == [given[0][0], given[0][0] + 1]
    assert baku.services.tracking.timeline(first) == []
    ganja.go_online()
    baku.sync()
    assert events(baku, first) == [("EMA", "2002")]
    assert not baku.services.tracking.timeline(first)[0].here
    for event, more in (("EMG", {}), ("EDG", {}), ("EMI", taken_by("Hüseynov Orxan"))):
        place.clock.pass_ms(60_000)
        scanned = baku.services.tracking.scan(ScanItem(first, event, **more), baku.clerk)
        assert scanned.verdict == "saved"
    again = baku.services.tracking.scan(ScanItem(first, "EDG"), baku.clerk)
    assert again.verdict == "refused"
    place.sync()
    story = [("EMA", "2002"), ("EMG", "1010"), ("EDG", "1010"), ("EMI", "1010")]
    assert events(baku, first) == story
    assert events(ganja, first) == story
    # The sender's office follows it, but waits for nothing; and no commitment to a signature leaks out.
    at_ganja = ganja.services.tracking.scan(ScanItem(first[7:11], "EMG"), ganja.clerk)
    assert (at_ganja.verdict, at_ganja.number) == ("refused", "")
    assert [one.detail for one in ganja.services.tracking.timeline(first)] == ["", "", "", "self"]


def test_the_last_four_digits_find_an_announced_item(ganja: Seat, baku: Seat) -> None:
    number = accept(ganja, 400)
    ganja.sync()
    baku.sync()
    scanned = baku.services.tracking.scan(ScanItem(number[7:11], "EMG"), baku.clerk)
    assert (scanned.verdict, scanned.number) == ("saved", number)


def test_the_till_holds_what_the_item_cost(ganja: Seat) -> None:
    before = ganja.services.baskets.safe_balance()
    accept(ganja, 501)
    assert ganja.till_qapik() == 100_000 + 675
    assert ganja.services.baskets.safe_balance() == before == azn(100_000)


def test_an_item_that_was_paid_back_is_cancelled_in_its_timeline_and_expected_nowhere(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    number = accept(ganja, 400)
    ganja.sync()
    baku.sync()
    digits = number[7:11]
    with baku.books.reading() as books:
        assert books.announced("") == [number]
    place.clock.pass_ms(60_000)
    with ganja.books.reading() as books:
        line = books.paid_line(books.item_events(number)[0].operation)
    assert line is not None
    reversal = ganja.services.counter.new_id()
    consent = Approval(ganja.manager.officer, ganja.manager.role, reversal)
    ganja.services.baskets.reverse(ganja.clerk, line, reversal, "customer took it back", consent)
    place.sync()
    story = [("EMA", "2002"), ("EXX", "2002")]
    for seat in (ganja, baku):
        assert events(seat, number) == story
        # No arrival list, no four digits and no answer of the one box waits for it.
        with seat.books.reading() as books:
            assert books.announced("") == []
            assert [one.detail for one in books.search(number[:9])] == ["EXX"]
        assert seat.services.finding.find(digits) == []
        (found,) = seat.services.finding.find(number)
        assert (found.key, found.detail) == (number, "EXX")
        by_digits = seat.services.tracking.scan(ScanItem(digits, "EMG"), seat.clerk)
        assert (by_digits.verdict, by_digits.key) == ("refused", "express.scan.not_announced")
        for event in ("EMG", "EDG", "EDF"):
            scanned = seat.services.tracking.scan(ScanItem(number, event), seat.clerk)
            assert (scanned.verdict, scanned.key) == ("refused", "express.scan.ended")
    assert place.ask(f"select state from items where number = '{number}'") == [("cancelled",)]


def states(place: Town, number: str, *seats: Seat) -> set[tuple[str, str]]:
    """(state, custody) of an item wherever it is known."""
    found = {tuple(row) for row in place.ask(f"select state, custody from items where number = '{number}'")}
    for seat in seats:
        with seat.books.reading() as books:
            life = books.item_lives(number)[-1]
        found.add((life.state, life.custody))
    return found


def test_an_arrival_taken_back_is_awaited_again_and_known_everywhere(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    number = accept(ganja, 400)
    place.sync()
    baku.go_offline()
    place.clock.pass_ms(60_000)
    baku.services.tracking.scan(ScanItem(number, "EMG"), baku.clerk)
    baku.services.tracking.void_last(baku.clerk)
    with baku.books.reading() as books:
        assert books.announced("") == [number]
    baku.go_online()
    place.sync()
    assert states(place, number, ganja, baku) == {("accepted", "desk")}
    for seat in (ganja, baku):
        assert [(one.event, one.mark) for one in seat.services.tracking.timeline(number)] == [
            ("EMA", ""),
            ("EMG", "voided"),
        ]
    # Scanned again it is here, and the scan says what it comes after.
    assert baku.services.tracking.scan(ScanItem(number[7:11], "EMG"), baku.clerk).verdict == "saved"
    entry = baku.services.tracking.today()[0]
    assert isinstance(entry.body, ops.ItemScanned)
    assert entry.body.answers == baku.services.tracking.timeline(number)[0].operation


def test_an_item_sent_back_is_awaited_by_its_sender_and_ends_in_the_senders_hands(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    number = accept(ganja, 400)
    place.sync()
    baku.go_offline()
    for event, reason, measure in (("EMG", "", ""), ("EMH", "refused", "returned")):
        place.clock.pass_ms(60_000)
        command = ScanItem(number, event, reason, measure)
        assert baku.services.tracking.scan(command, baku.clerk).verdict == "saved"
    baku.go_online()
    place.sync()
    assert states(place, number, ganja, baku) == {("inland.back", "bag")}
    with ganja.books.reading() as books, baku.books.reading() as there:
        assert (books.announced(""), there.announced("")) == ([number], [])
    place.clock.pass_ms(60_000)
    for event, more in (("EMG", {}), ("EMI", taken_by("Məmmədova Leyla"))):
        command = ScanItem(number, event, **more)
        assert ganja.services.tracking.scan(command, ganja.clerk).verdict == "saved"
    place.sync()
    assert states(place, number, ganja, baku) == {("returned", "person")}


def test_what_has_moved_on_is_taken_back_no_more(place: Town, ganja: Seat, baku: Seat) -> None:
    number = accept(ganja, 400)
    place.sync()
    place.clock.pass_ms(60_000)
    arrived = baku.services.tracking.scan(ScanItem(number, "EMG"), baku.clerk).recorded.operation
    baku.services.tracking.scan(ScanItem(number, "EDG"), baku.clerk)
    place.sync()
    void = baku.services.counter.new_id()
    with pytest.raises(Refused, match="E-044"):
        baku.services.tracking.void(arrived, void, "wrong item", baku.clerk, consent_of(baku, void))
    with ganja.books.reading() as books:
        line = books.paid_line(books.item_events(number)[0].operation)
    assert line is not None
    reversal = ganja.services.counter.new_id()
    consent = consent_of(ganja, reversal)
    with pytest.raises(Refused, match="E-045"):
        ganja.services.baskets.reverse(ganja.clerk, line, reversal, "customer took it back", consent)
    # The last one first: then the one before it may go too.
    baku.services.tracking.void_last(baku.clerk)
    baku.services.tracking.void(arrived, void, "wrong item", baku.clerk, consent_of(baku, void))
    place.sync()
    ganja.services.baskets.reverse(ganja.clerk, line, reversal, "customer took it back", consent)
    place.sync()
    assert states(place, number, ganja, baku) == {("cancelled", "person")}


def consent_of(seat: Seat, operation: str) -> Approval:
    return Approval(seat.manager.officer, seat.manager.role, operation)


def becomes(place: Town, seat: Seat, code: str, *kinds: str) -> None:
    """The centre says what is done with mail at the office of this desk."""
    with place.centre.database.transaction() as conn:
        known = reference.newest(conn, Branch, code)
        assert known is not None
        branches.create_branch(conn, replace(known, mail=kinds), place.clock.utc_ms())
    seat.sync()


def test_an_item_from_abroad_goes_through_the_hub_to_its_signature(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    """Bakı is the hub here; customs hold the item and let it go; Gəncə hears of it by its scan."""
    becomes(place, baku, BAKU, "exchange", "sorting")
    number = "RR123456785TR"
    for event, more in (
        ("EMD", {}),
        ("EDB", {}),
        ("EME", {"reason": "invoice"}),
        ("EDC", {"reason": "no_duty"}),
        ("EMF", {"receptacle": "BAG-000123", "signatory": "Quliyev Rauf"}),
    ):
        place.clock.pass_ms(60_000)
        scanned = baku.services.tracking.scan(ScanItem(number, event, **more), baku.clerk)
        assert scanned.verdict == "saved", event
    place.sync()
    assert states(place, number, baku) == {("inland", "bag")}
    assert ganja.services.tracking.timeline(number) == []
    ganja.go_offline()
    place.clock.pass_ms(60_000)
    assert ganja.services.tracking.scan(ScanItem(number, "EMG"), ganja.clerk).verdict == "saved"
    ganja.go_online()
    place.sync()
    place.sync()
    place.clock.pass_ms(60_000)
    signed = ScanItem(number, "EMI", **taken_by("Məmmədova Leyla"))
    assert ganja.services.tracking.scan(signed, ganja.clerk).verdict == "saved"
    place.sync()
    assert states(place, number, ganja, baku) == {("delivered", "person")}
    story = ["EMD", "EDB", "EME", "EDC", "EMF", "EMG", "EMI"]
    for seat in (ganja, baku):
        timeline = seat.services.tracking.timeline(number)
        assert [one.event for one in timeline] == story
        assert [one.reason for one in timeline] == ["", "", "invoice", "no_duty", "", "", ""]
        assert timeline[4].detail == "BAG-000123"
        assert "Quliyev" not in str(timeline)


def test_a_stop_order_holds_an_item_wherever_it_turns_up_until_it_is_lifted(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    """Its sender wants it back: the office that hears of it hands it over to nobody, and sends it back."""
    number = accept(ganja, 400)
    place.sync()
    with place.centre.database.connection() as conn:
        orders.stop(conn, number, "recall", "Səfərov", "request 17", place.clock.utc_ms())
    place.sync()
    place.clock.pass_ms(60_000)
    # It may come in and be tried for nobody; what the order forbids is refused with its own tone.
    assert baku.services.tracking.scan(ScanItem(number, "EMG"), baku.clerk).verdict == "saved"
    for command in (ScanItem(number, "EDG"), ScanItem(number, "EMI", **taken_by("Hüseynov Orxan"))):
        answer = baku.services.tracking.scan(command, baku.clerk)
        assert (answer.verdict, answer.key) == ("stopped", "express.scan.stopped_recall")
    back = ScanItem(number, "EDX", "sender_request", "returned")
    assert baku.services.tracking.scan(back, baku.clerk).verdict == "saved"
    place.sync()
    place.clock.pass_ms(60_000)
    assert ganja.services.tracking.scan(ScanItem(number, "EMG"), ganja.clerk).verdict == "saved"
    # The recall has what it wanted and stands no longer; a court holds the item here as well.
    with place.centre.database.connection() as conn:
        court = orders.stop(conn, number, "court", "Səfərov", "case 3", place.clock.utc_ms())
    place.sync()
    given = ScanItem(number, "EMI", **taken_by("Məmmədova Leyla"))
    answer = ganja.services.tracking.scan(given, ganja.clerk)
    assert (answer.verdict, answer.key) == ("stopped", "express.scan.stopped_court")
    with place.centre.database.connection() as conn:
        orders.lift(conn, court, "Səfərov", "it is here", place.clock.utc_ms())
    place.sync()
    ganja.go_offline()
    known_ms = place.clock.utc_ms()
    place.clock.pass_ms(3_600_000)
    assert ganja.services.tracking.scan(given, ganja.clerk).verdict == "saved"
    # Handed over without a line: the record says up to when it was known what stands.
    body = ganja.services.tracking.today()[0].body
    assert isinstance(body, ops.ItemScanned)
    assert body.orders_ms <= known_ms
    ganja.go_online()
    place.sync()


def test_an_office_that_an_item_comes_to_hears_what_stands_for_it(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    """An order for an item that nobody has seen yet; the court goes before the sender."""
    number = "RR123456785TR"
    with place.centre.database.connection() as conn:
        for kind in ("recall", "court"):
            orders.stop(conn, number, kind, "Səfərov", "2026/44", place.clock.utc_ms())
        with pytest.raises(Refused, match="E-048"):
            orders.stop(conn, number, "court", "Səfərov", "again", place.clock.utc_ms())
        for wrong, code in (
            ({"number": "RR12"}, "I-007"),
            ({"kind": "whim"}, "E-046"),
            ({"why": " "}, "E-047"),
        ):
            said = {"number": number, "kind": "customs", "by": "S", "why": "w"} | wrong
            with pytest.raises(Refused, match=code):
                orders.stop(conn, **said, now_ms=1)
        with pytest.raises(Refused, match="E-049"):
            orders.lift(conn, "no such order", "S", "w", 1)
    assert baku.services.tracking.scan(ScanItem(number, "EMG"), baku.clerk).verdict == "saved"
    place.sync()
    place.clock.pass_ms(60_000)
    answer = baku.services.tracking.scan(ScanItem(number, "EDG"), baku.clerk)
    assert answer.key == "express.scan.stopped_court"
