"""H-06: a release turned a sign, and reversing 13,910 made 27,820."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain import baskets
from azpost_desk.domain import operations as ops
from azpost_desk.domain.lines import AbroadSent
from azpost_desk.domain.money import azn
from azpost_desk.domain.postings import postings
from tests.storage.play_abroad import terms

pytestmark = pytest.mark.fast

AMOUNT = st.integers(1, 2_000_000)
# The fields of a line that are money; the others only name things.
_WORDS = {
    "operation": "line-1", "transfer": "t-1", "grant": "g-1", "payment": "p-1", "biller": "1001",
    "service": "mobile", "sku": "S060", "tariff": "demo", "purpose": "family", "number": "EE000000014AZ",
    "postcode": "AZ1010",
}  # fmt: skip
KINDS = get_args(ops.Sold)


def line_of(kind: type[ops.Body], amount: int, part: int) -> ops.AnyLine:
    """A line of `kind` over `amount`, with `part` of it as fee or VAT."""
    values: dict[str, object] = {}
    for name in kind.__struct_fields__:
        if name == "amount_qapik":
            values[name] = amount
        elif name.endswith("_qapik"):
            values[name] = part
        elif name in _WORDS:
            values[name] = _WORDS[name]
        elif name in ("quantity", "weight_grams"):
            values[name] = 1
        elif name == "terms" and kind is AbroadSent:
            values[name] = terms("q-1", amount_qapik=amount, fees_qapik={"transfer": part})
        elif name == "offline":
            values[name] = False
        else:
            values[name] = ""
    return kind(**values)  # type: ignore[return-value]


def settled(line: ops.AnyLine, receipt: str) -> Counter[tuple[str, str]]:
    """What paying `line` alone moves, by account."""
    due = baskets.to_pay([line])
    given_ = due if due.minor > 0 else azn(0)
    body = baskets.settle(f"basket-{receipt}", receipt, [line], f"tender-{receipt}", given_, "az")
    moved: Counter[tuple[str, str]] = Counter()
    for one in postings("2002-1", body.basket, "settlement", 1, body):
        moved[one.account, one.sub] += one.amount.minor
    return moved


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(amount=AMOUNT, part=st.integers(0, 50_000))
def test_after_post_and_reverse_every_account_stands_as_before(
    kind: type[ops.Body], amount: int, part: int
) -> None:
    line = line_of(kind, amount, min(part, amount))
    there = settled(line, "1-000001")
    assert any(there.values())
    undone = baskets.reverse(line, "line-2", "1-000001", "mistake", "1004")
    back = settled(undone, "1-000002")
    for account in there.keys() | back.keys():
        assert there[account] + back[account] == 0, account
