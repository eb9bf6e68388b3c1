"""A card pays a basket once, whatever the terminal does; what is unknown is asked and never becomes cash."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azpost_desk.devices.card_terminals import EcrTerminal
from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.people import ReceiverAbroad
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.rehearsal.terminals import FAULTS, SandboxTerminal
from azpost_desk.services.abroad import SendAbroad
from azpost_desk.services.baskets import Paid
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.payments import PayBill
from azpost_desk.services.views import CardStep
from tests.fakes.abroad import abroad_at
from tests.services.counters import (
    CARD_MS,
    CLERK,
    MANAGER,
    SENDER,
    SUPERVISOR,
    Stand,
    approval,
    ended,
    stand_at_work,
    with_terminal,
)
from tests.services.test_payments import with_values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from azpost_desk.rehearsal.terminals import Fault


@dataclass
class Till:
    """A desk with a terminal beside it."""

    stand: Stand
    terminal: SandboxTerminal

    def basket(self, stamps: int = 5) -> str:
        """Stamps for 60 qəpik each, and the basket's id."""
        return self.stand.desk.shop.sell(SellGoods("ST-60", stamps), CLERK).basket

    def tenders(self) -> list[tuple[str, int]]:
        bodies = [one for one in self.stand.bodies(ops.Settlement) if isinstance(one, ops.Settlement)]
        return [(one.tender, one.amount_qapik) for body in bodies for one in body.tenders]

    def claims(self) -> int:
        with self.stand.books.reading() as look:
            return look.balance(chart.CARD_RECEIVABLE).minor

    def step(self) -> CardStep:
        with self.stand.books.reading() as look:
            return look.card_steps()[0]


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with SandboxTerminal() as terminal:
        stand = with_terminal(stand_at_work(tmp_path / "desk"), terminal)
        yield Till(stand, terminal)
        ended(stand)


def test_an_approved_card_pays_the_basket_and_no_cash_moves(till: Till) -> None:
    before, basket = till.stand.till_qapik(), till.basket()
    paid = till.stand.desk.cards.purchase(CLERK, basket)
    assert isinstance(paid, Paid)
    assert till.tenders() == [("card", 300)]
    assert (till.stand.till_qapik(), till.claims()) == (before, 300)
    assert list(till.terminal.charged.values()) == [300]
    assert till.step().state == "settled"
    assert till.stand.desk.baskets.current() is None


def test_the_step_is_on_the_disk_before_the_terminal_hears_of_it(till: Till) -> None:
    """Kill the power while the customer types the PIN: the restarted desk knows what to ask about."""
    seen: list[str] = []
    real = till.stand.desk.counter.terminal
    assert real is not None

    class Watching:
        place = real.place

        def purchase(self, reference: str, amount_qapik: int) -> object:
            seen.append(till.step().step)
            return real.purchase(reference, amount_qapik)

    cards = replace(till.stand.desk.cards, counter=replace(till.stand.desk.counter, terminal=Watching()))
    cards.purchase(CLERK, till.basket())
    assert seen == list(till.terminal.asked)


def test_a_declined_card_leaves_the_basket_as_it_was(till: Till) -> None:
    till.terminal.plan(["decline"])
    basket = till.basket()
    with pytest.raises(Refused, match="K-001"):
        till.stand.desk.cards.purchase(CLERK, basket)
    assert till.tenders() == []
    assert till.stand.desk.baskets.current() is not None
    assert till.stand.pay(500).change == azn(200)
    assert till.tenders() == [("cash", 300)]


