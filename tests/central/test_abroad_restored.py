"""M0-10: after a restore of the centre nothing leaves for a partner before it is known what may have left."""

from __future__ import annotations

import pytest

from azpost_desk.central.abroad import restored
from azpost_desk.central.gateways.abroad import Told
from azpost_desk.central.registry import founding
from azpost_desk.domain.abroad.statements import Statement
from azpost_desk.domain.days import calendar_day
from azpost_desk.domain.refusals import Refused
from tests.central.abroad_bank import Bank
from tests.central.abroad_post import PEOPLE
from tests.central.abroad_post_in import PostIn, uetr
from tests.central.abroad_post_in import post as post


def restore(post: PostIn) -> None:
    post.clock.now_ms += 1_000
    with post.centre.database.transaction() as conn:
        founding.new_epoch(conn, post.clock.utc_ms())


def say_read(post: PostIn) -> None:
    with post.centre.database.transaction() as conn:
        restored.say_read(conn, post.centre._book, "tbilisi", PEOPLE, "list of the day", post.clock.utc_ms())
    post.hear()


def kinds(post: PostIn) -> list[str]:
    return [str(one["kind"]) for one in post.partner.handed]


def test_m0_10_what_had_not_left_waits_and_is_asked_about_before_it_leaves(post: PostIn) -> None:
    post.partners(knows_duplicates=True, unfunded_minor_max=100_000)
    line = post.sell()
    restore(post)
    post.later(30)
    assert (post.state(line), kinds(post)) == ("queued", [])
    say_read(post)
    post.later(11)
    assert (post.state(line), kinds(post)) == ("unknown", ["question"])
    post.says(line, "")
    assert kinds(post) == ["question", "order"]
    (order,) = post.orders()
    assert (order["ordinal"], order["repeat"]) == (1, True)


def test_m0_10_what_the_lost_hours_had_sent_is_found_there_and_not_sent_again(post: PostIn) -> None:
    line = post.sell()
    restore(post)
    say_read(post)
    post.later(11)
    assert post.says(line, "ACSP") == "accepted"
    assert post.orders() == []


def test_m0_10_what_was_under_way_is_unknown_and_asked_about(post: PostIn) -> None:
    line = post.sent()
    restore(post)
    post.hear()
    assert post.state(line) == "unknown"
    assert kinds(post) == ["order", "question"]


def test_m0_10_a_sale_of_the_lost_hours_that_comes_afterwards_is_asked_about_too(post: PostIn) -> None:
    line = post.sell(heard=False)
    restore(post)
    post.hear()
    assert post.row(line, "ask_first")
    new = post.sell()
    assert not post.row(new, "ask_first")


def test_m0_10_a_statement_of_a_day_after_the_restore_is_word_enough(post: PostIn) -> None:
    line, bank = post.sell(), Bank(post)
    restore(post)
    post.later(11)
    before = calendar_day(post.clock.utc_ms() - 2 * 86_400_000)
    bank.tells(Statement("AZPOST-1", "S-1", 1, "GEL", True, (), 0, 0, before))
    post.later(15)
    assert post.state(line) == "queued"
    bank.tells(Statement("AZPOST-1", "S-2", 2, "GEL", True, (), 0, 0, calendar_day(post.clock.utc_ms())))
    post.later(15)
    assert post.state(line) == "unknown"


def test_m0_10_nothing_is_paid_back_or_out_before(post: PostIn) -> None:
    line = post.sent()
    post.says(line, "RJCT", reason="AC04")
    post.comes()
    restore(post)
    post.hear()
    assert (post.state(line), post.claim(line).code, post.asked().code) == ("owed", "T-016", "T-016")
    say_read(post)
    assert post.claim(line).grant is not None
    assert post.asked().grant is not None


def test_m0_10_a_desk_that_has_not_spoken_is_waited_for(post: PostIn) -> None:
    line = post.sell()
    restore(post)
    with post.centre.database.transaction() as conn:
        restored.say_read(conn, post.centre._book, "tbilisi", PEOPLE, "list", post.clock.utc_ms())
    post.clock.now_ms += 30 * 60_000
    post.centre.settle()
    assert kinds(post) == []
    post.later(1)
    post.later(11)
    assert kinds(post) == ["question"]
    assert post.state(line) == "unknown"


def test_m0_10_a_return_waits_and_is_asked_about_before_it_goes(post: PostIn) -> None:
    post.partners(knows_duplicates=True, unfunded_minor_max=100_000)
    thing = post.comes(number="")
    restore(post)
    post.booked(1)
    assert (post.of(thing), post.said("return")) == ("unpayable", [])
    say_read(post)
    post.later(11)
    assert (post.of(thing), post.said("return")) == ("return_unknown", [])
    post.partner.answers = [Told()]
    post.partner.says_of(uetr(), "")
    post.later(1)
    assert [one["repeat"] for one in post.said("return")] == [True]


def test_nobody_says_that_something_was_read_where_nothing_was_restored(post: PostIn) -> None:
    with pytest.raises(Refused, match="A-092"):
        say_read(post)
