"""Opening, locking, keys, disk: nothing acknowledged is ever lost, and each trouble has its name."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.protocol.records import Attachment
from azpost_desk.services.erasure import erase
from azpost_desk.services.views import SearchTerm
from azpost_desk.storage import engine, lock, vault
from azpost_desk.storage import tables as t
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.checking import check_folder
from azpost_desk.storage.projected_words import keep_words_again
from azpost_desk.storage.rebuild import rows_of
from tests.storage.desks import DESK_KEY, FakeClock, Ids, enrolled, new_desk
from tests.storage.play import Player

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
OPENING = ("open_day", "supply", "open_till", "to_till", "stock")

# For each order of a line (folder, time, statement) a child sells until it is killed: at the n-th statement
# of its connection, or never. It prints what is acknowledged; its parent, which has loaded all once, how
# it ended.
SELLER = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from azpost_desk.storage.books import DeskBooks
from tests.storage.desks import FakeClock
from tests.storage.play import Player
def sell(folder, now_ms, kill_at):
    books = DeskBooks.open(Path(folder), FakeClock(now_ms))
    player = Player(books, FakeClock(now_ms))
    player.new_id.made = now_ms % 1_000_003
    left = kill_at
    def count(connection, cursor, statement, parameters, context, executemany):
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    connection = books._desk.connection
    event.listen(connection.engine, "before_cursor_execute", count)
    event.listen(connection.engine, "after_cursor_execute", count)
    for _ in range(3):
        player.play("send_transfer")
        print(books.head()[1], books.head()[2], flush=True)
    print("steps", kill_at - left, flush=True)
for order in sys.stdin:
    folder, now_ms, kill_at = order.rstrip("\\n").split("\\t")
    child = os.fork()
    if child == 0:
        try:
            sell(folder, int(now_ms), int(kill_at))
        except BaseException as wrong:
            print("wrong", repr(wrong), flush=True)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print("ended", os.waitstatus_to_exitcode(status), flush=True)
"""
Sell = Callable[[Path, int, int], tuple[int, list[list[str]]]]


