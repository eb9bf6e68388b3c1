"""What every connector to a biller holds, whatever it speaks: each over real sockets against its sandbox."""

from __future__ import annotations

import itertools
import socket
from typing import TYPE_CHECKING, Protocol, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azpost_desk.central.gateways import osmp
from azpost_desk.central.gateways.bill_json import JsonBiller
from azpost_desk.central.gateways.billers import Checked, Confirmed, Conflict, RefusedByBiller, Unknown
from azpost_desk.central.gateways.osmp import OsmpBiller
from azpost_desk.domain.money import azn
from azpost_desk.rehearsal.json_providers import BILLER_KEY, JsonProvider
from azpost_desk.rehearsal.providers import FaultKind, SandboxProvider, Subscriber

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from azpost_desk.central.gateways.billers import Biller, Outcome

ACCOUNT = "1012345678"
PAID_AT = 1_774_989_000_000
NOW = 1_774_989_005_000


class Client(Protocol):
    """A connector by the limit of its answers."""

    def __call__(self, url: str, answer_s: float = 20) -> Biller: ...


def by_osmp(url: str, answer_s: float = 20) -> Biller:
    return OsmpBiller(url, now_ms=lambda: NOW, answer_s=answer_s)


def by_osmp_asked(url: str, answer_s: float = 20) -> Biller:
    return OsmpBiller(url, now_ms=lambda: NOW, answer_s=answer_s, has_status=True)


def by_json(url: str, answer_s: float = 20) -> Biller:
    return JsonBiller(url, BILLER_KEY, now_ms=lambda: NOW, answer_s=answer_s)


class Side:
    """A sandbox and who speaks with it."""

    def __init__(self, provider: SandboxProvider, client: Client) -> None:
        self.provider, self.client = provider, client

    def line(self, answer_s: float = 20) -> Biller:
        return self.client(self.provider.url, answer_s)

    def clear(self) -> None:
        server = self.provider
        server.mend()
        server.paid.clear()
        server.refused.clear()
        server.requests.clear()
        server.accounts.clear()
        server.accounts[ACCOUNT] = Subscriber(debt_qapik=3_845, holder="Əliyev Vəli")
        server.min_qapik, server.max_qapik = 100, 50_000

    def payments(self) -> list[dict[str, str]]:
        """The requests to pay, in order."""
        return [form for form in self.provider.requests if form["command"] == "pay"]


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((SandboxProvider, by_osmp), id="osmp"),
        pytest.param((SandboxProvider, by_osmp_asked), id="osmp that can be asked"),
        pytest.param((JsonProvider, by_json), id="json"),
    ],
)
def standing(request: pytest.FixtureRequest) -> Iterator[Side]:
    sandbox, client = request.param
    with sandbox() as provider:
        yield Side(provider, client)


@pytest.fixture
def side(standing: Side) -> Side:
    standing.clear()
    return standing


_NUMBERS = itertools.count(1)


def new_number() -> int:
    """Numbers never come twice: the provider remembers what it saw under each."""
    return next(_NUMBERS)


def test_a_payment_is_credited_once_and_a_repetition_gets_the_same_answer(side: Side) -> None:
    number, biller = new_number(), side.line()
    first = biller.pay(number, ACCOUNT, azn(1_050), PAID_AT)
    assert first == Confirmed("SB00000001", NOW)
    assert biller.pay(number, ACCOUNT, azn(1_050), PAID_AT) == first
    assert biller.status(number, ACCOUNT, azn(1_050), PAID_AT) == first
    assert side.provider.accounts[ACCOUNT].debt_qapik == 3_845 - 1_050


def test_a_check_shows_debt_and_a_masked_name(side: Side) -> None:
    biller = side.line()
    assert biller.check(ACCOUNT) == Checked(azn(3_845), "Ə*** V***", "", {})
    assert biller.check(ACCOUNT, azn(60_000)) == RefusedByBiller(242, "sum_too_large")
    assert biller.check("404") == RefusedByBiller(5, "account_not_found")
    side.provider.accounts[ACCOUNT].debt_qapik = -505
    ahead = biller.check(ACCOUNT)
    assert isinstance(ahead, Checked)
    assert ahead.debt == azn(-505)
    side.provider.fail_next("malformed")
    unread = biller.check(ACCOUNT)
    assert isinstance(unread, Unknown)
    assert unread.why == "malformed"
    assert not side.provider.paid


