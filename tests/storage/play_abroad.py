"""Money over the border at a desk: sent, told of by the centre, asked back, paid back under a grant."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from azpost_desk.domain import operations as ops
from azpost_desk.domain.lines import AbroadPaid, AbroadRefunded, AbroadSent, AbroadTerms
from azpost_desk.domain.people import AbroadParties, Parties, Person, ReceiverAbroad
from azpost_desk.domain.products.abroad import PAYOUT, REFUND
from azpost_desk.protocol import news as tidings
from azpost_desk.protocol.records import Attachment
from tests.storage.desks import grant
from tests.storage.play_rare import RarePlayer

SENDER = Person(name="Əliyev Vüqar Rauf oğlu", fin="5XYZ123", document="AA1234567")
PARTIES = AbroadParties(
    sender=SENDER,
    sender_latin="Aliyev Vugar",
    receiver=ReceiverAbroad(name="Nino Beridze", latin="Beridze Nino", country="GE", town="Tbilisi"),
    sender_town_latin="Baki",
    sender_street_latin="Nizami 5",
)


def terms(quote: str, **changed: object) -> AbroadTerms:
    """The price of 500 lari, as the centre would have signed it."""
    told = AbroadTerms(
        centre_epoch=1,
        quote=quote,
        desk="2002-1",
        epoch=1,
        corridor="GE-CASH",
        corridor_version="2026-11",
        partner="tbilisi",
        country="GE",
        named="arrives",
        amount_qapik=31_606,
        fees_qapik={"transfer": 500},
        arrives_minor=50_000,
        currency="GEL",
        rate="790146/1250000",
        base_rate="6271/10000",
        rate_id=1,
        rate_source="CBAR",
        rate_ms=1,
        quoted_ms=1,
        stands_ms=2**50,
        promise_minutes=60,
        grace_minutes=10,
        refund_basis="manat_as_paid",
        charges="DEBT",
    )
    return msgspec.structs.replace(told, **changed)


@dataclass
class AbroadPlayer(RarePlayer):
    """A desk at work."""

    def send_abroad(self) -> None:
        operation = self.new_id()
        shown = Attachment(f"{operation}:parties_abroad", bytes(16), msgspec.json.encode(PARTIES))
        line = AbroadSent(
            operation=operation,
            transfer=operation,
            terms=terms(self.new_id()),
            signature="00" * 64,
            purpose="FAMI",
            parties_abroad=shown.commitment(),
            told="abroad.told.queued",
        )
        self.pay([line], [shown])

    def abroad_news(self) -> None:
        sent = [line for line, _ in self.sold if isinstance(line, AbroadSent)]
        if sent:
            told = tidings.AbroadEvent(
                transfer=sent[-1].transfer, state="owed", reason="AC04", at_ms=self.clock.utc_ms()
            )
            self.tell("abroad.event", told)

    def stop_abroad(self) -> None:
        sent = [line for line, _ in self.sold if isinstance(line, AbroadSent)]
        if sent:
            self._append(ops.AbroadStopAsked(transfer=sent[-1].transfer, reason="mistake"), "1002")

    def pay_abroad_back(self) -> None:
        """A grant for the newest one sent here, and the money over the counter at once."""
        sent = [line for line, _ in self.sold if isinstance(line, AbroadSent)]
        if not sent:
            return
        grant_id, operation = self.new_id(), self.new_id()
        signed = grant(self.books, sent[-1].transfer, REFUND, 32_106, grant_id)
        body = ops.GrantStored(
            grant=grant_id,
            thing=sent[-1].transfer,
            purpose=REFUND,
            words=signed.words.hex(),
            signature=signed.signature.hex(),
        )
        shown = Attachment(f"{operation}:parties", bytes(16), msgspec.json.encode(PARTIES))
        with self.books.writing() as books:
            books.append(body, actor="1002", operation=operation, attachments=[shown])
        back = self.new_id()
        taker = Attachment(f"{back}:receiver", bytes(16), msgspec.json.encode(SENDER))
        line = AbroadRefunded(
            operation=back,
            transfer=sent[-1].transfer,
            grant=grant_id,
            amount_qapik=31_606,
            fee_returned_qapik=500,
            receiver=taker.commitment(),
        )
        self.pay([line], [taker])

    def pay_from_abroad(self) -> None:
        """What came from abroad is granted, given back, granted again and paid out."""
        thing = self.new_id()
        self._release_from_abroad(self._take_from_abroad(thing), thing)
        grant_id, paid = self._take_from_abroad(thing), self.new_id()
        taker = Attachment(f"{paid}:receiver", bytes(16), msgspec.json.encode(SENDER))
        line = AbroadPaid(
            operation=paid,
            transfer=thing,
            grant=grant_id,
            amount_qapik=31_104,
            arrived_minor=50_000,
            currency="GEL",
            rate="777604/1250000",
            stands_ms=2**50,
            receiver=taker.commitment(),
        )
        self.pay([line], [taker])

    def _take_from_abroad(self, thing: str) -> str:
        """A grant over it, kept; gives its id."""
        grant_id, operation = self.new_id(), self.new_id()
        more = {"arrived_minor": 50_000, "currency": "GEL", "rate": "777604/1250000", "stands_ms": 2**50}
        signed = grant(self.books, thing, PAYOUT, 31_104, grant_id, **more)
        body = ops.GrantStored(
            grant=grant_id,
            thing=thing,
            purpose=PAYOUT,
            words=signed.words.hex(),
            signature=signed.signature.hex(),
        )
        parties = Parties(code="TB12345678", sender=Person(name="Nino Beridze"), receiver=SENDER)
        shown = Attachment(f"{operation}:parties", bytes(16), msgspec.json.encode(parties))
        with self.books.writing() as books:
            books.append(body, actor="1002", operation=operation, attachments=[shown])
        return grant_id

    def _release_from_abroad(self, grant_id: str, thing: str) -> None:
        """Given back unused."""
        self._append(ops.GrantReleased(grant=grant_id, thing=thing, reason="no agreement"), "1002")
