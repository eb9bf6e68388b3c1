"""D-08: a dishonest centre grants one transfer twice; the two desks' own journals prove it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.central.storage.database import Database
from azpost_desk.domain import operations as ops
from azpost_desk.protocol.keys import is_signed
from azpost_desk.protocol.messages import grant_of
from tests.stories.town import GANJA

if TYPE_CHECKING:
    from azpost_desk.protocol.messages import Grant
    from tests.stories.town import Seat, Town


def kept_grant(seat: Seat) -> Grant:
    """What a desk can show a court: the centre's words, and its signature, from the desk's own journal."""
    with seat.books.reading() as look:
        [body] = [
            one.body for one in look.entries(look.day().number) if isinstance(one.body, ops.GrantStored)
        ]
    words = bytes.fromhex(body.words)
    assert is_signed(seat.books.identity().grants_key, words, bytes.fromhex(body.signature))
    return grant_of(words)


def forget(dsn: str) -> None:
    """The centre wipes its own memory of the grant, as nothing in its program ever does."""
    database = Database(dsn, 2)
    database.open()
    with database.transaction() as conn:
        conn.execute("delete from grants")
        conn.execute("update transfers set state = 'available', grants = 0, last_grant = '', ended_by = ''")
    database.close()


def test_two_signed_grants_of_one_transfer_name_the_same_predecessor(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    second = place.seat(f"{GANJA}-2")
    sent = ganja.send_money()
    ganja.sync()
    baku.ask_for(sent.code)
    baku.sync()
    forget(place.dsn)
    # The grant that lies at a desk and that the centre no longer knows is named by the centre's own check.
    place.broken_at_centre = {"I-09"}
    second.ask_for(sent.code)
    one, two = kept_grant(baku), kept_grant(second)
    assert one.grant != two.grant
    assert (one.holder, two.holder) == (baku.name, second.name)
    same = [(grant.thing, grant.number, grant.previous, grant.origin) for grant in (one, two)]
    assert same[0] == same[1]
    assert one.previous == ""
    assert one.origin == line_hash(ganja, sent.transfer)


def line_hash(seat: Seat, operation: str) -> str:
    """Hash of the record that holds a line: what a grant names as its origin."""
    with seat.books.reading() as look:
        line = look.paid_line(operation)
        assert line is not None
        wanted = line.recorded.sequence
        return next(one.hash.hex() for one, _ in look.records() if one.header().sequence == wanted)


def test_an_honest_second_grant_names_the_first_and_what_ended_it(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    second = place.seat(f"{GANJA}-2")
    sent = ganja.send_money()
    ganja.sync()
    claimed = baku.ask_for(sent.code)
    baku.transfers.release(claimed.grant, baku.clerk, "customer left")
    baku.sync()
    second.ask_for(sent.code)
    one, two = kept_grant(baku), kept_grant(second)
    assert (one.number, two.number) == (1, 2)
    assert two.previous == one.grant
    with baku.books.reading() as look:
        ended = [
            record.hash.hex() for record, _ in look.records() if record.header().kind == "grant.released"
        ]
    assert [two.ended_by] == ended
