"""Journeys through every hand, half of them off line and with mistakes: to İstanbul, to a signature here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from azpost_desk.central.mail import advance, charges, orders
from azpost_desk.central.registry import reference
from azpost_desk.domain import operations as ops
from azpost_desk.domain.mail.prices import AdvanceDemand
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.rehearsal.mail_town import PRICES, sell_mail_abroad
from azpost_desk.services.declarations import Amend
from azpost_desk.services.express import AcceptItem
from azpost_desk.services.mail_bags_in import AsFound
from azpost_desk.services.scan_items import ScanItem
from tests.services.test_express import taken_by
from tests.services.test_mail_abroad import command as abroad
from tests.stories.test_express import becomes, events, states
from tests.stories.test_mail_bags import INK, filled, minute, tasks
from tests.stories.town import BAKU, GANJA, LEYLA, ORXAN

if TYPE_CHECKING:
    from tests.stories.town import Seat, Town

S9 = "AZBAKATRISTAAEN60001001010045"
FROM_TURKEY = "RR123456785TR"


def scan(place: Town, seat: Seat, number: str, event: str, **more: Any) -> str:
    """A minute later somebody scans; what they hear."""
    minute(place)
    answer = seat.services.tracking.scan(ScanItem(number, event, **more), seat.clerk)
    return answer.key.rpartition(".")[2]


@pytest.fixture
def hub(place: Town, ganja: Seat, baku: Seat) -> Seat:
    """Bakı is the office of exchange here; everybody knows what goes abroad."""
    with place.centre.database.transaction() as conn:
        sell_mail_abroad(conn, place.clock.utc_ms())
    becomes(place, baku, BAKU, "exchange", "sorting")
    place.sync()
    return baku


def test_from_gence_to_istanbul(place: Town, ganja: Seat, hub: Seat) -> None:
    """Accepted off line, its label scanned back, bagged, opened at the hub, out to customs and gone."""
    ganja.go_offline()
    line = ganja.services.post_abroad.accept(abroad(), ganja.clerk).lines[-1].line
    assert isinstance(line, ops.ItemAccepted)
    assert line.abroad is not None
    assert (line.country, line.abroad.form) == ("TR", "CN23")
    ganja.pay(line.amount_qapik)
    number = line.number
    labels = ganja.services.labels
    assert [one.number for one in labels.waiting()] == [number]
    labels.scan_back(number, ganja.clerk)
    assert labels.waiting() == ()
    # No office of ours delivers it, whoever takes it for an item to lay upon the shelf.
    assert scan(place, ganja, number, "EMG") == "misrouted"
    bag, bag_number = filled(ganja, number)
    minute(place)
    arrivals = hub.services.mail_bags_in
    taken = arrivals.take_in(bag_number, hub.clerk, AsFound())
    arrival = taken.arrival.arrival
    arrivals.open(arrival, hub.clerk)
    minute(place)
    assert arrivals.found(arrival, number, "EMB", hub.clerk).verdict == "saved"
    arrivals.end(arrival, hub.clerk)
    hub.sync()
    ganja.go_online()
    place.sync()
    place.sync()
    assert tasks(place) == []
    assert states(place, number, ganja, hub) == {("outward", "desk")}
    hub.go_offline()
    assert scan(place, hub, number, "EXA") == "saved"
    # Only customs give it back, with their word.
    assert scan(place, hub, number, "EXC") == "reason_missing"
    assert scan(place, hub, number, "EXC", reason="export_authorised") == "saved"
    assert scan(place, hub, number, "EMC", receptacle="BAG-1", signatory="Quliyev") == "receptacle_missing"
    assert scan(place, hub, number, "EMC", receptacle=S9, signatory="Quliyev Rauf") == "saved"
    hub.go_online()
    place.sync()
    place.sync()
    assert states(place, number, ganja, hub) == {("left", "other_post")}
    story = [("EMA", GANJA), ("EMB", BAKU), ("EXA", BAKU), ("EXC", BAKU), ("EMC", BAKU)]
    local = ("bagged", "unbagged")
    for seat in (ganja, hub):
        known = [one for one in events(seat, number) if one[0] not in local]
        assert known == story
    assert ganja.services.mail_bags.one(bag).state == "done"
    # What has left is neither recalled over the counter nor delivered here.
    assert scan(place, ganja, number, "EMI", **taken_by("Ayse")) == "misrouted"


def test_from_turkey_to_a_signature_in_gence(place: Town, ganja: Seat, hub: Seat) -> None:
    """Customs want 12.50; a courier tries in vain; paid off line and signed for at the counter."""
    for event, more in (
        ("EMD", {}),
        ("EDB", {}),
        ("EME", {"reason": "invoice"}),
    ):
        assert scan(place, hub, FROM_TURKEY, event, **more) == "saved"
    assert scan(place, hub, FROM_TURKEY, "EDC", reason="duty_due") == "duty_missing"
    assert scan(place, hub, FROM_TURKEY, "EDC", reason="duty_due", duty_qapik=1_250) == "saved"
    assert scan(place, hub, FROM_TURKEY, "EMF", receptacle="BAG-000123", signatory="Rauf") == "saved"
    place.sync()
    assert scan(place, ganja, FROM_TURKEY, "EMG") == "saved"
    place.sync()
    place.sync()
    assert ganja.services.charges.due(FROM_TURKEY).amount_qapik == 1_250
    ganja.go_offline()
    rounds = ganja.services.rounds
    round_ = rounds.begin(rounds.couriers()[0].officer, ganja.clerk)
    minute(place)
    assert rounds.put_in(round_, FROM_TURKEY, ganja.clerk).verdict == "saved"
    rounds.sign_out(round_, 1, INK, ganja.clerk)
    minute(place)
    # Nobody brought the money: it is not delivered, it was tried.
    given = ScanItem(FROM_TURKEY, "EMI", **taken_by("Məmmədova Leyla"))
    refused = rounds.bring_back(round_, given, ganja.clerk)
    assert (refused.verdict, refused.key) == ("refused", "express.scan.charge_due")
    tried = ScanItem(FROM_TURKEY, "EMH", reason="unpaid", measure="card_left")
    assert rounds.bring_back(round_, tried, ganja.clerk).verdict == "saved"
    rounds.end(round_, 1, INK, ganja.clerk)
    minute(place)
    assert scan(place, ganja, FROM_TURKEY, "EMI", **taken_by("Məmmədova Leyla")) == "charge_due"
    ganja.services.charges.take(FROM_TURKEY, ganja.clerk)
    ganja.pay(2_000)
    assert scan(place, ganja, FROM_TURKEY, "EMI", **taken_by("Məmmədova Leyla")) == "saved"
    ganja.go_online()
    place.sync()
    place.sync()
    assert states(place, FROM_TURKEY, ganja, hub) == {("delivered", "person")}
    with place.centre.database.transaction() as conn:
        [due] = charges.waiting(conn, "duty")
        assert (due.number, due.amount_qapik, due.office) == (FROM_TURKEY, 1_250, GANJA)
        assert charges.settle(conn, [due.charge], ("Səfərov", "Quliyeva"), "P-17", 1) == 1_250
    assert place.ask("select reason from exceptions where ended_ms = 0") == []


def test_cash_on_delivery_for_the_sender_of_a_redirected_item(place: Town, ganja: Seat, baku: Seat) -> None:
    """Taken in Gəncə for Bakı, sent on to Gəncə where the addressee is now, and paid for there."""
    addressee = replace(ORXAN, address="Nizami küçəsi 72", postcode="AZ1010")
    wanted = AcceptItem(LEYLA, addressee, 400, "ems_domestic", cod_qapik=3_300)
    line = ganja.services.express.accept(wanted, ganja.clerk).lines[-1].line
    assert isinstance(line, ops.ItemAccepted)
    ganja.pay(line.amount_qapik)
    place.sync()
    assert scan(place, baku, line.number, "EMG") == "saved"
    place.sync()
    with place.centre.database.connection() as conn:
        orders.stop(conn, line.number, "redirect", "Səfərov", "request 4", place.clock.utc_ms(), to=GANJA)
    place.sync()
    with pytest.raises(Refused, match="E-134"):
        baku.services.charges.take(line.number, baku.clerk)
    assert scan(place, baku, line.number, "EDG") == "stopped_redirect_to"
    assert scan(place, baku, line.number, "EMH", reason="moved", measure="forwarded") == "saved"
    place.sync()
    place.sync()
    assert scan(place, ganja, line.number, "EMG") == "saved"
    assert scan(place, ganja, line.number, "EMI", **taken_by("Hüseynov Orxan")) == "charge_due"
    ganja.services.charges.take(line.number, ganja.clerk)
    ganja.pay(3_300)
    assert scan(place, ganja, line.number, "EMI", **taken_by("Hüseynov Orxan")) == "saved"
    place.sync()
    with place.centre.database.transaction() as conn:
        [due] = charges.waiting(conn, "cod")
    assert (due.number, azn(due.amount_qapik), due.accepted_office) == (line.number, azn(3_300), GANJA)


def test_what_lacks_its_data_stops_at_the_hub_is_amended_where_it_was_sold_and_leaves(
    place: Town, ganja: Seat, hub: Seat
) -> None:
    """Turkey demands a code for everything: the scarf has none until the sender comes back to the counter."""
    with place.centre.database.transaction() as conn:
        demand = AdvanceDemand(country="TR", valid_from="2020-01-01")
        reference.publish(conn, replace(PRICES, version="d", advance=(demand,)), place.clock.utc_ms())
    place.sync()
    line = ganja.services.post_abroad.accept(abroad(), ganja.clerk).lines[-1].line
    assert isinstance(line, ops.ItemAccepted)
    ganja.pay(line.amount_qapik)
    number = line.number
    place.sync()
    assert scan(place, hub, number, "EMB") == "saved"
    place.sync()
    place.sync()
    leaves = {"receptacle": S9, "signatory": "Quliyev Rauf"}
    assert scan(place, hub, number, "EMC", **leaves) == "stopped_advance"
    # Bakı did not sell it.
    with pytest.raises(Refused, match="E-172"):
        hub.services.declarations.standing(number)
    minute(place)
    found = ganja.services.declarations.standing(number)
    tea, scarf = found.declared.lines
    declared = replace(found.declared, lines=(tea, replace(scarf, hs="621410")))
    amend = Amend(number, found.message, found.addressee, declared, found.papers)
    ganja.services.declarations.amend(amend, ganja.clerk)
    place.sync()
    place.sync()
    assert scan(place, hub, number, "EMC", **leaves) == "saved"
    place.sync()
    place.sync()
    assert states(place, number, ganja, hub) == {("left", "other_post")}
    with place.centre.database.transaction() as conn:
        told = advance.declared(conn, number)
    assert told is not None
    assert (told.supersedes, [one.hs for one in told.lines]) == (line.operation, ["090230", "621410"])
    # After it left it is amended all the same, and sent; the record says so.
    now = ganja.services.declarations.standing(number)
    late = Amend(number, now.message, replace(now.addressee, phone="+902125550102"), declared, now.papers)
    minute(place)
    ganja.services.declarations.amend(late, ganja.clerk)
    place.sync()
    with place.centre.database.transaction() as conn:
        assert [one.has_left for one in advance.versions(conn, number)] == [False, False, True]
        told = advance.declared(conn, number)
    assert told is not None
    assert told.addressee.phone == "+902125550102"
    assert tasks(place) == []