def test_every_final_no_refuses_for_good(side: Side) -> None:
    biller = side.line()
    for code, word in osmp.FATAL.items():
        number = new_number()
        side.provider.fail_next("result", code=code)
        assert biller.pay(number, ACCOUNT, azn(1_000), PAID_AT) == RefusedByBiller(code, word)
        assert biller.pay(number, ACCOUNT, azn(1_000), PAID_AT) == RefusedByBiller(code, word)
    assert not side.provider.paid


def test_an_answer_that_is_not_final_is_asked_again(side: Side) -> None:
    biller = side.line()
    for code, why in ((1, "pending"), (90, "pending"), (777, "unlisted_code")):
        number = new_number()
        side.provider.fail_next("result", code=code, times=2)
        for _ in range(2):
            outcome = biller.pay(number, ACCOUNT, azn(1_000), PAID_AT)
            assert isinstance(outcome, Unknown)
            assert (outcome.why, outcome.incident) == (why, False)
        assert isinstance(biller.pay(number, ACCOUNT, azn(1_000), PAID_AT), Confirmed)


def test_the_biller_says_no_by_itself(side: Side) -> None:
    side.provider.accounts["2"] = Subscriber(active=False)
    biller = side.line()
    answers = [
        biller.pay(new_number(), account, azn(qapik), PAID_AT)
        for account, qapik in (("404", 500), ("2", 500), (ACCOUNT, 99), (ACCOUNT, 50_001))
    ]
    assert [answer.code for answer in answers if isinstance(answer, RefusedByBiller)] == [5, 79, 241, 242]


def test_the_same_number_with_other_content_is_a_conflict(side: Side) -> None:
    number, biller = new_number(), side.line()
    first = biller.pay(number, ACCOUNT, azn(1_000), PAID_AT)
    assert isinstance(biller.pay(number, ACCOUNT, azn(1_001), PAID_AT), Conflict)
    assert biller.pay(number, ACCOUNT, azn(1_000), PAID_AT) == first
    assert side.provider.paid[number].sum_qapik == 1_000


def test_a_true_question_pays_nothing(side: Side) -> None:
    number, biller = new_number(), side.line()
    if not biller.can_be_asked:
        # There a question is the payment repeated.
        assert isinstance(biller.status(number, ACCOUNT, azn(1_000), PAID_AT), Confirmed)
        return
    asked = biller.status(number, ACCOUNT, azn(1_000), PAID_AT)
    assert isinstance(asked, Unknown)
    assert asked.why == "not_registered"
    assert not side.provider.paid
    side.provider.fail_next("answer_lost")
    assert isinstance(biller.pay(number, ACCOUNT, azn(1_000), PAID_AT), Unknown)
    assert biller.status(number, ACCOUNT, azn(1_000), PAID_AT) == Confirmed("SB00000001", NOW)
    assert len(side.payments()) == 1


UNSENDABLE: dict[str, Callable[[Biller], object]] = {
    "number 0": lambda biller: biller.pay(0, ACCOUNT, azn(100), PAID_AT),
    "21 digits": lambda biller: biller.pay(10**20, ACCOUNT, azn(100), PAID_AT),
    "no account": lambda biller: biller.pay(1, "", azn(100), PAID_AT),
    "long account": lambda biller: biller.pay(1, "1" * 201, azn(100), PAID_AT),
    "line break": lambda biller: biller.check("1\n2"),
    "nothing": lambda biller: biller.pay(1, ACCOUNT, azn(0), PAID_AT),
}


@pytest.mark.parametrize("send", UNSENDABLE.values(), ids=UNSENDABLE)
def test_what_could_never_be_sent_is_not_sent(side: Side, send: Callable[[Biller], object]) -> None:
    with pytest.raises(ValueError, match=r"digits|account|sum"):
        send(side.line())
    assert not side.provider.requests


