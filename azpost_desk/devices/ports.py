"""What the desk asks of its devices. Real parts and stand-ins keep the same promises, held by one test.

Every call may wait for its device but never longer than the part's timeout: it belongs off the main thread.
A device that fails raises `Trouble` with a ``D-…`` code whose sentence says what to do; nothing else changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Tone = Literal["good", "refused", "already"]


@dataclass(frozen=True, slots=True)
class DeviceState:
    """What the status line shows of a device.

    Attributes:
        place: where it is connected, e.g. ``10.0.4.21:9100``; a datum, not a sentence.
        trouble: code of what is wrong, e.g. ``D-003``; None when it is ready as far as one can know.
    """

    place: str
    trouble: str | None = None


class Device(Protocol):
    """Something that can say how it is."""

    def state(self) -> DeviceState:
        """How the device is now; asks it where it can answer."""
        ...


class ReceiptPrinter(Device, Protocol):
    """The printer of the 80-mm roll."""

    def print_raster(self, data: bytes) -> None:
        """Print ESC/POS `data`; returns when the printer has taken all of it.

        Raises:
            Trouble: D-001 no answer, nothing printed; D-002 stopped half-way, a part may be on paper;
                D-003 out of paper; D-004 cover open or off line.
        """
        ...


class PagePrinter(Device, Protocol):
    """A printer of whole pages."""

    def print_pdf(self, pdf: bytes, title: str) -> None:
        """Hand over a document.

        Raises:
            Trouble: D-005 the folder cannot be written; D-006 the printer did not take it.
        """
        ...


class LabelPrinter(Device, Protocol):
    """The printer of 100 x 150 mm labels."""

    def print_label(self, pdf: bytes, title: str) -> None:
        """Print one label.

        Raises:
            Trouble: D-012 the printer did not take it.
        """
        ...


class CashDrawer(Device, Protocol):
    """The drawer under the counter."""

    def open(self) -> None:
        """Spring it open.

        Raises:
            Trouble: D-007 the pulse could not be sent.
        """
        ...


class Sound(Device, Protocol):
    """The tones of the scan screen; hands and ears are enough."""

    def play(self, tone: Tone) -> None:
        """Start the tone and return at once; a tone still sounding is cut short.

        Raises:
            Trouble: D-013 it cannot be heard.
        """
        ...


class Scale(Device, Protocol):
    """The scale of the counter."""

    def grams(self) -> int:
        """The weight at rest on the scale, in grams.

        Raises:
            Trouble: D-008 no answer; D-009 not at rest; D-010 overloaded; D-011 below zero.
        """
        ...
