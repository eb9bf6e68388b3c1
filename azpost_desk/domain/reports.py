"""The figures of a desk's day, which two routines compute apart from each other, and how they are
compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable


class ServiceFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One service's row, qəpik. `in_qapik` / `out_qapik`: customers' money; `income_qapik`: the post's
    own, with VAT.
    """

    count: int = 0
    in_qapik: int = 0
    out_qapik: int = 0
    income_qapik: int = 0


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """What came in and went out of a place or by a tender, qəpik, both not negative."""

    count: int = 0
    in_qapik: int = 0
    out_qapik: int = 0


class Baskets(msgspec.Struct, frozen=True, kw_only=True):
    """Baskets by how they were paid, each counted once by each name that is true of it.

    Attributes:
        electronic: customers gave money, some of it or all by card or QR.
        no_cash: of these, those in which no cash went either way.
        cash_only: customers gave money, all of it cash.
        out: nothing was given, money went out: pay-outs, refunds, reversals.
    """

    electronic: int = 0
    no_cash: int = 0
    cash_only: int = 0
    out: int = 0


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """A desk's day in figures.

    Attributes:
        services: by service word (transfers, payments, express, goods).
        tenders: by tender kind; a basket that pays money out counts as out.
        till, safe: cash movements of the till and (at the desk that holds it) the safe.
        till_opening_qapik, till_closing_qapik: the till's balance before and after.
        surplus_qapik, shortage_qapik: differences posted at till closes and hand-overs.
        vat_qapik: VAT contained in sales.
        refunds_owed_qapik: refused bills that became a debt to customers this day.
        operations: lines sold or reversed.
        receipts: settlements.
        made_good_qapik: own money officers put in for shortages; the shortages themselves stay as they were.
        baskets: how the settlements were paid; a close of before, and one told by a slip, does not say.
    """

    services: dict[str, ServiceFigures]
    tenders: dict[str, Flow]
    till: Flow
    safe: Flow
    till_opening_qapik: int
    till_closing_qapik: int
    surplus_qapik: int
    shortage_qapik: int
    vat_qapik: int
    refunds_owed_qapik: int
    operations: int
    receipts: int
    made_good_qapik: int = 0
    # Not told is left out of the bytes: closes that were written before it stay what they are.
    baskets: Baskets | msgspec.UnsetType = msgspec.UNSET


def encode(figures: Figures) -> str:
    """As it stands in the closing record: JSON."""
    return msgspec.json.encode(figures, order="sorted").decode()


def decode(text: bytes | str) -> Figures:
    """The figures of a closing record.

    Raises:
        msgspec.DecodeError, msgspec.ValidationError: the text is no such value.
    """
    return msgspec.json.decode(text, type=Figures)


def differences(first: Figures, second: Figures) -> list[str]:
    """Names of the figures in which two routines disagree; empty = the report may be printed."""
    wrong = []
    for name in Figures.__struct_fields__:
        one, other = getattr(first, name), getattr(second, name)
        if msgspec.UNSET in (one, other):
            # Both routines always tell; a close of before is not blamed for what nobody asked of it.
            continue
        if isinstance(one, dict):
            wrong += [
                f"{name}.{key}" for key in sorted(one.keys() | other.keys()) if one.get(key) != other.get(key)
            ]
        elif one != other:
            wrong.append(name)
    return wrong


def together(parts: Iterable[Figures]) -> Figures:
    """The figures of several desks added up: the branch's day."""
    every = list(parts)

    def services(name: str) -> ServiceFigures:
        rows = [part.services[name] for part in every if name in part.services]
        return ServiceFigures(
            **{f: sum(getattr(row, f) for row in rows) for f in ServiceFigures.__struct_fields__}
        )

    def flow(rows: list[Flow]) -> Flow:
        return Flow(**{f: sum(getattr(row, f) for row in rows) for f in Flow.__struct_fields__})

    tenders = sorted({kind for part in every for kind in part.tenders})
    sums = {
        name: sum(getattr(part, name) for part in every)
        for name in Figures.__struct_fields__
        if name not in ("services", "tenders", "till", "safe", "baskets")
    }
    return Figures(
        services={
            name: services(name) for name in sorted({name for part in every for name in part.services})
        },
        tenders={
            kind: flow([part.tenders[kind] for part in every if kind in part.tenders]) for kind in tenders
        },
        till=flow([part.till for part in every]),
        safe=flow([part.safe for part in every]),
        baskets=baskets_together([part.baskets for part in every]),
        **sums,
    )


def baskets_together(parts: Iterable[Baskets | msgspec.UnsetType]) -> Baskets | msgspec.UnsetType:
    """The baskets of several desks added up; not known where one of them has not told."""
    every = list(parts)
    told = [one for one in every if isinstance(one, Baskets)]
    if len(told) < len(every):
        return msgspec.UNSET
    return Baskets(**{f: sum(getattr(one, f) for one in told) for f in Baskets.__struct_fields__})
