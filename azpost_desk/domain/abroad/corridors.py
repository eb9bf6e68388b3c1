"""Partners, corridors and rates of money over the border, as dated documents of the centre.

A corridor goes to every desk: what may be sent to a country, through whom, what is asked for. Partners and
rates stay at the centre; a desk learns a rate from a signed quote only (money-out.md MA-1). A new partner on
a known rail is data here, a new rail is one gateway of the centre.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

import msgspec

from azpost_desk.domain.catalogue import Document, Names
from azpost_desk.domain.money import CURRENCIES, Money
from azpost_desk.domain.names import plain
from azpost_desk.domain.refusals import Refused

REFUND_BASES: Final = ("manat_as_paid", "returned_at_the_days_rate", "less_others_charges")
ROUNDINGS: Final = ("up", "half_up", "down")
CHARGES: Final = ("DEBT", "SHAR", "SLEV")
_SEPARATORS: Final = re.compile(r"[\s\-\u2010-\u2015]+")
_RATE: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")


class Field(Document, frozen=True, omit_defaults=True):
    """What a corridor asks of the receiver beside the name: checked by `mask`, shown with its `example`.

    Attributes:
        field: its word in the message and in the record, such as ``phone`` or ``iin``.
        mask: a regular expression over the typed text without spaces at its ends.
    """

    field: str
    names: Names
    mask: str
    example: str
    required: bool = True


class Corridor(Document, frozen=True, omit_defaults=True):
    """One way for money into a country.

    Attributes:
        corridor: its id, such as ``GE-CASH``.
        partner: the partner's id.
        country: ISO 3166, two letters.
        currency: what arrives, ISO 4217.
        arrives_minor_min, arrives_minor_max, arrives_minor_step: what may arrive, smallest units of it.
        tenders: what the sender may pay with (MA-19).
        rounding: how manat are rounded, once, at the end (MA-4), of ROUNDINGS.
        charges: who pays the others' charges (ISO 20022 ChrgBr); only with DEBT is what arrives exact.
        deduction_minor_max: what others may take of it where they may (MA-16).
        refund_basis: of REFUND_BASES: what a sender gets back when it was refused or returned (MA-10).
        fee_returned: whether the fee comes back with it.
        refund_days: how long what is owed waits for its sender before it is kept apart as unclaimed; 0 = as
            long as at home (`Settings.refund_days_max`).
        grace_minutes: how long the message waits here before it leaves (MA-7).
        promise_minutes: after how long at the latest it can be fetched, grace and queue included (MA-15).
        enquiry_days: within so many days a customer's enquiry about a transfer is answered.
        fields: what is asked of the receiver.
        purposes: the sender chooses one; the codes of ISO 20022 ``ExternalPurpose1Code``.
    """

    corridor: str
    partner: str
    partner_names: Names
    country: str
    country_names: Names
    currency: str
    arrives_minor_min: int
    arrives_minor_max: int
    arrives_minor_step: int = 1
    tenders: tuple[str, ...] = ("cash", "qr")
    rounding: str = "up"
    charges: str = "DEBT"
    deduction_minor_max: int = 0
    refund_basis: str = "manat_as_paid"
    fee_returned: bool = True
    grace_minutes: int = 10
    promise_minutes: int = 60
    refund_days: int = 0
    enquiry_days: int = 10
    fields: tuple[Field, ...] = ()
    purposes: tuple[str, ...] = ("FAMI", "GIFT", "EDUC", "GDDS", "OTHR")

    @property
    def is_exact(self) -> bool:
        """Whether what the paper says arrives is what arrives, not an estimate (MA-16)."""
        return self.charges == "DEBT" and not self.deduction_minor_max

    def can_be_shown(self) -> bool:
        """Whether this program knows the currency; what it does not know it cannot reckon in (MA-4)."""
        return self.currency in CURRENCIES

    def require_arriving(self, minor: int) -> Money:
        """The sum that arrives, when the corridor carries it.

        Raises:
            Refused: A-020 too little, A-021 too much, A-022 not in the partner's steps (`limit`).
        """
        for is_so, code, limit in (
            (minor < self.arrives_minor_min, "A-020", self.arrives_minor_min),
            (minor > self.arrives_minor_max, "A-021", self.arrives_minor_max),
            (bool(minor % self.arrives_minor_step), "A-022", self.arrives_minor_step),
        ):
            if is_so:
                raise Refused(code, field="amount", limit=Money(limit, self.currency))
        return Money(minor, self.currency)


class WayIn(Document, frozen=True, omit_defaults=True):
    """One way by which money comes from abroad to our counters.

    Attributes:
        way: its id, such as ``GE-IN``.
        partner: who sends it; country: from where (ISO 3166).
        currency: in which the receiver names the sum, as its sender did; AZN where manat are promised
            (MA-25).
        settled_in: in which the partner settles it, "" = in the same.
        number_mask: what the number looks like that the receiver says (MA-18); `number_example` fits it.
        rounding: how manat are rounded, once, at the end (MA-4), of ROUNDINGS.
        days: how long it waits for its receiver before it goes back.
        enquiry_days: within so many days a receiver's enquiry is answered.
        twin_days: the same sum to the same receiver within so many days is looked at (MA-24).
    """

    way: str
    partner: str
    partner_names: Names
    country: str
    country_names: Names
    currency: str
    number_mask: str
    number_example: str
    settled_in: str = ""
    rounding: str = "half_up"
    days: int = 30
    twin_days: int = 3
    enquiry_days: int = 10

    def can_be_shown(self) -> bool:
        """Whether this program knows both currencies."""
        return {self.currency, self.settlement} <= CURRENCIES.keys()

    @property
    def settlement(self) -> str:
        """The currency in which the partner settles it."""
        return self.settled_in or self.currency

    def fits(self, number: str) -> bool:
        """Whether a number, as `pick_up_number` writes it, may be one of this partner's."""
        return bool(re.fullmatch(self.number_mask, number, re.ASCII))


