"""A biller's no gives money back only when it is final (money-out.md M0-6); a yes after it is never lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.central import biller_breaker, deliveries
from azpost_desk.central.billers_reached import states as states_of
from azpost_desk.central.book import Book
from azpost_desk.central.registry import reference
from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Settings
from azpost_desk.domain.delivery_moves import (
    ABSENT,
    AT_DESK,
    BORNE,
    DELIVERED,
    DELIVERY,
    GIVEN_BACK,
    UNFINISHED,
    WAITING,
)
from azpost_desk.domain.moves import PAYMENT
from azpost_desk.domain.refusals import Refused
from azpost_desk.rehearsal.providers import DEMO_BILLERS, SandboxProvider
from tests.central.bill_office import ACCOUNT, BILLER, Office

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.central.desks import ManualClock

# "No such account", for good.
FATAL = 5
PAYER = "+994501234567"
IN_A_ROW_MAX = Settings().biller_refusals_in_a_row_max


@pytest.fixture
def provider() -> Iterator[SandboxProvider]:
    with SandboxProvider(DEMO_BILLERS) as provider:
        yield provider


@pytest.fixture
def office(postgres: str, clock: ManualClock, provider: SandboxProvider) -> Iterator[Office]:
    """Its biller can only be sent the same again: no question of it is a true one."""
    from azpost_desk.central.checking import check

    office = Office(postgres, clock, provider, has_status=False)
    yield office
    office.centre.stop()
    assert [verdict.broken for verdict in check(postgres) if not verdict.ok] == []


def lost_then_refused(office: Office) -> ops.PaymentAccepted:
    """The first answer is lost on the way, the repetition is refused for good."""
    office.provider.fail_next("answer_lost")
    line = office.pay(contact=PAYER)
    assert office.row(line.operation)[0] == "unknown"
    office.provider.fail_next("denied", code=FATAL)
    office.later(3_600)
    return line


def stale_yes(office: Office, line: ops.PaymentAccepted) -> None:
    """Another process had asked before; only now the biller's yes reaches it."""
    due = deliveries.Due(
        line.operation, BILLER, ACCOUNT, "", "", line.amount_qapik, office.clock.now_ms, 77, 1, False, "sent"
    )
    book = Book(office.dsn, office.clock)
    deliveries.deliver(office.centre.database, book, office.clock, office.biller, due)
    book.close()
    office.hear()


def test_a_no_after_a_lost_answer_waits_for_proof(office: Office) -> None:
    line = lost_then_refused(office)
    assert office.row(line.operation)[0] == "unproven"
    assert office.results() == [(line.operation, "unknown")]
    assert office.reasons() == ["biller_unproven"]
    # Time proves nothing.
    office.later(48 * 3_600)
    assert office.row(line.operation)[0] == "unproven"
    assert office.messages() == []
    assert office.decide(line.operation, ABSENT) == "owed"
    assert office.results()[1:] == [(line.operation, "refused")]
    # Told when the money is the payer's, and not before.
    assert office.messages() == [(line.operation, PAYER, "created")]


def test_what_the_register_has_is_delivered_though_the_repetition_was_refused(office: Office) -> None:
    line = lost_then_refused(office)
    assert len(office.provider.paid) == 1
    assert office.decide(line.operation, DELIVERED) == "confirmed"
    assert office.results()[1:] == [(line.operation, "confirmed")]
    assert office.balance(chart.BILLS_DUE) == -line.amount_qapik
    assert office.balance(chart.BILLS_COLLECTED) == 0


def test_a_no_to_a_true_question_is_final(
    postgres: str, clock: ManualClock, provider: SandboxProvider
) -> None:
    office = Office(postgres, clock, provider, has_status=True)
    line = lost_then_refused(office)
    assert office.row(line.operation)[0] == "owed"
    office.centre.stop()


