"""Operations by name, for tests that play many: each does one thing, or is refused and changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from azpost_desk.domain import baskets
from azpost_desk.domain import operations as ops
from azpost_desk.domain.operations_disputes import Evidence
from azpost_desk.domain.people import Account, Addresses, Parties, Person, Words
from azpost_desk.protocol import news as tidings
from azpost_desk.protocol.records import Attachment
from tests.storage.desks import acknowledge, grant
from tests.storage.play_abroad import AbroadPlayer

SENDER = Person(name="Əliyev Vüqar Rauf oğlu", fin="5XYZ123", document="AA1234567", phone="+994501112233")
RECEIVER = Person(name="Həsənova Leyla", phone="+994551112233")


@dataclass
class Player(AbroadPlayer):
    """A desk at work."""

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
                number=books.take_item_number(operation, "EE"),
                service="ems",
                weight_grams=400,
                amount_qapik=500,
                vat_qapik=76,
                tariff="t",
                postcode="AZ1000",
                addresses=group.commitment(),
                label_back=True,
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

    def change_transfer(self) -> None:
        if not self.granted:
            return
        grant_id, transfer = self.granted[-1]
        operation = self.new_id()
        shown = msgspec.json.encode(Parties(code="", sender=SENDER, receiver=RECEIVER))
        parties = Attachment(f"{operation}:parties", bytes(16), shown)
        body = ops.TransferChanged(
            transfer=transfer, grant=grant_id, sort="receiver", parties=parties.commitment()
        )
        with self.books.writing() as books:
            books.append(body, actor="1002", operation=operation, attachments=[parties])

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

    def courier_round(self) -> None:
        """Two items out, one is delivered, of the other nothing is said; a second round is planned."""
        begun = self.new_id()
        with self.books.writing() as books:
            books.append(ops.RoundBegun(courier="1002"), actor="1002", operation=begun)
        numbers = ("EE000100024AZ", "EE000100038AZ")
        for number in numbers:
            self._append(ops.ItemScanned(number=number, event="EDG", office="2002", round=begun), "1002")
        self._append(ops.RoundSigned(round=begun, numbers=numbers, counted=2), "1002")
        delivered = ops.ItemScanned(number=numbers[0], event="EMI", office="2002", signed="paper")
        self._append(delivered, "1002")
        self._append(ops.RoundBegun(courier="1003"), "1003")

    def item_news(self) -> None:
        """One event as news told it before they named its record, and two as they do now."""
        now_ms = self.clock.utc_ms()
        old = tidings.ItemEvent(number="EE000100007AZ", event="EMC", office="1000", at_ms=now_ms)
        self.tell("item.event", old)
        for at, event in enumerate(("EMD", "EMF"), 1):
            self.tell("item.event", self._of_the_hub(event, at))

    def item_voided_news(self) -> None:
        """The first of those two is taken back, and one that was never heard of."""
        for at, event in ((1, "EMD"), (3, "EDB")):
            told = self._of_the_hub(event, at)
            self.tell("item.voided", tidings.ItemVoided(**msgspec.structs.asdict(told)))

    def stop_order_news(self) -> None:
        for order, state in (("o-1", "open"), ("o-2", "open"), ("o-2", "lifted"), ("o-2", "open")):
            told = tidings.ItemOrder(
                order=order, number="EE000100015AZ", kind="recall", state=state, at_ms=self.clock.utc_ms()
            )
            self.tell("item.order", told)

    def _of_the_hub(self, event: str, at: int) -> tidings.ItemEvent:
        return tidings.ItemEvent(
            number="EE000100015AZ",
            event=event,
            office="1000",
            at_ms=self.clock.utc_ms(),
            postcode="AZ2002",
            operation=f"hub-{at}",
            desk="1000-1",
            epoch=1,
            sequence=at,
        )

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

    def card_declined(self) -> None:
        step = self.new_id()
        asked = ops.CardAsked(basket="b", tender=self.new_id(), amount_qapik=300, terminal="T1")
        with self.books.writing() as books:
            books.append(asked, actor="1002", operation=step)
        self._append(ops.CardAnswered(step=step, outcome="declined", reason="limit"), "1002")

    def case_raised(self) -> None:
        self._append(ops.CaseRaised(case=f"C-{self.news_at}", reason="payout", about="0197"), "1002")

    def paper_signed(self) -> None:
        """The report of a day, by somebody whom the issuer named."""
        operation = self.new_id()
        signer = Attachment(f"{operation}:signer", bytes(16), msgspec.json.encode(Words(words="Əliyeva")))
        body = ops.PaperSigned(
            paper="report",
            key=f"2026-11-{self.news_at % 28 + 1:02}",
            number=1,
            before="0" * 64,
            signed="1" * 64,
            officer="1001",
            way="file",
            certificate="2" * 64,
            serial="1f",
            issuer="3" * 64,
            subject=signer.commitment(),
            at_ms=self.clock.utc_ms(),
        )
        with self.books.writing() as books:
            books.append(body, actor="1001", operation=operation, attachments=[signer])

    def key_news(self) -> None:
        told = tidings.DeskKey(
            desk="2002-2", epoch=self.news_at, public_key="ab" * 32, state="active", at_ms=self.clock.utc_ms()
        )
        self.tell("desk.key", told)

    def acknowledged(self) -> None:
        self.books.mark_offered(self.books.head()[1])
        acknowledge(self.books, self.clock.utc_ms())


ACTS = sorted(
    name
    for name in dir(Player)
    if callable(getattr(Player, name)) and not name.startswith("_") and name not in ("play", "tell", "pay")
)
