"""Every state of a transfer under all the centre can do to it: what the table knows happens, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.central import held, validity
from azpost_desk.central.book import Book
from azpost_desk.central.registry import branches, enrolment
from azpost_desk.central.storage.database import one
from azpost_desk.domain.moves import TRANSFER
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.messages import grant_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.app import Centre
    from tests.central.desks import ManualClock, SimDesk

STATES = sorted({state for state, _ in TRANSFER if state} | set(TRANSFER.values()))
NAME = "Əliyev Vüqar"
DAY_MS = 24 * 3_600_000
# Whose grant a state may give: the receiver's, or only the sender's.
PAYS = {"available"}
GIVES_BACK = {"available", "returned", "unclaimed"}
HELD_BY_A_DESK = {"reserved", "returning"}


class Stage:
    """A transfer in some state, as if everything before had happened."""

    def __init__(self, centre: Centre, here: SimDesk, there: SimDesk, clock: ManualClock, dsn: str) -> None:
        self.centre, self.here, self.there, self.clock, self.dsn = centre, here, there, clock, dsn
        with centre.database.transaction() as conn:
            self.code = branches.give_codes(conn, here.enrolled.desk, 1, clock.utc_ms())[0]
        self.transfer = here.send(self.code)
        here.exchange()
        centre.settle()

    def put(self, state: str) -> None:
        if state in HELD_BY_A_DESK:
            if state == "returning":
                self._write("returned")
            desk = self.there if state == "reserved" else self.here
            purpose = "pay" if state == "reserved" else "refund"
            answer = self._claim(desk, purpose)
            assert answer.grant is not None
            assert self.state() == state
        else:
            self._write(state)

    def _write(self, state: str) -> None:
        with self.centre.database.transaction() as conn:
            conn.execute(
                "update transfers set state = %s, state_ms = sent_ms where transfer = %s",
                (state, self.transfer),
            )

    def _claim(self, desk: SimDesk, purpose: str):  # type: ignore[no-untyped-def]
        code, about = (self.code, "") if purpose == "pay" else ("", self.transfer)
        return desk.claim(code, 10_000, NAME if purpose == "pay" else "", purpose=purpose, transfer=about)

    def claim(self, desk: SimDesk, purpose: str) -> bool:
        answer = self._claim(desk, purpose)
        if answer.grant is not None:
            assert grant_of(answer.grant.words).thing == self.transfer
        return answer.grant is not None

    def state(self) -> str:
        with self.centre.database.transaction() as conn:
            return str(one(conn, "select state from transfers where transfer = %s", (self.transfer,))[0])

    def decide(self, decision: str) -> bool:
        book = Book(self.dsn, self.clock)
        try:
            with self.centre.database.connection() as conn:
                held.decide(conn, book, self.transfer, decision, ("A", "B"), "e", self.clock.utc_ms())
        except Refused:
            return False
        finally:
            book.close()
        return True

    def sweep(self) -> None:
        book = Book(self.dsn, self.clock)
        try:
            with self.centre.database.connection() as conn:
                validity.run(conn, book, self.clock.utc_ms())
        finally:
            book.close()


@pytest.fixture
def staged(
    centre: Centre, enrolled: Callable[[str], SimDesk], clock: ManualClock, postgres: str
) -> Callable[[str], Stage]:
    """A fresh transfer in a state; all of them stand in one centre."""
    here, there = enrolled("2002-1"), enrolled("1010-1")

    def stage(state: str) -> Stage:
        made = Stage(centre, here, there, clock, postgres)
        made.put(state)
        return made

    return stage


def test_people_decide_only_what_the_table_allows(staged: Callable[[str], Stage]) -> None:
    for state in STATES:
        for decision in held.DECISIONS:
            one = staged(state)
            assert one.decide(decision) == ((state, decision) in TRANSFER), (state, decision)
            assert one.state() == TRANSFER.get((state, decision), state), (state, decision)


def test_a_grant_is_given_only_to_whom_the_state_belongs(staged: Callable[[str], Stage]) -> None:
    for state in STATES:
        receiver = staged(state)
        assert receiver.claim(receiver.there, "pay") == (state in PAYS), state
        assert receiver.state() == ("reserved" if state in PAYS else state)
        sender = staged(state)
        assert sender.claim(sender.here, "refund") == (state in GIVES_BACK), state
        granted = TRANSFER[state, "granted"] if state in GIVES_BACK else state
        assert sender.state() == granted


def test_time_moves_only_what_nobody_holds(staged: Callable[[str], Stage]) -> None:
    stages = {state: staged(state) for state in STATES}
    one = stages["available"]
    one.clock.now_ms += 31 * DAY_MS
    one.sweep()
    moved = {state: stage.state() for state, stage in stages.items()}
    assert moved == {state: state for state in STATES} | {"available": "returned", "returned": "unclaimed"}


@pytest.mark.parametrize("state", sorted(HELD_BY_A_DESK))
def test_a_lost_holder_leaves_it_in_doubt(staged: Callable[[str], Stage], state: str) -> None:
    one = staged(state)
    holder = one.there if state == "reserved" else one.here
    with one.centre.database.transaction() as conn:
        enrolment.end_epochs(conn, holder.enrolled.desk, "lost")
    assert one.state() == TRANSFER[state, "doubted"]
