"""What is scanned where: the events of each kind of office, and what has to be said with each of them.

The numbered lists of the UPU are not public: reasons are words of ours after published wordings
(`express.reason.<word>`), measures too (`express.measure.<word>`). Sources: mail.md 3, facts/postal.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from azpost_desk.domain.mail.proof import RELATIONS, SIGNED

if TYPE_CHECKING:
    from collections.abc import Iterable

Need = Literal[
    "reason", "measure", "relation", "signatory", "document", "signed", "receptacle", "until", "duty"
]

# Kinds of office (`catalogue.Branch.mail`) and their events, in the order of an item's life.
EVENTS_AT: Final = {
    "office": ("EMA", "EMG", "EDG", "EDH", "EMH", "EDF", "EMI", "EDX", "lost", "found"),
    "sorting": ("EDD", "EDE"),
    "exchange": (
        "EMD", "EMF", "EMB", "EMC", "EMJ", "EMK", "EXA", "EXC", "EXB", "EXD", "EXX", "EDB", "EDC", "EME",
        "EDA", "EDX",
    ),
}  # fmt: skip
_NEEDS: Final[dict[str, tuple[Need, ...]]] = {
    "EMH": ("reason", "measure"),
    "EDX": ("reason", "measure"),
    "EMI": ("relation", "signatory", "document", "signed"),
    "EDF": ("reason", "until"),
    **dict.fromkeys(("EXB", "EXC", "EXD", "EXX", "EDA", "EME"), ("reason",)),
    # How much, where duty is due.
    "EDC": ("reason", "duty"),
    # Handed over, signed: to whom, and in which receptacle.
    **dict.fromkeys(("EMC", "EMK", "EMF", "EDE"), ("receptacle", "signatory")),
}
# What is said once holds for every scan that follows under the same event.
SERIES: Final = frozenset({"EMC", "EMK", "EMF", "EDE"})
# They leave the country: what they lie in has a number of the UPU's (S9); within it, one of our own.
ABROAD: Final = frozenset({"EMC", "EMK"})

_HELD: Final = (
    "presentation", "security", "customs_delivers", "no_contact", "declaration", "certificate", "invoice",
    "incomplete", "documents", "import_licence", "prohibited", "export_licence",
)  # fmt: skip
_STOPPED: Final = ("documents", "wrong_address", "damaged", "security", "transport", "other")
_REASONS: Final = {
    "EMH": (
        "absent", "wrong_address", "moved", "refused", "unknown_addressee", "no_access", "closed", "unpaid",
        "damaged", "other",
    ),
    "EDX": (
        "refused", "unclaimed", "unknown_addressee", "moved", "wrong_address", "sender_request", "prohibited",
        "other",
    ),
    "EDF": ("customer_request", "wrong_address", "unpaid", "closed", "documents", "other"),
    "EXX": (
        "unpaid", "addressee_request", "sender_request", "wrong_address", "customs_rules", "damaged",
        "force_majeure", "documents", "no_contact",
    ),
    "EXB": _HELD,
    "EME": _HELD,
    "EDC": ("duty_due", "no_duty", "import_authorised", "remote_clearance"),
    "EXC": ("export_authorised", "export_refused"),
    "EXD": _STOPPED,
    "EDA": _STOPPED,
}  # fmt: skip
_MEASURES: Final = {
    "EMH": ("card_left", "new_try", "held", "forwarded", "returned", "handed_over"),
    "EDX": ("returned", "ended"),
}
# What an addressee refuses goes back at once, it neither waits nor is tried again (mail.md 2, Delivery). What
# its sender refuses then can only be given to an authority.
_MEASURES_AFTER: Final = {("EMH", "refused"): ("returned", "handed_over")}


@dataclass(frozen=True, slots=True)
class EventHere:
    """An event that an office scans.

    Attributes:
        code: UPU EMSEVT V3.
        needs: what must come with it.
        reasons, measures: the words to choose from.
        is_series: what is said once holds for the scans that follow.
    """

    code: str
    needs: tuple[Need, ...] = ()
    reasons: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    is_series: bool = False

    @property
    def text_key(self) -> str:
        """Its sentence."""
        return f"express.event.{self.code}"

    def offers(self, need: str) -> tuple[str, ...]:
        """The words a need is answered with; empty for one that is written freely."""
        offered = {"relation": RELATIONS, "signed": SIGNED, "reason": self.reasons, "measure": self.measures}
        return offered.get(need, ())

    def measures_after(self, reason: str) -> tuple[str, ...]:
        """The measures that this reason leaves to choose from."""
        return _MEASURES_AFTER.get((self.code, reason), self.measures)


def event_here(code: str) -> EventHere:
    """What has to be said with an event."""
    return EventHere(
        code, _NEEDS.get(code, ()), _REASONS.get(code, ()), _MEASURES.get(code, ()), code in SERIES
    )


def events_at(kinds: Iterable[str]) -> tuple[EventHere, ...]:
    """What is scanned at an office of these kinds; one that is unknown here adds nothing."""
    codes = dict.fromkeys(code for kind in kinds for code in EVENTS_AT.get(kind, ()))
    return tuple(event_here(code) for code in codes)


REASONS: Final = tuple(dict.fromkeys(word for words in _REASONS.values() for word in words))
MEASURES: Final = tuple(dict.fromkeys(word for words in _MEASURES.values() for word in words))
