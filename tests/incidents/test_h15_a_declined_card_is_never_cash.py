"""H-15: a declined card was settled to cash."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from azpost_desk.devices.card_terminals import EcrTerminal
from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.rehearsal.terminals import FAULTS, SandboxTerminal
from azpost_desk.services.baskets import Paid
from azpost_desk.services.desk import desk_services
from azpost_desk.services.goods import SellGoods
from tests.services.counters import CLERK, PlainHasher, Stand, press

if TYPE_CHECKING:
    from azpost_desk.rehearsal.terminals import Fault


def at_the_terminal(stand: Stand, terminal: SandboxTerminal) -> None:
    part = EcrTerminal(*terminal.address, purchase_ms=300, query_ms=300)
    stand.desk = desk_services(replace(stand.desk.counter, terminal=part), PlainHasher(), press)


def cash(stand: Stand) -> list[int]:
    """Cash tenders in the journal."""
    return [
        tender.amount_qapik
        for body in stand.bodies(ops.Settlement)
        if isinstance(body, ops.Settlement)
        for tender in body.tenders
        if tender.tender == "cash"
    ]


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_the_terminal_says_no_cash_row_is_written(stand: Stand, fault: Fault) -> None:
    """Decline, silence, garbage, another payment's answer: the tender never changes by itself."""
    with SandboxTerminal() as terminal:
        at_the_terminal(stand, terminal)
        terminal.plan([fault])
        drawer = stand.till_qapik()
        basket = stand.desk.shop.sell(SellGoods("ST-60", 5), CLERK).basket
        said = ""
        try:
            assert isinstance(stand.desk.cards.purchase(CLERK, basket), Paid)
        except (Refused, Trouble) as no:
            said = no.code
        others = dict.fromkeys(("other_sum", "other_currency", "no_sum"), "K-007")
        assert said == {"approve": "", "decline": "K-001", **others}.get(fault, "K-002")
        assert cash(stand) == []
        assert stand.till_qapik() == drawer


def test_unknown_is_asked_before_anything_else_even_after_a_restart(stand: Stand) -> None:
    with SandboxTerminal() as terminal:
        at_the_terminal(stand, terminal)
        terminal.plan(["charge_silent"])
        basket = stand.desk.shop.sell(SellGoods("ST-60", 5), CLERK).basket
        with pytest.raises(Trouble, match="K-002"):
            stand.desk.cards.purchase(CLERK, basket)
        assert stand.books.rebuild() == []
        with pytest.raises(Refused, match="B-050"):
            stand.pay(300)
        (step,) = stand.desk.cards.under_way()
        assert step.state == "unknown"
        stand.desk.cards.ask_again(CLERK, step.step)
        assert cash(stand) == []
        assert terminal.asked == {step.step: 1}