@pytest.fixture
def sell() -> Iterator[Sell]:
    """Sell until killed: (steps it took when it came to its end, else 0; acknowledged heads)."""
    seller = subprocess.Popen(
        [sys.executable, "-c", SELLER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert seller.stdin is not None
    assert seller.stdout is not None
    orders, answers = seller.stdin, seller.stdout

    def order(folder: Path, run: int, kill_at: int) -> tuple[int, list[list[str]]]:
        orders.write(f"{folder}\t{1_795_000_100_000 + run * 100_000}\t{kill_at}\n")
        orders.flush()
        lines: list[list[str]] = []
        while not lines or lines[-1][0] != "ended":
            line = answers.readline()
            assert line, "the seller is gone"
            lines.append(line.split())
        code = int(lines.pop()[1])
        assert code in (0, -9)
        if code:
            return 0, lines
        assert lines[-1][0] == "steps", lines
        return int(lines.pop()[1]), lines

    yield order
    orders.close()
    assert seller.wait(timeout=60) == 0
    answers.close()


def _sound(folder: Path) -> None:
    verdicts, damaged = check_folder(folder)
    assert not damaged
    assert [one for verdict in verdicts for one in verdict.broken] == []


@pytest.fixture
def open_desk(tmp_path: Path) -> Path:
    clock = FakeClock()
    books = new_desk(tmp_path / "desk", clock)
    player = Player(books, clock)
    for act in OPENING:
        assert player.play(act)
    books.close()
    return tmp_path / "desk"


def test_kill_at_any_step_loses_nothing_acknowledged(open_desk: Path, sell: Sell) -> None:
    steps, _ = sell(open_desk, 1, 100_000)
    assert steps > 60
    # Before and after a statement are steps of their own; an odd stride hits both, through all three sales.
    for run, kill_at in enumerate(range(1, steps + 1, 5), start=2):
        finished, acknowledged = sell(open_desk, run, kill_at)
        assert not finished
        books = DeskBooks.open(open_desk, FakeClock())
        assert books.stopped() == ""
        with books.reading() as reading:
            stored = {(record.header().sequence, record.hash.hex()) for record, _ in reading.records()}
        assert {(int(sequence), digest) for sequence, digest in acknowledged} <= stored
        assert books.rebuild() == []
        books.close()
    _sound(open_desk)


def test_a_second_program_is_told_who_holds_the_desk(open_desk: Path) -> None:
    books = DeskBooks.open(open_desk, FakeClock())
    books.announce(40123)
    program = (
        "import sys; from pathlib import Path; from azpost_desk.storage.books import DeskBooks\n"
        "from azpost_desk.domain.refusals import Trouble\n"
        "try: DeskBooks.open(Path(sys.argv[1]), None)\n"
        "except Trouble as told: print(told.code, told.facts['port'])"
    )
    second = subprocess.run(
        [sys.executable, "-c", program, str(open_desk)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert second.stdout.split() == ["G-062", "40123"]
    held = lock.holder(open_desk)
    assert held is not None
    assert held.port == 40123
    books.close()
    DeskBooks.open(open_desk, FakeClock()).close()


def test_check_reads_beside_the_running_desk(open_desk: Path) -> None:
    books = DeskBooks.open(open_desk, FakeClock())
    player = Player(books, FakeClock(1_795_000_200_000))
    player.play("sell_stamps")
    done = subprocess.run(
        [sys.executable, "-m", "azpost_desk", "check", "--data", str(open_desk), "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    books.close()
    answer = json.loads(done.stdout.strip().split("\n")[-1])
    assert (done.returncode, answer["ok"]) == (0, True)
    assert {one["id"] for one in answer["invariants"]} >= {
        "I-01",
        "I-02",
        "I-04",
        "I-05",
        "I-06",
        "I-07",
        "I-08",
    }


def test_a_wrong_key_and_a_lost_key_say_so(open_desk: Path) -> None:
    keys = vault.FileVault(open_desk)
    right = keys.get(vault.DATABASE)
    keys.put(vault.DATABASE, "ab" * 32)
    with pytest.raises(Trouble) as wrong:
        DeskBooks.open(open_desk, FakeClock())
    keys.put(vault.DATABASE, "")
    with pytest.raises(Trouble) as lost:
        DeskBooks.open(open_desk, FakeClock())
    assert (wrong.value.code, lost.value.code) == ("G-063", "G-063")
    keys.put(vault.DATABASE, right or "")
    DeskBooks.open(open_desk, FakeClock()).close()


def test_keys_are_for_their_owner_only_and_the_file_is_encrypted(open_desk: Path) -> None:
    assert all(path.stat().st_mode & 0o077 == 0 for path in (open_desk / "keys").iterdir())
    content = (open_desk / "desk.db").read_bytes()
    assert b"SQLite format" not in content
    assert "Əliyev".encode() not in content


def test_no_desk_and_too_old_an_engine_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Trouble, match="G-070"):
        DeskBooks.open(tmp_path, FakeClock())
    monkeypatch.setattr(engine, "SQLITE_MIN", (99, 0, 0))
    with pytest.raises(Trouble, match="G-068"):
        new_desk(tmp_path / "desk")


def test_a_newer_file_is_not_touched(open_desk: Path) -> None:
    key = vault.secret(vault.FileVault(open_desk), vault.DATABASE)
    raw = engine.driver(open_desk / "desk.db", key)
    raw.execute("PRAGMA user_version=99")
    raw.close()
    with pytest.raises(Trouble, match="G-069"):
        DeskBooks.open(open_desk, FakeClock())


def test_a_full_disk_changes_nothing_and_says_so(player: Player) -> None:
    for act in OPENING:
        player.play(act)
    with player.books.writing() as books:
        pages = books.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        books.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    told = ""
    for _ in range(200):
        with player.books.reading() as books:
            before, head = rows_of(books.connection), books.head()
        try:
            player.play("send_transfer")
        except Trouble as full:
            told = full.code
            break
    assert told == "G-061"
    with player.books.writing() as books:
        assert (rows_of(books.connection), books.head()) == (before, head)
        books.connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    assert player.play("send_transfer")


def test_a_lock_held_by_another_program_is_told_and_nothing_is_written(player: Player) -> None:
    for act in OPENING:
        player.play(act)
    before = player.books.head()
    folder = player.books.folder
    stranger = engine.driver(folder / "desk.db", vault.secret(vault.FileVault(folder), vault.DATABASE))
    stranger.execute("BEGIN IMMEDIATE")
    with player.books.reading() as books:
        books.connection.exec_driver_sql("PRAGMA busy_timeout=10")
    with pytest.raises(Trouble, match="G-061"):
        player.play("close_day")
    stranger.execute("ROLLBACK")
    stranger.close()
    assert player.books.head() == before
    assert player.play("close_day")


def test_a_restored_database_is_behind_its_mark_and_sells_nothing(open_desk: Path) -> None:
    old = (open_desk / "desk.db").read_bytes()
    clock = FakeClock(1_795_000_200_000)
    books = DeskBooks.open(open_desk, clock)
    assert Player(books, clock).play("sell_stamps")
    books.close()
    (open_desk / "desk.db").write_bytes(old)
    books = DeskBooks.open(open_desk, clock)
    assert books.stopped() == "behind"
    with books.reading() as reading:
        assert reading.day().state == "open"
    with pytest.raises(Trouble) as stopped:
        Player(books, clock).play("sell_stamps")
    assert (stopped.value.code, stopped.value.facts) == ("G-060", {"reason": "behind"})
    books.close()


def test_enrolling_again_begins_a_new_epoch_and_uses_nothing_of_the_old(open_desk: Path) -> None:
    clock = FakeClock(1_795_000_200_000)
    books = DeskBooks.open(open_desk, clock)
    player = Player(books, clock)
    for act in ("take_grant", "send_transfer"):
        assert player.play(act)
    epoch, sequence, newest = books.head()
    books.close()
    again = enrolled(
        epoch=2,
        receipt_series=4301,
        day_next=2,
        previous_epoch=epoch,
        previous_sequence=sequence,
        previous_hash=newest,
    )
    books = DeskBooks.create(open_desk, again, SigningKey(b"e" * 32), clock, reason="replaced")
    with books.reading() as reading:
        assert reading.head()[:2] == (2, 1)
        assert reading.held_grants() == []
        assert (reading.codes_left(), reading.item_numbers_left()) == (0, 0)
        assert reading.next_receipt() == "4301-000001"
        assert reading.day().state == "open"
    assert books.waiting()[0] == 1
    books.close()
    _sound(open_desk)


def test_the_same_operation_twice_is_one_record_and_another_content_is_refused(player: Player) -> None:
    body = ops.DayOpened(date="2026-12-01")
    with player.books.writing() as books:
        first = books.append(body, actor="1001", operation="one")
    with player.books.writing() as books:
        assert books.append(body, actor="1001", operation="one") == first
    with pytest.raises(Refused, match="G-064"), player.books.writing() as books:
        books.append(ops.DayOpened(date="2026-12-02"), actor="1001", operation="one")


def test_a_refusal_inside_a_transaction_leaves_nothing_of_it(player: Player) -> None:
    for act in OPENING:
        player.play(act)
    before = player.books.head()

    def open_twice() -> None:
        with player.books.writing() as books:
            books.append(ops.GoodsStocked(till="t", sku="x", quantity=1), actor="1001", operation="a")
            books.append(ops.DayOpened(date="2026-12-02"), actor="1001", operation="b")

    with pytest.raises(Refused, match="G-020"):
        open_twice()
    with player.books.reading() as books:
        assert (books.head(), books.stock()) == (before, {"ST-60": 10})


def test_what_happens_once_happens_once(player: Player) -> None:
    for act in (*OPENING, "sell_stamps", "take_grant", "pay_out"):
        assert player.play(act)
    assert not player.play("pay_out")
    player.sold.pop()
    assert player.play("reverse_last")
    assert not player.play("reverse_last")


@pytest.mark.parametrize(
    ("receipt", "change"), [("4201-000002", 0), ("4201-000001", 5)], ids=["a gap in receipts", "wrong change"]
)
def test_an_unsound_settlement_is_refused(player: Player, receipt: str, change: int) -> None:
    for act in OPENING:
        player.play(act)
    line = ops.GoodsSold(
        operation="l", sku="ST-60", quantity=1, price_qapik=60, amount_qapik=60, vat_qapik=0, tariff="t"
    )
    body = ops.Settlement(
        basket="b",
        receipt=receipt,
        lines=(line,),
        tenders=(ops.Tender(operation="t", tender="cash", amount_qapik=60),),
        cash_given_qapik=60,
        change_qapik=change,
        language="az",
    )
    with pytest.raises(Refused, match="G-065"), player.books.writing() as books:
        books.append(body, actor="1002", operation="b")


def test_an_attachment_the_body_does_not_name_is_an_error_of_the_program(player: Player) -> None:
    with pytest.raises(ValueError, match="commit"), player.books.writing() as books:
        books.append(
            ops.DayOpened(date="2026-12-01"),
            actor="1001",
            operation="a",
            attachments=[Attachment("a:parties", bytes(16), b"{}")],
        )


def test_time_never_runs_back_and_a_record_after_the_close_is_the_next_days(player: Player) -> None:
    player.play("open_day")
    player.play("close_day")
    player.clock.now_ms -= 10_000_000
    with player.books.writing() as books:
        late = books.append(ops.SignedIn(officer="1001", role="manager"), actor="1001", operation="s")
    with player.books.reading() as books:
        entries = books.entries(1)
    assert late.day == 2
    assert late.recorded_ms == entries[0].recorded.recorded_ms


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE journal SET body = x'7b7d'",
        "DELETE FROM journal",
        "UPDATE postings SET minor = 0",
        "DELETE FROM postings",
        "DELETE FROM signatures",
        "DELETE FROM attachments",
        "UPDATE attachments SET content = x'7b7d'",
    ],
)
def test_what_is_written_once_cannot_be_changed(player: Player, change: str) -> None:
    for act in (*OPENING, "send_transfer"):
        player.play(act)
    with pytest.raises(IntegrityError, match=r"written once|emptied|erased"), player.books.writing() as books:
        books.connection.exec_driver_sql(change)


def test_erasure_by_rule_empties_an_attachment_and_the_chain_stays(player: Player) -> None:
    for act in (*OPENING, "send_transfer"):
        player.play(act)
    operation = player.sold[-1][0].operation
    player.play("acknowledged")
    with player.books.writing() as books:
        assert books.attachment(operation, "parties")
        for statement in ("SET salt = x'00', content = NULL", "SET slot = 'x', salt = NULL, content = NULL"):
            with pytest.raises(IntegrityError, match="only erased"):
                books.connection.exec_driver_sql(f"UPDATE attachments {statement}")
    player.acknowledged()
    with player.books.writing() as books:
        erase(books, books.personal({"*": player.clock.utc_ms() + 1}, 9), "1001", player.new_id)
    with player.books.writing() as books:
        assert books.attachment(operation, "parties") is None
        assert books.transfer(operation).sender == ""
        assert books.customers("") == []
    assert player.books.rebuild() == []


class _Undone(Exception):
    pass


def test_what_was_erased_is_not_found_any_more(player: Player) -> None:
    for act in (*OPENING, "send_transfer"):
        player.play(act)
    operation = player.sold[-1][0].operation
    name = [SearchTerm(begins=("hasanova",))]
    with suppress(_Undone), player.books.writing() as books:
        [entry] = books.found(name, 0, 10, 10)
        assert books.entry(operation) == entry
        books.connection.exec_driver_sql("UPDATE attachments SET salt = NULL, content = NULL")
        record = books.connection.execute(
            select(t.journal.c.id).where(t.journal.c.operation == entry.recorded.operation)
        ).scalar_one()
        keep_words_again(books.connection, [record])
        assert books.found(name, 0, 10, 10) == []
        assert books.found([SearchTerm(whole=("~transfer.sent",))], 0, 10, 10) == [entry]
        # No record of an erasure names it: the books would not be sound.
        raise _Undone


def test_the_start_imports_no_alembic(open_desk: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from azpost_desk.storage.books import DeskBooks\n"
        "from tests.storage.desks import FakeClock\n"
        "DeskBooks.open(Path(sys.argv[1]), FakeClock()).close()\n"
        "print(sorted(set(sys.modules) & {'alembic', 'keyring', 'sqlalchemy.orm', 'reportlab'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(open_desk)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_keyring_that_works_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[tuple[str, str], str] = {}
    monkeypatch.setattr(
        "keyring.set_password", lambda service, name, value: kept.update({(service, name): value})
    )
    monkeypatch.setattr("keyring.get_password", lambda service, name: kept.get((service, name)))
    folder = tmp_path / "desk"
    books = DeskBooks.create(folder, enrolled(), DESK_KEY, FakeClock())
    assert books.protection() == "keyring"
    books.close()
    assert not (folder / "keys").exists()
    assert DeskBooks.open(folder, FakeClock()).protection() == "keyring"


def test_without_a_keyring_the_fallback_says_what_it_is(tmp_path: Path) -> None:
    books = DeskBooks.create(tmp_path / "desk", enrolled(), DESK_KEY, FakeClock())
    assert books.protection() == "file"
    books.close()


def test_ids_of_tests_sort_by_time() -> None:
    clock = FakeClock()
    new_id = Ids(clock)
    first = new_id()
    clock.pass_ms(1)
    assert first < new_id()
