"""H-11: one slip, two desks, two processes; one slip, one desk, many hands: its cash is counted in once."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.counter import Counter
from azpost_desk.services.slips import Slips
from azpost_desk.services.tills import Tills
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.vault import FileVault
from tests.fakes.line import FakeLine
from tests.services.counters import CLERK, MORNING_MS, Stand
from tests.services.paper import NEIGHBOUR, QAPIK, SHEET, remittance, signed, tell_key
from tests.storage.desks import DATE, FakeClock, Ids, first_news, new_desk, open_day

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier
    from pathlib import Path

ROUNDS = 200
# The desks that race; the neighbour that signs is another one.
RACERS = ("2002-1", "2002-3")


def _racer(folder: Path, slips: list[tuple[str, str]], start: Barrier) -> list[str]:
    """One process: one desk's program, which is shown every slip and tries to count it in."""
    clock = FakeClock(MORNING_MS)
    books = DeskBooks.open(folder, clock, keep=FileVault(folder))
    counter = Counter(books, clock, FakeLine(clock))
    paper, tills = Slips(counter), Tills(counter)
    answers = []
    for code, remittance_id in slips:
        start.wait()
        try:
            paper.announce(CLERK, code)
            tills.accept(CLERK, remittance_id, dict(SHEET))
        except Refused as refused:
            answers.append(refused.code)
        else:
            answers.append("accepted")
    books.close()
    return answers


def _desk(folder: Path, desk: str) -> None:
    clock = FakeClock(MORNING_MS)
    books = new_desk(folder, clock, told=False, desk=desk, number=int(desk[-1]))
    books.store_news(first_news(desk_numbers=(1, 2, 3)), 1)
    tell_key(books)
    open_day(books, Ids(clock), DATE)
    books.close()


def test_only_the_desk_a_slip_is_addressed_to_counts_it_in(tmp_path: Path) -> None:
    made = [remittance(to_desk=RACERS[number % 2]) for number in range(ROUNDS)]
    shown = [(signed(slip, NEIGHBOUR), slip.id()) for slip in made]
    # Every fourth slip is shown twice: a copy from the same printer.
    shown += shown[::4]
    for desk in RACERS:
        _desk(tmp_path / desk, desk)
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, context.Pool(2) as pool:
        start = manager.Barrier(2)
        racing = [pool.apply_async(_racer, (tmp_path / desk, shown, start)) for desk in RACERS]
        answers = [one.get(timeout=300) for one in racing]
    for at, (first, second) in enumerate(zip(*answers, strict=True)):
        mine = "accepted" if at < ROUNDS else "C-166"
        own_turn = (at if at < ROUNDS else (at - ROUNDS) * 4) % 2 == 0
        assert (first, second) == ((mine, "C-162") if own_turn else ("C-162", mine))
    for desk, count in zip(RACERS, (ROUNDS // 2, ROUNDS // 2), strict=True):
        books = DeskBooks.open(tmp_path / desk, FakeClock(MORNING_MS), keep=FileVault(tmp_path / desk))
        with books.reading() as look:
            assert look.till().balance.minor == 100_000 + count * QAPIK
        assert books.rebuild() == []
        books.close()


def test_many_hands_at_one_desk_count_a_slip_in_once(stand: Stand) -> None:
    tell_key(stand.books)
    slips = [remittance() for _ in range(20)]

    def count_in(at: int) -> str:
        slip = slips[at % len(slips)]
        try:
            stand.desk.slips.announce(CLERK, signed(slip))
            stand.desk.tills.accept(CLERK, slip.id(), dict(SHEET))
        except Refused as refused:
            return refused.code
        return "accepted"

    with ThreadPoolExecutor(8) as hands:
        answers = list(hands.map(count_in, range(4 * len(slips))))
    assert answers.count("accepted") == len(slips)
    assert set(answers) <= {"accepted", "C-166", "C-026"}
    assert stand.till_qapik() == 20_000 + len(slips) * QAPIK
    assert len(stand.bodies(ops.RemittanceAnnounced)) == len(slips)
