"""The sandbox provider keeps its own promises: it must not be kinder than the protocol."""

import re

import pytest

from azpost_desk.central.gateways.billers import Checked, Confirmed, RefusedByBiller
from azpost_desk.central.gateways.osmp import OsmpBiller
from azpost_desk.domain.money import azn
from azpost_desk.rehearsal.providers import DEMO_BILLERS, SandboxProvider

AT = 1_774_989_000_000


@pytest.mark.fast
def test_demo_accounts_have_the_form_of_their_biller() -> None:
    numbers = [account for biller in DEMO_BILLERS for account in biller["accounts"]]
    assert len(numbers) == len(set(numbers))
    for biller in DEMO_BILLERS:
        assert re.fullmatch(r"\d{4}", biller["id"])
        assert set(biller["names"]) == {"az", "ru", "en"}
        assert all(re.fullmatch(biller["mask"], account) for account in biller["accounts"])


def test_every_demo_account_can_be_checked_and_paid() -> None:
    with SandboxProvider(DEMO_BILLERS) as provider:
        number = 0
        for biller in DEMO_BILLERS:
            line = OsmpBiller(provider.url, prv_id=biller["id"], now_ms=lambda: AT)
            for account, facts in biller["accounts"].items():
                number += 1
                checked = line.check(account)
                assert isinstance(checked, Checked)
                assert checked.debt == azn(facts["debt_qapik"])
                assert re.fullmatch(r"\w\*\*\* \w\*\*\*", checked.holder)
                assert isinstance(line.pay(number, account, azn(500), AT), Confirmed)
        assert len(provider.register("20260401")) == number
        assert provider.register("20260331") == []


def test_accounts_of_one_biller_are_unknown_to_another() -> None:
    with SandboxProvider(DEMO_BILLERS) as provider:
        gas = OsmpBiller(provider.url, prv_id="1002", now_ms=lambda: AT)
        assert gas.check("1012345678") == RefusedByBiller(4, "bad_account_format")
        assert gas.check("20999999999") == RefusedByBiller(5, "account_not_found")


def test_a_fault_may_wait_for_its_account() -> None:
    with SandboxProvider(DEMO_BILLERS) as provider:
        power = OsmpBiller(provider.url, prv_id="1001", now_ms=lambda: AT)
        provider.fail_next("result", account="1023456789", code=79)
        assert isinstance(power.check("1012345678"), Checked)
        assert power.check("1023456789") == RefusedByBiller(79, "account_not_active")
        assert isinstance(power.check("1023456789"), Checked)


def test_an_injected_refusal_does_not_undo_a_credit() -> None:
    with SandboxProvider(DEMO_BILLERS) as provider:
        power = OsmpBiller(provider.url, prv_id="1001", now_ms=lambda: AT)
        first = power.pay(7, "1012345678", azn(500), AT)
        provider.fail_next("result", code=7)
        assert power.pay(7, "1012345678", azn(500), AT) == first
        assert provider.accounts["1012345678"].debt_qapik == 3_345
