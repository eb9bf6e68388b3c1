"""`azpost-desk salvage`: hands the records of an old disk, a backup or a stick to the centre.

They are signed by the old machine's key and taken as late records; of a chain that went on elsewhere they are
kept as contested. Doing it twice changes nothing. Whoever hands them in signs too: the old machine itself
when its data folder is there, else the desk this program stands on (or --data), or whoever has a one-time
code of the desk that the records are of (--code), which is not used up by it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from azpost_desk import places
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.files import SMALL_BYTES_MAX, content_of
from azpost_desk.programs import complain
from azpost_desk.texts import Texts

if TYPE_CHECKING:
    from azpost_desk.sync.old_chains import HandedIn, Hander
    from azpost_desk.sync.wire import Wire


def main(argv: list[str]) -> int:
    """0 when the centre has all that is there, 1 when it or a rule said no, 2 when it cannot be read."""
    parser = argparse.ArgumentParser(prog="azpost-desk salvage", description=__doc__)
    parser.add_argument(
        "what", type=Path, help="an old data folder, a backup (.db), a copy on a stick, its folder"
    )
    parser.add_argument("--centre", required=True, help="the centre's address")
    parser.add_argument("--key-file", type=Path, help="file with the key of a database without its vault")
    parser.add_argument("--certificates", default="", help="file with the certificates the centre may show")
    parser.add_argument("--data", type=Path, help="data folder of the desk that hands it in")
    parser.add_argument("--code", default="", help="a one-time code of the desk that the records are of")
    wanted = parser.parse_args(argv)
    from azpost_desk.sync.wire import Wire

    wire = Wire(wanted.centre, wanted.certificates or True)
    try:
        done = _salvage(wire, wanted)
    except (Refused, Trouble) as no:
        complain(no)
        return 1
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        wire.hang_up()
    texts = Texts("en")
    print(texts.t("salvage.done", count=done.records))
    if done.contested:
        print(texts.t("restore.contested"))
    return 0


def _salvage(wire: Wire, wanted: argparse.Namespace) -> HandedIn:
    from azpost_desk.storage.books import DATABASE
    from azpost_desk.storage.second_copy import ENDING, frames
    from azpost_desk.sync.old_chains import hand_in_sealed

    what: Path = wanted.what
    is_machine = what.is_dir() and (what / DATABASE).exists()
    by = _hander(wanted.code, wanted.data or (what if is_machine else places.data()))
    if is_machine:
        return _of_database(wire, by, what / DATABASE, what, wanted.key_file)
    if what.suffix == ".db":
        return _of_database(wire, by, what, what.parent, wanted.key_file)
    copies = sorted(what.glob(f"*{ENDING}")) if what.is_dir() else [what]
    if not copies:
        raise FileNotFoundError(f"{what}: nothing to salvage")
    return hand_in_sealed(wire, by, (frame for copy in copies for frame in frames(copy)))


def _hander(code: str, folder: Path) -> Hander:
    """Who signs the requests.

    Raises:
        Trouble: G-063 the key is lost, G-070 no desk was enrolled in `folder`.
    """
    from azpost_desk.protocol.keys import SigningKey
    from azpost_desk.protocol.old_chains import with_code
    from azpost_desk.storage import vault
    from azpost_desk.storage.books import DATABASE, DeskBooks
    from azpost_desk.storage.old_disk import old_disk
    from azpost_desk.sync.old_chains import Hander

    if code:
        key = SigningKey.new()
        return Hander(with_code(code, key.public()), key)
    if not DeskBooks.exists(folder):
        raise Trouble("G-070")
    safe = vault.existing(folder)
    with old_disk(folder / DATABASE, vault.secret(safe, vault.DATABASE)) as disk:
        name, public = f"{disk.desk()}/{disk.epoch()}", disk.public_key()
    secret = vault.signing_secret(safe, lambda one: SigningKey(one).public() == public)
    return Hander(name, SigningKey(secret))


def _of_database(wire: Wire, by: Hander, database: Path, folder: Path, key_file: Path | None) -> HandedIn:
    from azpost_desk.storage import vault
    from azpost_desk.storage.old_disk import old_disk
    from azpost_desk.sync.old_chains import HandedIn, hand_in

    if key_file is not None:
        key = bytes.fromhex(content_of(key_file, SMALL_BYTES_MAX).decode("ascii").strip())
    else:
        key = vault.secret(vault.existing(folder), vault.DATABASE)
    with old_disk(database, key) as disk:
        epoch = disk.epoch()
        if not epoch:
            return HandedIn()
        chain = disk.desk(), epoch
        return hand_in(wire, by, chain, lambda after: disk.batches(epoch, after), disk.acknowledged())
