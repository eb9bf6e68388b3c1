"""A branch with one person: the second one comes from the centre, on line or by telephone, and is proved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.central import people
from azpost_desk.central.registry import branches, reference
from azpost_desk.domain import operations as ops
from azpost_desk.domain.baskets import to_pay
from azpost_desk.domain.catalogue import Branch, Staff
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.transfer_codes import with_check_digit
from azpost_desk.programs.central import main
from azpost_desk.protocol.approvals import ApprovalAsk, ApprovalTold
from azpost_desk.protocol.questions import APPROVAL
from azpost_desk.services.counter import Approval
from tests.central.persons import enter, signed
from tests.stories.town import BAKU

if TYPE_CHECKING:
    from azpost_desk.domain.money import Money
    from azpost_desk.services.views import PaidLine
    from azpost_desk.services.views_slips import CentreConsent
    from tests.stories.town import Seat, Town


@pytest.fixture
def alone(place: Town, baku: Seat) -> Seat:
    """Bakı 10, where one person works: the flag comes from the centre."""
    with place.centre.database.transaction() as conn:
        known = reference.newest(conn, Branch, BAKU)
        assert known is not None
        single = msgspec.structs.replace(known, single_handed=True)
        branches.create_branch(conn, single, place.clock.utc_ms())
    baku.sync()
    return baku


@dataclass
class Sale:
    """Something to be undone, with the id its reversal will have."""

    seat: Seat
    line: PaidLine
    reversal: str

    @property
    def amount(self) -> Money:
        return -to_pay([self.line.line])

    def undo(self, consent: Approval | None) -> None:
        self.seat.services.baskets.reverse(self.seat.clerk, self.line, self.reversal, "mistake", consent)

    def ask(self) -> CentreConsent:
        return self.seat.services.approvals.ask(self.seat.clerk, self.reversal, "reversal", self.amount)

    def challenge(self) -> CentreConsent:
        approvals = self.seat.services.approvals
        return approvals.challenge(self.seat.clerk, self.reversal, "reversal", self.amount)

    def look(self, asked: CentreConsent) -> Approval | None:
        return self.seat.services.approvals.look(asked.request, self.seat.clerk)

    def respond(self, asked: CentreConsent, response: str, approver: str = "c07") -> Approval:
        return self.seat.services.approvals.respond(self.seat.clerk, asked.request, approver, response)


def sale(seat: Seat, amount_qapik: int = 25_000) -> Sale:
    sent = seat.send_money(amount_qapik)
    with seat.books.reading() as look:
        line = look.paid_line(sent.transfer)
    assert line is not None
    return Sale(seat, line, seat.new_id())


def command(place: Town, *words: str) -> int:
    """A command of the centre's people, c07 and c08, who type their passwords."""
    with place.centre.database.transaction() as conn:
        if not people.listed(conn):
            enter(conn, "c07", "c08")
    proof = signed(place.folder, approver="")[2:] if "--approver" in words else ()
    return main(["--dsn", place.dsn, "approvals", *words, *proof])


def telephone(place: Town, asked: CentreConsent, capsys: pytest.CaptureFixture[str], **said: str) -> str:
    """What the centre's person answers to what was read out."""
    words = {
        "desk": f"{BAKU}-1",
        "challenge": asked.challenge,
        "subject": asked.subject,
        "amount": f"{asked.amount_qapik // 100}.{asked.amount_qapik % 100:02}",
        "asker": asked.asker,
        "approver": "c07",
    } | said
    capsys.readouterr()
    options = [part for name, value in words.items() for part in (f"--{name}", value)]
    if command(place, "answer", *options):
        raise Refused("X-000", said=capsys.readouterr().err)
    return capsys.readouterr().out.strip()


def exceptions(place: Town) -> list[str]:
    return [row[0] for row in place.ask("select reason from exceptions order by exception")]


def kinds(seat: Seat) -> list[str]:
    with seat.books.reading() as books:
        return [record.header().kind for record, _ in books.records()]