def test_a_no_that_came_after_the_next_attempt_had_begun_waits_for_proof(office: Office) -> None:
    office.provider.fail_next("answer_lost")
    line = office.pay()
    # Its first attempt, held up for minutes on the way, is answered only now that another one was made.
    first = deliveries.Due(
        line.operation, BILLER, ACCOUNT, "", "", line.amount_qapik, office.clock.now_ms, 77, 1, False, "sent"
    )
    with office.centre.database.transaction() as conn:
        conn.execute("update payments set attempts = 2, state = 'sent' where payment = %s", (line.operation,))
    office.provider.fail_next("denied", code=FATAL)
    book = Book(office.dsn, office.clock)
    deliveries.deliver(office.centre.database, book, office.clock, office.biller, first)
    book.close()
    assert office.row(line.operation)[0] == "unproven"
    assert office.decide(line.operation, DELIVERED) == "confirmed"


def test_what_cannot_be_sent_any_more_proves_nothing_of_what_was_sent(office: Office) -> None:
    office.provider.fail_next("answer_lost")
    line = office.pay()
    due = deliveries.Due(
        line.operation, BILLER, "", "", "", line.amount_qapik, office.clock.now_ms, 77, 2, True, "unknown"
    )
    book = Book(office.dsn, office.clock)
    deliveries.deliver(office.centre.database, book, office.clock, office.biller, due)
    book.close()
    assert office.row(line.operation)[0] == "unproven"
    assert office.decide(line.operation, DELIVERED) == "confirmed"


def test_a_no_is_final_where_nothing_had_left_or_the_biller_itself_had_put_it_off(office: Office) -> None:
    office.provider.fail_next("result", code=1)  # "try again later": heard, and not done
    line = office.pay()
    office.provider.fail_next("result", code=FATAL)
    office.later(3_600)
    assert office.row(line.operation)[0] == "owed"


def test_an_attempt_that_died_in_hand_counts_as_unanswered(office: Office) -> None:
    line = office.desk.take_bill(ACCOUNT, 2_500, BILLER)
    office.provider.fail_next("result", code=1)
    office.hear()
    with office.centre.database.transaction() as conn:
        # As a power cut leaves it: taken and asked, nobody knows what was said.
        conn.execute("update payments set next_ms = 1")
        assert deliveries.take_due(conn, [BILLER], office.clock.now_ms, 1) is not None
    office.provider.fail_next("result", code=FATAL)
    office.later(3_600)
    assert office.row(line.operation)[0] == "unproven"


def test_a_yes_after_a_no_is_a_case_and_the_customer_is_owed_nothing_more(office: Office) -> None:
    office.provider.fail_next("result", code=FATAL)
    line = office.pay()
    assert office.row(line.operation)[0] == "owed"
    stale_yes(office, line)
    assert office.row(line.operation)[0] == "disputed"
    assert office.reasons() == ["biller_late_yes"]
    assert office.results() == [(line.operation, "refused")]
    assert office.decide(line.operation, DELIVERED) == "confirmed"
    assert office.results()[1:] == [(line.operation, ops.DELIVERED_AFTER_ALL)]
    assert office.balance(chart.BILLS_DUE) == -line.amount_qapik


def test_a_yes_that_was_none_is_judged_and_the_customer_stays_owed(office: Office) -> None:
    office.provider.fail_next("result", code=FATAL)
    line = office.pay()
    stale_yes(office, line)
    assert office.decide(line.operation, ABSENT) == "owed"
    assert office.results() == [(line.operation, "refused")]
    office.refund(line)
    assert office.row(line.operation)[0] == "refunded"


@pytest.mark.parametrize(("outcome", "after"), [(GIVEN_BACK, "refunded"), (BORNE, "settled")])
@pytest.mark.parametrize("yes_comes", ["before the refund", "after it"])
def test_what_a_biller_holds_of_a_customer_who_was_paid_back_is_claimed(
    office: Office, yes_comes: str, outcome: str, after: str
) -> None:
    office.provider.fail_next("result", code=FATAL)
    line = office.pay()
    if yes_comes == "before the refund":
        stale_yes(office, line)
        office.refund(line)
    else:
        office.refund(line)
        stale_yes(office, line)
    assert office.row(line.operation)[0] == "claimed"
    assert office.reasons() == ["biller_late_yes"]
    assert office.balance(chart.BILLER_CLAIMS) == line.amount_qapik
    assert office.balance(chart.BILLS_DUE) == -line.amount_qapik
    assert office.decide(line.operation, outcome) == after
    assert office.balance(chart.BILLER_CLAIMS) == 0
    assert office.balance(chart.RISK) == (line.amount_qapik if outcome == BORNE else 0)
    assert office.balance(chart.BILLS_DUE) == (-line.amount_qapik if outcome == BORNE else 0)
    with pytest.raises(Refused, match="X-081"):
        office.decide(line.operation, outcome)


