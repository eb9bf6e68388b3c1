"""Posting rules: balanced, cleared, exactly undone by a reversal, and frozen for ever."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import baskets
from azpost_desk.domain import operations as ops
from azpost_desk.domain.ledger import Posting, Unbalanced, balances, checked, digest, sums
from azpost_desk.domain.money import azn
from azpost_desk.domain.postings import RULES, postings
from azpost_desk.domain.products import due_qapik
from azpost_desk.domain.reports_bodies import figures as by_bodies
from azpost_desk.domain.reports_ledger import figures as by_ledger
from azpost_desk.programs import verify
from tests.domain import test_postings_abroad, test_postings_cash, test_postings_incoming

pytestmark = pytest.mark.fast

_QAPIK = st.integers(1, 10**9)
_LINES = st.one_of(
    st.builds(
        lambda amount, vat: ops.GoodsSold(
            operation="l",
            sku="s",
            quantity=1,
            price_qapik=amount,
            amount_qapik=amount,
            vat_qapik=min(vat, amount),
            tariff="t",
        ),
        _QAPIK,
        st.integers(0, 10**6),
    ),
    st.builds(
        lambda amount, fee: ops.PaymentAccepted(
            operation="l",
            biller="0101",
            service="power",
            amount_qapik=amount,
            fee_qapik=fee,
            tariff="t",
            account="",
            told="",
        ),
        _QAPIK,
        st.integers(0, 10**6),
    ),
    st.builds(
        lambda amount, fee: ops.TransferSent(
            operation="l",
            transfer="x",
            amount_qapik=amount,
            fee_qapik=fee,
            tariff="t",
            office=None,
            purpose="family",
            parties="",
            offline=False,
            told="",
        ),
        _QAPIK,
        st.integers(0, 10**6),
    ),
    st.builds(
        lambda amount: ops.TransferPaid(
            operation="l", transfer="x", grant="g", amount_qapik=amount, receiver=""
        ),
        _QAPIK,
    ),
    st.builds(
        lambda amount, fee: ops.TransferRefunded(
            operation="l", transfer="x", grant="g", amount_qapik=amount, fee_returned_qapik=fee, receiver=""
        ),
        _QAPIK,
        st.integers(0, 10**6),
    ),
    st.builds(
        lambda amount: ops.PaymentRefunded(operation="l", payment="p", biller="0101", amount_qapik=amount),
        _QAPIK,
    ),
    st.builds(
        lambda amount, vat: ops.ItemAccepted(
            operation="l",
            number="EE",
            service="ems",
            weight_grams=1,
            amount_qapik=amount,
            vat_qapik=min(vat, amount),
            tariff="t",
            postcode="AZ1000",
            addresses="",
        ),
        _QAPIK,
        st.integers(0, 10**6),
    ),
)


def _settle(line: ops.AnyLine) -> tuple[ops.Settlement, tuple[Posting, ...]]:
    due = baskets.to_pay([line])
    body = baskets.settle("b", "1-000001", [line], f"{line.operation}-t", max(due, azn(0)), "az")
    return body, postings("d", "b", "settlement", 1, body)


@given(_LINES)
def test_every_line_balances_and_clears(line: ops.AnyLine) -> None:
    body, ledger = _settle(line)
    assert baskets.is_sound(body)
    assert not any(sums(ledger).values())
    assert balances(ledger).get((chart.CLEARING, "", "AZN"), 0) == 0
    assert balances(ledger).get((chart.TILL, "d", "AZN"), 0) == due_qapik(line)


@given(_LINES)
def test_a_line_and_its_reversal_leave_every_balance_as_before(line: ops.AnyLine) -> None:
    _, sold = _settle(line)
    _, undone = _settle(baskets.reverse(line, "r", "1-000001", "wrong", "1004"))
    assert not any(balances((*sold, *undone)).values())


@given(st.integers(-(10**6), 10**6))
def test_a_counted_difference_becomes_the_balance(difference: int) -> None:
    body = ops.TillClosed(
        till="d",
        holder="1002",
        pieces={},
        counted_qapik=10**6 + difference,
        expected_qapik=10**6,
        difference_qapik=difference,
    )
    after = balances(postings("d", "o", "till.closed", 1, body))
    assert after.get((chart.TILL, "d", "AZN"), 0) == difference
    assert after.get((chart.SURPLUS, "1002", "AZN"), 0) == -max(difference, 0)
    assert after.get((chart.SHORTAGE, "1002", "AZN"), 0) == max(-difference, 0)


@pytest.mark.parametrize("outcome", ["confirmed", "unknown"])
def test_only_a_refusal_moves_money(outcome: str) -> None:
    body = ops.PaymentResolved(
        payment="p", biller="0101", outcome=outcome, amount_qapik=100, fee_qapik=1, service="power"
    )
    assert postings("d", "o", "payment.resolved", 1, body) == ()


def test_what_was_delivered_after_all_takes_the_refusal_back_whole() -> None:
    refused = ops.PaymentResolved(
        payment="p", biller="0101", outcome="refused", amount_qapik=100, fee_qapik=1, service="power"
    )
    after_all = msgspec.structs.replace(refused, outcome=ops.DELIVERED_AFTER_ALL)
    back, forth = moved(after_all, "payment.resolved"), moved(refused, "payment.resolved")
    assert forth[chart.REFUNDS_PAYABLE, "0101", "AZN"] == -101
    assert back == {place: -minor for place, minor in forth.items()}
    # Both routines of the report say the same.
    posted = [
        ("payment.resolved", one)
        for body in (refused, after_all)
        for one in postings("d", "o", "payment.resolved", 1, body)
    ]
    assert by_ledger("d", posted, 0, 0).refunds_owed_qapik == 0
    assert by_bodies([refused, after_all], 0).refunds_owed_qapik == 0


def test_a_wrong_rule_stops() -> None:
    with pytest.raises(Unbalanced, match="differ"):
        checked([Posting("o", chart.TILL, "d", azn(1))])
    with pytest.raises(Unbalanced, match="chart"):
        checked([Posting("o", "9999", "", azn(0))])


# Released rules never change: the digest of one example of each, as it was on the day of its release.
_FROZEN: dict[tuple[str, int], tuple[ops.Body, str]] = {
    ("settlement", 1): (
        baskets.settle(
            "b",
            "1-000001",
            [
                ops.GoodsSold(
                    operation="l1",
                    sku="s",
                    quantity=2,
                    price_qapik=118,
                    amount_qapik=236,
                    vat_qapik=36,
                    tariff="t",
                ),
                ops.PaymentRefunded(operation="l2", payment="p", biller="0101", amount_qapik=50),
            ],
            "t1",
            azn(200),
            "az",
        ),
        "7432c960e446b69894460b2109c096a0",
    ),
    ("till.closed", 1): (
        ops.TillClosed(
            till="d", holder="1002", pieces={}, counted_qapik=95, expected_qapik=100, difference_qapik=-5
        ),
        "03d584ca978dacb0d13ba2d809a5a2c1",
    ),
    ("safe.supplied", 1): (
        ops.SafeSupplied(document="q", pieces={}, amount_qapik=100),
        "a4244f9ac6c69d9609f87162387416dd",
    ),
    ("cash.moved", 1): (
        ops.CashMoved(direction="to_till", purpose="float", till="d", pieces={}, amount_qapik=100),
        "093e9862b02e5e88a83184ff9de7578c",
    ),
    ("remittance.issued", 1): (
        ops.RemittanceIssued(remittance="r", from_place="safe", to_desk="e", pieces={}, amount_qapik=100),
        "89af45bb86420b606fcfdebf1ca9cb96",
    ),
    ("remittance.accepted", 1): (
        ops.RemittanceAccepted(remittance="r", from_desk="e", to_place="till", pieces={}, amount_qapik=100),
        "c9f6f80e81b079880929e642f77e9394",
    ),
    ("payment.resolved", 1): (
        ops.PaymentResolved(
            payment="p", biller="0101", outcome="refused", amount_qapik=100, fee_qapik=1, service="power"
        ),
        "295332bbcbcfdeecd1ba3363feaa382b",
    ),
    ("payment.delivered", 1): (
        ops.PaymentDelivered(payment="p", biller="0101", amount_qapik=100, provider_reference="x"),
        "de83b8fc545a8a3591680866d403811e",
    ),
    ("payment.returned", 1): (
        ops.PaymentReturned(payment="p", biller="9001", amount_qapik=100),
        "5c9e82d40a316a2242eb10cecb038dab",
    ),
    ("payment.claimed", 1): (
        ops.PaymentClaimed(payment="p", biller="0101", amount_qapik=100),
        "0c8090fb901d0790e8ebd5d9de497d23",
    ),
    ("payment.claim_ended", 1): (
        ops.PaymentClaimEnded(payment="p", biller="0101", amount_qapik=100, outcome="borne", desk="d"),
        "3a0aa7261820fe34d9593d124ba3e693",
    ),
    ("bills.settled", 1): (
        ops.BillsSettled(settlement="s", biller="0101", count=2, amount_qapik=100),
        "abf6f984f884c635963bd8bbe540a4d5",
    ),
    ("bills.commissioned", 1): (
        ops.BillsCommissioned(settlement="s", biller="0101", commission_qapik=3),
        "d6885e10cc339d69a9bf05632c2fdf2b",
    ),
    ("correction.accepted", 1): (
        ops.CorrectionAccepted(proposal="p", sort="shortage_cleared", amount_qapik=100, holder="1002"),
        "2832ecf8c84f6ae7274a189ed3cf301c",
    ),
    **test_postings_cash.FROZEN,
    **test_postings_abroad.FROZEN,
    **test_postings_incoming.FROZEN,
}


_PEOPLE = {"first_person": "a", "second_person": "b", "evidence": "e"}
_DOUBT = ops.DoubtResolved(
    grant="g", thing="t", purpose="pay", outcome="paid", amount_qapik=100, desk="d", epoch=1, **_PEOPLE
)
_SETTLED = ops.DoubtSettled(grant="g", thing="t", outcome="double", amount_qapik=100, desk="d", record="r")
_JUDGED = ops.ContestedJudged(
    desk="d",
    epoch=1,
    sequence=7,
    hash="h",
    decision="confirmed",
    posted=False,
    operation="x",
    kind="safe.supplied",
    version=1,
    body='{"document":"q","pieces":{},"amount_qapik":100}',
    **_PEOPLE,
)
_UNCLAIMED = ops.TransferUnclaimed(transfer="x", amount_qapik=100, days=30)
_CREDITED = ops.QrCredited(reference="T1", request="r", amount_qapik=100)
_SENT_BACK = ops.QrSentBack(back="b", reference="T1", amount_qapik=100)
_RECLAIMED = ops.TransferReclaimed(transfer="x", amount_qapik=100, grant="g")
_FROZEN |= {
    ("qr.credited", 1): (_CREDITED, "5a8f8987f8721500719be2097bf77db4"),
    ("qr.sent_back", 1): (_SENT_BACK, "5c996cdeeb4882bd968b13d7c1a8caf5"),
    ("transfer.unclaimed", 1): (_UNCLAIMED, "efaa345322a6f2ab20e25e93c47ee5b5"),
    ("transfer.reclaimed", 1): (_RECLAIMED, "6ab1d79fb55af4acb262b4b289353eee"),
    ("doubt.resolved", 1): (_DOUBT, "0e880afa717ce9d578ea87eb4b84200f"),
    ("doubt.settled", 1): (_SETTLED, "c0969f77c4cba383a735a13a92f6a8b0"),
    ("contested.judged", 1): (_JUDGED, "9b5404b4772f8b7b06ea5673fcac1c41"),
}


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_released_rule_never_changes(rule: tuple[str, int]) -> None:
    body, released = _FROZEN[rule]
    assert digest(postings("d", "o", *rule, body)) == released


def moved(body: ops.Body, kind: str) -> dict[tuple[str, str, str], int]:
    return balances(postings("centre-1", "o", kind, 1, body))


def test_what_nobody_fetched_is_kept_apart_and_owed_again_when_its_sender_comes() -> None:
    owed, apart = (chart.TRANSFERS_PAYABLE, "", "AZN"), (chart.UNCLAIMED, "", "AZN")
    assert moved(_UNCLAIMED, "transfer.unclaimed") == {owed: 100, apart: -100}
    assert moved(_RECLAIMED, "transfer.reclaimed") == {owed: -100, apart: 100}


def test_the_rails_credit_stands_against_what_desks_took_by_code_until_it_goes_back() -> None:
    rail, by_code = (chart.RAIL, "", "AZN"), (chart.QR_RECEIVABLE, "", "AZN")
    assert moved(_CREDITED, "qr.credited") == {rail: 100, by_code: -100}
    assert moved(_SENT_BACK, "qr.sent_back") == {rail: -100, by_code: 100}


def test_what_a_lost_desk_paid_waits_on_its_doubtful_account_until_its_record_shows_it() -> None:
    owed, doubtful = (chart.TRANSFERS_PAYABLE, "", "AZN"), (chart.DOUBTFUL, "d", "AZN")
    assert moved(_DOUBT, "doubt.resolved") == {owed: 100, doubtful: -100}
    assert moved(msgspec.structs.replace(_DOUBT, outcome="not_paid"), "doubt.resolved") == {}
    confirmed = msgspec.structs.replace(_SETTLED, outcome="confirmed")
    assert moved(confirmed, "doubt.settled") == {owed: -100, doubtful: 100}
    assert moved(_SETTLED, "doubt.settled") == {owed: -100, (chart.RISK, "d", "AZN"): 100}


def test_a_judged_record_posts_once_or_is_taken_back_once() -> None:
    own = moved(ops.SafeSupplied(document="q", pieces={}, amount_qapik=100), "safe.supplied")
    own = {(account, "d" if sub else "", currency): minor for (account, sub, currency), minor in own.items()}
    assert moved(_JUDGED, "contested.judged") == own
    again = msgspec.structs.replace(_JUDGED, posted=True)
    assert moved(again, "contested.judged") == {}
    rejected = msgspec.structs.replace(again, decision="rejected")
    assert moved(rejected, "contested.judged") == {place: -minor for place, minor in own.items()}
    never = msgspec.structs.replace(_JUDGED, decision="rejected", body="")
    assert moved(never, "contested.judged") == {}


@pytest.mark.parametrize("rule", sorted(one for one in _FROZEN if one[0] not in ops.CENTRE_KINDS), ids=str)
def test_the_verifier_moves_the_same_cash_by_the_body_alone(rule: tuple[str, int]) -> None:
    """It has rules of its own: it believes no program of ours."""
    body, _ = _FROZEN[rule]
    moved = [
        sum(one.amount.minor for one in postings("d", "o", *rule, body) if one.account == account)
        for account in (chart.TILL, chart.SAFE)
    ]
    if moved != [0, 0] or rule[0] == "till.closed":
        assert verify.cash_moved(*rule, msgspec.to_builtins(body)) == tuple(moved)
