"""Every line has the rules of one product, and no two products speak of the same thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import pytest

from azpost_desk.domain import accounts, products
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import SERVICES as CATALOGUE
from azpost_desk.domain.catalogue import Licence, Licences
from azpost_desk.domain.refusals import Refused
from tests.domain.test_postings_of_lines import SOLD

if TYPE_CHECKING:
    from azpost_desk.domain.products.base import LineRule, Product

pytestmark = pytest.mark.fast

RULES = [rule for product in products.PRODUCTS for rule in product.rules]


def test_every_line_that_can_be_sold_has_its_rules_once() -> None:
    assert len({rule.line for rule in RULES}) == len(RULES)
    assert {rule.line for rule in RULES} == set(get_args(ops.Sold))
    assert set(get_args(ops.AnyLine)) == {*get_args(ops.Sold), ops.LineReversed}


def test_services_are_known_to_the_catalogue_and_stand_once() -> None:
    assert len(set(products.SERVICES)) == len(products.PRODUCTS)
    assert set(products.SERVICES) <= set(CATALOGUE)


def test_every_service_has_an_account_of_its_own() -> None:
    """The first report routine knows a sale by the account that only its service uses."""
    owned = {account.service for account in accounts.CHART.values() if account.service}
    assert owned == set(products.SERVICES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.line.__struct_config__.tag))
def test_a_line_posts_to_accounts_of_its_own_service_and_of_no_other(rule: LineRule[Any]) -> None:
    line = SOLD[str(rule.line.__struct_config__.tag)].line
    posted = {accounts.CHART[one.account].service for one in products.postings_of(line)} - {""}
    assert posted == {products.service_of(line)}


def test_a_group_of_personal_data_is_the_same_wherever_it_stands_and_its_line_commits_to_it() -> None:
    for rule in RULES:
        for group, holds in rule.groups.items():
            assert products.GROUPS[group] is holds
            assert group in rule.line.__struct_fields__


def test_what_cannot_be_undone_says_why() -> None:
    assert all(bool(rule.reversal.code) is (rule.reversal.when != "always") for rule in RULES)


@pytest.mark.parametrize("service", ["customs", "loans", ""])
def test_no_service_that_is_no_product_may_be_sold(service: str) -> None:
    """Also when somebody has written a licence for it: an unknown service has no rules to be sold by."""
    granted = Licence(service=service, number="1", valid_from="2026-01-01", valid_to="2026-12-31")
    with pytest.raises(Refused, match="G-030"):
        Licences(licences=(granted,)).require(service, "2026-11-30")


@pytest.mark.parametrize("product", products.PRODUCTS, ids=lambda product: product.service)
def test_a_licence_is_asked_for_where_the_law_asks_for_one(product: Product) -> None:
    if product.licensed:
        with pytest.raises(Refused, match="G-031"):
            Licences().require(product.service, "2026-11-30")
    else:
        Licences().require(product.service, "2026-11-30")
