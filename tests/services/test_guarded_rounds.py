"""Items of value and in person that leave with a courier: asked by telephone, back as it was said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import printed_item_number
from azpost_desk.domain.mail.proof import Proof
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol import news as tidings
from azpost_desk.services.scan_items import ScanItem
from tests.services.counters import CLERK, MANAGER, OTHER_CLERK
from tests.services.test_express import scan
from tests.services.test_guarded_items import BOTH, HOUR_MS, INSURED, PERSONAL, PLAIN, here
from tests.services.test_rounds import INK
from tests.storage.desks import piece

if TYPE_CHECKING:
    from tests.services.counters import Stand

PHONE = "express.scan.ask_by_phone"


def old_news(stand: Stand) -> None:
    """The line is down and was heard in 1970."""
    stand.line.online, stand.line.heard_ms = False, 1


def made_up(stand: Stand, *numbers: str, asked: str = "") -> str:
    """A round of these items, not signed yet."""
    begun = stand.desk.rounds.begin(OTHER_CLERK.officer, CLERK)
    for number in numbers:
        assert stand.desk.rounds.put_in(begun, number, CLERK, asked=asked).verdict == "saved"
    return begun


@BOTH
def test_on_old_news_it_goes_into_a_round_only_once_somebody_answered(stand: Stand, number: str) -> None:
    for one in (number, PLAIN):
        here(stand, one)
    old_news(stand)
    begun = stand.desk.rounds.begin(OTHER_CLERK.officer, CLERK)
    answer = stand.desk.rounds.put_in(begun, number, CLERK)
    assert (answer.verdict, answer.key) == ("refused", PHONE)
    assert stand.desk.rounds.put_in(begun, number, CLERK, asked="\u200b").key == PHONE
    assert stand.desk.rounds.put_in(begun, number, CLERK, asked="Nigar").verdict == "saved"
    assert stand.desk.rounds.put_in(begun, PLAIN, CLERK).verdict == "saved"
    body = stand.bodies(ops.ItemScanned)[-2]
    assert isinstance(body, ops.ItemScanned)
    assert (body.number, body.asked, body.orders_ms) == (number, True, 1)
    # It has been asked once: nobody telephones again as the round leaves.
    stand.desk.rounds.sign_out(begun, 2, INK, CLERK)
    signed = stand.bodies(ops.RoundSigned)[-1]
    assert isinstance(signed, ops.RoundSigned)
    assert (signed.asked, signed.orders_ms) == ((), 1)


@BOTH
def test_a_scan_out_without_a_round_asks_the_same(stand: Stand, number: str) -> None:
    here(stand, number)
    old_news(stand)
    assert scan(stand, number, "EDG") == ("refused", "ask_by_phone")
    assert scan(stand, number, "EDG", asked="Nigar") == ("saved", "saved")


@BOTH
def test_off_line_only_the_desk_that_took_it_in_sends_it_out(stand: Stand, number: str) -> None:
    here(stand, number, desk=f"{stand.books.identity().branch}-9")
    stand.line.online, stand.line.heard_ms = False, stand.line.trusted_ms()
    begun = stand.desk.rounds.begin(OTHER_CLERK.officer, CLERK)
    answer = stand.desk.rounds.put_in(begun, number, CLERK, asked="Nigar")
    assert (answer.verdict, answer.key) == ("refused", "express.scan.guarded_elsewhere")
    stand.line.online = True
    assert stand.desk.rounds.put_in(begun, number, CLERK).verdict == "saved"


def test_news_that_grew_old_in_a_round_are_asked_for_as_it_leaves(stand: Stand) -> None:
    for one in (PERSONAL, INSURED, PLAIN):
        here(stand, one)
    begun = made_up(stand, INSURED, PLAIN)
    old_news(stand)
    assert stand.desk.rounds.put_in(begun, PERSONAL, CLERK, asked="Nigar").verdict == "saved"
    for nobody in ("", "\u200b"):
        with pytest.raises(Refused, match="E-185") as refused:
            stand.desk.rounds.sign_out(begun, 3, INK, CLERK, asked=nobody)
        assert refused.value.field == "asked"
        assert refused.value.facts["numbers"] == printed_item_number(INSURED)
    recorded = stand.desk.rounds.sign_out(begun, 3, INK, CLERK, asked="Məmmədova Nigar")
    signed = stand.bodies(ops.RoundSigned)[-1]
    assert isinstance(signed, ops.RoundSigned)
    assert (signed.asked, signed.orders_ms) == ((INSURED,), 1)
    assert b"Nigar" not in msgspec.json.encode(signed)
    with stand.books.reading() as books:
        kept = books.attachment(recorded.operation, "courier")
    assert kept is not None
    assert msgspec.json.decode(kept, type=Proof).asked == "Məmmədova Nigar"


def test_an_answer_of_the_day_before_is_asked_for_again(stand: Stand) -> None:
    here(stand, INSURED)
    old_news(stand)
    begun = made_up(stand, INSURED, asked="Nigar")
    stand.clock.pass_ms(25 * HOUR_MS)
    with pytest.raises(Refused, match="E-185"):
        stand.desk.rounds.sign_out(begun, 1, INK, CLERK)


def test_an_order_that_came_after_it_was_put_in_keeps_a_round_here(stand: Stand) -> None:
    for one in (INSURED, PLAIN):
        here(stand, one)
    begun = made_up(stand, PLAIN, INSURED)
    order = tidings.ItemOrder(order="o", number=PLAIN, kind="recall", state="open", at_ms=1)
    stand.books.store_news([piece(960, "item.order", order)], 1)
    with pytest.raises(Refused, match="E-186"):
        stand.desk.rounds.sign_out(begun, 2, INK, CLERK)
    # Held here it is in the round no more.
    assert scan(stand, PLAIN, "EDF", reason="other", until=stand.desk.tracking.counter.today())[0] == "saved"
    stand.desk.rounds.sign_out(begun, 1, INK, CLERK)
    assert stand.books.check().is_sound


def test_what_a_courier_gave_to_another_person_is_kept_as_it_was_and_is_an_irregularity(stand: Stand) -> None:
    for one in (PERSONAL, INSURED):
        here(stand, one)
    begun = made_up(stand, INSURED, PERSONAL)
    stand.desk.rounds.sign_out(begun, 2, INK, CLERK)
    said = {"relation": "neighbour", "signatory": "Quliyev Rauf", "document": "AA 1", "signed": "paper"}
    value = stand.desk.rounds.bring_back(begun, ScanItem(INSURED, "EMI", **said), CLERK)
    assert (value.verdict, value.key) == ("saved", "express.scan.saved")
    assert stand.bodies(ops.IrregularityReported) == []
    wrong = stand.desk.rounds.bring_back(begun, ScanItem(PERSONAL, "EMI", **said), CLERK)
    assert (wrong.verdict, wrong.key) == ("saved", "express.scan.wrong_person")
    body = stand.bodies(ops.ItemScanned)[-1]
    assert isinstance(body, ops.ItemScanned)
    assert (body.event, body.relation) == ("EMI", "neighbour")
    [told] = stand.bodies(ops.IrregularityReported)
    assert told == ops.IrregularityReported(number=PERSONAL, kind="wrong_person")
    stand.desk.rounds.end(begun, 0, INK, CLERK)
    # The manager's page of the day says it, and the item's card.
    [line] = [one for one in stand.desk.reports.interim(MANAGER).mail if one.name == "wrong_person"]
    assert (line.count, line.is_late, line.place) == (1, True, "tracking")
    assert [one.kind for one in stand.desk.irregularities.of(PERSONAL)] == ["wrong_person"]
    assert stand.books.rebuild() == []