class Corridors(Document, frozen=True, omit_defaults=True):
    """Every way out, in the order screens show them, and every way in; `version` stands in each sale."""

    version: str = ""
    corridors: tuple[Corridor, ...] = ()
    ways_in: tuple[WayIn, ...] = ()

    def find_in(self, way: str) -> WayIn | None:
        """The way in with this id, when this program can reckon in its currency."""
        return next((one for one in self.ways_in if one.way == way and one.can_be_shown()), None)

    def ways_for(self, number: str) -> tuple[WayIn, ...]:
        """The ways in whose numbers look like this one; two are asked about (MA-18)."""
        return tuple(one for one in self.ways_in if one.can_be_shown() and one.fits(number))

    def find(self, corridor: str) -> Corridor | None:
        """The corridor with this id, when this program can reckon in its currency."""
        return next((one for one in self.corridors if one.corridor == corridor and one.can_be_shown()), None)

    def shown(self) -> tuple[Corridor, ...]:
        """Those this program can reckon in."""
        return tuple(one for one in self.corridors if one.can_be_shown())


class Commission(Document, frozen=True, omit_defaults=True):
    """What is owed for carrying one transfer, to the partner or to us; each side's apart, never netted.

    Attributes:
        direction: ``out`` (earned when the partner has settled it) or ``in`` (when its receiver was paid).
        paid_by: ``us`` to the partner, or ``partner`` to us.
        fixed_minor: for each transfer, smallest units of `currency`.
        share_ppm: of what was carried, parts per million, rounded half up; only in its own currency.
        currency: "" = that of what was carried.
        kept: still owed when the money comes back.
    """

    direction: str
    paid_by: str
    fixed_minor: int = 0
    share_ppm: int = 0
    currency: str = ""
    kept: bool = False

    def of(self, carried: Money) -> int:
        """What is owed for a transfer, smallest units of its currency."""
        return self.fixed_minor + (carried.minor * self.share_ppm * 2 + 1_000_000) // 2_000_000

    def has_known_currency(self) -> bool:
        """Whether this program can reckon in it."""
        return not self.currency or self.currency in CURRENCIES


OUT, IN = "out", "in"
BY_US, BY_PARTNER = "us", "partner"


