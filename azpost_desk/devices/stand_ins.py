"""Stand-ins behind the same ports, for the demo, the played day and the tests: they record and fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from azpost_desk.devices.ports import DeviceState, Tone
from azpost_desk.domain.refusals import Trouble

if TYPE_CHECKING:
    from azpost_desk.devices.virtual_printer import Fault

_FAULT_CODES: dict[Fault, str] = {
    "refuses": "D-001",
    "hangs": "D-002",
    "out_of_paper": "D-003",
    "cover_open": "D-004",
}
_LABEL_FAULT_CODES: dict[Fault, str] = {
    "refuses": "D-012",
    "hangs": "D-040",
    "out_of_paper": "D-041",
    "cover_open": "D-042",
}


class _Recorded:
    """What all stand-ins share.

    Attributes:
        trouble: the code every call fails with; None while the device works.
        proves, saves: of a printer, see `ports.PagePrinter`.
    """

    def __init__(self, place: str) -> None:
        self.trouble: str | None = None
        self.proves = True
        self.saves = False
        self._place = place

    def state(self) -> DeviceState:
        """See `ports.Device.state`."""
        return DeviceState(self._place, self.trouble)

    def _fail_if_told(self) -> None:
        if self.trouble:
            raise Trouble(self.trouble, place=self._place)


class RecordedReceipts(_Recorded):
    """A receipt printer in memory.

    Attributes:
        printed: the bytes of every receipt that came out whole.
    """

    def __init__(self) -> None:
        super().__init__("receipts")
        self.printed: list[bytes] = []

    def print_raster(self, data: bytes) -> str:
        """See `ports.ReceiptPrinter.print_raster`."""
        self._fail_if_told()
        self.printed.append(data)
        return self._place

    def fail(self, fault: Fault | None) -> None:
        """Behave as a printer with `fault`, or well again."""
        self.trouble = _FAULT_CODES[fault] if fault else None


@dataclass(frozen=True, slots=True)
class RecordedPage:
    """A document that was handed over."""

    pdf: bytes
    title: str


class RecordedPages(_Recorded):
    """A printer of pages in memory.

    Attributes:
        printed: every document, in order.
    """

    def __init__(self) -> None:
        super().__init__("pages")
        self.printed: list[RecordedPage] = []

    def print_pdf(self, pdf: bytes, title: str) -> str:
        """See `ports.PagePrinter.print_pdf`."""
        self._fail_if_told()
        self.printed.append(RecordedPage(pdf, title))
        return self._place


class RecordedLabels(_Recorded):
    """A label printer in memory.

    Attributes:
        printed: the bytes of every label that came out whole.
    """

    dpi: Literal[203, 300] = 203

    def __init__(self) -> None:
        super().__init__("labels")
        self.printed: list[bytes] = []

    def print_label(self, data: bytes) -> str:
        """See `ports.LabelPrinter.print_label`."""
        self._fail_if_told()
        self.printed.append(data)
        return self._place

    def fail(self, fault: Fault | None) -> None:
        """Behave as a printer with `fault`, or well again."""
        self.trouble = _LABEL_FAULT_CODES[fault] if fault else None


class RecordedDrawer(_Recorded):
    """A drawer in memory.

    Attributes:
        opened: how many times it sprang open.
    """

    def __init__(self) -> None:
        super().__init__("drawer")
        self.opened = 0

    def open(self) -> None:
        """See `ports.CashDrawer.open`."""
        self._fail_if_told()
        self.opened += 1


class RecordedSound(_Recorded):
    """A loudspeaker in memory.

    Attributes:
        played: every tone that would have sounded, in order.
    """

    def __init__(self) -> None:
        super().__init__("sound")
        self.played: list[Tone] = []

    def play(self, tone: Tone) -> None:
        """See `ports.Sound.play`."""
        self._fail_if_told()
        self.played.append(tone)


class RecordedScale(_Recorded):
    """A scale with a weight on it.

    Attributes:
        weight_grams: what lies on it.
    """

    def __init__(self, weight_grams: int = 0) -> None:
        super().__init__("scale")
        self.weight_grams = weight_grams

    def grams(self) -> int:
        """See `ports.Scale.grams`."""
        self._fail_if_told()
        return self.weight_grams
