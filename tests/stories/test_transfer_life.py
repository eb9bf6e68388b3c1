"""What becomes of a transfer nobody fetches, or that is held: its money is somebody's at every step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.central import erasure, held, validity
from azpost_desk.central.book import Book
from azpost_desk.central.news import tell
from azpost_desk.domain import accounts as chart
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.news import TransferEvent
from tests.stories.town import LEYLA, ORXAN

if TYPE_CHECKING:
    from azpost_desk.services.views import Transfer
    from tests.stories.town import Seat, Town

DAY_MS = 24 * 3_600_000
PEOPLE = ("Sevda Rzayeva", "Rauf Hüseynli")


def days_pass(place: Town, days: int) -> None:
    """So many days without anybody, then the centre's daily round."""
    place.clock.now_ms += days * DAY_MS
    sweep(place)


def sweep(place: Town) -> int:
    book = Book(place.dsn, place.clock)
    try:
        with place.centre.database.connection() as conn:
            return validity.run(conn, book, place.clock.utc_ms())
    finally:
        book.close()


def decide(place: Town, transfer: str, decision: str) -> str:
    book = Book(place.dsn, place.clock)
    try:
        with place.centre.database.connection() as conn:
            return held.decide(conn, book, transfer, decision, PEOPLE, "minutes 17", place.clock.utc_ms())
    finally:
        book.close()


def owed(place: Town, account: str) -> int:
    return int(place.ask("select coalesce(sum(minor), 0) from postings where account = %s", account)[0][0])


def seen(seat: Seat, transfer: str) -> str:
    with seat.books.reading() as look:
        known = look.transfer(transfer)
    assert known is not None
    return known.state


def given_back(seat: Seat, sent: Transfer) -> None:
    claimed = seat.transfers.claim_refund(sent.transfer, seat.clerk)
    seat.transfers.plan_refund(claimed.grant, LEYLA, seat.clerk)
    seat.pay()


def hold(place: Town, transfer: str) -> None:
    """As a rule or screening would have it."""
    told = TransferEvent(transfer=transfer, state="held", office="", at_ms=place.clock.utc_ms())
    with place.centre.database.transaction() as conn:
        conn.execute("update transfers set state = 'held' where transfer = %s", (transfer,))
        tell(conn, told, ["2002-1"], place.clock.utc_ms())
    place.sync()


def nobody_is_paid(ganja: Seat, baku: Seat, sent: Transfer) -> None:
    with pytest.raises(Refused, match="T-018"):
        baku.ask_for(sent.code)
    with pytest.raises(Refused, match="T-018"):
        ganja.transfers.claim_refund(sent.transfer, ganja.clerk)


@pytest.fixture
def sent(ganja: Seat, baku: Seat) -> Transfer:
    one = ganja.send_money()
    ganja.sync()
    return one


def test_in_its_time_a_transfer_waits(place: Town, sent: Transfer) -> None:
    days_pass(place, 30)
    assert place.state(sent.transfer) == "available"


def test_what_nobody_fetched_in_time_is_only_the_senders(
    place: Town, ganja: Seat, baku: Seat, sent: Transfer
) -> None:
    days_pass(place, 31)
    place.sync()
    assert (place.state(sent.transfer), seen(ganja, sent.transfer)) == ("returned", "returned")
    with pytest.raises(Refused, match="T-068"):
        baku.ask_for(sent.code)
    given_back(ganja, sent)
    place.sync()
    assert place.state(sent.transfer) == "refunded"
    assert owed(place, chart.TRANSFERS_PAYABLE) == 0


def test_a_grant_given_back_leaves_it_with_the_sender(
    place: Town, ganja: Seat, baku: Seat, sent: Transfer
) -> None:
    days_pass(place, 31)
    claimed = ganja.transfers.claim_refund(sent.transfer, ganja.clerk)
    assert place.state(sent.transfer) == "returning"
    ganja.transfers.release(claimed.grant, ganja.clerk, "she went away")
    place.sync()
    assert place.state(sent.transfer) == "returned"
    with pytest.raises(Refused, match="T-068"):
        baku.ask_for(sent.code)


def test_what_the_sender_did_not_fetch_is_kept_apart_and_still_theirs(
    place: Town, ganja: Seat, sent: Transfer
) -> None:
    days_pass(place, 31)
    days_pass(place, 31)
    place.sync()
    assert (place.state(sent.transfer), seen(ganja, sent.transfer)) == ("unclaimed", "unclaimed")
    assert (owed(place, chart.TRANSFERS_PAYABLE), owed(place, chart.UNCLAIMED)) == (0, -25_000)
    given_back(ganja, sent)
    place.sync()
    assert (owed(place, chart.TRANSFERS_PAYABLE), owed(place, chart.UNCLAIMED)) == (0, 0)
    assert place.state(sent.transfer) == "refunded"


def test_who_stands_at_a_counter_when_its_time_ends_is_paid(place: Town, baku: Seat, sent: Transfer) -> None:
    """What somebody holds is never touched, however long."""
    claimed = baku.ask_for(sent.code)
    days_pass(place, 90)
    assert place.state(sent.transfer) == "reserved"
    baku.transfers.plan_payout(claimed.grant, ORXAN, baku.clerk)
    baku.pay()
    place.sync()
    assert place.state(sent.transfer) == "paid"


def test_the_round_done_twice_moves_nothing_twice(place: Town, sent: Transfer) -> None:
    place.clock.now_ms += 31 * DAY_MS
    assert (sweep(place), sweep(place)) == (1, 0)
    records = place.ask("select count(*) from journal where convert_from(body, 'UTF8') like %s", "%days%")
    assert records == [(1,)]


