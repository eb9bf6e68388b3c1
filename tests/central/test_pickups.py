"""Pick-up codes at the centre: told to the addressee alone, hashed for desks of the office, void in time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from argon2 import PasswordHasher

from azpost_desk.central.mail import pickups
from azpost_desk.central.registry import branches, enrolment
from azpost_desk.domain import operations as ops
from azpost_desk.domain.mail.pickup import WRONG, WRONG_MAX
from azpost_desk.rehearsal.text_messages import SandboxSms
from tests.central.desks import SimDesk
from tests.central.test_messages import HOUR_MS, running
from tests.central.test_news import last_operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.central.desks import ManualClock
    from tests.central.test_messages import Post

ITEM = "EE000000015AZ"
PHONE = "+994552345678"
MINUTE_MS = 60_000


@pytest.fixture
def post(postgres: str, clock: ManualClock) -> Iterator[Post]:
    with SandboxSms() as network, running(postgres, clock, network) as made:
        yield made


def scan(post: Post, event: str, **more: str) -> str:
    """A scan of the desk, heard by the centre; its operation."""
    post.clock.now_ms += MINUTE_MS
    post.desk.append(ops.ItemScanned(number=ITEM, event=event, office="2002", **more))
    operation = last_operation(post.desk)
    post.hear()
    return operation


def told(post: Post) -> list[tuple[str, str]]:
    """(id, state) of every word about codes that the desk has heard."""
    post.centre.settle()
    post.desk.exchange()
    return [(one["code"], one["state"]) for one in post.desk.told("item.code")]


def rows(post: Post) -> list[Any]:
    return post.ask("select state, hash <> '', wrong from pickup_codes order by made_ms")


def try_wrong(post: Post, code: str, times: int) -> None:
    for _ in range(times):
        post.desk.append(ops.ScanRefused(raw=ITEM, event="EMI", reason=WRONG, code=code))
    post.hear()


def test_an_item_that_lies_at_its_office_has_a_code_that_its_addressee_alone_is_told(post: Post) -> None:
    post.desk.accept_item(ITEM, "AZ2002", PHONE)
    post.hear()
    assert rows(post) == []
    scan(post, "EMG")
    assert rows(post) == [("standing", True, 0)]
    [kept] = post.network.kept.values()
    said = re.search(r"Kod ([0-9]{6}):", kept.text)
    assert said is not None
    assert (kept.to, "…0015 " in kept.text, "2002" in kept.text) == (PHONE, True, True)
    [(_, state)] = told(post)
    [news] = post.desk.told("item.code")
    assert (state, news["number"], news["office"], news["form"]) == ("standing", ITEM, "2002", 1)
    assert PasswordHasher().verify(news["hash"], said[1])
    # Sent is forgotten: who reads the centre's tables learns no code.
    assert post.ask("select state, facts from messages") == [("delivered", "")]
    # Kept longer it is where it was; delivered the code is good for nothing.
    scan(post, "EDF", reason="customer_request", until="2026-12-20")
    assert len(told(post)) == 1
    scan(post, "EMI", relation="self", signed="paper", proven_by="code")
    assert [state for _, state in told(post)] == ["standing", "void"]
    assert rows(post) == [("void", False, 0)]
    assert len(post.network.kept) == 1


def test_what_moves_on_before_the_morning_is_never_told(post: Post) -> None:
    """Arrived at 22:00, taken back, arrived again: the first message is withdrawn, the second one goes."""
    post.clock.now_ms += 10 * HOUR_MS
    post.desk.accept_item(ITEM, "AZ2002", PHONE)
    arrived = scan(post, "EMG")
    assert post.states() == [("item_arrived", "created", 0)]
    post.desk.append(ops.ScanVoided(scan=arrived, number=ITEM, reason="slip"))
    post.hear()
    assert post.ask("select state, facts, next_ms from messages") == [("withdrawn", "", None)]
    assert [state for _, state in told(post)] == ["standing", "void"]
    scan(post, "EMG")
    first, _, second = told(post)
    assert (first[0] != second[0], second[1]) == (True, "standing")
    post.later(10 * HOUR_MS)
    assert [state for _, state, _ in post.states()] == ["withdrawn", "delivered"]
    assert len(post.network.kept) == 1


def test_six_wrong_tries_lock_a_code_for_everybody(post: Post) -> None:
    post.desk.accept_item(ITEM, "AZ2002", PHONE)
    scan(post, "EMG")
    [(code, _)] = told(post)
    # Another reason, and a code that is not known, count nothing.
    post.desk.append(ops.ScanRefused(raw=ITEM, event="EMI", reason="already"))
    try_wrong(post, "f" * 32, 1)
    try_wrong(post, code, WRONG_MAX - 1)
    assert rows(post) == [("standing", True, WRONG_MAX - 1)]
    try_wrong(post, code, 1)
    assert rows(post) == [("locked", False, WRONG_MAX)]
    assert told(post)[-1] == (code, "locked")
    tasks = "select owner, about from exceptions where reason = 'item_code_guessed'"
    assert post.ask(tasks) == [("security", ITEM)]
    try_wrong(post, code, 2)
    assert rows(post) == [("locked", False, WRONG_MAX)]
    assert len(post.ask(tasks)) == 1


def test_whom_nobody_can_tell_has_no_code_and_shows_a_document(post: Post) -> None:
    post.desk.accept_item(ITEM, "AZ2002")
    scan(post, "EMG")
    assert (rows(post), told(post), post.states()) == ([("none", False, 0)], [], [])
    scan(post, "EMH", reason="refused", measure="returned")
    # Back at the sender's office: nobody is told to fetch it.
    scan(post, "EMG")
    assert rows(post) == [("void", False, 0)]


def test_a_forgotten_acceptance_takes_contact_and_code_with_it(post: Post) -> None:
    post.clock.now_ms += 10 * HOUR_MS
    post.desk.accept_item(ITEM, "AZ2002", PHONE)
    scan(post, "EMG")
    [(acceptance, code)] = post.ask("select acceptance, code from pickup_codes")
    with post.centre.database.transaction() as conn:
        about = pickups.erase(conn, [acceptance], post.clock.utc_ms())
    assert about == [code]
    assert rows(post) == [("void", False, 0)]
    assert post.ask("select state, facts from messages") == [("withdrawn", "")]
    assert told(post)[-1] == (code, "void")


def test_a_desk_that_begins_at_the_office_checks_the_code_that_stands(post: Post) -> None:
    post.desk.accept_item(ITEM, "AZ2002", PHONE)
    scan(post, "EMG")
    with post.centre.database.transaction() as conn:
        code = enrolment.enrolment_code(conn, branches.add_desk(conn, "2002", 2), post.clock.utc_ms())
    second = SimDesk(post.centre.url, post.clock)
    second.enrol(code)
    post.centre.settle()
    told(post)
    second.exchange()
    assert second.told("item.code")[0]["hash"] == post.desk.told("item.code")[0]["hash"]
