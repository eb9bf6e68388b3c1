"""A-02: an exchange sent again by whoever recorded it is no sign of life and lets nobody be paid twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from azpost_desk.central.registry import founding, lost
from azpost_desk.domain.refusals import Refused
from tests.central.desks import counted
from tests.incidents.test_d03_a_centre_restored_to_before_a_grant import snapshot as snapshot
from tests.incidents.test_d05_a_desk_burns_with_its_grants import PEOPLE, acting
from tests.stories.town import GANJA, ORXAN

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.app import Centre
    from azpost_desk.central.storage.database import Database
    from tests.central.desks import ManualClock, SimDesk
    from tests.stories.town import Seat, Town

    Recording = list[tuple[dict[str, str], bytes]]


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Recording:
    """Every exchange that goes over any line, header and body, the newest last."""
    kept: Recording = []
    post = requests.Session.post

    def heard(self: requests.Session, url: str, data: object = None, **more: object) -> requests.Response:
        body = data if isinstance(data, bytes) else data.read()  # type: ignore[union-attr,attr-defined]
        if url.endswith("/v1/exchange"):
            kept.append((dict(more["headers"]), body))  # type: ignore[call-overload]
        return post(self, url, data=body, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(requests.Session, "post", heard)
    return kept


def again(url: str, one: tuple[dict[str, str], bytes]) -> int:
    return requests.request("POST", f"{url}/v1/exchange", headers=one[0], data=one[1], timeout=20).status_code


def test_a_recording_of_before_a_restore_frees_nothing(
    place: Town,
    ganja: Seat,
    baku: Seat,
    snapshot: tuple[Callable[[], None], Callable[[], None]],
    recorded: Recording,
) -> None:
    second = place.seat(f"{GANJA}-2", float_qapik=0)
    keep, restore = snapshot
    sent = ganja.send_money(25_000)
    ganja.sync()
    baku.sync()
    kept = [one for one in recorded if one[0]["X-Azpost-Desk"] == "1010-1/1"]
    keep()
    held = baku.ask_for(sent.code)
    baku.sync()
    baku.go_offline()
    baku.transfers.plan_payout(held.grant, ORXAN, baku.clerk)
    baku.pay()
    restore()
    for seat in (ganja, second):
        seat.sync()
    for one in kept:
        assert again(place.centre.url, one) == 200
        with pytest.raises(Refused, match="T-016"):
            ganja.ask_for(sent.code)
    assert place.ask("select spoke_epoch from chain_heads where desk = '1010-1'") == [(1,)]
    # The desk itself is heard: it hears of the new epoch, then shows in it what it has done.
    baku.go_online()
    assert place.state(sent.transfer) == "paid"
    with pytest.raises(Refused, match="T-014"):
        ganja.ask_for(sent.code)


def chains(database: Database) -> list[tuple[object, ...]]:
    with database.transaction() as conn:
        heads = conn.execute("select * from chain_heads order by desk, epoch").fetchall()
        return heads + conn.execute("select * from desks order by desk").fetchall()


def test_the_same_signed_bytes_a_second_time_change_nothing(
    centre: Centre, clock: ManualClock, enrolled: Callable[[str], SimDesk], recorded: Recording
) -> None:
    desk = enrolled("2002-1")
    for _ in range(3):
        desk.sell()
        desk.exchange()
        clock.now_ms += lost.HEARD_EVERY_MS // 2
        desk.exchange()
    centre.settle()
    before, stored = chains(centre.database), counted(centre, "journal")
    for passed_ms in (0, lost.HEARD_EVERY_MS + 1, lost.WAIT_MS):
        clock.now_ms += passed_ms
        for one in list(recorded):
            assert again(centre.url, one) == 200
    assert (chains(centre.database), counted(centre, "journal")) == (before, stored)
    # A retry is signed anew and brings the same batch: the same words, and a sign of life.
    words = desk.push(desk.batch(first=4)).ack
    clock.now_ms += lost.HEARD_EVERY_MS + 1
    desk.exchange()
    assert desk.push(desk.batch(first=4)).ack == words == desk.ack
    assert chains(centre.database) != before


def test_a_lost_desks_recording_does_not_keep_it_alive(place: Town, baku: Seat, recorded: Recording) -> None:
    baku.sync()
    with acting(place) as (conn, book):
        lost.declare(conn, "1010-1", PEOPLE[0], "fire", "police report 12", place.clock.utc_ms())
        place.clock.pass_ms(lost.WAIT_MS)
        for one in recorded:
            assert again(place.centre.url, one) == 200
        assert lost.confirm(conn, book, "1010-1", PEOPLE[1], place.clock.utc_ms()) == []
    place.seats.remove(baku)


def test_two_restores_of_one_copy_are_two_epochs(centre: Centre, clock: ManualClock) -> None:
    """Or words and news positions of the first would count in the second."""
    begun = []
    for _ in range(2):
        with centre.database.transaction() as conn:
            # What the copy holds: nothing of the restore before.
            conn.execute("update centre set epoch = 1")
            begun.append(founding.new_epoch(conn, clock.utc_ms()))
        clock.now_ms += 60_000
    assert 1 < begun[0] < begun[1]
