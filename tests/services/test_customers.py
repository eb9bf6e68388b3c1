"""Known customers, the recorded look at a file, and the one box."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.money import azn
from azpost_desk.domain.transfer_codes import transfer_code, with_check_digit
from azpost_desk.services.customers import sought
from azpost_desk.services.payments import PayBill
from azpost_desk.services.transfers import SendTransfer
from tests.services.counters import CLERK, RECEIVER, SENDER, Stand

OTHER = replace(SENDER, name="Babayev Orxan", fin="7AB8CDE", document="AA7654321", phone="+994557654321")


@pytest.fixture
def served(stand: Stand) -> Stand:
    """SENDER has sent 100.00 to RECEIVER and paid a bill: receipt 1."""
    stand.desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(10_000), "family"), CLERK)
    stand.desk.payments.pay(PayBill("0101", "12345678", azn(2_000)), CLERK)
    stand.pay(20_000)
    return stand


@pytest.mark.parametrize(
    "typed", ["5zk9xyz", "AA1234567", "aa 1234567", "050 123 45 67", "Əliyev", "алиев", "vüq", "aliyev vü"]
)
def test_a_customer_is_found_by_number_or_any_word_of_the_name(served: Stand, typed: str) -> None:
    found = served.desk.customers.find(typed)
    assert [one.name for one in found] == [SENDER.name], typed


def test_a_bill_paid_alone_belongs_to_whose_phone_was_written_on_it(served: Stand) -> None:
    """And to nobody where none was, or where somebody else is named in the basket."""
    [customer] = served.desk.customers.find("5ZK9XYZ")
    pay = served.desk.payments.pay
    for account, contact in (("87654321", "050 123 45 67"), ("11110009", ""), ("33330005", "0501234568")):
        pay(PayBill("0101", account, azn(1_500), contact=contact), CLERK)
        served.pay(5_000)
    pay(PayBill("0101", "99999999", azn(1_500), contact="050 123 45 67"), CLERK)
    served.desk.transfers.send(SendTransfer(OTHER, RECEIVER, azn(1_000), "family"), CLERK)
    served.pay(20_000)
    file = served.desk.customers.file(customer.customer, CLERK)
    assert file is not None
    assert [one.about for one in file.done] == ["87654321", RECEIVER.name, "12345678"]


def test_nobody_is_found_by_nothing(served: Stand) -> None:
    assert served.desk.customers.find("  ") == []
    assert served.desk.customers.find("Zeynalov") == []


def test_a_look_at_a_file_is_recorded_once_and_names_nobody(served: Stand) -> None:
    [customer] = served.desk.customers.find("5ZK9XYZ")
    assert served.bodies(ops.CustomerViewed) == []
    opened = served.desk.customers.view(customer, CLERK, "transfers.send")
    assert [one.name for one in opened.receivers] == [RECEIVER.name]
    [look] = served.bodies(ops.CustomerViewed)
    assert isinstance(look, ops.CustomerViewed)
    assert look.purpose == "transfers.send"
    assert customer.customer not in ops.encode(look).decode()


@pytest.mark.fast
@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("5zk9xyz", "5ZK9XYZ"),
        ("050 123 45 67", "+994501234567"),
        ("Ağayeva", "Ağayeva"),
        ("Rauf ", "Rauf"),
        ("Həsənov", "Həsənov"),
    ],
)
def test_a_search_is_in_the_form_in_which_things_are_stored(typed: str, stored: str) -> None:
    assert sought(typed) == stored


def test_the_one_box_knows_what_it_is_given(served: Stand) -> None:
    box = served.desk.finding
    [sent] = [one for one in served.bodies(ops.Settlement) if isinstance(one, ops.Settlement)]
    with served.books.reading() as books:
        code = books.transfer(sent.lines[0].operation).code  # type: ignore[union-attr]
    item = item_number("EE", 876_543)
    bill = "AZB" + with_check_digit("010112345678")
    receptacle = "AZBAKADEFRAAAEN60001001110005"
    asked = {
        code: ("transfer", sent.lines[0].operation),
        f"{code[:3]} {code[3:6]} {code[6:]}": ("transfer", sent.lines[0].operation),
        transfer_code("900000001"): ("payout", transfer_code("900000001")),
        sent.receipt: ("receipt", sent.receipt),
        item.lower(): ("item", item),
        bill: ("bill", "0101:12345678"),
        receptacle: ("receptacle", receptacle),
        "Əliyev": ("customer", served.desk.customers.find("5ZK9XYZ")[0].customer),
        "5zk9xyz": ("customer", served.desk.customers.find("5ZK9XYZ")[0].customer),
        "050 123 45 67": ("customer", served.desk.customers.find("5ZK9XYZ")[0].customer),
        "12345678": ("payment", sent.lines[1].operation),
        "1400057421": ("voen", "1400057421"),
    }
    for typed, expected in asked.items():
        found = box.find(typed)
        assert found, typed
        assert (found[0].kind, found[0].key) == expected, typed


def test_the_one_box_says_nothing_of_what_it_does_not_know(served: Stand) -> None:
    for typed in ("", "   ", "zzzz", "4299-999999", "AZB" + with_check_digit("099912345678")):
        assert served.desk.finding.find(typed) == [], typed
