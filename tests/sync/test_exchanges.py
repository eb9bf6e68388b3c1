"""One exchange against an honest centre on a real socket, over a line with faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol import messages
from azpost_desk.protocol.messages import News
from azpost_desk.rehearsal.faults import FaultyLine
from azpost_desk.sync.exchanges import Exchanges
from azpost_desk.sync.wire import Wire
from tests.sync.honest import HandClock, HonestCentre, MemoryBooks, pair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.rehearsal.faults import Fault


class Rig:
    """A desk, a line that can be bad, and a centre."""

    def __init__(self, centre: HonestCentre, line: FaultyLine) -> None:
        self.centre = centre
        self.line = line
        self.books: MemoryBooks = pair(centre)
        self.clock = HandClock()
        self.wire = Wire(line.url)
        self.exchanges = Exchanges(self.books, self.wire, self.clock)

    def until_quiet(self) -> None:
        while self.exchanges.once().again:
            pass

    def both_agree(self) -> bool:
        return self.books.records == self.centre.tail and self.books.waiting() == (0, 0)


@pytest.fixture
def rig() -> Iterator[Rig]:
    with HonestCentre() as centre, FaultyLine(centre.url) as line:
        made = Rig(centre, line)
        yield made
        made.wire.hang_up()


def test_what_waits_is_pushed_and_acknowledged(rig: Rig) -> None:
    rig.books.sell(1203)
    rig.until_quiet()
    assert rig.both_agree()
    assert rig.centre.taken == 3
    assert rig.books.offered == 1203


@pytest.mark.parametrize("fault", ["answer_lost", "answer_cut", "answer_damaged", "portal", "late"])
def test_u01_an_answer_that_does_not_come_whole_is_asked_again_with_one_effect(
    rig: Rig, fault: Fault
) -> None:
    rig.books.sell(7)
    rig.line.plan(fault)
    with pytest.raises(Trouble) as trouble:
        rig.exchanges.once()
    assert trouble.value.code in ("L-002", "L-003", "L-004")
    assert rig.books.last_ack() is None
    rig.until_quiet()
    assert rig.both_agree()
    assert rig.centre.taken == 1


def test_after_a_lost_answer_a_smaller_batch_is_acknowledged_as_far_as_the_centre_holds(rig: Rig) -> None:
    rig.books.sell(300)
    rig.line.plan("answer_lost", "answer_lost")
    for _ in range(2):
        with pytest.raises(Trouble, match="L-002"):
            rig.exchanges.once()
    rig.exchanges._batch_bytes = 2000
    assert not rig.exchanges.once().again
    assert rig.both_agree()
    assert len(rig.books.acks) == 1


def test_a_batch_that_arrives_twice_counts_once(rig: Rig) -> None:
    rig.books.sell(4)
    rig.line.plan("doubled")
    rig.until_quiet()
    assert rig.both_agree()
    assert rig.centre.taken == 1


def test_a_request_damaged_on_the_way_is_not_believed(rig: Rig) -> None:
    rig.books.sell(4)
    rig.line.plan("request_damaged", "request_cut", "request_lost")
    for code in ("L-005", "L-002", "L-002"):
        with pytest.raises(Trouble) as trouble:
            rig.exchanges.once()
        assert trouble.value.code == code
    assert rig.centre.tail == []
    rig.until_quiet()
    assert rig.both_agree()


def test_an_acknowledgement_that_the_centre_did_not_sign_is_not_stored(rig: Rig) -> None:
    rig.centre.forged_acks = True
    rig.books.sell(2)
    with pytest.raises(Trouble, match="L-004"):
        rig.exchanges.once()
    assert rig.books.acks == []


def test_an_acknowledgement_of_another_tail_is_a_fork(rig: Rig) -> None:
    twin = MemoryBooks(rig.books.who, rig.books.key)
    twin.sell(3)
    twin.who.epoch = 1
    Exchanges(twin, rig.wire, rig.clock).once()
    rig.books.sell(1, kind="case.raised")
    with pytest.raises(Trouble, match="L-006"):
        rig.exchanges.once()
    assert rig.books.acks == []


def test_a_desk_older_than_what_the_centre_holds_of_it_is_a_fork(rig: Rig) -> None:
    rig.books.sell(5)
    rig.until_quiet()
    rig.books.records = rig.books.records[:3]
    rig.books.acknowledged = 3
    with pytest.raises(Trouble, match="L-006"):
        rig.exchanges.once()


def test_a_centre_behind_us_gets_its_records_again(rig: Rig) -> None:
    rig.books.sell(5)
    rig.until_quiet()
    rig.centre.tail = rig.centre.tail[:2]
    rig.until_quiet()
    assert rig.both_agree()
    assert [ack.sequence for ack in rig.books.acks] == [5, 5]


def test_a_new_epoch_of_the_centre_restarts_the_news_and_shows_the_grants_again(rig: Rig) -> None:
    rig.centre.news = [News(position, "x", b"{}") for position in range(1, 6)]
    rig.until_quiet()
    assert rig.books.position == 5
    rig.books.grants = ("g-1",)
    rig.centre.epoch = 2
    rig.centre.news = [News(1, "other", b"{}")]
    rig.until_quiet()
    assert (rig.books.who.centre_epoch, rig.books.position) == (2, 1)
    shown = rig.centre.questions[-1]
    assert (shown.centre_epoch, shown.held) == (2, ("g-1",))
    rig.centre.epoch = 1
    with pytest.raises(Trouble, match="L-010"):
        rig.exchanges.once()


def test_news_come_in_pieces_in_order_once(rig: Rig) -> None:
    rig.centre.news = [News(position, "x", b"{}") for position in range(1, 251)]
    rig.until_quiet()
    assert [piece.position for piece in rig.books.news] == list(range(1, 251))


def test_the_centres_refusal_keeps_its_code(rig: Rig) -> None:
    rig.centre.refuse = "X-099"
    rig.books.sell(1)
    with pytest.raises(Refused) as refused:
        rig.exchanges.once()
    assert refused.value.code == "X-099"
    assert rig.books.waiting()[0] == 1


def test_the_clock_is_measured_from_the_middle_of_the_round_trip(rig: Rig) -> None:
    rig.centre.time_ms = rig.clock.now_ms + 180_000
    assert rig.exchanges.once().clock_off_ms == 180_000


def test_a_sync_with_nothing_to_say_stays_under_500_bytes(rig: Rig) -> None:
    rig.books.sell(3)
    rig.until_quiet()
    up, down = rig.line.bytes_up, rig.line.bytes_down
    rig.exchanges.once()
    assert rig.line.bytes_up - up + rig.line.bytes_down - down <= 500


def test_nobody_there_and_somebody_silent_are_told_apart(rig: Rig) -> None:
    rig.line.down()
    assert not rig.wire.is_reachable()
    with pytest.raises(Trouble, match="L-001"):
        rig.exchanges.once()
    rig.line.up()
    assert rig.wire.is_reachable()
    rig.line.plan("unavailable")
    with pytest.raises(Trouble, match="L-009"):
        rig.exchanges.once()
    rig.centre.status = 401
    with pytest.raises(Trouble, match="L-005"):
        rig.exchanges.once()


def test_a_redirect_is_not_followed(rig: Rig) -> None:
    rig.centre.status = 302
    with pytest.raises(Trouble, match="L-003"):
        rig.exchanges.once()
    assert len(rig.centre.questions) == 0


def test_versions_and_limits_go_with_every_question(rig: Rig) -> None:
    rig.books.sell(messages.BATCH_RECORDS_MAX + 1)
    rig.exchanges.once()
    question = rig.centre.questions[0]
    assert question.version == messages.VERSION
    assert question.batch is not None
    assert len(question.batch.records) == messages.BATCH_RECORDS_MAX
