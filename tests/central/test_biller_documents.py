"""A biller is not set while the example of its number would be refused at its own counter."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from azpost_desk.central.registry.billers import check_billers
from azpost_desk.central.registry.files import WrongFile
from azpost_desk.domain.account_checks import AccountCheck
from azpost_desk.domain.catalogue import Biller, Billers
from azpost_desk.domain.notices import NoticeRules, Way
from azpost_desk.rehearsal.town import billers

GOOD = next(one for one in billers().billers if one.check is not None)


def notices(mask: str) -> Biller:
    way = Way(by="notice", mask=mask, example="EB 0123456789")
    return replace(GOOD, notices=NoticeRules(ways=(replace(way, mask=".*"), way)))


def test_what_the_rehearsal_sells_is_set() -> None:
    check_billers("billers.toml", billers())
    check_billers("billers.toml", Billers(billers=(notices("EB[0-9]{10}"),)))
    spaced = " ".join(GOOD.account_example)
    check_billers("billers.toml", Billers(billers=(replace(GOOD, account_example=spaced),)))


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        (replace(GOOD, account_mask="[0-9]{3}"), "account_example"),
        (replace(GOOD, account_mask="[0-9"), "account_example"),
        (replace(GOOD, check=AccountCheck(rule="mod11", weights=(1, 2))), "account_example"),
        (replace(GOOD, account_example=GOOD.account_example[:-1] + "x"), "account_example"),
        (notices("[0-9]{10}"), "notices.ways[2].example"),
        (notices("EB[0-9]{10"), "notices.ways[2].example"),
    ],
)
def test_an_example_that_its_own_rule_refuses_is_refused_with_its_place(wrong: Biller, place: str) -> None:
    with pytest.raises(WrongFile, match="P-075") as no:
        check_billers("billers.toml", Billers(billers=(GOOD, wrong)))
    assert no.value.facts["place"] == f"billers[2].{place}"
