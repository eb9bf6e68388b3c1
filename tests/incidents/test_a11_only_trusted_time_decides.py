"""A-11: who sets the clock guesses no more PINs, locks nobody out, makes nothing younger, stops no backup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.storage.backups import BackupRounds, back_up, kept, newest_proven
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.vault import FileVault
from tests.stories.machines import database_key
from tests.stories.town import DAY_MS

if TYPE_CHECKING:
    from tests.services.counters import Stand
    from tests.stories.town import Seat, Town

HOUR_MS = 3_600_000
IN_2062_MS = 36 * 365 * DAY_MS


def guess(stand: Stand, pin: str = "0000", officer: str = "1003") -> tuple[str, object]:
    with pytest.raises(Refused) as no:
        stand.desk.staff.sign_in(officer, pin)
    return no.value.code, no.value.facts.get("seconds")


def locked(stand: Stand) -> None:
    for _ in range(5):
        told = guess(stand)
    assert told == ("S-002", 60)


def reopened(stand: Stand) -> DeskBooks:
    """The program ends and begins again; its running time begins at nothing."""
    stand.books.close()
    stand.clock.running_ms = 0
    return DeskBooks.open(stand.books.folder, stand.clock, keep=FileVault(stand.books.folder))


def test_a_wait_after_wrong_pins_goes_by_running_time_alone(stand: Stand) -> None:
    locked(stand)
    for jump_ms in (HOUR_MS, IN_2062_MS, -2 * IN_2062_MS):
        stand.clock.now_ms += jump_ms
        assert guess(stand, "1003") == ("S-002", 60)
    stand.clock.running_ms += 59_999
    assert guess(stand, "1003") == ("S-002", 1)
    stand.clock.running_ms += 1
    assert stand.desk.staff.sign_in("1003", "1003").officer == "1003"


def test_who_fails_in_2062_is_locked_for_a_minute_and_not_for_36_years(stand: Stand) -> None:
    now_ms = stand.clock.now_ms
    stand.clock.now_ms += IN_2062_MS
    locked(stand)
    stand.clock.now_ms = now_ms
    stand.clock.running_ms += 60_000
    assert stand.desk.staff.sign_in("1003", "1003").officer == "1003"


def test_a_restart_makes_no_wait_shorter(stand: Stand) -> None:
    locked(stand)
    stand.clock.running_ms += 30_000
    stand.clock.now_ms += DAY_MS
    stand.books._desk = reopened(stand)._desk
    assert guess(stand, "1003") == ("S-002", 60)
    stand.clock.running_ms += 60_000
    assert stand.desk.staff.sign_in("1003", "1003").officer == "1003"


def test_a_wait_that_an_earlier_program_wrote_as_a_date_ends_too(stand: Stand) -> None:
    locked(stand)
    with stand.books.writing():
        stand.books._desk.connection.exec_driver_sql(
            "UPDATE pins SET locked_until_ms = ?", (stand.clock.now_ms + IN_2062_MS,)
        )
    assert guess(stand, "1003") == ("S-002", 60)
    stand.clock.running_ms += 60_000
    assert stand.desk.staff.sign_in("1003", "1003").officer == "1003"


def test_a_stopped_desk_counts_wrong_pins_like_any_other(stand: Stand) -> None:
    stand.books._desk.stopped = "behind"
    locked(stand)
    assert guess(stand, "1003") == ("S-002", 60)
    stand.books._desk.stopped = ""


@pytest.mark.parametrize("fails_at", ["BEGIN IMMEDIATE", "INSERT INTO pins", "COMMIT"])
def test_a_disk_that_takes_nothing_gives_no_free_guesses(stand: Stand, fails_at: str) -> None:
    begun: list[str] = []

    def full(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("BEGIN"):
            begun[:] = [statement]
        # Looking commits too: only what is written is not taken.
        if begun == ["BEGIN IMMEDIATE"] and statement.startswith(fails_at):
            raise OperationalError(statement, parameters, OSError("database or disk is full"))

    engine = stand.books._desk.connection.engine
    event.listen(engine, "before_cursor_execute", full)
    for _ in range(5):
        with pytest.raises(Trouble, match="G-061"):
            stand.desk.staff.sign_in("1003", "0000")
    assert guess(stand, "1003") == ("S-002", 60)
    event.remove(engine, "before_cursor_execute", full)
    # The wait goes on when there is room again, and ends by running time alone.
    assert guess(stand, "1003") == ("S-002", 60)
    stand.clock.running_ms += 60_000
    assert guess(stand) == ("S-002", 120)
    stand.clock.running_ms += 120_000
    assert stand.desk.staff.sign_in("1003", "1003").officer == "1003"


def test_setting_the_clock_moves_no_trusted_time_and_a_restart_never_falls_behind_the_last_record(
    place: Town, ganja: Seat
) -> None:
    ganja.send_money(1000)
    ganja.sync()
    ganja.go_offline()
    signed_ms = place.clock.utc_ms()
    assert ganja.line.trusted_ms() == signed_ms
    place.clock.now_ms += 9 * DAY_MS
    assert ganja.line.trusted_ms() == signed_ms
    place.clock.running_ms += 10 * DAY_MS
    place.clock.now_ms = signed_ms + 10 * DAY_MS
    ganja.send_money(1000)
    ganja.kill()
    place.clock.now_ms = signed_ms - 365 * DAY_MS
    ganja.reopen()
    assert ganja.line.trusted_ms() == signed_ms + 10 * DAY_MS
    place.clock.now_ms = signed_ms + 10 * DAY_MS
    ganja.go_online()


def test_a_year_that_cannot_be_raises_nothing_and_what_the_centre_has_proves_it_wrong(
    place: Town, ganja: Seat
) -> None:
    ganja.sync()
    ganja.go_offline()
    today_ms = ganja.line.trusted_ms()
    # Too far to be believed at all.
    place.clock.now_ms += IN_2062_MS
    ganja.kill()
    ganja.reopen()
    assert ganja.line.trusted_ms() == today_ms
    place.clock.now_ms -= IN_2062_MS
    # Believed while nobody says otherwise, and no longer: the centre's word on such a record is younger.
    place.clock.now_ms += 20 * DAY_MS
    ganja.kill()
    ganja.reopen()
    assert ganja.line.trusted_ms() == today_ms + 20 * DAY_MS
    ganja.services.staff.sign_in("1003", "3579")
    place.clock.now_ms -= 20 * DAY_MS
    ganja.go_online()
    assert ganja.line.trusted_ms() == place.clock.utc_ms()
    ganja.services.staff.sign_in("1003", "3579")
    ganja.kill()
    ganja.reopen()
    assert ganja.line.trusted_ms() == place.clock.utc_ms()
    ganja.sync()


def test_a_clock_once_in_2062_stops_no_backup_and_drops_none(place: Town, ganja: Seat) -> None:
    to = ganja.folder / "backups"
    rounds = BackupRounds(ganja.folder, to, place.clock, ganja.books, FileVault(ganja.folder))
    assert rounds.look() is not None
    place.clock.now_ms += IN_2062_MS
    ganja.send_money(1000)
    # By hand too, and by an earlier program.
    back_up(ganja.folder, to, place.clock.utc_ms(), FileVault(ganja.folder))
    assert {one.taken_ms for one in kept(to)} == {ganja.line.trusted_ms()}
    place.clock.now_ms -= IN_2062_MS
    false = to / f"desk-{place.clock.utc_ms() + IN_2062_MS:013}.db"
    kept(to)[0].path.rename(false)
    taken = 0
    for _ in range(16):
        place.clock.pass_ms(5 * HOUR_MS)
        ganja.send_money(100)
        taken += rounds.look() is not None
        assert rounds.state() == (ganja.line.trusted_ms(), "")
    assert taken == 16
    assert not false.exists(), "dated into the future, it goes first"


def test_a_backup_is_due_when_the_program_ran_long_enough_whatever_trusted_time_says(
    place: Town, ganja: Seat
) -> None:
    to = ganja.folder / "backups"
    rounds = BackupRounds(ganja.folder, to, place.clock, ganja.books, FileVault(ganja.folder))
    assert rounds.look() is not None
    ganja.books._desk.time.now_ms = lambda: kept(to)[0].taken_ms  # type: ignore[method-assign]
    place.clock.running_ms += 5 * HOUR_MS
    ganja.send_money(100)
    assert rounds.look() is not None


def test_a_restore_takes_the_backup_that_reaches_furthest_not_the_one_with_the_latest_date(
    ganja: Seat,
) -> None:
    to, safe = ganja.folder / "backups", FileVault(ganja.folder)
    old = back_up(ganja.folder, to, ganja.clock.utc_ms(), safe)
    old.path.rename(to / f"desk-{ganja.clock.utc_ms() + IN_2062_MS:013}.db")
    ganja.send_money(1000)
    assert newest_proven(to, database_key(ganja.folder)) is not None
    whole = back_up(ganja.folder, to, ganja.clock.utc_ms(), safe)
    assert newest_proven(to, database_key(ganja.folder)) == whole.path
