"""The line of phone cards: credit for a mobile number, sold as a code."""

from __future__ import annotations

from azpost_desk.domain.lines.base import Line


class PhonecardSold(Line, frozen=True, tag="phonecard.sold"):
    """Credit of `amount_qapik`. `serial` is the card's number; VAT is contained in the amount."""

    serial: str
    amount_qapik: int
    vat_qapik: int
    tariff: str
