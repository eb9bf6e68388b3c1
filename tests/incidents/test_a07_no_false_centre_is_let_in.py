"""A-07: over plain HTTP whoever sat on the wire gave the desk a manager of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.central.app import Centre
from azpost_desk.domain.catalogue import Officer, Staff
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol.addresses import is_guarded
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.protocol.messages import Enrol, News, told_words
from azpost_desk.protocol.news import Reference
from azpost_desk.protocol.questions import ENROL
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.vault import FileVault
from azpost_desk.sync.wire import Wire
from tests.attacks.test_hostile_centre import desk as desk
from tests.storage.desks import CENTRE, DATE, SECOND_KEY, enrolled

if TYPE_CHECKING:
    from tests.attacks.test_hostile_centre import Desk
    from tests.services.counters import Stand


def their_manager(desk: Desk) -> News:
    """Staff in which nobody of the office is left."""
    evil = Staff(officers=(Officer(officer="6666", name="Yad", role="manager", pin_hash="hash-0000"),))
    content = msgspec.Raw(msgspec.json.encode(evil))
    told = Reference(name="staff", version=900, valid_from=DATE, content=content)
    return News(desk.stand.books.news_position() + 1, "reference", msgspec.json.encode(told))


def officers(desk: Desk) -> set[str]:
    return {one.officer for one in desk.stand.desk.staff.officers()}


@pytest.mark.parametrize("signed", ["not at all", "by another key", "for another chain", "without this news"])
def test_news_that_the_centre_has_not_signed_are_not_taken(desk: Desk, signed: str) -> None:
    before, position = officers(desk), desk.stand.books.news_position()
    who = desk.stand.books.identity()
    answer = desk.answer(desk.ack(), news=(their_manager(desk),))
    forged = {
        "not at all": b"",
        "by another key": SigningKey.new().sign(told_words(who.desk, who.epoch, answer)),
        "for another chain": CENTRE.sign(told_words("1010-1", who.epoch, answer)),
        "without this news": desk.answer(desk.ack()).signature,
    }
    assert desk.hears(msgspec.structs.replace(answer, signature=forged[signed])) == "L-004"
    assert officers(desk) == before
    assert desk.stand.books.news_position() == position


def test_no_unsigned_word_ends_a_chain(desk: Desk) -> None:
    answer = msgspec.structs.replace(desk.answer(desk.ack()), refused="X-022")
    assert desk.hears(answer) == "L-004"
    who = desk.stand.books.identity()
    signature = CENTRE.sign(told_words(who.desk, who.epoch, answer))
    assert desk.hears(msgspec.structs.replace(answer, signature=signature)) == "X-022"


def test_no_unsigned_place_ends_a_chain(desk: Desk) -> None:
    ahead = desk.answer(desk.ack(), expect=10_000)
    unsigned = msgspec.structs.replace(ahead, signature=b"")
    assert desk.hears(unsigned) == "L-004"
    # Nor one that the centre signed of another place.
    moved = msgspec.structs.replace(ahead, expect=10_001)
    assert desk.hears(moved) == "L-004"
    assert desk.stand.books.stopped() == ""
    assert desk.hears(ahead) == "L-006"


def test_a_desk_that_is_enrolled_anew_stays_with_its_centre(stand: Stand) -> None:
    epoch, sequence, newest = stand.books.head()
    stand.books.close()
    before = {"previous_epoch": epoch, "previous_sequence": sequence, "previous_hash": newest}
    false = enrolled(epoch=2, receipt_series=4301, centre_key=SigningKey.new().public(), **before)
    folder = stand.books.folder
    with pytest.raises(Trouble, match="L-022"):
        DeskBooks.create(folder, false, SECOND_KEY, stand.clock, software="test", keep=FileVault(folder))
    stand.books = DeskBooks.open(folder, stand.clock, keep=FileVault(folder))
    assert stand.books.stopped() == ""
    assert stand.books.identity().epoch == 1


@pytest.mark.parametrize("url", ["http://centre.example", "http://10.0.0.7:8470", "http://0.0.0.0:1", "x"])
def test_a_desk_says_nothing_in_clear_beyond_its_machine(url: str) -> None:
    wire = Wire(url)
    question = Enrol(version=1, code="x", public_key="", software="")
    with pytest.raises(Trouble, match="L-021"):
        wire.post(ENROL, question, "", SigningKey.new())
    assert not wire.is_reachable()


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.7", "::"])
def test_a_centre_answers_in_clear_on_its_own_machine_only(host: str) -> None:
    with pytest.raises(Refused, match="X-085"):
        Centre("postgresql://nowhere").start(0, host)


def test_what_counts_as_guarded() -> None:
    good = ("https://centre.example", "http://127.0.0.1:8470", "http://127.8.9.1", "http://[::1]:1",
            "http://localhost:8470")  # fmt: skip
    bad = ("http://127.0.0.1.example", "http://localhost.example", "http://2130706433", "", "127.0.0.1",
           "http://[::ffff:10.0.0.1]", "http://[::1", "http://user@10.0.0.1#127.0.0.1")  # fmt: skip
    assert [url for url in good if not is_guarded(url)] == []
    assert [url for url in bad if is_guarded(url)] == []
