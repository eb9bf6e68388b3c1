"""Customers ask where money abroad is: a task with a term at the centre, one question, one answer."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from azpost_desk.central.abroad import enquiring
from azpost_desk.central.gateways.abroad import Told
from azpost_desk.domain import operations as ops
from azpost_desk.protocol.messages import TransferClaim
from azpost_desk.protocol.records import Attachment
from tests.central.abroad_post import post as post
from tests.central.test_disputes import EVIDENCE

if TYPE_CHECKING:
    from typing import Any

    from azpost_desk.domain.lines import AbroadSent
    from tests.central.abroad_post import Post

NUMBER = "D2026-000001-7"


def asks(post: Post, about: str, figure: str = "enquiry.sent") -> None:
    post.desk.append(
        ops.DisputeRaised(
            dispute=NUMBER,
            figure=figure,
            about=about,
            date="2026-11-23",
            value=31_606,
            unit="qapik",
            words="",
            due="2026-12-03",
            evidence=EVIDENCE,
        )
    )
    post.hear()


def rows(post: Post, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with post.centre.database.transaction() as conn:
        return conn.execute(query.encode(), values).fetchall()


def tasks(post: Post) -> list[tuple[str, str, str]]:
    return rows(
        post, "select owner, about, due from exceptions where reason = %s and ended_ms = 0", "abroad_enquiry"
    )


def answers(post: Post) -> list[tuple[str, str]]:
    return [(one["answer"], one["by"]) for one in post.desk.told("dispute.answer")]


def questions(post: Post) -> int:
    return sum(one["kind"] == "question" for one in post.partner.handed)


def settled(post: Post) -> AbroadSent:
    line = post.sent()
    assert post.says(line, "ACSC") == "settled"
    return line


def test_an_enquiry_is_a_task_with_a_term_and_asks_the_partner_once(post: Post) -> None:
    line = settled(post)
    asked_before = questions(post)
    asks(post, line.transfer)
    assert tasks(post) == [("operations", NUMBER, "2026-12-03")]
    # The partner took the question and said nothing with it: it is not asked again by itself.
    assert questions(post) == asked_before + 1
    for _ in range(3):
        post.later(60)
    assert (questions(post), answers(post)) == (asked_before + 1, [])
    post.says(line, "ACCC")
    assert (answers(post), tasks(post)) == ([("received", "tbilisi")], [])
    # Answered it is answered: what the partner says later answers nothing a second time.
    post.says(line, "ACCC", reference="once more")
    assert len(answers(post)) == 1


def test_ma_9_a_settlement_word_answers_that_it_is_on_its_way(post: Post) -> None:
    line = settled(post)
    asks(post, line.transfer)
    post.says(line, "ACSC", reference="its answer")
    assert answers(post) == [("under_way", "tbilisi")]


def test_a_silent_partner_is_asked_until_it_has_answered(post: Post) -> None:
    line = post.sent(Told())
    before = questions(post)
    asks(post, line.transfer)
    assert questions(post) == before + 1
    post.says(line, "RJCT", reason="AC04")
    assert (post.state(line), answers(post)) == ("owed", [("comes_back", "tbilisi")])


def test_m0_12_of_a_listed_persons_money_the_partners_word_explains_nothing(post: Post) -> None:
    line = settled(post)
    asks(post, line.transfer)
    with post.centre.database.transaction() as conn:
        conn.execute("update abroad_out set listed = true where transfer = %s", (line.transfer,))
    post.says(line, "ACCC")
    assert (answers(post), len(tasks(post))) == ([], 1)


def test_a_person_answers_and_what_is_taken_further_is_a_task_again(post: Post) -> None:
    line = settled(post)
    asks(post, line.transfer)
    with post.centre.database.transaction() as conn:
        desk = "2002-1"
        enquiring.answer(conn, desk, NUMBER, "more", "Gözləyin.", "Rəna", 1)
        assert enquiring.about(conn, desk, "enquiry.sent", line.transfer) == "settled tbilisi"
    assert len(tasks(post)) == 1
    with post.centre.database.transaction() as conn:
        enquiring.answer(conn, desk, NUMBER, "under_way", "Sabah.", "Rəna", 2)
    assert tasks(post) == []
    post.desk.append(ops.DisputeEscalated(dispute=NUMBER, reason="answer", words="", due="2026-12-20"))
    post.hear()
    assert tasks(post) == [("operations", NUMBER, "2026-12-20")]
    post.desk.append(ops.DisputeClosed(dispute=NUMBER, outcome="settled", words=""))
    post.hear()
    assert tasks(post) == []


def test_what_is_to_come_is_found_by_the_request_that_was_refused(post: Post) -> None:
    request = post.desk.new_id()
    question = TransferClaim(request=request, purpose="pay_abroad", code="TB12345678", way="GE-IN")
    words = Attachment(f"{request}:question", os.urandom(16), msgspec.json.encode(question))
    body = ops.GrantRequested(thing="", purpose="pay_abroad", question=words.commitment())
    post.desk.append(body, operation=request, attachments=(words,))
    asks(post, request, "enquiry.coming")
    assert tasks(post) == [("operations", NUMBER, "2026-12-03")]
    with post.centre.database.transaction() as conn:
        assert enquiring.about(conn, "2002-1", "enquiry.coming", request) == ""
        conn.execute(
            "insert into abroad_in (transfer, partner, way, uetr, told_by, reference, end_to_end, number,"
            " currency, amount, parties,"
            " content,"
            " message, receiver_key, state, state_ms, received_ms) values ('t', 'tbilisi', 'GE-IN',"
            " 'u', 'm', '', '', 'TB12345678', 'GEL', 1, '', '', 1, '', 'held', 1, 1)"
        )
        assert enquiring.about(conn, "2002-1", "enquiry.coming", request) == "held tbilisi"
        conn.execute("delete from abroad_in")
