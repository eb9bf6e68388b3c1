"""What frees a transfer at the centre, and everything that may stand in its way."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.central import contested, doubts, held, list_versions, screening
from azpost_desk.central.book import Book
from azpost_desk.central.grants import TRIES_MAX
from azpost_desk.central.intake import rounds
from azpost_desk.central.registry import branches, enrolment, reference
from azpost_desk.central.storage.database import connect, one
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import MoneyLaundering
from azpost_desk.domain.people import Parties, Person
from azpost_desk.domain.watch_lists import OFAC, Listed
from azpost_desk.protocol.messages import grant_of
from azpost_desk.protocol.records import Attachment
from tests.central.desks import SENDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from azpost_desk.central.app import Centre
    from azpost_desk.central.screening import Imported
    from azpost_desk.central.storage.database import Connection
    from tests.central.desks import ManualClock, SimDesk

NOBODY = Listed(source=OFAC, id="1", kind="person", names=(("SOMEBODY ELSE", "name"),))
AYGUN = Listed(source=OFAC, id="2", kind="person", names=(("MAMMADOVA, Aygun", "name"),))
VUGAR = Listed(source=OFAC, id="3", kind="person", names=(("ALIYEV, Vugar", "name"),))
ASLANOV = Listed(source=OFAC, id="4", kind="person", names=(("ASLANOV, Jeyhun", "name"),))
PEOPLE = ("auditor-1", "director-2")
LOOK_SECONDS = 0.01


class Stage:
    """Two branches and one centre; the first branch has two desks."""

    def __init__(self, centre: Centre, clock: ManualClock, book: Book, enrolled: Callable[[str], SimDesk]):
        self.centre, self.clock, self.book = centre, clock, book
        self.here, self.beside, self.there = enrolled("2002-1"), enrolled("2002-2"), enrolled("1010-1")

    def sent(self, **changed: object) -> tuple[str, str]:
        """Code and id of a transfer just sent."""
        with self.centre.database.transaction() as conn:
            code = branches.give_codes(conn, "2002-1", 1, self.clock.utc_ms())[0]
        transfer = self.here.send(code, **changed)  # type: ignore[arg-type]
        self.spoke(self.here)
        return code, transfer

    def spoke(self, desk: SimDesk) -> None:
        desk.exchange()
        self.centre.settle()

    def imported(self, *entries: Listed) -> Imported:
        with self.centre.database.connection() as conn:
            now_ms = self.clock.utc_ms()
            return list_versions.import_list(conn, entries, "compliance", now_ms, may_lose_many=True)

    def state(self, transfer: str) -> str:
        with self.centre.database.transaction() as conn:
            return str(one(conn, "select state from transfers where transfer = %s", (transfer,))[0])

    def let_go(self, transfer: str, conn: Connection | None = None) -> str:
        now_ms = self.clock.utc_ms()
        if conn is not None:
            return held.decide(conn, self.book, transfer, held.LET_GO, PEOPLE, "e", now_ms)
        with self.centre.database.connection() as own:
            return held.decide(own, self.book, transfer, held.LET_GO, PEOPLE, "e", now_ms)

    def reasons(self, transfer: str) -> list[str]:
        with self.centre.database.connection() as conn:
            return next(each.reasons for each in held.waiting(conn) if each.transfer == transfer)


@pytest.fixture
def stage(
    centre: Centre, clock: ManualClock, postgres: str, enrolled: Callable[[str], SimDesk]
) -> Iterator[Stage]:
    book = Book(postgres, clock)
    yield Stage(centre, clock, book, enrolled)
    book.close()


def test_every_reason_why_a_transfer_waits_is_told(stage: Stage) -> None:
    stage.imported(AYGUN)
    with stage.centre.database.transaction() as conn:
        reference.publish(conn, MoneyLaundering(day_qapik_max=9_999), stage.clock.utc_ms())
    transfer = stage.here.send("111111111111")
    stage.spoke(stage.here)
    assert stage.state(transfer) == "held"
    assert stage.reasons(transfer) == ["over_limit", "strange_code", "under_review"]


def test_who_was_let_go_is_held_again_only_for_somebody_new(stage: Stage) -> None:
    stage.imported(AYGUN)
    _, transfer = stage.sent()
    assert stage.state(transfer) == "held"
    assert stage.let_go(transfer) == "available"
    assert stage.imported(AYGUN).held == 0
    assert stage.state(transfer) == "available"
    assert stage.imported(AYGUN, VUGAR).held == 1
    assert stage.state(transfer) == "held"
    assert stage.let_go(transfer) == "available"


def test_what_came_onto_a_list_while_it_waited_is_for_another_decision(stage: Stage) -> None:
    stage.imported(AYGUN)
    _, transfer = stage.sent()
    assert stage.imported(AYGUN, VUGAR).held == 0
    assert stage.let_go(transfer) == "held"
    with stage.centre.database.connection() as conn:
        assert {each.id for each in screening.suspicions(conn, transfer)} == {"2", "3"}
    assert stage.let_go(transfer) == "available"


def test_a_list_that_comes_in_while_two_people_decide_misses_nothing(stage: Stage) -> None:
    stage.imported(AYGUN, NOBODY)
    _, transfer = stage.sent()
    done: list[Imported] = []
    importing = threading.Thread(target=lambda: done.append(stage.imported(AYGUN, VUGAR)))
    with stage.centre.database.transaction() as conn:
        assert stage.let_go(transfer, conn) == "available"
        importing.start()
        # It waits for the decision; what is wrong waits for nobody and has ended.
        while importing.is_alive() and not waiting_for_a_lock(stage.centre):
            importing.join(timeout=LOOK_SECONDS)
    importing.join(timeout=30)
    assert [each.held for each in done] == [1]
    assert stage.state(transfer) == "held"


def test_an_import_that_was_interrupted_is_finished(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.imported(NOBODY)
    _, transfer = stage.sent()

    def dies(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as during:
        during.setattr(list_versions, "_screen_waiting", dies)
        with pytest.raises(KeyboardInterrupt):
            stage.imported(NOBODY, VUGAR)
    assert stage.state(transfer) == "available"
    with stage.centre.database.connection() as conn:
        assert list_versions.finish(conn, stage.clock.utc_ms()) == 1
        assert list_versions.finish(conn, stage.clock.utc_ms()) == 0
    assert stage.state(transfer) == "held"


def test_a_receiver_changed_at_the_next_counter_is_screened_too(stage: Stage) -> None:
    stage.imported(ASLANOV)
    _, transfer = stage.sent()
    grant = refund_claimed(stage.beside, transfer)
    change(stage.beside, transfer, grant, Person(name="Aslanov Ceyhun"))
    stage.spoke(stage.beside)
    assert stage.state(transfer) == "held"


def test_who_was_cleared_clears_no_other_receiver(stage: Stage) -> None:
    stage.imported(AYGUN)
    _, transfer = stage.sent()
    assert stage.let_go(transfer) == "available"
    grant = refund_claimed(stage.here, transfer)
    change(stage.here, transfer, grant, Person(name="Məmmədova Aygün Rauf qızı"))
    stage.spoke(stage.here)
    assert stage.state(transfer) == "held"


def test_a_resolution_tells_the_sender_once_what_became_of_it(stage: Stage) -> None:
    code, transfer = stage.sent()
    grant = grant_of(stage.there.claim(code, 10_000, SENDER.name).grant.words)  # type: ignore[union-attr]
    for _ in range(TRIES_MAX):
        stage.beside.claim(code, 10_000, "Somebody Else")
    with stage.centre.database.transaction() as conn:
        enrolment.end_epochs(conn, "1010-1", "lost")
    with stage.centre.database.connection() as conn:
        now_ms = stage.clock.utc_ms()
        after = doubts.resolve(conn, stage.book, grant.grant, doubts.NOT_PAID, PEOPLE, "e", now_ms)
    assert (after, stage.state(transfer)) == ("closed", "closed")
    stage.centre.settle()
    stage.here.exchange()
    told = [each["state"] for each in stage.here.told("transfer.event") if each["transfer"] == transfer]
    assert told.count("closed") == 1


def test_judging_the_record_answers_no_other_reason(stage: Stage) -> None:
    """Its key was revoked while compliance still had to say whether it is too much."""
    with stage.centre.database.transaction() as conn:
        reference.publish(conn, MoneyLaundering(day_qapik_max=15_000), stage.clock.utc_ms())
    _, first = stage.sent()
    place = "2002-1", 1, stage.here.acknowledged
    mark = stage.here.books[-1].record.hash.hex()
    _, second = stage.sent()
    assert (stage.state(first), stage.state(second)) == ("available", "held")
    now_ms = stage.clock.utc_ms()
    with stage.centre.database.connection() as conn:
        contested.revoke(conn, stage.book, place, mark, PEOPLE, "stolen", "e", now_ms)
        [doubtful] = contested.waiting(conn)
        at = doubtful.desk, doubtful.epoch, doubtful.sequence
        contested.decide(conn, stage.book, at, doubtful.hash, contested.CONFIRMED, PEOPLE, "e", now_ms)
    assert stage.state(second) == "held"
    assert stage.let_go(second) == "available"


def test_another_process_at_the_daily_jobs_keeps_nobody_from_work(stage: Stage, postgres: str) -> None:
    with connect(postgres) as other:
        other.execute("select pg_advisory_lock(%s)", (rounds._DAILY_LOCK,))
        stage.clock.now_ms += 2 * rounds._DAILY_EVERY_MS
        _, transfer = stage.sent()
        assert stage.state(transfer) == "available"
        assert days_done(stage) == set()
        # By hand: of a connection that is closed the server lets go some time later.
        other.execute("select pg_advisory_unlock(%s)", (rounds._DAILY_LOCK,))
    stage.clock.now_ms += 2 * rounds._DAILY_AGAIN_MS
    stage.centre.settle()
    jobs = {
        "partitions",
        "erasure",
        "registers",
        "validity",
        "reminders",
        "screening",
        "laundering",
        "items",
        "storage",
        "mail bags",
    }
    assert days_done(stage) == jobs


def days_done(stage: Stage) -> set[str]:
    with stage.centre.database.transaction() as conn:
        since = stage.clock.now_ms - rounds._DAILY_EVERY_MS
        return {row[0] for row in conn.execute("select job from daily_round where done_ms > %s", (since,))}


def refund_claimed(desk: SimDesk, transfer: str) -> str:
    answer = desk.claim("", 10_000, "", purpose="refund", transfer=transfer)
    assert answer.grant is not None
    desk.store_grant(answer.grant)
    return grant_of(answer.grant.words).grant


def change(desk: SimDesk, transfer: str, grant: str, receiver: Person) -> None:
    operation = desk.new_id()
    content = msgspec.json.encode(Parties(code="", sender=SENDER, receiver=receiver))
    parties = Attachment(f"{operation}:parties", os.urandom(16), content)
    body = ops.TransferChanged(transfer=transfer, grant=grant, sort="receiver", parties=parties.commitment())
    desk.append(body, (parties,), operation=operation)


def waiting_for_a_lock(centre: Centre) -> int:
    with centre.database.transaction() as conn:
        return int(one(conn, "select count(*) from pg_locks where locktype = 'advisory' and not granted")[0])
