"""Evidence of any period: the same bytes twice, whole wherever it is cut, and proven by the verifier."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.programs import evidence as program
from azpost_desk.programs import verify
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.storage import engine, vault
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.evidence import Excerpt, export, export_folder
from azpost_desk.storage.vault import FileVault
from tests.storage.books_of_evidence import DAYS, FIRST_DAY, played
from tests.storage.desks import FakeClock, enrolled, new_desk
from tests.storage.play import ACTS, Player

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def player(tmp_path: Path) -> Player:
    return played(tmp_path / "desk")


def judged(folder: Path, content: bytes) -> verify.Evidence:
    """The file, read by the verifier and found good."""
    (folder / "file").write_bytes(content)
    evidence = verify.Evidence()
    evidence.read(folder / "file")
    assert evidence.faults == []
    return evidence


def lines(content: bytes, name: str) -> list[dict[str, object]]:
    read = [json.loads(one) for one in content.splitlines()]
    return [one[name] for one in read if name in one]


def test_twice_is_the_same_bytes_also_from_outside(player: Player, tmp_path: Path) -> None:
    with player.books.reading() as look:
        first, second = (export(look.open_desk, *DAYS, personal=False) for _ in range(2))
    beside = export_folder(tmp_path / "desk", *DAYS)
    player.books.close()
    assert first == second == beside == export_folder(tmp_path / "desk", *DAYS)
    judged(tmp_path, first)


def test_an_export_changes_nothing_of_the_next_one(player: Player) -> None:
    def file() -> bytes:
        with player.books.reading() as look:
            return export(look.open_desk, *DAYS, personal=False)

    before = file()
    for _ in range(2):
        body = ops.EvidenceExported(first_day=DAYS[0], last_day=DAYS[1], personal=False, file="00" * 32)
        player._append(body, "1001")
    assert file() == before
    player.sell_stamps()
    after = file()
    assert len(lines(after, "record")) == len(lines(before, "record")) + 3
    player.books.close()


def test_a_closed_day_stays_the_same_whatever_happens_later(player: Player) -> None:
    """Once the centre has acknowledged what follows it: until then the file gains the centre's word."""
    with player.books.reading() as look:
        before = export(look.open_desk, DAYS[0], DAYS[0], personal=True)
    for act in ("sell_stamps", "acknowledged", "take_bill", "acknowledged", "close_till", "close_day"):
        assert player.play(act)
    with player.books.reading() as look:
        assert export(look.open_desk, DAYS[0], DAYS[0], personal=True) == before
    player.books.close()


def test_without_personal_data_no_name_and_no_salt_is_inside(player: Player) -> None:
    with player.books.reading() as look:
        withheld, inside = (export(look.open_desk, *DAYS, personal=one) for one in (False, True))
    for words in ("Vüqar", "5XYZ123", "AA1234567", "+99450"):
        assert words.encode() not in withheld
        assert words.encode() in inside
    assert b'"salt":"' not in withheld
    player.books.close()


def test_local_time_stands_beside_every_moment_with_its_offset(player: Player, tmp_path: Path) -> None:
    player.books.close()
    records = lines(export_folder(tmp_path / "desk", *DAYS), "record")
    assert {str(one["local"])[-6:] for one in records} == {"+04:00"}
    first = json.loads(str(records[0]["header"]))
    assert (first[11], records[0]["local"]) == (1_795_000_000_000, "2026-11-18T15:06:40.000+04:00")


