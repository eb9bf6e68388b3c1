"""A ZVT terminal that loses, repeats, splits or mistakes what it says: only what is surely ours counts."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from azpost_desk.devices import zvt_frames as zvt
from azpost_desk.devices.zvt import REVERSAL_MS, ZvtDialect, ZvtTerminal
from azpost_desk.devices.zvt_memory import FILE, ZvtMemory
from azpost_desk.domain.cards import CardAnswer
from azpost_desk.domain.refusals import Trouble
from azpost_desk.rehearsal.zvt_terminal import TERMINAL, ZvtSandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from azpost_desk.rehearsal.zvt_terminal import ZvtFault

# Never waited for: a sandbox that loses something breaks the line.
WAIT_MS = 10_000
PAID = {"receipt": "0470", "trace": "000470", "authorisation": "611804", "terminal": TERMINAL}
APPROVED = CardAnswer("approved", PAID, "", 300, "944")


@dataclass
class Counter:
    """A desk's part beside its terminal, with one clock for both; `restarted` knows what the disk knows."""

    folder: Path
    box: ZvtSandbox
    now_ms: list[int]

    def restarted(self, wait_ms: int = WAIT_MS) -> ZvtTerminal:
        dialect = ZvtDialect(TERMINAL, issues_goods=self.box.issues_goods)
        memory = ZvtMemory(self.folder / FILE)
        return ZvtTerminal(self.box.address, dialect, memory, lambda: self.now_ms[0], (wait_ms, wait_ms))

    def outcome(self, reference: str, qapik: int = 300) -> str:
        """What a purchase came to: an answer's outcome, or the code of what failed."""
        try:
            return self.restarted().purchase(reference, qapik).outcome
        except Trouble as silent:
            return silent.code


@pytest.fixture(params=[False, True], ids=["final", "goods"])
def counter(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Counter]:
    yield from at_counter(tmp_path, request.param)


@pytest.fixture
def final(tmp_path: Path) -> Iterator[Counter]:
    yield from at_counter(tmp_path, issues_goods=False)


def at_counter(folder: Path, issues_goods: bool) -> Iterator[Counter]:
    now_ms = [1_790_000_000_000]
    with ZvtSandbox(lambda: now_ms[0], issues_goods) as box:
        yield Counter(folder, box, now_ms)


@pytest.mark.parametrize("fault", ["approve", "repeated", "fragments"])
def test_an_approval_repeated_or_in_pieces_pays_once_and_is_answered_the_same(
    counter: Counter, fault: ZvtFault
) -> None:
    counter.box.plan([fault])
    assert counter.restarted().purchase("r-1", 300) == APPROVED
    assert (counter.box.charged, counter.box.asked) == ({470: 300}, 1)
    assert set(counter.box.heard) == {"800000"}
    # Known after a restart too, and never charged again.
    assert counter.restarted().purchase("r-1", 300) == APPROVED
    assert (counter.restarted().query("r-1"), counter.box.asked) == (APPROVED, 1)


LOST: list[tuple[ZvtFault, str]] = [
    ("charge_silent", "D-031"),
    ("lost_completion", "D-031"),
    ("unheard", "D-031"),
    ("garbage", "D-032"),
    ("lost_status", "unknown"),
]


@pytest.mark.parametrize(("fault", "first"), LOST)
def test_a_lost_answer_is_unknown_until_the_last_receipt_is_surely_ours(
    counter: Counter, fault: ZvtFault, first: str
) -> None:
    counter.box.plan([fault])
    assert counter.outcome("r-1") == first
    assert counter.restarted().query("r-1") == APPROVED
    assert (counter.box.charged, counter.box.asked) == ({470: 300}, 1)
    assert set(counter.box.heard) <= {"800000"}


def test_a_payment_taken_back_because_our_answer_never_came_is_none(counter: Counter) -> None:
    counter.box.plan(["gives_up"])
    assert counter.outcome("r-1") == "D-031"
    assert counter.restarted().query("r-1") == CardAnswer("declined", {}, "reversed")
    assert counter.restarted().reverse("r-1").outcome == "approved"
    assert counter.box.charged == {}


def test_a_decision_is_told_again_the_same_after_a_restart(tmp_path: Path) -> None:
    for issues_goods, decision in ((True, "846600"), (False, "800000")):
        for one in at_counter(tmp_path / decision, issues_goods):
            one.folder.mkdir()
            one.box.plan(["approve", "other_sum"])
            assert one.outcome("r-1") == "approved"
            assert one.outcome("r-2") == "approved"
            # The terminal says it once more, to a desk that was started again.
            line = one.box.last()
            one.box.unheard(line)
            one.restarted().query("r-2")
            one.restarted().reverse("r-2")
            assert one.box.heard == ["800000", decision, *([decision] if not issues_goods else [])]
            assert one.box.charged == {470: 300}


