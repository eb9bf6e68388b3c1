"""What must have happened at a desk before a panel of the program has something to show."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import msgspec

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.people import Parties, ReceiverAbroad
from azpost_desk.protocol import news as tidings
from azpost_desk.rehearsal.terminals import SandboxTerminal
from azpost_desk.services.abroad import SendAbroad
from azpost_desk.services.cash_bags import Seal
from azpost_desk.services.disputes import Figure
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.irregularities import Report
from azpost_desk.services.mail_bags import CloseBag
from azpost_desk.services.transfers import ClaimTransfer, SendTransfer
from tests.fakes.abroad import abroad_at
from tests.fakes.line import PlayedTransfer
from tests.gui.screens.test_transfers import CODE
from tests.services.counters import CLERK, MANAGER, RECEIVER, SENDER, Stand, approval, press, with_terminal
from tests.services.test_giving_back import refused_bills
from tests.services.test_irregularities import PHOTO
from tests.services.test_mail_abroad import command as abroad_command
from tests.services.test_mail_abroad import told
from tests.services.test_preflight import Machine
from tests.services.test_supplements import bill_refused_after_the_close
from tests.storage.desks import DATE, acknowledge, piece

NUMBER: Final = "EE473124829AZ"
SIX_YEARS_MS: Final = 6 * 366 * 86_400_000


def nothing(stand: Stand) -> None:
    """The day and the till are open; more is not needed."""


def sold(stand: Stand) -> None:
    """Five stamps."""
    stand.desk.shop.sell(SellGoods("ST-60", 5), CLERK)
    stand.pay(300)


def sent(stand: Stand) -> None:
    """Two transfers of two people with the same family name."""
    twin = msgspec.structs.replace(SENDER, name="Əliyeva Nigar", fin="8XY7ABC", document="AA7777777")
    for sender in (SENDER, twin):
        stand.desk.transfers.send(SendTransfer(sender, RECEIVER, azn(5_000), "family"), CLERK)
        stand.pay(5_050)


def sent_abroad(stand: Stand) -> None:
    """A hundred lari are on their way to Tbilisi."""
    abroad_at(stand)
    quote = stand.desk.abroad.quote("GE-CASH", "arrives", Money(10_000, "GEL"), CLERK)
    receiver = ReceiverAbroad(name="Nino Beridze", latin="Beridze Nino", country="GE", town="Tbilisi")
    command = SendAbroad(quote, SENDER, "Aliyev Vugar", receiver, "FAMI", "keys", "Sumgait", "Nizami 5")
    stand.desk.abroad.send(command, CLERK)
    stand.pay(quote.terms.total_qapik)


def came_by_card(stand: Stand) -> None:
    """A bill paid by card was refused, and the terminal is gone: its refund stands in the basket."""
    alone = stand.desk
    with SandboxTerminal() as terminal:
        (bill,) = refused_bills(with_terminal(stand, terminal), 2_000, card=2_050)
    stand.desk = alone
    stand.desk.payments.refund(bill, CLERK)


def claimed(stand: Stand) -> None:
    """A transfer from elsewhere is held for its receiver."""
    parties = Parties(code=CODE, sender=SENDER, receiver=RECEIVER)
    stand.line.transfers[CODE] = PlayedTransfer("0197-elsewhere", 5_000, parties)
    stand.desk.transfers.claim(ClaimTransfer(CODE, azn(5_000), SENDER.name), CLERK)


def short(stand: Stand) -> None:
    """The till was counted 2.00 short, and is open again with 200.00."""
    qapik = stand.till_qapik() - 200
    stand.desk.tills.close(CLERK, {100: qapik // 100, 1: qapik % 100})
    stand.desk.tills.open(CLERK)
    _refill(stand)


def _refill(stand: Stand) -> None:
    over = stand.till_qapik() - 20_000
    if over > 0:
        stand.desk.tills.move(CLERK, "to_safe", "drop", {100: over // 100, 1: over % 100})
    elif over:
        stand.desk.tills.move(CLERK, "to_till", "supply", {100: -over // 100})


def announced(stand: Stand) -> None:
    """Cash and a bag are on their way here; another bag waits sealed."""
    at_ms = stand.clock.utc_ms()
    cash = tidings.RemittanceNews(
        remittance="r-1", from_desk="2002-2", to_desk="2002-1", amount_qapik=1_000, pieces={"1000": 1},
        at_ms=at_ms,
    )  # fmt: skip
    bag = tidings.BagNews(
        bag="b-1", number="PL-7", sort="cash", from_desk="", to_desk="2002-1", pieces={"1000": 1},
        amount_qapik=1_000, at_ms=at_ms,
    )  # fmt: skip
    stand.books.store_news([piece(900, "remittance", cash), piece(901, "bag", bag)], 1)
    stand.desk.bags.seal(MANAGER, Seal("PL-1", "cash", azn(10_000), {10_000: 1}))


def items_here(stand: Stand) -> None:
    """Two items whose numbers end in the same digits."""
    twin = next(
        number
        for number in (item_number("EE", serial) for serial in range(100_000, 800_000))
        if number[7:11] == NUMBER[7:11]
    )
    for at, number in enumerate((twin, NUMBER)):
        told = tidings.ItemEvent(number=number, event="EMD", office="1000", at_ms=stand.clock.utc_ms())
        stand.books.store_news([piece(902 + at, "item.event", told)], 1)


def bag_closed(stand: Stand) -> None:
    """A bag with one item is closed and waits for its driver."""
    bags = stand.desk.mail_bags
    bag = bags.begin("1000", CLERK)
    bags.put_in(bag.bag, NUMBER, CLERK)
    bags.close(bag.bag, CloseBag(1, 700, "S-1"), CLERK)


def irregular(stand: Stand) -> None:
    """A damaged item was reported, with a photo."""
    stand.desk.irregularities.report(Report(NUMBER, "damaged", "torn", PHOTO), CLERK)


def mail_abroad(stand: Stand) -> None:
    """An item for abroad was sold."""
    told(stand)
    stand.desk.post_abroad.accept(abroad_command(), CLERK)
    stand.pay(6_000)


def mailed_abroad(stand: Stand) -> str:
    """The number of the item for abroad."""
    [number] = [
        line.number
        for one in stand.bodies(ops.Settlement)
        if isinstance(one, ops.Settlement)
        for line in one.lines
        if isinstance(line, ops.ItemAccepted) and line.country
    ]
    return number


def disputed(stand: Stand) -> None:
    """The clerk disputes a figure of the day."""
    stand.desk.disputes.raise_dispute(CLERK, Figure("report.closing", DATE), "Bu rəqəm düz deyil.")


def asked_back(stand: Stand) -> None:
    """The centre asks for a grant that is held here."""
    claimed(stand)
    [held] = stand.desk.transfers.held()
    asked = tidings.GrantQuestion(grant=held.grant, thing="0197-elsewhere", at_ms=stand.clock.utc_ms())
    stand.books.store_news([piece(900, "grant.question", asked)], 1)


def proposed(stand: Stand) -> None:
    """The centre proposes a correction of a shortage."""
    short(stand)
    told = tidings.CorrectionProposal(
        proposal="p-1", sort="shortage_cleared", amount_qapik=200, holder=CLERK.officer, reason="kisə 17",
        evidence="", who="hq", at_ms=stand.clock.utc_ms(),
    )  # fmt: skip
    stand.books.store_news([piece(900, "correction.proposal", told)], 1)


def parked(stand: Stand) -> None:
    """One basket waits in the tray, another is in hand."""
    stand.desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    basket = stand.desk.baskets.current()
    assert basket is not None
    stand.desk.parking.park(CLERK, basket.basket)
    stand.desk.shop.sell(SellGoods("EN-C5", 1), CLERK)


def counted(stand: Stand) -> None:
    """The till is counted; the day may be closed."""
    sold(stand)
    stand.desk.tills.close(CLERK, {1: stand.till_qapik()})


def day_closed(stand: Stand) -> None:
    """The report of the day is stored."""
    counted(stand)
    stand.desk.reports.close_day(MANAGER, press)


def late(stand: Stand) -> None:
    """A bill of the closed day was refused after its report."""
    bill_refused_after_the_close(stand)


def red_morning(stand: Stand) -> None:
    """The next morning: the disk is full and the printer out of order."""
    day_closed(stand)
    stand.clock.pass_ms(86_400_000)
    machine = Machine(free=1, trouble="D-003")
    stand.desk = replace(stand.desk, preflight=replace(stand.desk.preflight, around=machine))


def outlived(stand: Stand) -> None:
    """Six years after a transfer that was undone; somebody looked at its sender."""
    desk = stand.desk
    basket = desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(10_000), "family", None), CLERK)
    stand.pay(20_000)
    with stand.books.reading() as books:
        line = books.paid_line(basket.lines[-1].line.operation)
    assert line is not None
    undoing = desk.counter.new_id()
    desk.baskets.reverse(CLERK, line, undoing, "Müştəri imtina etdi", approval(undoing))
    (customer,) = desk.customers.find("aliyev")
    desk.customers.view(customer, CLERK, "express.sender")
    stand.clock.pass_ms(SIX_YEARS_MS)
    stand.books.mark_offered(stand.records())
    acknowledge(stand.books, stand.clock.utc_ms())
