"""The lines of domestic transfers: sent with the quote it rests on, paid out, paid back to its sender."""

from __future__ import annotations

import msgspec

from azpost_desk.domain.lines.base import GivenBack, Line


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What sender and post agreed on for one transfer: the quote, as it was accepted.

    Attributes:
        quoted_ms: when the quote was made (UTC ms).
        stands_ms: until when it stood; the line was planned before.
        named: whose figure was fixed: ``receiver`` (gets) or ``sender`` (pays in all).
        available_ms: not paid out before (UTC ms); 0 = as soon as the centre knows of it.
        extras_qapik: what the fee contains beside the tariff's own row, by service.
    """

    quoted_ms: int
    stands_ms: int
    named: str = "receiver"
    available_ms: int = 0
    extras_qapik: dict[str, int] = {}


class TransferSent(Line, frozen=True, tag="transfer.sent", omit_defaults=True):
    """Money accepted to be paid to somebody. `parties` commits to code, sender and receiver (an
    attachment).

    `fee_qapik` is the whole fee. Lines of before quotes were stored have no `terms`, and their bytes stay
    what they were: what is not there is not written.
    """

    transfer: str
    amount_qapik: int
    fee_qapik: int
    tariff: str
    office: str | None
    purpose: str
    parties: str
    offline: bool
    told: str
    terms: Terms | None = None


class TransferPaid(Line, frozen=True, tag="transfer.paid"):
    """A transfer paid out under a grant. `receiver` commits to the document shown (an attachment)."""

    transfer: str
    grant: str
    amount_qapik: int
    receiver: str


class TransferRefunded(GivenBack, frozen=True, kw_only=True, tag="transfer.refunded", omit_defaults=True):
    """A sent transfer paid back to its sender under a grant; the fee is given back or kept by tariff."""

    transfer: str
    grant: str
    amount_qapik: int
    fee_returned_qapik: int
    receiver: str
