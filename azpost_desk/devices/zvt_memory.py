"""What a ZVT terminal was asked and how each of its answers was decided: on the disk before anything is sent.

ZVT has no reference of ours. What ties a payment to its reference is kept here: the sum, the moment, the
transaction that was the terminal's last before it, and then the numbers the terminal gave. A decision that
was told is told again the same, also after a restart. Never a card's number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec

from azpost_desk.domain.refusals import Trouble
from azpost_desk.files import SMALL_BYTES_MAX, content_of, write_whole

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = "card-terminal.json"
# Enough for every step that may still be asked about; the file stays small.
_STEPS_MAX: Final = 100


class ZvtStep(msgspec.Struct, frozen=True, omit_defaults=True):
    """One purchase or refund.

    Attributes:
        before: trace number of the terminal's last transaction before it, None when that is not known.
        state: planned (not sent yet), sent, approved (for exactly this, and told so), charged (approved, and
            the terminal was done), declined, strange (approved, but not what was asked for), reversed.
        told: whether the terminal heard that the goods were issued; every repeat hears the same.
        undone: the terminal said that it took a strange approval back by itself.
        trace, receipt, authorisation, terminal, said_qapik, currency: as the terminal said.
    """

    reference: str
    kind: Literal["purchase", "refund"]
    amount_qapik: int
    asked_ms: int
    before: int | None = None
    state: Literal["planned", "sent", "approved", "charged", "declined", "strange", "reversed"] = "planned"
    told: Literal["", "issued", "not_issued"] = ""
    undone: bool = False
    reason: str = ""
    trace: int | None = None
    receipt: int | None = None
    authorisation: str = ""
    terminal: str = ""
    said_qapik: int | None = None
    currency: str = ""


class _Known(msgspec.Struct, frozen=True, omit_defaults=True):
    last_trace: int | None = None
    steps: tuple[ZvtStep, ...] = ()


class ZvtMemory:
    """The steps of one terminal; in the file at `path`, or nowhere when there is none."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._read: _Known | None = None

    @property
    def last_trace(self) -> int | None:
        """Number of the terminal's last transaction as far as we heard."""
        return self._known().last_trace

    def steps(self) -> tuple[ZvtStep, ...]:
        """All that are kept, in the order they were asked."""
        return self._known().steps

    def step(self, reference: str) -> ZvtStep | None:
        """The step with this reference."""
        return next((one for one in self.steps() if one.reference == reference), None)

    def was_never_sent(self, reference: str) -> bool:
        """Whether a step that is not kept cannot have been sent: it is younger than one that is.

        References sort by the time they were made. What is older than all that is kept may be forgotten.
        """
        steps = self.steps()
        return bool(steps) and reference > steps[0].reference and self.step(reference) is None

    def keep(self, step: ZvtStep) -> ZvtStep:
        """Note a step, new or further on; it is on the disk when this returns.

        Raises:
            Trouble: D-033 it could not be written.
        """
        known = self._known()
        if self.step(step.reference) is None:
            steps = (*known.steps, step)[-_STEPS_MAX:]
        else:
            steps = tuple(step if one.reference == step.reference else one for one in known.steps)
        self._write(msgspec.structs.replace(known, steps=steps))
        return step

    def heard(self, trace: int | None) -> None:
        """Note the number of the terminal's last transaction, where it said one.

        Raises:
            Trouble: D-033 it could not be written.
        """
        if trace is not None and trace != self.last_trace:
            self._write(msgspec.structs.replace(self._known(), last_trace=trace))

    def _write(self, known: _Known) -> None:
        if self._path is not None:
            try:
                write_whole(self._path, msgspec.json.encode(known))
            except OSError as failure:
                raise Trouble("D-033", why=str(failure.strerror)) from failure
        self._read = known

    def _known(self) -> _Known:
        """What the file says; a missing or damaged one knows nothing: what it knew stays unknown."""
        if self._read is None:
            try:
                content = content_of(self._path, SMALL_BYTES_MAX) if self._path else b"{}"
                self._read = msgspec.json.decode(content, type=_Known)
            except (OSError, msgspec.DecodeError, UnicodeDecodeError):
                self._read = _Known()
        return self._read
