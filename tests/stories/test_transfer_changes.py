"""Leyla changes her mind: the receiver's name, the office, or all of it; it is still paid only once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.services.transfer_changes import ChangeTransfer
from tests.stories.test_screening import ASLANOV, ENTRY, told_list
from tests.stories.test_transfer_life import given_back, seen
from tests.stories.town import BAKU, LEYLA, ORXAN

if TYPE_CHECKING:
    from azpost_desk.services.views import Transfer
    from tests.stories.town import Seat, Town

NARMIN = replace(ORXAN, name="Quliyeva Nərmin Rauf qızı", fin="8AB2CD3", document="AA7654322")


@pytest.fixture
def sent(ganja: Seat, baku: Seat) -> Transfer:
    one = ganja.send_money()
    ganja.sync()
    return one


def change(seat: Seat, sent: Transfer, sort: str, **what: object) -> None:
    command = ChangeTransfer(sent.transfer, sort, **{"sender": LEYLA, **what})  # type: ignore[arg-type]
    seat.services.changes.change(command, seat.clerk)
    seat.sync()


def known(seat: Seat, sent: Transfer) -> Transfer:
    with seat.books.reading() as look:
        found = look.transfer(sent.transfer)
    assert found is not None
    return found


def test_another_receiver_is_paid_and_the_first_is_not(
    place: Town, ganja: Seat, baku: Seat, sent: Transfer
) -> None:
    change(ganja, sent, "receiver", receiver=NARMIN)
    assert (known(ganja, sent).receiver, known(ganja, sent).state) == (NARMIN.name, "available")
    claimed = baku.ask_for(sent.code)
    assert claimed.parties.receiver.name == NARMIN.name
    with pytest.raises(Refused, match="T-022"):
        baku.transfers.plan_payout(claimed.grant, ORXAN, baku.clerk)
    baku.transfers.plan_payout(claimed.grant, NARMIN, baku.clerk)
    baku.pay()
    place.sync()
    assert place.state(sent.transfer) == "paid"
    # Who it was before stands in the record of the sending, unchanged.
    with ganja.books.reading() as look:
        line = look.paid_line(sent.transfer)
    assert line is not None
    assert ORXAN.name in line.attachments["parties"].decode()


def test_another_office_pays_and_the_first_does_not(place: Town, ganja: Seat, baku: Seat) -> None:
    sent = ganja.send_money(office="5500")
    ganja.sync()
    with pytest.raises(Refused, match="T-017"):
        baku.ask_for(sent.code)
    change(ganja, sent, "office", office=BAKU)
    assert known(ganja, sent).office == BAKU
    baku.pay_out(sent.code)
    place.sync()
    assert place.state(sent.transfer) == "paid"


def test_recalled_it_is_only_the_senders(place: Town, ganja: Seat, baku: Seat, sent: Transfer) -> None:
    change(ganja, sent, "recall")
    assert (place.state(sent.transfer), seen(ganja, sent.transfer)) == ("returned", "returned")
    with pytest.raises(Refused, match="T-068"):
        baku.ask_for(sent.code)
    given_back(ganja, sent)
    place.sync()
    assert place.state(sent.transfer) == "refunded"


@pytest.mark.parametrize("sort", ["receiver", "office", "recall"])
def test_what_somebody_holds_may_still_be_paid_there(
    place: Town, ganja: Seat, baku: Seat, sent: Transfer, sort: str
) -> None:
    claimed = baku.ask_for(sent.code)
    with pytest.raises(Refused, match="T-015") as no:
        change(ganja, sent, sort, receiver=NARMIN, office=BAKU)
    assert BAKU in str(no.value.facts["holder"])
    baku.transfers.plan_payout(claimed.grant, ORXAN, baku.clerk)
    baku.pay()
    place.sync()
    with pytest.raises(Refused, match=r"T-014|T-024"):
        change(ganja, sent, sort, receiver=NARMIN, office=BAKU)


def test_somebody_else_changes_nothing_and_the_grant_stays_in_hand(
    place: Town, ganja: Seat, sent: Transfer
) -> None:
    with pytest.raises(Refused, match="T-022"):
        change(ganja, sent, "receiver", sender=NARMIN, receiver=NARMIN)
    with pytest.raises(Refused, match="T-070"):
        change(ganja, sent, "receiver", receiver=ORXAN)
    with pytest.raises(Refused, match="T-003"):
        change(ganja, sent, "office", office="0000")
    change(ganja, sent, "receiver", receiver=NARMIN)
    assert known(ganja, sent).receiver == NARMIN.name


def test_a_lost_answer_changes_it_once(place: Town, ganja: Seat, sent: Transfer) -> None:
    ganja.road.plan("answer_lost")
    with pytest.raises(Trouble):
        change(ganja, sent, "receiver", receiver=NARMIN)
    ganja.kill()
    ganja.reopen()
    change(ganja, sent, "receiver", receiver=NARMIN)
    place.sync()
    rows = place.ask("select state from grants where thing = %s", sent.transfer)
    assert rows == [("changed",)]


def test_the_new_receiver_is_screened(place: Town, ganja: Seat, sent: Transfer) -> None:
    told_list(place, ENTRY)
    change(ganja, sent, "receiver", receiver=ASLANOV)
    place.sync()
    assert (place.state(sent.transfer), seen(ganja, sent.transfer)) == ("held", "held")


def test_without_the_line_nothing_is_changed(ganja: Seat, sent: Transfer) -> None:
    ganja.go_offline()
    command = ChangeTransfer(sent.transfer, "recall", LEYLA)
    with pytest.raises(Trouble):
        ganja.services.changes.change(command, ganja.clerk)
    ganja.go_online()
    assert seen(ganja, sent.transfer) == "available"
