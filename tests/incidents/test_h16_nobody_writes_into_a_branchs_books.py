"""H-16: support injected records into branch books, and the branch could not see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Trouble
from azpost_desk.programs.central import main as central
from azpost_desk.services.goods import SellGoods
from azpost_desk.storage import engine, vault
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.checking import check_folder
from azpost_desk.storage.vault import FileVault
from tests.services.counters import CLERK, stand_at_work
from tests.storage.desks import FakeClock

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stories.town import Seat, Town


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The closed books of a desk that sold stamps for 13.20 in one piece."""
    stand = stand_at_work(tmp_path / "desk")
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


def test_news_that_tries_to_write_is_refused_whatever_it_calls_itself(place: Town, ganja: Seat) -> None:
    before, records = ganja.totals(), len(ganja.holds())
    for kind, payload in (
        ("correction.accepted", b'{"proposal":"p","sort":"surplus_cleared","amount_qapik":9,"holder":"1"}'),
        ("record", b"{}"),
        ("correction.proposal", b'{"sort":"settlement"}'),
        ("grant.question", b"[]"),
        ("centre.act", b'{"act_id": 7}'),
    ):
        place.ask(
            "insert into tidings (kind, payload, addressees, made_ms) values (%s, %s, %s, 1) returning 1",
            kind, payload, [ganja.name],
        )  # fmt: skip
    ganja.sync()
    assert ganja.totals() == before
    assert ganja.services.corrections.proposals() == []
    assert len(ganja.holds()) == records + 5


def test_a_correction_is_a_proposal_and_the_branchs_answer_stands_at_the_centre(
    place: Town, ganja: Seat
) -> None:
    """Accepted: by an own operation of the branch. Disputed: with its words. Read: the branch is told."""
    with ganja.books.reading() as look:
        qapik = look.till().balance.minor
    ganja.services.tills.close(ganja.clerk, {10_000: qapik // 10_000 - 1, 100: 95})
    before = ganja.totals()
    for number, (sort, amount) in enumerate((("shortage_cleared", 400), ("surplus_cleared", 100))):
        words = ["propose", ganja.name, sort, str(amount), ganja.clerk.officer, f"tapılıb {number}"]
        assert central(["--dsn", place.dsn, "--who", "auditor", *words]) == 0
    assert central(["--dsn", place.dsn, "--who", "auditor", "--why", "iş 7", "proposals"]) == 0
    ganja.sync()
    assert ganja.totals() == before
    corrections = ganja.services.corrections
    shortage, surplus = sorted(corrections.proposals(), key=lambda one: one.sort)
    assert (shortage.reason, shortage.who) == ("tapılıb 0", "auditor")
    newest = corrections.acts()[0]
    assert (newest.act, newest.who, newest.why) == ("records_read", "auditor", "iş 7")
    corrections.accept(ganja.manager, shortage.proposal)
    corrections.decline(ganja.manager, surplus.proposal, "disputed", "Artıq pul olmayıb")
    ganja.sync()
    said = place.ask("select state, words from proposals order by sort")
    assert said == [("accepted", ""), ("disputed", "Artıq pul olmayıb")]
    assert ganja.balance(chart.SHORTAGE, ganja.clerk.officer) == 500 - 400
    assert place.ask("select count(*) from exceptions") == [(0,)]


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
