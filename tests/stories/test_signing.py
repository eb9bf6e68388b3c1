"""A closed day signed with a smart card: the books of both sides stay sound, the centre has the hash."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.devices.signatures import CardSigner
from azpost_desk.programs.desk import paper_drawer, report_press, stamp_drawer
from azpost_desk.services.desk import desk_services
from tests.fakes.certificates import PIN, Reader, new_issuer, softhsm
from tests.services.counters import PlainHasher
from tests.storage.desks import DATE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stories.town import Seat, Town

LIBRARY = softhsm()


@pytest.mark.skipif(LIBRARY is None, reason="SoftHSM2 (Debian: softhsm2) is not on this machine")
def test_the_manager_signs_the_day_with_a_card_after_the_close(
    place: Town, ganja: Seat, tmp_path: Path
) -> None:
    assert LIBRARY is not None
    issuer = new_issuer()
    key, certificate = issuer.issue(ganja.manager.name.upper())
    folder = tmp_path / "reader"
    folder.mkdir()
    card = Reader(folder).card("manager", key, [certificate])
    ganja.services = desk_services(
        ganja.services.counter,
        PlainHasher(),
        report_press(lambda: "az"),
        CardSigner(LIBRARY, stamp_drawer, "manager"),
        paper_drawer(lambda: "az"),
    )
    ganja.take_bill(1_000)
    ganja.close_day()
    ganja.services.signatures.sign(ganja.manager, "report", DATE, PIN)
    ganja.sync()
    state = ganja.services.signatures.state("report", DATE)
    assert (state.standing, state.signed_by) == ("unknown_issuer", (ganja.manager.name,))
    (row,) = place.ask(
        "select body, accepted from journal where convert_from(header, 'UTF8') like %s", "%paper.signed%"
    )
    assert row[1] is True
    assert ganja.manager.name.upper().encode() not in row[0]
    assert b'"way":"card"' in row[0]
    assert place.ask("select count(*) from exceptions") == [(0,)]
    card.pull()
