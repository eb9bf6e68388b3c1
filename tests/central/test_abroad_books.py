"""Switches, breaker, books and refunds of money out over the border, by the ids of money-out.md."""

from __future__ import annotations

import pytest

from azpost_desk.central.abroad import agreements, judging
from azpost_desk.domain import accounts as chart
from azpost_desk.domain import baskets
from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol import messages
from tests.central.abroad_post import PEOPLE, Post
from tests.central.abroad_post import post as post

# --- switches, breaker, books ------------------------------------------------------------------------------


def test_m0_11_a_partner_that_refuses_everything_is_paused_and_asks_a_person(post: Post) -> None:
    post.partners(refusals_in_a_row_max=1)
    first, second = post.sent(), post.sent()
    post.says(first, "RJCT", reason="AC04")
    assert post.ask().code == ""
    post.says(second, "RJCT", reason="AC04")
    assert post.ask().code == "A-011"
    assert "partner_refuses_all" in post.cases()


def test_m0_11_each_switch_stops_one_thing(post: Post) -> None:
    with post.centre.database.transaction() as conn:
        agreements.turn(conn, "tbilisi", agreements.SENDING, post.clock.utc_ms(), on=False, why="holiday")
    line = post.sell()
    post.later(11)
    assert (post.state(line), post.partner.handed) == ("queued", [])
    with post.centre.database.transaction() as conn:
        agreements.turn(conn, "tbilisi", agreements.SENDING, post.clock.utc_ms(), on=True, why="over")
        agreements.turn(conn, "tbilisi", agreements.SALE, post.clock.utc_ms(), on=False, why="limit")
    assert post.ask().code == "A-011"
    post.later(11)
    assert post.state(line) == "sent"


def test_ma_22_the_position_opens_with_the_sale_and_a_refusal_takes_the_deal_back(post: Post) -> None:
    before = post.balance(chart.POSITION, "GEL", "GEL")
    line = post.sent()
    assert post.balance(chart.POSITION, "GEL", "GEL") - before == 50_000
    assert post.balance(chart.TRADING, "GEL") == 31_355 - 31_606
    post.rates("0.9000")
    post.says(line, "RJCT", reason="AC04")
    assert post.balance(chart.POSITION, "GEL", "GEL") == before
    assert post.balance(chart.TRADING, "GEL") == 0
    post.refund(line)
    assert post.balance(chart.ABROAD_PAYABLE) == 0


def test_ma_13_m0_12_money_of_a_listed_person_stands_still_and_is_not_explained(post: Post) -> None:
    line = post.sell((post.quoted()[0], "00"))
    assert post.state(line) == "held"
    with post.centre.database.transaction() as conn:
        judging.decide(
            conn, post.centre._book, line.transfer, "rejected", PEOPLE, "list 4", post.clock.utc_ms()
        )
    post.hear()
    assert post.state(line) == "frozen"
    assert post.desk.told("abroad.event")[-1]["state"] == "held"
    assert post.claim(line).code == "T-018"
    with pytest.raises(Refused, match="X-044"), post.centre.database.transaction() as conn:
        judging.decide(
            conn, post.centre._book, line.transfer, "let_go", (PEOPLE[0], PEOPLE[0]), "x", post.clock.utc_ms()
        )


def test_m0_1_an_owed_transfer_has_one_grant_at_a_time_and_a_second_word_makes_no_second_one(
    post: Post,
) -> None:
    line = post.sent()
    post.says(line, "RJCT", reason="AC04")
    told = post.claim(line)
    assert told.grant is not None
    assert post.claim(line).code == "T-015"
    assert post.claim(line, "Somebody Else").code == "T-010"
    post.desk.store_grant(told.grant)
    grant = messages.grant_of(told.grant.words)
    post.desk.held.discard(grant.grant)
    post.desk.append(ops.GrantReleased(grant=grant.grant, thing=line.transfer, reason="void"))
    post.hear()
    assert post.state(line) == "owed"
    post.refund(line)
    assert post.claim(line).code == "T-014"


def test_a_sale_undone_before_the_centre_heard_of_it_leaves_nothing(post: Post) -> None:
    line = post.sell(heard=False)
    undone = baskets.reverse(line, post.desk.new_id(), "1-000001", "mistake", "1004")
    post.desk.settle(undone)
    post.later(30)
    assert (post.state(line), post.partner.handed) == ("reversed", [])
    assert post.balance(chart.ABROAD_PAYABLE) == 0
    assert post.balance(chart.ABROAD_DUE, "tbilisi", "GEL") == 0
