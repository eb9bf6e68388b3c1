"""A-05: a biller that takes connections and never answers holds up its own bills and nothing else."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from azpost_desk.central.app import Centre
from azpost_desk.central.gateways import parties
from azpost_desk.central.gateways.billers import Checked, Unknown, is_away
from azpost_desk.central.gateways.osmp import OsmpBiller
from azpost_desk.central.gateways.parties import REST_MS, SILENCES_MAX, Lane, Party
from azpost_desk.central.registry import branches, enrolment
from azpost_desk.domain.catalogue import Branch
from azpost_desk.protocol import messages
from azpost_desk.rehearsal.providers import DEMO_BILLERS, SandboxProvider
from tests.central.desks import ManualClock, SimDesk

if TYPE_CHECKING:
    from collections.abc import Iterator

HUNG, GOOD = "9999", str(DEMO_BILLERS[0]["id"])
ACCOUNT = str(next(iter(DEMO_BILLERS[0]["accounts"])))
FORTY = 40
SECONDS_MAX = 30


class Country:
    """A centre with a biller that hangs and one that answers, and one desk."""

    def __init__(self, dsn: str, clock: ManualClock, provider: SandboxProvider) -> None:
        self.silence = socket.create_server(("127.0.0.1", 0), backlog=200)
        hung = OsmpBiller(
            f"http://127.0.0.1:{self.silence.getsockname()[1]}/", now_ms=clock.utc_ms, answer_s=60, check_s=4
        )
        good = OsmpBiller(provider.url, now_ms=clock.utc_ms, prv_id=GOOD, has_status=True)
        self.centre = Centre(dsn, clock=clock, billers={HUNG: hung, GOOD: good})
        url = self.centre.start()
        with self.centre.database.transaction() as conn:
            branches.create_branch(conn, Branch(code="2002", name="2002", address="", postcode="AZ2002"), 1)
            names = [branches.add_desk(conn, "2002", number) for number in range(1, 10)]
            codes = [enrolment.enrolment_code(conn, name, clock.utc_ms()) for name in names]
        self.desk, *self.others = (SimDesk(url, clock) for _ in codes)
        for desk, code in zip((self.desk, *self.others), codes, strict=True):
            desk.enrol(code)

    def check(self, biller: str, account: str = "1", desk: SimDesk | None = None) -> tuple[str, float]:
        """The code of the answer ("" for a yes) and how many seconds it took."""
        started = time.monotonic()
        answer = (desk or self.desk).post(
            "/v1/bills/check", messages.BillCheck(biller=biller, account=account)
        )
        told = messages.unpack(answer.content, messages.BillChecked)
        return told.code, time.monotonic() - started

    def states(self, biller: str) -> list[str]:
        with self.centre.database.transaction() as conn:
            rows = conn.execute("select state from payments where biller = %s", (biller,)).fetchall()
        return [row[0] for row in rows]

    def reaches(self, biller: str, states: list[str]) -> bool:
        until, never = time.monotonic() + SECONDS_MAX, threading.Event()
        while time.monotonic() < until:
            if sorted(self.states(biller)) == states:
                return True
            never.wait(0.05)
        return False


@pytest.fixture
def country(postgres: str, clock: ManualClock) -> Iterator[Country]:
    with SandboxProvider(DEMO_BILLERS) as provider:
        made = Country(postgres, clock, provider)
        yield made
        # Whoever still waits for it is let go.
        made.silence.close()
        made.centre.stop()


def test_forty_checks_at_a_silent_biller_keep_no_exchange_waiting(country: Country) -> None:
    with ThreadPoolExecutor(FORTY) as desks:
        asked = [desks.submit(country.check, HUNG, "1", one) for one in country.others * 5]
        country.desk.sell()
        started = time.monotonic()
        assert country.desk.exchange().ack is not None
        assert country.check(GOOD, ACCOUNT)[0] == ""
        assert time.monotonic() - started < 3
        assert country.desk.claim("0000000000", 100, "Nobody").grant is None
        answers = [one.result() for one in asked]
    assert [code for code, _ in answers] == ["X-031"] * FORTY
    assert max(seconds for _, seconds in answers) < parties.QUESTION_SECONDS_MAX
    # Beyond its threads nobody waited, and after some silences nobody waits any more.
    assert sum(seconds > 3 for _, seconds in answers) <= Lane.QUESTIONS.value
    code, seconds = country.check(HUNG)
    assert code == "X-031"
    assert seconds < 2


def test_bills_of_others_are_delivered_beside_a_silent_biller(country: Country) -> None:
    for _ in range(10):
        country.desk.take_bill("1", 500, HUNG)
    country.desk.exchange()
    taken = Lane.DELIVERIES.value
    assert country.reaches(HUNG, ["accepted"] * (10 - taken) + ["sent"] * taken)
    country.desk.take_bill(ACCOUNT, 2_500, GOOD)
    country.desk.exchange()
    assert country.reaches(GOOD, ["confirmed"])
    assert country.states(HUNG).count("sent") == taken


class Fickle:
    """A connector that answers or is silent, as it is told."""

    def __init__(self) -> None:
        self.answers = False
        self.asked = 0

    def say(self) -> Checked | Unknown:
        self.asked += 1
        return Checked() if self.answers else Unknown("timeout")


def test_a_party_that_is_back_is_asked_again_by_itself() -> None:
    clock, fickle = ManualClock(), Fickle()
    party = Party("p", fickle, clock, is_away)

    def ask() -> Checked | Unknown:
        return asyncio.run(party.ask(Fickle.say, Unknown("no_connection")))

    for _ in range(SILENCES_MAX):
        assert ask() == Unknown("timeout")
    assert not party.is_free(Lane.DELIVERIES)
    for _ in range(5):
        assert ask() == Unknown("no_connection")
    clock.now_ms += REST_MS
    # The trial, still silent: the rest begins anew.
    assert ask() == Unknown("timeout")
    assert ask() == Unknown("no_connection")
    assert fickle.asked == SILENCES_MAX + 1
    fickle.answers = True
    assert ask() == Unknown("no_connection")
    clock.now_ms += REST_MS
    for _ in range(3):
        assert ask() == Checked()
    assert party.is_free(Lane.DELIVERIES)
    party.close()


def test_a_trial_is_one_and_a_full_party_is_silent_at_once() -> None:
    clock, fickle, go = ManualClock(), Fickle(), threading.Event()
    party = Party("p", fickle, clock, is_away)

    def wait(_: Fickle) -> Unknown:
        go.wait(SECONDS_MAX)
        return Unknown("timeout")

    waiting = [party.begin(Lane.QUESTIONS, wait) for _ in range(Lane.QUESTIONS.value)]
    assert not party.is_free(Lane.QUESTIONS)
    assert party.is_free(Lane.DELIVERIES)
    assert asyncio.run(party.ask(Fickle.say, "silent")) == "silent"
    go.set()
    assert {one.result() for one in waiting} == {Unknown("timeout")}
    assert not party.is_free(Lane.QUESTIONS)
    clock.now_ms += REST_MS
    go.clear()
    trial = party.begin(Lane.DELIVERIES, wait)
    assert not party.is_free(Lane.DELIVERIES)
    assert not party.is_free(Lane.QUESTIONS)
    go.set()
    trial.result()
    party.close()


def test_a_connector_that_keeps_no_time_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parties, "QUESTION_SECONDS_MAX", 0.1)
    go = threading.Event()
    party = Party("p", Fickle(), ManualClock(), is_away)
    assert asyncio.run(party.ask(lambda _: go.wait(SECONDS_MAX), "silent")) == "silent"
    go.set()
    party.close()
