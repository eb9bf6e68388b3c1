"""A disk that keeps what was synced, and of the rest what chance leaves: a file layer under SQLite.

It writes real files, so that SQLite works as always, and notes every write, sync, truncation and deletion.
`Wreck` then says what a disk would hold if the current had gone at any moment of that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final, Literal

import apsw

if TYPE_CHECKING:
    import random

Deed = Literal["write", "sync", "truncate", "delete", "mark"]
SECTORS: Final = (512, 4096)
# How much of what was not synced survives, drawn for each cut: nothing, little, half, most, all.
_KEEPS: Final = (0.0, 0.1, 0.5, 0.9, 1.0)
_TORN: Final = 0.05


@dataclass(frozen=True, slots=True)
class Event:
    """One deed at one file: `content` of a write at `offset`; the size of a truncation is its offset.

    A ``mark`` is the writer's own note; a ``delete`` with `content` was made durable at once.
    """

    deed: Deed
    file: str
    offset: int = 0
    content: bytes = b""


class NotingDisk(apsw.VFS):
    """A layer over the system's own files that notes what is done to databases and their logs."""

    def __init__(self, name: str) -> None:
        self.events: list[Event] = []
        super().__init__(name, "")

    def mark(self, word: str, number: int) -> None:
        """A note of the writer between two deeds."""
        self.events.append(Event("mark", word, number))

    def xOpen(self, name: Any, flags: list[int]) -> _NotedFile:
        """See apsw.VFS."""
        return _NotedFile(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        """See apsw.VFS."""
        super().xDelete(filename, syncdir)
        self.events.append(Event("delete", _short(filename), content=b"at once" if syncdir else b""))


class _NotedFile(apsw.VFSFile):
    def __init__(self, disk: NotingDisk, name: Any, flags: list[int]) -> None:
        self._disk = disk
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._name = _short(path or "")
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        super().xWrite(data, offset)
        self._disk.events.append(Event("write", self._name, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:
        super().xTruncate(newsize)
        self._disk.events.append(Event("truncate", self._name, newsize))

    def xSync(self, flags: int) -> None:
        super().xSync(flags)
        self._disk.events.append(Event("sync", self._name))


def _short(path: str) -> str:
    return PurePath(path).name


@dataclass(slots=True)
class _Kept:
    """One file: what is on the plate for sure, and what was done to it since."""

    content: bytearray = field(default_factory=bytearray)
    exists: bool = False
    since: list[Event] = field(default_factory=list)


class Wreck:
    """Follows the notes of a disk and says, at any point of them, what a cut there might leave."""

    def __init__(self, durable: dict[str, bytes]) -> None:
        self._files = {name: _Kept(bytearray(content), True) for name, content in durable.items()}

    def follow(self, event: Event) -> None:
        """The next deed."""
        if event.deed == "mark" or not event.file:
            return
        kept = self._files.setdefault(event.file, _Kept())
        if event.deed == "sync":
            for one in kept.since:
                _do(kept.content, one)
            if not kept.exists:
                self._sync_folder()
            kept.exists, kept.since = True, []
        elif event.deed == "delete" and event.content:
            self._files[event.file] = _Kept()
        else:
            kept.since.append(event)

    def _sync_folder(self) -> None:
        """SQLite syncs the folder with the first sync of a new log: what was deleted in it stays deleted."""
        for kept in self._files.values():
            if kept.since and kept.since[-1].deed == "delete":
                kept.content, kept.exists, kept.since = bytearray(), False, []

    def left(self, chance: random.Random) -> dict[str, bytes]:
        """The files after a cut here, by this chance: sector by sector, in any order, some of them torn."""
        sector, keep = chance.choice(SECTORS), chance.choice(_KEEPS)
        found = {}
        for name, kept in self._files.items():
            if not kept.exists and (not kept.since or chance.random() >= keep):
                continue
            content, gone = bytearray(kept.content), False
            for one in kept.since:
                if one.deed == "delete":
                    gone = chance.random() < keep
                    continue
                gone = False
                for piece in _pieces(one, sector):
                    if chance.random() < keep:
                        _do(content, piece)
                    elif piece.deed == "write" and chance.random() < _TORN:
                        _do(content, Event("write", name, piece.offset, chance.randbytes(len(piece.content))))
            if not gone:
                found[name] = bytes(content)
        return found


def _pieces(event: Event, sector: int) -> list[Event]:
    """A write as the disk does it: each sector by itself."""
    if event.deed != "write":
        return [event]
    pieces, start, end = [], event.offset, event.offset + len(event.content)
    while start < end:
        stop = min(end, (start // sector + 1) * sector)
        part = event.content[start - event.offset : stop - event.offset]
        pieces.append(Event("write", event.file, start, part))
        start = stop
    return pieces


def _do(content: bytearray, event: Event) -> None:
    if event.deed == "truncate":
        del content[event.offset :]
    elif event.deed == "write":
        if len(content) < event.offset:
            content.extend(bytes(event.offset - len(content)))
        content[event.offset : event.offset + len(event.content)] = event.content
