"""One scan and what has to be said with it: a scan and its event in, the reason why it says too little."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.days import is_day
from azpost_desk.domain.item_numbers import read_receptacle
from azpost_desk.domain.lines.charges import DUE_QAPIK_MAX
from azpost_desk.domain.mail.proof import IMAGE_BYTES_MAX, needs_document, takes_code
from azpost_desk.domain.mail.scanning import ABROAD
from azpost_desk.domain.typed import is_said

if TYPE_CHECKING:
    from azpost_desk.domain.mail.proof import Signature
    from azpost_desk.domain.mail.scanning import EventHere, Need

# Words of lists and a day: state, stop orders and days kept are found by them as they stand.
_WORDS: Final = ("reason", "measure", "relation", "signed", "until")
# A label of our own: an inland bag, a box.
_OWN_LABEL: Final = re.compile("[A-Z0-9-]{4,30}")


@dataclass(frozen=True, slots=True)
class ScanItem:
    """One scan (or typed number, or the last four digits of an announced item) under the chosen event.

    `signature` is what was drawn on the screen, `picture` the same as PNG; `round` is that of a courier,
    `bag` an inland one; `code` the six digits the addressee was told, instead of a document;
    `asked` who said by telephone that nothing stops it.
    """

    raw: str
    event: str
    reason: str = ""
    measure: str = ""
    signatory: str = ""
    relation: str = ""
    document: str = ""
    code: str = ""
    signed: str = ""
    signature: Signature | None = None
    picture: bytes = b""
    receptacle: str = ""
    until: str = ""
    duty_qapik: int = 0
    round: str = ""
    bag: str = ""
    asked: str = ""
    source: str = "scan"


def as_listed(command: ScanItem) -> ScanItem:
    """The scan with its words and its day as the lists have them, without blanks around: what is recorded is
    what was looked at.
    """
    return replace(command, **{name: getattr(command, name).strip() for name in _WORDS})


def why_untold(command: ScanItem, event: EventHere, custody: str, today: str) -> str:
    """The reason (`express.scan.<reason>`) for the first need of the event that was not said, or not rightly;
    empty where all was.

    Args:
        custody: who holds the item.
        today: the business day.
    """
    for need in event.needs:
        if not _is_told(command, event, need, custody, today):
            goes_back = need == "measure" and command.measure in event.measures
            return "goes_back" if goes_back else f"{need}_missing"
    return ""


def label_of(typed: str) -> str:
    """What a bag's label says, as it is compared: capitals and digits."""
    return "".join(typed.split()).upper()


def _is_told(command: ScanItem, event: EventHere, need: Need, custody: str, today: str) -> bool:
    if need == "duty":
        is_due = command.reason == "duty_due"
        return 0 < command.duty_qapik <= DUE_QAPIK_MAX if is_due else not command.duty_qapik
    typed: str = getattr(command, need)
    given = typed.strip() if is_said(typed) else ""
    if need == "document":
        is_known = bool(command.code) and takes_code(command.relation)
        return bool(given) or is_known or not needs_document(command.relation, on_round=custody == "round")
    if need == "signatory" and not given:
        if command.code and takes_code(command.relation):
            # Whoever has the code is the addressee, whose name the acceptance holds.
            return True
        # At the door the addressee signs the courier's list.
        return (command.relation, command.signed, custody) == ("self", "paper", "round")
    if need == "signed" and given == "screen":
        drawn = command.signature
        return drawn is not None and drawn.is_sound and len(command.picture) <= IMAGE_BYTES_MAX
    if need == "until":
        return is_day(given) and given >= today
    if need == "receptacle":
        label = label_of(given)
        abroad = event.code in ABROAD
        return read_receptacle(label) is not None if abroad else bool(_OWN_LABEL.fullmatch(label))
    if need == "measure":
        return given in event.measures_after(command.reason)
    return bool(given) and given in (event.offers(need) or (given,))
