"""Machines of the town that break, are copied and are replaced."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from azpost_desk.central.registry import enrolment
from azpost_desk.programs.restore import Restored, restore_desk
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.rehearsal.town import supply_desk
from azpost_desk.storage import vault
from azpost_desk.storage.books import DATABASE, DeskBooks
from azpost_desk.storage.old_disk import old_disk
from azpost_desk.storage.vault import FileVault
from azpost_desk.sync.old_chains import HandedIn, Hander, hand_in
from azpost_desk.sync.wire import Wire
from tests.stories.town import Seat

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stories.town import Town


def database_key(folder: Path) -> bytes:
    return vault.secret(FileVault(folder), vault.DATABASE)


def copied(seat: Seat, to: Path) -> tuple[Path, bytes]:
    """The database as it is now, as a plain file copy, with its key."""
    seat.kill()
    shutil.copyfile(seat.folder / DATABASE, to)
    if (wal := seat.folder / f"{DATABASE}-wal").exists():
        shutil.copyfile(wal, to.with_name(f"{to.name}-wal"))
    seat.reopen()
    return to, database_key(seat.folder)


def dies(seat: Seat) -> None:
    """The power goes for good; the story goes on without this machine."""
    seat.kill()
    seat.post.seats.remove(seat)  # type: ignore[attr-defined]


def code_for(place: Town, desk: str) -> str:
    with place.centre.database.transaction() as conn:
        return enrolment.enrolment_code(conn, desk, place.clock.utc_ms())


def replaced(
    place: Town, desk: str, folder: Path, base: tuple[Path, bytes] | None = None
) -> tuple[Seat, Restored]:
    """A new machine (or the same folder again) in this desk's place, at work."""
    done = restore_desk(
        folder, place.line.url, code_for(place, desk), place.clock, software="test", base=base,
        keep=FileVault(folder),
    )  # fmt: skip
    seat = Seat(place, DeskBooks.open(folder, place.clock, keep=FileVault(folder)), place.clock)
    place.seats.append(seat)
    return seat, done


def supplied(place: Town, seat: Seat) -> None:
    """The new epoch gets codes and numbers of its own."""
    with place.centre.database.transaction() as conn:
        supply_desk(conn, seat.name, place.clock.utc_ms())
    seat.sync()


def salvaged(place: Town, folder: Path) -> HandedIn:
    """An old machine's disk, read after all and handed in by that machine."""
    wire = Wire(place.line.url)
    with old_disk(folder / DATABASE, database_key(folder)) as disk:
        epoch, public = disk.epoch(), disk.public_key()
        secret = vault.signing_secret(FileVault(folder), lambda one: SigningKey(one).public() == public)
        by = Hander(f"{disk.desk()}/{epoch}", SigningKey(secret))
        chain = disk.desk(), epoch
        done = hand_in(wire, by, chain, lambda after: disk.batches(epoch, after), disk.acknowledged())
    wire.hang_up()
    place.centre.settle()
    return done
