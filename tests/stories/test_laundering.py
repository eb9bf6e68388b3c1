"""One person's transfers over all branches: limits hold them, patterns become cases, cases become reports."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from azpost_desk.central import held, laundering
from azpost_desk.central.registry import reference
from azpost_desk.domain.catalogue import MoneyLaundering
from azpost_desk.domain.refusals import Refused
from tests.stories.test_transfer_life import decide, given_back
from tests.stories.town import LEYLA, ORXAN

if TYPE_CHECKING:
    from azpost_desk.central.laundering import Case
    from azpost_desk.domain.people import Person
    from azpost_desk.services.views import Transfer
    from tests.stories.town import Seat, Town

HOUR_MS = 3_600_000
OTHER = replace(LEYLA, name="Rzayeva Sevda", fin="9ZK9XYZ", document="AA9999999", phone="+994509999999")


def rules(place: Town, **changed: object) -> None:
    with place.centre.database.transaction() as conn:
        reference.publish(conn, MoneyLaundering(**changed), place.clock.utc_ms())  # type: ignore[arg-type]


def cases(place: Town) -> list[Case]:
    with place.centre.database.connection() as conn:
        return laundering.cases(conn)


def send(place: Town, seat: Seat, qapik: int, sender: Person = LEYLA) -> Transfer:
    place.clock.now_ms += HOUR_MS
    one = seat.send_money(qapik, sender=sender)
    seat.sync()
    return one


def test_the_limit_of_a_day_counts_over_branches(place: Town, ganja: Seat, baku: Seat) -> None:
    rules(place, day_qapik_max=50_000)
    first, second = send(place, ganja, 30_000), send(place, baku, 20_000)
    third, others = send(place, baku, 100), send(place, ganja, 50_000, OTHER)
    states = [place.state(one.transfer) for one in (first, second, third, others)]
    assert states == ["available", "available", "held", "available"]
    assert place.ask("select owner, reason from exceptions") == [("compliance", "over_limit")]
    with pytest.raises(Refused, match="T-018"):
        ganja.ask_for(third.code, 100)
    decide(place, third.transfer, held.LET_GO)
    assert ganja.ask_for(third.code, 100).amount.minor == 100
    place.clock.now_ms += 24 * HOUR_MS
    fourth = send(place, ganja, 30_000)
    assert place.state(fourth.transfer) == "available"
    # Back with its sender it is no sum that they sent.
    given_back(ganja, fourth)
    ganja.sync()
    assert place.state(fourth.transfer) == "refunded"
    assert place.state(send(place, baku, 50_000).transfer) == "available"


def test_the_same_person_is_known_by_document_or_telephone(place: Town, ganja: Seat, baku: Seat) -> None:
    rules(place, day_qapik_max=50_000)
    send(place, ganja, 40_000)
    by_telephone = replace(LEYLA, fin="", document="C1234567", document_kind="passport")
    assert place.state(send(place, baku, 20_000, by_telephone).transfer) == "held"


def test_linked_sums_become_one_case_that_grows(place: Town, ganja: Seat, baku: Seat) -> None:
    rules(place, threshold_qapik=100_000)
    sent = [send(place, seat, 40_000) for seat in (ganja, baku, ganja)]
    [case] = cases(place)
    assert (case.rule, case.total_qapik, case.days) == ("linked", 120_000, 1)
    assert set(case.transfers) == {one.transfer for one in sent}
    fourth = send(place, baku, 40_000)
    [case] = cases(place)
    assert (case.total_qapik, fourth.transfer in case.transfers) == (160_000, True)
    # A pattern holds nobody: people look at it.
    assert place.state(fourth.transfer) == "available"


def test_what_came_in_and_goes_out_is_found(place: Town, ganja: Seat, baku: Seat) -> None:
    first = send(place, ganja, 50_000)
    baku.pay_out(first.code, 50_000)
    baku.sync()
    second = send(place, baku, 48_000, ORXAN)
    [case] = cases(place)
    assert (case.rule, set(case.transfers)) == ("in_and_out", {first.transfer, second.transfer})


def test_a_report_is_a_file_and_closes_its_case(place: Town, ganja: Seat, baku: Seat) -> None:
    rules(place, threshold_qapik=40_000)
    one = send(place, ganja, 40_000)
    [case] = cases(place)
    assert case.rule == "single"
    with place.centre.database.connection() as conn:
        told = laundering.report(conn, case.number, "Sevda Rzayeva", place.clock.utc_ms())
        again = laundering.report(conn, case.number, "somebody else", place.clock.utc_ms() + 1)
        with pytest.raises(Refused, match="X-082"):
            laundering.report(conn, "L2026-000099-0", "x", 1)
    assert told == again
    words = json.loads(told)
    assert (words["case"], words["reported_by"]) == (case.number, "Sevda Rzayeva")
    assert [(each["transfer"], each["sender"]["fin"]) for each in words["transfers"]] == [
        (one.transfer, LEYLA.fin)
    ]
    # What comes after the report is a case of its own.
    send(place, baku, 40_000)
    assert [bool(one.reported_ms) for one in cases(place)] == [True, False]


def test_the_table_of_movements_names_nobody_and_forgets(place: Town, ganja: Seat, baku: Seat) -> None:
    send(place, ganja, 30_000)
    rows = place.ask("select subject || other from movements")
    assert rows
    assert not any(secret in row[0] for row in rows for secret in (LEYLA.fin, LEYLA.document, LEYLA.phone))
    with place.centre.database.connection() as conn:
        assert laundering.forget(conn, place.clock.utc_ms() + 29 * 24 * HOUR_MS) == 0
        assert laundering.forget(conn, place.clock.utc_ms() + 31 * 24 * HOUR_MS) == len(rows)
