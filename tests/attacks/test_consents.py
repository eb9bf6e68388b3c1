"""Consents that nobody at the centre gave: refused where they would be written, found where they arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.central.registry import branches
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Officer
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.programs.central import main
from azpost_desk.protocol import approvals as protocol
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.protocol.messages import Grant, Signed, unpack, words_of
from azpost_desk.protocol.questions import APPROVAL
from azpost_desk.sync.approvals import check_answer
from tests.central import persons
from tests.services.counters import CLERK
from tests.storage.desks import GRANTS
from tests.storage.desks import enrolled as identity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from azpost_desk.central.app import Centre
    from tests.central.desks import SimDesk
    from tests.services.counters import Stand

QUESTION = protocol.ApprovalAsk(
    request="r-1", operation="o-1", subject="reversal", amount_qapik=2_550, asker="1002", attempt=1
)
ASKED = protocol.Asked("2002-1", 1, "r-1", "o-1", "reversal", 2_550, "1002", 1)
ANSWER = protocol.CentreAnswer("approval.answer@1", 1, ASKED, "centre:C07", "given", "", 7)


def signed(answer: protocol.CentreAnswer, key: SigningKey = GRANTS) -> Signed:
    words = protocol.answer_words(answer)
    return Signed(words=words, signature=key.sign(words))


def changed(**facts: object) -> Signed:
    return signed(msgspec.structs.replace(ANSWER, asked=msgspec.structs.replace(ASKED, **facts)))


def test_an_answer_to_this_very_question_is_believed() -> None:
    check_answer(signed(ANSWER), QUESTION, identity())


GRANT_WORDS = words_of(Grant(1, "g", "t", "pay", 1, "", "", "", "2002-1", 1, "r-1", 2_550, 7))


@pytest.mark.parametrize(
    "wrong",
    [
        signed(ANSWER, SigningKey(b"x" * 32)),
        changed(desk="2002-2"),
        changed(epoch=2),
        changed(request="r-2"),
        changed(operation="o-2"),
        changed(subject="scan_void"),
        changed(amount_qapik=255_000),
        changed(asker="1003"),
        changed(attempt=2),
        signed(msgspec.structs.replace(ANSWER, approver="1004")),
        # Signed by the right key, and something else.
        Signed(words=GRANT_WORDS, signature=GRANTS.sign(GRANT_WORDS)),
        Signed(words=b"[]", signature=GRANTS.sign(b"[]")),
    ],
)
def test_an_answer_to_anything_else_is_not(wrong: Signed) -> None:
    with pytest.raises(Trouble, match="L-004"):
        check_answer(wrong, QUESTION, identity())


def test_no_record_names_somebody_at_the_centre_who_did_not_consent(stand: Stand) -> None:
    """The last door: whatever service forgot to ask, the books do."""
    body = ops.ScanVoided(scan="s-1", number="EE000100007AZ", reason="slip", approved_by="centre:C07")
    before = stand.records()
    with pytest.raises(Refused, match="S-012"), stand.books.writing() as books:
        books.append(body, actor=CLERK.officer, operation="o-1")
    assert stand.records() == before


def exceptions(centre: Centre) -> list[str]:
    centre.settle()
    with centre.database.transaction() as conn:
        return [row[0] for row in conn.execute("select reason from exceptions order by exception")]


def test_a_hostile_desk_that_names_the_centre_is_found(
    centre: Centre, enrolled: Callable[[str], SimDesk]
) -> None:
    desk = enrolled("2002-1")
    desk.append(ops.ScanVoided(scan="s-1", number="EE000100007AZ", reason="x", approved_by="centre:C07"))
    given = ops.ApprovalGiven(
        request="r-9", operation="o-9", approver="centre:C07", way="centre_online", evidence="00"
    )
    desk.append(given)
    desk.append(ops.ApprovalLocked(request="r-9", operation="o-9", wrong_responses=5))
    answer = desk.exchange()
    assert answer.refused is None
    assert exceptions(centre) == ["strange_approval", "strange_approval", "responses_locked"]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"amount_qapik": -1}, "X-002"),
        ({"amount_qapik": 2**63 - 1}, "S-067"),
        ({"subject": "Robert'); drop table approvals"}, "S-067"),
        ({"request": ""}, "S-067"),
        ({"request": "r" * 65}, "S-067"),
        ({"operation": ""}, "S-067"),
        ({"asker": ""}, "S-067"),
        ({"asker": "10\x0002"}, "X-002"),
        ({"attempt": 2**31}, "S-067"),
    ],
)
def test_a_question_that_is_none_is_put_on_no_list(
    centre: Centre, enrolled: Callable[[str], SimDesk], facts: dict[str, object], code: str
) -> None:
    desk = enrolled("2002-1")
    question = msgspec.structs.replace(QUESTION, **facts)
    told = unpack(desk.post(APPROVAL.path, question).content, protocol.ApprovalTold)
    assert told == protocol.ApprovalTold(code=code)
    with centre.database.transaction() as conn:
        assert conn.execute("select count(*) from approvals").fetchone() == (0,)


def test_the_same_request_is_the_same_question_and_no_other(
    centre: Centre, enrolled: Callable[[str], SimDesk]
) -> None:
    """Nobody else is signed up at this branch: it may ask. It may not change what it asked."""
    desk = enrolled("2002-1")

    def ask(question: protocol.ApprovalAsk) -> protocol.ApprovalTold:
        return unpack(desk.post(APPROVAL.path, question).content, protocol.ApprovalTold)

    assert ask(QUESTION) == ask(QUESTION) == protocol.ApprovalTold()
    assert ask(msgspec.structs.replace(QUESTION, amount_qapik=1)).code == "S-067"
    with centre.database.transaction() as conn:
        assert conn.execute("select amount from approvals").fetchall() == [(2_550,)]


def test_a_question_that_comes_by_the_journal_alone_gets_no_consent_in_a_branch_of_two(
    centre: Centre,
    enrolled: Callable[[str], SimDesk],
    postgres: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The desk never asked, it only wrote that it did: on the list it stands, and that is all."""
    with centre.database.transaction() as conn:
        for officer in ("1002", "1004"):
            known = Officer(officer=officer, name=officer, role="supervisor", pin_hash="")
            branches.add_staff(conn, "2002", known, centre.clock.utc_ms())
        persons.enter(conn, "c07")
    c07 = persons.signed(tmp_path, approver="c07")
    desk = enrolled("2002-1")
    asked = ops.ApprovalAsked(
        operation="o-1", subject="reversal", amount_qapik=1, asker="1002", way="centre_online", attempt=1
    )
    desk.append(asked, operation=(request := desk.new_id()))
    desk.exchange()
    assert exceptions(centre) == []
    acts = ["--dsn", postgres, "approvals"]
    assert main([*acts, "list"]) == 0
    assert request in capsys.readouterr().out
    assert main([*acts, "approve", request, *c07]) == 1
    assert "second person" in capsys.readouterr().err
    assert main([*acts, "refuse", request, *c07, "--reason", "ask your own"]) == 0
    assert main([*acts, "list"]) == 0
    assert capsys.readouterr().out == ""


def test_an_unsigned_question_is_answered_with_nothing(
    centre: Centre, enrolled: Callable[[str], SimDesk]
) -> None:
    desk = enrolled("2002-1")
    desk.key = SigningKey.new()
    answer = desk.post(APPROVAL.path, QUESTION)
    assert (answer.status_code, answer.content) == (401, b"")
