"""A simulated desk: keeps a chain, signs, and speaks the protocol over a real socket; does as it is told."""

from __future__ import annotations

import gzip
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
import requests

from azpost_desk.central.storage.database import one
from azpost_desk.domain import baskets, ledger
from azpost_desk.domain import operations as ops
from azpost_desk.domain.ids import uuid7
from azpost_desk.domain.lines.express import PostedAbroad
from azpost_desk.domain.money import Money
from azpost_desk.domain.people import Account, Addresses, Parties, Person
from azpost_desk.domain.postings import postings
from azpost_desk.protocol import messages
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.protocol.records import FORMAT, GENESIS, Attachment, Header, Record, seal

if TYPE_CHECKING:
    from azpost_desk.central.app import Centre

SENDER = Person(name="Əliyev Vüqar Rauf oğlu", document="AA1234567")
RECEIVER = Person(name="Məmmədova Aygün Elçin qızı")


class ManualClock:
    """A clock that stands until it is set."""

    def __init__(self, now_ms: int = 1_795_000_000_000) -> None:
        self.now_ms = now_ms

    def utc_ms(self) -> int:
        return self.now_ms

    def monotonic_ms(self) -> int:
        return self.now_ms


@dataclass
class Kept:
    """A record as it goes on the wire."""

    record: Record
    sent: messages.Sent


