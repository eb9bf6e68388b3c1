"""A counter scale on a serial port that sends its weight all the time, a line each: ``ST,GS,+  1.234kg``.

It is the continuous format of A&D scales and of the CAS scales made after them: state (ST at rest, US
moving, OL overloaded; QT is A&D's counting mode, also at rest), on some models gross or net (GS, NT), sign,
figure, unit, CR LF. A&D leaves the second part out and pads with zeros: ``ST,+00001.23 kg``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

import serial

from azpost_desk.devices.byte_lines import Deadline
from azpost_desk.devices.ports import DeviceState
from azpost_desk.domain.refusals import Trouble

TIMEOUT_MS: Final = 3_000
# No scale sends longer lines; more without an end is another device on this port.
_LINE_BYTES_MAX: Final = 64

_LINE: Final = re.compile(
    rb"(?P<state>ST|US|OL|QT),(?:(?:GS|NT|TR),)?(?P<sign>[+-]?) *(?P<figure>\d{1,8}(?:\.\d{1,6})?)? *"
    rb"(?P<unit>kg|g)? *\r?"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One line of the scale; `grams` is None while it is overloaded."""

    state: Literal["rest", "moving", "overload"]
    grams: int | None


def read_line(line: bytes) -> Reading | None:
    """What `line` (without its LF) says, or None when it is no line of this format, e.g. the tail of one."""
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    if match["state"] == b"OL":
        return Reading("overload", None)
    if match["figure"] is None or match["unit"] is None:
        return None
    figure = Decimal(match["figure"].decode()) * (1000 if match["unit"] == b"kg" else 1)
    grams = int(figure.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    at_rest = match["state"] in (b"ST", b"QT")
    return Reading("rest" if at_rest else "moving", -grams if match["sign"] == b"-" else grams)


class SerialScale:
    """The scale behind a serial port, 8 data bits, no parity. Keeps the promises of `ports.Scale`."""

    def __init__(self, port: str, baud: int = 9600, timeout_ms: int = TIMEOUT_MS) -> None:
        self._port = port
        self._baud = baud
        self._timeout_ms = timeout_ms
        self._trouble: str | None = None

    def grams(self) -> int:
        """See `ports.Scale.grams`. The first line at rest counts that began after the question."""
        try:
            weight = self._weigh()
        except Trouble as trouble:
            self._trouble = trouble.code
            raise
        self._trouble = None
        return weight

    def state(self) -> DeviceState:
        """See `ports.Device.state`; what the last weighing showed, and whether the port is still there."""
        try:
            serial.Serial(self._port, self._baud).close()
        except serial.SerialException:
            return DeviceState(self._port, "D-008")
        return DeviceState(self._port, self._trouble if self._trouble == "D-008" else None)

    def _weigh(self) -> int:
        deadline = Deadline(self._timeout_ms)
        last: Reading | None = None
        try:
            with serial.Serial(self._port, self._baud, timeout=self._timeout_ms / 1000) as port:
                # What was sent before the question may be the weight of the item before.
                port.reset_input_buffer()
                port.timeout = deadline.left()
                port.read_until(b"\n", _LINE_BYTES_MAX)
                while left := deadline.left():
                    port.timeout = left
                    reading = read_line(port.read_until(b"\n", _LINE_BYTES_MAX).rstrip(b"\n"))
                    last = reading or last
                    if reading is not None and reading.state != "moving":
                        break
        except serial.SerialException as failure:
            raise Trouble("D-008", place=self._port) from failure
        return self._judged(last)

    def _judged(self, reading: Reading | None) -> int:
        if reading is None:
            raise Trouble("D-008", place=self._port)
        if reading.state == "moving":
            raise Trouble("D-009", place=self._port)
        if reading.grams is None:
            raise Trouble("D-010", place=self._port)
        if reading.grams < 0:
            raise Trouble("D-011", place=self._port)
        return reading.grams
