"""Rounds of couriers: custody with a hand count and a signature out and back, every item accounted for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.mail.proof import Proof, Signature
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol import news as tidings
from azpost_desk.services.rounds import Signed
from azpost_desk.services.rounds_views import OUT_MS_MAX
from azpost_desk.services.scan_items import ScanItem
from tests.services.counters import CLERK, OTHER_CLERK
from tests.storage.desks import piece

if TYPE_CHECKING:
    from azpost_desk.services.rounds import Rounds
    from tests.services.counters import Stand

OFFICE = "2002"
NUMBERS = [item_number("EE", 600_000 + serial) for serial in range(5)]
INK = Signed(Signature(360, 140, ((20, 20, 100, 100),)), b"png")
SELF = {"relation": "self", "signed": "paper"}


@pytest.fixture
def rounds(stand: Stand) -> Rounds:
    return stand.desk.rounds


def made_up(rounds: Rounds, count: int = 3) -> str:
    """A round of the first items, not signed yet."""
    begun = rounds.begin(OTHER_CLERK.officer, CLERK)
    for number in NUMBERS[:count]:
        assert rounds.put_in(begun, number, CLERK).verdict == "saved"
    return begun


def out(rounds: Rounds, count: int = 3) -> str:
    begun = made_up(rounds, count)
    rounds.sign_out(begun, count, INK, CLERK)
    return begun


def bring(rounds: Rounds, begun: str, number: str, event: str, **said: str) -> str:
    return rounds.bring_back(begun, ScanItem(number, event, **said), CLERK).verdict  # type: ignore[arg-type]


def test_a_round_is_made_up_signed_brought_back_and_ended(stand: Stand, rounds: Rounds) -> None:
    begun = out(rounds)
    [now] = rounds.open_rounds()
    assert (now.round.state, now.courier, now.round.unaccounted) == (
        "out",
        OTHER_CLERK.name,
        tuple(NUMBERS[:3]),
    )
    assert bring(rounds, begun, NUMBERS[0], "EMI", **SELF) == "saved"
    assert bring(rounds, begun, NUMBERS[1], "EMH", reason="absent", measure="card_left") == "saved"
    with pytest.raises(Refused, match="E-079") as refused:
        rounds.end(begun, 2, INK, CLERK)
    assert refused.value.facts["count"] == 1
    assert bring(rounds, begun, NUMBERS[2], "back") == "saved"
    with pytest.raises(Refused, match="E-075") as refused:
        rounds.end(begun, 3, INK, CLERK)
    assert refused.value.facts == {"counted": 3, "expected": 2}
    rounds.end(begun, 2, INK, CLERK)
    assert rounds.open_rounds() == ()
    body = stand.bodies(ops.RoundEnded)[-1]
    assert isinstance(body, ops.RoundEnded)
    assert (body.delivered, body.tried, body.untried, body.lost, body.counted) == (1, 1, 1, 0, 2)
    with stand.books.reading() as books:
        states = [books.item_lives(number)[-1].state for number in NUMBERS[:3]]
        custody = [books.item_lives(number)[-1].custody for number in NUMBERS[:3]]
    assert states == ["delivered", "pickup", "office"]
    assert custody == ["person", "shelf", "shelf"]
    assert stand.books.check().is_sound


def test_nothing_goes_out_without_a_count_and_a_signature(stand: Stand, rounds: Rounds) -> None:
    begun = rounds.begin(OTHER_CLERK.officer, CLERK)
    with pytest.raises(Refused, match="E-074"):
        rounds.sign_out(begun, 0, INK, CLERK)
    rounds.put_in(begun, NUMBERS[0], CLERK)
    with pytest.raises(Refused, match="E-075"):
        rounds.sign_out(begun, 2, INK, CLERK)
    with pytest.raises(Refused, match="E-076"):
        rounds.sign_out(begun, 1, Signed(Signature(360, 140, ())), CLERK)
    with pytest.raises(Refused, match="E-077"):
        rounds.bring_back(begun, ScanItem(NUMBERS[0], "back"), CLERK)
    recorded = rounds.sign_out(begun, 1, INK, CLERK)
    with pytest.raises(Refused, match="E-073"):
        rounds.sign_out(begun, 1, INK, CLERK)
    with pytest.raises(Refused, match="E-073"):
        rounds.put_in(begun, NUMBERS[1], CLERK)
    # The courier's hand is personal data: it lies beside the record.
    with stand.books.reading() as books:
        kept = books.attachment(recorded.operation, "courier")
    assert kept is not None
    assert msgspec.json.decode(kept, type=Proof).signature == INK.signature


def test_who_goes_works_here_and_has_one_round_at_a_time(rounds: Rounds) -> None:
    with pytest.raises(Refused, match="E-071"):
        rounds.begin("nobody", CLERK)
    begun = rounds.begin(OTHER_CLERK.officer, CLERK)
    # Begun again it goes on: the program may have ended in between.
    assert rounds.begin(OTHER_CLERK.officer, CLERK) == begun
    rounds.put_in(begun, NUMBERS[0], CLERK)
    rounds.sign_out(begun, 1, INK, CLERK)
    assert rounds.begin(OTHER_CLERK.officer, CLERK) == begun
    with pytest.raises(Refused, match="E-070"):
        rounds.one("no such round")


def test_an_item_is_in_one_round(rounds: Rounds) -> None:
    begun = made_up(rounds, 1)
    other = rounds.begin(CLERK.officer, CLERK)
    answer = rounds.put_in(other, NUMBERS[0], CLERK)
    assert (answer.verdict, answer.key) == ("already", "express.scan.in_round")
    rounds.sign_out(begun, 1, INK, CLERK)
    with pytest.raises(Refused, match="E-078"):
        rounds.bring_back(begun, ScanItem(NUMBERS[1], "back"), CLERK)


def test_a_scan_taken_back_is_in_no_round_and_says_nothing(stand: Stand, rounds: Rounds) -> None:
    begun = made_up(rounds, 2)
    stand.desk.tracking.void_last(CLERK)
    assert list(rounds.one(begun).round.outcomes) == NUMBERS[:1]
    rounds.sign_out(begun, 1, INK, CLERK)
    bring(rounds, begun, NUMBERS[0], "back")
    stand.desk.tracking.void_last(CLERK)
    assert rounds.one(begun).round.unaccounted == (NUMBERS[0],)


def test_what_the_counter_scans_meanwhile_counts_for_the_round(stand: Stand, rounds: Rounds) -> None:
    """A customer meets the courier at the door of the office and is served at the counter."""
    begun = out(rounds, 1)
    said = ScanItem(NUMBERS[0], "EMI", signatory="Quliyev Rauf", relation="neighbour", document="AA 1",
                    signed="paper")  # fmt: skip
    assert stand.desk.tracking.scan(said, CLERK).verdict == "saved"
    assert rounds.one(begun).round.outcomes == {NUMBERS[0]: "delivered"}


def test_at_the_door_the_addressee_signs_the_list_and_anybody_else_shows_a_document(
    stand: Stand, rounds: Rounds
) -> None:
    begun = out(rounds, 2)
    assert bring(rounds, begun, NUMBERS[0], "EMI", **SELF) == "saved"
    neighbour = {"relation": "neighbour", "signed": "paper"}
    command = ScanItem(NUMBERS[1], "EMI", **neighbour)  # type: ignore[arg-type]
    answer = rounds.bring_back(begun, command, CLERK)
    assert answer.key == "express.scan.signatory_missing"


def test_what_is_lost_is_brought_back_by_nobody(stand: Stand, rounds: Rounds) -> None:
    begun = out(rounds, 2)
    bring(rounds, begun, NUMBERS[0], "lost")
    bring(rounds, begun, NUMBERS[1], "back")
    rounds.end(begun, 1, INK, CLERK)
    with stand.books.reading() as books:
        assert books.item_lives(NUMBERS[0])[-1].custody == "unknown"
    assert stand.desk.tracking.scan(ScanItem(NUMBERS[0], "found"), CLERK).verdict == "saved"
    with stand.books.reading() as books:
        assert books.item_lives(NUMBERS[0])[-1].state == "office"


def test_a_round_that_is_out_too_long_is_overdue_and_said_in_the_morning(
    stand: Stand, rounds: Rounds
) -> None:
    out(rounds, 1)
    assert not rounds.open_rounds()[0].is_overdue
    stand.clock.pass_ms(OUT_MS_MAX + 60_000)
    assert rounds.open_rounds()[0].is_overdue
    assert stand.desk.preflight is not None
    [line] = [one for one in stand.desk.preflight.look() if one.name == "rounds"]
    assert (line.state, line.word, line.facts) == ("warn", "some", {"count": 1})


def test_a_round_that_nothing_was_put_into_ends_without_a_word(rounds: Rounds) -> None:
    begun = rounds.begin(OTHER_CLERK.officer, CLERK)
    rounds.end(begun, 0, None, CLERK)
    assert rounds.open_rounds() == ()


def hear(stand: Stand, position: int, event: str, number: str, *, gone: bool = False, **said: Any) -> None:
    """Another desk of this office, or one elsewhere, scanned an item."""
    told = {"office": OFFICE, "desk": f"{OFFICE}-2", "epoch": 1, "sequence": position} | said
    kind = tidings.ItemVoided if gone else tidings.ItemEvent
    one = kind(number=number, event=event, operation=f"other-{told['sequence']}", **told)
    stand.books.store_news([piece(position, "item.voided" if gone else "item.event", one)], 1)


def test_what_another_desk_scans_meanwhile_counts_for_the_round(stand: Stand, rounds: Rounds) -> None:
    begun = out(rounds, 1)
    later_ms = stand.clock.now_ms + 60_000
    hear(stand, 701, "EMI", NUMBERS[0], at_ms=later_ms)
    assert rounds.one(begun).round.outcomes == {NUMBERS[0]: "delivered"}
    hear(stand, 702, "EMI", NUMBERS[0], at_ms=later_ms, sequence=701, gone=True)
    assert rounds.one(begun).round.unaccounted == (NUMBERS[0],)
    # What it scanned before the item went out says nothing of the round.
    hear(stand, 703, "EMH", NUMBERS[0], at_ms=1, measure="card_left")
    assert rounds.one(begun).round.unaccounted == (NUMBERS[0],)
    assert stand.books.check().is_sound


@pytest.mark.parametrize(
    ("event", "said", "outcome"),
    [
        ("EMI", SELF, "delivered"),
        ("EMH", {"reason": "absent", "measure": "card_left"}, "tried"),
        ("back", {}, "untried"),
        ("lost", {}, "lost"),
    ],
)
def test_a_round_ends_whatever_else_is_known_of_its_items(
    stand: Stand, rounds: Rounds, event: str, said: dict[str, str], outcome: str
) -> None:
    """One was delivered elsewhere before, as is heard late; of the other an order came while it was out."""
    begun = out(rounds, 2)
    known_ms = stand.bodies(ops.ItemScanned)[-1].orders_ms  # type: ignore[attr-defined]
    stand.clock.pass_ms(60_000)
    hear(stand, 701, "EMI", NUMBERS[0], at_ms=1, office="1000", desk="1000-1")
    order = tidings.ItemOrder(order="o", number=NUMBERS[1], kind="court", state="open", at_ms=1)
    stand.books.store_news([piece(702, "item.order", order)], 1)
    # At the counter neither is handed over.
    for number in NUMBERS[:2]:
        command = ScanItem(number, "EMI", signatory="Quliyev Rauf", relation="self", document="AA 1",
                           signed="paper")  # fmt: skip
        assert stand.desk.tracking.scan(command, CLERK).verdict in ("refused", "stopped")
    assert [bring(rounds, begun, number, event, **said) for number in NUMBERS[:2]] == ["saved"] * 2
    body = stand.bodies(ops.ItemScanned)[-1]
    assert isinstance(body, ops.ItemScanned)
    # No order is broken that was heard after the courier had left.
    assert body.orders_ms == (known_ms if event == "EMI" else 0)
    rounds.end(begun, 0 if outcome in ("delivered", "lost") else 2, INK, CLERK)
    assert set(rounds.one(begun).round.outcomes.values()) == {outcome}
    with stand.books.reading() as books:
        assert books.item_lives(NUMBERS[0])[-1].state == "delivered"
    assert stand.books.check().is_sound


def test_a_code_is_believed_at_the_door_only_when_it_is_right(rounds: Rounds) -> None:
    begun = out(rounds, 1)
    command = ScanItem(NUMBERS[0], "EMI", relation="self", signed="paper", code="123456")
    assert rounds.bring_back(begun, command, CLERK).key == "express.scan.no_code"


def test_what_is_fetched_before_the_courier_leaves_is_in_no_round(stand: Stand, rounds: Rounds) -> None:
    begun = made_up(rounds, 3)
    stand.clock.pass_ms(60_000)
    said = ScanItem(NUMBERS[0], "EMI", signatory="Quliyev Rauf", relation="self", document="AA 1",
                    signed="paper")  # fmt: skip
    assert stand.desk.tracking.scan(said, CLERK).verdict == "saved"
    hear(stand, 701, "EMI", NUMBERS[1], at_ms=stand.clock.now_ms)
    assert list(rounds.one(begun).round.outcomes) == [NUMBERS[2]]
    rounds.sign_out(begun, 1, INK, CLERK)
    assert stand.books.check().is_sound


def test_what_a_courier_signed_for_stays_in_the_list(stand: Stand, rounds: Rounds) -> None:
    begun = out(rounds, 1)
    with pytest.raises(Refused, match="E-081"):
        stand.desk.tracking.void_last(CLERK)
    bring(rounds, begun, NUMBERS[0], "back")
    rounds.end(begun, 1, INK, CLERK)
    # What was counted and signed for stands, though the scan that said so is taken back.
    stand.desk.tracking.void_last(CLERK)
    assert rounds.one(begun).round.outcomes == {NUMBERS[0]: "untried"}
    # The item is in no open round and lies here: it goes out again.
    again = rounds.begin(OTHER_CLERK.officer, CLERK)
    assert rounds.put_in(again, NUMBERS[0], CLERK).verdict == "saved"
    assert list(rounds.one(again).round.outcomes) == NUMBERS[:1]
    assert stand.books.check().is_sound


def test_a_new_machine_sends_out_what_was_out_with_the_one_before(stand: Stand, rounds: Rounds) -> None:
    """Its own scans are heard again as news, its rounds are not."""
    hear(stand, 701, "EDG", NUMBERS[0], at_ms=1, desk=f"{OFFICE}-1", epoch=0)
    # With another desk's courier it stays with them.
    hear(stand, 702, "EDG", NUMBERS[1], at_ms=1)
    begun = rounds.begin(OTHER_CLERK.officer, CLERK)
    assert rounds.put_in(begun, NUMBERS[0], CLERK).verdict == "saved"
    assert rounds.put_in(begun, NUMBERS[1], CLERK).verdict == "already"
    rounds.sign_out(begun, 1, INK, CLERK)
    # Into a round that has left nothing is scanned, by whatever way.
    with pytest.raises(Refused, match="E-073"):
        stand.desk.tracking.scan(ScanItem(NUMBERS[2], "EDG", round=begun), CLERK)