def test_m0_11_a_biller_that_refuses_everything_is_paused_and_a_person_asked(office: Office) -> None:
    office.provider.fail_next("result", code=FATAL, times=IN_A_ROW_MAX + 1)
    lines = [office.pay() for _ in range(IN_A_ROW_MAX + 1)]
    states = [office.row(line.operation)[0] for line in lines]
    # The last one too many is not owed any more, it waits for proof.
    assert states == ["owed"] * IN_A_ROW_MAX + ["unproven"]
    assert "biller_refuses_all" in office.reasons()
    later = office.pay()
    office.later(3_600)
    assert office.row(later.operation) == ("accepted", 0)
    with office.centre.database.transaction() as conn:
        [one] = [one for one in states_of(conn, office.clock.utc_ms()) if one.biller == BILLER]
        assert one.paused_ms > 0
        with pytest.raises(Refused, match="X-047"):
            biller_breaker.reopen(conn, BILLER, "A. Aliyev", " ")
        biller_breaker.reopen(conn, BILLER, "A. Aliyev", "their password had run out")
        with pytest.raises(Refused, match="X-130"):
            biller_breaker.reopen(conn, BILLER, "A. Aliyev", "again")
    office.later(1)
    assert office.row(later.operation)[0] == "confirmed"


def test_m0_11_a_yes_between_begins_the_count_anew(office: Office) -> None:
    for _ in range(2):
        office.provider.fail_next("result", code=FATAL, times=IN_A_ROW_MAX)
        assert {office.row(office.pay().operation)[0] for _ in range(IN_A_ROW_MAX)} == {"owed"}
        assert office.row(office.pay().operation)[0] == "confirmed"
    assert office.reasons() == []


def test_m0_11_a_share_of_an_hours_answers_pauses_a_biller_that_says_yes_now_and_then(office: Office) -> None:
    """The limits are the country's, dated: those of tomorrow do not count today."""
    now_ms = office.clock.utc_ms()
    hour_ms = 3_600_000

    def says(words: str, at_ms: int) -> list[bool]:
        noes = []
        with office.centre.database.transaction() as conn:
            for word in words:
                if word == "n":
                    noes.append(biller_breaker.refused(conn, BILLER, at_ms))
                else:
                    biller_breaker.confirmed(conn, BILLER, at_ms)
        return noes

    with office.centre.database.transaction() as conn:
        strict = Settings(biller_refused_ppm_max=500_000, biller_answers_min=10)
        reference.publish(conn, strict, now_ms)
        reference.publish(conn, Settings(biller_refused_ppm_max=0), now_ms, valid_from="2999-01-01")
    # Nine answers are too few, whatever they say; half of ten is not more than half.
    assert not any(says("nnynnynny", now_ms))
    # The next hour begins anew.
    assert not any(says("nnynnynny", now_ms + hour_ms))
    assert says("n", now_ms + 2 * hour_ms - 1) == [True]
    # Paused it stays, whatever it says and whenever, until a person has spoken with it.
    assert says("yyyyyyyyyyyyn", now_ms + 5 * hour_ms) == [True]
    with office.centre.database.transaction() as conn:
        biller_breaker.reopen(conn, BILLER, "A. Aliyev", "a list of theirs was missing")
    assert says("yyyyynnnnn", now_ms + 5 * hour_ms) == [False] * 5
    assert says("n", now_ms + 5 * hour_ms) == [True]


def test_every_state_is_told_in_a_word_that_desks_know() -> None:
    states = {state for move in DELIVERY.items() for state in (move[0][0], move[1])} - {""}
    known = {state for move in PAYMENT.items() for state in (move[0][0], move[1])} - {""}
    assert set(AT_DESK) == states
    assert set(AT_DESK.values()) <= known
    assert set(WAITING) <= set(UNFINISHED) <= states
    # Nobody decides where nothing is open, and everything that waits can be decided.
    ends = {state for state in states if not any(before == state for before, _ in DELIVERY)}
    assert ends == {"reversed", "settled"}
