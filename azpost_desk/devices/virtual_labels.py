"""The ear of a label printer made of software: hears ZPL as `zpl` writes it, answers, keeps the labels."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from typing import TYPE_CHECKING, Final

from azpost_desk.devices.virtual_printer import Printed
from azpost_desk.documents import zpl

if TYPE_CHECKING:
    from azpost_desk.devices.virtual_printer import Fault

_FORMAT: Final = re.compile(rb"\^XA(.*?)\^XZ", re.DOTALL)
_PICTURE: Final = re.compile(rb"\^GFA,([0-9]+),([0-9]+),([0-9]+),:Z64:([^:]+):([0-9A-F]{4})\^FS")


class ZplDecoder:
    """Follows a stream of ZPL. A label counts as out only after one answer that it is still at work.

    Attributes:
        papers: the labels that came out.
        kicks: none; a label printer has no drawer.
        strange: what is no command we know, and pictures whose check does not fit.
        fault: what the printer reports of itself.
    """

    def __init__(self) -> None:
        self.papers: list[Printed] = []
        self.kicks = 0
        self.strange = bytearray()
        self.fault: Fault | None = None
        self._buffer = b""
        self._waiting: list[Printed] = []
        self._announced = False

    def feed(self, data: bytes) -> bytes:
        """Take `data`, in pieces of any size; the printer's answers."""
        self._buffer += data
        answers = b""
        while True:
            self._buffer = self._buffer.lstrip(b"\r\n")
            if self._buffer.startswith(zpl.ASK_STATUS):
                self._buffer = self._buffer[len(zpl.ASK_STATUS) :]
                answers += self._status()
            elif self._buffer.startswith(zpl.CANCEL):
                self._buffer = self._buffer[len(zpl.CANCEL) :]
                self._waiting.clear()
            elif found := _FORMAT.match(self._buffer):
                self._buffer = self._buffer[found.end() :]
                self._take(found[1])
            elif self._buffer and self._buffer[:1] not in b"~^":
                self.strange += self._buffer[:1]
                self._buffer = self._buffer[1:]
            else:
                return answers

    def _take(self, format_: bytes) -> None:
        picture = _PICTURE.search(format_)
        if picture is None or int(picture[5], 16) != binascii.crc_hqx(picture[4], 0):
            self.strange += format_
            return
        rows, stride = zlib.decompress(base64.b64decode(picture[4])), int(picture[3])
        if len(rows) != int(picture[2]):
            self.strange += format_
            return
        self._waiting.append(Printed(rows, stride * 8))
        self._announced = False

    def _status(self) -> bytes:
        """The three lines; a label that waits is out with the answer after the one that tells of it."""
        stopped = self.fault in ("out_of_paper", "cover_open")
        if self._announced and not stopped:
            self.papers += self._waiting
            self._waiting.clear()
        self._announced = bool(self._waiting)
        paper, head = int(self.fault == "out_of_paper"), int(self.fault == "cover_open")
        lines = (
            f"030,{paper},0,1198,000,0,0,0,000,0,0,0",
            f"000,0,{head},0,0,2,4,0,{len(self._waiting):08},1,000",
            "1234,0",
        )
        return b"".join(b"\x02" + line.encode() + b"\x03\r\n" for line in lines)
