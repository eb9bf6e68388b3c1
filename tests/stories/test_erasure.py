"""A name is forgotten at every holder, each says so, and a name that only disappeared is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.central import checking, erasure
from azpost_desk.central.mail import irregularities
from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.irregularities import Report
from tests.services.test_irregularities import ITEM, PHOTO, WORDS
from tests.stories.town import BAKU, DAY_MS, GANJA, ORXAN, Seat

if TYPE_CHECKING:
    from azpost_desk.domain.invariants import Verdict
    from tests.stories.town import Town

SIX_YEARS_MS = 6 * 365 * DAY_MS + 2 * DAY_MS


def six_years_later(place: Town, *seats: Seat) -> None:
    """Nothing happens for six years; then the day is closed at last, and the centre hears of it."""
    place.clock.pass_ms(SIX_YEARS_MS)
    for seat in seats:
        seat.close_day()
    for seat in (*seats, *seats):
        seat.sync()


def at_centre(place: Town, group: str) -> list[tuple[bytes | None]]:
    return place.ask("select content from attachments where slot like %s", f"%:{group}")


def here(seat: Seat, group: str) -> list[bytes | None]:
    with seat.books.reading() as look:
        rows = look.connection.exec_driver_sql(  # type: ignore[attr-defined]
            "SELECT content FROM attachments WHERE slot LIKE ?", (f"%:{group}",)
        )
        return [row[0] for row in rows]


def purged(place: Town) -> Verdict:
    return next(one for one in checking.check(place.dsn) if one.id == "I-11")


def test_after_its_term_a_name_is_gone_everywhere_and_everybody_has_said_so(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    sent = ganja.send_money(office=BAKU)
    place.sync()
    baku.pay_out(sent.code)
    place.sync()
    assert place.state(sent.transfer) == "paid"
    with ganja.books.reading() as look:
        assert look.customers("5ZK9XYZ")
    six_years_later(place, ganja, baku)
    assert set(here(ganja, "parties")) == set(here(baku, "receiver")) == {None}
    assert set(at_centre(place, "parties")) == set(at_centre(place, "receiver")) == {(None,)}
    assert place.ask("select parties, code like 'erased%%' from transfers") == [(b"", True)]
    for seat, fin in ((ganja, "5ZK9XYZ"), (baku, ORXAN.fin)):
        with seat.books.reading() as look:
            assert look.customers(fin) == []
            known = look.transfer(sent.transfer)
        assert known is not None
        assert (known.sender, known.receiver, known.code) == ("", "", "")
    with place.centre.database.transaction() as conn:
        assert erasure.unconfirmed(conn) == []
    records = [
        (desk, body)
        for desk, body in place.ask("select desk, body from journal where accepted order by desk")
        if b'"basis"' in body and b'"erased"' in body
    ]
    assert {desk for desk, _ in records} == {"centre-1", f"{GANJA}-1", f"{BAKU}-1"}
    assert purged(place).erased >= 2
    assert purged(place).broken == []
    personal = [ORXAN.name.encode(), b"5ZK9XYZ", sent.code.encode()]
    for _, body in records:
        assert not any(word in body for word in personal)


def test_a_desk_that_has_not_followed_is_on_the_centres_list(place: Town, ganja: Seat, baku: Seat) -> None:
    sent = ganja.send_money(office=BAKU)
    place.sync()
    baku.pay_out(sent.code)
    place.sync()
    ganja.go_offline()
    six_years_later(place, baku)
    with place.centre.database.transaction() as conn:
        (late,) = erasure.unconfirmed(conn)
    assert late.desk == f"{GANJA}-1"
    assert here(ganja, "parties") != [None]
    ganja.go_online()
    ganja.close_day()
    ganja.sync()
    # What it heard before the centre had signed for the new day it could not agree to: it is told again.
    with place.centre.database.transaction() as conn:
        assert erasure.unconfirmed(conn) == [late]
    place.clock.pass_ms(31 * DAY_MS)
    ganja.sync()
    with place.centre.database.transaction() as conn:
        assert erasure.unconfirmed(conn) == []


def test_evidence_is_kept_by_both_until_the_hold_is_lifted(place: Town, ganja: Seat, baku: Seat) -> None:
    sent = ganja.send_money(office=BAKU)
    place.sync()
    baku.pay_out(sent.code)
    ganja.services.erasure.hold(ganja.manager, sent.transfer, "Məhkəmə sorğusu")
    place.sync()
    six_years_later(place, ganja, baku)
    assert None not in here(ganja, "parties")
    assert (None,) not in at_centre(place, "parties")
    assert (None,) in at_centre(place, "receiver"), "the hold names one operation, not the country"
    ganja.services.erasure.lift(ganja.manager, sent.transfer, "İş bağlandı")
    ganja.sync()
    ganja.services.erasure.run(ganja.manager)
    ganja.sync()
    place.clock.pass_ms(2 * DAY_MS)
    place.sync()
    assert here(ganja, "parties") == [None]
    assert at_centre(place, "parties") == [(None,)]


def test_money_that_was_never_paid_keeps_its_names(place: Town, ganja: Seat) -> None:
    sent = ganja.send_money()
    place.sync()
    six_years_later(place, ganja)
    assert place.state(sent.transfer) == "returned"
    assert None not in here(ganja, "parties")
    assert (None,) not in at_centre(place, "parties")


def test_a_desk_that_erases_before_the_term_is_found_and_the_centre_keeps_its_copy(
    place: Town, ganja: Seat
) -> None:
    """A program that was tampered with: it empties what it should keep and says so in its own chain."""
    payment = ganja.take_bill(1_000)
    ganja.sync()
    with ganja.books.writing() as books:
        (one,) = books.personal({"*": 10**15}, 9)
        books.empty([one])
        books.append(
            ops.AttachmentsErased(
                desk=ganja.name, group="account", basis="none", years=0, before="2026-11-24",
                erased=((one.epoch, one.sequence, one.slot, one.commitment),),
            ),
            actor="1001", operation=ganja.new_id(),
        )  # fmt: skip
    ganja.sync()
    assert ("erased_early",) in place.ask("select reason from exceptions")
    assert (None,) not in at_centre(place, "account")
    assert one.slot.startswith(payment)


def test_a_deletion_nobody_recorded_is_found_at_the_centre(place: Town, ganja: Seat) -> None:
    ganja.send_money()
    ganja.sync()
    assert purged(place).broken == []
    kept = place.ask("select sequence, slot, salt, content from attachments where slot like '%%:parties'")
    place.ask("update attachments set salt = null, content = null where slot like '%%:parties' returning 1")
    (fault,) = purged(place).broken
    assert fault.desk == ganja.name
    assert fault.sequence == kept[0][0]
    assert "missing and no record of erasure" in fault.why
    _, slot, salt, content = kept[0]
    place.ask(
        "update attachments set salt = %s, content = %s where slot = %s returning 1", salt, content, slot
    )
    assert purged(place).broken == []


def test_words_and_photo_of_a_report_go_once_somebody_has_ended_it(place: Town, ganja: Seat) -> None:
    """As long as it is a task the centre keeps them, whatever their age."""
    ganja.services.irregularities.report(Report(ITEM, "damaged", WORDS, PHOTO), ganja.clerk)
    place.sync()

    def standing() -> list[irregularities.Open]:
        with place.centre.database.transaction() as conn:
            return irregularities.listed(conn)

    place.clock.pass_ms(SIX_YEARS_MS)
    six_years_later(place, ganja)
    [task] = standing()
    assert (task.words, task.photo) == (WORDS, True)
    with place.centre.database.transaction() as conn:
        irregularities.end(conn, task.irregularity, "A. Quliyev", "the sender was paid", task.made_ms)
        assert irregularities.photo_of(conn, task.irregularity) == PHOTO
    for _ in range(2):
        ganja.sync()
        place.clock.pass_ms(2 * DAY_MS)
    ganja.sync()
    assert at_centre(place, "photo") == at_centre(place, "words") == [(None,)]
    assert here(ganja, "photo") == here(ganja, "words") == [None]
    with place.centre.database.transaction() as conn, pytest.raises(Refused, match="E-159"):
        irregularities.photo_of(conn, task.irregularity)
    assert standing() == []
    assert purged(place).broken == []
