"""The crash harness: it finds nothing in our desk, and it does find what is planted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.rehearsal import crash_acts
from azpost_desk.rehearsal.crash_abroad import AbroadActs
from azpost_desk.rehearsal.crash_acts import Worker
from azpost_desk.rehearsal.crash_partner import PARTNER, unlike_partner
from azpost_desk.rehearsal.crash_town import OURS, Place, SharedClock, Town, crash_town, open_books
from azpost_desk.rehearsal.crashes import Crashes
from azpost_desk.rehearsal.kill_steps import Steps
from azpost_desk.services.baskets import Baskets
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.vault import FileVault
from azpost_desk.storage.writing import BookWriting
from tests.storage.desks import FakeClock, replaced_desk
from tests.storage.play import ACTS, Player

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# What must have happened before an act of `Player` can be taken.
FIRST = {
    "open_day": ("close_till", "close_day"),
    "close_day": ("close_till",),
    "open_till": ("close_till",),
    "reverse_last": ("sell_stamps",),
    "bill_refused": ("take_bill",),
    "transfer_news": ("send_transfer",),
    "pay_out": ("take_grant",),
    "release_grant": ("take_grant",),
    "change_transfer": ("take_grant",),
    "accept_remittance": ("remittance_news",),
    "dispute_answered": ("raise_dispute",),
    "escalate_dispute": ("raise_dispute", "dispute_answered"),
    "close_dispute": ("raise_dispute",),
    "make_good": ("hand_over_till",),
    "hand_over_bag": ("seal_bag",),
    "receive_bag": ("bag_news",),
    "receive_short_bag": ("bag_news",),
    "ask_for_grant": ("take_grant",),
    "erase_oldest": ("take_bill", "acknowledged"),
}


@pytest.fixture
def town(postgres: str, tmp_path: Path) -> Iterator[Town]:
    with crash_town(postgres, tmp_path) as made:
        yield made


def kinds(folder: Path, clock: Any) -> set[str]:
    books = open_books(folder, clock)
    with books.reading() as look:
        found = {record.header().kind for record, _ in look.records()}
    books.close()
    return found


def test_kills_at_step_boundaries_and_in_a_crowd_lose_and_double_nothing(town: Town) -> None:
    outcome = Crashes(town.place, 7, town).run(20)
    assert outcome.violations == []
    assert (outcome.kills, outcome.recoveries) == (20, 20)
    assert outcome.faults["kill in a crowd"] == 4


def test_what_goes_over_the_border_survives_kills_and_is_there_once_on_all_sides(town: Town) -> None:
    """Sold, stopped, paid back, paid out: desks, centre and partner tell one story when all is over."""
    acts = [act for act in crash_acts.ACTS if hasattr(AbroadActs, f"_{act}")]
    assert len(acts) >= 6
    outcome = Crashes(town.place, 5, town, acts=acts).run(8)
    assert outcome.violations == []
    assert outcome.recoveries == 8
    # A partner that debits twice, or lacks what it was paid for, is found.
    partner = town.partners[PARTNER]
    now_ms = town.place.clock().utc_ms()
    debit = next(one for one in partner.entries if one.uetr and one.amount.minor < 0)
    partner.entries.append(debit)
    assert any("debited 2 times" in one for one in unlike_partner(partner, town.centre.database, [], now_ms))
    partner.entries[:] = [one for one in partner.entries if one != debit]
    assert any("debited 0 times" in one for one in unlike_partner(partner, town.centre.database, [], now_ms))


def test_every_kind_of_record_is_written_by_an_act_that_is_killed(town: Town, tmp_path: Path) -> None:
    """A kind that neither the counter's acts nor those of the property tests write was never killed."""
    desk = Worker(town.place, Steps(lambda _: None), town.centre.settle)
    for act in crash_acts.ACTS:
        desk.prepare(act)()
    desk.close()
    written = kinds(town.place.folder / OURS, town.place.clock())
    alone = Place(tmp_path / "alone", "")
    replaced_desk(alone.folder / OURS).close()
    SharedClock.begin(alone.folder / "clock")
    player = KillablePlayer(alone, Steps(lambda _: None))
    for act in ACTS:
        player.prepare(act)()
    player.close()
    written |= kinds(alone.folder / OURS, alone.clock())
    assert {kind for kind, _ in ops.BODIES} - ops.CENTRE_KINDS - written == set()


