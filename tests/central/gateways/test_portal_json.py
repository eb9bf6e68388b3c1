"""A state portal over real sockets: what its answers mean, and what no answer of it can be taken for."""

from __future__ import annotations

import itertools
import socket
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azpost_desk.central.gateways.billers import Confirmed, Conflict, RefusedByBiller, Unknown
from azpost_desk.central.gateways.portal_json import REFUSALS, JsonPortal
from azpost_desk.central.gateways.portals import NOTICES_MAX, NoticeOrder
from azpost_desk.domain.money import azn
from azpost_desk.rehearsal.portals import PORTAL_KEY, FaultKind, Owing, SandboxPortal

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = 1_795_000_000_000
NUMBER = "EB2026000123"
_NUMBERS = itertools.count(1)


def owing(amount_qapik: int = 4_500, **values: object) -> Owing:
    facts = {
        "notice": "n-1",
        "number": NUMBER,
        "keys": {"notice": NUMBER, "fin": "5ABCDE7"},
        "authority": {"az": "Dövlət Agentliyi"},
        "purpose": {"az": "Rüsum"},
        "payer": "Əliyev Vəli",
    }
    return Owing(amount_qapik=amount_qapik, **(facts | values))  # type: ignore[arg-type]


@pytest.fixture
def portal() -> Iterator[SandboxPortal]:
    with SandboxPortal([owing()]) as portal:
        yield portal


def client(portal: SandboxPortal, key: str = PORTAL_KEY) -> JsonPortal:
    return JsonPortal(portal.url, key, now_ms=lambda: NOW, connect_s=2, answer_s=2)


def order(amount_qapik: int = 4_500, version: str = "1", notice: str = "n-1") -> NoticeOrder:
    return NoticeOrder(next(_NUMBERS), notice, version, azn(amount_qapik), NOW)


def test_a_notice_is_found_by_its_number_and_by_its_payer(portal: SandboxPortal) -> None:
    for by, value in (("notice", NUMBER), ("fin", "5ABCDE7")):
        [found] = client(portal).find(by, value)  # type: ignore[misc]
        assert (found.notice, found.version, found.number) == ("n-1", "1", NUMBER)
        assert (found.amount_qapik, found.payer, found.state) == (4_500, "Ə*** V***", "open")
    assert client(portal).find("notice", "EB2026000999") == ()


def test_what_is_paid_has_its_central_number_and_a_repetition_gets_the_same(portal: SandboxPortal) -> None:
    wanted = order()
    first = client(portal).pay_notice(wanted)
    assert isinstance(first, Confirmed)
    assert first.provider_reference.startswith("HOP")
    assert client(portal).pay_notice(wanted) == first
    assert client(portal).notice_status(wanted) == first
    assert len(portal.register()) == 1


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (order(notice="n-2"), "unknown_notice"),
        (order(version="0"), "changed"),
        (order(1_000), "part_not_allowed"),
    ],
)
def test_a_no_names_its_reason(portal: SandboxPortal, wanted: NoticeOrder, reason: str) -> None:
    outcome = client(portal).pay_notice(wanted)
    assert isinstance(outcome, RefusedByBiller)
    assert (outcome.reason, outcome.code) == (reason, REFUSALS[reason])


def test_a_notice_that_somebody_else_paid_is_refused(portal: SandboxPortal) -> None:
    client(portal).pay_notice(order())
    outcome = client(portal).pay_notice(order(version="2"))
    assert isinstance(outcome, RefusedByBiller)
    assert outcome.reason == "already_paid"


def test_the_same_number_for_other_content_is_an_incident(portal: SandboxPortal) -> None:
    wanted = order()
    client(portal).pay_notice(wanted)
    other = NoticeOrder(wanted.txn_id, "n-1", "1", azn(100), NOW)
    assert isinstance(client(portal).pay_notice(other), Conflict)


WHY_BY_FAULT: dict[FaultKind, tuple[str, bool]] = {
    # fault: what the client says, whether the portal took the payment
    "no_answer": ("no_connection", False),
    "error_500": ("http_status", False),
    "redirect": ("http_status", False),
    "answer_lost": ("no_connection", True),
    "malformed": ("malformed", True),
    "wrong_number": ("wrong_number", True),
    "wrong_sum": ("wrong_sum", True),
    "no_number": ("unlisted_code", True),
}


def test_the_table_of_faults_is_complete() -> None:
    assert set(WHY_BY_FAULT) == set(get_args(FaultKind)) - {"denied"}


