"""Posting rules of money over the border in the centre's book; every deal balances in each currency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from azpost_desk.domain import accounts as chart
from azpost_desk.domain.abroad.corridors import BY_US
from azpost_desk.domain.ledger import Posting, negated
from azpost_desk.domain.money import Money
from azpost_desk.domain.products.base import pair

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.domain.operations_abroad import (
        AbroadDealt,
        AbroadReclaimed,
        AbroadReturned,
        AbroadSettled,
        AbroadTakenBack,
        AbroadUnclaimed,
        PartnerCommissioned,
        PartnerFunded,
        PositionRevalued,
    )


def _dealt(_desk: str, operation: str, body: AbroadDealt | AbroadTakenBack) -> list[Posting]:
    foreign = Money(body.arrives_minor, body.currency)
    return [
        Posting(operation, chart.ABROAD_PAYABLE, "", Money(body.amount_qapik)),
        Posting(operation, chart.POSITION_MANAT, body.currency, Money(-body.base_qapik)),
        Posting(operation, chart.TRADING, body.currency, Money(body.base_qapik - body.amount_qapik)),
        Posting(operation, chart.POSITION, body.currency, foreign),
        Posting(operation, chart.ABROAD_DUE, body.partner, -foreign),
    ]


def _taken_back(desk: str, operation: str, body: AbroadTakenBack) -> list[Posting]:
    return negated(_dealt(desk, operation, body), operation)


def _settled(_desk: str, operation: str, body: AbroadSettled) -> list[Posting]:
    foreign = Money(body.arrives_minor, body.currency)
    return [
        Posting(operation, chart.ABROAD_DUE, body.partner, foreign),
        Posting(operation, chart.PARTNER_TRANSIT, body.partner, -foreign),
    ]


def _returned(_desk: str, operation: str, body: AbroadReturned) -> list[Posting]:
    foreign = Money(body.returned_minor, body.currency)
    return [
        Posting(operation, chart.PARTNER_TRANSIT, body.partner, foreign),
        Posting(operation, chart.ABROAD_DUE, body.partner, -foreign),
    ]


def _unclaimed(_desk: str, operation: str, body: AbroadUnclaimed) -> list[Posting]:
    return pair(operation, (chart.ABROAD_PAYABLE, ""), (chart.UNCLAIMED, ""), body.amount_qapik)


def _reclaimed(_desk: str, operation: str, body: AbroadReclaimed) -> list[Posting]:
    return pair(operation, (chart.UNCLAIMED, ""), (chart.ABROAD_PAYABLE, ""), body.amount_qapik)


def _funded(_desk: str, operation: str, body: PartnerFunded) -> list[Posting]:
    foreign = Money(body.funded_minor, body.currency)
    return [
        Posting(operation, chart.PARTNER, body.partner, foreign),
        Posting(operation, chart.POSITION, body.currency, -foreign),
        Posting(operation, chart.POSITION_MANAT, body.currency, Money(body.paid_qapik)),
        Posting(operation, chart.HEADQUARTERS, "", Money(-body.paid_qapik)),
    ]


def _commissioned(_desk: str, operation: str, body: PartnerCommissioned) -> list[Posting]:
    owed = Money(-body.commission_minor if body.undone else body.commission_minor, body.currency)
    takes, gives = (
        (chart.COMMISSION_COST, chart.COMMISSION_DUE)
        if body.paid_by == BY_US
        else (chart.COMMISSION_CLAIM, chart.COMMISSION_EARNED)
    )
    return [
        Posting(operation, takes, body.partner, owed),
        Posting(operation, gives, body.partner, -owed),
    ]


def _revalued(_desk: str, operation: str, body: PositionRevalued) -> list[Posting]:
    difference = Money(body.revalued_qapik - body.manat_qapik)
    return [
        Posting(operation, chart.POSITION_MANAT, body.currency, difference),
        Posting(operation, chart.REVALUATION, body.currency, -difference),
    ]


RULES: Final[dict[tuple[str, int], Callable[[str, str, Any], list[Posting]]]] = {
    ("abroad.dealt", 1): _dealt,
    ("abroad.taken_back", 1): _taken_back,
    ("abroad.settled", 1): _settled,
    ("abroad.returned", 1): _returned,
    ("abroad.unclaimed", 1): _unclaimed,
    ("abroad.reclaimed", 1): _reclaimed,
    ("partner.funded", 1): _funded,
    ("partner.commissioned", 1): _commissioned,
    ("position.revalued", 1): _revalued,
}