@pytest.mark.parametrize("fault", ["other_sum", "other_currency", "no_sum"])
def test_an_approval_of_another_sum_is_an_incident_and_never_a_tender(till: Till, fault: Fault) -> None:
    till.terminal.plan([fault])
    basket = till.basket()
    with pytest.raises(Refused, match="K-007"):
        till.stand.desk.cards.purchase(CLERK, basket)
    assert (till.tenders(), till.claims(), till.terminal.charged) == ([], 0, {})
    assert till.step().state == "reversed"
    (answered,) = till.stand.bodies(ops.CardAnswered)
    assert isinstance(answered, ops.CardAnswered)
    assert (answered.outcome, answered.reason) == ("unknown", "K-007")
    assert (answered.references.get("amount"), answered.references["currency"]) == {
        "other_sum": ("150", "944"),
        "other_currency": ("300", "840"),
        "no_sum": (None, "944"),
    }[fault]
    (case,) = till.stand.bodies(ops.CaseRaised)
    assert isinstance(case, ops.CaseRaised)
    assert case.about == till.step().step
    # The customer may pay again: by another card, or in cash.
    assert till.stand.pay(300).change == azn(0)
    assert till.tenders() == [("cash", 300)]


def test_another_sum_told_to_a_later_question_settles_nothing_either(till: Till) -> None:
    real = till.stand.desk.counter.terminal
    assert real is not None
    basket = till.basket()

    class Loses:
        """Charges half, and the first answer is lost."""

        place = real.place

        def __getattr__(self, name: str) -> object:
            return getattr(real, name)

        def purchase(self, reference: str, amount_qapik: int) -> object:
            real.purchase(reference, amount_qapik)
            raise Trouble("D-031", place=self.place)

    till.terminal.plan(["other_sum"])
    cards = replace(till.stand.desk.cards, counter=replace(till.stand.desk.counter, terminal=Loses()))
    with pytest.raises(Trouble, match="K-002"):
        cards.purchase(CLERK, basket)
    with pytest.raises(Refused, match="K-007"):
        cards.ask_again(CLERK, till.step().step)
    assert (till.tenders(), till.terminal.charged, till.step().state) == ([], {}, "reversed")


@pytest.mark.parametrize("fault", ["charge_silent", "garbage", "unknown", "other"])
def test_an_unknown_card_is_asked_and_then_settles(till: Till, fault: Fault) -> None:
    till.terminal.plan([fault])
    basket = till.basket()
    with pytest.raises(Trouble, match="K-002"):
        till.stand.desk.cards.purchase(CLERK, basket)
    for forbidden in (
        lambda: till.stand.pay(300),
        lambda: till.stand.desk.cards.purchase(CLERK, basket),
        lambda: till.basket(),
    ):
        with pytest.raises(Refused, match="B-050"):
            forbidden()
    assert till.tenders() == []
    paid = till.stand.desk.cards.ask_again(CLERK, till.step().step)
    assert isinstance(paid, Paid)
    assert till.tenders() == [("card", 300)]
    assert max(till.terminal.asked.values()) == 1


def test_a_purchase_the_terminal_never_heard_of_charges_nobody(till: Till) -> None:
    till.terminal.plan(["silent"])
    basket = till.basket()
    with pytest.raises(Trouble, match="K-002"):
        till.stand.desk.cards.purchase(CLERK, basket)
    with pytest.raises(Refused, match="K-001"):
        till.stand.desk.cards.ask_again(CLERK, till.step().step)
    assert till.terminal.charged == {}
    till.stand.pay(300)
    assert till.tenders() == [("cash", 300)]


def test_a_part_on_the_card_and_the_rest_in_cash(till: Till) -> None:
    basket = till.basket()
    step = till.stand.desk.cards.purchase(CLERK, basket, azn(200))
    assert isinstance(step, CardStep)
    assert (step.state, till.tenders()) == ("approved", [])
    with pytest.raises(Refused, match="B-010"):
        till.stand.pay(50)
    paid = till.stand.pay(200)
    assert paid.change == azn(100)
    assert till.tenders() == [("card", 200), ("cash", 100)]
    assert till.step().state == "settled"


def test_a_card_that_was_approved_gets_its_money_back_when_the_customer_leaves(till: Till) -> None:
    basket = till.basket()
    step = till.stand.desk.cards.purchase(CLERK, basket, azn(200))
    assert isinstance(step, CardStep)
    till.stand.desk.cards.give_back(CLERK, step.step, "customer")
    assert till.terminal.charged == {}
    assert till.step().state == "reversed"
    till.stand.pay(300)
    assert till.tenders() == [("cash", 300)]