class Partner(Document, frozen=True, omit_defaults=True):
    """Who pays out abroad, and by which agreement.

    Attributes:
        partner: its id.
        rail: the gateway that speaks to it, such as ``iso20022``.
        bic: its BIC, or "" where it has a `member` number of a clearing system instead.
        currency: what its account with us is settled in.
        credit_minor: how far below zero the prefunded account may go.
        unfunded_minor_max: up to where we pay out on its word before its money is there (MA-23).
        cut_off: last minute of a day (HH:MM, Baku) at which a message still carries that day's date.
        holidays: ISO dates on which it settles nothing.
        knows_duplicates: its answer ``DUPL`` means "I have it": ask (MA-6); else nothing is sent again.
        words: what its status codes mean here: code → one of WORDS (MA-9).
        refusals: its reason codes in the four classes of M0-6: code → one of CLASSES; unlisted is unknown.
        refusals_final: its refusal opens the refund at once, by agreement (MA-8).
        refusals_in_a_row_max: more than so many stop it until a person looks (M0-11).
        account: our account there as its statements name it, "" where it sends none.
        items_days_max: so long may something stand open between its statement and our book.
        number_mask: the mask of the number the receiver has to say, "" where it gives none (MA-18).
        commissions: what is owed for each transfer, and by whom.
    """

    partner: str
    names: Names
    rail: str
    country: str
    currency: str
    bic: str = ""
    member: str = ""
    credit_minor: int = 0
    unfunded_minor_max: int = 0
    cut_off: str = "16:30"
    holidays: tuple[str, ...] = ()
    knows_duplicates: bool = False
    words: dict[str, str] = msgspec.field(default_factory=dict)
    refusals: dict[str, str] = msgspec.field(default_factory=dict)
    refusals_final: bool = False
    refusals_in_a_row_max: int = 5
    account: str = ""
    items_days_max: int = 5
    number_mask: str = ""
    commissions: tuple[Commission, ...] = ()


# What a status of a partner can mean (MA-9); "received" only where the agreement names the word for it.
WORDS: Final = ("handed", "accepted", "settled", "received", "refused", "changed")
# What a "no" is (M0-6).
CUSTOMERS, OURS, KNOWN_THERE = "customers", "ours", "known_there"
CLASSES: Final = (CUSTOMERS, OURS, KNOWN_THERE)


class Partners(Document, frozen=True):
    """Every partner; only the centre has them."""

    partners: tuple[Partner, ...] = ()

    def find(self, partner: str) -> Partner | None:
        """The partner with this id."""
        return next((one for one in self.partners if one.partner == partner), None)


class Rate(Document, frozen=True):
    """What one unit of a currency costs: `manat` as decimal text, exact; our spread stands apart.

    Attributes:
        currency: ISO 4217.
        manat: manat for one unit, such as ``0.6271``.
        inverse: units for one manat as the source gives it, "" where it gives none; checked on import.
        spread_ppm: what the customer pays on top, parts per million.
    """

    currency: str
    manat: str
    spread_ppm: int = 0
    inverse: str = ""

    def base(self) -> Fraction:
        """The source's own figure."""
        return exact(self.manat)

    def receivers(self) -> Fraction:
        """What a receiver here gets for one unit, the spread taken off."""
        return self.base() * Fraction(1_000_000 - self.spread_ppm, 1_000_000)

    def customers(self) -> Fraction:
        """What the customer pays for one unit, the spread included."""
        return self.base() * Fraction(1_000_000 + self.spread_ppm, 1_000_000)


class Rates(Document, frozen=True):
    """The rates of one day: in force from `from_ms` until `until_ms` (UTC ms), never after it (MA-3).

    Who agreed to them, and by what `evidence`, is written on import, whatever the file says.
    """

    rates: tuple[Rate, ...] = ()
    source: str = ""
    from_ms: int = 0
    until_ms: int = 0
    withdrawn: bool = False
    first_person: str = ""
    second_person: str = ""
    evidence: str = ""

    def find(self, currency: str, now_ms: int) -> Rate | None:
        """The rate in force now; None = no sale, never the last one known."""
        if self.withdrawn or not self.from_ms <= now_ms < self.until_ms:
            return None
        return next((one for one in self.rates if one.currency == currency), None)


def pick_up_number(typed: str) -> str:
    """A number as it is compared: capitals, without spaces and dashes; "" for nothing."""
    return _SEPARATORS.sub("", plain(typed)).upper()


def exact(decimal: str) -> Fraction:
    """Decimal text as an exact fraction above zero.

    Raises:
        Refused: A-030 it is none.
    """
    if not _RATE.fullmatch(decimal) or not (value := Fraction(decimal)):
        raise Refused("A-030", value=decimal)
    return value
