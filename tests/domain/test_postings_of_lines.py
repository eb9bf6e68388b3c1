"""What every line posts, pinned: a released rule gives the same postings for ever, wherever it stands."""

from __future__ import annotations

from typing import get_args

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.ledger import digest
from azpost_desk.domain.postings import postings

pytestmark = pytest.mark.fast

_MARK = "c" * 64
SOLD: dict[type, tuple[ops.Sold, str]] = {
    ops.GoodsSold: (
        ops.GoodsSold(
            operation="0190-goods", sku="EN-C5", quantity=3, price_qapik=118, amount_qapik=354, vat_qapik=54,
            tariff="2026-1",
        ),
        "456d97bb641194cb 578b9fb3889acde3",
    ),
    ops.PaymentAccepted: (
        ops.PaymentAccepted(
            operation="0190-bill", biller="1002", service="power", amount_qapik=4_550, fee_qapik=50,
            tariff="2026-1", account=_MARK, told="papers.receipt.state.accepted",
        ),
        "747801ef85944f2b 56449f700ed36487",
    ),
    ops.TransferSent: (
        ops.TransferSent(
            operation="0190-sent", transfer="0190-sent", amount_qapik=20_000, fee_qapik=300, tariff="2026-1",
            office="2000", purpose="family", parties=_MARK, offline=False, told="transfers.told.ready",
        ),
        "60013ce2b0302bd3 e447bf4bbc26b562",
    ),
    ops.TransferPaid: (
        ops.TransferPaid(
            operation="0190-paid", transfer="0190-sent", grant="g-1", amount_qapik=20_000, receiver=_MARK
        ),
        "3c49657034196c8a a16e5353a895634a",
    ),
    ops.TransferRefunded: (
        ops.TransferRefunded(
            operation="0190-back", transfer="0190-sent", grant="g-2", amount_qapik=20_000,
            fee_returned_qapik=300, receiver=_MARK,
        ),
        "70d900701011cc34 8c304ba33631eebf",
    ),
    ops.PaymentRefunded: (
        ops.PaymentRefunded(
            operation="0190-refused", payment="0190-bill", biller="1002", amount_qapik=4_600
        ),
        "e73a96474c84a747 7781216ed3fa52cf",
    ),
    ops.ItemAccepted: (
        ops.ItemAccepted(
            operation="0190-item", number="EE876543216AZ", service="ems", weight_grams=420, amount_qapik=900,
            vat_qapik=137, tariff="2026-1", postcode="2000", addresses=_MARK,
        ),
        "4109dd396b4497cf 32465c343371e4f3",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", get_args(ops.Sold), ids=lambda kind: str(kind.__struct_config__.tag))
def test_a_line_and_its_reversal_post_what_they_always_did(kind: type) -> None:
    line, known = SOLD[kind]
    undone = ops.LineReversed(
        operation="0190-undone", original=line, original_receipt="4201-000001", reason="r", approved_by="1004"
    )
    said = [digest(_posted(one)) for one in (line, undone)]
    assert " ".join(one[:16] for one in said) == known


def _posted(line: ops.AnyLine) -> list[object]:
    body = ops.Settlement(
        basket="0190-basket", receipt="4201-000001", lines=(line,), tenders=(), cash_given_qapik=0,
        change_qapik=0, language="az",
    )  # fmt: skip
    return list(postings("2002-1", "0190-basket", "settlement", 1, body))
