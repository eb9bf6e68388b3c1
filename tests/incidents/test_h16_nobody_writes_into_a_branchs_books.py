"""H-16: support injected records into branch books, and the branch could not see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Trouble
from azpost_desk.services.goods import SellGoods
from azpost_desk.storage import engine, vault
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.checking import check_folder
from azpost_desk.storage.vault import FileVault
from tests.services.counters import CLERK, new_stand, working
from tests.storage.desks import FakeClock

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stories.town import Seat, Town


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The closed books of a desk that sold stamps for 13.20 in one piece."""
    stand = working(new_stand(tmp_path / "desk"))
    stand.desk.shop.sell(SellGoods("ST-60", 22), CLERK)
    stand.pay(1_320)
    stand.books.close()
    return tmp_path / "desk"


def test_a_ledger_record_from_the_centre_is_refused_and_becomes_a_case(place: Town, ganja: Seat) -> None:
    before = ganja.totals()
    for kind in ("settlement", "till.closed", "posting"):
        place.ask(
            "insert into tidings (kind, payload, addressees, made_ms) values (%s, %s, %s, 1) returning 1",
            kind, b'{"amount_qapik": 8000}', [ganja.name],
        )  # fmt: skip
    ganja.sync()
    assert ganja.totals() == before
    with ganja.books.reading() as look:
        cases = [one for one in look.entries(1) if isinstance(one.body, ops.CaseRaised)]
    assert len({one.body.case for one in cases if isinstance(one.body, ops.CaseRaised)}) == 3
    assert {(one.recorded.actor, one.actor_kind) for one in cases} == {("sync", "sync")}


def test_a_row_changed_through_sql_with_the_key_is_named_by_record(folder: Path) -> None:
    raw = engine.driver(folder / "desk.db", vault.secret(FileVault(folder), vault.DATABASE))
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    changed = raw.execute("SELECT record FROM postings WHERE minor = 1320").fetchone()[0]
    raw.execute("UPDATE postings SET minor = 13200 WHERE record = ? AND minor = 1320", (changed,))
    raw.close()
    verdicts, damaged = check_folder(folder)
    assert damaged == []
    named = {broken.sequence for verdict in verdicts if verdict.id == "I-01" for broken in verdict.broken}
    assert named == {changed}


def test_a_byte_changed_in_the_file_is_found_by_the_engine_and_nothing_is_sold(folder: Path) -> None:
    file = folder / "desk.db"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0x10
    file.write_bytes(content)
    verdicts, damaged = check_folder(folder)
    assert verdicts == []
    assert damaged


def test_a_desk_whose_chain_was_changed_sells_nothing(folder: Path) -> None:
    raw = engine.driver(folder / "desk.db", vault.secret(FileVault(folder), vault.DATABASE))
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute(
        "UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), '1320', '9320') AS BLOB)"
        " WHERE kind = 'settlement'"
    )
    raw.execute("DELETE FROM checked")
    raw.close()
    books = DeskBooks.open(folder, FakeClock(), keep=FileVault(folder))
    assert books.stopped() == "chain"
    with pytest.raises(Trouble, match="G-060"), books.writing() as writing:
        writing.append(ops.GoodsStocked(till="2002-1", sku="ST-60", quantity=1), actor="1002", operation="x")
    books.close()
