"""A phone card reaches the centre, which has nothing against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.services.phonecards import Phonecards

from azpost_desk.domain.money import azn

if TYPE_CHECKING:
    from tests.stories.town import Seat, Town


def test_the_centre_works_a_card_off(place: Town, ganja: Seat) -> None:
    cards = Phonecards(ganja.services.counter, ganja.services.baskets)
    cards.sell("AZC0001234", azn(1_000), ganja.clerk)
    ganja.pay(1_000)
    place.sync()
    with place.centre.database.transaction() as conn:
        assert conn.execute("select count(*) from work").fetchone() == (0,)
        assert conn.execute("select count(*) from exceptions").fetchone() == (0,)
