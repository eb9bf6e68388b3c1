"""A machine is replaced, an answer comes late: nothing of before is taken twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain import operations as ops
from azpost_desk.domain.transfer_codes import transfer_code
from azpost_desk.protocol import messages
from tests.attacks.test_hostile_desk import give_codes, states, taken

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.app import Centre
    from tests.central.desks import SimDesk

    Enrolled = Callable[[str], SimDesk]

CODE = transfer_code("123456789")


def test_a_new_machine_hears_that_cash_was_accepted_by_the_old_one(
    centre: Centre, enrolled: Enrolled
) -> None:
    giver, taker = enrolled("2002-1"), enrolled("2002-2")
    issued = ops.RemittanceIssued(
        remittance=giver.new_id(), from_place="safe", to_desk="2002-2", pieces={"100": 3}, amount_qapik=300
    )
    giver.append(issued)
    taken(giver)
    centre.settle()
    taker.exchange()
    assert [one["state"] for one in taker.told("remittance")] == ["announced"]
    taker.append(
        ops.RemittanceAccepted(
            remittance=issued.remittance,
            from_desk="2002-1",
            to_place="till",
            pieces={"100": 3},
            amount_qapik=300,
        )
    )
    taken(taker)
    centre.settle()
    again = enrolled("2002-2")
    centre.settle()
    again.exchange()
    assert [one["state"] for one in again.told("remittance")] == ["announced", "accepted"]


def test_a_request_that_was_refused_once_is_refused_for_ever(centre: Centre, enrolled: Enrolled) -> None:
    """A copy of it that dawdled on the way must not reserve a transfer for a desk that has its answer."""
    desk, payer = enrolled("2002-1"), enrolled("1010-1")
    give_codes(centre, desk, CODE)
    request = payer.new_id()
    question = {"amount_qapik": 10_000, "sender": "Əliyev Vüqar", "request": request}
    first = payer.claim(CODE, **question)  # type: ignore[arg-type]
    assert (first.code, first.grant) == ("T-010", None)
    desk.send(CODE)
    taken(desk)
    assert states(centre, "transfers") == ["available"]
    late = payer.claim(CODE, **question)  # type: ignore[arg-type]
    assert (late.code, late.grant) == ("T-010", None)
    assert states(centre, "transfers") == ["available"]
    fresh = payer.claim(CODE, amount_qapik=10_000, sender="Əliyev Vüqar")
    assert fresh.grant is not None
    assert messages.grant_of(fresh.grant.words).amount_qapik == 10_000
