"""Grants over a real socket: a transfer is handled by one holder at a time, and provably so."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from azpost_desk.central.book import Book
from azpost_desk.central.registry import branches, founding, lost, reference
from azpost_desk.central.storage.database import one
from azpost_desk.domain import operations as ops
from azpost_desk.domain.baskets import reverse
from azpost_desk.domain.catalogue import Settings
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.keys import is_signed
from azpost_desk.protocol.messages import Grant, grant_of
from tests.central.desks import SimDesk, counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.app import Centre
    from azpost_desk.protocol.messages import TransferClaimed
    from tests.central.desks import ManualClock

    Enrolled = Callable[[str], SimDesk]

NAME = "Əliyev Vüqar"


class Sent:
    """A transfer that is available: sent at 2002-1, seen from 1010-1."""

    def __init__(
        self, centre: Centre, enrolled: Enrolled, clock: ManualClock, office: str | None = None
    ) -> None:
        self.centre = centre
        self.here = enrolled("2002-1")
        self.there = enrolled("1010-1")
        with centre.database.transaction() as conn:
            self.codes = branches.give_codes(conn, "2002-1", 5, clock.utc_ms())
        self.code = self.codes[0]
        self.transfer = self.here.send(self.code, office=office)
        self.here.exchange()
        centre.settle()

    def claim(self, desk: SimDesk | None = None, **changed: str) -> TransferClaimed:
        question = {"sender": NAME, **changed}
        return (desk or self.there).claim(self.code, 10_000, **question)

    def refund(self, purpose: str = "refund", desk: SimDesk | None = None) -> TransferClaimed:
        return (desk or self.here).claim("", 10_000, "", purpose=purpose, transfer=self.transfer)

    def state(self) -> str:
        self.centre.settle()
        with self.centre.database.transaction() as conn:
            return str(one(conn, "select state from transfers where transfer = %s", (self.transfer,))[0])

    def reasons(self) -> list[str]:
        self.centre.settle()
        with self.centre.database.transaction() as conn:
            return [row[0] for row in conn.execute("select reason from exceptions order by exception")]


@pytest.fixture
def sent(centre: Centre, enrolled: Enrolled, clock: ManualClock) -> Sent:
    return Sent(centre, enrolled, clock)


def granted(answer: TransferClaimed) -> Grant:
    assert answer.grant is not None, answer.code
    return grant_of(answer.grant.words)


def test_a_transfer_is_claimed_paid_and_its_sender_told(sent: Sent) -> None:
    answer = sent.claim(sender="Vuqar Aliyev")
    grant = granted(answer)
    assert (grant.thing, grant.holder, grant.number) == (sent.transfer, "1010-1", 1)
    assert grant.amount_qapik == 10_000
    assert grant.origin == sent.here.books[-1].record.hash.hex()
    assert answer.grant is not None
    assert sent.there.enrolled is not None
    assert is_signed(sent.there.enrolled.grants_key, answer.grant.words, answer.grant.signature)
    assert "Aygün" in answer.parties.decode()
    assert sent.state() == "reserved"
    assert sent.there.exchange().open_grants == (grant.grant,)
    sent.there.pay_out(sent.transfer, grant.grant)
    sent.there.exchange()
    assert sent.state() == "paid"
    assert sent.there.exchange().open_grants == ()
    sent.here.exchange()
    assert [(told["transfer"], told["state"]) for told in sent.here.told("transfer.event")] == [
        (sent.transfer, "paid")
    ]
    assert sent.claim().code == "T-014"
    assert sent.reasons() == []


def test_a_claim_repeated_after_a_lost_answer_is_the_same_grant(sent: Sent) -> None:
    request = sent.there.new_id()
    assert sent.claim(request=request) == sent.claim(request=request)
    assert counted(sent.centre, "grants") == 1


def test_of_two_desks_that_race_one_gets_the_grant(centre: Centre, enrolled: Enrolled, sent: Sent) -> None:
    desks = [sent.there, enrolled("1010-2"), enrolled("2002-2"), sent.here]
    start = threading.Barrier(len(desks))

    def race(desk: SimDesk) -> TransferClaimed:
        start.wait()
        return sent.claim(desk)

    with ThreadPoolExecutor(len(desks)) as pool:
        answers = list(pool.map(race, desks))
    winners = [granted(answer).holder for answer in answers if answer.grant]
    assert len(winners) == 1
    assert {(answer.code, answer.holder) for answer in answers if not answer.grant} == {("T-015", winners[0])}
    holder = next(desk for desk in desks if desk.chain().startswith(winners[0]))
    centre.settle()
    holder.exchange()
    assert {told["thing"] for told in holder.told("grant.question")} == {sent.transfer}


def test_five_wrong_tries_close_the_code(sent: Sent) -> None:
    answers = [sent.claim(sender="Həsənov Rauf") for _ in range(5)]
    assert [(answer.code, answer.tries_left) for answer in answers] == [
        ("T-011", 4),
        ("T-011", 3),
        ("T-011", 2),
        ("T-011", 1),
        ("T-012", 0),
    ]
    assert sent.claim().code == "T-012"
    assert sent.state() == "closed"
    sent.here.exchange()
    assert [told["state"] for told in sent.here.told("transfer.event")] == ["closed"]


def test_a_repeated_wrong_request_is_one_try(sent: Sent) -> None:
    request = sent.there.new_id()
    assert [sent.claim(sender="Həsənov Rauf", request=request).tries_left for _ in range(7)] == [4] * 7
    assert granted(sent.claim())


def test_a_near_miss_is_no_try(sent: Sent) -> None:
    for _ in range(7):
        answer = sent.claim(sender="Əliyev Vüqat")
        assert (answer.code, answer.tries_left) == ("T-013", -1)
    assert granted(sent.claim())


def test_a_wrong_amount_or_an_unknown_code_gives_nothing(sent: Sent) -> None:
    assert sent.there.claim(sent.code, 10_001, NAME).code == "T-011"
    assert sent.there.claim(sent.codes[1], 10_000, NAME).code == "T-010"


def test_a_transfer_for_a_named_office_is_paid_there_only(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    sent = Sent(centre, enrolled, clock, office="2002")
    answer = sent.claim()
    assert (answer.code, answer.office) == ("T-017", "2002")
    assert granted(sent.claim(sent.here)).holder == "2002-1"


def test_a_released_grant_is_followed_by_the_next_in_a_provable_chain(sent: Sent, breaks: set[str]) -> None:
    breaks |= {"I-03"}
    first = granted(sent.claim())
    release = sent.there.append(ops.GrantReleased(grant=first.grant, thing=sent.transfer, reason="void"))
    assert sent.claim(sent.here).code == "T-015"
    sent.there.exchange()
    second = granted(sent.claim(sent.here))
    assert (second.number, second.previous, second.ended_by) == (2, first.grant, release.hash.hex())
    # What the first holder does now with its ended grant has no effect but a line on the list.
    sent.there.pay_out(sent.transfer, first.grant)
    sent.there.exchange()
    assert sent.state() == "reserved"
    assert sent.reasons() == ["grant_ended"]
    with sent.centre.database.transaction() as conn:
        book = conn.execute("select body from journal where desk = 'centre-1' order by sequence").fetchall()
    assert [b'"number":1' in body for (body,) in book] == [False, True, False]


def test_a_grant_works_for_its_holder_amount_and_purpose_only(
    enrolled: Enrolled, sent: Sent, breaks: set[str]
) -> None:
    breaks |= {"I-03"}
    grant = granted(sent.claim())
    sent.here.pay_out(sent.transfer, grant.grant)
    sent.here.exchange()
    sent.there.pay_out(sent.transfer, grant.grant, 9_000)
    sent.there.exchange()
    again = enrolled("1010-1")
    again.pay_out(sent.transfer, grant.grant)
    again.exchange()
    assert sent.reasons() == ["grant_not_held", "grant_for_other", "grant_not_held"]
    assert sent.state() == "in_doubt"
    # The old machine's disk is read after all: its late record says what became of the money.
    sent.there.pay_out(sent.transfer, grant.grant)
    sent.there.push(sent.there.batch())
    assert sent.state() == "paid"


def test_a_refund_needs_the_grant_and_the_branch_that_sent(sent: Sent) -> None:
    assert sent.refund(desk=sent.there).code == "T-010"
    grant = granted(sent.refund())
    assert grant.purpose == "refund"
    assert sent.claim().code == "T-015"
    shown = sent.here.take_receiver()
    sent.here.settle(
        ops.TransferRefunded(
            operation=shown.slot.split(":")[0],
            transfer=sent.transfer,
            grant=grant.grant,
            amount_qapik=10_000,
            fee_returned_qapik=0,
            receiver=shown.commitment(),
        ),
        attachments=(shown,),
    )
    sent.here.exchange()
    assert sent.state() == "refunded"
    assert sent.claim().code == "T-014"


def line_of(desk: SimDesk) -> ops.AnyLine:
    body = ops.decode("settlement", 1, desk.books[-1].record.body)
    assert isinstance(body, ops.Settlement)
    return body.lines[0]


def test_reversing_a_send_that_is_held_elsewhere_has_no_effect(sent: Sent, breaks: set[str]) -> None:
    """D-04: refused without the grant; with it the transfer is reversed for good."""
    breaks |= {"I-04"}
    original = line_of(sent.here)
    grant = granted(sent.claim())
    sent.here.settle(reverse(original, sent.here.new_id(), "0001-000001", "mistake", "officer-2"))
    sent.here.exchange()
    assert sent.state() == "reserved"
    assert sent.reasons() == ["reversed_without_grant"]
    sent.there.append(ops.GrantReleased(grant=grant.grant, thing=sent.transfer, reason="void"))
    sent.there.exchange()
    own = granted(sent.refund("reverse"))
    sent.here.settle(reverse(original, sent.here.new_id(), "0001-000001", "mistake", "officer-2", own.grant))
    sent.here.exchange()
    assert sent.state() == "reversed"


def test_a_reversed_pay_out_is_held_for_the_centre(sent: Sent) -> None:
    grant = granted(sent.claim())
    sent.there.pay_out(sent.transfer, grant.grant)
    paid = line_of(sent.there)
    sent.there.exchange()
    sent.there.settle(reverse(paid, sent.there.new_id(), "0001-000001", "mistake", "officer-2"))
    sent.there.exchange()
    assert sent.state() == "held"
    assert sent.reasons() == ["payout_reversed"]
    assert sent.claim().code == "T-018"


def test_sends_beyond_the_rules_are_held(sent: Sent, clock: ManualClock) -> None:
    """D-06: a strange code, a record older than the acknowledgement it embeds, one that comes weeks late."""
    sent.here.send("1234567895")
    sent.here.exchange()
    sent.here.send(sent.codes[1], recorded_ms=clock.now_ms - 1)
    sent.here.exchange()
    sent.here.send(sent.codes[2])
    clock.now_ms += 8 * 24 * 3_600_000
    sent.here.exchange()
    assert sent.reasons() == ["strange_code", "older_than_acknowledgement", "too_late"]
    assert sent.there.claim(sent.codes[1], 10_000, NAME).code == "T-018"


def speaks(desk: SimDesk) -> None:
    """It hears of the centre's new epoch, then says in it what it holds."""
    for _ in range(2):
        desk.exchange()