NOT_OURS: list[tuple[ZvtFault, int | None, str]] = [
    ("other_sum", 150, "944"),
    ("other_currency", 300, "840"),
    ("other_terminal", None, ""),
    ("old_moment", None, ""),
    ("bare", None, ""),
]


@pytest.mark.parametrize(("fault", "said_qapik", "currency"), NOT_OURS)
def test_an_approval_that_is_not_ours_is_taken_back_by_the_terminal_that_waits_for_the_goods(
    tmp_path: Path, fault: ZvtFault, said_qapik: int | None, currency: str
) -> None:
    for one in at_counter(tmp_path, issues_goods=True):
        one.box.plan([fault])
        answer = one.restarted().purchase("r-1", 300)
        assert not answer.is_for(300)
        assert (answer.amount_qapik, answer.currency) == (said_qapik, currency)
        assert (one.box.heard, one.box.charged) == (["846600"], {})
        assert not one.restarted().query("r-1").is_for(300)
        assert one.restarted().reverse("r-1").outcome == "approved"


@pytest.mark.parametrize(("fault", "said_qapik", "currency"), NOT_OURS)
def test_an_approval_that_is_not_ours_is_reversed_only_where_the_payment_is(
    final: Counter, fault: ZvtFault, said_qapik: int | None, currency: str
) -> None:
    final.box.plan([fault])
    answer = final.restarted().purchase("r-1", 300)
    assert not answer.is_for(300)
    assert (answer.amount_qapik, answer.currency) == (said_qapik, currency)
    back = final.restarted().reverse("r-1")
    # By its number alone nothing is taken back that may be somebody else's.
    mine = fault in ("other_sum", "other_currency")
    assert (back.outcome, bool(final.box.charged)) == (("approved", False) if mine else ("unknown", True))


def test_an_old_receipt_is_no_answer_and_the_last_one_proves_that_nothing_happened(final: Counter) -> None:
    assert final.outcome("r-1") == "approved"
    final.box.plan(["old_receipt"])
    assert final.outcome("r-2") == "unknown"
    assert final.restarted().query("r-2") == CardAnswer("declined", {}, "not_found")
    assert final.box.charged == {470: 300}


def test_a_payment_of_the_same_sum_just_before_is_never_taken_for_ours(final: Counter) -> None:
    """Its receipt is the last one, and of our terminal, sum and moment: but of the number from before."""
    for number, mishap in enumerate(("silent", "lost_decline")):
        final.box.plan(["approve", "decline", mishap])
        final.box.repeats_declined = False
        references = [f"r-{number}-{at}" for at in range(3)]
        outcomes = [final.outcome(one) for one in references]
        assert outcomes == ["approved", "declined", "D-031"]
        assert final.restarted().query(references[2]) == CardAnswer("declined", {}, "not_found")
        assert final.restarted().reverse(references[0]).outcome == "approved"
    # By a hand at the terminal, and we heard nothing of it but its number.
    final.box.charge("approve", 300)
    (final.folder / FILE).unlink()
    final.box.plan(["silent"])
    assert final.outcome("r-9") == "D-031"
    assert final.restarted().query("r-9") == CardAnswer("declined", {}, "not_found")
    # After a payment that was taken back the next that never happened is not that one.
    assert final.outcome("r-91") == "approved"
    assert final.restarted().reverse("r-91").outcome == "approved"
    final.box.plan(["silent"])
    assert final.outcome("r-92") == "D-031"
    assert final.restarted().query("r-92") == CardAnswer("declined", {}, "not_found")


def test_a_reversal_of_the_same_sum_is_never_taken_for_a_payment(final: Counter) -> None:
    final.box.plan(["approve", "silent", "approve", "silent"])
    assert final.outcome("r-1") == "approved"
    final.box.loses_reversals = 1
    with pytest.raises(Trouble, match="D-031"):
        final.restarted().reverse("r-1")
    assert final.restarted().reverse("r-1").outcome == "approved"
    assert final.outcome("r-2") == "D-031"
    assert final.restarted().query("r-2") == CardAnswer("declined", {}, "not_found")
    # By a hand at the terminal: nobody here knows before which payment that was.
    assert final.outcome("r-3") == "approved"
    final.box.take_back(final.box.last().trace)
    assert final.outcome("r-4") == "D-031"
    assert final.restarted().query("r-4") == CardAnswer("unknown", {}, "not_ours")
    assert final.box.charged == {}


