"""The line between real books and a real centre, under everything a line can do."""

from __future__ import annotations

import random
import shutil
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from azpost_desk.central.registry.branches import give_codes
from azpost_desk.central.registry.founding import new_epoch
from azpost_desk.central.storage.database import Database
from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.rehearsal.faults import FAULTS
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.vault import FileVault
from azpost_desk.sync.exchanges import Exchanges
from azpost_desk.sync.line import CentreLine
from tests.storage.desks import DATE
from tests.sync.post import Desk, Post, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from azpost_desk.rehearsal.faults import Fault


@pytest.fixture
def post(postgres: str) -> Iterator[Post]:
    with running(postgres) as made:
        yield made


@pytest.fixture
def desk(post: Post, tmp_path: Path) -> Iterator[Desk]:
    made = post.enrolled("2002-1", tmp_path / "desk-1")
    made.until_quiet()
    made.open_day()
    yield made
    made.close()


def test_a_days_records_and_money_are_the_same_on_both_sides(desk: Desk) -> None:
    desk.sell(30)
    desk.until_quiet()
    desk.agrees()
    with desk.books.reading() as look:
        assert look.document is not None
        assert len(look.officers()) == 4


@pytest.mark.parametrize(
    "fault",
    ["answer_lost", "answer_cut", "answer_damaged", "request_lost", "request_cut", "request_damaged", "late",
     "portal", "unavailable"],
)  # fmt: skip
def test_u01_whatever_the_line_does_the_sale_is_there_once(desk: Desk, fault: Fault) -> None:
    desk.sell(5)
    desk.post.line.plan(fault)
    with pytest.raises((Trouble, Refused)):
        desk.exchanges.once()
    desk.sell(2)
    desk.until_quiet()
    desk.agrees()


def test_a_batch_sent_twice_is_acknowledged_with_the_same_words(desk: Desk) -> None:
    desk.sell(5)
    desk.post.line.plan("doubled")
    desk.until_quiet()
    desk.agrees()
    batches = desk.post.ask("select last from batches where desk = %s", desk.name)
    assert len(batches) == len(set(batches))


def test_an_old_request_that_arrives_late_changes_nothing(desk: Desk) -> None:
    desk.sell(3)
    desk.post.line.plan("late")
    with pytest.raises(Trouble):
        desk.exchanges.once()
    desk.sell(3)
    desk.until_quiet()
    desk.agrees()
    assert desk.post.line.carried["late"] == 1


def test_the_centre_restarts_in_the_middle(desk: Desk) -> None:
    desk.sell(4)
    desk.post.line.plan("answer_lost")
    with pytest.raises(Trouble):
        desk.exchanges.once()
    desk.post.restart()
    desk.sell(4)
    desk.until_quiet()
    desk.agrees()


def test_h16_what_the_centre_would_write_into_the_books_becomes_a_case(desk: Desk) -> None:
    before = desk.holds()
    desk.post.ask(
        "insert into tidings (kind, payload, addressees, made_ms) values (%s, %s, %s, 1) returning 1",
        "settlement", b"{}", [desk.name],
    )  # fmt: skip
    desk.post.centre.settle()
    desk.until_quiet()
    with desk.books.reading() as look:
        new = [record.header().kind for record, _ in look.records()][len(before) :]
    assert new == ["case.raised"]
    desk.agrees()


def test_d02_a_database_restored_behind_its_mark_sells_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.sell(3)
    desk.until_quiet()
    desk.close()
    shutil.copy(desk.folder / "desk.db", tmp_path / "backup.db")
    desk.reopen()
    desk.sell(5)
    desk.until_quiet()
    desk.close()
    for old in desk.folder.glob("desk.db*"):
        old.unlink()
    shutil.copy(tmp_path / "backup.db", desk.folder / "desk.db")
    desk.reopen()
    assert desk.books.stopped() == "behind"
    with pytest.raises(Trouble, match="G-060"):
        desk.sell()
    with pytest.raises(Trouble, match="L-006"):
        desk.exchanges.once()


def test_d02_a_grant_of_the_old_epoch_is_worth_nothing_after_an_enrolment_anew(
    desk: Desk, tmp_path: Path
) -> None:
    post = desk.post
    with post.centre.database.transaction() as conn:
        code = give_codes(conn, desk.name, 1, post.clock.utc_ms())[0]
    transfer = desk.send(code, 10_000)
    desk.until_quiet()
    other = post.enrolled("2002-2", tmp_path / "desk-2")
    other.until_quiet()
    other.open_day()
    assert other.claim(code, 10_000).grant is not None
    other.until_quiet()
    assert len(other.books.held_grants()) == 1
    other.close()
    again = post.enrolled("2002-2", tmp_path / "new machine", reason="restored")
    again.until_quiet()
    assert again.books.held_grants() == ()
    assert post.ask("select state from transfers where transfer = %s", transfer) == [("in_doubt",)]
    again.open_day()
    assert again.claim(code, 10_000).code == "T-015"
    again.close()


