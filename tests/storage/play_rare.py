"""What seldom happens at a desk: consents that fail, cards given back, data erased, an old machine's tail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from azpost_desk.domain import baskets
from azpost_desk.domain import operations as ops
from azpost_desk.domain.ledger import digest
from azpost_desk.domain.lines import ChargePaid
from azpost_desk.domain.mail.bags import bag_number
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Addresses, Person, Words
from azpost_desk.domain.postings import postings
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol import news as tidings
from azpost_desk.protocol.messages import Sent
from azpost_desk.protocol.old_chains import OldRecord
from azpost_desk.protocol.records import Attachment, seal
from azpost_desk.services.counter import attach
from azpost_desk.services.erasure import erase
from azpost_desk.services.labels import LABELS
from azpost_desk.services.qr_views import QR
from tests.storage.desks import DESK_KEY
from tests.storage.play_cash import CashPlayer

if TYPE_CHECKING:
    from azpost_desk.storage.writing import BookWriting


_SENDER = Person(name="Əliyev Vüqar Rauf oğlu", fin="5XYZ123", document="AA1234567", phone="+994501112233")


@dataclass
class RarePlayer(CashPlayer):
    """A desk at work."""

    def scan_label(self) -> None:
        """The oldest label that waits is scanned back."""
        with self.books.reading() as books:
            waiting = books.of(LABELS).waiting_labels()
        if waiting:
            body = ops.LabelScanned(number=waiting[0].number, acceptance=waiting[0].acceptance)
            self._append(body, "1002")

    def report_irregularity(self) -> None:
        """An item is damaged: what was written and the photo lie beside the record."""
        operation = self.new_id()
        told = {"words": "torn", "photo": b"jpeg"}
        attached = [attach(operation, group, value) for group, value in told.items()]
        said = {one.slot.partition(":")[2]: one.commitment() for one in attached}
        body = ops.IrregularityReported(number="EE000100041AZ", kind="damaged", **said)
        with self.books.writing() as books:
            books.append(body, actor="1002", operation=operation, attachments=attached)

    def amend_declaration(self) -> None:
        """Another addressee of an item for abroad: both and the declaration lie beside the record."""
        operation = self.new_id()
        whose = Addresses(sender=_SENDER, addressee=Person(name="Yilmaz Ayse"), declared="{}")
        beside = attach(operation, "addresses", whose)
        body = ops.ItemDeclared(
            number="EE000100041AZ",
            acceptance=self.new_id(),
            version=2,
            supersedes=self.new_id(),
            addresses=beside.commitment(),
            form="CN23",
            copies=4,
        )
        with self.books.writing() as books:
            books.append(body, actor="1002", operation=operation, attachments=[beside])

    def pay_charge(self) -> None:
        """Cash on delivery is taken twice, and given back once: of another item it stays."""
        kept, undone = (
            ChargePaid(operation=self.new_id(), number=number, kind="cod", event="ema", amount_qapik=700)
            for number in ("EE000100041AZ", "EE000100055AZ")
        )
        self.pay([kept])
        self.pay([undone])
        self.reverse_last()

    def mail_bags(self) -> None:
        """One bag is closed, opened again and gone, of another nothing was put in, one is being filled."""
        gone, empty, filled = self.new_id(), self.new_id(), self.new_id()
        numbers = [f"{bag_number(4201, 1, serial)}" for serial in (1, 2, 3)]
        with self.books.writing() as books:
            for bag, number in zip((gone, empty, filled), numbers, strict=True):
                books.append(ops.MailBagBegun(number=number, to_office="1000"), actor="1002", operation=bag)
        for item, bag in (("EE000100041AZ", gone), ("EE000100055AZ", filled), ("EE000100069AZ", filled)):
            self._append(ops.ItemScanned(number=item, event="bagged", office="2002", bag=bag), "1002")
        out = ops.ItemScanned(number="EE000100055AZ", event="unbagged", office="2002", bag=filled)
        self._append(out, "1002")
        for version, label in ((1, f"S-{gone}-1"), (2, f"S-{gone}-2")):
            closed = ops.MailBagClosed(
                bag=gone, version=version, numbers=("EE000100041AZ",), counted=1, grams=900, seal=label
            )
            self._append(closed, "1002")
            if version == 1:
                self._append(ops.MailBagReopened(bag=gone, version=2, reason="seal broke"), "1002")
        self._append(ops.MailBagHandedOver(bag=gone, version=2), "1002")
        self._append(ops.MailBagGivenUp(bag=empty), "1002")
        coming = self._bag_to_come(bag_number(1, 1, 1))
        self.tell("mail.bag", coming)
        arrival, quicker = self.new_id(), self.new_id()
        with self.books.writing() as books:
            taken = ops.MailBagTaken(number=coming.number, bag=coming.bag, condition="resealed", seal="H-2")
            books.append(taken, actor="1002", operation=arrival)
            books.append(ops.MailBagTaken(number=bag_number(1, 1, 2)), actor="1002", operation=quicker)
        self._append(ops.MailBagOpened(arrival=arrival, approved_by="1004"), "1002")
        item, surplus = coming.numbers[0], "EE000100090AZ"
        for number in (item, surplus):
            self._append(ops.ItemScanned(number=number, event="EDD", office="2002", bag=arrival), "1002")
        ended = ops.MailBagEnded(
            arrival=arrival, found=(item, surplus), missing=coming.numbers[1:], surplus=(surplus,)
        )
        self._append(ended, "1002")

    def despatch_abroad(self) -> None:
        """A despatch is closed, opened again and leaves in two parts; another one's number is burnt."""
        despatch, burnt, one, two, three = (self.new_id() for _ in range(5))
        head = self.books.head()[1]
        names = [f"AZBAKATRISTAAEN6{(head + serial) % 9_999 + 1:04}" for serial in (0, 1)]
        labels = [f"{names[0]}00{n}{int(n == 2)}00009" for n in (1, 2)]
        steps: list[tuple[ops.Body, str]] = [
            (ops.DespatchBegun(s8=names[0], year=2026), despatch),
            (ops.DespatchBegun(s8=names[1], year=2026), burnt),
            (ops.DespatchCancelled(despatch=burnt, version=1), self.new_id()),
            *((ops.ReceptacleBegun(despatch=despatch, number=n), id_) for n, id_ in ((1, one), (2, two))),
            (ops.ReceptacleBegun(despatch=despatch, number=3), three),
            (ops.ReceptacleGivenUp(receptacle=three, version=1), self.new_id()),
        ]
        for body, operation in steps:
            with self.books.writing() as books:
                books.append(body, actor="1002", operation=operation)
        items = ("EE000100197AZ", "EE000100206AZ")
        for item, bag in zip(items, (one, two), strict=True):
            self._append(ops.ItemScanned(number=item, event="bagged", office="2002", bag=bag), "1002")
        for version in (1, 2):
            for at, (item, bag) in enumerate(zip(items, (one, two), strict=True)):
                if version == 1 or bag == one:
                    sealed = ops.ReceptacleClosed(
                        receptacle=bag, version=version, s9=labels[at], numbers=(item,), counted=1, grams=900,
                        seal=f"D-{head}-{at}-{version}",
                    )  # fmt: skip
                    self._append(sealed, "1002")
            if version == 1:
                said = ops.DespatchClosed(despatch=despatch, version=1, labels=tuple(labels))
                self._append(said, "1002")
                self._append(ops.DespatchReopened(despatch=despatch, version=2, reason="seal broke"), "1002")
                self._append(ops.ReceptacleReopened(receptacle=one, version=2, reason="seal broke"), "1002")
        self._append(ops.DespatchClosed(despatch=despatch, version=2, labels=tuple(labels)), "1002")
        for at in (0, 1):
            gone = ops.DespatchHandedOver(
                despatch=despatch, version=2, labels=(labels[at],), left_behind=tuple(labels[at + 1 :])
            )
            self._append(gone, "1002")
            left = ops.ItemScanned(number=items[at], event="EMC", office="2002", receptacle=labels[at])
            self._append(left, "1002")

    def _bag_to_come(self, number: str) -> tidings.MailBagNews:
        """Another office's bag is on its way here."""
        return tidings.MailBagNews(
            bag=self.new_id(), number=number, from_office="1000", to_office=self.books.identity().branch,
            state="gone", version=1, begun_ms=1, at_ms=self.clock.utc_ms(), grams=900, seal="H-1",
            numbers=("EE000100072AZ", "EE000100086AZ"),
        )  # fmt: skip

    def _asked_by_telephone(self) -> tuple[str, str]:
        """(request, operation) of a question to the centre."""
        request, operation = self.new_id(), self.new_id()
        asked = ops.ApprovalAsked(
            operation=operation, subject="reversal", amount_qapik=100, asker="1002",
            way="centre_telephone", attempt=1, challenge="0" * 10,
        )  # fmt: skip
        with self.books.writing() as books:
            books.append(asked, actor="1002", operation=request)
        return request, operation

    def refuse_consent(self) -> None:
        request, operation = self._asked_by_telephone()
        refused = ops.ApprovalRefused(
            request=request, operation=operation, approver="centre:C07", way="centre_telephone", reason="no"
        )
        self._append(refused, "1002")

    def lock_consent(self) -> None:
        request, operation = self._asked_by_telephone()
        self._append(ops.ApprovalLocked(request=request, operation=operation, wrong_responses=5), "1002")

    def card_given_back(self) -> None:
        """Approved, but its basket was not settled."""
        step = self.new_id()
        asked = ops.CardAsked(basket="b", tender=self.new_id(), amount_qapik=300, terminal="T1")
        with self.books.writing() as books:
            books.append(asked, actor="1002", operation=step)
        self._append(ops.CardAnswered(step=step, outcome="approved"), "1002")
        self._append(ops.CardReversed(step=step, outcome="reversed", why="left"), "1002")

    def _code_asked(self) -> str:
        """A request for money by code over two stamps; nobody knows more of it."""
        request = self.new_id()
        asked = ops.QrAsked(basket="b", tender=self.new_id(), amount_qapik=120, digest="0" * 64)
        with self.books.writing() as books:
            books.append(asked, actor="1002", operation=request)
        return request

    def code_given_up(self) -> None:
        """Paid, but its basket was not settled; another one was closed, and then paid all the same."""
        request = self._code_asked()
        self._append(ops.QrAnswered(request=request, outcome="paid", words="00", signature="00"), "1002")
        self._append(ops.QrGivenUp(request=request, why="left"), "1002")
        closed = self._code_asked()
        self._append(ops.QrAnswered(request=closed, outcome="closed", reason="expired"), "1002")
        self._append(ops.QrAnswered(request=closed, outcome="late"), "1002")
        self._append(ops.QrGivenUp(request=closed, why="left"), "1002")

    def code_settled(self) -> None:
        """A code pays two stamps; undone, its money goes back to the payer, and no cash leaves the till."""
        line = ops.GoodsSold(
            operation=self.new_id(), sku="ST-60", quantity=2, price_qapik=60, amount_qapik=120, vat_qapik=18,
            tariff="t",
        )  # fmt: skip
        request = self._code_asked()
        self._append(ops.QrAnswered(request=request, outcome="paid", words="00", signature="00"), "1002")
        with self.books.writing() as books:
            step = books.of(QR).step(request)
            assert step is not None
            sold = self._by_code(books, line, step.tender, 120)
        undone = baskets.reverse(line, self.new_id(), sold, "wrong", "1004")
        with self.books.writing() as books:
            back = ops.QrReturned(
                request=request, tender=self.new_id(), amount_qapik=120, undone=line.operation
            )
            books.append(back, actor="1002", operation=self.new_id())
            self._by_code(books, undone, back.tender, -120)

    def _by_code(self, books: BookWriting, line: ops.AnyLine, tender: str, qapik: int) -> str:
        """A settlement that a code pays, or gives back, whole; its receipt."""
        paid = ops.Tender(operation=tender, tender="qr", amount_qapik=qapik)
        receipt = books.next_receipt()
        body = baskets.settle(self.new_id(), receipt, [line], self.new_id(), azn(0), "az", paid)
        books.append(body, actor="1002", operation=body.basket)
        return receipt

    def decline_correction(self) -> None:
        self.news_at += 1
        told = tidings.CorrectionProposal(
            proposal=f"p-{self.news_at}", sort="surplus_cleared", amount_qapik=5, holder="1002",
            reason="counted again", evidence="", who="hq", at_ms=self.clock.utc_ms(),
        )  # fmt: skip
        self.tell("correction.proposal", told)
        operation = self.new_id()
        said = Attachment(f"{operation}:words", bytes(16), msgspec.json.encode(Words(words="Düz deyil")))
        body = ops.CorrectionDeclined(proposal=told.proposal, answer="declined", words=said.commitment())
        with self.books.writing() as books:
            books.append(body, actor="1001", operation=operation, attachments=[said])

    def erase_oldest(self) -> None:
        """One piece of personal data that the centre has acknowledged, if there is any."""
        with self.books.writing() as books:
            found = books.personal({"*": self.clock.utc_ms() + 1}, 1)
            erase(books, found, "1001", self.new_id)

    def pickup_code(self) -> None:
        """The centre tells a pick-up code, which is said wrongly once; one that it told before is void."""
        number, digest = "EE000100015AZ", "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA"
        office, at_ms = self.books.identity().branch, self.clock.utc_ms()
        for code, state in (("c1", "standing"), ("c2", "standing"), ("c1", "void")):
            told = tidings.ItemCode(
                number=number, code=code, office=office, state=state, at_ms=at_ms,
                hash=digest if state == "standing" else "",
            )  # fmt: skip
            self.tell("item.code", told)
        self._append(ops.ScanRefused(raw=number, event="EMI", reason="wrong_code", code="c2"), "1002")

    def late_tail(self) -> None:
        """The machine before this one went on by itself: one more record of its epoch comes to light."""
        epoch, last = self.books.identity().epoch - 1, None
        with self.books.reading() as look:
            for record, _ in look.records():
                last = record if record.header().epoch == epoch else last
        if last is None:
            raise Refused("X-011")
        operation, desk = self.new_id(), last.header().desk
        body = ops.SafeSupplied(document="Q", pieces={"1000": 1}, amount_qapik=1_000)
        posted = postings(desk, operation, "safe.supplied", 1, body)
        header = msgspec.structs.replace(
            last.header(), sequence=last.header().sequence + 1, operation=operation, kind="safe.supplied",
            actor="1001", actor_kind="officer", source="keys", recorded_ms=self.clock.utc_ms(),
            postings=digest(posted),
        )  # fmt: skip
        late = seal(header, ops.encode(body), last.hash)
        sent, signature = Sent(late.header_bytes, late.body), DESK_KEY.sign(late.hash)
        self.books.take_late([OldRecord(epoch, header.sequence, sent, last.hash, late.hash, signature)])
