"""What an X screen of a counter's size shows: its dots, whether a window is there, the whole as a PNG."""

from __future__ import annotations

import struct
import subprocess
import zlib

DISPLAY = ":94"
WIDE, HIGH = 1366, 768


def grabbed() -> bytes:
    """The dots of the whole screen, row by row; none while it is not there yet."""
    command = ["xwd", "-root", "-silent", "-display", DISPLAY]
    return subprocess.run(command, capture_output=True, check=False).stdout[-WIDE * HIGH * 4 :]


def is_painted() -> bool:
    """Whether anything but the empty screen is to be seen."""
    return len(set(grabbed()[::4])) > 8


def as_png(shown: bytes) -> bytes:
    """A picture of the dots that `grabbed` gave."""
    lines = (shown[row * WIDE * 4 : (row + 1) * WIDE * 4] for row in range(HIGH))
    # Four bytes a dot in X's order (blue, green, red, unused) become three; a line begins with "no filter".
    dots = b"".join(
        b"\0" + bytes(byte for dot in zip(line[2::4], line[1::4], line[0::4], strict=True) for byte in dot)
        for line in lines
    )
    parts = [(b"IHDR", struct.pack(">IIBBBBB", WIDE, HIGH, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(dots))]
    made = b"\x89PNG\r\n\x1a\n"
    for kind, content in [*parts, (b"IEND", b"")]:
        made += struct.pack(">I", len(content)) + kind + content
        made += struct.pack(">I", zlib.crc32(kind + content))
    return made
