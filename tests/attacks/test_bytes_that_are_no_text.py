"""Bytes that are no text, numbers beyond every column, JSON without end, where records are read again: named
by a code or by their record, and everything else goes on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec
import pytest

from azpost_desk.central import contested
from azpost_desk.central.book import Book
from azpost_desk.domain import operations as ops
from azpost_desk.domain.invariants import check
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol.keys import SigningKey, is_signed
from azpost_desk.protocol.messages import Sent
from azpost_desk.protocol.old_chains import Covering, OldRecord, OwnRecordsTold, RecoveredKey
from azpost_desk.protocol.records import GENESIS, Header, rechain
from azpost_desk.storage import engine, old_epochs, vault
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.checking import check_folder, facts
from azpost_desk.storage.vault import FileVault
from azpost_desk.sync.old_chains import OldChain, recovered_key
from tests.attacks.test_hostile_desk import taken
from tests.incidents.test_h16_changed_rows_and_bytes_are_named import changed
from tests.storage.books_of_evidence import played
from tests.storage.desks import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from azpost_desk.central.app import Centre
    from azpost_desk.storage.engine import dbapi2
    from tests.central.desks import ManualClock, SimDesk
    from tests.services.counters import Stand

NO_TEXT: Final = {
    "no utf-8": b"\xff\xfe{",
    "nul": b'{"a":"\x00"}',
    "surrogate": b'{"desk":"\\ud800"}',
    "without end": b"[" * 100_000,
    "nothing": b"",
}
KEPT: Final = (
    ("journal", "header"), ("journal", "body"), ("identity", "enrolled"), ("acknowledgements", "words"),
    ("attachments", "content"),
)  # fmt: skip
SPOILT: Final = [
    *((table, column, bad) for table, column in KEPT for bad in NO_TEXT),
    *((table, column, "text") for table, column in (("payments", "account"), ("balances", "sub"))),
]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound") / "desk"
    player = played(folder)
    assert player.play("acknowledged")
    player.books.close()
    return folder


def newest(table: str, column: str, value: str) -> Callable[[dbapi2.Connection], None]:
    """Change the newest row of a table."""
    return lambda raw: raw.execute(
        f"UPDATE {table} SET {column} = {value} WHERE rowid = (SELECT max(rowid) FROM {table})"
    )


@pytest.mark.parametrize(("table", "column", "bad"), SPOILT)
def test_a_desks_file_names_it_and_opens_or_says_by_code_that_it_cannot(
    sound: Path, tmp_path: Path, table: str, column: str, bad: str
) -> None:
    value = "CAST(x'ff00fe' AS TEXT)" if bad == "text" else f"x'{NO_TEXT[bad].hex()}'"
    folder = changed(sound, tmp_path / "desk", newest(table, column, value))
    verdicts, damaged = check_folder(folder)
    assert damaged == []
    assert [one for verdict in verdicts for one in verdict.broken]
    # Every invariant was looked at all the same.
    assert len(verdicts) > 10
    if table == "identity":
        with pytest.raises(Trouble, match="G-071"):
            DeskBooks.open(folder, FakeClock(), keep=FileVault(folder))
        return
    books = DeskBooks.open(folder, FakeClock(), keep=FileVault(folder))
    assert not books.check().is_sound
    books.close()


def test_numbers_beyond_every_column_break_invariants_and_stop_none(sound: Path, tmp_path: Path) -> None:
    def act(raw: dbapi2.Connection) -> None:
        for rowid, body in raw.execute("SELECT rowid, body FROM journal").fetchall():
            huge = re.sub(rb":-?[0-9]+", b":" + b"9" * 40, body)
            raw.execute("UPDATE journal SET body = ? WHERE rowid = ?", (huge, rowid))

    folder = changed(sound, tmp_path / "desk", act)
    connection = engine.connect(folder / "desk.db", vault.secret(FileVault(folder), vault.DATABASE))
    verdicts = check(facts(connection), is_signed)
    connection.close()
    assert {verdict.id for verdict in verdicts if verdict.broken} >= {"I-06", "I-07"}
    assert check_folder(folder)[1] == []


def header(**changed: object) -> Header:
    made = Header(
        1, "2002-1", 1, 1, "01a1ee56-7570-7000-8000-000000000006", "clock.jumped", 1, 1, "x", "officer",
        "program", 1, "", "",
    )  # fmt: skip
    return msgspec.structs.replace(made, **changed)


BODY: Final = ops.encode(ops.ClockJumped(from_ms=1, to_ms=2, against="centre"))
HEADERS: Final = {
    **NO_TEXT,
    "beyond 64 bits": msgspec.json.encode(header()).replace(b',1,"x"', b"," + b"9" * 40 + b',"x"'),
}


@pytest.mark.parametrize("bad", HEADERS)
@pytest.mark.parametrize("part", ["header", "body"])
def test_an_old_chain_is_refused_by_code_and_nothing_of_it_is_kept(stand: Stand, bad: str, part: str) -> None:
    """As it comes over the line, and as what came is stored."""
    chain = OldChain("2002-1", 1)
    sent = spoilt_record(part, bad, 1)
    told = OwnRecordsTold(records=(sent,), signatures=(Covering(1, b"s"),), head=1, head_hash="")
    with pytest.raises(Trouble, match="L-016"):
        chain.prove(told)
    before = stand.records()
    sent = spoilt_record(part, bad, 1_000)
    record = rechain(sent.header, sent.body, GENESIS)
    late = OldRecord(1, 1_000, sent, GENESIS, record.hash)
    with stand.books.writing() as books, pytest.raises(Trouble, match=r"L-016|G-069"):
        old_epochs.keep(books._desk, [late], 1)
    assert stand.records() == before


def spoilt_record(part: str, bad: str, sequence: int) -> Sent:
    good = msgspec.json.encode(header(sequence=sequence))
    return Sent(HEADERS[bad], BODY) if part == "header" else Sent(good, HEADERS[bad])


def test_a_key_that_is_no_hex_is_an_answer_that_was_not_understood() -> None:
    class Wire:
        def post(self, *_asked: object) -> RecoveredKey:
            return RecoveredKey(key="no hex")

    with pytest.raises(Trouble, match="L-003"):
        recovered_key(Wire(), "CODE", SigningKey.new(), b"")  # type: ignore[arg-type]


@pytest.mark.parametrize("how", ["row", "header"])
def test_a_contested_record_that_nobody_can_read_is_listed_rejected_and_stops_no_other(
    centre: Centre, enrolled: Callable[[str], SimDesk], clock: ManualClock, postgres: str, how: str
) -> None:
    desk, other = enrolled("2002-1"), enrolled("2002-2")
    taken(desk)
    desk.append(ops.ClockJumped(from_ms=1, to_ms=2, against="centre"))
    kept = desk.books[-1]
    stored = {f"bad {name}": bad if how == "row" else pack(Sent(bad, BODY)) for name, bad in HEADERS.items()}
    stored["good"] = pack(kept.sent)
    with centre.database.transaction() as conn:
        for at, (name, record) in enumerate(stored.items()):
            digest = kept.record.hash if name == "good" else bytes([at]) * 32
            conn.execute(
                "insert into contested (desk, epoch, sequence, hash, previous, record, signature,"
                " received_ms, why, posted) values ('2002-1', 1, %s, %s, %s, %s, '', 1, 'forked', false)",
                (kept.record.header().sequence, digest, kept.record.previous, record),
            )
    book = Book(postgres, clock)
    with centre.database.connection() as conn:
        listed = contested.waiting(conn)
        assert len(listed) == len(stored)
        assert [one.kind for one in listed if one.hash == kept.record.hash.hex()] == ["clock.jumped"]
        for one in listed:
            place, good = (one.desk, one.epoch, one.sequence), one.hash == kept.record.hash.hex()
            if not good:
                with pytest.raises(Refused, match="X-055"):
                    contested.decide(conn, book, place, one.hash, "confirmed", PEOPLE, "e", clock.utc_ms())
            decision = "confirmed" if good else "rejected"
            contested.decide(conn, book, place, one.hash, decision, PEOPLE, "e", clock.utc_ms())
        assert contested.waiting(conn) == []
    book.close()
    taken(other)


PEOPLE: Final = ("auditor-1", "director-2")
pack = msgspec.msgpack.encode