def clone(desk: Desk, folder: Path) -> Desk:
    """The same machine twice: database, keys, mark and all."""
    desk.close()
    shutil.copytree(desk.folder, folder)
    desk.reopen()
    return Desk(desk.post, DeskBooks.open(folder, desk.clock, keep=FileVault(folder)), desk.clock)


def test_d02_a_machine_copied_with_its_keys_learns_it_from_the_centre(desk: Desk, tmp_path: Path) -> None:
    desk.sell(3)
    desk.until_quiet()
    twin = clone(desk, tmp_path / "twin")
    desk.sell(2)
    desk.until_quiet()
    line = CentreLine(twin.books, desk.post.line.url, twin.clock)
    stopped = threading.Event()
    line.on_change(lambda: stopped.set() if line.state().stopped else None)
    line.start()
    assert stopped.wait(20)
    assert line.stop()
    assert line.state().stopped == "L-006"
    twin.close()
    desk.agrees()


def test_d07_two_tails_of_one_chain_are_both_kept_and_the_chain_stops(desk: Desk, tmp_path: Path) -> None:
    desk.until_quiet()
    twin = clone(desk, tmp_path / "twin")
    desk.sell(2)
    desk.until_quiet()
    twin.sell(4)
    for late in (twin, desk):
        with pytest.raises(Refused, match="X-020"):
            late.exchanges.once()
    tail = desk.post.ask("select hash from contested where desk = %s", desk.name)
    assert {bytes(row[0]) for row in tail} == set(twin.holds().values()) - set(desk.holds().values())
    desk.agrees()
    twin.close()


@pytest.mark.parametrize("same_folder", [True, False])
def test_h13_an_enrolment_anew_begins_an_epoch_and_ends_the_old_one(
    desk: Desk, tmp_path: Path, same_folder: bool
) -> None:
    desk.sell(3)
    desk.until_quiet()
    name, head = desk.name, desk.books.head()
    if same_folder:
        desk.close()
    folder = desk.folder if same_folder else tmp_path / "new machine"
    again = desk.post.enrolled(name, folder, reason="restored")
    assert again.books.identity().epoch == 2
    assert again.books.held_grants() == ()
    again.until_quiet()
    if not same_folder:
        again.open_day()
    again.sell(2)
    again.until_quiet()
    again.agrees()
    told = again.books.identity()
    assert (told.previous_epoch, told.previous_sequence, told.previous_hash) == head
    if same_folder:
        again.close()
        desk.reopen()
    else:
        desk.sell(1)
        with pytest.raises(Refused, match="X-021"):
            desk.until_quiet()
        again.close()


def test_a_centre_restored_to_an_earlier_point_is_sent_what_it_lost(desk: Desk) -> None:
    desk.sell(3)
    desk.until_quiet()
    kept = desk.books.head()[1] - 3

    begun: list[int] = []

    def lose() -> None:
        database = Database(desk.post.dsn, 2)
        database.open()
        with database.transaction() as conn:
            for table in ("journal", "postings", "attachments"):
                conn.execute(
                    f"delete from {table} where desk = %s and sequence > %s".encode(), (desk.name, kept)
                )
            conn.execute(
                "delete from operation_ids where operation = any(%s::uuid[])", (operations(desk, kept),)
            )
            conn.execute("delete from batches where desk = %s and last > %s", (desk.name, kept))
            conn.execute(
                "update chain_heads set sequence = %s, hash = %s where desk = %s",
                (kept, desk.holds()[1, kept], desk.name),
            )
            begun.append(new_epoch(conn, desk.clock.utc_ms()))
        database.close()

    desk.post.restart(lose)
    desk.sell(1)
    desk.until_quiet()
    assert [desk.books.identity().centre_epoch] == begun
    desk.agrees()


def operations(desk: Desk, after: int) -> list[str]:
    """Ids of what was done after a sequence number, lines and tenders included."""
    found: list[str] = []
    with desk.books.reading() as look:
        for record, _ in look.records():
            header = record.header()
            if header.sequence > after:
                body = ops.decode(header.kind, header.version, record.body)
                found += [header.operation]
                found += [
                    part.operation for part in (*getattr(body, "lines", ()), *getattr(body, "tenders", ()))
                ]
    return found