def test_the_control_sums_are_those_of_the_ledger(player: Player, tmp_path: Path) -> None:
    content = export_folder(tmp_path / "desk", *DAYS)
    folded: dict[tuple[str, str], int] = {}
    for day in lines(content, "day"):
        for account, sub, _currency, net, _count in day["sums"]:  # type: ignore[attr-defined]
            folded[account, sub] = folded.get((account, sub), 0) + net
    with player.books.reading() as look:
        for (account, sub), net in folded.items():
            assert look.balance(account, sub).minor == net
    player.books.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_period_may_cut_anywhere(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("cut")
    clock = FakeClock()
    player = Player(new_desk(folder / "desk", clock), clock)
    for act in ("open_day", "supply", "open_till", "to_till", "stock"):
        player.play(act)
    for act in data.draw(st.lists(st.sampled_from([*ACTS, "acknowledged", "acknowledged"]), max_size=25)):
        player.play(act)
    # Two records in one commit: only the second is signed.
    with player.books.writing() as books:
        for _ in range(2):
            stocked = ops.GoodsStocked(till="2002-1", sku="ST-60", quantity=1)
            books.append(stocked, actor="1002", operation=player.new_id())
    newest = player.books.head()[1]
    first = data.draw(st.integers(1, newest))
    last = data.draw(st.integers(first, newest))
    with player.books.reading() as look:
        desk = look.open_desk
        excerpt = Excerpt(desk.connection, desk.enrolled, desk.key)
        content = excerpt.of_spans({1: (first, last)}, personal=data.draw(st.booleans()))
    player.books.close()
    evidence = judged(folder, content)
    parts = [one["sequence"] for one in lines(content, "record") if one["part"] == "period"]
    assert parts == list(range(first, last + 1))
    assert all(run["signed"] == run["last"] for run in evidence.runs)


def test_a_file_hangs_on_the_acknowledged_head_before_it(player: Player, tmp_path: Path) -> None:
    for act in ("acknowledged", "sell_stamps", "sell_stamps", "acknowledged", "sell_stamps"):
        assert player.play(act)
    newest = player.books.head()[1]
    with player.books.reading() as look:
        desk = look.open_desk
        content = Excerpt(desk.connection, desk.enrolled, desk.key).of_spans(
            {1: (newest - 1, newest - 1)}, personal=False
        )
    player.books.close()
    [opening, run] = judged(tmp_path, content).runs
    assert (opening["linked"], run["linked"]) == ("beginning", "acknowledged head")
    # From the record after the acknowledged head up to the next acknowledgement.
    assert (run["first"], run["last"]) == (newest - 2, newest - 1)


def test_two_epochs_stand_in_one_file_with_both_keys(player: Player, tmp_path: Path) -> None:
    player.play("acknowledged")
    _, sequence, head = player.books.head()
    player.books.close()
    key = SigningKey(b"e" * 32)
    who = enrolled(
        epoch=2, previous_epoch=1, previous_sequence=sequence, previous_hash=head, receipt_series=4301,
        day_next=3,
    )  # fmt: skip
    books = DeskBooks.create(
        tmp_path / "desk", who, key, FakeClock(player.clock.now_ms), keep=FileVault(tmp_path / "desk")
    )
    again = Player(books, player.clock)
    again.new_id.made = 1_000
    for act in ("sell_stamps", "close_till"):
        assert again.play(act)
    books.close()
    content = export_folder(tmp_path / "desk", *DAYS)
    evidence = judged(tmp_path, content)
    assert [run["epoch"] for run in evidence.runs] == [1, 2]
    assert evidence.epochs[2][0].hex() == key.public()
    # Another head of the epoch before is found, even sealed by the new key.
    lied = content.replace(head.encode(), b"00" * 32)
    assert lied != content
    (tmp_path / "lied").write_bytes(lied)
    other = verify.Evidence()
    other.read(tmp_path / "lied")
    assert any("another head of the epoch before" in fault["why"] for fault in other.faults)


def test_what_was_erased_by_rule_is_said_so(
    player: Player, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Erased(ops.Body, frozen=True):
        slots: tuple[str, ...]

    monkeypatch.setitem(ops.BODIES, ("attachments.erased", 1), Erased)
    monkeypatch.setitem(ops._KIND_OF, Erased, ("attachments.erased", 1))
    with player.books.writing() as books:
        slot = books.connection.exec_driver_sql("SELECT min(slot) FROM attachments").scalar_one()
        books.connection.exec_driver_sql(
            "UPDATE attachments SET salt = NULL, content = NULL WHERE slot = ?", (slot,)
        )
    without = export_folder(tmp_path / "desk", DAYS[0], DAYS[0])
    (tmp_path / "file").write_bytes(without)
    evidence = verify.Evidence()
    evidence.read(tmp_path / "file")
    assert [fault["why"] for fault in evidence.faults] == [f"{slot} is gone without a record of its erasure"]
    named = hashlib.sha256(slot.encode()).hexdigest()
    player._append(Erased(slots=(named,)), "recovery")
    player.sell_stamps()
    told = judged(tmp_path, export_folder(tmp_path / "desk", DAYS[0], DAYS[0]))
    assert told.states["erased"] == 1
    player.books.close()


def test_days_without_records_and_damaged_journals_are_said_so(player: Player, tmp_path: Path) -> None:
    player.books.close()
    with pytest.raises(Refused, match="R-080"):
        export_folder(tmp_path / "desk", "2020-01-01", "2020-12-31")
    raw = engine.driver(tmp_path / "desk" / "desk.db", vault.secret(FileVault(tmp_path / "desk"), "database"))
    raw.execute("DROP TRIGGER journal_never_update")
    raw.execute("UPDATE journal SET body = x'ff00' WHERE id = 9")
    raw.close()
    with pytest.raises(Trouble, match="R-081"):
        export_folder(tmp_path / "desk", *DAYS)


def test_a_changed_row_is_exported_as_it_lies_there_and_the_verifier_names_it(
    player: Player, tmp_path: Path
) -> None:
    player.books.close()
    raw = engine.driver(tmp_path / "desk" / "desk.db", vault.secret(FileVault(tmp_path / "desk"), "database"))
    raw.execute("DROP TRIGGER postings_never_update")
    raw.execute("UPDATE postings SET minor = minor * 2 WHERE record = 7")
    raw.close()
    (tmp_path / "file").write_bytes(export_folder(tmp_path / "desk", *DAYS))
    evidence = verify.Evidence()
    evidence.read(tmp_path / "file")
    assert {fault["where"] for fault in evidence.faults} >= {"record 1/7"}


def test_the_program_writes_the_file(
    player: Player, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.azev"
    period = ["--from", DAYS[0], "--to", DAYS[1]]
    arguments = ["--data", str(tmp_path / "desk"), *period, "--out", str(out)]
    # Beside the running desk.
    assert program.main([*arguments, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert answer["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert verify.main([str(out)]) == 0
    assert (
        program.main(["--data", str(tmp_path / "desk"), "--from", "x", "--to", "y", "--out", str(out)]) == 1
    )
    assert program.main(["--data", str(tmp_path / "none"), *period, "--out", str(out)]) == 2
    assert program.main(["--data", str(tmp_path / "desk"), *period, "--out", str(tmp_path)]) == 2
    player.books.close()


def test_grants_inside_are_checked_against_the_centres_key(player: Player, tmp_path: Path) -> None:
    content = export_folder(tmp_path / "desk", *DAYS)
    assert sum(len(one) for one in judged(tmp_path, content).grants.values()) == FIRST_DAY.count("take_grant")
    assert player.books.identity().grants_key.encode() in content
    player.books.close()