def test_twenty_digits_travel_whole(side: Side) -> None:
    number = 10**20 - new_number()
    assert isinstance(side.line().pay(number, ACCOUNT, azn(100), PAID_AT), Confirmed)
    assert list(side.provider.paid) == [number]


WHY_BY_FAULT: dict[FaultKind, tuple[str, bool]] = {
    # fault: what the connector says, whether the biller credited the payment
    "no_answer": ("no_connection", False),
    "hang": ("timeout", False),
    "error_500": ("http_status", False),
    "redirect": ("http_status", False),
    "result": ("pending", False),
    "denied": ("pending", False),
    "answer_lost": ("no_connection", True),
    "slow": ("timeout", True),
    "drip": ("timeout", True),
    "truncated": ("no_connection", True),
    "malformed": ("malformed", True),
    "huge": ("too_large", True),
    "entity_bomb": ("malformed", True),
    "wrong_number": ("wrong_number", True),
    "wrong_sum": ("wrong_sum", True),
    "no_sum": ("malformed", True),
}
# Seen only by a time limit running out; few, because each costs its time.
WAITING = {"hang", "slow", "drip"}


def test_the_table_of_faults_is_complete() -> None:
    assert set(WHY_BY_FAULT) == set(get_args(FaultKind))


@pytest.mark.parametrize("kind", get_args(FaultKind))
def test_each_fault_is_unknown_and_a_repetition_confirms(side: Side, kind: FaultKind) -> None:
    number = new_number()
    side.provider.fail_next(kind)
    why, credited = WHY_BY_FAULT[kind]
    outcome = side.line(0.4 if kind in WAITING else 20).pay(number, ACCOUNT, azn(1_000), PAID_AT)
    assert isinstance(outcome, Unknown), outcome
    assert outcome.why == why
    assert outcome.incident == kind.startswith("wrong")
    assert (number in side.provider.paid) == credited
    assert isinstance(side.line().pay(number, ACCOUNT, azn(1_000), PAID_AT), Confirmed)
    first, second = side.provider.requests
    assert first == second
    assert side.provider.accounts[ACCOUNT].debt_qapik == 2_845


def test_nothing_can_have_left_where_no_connection_came_about(standing: Side) -> None:
    with socket.socket() as closed:
        # Bound and never listening: nobody else can take the port, and nobody answers at it.
        closed.bind(("127.0.0.1", 0))
        biller = standing.client(f"http://127.0.0.1:{closed.getsockname()[1]}/")
        outcome = biller.pay(1, ACCOUNT, azn(100), PAID_AT)
    assert outcome == Unknown("not_reached", "ConnectionError")


def test_a_proxy_of_the_environment_is_not_used(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    assert isinstance(side.line().pay(new_number(), ACCOUNT, azn(100), PAID_AT), Confirmed)


Faults = st.lists(
    st.one_of(
        st.sampled_from(sorted(set(WHY_BY_FAULT) - WAITING - {"result", "denied"})).map(lambda k: (k, 0)),
        st.sampled_from([1, 90, 5, 32, 242, 777]).map(lambda code: ("result", code)),
    ),
    max_size=6,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(faults=Faults, asks=st.lists(st.booleans(), min_size=7, max_size=7))
def test_whatever_goes_wrong_both_sides_end_with_the_same_story(
    standing: Side, faults: list[tuple[FaultKind, int]], asks: list[bool]
) -> None:
    standing.clear()
    server, number, biller = standing.provider, new_number(), standing.line()
    for kind, code in faults:
        server.fail_next(kind, code=code)
    outcome: Outcome = biller.pay(number, ACCOUNT, azn(1_000), PAID_AT)
    tries = iter([*asks, *[False] * 8])
    while isinstance(outcome, Unknown):
        call = biller.status if next(tries) else biller.pay
        outcome = call(number, ACCOUNT, azn(1_000), PAID_AT)
    confirmed = isinstance(outcome, Confirmed)
    assert confirmed or isinstance(outcome, RefusedByBiller)
    assert [paid.txn_id for paid in server.register()] == ([number] if confirmed else [])
    assert server.accounts[ACCOUNT].debt_qapik == 3_845 - 1_000 * confirmed