def test_approved_but_sold_out_meanwhile_the_card_gets_it_back(till: Till) -> None:
    """Between question and answer the till was closed elsewhere: the customer must not pay for nothing."""
    basket = till.basket(100)
    real = till.stand.desk.counter.terminal
    assert real is not None

    class Slow:
        place = real.place

        def purchase(self, reference: str, amount_qapik: int) -> object:
            till.stand.desk.tills.stock(CLERK, "ST-60", -50, "N-2")
            return real.purchase(reference, amount_qapik)

        def reverse(self, reference: str) -> object:
            return real.reverse(reference)

    counter = replace(till.stand.desk.counter, terminal=Slow())
    with pytest.raises(Refused, match="B-031"):
        replace(till.stand.desk.cards, counter=counter).purchase(CLERK, basket)
    assert till.terminal.charged == {}
    assert (till.tenders(), till.step().state) == ([], "reversed")


def test_nobody_at_the_terminals_address_charges_nobody(till: Till) -> None:
    deaf = EcrTerminal("127.0.0.1", 1, CARD_MS, CARD_MS)
    cards = replace(till.stand.desk.cards, counter=replace(till.stand.desk.counter, terminal=deaf))
    with pytest.raises(Refused, match="K-001"):
        cards.purchase(CLERK, till.basket())
    till.stand.pay(300)


def test_a_pay_out_is_never_on_a_card_and_never_more_than_is_due(till: Till) -> None:
    basket = till.basket()
    for amount in (0, -5, 301):
        with pytest.raises(Refused, match="B-051"):
            till.stand.desk.cards.purchase(CLERK, basket, azn(amount))
    assert till.terminal.asked == {}


def test_the_report_counts_the_card_apart_by_both_routines(till: Till) -> None:
    till.stand.desk.cards.purchase(CLERK, till.basket(5))
    till.basket(2)
    till.stand.pay(120)
    report = till.stand.desk.reports.interim(MANAGER)
    assert report.differences == ()
    assert report.own_a.tenders["card"].in_qapik == 300
    assert report.own_a.tenders["cash"].in_qapik == 120


@settings(max_examples=25, deadline=None)
@given(
    faults=st.lists(st.sampled_from(FAULTS), min_size=1, max_size=4),
    amounts=st.lists(st.integers(1, 5), min_size=1, max_size=4),
)
def test_what_the_bank_took_is_what_the_books_say(
    tmp_path_factory: pytest.TempPathFactory, faults: list[Fault], amounts: list[int]
) -> None:
    """Goal: any mix of terminal faults ends with the bank's sum = the claim on the acquirer."""
    with SandboxTerminal() as terminal:
        stand = with_terminal(stand_at_work(tmp_path_factory.mktemp("card") / "desk"), terminal)
        till = Till(stand, terminal)
        terminal.plan(faults)
        for stamps in amounts:
            basket = till.basket(stamps)
            try:
                stand.desk.cards.purchase(CLERK, basket)
            except Trouble:
                try:
                    stand.desk.cards.ask_again(CLERK, stand.desk.cards.under_way()[0].step)
                except Refused:
                    stand.pay(stamps * 60)
            except Refused:
                stand.pay(stamps * 60)
        assert sum(terminal.charged.values()) == till.claims()
        assert sum(qapik for _, qapik in till.tenders()) == sum(amounts) * 60
        assert all(times == 1 for times in terminal.asked.values())
        ended(stand)


def undo(till: Till, receipt: str, line: int = 0, operation: str = "") -> Paid:
    with till.stand.books.reading() as look:
        entry = look.settlement(receipt)
        assert entry is not None
        body = entry.body
        assert isinstance(body, ops.Settlement)
        stored = look.paid_line(body.lines[line].operation)
    assert stored is not None
    reversal = operation or till.stand.desk.counter.new_id()
    return till.stand.desk.cards.reverse(CLERK, stored, reversal, "səhv", approval(reversal))