# --- what is planted is found ---------------------------------------------------------------------------


def hasty(place: Place, steps: Steps, settle: Callable[[], object]) -> Worker:
    """Says that it is done before it is on the disk."""
    desk = Worker(place, steps, settle)
    told: Callable[..., None] = steps._after

    def early(
        connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        if statement.startswith("INSERT INTO journal "):
            row = context.compiled_parameters[0]
            steps._tell(("stored", row["epoch"], row["sequence"], row["hash"].hex()))
        told(connection, cursor, statement, parameters, context, many)

    from sqlalchemy import event

    engine = desk.books._desk.connection.engine
    event.remove(engine, "after_cursor_execute", steps._after)
    event.listen(engine, "after_cursor_execute", early)
    return desk


def careless(place: Place, steps: Steps, settle: Callable[[], object]) -> Worker:
    """Sells in one transaction and queues the receipt in another."""
    queue, pay = BookWriting.queue_paper, Baskets.pay
    later: list[tuple[str, str, str]] = []

    def put_off(self: BookWriting, paper: str, key: str, sort: str = "original") -> int:
        later.append((paper, key, sort))
        return 0

    def pay_then_queue(self: Baskets, *given: Any) -> Any:
        paid = pay(self, *given)
        with self.counter.books.writing() as books:
            for one in later:
                queue(books, *one)  # type: ignore[arg-type]
        later.clear()
        return paid

    BookWriting.queue_paper = put_off  # type: ignore[method-assign]
    Baskets.pay = pay_then_queue  # type: ignore[method-assign]
    return Worker(place, steps, settle)


@pytest.mark.parametrize(
    ("make", "finds"), [(hasty, "was acknowledged and is lost"), (careless, "never to be printed")]
)
def test_a_planted_fault_is_found(town: Town, make: Any, finds: str) -> None:
    outcome = Crashes(town.place, 1, town, make, acts=("sell_stamps",)).run(40)
    assert outcome.violations
    assert finds in outcome.violations[0]


# --- the acts of the property tests ---------------------------------------------------------------------


class KillablePlayer:
    """`Player` as the harness works it: every act of the property tests can be killed too."""

    def __init__(self, place: Place, steps: Steps) -> None:
        folder = place.folder / OURS
        clock = FakeClock(place.clock().utc_ms())
        self.books = DeskBooks.open(folder, clock, keep=FileVault(folder))
        self.player = Player(self.books, clock)
        with self.books.reading() as look:
            self.player.date = len(look.days()) + 1
            self.player.new_id.made = look.head()[1] * 1_000
        self.player.news_at += self.books.news_position()
        steps.watch(self.books)

    def recover(self) -> None:
        """Nothing is under way: nobody is outside."""

    def prepare(self, name: str) -> Callable[[], object]:
        opening = ("open_day", "supply", "open_till", "to_till", "stock")
        for before in (*opening, *FIRST.get(name, ())):
            self.player.play(before)
        return lambda: self.player.play(name)

    def close(self) -> None:
        self.books.close()


def played(place: Place, steps: Steps, settle: Callable[[], object]) -> KillablePlayer:
    return KillablePlayer(place, steps)


def test_every_act_of_the_property_tests_survives_kills(tmp_path: Path) -> None:
    SharedClock.begin(tmp_path / "clock")
    place = Place(tmp_path, "")
    replaced_desk(tmp_path / OURS).close()
    outcome = Crashes(place, 3, make=played, acts=ACTS).run(12)
    assert outcome.violations == []
    assert outcome.recoveries == 12


def test_the_clock_of_a_town_is_one_for_all_its_processes(tmp_path: Path) -> None:
    SharedClock.begin(tmp_path / "clock")
    one, other = SharedClock(tmp_path / "clock"), SharedClock(tmp_path / "clock")
    before = other.utc_ms()
    one.next_day()
    assert other.utc_ms() - before >= 86_400_000
    assert set(crash_acts.ACTS) >= {"pay_out", "exchange", "close_day"}
