"""H-16: whatever is changed behind the program's back is found: a row by its record, a byte by its page."""

from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING, Final

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Trouble
from azpost_desk.domain.staff import Role
from azpost_desk.protocol import news as tidings
from azpost_desk.storage import checking_rows, engine, rebuild, vault
from azpost_desk.storage import tables as t
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.checking import check_folder
from azpost_desk.storage.vault import FileVault
from tests.storage.books_of_evidence import played
from tests.storage.desks import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from azpost_desk.storage.desk import OpenDesk
    from azpost_desk.storage.rebuild import Rows

# What a record says, or is folded from records; columns that only count rows say nothing.
TABLES: Final = (t.journal, t.signatures, t.attachments, t.postings, t.acknowledgements, *t.DERIVED)
COUNTED: Final = {("mail_events", "id"), ("postings", "id"), ("acknowledgements", "id")}
# A lost signature is covered by a later one; a lost acknowledgement is asked for again.
MISSED: Final = tuple(one for one in TABLES if one not in (t.signatures, t.acknowledgements))


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days of a desk, sound and closed; never changed itself."""
    folder = tmp_path_factory.mktemp("pristine") / "desk"
    player = played(folder)
    for act in (
        *("send_abroad", "acknowledged", "bill_refused", "item_news", "transfer_news", "scan"),
        *("item_voided_news", "pickup_code", "courier_round", "stop_order_news", "scan_label", "mail_bags"),
        "despatch_abroad",
        "pay_charge",
        *("accept_item", "close_till"),
        *("clear_surplus", "take_grant", "ask_for_grant", "worn_apart", "suspect_note", "seal_bag"),
        *("raise_dispute", "close_slip", "consent_by_telephone", "card_declined", "case_raised"),
        *("code_given_up", "code_settled"),
        *("paper_signed", "key_news"),
    ):
        assert player.play(act)
    player.tell("centre.act", tidings.CentreAct(act_id="a", act="records_read", who="x", why="", at_ms=1))
    printed = ops.PaperReprinted(receipt="4201-000001", sort="copy", count=1)
    player._append(printed, "1002")
    player._append(ops.PinReset(officer="1003", reset_by="1001", temporary=True), "1001")
    player.tell(
        "desk.head",
        tidings.DeskHead(
            desk="2002-2", number=2, epoch=1, sequence=9, hash="ab" * 32, recorded_ms=1, received_ms=2,
            date="2026-12-02", state="open", figures=msgspec.Raw(b"{}"),
        ),
    )  # fmt: skip
    player.books.close()
    # Opened once more, so that the next start looks only at what is new.
    DeskBooks.open(folder, player.clock, keep=FileVault(folder)).close()
    assert faults(folder) == []
    return folder


@pytest.fixture(scope="module")
def bare(pristine: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same books once somebody who has the key has dropped every trigger; never changed further."""
    folder = tmp_path_factory.mktemp("bare") / "desk"
    shutil.copytree(pristine, folder)
    with closing(driven(folder)) as raw:
        drop_triggers(raw)
    assert faults(folder) == []
    return folder


@pytest.fixture(autouse=True)
def each_journal_is_folded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred changes leave the journal alone: what is folded from the very same rows is known then."""
    monkeypatch.setattr(checking_rows, "folded", _folded)


_FOLDED: Final[dict[str, Rows]] = {}


def _folded(desk: OpenDesk) -> Rows:
    raw = engine.raw(desk.connection)
    told = [raw.execute(f"SELECT * FROM {one.name}").fetchall() for one in t.TABLES.sorted_tables]
    known = repr((desk.enrolled, told))
    if known not in _FOLDED:
        _FOLDED[known] = rebuild.folded(desk)
    return _FOLDED[known]


def driven(folder: Path) -> engine.dbapi2.Connection:
    """The driver's own connection to the books in `folder`."""
    return engine.driver(folder / "desk.db", vault.secret(FileVault(folder), vault.DATABASE))


def drop_triggers(raw: engine.dbapi2.Connection) -> None:
    """As somebody does who has the key; where they are gone already nothing is written."""
    names = raw.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall()
    if names:
        raw.execute("BEGIN")
        for (name,) in names:
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute("COMMIT")


