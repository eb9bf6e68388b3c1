"""The line's thread on real sockets: it waits, comes back, stops where it must, and never dies."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.protocol.messages import BillCheck, Grant, News, TransferClaim
from azpost_desk.protocol.questions import BILL_CHECK, TRANSFER_CLAIM
from azpost_desk.rehearsal.faults import FaultyLine
from azpost_desk.sync import line as line_module
from azpost_desk.sync.line import CentreLine
from tests.sync.honest import DESK, START_MS, HandClock, HonestCentre, MemoryBooks, pair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from azpost_desk.services.views import LineState

REQUEST = "0197-request"


BILL = BillCheck(biller="azerishiq", account="1012345678")


class Rig:
    """A desk whose line runs, a wire that can be bad, a centre."""

    def __init__(self, centre: HonestCentre, wire: FaultyLine) -> None:
        self.centre = centre
        self.wire = wire
        self.books: MemoryBooks = pair(centre)
        self.clock = self.books.clock
        self.line = CentreLine(self.books, wire.url, self.clock, jitter=lambda: 0.0)
        self.changed = threading.Condition()
        self.line.on_change(self._hear)

    def _hear(self) -> None:
        with self.changed:
            self.changed.notify_all()

    def is_done(self, state: LineState) -> bool:
        return state.online and state.waiting == 0 == self.books.waiting()[0]

    def until(self, is_so: Callable[[LineState], bool], wake: bool = True) -> LineState:
        """Wait until the state is so; the line is woken once."""
        if wake:
            self.line.wake()
        with self.changed:
            assert self.changed.wait_for(lambda: is_so(self.line.state()), timeout=15), self.line.state()
        return self.line.state()


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    monkeypatch.setattr(line_module, "PROBE_SECONDS", 0.1)
    monkeypatch.setattr(line_module, "FIRST_WAIT_SECONDS", 0.02)
    with HonestCentre() as centre, FaultyLine(centre.url) as wire:
        made = Rig(centre, wire)
        made.line.start()
        yield made
        assert made.line.stop()


def test_a_sale_is_at_the_centre_soon_after_the_wake(rig: Rig) -> None:
    rig.until(rig.is_done)
    rig.books.sell(3)
    state = rig.until(lambda state: state.acknowledged_ms > 0)
    assert (state.waiting, state.last_error, state.stopped) == (0, "", "")
    assert rig.centre.tail == rig.books.records


def test_offline_says_since_when_and_how_much_waits_and_catches_up_by_itself(rig: Rig) -> None:
    rig.until(rig.is_done)
    # Before the line breaks: an exchange may be under way, and breaks with it.
    rig.clock.now_ms += 60_000
    rig.wire.down()
    rig.books.sell(61)
    state = rig.until(lambda state: state.last_error == "L-001" and state.waiting == 61)
    assert not state.online
    assert state.since_ms == START_MS + 60_000
    assert state.oldest_ms == START_MS
    rig.wire.up()
    state = rig.until(rig.is_done, wake=False)
    assert rig.centre.tail == rig.books.records
    assert state.last_error == ""


def test_a_program_started_anew_off_line_has_heard_nothing_since_the_last_acknowledgement(rig: Rig) -> None:
    """How old the news of stop orders are is no younger after a restart."""
    rig.until(rig.is_done)
    rig.books.sell(1)
    heard = rig.until(lambda state: state.acknowledged_ms > 0)
    assert heard.heard_ms == rig.clock.now_ms
    assert rig.line.stop()
    rig.clock.now_ms += 30 * 3_600_000
    rig.wire.down()
    anew = CentreLine(rig.books, rig.wire.url, rig.clock)
    assert anew.state().heard_ms == heard.acknowledged_ms
    with pytest.raises(Trouble, match="L-001"):
        anew.send()
    assert anew.state().heard_ms == heard.acknowledged_ms < anew.state().since_ms
    assert anew.stop()


def test_news_that_come_piece_by_piece_are_heard_when_the_last_of_them_is(rig: Rig) -> None:
    """Between two pieces nobody knows which stop orders stand: the line is there, and the news are old."""
    rig.until(rig.is_done)
    rig.books.sell(1)
    before_ms = rig.until(lambda state: state.acknowledged_ms > 0).heard_ms
    seen: list[LineState] = []
    rig.line.on_change(lambda: seen.append(rig.line.state()))
    rig.clock.run_ms += 30 * 3_600_000
    rig.centre.news_at_once = 1
    rig.centre.news += [News(at, f"notice.{at}", b"{}") for at in range(1, 4)]
    now = rig.until(lambda state: state.heard_ms > before_ms)
    assert (now.heard_ms, now.is_behind) == (before_ms + 30 * 3_600_000, False)
    behind = [one for one in seen if one.is_behind]
    assert behind
    assert {(one.online, one.heard_ms) for one in behind} == {(True, before_ms)}


def test_the_line_outlives_every_fault_and_nothing_is_doubled(rig: Rig) -> None:
    rig.until(rig.is_done)
    rig.wire.plan(
        "answer_lost",
        "portal",
        "request_cut",
        "unavailable",
        "answer_damaged",
        "late",
        "answer_cut",
        "doubled",
    )
    rig.books.sell(20)
    rig.until(rig.is_done)
    assert rig.centre.tail == rig.books.records
    assert rig.centre.taken == 1


def test_u05_a_clock_three_minutes_off_is_shown_and_comes_right_again(rig: Rig) -> None:
    rig.centre.time_ms += 180_000
    state = rig.until(lambda state: state.last_error == "L-007")
    assert state.online
    assert state.clock_off_ms == 180_000
    rig.clock.now_ms += 180_000
    assert rig.until(lambda state: state.last_error == "").clock_off_ms == 0
    there, back = rig.books.clocks
    assert there[1] - there[0] == 180_000
    assert back[1] == back[0]


def test_trusted_time_never_falls_below_the_last_signed_time(rig: Rig) -> None:
    rig.centre.time_ms += 180_000
    rig.books.sell(1)
    rig.until(lambda state: state.acknowledged_ms > 0)
    assert rig.line.trusted_ms() == START_MS + 180_000
    rig.clock.run_ms += 5_000
    assert rig.line.trusted_ms() == START_MS + 185_000
    # Setting the clock moves nothing.
    rig.clock.now_ms = START_MS + 400_000
    assert rig.line.trusted_ms() == START_MS + 185_000


@pytest.mark.parametrize(
    ("centre_says", "code"), [("X-020", "L-006"), ("X-021", "L-011"), ("X-022", "L-012")]
)
def test_a_chain_that_has_ended_stops_the_desk(rig: Rig, centre_says: str, code: str) -> None:
    rig.centre.refuse = centre_says
    rig.books.sell(1)
    assert rig.until(lambda state: state.stopped != "").stopped == code
    with pytest.raises(Trouble, match=code):
        rig.line.ask(BILL_CHECK, BILL)


def test_one_refused_signature_may_be_damage_three_are_meant(rig: Rig) -> None:
    rig.until(rig.is_done)
    rig.wire.plan("request_damaged")
    rig.books.sell(1)
    assert rig.until(rig.is_done).stopped == ""
    rig.centre.desk_key = SigningKey.new().public()
    rig.books.sell(1)
    assert rig.until(lambda state: state.stopped != "").stopped == "L-005"


def test_a_fault_in_our_own_books_has_a_code_and_passes(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    rig.until(rig.is_done)

    def broken() -> tuple[int, int]:
        raise ZeroDivisionError

    whole, rig.books.waiting = rig.books.waiting, broken  # type: ignore[method-assign]
    rig.until(lambda state: state.last_error == "L-008")
    assert "incident" in caplog.text
    rig.books.waiting = whole  # type: ignore[method-assign]
    rig.until(rig.is_done)


def test_news_reach_whoever_listens(rig: Rig) -> None:
    rig.until(rig.is_done)
    heard = threading.Event()
    rig.line.on_change(heard.set)
    rig.centre.news.append(News(1, "reference", b"{}"))
    rig.line.wake()
    assert heard.wait(10)
    assert rig.books.position == 1


def test_a_bill_is_asked_through_the_line(rig: Rig) -> None:
    assert rig.line.ask(BILL_CHECK, BILL).debt_qapik == 10
    rig.wire.down()
    with pytest.raises(Trouble, match="L-001"):
        rig.line.ask(BILL_CHECK, BILL)


def grant(**changed: object) -> Grant:
    facts: dict[str, object] = {
        "centre_epoch": 1, "grant": "g", "thing": "t", "purpose": "pay", "number": 1, "previous": "",
        "ended_by": "", "origin": "", "holder": DESK, "holder_epoch": 1, "request": REQUEST,
        "amount_qapik": 5000, "time_ms": START_MS,
    }  # fmt: skip
    return Grant(**(facts | changed))  # type: ignore[arg-type]


CLAIM = TransferClaim(request=REQUEST, purpose="pay", code="123", amount_qapik=5000, sender="x")


def test_a_good_grant_is_handed_on(rig: Rig) -> None:
    rig.centre.grant = grant()
    assert rig.line.ask(TRANSFER_CLAIM, CLAIM).grant is not None
    rig.centre.grant = None
    with pytest.raises(Refused, match="X-031"):
        rig.line.ask(TRANSFER_CLAIM, CLAIM)


@pytest.mark.parametrize(
    "changed",
    [
        {"holder": "2002-4"}, {"holder_epoch": 2}, {"request": "other"}, {"purpose": "refund"},
        {"amount_qapik": 50000},
    ],
)  # fmt: skip
def test_a_grant_for_somebody_else_is_not_believed(rig: Rig, changed: dict[str, object]) -> None:
    rig.centre.grant = grant(**changed)
    with pytest.raises(Trouble, match="L-004"):
        rig.line.ask(TRANSFER_CLAIM, CLAIM)


def test_a_grant_signed_by_another_key_is_not_believed(rig: Rig) -> None:
    rig.centre.grant = grant()
    rig.centre.grants_key = SigningKey.new()
    with pytest.raises(Trouble, match="L-004"):
        rig.line.ask(TRANSFER_CLAIM, CLAIM)


def test_stopping_breaks_off_what_hangs() -> None:
    with HonestCentre() as centre, FaultyLine(centre.url) as wire:
        wire.delay_seconds = 60
        wire.plan("delayed")
        line = CentreLine(pair(centre), wire.url, HandClock())
        line.start()
        while not wire.carried:
            assert not threading.Event().wait(0.01)
        assert line.stop(seconds=5)
