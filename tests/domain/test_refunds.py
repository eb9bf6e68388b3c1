"""Back the way it came: whatever is given back in whatever order, no tender gets more than it brought."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain import operations as ops
from azpost_desk.domain import products
from azpost_desk.domain.lines import AbroadRefunded
from azpost_desk.domain.refunds import CASH, brought, parts


def sold(*, lines: list[int], card: int) -> ops.Settlement:
    """Bills of these sums, `card` of them on a card."""
    due = sum(lines)
    tenders = {"card": card, "cash": due - card}
    return ops.Settlement(
        basket="b",
        receipt="1001-000001",
        lines=tuple(
            ops.PaymentAccepted(
                operation=f"line-{at}",
                biller="0101",
                service="power",
                amount_qapik=qapik,
                fee_qapik=0,
                tariff="t",
                account="a",
                told="",
            )
            for at, qapik in enumerate(lines)
        ),
        tenders=tuple(
            ops.Tender(operation=name, tender=name, amount_qapik=qapik)
            for name, qapik in tenders.items()
            if qapik
        ),
        cash_given_qapik=due - card,
        change_qapik=0,
        language="az",
    )


@given(st.data(), st.lists(st.integers(1, 100_000), min_size=1, max_size=8))
def test_in_any_order_each_tender_gets_back_at_most_what_it_brought(
    data: st.DataObject, lines: list[int]
) -> None:
    """Whole lines and parts of lines, the card's share to the card or (agreed to) in cash."""
    card = data.draw(st.integers(0, sum(lines)))
    paid = brought(sold(lines=lines, card=card))
    assert sum(paid.values()) == sum(lines)
    gone: dict[str, int] = {}
    for qapik in data.draw(st.permutations(lines)):
        refund = data.draw(st.integers(0, qapik))
        found = parts(paid, gone, refund)
        assert sum(found.values()) == refund
        assert all(part > 0 for part in found.values())
        if CASH in found:
            # Cash is last: by then nothing of the card is left.
            assert gone.get("card", 0) + found.get("card", 0) == card
        gone = {name: gone.get(name, 0) + found.get(name, 0) for name in paid}
        assert all(gone[name] <= paid[name] for name in paid)


def test_what_was_paid_out_in_the_same_basket_counts_as_cash() -> None:
    """A transfer of 30 paid out beside a bill of 50, the other 20 by card: 20 can go back to the card."""
    body = sold(lines=[5_000], card=2_000)
    paid_out = ops.TransferPaid(operation="out", transfer="t", grant="g", amount_qapik=3_000, receiver="r")
    tenders = tuple(one for one in body.tenders if one.tender == "card")
    mixed = ops.Settlement(
        basket="b",
        receipt=body.receipt,
        lines=(*body.lines, paid_out),
        tenders=tenders,
        cash_given_qapik=0,
        change_qapik=0,
        language="az",
    )
    assert brought(mixed) == {"card": 2_000, "cash": 3_000}
    assert parts(brought(mixed), {}, 5_000) == {"card": 2_000, "cash": 3_000}


@pytest.mark.parametrize(
    ("in_cash", "approver", "reason", "is_true"),
    [
        (0, "", "", True),
        (1_000, "1004", "kart bağlanıb", True),
        (2_000, "1004", "kart bağlanıb", True),
        (2_001, "1004", "kart bağlanıb", False),
        (1_000, "", "kart bağlanıb", False),
        (1_000, "1004", " ", False),
        (0, "1004", "kart bağlanıb", False),
        (-1, "1004", "kart bağlanıb", False),
    ],
)
def test_cash_for_a_card_stands_with_who_agreed_and_why_on_every_line_that_gives_back(
    in_cash: int, approver: str, reason: str, is_true: bool
) -> None:
    said = {"in_cash_qapik": in_cash, "approved_by": approver, "reason": reason}
    paid = {"grant": "g", "transfer": "t", "receiver": "r", "amount_qapik": 1_500, "fee_returned_qapik": 500}
    found = (
        ops.PaymentRefunded(operation="o", payment="p", biller="0101", amount_qapik=2_000, **said),
        ops.TransferRefunded(operation="o", **paid, **said),
        AbroadRefunded(operation="o", **paid, **said),
    )
    assert {one.__struct_config__.tag for one in found} == set(products.GIVING_BACK)
    assert [products.is_sound(one) for one in found] == [is_true] * 3
