"""The lines of money over the border: sent by the centre's signed quote, paid back, paid out here."""

from __future__ import annotations

import msgspec

from azpost_desk.domain.lines.base import GivenBack, Line


class AbroadTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """The centre's word on one transfer abroad (money-out.md MA-1): used once, by this chain, in time.

    Its encoding, JSON in the order of the fields, is what the centre signs.

    Attributes:
        quote: id of the quote; desk, epoch: who may use it.
        corridor, corridor_version: the way it goes, as it was then.
        named: whose figure was fixed: ``arrives`` or ``paid`` (all the sender hands over).
        amount_qapik: the principal; `fees_qapik` each fee by its word, `tax_qapik` contained in them.
        arrives_minor, currency: what the receiver gets, smallest units; `is_exact` or an estimate, less at
            most `deduction_minor_max`.
        rate: manat for one unit as the customer pays it, an exact fraction ``n/d``; `base_rate` the source's.
        rate_id: which rates (version of the document), from where and since when (UTC ms).
        quoted_ms, stands_ms: made, and good until (UTC ms).
        number_follows: the receiver has to say a number that the partner gives once it has accepted (MA-18).
        promise_minutes, grace_minutes, refund_basis, fee_returned, charges, tenders: of the corridor.
    """

    centre_epoch: int
    quote: str
    desk: str
    epoch: int
    corridor: str
    corridor_version: str
    partner: str
    country: str
    named: str
    amount_qapik: int
    fees_qapik: dict[str, int]
    arrives_minor: int
    currency: str
    rate: str
    base_rate: str
    rate_id: int
    rate_source: str
    rate_ms: int
    quoted_ms: int
    stands_ms: int
    promise_minutes: int
    grace_minutes: int
    refund_basis: str
    charges: str
    tax_qapik: int = 0
    is_exact: bool = True
    deduction_minor_max: int = 0
    fee_returned: bool = True
    tenders: tuple[str, ...] = ("cash", "qr")
    number_follows: bool = False

    @property
    def fee_qapik(self) -> int:
        """All fees together."""
        return sum(self.fees_qapik.values())

    @property
    def total_qapik(self) -> int:
        """What the sender hands over."""
        return self.amount_qapik + self.fee_qapik


class AbroadSent(Line, frozen=True, tag="abroad.sent", omit_defaults=True):
    """Money accepted to be paid out abroad. `parties_abroad` commits to sender, receiver and what was asked.

    Attributes:
        transfer: the thing's id, which is this operation's.
        signature: the centre's over `terms` (hex).
        purpose: code of ISO 20022 ``ExternalPurpose1Code``.
        told: what the sender was told of its state.
    """

    transfer: str
    terms: AbroadTerms
    signature: str
    purpose: str
    parties_abroad: str
    told: str

    @property
    def amount_qapik(self) -> int:
        """The principal, as on every other line that has one."""
        return self.terms.amount_qapik


class AbroadRefunded(GivenBack, frozen=True, kw_only=True, tag="abroad.refunded", omit_defaults=True):
    """What did not arrive, paid back to its sender under a grant, with the fee where the terms say so."""

    transfer: str
    grant: str
    amount_qapik: int
    fee_returned_qapik: int
    receiver: str


class AbroadPaid(Line, frozen=True, tag="abroad.paid"):
    """Money from abroad paid out here under a grant that fixes its manat (money-out.md MA-26).

    Attributes:
        arrived_minor, currency: the sum as its sender named it, smallest units.
        rate: manat for one unit, an exact fraction ``n/d``; "" where the sender was promised manat.
        stands_ms: until when the manat stood (UTC ms); the line was planned before; 0 = to no end.
        receiver: commits to the document shown.
    """

    transfer: str
    grant: str
    amount_qapik: int
    arrived_minor: int
    currency: str
    rate: str
    stands_ms: int
    receiver: str
