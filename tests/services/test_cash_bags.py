"""Bags, worn notes and suspect notes at the counter: counted, sealed, handed over, received once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.papers import CashActPaper
from azpost_desk.domain.people import Person
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.news import BagNews, RemittanceNews
from azpost_desk.services.cash_bags import Seal
from azpost_desk.services.cash_notes import Suspect
from tests.services.counters import CLERK, MANAGER, SENDER, SUPERVISOR, Stand, approval
from tests.storage.desks import piece

if TYPE_CHECKING:
    from azpost_desk.services.views import PrintJob

COLLECTOR = Person(name="Rzayev Kamal", document="INK-4411")


def seal(number: str = "PL-1001", qapik: int = 50_000, sort: str = "cash") -> Seal:
    return Seal(number, sort, azn(qapik), {10_000: qapik // 10_000} if qapik else {})


def announce(stand: Stand, position: int = 300, **changed: object) -> BagNews:
    """The centre announces a bag of 8,000 to this desk."""
    told = BagNews(
        bag="0197-bag", number="PL-7", sort="cash", from_desk="", to_desk="2002-1", pieces={"10000": 80},
        amount_qapik=800_000, at_ms=stand.clock.utc_ms(),
    )  # fmt: skip
    told = replace_news(told, **changed)
    stand.books.store_news([piece(position, "bag", told)], 1)
    return told


def replace_news(told: BagNews, **changed: object) -> BagNews:
    return msgspec.structs.replace(told, **changed)


def safe(stand: Stand) -> int:
    return stand.desk.baskets.safe_balance().minor


# --- to the cash centre -----------------------------------------------------------------------------------


def test_a_bag_is_sealed_from_the_safe_and_handed_to_a_named_collector(stand: Stand) -> None:
    before = safe(stand)
    stand.desk.bags.seal(MANAGER, seal(" pl-1001 "))
    assert safe(stand) == before - 50_000
    with stand.books.reading() as books:
        [bag] = books.bags()
        assert (bag.number, bag.state, bag.announced) == ("PL-1001", "sealed", azn(50_000))
        assert books.balance("1030", bag.bag) == azn(50_000)
    stand.desk.bags.hand_over(MANAGER, bag.bag, COLLECTOR)
    with stand.books.reading() as books:
        handed = books.bags()[0]
        entry = books.entries(books.day().number)[0]
        assert handed.state == "on_its_way"
        content = books.attachment(entry.recorded.operation, "collector")
    assert content is not None
    assert b"Rzayev Kamal" in content
    # The name is in no body: it can be erased.
    assert "Rzayev" not in ops.encode(entry.body).decode()
    with pytest.raises(Refused, match="C-046"):
        stand.desk.bags.hand_over(MANAGER, bag.bag, COLLECTOR)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (seal("x"), "C-040"),
        (replace(seal(), total=azn(50_001)), "C-042"),
        (replace(seal(), total=azn(0)), "C-042"),
        (seal(qapik=0), "C-021"),
        (seal(qapik=90_000), "C-022"),
        (Seal("PL-1", "cash", azn(7), {7: 1}), "C-020"),
        (seal("PL-9", sort="worn"), "C-048"),
        (Seal("PL-9", "suspect", azn(0), {}), "C-049"),
    ],
)
def test_a_bag_that_cannot_be_is_refused(stand: Stand, command: Seal, code: str) -> None:
    before = stand.records()
    with pytest.raises(Refused, match=code):
        stand.desk.bags.seal(MANAGER, command)
    assert stand.records() == before


def test_the_safe_is_the_managers_and_a_number_is_used_once(stand: Stand) -> None:
    with pytest.raises(Refused, match="S-010"):
        stand.desk.bags.seal(CLERK, seal())
    stand.desk.bags.seal(MANAGER, seal(qapik=10_000))
    with pytest.raises(Refused, match="C-041"):
        stand.desk.bags.seal(MANAGER, seal(qapik=10_000))
    with pytest.raises(Refused, match="C-050") as refused:
        stand.desk.bags.hand_over(MANAGER, "PL-1001", Person(name="Rzayev Kamal"))
    assert refused.value.field == "document"
    with pytest.raises(Refused, match="C-043"):
        stand.desk.bags.hand_over(MANAGER, "PL-2", COLLECTOR)


# --- from the cash centre ---------------------------------------------------------------------------------


def test_a_bag_is_counted_in_exactly(stand: Stand) -> None:
    announce(stand)
    before = safe(stand)
    with pytest.raises(Refused, match="C-045"):
        stand.desk.bags.receive(MANAGER, "PL-7", {10_000: 79})
    # The same sum in other notes is not what was announced.
    with pytest.raises(Refused, match="C-045"):
        stand.desk.bags.receive(MANAGER, "PL-7", {20_000: 40})
    stand.desk.bags.receive(MANAGER, "pl-7", {10_000: 80})
    assert safe(stand) == before + 800_000
    operation = stand.desk.counter.new_id()
    with pytest.raises(Refused, match="C-044"):
        stand.desk.bags.receive_short(MANAGER, "PL-7", {10_000: 79}, operation, approval(operation))


def test_a_bag_that_differs_is_received_by_an_act_of_two_and_the_rest_stays_in_transit(stand: Stand) -> None:
    told = announce(stand)
    before = safe(stand)
    operation = stand.desk.counter.new_id()
    with pytest.raises(Refused, match="S-012"):
        stand.desk.bags.receive_short(MANAGER, "PL-7", {10_000: 79}, operation, None)
    with pytest.raises(Refused, match="C-047"):
        stand.desk.bags.receive_short(MANAGER, "PL-7", {10_000: 80}, operation, approval(operation))
    stand.desk.bags.receive_short(MANAGER, "PL-7", {10_000: 79}, operation, approval(operation))
    [body] = stand.bodies(ops.BagDiffered)
    assert isinstance(body, ops.BagDiffered)
    assert body.act.startswith("A2026-000001-")
    assert (body.announced, body.pieces, body.approved_by) == (
        {"10000": 80}, {"10000": 79}, SUPERVISOR.officer,
    )  # fmt: skip
    assert safe(stand) == before + 790_000
    with stand.books.reading() as books:
        bag = books.bag("PL-7")
        assert bag is not None
        assert (bag.state, bag.missing) == ("differs", azn(10_000))
        assert books.balance("1030", told.bag) == azn(-790_000)
    paper = stand.desk.papers.of_job(_job(stand, operation))
    assert isinstance(paper, CashActPaper)
    assert [one.name for one in paper.signatures] == [MANAGER.name, SUPERVISOR.name]
    announce(stand, 301, state="resolved", counted={"10000": 79}, counted_qapik=790_000)
    with stand.books.reading() as books:
        assert [one.state for one in books.bags()] == ["resolved"]


def _job(stand: Stand, operation: str) -> PrintJob:
    with stand.books.reading() as books:
        return next(job for job in books.print_jobs() if job.key == operation)


def test_a_bag_for_somebody_else_or_that_nobody_can_count_is_not_taken(stand: Stand) -> None:
    announce(stand, 300, to_desk="2002-2")
    announce(stand, 301, bag="b2", amount_qapik=5)
    announce(stand, 302, bag="b3", state="on_its_way")
    announce(stand, 303, bag="b4", sort="gold")
    with stand.books.reading() as books:
        assert books.bags() == []
    assert len(stand.bodies(ops.CaseRaised)) == 3
    for number, code in (("PL-7", "C-043"), ("?", "C-040")):
        with pytest.raises(Refused, match=code):
            stand.desk.bags.receive(MANAGER, number, {10_000: 80})


def test_our_own_bag_is_not_received_here_and_hears_what_became_of_it(stand: Stand) -> None:
    stand.desk.bags.seal(MANAGER, seal())
    with pytest.raises(Refused, match="C-046"):
        stand.desk.bags.receive(MANAGER, "PL-1001", {10_000: 5})
    with stand.books.reading() as books:
        [bag] = books.bags()
    came = {"bag": bag.bag, "number": bag.number, "from_desk": "2002-1", "to_desk": "", "act": "Q-1"}
    came |= {"pieces": {"10000": 5}, "amount_qapik": 50_000}
    announce(stand, 310, **came, state="differs", counted={"10000": 4}, counted_qapik=40_000)
    with stand.books.reading() as books:
        [bag] = books.bags()
        assert (bag.state, bag.missing, bag.act) == ("differs", azn(10_000), "Q-1")
    # A word that comes late moves nothing backwards.
    announce(stand, 311, **came, state="announced")
    with stand.books.reading() as books:
        assert books.bags()[0].state == "differs"


# --- worn and suspect notes -------------------------------------------------------------------------------


def test_worn_notes_lie_apart_until_a_bag_takes_them(stand: Stand) -> None:
    stand.desk.tills.move(CLERK, "to_safe", "worn", {1_000: 4})
    with stand.books.reading() as books:
        assert books.worn() == {1_000: 4}
    # 840.00 lie in the safe, 40.00 of it worn: it is not given out again.
    with pytest.raises(Refused, match="C-022") as refused:
        stand.desk.tills.move(CLERK, "to_till", "supply", {1_000: 81})
    assert refused.value.facts["amount"] == azn(80_000)
    with pytest.raises(Refused, match="C-022"):
        stand.desk.tills.issue(MANAGER, "2002-2", "safe", {1_000: 81})
    with pytest.raises(Refused, match="C-048"):
        stand.desk.bags.seal(MANAGER, Seal("PL-W", "worn", azn(5_000), {1_000: 5}))
    stand.desk.bags.seal(MANAGER, Seal("PL-W", "worn", azn(3_000), {1_000: 3}))
    with stand.books.reading() as books:
        assert books.worn() == {1_000: 1}
    assert safe(stand) == 81_000


def test_a_suspect_note_is_kept_reported_and_counts_as_nothing(stand: Stand) -> None:
    before = (stand.till_qapik(), safe(stand))
    note = stand.desk.notes.suspect(CLERK, Suspect(azn(5_000), "ab 1234567", SENDER, ("watermark",)))
    assert (note.series, note.denomination, note.bag) == ("AB1234567", azn(5_000), "")
    assert note.report.startswith("S2026-000001-")
    assert (stand.till_qapik(), safe(stand)) == before
    paper = stand.desk.papers.of_job(_job(stand, note.operation))
    assert isinstance(paper, CashActPaper)
    assert (paper.number, paper.amount) == (note.report, None)
    stand.desk.bags.seal(MANAGER, Seal("PL-S", "suspect", azn(0), {}))
    with stand.books.reading() as books:
        [bag] = books.bags()
        assert bag.notes == (note.report,)
        assert [one.bag for one in books.suspect_notes()] == [bag.bag]
    with pytest.raises(Refused, match="C-049"):
        stand.desk.bags.seal(MANAGER, Seal("PL-T", "suspect", azn(0), {}))


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (Suspect(azn(50), "AB1234567", SENDER), "C-053"),
        (Suspect(azn(5_000), "A", SENDER), "C-051"),
        (Suspect(azn(5_000), "AB1234567", Person(name=" ")), "C-052"),
    ],
)
def test_a_suspect_note_without_its_facts_is_refused(stand: Stand, command: Suspect, code: str) -> None:
    with pytest.raises(Refused, match=code):
        stand.desk.notes.suspect(CLERK, command)


# --- cash between desks -----------------------------------------------------------------------------------


def test_cash_that_nobody_counted_in_is_listed_on_both_sides_until_it_is(stand: Stand) -> None:
    issued = stand.desk.tills.issue(CLERK, "2002-2", "till", {1_000: 3})
    [waiting] = stand.desk.tills.unaccepted()
    assert (waiting.state, waiting.to_desk) == ("issued", "2002-2")
    accepted = RemittanceNews(
        remittance=issued.operation, from_desk="2002-1", to_desk="2002-2", amount_qapik=3_000,
        pieces={"1000": 3}, at_ms=stand.clock.utc_ms(), state="accepted", by="1003",
    )  # fmt: skip
    stand.books.store_news([piece(320, "remittance", accepted)], 1)
    assert stand.desk.tills.unaccepted() == []
    with stand.books.reading() as books:
        [known] = books.remittances(("accepted",))
    assert (known.accepted_by, known.accepted_ms) == ("1003", stand.clock.utc_ms())
    assert stand.books.rebuild() == []
