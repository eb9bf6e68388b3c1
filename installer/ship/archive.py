"""Files become a Debian package whose bytes depend on them alone: order, owner, modes, times are fixed."""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import tarfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER_MODE = 0o755
FILE_MODE = 0o644
PROGRAM_MODE = 0o755


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a package: where it goes (no leading slash), what it holds or what it points to."""

    path: str
    content: bytes = b""
    mode: int = FILE_MODE
    link: str = ""


def package(control: dict[str, str], scripts: dict[str, bytes], entries: list[Entry], epoch_s: int) -> bytes:
    """A whole .deb.

    Args:
        control: the fields of DEBIAN/control; the installed size is added.
        scripts: preinst, postinst, prerm, postrm.
        entries: the files, in any order.
        epoch_s: the time that everything in it carries.
    """
    size_kib = sum(len(entry.content) for entry in entries) // 1024
    fields = {**control, "Installed-Size": str(size_kib)}
    # The description is the last field: it may have lines of its own.
    fields["Description"] = fields.pop("Description")
    says = "".join(f"{name}: {value}\n" for name, value in fields.items())
    sums = "".join(
        f"{hashlib.md5(entry.content, usedforsecurity=False).hexdigest()}  {entry.path}\n"
        for entry in sorted(entries, key=lambda entry: entry.path)
        if not entry.link
    )
    inside = [Entry("control", says.encode()), Entry("md5sums", sums.encode())]
    inside += [Entry(name, script, PROGRAM_MODE) for name, script in scripts.items()]
    return ar(
        [
            ("debian-binary", b"2.0\n"),
            ("control.tar.xz", xz(tar(inside, epoch_s))),
            ("data.tar.xz", xz(tar(entries, epoch_s))),
        ],
        epoch_s,
    )


def tar(entries: Iterable[Entry], epoch_s: int) -> bytes:
    """A tar archive of `entries` and the folders they lie in, sorted, all of root."""
    files = {entry.path: entry for entry in entries}
    folders = {str(folder) for path in files for folder in PurePosixPath(path).parents}
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for path in sorted(folders | set(files)):
            archive.addfile(*_member(path, files.get(path), epoch_s))
    return held.getvalue()


def _member(path: str, entry: Entry | None, epoch_s: int) -> tuple[tarfile.TarInfo, io.BytesIO | None]:
    member = tarfile.TarInfo("./" if path == "." else f"./{path}")
    member.mtime = epoch_s
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    if entry is None:
        member.type, member.mode = tarfile.DIRTYPE, FOLDER_MODE
        return member, None
    if entry.link:
        member.type, member.mode, member.linkname = tarfile.SYMTYPE, 0o777, entry.link
        return member, None
    member.mode, member.size = entry.mode, len(entry.content)
    return member, io.BytesIO(entry.content)


def xz(content: bytes) -> bytes:
    """Compressed in one thread: with several the cuts depend on the machine."""
    return lzma.compress(content, format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC64, preset=6)


def gz(content: bytes) -> bytes:
    """Compressed as `gzip -n9` does: without a name and without a time."""
    held = io.BytesIO()
    with gzip.GzipFile("", "wb", 9, held, mtime=0) as file:
        file.write(content)
    return held.getvalue()


def ar(members: list[tuple[str, bytes]], epoch_s: int) -> bytes:
    """The outer archive of a .deb; the order of its members is the format's."""
    held = bytearray(b"!<arch>\n")
    for name, content in members:
        held += f"{name:<16}{epoch_s:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n".encode("ascii")
        held += content + b"\n" * (len(content) % 2)
    return bytes(held)