def test_u05_d10_a_desk_in_2062_is_told_and_its_records_are_kept(desk: Desk) -> None:
    desk.clock.now_ms += 36 * 365 * 86_400_000
    desk.sell(1)
    learned = desk.exchanges.once()
    assert learned.clock_off_ms == desk.post.clock.now_ms - desk.clock.now_ms
    desk.until_quiet()
    desk.agrees()


def test_two_desks_of_a_branch_see_each_others_heads(desk: Desk, tmp_path: Path) -> None:
    other = desk.post.enrolled("2002-2", tmp_path / "desk-2")
    other.until_quiet()
    other.open_day()
    other.sell(2)
    desk.sell(1)
    for _ in range(2):
        desk.until_quiet()
        other.until_quiet()
    for here, there in ((desk, other), (other, desk)):
        with here.books.reading() as look:
            seen = {one.desk: (one.epoch, one.sequence, one.hash) for one in look.other_desks(DATE)}
        assert seen[there.name] == there.books.head()
    other.close()


def test_a_sync_with_nothing_to_say_costs_at_most_500_bytes(desk: Desk) -> None:
    desk.until_quiet()
    line = desk.post.line
    before = line.bytes_up + line.bytes_down
    desk.exchanges.once()
    assert line.bytes_up + line.bytes_down - before <= 500


def test_threads_of_two_desks_and_a_flapping_line_end_in_agreement(desk: Desk, tmp_path: Path) -> None:
    other = desk.post.enrolled("2002-2", tmp_path / "desk-2")
    other.until_quiet()
    other.open_day()
    faults = random.Random(5)
    desk.post.line.choose = lambda: faults.choice(FAULTS) if faults.random() < 0.3 else "none"
    lines = [CentreLine(one.books, desk.post.line.url, one.clock) for one in (desk, other)]
    for line in lines:
        line.start()
    for _ in range(8):
        for one, line in zip((desk, other), lines, strict=True):
            one.sell(3)
            line.wake()
    desk.post.line.choose = lambda: "none"
    for line in lines:
        assert line.stop()
    for one in (desk, other):
        one.until_quiet()
        one.agrees()
    other.close()


class Killed(BaseException):
    """The power went."""


class Mortal:
    """Books that die at the n-th thing the line wants of them, before or after it is done."""

    def __init__(self, books: DeskBooks, steps: int, after: bool) -> None:
        self._books, self._steps, self._after = books, steps, after

    def __getattr__(self, name: str) -> Any:
        work = getattr(self._books, name)

        def step(*values: Any) -> Any:
            self._steps -= 1
            if self._steps == 0 and not self._after:
                raise Killed
            answer = work(*values)
            if self._steps == 0:
                raise Killed
            return answer

        return step


class AnyOrder(RuleBasedStateMachine):
    """Sales, faults and kills in any order; at the end both sides agree."""

    def __init__(self, post: Post, folder: Path) -> None:
        super().__init__()
        branch = f"{3000 + len(post.ask('select branch from branches'))}"
        post.line.calm()
        post.add_branch(branch)
        self.desk = post.enrolled(f"{branch}-1", folder / branch)
        self.desk.open_day()
        self.sold = 0

    @rule(count=st.integers(1, 4), quantity=st.integers(1, 9))
    def sell(self, count: int, quantity: int) -> None:
        self.desk.sell(count, quantity)
        self.sold += 60 * count * quantity

    @rule(fault=st.sampled_from(FAULTS))
    def exchange(self, fault: Fault) -> None:
        self.desk.post.line.plan(fault)
        with suppress(Trouble, Refused):
            self.desk.exchanges.once()

    @rule(fault=st.sampled_from(FAULTS), step=st.integers(1, 12), after=st.booleans())
    def exchange_and_die(self, fault: Fault, step: int, after: bool) -> None:
        mortal = Mortal(self.desk.books, step, after)
        self.desk.post.line.plan(fault)
        with suppress(Trouble, Refused, Killed):
            Exchanges(mortal, self.desk.wire, self.desk.clock).once()  # type: ignore[arg-type]
        self.desk.kill()
        self.desk.reopen()
        assert self.desk.books.stopped() == ""

    @rule()
    def work_off(self) -> None:
        self.desk.post.centre.settle()

    def teardown(self) -> None:
        self.desk.post.line.calm()
        self.desk.until_quiet()
        self.desk.agrees()
        with self.desk.books.reading() as look:
            assert look.till().balance == azn(100_000 + self.sold)
        self.desk.close()


def test_lost_doubled_delayed_and_killed_in_any_order_both_sides_agree(postgres: str, tmp_path: Path) -> None:
    with running(postgres) as post:
        post.line.delay_seconds = 0.01
        run_state_machine_as_test(
            lambda: AnyOrder(post, tmp_path), settings=settings(max_examples=8, stateful_step_count=15)
        )
