"""Which machine and file a desk's books lie on: a copy of them is noticed before it uses what exists once."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from azpost_desk.storage.vault import Vault

MACHINE: Final = "machine"


def fingerprint(database: Path) -> str:
    """The installation's own id with the place of the database file; a copied folder or disk has another.

    A machine that was set back as a whole (a virtual one, to a snapshot) has the same: its heads show it.
    """
    found = database.stat()
    words = f"{_installation()} {database.resolve()} {found.st_dev} {found.st_ino}"
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def is_elsewhere(vault: Vault, database: Path) -> bool:
    """Whether these books were last proven on another machine or file; the first time they are at home."""
    known = vault.get(MACHINE)
    if known is None:
        settle(vault, database)
        return False
    return known != fingerprint(database)


def settle(vault: Vault, database: Path) -> None:
    """These books belong here: the centre's and their heads have been compared."""
    vault.put(MACHINE, fingerprint(database))


if sys.platform == "win32":
    import winreg

    def _installation() -> str:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography") as key:
            return str(winreg.QueryValueEx(key, "MachineGuid")[0])
else:

    def _installation() -> str:
        try:
            return Path("/etc/machine-id").read_text("ascii").strip()
        except OSError:
            return ""