def test_on_line_somebody_at_the_centre_says_yes_and_the_line_is_reversed(
    place: Town, alone: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = sale(alone)
    asked = wrong.ask()
    # Recorded before it was sent; asked again it is the same question.
    assert kinds(alone)[-1] == "approval.asked"
    assert wrong.ask() == asked
    assert wrong.look(asked) is None
    assert wrong.look(asked) is None
    assert command(place, "list") == 0
    (row,) = capsys.readouterr().out.splitlines()
    assert row.split("\t")[0] == asked.request
    assert row.split("\t")[2:4] == [f"{BAKU}-1/1", "reversal"]
    assert command(place, "approve", asked.request, "--approver", "c07") == 0
    assert command(place, "approve", asked.request, "--approver", "c08") == 1
    consent = wrong.look(asked)
    assert consent is not None
    assert (consent.approver, consent.way) == ("centre:C07", "centre_online")
    assert wrong.look(asked) == consent
    wrong.undo(consent)
    with pytest.raises(Refused):
        wrong.undo(consent)
    place.sync()
    assert exceptions(place) == []
    assert place.ask("select state, approver from approvals") == [("proved", "centre:C07")]
    answered = place.ask(
        "select body from journal where desk like 'centre-%%' and body like %s", b"%c07%".upper()
    )
    assert len(answered) == 1


def test_on_line_no_means_no_with_its_reason(place: Town, alone: Seat) -> None:
    wrong = sale(alone)
    asked = wrong.ask()
    wrong.look(asked)
    assert command(place, "refuse", asked.request, "--approver", "c07", "--reason", "ask tomorrow") == 0
    for _ in range(2):
        with pytest.raises(Refused, match="S-065") as no:
            wrong.look(asked)
        assert no.value.facts["reason"] == "ask tomorrow"
    assert kinds(alone).count("approval.refused") == 1
    again = wrong.ask()
    assert again.attempt == 2
    with pytest.raises(Refused, match="S-012"):
        wrong.undo(None)


def test_a_lost_answer_is_asked_for_again(place: Town, alone: Seat) -> None:
    wrong = sale(alone)
    asked = wrong.ask()
    alone.road.plan("answer_lost")
    with pytest.raises(Trouble):
        wrong.look(asked)
    command(place, "approve", asked.request, "--approver", "c07")
    alone.road.plan("answer_lost")
    with pytest.raises(Trouble):
        wrong.look(asked)
    assert wrong.look(asked) is not None
    assert kinds(alone).count("approval.given") == 1
    assert place.ask("select count(*) from approvals") == [(1,)]


def test_without_a_line_the_telephone_does(
    place: Town, alone: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    alone.go_offline()
    wrong = sale(alone)
    asked = wrong.challenge()
    assert wrong.challenge() == asked
    assert len(asked.challenge) == 10
    response = telephone(place, asked, capsys)
    # The same call again: the same eight digits.
    assert telephone(place, asked, capsys) == response
    assert len(response.replace(" ", "")) == 8
    consent = wrong.respond(asked, response)
    assert (consent.approver, consent.way) == ("centre:C07", "centre_telephone")
    wrong.undo(consent)
    alone.go_online()
    place.sync()
    assert exceptions(place) == []
    assert place.ask("select state, way from approvals") == [("proved", "centre_telephone")]
    assert place.ask("select operation from telephone_answers") == [(wrong.reversal,)]


@pytest.mark.parametrize(
    "said",
    [{"amount": "1.00"}, {"subject": "scan_void"}, {"asker": "9999"}, {"approver": "c08"}],
)
def test_what_was_read_out_wrongly_gives_a_response_that_does_not_fit(
    place: Town, alone: Seat, capsys: pytest.CaptureFixture[str], said: dict[str, str]
) -> None:
    wrong = sale(alone)
    asked = wrong.challenge()
    response = telephone(place, asked, capsys, **said)
    with pytest.raises(Refused, match="S-063"):
        wrong.respond(asked, response)
    with pytest.raises(Refused, match="X-000"):
        # That challenge is spent at the centre: one answer to one question.
        telephone(place, asked, capsys)


def test_a_response_is_for_one_challenge_of_one_operation(
    place: Town, alone: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = sale(alone), sale(alone)
    asked = first.challenge()
    response = telephone(place, asked, capsys)
    with pytest.raises(Refused, match="S-063"):
        second.respond(second.challenge(), response)
    consent = first.respond(asked, response)
    with pytest.raises(Refused, match="S-012"):
        second.undo(consent)
    first.undo(consent)
    with pytest.raises(Refused, match=r"S-012|B-023"):
        first.undo(consent)


def test_five_wrong_responses_lock_the_challenge_and_a_typing_slip_is_none(alone: Seat) -> None:
    wrong = sale(alone)
    asked = wrong.challenge()
    for typed in ("1234", "12345678", "abcdefgh", ""):
        with pytest.raises(Refused, match="S-062"):
            wrong.respond(asked, typed)
    with pytest.raises(Refused, match="S-061"):
        wrong.respond(asked, "00000019", approver="")
    guesses = [guess for guess in map(_checked, range(7)) if guess]
    for left in (4, 3, 2, 1):
        with pytest.raises(Refused, match="S-063") as no:
            wrong.respond(asked, guesses[left])
        assert no.value.facts["left"] == left
    for _ in range(2):
        with pytest.raises(Refused, match="S-064"):
            wrong.respond(asked, guesses[0])
    assert kinds(alone).count("approval.locked") == 1
    fresh = wrong.challenge()
    assert fresh.attempt == 2
    assert fresh.challenge != asked.challenge


def _checked(number: int) -> str:
    return with_check_digit(f"{number:07}")


def test_a_branch_with_two_persons_asks_its_own(
    place: Town, baku: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither at the desk, nor at the centre behind the desk's back, nor by telephone."""
    wrong = sale(baku)
    assert not baku.services.approvals.is_offered(baku.clerk)
    for act in (wrong.ask, wrong.challenge):
        with pytest.raises(Refused, match="S-060"):
            act()
    challenge = with_check_digit("000000001")
    options = ["--desk", f"{BAKU}-1", "--challenge", challenge, "--subject", "reversal", "--amount", "1"]
    assert command(place, "answer", *options, "--asker", baku.clerk.officer, "--approver", "c07") == 1
    assert "second person" in capsys.readouterr().err
    # A desk that asks all the same, with a question of its own making.
    question = ApprovalAsk(
        request="r-1", operation="o-1", subject="reversal", amount_qapik=1, asker="1002", attempt=1
    )
    assert baku.line.ask(APPROVAL, question) == ApprovalTold(code="S-060")
    assert place.ask("select count(*) from approvals") == [(0,)]


def test_a_branch_whose_second_person_has_left_may_ask_the_centre(place: Town, baku: Seat) -> None:
    """Not marked single-handed, but nobody else is signed up who may approve."""
    assert baku.services.approvals.is_offered(baku.manager) is False
    with place.centre.database.transaction() as conn:
        known = reference.newest(conn, Staff, BAKU)
        assert known is not None
        clerks = tuple(one for one in known.officers if one.role == "clerk")
        reference.publish(conn, Staff(officers=clerks), place.clock.utc_ms(), branch=BAKU)
    baku.sync()
    assert baku.services.approvals.is_offered(baku.clerk)
    wrong = sale(baku)
    assert wrong.look(wrong.ask()) is None


def test_a_consent_that_nobody_gave_is_found(place: Town, alone: Seat) -> None:
    """A desk that makes its own response with the secret it holds, and uses it."""
    wrong = sale(alone)
    asked = wrong.challenge()
    own = ops.ApprovalGiven(
        request=asked.request,
        operation=wrong.reversal,
        approver="centre:C07",
        way="centre_telephone",
        evidence="00000019",
    )
    with alone.books.writing() as books:
        books.append(own, actor=alone.clerk.officer, operation=alone.new_id())
    wrong.undo(Approval("centre:C07", alone.manager.role, wrong.reversal, "centre_telephone"))
    place.sync()
    # The consent, and the reversal that names it.
    assert exceptions(place) == ["strange_approval"] * 2


def test_a_consent_from_the_centre_must_stand_in_the_books(alone: Seat) -> None:
    wrong = sale(alone)
    for way in ("centre_online", "centre_telephone", "person"):
        with pytest.raises(Refused, match="S-012"):
            wrong.undo(Approval("centre:C07", alone.manager.role, wrong.reversal, way))


def test_a_consent_to_less_money_does_not_undo_more(
    place: Town, alone: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = sale(alone)
    approvals = alone.services.approvals
    asked = approvals.challenge(alone.clerk, wrong.reversal, "reversal", -to_pay([wrong.line.line]) * 0)
    consent = wrong.respond(asked, telephone(place, asked, capsys))
    with pytest.raises(Refused, match="S-012"):
        wrong.undo(consent)


def test_a_new_machine_answers_no_challenge_of_the_old_one(
    place: Town, alone: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = sale(alone)
    asked = wrong.challenge()
    before = telephone(place, asked, capsys)
    _key, told = place.introduce(f"{BAKU}-1")
    assert told.epoch == 2
    assert told.approval_secret != (alone.folder / "keys" / "approvals").read_text()
    # The new chain's secret gives other digits to the same words.
    assert telephone(place, asked, capsys) != before
    alone.kill()
    place.seats.remove(alone)


def test_the_secret_is_nowhere_but_beside_the_keys(place: Town, alone: Seat) -> None:
    secret = (alone.folder / "keys" / "approvals").read_text()
    assert len(secret) == 64
    with alone.books.writing() as books:
        kept = books.connection.exec_driver_sql("select enrolled from identity").scalars().all()
        journal = books.connection.exec_driver_sql("select body from journal").scalars().all()
    assert all(secret.encode() not in bytes(one) for one in (*kept, *journal))
    assert place.ask("select count(*) from journal where encode(body, 'escape') like %s", f"%{secret}%") == [
        (0,)
    ]
