"""`azpost-desk restore`: a desk on a new machine, or again on this one, with its whole past.

What the old database or a backup holds beyond the centre is handed in first; then the desk enrols with a new
key, and whatever is missing here comes from the centre, proven, before anything can be sold.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from azpost_desk import places
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.files import SMALL_BYTES_MAX, content_of
from azpost_desk.programs import complain
from azpost_desk.texts import Texts

if TYPE_CHECKING:
    from azpost_desk.protocol.keys import SigningKey
    from azpost_desk.protocol.messages import Enrolled
    from azpost_desk.services.ports import Clock
    from azpost_desk.storage.vault import Vault
    from azpost_desk.sync.wire import Wire


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did.

    Attributes:
        handed_in: records of old epochs that only the old database or the backup had.
        contested: the centre keeps them as contested: the chain exists twice.
        aside: where a database that does not fit the centre's chain was put, None when there was none.
    """

    desk: str
    epoch: int
    handed_in: int
    contested: bool
    aside: Path | None


def restore_desk(
    folder: Path,
    url: str,
    code: str,
    clock: Clock,
    *,
    software: str,
    base: tuple[Path, bytes | None] | None = None,
    verify: bool | str = True,
    keep: Vault | None = None,
) -> Restored:
    """Begin the next epoch of a desk in `folder`, with all of its past.

    Args:
        code: the one-time code for this desk; a restore that was cut short is repeated with the same one.
        base: a backup and its key (None: the centre has it, sealed beside the backup): what it holds need not
            come over the line.
        keep: where the keys lie; by default the best place there is.

    Raises:
        Refused: L-014 the code. Trouble: an L-code; L-016 the past that came does not prove itself; G-062,
            G-063, G-069, G-078, G-073 the backup is damaged.
    """
    from azpost_desk.storage import vault
    from azpost_desk.storage.books import DATABASE, DeskBooks
    from azpost_desk.storage.lock import DeskLock
    from azpost_desk.sync.enrolling import enrol
    from azpost_desk.sync.old_chains import earlier
    from azpost_desk.sync.wire import Wire

    folder.mkdir(parents=True, exist_ok=True)
    # Nobody may be at work here: its file is about to be put aside, or to go on under another key.
    DeskLock(folder).release()
    safe = keep or vault.of(folder)
    own = DeskBooks.exists(folder)
    key = _next_key(safe)
    wire = Wire(url, verify)
    try:
        given = _opened(wire, code, key, base) if base is not None else None
        mine = _readable(folder / DATABASE, safe) if own else None
        source = mine or given
        count, contested = _hand_in(wire, (code, key), source) if source else (0, False)
        told = enrol(url, code, key, software, verify)
        goes_on = mine is not None and _fits(mine, told)
        aside = _put_aside(folder, told.previous_epoch) if own and not goes_on else None
        if goes_on or (given is not None and not _fits(given, told)):
            given = None
        reason = "enrolled" if not told.previous_epoch else "restored" if source else "replaced"
        past = partial(earlier, wire, told, key)
        told_by = {"software": software, "reason": reason}
        # Before the books: whoever has books knows whose they are, wherever a cut falls.
        (folder / "centre.url").write_text(url + "\n", encoding="utf-8")
        DeskBooks.create(folder, told, key, clock, keep=safe, earlier=past, base=given, **told_by).close()
    finally:
        wire.hang_up()
    return Restored(told.desk, told.epoch, count, contested, aside)


def _next_key(safe: Vault) -> SigningKey:
    """The key of the epoch to come, the same until it is on the disk: the code works with this key alone."""
    from azpost_desk.protocol.keys import SigningKey
    from azpost_desk.storage import vault

    waiting = safe.get(vault.NEXT)
    key = SigningKey(bytes.fromhex(waiting)) if waiting else SigningKey.new()
    safe.put(vault.NEXT, key.secret().hex())
    return key


def _opened(wire: Wire, code: str, key: SigningKey, base: tuple[Path, bytes | None]) -> tuple[Path, bytes]:
    """A backup with its key, which the centre hands out for the desk's one-time code where it must."""
    from azpost_desk.storage.backups import KEY_ENDING, prove
    from azpost_desk.sync.old_chains import recovered_key

    path, secret = base
    if secret is None:
        beside = path.with_suffix(KEY_ENDING)
        if not beside.exists():
            raise Trouble("G-063")
        secret = recovered_key(wire, code, key, content_of(beside, SMALL_BYTES_MAX))
    prove(path, secret)
    return path, secret