def test_a_no_that_was_lost_is_known_by_the_receipt_after_the_one_before(final: Counter) -> None:
    final.box.plan(["lost_decline"])
    assert final.outcome("r-1") == "D-031"
    assert final.restarted().query("r-1") == CardAnswer("declined", {}, "ZVT 05")


def test_a_no_is_a_no(counter: Counter) -> None:
    counter.box.plan(["decline", "cancel"])
    assert counter.restarted().purchase("r-1", 300) == CardAnswer("declined", {}, "ZVT 05")
    assert counter.restarted().purchase("r-2", 300) == CardAnswer("declined", {}, "cancelled")
    assert counter.restarted().query("r-2").outcome == "declined"
    assert counter.box.charged == {}


def test_a_terminal_that_is_busy_or_waits_is_unknown_and_never_a_no(final: Counter) -> None:
    final.box.plan(["busy", "waiting"])
    final.box.stays_open = True
    assert final.outcome("r-1") == "unknown"
    assert final.restarted().query("r-1") == CardAnswer("declined", {}, "not_found")
    with pytest.raises(Trouble, match="D-031"):
        final.restarted(500).purchase("r-2", 300)
    assert final.restarted().query("r-2") == CardAnswer("unknown", {}, "busy")
    final.box.wake()
    assert final.restarted().query("r-2") == CardAnswer("declined", {}, "not_found")


def test_a_lost_reversal_is_asked_again_and_takes_back_once(final: Counter) -> None:
    assert final.outcome("r-1") == "approved"
    final.box.loses_reversals = 1
    with pytest.raises(Trouble, match="D-031"):
        final.restarted().reverse("r-1")
    assert final.restarted().reverse("r-1").outcome == "approved"
    assert (final.box.charged, final.restarted().query("r-1").reason) == ({}, "reversed")


def test_after_a_day_a_receipt_number_is_no_proof_and_nothing_is_reversed(final: Counter) -> None:
    assert final.outcome("r-1") == "approved"
    final.now_ms[0] += REVERSAL_MS + 1
    assert final.restarted().reverse("r-1").outcome == "unknown"
    assert final.box.charged == {470: 300}


def test_a_refund_is_known_after_a_lost_answer(final: Counter) -> None:
    final.box.plan(["charge_silent"])
    with pytest.raises(Trouble, match="D-031"):
        final.restarted().refund("r-1", "r-0", 300)
    assert final.restarted().query("r-1") == APPROVED
    assert final.box.charged == {470: -300}


def test_the_id_of_another_terminal_charges_nobody(final: Counter) -> None:
    part = ZvtTerminal(final.box.address, ZvtDialect("11111111"), ZvtMemory(), lambda: final.now_ms[0])
    assert part.purchase("r-1", 300) == CardAnswer("declined", {}, "other_terminal")
    assert final.box.asked == 0


def test_what_is_not_kept_is_unknown_unless_it_is_younger_than_what_is(final: Counter) -> None:
    assert final.restarted().query("r-5") == CardAnswer("unknown", {}, "not_kept")
    assert final.outcome("r-5") == "approved"
    assert final.restarted().query("r-4").outcome == "unknown"
    assert final.restarted().query("r-6") == CardAnswer("declined", {}, "not_found")
    (final.folder / FILE).write_bytes(b"\xff{")
    assert final.restarted().query("r-5").outcome == "unknown"
    assert final.restarted().reverse("r-5").outcome == "unknown"


def test_what_cannot_be_noted_is_not_sent(final: Counter) -> None:
    (final.folder / f"{FILE}.part").mkdir()
    assert final.restarted().purchase("r-1", 300) == CardAnswer("declined", {}, "D-033")
    assert final.box.asked == 0


HOSTILE = [
    (b"", "D-031"),
    (b"\x80", "D-031"),
    (b"A" * 5000, "D-032"),
    (zvt.POSITIVE.encoded() + b"\x04\x0f\x02\x11\x00", "D-032"),
    (b"\x80\x00\xff\xff\xff", "D-031"),
]


@pytest.mark.parametrize(("said", "code"), HOSTILE, ids=range(len(HOSTILE)))
def test_something_else_where_the_terminal_should_be_is_said_so(said: bytes, code: str) -> None:
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        way, _ = server.accept()
        with way:
            way.recv(1024)
            way.sendall(said)

    thread = threading.Thread(target=serve)
    thread.start()
    part = ZvtTerminal(
        server.getsockname(), ZvtDialect(TERMINAL), ZvtMemory(), lambda: 1_790_000_000_000, (500, 500)
    )
    with pytest.raises(Trouble, match=code):
        part.purchase("r-1", 300)
    thread.join()
    server.close()