def test_what_a_card_paid_goes_back_to_the_card(till: Till) -> None:
    before = till.stand.till_qapik()
    paid = till.stand.desk.cards.purchase(CLERK, till.basket())
    assert isinstance(paid, Paid)
    undo(till, paid.receipt)
    assert till.tenders() == [("card", 300), ("card", -300)]
    assert (till.stand.till_qapik(), till.claims()) == (before, 0)
    assert list(till.terminal.charged.values()) == [0]


def test_the_card_gets_back_first_and_cash_last(till: Till) -> None:
    basket = till.basket(5)
    till.stand.desk.shop.sell(SellGoods("EN-C5", 1), CLERK)
    till.stand.desk.cards.purchase(CLERK, basket, azn(200))
    paid = till.stand.pay(10_000)
    taken = dict(till.tenders())
    undo(till, paid.receipt, 0)
    undo(till, paid.receipt, 1)
    assert till.tenders()[2:4] == [("card", -200), ("cash", -100)]
    assert sum(qapik for kind, qapik in till.tenders() if kind == "card") == 0
    assert sum(qapik for kind, qapik in till.tenders() if kind == "cash") == 0
    assert taken["card"] == 200


def test_a_line_paid_by_card_is_never_given_back_in_cash(till: Till) -> None:
    paid = till.stand.desk.cards.purchase(CLERK, till.basket())
    assert isinstance(paid, Paid)
    with till.stand.books.reading() as look:
        entry = look.settlement(paid.receipt)
        assert entry is not None
        assert isinstance(entry.body, ops.Settlement)
        stored = look.paid_line(entry.body.lines[0].operation)
    assert stored is not None
    with pytest.raises(Refused, match="B-025"):
        till.stand.desk.baskets.reverse(CLERK, stored, "op", "səhv", approval("op"))


@pytest.mark.parametrize("fault", ["decline", "silent"])
def test_when_the_terminal_gives_nothing_back_nothing_is_undone(till: Till, fault: Fault) -> None:
    paid = till.stand.desk.cards.purchase(CLERK, till.basket())
    assert isinstance(paid, Paid)
    till.terminal.plan([fault])
    with pytest.raises((Refused, Trouble)):
        undo(till, paid.receipt)
    assert till.tenders() == [("card", 300)]
    assert list(till.terminal.charged.values()) == [300]


@pytest.mark.parametrize("fault", ["other_sum", "other_currency", "no_sum"])
def test_another_sum_given_back_undoes_nothing_and_is_one_case(till: Till, fault: Fault) -> None:
    paid = till.stand.desk.cards.purchase(CLERK, till.basket())
    assert isinstance(paid, Paid)
    before = till.stand.till_qapik()
    till.terminal.plan([fault])
    # Asked again, the terminal says the same: it is not told to give back a second time.
    for _ in range(2):
        with pytest.raises(Trouble, match="K-008") as told:
            undo(till, paid.receipt)
        assert told.value.facts["asked"] == azn(300)
    said = {"other_sum": "1.50", "other_currency": "3.00 (840)", "no_sum": "?"}
    assert told.value.facts["said"] == said[fault]
    assert (till.tenders(), till.stand.till_qapik(), till.claims()) == ([("card", 300)], before, 300)
    assert max(till.terminal.asked.values()) == 1
    (case,) = till.stand.bodies(ops.CaseRaised)
    assert isinstance(case, ops.CaseRaised)
    with till.stand.books.reading() as look:
        (given,) = [one for one in look.card_steps() if one.refunds]
    assert (case.about, given.state, given.reason) == (given.step, "unknown", "K-007")


def test_m0_7_an_approved_card_stands_though_the_line_is_gone_that_its_bill_needs(till: Till) -> None:
    """What perishes is looked at when the tender is asked: an approved card is never undone for it."""
    desk = till.stand.desk
    with_values(till.stand, check=None)
    basket = desk.payments.pay(PayBill("0101", "12345679", azn(1_000)), CLERK).basket
    till.terminal.plan(["charge_silent"])
    with pytest.raises(Trouble, match="K-002"):
        desk.cards.purchase(CLERK, basket)
    till.stand.line.online = False
    paid = desk.cards.ask_again(CLERK, till.step().step)
    assert isinstance(paid, Paid)
    [(tender, qapik)] = till.tenders()
    assert (tender, list(till.terminal.charged.values())) == ("card", [qapik])
    # Nobody new is taken so.
    with pytest.raises(Refused, match="P-005"):
        desk.payments.pay(PayBill("0101", "12345679", azn(1_000)), CLERK)


