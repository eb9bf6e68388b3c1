"""ESC/POS, the language of receipt printers: a picture in bands, the cut, the drawer's pulse, questions.

Text commands are left alone on purpose: no code page of these printers has ə and ₼ together.
"""

from __future__ import annotations

from typing import Final

# 72 printable millimetres of an 80-mm roll at 203 dpi (8 dots to the millimetre).
WIDTH_DOTS: Final = 576
DOTS_PER_MM: Final = 8

START: Final = b"\x1b@"
# Feed four lines so that the last one passes the knife, then a partial cut.
CUT: Final = b"\x1bd\x04\x1dVB\x00"
# Pin 2, 50 ms on, 500 ms off: what drawers are built for.
DRAWER_KICK: Final = b"\x1bp\x00\x19\xfa"

# Questions, each answered by one byte. The first two are answered at once, whatever the printer is doing; the
# third waits its turn behind everything sent before it.
ASK_PAPER: Final = b"\x10\x04\x04"
ASK_ONLINE: Final = b"\x10\x04\x01"
ASK_IN_ORDER: Final = b"\x1dr\x01"
# Bits of the answers to the first two.
PAPER_END: Final = 0x60
OFFLINE: Final = 0x08
# Bits of the answer to the third; the two below them only say that the roll is near its end.
ROLL_END: Final = 0x0C

# Bits that are fixed: they tell an answer from what a printer says unasked, and from noise.
_REAL_TIME, _REAL_TIME_MASK = 0x12, 0x93
_STATUS, _STATUS_MASK = 0x10, 0x93
_STATUS_BYTES: Final = 4
_IN_ORDER, _IN_ORDER_MASK = 0x00, 0x90

# Cheap printers hold about 16 KB; 128 rows of 72 bytes stay well below.
_BAND_ROWS: Final = 128


def picture(rows: bytes, width_dots: int = WIDTH_DOTS) -> bytes:
    """Commands that print `rows` (one bit a dot, 1 = black, rows filled to whole bytes) and cut the paper.

    Raises:
        ValueError: `rows` is not a whole number of rows.
    """
    stride = (width_dots + 7) // 8
    height, rest = divmod(len(rows), stride)
    if rest:
        raise ValueError("a row of the picture is incomplete")
    parts = [START]
    for top in range(0, height, _BAND_ROWS):
        count = min(_BAND_ROWS, height - top)
        parts.append(b"\x1dv0\x00" + stride.to_bytes(2, "little") + count.to_bytes(2, "little"))
        parts.append(rows[top * stride : (top + count) * stride])
    parts.append(CUT)
    return b"".join(parts)


def answer_in(received: bytes, question: bytes) -> int | None:
    """The answer to `question` among all that a printer has sent since; None while it is not there.

    Automatic status (four bytes, sent when a cover is opened or paper ends) is no answer, neither is what has
    the fixed bits of none: a printer that only says such things has not said that it printed.
    """
    fixed, mask = (_IN_ORDER, _IN_ORDER_MASK) if question == ASK_IN_ORDER else (_REAL_TIME, _REAL_TIME_MASK)
    at = 0
    while at < len(received):
        byte = received[at]
        if byte & _STATUS_MASK == _STATUS:
            at += _STATUS_BYTES
            continue
        if byte & mask == fixed:
            return byte
        at += 1
    return None
