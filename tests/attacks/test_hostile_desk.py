"""A desk with a good key and bad intentions: what it signs is kept, and never moves money by itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from azpost_desk.central.storage.database import one
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Settings
from azpost_desk.domain.products import due_qapik
from azpost_desk.domain.transfer_codes import transfer_code
from azpost_desk.protocol import messages
from azpost_desk.protocol.records import GENESIS, Attachment, Header, rechain, seal
from tests.central.desks import RECEIVER, SENDER, Kept, SimDesk, counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.app import Centre

    Enrolled = Callable[[str], SimDesk]

CODE = transfer_code("123456789")


def give_codes(centre: Centre, desk: SimDesk, *codes: str) -> None:
    assert desk.enrolled is not None
    with centre.database.transaction() as conn:
        for code in codes:
            conn.execute(
                "insert into transfer_codes values (%s, %s, %s)",
                (code, desk.enrolled.desk, desk.enrolled.epoch),
            )


def exceptions(centre: Centre) -> list[str]:
    centre.settle()
    with centre.database.transaction() as conn:
        return [row[0] for row in conn.execute("select reason from exceptions order by exception")]


def states(centre: Centre, table: str) -> list[str]:
    centre.settle()
    with centre.database.transaction() as conn:
        return [row[0] for row in conn.execute(f"select state from {table} order by 1".encode())]


def taken(desk: SimDesk) -> None:
    """Everything this desk wrote is in custody."""
    answer = desk.exchange()
    assert (answer.expect, answer.refused) == (len(desk.books) + 1, None)


def settlement(desk: SimDesk, *lines: ops.AnyLine, **changed: Any) -> ops.Settlement:
    desk.receipts += 1
    net = sum(due_qapik(line) for line in lines)
    body = ops.Settlement(
        basket=desk.new_id(),
        receipt=f"0001-{desk.receipts:06}",
        lines=lines,
        tenders=(ops.Tender(operation=desk.new_id(), tender="cash", amount_qapik=net),) if net else (),
        cash_given_qapik=max(net, 0),
        change_qapik=max(-net, 0),
        language="az",
    )
    return msgspec.structs.replace(body, **changed)


def sending(desk: SimDesk, code: str, **changed: Any) -> tuple[ops.TransferSent, Attachment]:
    operation = desk.new_id()
    content = msgspec.json.encode({"code": code, "sender": SENDER, "receiver": RECEIVER})
    parties = Attachment(f"{operation}:parties", os.urandom(16), content)
    line = ops.TransferSent(
        operation=operation, transfer=operation, amount_qapik=10_000, fee_qapik=100, tariff="1", office=None,
        purpose="family", parties=parties.commitment(), offline=False, told="",
    )  # fmt: skip
    return msgspec.structs.replace(line, **changed), parties


def goods(desk: SimDesk, **changed: Any) -> ops.GoodsSold:
    line = ops.GoodsSold(
        operation=desk.new_id(), sku="stamp", quantity=1, price_qapik=60, amount_qapik=60, vat_qapik=9,
        tariff="1",
    )  # fmt: skip
    return msgspec.structs.replace(line, **changed)


def test_a_negative_fee_does_not_pay_for_a_transfer(centre: Centre, enrolled: Enrolled) -> None:
    desk = enrolled("2002-1")
    give_codes(centre, desk, CODE)
    line, parties = sending(desk, CODE, fee_qapik=-10_000)
    desk.append(settlement(desk, line), (parties,))
    taken(desk)
    assert exceptions(centre) == ["unsound"]
    assert counted(centre, "transfers") == 0


@pytest.mark.parametrize(
    "changed",
    [{"vat_qapik": -60}, {"vat_qapik": 61}, {"quantity": 0}, {"quantity": -1}, {"quantity": 10**30}],
)
def test_a_sale_that_cannot_be_is_an_exception(
    centre: Centre, enrolled: Enrolled, changed: dict[str, int]
) -> None:
    desk = enrolled("2002-1")
    desk.append(settlement(desk, goods(desk, **changed)))
    taken(desk)
    assert exceptions(centre) == ["unsound"]


def test_a_count_that_is_not_its_sum_is_an_exception(centre: Centre, enrolled: Enrolled) -> None:
    desk = enrolled("2002-1")
    lies: list[ops.Body] = [
        ops.SafeSupplied(document="Q", pieces={"100": 1}, amount_qapik=1_000_000),
        ops.CashMoved(direction="to_till", purpose="float", till="2002-1", pieces={"abc": 1}, amount_qapik=1),
        ops.RemittanceIssued(
            remittance="r-1", from_place="safe", to_desk="2002-2", pieces={"100": -1}, amount_qapik=-100
        ),
        ops.RemittanceIssued(
            remittance="r-2", from_place="safe", to_desk="2002-2", pieces={"100": 1}, amount_qapik=5_000
        ),
        ops.TillClosed(
            till="2002-1", holder="1", pieces={"100": 1}, counted_qapik=100, expected_qapik=100,
            difference_qapik=-90_000,
        ),
    ]  # fmt: skip
    for lie in lies:
        desk.append(lie)
    taken(desk)
    assert exceptions(centre) == ["unsound"] * len(lies)
    assert counted(centre, "remittances") == 0


def refused_bill(centre: Centre, desk: SimDesk) -> ops.PaymentAccepted:
    """A bill of 25.00 and 0.50 that its biller has refused."""
    bill = desk.take_bill("1012345678")
    taken(desk)
    centre.settle()
    with centre.database.transaction() as conn:
        conn.execute("update payments set state = 'owed' where payment = %s", (bill.operation,))
    return bill


def giving_back(desk: SimDesk, bill: ops.PaymentAccepted, qapik: int) -> None:
    line = ops.PaymentRefunded(
        operation=desk.new_id(), payment=bill.operation, biller=bill.biller, amount_qapik=qapik
    )
    desk.append(settlement(desk, line))
    taken(desk)


def test_a_refused_bill_is_given_back_once_by_its_own_desk_to_the_qepik(
    centre: Centre, enrolled: Enrolled
) -> None:
    desk, other = enrolled("2002-1"), enrolled("2002-2")
    bill = refused_bill(centre, desk)
    giving_back(other, bill, 2_550)
    assert states(centre, "payments") == ["owed"]
    giving_back(desk, bill, 1_000_000)
    giving_back(desk, bill, 2_550)
    giving_back(desk, bill, 2_550)
    assert states(centre, "payments") == ["refunded"]
    assert exceptions(centre) == ["refund_unasked"] * 3


def test_a_bill_is_undone_by_its_own_desk_only(centre: Centre, enrolled: Enrolled) -> None:
    desk, other = enrolled("2002-1"), enrolled("2002-2")
    bill = desk.take_bill("1012345678")
    taken(desk)
    centre.settle()
    undone = ops.LineReversed(
        operation=other.new_id(), original=bill, original_receipt="0001-000001", reason="x", approved_by="2"
    )
    other.append(settlement(other, undone))
    taken(other)
    assert states(centre, "payments") == ["accepted"]
    assert exceptions(centre) == ["payment_sent"]


def test_money_given_back_for_a_bill_nobody_refused_stops_its_delivery(
    centre: Centre, enrolled: Enrolled
) -> None:
    desk = enrolled("2002-1")
    bill = desk.take_bill("1012345678")
    giving_back(desk, bill, 2_550)
    assert exceptions(centre) == ["refund_unasked"]
    with centre.database.transaction() as conn:
        assert one(conn, "select next_ms from payments") == (None,)


def test_a_bill_of_another_desks_number_is_an_exception(centre: Centre, enrolled: Enrolled) -> None:
    desk, other = enrolled("2002-1"), enrolled("2002-2")
    bill = desk.take_bill("1012345678")
    taken(desk)
    account = desk.books[-1].sent.attachments
    other.append(settlement(other, bill), account)
    taken(other)
    assert exceptions(centre) == ["repeated_operation"]


def granted(desk: SimDesk, purpose: str, **question: Any) -> messages.Grant:
    answer = desk.claim("", sender="", purpose=purpose, **question)
    assert answer.grant is not None, answer
    desk.store_grant(answer.grant)
    return messages.grant_of(answer.grant.words)


@pytest.mark.parametrize(
    ("fee_qapik", "state"), [(100, "refunded"), (0, "refunded"), (101, "reserved"), (-1, "reserved")]
)
def test_no_more_fee_is_given_back_than_was_taken(
    centre: Centre, enrolled: Enrolled, fee_qapik: int, state: str
) -> None:
    desk = enrolled("2002-1")
    give_codes(centre, desk, CODE)
    transfer = desk.send(CODE)
    taken(desk)
    centre.settle()
    grant = granted(desk, "refund", transfer=transfer, amount_qapik=10_000)
    shown = desk.take_receiver()
    line = ops.TransferRefunded(
        operation=shown.slot.partition(":")[0], transfer=transfer, grant=grant.grant, amount_qapik=10_000,
        fee_returned_qapik=fee_qapik, receiver=shown.commitment(),
    )  # fmt: skip
    desk.append(settlement(desk, line), (shown,))
    taken(desk)
    assert states(centre, "transfers") == [state]
    assert len(exceptions(centre)) == (state == "reserved")


def test_a_reversal_gives_back_what_was_sent_and_no_more(centre: Centre, enrolled: Enrolled) -> None:
    desk = enrolled("2002-1")
    give_codes(centre, desk, CODE)
    line, parties = sending(desk, CODE)
    desk.append(settlement(desk, line), (parties,))
    undone = ops.LineReversed(
        operation=desk.new_id(), original=msgspec.structs.replace(line, amount_qapik=1_000_000),
        original_receipt="0001-000001", reason="x", approved_by="2",
    )  # fmt: skip
    desk.append(settlement(desk, undone))
    taken(desk)
    assert states(centre, "transfers") == ["available"]
    assert exceptions(centre) == ["reversed_without_grant"]


# --- D-06: a stolen key ------------------------------------------------------------------------------------


def allow(centre: Centre, qapik: int) -> None:
    content = msgspec.json.encode(Settings(allowances_qapik={"transfers": qapik}))
    with centre.database.transaction() as conn:
        conn.execute("insert into reference values ('settings', '*', 900, '2026-01-01', %s, 1)", (content,))


def test_sends_with_invented_acknowledgements_count_together(centre: Centre, enrolled: Enrolled) -> None:
    desk = enrolled("2002-1")
    allow(centre, 25_000)
    codes = [transfer_code(f"{number:09}") for number in range(5)]
    give_codes(centre, desk, *codes)
    taken(desk)
    for number, code in enumerate(codes):
        desk.send(code, acknowledged=f"{number:032x}")
        taken(desk)
    assert states(centre, "transfers") == ["available"] * 2 + ["held"] * 3


def test_sends_with_old_acknowledgements_count_together(centre: Centre, enrolled: Enrolled) -> None:
    desk = enrolled("2002-1")
    allow(centre, 25_000)
    codes = [transfer_code(f"{number:09}") for number in range(5)]
    give_codes(centre, desk, *codes)
    old = []
    for _ in codes:
        taken(desk)
        assert desk.ack is not None
        old.append(messages.ack_digest(desk.ack))
        desk.sell()
    for code, digest in zip(codes, old, strict=True):
        desk.send(code, acknowledged=digest)
        taken(desk)
    assert states(centre, "transfers") == ["available"] * 2 + ["held"] * 3


def test_an_honest_desk_that_hears_from_the_centre_sends_on(centre: Centre, enrolled: Enrolled) -> None:
    desk = enrolled("2002-1")
    allow(centre, 25_000)
    codes = [transfer_code(f"{number:09}") for number in range(5)]
    give_codes(centre, desk, *codes)
    for code in codes:
        desk.send(code)
        taken(desk)
    assert states(centre, "transfers") == ["available"] * 5


# --- bytes that break machines -----------------------------------------------------------------------------


def raw(desk: SimDesk, body: bytes, kind: str = "clock.jumped", **changed: Any) -> None:
    """A record with any bytes as its body, well chained and signed."""
    assert desk.enrolled is not None
    header = Header(
        1, desk.enrolled.desk, desk.enrolled.epoch, len(desk.books) + 1, desk.new_id(), kind, 1, 1,
        "officer-1", "officer", "keys", desk.clock.utc_ms(), "", "",
    )  # fmt: skip
    header = msgspec.structs.replace(header, **changed)
    record = seal(header, body, desk.books[-1].record.hash if desk.books else GENESIS)
    desk.books.append(Kept(record, messages.Sent(record.header_bytes, record.body)))


BAD_BODIES = {
    "a float that is whole": b'{"from_ms":1e3,"to_ms":2,"against":"centre"}',
    "a float": b'{"from_ms":1.0,"to_ms":2,"against":"centre"}',
    "a key twice": b'{"from_ms":1,"from_ms":9,"to_ms":2,"against":"centre"}',
    "a field too many": b'{"from_ms":1,"to_ms":2,"against":"centre","x":1}',
    "spaces": b'{"from_ms": 1,"to_ms":2,"against":"centre"}',
    "no json": b"\x80",
    "empty": b"",
    "nothing but depth": b"[" * 60_000,
    "depth in a field": b'{"from_ms":' + b"[" * 60_000,
    "depth in a field too many": b'{"x":' + b"[" * 60_000 + b"]" * 60_000 + b"}",
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_d01_a_body_that_is_not_as_written_is_kept_and_acknowledged(
    centre: Centre, enrolled: Enrolled, body: bytes
) -> None:
    desk = enrolled("2002-1")
    raw(desk, body)
    desk.sell()
    taken(desk)
    assert exceptions(centre) == ["bad_body"]


HUGE_HEADERS: list[dict[str, Any]] = [
    {"recorded_ms": 2**63},
    {"recorded_ms": -(2**70)},
    {"day": 2**31},
    {"day": 2**80},
    {"version": 2**80},
    {"recorded_ms": 253_402_300_800_000},
    # Later than any day is reckoned from: one such scan ended the round of reminders for everybody.
    {"recorded_ms": 221_845_392_000_000},
]


@pytest.mark.parametrize("changed", HUGE_HEADERS)
def test_d01_numbers_beyond_the_database_are_kept_and_acknowledged(
    centre: Centre, enrolled: Enrolled, changed: dict[str, Any]
) -> None:
    desk = enrolled("2002-1")
    for _ in range(2):
        raw(desk, b'{"from_ms":1,"to_ms":2,"against":"centre"}', **changed)
        taken(desk)
    desk.sell()
    taken(desk)
    assert len(exceptions(centre)) == 2
    # The desk's next machine goes on with a day and a receipt that can be.
    with centre.database.transaction() as conn:
        assert one(conn, "select day_next from desks where desk = '2002-1'")[0] < 1_000_000


def test_d01_a_header_nested_without_end_is_kept_and_acknowledged(centre: Centre, enrolled: Enrolled) -> None:
    desk = enrolled("2002-1")
    raw(desk, b"{}")
    last = desk.books.pop()
    header = last.record.header_bytes[:-1] + b"," + b"[" * 60_000 + b"]" * 60_000 + b"]"
    record = rechain(header, b"{}", last.record.previous)
    desk.books.append(Kept(record, messages.Sent(header, b"{}")))
    taken(desk)
    assert exceptions(centre) == ["bad_header"]


def test_d01_one_id_for_two_things_in_one_record_is_kept_and_acknowledged(
    centre: Centre, enrolled: Enrolled
) -> None:
    desk = enrolled("2002-1")
    line = goods(desk)
    desk.append(settlement(desk, line), operation=line.operation)
    twice = goods(desk)
    desk.append(settlement(desk, twice, msgspec.structs.replace(twice, operation=twice.operation.upper())))
    taken(desk)
    assert exceptions(centre) == ["repeated_operation"] * 2
    assert counted(centre, "postings") == 0


def test_d01_text_the_database_does_not_take_is_kept_and_acknowledged(
    centre: Centre, enrolled: Enrolled
) -> None:
    desk = enrolled("2002-1")
    bill = desk.take_bill("1")
    desk.books.pop()
    desk.append(settlement(desk, msgspec.structs.replace(bill, biller="a\0b")))
    desk.append(settlement(desk, goods(desk), receipt="0001-" + "9" * 40))
    desk.append(settlement(desk, goods(desk), receipt="0001-99999999999"))
    line, parties = sending(desk, CODE)
    strange = Attachment("x\0:parties", parties.salt, parties.content)
    line = msgspec.structs.replace(line, parties=strange.commitment(), transfer="t\0")
    desk.append(settlement(desk, line), (strange,))
    desk.sell()
    taken(desk)
    assert len(exceptions(centre)) == 4
    with centre.database.transaction() as conn:
        assert one(conn, "select receipt_last from desks where desk = '2002-1'")[0] < 1_000_000
