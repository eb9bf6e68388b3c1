"""A-06: a basket within the window's limits was too large for the wire and held the desk's queue for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from msgspec.structs import replace

from azpost_desk.central.registry import branches
from azpost_desk.domain import operations as ops
from azpost_desk.domain.lengths import characters_max
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.messages import BATCH_BYTES_MAX, BATCH_RECORDS_MAX, sent_bytes
from azpost_desk.protocol.records import RECORD_BYTES_MAX
from azpost_desk.services import basket_lines
from azpost_desk.services.disputes import WORDS_CHARACTERS_MAX
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.transfers import SendTransfer
from azpost_desk.storage import line as storage_line
from azpost_desk.storage import writing
from tests.services.counters import CLERK, RECEIVER, SENDER, approval
from tests.stories.town import GANJA, LEYLA, ORXAN

if TYPE_CHECKING:
    from azpost_desk.domain.people import Person
    from tests.services.counters import Stand
    from tests.stories.town import Seat, Town

LINES: Final = 100


def longest(person: Person) -> Person:
    """As much as the fields hold, in letters of two bytes."""
    return replace(
        person,
        name=" ".join(["Ə" + "ğ" * 38] * 3),
        address="ş" * characters_max("address"),
        settlement="ö" * characters_max("settlement"),
    )


def fill(place: Town, seat: Seat) -> str:
    """Lines with the longest texts until the basket takes no more; why it takes no more."""
    with place.centre.database.transaction() as conn:
        branches.give_codes(conn, f"{GANJA}-1", 2 * LINES, place.clock.utc_ms())
    seat.sync()
    for _ in range(LINES):
        try:
            seat.transfers.send(SendTransfer(longest(LEYLA), longest(ORXAN), azn(1000), "family"), seat.clerk)
        except Refused as no:
            return no.code
    return ""


def test_the_largest_basket_the_window_takes_reaches_the_centre(place: Town, ganja: Seat) -> None:
    assert fill(place, ganja) == "B-007"
    basket = ganja.services.baskets.current()
    assert basket is not None
    assert len(basket.lines) > LINES // 2
    ganja.pay(1_000_000)
    largest = ganja.books.batch(BATCH_RECORDS_MAX, BATCH_BYTES_MAX)
    assert largest is not None
    assert max(map(sent_bytes, largest.records)) <= RECORD_BYTES_MAX
    ganja.send_money(1_000)
    ganja.sync()
    assert ganja.line.state().waiting == 0


def test_what_an_older_program_accepted_reaches_the_centre_too(
    place: Town, ganja: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (basket_lines, writing):
        monkeypatch.setattr(module, "RECORD_BYTES_MAX", BATCH_BYTES_MAX)
    assert fill(place, ganja) == ""
    ganja.pay(1_000_000)
    whole = ganja.books.batch(BATCH_RECORDS_MAX, BATCH_BYTES_MAX)
    assert whole is not None
    assert max(map(sent_bytes, whole.records)) > RECORD_BYTES_MAX
    ganja.sync()
    assert ganja.line.state().waiting == 0


@pytest.mark.parametrize("field", ["name", "address", "settlement", "document_valid_to"])
@pytest.mark.parametrize("who", ["sender", "receiver"])
def test_a_text_beyond_its_field_is_refused_beside_it(stand: Stand, who: str, field: str) -> None:
    people = {"sender": SENDER, "receiver": RECEIVER}
    text = ("Ağa " * 100)[: characters_max(field) + 1].strip() + "a"
    people[who] = replace(people[who], **{field: text})
    with pytest.raises(Refused) as no:
        stand.desk.transfers.send(
            SendTransfer(people["sender"], people["receiver"], azn(1000), "family"), CLERK
        )
    expected = ("G-014", {"limit": characters_max(field)})
    if field != "document_valid_to":
        assert (no.value.code, no.value.facts) == expected
    assert no.value.field == f"{who}.{field}"
    assert stand.desk.baskets.current() is None


def test_the_words_of_a_dispute_and_of_a_reversal_are_bounded(stand: Stand) -> None:
    assert characters_max("words") == WORDS_CHARACTERS_MAX
    body = ops.GrantReleased(grant="g", thing="t", reason="x" * 401)
    with pytest.raises(Refused, match="G-014"), stand.books.writing() as books:
        books.append(body, actor=CLERK.officer, operation=stand.desk.counter.new_id())


def test_a_record_the_line_cannot_carry_is_refused_before_it_is_written(stand: Stand) -> None:
    before = stand.records()
    body = ops.BasketSources(basket="b", sources={f"{n:040}": "keys" for n in range(8_000)})
    with pytest.raises(Refused, match="G-015"), stand.books.writing() as books:
        books.append(body, actor=CLERK.officer, operation=stand.desk.counter.new_id())
    assert stand.records() == before


def test_a_transaction_of_many_records_is_sent_in_portions(stand: Stand) -> None:
    first = stand.books.batch(BATCH_RECORDS_MAX, BATCH_BYTES_MAX)
    assert first is not None
    with stand.books.writing() as books:
        for _ in range(2 * BATCH_RECORDS_MAX):
            body = ops.ClockJumped(from_ms=1, to_ms=2, against="centre")
            books.append(
                body, actor="sync", actor_kind="sync", source="line", operation=books.new_operation()
            )
    batch = stand.books.batch(BATCH_RECORDS_MAX, BATCH_BYTES_MAX)
    assert batch is not None
    assert len(first.records) < len(batch.records) <= BATCH_RECORDS_MAX


def test_a_sale_and_its_reversal_far_apart_do_not_make_a_request_nobody_takes(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = stand.desk
    sold = desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(1000), "family"), CLERK).lines[0].line
    stand.pay(2_000)
    for _ in range(9):
        desk.shop.sell(SellGoods("ST-60", 1), CLERK)
        stand.pay(60)
    with stand.books.reading() as books:
        line = books.paid_line(sold.operation)
    assert line is not None
    undo = desk.counter.new_id()
    desk.baskets.reverse(CLERK, line, undo, "mistake", approval(undo))
    done = line.recorded.sequence - 1
    whole = stand.books._batch(done, BATCH_RECORDS_MAX, 1)
    assert whole is not None
    assert len(whole.records) > 10
    bytes_max = sum(map(sent_bytes, whole.records)) - 1
    monkeypatch.setattr(storage_line, "BATCH_BYTES_MAX", bytes_max)
    part = stand.books._batch(done, BATCH_RECORDS_MAX, 1)
    assert part is not None
    assert 0 < sum(map(sent_bytes, part.records)) <= bytes_max
