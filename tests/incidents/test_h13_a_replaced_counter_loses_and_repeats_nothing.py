"""H-13: a machine dies and is replaced: nothing of before is usable, lost or done twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain.refusals import Refused
from tests.stories.machines import copied, dies, replaced, salvaged, supplied

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stories.town import Seat, Town


def buried(place: Town, ganja: Seat, baku: Seat) -> str:
    """Bakı takes a grant on line, pays it out off line with two bills more, and dies; gives the transfer."""
    sent = ganja.send_money(25_000)
    ganja.sync()
    baku.take_bill(2_000)
    claimed = baku.ask_for(sent.code)
    baku.sync()
    baku.go_offline()
    from tests.stories.town import ORXAN

    baku.transfers.plan_payout(claimed.grant, ORXAN, baku.clerk)
    baku.pay()
    baku.take_bill(1_500)
    dies(baku)
    return sent.transfer


@pytest.mark.parametrize("with_backup", [True, False])
def test_a_new_machine_has_the_whole_past_and_none_of_its_rights(
    place: Town, ganja: Seat, baku: Seat, tmp_path: Path, with_backup: bool
) -> None:
    backup = copied(baku, tmp_path / "yesterday.db") if with_backup else None
    held_by_centre = len(place.holds("1010-1", [1]))
    transfer = buried(place, ganja, baku)
    old = baku.folder
    fresh, done = replaced(place, "1010-1", tmp_path / "new machine", backup)
    assert (done.epoch, done.handed_in, done.contested) == (2, 0, False)
    # The gap is filled before the first sale: the books end where the centre's knowledge ends.
    assert {key: digest for key, digest in fresh.holds().items() if key[0] == 1} == place.holds("1010-1", [1])
    assert len(place.holds("1010-1", [1])) > held_by_centre
    with fresh.books.reading() as look:
        assert look.held_grants() == []
        assert (look.codes_left(), look.item_numbers_left()) == (0, 0)
        assert look.day().state == "open"
        assert look.till().state == "open"
    assert place.state(transfer) == "in_doubt"
    supplied(place, fresh)
    with fresh.books.reading() as look:
        known = look.transfer(transfer)
    assert known is not None
    assert known.state == "in_doubt"
    with pytest.raises(Refused, match="T-015"):
        fresh.ask_for(code_of(ganja, transfer))
    fresh.take_bill(700)
    fresh.sync()

    # The old disk is read after all: its records are late, the pay-out counts once.
    before = fresh.till_qapik()
    late = salvaged(place, old)
    assert (late.records > 0, late.contested) == (True, False)
    assert place.state(transfer) == "paid"
    assert salvaged(place, old).records == 0
    fresh.sync()
    assert fresh.till_qapik() == before - 25_000 + 1_500 + bill_fee(fresh, 1_500)
    with pytest.raises(Refused, match="T-014"):
        fresh.ask_for(code_of(ganja, transfer))
    fresh.close_day()
    fresh.sync()


def code_of(seat: Seat, transfer: str) -> str:
    with seat.books.reading() as look:
        known = look.transfer(transfer)
    assert known is not None
    return known.code


def bill_fee(seat: Seat, qapik: int) -> int:
    from azpost_desk.domain.money import azn
    from tests.stories.town import ELECTRICITY

    return seat.services.payments.fee(ELECTRICITY, azn(qapik)).minor


def test_what_only_the_backup_had_is_handed_in_before_the_new_epoch_begins(
    place: Town, baku: Seat, tmp_path: Path
) -> None:
    baku.take_bill(2_000)
    baku.sync()
    baku.go_offline()
    baku.take_bill(1_000)
    baku.take_bill(900)
    backup = copied(baku, tmp_path / "noon.db")
    dies(baku)
    fresh, done = replaced(place, "1010-1", tmp_path / "new machine", backup)
    assert done.handed_in == 2
    with fresh.books.reading() as look:
        assert len(look.payments()) == 3
    assert fresh.till_qapik() > 100_000
    supplied(place, fresh)
    fresh.agrees()


def test_the_old_machine_may_not_go_on_beside_the_new_one(place: Town, baku: Seat, tmp_path: Path) -> None:
    place.seats.remove(baku)
    fresh, _ = replaced(place, "1010-1", tmp_path / "new machine")
    supplied(place, fresh)
    baku.line._step()
    assert baku.line.state().stopped == "L-011"
    baku.close()


def test_a_past_that_does_not_prove_itself_is_not_taken(place: Town, baku: Seat, tmp_path: Path) -> None:
    from azpost_desk.domain.refusals import Trouble
    from azpost_desk.storage.books import DeskBooks

    baku.take_bill(2_000)
    baku.sync()
    dies(baku)
    with place.centre.database.transaction() as conn:
        conn.execute(
            "update attachments set content = '{}' where desk = '1010-1' and sequence ="
            " (select max(sequence) from attachments where desk = '1010-1')"
        )
    folder = tmp_path / "new machine"
    with pytest.raises(Trouble, match="L-016"):
        replaced(place, "1010-1", folder)
    assert not DeskBooks.exists(folder)
    # The centre's own check has seen it too.
    place.broken_at_centre = {"I-11"}
