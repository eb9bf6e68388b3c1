"""The desk's secrets and its high-water mark: in the system's keyring, or honestly in a folder.

Four entries: ``database`` (the SQLCipher key), ``signing`` (the private key of the present epoch),
``approvals`` (the secret for responses by telephone, of the present epoch), ``mark`` (how far the journal is
known to reach). It lies beside the keys: a restored database cannot bring its own.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, Literal, Protocol

import msgspec

from azpost_desk import files
from azpost_desk.domain.refusals import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Protection = Literal["keyring", "file"]

DATABASE: Final = "database"
BEFORE: Final = "database-before"
"""The key of a database that was put aside for a backup under another key."""
SIGNING: Final = "signing"
APPROVALS: Final = "approvals"
NEXT: Final = "signing-next"
"""The key of an enrolment under way."""
ROTATED: Final = "signing-rotated"
"""The key that follows as soon as the centre has countersigned the rotation."""
MARK: Final = "mark"
PROBE: Final = "probe"
"""Holds nothing: written to see whether anything can be kept here now."""
CHECKED: Final = "ledger-checked"
"""How far the postings were held against their records, and their sums until there (storage.balancing)."""
STOPPED: Final = "stopped"
"""Why the ledger stopped this desk, until a check finds it sound."""
ENDED: Final = "ended"
"""The epoch whose chain has ended, and why: beside the keys, where no restored database forgets it."""


class Mark(msgspec.Struct, frozen=True):
    """(epoch, sequence, hash hex) the journal is known to have reached."""

    epoch: int
    sequence: int
    hash: str


class Vault(Protocol):
    """Where secrets lie."""

    def protection(self) -> Protection: ...
    def get(self, name: str) -> str | None:
        """None when it is not there.

        Raises:
            Trouble: G-063 something lies there that cannot be read.
        """

    def put(self, name: str, value: str) -> None:
        """Durable before it returns.

        Raises:
            Trouble: G-088 it cannot be kept; what was there before is still there.
        """


class FileVault:
    """Files that only their owner may read, or the group that shares the desk's folder.

    It protects against nothing but a lost database file.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "keys"

    def protection(self) -> Protection:
        return "file"

    def get(self, name: str) -> str | None:
        try:
            return (self._folder / name).read_text("ascii")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as unreadable:
            raise Trouble("G-063") from unreadable

    def put(self, name: str, value: str) -> None:
        try:
            self._write(self._folder / name, value)
        except OSError as fault:
            raise Trouble("G-088", why=fault.strerror or str(fault)) from fault

    def _write(self, path: Path, value: str) -> None:
        files.make_private(self._folder)
        mode = files.private_mode(self._folder)
        beside = path.with_name(f"{path.name}.new")
        # Written beside and moved over: a power cut leaves the old value or the new one.
        with os.fdopen(
            os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="ascii"
        ) as file:
            file.write(value)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)


class KeyringVault:
    """The system's keyring (Credential Manager, Secret Service), one entry per data folder and name."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder.resolve())

    def protection(self) -> Protection:
        return "keyring"

    def get(self, name: str) -> str | None:
        import keyring

        value: str | None = keyring.get_password(f"azpost-desk {name}", self._folder)
        return value

    def put(self, name: str, value: str) -> None:
        import keyring
        import keyring.errors

        try:
            keyring.set_password(f"azpost-desk {name}", self._folder, value)
        except keyring.errors.KeyringError as fault:
            raise Trouble("G-088", why=str(fault)) from fault


def existing(folder: Path) -> Vault:
    """The vault this desk was enrolled with. The keyring is loaded only where it is used: it costs 50 ms."""
    return FileVault(folder) if (folder / "keys").is_dir() else KeyringVault(folder)


def of(folder: Path) -> Vault:
    """The vault that holds something of this folder already, else the best new one."""
    import keyring.errors

    known = existing(folder)
    try:
        if known.protection() == "file" or known.get(DATABASE) or known.get(NEXT):
            return known
    except (keyring.errors.KeyringError, RuntimeError):
        # No keyring at all: then none was ever used for this folder.
        pass
    return new(folder)


def keep_beside(folder: Path) -> None:
    """A desk that is enrolled in this folder keeps its secrets in it: they go with it, and what is played
    there leaves nothing among the real secrets of whoever plays.
    """
    files.make_private(folder)
    files.make_private(folder / "keys")


def new(folder: Path) -> Vault:
    """The best vault that works here: the keyring if it gives back what was put in, else the folder.

    A keyring is one user's: a desk that several share keeps its keys in the folder.
    """
    if files.is_shared(folder):
        return FileVault(folder)
    import keyring
    import keyring.errors

    candidate = KeyringVault(folder)
    try:
        candidate.put(PROBE, "kept")
        if candidate.get(PROBE) == "kept":
            return candidate
    except (keyring.errors.KeyringError, RuntimeError, Trouble):
        # No backend, or one that is locked away from this session.
        pass
    return FileVault(folder)


def _keyring_errors() -> tuple[type[Exception], ...]:
    """Looked up only when something went wrong: the keyring is slow to load."""
    import keyring.errors

    return keyring.errors.KeyringError, RuntimeError


def secret(vault: Vault, name: str) -> bytes:
    """A secret that must be there.

    Raises:
        Trouble: G-063 when the vault has lost it.
    """
    try:
        value = vault.get(name)
    except _keyring_errors() as none:
        # No keyring on this machine, or one that stays locked: the key is as good as lost here.
        raise Trouble("G-063") from none
    if not value:
        raise Trouble("G-063")
    return _bytes_of(value)


def _bytes_of(value: str) -> bytes:
    try:
        return bytes.fromhex(value)
    except ValueError as strange:
        raise Trouble("G-063") from strange


def signing_secret(vault: Vault, is_it: Callable[[bytes], bool]) -> bytes:
    """The signing key of the present chain: the one in use, or the next one where the change was cut short.

    Raises:
        Trouble: G-063 when neither is the one.
    """
    for name in (SIGNING, NEXT, ROTATED):
        value = vault.get(name)
        if value and is_it(_bytes_of(value)):
            if name != SIGNING:
                vault.put(SIGNING, value)
            return _bytes_of(value)
    raise Trouble("G-063")


def ended(vault: Vault, epoch: int) -> str:
    """The code of what ended the chain of this epoch, "" while it goes on."""
    which, _, code = (vault.get(ENDED) or "").partition(" ")
    return code if which == str(epoch) else ""


def put_ended(vault: Vault, epoch: int, code: str) -> None:
    """Remember that the chain of this epoch has ended: only another epoch goes on."""
    vault.put(ENDED, f"{epoch} {code}")


def mark(vault: Vault) -> Mark | None:
    """The high-water mark; None where there is none, or none that can be read."""
    try:
        return msgspec.json.decode(vault.get(MARK) or "", type=Mark)
    except (msgspec.DecodeError, UnicodeDecodeError, Trouble):
        return None


def put_mark(vault: Vault, reached: Mark) -> None:
    """Remember how far the journal reaches."""
    vault.put(MARK, msgspec.json.encode(reached).decode())
