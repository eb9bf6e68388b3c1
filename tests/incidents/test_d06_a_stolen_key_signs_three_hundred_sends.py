"""D-06: a stolen key signs 300 backdated sends: held; the key is revoked and what it signed is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.central import contested
from azpost_desk.central.book import Book
from azpost_desk.central.registry import branches, reference
from azpost_desk.domain.catalogue import Settings
from azpost_desk.domain.money import azn
from azpost_desk.protocol import messages
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.storage import vault
from azpost_desk.storage.checking import check_folder
from azpost_desk.storage.vault import FileVault
from tests.central.desks import Kept, ManualClock, SimDesk
from tests.incidents.test_d07_two_tails_of_one_chain_are_judged import judging, till_of, waiting
from tests.stories.machines import dies, replaced, supplied
from tests.stories.town import ELECTRICITY

if TYPE_CHECKING:
    from tests.stories.town import Seat, Town

SENDS = 300
QAPIK = 10_000
ALLOWANCE_QAPIK = 50_000
PEOPLE = ("auditor-1", "director-2")
HOUR_MS = 3_600_000


def thief_of(place: Town, seat: Seat) -> SimDesk:
    """Somebody with a copy of the desk's disk: its key, its chain, its last acknowledgement."""
    with seat.books.reading() as look:
        records = [record for record, _ in look.records()]
        receipt = look.last_receipt()
        signed = seat.books._desk.connection.exec_driver_sql(
            "SELECT words, signature FROM acknowledgements ORDER BY id DESC LIMIT 1"
        ).one()
    thief = SimDesk(
        place.centre.url,
        ManualClock(place.clock.utc_ms()),
        key=SigningKey(vault.secret(FileVault(seat.folder), vault.SIGNING)),
        enrolled=seat.books.identity(),
        books=[Kept(one, messages.Sent(one.header_bytes, one.body)) for one in records],
        acknowledged=len(records),
        ack=messages.Signed(words=signed[0], signature=signed[1]),
        centre_epoch=1,
        receipts=int(receipt[-6:] or 0),
    )
    thief.day = records[-1].header().day
    return thief


def states(place: Town, transfers: list[str]) -> list[str]:
    rows = dict(place.ask("select transfer, state from transfers where transfer = any(%s)", transfers))
    return [rows[one] for one in transfers]


def robbed(place: Town, baku: Seat) -> list[str]:
    """300 sends in the desk's name: half older than what they embed, half under an acknowledgement of old."""
    with place.centre.database.transaction() as conn:
        reference.publish(
            conn, Settings(allowances_qapik={"transfers": ALLOWANCE_QAPIK}), place.clock.utc_ms()
        )
        codes = branches.give_codes(conn, "1010-1", SENDS, place.clock.utc_ms())
    thief = thief_of(place, baku)
    sent = []
    for number, code in enumerate(codes):
        if number % 2:
            when = {"recorded_ms": thief.clock.now_ms - 48 * HOUR_MS}
        else:
            when = {"recorded_ms": thief.clock.now_ms - HOUR_MS, "acknowledged": f"{number:032x}"}
        sent.append(thief.send(code, QAPIK, **when))  # type: ignore[arg-type]
        if len(thief.books) - thief.acknowledged >= 100:
            assert thief.exchange().ack is not None
    thief.exchange()
    place.centre.settle()
    return sent


def test_what_a_thief_signs_is_held_and_revoked_with_the_key(place: Town, ganja: Seat, baku: Seat) -> None:
    baku.take_bill(2_000)
    baku.sync()
    epoch, sequence, newest = baku.books.head()
    sent = robbed(place, baku)
    held = states(place, sent)
    # Beyond the allowance nothing can be had: what a thief can take at most is what the desk might off line.
    assert held.count("available") * QAPIK <= ALLOWANCE_QAPIK
    assert set(held) == {"held", "available"}
    assert [held[number] for number in range(1, SENDS, 2)] == ["held"] * (SENDS // 2)
    reasons = {row[0] for row in place.ask("select distinct reason from exceptions where desk = '1010-1'")}
    assert {"older_than_acknowledgement", "beyond_allowance"} <= reasons

    # The branch sees sales it never made; the honest desk sells on, and its chain turns out to be forked.
    baku.take_bill(1_100)
    book = Book(place.dsn, place.clock)
    with place.centre.database.connection() as conn:
        now_ms = place.clock.utc_ms()
        at = ("1010-1", epoch, sequence)
        assert contested.revoke(conn, book, at, newest[:10], PEOPLE, "theft", "camera", now_ms) == SENDS
    book.close()
    assert states(place, sent) == ["held"] * SENDS
    baku.line._step()
    assert baku.line.state().stopped == "L-015"
    thief = thief_of(place, baku)
    assert thief.push(None).refused == "X-023"

    # The desk re-enrols: its new books end where its key was still its own.
    own = baku.books.head()[2]
    dies(baku)
    fresh, done = replaced(place, "1010-1", baku.folder)
    assert (done.epoch, done.contested) == (2, True)
    assert done.aside is not None
    supplied(place, fresh)
    assert fresh.holds()[1, sequence].hex() == newest
    assert max(key for key in fresh.holds() if key[0] == 1) == (1, sequence)

    tail = waiting(place)
    assert len(tail) == SENDS + 1
    honest = next(one for one in tail if one.hash == own)
    assert not honest.posted
    with judging(place) as judge:
        judge(honest, "confirmed")
        for one in tail:
            if one.posted:
                judge(one, "rejected")
    assert states(place, sent) == ["closed"] * SENDS
    assert place.ask("select count(*) from payments where desk = '1010-1'") == [(2,)]
    fresh.take_bill(700)
    missed = 1_100 + fresh.services.payments.fee(ELECTRICITY, azn(1_100)).minor
    fresh.close_day()
    fresh.sync()
    # All books together hold for this till what the new machine counts, and the one sale it could not take.
    assert till_of(place, "1010-1") == fresh.till_qapik() + missed
    # The centre keeps what the thief signed beside the desk's own: the two are not the same any more.
    place.seats.remove(fresh)
    is_sound(fresh)


def is_sound(seat: Seat) -> None:
    assert seat.books.rebuild() == []
    seat.close()
    verdicts, damaged = check_folder(seat.folder)
    assert damaged == []
    assert [one for verdict in verdicts for one in verdict.broken] == []