@pytest.mark.parametrize("kind", sorted(WHY_BY_FAULT))
def test_each_fault_is_unknown_and_a_question_says_what_is_so(portal: SandboxPortal, kind: FaultKind) -> None:
    """MC-11: a path that is gone, a redirect, an echo that is not ours are no answers."""
    why, done = WHY_BY_FAULT[kind]
    portal.fail_next(kind)
    wanted = order()
    outcome = client(portal).pay_notice(wanted)
    assert isinstance(outcome, Unknown)
    assert outcome.why == why
    assert (len(portal.register()) == 1) is done
    asked = client(portal).notice_status(wanted)
    if done:
        assert isinstance(asked, Confirmed)
    else:
        assert asked == Unknown("not_registered")
    assert isinstance(client(portal).pay_notice(wanted), Confirmed)
    assert len(portal.register()) == 1


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(faults=st.lists(st.sampled_from(sorted(WHY_BY_FAULT)), max_size=6))
def test_whatever_goes_wrong_both_sides_end_with_the_same_story(faults: list[FaultKind]) -> None:
    with SandboxPortal([owing()]) as portal:
        for kind in faults:
            portal.fail_next(kind)
        at, wanted = client(portal), order()
        outcome = at.pay_notice(wanted)
        while isinstance(outcome, Unknown):
            outcome = at.notice_status(wanted)
            if outcome == Unknown("not_registered"):
                outcome = at.pay_notice(wanted)
        assert isinstance(outcome, Confirmed)
        assert [one.txn for one in portal.register()] == [str(wanted.txn_id)]


def test_a_wrong_key_is_no_word_about_the_money(portal: SandboxPortal) -> None:
    assert client(portal, "another").pay_notice(order()) == Unknown("http_status", "401")
    assert client(portal, "another").find("notice", NUMBER) == Unknown("http_status", "401")


def test_nothing_can_have_left_where_no_connection_came_about() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        at = JsonPortal(f"http://127.0.0.1:{closed.getsockname()[1]}", "k", now_ms=lambda: NOW)
        outcome = at.pay_notice(order())
    assert outcome == Unknown("not_reached", "ConnectionError")


@pytest.mark.parametrize(
    "values",
    [
        {"amount_qapik": 0},
        {"least_qapik": 5_000},
        {"number": "\u200b"},
        {"authority": {}},
        {"purpose": {"az": "\u200b"}},
        {"authority": {"\u202e": "DİN"}},
        # Said back to the portal they would be others.
        {"notice": "n\u200b1"},
        {"notice": "n" * 201},
        {"version": "1\u200b"},
    ],
)
def test_a_notice_that_cannot_be_true_is_no_answer(values: dict[str, object]) -> None:
    with SandboxPortal([owing(**({"amount_qapik": 4_500} | values))]) as portal:  # type: ignore[arg-type]
        next(iter(portal.notices.values())).keys["notice"] = NUMBER
        assert isinstance(client(portal).find("notice", NUMBER), Unknown)


def test_a_list_in_which_one_id_says_two_things_is_no_answer(portal: SandboxPortal) -> None:
    portal.notices["again"] = owing(1)
    assert client(portal).find("notice", NUMBER) == Unknown("malformed", "two notices under one id")


def test_somebody_with_a_hundred_notices_in_three_languages_is_answered() -> None:
    said = dict.fromkeys(("az", "ru", "en"), "Yol hərəkəti qaydalarının pozulması " * 5)
    many = [owing(notice=f"n-{at}", authority=said, purpose=said) for at in range(100)]
    with SandboxPortal(many) as portal:
        found = client(portal).find("fin", "5ABCDE7")
    assert isinstance(found, tuple)
    assert len(found) == 100


def test_another_notice_than_the_one_asked_for_is_no_answer() -> None:
    with SandboxPortal([owing(number="EB2026000999")]) as portal:
        assert client(portal).find("notice", NUMBER) == Unknown("wrong_number")
        # Found by its payer it is what it says.
        [found] = client(portal).find("fin", "5ABCDE7")  # type: ignore[misc]
        assert found.number == "EB2026000999"


def test_names_are_kept_in_the_languages_that_are_read_here() -> None:
    names = {"az": "DİN", "en": "\u200b", "ru": "МВД", "\u202ede": "x", "de": "y"}
    with SandboxPortal([owing(authority=names)]) as portal:
        [found] = client(portal).find("notice", NUMBER)  # type: ignore[misc]
        assert found.authority == {"az": "DİN", "ru": "МВД"}


@pytest.mark.parametrize(
    ("by", "value"), [("name", "x"), ("notice", ""), ("notice", "a\n"), ("fin", "x" * 201)]
)
def test_what_could_never_be_asked_is_not_asked(portal: SandboxPortal, by: str, value: str) -> None:
    with pytest.raises(ValueError, match="search"):
        client(portal).find(by, value)
    assert portal.requests == []


def test_who_has_more_notices_than_are_shown_is_known_to_have_more() -> None:
    many = [
        owing(notice=f"n-{n}", number=f"EB20260{n:05d}", keys={"fin": "5ABCDE7"})
        for n in range(NOTICES_MAX + 5)
    ]
    with SandboxPortal(many) as portal:
        found = client(portal).find("fin", "5ABCDE7")
    assert isinstance(found, tuple)
    assert len(found) == NOTICES_MAX + 1
