"""I-13, revaluations: each stands once, from its own cut, at its rate, and account 4065 is their sum.

Fed with the centre's whole book: what every deal did to its position and on which day, and the revaluations.
Out: the first that cannot be reckoned again from the same book (money-out.md MA-22).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Final

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.abroad.corridors import exact
from azpost_desk.domain.abroad.revaluation import Deal, about_of, chain_of, day_of, late, worth_qapik
from azpost_desk.domain.days import day_numbered
from azpost_desk.domain.folds import Broken, Fact, Fold

_POSITIONS: Final = (chart.POSITION, chart.POSITION_MANAT)


class Revaluations(Fold):
    """I-13: see the module."""

    id = "I-13"

    def __init__(self) -> None:
        super().__init__()
        self._deals: defaultdict[str, list[Deal]] = defaultdict(list)
        self._made: dict[tuple[str, str], ops.PositionRevalued] = {}
        self._booked: Counter[str] = Counter()

    def take(self, fact: Fact, body: ops.Body | None) -> None:
        for one in fact.postings:
            if one.account == chart.REVALUATION:
                self._booked[one.sub] += one.minor
        if isinstance(body, ops.PositionRevalued):
            if (body.date, body.currency) in self._made:
                self.verdict.fault(fact, f"{body.currency} is revalued twice to {body.date}")
            self._made.setdefault((body.date, body.currency), body)
            return
        moved = {one.sub: [0, 0] for one in fact.postings if one.account in _POSITIONS}
        for one in fact.postings:
            if one.account in _POSITIONS:
                moved[one.sub][_POSITIONS.index(one.account)] += one.minor
        for currency, (minor, qapik) in moved.items():
            self._deals[currency].append(
                Deal(
                    chain=chain_of(fact.desk, fact.epoch),
                    sequence=fact.sequence,
                    about=about_of(body),
                    day=day_of(body, day_numbered(fact.day)),
                    currency=currency,
                    minor=minor,
                    qapik=qapik,
                )
            )

    def end(self) -> None:
        gains: Counter[str] = Counter()
        days = sorted({(date, tuple(sorted(one.cut.items()))) for (date, _), one in self._made.items()})
        for (date, currency), one in sorted(self._made.items()):
            before = next(((day, dict(cut)) for day, cut in reversed(days) if day < date), None)
            if why := self._why_not(one, gains[currency], before):
                self._wrong(f"the revaluation of {currency} to {date}: {why}")
            gains[currency] += one.revalued_qapik - one.manat_qapik
        for currency in sorted(gains.keys() | self._booked.keys()):
            if self._booked[currency] != -gains[currency]:
                self._wrong(
                    f"revaluation {currency} is {self._booked[currency]}, its records come to"
                    f" {-gains[currency]}"
                )

    def _why_not(
        self, one: ops.PositionRevalued, gained_qapik: int, before: tuple[str, dict[str, int]] | None
    ) -> str:
        counted = [deal for deal in self._deals[one.currency] if deal.is_in(one.date, one.cut)]
        minor = sum(deal.minor for deal in counted)
        qapik = sum(deal.qapik for deal in counted) + gained_qapik
        if (one.position_minor, one.manat_qapik) != (minor, qapik):
            return f"it begins at {one.position_minor} and {one.manat_qapik}, the book at {minor} and {qapik}"
        worth = worth_qapik(minor, one.currency, exact(one.rate))
        if one.revalued_qapik != worth:
            return f"{one.revalued_qapik} stand for it, at its rate {worth}"
        named = {(deal.chain, deal.sequence) for deal in one.late}
        came = {(deal.chain, deal.sequence) for deal in late(counted, before)}
        return "" if named == came else "what came late is not what it lists"

    def _wrong(self, why: str) -> None:
        self.verdict.broken.append(Broken("*", 0, why))
