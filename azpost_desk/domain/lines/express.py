"""The line of domestic express mail: an item accepted."""

from __future__ import annotations

from azpost_desk.domain.lines.base import Line


class ItemAccepted(Line, frozen=True, tag="item.accepted"):
    """An express item accepted. `addresses` commits to sender and addressee (an attachment)."""

    number: str
    service: str
    weight_grams: int
    amount_qapik: int
    vat_qapik: int
    tariff: str
    postcode: str
    addresses: str
