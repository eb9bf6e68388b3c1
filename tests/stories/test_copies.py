"""What lies beside the books is enough: a stick without its machine, a backup without its key."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain.refusals import Refused
from azpost_desk.programs import backup, restore, salvage
from azpost_desk.programs.desk import enrol_desk
from azpost_desk.storage.backups import back_up, newest_proven
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.second_copy import SecondCopy
from azpost_desk.storage.vault import FileVault
from tests.stories.machines import code_for, database_key, dies, replaced, supplied
from tests.stories.town import Seat

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stories.town import Town


def with_stick(seat: Seat, stick: Path) -> None:
    stick.mkdir()
    who = seat.books.identity()
    seat.books.copy_to(SecondCopy(stick, (who.desk, who.epoch), who.recovery_key, seat.clock))


def test_the_stick_of_a_burnt_machine_brings_what_it_had_not_told(
    place: Town, baku: Seat, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_stick(baku, tmp_path / "stick")
    baku.take_bill(2_000)
    baku.sync()
    baku.go_offline()
    baku.take_bill(1_100)
    baku.take_bill(900)
    till = baku.till_qapik()
    held = dict(baku.holds())
    dies(baku)
    shutil.rmtree(baku.folder)
    handing_in = [str(tmp_path / "stick"), "--centre", place.line.url]
    # Whoever comes without a desk of their own, with no code or one of another desk, is told nothing.
    assert salvage.main([*handing_in, "--data", str(tmp_path / "nowhere")]) == 1
    assert salvage.main([*handing_in, "--code", code_for(place, "2002-1")]) == 1
    assert place.holds("1010-1", [1]) != held
    handing_in += ["--code", code_for(place, "1010-1")]
    assert salvage.main(handing_in) == 0
    assert capsys.readouterr().out.endswith(": 2\n")
    assert place.holds("1010-1", [1]) == held
    assert salvage.main(handing_in) == 0
    assert capsys.readouterr().out.endswith(": 0\n")
    fresh, done = replaced(place, "1010-1", tmp_path / "new machine")
    assert done.epoch == 2
    assert fresh.till_qapik() == till
    supplied(place, fresh)


def test_a_stick_that_is_not_of_this_country_is_not_taken(
    place: Town, baku: Seat, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "stick").mkdir()
    key = "ab" * 32
    who = baku.books.identity()
    assert who.recovery_key != key
    baku.books.copy_to(SecondCopy(tmp_path / "stick", (who.desk, who.epoch), key, baku.clock))
    baku.take_bill(2_000)
    handing_in = ["--centre", place.line.url, "--code", code_for(place, "1010-1")]
    assert salvage.main([str(tmp_path / "stick"), *handing_in]) == 1
    assert salvage.main([str(tmp_path), *handing_in]) == 2


def test_a_backup_opens_on_a_new_machine_with_the_desks_code_and_with_no_other(
    place: Town, ganja: Seat, baku: Seat, tmp_path: Path
) -> None:
    baku.take_bill(2_000)
    baku.close_day()
    baku.sync()
    done = back_up(baku.folder, tmp_path / "backups", baku.clock.utc_ms())
    with baku.books.reading() as look:
        report = look.closed_report("2026-11-23")
    dies(baku)
    shutil.rmtree(baku.folder)
    with pytest.raises(Refused, match="L-014"):
        restore.restore_desk(
            tmp_path / "thief", place.line.url, code_for(place, "2002-2"), place.clock, software="x",
            base=(done.path, None), keep=None,
        )  # fmt: skip
    fresh, told = replaced(place, "1010-1", tmp_path / "new machine", (done.path, None))
    assert (told.epoch, told.contested) == (2, False)
    # The closed report is stored bytes: only the backup has them.
    with fresh.books.reading() as look:
        assert look.closed_report("2026-11-23") == report
    supplied(place, fresh)


def test_backup_and_restore_by_hand(
    place: Town, baku: Seat, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    baku.take_bill(2_000)
    baku.sync()
    assert backup.main(["--data", str(baku.folder), "--to", str(tmp_path / "usb")]) == 0
    path = capsys.readouterr().out.strip()
    assert backup.main(["--data", str(tmp_path / "nowhere"), "--to", str(tmp_path / "usb")]) == 1
    key_file = tmp_path / "key"
    key_file.write_text(database_key(baku.folder).hex(), "ascii")
    dies(baku)
    code = code_for(place, "1010-1")
    words = ["--data", str(tmp_path / "new"), "--centre", place.line.url, "--code", code]
    assert restore.main([*words, "--backup", path, "--key-file", str(key_file)]) == 0
    assert "1010-1" in capsys.readouterr().out
    assert (tmp_path / "new" / "centre.url").read_text("utf-8").strip() == place.line.url
    # The code is used up: with another key nobody gets in by it.
    assert restore.main([*words[:1], str(tmp_path / "again"), *words[2:]]) == 1


def test_a_desk_that_enrols_again_by_its_window_takes_its_newest_whole_backup(
    place: Town, baku: Seat
) -> None:
    baku.take_bill(2_000)
    baku.close_day()
    baku.sync()
    till, folder = baku.till_qapik(), baku.folder
    whole = back_up(folder, folder / "backups", baku.clock.utc_ms())
    bad = back_up(folder, folder / "backups", baku.clock.utc_ms() + 1)
    bad.path.write_bytes(bad.path.read_bytes()[:-4096])
    assert newest_proven(folder / "backups", database_key(folder)) == whole.path
    baku.close()
    place.seats.remove(baku)
    (folder / "desk.db").write_bytes(b"nothing of it is left" * 1000)
    enrol_desk(folder, place.line.url, code_for(place, "1010-1"), place.clock)
    fresh = Seat(place, DeskBooks.open(folder, place.clock, keep=FileVault(folder)), place.clock)
    place.seats.append(fresh)
    assert fresh.books.identity().epoch == 2
    assert fresh.till_qapik() == till
    with fresh.books.reading() as look:
        assert look.closed_report("2026-11-23") is not None
    supplied(place, fresh)


@pytest.mark.parametrize("with_backup", [True, False])
def test_a_damaged_file_is_put_aside_and_the_desk_is_whole_again(
    place: Town, baku: Seat, tmp_path: Path, with_backup: bool
) -> None:
    baku.take_bill(2_000)
    baku.close_day()
    baku.sync()
    till = baku.till_qapik()
    done = back_up(baku.folder, tmp_path / "backups", baku.clock.utc_ms())
    with baku.books.reading() as look:
        report = look.closed_report("2026-11-23")
    baku.close()
    place.seats.remove(baku)
    database = baku.folder / "desk.db"
    content = bytearray(database.read_bytes())
    for at in range(len(content) // 3, len(content), 4096):
        content[at] ^= 1
    database.write_bytes(content)
    fresh, told = replaced(place, "1010-1", baku.folder, (done.path, None) if with_backup else None)
    assert told.aside is not None
    assert told.aside.read_bytes() == bytes(content)
    assert fresh.till_qapik() == till
    with fresh.books.reading() as look:
        assert look.closed_report("2026-11-23") == (report if with_backup else None)
    supplied(place, fresh)