def changed(bare: Path, folder: Path, act: Callable[[engine.dbapi2.Connection], None]) -> Path:
    """A copy of the books without a trigger, changed by somebody who has the key."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(bare, folder)
    with closing(driven(folder)) as raw:
        raw.execute("PRAGMA foreign_keys=OFF")
        drop_triggers(raw)
        act(raw)
    return folder


def faults(folder: Path) -> list[tuple[str, int, str]]:
    verdicts, damaged = check_folder(folder)
    assert damaged == []
    return [(one.id, broken.sequence, broken.why) for one in verdicts for broken in one.broken]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_value_of_any_row_is_found(
    bare: Path, tmp_path_factory: pytest.TempPathFactory, table: t.Table, data: st.DataObject
) -> None:
    # COUNTED numbers nothing but rows; an emptied attachment is the erasure's own affair.
    columns = [one for one in table.columns if (table.name, one.name) not in COUNTED]
    column = data.draw(st.sampled_from(columns))
    told: list[tuple[object, ...]] = []

    def act(raw: engine.dbapi2.Connection) -> None:
        rows = [row[0] for row in raw.execute(f"SELECT rowid FROM {table.name} ORDER BY rowid")]
        if not rows:
            return
        row = data.draw(st.sampled_from(rows))
        [value] = raw.execute(f"SELECT {column.name} FROM {table.name} WHERE rowid = ?", (row,)).fetchone()
        other = _other(value, data)
        try:
            raw.execute(f"UPDATE {table.name} SET {column.name} = ? WHERE rowid = ?", (other, row))
        except engine.dbapi2.IntegrityError:
            # The table itself does not take it.
            return
        told.append((row, column.name, value, other))

    folder = changed(bare, tmp_path_factory.mktemp("changed") / "desk", act)
    if told:
        found = faults(folder)
        assert found, told
        if table in (t.journal, t.signatures, t.attachments, t.postings):
            assert any(sequence for _, sequence, _ in found), found


def _other(value: object, data: st.DataObject) -> object:
    match value:
        case int():
            return value + data.draw(st.integers(-1_000, 1_000).filter(bool))
        case str():
            return data.draw(st.sampled_from([f"{value}x", f"{value[:-1]}~"]))
        case bytes():
            at = data.draw(st.integers(0, max(len(value) - 1, 0)))
            return value[:at] + bytes((value[at] ^ 1,)) + value[at + 1 :]
        case _:
            return b"put here"


@pytest.mark.parametrize("table", MISSED, ids=lambda table: table.name)
def test_any_lost_row_is_found(bare: Path, tmp_path: Path, table: t.Table) -> None:
    counted = f"SELECT count(*) FROM {table.name}"

    def lose(raw: engine.dbapi2.Connection) -> None:
        assert raw.execute(counted).fetchone()[0], "this table holds nothing: the played days must fill it"
        raw.execute(f"DELETE FROM {table.name} WHERE rowid = (SELECT max(rowid) FROM {table.name})")

    assert faults(changed(bare, tmp_path / "desk", lose))


@pytest.mark.parametrize(
    ("change", "sequence", "why"),
    [
        ("UPDATE balances SET minor = minor + 5 WHERE account = '1020'", 0, "balances: account 1020"),
        ("UPDATE attachments SET content = x'7b7d' WHERE record = 8", 8, "is not what it committed to"),
        ("UPDATE attachments SET salt = zeroblob(15) WHERE record = 8", 8, "is not what it committed to"),
        ("DELETE FROM attachments WHERE record = 8", 8, "is missing"),
        ("UPDATE postings SET day = 9 WHERE record = 8", 8, "another day"),
        ("UPDATE journal SET arrived_ms = 5 WHERE id = 8", 8, "another time"),
        ("UPDATE lines SET amount_qapik = 1 WHERE record = 8", 8, "lines: operation"),
        ("UPDATE once SET thing = thing || 'x' WHERE sort = 'receipt' AND record = 8", 8, "once: sort"),
        ("UPDATE transfers SET amount_qapik = 1", 8, "transfers: transfer"),
        ("UPDATE payments SET state = 'confirmed'", 9, "payments: payment"),
        ("UPDATE acknowledgements SET signature = zeroblob(64) WHERE id = 1", 9, "not the centre's word"),
        ("UPDATE signatures SET record = 900 WHERE record = 8", 900, "rows of no record"),
    ],
)
def test_what_was_changed_is_named(bare: Path, tmp_path: Path, change: str, sequence: int, why: str) -> None:
    found = faults(changed(bare, tmp_path / "desk", lambda raw: raw.execute(change)))
    assert any((sequence in (0, at)) and why in words for _, at, words in found), found


# --- bytes --------------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_flipped_byte_is_found_by_its_page_and_money_work_stops(
    pristine: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("flipped") / "desk"
    shutil.copytree(pristine, folder)
    file = folder / "desk.db"
    content = bytearray(file.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    file.write_bytes(content)
    page = at // engine.PAGE_BYTES + 1
    if at < 16:
        # The salt: without it no page at all can be read.
        with pytest.raises(Trouble, match="G-063"):
            check_folder(folder)
        with pytest.raises(Trouble, match="G-063"):
            DeskBooks.open(folder, FakeClock(), keep=FileVault(folder))
        return
    verdicts, damaged = check_folder(folder)
    assert (verdicts, damaged) == ([], [f"HMAC verification failed for page {page}"])
    if page == 1:
        with pytest.raises(Trouble, match="G-071"):
            DeskBooks.open(folder, FakeClock(), keep=FileVault(folder))
        return
    books = DeskBooks.open(folder, FakeClock(), keep=FileVault(folder))
    assert books.stopped() == "page"
    with pytest.raises(Trouble, match=r"G-060|G-061"), books.writing() as writing:
        writing.append(ops.GoodsStocked(till="2002-1", sku="ST-60", quantity=1), actor="1002", operation="x")
    books.close()


def test_a_damaged_page_that_says_who_the_desk_is_stops_the_start_with_a_sentence(
    pristine: Path, tmp_path: Path
) -> None:
    """Neither that page nor one of the journal that trusted time is read from was ever a traceback."""
    with closing(driven(pristine)) as raw:
        roots = dict(raw.execute("SELECT name, rootpage FROM sqlite_master WHERE rootpage > 0").fetchall())
    for name, expected in (("identity", "G-071"), ("line", "page"), ("journal", "page"), ("running", "page")):
        folder = tmp_path / name
        shutil.copytree(pristine, folder)
        with (folder / "desk.db").open("r+b") as file:
            file.seek((roots[name] - 1) * engine.PAGE_BYTES)
            byte = file.read(1)
            file.seek(-1, 1)
            file.write(bytes((byte[0] ^ 1,)))
        if expected == "G-071":
            with pytest.raises(Trouble, match=expected):
                DeskBooks.open(folder, FakeClock(), keep=FileVault(folder))
            continue
        books = DeskBooks.open(folder, FakeClock(), keep=FileVault(folder))
        assert books.stopped() == expected
        books.close()


def test_a_file_that_was_cut_short_is_damaged(pristine: Path, tmp_path: Path) -> None:
    shutil.copytree(pristine, tmp_path / "desk")
    file = tmp_path / "desk" / "desk.db"
    content = file.read_bytes()
    for length in (len(content) - 1, len(content) - engine.PAGE_BYTES, len(content) // 2):
        file.write_bytes(content[:length])
        verdicts, damaged = check_folder(tmp_path / "desk")
        assert verdicts == []
        assert damaged


def test_damage_that_comes_while_the_desk_works_stops_it_at_the_next_check(
    pristine: Path, tmp_path: Path
) -> None:
    shutil.copytree(pristine, tmp_path / "desk")
    books = DeskBooks.open(tmp_path / "desk", FakeClock(), keep=FileVault(tmp_path / "desk"))
    assert books.check().is_sound
    file = tmp_path / "desk" / "desk.db"
    with file.open("r+b") as raw:
        raw.seek(engine.PAGE_BYTES * 9 + 100)
        byte = raw.read(1)
        raw.seek(-1, 1)
        raw.write(bytes((byte[0] ^ 1,)))
    found = books.check()
    assert (found.stopped, found.damaged) == ("page", ("HMAC verification failed for page 10",))
    with pytest.raises(Trouble, match="G-060"), books.writing() as writing:
        writing.append(ops.GoodsStocked(till="2002-1", sku="ST-60", quantity=1), actor="1002", operation="x")
    books.close()


@pytest.mark.parametrize(
    ("change", "stopped"),
    [
        (
            "UPDATE journal SET body = CAST(body || 'x' AS BLOB) WHERE id = 8",
            "chain",
        ),
        ("UPDATE postings SET minor = minor * 2 WHERE record = 8", "ledger"),
        # A projection that is wrong is a task, not a reason to close an office.
        ("UPDATE payments SET state = 'confirmed'", ""),
    ],
)
def test_the_whole_check_stops_a_desk_whose_books_were_changed(
    bare: Path, tmp_path: Path, change: str, stopped: str
) -> None:
    # The start looks from the last checked head on: older changes are the whole check's to find.
    folder = changed(bare, tmp_path / "desk", lambda raw: raw.execute(change))
    books = DeskBooks.open(folder, FakeClock(), keep=FileVault(folder))
    assert books.stopped() == ""
    found = books.check()
    assert not found.is_sound
    assert (found.stopped, books.stopped()) == (stopped, stopped)
    assert any(one.sequence for one in found.broken)
    books.close()


def test_on_a_stopped_desk_one_may_sign_in_and_look(bare: Path, tmp_path: Path) -> None:
    from azpost_desk.services.counter import Counter
    from azpost_desk.services.desk import desk_services
    from azpost_desk.services.evidence import ExportEvidence
    from tests.fakes.line import FakeLine
    from tests.services.counters import PlainHasher, press

    change = "UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), 't', 'u') AS BLOB) WHERE id = 8"
    folder = changed(bare, tmp_path / "desk", lambda raw: raw.execute(change))
    clock = FakeClock()
    books = DeskBooks.open(folder, clock, keep=FileVault(folder))
    assert books.check().stopped == "chain"
    newest = books.head()
    services = desk_services(Counter(books, clock, FakeLine(clock)), PlainHasher(), press)
    officer = services.staff.sign_in("1002", "1002")
    assert officer.role is Role.CLERK
    assert services.history.today()
    # Evidence is needed most when something is wrong.
    assert services.evidence.export(ExportEvidence("2026-12-01", "2026-12-02"), officer).content
    assert books.head() == newest
    with pytest.raises(Trouble, match="G-060"):
        services.tills.open(officer)
    books.close()