def _readable(database: Path, safe: Vault) -> tuple[Path, bytes] | None:
    """The desk's own database when every page of it is whole; None when it is damaged or its key is lost."""
    from azpost_desk.storage import vault
    from azpost_desk.storage.old_disk import is_whole

    secret = safe.get(vault.DATABASE)
    key = bytes.fromhex(secret) if secret else b""
    return (database, key) if key and is_whole(database, key) else None


def _hand_in(wire: Wire, known_by: tuple[str, SigningKey], source: tuple[Path, bytes]) -> tuple[int, bool]:
    """Hand in what the centre lacks of the newest epoch in a database: (how many records, contested).

    The machine that will be this desk proves itself by the code it is about to enrol with.
    """
    from azpost_desk.protocol.old_chains import with_code
    from azpost_desk.storage.old_disk import old_disk
    from azpost_desk.sync.old_chains import Hander, hand_in

    code, key = known_by
    by = Hander(with_code(code, key.public()), key)

    with old_disk(*source) as disk:
        epoch = disk.epoch()
        if not epoch:
            return 0, False
        chain = disk.desk(), epoch
        taken = hand_in(wire, by, chain, lambda after: disk.batches(epoch, after), disk.acknowledged())
    return taken.records, taken.contested


def _fits(source: tuple[Path, bytes], told: Enrolled) -> bool:
    """Whether a database tells the same story as the centre, and no more of it."""
    from azpost_desk.storage.old_disk import old_disk

    with old_disk(*source) as disk:
        known = disk.known()
    if any(epoch > told.previous_epoch for epoch in known):
        return False
    sequence, digest, _key = known.get(told.previous_epoch, (0, b"", ""))
    return sequence < told.previous_sequence or digest.hex() == told.previous_hash


def _put_aside(folder: Path, epoch: int) -> Path:
    """Keep a database that goes its own way where it can still be read; the new one begins empty."""
    from azpost_desk.storage.books import DATABASE

    number = 1
    while (aside := folder / f"aside-{epoch}-{number}.db").exists():
        number += 1
    for ending in ("", "-wal"):
        lying = folder / f"{DATABASE}{ending}"
        if lying.exists():
            lying.rename(aside.with_name(f"{aside.name}{ending}"))
    (folder / f"{DATABASE}-shm").unlink(missing_ok=True)
    return aside


def main(argv: list[str]) -> int:
    """0 when the desk can work again, 1 when a rule or the line said no."""
    parser = argparse.ArgumentParser(prog="azpost-desk restore", description=__doc__)
    parser.add_argument("--data", type=Path, help="data folder; default: this desk's")
    parser.add_argument("--centre", required=True, help="the centre's address")
    parser.add_argument("--code", required=True, help="the one-time code the centre printed for this desk")
    parser.add_argument("--backup", type=Path, help="a backup of this desk")
    parser.add_argument("--key-file", type=Path, help="file with the backup's key; default: this desk's own")
    parser.add_argument("--certificates", default="", help="file with the certificates the centre may show")
    wanted = parser.parse_args(argv)
    from azpost_desk.central.clock import SystemClock
    from azpost_desk.programs import version

    folder = wanted.data or places.data()
    try:
        base = _base(folder, wanted.backup, wanted.key_file)
        done = restore_desk(
            folder,
            wanted.centre,
            wanted.code,
            SystemClock(),
            software=f"azpost-desk {version()}",
            base=base,
            verify=wanted.certificates or True,
        )
    except (Refused, Trouble) as no:
        complain(no)
        return 1
    texts = Texts("en")
    print(texts.t("restore.done", desk=done.desk, epoch=done.epoch, count=done.handed_in))
    if done.contested:
        print(texts.t("restore.contested"))
    if done.aside is not None:
        print(texts.t("restore.aside", path=str(done.aside)))
    return 0


def _base(folder: Path, backup: Path | None, key_file: Path | None) -> tuple[Path, bytes | None] | None:
    from azpost_desk.storage import vault

    if backup is None:
        return None
    if key_file is not None:
        return backup, bytes.fromhex(content_of(key_file, SMALL_BYTES_MAX).decode("ascii").strip())
    own = vault.of(folder).get(vault.DATABASE) if folder.exists() else None
    return backup, bytes.fromhex(own) if own else None
