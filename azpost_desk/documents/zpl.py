"""ZPL, the language of label printers: a picture as one graphic field, and the question how the printer is.

Text commands are left alone on purpose: few printers have a letter for ə, and none of them our font.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Final

from PIL import Image

# Answered at once, whatever the printer is doing, in three lines between STX and ETX.
ASK_STATUS: Final = b"~HS"
# Forget what has not come out yet: what was told as failed must not come out when the roll is changed.
CANCEL: Final = b"~JA"

# What the answer to ASK_STATUS says, as bits.
PAPER_OUT, PAUSED, HEAD_OPEN, RIBBON_OUT, BUSY = (1 << bit for bit in range(5))

_STX, _ETX = b"\x02", b"\x03"
_LINES: Final = 3
# (line, place in it) of what counts. BUSY are formats not yet begun, one half received, labels not yet out.
_FIELDS: Final = (
    (0, 1, PAPER_OUT),
    (0, 2, PAUSED),
    (0, 4, BUSY),
    (0, 7, BUSY),
    (1, 2, HEAD_OPEN),
    (1, 3, RIBBON_OUT),
    (1, 8, BUSY),
)


def label(image: Image.Image) -> bytes:
    """One label with `image` (one bit a dot, 0 = black) from its upper left corner, printed once.

    It neither mirrors, turns, shifts nor reverses, whatever the printer was told before, and prints nothing
    again by itself after a fault.
    """
    stride = (image.width + 7) // 8
    # The printer burns where a bit is set; white to the last bit of a row, or a black stripe stands there.
    whole = Image.new("1", (stride * 8, image.height), 1)
    whole.paste(image)
    rows = bytes(byte ^ 0xFF for byte in whole.tobytes())
    packed = base64.b64encode(zlib.compress(rows, 9))
    # A printer that gets other bytes than were sent prints nothing instead of noise.
    check = b"%04X" % binascii.crc_hqx(packed, 0)
    field = b"^GFA,%d,%d,%d,:Z64:%b:%b" % (len(rows), len(rows), stride, packed, check)
    size = b"^PW%d^LL%d" % (image.width, image.height)
    return b"^XA^JZN^LRN^PMN^PON^LH0,0^LS0" + size + b"^FO0,0" + field + b"^FS^PQ1^XZ\n"


def status_in(received: bytes, _question: bytes) -> int | None:
    """The printer's state as bits, from its whole answer to `ASK_STATUS`; None while it is not there."""
    start = received.find(_STX)
    lines = [part.partition(_STX)[2] for part in received[max(start, 0) :].split(_ETX)[:-1]]
    if start < 0 or len(lines) < _LINES:
        return None
    parts = [line.split(b",") for line in lines[:_LINES]]
    told = 0
    for line, place, bit in _FIELDS:
        # A field that a printer leaves out or writes as letters says nothing is wrong.
        said = parts[line][place].strip() if place < len(parts[line]) else b""
        if said.strip(b"0") and not said.strip(b"0123456789"):
            told |= bit
    return told