def test_a_restored_centre_grants_nothing_before_the_holders_have_spoken(sent: Sent) -> None:
    """D-03: the grant of before the restore comes back with its holder's records."""
    answer = sent.claim()
    first = granted(answer)
    assert answer.grant is not None
    sent.there.store_grant(answer.grant)
    with sent.centre.database.transaction() as conn:
        # As a restore to a time before the grant leaves it.
        conn.execute("delete from grants")
        conn.execute("update transfers set state = 'available', grants = 0, last_grant = ''")
        founding.new_epoch(conn, sent.there.clock.utc_ms())
    assert sent.claim(sent.here).code == "T-016"
    speaks(sent.here)
    assert sent.claim(sent.here).code == "T-016"
    speaks(sent.there)
    answer = sent.claim(sent.here)
    assert (answer.code, answer.holder) == ("T-015", "1010-1")
    sent.there.pay_out(sent.transfer, first.grant)
    sent.there.exchange()
    assert sent.state() == "paid"


def test_a_desk_declared_lost_leaves_its_transfers_in_doubt(sent: Sent, postgres: str) -> None:
    """D-05: two people, recorded in the centre's book; nobody else may pay until it is resolved."""
    granted(sent.claim())
    book = Book(postgres, sent.there.clock)
    now_ms = sent.there.clock.utc_ms()
    with sent.centre.database.transaction() as conn:
        from_ms = lost.declare(conn, "1010-1", "a", "fire", "act 7", now_ms)
        for who, at_ms, code in (("a", from_ms, "X-044"), ("b", from_ms - 1, "X-049")):
            with pytest.raises(Refused, match=code):
                lost.confirm(conn, book, "1010-1", who, at_ms)
        assert lost.confirm(conn, book, "1010-1", "b", from_ms) == [sent.transfer]
    book.close()
    assert sent.state() == "in_doubt"
    assert sent.claim(sent.here).code == "T-015"
    assert sent.there.push(None).refused == "X-022"
    with sent.centre.database.transaction() as conn:
        kinds = conn.execute("select body from journal where desk = 'centre-2' order by sequence").fetchall()
    assert b'"first_person":"a"' in kinds[-1][0]


