"""Charges on items at the centre: what desks took is passed on once, and what does not fit is a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.central.mail import charges
from azpost_desk.domain import operations as ops
from azpost_desk.domain.lines import ChargePaid
from azpost_desk.domain.lines.charges import DUE_QAPIK_MAX
from azpost_desk.domain.refusals import Refused
from tests.central.test_items import ITEM, scan
from tests.central.test_news import hear, last_operation

if TYPE_CHECKING:
    from azpost_desk.central.app import Centre
    from tests.central.desks import ManualClock, SimDesk
    from tests.central.test_items import Enrolled

PEOPLE = ("Səfərov", "Quliyeva")


def accepted(desk: SimDesk, cod_qapik: int = 2_500) -> str:
    """An item with cash on delivery is taken in; the event that says so."""
    record = desk.accept_item(ITEM, "AZ1010", cod_qapik=cod_qapik)
    return str(msgspec.json.decode(record.body)["lines"][0]["operation"])


def pay(desk: SimDesk, event: str, amount_qapik: int = 2_500, kind: str = "cod") -> ChargePaid:
    line = ChargePaid(operation=desk.new_id(), number=ITEM, kind=kind, event=event, amount_qapik=amount_qapik)
    desk.settle(line)
    return line


def tasks(centre: Centre) -> list[tuple[str, str, str]]:
    with centre.database.transaction() as conn:
        return conn.execute(
            "select reason, owner, about from exceptions where reason like 'item_%' order by reason, about"
        ).fetchall()


def test_cash_on_delivery_is_passed_on_once_its_item_is_delivered(centre: Centre, enrolled: Enrolled) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    event = accepted(here)
    hear(centre, here, there)
    [told] = there.told("item.event")
    assert (told["event"], told["due_qapik"]) == ("EMA", 2_500)
    scan(there, "EMG")
    line = pay(there, event)
    hear(centre, there)
    with centre.database.transaction() as conn:
        assert charges.waiting(conn, "cod") == []
    scan(there, "EMI")
    hear(centre, there)
    with centre.database.transaction() as conn:
        [one] = charges.waiting(conn, "cod")
        assert (one.charge, one.amount_qapik, one.office, one.accepted_office) == (
            *(line.operation, 2_500),
            *("1010", "2002"),
        )
        for by, reference, code in (
            (("Səfərov", "Səfərov"), "P-1", "E-137"),
            (("Səfərov", ""), "P-1", "E-137"),
            (PEOPLE, " ", "E-137"),
        ):
            with pytest.raises(Refused, match=code):
                charges.settle(conn, [one.charge], by, reference, 1)
        # One that does not wait: none is settled.
        with pytest.raises(Refused, match="E-138"):
            charges.settle(conn, [one.charge, "nothing"], PEOPLE, "P-1", 1)
        assert charges.waiting(conn, "cod") == [one]
        assert charges.settle(conn, [one.charge, one.charge], PEOPLE, "P-1", 1) == 2_500
        assert charges.waiting(conn, "cod") == []
        with pytest.raises(Refused, match="E-138"):
            charges.settle(conn, [one.charge], PEOPLE, "P-1", 1)
        with pytest.raises(Refused, match="E-136"):
            charges.waiting(conn, "tip")
    assert tasks(centre) == []


@pytest.mark.parametrize(("amount_qapik", "event"), [(2_499, ""), (2_500, "another")])
def test_money_that_fits_nothing_is_a_task(
    centre: Centre, enrolled: Enrolled, amount_qapik: int, event: str
) -> None:
    here = enrolled("2002-1")
    said = accepted(here)
    pay(here, event or said, amount_qapik)
    hear(centre, here)
    assert tasks(centre) == [("item_charge", "finance", f"{ITEM} cod")]


def test_paid_at_two_desks_is_a_task_and_undone_at_one_of_them_is_not_two(
    centre: Centre, enrolled: Enrolled
) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    event = accepted(here)
    hear(centre, here)
    first = pay(there, event)
    hear(centre, there)
    assert tasks(centre) == []
    pay(here, event)
    hear(centre, here)
    assert tasks(centre) == [("item_charge", "finance", f"{ITEM} cod")]
    undone = ops.LineReversed(
        operation=there.new_id(), original=first, original_receipt="0001-000001", reason="r", approved_by="9"
    )
    there.settle(undone)
    hear(centre, there)
    with centre.database.transaction() as conn:
        states = conn.execute("select state from item_charges order by taken_ms, charge").fetchall()
    assert sorted(state for (state,) in states) == ["taken", "undone"]


def test_handed_over_without_its_money_is_a_task(centre: Centre, enrolled: Enrolled) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    accepted(here)
    hear(centre, here)
    scan(there, "EMI")
    hear(centre, there)
    assert tasks(centre) == [("item_unpaid", "finance", ITEM)]


def test_money_of_an_item_that_goes_back_is_a_task(centre: Centre, enrolled: Enrolled) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    event = accepted(here)
    hear(centre, here)
    scan(there, "EMG")
    pay(there, event)
    scan(there, "EDX", "returned")
    hear(centre, there)
    assert tasks(centre) == [("item_charge", "finance", f"{ITEM} cod")]


@pytest.mark.parametrize("duty_qapik", [-1, DUE_QAPIK_MAX + 1])
def test_duty_beyond_all_sense_is_no_event(centre: Centre, enrolled: Enrolled, duty_qapik: int) -> None:
    here = enrolled("2002-1")
    scan(here, "EMD")
    here.append(
        ops.ItemScanned(number=ITEM, event="EDC", office="2002", reason="duty_due", duty_qapik=duty_qapik)
    )
    assert last_operation(here)
    hear(centre, here)
    with centre.database.transaction() as conn:
        assert conn.execute("select count(*) from item_events where event = 'EDC'").fetchall() == [(0,)]
        assert conn.execute("select owner from exceptions where reason = 'item_charge'").fetchall() == [
            ("finance",)
        ]


def open_tasks(centre: Centre) -> list[str]:
    with centre.database.transaction() as conn:
        rows = conn.execute(
            "select reason from exceptions where reason like 'item_%' and ended_ms = 0 order by reason"
        ).fetchall()
    return [reason for (reason,) in rows]


def waiting(centre: Centre, kind: str = "cod") -> list[str]:
    with centre.database.transaction() as conn:
        return [one.charge for one in charges.waiting(conn, kind)]


def undo(desk: SimDesk, line: ChargePaid) -> None:
    desk.settle(
        ops.LineReversed(
            operation=desk.new_id(),
            original=line,
            original_receipt="0001-000001",
            reason="r",
            approved_by="9",
        )
    )


def test_money_of_an_acceptance_that_was_undone_is_a_task_whichever_is_heard_first(
    centre: Centre, enrolled: Enrolled
) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    record = here.accept_item(ITEM, "AZ1010", cod_qapik=2_500)
    [line] = msgspec.json.decode(record.body, type=ops.Settlement).lines
    pay(there, line.operation)
    assert isinstance(line, ops.ItemAccepted)
    here.settle(
        ops.LineReversed(
            operation=here.new_id(),
            original=line,
            original_receipt="0001-000001",
            reason="r",
            approved_by="9",
        )
    )
    hear(centre, here, there)
    assert open_tasks(centre) == ["item_charge"]
    assert waiting(centre) == []


def test_a_payment_heard_of_before_its_item_is_no_task_once_that_is(
    centre: Centre, enrolled: Enrolled
) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    event = accepted(here)
    line = pay(there, event)
    scan(there, "EMI")
    hear(centre, there)
    assert (open_tasks(centre), waiting(centre)) == (["item_charge"], [])
    hear(centre, here)
    assert (open_tasks(centre), waiting(centre)) == ([], [line.operation])


def test_undone_after_the_delivery_the_item_is_unpaid_and_paid_again_it_is_not(
    centre: Centre, enrolled: Enrolled
) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    event = accepted(here)
    hear(centre, here)
    first = pay(there, event)
    delivered = scan(there, "EMI")
    undo(there, first)
    hear(centre, there)
    assert (open_tasks(centre), waiting(centre)) == (["item_unpaid"], [])
    second = pay(there, event)
    hear(centre, there)
    assert (open_tasks(centre), waiting(centre)) == ([], [second.operation])
    # A hand-over that was none is unpaid by nobody, and its money waits for the next one.
    undo(there, second)
    there.append(ops.ScanVoided(scan=delivered, number=ITEM, reason="slip"))
    hear(centre, there)
    assert (open_tasks(centre), waiting(centre)) == ([], [])


def test_what_was_paid_twice_is_passed_on_once(centre: Centre, enrolled: Enrolled) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    event = accepted(here)
    hear(centre, here)
    first, second = pay(there, event), pay(there, event)
    scan(there, "EMI")
    hear(centre, there)
    assert open_tasks(centre) == ["item_charge"]
    [passed] = waiting(centre)
    assert passed in (first.operation, second.operation)
    # The one that was too much goes back: then nothing is left to be done.
    undo(there, second if passed == first.operation else first)
    hear(centre, there)
    assert (open_tasks(centre), waiting(centre)) == ([], [passed])


def test_customs_take_back_their_word_of_duty_that_was_paid(centre: Centre, enrolled: Enrolled) -> None:
    here = enrolled("2002-1")
    scan(here, "EMD")
    scan(here, "EDB")
    here.append(ops.ItemScanned(number=ITEM, event="EDC", office="2002", reason="duty_due", duty_qapik=900))
    said = last_operation(here)
    pay(here, said, 900, "duty")
    hear(centre, here)
    assert (open_tasks(centre), len(waiting(centre, "duty"))) == ([], 1)
    here.append(ops.ScanVoided(scan=said, number=ITEM, reason="slip"))
    hear(centre, here)
    assert (open_tasks(centre), waiting(centre, "duty")) == (["item_charge"], [])


def test_an_item_that_has_the_number_a_year_later_changes_nothing_for_the_first(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    event = accepted(here)
    hear(centre, here)
    line = pay(there, event)
    scan(there, "EMI")
    hear(centre, there)
    clock.now_ms += 400 * 86_400_000
    accepted(here, 700)
    hear(centre, here)
    assert waiting(centre) == [line.operation]
    scan(there, "EMG")
    scan(there, "EDX", "returned")
    hear(centre, there)
    assert (open_tasks(centre), waiting(centre)) == ([], [line.operation])
