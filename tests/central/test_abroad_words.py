"""What a partner says too early or of nothing: tried at once when it may fit, else less and less often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.central.abroad import hearing
from azpost_desk.central.gateways.abroad import Told
from azpost_desk.central.storage.database import one
from tests.central.abroad_post import MINUTE, Post
from tests.central.abroad_post import post as post

if TYPE_CHECKING:
    from azpost_desk.central.gateways.abroad import Said, Unfit

DAY = 24 * 60 * MINUTE


@pytest.fixture
def read(post: Post, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every document that was tried, as often as it was."""
    tried: list[bytes] = []
    whole = post.partner.read

    def read(raw: bytes) -> tuple[Said, ...] | Unfit:
        tried.append(raw)
        return whole(raw)

    monkeypatch.setattr(post.partner, "read", read)
    return tried


def apply(post: Post) -> int:
    return hearing.apply_waiting(post.centre.database, {"tbilisi": post.partner}, post.clock)


def waiting(post: Post) -> int:
    with post.centre.database.transaction() as conn:
        return int(one(conn, "select count(*) from partner_messages where not applied")[0])


def is_due(post: Post) -> bool:
    with post.centre.database.transaction() as conn:
        query = "select exists (select from partner_messages where not applied and next_ms <= %s)"
        return bool(one(conn, query, (post.clock.now_ms,))[0])


def try_what_is_due(post: Post) -> None:
    """By this hand, or by the centre's own round where that has it in hand just now."""
    while is_due(post):
        apply(post)


def test_a_word_that_fits_nothing_is_tried_less_and_less_and_is_a_task_after_a_day(
    post: Post, read: list[bytes]
) -> None:
    post.partner.says("nothing", "ACSP")
    post.hear()
    begun_ms, counts = post.clock.now_ms, []
    for until, step_ms in ((1, MINUTE // 4), (16, MINUTE), (23 * 60, 15 * MINUTE)):
        while post.clock.now_ms < begun_ms + until * MINUTE:
            post.clock.now_ms += step_ms
            try_what_is_due(post)
        counts.append(len(read))
    # At once, then as long again as it has waited, then every quarter of an hour.
    assert counts == [4, 8, 99]
    assert (post.cases(), waiting(post)) == ([], 1)
    post.clock.now_ms = begun_ms + DAY
    try_what_is_due(post)
    assert (post.cases(), waiting(post)) == (["partner_word"], 0)


def test_a_word_that_waits_long_counts_as_soon_as_its_transfer_is_there_and_gone(
    post: Post, read: list[bytes]
) -> None:
    line = post.sell(heard=False)
    post.partner.says(line.transfer, "ACSP")
    post.centre.settle()
    post.clock.now_ms += 40 * MINUTE
    assert apply(post) == 0
    before = len(read)
    post.clock.now_ms += MINUTE
    assert apply(post) == 0
    assert len(read) == before
    # Its sale is committed: it is tried, and again once it has left, not a quarter of an hour later.
    post.partner.answers = [Told()]
    post.hear()
    assert len(read) > before
    for _ in range(12):
        post.clock.now_ms += MINUTE
        post.hear()
        if post.state(line) == "accepted":
            break
    assert post.state(line) == "accepted"
    assert waiting(post) == 0


def test_fifty_words_that_fit_nothing_hold_up_nobody(post: Post) -> None:
    line = post.sent()
    for number in range(60):
        post.partner.says(f"nothing {number}", "ACSP")
    post.hear()
    assert post.says(line, "ACSP") == "accepted"
    assert waiting(post) == 60
