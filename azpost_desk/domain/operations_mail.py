"""Journal records of mail: scans taken, not taken, taken back; labels; rounds; bags; what was wrong; amended
customs data.
"""

from __future__ import annotations

from typing import Final

from azpost_desk.domain.bodies import Body


class ItemScanned(Body, frozen=True):
    """A tracking event of an item at an office (UPU EMSEVT V3 code)."""

    number: str
    event: str
    office: str
    reason: str = ""
    measure: str = ""
    signatory: str = ""
    # What it was handed over in, and the last day (ISO) until which it is kept here.
    receptacle: str = ""
    until: str = ""
    # Of a delivery: what whoever took it is to the addressee, where they signed, the commitment of the proof.
    relation: str = ""
    signed: str = ""
    proof: str = ""
    # What was believed: the pick-up code, a document; "" where the addressee signed at the door.
    proven_by: str = ""
    # Of customs' word: the duty that is due for it.
    duty_qapik: int = 0
    # The round it goes out with.
    round: str = ""
    # The inland bag it goes into or comes out of (its id); `receptacle` is the number on its label.
    bag: str = ""
    # Of a hand-over: up to when (UTC ms) this desk had heard which stop orders stand.
    orders_ms: int = 0
    # The operation of the last event known here (mail.md 1.3): it comes before this one, whatever clocks say.
    answers: str = ""
    # Of a guarded item: its proof names who answered by telephone that no stop order stands.
    asked: bool = False


class ScanRefused(Body, frozen=True):
    """A scan that was not taken, with the reason: kept, because somebody heard a tone.

    Of a wrong pick-up code `code` is the id of the one that was tried: desk and centre count by it.
    """

    raw: str
    event: str
    reason: str
    code: str = ""


class ScanVoided(Body, frozen=True):
    """A scan taken back: own last one within a minute, else with a supervisor."""

    scan: str
    number: str
    reason: str
    approved_by: str = ""


class LabelScanned(Body, frozen=True):
    """The label stuck on an item accepted here was scanned back; `acceptance`: the operation of its line."""

    number: str
    acceptance: str


class RoundBegun(Body, frozen=True):
    """A courier's round is being made up; its id is the operation of this record."""

    courier: str


class RoundSigned(Body, frozen=True):
    """A round went out: the list, the hand count beside it, the courier's signature (a commitment).

    `orders_ms`: up to when (UTC ms) this desk had heard which stop orders stand; `asked`: the guarded items
    of the list for which somebody answered by telephone as it went out, named beside the signature.
    """

    round: str
    numbers: tuple[str, ...]
    counted: int
    courier: str = ""
    orders_ms: int = 0
    asked: tuple[str, ...] = ()


class RoundEnded(Body, frozen=True):
    """A round is back, every item accounted for; `counted` were handed in again by hand count."""

    round: str
    delivered: int
    tried: int
    untried: int
    lost: int
    counted: int
    courier: str = ""


class MailBagBegun(Body, frozen=True):
    """An inland bag is being filled; its id is the operation of this record."""

    number: str
    to_office: str


class MailBagClosed(Body, frozen=True):
    """A bag was closed: its list, the hand count, gross weight (`typed`: not by the scale), seal."""

    bag: str
    version: int
    numbers: tuple[str, ...]
    counted: int
    grams: int
    seal: str
    typed: bool = False


class MailBagReopened(Body, frozen=True):
    """Its holder opened it again: `version` is the one that is open now."""

    bag: str
    version: int
    reason: str


class MailBagGivenUp(Body, frozen=True):
    """Nothing went with it; the number is used up."""

    bag: str


class MailBagHandedOver(Body, frozen=True):
    """It left with a driver, who signed (a commitment)."""

    bag: str
    version: int
    driver: str = ""


class MailBagTaken(Body, frozen=True):
    """A bag was taken in; its arrival's id is the operation of this record.

    `bag` is the id its hand-over goes by, "" of one that was quicker than the word of it. A `condition` of
    `mail.bags.CONDITIONS` says that it is not as it was sealed; then seal and weight are what was found.
    """

    number: str
    bag: str = ""
    condition: str = ""
    seal: str = ""
    grams: int = 0


class MailBagOpened(Body, frozen=True):
    """A bag that was taken in was opened; one that was not as it was sealed by two people."""

    arrival: str
    approved_by: str = ""


class MailBagEnded(Body, frozen=True):
    """A person said that nothing more is in a bag: what was found, what of its list was not, what was on no
    list; the last two as far as the list was known here.
    """

    arrival: str
    found: tuple[str, ...]
    missing: tuple[str, ...] = ()
    surplus: tuple[str, ...] = ()


class IrregularityReported(Body, frozen=True):
    """Somebody saw that an item or a bag is not as it should be; `kind` of `mail.irregularities.KINDS`.

    What they wrote and the photo are commitments: both lie beside the record.
    """

    number: str
    kind: str
    words: str = ""
    photo: str = ""


class ItemDeclared(Body, frozen=True):
    """The declaration of an item for abroad was amended where it had been sold: another version of it.

    The record's operation is the id of its message; sender, addressee and declaration lie beside it.

    Attributes:
        acceptance: the operation of the item's line; `version` is 2 for the first amendment.
        supersedes: the id of the message that it replaces, the line's own for the sale's.
        addresses: commits to them, as the sale's does.
        form, copies: the customs form that goes with it now; `forms` is the version of the rule.
        contents, prohibitions: what the prohibitions of that version said of it, as in `PostedAbroad`.
        has_left: it had left the country by what was known here: its paper did not go with it.
    """

    number: str
    acceptance: str
    version: int
    supersedes: str
    addresses: str
    form: str = ""
    copies: int = 1
    forms: str = ""
    contents: str = ""
    prohibitions: str = ""
    has_left: bool = False


BODIES: Final[dict[tuple[str, int], type[Body]]] = {
    ("item.scanned", 1): ItemScanned,
    ("scan.refused", 1): ScanRefused,
    ("scan.voided", 1): ScanVoided,
    ("label.scanned", 1): LabelScanned,
    ("round.begun", 1): RoundBegun,
    ("round.signed", 1): RoundSigned,
    ("round.ended", 1): RoundEnded,
    ("mail_bag.begun", 1): MailBagBegun,
    ("mail_bag.closed", 1): MailBagClosed,
    ("mail_bag.reopened", 1): MailBagReopened,
    ("mail_bag.given_up", 1): MailBagGivenUp,
    ("mail_bag.handed_over", 1): MailBagHandedOver,
    ("mail_bag.taken", 1): MailBagTaken,
    ("mail_bag.opened", 1): MailBagOpened,
    ("mail_bag.ended", 1): MailBagEnded,
    ("irregularity.reported", 1): IrregularityReported,
    ("item.declared", 1): ItemDeclared,
}
