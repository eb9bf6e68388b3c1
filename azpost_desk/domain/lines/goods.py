"""The line of goods: what was sold, gross."""

from __future__ import annotations

from azpost_desk.domain.lines.base import Line


class GoodsSold(Line, frozen=True, tag="goods.sold"):
    """Stamps, envelopes, forms, packing. `vat_qapik` is contained in `amount_qapik`."""

    sku: str
    quantity: int
    price_qapik: int
    amount_qapik: int
    vat_qapik: int
    tariff: str
