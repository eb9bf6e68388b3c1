"""Operations by name, for tests that play many: each does one thing, or is refused and changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from azpost_desk.domain import baskets
from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.operations_disputes import Evidence
from azpost_desk.domain.people import Account, Addresses, Parties, Person, Words
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol import news as tidings
from azpost_desk.protocol.records import Attachment
from tests.storage.desks import Ids, acknowledge, grant, piece

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from azpost_desk.storage.books import DeskBooks
    from azpost_desk.storage.writing import BookWriting
    from tests.storage.desks import FakeClock

SENDER = Person(name="Əliyev Vüqar Rauf oğlu", fin="5XYZ123", document="AA1234567", phone="+994501112233")
RECEIVER = Person(name="Həsənova Leyla", phone="+994551112233")


@dataclass
class Player:
    """A desk at work."""

    books: DeskBooks
    clock: FakeClock
    date: int = 1
    new_id: Ids = field(init=False)
    sold: list[tuple[ops.AnyLine, str]] = field(default_factory=list)
    granted: list[tuple[str, str]] = field(default_factory=list)
    disputed: list[str] = field(default_factory=list)
    news_at: int = 100

    def __post_init__(self) -> None:
        self.new_id = Ids(self.clock)

    def play(self, name: str) -> bool:
        """Do one thing by the name of its method; False when the books refused it."""
        self.clock.pass_ms(1_000)
        act: Callable[[], None] = getattr(self, name)
        try:
            act()
        except Refused:
            return False
        return True

    # --- day and till -------------------------------------------------------------------------------

    def open_day(self) -> None:
        self._append(ops.DayOpened(date=f"2026-12-{self.date:02}"), "1001")
        self.date += 1

    def close_day(self) -> None:
        with self.books.reading() as books:
            day, cash = books.day(), books.till().balance.minor
        closed = ops.DayClosed(date=day.date, report="", figures="", operations=0, cash_qapik=cash)
        self._append(closed, "1001")

    def open_till(self) -> None:
        with self.books.writing() as books:
            till = books.till()
            opened = ops.TillOpened(till=till.till, holder="1002", balance_qapik=till.balance.minor)
            books.append(opened, actor="1002", operation=self.new_id())

    def close_till(self) -> None:
        """Counted with five qəpik too many."""
        with self.books.writing() as books:
            till = books.till()
            expected = till.balance.minor
            counted = max(expected + 5, 0)
            body = ops.TillClosed(
                till=till.till,
                holder="1002",
                pieces={"1": counted},
                counted_qapik=counted,
                expected_qapik=expected,
                difference_qapik=counted - expected,
            )
            books.append(body, actor="1002", operation=self.new_id())

    def supply(self) -> None:
        self._append(ops.SafeSupplied(document="Q", pieces={"1000": 50}, amount_qapik=50_000), "1001")

    def to_till(self) -> None:
        body = ops.CashMoved(
            direction="to_till", purpose="float", till="2002-1", pieces={"1000": 20}, amount_qapik=20_000
        )
        self._append(body, "1002")

    def issue_remittance(self) -> None:
        body = ops.RemittanceIssued(
            remittance=self.new_id(),
            from_place="safe",
            to_desk="2002-2",
            pieces={"1000": 1},
            amount_qapik=1_000,
        )
        self._append(body, "1001")

    def stock(self) -> None:
        self._append(ops.GoodsStocked(till="2002-1", sku="ST-60", quantity=10), "1002")

    # --- cash in the branch -------------------------------------------------------------------------

    def hand_over_till(self) -> None:
        """From one officer to another: two qəpik too few."""
        with self.books.writing() as books:
            till = books.till()
            taker = "1003" if till.holder == "1002" else "1002"
            counted = max(till.balance.minor - 2, 0)
            body = ops.TillHandedOver(
                till=till.till, holder=till.holder, taker=taker, pieces={"1": counted},
                counted_qapik=counted, expected_qapik=till.balance.minor,
                difference_qapik=counted - till.balance.minor, approved_by=taker,
            )  # fmt: skip
            books.append(body, actor="1002", operation=self.new_id())

    def surprise_count(self) -> None:
        with self.books.writing() as books:
            till = books.till()
            body = ops.TillCounted(
                till=till.till, holder=till.holder, pieces={}, counted_qapik=0,
                expected_qapik=till.balance.minor, difference_qapik=-till.balance.minor,
            )  # fmt: skip
            books.append(body, actor="1004", operation=self.new_id())

    def count_aside(self) -> None:
        body = ops.CountSetAside(till="2002-1", holder="1002", pieces={"1": 1}, counted_qapik=1)
        self._append(body, "1002")

    def make_good(self) -> None:
        """One qəpik of the newest shortage, if there is any."""
        with self.books.writing() as books:
            lacking = [one for one in books.counts(("closed", "handed_over")) if one.missing]
            if lacking:
                body = ops.DifferenceMadeGood(
                    close=lacking[0].operation, till="2002-1", officer="1002", pieces={"1": 1},
                    amount_qapik=1, cause="lost", words="", warning="w", approved_by="1004",
                )  # fmt: skip
                books.append(body, actor="1002", operation=self.new_id())

    def worn_apart(self) -> None:
        body = ops.CashMoved(
            direction="to_safe", purpose="worn", till="2002-1", pieces={"1000": 1}, amount_qapik=1_000
        )
        self._append(body, "1002")

    def suspect_note(self) -> None:
        self.news_at += 1
        body = ops.NoteSuspected(
            report=f"S-{self.news_at}", denomination_qapik=5_000, series="AB1234567", presenter=""
        )
        self._append(body, "1002")

    def seal_bag(self) -> None:
        self.news_at += 1
        with self.books.writing() as books:
            operation, sort = self.new_id(), "worn" if books.worn() else "cash"
            body = ops.BagSealed(
                bag=operation, number=f"PL-{self.news_at}", sort=sort, pieces={"1000": 1}, amount_qapik=1_000
            )
            books.append(body, actor="1001", operation=operation)

    def hand_over_bag(self) -> None:
        with self.books.writing() as books:
            waiting = books.bags(("sealed",))
            if waiting:
                body = ops.BagHandedOver(bag=waiting[0].bag, number=waiting[0].number, collector="")
                books.append(body, actor="1001", operation=self.new_id())

    def bag_news(self) -> None:
        told = tidings.BagNews(
            bag=f"b-{self.news_at}", number=f"PL-{self.news_at}-C", sort="cash", from_desk="",
            to_desk="2002-1", pieces={"1000": 3}, amount_qapik=3_000, at_ms=self.clock.utc_ms(),
        )  # fmt: skip
        self.tell("bag", told)

    def receive_bag(self) -> None:
        """Every second one by an act, with one note less."""
        with self.books.writing() as books:
            waiting = books.bags(("announced",))
            if not waiting:
                return
            bag, short = waiting[0], len(waiting[0].bag) % 2
            body: ops.Body = ops.BagReceived(
                bag=bag.bag, number=bag.number, pieces={"1000": 3}, amount_qapik=3_000
            )
            if short:
                body = ops.BagDiffered(
                    bag=bag.bag, number=bag.number, act="A", announced={"1000": 3}, announced_qapik=3_000,
                    pieces={"1000": 2}, amount_qapik=2_000, approved_by="1004",
                )  # fmt: skip
            books.append(body, actor="1001", operation=self.new_id())

    # --- sales --------------------------------------------------------------------------------------

    def sell_stamps(self) -> None:
        line = ops.GoodsSold(
            operation=self.new_id(),
            sku="ST-60",
            quantity=2,
            price_qapik=60,
            amount_qapik=120,
            vat_qapik=18,
            tariff="t",
        )
        self.pay([line])

    def take_bill(self) -> None:
        operation = self.new_id()
        number = Attachment(
            f"{operation}:account",
            bytes(16),
            msgspec.json.encode(Account(account=f"1234{len(self.sold):04}")),
        )
        line = ops.PaymentAccepted(
            operation=operation,
            biller="0101",
            service="power",
            amount_qapik=5_000,
            fee_qapik=50,
            tariff="t",
            account=number.commitment(),
            told="",
        )
        self.pay([line], [number])

    def send_transfer(self) -> None:
        operation = self.new_id()
        with self.books.writing() as books:
            parties = Parties(code=books.take_transfer_code(operation), sender=SENDER, receiver=RECEIVER)
            group = Attachment(f"{operation}:parties", bytes(16), msgspec.json.encode(parties))
            line = ops.TransferSent(
                operation=operation,
                transfer=operation,
                amount_qapik=10_000,
                fee_qapik=100,
                tariff="t",
                office=None,
                purpose="family",
                parties=group.commitment(),
                offline=True,
                told="",
            )
            self._settle(books, [line], [group])

    def accept_item(self) -> None:
        operation = self.new_id()
        with self.books.writing() as books:
            group = Attachment(
                f"{operation}:addresses",
                bytes(16),
                msgspec.json.encode(Addresses(sender=SENDER, addressee=RECEIVER)),
            )
            line = ops.ItemAccepted(
                operation=operation,
                number=books.take_item_number(operation),
                service="ems",
                weight_grams=400,
                amount_qapik=500,
                vat_qapik=76,
                tariff="t",
                postcode="AZ1000",
                addresses=group.commitment(),
            )
            self._settle(books, [line], [group])

    def reverse_last(self) -> None:
        if self.sold:
            line, receipt = self.sold[-1]
            self.pay([baskets.reverse(line, self.new_id(), receipt, "wrong", "1004")])

    # --- disputes -----------------------------------------------------------------------------------

    def raise_dispute(self) -> None:
        operation = self.new_id()
        said = Attachment(f"{operation}:words", bytes(16), msgspec.json.encode(Words(words="Düz deyil")))
        with self.books.writing() as books:
            epoch, sequence, head = books.head()
            body = ops.DisputeRaised(
                dispute=books.next_dispute(),
                figure="report.closing",
                about="2026-12-01",
                date="2026-12-01",
                value=1,
                unit="qapik",
                words=said.commitment(),
                due="2026-12-11",
                evidence=Evidence(
                    epoch=epoch,
                    sequence=sequence,
                    head=head,
                    records=(),
                    day_records=0,
                    day_digest="",
                    report="",
                    software="test",
                    online=False,
                    line_since_ms=0,
                    waiting=0,
                    clock_off_ms=0,
                ),
            )
            books.append(body, actor="1002", operation=operation, attachments=[said])
        self.disputed.append(body.dispute)

    def dispute_answered(self) -> None:
        if self.disputed:
            told = tidings.DisputeAnswer(
                dispute=self.disputed[-1], answer="partly", words="Baxdıq", by="M", at_ms=self.clock.utc_ms()
            )
            self.tell("dispute.answer", told)

    def escalate_dispute(self) -> None:
        if self.disputed:
            body = ops.DisputeEscalated(
                dispute=self.disputed[-1], reason="answer", words="", due="2026-12-21"
            )
            self._append(body, "1002")

    def close_dispute(self) -> None:
        if self.disputed:
            body = ops.DisputeClosed(dispute=self.disputed[-1], outcome="settled", words="")
            self._append(body, "1002")

    def supplement(self) -> None:
        self._append(
            ops.ReportSupplemented(date="2026-12-01", number=self.date, report="", matters=()), "1001"
        )

    # --- grants -------------------------------------------------------------------------------------

    def take_grant(self) -> None:
        transfer, grant_id = self.new_id(), self.new_id()
        signed = grant(self.books, transfer, "pay", 7_000, grant_id)
        operation = self.new_id()
        shown = msgspec.json.encode(Parties(code="1234567895", sender=SENDER, receiver=RECEIVER))
        body = ops.GrantStored(
            grant=grant_id,
            thing=transfer,
            purpose="pay",
            words=signed.words.hex(),
            signature=signed.signature.hex(),
        )
        with self.books.writing() as books:
            books.append(
                body,
                actor="1002",
                operation=operation,
                attachments=[Attachment(f"{operation}:parties", bytes(16), shown)],
            )
        self.granted.append((grant_id, transfer))

    def pay_out(self) -> None:
        if not self.granted:
            return
        grant_id, transfer = self.granted[-1]
        operation = self.new_id()
        receiver = Attachment(f"{operation}:receiver", bytes(16), msgspec.json.encode(RECEIVER))
        line = ops.TransferPaid(
            operation=operation,
            transfer=transfer,
            grant=grant_id,
            amount_qapik=7_000,
            receiver=receiver.commitment(),
        )
        self.pay([line], [receiver])

    def release_grant(self) -> None:
        if self.granted:
            grant_id, transfer = self.granted[-1]
            self._append(ops.GrantReleased(grant=grant_id, thing=transfer, reason="void"), "1002")

    # --- scans, news, the line ----------------------------------------------------------------------

    def scan(self) -> None:
        self._append(ops.ItemScanned(number="EE000100007AZ", event="EMD", office="2002"), "1003")

    def bill_refused(self) -> None:
        bills = [line for line, _ in self.sold if isinstance(line, ops.PaymentAccepted)]
        if bills:
            told = tidings.PaymentResult(
                payment=bills[-1].operation,
                biller="0101",
                outcome="refused",
                provider_reference="",
                reason="no such account",
                at_ms=self.clock.utc_ms(),
            )
            self.tell("payment.result", told)

    def item_news(self) -> None:
        told = tidings.ItemEvent(
            number="EE000100007AZ", event="EMC", office="1000", at_ms=self.clock.utc_ms()
        )
        self.tell("item.event", told)

    def transfer_news(self) -> None:
        sent = [line for line, _ in self.sold if isinstance(line, ops.TransferSent)]
        if sent:
            told = tidings.TransferEvent(
                transfer=sent[-1].transfer, state="paid", office="1000", at_ms=self.clock.utc_ms()
            )
            self.tell("transfer.event", told)

    def remittance_news(self) -> None:
        told = tidings.RemittanceNews(
            remittance=f"r-{self.news_at}",
            from_desk="2002-2",
            to_desk="2002-1",
            amount_qapik=2_000,
            pieces={"1000": 2},
            at_ms=self.clock.utc_ms(),
        )
        self.tell("remittance", told)

    def remittance_slip(self) -> None:
        body = ops.RemittanceAnnounced(
            remittance=self.new_id(),
            from_desk="2002-2",
            from_epoch=1,
            from_sequence=7,
            mark="0" * 10,
            pieces={"1000": 2},
            amount_qapik=2_000,
            at_ms=self.clock.utc_ms(),
            slip="AZM",
        )
        self._append(body, "1002")

    def close_slip(self) -> None:
        """Refused on a date whose close was read already."""
        body = ops.CloseAnnounced(
            desk="2002-2",
            number=2,
            epoch=1,
            sequence=9,
            hash="0" * 64,
            date=f"2026-11-{self.news_at % 28 + 1:02}",
            figures="{}",
            at_ms=self.clock.utc_ms(),
            slip="AZD",
        )
        self._append(body, "1001")

    def consent_by_telephone(self) -> None:
        """Asked for and given."""
        request, operation = self.new_id(), self.new_id()
        asked = ops.ApprovalAsked(
            operation=operation,
            subject="reversal",
            amount_qapik=100,
            asker="1002",
            way="centre_telephone",
            attempt=1,
            challenge="0" * 10,
        )
        given = ops.ApprovalGiven(
            request=request,
            operation=operation,
            approver="centre:C07",
            way="centre_telephone",
            evidence="0" * 8,
        )
        with self.books.writing() as books:
            books.append(asked, actor="1002", operation=request)
        self._append(given, "1002")

    def accept_remittance(self) -> None:
        with self.books.writing() as books:
            waiting = books.remittances(("announced",))
            if waiting:
                body = ops.RemittanceAccepted(
                    remittance=waiting[-1].remittance,
                    from_desk="2002-2",
                    to_place="safe",
                    pieces={"1000": 2},
                    amount_qapik=2_000,
                )
                books.append(body, actor="1001", operation=self.new_id())

    def clear_surplus(self) -> None:
        """The centre proposes to clear the five qəpik of a close, the branch takes it up."""
        self.news_at += 1
        told = tidings.CorrectionProposal(
            proposal=f"p-{self.news_at}",
            sort="surplus_cleared",
            amount_qapik=5,
            holder="1002",
            reason="counted again",
            evidence="",
            who="hq",
            at_ms=self.clock.utc_ms(),
        )
        self.tell("correction.proposal", told)
        body = ops.CorrectionAccepted(
            proposal=told.proposal, sort=told.sort, amount_qapik=told.amount_qapik, holder=told.holder
        )
        self._append(body, "1001")

    def ask_for_grant(self) -> None:
        """Somebody wants what is held here: it is kept."""
        if self.granted:
            grant_id, transfer = self.granted[-1]
            self.tell("grant.question", tidings.GrantQuestion(grant=grant_id, thing=transfer, at_ms=1))
            self._append(ops.GrantKept(grant=grant_id, thing=transfer, reason="customer_here"), "1002")

    def acknowledged(self) -> None:
        self.books.mark_offered(self.books.head()[1])
        acknowledge(self.books, self.clock.utc_ms())

    def tell(self, kind: str, told: tidings.Tidings) -> None:
        self.news_at += 1
        self.books.store_news([piece(self.news_at, kind, told)], 1)

    # --- steps --------------------------------------------------------------------------------------

    def pay(self, lines: Sequence[ops.AnyLine], attachments: Sequence[Attachment] = ()) -> None:
        with self.books.writing() as books:
            self._settle(books, lines, attachments)

    def _settle(
        self, books: BookWriting, lines: Sequence[ops.AnyLine], attachments: Sequence[Attachment] = ()
    ) -> None:
        due = baskets.to_pay(lines).minor
        receipt = books.next_receipt()
        body = baskets.settle(self.new_id(), receipt, lines, self.new_id(), azn(max(due, 0)), "az")
        books.append(body, actor="1002", operation=body.basket, attachments=attachments)
        self.sold += [(line, receipt) for line in lines if not isinstance(line, ops.LineReversed)]

    def _append(self, body: ops.Body, actor: str) -> None:
        with self.books.writing() as books:
            books.append(body, actor=actor, operation=self.new_id())


ACTS = sorted(
    name
    for name, value in vars(Player).items()
    if callable(value) and not name.startswith("_") and name not in ("play", "tell", "pay")
)
