"""The line's half of the books: the journal is the outbox, news never writes records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Goods
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol import news as tidings
from azpost_desk.protocol.keys import SigningKey, is_signed
from azpost_desk.protocol.messages import Ack, News, Signed, ack_digest, words_of
from azpost_desk.protocol.records import GENESIS, rechain
from azpost_desk.storage import vault
from tests.storage.desks import CENTRE, DESK_KEY, acknowledge, documents, first_news, piece

if TYPE_CHECKING:
    from tests.storage.play import Player

OPENING = ("open_day", "supply", "open_till", "to_till", "stock")


@pytest.fixture
def selling(player: Player) -> Player:
    for act in OPENING:
        assert player.play(act)
    return player


def test_batches_end_at_commits_and_chain_to_the_head(selling: Player) -> None:
    books = selling.books
    with books.writing() as writing:
        for number in range(3):
            writing.append(_scan(number), actor="1003", operation=f"scan-{number}", source="scan")
    selling.play("send_transfer")
    taken, previous = 0, GENESIS
    while batch := books.batch(2, 10_000_000):
        assert (batch.first, batch.previous) == (taken + 1, previous)
        for sent in batch.records:
            previous = rechain(sent.header, sent.body, previous).hash
        assert is_signed(DESK_KEY.public(), previous, batch.signature)
        taken += len(batch.records)
        books.mark_offered(taken)
        ack = Ack(1, "2002-1", 1, taken, previous.hex(), selling.clock.utc_ms())
        books.store_ack(Signed(words=words_of(ack), signature=CENTRE.sign(words_of(ack))), ack)
    epoch, sequence, newest = books.head()
    assert (epoch, taken, previous.hex()) == (1, sequence, newest)
    assert books.waiting() == (0, 0)
    # Three records of one commit travel together, though two is the limit.
    assert sequence == 1 + len(OPENING) + 3 + 1


def _scan(number: int) -> ops.ItemScanned:
    return ops.ItemScanned(number=f"EE00010{number:03}7AZ", event="EMD", office="2002")


def test_a_batch_carries_the_attachments_the_body_commits_to(selling: Player) -> None:
    selling.play("send_transfer")
    selling.play("take_grant")
    batch = selling.books.batch(500, 10_000_000)
    assert batch is not None
    attached = [one for sent in batch.records for one in sent.attachments]
    assert [one.slot.partition(":")[2] for one in attached] == ["parties"]
    assert attached[0].commitment().encode() in b"".join(sent.body for sent in batch.records)


def test_one_big_commit_goes_whole_and_small_ones_stop_at_the_bytes(selling: Player) -> None:
    batch = selling.books.batch(500, 1)
    assert batch is not None
    assert len(batch.records) == 1


def test_offered_is_known_before_the_answer(selling: Player) -> None:
    selling.play("send_transfer")
    operation = selling.sold[-1][0].operation
    with selling.books.reading() as books:
        assert not books.is_offered(operation)
        assert books.exposure("transfers").minor == 10_000
    selling.books.mark_offered(selling.books.head()[1])
    selling.books.mark_offered(1)
    with selling.books.reading() as books:
        assert books.is_offered(operation)
    acknowledge(selling.books, selling.clock.utc_ms())
    with selling.books.reading() as books:
        assert books.exposure("transfers").minor == 0


def test_the_next_header_names_the_acknowledgement_and_is_not_older(selling: Player) -> None:
    ahead = selling.clock.utc_ms() + 3_600_000
    ack = acknowledge(selling.books, ahead)
    heard_ms = selling.clock.monotonic_ms()
    assert selling.books.last_ack() == ack
    acknowledge(selling.books, ahead)
    selling.play("sell_stamps")
    signed = Signed(words=words_of(ack), signature=CENTRE.sign(words_of(ack)))
    with selling.books.reading() as books:
        *_, (record, arrived_ms) = books.records()
    header = record.header()
    assert header.acknowledged == ack_digest(signed)
    # The centre's word, and the time that has run since it came.
    assert header.recorded_ms == arrived_ms == ahead + selling.clock.monotonic_ms() - heard_ms


@pytest.mark.parametrize("fault", ["another key", "another hash", "another epoch", "other words"])
def test_an_acknowledgement_that_is_not_ours_is_refused(selling: Player, fault: str) -> None:
    epoch, sequence, newest = selling.books.head()
    ack = Ack(
        1,
        "2002-1",
        epoch + (fault == "another epoch"),
        sequence,
        "00" * 32 if fault == "another hash" else newest,
        selling.clock.utc_ms(),
    )
    key = SigningKey(b"x" * 32) if fault == "another key" else CENTRE
    signed = Signed(words=words_of(ack), signature=key.sign(words_of(ack)))
    told = ack if fault != "other words" else msgspec.structs.replace(ack, sequence=1)
    with pytest.raises(Trouble, match="L-060"):
        selling.books.store_ack(signed, told)
    assert selling.books.last_ack() is None


def test_a_centre_behind_us_gets_the_records_again(selling: Player) -> None:
    acknowledge(selling.books, selling.clock.utc_ms())
    assert selling.books.batch(500, 10**7) is None
    selling.books.rewind_acknowledged(2)
    batch = selling.books.batch(500, 10**7)
    assert batch is not None
    assert batch.first == 3
    selling.books.rewind_acknowledged(5)
    assert selling.books.waiting()[0] == selling.books.head()[1] - 2
    acknowledge(selling.books, selling.clock.utc_ms())


def test_news_acts_once_whatever_is_told_again(selling: Player) -> None:
    position = selling.books.news_position()
    selling.books.store_news(first_news(), 1)
    assert selling.books.news_position() == position
    with selling.books.reading() as books:
        assert (books.codes_left(), books.item_numbers_left()) == (200, 1000)


def test_another_centre_epoch_starts_again_and_its_words_are_taken(selling: Player) -> None:
    told = tidings.Reference(
        name="goods", version=2, valid_from="2026-12-01", content=msgspec.Raw(b'{"articles":[]}')
    )
    selling.books.store_news([piece(1, "reference", told)], 2)
    assert selling.books.news_position() == 1
    with selling.books.reading() as books:
        assert books.document(Goods, "2026-12-01").articles == ()
        assert books.document(Goods, "2026-11-30") == documents()["goods"]
        with pytest.raises(Trouble, match="G-050"):
            books.document(Goods, "2025-01-01")


def test_codes_of_another_epoch_are_not_taken(selling: Player) -> None:
    told = tidings.Codes(epoch=2, transfer_codes=("1234567895",), item_prefix="EE", item_first=1, item_last=9)
    selling.tell("codes", told)
    with selling.books.reading() as books:
        assert (books.codes_left(), books.item_numbers_left()) == (200, 1000)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("settlement", b"{}"),
        ("record", b"[]"),
        ("till.closed", b"{}"),
        ("reference", b"not json"),
        ("reference", b'{"name":"goods","version":9,"valid_from":"2026-01-01","content":{"articles":7}}'),
        (
            "payment.result",
            b'{"payment":"nobody","biller":"","outcome":"confirmed","provider_reference":"",'
            b'"reason":"","at_ms":1}',
        ),
    ],
)
def test_news_that_would_write_into_the_books_raises_a_case(
    selling: Player, kind: str, payload: bytes
) -> None:
    before = selling.books.head()[1]
    with selling.books.reading() as books:
        balance = books.till().balance
    selling.books.store_news([News(500, kind, payload)], 1)
    with selling.books.reading() as books:
        newest = books.entries(books.day().number)[0]
        assert (newest.recorded.sequence, newest.recorded.kind) == (before + 1, "case.raised")
        assert (newest.actor_kind, books.till().balance) == ("sync", balance)
    assert selling.books.news_position() == 500


def test_unknown_news_is_kept_and_does_nothing(selling: Player) -> None:
    before = selling.books.head()
    selling.books.store_news([News(500, "weather", b'{"sun":1}')], 1)
    assert (selling.books.head(), selling.books.news_position()) == (before, 500)


def test_a_refused_bill_is_a_record_of_the_line_and_late_words_change_nothing(selling: Player) -> None:
    selling.play("take_bill")
    selling.play("bill_refused")
    payment = selling.sold[-1][0].operation
    head = selling.books.head()
    for outcome in ("refused", "confirmed", "unknown"):
        told = tidings.PaymentResult(
            payment=payment, biller="0101", outcome=outcome, provider_reference="x", reason="", at_ms=1
        )
        selling.tell("payment.result", told)
    with selling.books.reading() as books:
        kept = books.payment(payment)
        assert kept is not None
        assert (kept.state, kept.reason, kept.account) == ("refused", "no such account", "12340000")
        newest = books.entries(1)[0]
        assert (newest.recorded.kind, newest.recorded.actor, newest.actor_kind) == (
            "payment.resolved",
            "sync",
            "sync",
        )
        assert books.balance("2070", "0101").minor == -5_050
    assert selling.books.head() == head


def test_transfer_news_never_goes_back_and_leaves_what_is_in_our_hand(selling: Player) -> None:
    selling.play("send_transfer")
    transfer = selling.sold[-1][0].operation
    now = selling.clock.utc_ms()

    def tell(state: str, at_ms: int) -> str:
        told = tidings.TransferEvent(transfer=transfer, state=state, office="", at_ms=at_ms)
        selling.tell("transfer.event", told)
        with selling.books.reading() as books:
            known = books.transfer(transfer)
            assert known is not None
            return known.state

    assert tell("paid", now + 5) == "paid"
    assert tell("available", now + 9) == "paid"
    assert tell("held", now + 1) == "paid"
    selling.play("take_grant")
    held = selling.granted[-1][1]
    selling.tell(
        "transfer.event", tidings.TransferEvent(transfer=held, state="available", office="", at_ms=now * 2)
    )
    with selling.books.reading() as books:
        known = books.transfer(held)
        assert known is not None
        assert (known.state, known.receiver) == ("reserved", "Həsənova Leyla")
        assert [one.thing for one in books.held_grants()] == [held]
    assert selling.books.held_grants() == (selling.granted[-1][0],)


def test_a_strangers_names_leave_with_the_day_the_grant_ended(selling: Player) -> None:
    for act in ("take_grant", "pay_out", "take_grant"):
        assert selling.play(act)
    (_, paid), (_, still_held) = selling.granted
    with selling.books.reading() as books:
        known = books.transfer(paid)
        assert known is not None
        assert known.sender == "Əliyev Vüqar Rauf oğlu"
    for act in ("close_till", "close_day"):
        assert selling.play(act)
    with selling.books.reading() as books:
        known, held = books.transfer(paid), books.transfer(still_held)
        assert known is not None
        assert held is not None
        assert (known.sender, known.receiver, known.code, known.state) == ("", "", "", "paid")
        assert held.code == "1234567895"
        assert books.held_grants()[0].parties


def test_remittance_and_other_desks_come_by_news(selling: Player) -> None:
    selling.play("remittance_news")
    assert selling.play("accept_remittance")
    selling.tell(
        "remittance",
        tidings.RemittanceNews(
            remittance="elsewhere", from_desk="a", to_desk="2002-9", amount_qapik=1, pieces={"1": 1}, at_ms=1
        ),
    )
    for date, state in (("2026-11-30", "closed"), ("2026-12-01", "open")):
        head = tidings.DeskHead(
            desk="2002-2",
            number=2,
            epoch=1,
            sequence=7,
            hash="ab",
            recorded_ms=1,
            received_ms=2,
            date=date,
            state=state,
            figures=msgspec.Raw(b"{}"),
        )
        selling.tell("desk.head", head)
    with selling.books.reading() as books:
        assert [(one.from_desk, one.state) for one in books.remittances()] == [("2002-2", "accepted")]
        assert [(one.date, one.state) for one in books.other_desks("2026-12-01")] == [("2026-12-01", "open")]
        assert [one.date for one in books.other_desks("2026-11-30")] == ["2026-11-30"]
        assert books.other_desks("2026-01-01") == []


def test_a_rotation_cut_short_before_its_record_does_not_stand_in_the_way_of_the_next(player: Player) -> None:
    unheard, keys = SigningKey.new().secret().hex(), player.books._desk.vault
    keys.put(vault.ROTATED, unheard)
    player.books.rotate_key("again")
    assert keys.get(vault.ROTATED) != unheard
    with pytest.raises(Refused, match="G-074"):
        player.books.rotate_key("while the first is under way")
    player.play("acknowledged")
    keys.put(vault.ROTATED, player.books.signing_key().secret().hex())
    player.books.rotate_key("after it, cut short when the new key had taken over")