@dataclass
class SimDesk:
    """One chain of one desk. `books` is its whole journal in order."""

    url: str
    clock: ManualClock
    key: SigningKey = field(default_factory=SigningKey.new)
    enrolled: messages.Enrolled | None = None
    books: list[Kept] = field(default_factory=list)
    acknowledged: int = 0
    ack: messages.Signed | None = None
    centre_epoch: int = 0
    news: list[messages.News] = field(default_factory=list)
    position: int = 0
    held: set[str] = field(default_factory=set)
    read_ms: int = 0
    receipts: int = 0
    day: int = 1

    # --- the line ---------------------------------------------------------------------------------------

    def post_bytes(
        self,
        path: str,
        body: bytes,
        *,
        key: SigningKey | None = None,
        desk: str | None = None,
        **headers: str,
    ) -> requests.Response:
        """Send bytes signed by `key` (this desk's own by default) as `desk`."""
        signature = (key or self.key).sign(messages.request_words(path, body)).hex()
        named = {"X-Azpost-Desk": self.chain() if desk is None else desk, "X-Azpost-Signature": signature}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.post(self.url + path, data=body, headers=named, timeout=30)

    def post(self, path: str, message: messages.Message) -> requests.Response:
        body = messages.pack(message)
        if len(body) > 1024:
            return self.post_bytes(path, gzip.compress(body, mtime=0), Content_Encoding="gzip")
        return self.post_bytes(path, body)

    def chain(self) -> str:
        return f"{self.enrolled.desk}/{self.enrolled.epoch}" if self.enrolled else ""

    def enrol(self, code: str) -> messages.Enrolled:
        message = messages.Enrol(version=1, code=code, public_key=self.key.public(), software="sim")
        response = self.post("/v1/enrol", message)
        response.raise_for_status()
        self.enrolled = messages.unpack(response.content, messages.Enrolled)
        self.centre_epoch = self.enrolled.centre_epoch
        if not self.books:
            previous = None
            if self.enrolled.previous_epoch:
                previous = ops.ChainHead(
                    desk=self.enrolled.desk,
                    epoch=self.enrolled.previous_epoch,
                    sequence=self.enrolled.previous_sequence,
                    hash=self.enrolled.previous_hash,
                )
            self.receipts = self.enrolled.receipt_next - 1
            self.day = self.enrolled.day_next
            self.append(
                ops.EpochOpened(
                    public_key=self.key.public(),
                    reason="enrolled",
                    software="sim",
                    receipt_series=self.enrolled.receipt_series,
                    previous=previous,
                )
            )
        return self.enrolled

    def batch(self, first: int | None = None, last: int | None = None) -> messages.Batch | None:
        """Records `first` to `last`: by default everything not acknowledged."""
        first = self.acknowledged + 1 if first is None else first
        records = self.books[first - 1 : len(self.books) if last is None else last]
        if not records:
            return None
        return messages.Batch(
            first=first,
            previous=records[0].record.previous,
            records=tuple(kept.sent for kept in records),
            signature=self.key.sign(records[-1].record.hash),
        )

    def ask(self, batch: messages.Batch | None) -> messages.Exchange:
        return messages.Exchange(
            version=1,
            centre_epoch=self.centre_epoch,
            news_after=self.position,
            clock_ms=self.clock.utc_ms(),
            head=len(self.books),
            held=tuple(sorted(self.held)),
            batch=batch,
            read_ms=self.read_ms,
        )

    def push(self, batch: messages.Batch | None) -> messages.Exchanged:
        """One exchange; its answer is heard but not acted on."""
        response = self.post("/v1/exchange", self.ask(batch))
        response.raise_for_status()
        return messages.unpack(response.content, messages.Exchanged)

    def exchange(self) -> messages.Exchanged:
        """One exchange as an honest desk does it."""
        answer = self.push(self.batch())
        self.read_ms = answer.time_ms
        if answer.ack is not None:
            self.ack = answer.ack
            self.acknowledged = max(self.acknowledged, messages.ack_of(answer.ack.words).sequence)
        if answer.expect <= self.acknowledged:
            self.acknowledged = answer.expect - 1
        if answer.centre_epoch != self.centre_epoch:
            self.centre_epoch, self.position = answer.centre_epoch, 0
        else:
            self.news += answer.news
            self.position = answer.news[-1].position if answer.news else self.position
        return answer

    def told(self, kind: str) -> list[Any]:
        """Payloads of the news of a kind heard so far."""
        return [msgspec.json.decode(piece.payload) for piece in self.news if piece.kind == kind]

    def claim(
        self,
        code: str,
        amount_qapik: int,
        sender: str,
        *,
        request: str = "",
        purpose: str = "pay",
        transfer: str = "",
    ) -> messages.TransferClaimed:
        question = messages.TransferClaim(
            request=request or self.new_id(),
            purpose=purpose,
            code=code,
            amount_qapik=amount_qapik,
            sender=sender,
            transfer=transfer,
        )
        response = self.post("/v1/transfers/claim", question)
        response.raise_for_status()
        return messages.unpack(response.content, messages.TransferClaimed)

    # --- the journal ------------------------------------------------------------------------------------

    def new_id(self) -> str:
        return str(uuid7(self.clock.utc_ms(), os.urandom(10)))

    def append(
        self,
        body: ops.Body,
        attachments: tuple[Attachment, ...] = (),
        *,
        operation: str = "",
        recorded_ms: int | None = None,
        **changed: Any,
    ) -> Record:
        """Write a record; `changed` header fields make it a wrong one."""
        assert self.enrolled is not None
        kind, version = ops.kind_of(body)
        operation = operation or self.new_id()
        header = Header(
            format=FORMAT,
            desk=self.enrolled.desk,
            epoch=self.enrolled.epoch,
            sequence=len(self.books) + 1,
            operation=operation,
            kind=kind,
            version=version,
            day=self.day,
            actor="officer-1",
            actor_kind="officer",
            source="keys",
            recorded_ms=self.clock.utc_ms() if recorded_ms is None else recorded_ms,
            acknowledged=messages.ack_digest(self.ack) if self.ack else "",
            postings=ledger.digest(postings(self.enrolled.desk, operation, kind, version, body)),
        )
        header = msgspec.structs.replace(header, **changed)
        previous = self.books[-1].record.hash if self.books else GENESIS
        record = seal(header, ops.encode(body), previous)
        sent = messages.Sent(record.header_bytes, record.body, attachments)
        self.books.append(Kept(record, sent))
        return record

    def settle(self, *lines: ops.AnyLine, attachments: tuple[Attachment, ...] = (), **changed: Any) -> Record:
        """Pay a basket in cash."""
        assert self.enrolled is not None
        self.receipts += 1
        body = baskets.settle(
            self.new_id(),
            f"{self.enrolled.receipt_series:04}-{self.receipts:06}",
            lines,
            self.new_id(),
            Money(max(0, baskets.to_pay(lines).minor)),
            "az",
        )
        return self.append(body, attachments, **changed)

    # --- operations -------------------------------------------------------------------------------------

    def sell(self, amount_qapik: int = 60, **changed: Any) -> Record:
        """Sell a stamp."""
        return self.settle(
            ops.GoodsSold(
                operation=self.new_id(),
                sku="stamp",
                quantity=1,
                price_qapik=amount_qapik,
                amount_qapik=amount_qapik,
                vat_qapik=9,
                tariff="1",
            ),
            **changed,
        )

    def send(
        self,
        code: str,
        amount_qapik: int = 10_000,
        *,
        office: str | None = None,
        terms: ops.Terms | None = None,
        sender: Person = SENDER,
        **changed: Any,
    ) -> str:
        """Accept a transfer; gives its id."""
        operation = self.new_id()
        content = msgspec.json.encode(Parties(code=code, sender=sender, receiver=RECEIVER))
        parties = Attachment(f"{operation}:parties", os.urandom(16), content)
        line = ops.TransferSent(
            operation=operation,
            transfer=operation,
            amount_qapik=amount_qapik,
            fee_qapik=100,
            tariff="1",
            office=office,
            purpose="family",
            parties=parties.commitment(),
            offline=False,
            told="",
            terms=terms,
        )
        self.settle(line, attachments=(parties,), **changed)
        return operation

    def pay_out(self, transfer: str, grant: str, amount_qapik: int = 10_000) -> Record:
        """Pay a transfer out under a grant."""
        operation = self.new_id()
        shown = Attachment(f"{operation}:receiver", os.urandom(16), msgspec.json.encode(RECEIVER))
        line = ops.TransferPaid(
            operation=operation,
            transfer=transfer,
            grant=grant,
            amount_qapik=amount_qapik,
            receiver=shown.commitment(),
        )
        return self.settle(line, attachments=(shown,))

    def take_receiver(self) -> Attachment:
        """The document of somebody who takes money, as the attachment of a line to come."""
        return Attachment(f"{self.new_id()}:receiver", os.urandom(16), msgspec.json.encode(SENDER))

    def store_grant(self, signed: messages.Signed) -> Record:
        """Keep a grant word for word."""
        grant = messages.grant_of(signed.words)
        self.held.add(grant.grant)
        return self.append(
            ops.GrantStored(
                grant=grant.grant,
                thing=grant.thing,
                purpose=grant.purpose,
                words=signed.words.hex(),
                signature=signed.signature.hex(),
            )
        )

    def take_bill(
        self, account: str, amount_qapik: int = 2_500, biller: str = "1001", *, contact: str = ""
    ) -> ops.PaymentAccepted:
        """Accept a bill; gives its line."""
        operation = self.new_id()
        content = msgspec.json.encode(Account(account=account, contact=contact))
        number = Attachment(f"{operation}:account", os.urandom(16), content)
        line = ops.PaymentAccepted(
            operation=operation,
            biller=biller,
            service="payments",
            amount_qapik=amount_qapik,
            fee_qapik=50,
            tariff="1",
            account=number.commitment(),
            told="",
        )
        self.settle(line, attachments=(number,))
        return line

    def take_notice(
        self,
        portal: str,
        notice: str,
        version: str,
        amount_qapik: int,
        number: str = "EB-1",
        *,
        contact: str = "",
    ) -> ops.NoticePaid:
        """Accept a notice; gives its line."""
        operation = self.new_id()
        content = msgspec.json.encode(Account(account=number, contact=contact))
        payer = Attachment(f"{operation}:account", os.urandom(16), content)
        now_ms = self.clock.utc_ms()
        line = ops.NoticePaid(
            operation=operation,
            biller=portal,
            service="state",
            amount_qapik=amount_qapik,
            fee_qapik=50,
            tariff="1",
            account=payer.commitment(),
            told="",
            notice=notice,
            version=version,
            authority={"az": "DİN"},
            purpose={"az": "Rüsum"},
            budget_code="142321",
            checked_ms=now_ms,
            stands_ms=now_ms + 120_000,
        )
        self.settle(line, attachments=(payer,))
        return line

    def accept_item(
        self,
        number: str,
        postcode: str,
        phone: str = "",
        country: str = "",
        sender_phone: str = "",
        declared: str = "",
        **said: Any,
    ) -> Record:
        """Accept an express item; `phone` is the addressee's, `country` where it goes abroad, `declared` its
        advance data.
        """
        posted = PostedAbroad(zone="near", chargeable_grams=500, form="CN23", copies=4, contents="clear")
        operation = said.pop("operation", None) or self.new_id()
        addressee = msgspec.structs.replace(RECEIVER, phone=phone)
        sender = msgspec.structs.replace(SENDER, phone=sender_phone) if sender_phone else SENDER
        who = msgspec.json.encode(Addresses(sender=sender, addressee=addressee, declared=declared))
        addresses = Attachment(f"{operation}:addresses", os.urandom(16), who)
        line = ops.ItemAccepted(
            operation=operation,
            number=number,
            service="ems",
            weight_grams=500,
            amount_qapik=500,
            vat_qapik=76,
            tariff="1",
            postcode=postcode,
            addresses=addresses.commitment(),
            country=country,
            abroad=posted if country else None,
            **said,
        )
        return self.settle(line, attachments=(addresses,))


def counted(centre: Centre, table: str) -> int:
    """How many rows a table of the centre holds."""
    with centre.database.transaction() as conn:
        return int(one(conn, f"select count(*) from {table}")[0])
