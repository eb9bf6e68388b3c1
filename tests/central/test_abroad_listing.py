"""A new version of a watch list is run over everything abroad that is not final, both ways (MA-13, M0-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.central import held, list_versions
from azpost_desk.domain import operations as ops
from azpost_desk.domain.watch_lists import OFAC, Listed
from azpost_desk.protocol import messages
from tests.central.abroad_post import PEOPLE, Post
from tests.central.abroad_post import post as post
from tests.central.abroad_post_in import PostIn
from tests.central.abroad_post_in import post as incoming

if TYPE_CHECKING:
    from azpost_desk.domain.lines import AbroadSent

__all__ = ["incoming", "post"]
# In Latin letters, as lists are: it is met by what is sent to her, and by what she sends.
ENTRY = Listed(source=OFAC, id="7", kind="person", names=(("BERIDZE, Nino", "name"),))


def new_version(post: Post) -> int:
    """How many wait because of it."""
    with post.centre.database.connection() as conn:
        done = list_versions.import_list(conn, [ENTRY], "compliance", post.clock.utc_ms(), may_lose_many=True)
    return done.held


def waiting(post: Post) -> set[str]:
    with post.centre.database.transaction() as conn:
        return {one.transfer for one in held.waiting(conn)}


def decided(post: Post, line: AbroadSent, decision: str) -> str:
    with post.centre.database.transaction() as conn:
        after = held.decide(
            conn, post.centre._book, line.transfer, decision, PEOPLE, "list 7", post.clock.utc_ms()
        )
    post.hear()
    return after


def cancelled(post: Post) -> AbroadSent:
    line = post.sell()
    post.desk.append(ops.AbroadStopAsked(transfer=line.transfer, reason="mistake"))
    post.hear()
    return line


def test_ma_13_what_went_abroad_is_held_where_nothing_left_and_marked_where_it_did(post: Post) -> None:
    paid, gone = post.sent(), post.sent()
    post.says(paid, "ACCC")
    owed, given = cancelled(post), cancelled(post)
    told = post.claim(given)
    assert told.grant is not None
    post.desk.store_grant(told.grant)
    grant = messages.grant_of(told.grant.words)
    queued = post.sell()
    assert new_version(post) == 4
    post.hear()
    lines = (gone, owed, given, queued, paid)
    assert [post.state(line) for line in lines] == ["sent", "owed", "refunding", "held", "paid"]
    assert [post.row(line, "listed") for line in lines] == [True, True, True, False, False]
    assert waiting(post) == {line.transfer for line in (gone, owed, given, queued)}
    assert post.cases().count("under_review") == 4
    # The desk hears no more than that it is being checked, and is asked for what it holds.
    last = {told["transfer"]: told["state"] for told in post.desk.told("abroad.event")}
    assert {last[line.transfer] for line in (gone, owed, given, queued)} == {"held"}
    assert post.desk.told("grant.question")[-1]["grant"] == grant.grant
    assert {post.claim(line).code for line in (gone, owed, queued)} == {"T-018"}
    # Its statuses go on being kept; what is given back unused is not given out again.
    assert post.says(gone, "ACSC") == "settled"
    post.desk.held.discard(grant.grant)
    post.desk.append(ops.GrantReleased(grant=grant.grant, thing=given.transfer, reason="asked"))
    post.hear()
    assert (post.state(given), post.claim(given).code) == ("owed", "T-018")
    # The same list once more is nothing new; two people know better than a name.
    assert new_version(post) == 0
    assert [decided(post, line, "let_go") for line in (gone, owed, queued)] == ["settled", "owed", "queued"]
    post.refund(owed)
    assert post.state(owed) == "refunded"
    assert waiting(post) == {given.transfer}


def test_ma_13_what_never_arrived_leaves_no_second_time(post: Post) -> None:
    line = post.sent()
    with post.centre.database.transaction() as conn:
        # The partner has said so, and its profile knows what it has: the next attempt would hand it over.
        conn.execute("update abroad_out set state = 'leaving', attempts = 0, next_ms = 1")
    assert new_version(post) == 1
    handed = len(post.partner.handed)
    post.later(60)
    assert len(post.partner.handed) == handed
    assert decided(post, line, "let_go") == "leaving"
    post.later(11)
    assert len(post.orders()) == 2


def test_ma_13_what_came_from_abroad_is_neither_paid_nor_given_back(incoming: PostIn) -> None:
    free, held_by_desk, unfit = (
        incoming.comes(1),
        incoming.comes(2, minor=40_000),
        incoming.comes(3, number=""),
    )
    grant = incoming.granted(2, 40_000)
    things = (free, held_by_desk, unfit)
    assert [incoming.of(one) for one in things] == ["available", "reserved", "unpayable"]
    assert new_version(incoming) == 3
    incoming.booked(1, 3)
    incoming.later(30)
    assert [incoming.of(one) for one in things] == ["held", "reserved", "unpayable"]
    assert (incoming.said("return"), incoming.asked().code) == ([], "T-018")
    assert incoming.desk.told("grant.question")[-1]["grant"] == grant.grant
    incoming.release(grant)
    assert incoming.of(held_by_desk) == "held"
    assert waiting(incoming) == set(things)
    # Whom two people have cleared is not held by the same entry again.
    assert incoming.decided(free, "let_go") == "available"
    incoming.pay(incoming.granted(1))
    assert incoming.of(free) == "paid"
    assert incoming.decided(unfit, "let_back") == "unpayable"
    incoming.later(1)
    assert len(incoming.said("return")) == 1
