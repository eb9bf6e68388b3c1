"""A remark with what cannot be written enters no journal; whatever is asked for has an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.central.doubts import two_people
from azpost_desk.domain import operations as ops
from azpost_desk.domain.abroad.travel_rule import missing_incoming
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.mail.proof import Signature
from azpost_desk.domain.people import Person
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.news import ItemOrder
from azpost_desk.services.counter import attach
from azpost_desk.services.disputes import said_words
from azpost_desk.services.mail_bags import CloseBag
from azpost_desk.services.rounds import Signed
from tests.services.counters import CLERK, MANAGER, approval
from tests.services.test_express import scan
from tests.storage.desks import piece

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.services.counters import Stand


@pytest.mark.parametrize("bad", ["a\x00b", "a\ud800b", "a\u202eb"])
def test_no_attachment_holds_what_cannot_be_written(bad: str) -> None:
    with pytest.raises(Refused, match="G-016"):
        attach("0197", "words", bad)


@pytest.mark.parametrize("asked", ["a\ud800b", "\ud83d", "\x00", "9" * 10_000, "\u202e1000", "٣" * 20])
def test_whatever_is_asked_for_has_an_answer(stand: Stand, asked: str) -> None:
    assert stand.desk.finding.find(asked) == []


@pytest.mark.parametrize("nothing", ["\u200b", "\u2060 \ufeff", "\u00ad"])
def test_what_writes_nothing_is_no_reason_and_names_nobody(stand: Stand, nothing: str) -> None:
    desk = stand.desk
    number = item_number("EE", 812_345)
    bag = desk.mail_bags.begin("1000", CLERK).bag
    put_in = desk.mail_bags.put_in(bag, number, CLERK).recorded.operation
    desk.mail_bags.close(bag, CloseBag(1, 900, "S-1"), CLERK)
    ink = Signed(Signature(360, 140, ((20, 20, 100, 100),)), b"png")
    acts: dict[str, Callable[[], object]] = {
        "E-043": lambda: desk.tracking.void(put_in, "op", nothing, CLERK, approval("op")),
        "E-119": lambda: desk.mail_bags.reopen(bag, nothing, CLERK),
        "E-121": lambda: desk.mail_bags.hand_over(bag, nothing, ink, CLERK),
        "C-050": lambda: desk.bags.hand_over(MANAGER, "bag", Person(name=nothing, document="AA1")),
        "D-102": lambda: said_words(nothing),
        "X-044": lambda: two_people("Anna", nothing, "paper"),
        "X-047": lambda: two_people("Anna", "Bəhruz", nothing),
    }
    for code, act in acts.items():
        with pytest.raises(Refused, match=code):
            act()
    assert missing_incoming({"sender": nothing, "receiver": "Leyla"}, None) == ("sender",)


def test_a_word_with_blanks_around_is_the_word(stand: Stand) -> None:
    number = item_number("EE", 812_346)
    assert scan(stand, number, "EMG") == ("saved", "saved")
    order = ItemOrder(order="o", number=number, kind="court", state="open", at_ms=1)
    stand.books.store_news([piece(720, "item.order", order)], 1)
    # The court keeps it here: neither spelling sends it back.
    for measure in ("returned", " returned "):
        assert scan(stand, number, "EMH", reason="absent", measure=measure) == ("stopped", "stopped_court")
    lifted = msgspec.structs.replace(order, state="lifted", at_ms=2)
    stand.books.store_news([piece(721, "item.order", lifted)], 1)
    assert scan(stand, number, "EMH", reason=" refused ", measure=" returned\t") == ("saved", "saved")
    body = stand.bodies(ops.ItemScanned)[-1]
    assert isinstance(body, ops.ItemScanned)
    assert (body.reason, body.measure) == ("refused", "returned")
    with stand.books.reading() as books:
        assert books.item_lives(number)[-1].state == "inland.back"
