"""Transfers: sent on line or off, paid out and refunded only under a grant, asked again after a crash."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import msgspec
import pytest
from msgspec.structs import replace

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Parties
from azpost_desk.domain.quotes import QuoteOptions
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.transfer_codes import check_transfer_code, transfer_code
from azpost_desk.services.transfers import (
    TOLD_AVAILABLE,
    TOLD_WAITING,
    ClaimTransfer,
    SendTransfer,
    Transfers,
)
from tests.fakes.line import PlayedTransfer
from tests.services.counters import CLERK, MANAGER, RECEIVER, SENDER, Stand
from tests.storage.desks import acknowledge

if TYPE_CHECKING:
    from azpost_desk.domain.people import Person

CODE = transfer_code("900000001")


def send(amount_qapik: int = 10_000, **changed: object) -> SendTransfer:
    values: dict[str, object] = {
        "sender": SENDER, "receiver": RECEIVER, "amount": azn(amount_qapik), "purpose": "family",
    }  # fmt: skip
    return SendTransfer(**{**values, **changed})  # type: ignore[arg-type]


@pytest.fixture
def known(stand: Stand) -> PlayedTransfer:
    """50.00 from SENDER to RECEIVER, sent somewhere else."""
    one = PlayedTransfer("0197-elsewhere", 5_000, Parties(code=CODE, sender=SENDER, receiver=RECEIVER))
    stand.line.transfers[CODE] = one
    return one


def claim(amount_qapik: int = 5_000, sender: str = "Əliyev Vüqar") -> ClaimTransfer:
    return ClaimTransfer(CODE, azn(amount_qapik), sender)


def test_the_fee_is_quoted_both_ways(stand: Stand) -> None:
    """1 % and at least 0.50: 100.00 cost 1.00; who hands over 101.00 sends 100.00."""
    quote = stand.desk.transfers.quote(azn(10_000))
    assert (quote.fee, quote.total, quote.tariff) == (azn(100), azn(10_100), "demo-1")
    assert quote.rule is not None
    assert quote.rule.percent_ppm == 10_000
    told = stand.desk.transfers.quote(azn(10_100), includes_fee=True)
    assert told.same_price(quote)
    assert (told.named, told.total) == ("sender", azn(10_100))
    assert stand.desk.transfers.quote(azn(1)).fee == azn(50)


@pytest.mark.parametrize(("qapik", "code"), [(0, "T-001"), (-1, "T-001"), (1_000_001, "T-002")])
def test_amounts_outside_the_limits_are_refused(stand: Stand, qapik: int, code: str) -> None:
    with pytest.raises(Refused, match=code):
        stand.desk.transfers.quote(azn(qapik))
    with pytest.raises(Refused, match=code):
        stand.desk.transfers.send(send(qapik), CLERK)


def test_the_quote_that_was_agreed_on_is_written_with_the_transfer(stand: Stand) -> None:
    told = stand.desk.transfers.quote(azn(10_000))
    stand.clock.now_ms += 60_000
    line = stand.desk.transfers.send(send(quote=told), CLERK).lines[0].line
    assert isinstance(line, ops.TransferSent)
    assert line.terms == told.terms()
    assert line.terms.quoted_ms == stand.clock.now_ms - 60_000


def test_a_quote_that_ran_out_or_is_another_price_is_told_again(stand: Stand) -> None:
    told = stand.desk.transfers.quote(azn(10_000))
    dearer = dataclasses.replace(told, fee=azn(99))
    with pytest.raises(Refused, match="T-061") as no:
        stand.desk.transfers.send(send(quote=dearer), CLERK)
    assert no.value.facts["total"] == azn(10_100)
    with pytest.raises(Refused, match="T-061"):
        stand.desk.transfers.send(send(9_999, quote=told), CLERK)
    stand.clock.now_ms += 31 * 60_000
    with pytest.raises(Refused, match="T-061"):
        stand.desk.transfers.send(send(quote=told), CLERK)


def test_delivery_needs_a_price_an_address_and_an_office(stand: Stand) -> None:
    wanted = QuoteOptions(frozenset({"delivery"}))
    with pytest.raises(Refused, match="T-060"):
        stand.desk.transfers.send(send(wanted=wanted), CLERK)
    stand.change_tariffs(transfer_extras_qapik={"delivery": 300})
    assert stand.desk.transfers.extras() == ("delivery",)
    with pytest.raises(Refused, match="T-062"):
        stand.desk.transfers.send(send(wanted=wanted), CLERK)
    at_home = replace(RECEIVER, address="Şəki, M. F. Axundov küçəsi 5")
    with pytest.raises(Refused, match="T-063"):
        stand.desk.transfers.send(send(wanted=wanted, receiver=at_home), CLERK)
    command = send(wanted=wanted, receiver=at_home, office="2002")
    line = stand.desk.transfers.send(command, CLERK).lines[0].line
    assert isinstance(line, ops.TransferSent)
    assert line.terms is not None
    assert (line.fee_qapik, line.terms.extras_qapik) == (400, {"delivery": 300})


def test_advice_is_sold_to_somebody_who_can_be_told(stand: Stand) -> None:
    stand.change_tariffs(transfer_extras_qapik={"advice": 50})
    wanted = QuoteOptions(frozenset({"advice"}))
    with pytest.raises(Refused, match="T-073") as refused:
        stand.desk.transfers.send(send(wanted=wanted, sender=replace(SENDER, phone=" ")), CLERK)
    assert refused.value.field == "sender.phone"
    told = replace(SENDER, phone="050 123 45 67")
    line = stand.desk.transfers.send(send(wanted=wanted, sender=told), CLERK).lines[0].line
    assert isinstance(line, ops.TransferSent)
    assert line.terms is not None
    assert line.terms.extras_qapik == {"advice": 50}


def test_a_transfer_is_sent_with_a_code_and_no_name_in_its_record(stand: Stand) -> None:
    basket = stand.desk.transfers.send(send(), CLERK)
    line = basket.lines[0].line
    assert isinstance(line, ops.TransferSent)
    assert (line.fee_qapik, line.office, line.offline, line.told) == (100, None, False, TOLD_AVAILABLE)
    paid = stand.pay(10_100)
    with stand.books.reading() as books:
        stored = books.transfer(line.transfer)
        entry = books.settlement(paid.receipt)
    assert stored is not None
    assert entry is not None
    assert check_transfer_code(stored.code).valid
    assert (stored.state, stored.sender, stored.receiver) == ("available", SENDER.name, RECEIVER.name)
    body = ops.encode(entry.body).decode()
    assert not any(secret in body for secret in (stored.code, "Vüqar", "5ZK9XYZ", "AA1234567"))
    assert stand.desk.transfers.find(stored.code) == stored


def test_the_code_of_a_voided_line_is_never_used_again(stand: Stand) -> None:
    codes = set()
    for _ in range(3):
        basket = stand.desk.transfers.send(send(), CLERK)
        codes.add(msgspec.json.decode(basket.lines[0].attachments[0][2], type=Parties).code)
        stand.desk.baskets.void(CLERK, basket.lines[0].line.operation)
    assert len(codes) == 3
    with stand.books.reading() as books:
        assert books.codes_left() == 197


def test_a_refused_transfer_takes_no_code(stand: Stand) -> None:
    with pytest.raises(Refused):
        stand.desk.transfers.send(send(purpose="bribe"), CLERK)
    with stand.books.reading() as books:
        assert books.codes_left() == 200


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"office": "9999"}, "T-003", "office"),
        ({"purpose": ""}, "T-004", "purpose"),
        ({"sender": replace(SENDER, document_valid_to="22.11.2026")}, "T-005", "sender.document_valid_to"),
        ({"sender": replace(SENDER, document_valid_to="soon")}, "I-010", "sender.document_valid_to"),
        ({"sender": replace(SENDER, document_kind="library_card")}, "T-006", "sender.document_kind"),
        ({"sender": replace(SENDER, document="12")}, "I-006", "sender.document"),
        ({"sender": replace(SENDER, fin="")}, "I-001", "sender.fin"),
        ({"sender": replace(SENDER, fin="OOOOOOO")}, "I-001", "sender.fin"),
        ({"sender": replace(SENDER, name="Əliyev")}, "I-009", "sender.name"),
        ({"sender": replace(SENDER, phone="12")}, "I-004", "sender.phone"),
        ({"receiver": replace(RECEIVER, name="")}, "I-009", "receiver.name"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    stand: Stand, changed: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(Refused, match=code) as refused:
        stand.desk.transfers.send(send(**changed), CLERK)
    assert refused.value.field == field
    assert stand.desk.baskets.current() is None


def test_a_foreigner_needs_no_fin(stand: Stand) -> None:
    foreigner = replace(SENDER, fin="", document="C1234567", document_kind="passport")
    assert len(stand.desk.transfers.send(send(sender=foreigner), CLERK).lines) == 1


def test_off_line_the_line_says_so(stand: Stand) -> None:
    stand.line.online = False
    line = stand.desk.transfers.send(send(), CLERK).lines[0].line
    assert isinstance(line, ops.TransferSent)
    assert (line.offline, line.told) == (True, TOLD_WAITING)
    with pytest.raises(Refused, match="L-020"):
        stand.desk.transfers.send(send(490_001), CLERK)


def test_a_claim_is_recorded_before_it_is_sent_and_the_grant_word_for_word(
    stand: Stand, known: PlayedTransfer
) -> None:
    claimed = stand.desk.transfers.claim(claim(), CLERK)
    assert (claimed.transfer, claimed.amount, claimed.purpose) == ("0197-elsewhere", azn(5_000), "pay")
    assert claimed.parties.receiver == RECEIVER
    [request], [stored] = stand.bodies(ops.GrantRequested), stand.bodies(ops.GrantStored)
    assert isinstance(request, ops.GrantRequested)
    assert isinstance(stored, ops.GrantStored)
    assert "Vüqar" not in ops.encode(request).decode()
    assert CODE not in ops.encode(request).decode()
    assert stored.grant == claimed.grant
    assert stand.desk.transfers.held() == [claimed]
    assert stand.desk.transfers.claim(claim(sender="VÜQAR  aliyev"), CLERK) == claimed
    assert len(stand.line.asked) == 1


def test_an_unanswered_request_is_asked_again_with_the_same_id(stand: Stand, known: PlayedTransfer) -> None:
    """The program ended after the centre answered: a new one finds the request and ends with one grant."""
    stand.line.lose_answers = 2
    with pytest.raises(Trouble, match="L-001"):
        stand.desk.transfers.claim(claim(), CLERK)
    restarted = Transfers(stand.desk.counter, stand.desk.baskets)
    [open_request] = restarted.unanswered()
    assert (open_request.code, open_request.amount) == (CODE, azn(5_000))
    with pytest.raises(Trouble, match="L-001"):
        restarted.claim(claim(), CLERK)
    claimed = restarted.ask_again(open_request.request, CLERK)
    assert {asked.request for asked in stand.line.asked} == {open_request.request}
    assert known.granted == 1
    assert restarted.unanswered() == []
    assert restarted.held() == [claimed]
    with pytest.raises(Refused, match="T-027"):
        restarted.ask_again(open_request.request, CLERK)


@pytest.mark.parametrize(("says", "code"), [("T-011", "T-011"), ("T-013", "T-013"), ("T-099", "T-019")])
def test_the_centres_no_is_said_and_leaves_no_question_open(
    stand: Stand, known: PlayedTransfer, says: str, code: str
) -> None:
    stand.line.says_no = says
    with pytest.raises(Refused, match=code):
        stand.desk.transfers.claim(claim(), CLERK)
    assert stand.desk.transfers.unanswered() == []
    stand.line.says_no = ""
    assert stand.desk.transfers.claim(claim(), CLERK).transfer == "0197-elsewhere"


def test_a_claim_with_a_slip_in_it_never_leaves_the_desk(stand: Stand) -> None:
    for command, code in (
        (ClaimTransfer(CODE[:-1] + str((int(CODE[-1]) + 1) % 10), azn(1), "Əliyev Vüqar"), "I-008"),
        (ClaimTransfer(CODE, azn(0), "Əliyev Vüqar"), "T-001"),
        (ClaimTransfer(CODE, azn(1), "Əliyev"), "I-009"),
    ):
        with pytest.raises(Refused, match=code):
            stand.desk.transfers.claim(command, CLERK)
    assert stand.line.asked == []


@pytest.mark.parametrize(
    ("receiver", "code", "reason"),
    [
        (replace(RECEIVER, name="Quliyeva Leyla Rauf qızı"), "", ""),
        (replace(RECEIVER, name="Кулиева Лейла"), "", ""),
        (replace(RECEIVER, name="Quliyeva Leylu"), "T-022", "near"),
        (replace(RECEIVER, name="Həsənova Nigar"), "T-022", "other"),
        (replace(RECEIVER, document_valid_to="2026-11-22"), "T-005", None),
        (replace(RECEIVER, document=""), "I-006", "empty"),
    ],
)
def test_only_the_receiver_with_a_good_document_is_paid(
    stand: Stand, known: PlayedTransfer, receiver: Person, code: str, reason: str | None
) -> None:
    grant = stand.desk.transfers.claim(claim(), CLERK).grant
    if not code:
        line = stand.desk.transfers.plan_payout(grant, receiver, CLERK).lines[0].line
        assert isinstance(line, ops.TransferPaid)
        assert (line.amount_qapik, line.grant) == (5_000, grant)
        return
    with pytest.raises(Refused, match=code) as refused:
        stand.desk.transfers.plan_payout(grant, receiver, CLERK)
    assert refused.value.facts.get("reason") == reason


def test_a_grant_is_used_once(stand: Stand, known: PlayedTransfer) -> None:
    transfers = stand.desk.transfers
    grant = transfers.claim(claim(), CLERK).grant
    transfers.plan_payout(grant, RECEIVER, CLERK)
    with pytest.raises(Refused, match="B-006"):
        transfers.plan_payout(grant, RECEIVER, CLERK)
    with pytest.raises(Refused, match="T-026"):
        transfers.release(grant, CLERK, "receiver left")
    with pytest.raises(Refused, match="T-021"):
        transfers.plan_refund(grant, SENDER, CLERK)
    stand.pay()
    for again in (
        lambda: transfers.plan_payout(grant, RECEIVER, CLERK),
        lambda: transfers.release(grant, CLERK, "late"),
    ):
        with pytest.raises(Refused, match="T-020"):
            again()


def test_a_released_grant_is_asked_for_anew(stand: Stand, known: PlayedTransfer) -> None:
    first = stand.desk.transfers.claim(claim(), CLERK)
    stand.desk.transfers.release(first.grant, CLERK, "receiver left")
    assert stand.desk.transfers.held() == []
    second = stand.desk.transfers.claim(claim(), CLERK)
    assert second.grant != first.grant
    assert len({asked.request for asked in stand.line.asked}) == 2


def sent(stand: Stand) -> str:
    """A transfer of 100.00 sent here and heard of by the centre; its id."""
    line = stand.desk.transfers.send(send(), CLERK).lines[0].line
    assert isinstance(line, ops.TransferSent)
    stand.pay(10_100)
    return line.transfer


def offered(stand: Stand, transfer: str) -> None:
    acknowledge(stand.books, stand.clock.utc_ms())
    with stand.books.reading() as books:
        code = books.transfer(transfer).code  # type: ignore[union-attr]
    stand.line.transfers[transfer] = PlayedTransfer(
        transfer, 10_000, Parties(code=code, sender=SENDER, receiver=RECEIVER)
    )


def test_a_sent_transfer_is_refunded_under_a_grant_and_the_fee_stays(stand: Stand) -> None:
    transfer = sent(stand)
    before = stand.till_qapik()
    with pytest.raises(Refused, match="T-025"):
        stand.desk.transfers.claim_refund(transfer, CLERK)
    offered(stand, transfer)
    claimed = stand.desk.transfers.claim_refund(transfer, CLERK)
    with pytest.raises(Refused, match="T-022"):
        stand.desk.transfers.plan_refund(claimed.grant, RECEIVER, CLERK)
    line = stand.desk.transfers.plan_refund(claimed.grant, SENDER, CLERK).lines[0].line
    assert isinstance(line, ops.TransferRefunded)
    assert line.fee_returned_qapik == 0
    stand.pay()
    assert stand.till_qapik() == before - 10_000
    with pytest.raises(Refused, match="T-024") as refused:
        stand.desk.transfers.claim_refund(transfer, CLERK)
    assert refused.value.facts["reason"] == "refunded"


def test_a_transfer_sent_elsewhere_is_not_refunded_here(stand: Stand) -> None:
    with pytest.raises(Refused, match="T-023"):
        stand.desk.transfers.claim_refund("0197-elsewhere", CLERK)


def test_a_manager_without_the_till_sells_nothing(stand: Stand, known: PlayedTransfer) -> None:
    with pytest.raises(Refused, match="C-011"):
        stand.desk.transfers.claim(claim(), MANAGER)
    assert stand.bodies(ops.GrantRequested) == []
