"""A label printer that understands ZPL, over a line of bytes: takes one label, says when it has come out."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, Literal

from azpost_desk.devices.byte_lines import ByteLine, Deadline, Visit
from azpost_desk.devices.ports import DeviceState
from azpost_desk.documents import zpl
from azpost_desk.domain.refusals import Trouble

if TYPE_CHECKING:
    from azpost_desk.documents.dots import Dpi

# A label of 150 mm takes two seconds, a slow printer six.
LABEL_TIMEOUT_MS: Final = 15_000
ANSWER_TIMEOUT_MS: Final = 2_000
# Between two questions to a printer at work.
_LOOK_AGAIN_MS: Final = 100

_STOPPED: Final = (
    (zpl.PAPER_OUT | zpl.RIBBON_OUT, "D-041"),
    (zpl.HEAD_OPEN | zpl.PAUSED, "D-042"),
)


class ZplPrinter:
    """Keeps the promises of `ports.LabelPrinter`.

    It is asked how it is before the label, and after it until nothing waits in it: only then the label is
    out. A printer that cannot answer (`answers=False`) proves nothing. Where it stops half-way it is told to
    forget the label: one that came out later would be a second one with the same number.
    """

    def __init__(
        self, line: ByteLine, dpi: Dpi = 203, timeout_ms: int = LABEL_TIMEOUT_MS, answers: bool = True
    ) -> None:
        self._line = line
        self._dpi: Dpi = dpi
        self._timeout_ms = timeout_ms
        self._answers = answers

    @property
    def proves(self) -> bool:
        """See `ports.LabelPrinter.proves`."""
        return self._answers

    @property
    def dpi(self) -> Literal[203, 300]:
        """See `ports.LabelPrinter.dpi`."""
        return self._dpi

    def print_label(self, data: bytes) -> str:
        """See `ports.LabelPrinter.print_label`."""
        begun = False
        try:
            with self._line.open(Deadline(self._timeout_ms)) as visit:
                self._ask_ready(visit)
                begun = True
                visit.write(data)
                self._wait_out(visit)
        except OSError as failure:
            raise Trouble("D-040" if begun else "D-012", place=self._line.place) from failure
        return self._line.place

    def state(self) -> DeviceState:
        """See `ports.Device.state`."""
        try:
            with self._line.open(Deadline(min(self._timeout_ms, ANSWER_TIMEOUT_MS))) as visit:
                self._ask_ready(visit)
        except OSError:
            return DeviceState(self._line.place, "D-012")
        except Trouble as trouble:
            return DeviceState(self._line.place, trouble.code)
        return DeviceState(self._line.place)

    def _ask_ready(self, visit: Visit) -> None:
        if not self._answers:
            return
        told = self._asked(visit)
        for bits, code in _STOPPED:
            if told & bits:
                raise Trouble(code, place=self._line.place)

    def _wait_out(self, visit: Visit) -> None:
        """Until nothing waits in the printer any more."""
        while self._answers:
            told = self._asked(visit)
            if any(told & bits for bits, _ in _STOPPED):
                # Nobody knows how much of the label is out.
                with suppress(OSError):
                    visit.write(zpl.CANCEL)
                raise Trouble("D-040", place=self._line.place)
            if not told & zpl.BUSY:
                return
            visit.listen(_LOOK_AGAIN_MS)

    def _asked(self, visit: Visit) -> int:
        return visit.ask(zpl.ASK_STATUS, ANSWER_TIMEOUT_MS, zpl.status_in)
