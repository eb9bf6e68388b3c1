"""A centre that is wrong, or is somebody else: its news never moves money and never stops the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.protocol import news as tidings
from azpost_desk.protocol.messages import News
from azpost_desk.services.payments import PayBill
from tests.services.counters import CLERK, MANAGER, press
from tests.storage.desks import DATE, piece

if TYPE_CHECKING:
    from tests.services.counters import Stand

POWER, ACCOUNT = "0101", "12345678"


def tell(stand: Stand, *news: News) -> None:
    stand.books.store_news(list(news), 1)


def position(stand: Stand) -> int:
    return stand.books.news_position() + 1


def billed(stand: Stand, amount_qapik: int = 2_000) -> str:
    """A bill that was taken and paid in cash."""
    basket = stand.desk.payments.pay(PayBill(POWER, ACCOUNT, azn(amount_qapik)), CLERK)
    stand.pay(50_000)
    return basket.lines[-1].line.operation


def result(payment: str, outcome: str, biller: str = POWER) -> tidings.PaymentResult:
    return tidings.PaymentResult(
        payment=payment, biller=biller, outcome=outcome, provider_reference="", reason="", at_ms=1
    )


def state(stand: Stand, payment: str) -> str:
    with stand.books.reading() as books:
        known = books.payment(payment)
    assert known is not None
    return known.state


@pytest.mark.parametrize("outcome", ["reversed", "refunded", "sent", "accepted", "", "paid"])
def test_news_gives_a_bill_only_what_a_biller_can_answer(stand: Stand, outcome: str) -> None:
    payment = billed(stand)
    tell(stand, piece(position(stand), "payment.result", result(payment, outcome)))
    assert state(stand, payment) == "accepted"
    tell(stand, piece(position(stand), "payment.result", result(payment, "refused")))
    tell(stand, piece(position(stand), "payment.result", result(payment, outcome)))
    # What is owed to the customer stays owed, whatever the centre says.
    assert state(stand, payment) == "refused"
    with stand.books.reading() as books:
        assert books.balance(chart.REFUNDS_PAYABLE, POWER).minor == -2_050


def test_a_refusal_in_the_name_of_another_biller_moves_nothing(stand: Stand) -> None:
    payment = billed(stand)
    tell(stand, piece(position(stand), "payment.result", result(payment, "refused", biller="9999")))
    assert state(stand, payment) == "accepted"
    with stand.books.reading() as books:
        assert books.balance(chart.BILLS_COLLECTED, "9999").minor == 0
        assert books.balance(chart.REFUNDS_PAYABLE, "9999").minor == 0
    assert len(stand.bodies(ops.CaseRaised)) == 1


def test_a_result_twice_after_a_refund_and_before_the_bill_counts_once(stand: Stand) -> None:
    payment = billed(stand)
    tell(stand, piece(position(stand), "payment.result", result(payment, "unknown")))
    for _ in range(3):
        tell(stand, piece(position(stand), "payment.result", result(payment, "refused")))
    stand.desk.payments.refund(payment, CLERK)
    stand.pay()
    for outcome in ("confirmed", "refused", "unknown"):
        tell(stand, piece(position(stand), "payment.result", result(payment, outcome)))
    assert state(stand, payment) == "refunded"
    assert stand.till_qapik() == 20_000
    resolved = stand.bodies(ops.PaymentResolved)
    assert [getattr(one, "outcome", "") for one in resolved] == ["unknown", "refused"]


HOSTILE = {
    "deep": b'{"x":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    "deep in what is wanted": b'{"transfer":' + b"[" * 100_000,
    "no json": b"\xff\xfe",
    "beyond 64 bits": b'{"transfer":"TRANSFER","state":"paid","office":"1000","at_ms":' + b"9" * 30 + b"}",
    "float": b'{"transfer":"TRANSFER","state":"paid","office":"1000","at_ms":1.5}',
    "list": b"[]",
}


@pytest.mark.parametrize("kind", ["transfer.event", "item.event", "remittance", "codes", "desk.head"])
@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE)
def test_no_piece_of_news_keeps_the_next_one_from_the_desk(stand: Stand, kind: str, payload: bytes) -> None:
    after = position(stand)
    tell(stand, News(after, kind, payload), piece(after + 1, "x.unknown", result("", "")))
    assert stand.books.news_position() == after + 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("item_last", 2**70), ("item_first", -(2**70)), ("epoch", 2**70)],
)
def test_numbers_beyond_the_engine_are_a_case(stand: Stand, field: str, value: int) -> None:
    told = {"epoch": 1, "item_prefix": "EE", "item_first": 1, "item_last": 5} | {field: value}
    after = position(stand)
    tell(stand, News(after, "codes", msgspec.json.encode(told)))
    assert stand.books.news_position() == after


def head(figures: bytes, sequence: int = 5, at_ms: int = 1) -> tidings.DeskHead:
    return tidings.DeskHead(
        desk="2002-2",
        number=2,
        epoch=1,
        sequence=sequence,
        hash="ab" * 32,
        recorded_ms=at_ms,
        received_ms=at_ms,
        date=DATE,
        state="closed",
        figures=msgspec.Raw(figures),
    )


@pytest.mark.parametrize("figures", [b"null", b'"junk"', b"{}", b"[1]", b'{"services":[]}'])
def test_another_desks_unreadable_figures_do_not_keep_this_one_open(stand: Stand, figures: bytes) -> None:
    tell(stand, piece(position(stand), "desk.head", head(figures)))
    stand.desk.tills.close(CLERK, {1_000: 20})
    stand.desk.reports.close_day(MANAGER, press)
    report = stand.desk.reports.interim(MANAGER)
    # It is as good as not heard of: nothing of it is counted, its row has no figures.
    assert report.branch == report.own_a
    assert [row.figures for row in report.tills if row.number == 2] == [None]


@pytest.mark.parametrize(
    ("pieces", "amount"),
    [({"abc": 1}, 100), ({"100": 1}, 2**60), ({"100": 1}, -100), ({"100": 2}, 100), ({"100": -1}, 100)],
)
def test_cash_that_cannot_be_counted_is_a_case_and_hides_no_other_cash(
    stand: Stand, pieces: dict[str, int], amount: int
) -> None:
    after = position(stand)
    for number, (content, qapik) in enumerate([(pieces, amount), ({"100": 3}, 300)]):
        told = tidings.RemittanceNews(
            remittance=f"r-{number}",
            from_desk="2002-2",
            to_desk="2002-1",
            amount_qapik=qapik,
            pieces=content,
            at_ms=1,
        )
        tell(stand, piece(after + number, "remittance", told))
    assert [one.remittance for one in stand.desk.tills.awaited()] == ["r-1"]
    stand.desk.tills.accept(CLERK, "r-1", {100: 3})


@pytest.mark.parametrize("kind", ["settlement", "payment.delivered", "record", "postings", "till.closed"])
def test_a_record_from_the_centre_is_never_written(stand: Stand, kind: str) -> None:
    before = stand.till_qapik()
    tell(stand, News(position(stand), kind, b"{}"))
    assert stand.till_qapik() == before
    assert [getattr(one, "reason", "") for one in stand.bodies(ops.CaseRaised)] == ["record"]


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("payment.result", b'{"payment":"\xff"}'),
        ("transfer.event", b'{"transfer":"\xff"}'),
        ("reference", b'{"name":"branch","version":9,"valid_from":"x","content":{"code":"\xff"}}'),
        ("reference", b'{"name":"\xff","version":9,"valid_from":"x","content":{}}'),
        ("codes", b'{"epoch":1,"transfer_codes":["\xc3"],"item_prefix":"","item_first":1,"item_last":0}'),
        ("reference", b'{"name":"branch","version":9,"valid_from":"\\ud800","content":{}}'),
    ],
)
def test_news_that_is_no_text_is_kept_with_a_case_and_holds_nothing_up(
    stand: Stand, kind: str, payload: bytes
) -> None:
    """One such piece blocked the desk for good."""
    payment, cases = billed(stand), len(stand.bodies(ops.CaseRaised))
    at = position(stand)
    tell(stand, News(at, kind, payload), piece(at + 1, "payment.result", result(payment, "refused")))
    assert (stand.books.news_position(), state(stand, payment)) == (at + 1, "refused")
    assert len(stand.bodies(ops.CaseRaised)) == cases + 1
