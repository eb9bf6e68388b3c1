"""What the desk asks of its devices. Real parts and stand-ins keep the same promises, held by one test.

Every call may wait for its device but never longer than the part's timeout: it belongs off the main thread.
A device that fails raises `Trouble` with a ``D-…`` code whose sentence says what to do; nothing else changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from azpost_desk.domain.signatures import Certificate, Found, Stamp, Way

Tone = Literal["good", "refused", "already", "elsewhere", "stop"]


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

    @property
    def proves(self) -> bool:
        """Whether a paper that was printed without trouble is known to be out; False: it was only sent."""
        ...

    def print_raster(self, data: bytes) -> str:
        """Print ESC/POS `data`; returns where, when the printer has taken all of it.

        Raises:
            Trouble: D-001 no answer, nothing printed; D-002 stopped half-way or the roll ended, a part may be
                on paper; D-003 out of paper; D-004 cover open or off line.
        """
        ...


class PagePrinter(Device, Protocol):
    """A printer of whole pages."""

    @property
    def proves(self) -> bool:
        """As `ReceiptPrinter.proves`."""
        ...

    @property
    def saves(self) -> bool:
        """Whether papers become files here, and no paper moves."""
        ...

    def print_pdf(self, pdf: bytes, title: str) -> str:
        """Hand over a document; returns where it is now: the printer, or the file's name.

        Raises:
            Trouble: D-005 the folder cannot be written; D-006 the printer did not take it.
        """
        ...


class LabelPrinter(Device, Protocol):
    """The printer of 100 x 150 mm labels."""

    @property
    def proves(self) -> bool:
        """As `ReceiptPrinter.proves`."""
        ...

    @property
    def dpi(self) -> Literal[203, 300]:
        """How fine its dots are: what is drawn for another one has bars between them."""
        ...

    def print_label(self, data: bytes) -> str:
        """Print one label of ZPL `data`; returns where, when it has come out.

        Raises:
            Trouble: D-012 it did not take the label, nothing printed; D-040 stopped half-way, a part may be
                out; D-041 out of labels or ribbon; D-042 open or paused.
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


class Signer(Device, Protocol):
    """A smart card in its reader, or a PKCS#12 file: what signs papers electronically."""

    @property
    def way(self) -> Way:
        """Which of the two it is."""
        ...

    def sign(
        self, pdf: bytes, pin: str, number: int, accept: Callable[[Certificate], Stamp]
    ) -> tuple[bytes, Certificate]:
        """`pdf` with one more PAdES signature, its stamp at the paper's place `number`; and who signed.

        `accept` is asked before the key is touched: it refuses the certificate, or says what the stamp says.
        The PIN is handed to the card and kept nowhere.

        Raises:
            Refused: S-070 wrong PIN (`tries`: how many in a row here), S-071 one try is left before the card
                locks, S-072 the card is locked, S-073 the paper has no place for such a signature; and what
                `accept` raises.
            Trouble: D-070 no reader or its program is missing, D-071 no card in it, D-072 the card was taken
                out half-way, D-073 no key to sign with is on it, D-074 the file cannot be read, D-075 nothing
                to sign with is set up here.
        """
        ...

    def read(self, pdf: bytes, issuers: Sequence[str] = ()) -> list[Found]:
        """The signatures in a PDF, oldest first, each also held against `issuers` (PEM); needs no card.

        What is no PDF, or is one no longer, has none.
        """
        ...
