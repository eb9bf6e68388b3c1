"""D-09: a sign error in a posting rule. The ledger still balances; the second routine knows better."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import postings as rules
from azpost_desk.domain.ledger import Posting
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.payments import PayBill
from azpost_desk.services.transfers import SendTransfer
from azpost_desk.storage.checking import check_folder
from tests.services.counters import (
    CLERK,
    MANAGER,
    RECEIVER,
    SENDER,
    close_counted,
    press,
    stand_at_work,
)

if TYPE_CHECKING:
    from pathlib import Path

    from azpost_desk.domain import operations as ops

PAIRS = {
    "cash": (chart.TILL, chart.CLEARING),
    "bill": (chart.BILLS_COLLECTED, chart.CLEARING),
    "transfer": (chart.TRANSFERS_PAYABLE, chart.CLEARING),
    "goods": (chart.GOODS_SOLD, chart.CLEARING),
    "VAT": (chart.VAT_PAYABLE, chart.GOODS_SOLD),
    "fee": (chart.FEES, chart.CLEARING),
}


@pytest.mark.parametrize("turned", PAIRS)
def test_a_turned_sign_closes_no_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, turned: str) -> None:
    """One account's postings get the other sign and its partner bears it, so that nothing is unbalanced."""
    right = rules.RULES["settlement", 1]
    account, partner = PAIRS[turned]

    def wrong(desk: str, operation: str, body: ops.Settlement) -> list[Posting]:
        found = right(desk, operation, body)
        extra = []
        for one in found:
            if one.account == account:
                moved = -one.amount - one.amount
                extra.append(Posting(one.operation, account, one.sub, moved))
                extra.append(Posting(one.operation, partner, "", -moved))
        return found + extra

    stand = stand_at_work(tmp_path / "desk")
    monkeypatch.setitem(rules.RULES, ("settlement", 1), wrong)
    stand.desk.shop.sell(SellGoods("EN-C5", 2), CLERK)
    stand.desk.payments.pay(PayBill("0101", "12345678", azn(2_000)), CLERK)
    stand.desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(10_000), "family"), CLERK)
    stand.pay(236 + 2_050 + 10_100)
    report = stand.desk.reports.interim(MANAGER)
    assert report.differences
    with pytest.raises(Refused, match="R-002"):
        stand.desk.reports.printable(MANAGER)
    close_counted(stand, {1: 20_000})
    with pytest.raises(Refused, match="R-002") as refused:
        stand.desk.reports.close_day(MANAGER, press)
    assert refused.value.facts["figures"]
    assert stand.desk.days.current().state == "open"
    monkeypatch.undo()
    # With the right rule back, the check names the record whose stored postings were made by the wrong one.
    stand.books.close()
    verdicts, _ = check_folder(tmp_path / "desk")
    assert [one for verdict in verdicts for one in verdict.broken]