def test_a_lost_answer_to_a_refund_is_asked_and_not_refunded_twice(till: Till) -> None:
    paid = till.stand.desk.cards.purchase(CLERK, till.basket())
    assert isinstance(paid, Paid)
    till.terminal.plan(["charge_silent"])
    with pytest.raises(Trouble, match="K-002"):
        undo(till, paid.receipt, operation="first")
    assert till.tenders() == [("card", 300)]
    undo(till, paid.receipt, operation="second")
    assert till.tenders() == [("card", 300), ("card", -300)]
    assert list(till.terminal.charged.values()) == [0]
    assert max(till.terminal.asked.values()) == 1


def test_a_basket_whose_card_is_unknown_waits_in_the_tray_and_is_paid_once(till: Till) -> None:
    """The next customer starts at once; the terminal is asked meanwhile, and nothing is settled by itself."""
    desk, basket = till.stand.desk, till.basket()
    till.terminal.plan(["charge_silent"])
    with pytest.raises(Trouble, match="K-002"):
        desk.cards.purchase(CLERK, basket)
    step = till.step().step
    desk.parking.park(CLERK, basket)
    assert [one.waits for one in desk.parking.tray()] == ["card"]
    assert [(one.sort, one.state) for one in desk.recovery.unfinished()] == [("card", "card_unknown")]
    with pytest.raises(Refused, match="B-050"):
        desk.parking.hand_over(SUPERVISOR, basket, None)
    till.basket(1)
    till.stand.pay(60)
    desk.cards.ask_again(CLERK, step)
    assert [one.state for one in desk.recovery.unfinished()] == ["card_approved"]
    assert len(till.tenders()) == 1
    desk.parking.resume(CLERK, basket)
    till.stand.pay(0)
    assert till.tenders() == [("cash", 60), ("card", 300)]
    assert desk.recovery.unfinished() == []


@pytest.mark.parametrize(
    ("tenders", "ways", "reason"),
    [
        (("cash", "qr"), {"card": False, "part": False, "cash": True}, "cash"),
        (("card",), {"cash": False, "part": False, "card": True}, "card"),
        (("qr",), {"cash": False, "card": False}, "qr"),
        (("cash", "card"), {"part": True}, ""),
    ],
)
def test_money_abroad_is_paid_with_what_its_corridor_names(
    till: Till, tenders: tuple[str, ...], ways: dict[str, bool], reason: str
) -> None:
    """MA-19: refused before the terminal is asked; a part by card leaves a rest, which is cash."""
    abroad_at(till.stand).more = {"tenders": tenders}
    desk = till.stand.desk
    quote = desk.abroad.quote("GE-CASH", "arrives", Money(50_000, "GEL"), CLERK)
    nino = ReceiverAbroad(name="Nino Beridze", latin="Beridze Nino", country="GE", town="Tbilisi")
    command = SendAbroad(quote, SENDER, "Aliyev Vugar", nino, "FAMI", "keys", "Sumgait", "Nizami 5")
    basket = desk.abroad.send(command, CLERK).basket
    due = azn(quote.terms.total_qapik)
    pays: dict[str, Callable[[], object]] = {
        "cash": lambda: desk.baskets.pay(CLERK, basket, due),
        "card": lambda: desk.cards.purchase(CLERK, basket),
        "part": lambda: desk.cards.purchase(CLERK, basket, azn(10_000)),
    }
    for way, may in ways.items():
        if may:
            pays[way]()
            continue
        with pytest.raises(Refused, match="B-052") as refused:
            pays[way]()
        assert (refused.value.facts["reason"], till.terminal.charged) == (reason, {}), way
