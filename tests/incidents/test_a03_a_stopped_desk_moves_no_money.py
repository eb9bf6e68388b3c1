"""A-03: a desk told that it is lost, forked, replaced or revoked moves no money, whatever it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.central.intake.custody import STOPPED
from azpost_desk.domain import operations as ops
from azpost_desk.domain.ended_chains import AFTER_THE_END
from azpost_desk.domain.refusals import Trouble
from azpost_desk.services.evidence import ExportEvidence
from azpost_desk.sync.line import STOPPING
from tests.incidents.test_d05_a_desk_burns_with_its_grants import declared_lost, resolved
from tests.storage.desks import DATE
from tests.stories.town import ORXAN

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stories.town import Seat, Town


def refused(code: str, *acts: Callable[[], object]) -> None:
    for act in acts:
        with pytest.raises(Trouble, match=code):
            act()


def is_told(seat: Seat, code: str) -> None:
    seat.road.up()
    seat.line._step()
    assert (seat.line.state().last_error, seat.line.state().stopped) == (code, code)
    assert seat.books.ended() == code


def test_a_lost_desk_pays_nothing_under_the_grant_it_still_holds(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    sent = ganja.send_money(25_000)
    ganja.sync()
    held = baku.ask_for(sent.code)
    baku.sync()
    baku.go_offline()
    # In the basket already, and a sale that the centre has not heard of.
    baku.take_bill(1_200)
    baku.transfers.plan_payout(held.grant, ORXAN, baku.clerk)
    declared_lost(place, "1010-1")
    assert resolved(place, sent.transfer, "not_paid") == "available"
    ganja.pay_out(sent.code)
    ganja.sync()
    till, head = baku.till_qapik(), baku.books.head()

    is_told(baku, "L-012")
    # What it had not told is with the centre now, as late records.
    assert baku.books.waiting() == (0, 0)
    for _ in range(2):
        refused(
            "L-012",
            lambda: baku.pay(25_000),
            lambda: baku.send_money(1_000),
            lambda: baku.take_bill(1_000),
            lambda: baku.services.tills.move(baku.clerk, "to_safe", "float", {100: 1}),
            lambda: baku.transfers.plan_payout(held.grant, ORXAN, baku.clerk),
        )
        # The power goes, the line too: the machine knows it all the same.
        baku.road.down()
        baku.kill()
        baku.reopen()
        assert baku.line.state().stopped == "L-012"
    assert (baku.till_qapik(), baku.books.head()) == (till, head)
    baku.services.staff.sign_in(baku.clerk.officer, "2468")
    assert baku.services.evidence.export(ExportEvidence(DATE, DATE, personal=False), baku.manager).content
    assert place.state(sent.transfer) == "paid"
    baku.kill()
    place.seats.remove(baku)


@pytest.mark.parametrize("state", sorted(STOPPED))
def test_whatever_ended_it_nothing_moves_money(place: Town, baku: Seat, state: str) -> None:
    baku.go_offline()
    with place.centre.database.transaction() as conn:
        conn.execute("update chain_heads set state = %s where desk = '1010-1'", (state,))
    code = STOPPING[STOPPED[state]]
    is_told(baku, code)
    refused(code, lambda: baku.take_bill(1_000), lambda: baku.send_money(1_000))
    with place.centre.database.transaction() as conn:
        conn.execute("update chain_heads set state = 'active' where desk = '1010-1'")
    # A friendly word later does not undo it: another, older centre may be saying it.
    baku.line._step()
    assert baku.line.state().stopped == code
    refused(code, lambda: baku.take_bill(1_000))
    baku.kill()
    place.seats.remove(baku)


def test_what_remains_names_only_kinds_that_exist_and_none_that_carries_money() -> None:
    kinds = {kind for kind, _ in ops.BODIES}
    assert kinds >= AFTER_THE_END
    carrying = {"settlement", "till.closed", "day.closed", "cash.moved", "grant.stored", "transfer.changed"}
    assert AFTER_THE_END.isdisjoint(carrying | ops.CENTRE_KINDS)