def test_held_it_is_paid_to_nobody_and_let_go_it_is_paid(
    place: Town, ganja: Seat, baku: Seat, sent: Transfer
) -> None:
    hold(place, sent.transfer)
    for ask in (
        lambda: baku.ask_for(sent.code),
        lambda: ganja.transfers.claim_refund(sent.transfer, ganja.clerk),
    ):
        with pytest.raises(Refused, match="T-018"):
            ask()
    place.clock.now_ms += 40 * DAY_MS
    assert decide(place, sent.transfer, held.LET_GO) == "available"
    # Its time begins when it is let go.
    assert sweep(place) == 0
    baku.pay_out(sent.code)
    place.sync()
    assert (place.state(sent.transfer), seen(ganja, sent.transfer)) == ("paid", "paid")


def test_rejected_its_money_is_frozen_until_it_is_let_back(
    place: Town, ganja: Seat, baku: Seat, sent: Transfer
) -> None:
    hold(place, sent.transfer)
    assert decide(place, sent.transfer, held.REJECTED) == "rejected"
    place.sync()
    assert seen(ganja, sent.transfer) == "rejected"
    days_pass(place, 400)
    assert (place.state(sent.transfer), owed(place, chart.TRANSFERS_PAYABLE)) == ("rejected", -25_000)
    for ask in (
        lambda: baku.ask_for(sent.code),
        lambda: ganja.transfers.claim_refund(sent.transfer, ganja.clerk),
    ):
        with pytest.raises(Refused, match="T-018"):
            ask()
    with pytest.raises(Refused, match="X-081"):
        decide(place, sent.transfer, held.LET_GO)
    assert decide(place, sent.transfer, held.LET_BACK) == "returned"
    given_back(ganja, sent)
    place.sync()
    assert place.state(sent.transfer) == "refunded"


def test_closed_after_wrong_tries_it_is_opened_by_two_people(
    place: Town, ganja: Seat, baku: Seat, sent: Transfer
) -> None:
    for _ in range(5):
        with pytest.raises(Refused):
            baku.ask_for(sent.code, 1)
    assert place.state(sent.transfer) == "closed"
    with place.centre.database.connection() as conn:
        assert [(one.transfer, one.state) for one in held.waiting(conn)] == [(sent.transfer, "closed")]
    assert decide(place, sent.transfer, held.LET_GO) == "available"
    baku.pay_out(sent.code)
    place.sync()
    assert place.state(sent.transfer) == "paid"


def test_one_person_or_no_evidence_decides_nothing(place: Town, sent: Transfer) -> None:
    hold(place, sent.transfer)
    book = Book(place.dsn, place.clock)
    try:
        with place.centre.database.connection() as conn:
            for people, evidence, code in (
                (("A", "A"), "e", "X-044"), (("A", ""), "e", "X-044"), (PEOPLE, " ", "X-047"),
            ):  # fmt: skip
                with pytest.raises(Refused, match=code):
                    held.decide(conn, book, sent.transfer, held.LET_GO, people, evidence, 1)
            with pytest.raises(Refused, match="X-080"):
                held.decide(conn, book, "nothing", held.LET_GO, PEOPLE, "e", 1)
    finally:
        book.close()
    assert place.state(sent.transfer) == "held"
    assert decide(place, sent.transfer, held.LET_BACK) == "returned"


def test_a_centre_that_is_started_every_night_does_its_daily_round(place: Town, sent: Transfer) -> None:
    place.clock.now_ms += 31 * DAY_MS
    for _ in range(2):
        started = place._centre()
        started.start()
        started.settle()
        started.stop()
    assert place.state(sent.transfer) == "returned"
    # Once a day for the country, whoever starts: the second found it begun.
    assert place.ask("select distinct done_ms from daily_round") == [(place.clock.now_ms,)]


def test_a_job_of_the_daily_round_that_failed_is_done_again_and_the_others_meanwhile(
    place: Town, sent: Transfer, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.clock.now_ms += 31 * DAY_MS

    def fails(*_: object) -> int:
        raise OSError("no more room")

    with monkeypatch.context() as patch:
        patch.setattr(erasure, "run", fails)
        place.centre.settle()
    assert place.state(sent.transfer) == "returned"
    done = "select count(*) from daily_round where job = 'erasure' and done_ms = %s"
    assert place.ask(done, place.clock.now_ms) == [(0,)]
    place.clock.now_ms += 700_000
    place.centre.settle()
    assert place.ask(done, place.clock.now_ms) == [(1,)]


def test_guessed_at_while_it_is_held_it_closes_when_it_is_given_back(
    place: Town, ganja: Seat, baku: Seat, sent: Transfer
) -> None:
    claimed = baku.ask_for(sent.code)
    for _ in range(5):
        with pytest.raises(Refused, match=r"T-011|T-012"):
            ganja.ask_for(sent.code, 1)
    place.sync()
    # Its holder may still pay it, so nobody is told that it is closed.
    assert (place.state(sent.transfer), seen(ganja, sent.transfer)) == ("reserved", "available")
    baku.transfers.release(claimed.grant, baku.clerk, "he left")
    place.sync()
    assert (place.state(sent.transfer), seen(ganja, sent.transfer)) == ("closed", "closed")
    assert decide(place, sent.transfer, held.LET_GO) == "available"
    baku.pay_out(sent.code)
    place.sync()
    assert place.state(sent.transfer) == "paid"
