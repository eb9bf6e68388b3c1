"""Whatever is changed behind the journal's back, with the key and no triggers, `check` names the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.protocol.records import Record, seal
from azpost_desk.storage import engine, vault
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.checking import check_folder
from tests.storage.desks import DESK_KEY, FakeClock, new_desk
from tests.storage.play import Player

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DAY = (
    *("open_day", "supply", "open_till", "to_till", "stock", "sell_stamps", "send_transfer", "take_bill"),
    *("reverse_last", "sell_stamps", "take_grant", "pay_out", "remittance_news", "accept_remittance"),
    *("close_till", "close_day", "open_day", "open_till", "sell_stamps"),
)
# Sequence numbers of the played day, the epoch's first record before them.
REVERSAL, LAST = 10, 19


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    clock = FakeClock()
    books = new_desk(tmp_path / "desk", clock)
    player = Player(books, clock)
    assert [act for act in DAY if not player.play(act)] == []
    books.close()
    assert _faults(tmp_path / "desk") == {}
    return tmp_path / "desk"


def _tamper(folder: Path, act: Callable[[engine.dbapi2.Connection], None]) -> dict[str, set[int]]:
    key = vault.secret(vault.FileVault(folder), vault.DATABASE)
    raw = engine.driver(folder / "desk.db", key)
    raw.execute("PRAGMA foreign_keys=OFF")
    triggers = raw.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall()
    for (name,) in triggers:
        raw.execute(f"DROP TRIGGER {name}")
    act(raw)
    raw.close()
    return _faults(folder)


def _faults(folder: Path) -> dict[str, set[int]]:
    verdicts, damaged = check_folder(folder)
    assert not damaged
    return {one.id: {broken.sequence for broken in one.broken} for one in verdicts if not one.ok}


@pytest.mark.parametrize(
    ("change", "invariant", "sequence"),
    [
        (
            "UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), '120', '121') AS BLOB) WHERE id = 7",
            "I-06",
            7,
        ),
        (
            "UPDATE journal SET header = CAST(replace(CAST(header AS TEXT), '1002', '1003') AS BLOB) "
            "WHERE id = 7",
            "I-06",
            7,
        ),
        ("UPDATE journal SET hash = zeroblob(32) WHERE id = 7", "I-06", 7),
        ("UPDATE journal SET previous = zeroblob(32) WHERE id = 7", "I-06", 7),
        ("UPDATE journal SET day = 2 WHERE id = 7", "I-08", 7),
        ("UPDATE journal SET kind = 'till.closed' WHERE id = 7", "I-08", 7),
        ("DELETE FROM journal WHERE id = 7", "I-06", 8),
        ("DELETE FROM signatures WHERE record = 19", "I-06", 19),
        ("UPDATE signatures SET signature = zeroblob(64) WHERE record = 19", "I-06", 19),
        (
            "UPDATE postings SET minor = minor + 1 "
            "WHERE id = (SELECT min(id) FROM postings WHERE record = 7)",
            "I-01",
            7,
        ),
        ("UPDATE postings SET minor = minor * 2 WHERE record = 7", "I-01", 7),
        ("UPDATE postings SET account = '4030' WHERE record = 7 AND account = '4020'", "I-01", 7),
        ("UPDATE postings SET sub = 'another' WHERE record = 7 AND account = '1020'", "I-01", 7),
        ("DELETE FROM postings WHERE record = 7", "I-01", 7),
        ("UPDATE postings SET minor = minor * 2 WHERE record = 7", "I-02", 15),
    ],
)
def test_a_change_through_sql_is_named_by_record(
    desk: Path, change: str, invariant: str, sequence: int
) -> None:
    faults = _tamper(desk, lambda raw: raw.execute(change))
    assert sequence in faults[invariant]


def _forge(
    folder: Path, bodies: dict[int, Callable[[ops.Body], ops.Body]], key: SigningKey = DESK_KEY
) -> None:
    """Rewrite records with a whole new chain after them, signed by `key`: what only its owner could do."""
    raw = engine.driver(folder / "desk.db", vault.secret(vault.FileVault(folder), vault.DATABASE))
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    rows = raw.execute("SELECT id, header, body, previous, hash FROM journal ORDER BY id").fetchall()
    previous = bytes(32)
    for number, header_bytes, body_bytes, _, _ in rows:
        header = Record(header_bytes, body_bytes, previous, b"").header()
        change = bodies.get(number)
        if change is not None:
            body_bytes = ops.encode(change(ops.decode(header.kind, header.version, body_bytes)))
        record = seal(header, body_bytes, previous)
        previous = record.hash
        raw.execute(
            "UPDATE journal SET header = ?, body = ?, previous = ?, hash = ? WHERE id = ?",
            (record.header_bytes, record.body, record.previous, record.hash, number),
        )
        raw.execute("UPDATE signatures SET signature = ? WHERE record = ?", (key.sign(record.hash), number))
    raw.close()


def _replaced(**values: object) -> Callable[[ops.Body], ops.Body]:
    return lambda body: msgspec.structs.replace(body, **values)


def test_a_chain_signed_by_a_stranger_is_not_covered(desk: Path) -> None:
    _forge(desk, {}, SigningKey(b"x" * 32))
    assert len(_faults(desk)["I-06"]) == LAST


def test_an_owner_who_forges_a_gap_in_receipts_is_found(desk: Path) -> None:
    _forge(desk, {19: _replaced(receipt="4201-000099")})
    assert _faults(desk)["I-05"] == {19}


def test_an_owner_who_uses_a_receipt_twice_is_found(desk: Path) -> None:
    _forge(desk, {19: _replaced(receipt="4201-000001")})
    assert _faults(desk)["I-05"] == {19}


def test_an_owner_who_lies_about_the_till_is_found(desk: Path) -> None:
    _forge(desk, {18: _replaced(balance_qapik=1)})
    assert _faults(desk)["I-02"] == {18}


def test_an_owner_who_reverses_what_was_never_sold_is_found(desk: Path) -> None:
    def other(body: ops.Body) -> ops.Body:
        assert isinstance(body, ops.Settlement)
        (line,) = body.lines
        assert isinstance(line, ops.LineReversed)
        never = msgspec.structs.replace(line.original, operation="never")
        return msgspec.structs.replace(body, lines=(msgspec.structs.replace(line, original=never),))

    _forge(desk, {REVERSAL: other})
    assert _faults(desk)["I-04"] == {REVERSAL}


def test_a_float_cannot_even_be_put_into_a_money_column(desk: Path) -> None:
    with pytest.raises(engine.dbapi2.IntegrityError, match="REAL"):
        _tamper(desk, lambda raw: raw.execute("UPDATE postings SET minor = minor + 0.5"))


def test_a_float_in_a_table_that_lost_its_strictness_is_found(desk: Path) -> None:
    def loosen(raw: engine.dbapi2.Connection) -> None:
        columns = [row[1] for row in raw.execute("PRAGMA table_info(postings)")]
        raw.execute(f"CREATE TABLE loose ({','.join(columns)})")
        raw.execute("INSERT INTO loose SELECT * FROM postings")
        raw.execute("DROP TABLE postings")
        raw.execute("ALTER TABLE loose RENAME TO postings")
        raw.execute("UPDATE postings SET minor = CAST(minor AS REAL) WHERE record = 7")

    assert _tamper(desk, loosen)["I-12"] == {7}


def test_a_broken_chain_stops_the_desk_at_its_next_start(desk: Path) -> None:
    _tamper(
        desk,
        lambda raw: raw.execute(
            "UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), 't', 'u') AS BLOB) WHERE id = 19"
        ),
    )
    books = DeskBooks.open(desk, FakeClock())
    assert books.stopped() == "chain"
    books.close()


def test_an_unbalanced_ledger_stops_the_desk_at_its_next_start(desk: Path) -> None:
    _tamper(desk, lambda raw: raw.execute("UPDATE balances SET minor = minor + 1 WHERE account = '1020'"))
    books = DeskBooks.open(desk, FakeClock())
    assert books.stopped() == "ledger"
    books.close()


def test_a_damaged_page_is_named_by_the_engine(desk: Path) -> None:
    path = desk / "desk.db"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    verdicts, damaged = check_folder(desk)
    assert damaged
    assert "page" in damaged[0]
    assert verdicts == []
