"""Every line that can be sold can be told, and one that has a paper of its own can draw it."""

from __future__ import annotations

from typing import get_args

import pytest

from azpost_desk.domain import products
from azpost_desk.domain.lines import Sold
from azpost_desk.services.lines import WORDS
from azpost_desk.services.lines.base import no_paper

pytestmark = pytest.mark.fast


def test_every_line_is_told_once() -> None:
    assert set(WORDS) == set(get_args(Sold))


def test_a_line_draws_a_paper_where_its_product_says_that_it_has_one() -> None:
    rules = [rule for product in products.PRODUCTS for rule in product.rules]
    drawn = {line for line, words in WORDS.items() if words.paper is not no_paper}
    assert drawn == {rule.line for rule in rules if rule.papers}