def test_sends_beyond_the_allowance_are_held_until_the_centre_is_heard(
    sent: Sent, clock: ManualClock
) -> None:
    """D-06: everything that embeds the same acknowledgement counts together."""
    with sent.centre.database.transaction() as conn:
        settings = Settings(allowances_qapik={"transfers": 15_000})
        reference.publish(conn, settings, clock.utc_ms())
    for code in sent.codes[1:3]:
        sent.here.send(code)
    sent.here.exchange()
    sent.here.send(sent.codes[3])
    sent.here.exchange()
    assert sent.reasons() == ["beyond_allowance"]
    answers = [sent.there.claim(code, 10_000, NAME) for code in sent.codes[1:4]]
    assert [answer.code for answer in answers] == ["", "T-018", ""]


def test_replacing_a_machine_is_not_its_speaking(sent: Sent, enrolled: Enrolled) -> None:
    """D-03 with D-02: what the old machine may hold stays untouched until it speaks."""
    with sent.centre.database.transaction() as conn:
        founding.new_epoch(conn, sent.there.clock.utc_ms())
    speaks(sent.here)
    speaks(enrolled("1010-1"))
    assert sent.claim(sent.here).code == "T-016"
    speaks(sent.there)
    assert granted(sent.claim(sent.here)).number == 1


def test_an_ordinary_transfer_is_paid_out_when_its_time_has_come(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    with centre.database.transaction() as conn:
        code = branches.give_codes(conn, "2002-1", 1, clock.utc_ms())[0]
    now_ms = clock.utc_ms()
    ready_ms = now_ms + 3_600_000
    terms = ops.Terms(quoted_ms=now_ms, stands_ms=now_ms + 1, available_ms=ready_ms)
    transfer = here.send(code, terms=terms)
    here.exchange()
    centre.settle()
    early = there.claim(code, 10_000, sender=NAME)
    assert (early.grant, early.code, early.ready_ms) == (None, "T-064", ready_ms)
    # Its sender need not wait for it.
    back = here.claim("", 10_000, "", purpose="refund", transfer=transfer)
    here.append(ops.GrantReleased(grant=granted(back).grant, thing=transfer, reason="stays"))
    here.exchange()
    centre.settle()
    clock.now_ms = ready_ms
    assert granted(there.claim(code, 10_000, sender=NAME)).thing == transfer
