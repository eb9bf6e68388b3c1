"""Push, acknowledge, pull over a real socket: whatever the line does, nothing is lost and nothing doubled."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.central.app import Centre
from azpost_desk.domain import operations as ops
from azpost_desk.protocol.keys import SigningKey, is_signed
from azpost_desk.protocol.messages import Sent, ack_of
from tests.central.desks import SimDesk, counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.central.desks import ManualClock

    Enrolled = Callable[[str], SimDesk]


def test_a_batch_is_stored_posted_and_acknowledged(centre: Centre, enrolled: Enrolled) -> None:
    desk = enrolled("2002-1")
    desk.sell()
    answer = desk.exchange()
    assert answer.ack is not None
    ack = ack_of(answer.ack.words)
    assert (ack.desk, ack.epoch, ack.sequence) == ("2002-1", 1, 2)
    assert ack.hash == desk.books[-1].record.hash.hex()
    assert desk.enrolled is not None
    assert is_signed(desk.enrolled.centre_key, answer.ack.words, answer.ack.signature)
    assert counted(centre, "journal") == 2
    assert counted(centre, "postings") == 5
    assert counted(centre, "exceptions") == 0


def test_a_batch_sent_twice_is_acknowledged_in_the_same_words(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    desk = enrolled("2002-1")
    desk.sell()
    batch = desk.batch()
    first = desk.push(batch)
    clock.now_ms += 60_000
    second = desk.push(batch)
    assert first.ack == second.ack
    assert counted(centre, "journal") == 2


def test_an_answer_lost_after_the_commit_costs_nothing(centre: Centre, enrolled: Enrolled) -> None:
    desk = enrolled("2002-1")
    desk.sell()
    desk.push(desk.batch())  # the answer never arrived
    desk.sell()
    answer = desk.exchange()  # from the beginning again, with one more
    assert answer.ack is not None
    assert ack_of(answer.ack.words).sequence == 3
    assert counted(centre, "journal") == 3
    assert counted(centre, "exceptions") == 0


def test_a_late_copy_of_an_old_batch_changes_nothing(centre: Centre, enrolled: Enrolled) -> None:
    desk = enrolled("2002-1")
    desk.sell()
    old = desk.batch()
    desk.exchange()
    desk.sell()
    desk.exchange()
    answer = desk.push(old)
    assert answer.refused is None
    assert answer.expect == 4
    # A part of it, cut elsewhere than it was acknowledged: the latest words are good for it too.
    part = desk.push(desk.batch(1, 1))
    assert part.ack is not None
    assert ack_of(part.ack.words).sequence == 3
    assert counted(centre, "journal") == 3


def test_a_batch_out_of_order_waits_for_the_one_before(centre: Centre, enrolled: Enrolled) -> None:
    desk = enrolled("2002-1")
    for _ in range(4):
        desk.sell()
    answer = desk.push(desk.batch(4, 5))
    assert (answer.ack, answer.refused, answer.expect) == (None, None, 1)
    assert counted(centre, "journal") == 0
    desk.push(desk.batch(1, 3))
    assert ack_of(desk.push(desk.batch(4, 5)).ack.words).sequence == 5  # type: ignore[union-attr]


def test_two_copies_at_once_are_stored_once(centre: Centre, enrolled: Enrolled) -> None:
    desk = enrolled("2002-1")
    for _ in range(20):
        desk.sell()
    batch = desk.batch()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: desk.push(batch), range(8)))
    assert len({answer.ack.words for answer in answers if answer.ack}) == 1
    assert all(answer.ack for answer in answers)
    assert counted(centre, "journal") == 21


def test_opposite_batches_of_two_branches_at_once(centre: Centre, enrolled: Enrolled) -> None:
    """D-11: no deadlock, both are accepted."""
    desks = [enrolled("2002-1"), enrolled("1010-1")]

    def work(desk: SimDesk) -> None:
        for _ in range(10):
            for _ in range(5):
                desk.sell()
            desk.exchange()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, desks))
    assert counted(centre, "journal") == 2 * 51
    assert counted(centre, "exceptions") == 0


@pytest.mark.parametrize("cut", ["byte", "records", "signature", "previous"])
def test_a_damaged_batch_is_not_taken(centre: Centre, enrolled: Enrolled, cut: str) -> None:
    desk = enrolled("2002-1")
    desk.sell()
    desk.sell()
    batch = desk.batch()
    assert batch is not None
    whole = batch
    if cut == "byte":
        last = batch.records[-1]
        changed = Sent(last.header, last.body.replace(b"stamp", b"stomp"), last.attachments)
        batch = msgspec.structs.replace(batch, records=(*batch.records[:-1], changed))
    elif cut == "records":
        batch = msgspec.structs.replace(batch, records=batch.records[:-1])
    elif cut == "signature":
        batch = msgspec.structs.replace(batch, signature=SigningKey.new().sign(b"other"))
    else:
        batch = msgspec.structs.replace(batch, previous=b"x" * 32)
    answer = desk.push(batch)
    assert (answer.refused, answer.ack, answer.expect) == ("X-011", None, 1)
    assert counted(centre, "journal") == 0
    assert counted(centre, "contested") == 0
    assert desk.push(whole).ack is not None


def test_a_batch_too_large_is_not_taken(centre: Centre, enrolled: Enrolled) -> None:
    desk = enrolled("2002-1")
    for _ in range(500):
        desk.sell()
    assert desk.push(desk.batch()).refused == "X-010"
    assert desk.push(desk.batch(1, 500)).ack is not None


def test_what_cannot_be_decoded_is_kept_and_the_desk_goes_on(centre: Centre, enrolled: Enrolled) -> None:
    """D-01: stored, acknowledged, on the exceptions list with an owner, and the desk hears of it."""
    desk = enrolled("2002-1")
    desk.sell(kind="settlement.of_tomorrow")
    desk.sell(version=9)
    desk.sell()
    answer = desk.exchange()
    assert answer.ack is not None
    assert ack_of(answer.ack.words).sequence == 4
    with centre.database.transaction() as conn:
        listed = conn.execute("select sequence, reason, owner from exceptions order by 1").fetchall()
    assert listed == [(2, "unknown_kind", "software"), (3, "unknown_kind", "software")]
    assert counted(centre, "journal") == 4
    assert counted(centre, "postings") == 5
    centre.settle()
    desk.exchange()
    assert [told["sequence"] for told in desk.told("exception")] == [2, 3]


def test_what_breaks_a_rule_goes_to_the_list(centre: Centre, enrolled: Enrolled, breaks: set[str]) -> None:
    breaks |= {"I-01", "I-08"}
    desk = enrolled("2002-1")
    desk.sell(postings="0" * 32)
    desk.sell(sequence=77)
    desk.sell(actor="")
    desk.append(ops.PaymentDelivered(payment="p", biller="b", amount_qapik=1, provider_reference=""))
    repeated = desk.new_id()
    desk.append(ops.DayOpened(date="2026-11-23"), operation=repeated)
    desk.append(ops.DayOpened(date="2026-11-24"), operation=repeated)
    unsound = msgspec.json.decode(desk.sell().body, type=ops.Settlement)
    desk.books.pop()
    desk.append(msgspec.structs.replace(unsound, cash_given_qapik=5_000))
    answer = desk.exchange()
    assert answer.ack is not None
    with centre.database.transaction() as conn:
        listed = conn.execute("select sequence, reason from exceptions order by 1").fetchall()
    assert listed == [
        (2, "wrong_postings"),
        (3, "wrong_place"),
        (4, "no_actor"),
        (5, "centre_kind"),
        (7, "repeated_operation"),
        (8, "unsound"),
    ]
    assert counted(centre, "postings") == 0


def test_a_clone_forks_the_chain_and_both_tails_are_kept(centre: Centre, enrolled: Enrolled) -> None:
    """D-07: nothing is lost, nothing of the second tail has effect, the desk is told to stop."""
    desk = enrolled("2002-1")
    desk.sell()
    desk.exchange()
    clone = SimDesk(desk.url, desk.clock, key=desk.key, enrolled=desk.enrolled, books=list(desk.books))
    clone.acknowledged = desk.acknowledged
    desk.sell(70)
    desk.exchange()
    clone.sell(80)
    clone.sell(90)
    answer = clone.push(clone.batch())
    assert (answer.refused, answer.ack) == ("X-020", None)
    assert counted(centre, "journal") == 3
    assert counted(centre, "contested") == 2
    # From now on neither tail goes on by itself; what still comes is kept.
    desk.sell(71)
    assert desk.push(desk.batch()).refused == "X-020"
    assert counted(centre, "contested") == 3
    # A new epoch goes on, naming the head that is in custody.
    again = enrolled("2002-1")
    assert again.enrolled is not None
    assert (again.enrolled.epoch, again.enrolled.previous_sequence) == (2, 3)
    again.sell()
    assert again.exchange().ack is not None


def test_a_replaced_machine_delivers_late_records_but_is_told_to_stop(
    centre: Centre, enrolled: Enrolled
) -> None:
    old = enrolled("2002-1")
    old.sell()
    old.exchange()
    old.sell()
    new = enrolled("2002-1")
    assert new.enrolled is not None
    assert old.enrolled is not None
    assert new.enrolled.receipt_series != old.enrolled.receipt_series
    answer = old.push(old.batch())
    assert answer.refused == "X-021"
    assert answer.ack is not None
    assert ack_of(answer.ack.words).sequence == 3


def test_a_clock_in_2062_is_stored_and_the_centre_tells_the_time(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    """D-10: the partition follows the centre's clock; the desk's time stands in its record."""
    desk = enrolled("2002-1")
    desk.sell(recorded_ms=2_920_000_000_000)
    answer = desk.exchange()
    assert answer.ack is not None
    assert answer.time_ms == clock.now_ms
    with centre.database.transaction() as conn:
        place = conn.execute("select tableoid::regclass::text from journal where sequence = 2").fetchone()
    assert place == ("journal_2026_11",)
    clock.now_ms = 1_000_000_000_000  # and when it is the centre's clock that is wrong: 2001
    desk.sell()
    assert desk.exchange().ack is not None
    with centre.database.transaction() as conn:
        place = conn.execute("select tableoid::regclass::text from journal where sequence = 3").fetchone()
    assert place == ("journal_default",)


def test_a_centre_stopped_in_the_middle_goes_on_where_it_was(
    centre: Centre, enrolled: Enrolled, postgres: str, clock: ManualClock
) -> None:
    desk = enrolled("2002-1")
    desk.sell()
    batch = desk.batch()
    before = desk.push(batch)
    centre.stop()
    second = Centre(postgres, clock=clock)
    desk.url = second.start()
    assert desk.push(batch).ack == before.ack
    desk.sell()
    assert desk.exchange().ack is not None
    second.stop()
    centre.start()
    assert counted(centre, "journal") == 3


def test_a_centre_behind_its_desks_asks_for_what_it_lost(centre: Centre, enrolled: Enrolled) -> None:
    """A restored centre is behind; that is no fork."""
    desk = enrolled("2002-1")
    desk.sell()
    desk.exchange()
    with centre.database.transaction() as conn:
        snapshot = conn.execute("select sequence, hash from chain_heads where desk = '2002-1'").fetchone()
    desk.sell()
    desk.sell()
    desk.exchange()
    with centre.database.transaction() as conn:
        for table in ("journal", "postings", "batches", "work"):
            column = {"batches": "last", "work": "last"}.get(table, "sequence")
            conn.execute(f"delete from {table} where desk = '2002-1' and {column} > 2".encode())
        conn.execute("truncate operation_ids")
        assert snapshot is not None
        conn.execute("update chain_heads set sequence = %s, hash = %s where desk = '2002-1'", snapshot)
    desk.sell()
    assert desk.exchange().expect == 3
    answer = desk.exchange()
    assert answer.ack is not None
    assert ack_of(answer.ack.words).sequence == 5
    assert counted(centre, "journal") == 5
    assert counted(centre, "exceptions") == 0
