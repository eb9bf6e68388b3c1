"""What lines and less good partners do to one document: the faults a sandbox partner plays on demand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

FaultKind = Literal[
    "no_answer",  # the line drops before anything is taken
    "turn",  # the door says `code` (such as "401") and takes nothing
    "redirect",  # "ask over there", nothing taken
    "lose",  # said to be taken, and forgotten
    "never",  # taken, then the line drops
    "late",  # taken; the answer waits to be fetched
    "twice",  # taken; the same answer comes at once and waits to be fetched too
    "slow",  # taken; nothing comes before the asker gives up
    "garbage",  # taken; the answer is signed and no message
    "forged",  # taken; the answer is signed with another key
    "huge",  # taken; the answer is larger than anybody reads
    "pend",  # taken, not decided yet (``PDNG``)
    "settle",  # taken and debited at once (``ACSC``)
    "reject",  # not taken into the books: ``RJCT`` with `code`
    "unknown",  # answers that it knows no such reference, whatever its books say
    "recall",  # answers a recall with `code`: CNCL, RJCR or PDCR
]
BEFORE: Final = frozenset({"no_answer", "turn", "redirect"})
SAYS: Final = {"pend": "PDNG", "settle": "ACSC", "reject": "RJCT"}


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong at one document; see `FaultKind`."""

    kind: FaultKind
    code: str = ""
