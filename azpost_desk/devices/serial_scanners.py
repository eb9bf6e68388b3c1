"""A scanner on a serial port: bytes in, whole codes out, whatever comes between, before and behind them.

A code ends with CR, LF, ETX or Tab, as scanners are set up; STX may stand before it. A scanner that is pulled
out is waited for. What never ends, or is no text, is no code: that is said, so that nobody waits for a tone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import serial

from azpost_desk.devices.ports import DeviceState

if TYPE_CHECKING:
    from collections.abc import Callable

# Longer than any code we read (an AZQR has some 300 characters); more without an end is another device.
CODE_BYTES_MAX: Final = 600
_ENDS: Final = b"\r\n\x03\t"
_STX: Final = b"\x02"
_READ_S: Final = 0.1
_AGAIN_S: Final = 1.0


class CodeReader:
    """Puts bytes together to codes, however they are split."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._is_too_long = False

    def take(self, data: bytes) -> list[str]:
        """The codes that end in `data`; "" stands for one that could not be read."""
        found: list[str] = []
        for byte in data:
            if byte in _ENDS:
                if self._held or self._is_too_long:
                    found.append(self._code())
            elif byte == _STX[0]:
                self._held.clear()
            elif len(self._held) >= CODE_BYTES_MAX:
                self._is_too_long = True
            else:
                self._held.append(byte)
        return found

    def broken_off(self) -> bool:
        """Forget a code that has begun; whether one had."""
        had = bool(self._held) or self._is_too_long
        self._held.clear()
        self._is_too_long = False
        return had

    def _code(self) -> str:
        held, was_too_long = bytes(self._held), self._is_too_long
        self.broken_off()
        try:
            text = "" if was_too_long else held.decode("utf-8")
        except UnicodeDecodeError:
            return ""
        return text if text.isprintable() else ""


class SerialScanner:
    """A scanner behind a serial port, 8 data bits, no parity."""

    def __init__(self, port: str, baud: int = 9600) -> None:
        self._port, self._baud = port, baud

    def state(self) -> DeviceState:
        """See `ports.Device.state`: whether the port is there."""
        try:
            serial.Serial(self._port, self._baud).close()
        except serial.SerialException:
            return DeviceState(self._port, "D-043")
        return DeviceState(self._port, None)

    def listen(self, heard: Callable[[str], object], stopped: Callable[[float], bool]) -> None:
        """Hear codes until `stopped` says so; runs in a thread of its own.

        Args:
            heard: gets each code, "" for one that could not be read.
            stopped: waits at most so many seconds, and says whether to end.
        """
        while not stopped(0):
            try:
                with serial.Serial(self._port, self._baud, timeout=_READ_S) as port:
                    self._listen(port, heard, stopped)
            except (serial.SerialException, OSError):
                # Pulled out, or not there yet: it may come back.
                if stopped(_AGAIN_S):
                    return

    def _listen(
        self, port: serial.Serial, heard: Callable[[str], object], stopped: Callable[[float], bool]
    ) -> None:
        codes = CodeReader()
        try:
            while not stopped(0):
                for code in codes.take(port.read(max(1, port.in_waiting))):
                    heard(code)
        finally:
            if codes.broken_off():
                heard("")
