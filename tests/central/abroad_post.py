"""A centre with one partner abroad and one desk, for tests of money over the border."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from azpost_desk.central.abroad import agreements, judging
from azpost_desk.central.app import Centre
from azpost_desk.central.checking import check
from azpost_desk.central.gateways.abroad import Told
from azpost_desk.central.registry import branches, enrolment, reference
from azpost_desk.central.storage.database import one
from azpost_desk.domain import operations as ops
from azpost_desk.domain.abroad.corridors import Corridor, Corridors, Partner, Partners, Rate, Rates, WayIn
from azpost_desk.domain.catalogue import Branch, FeeRule, Settings, Tariffs
from azpost_desk.domain.lines import AbroadRefunded, AbroadSent
from azpost_desk.protocol import messages
from azpost_desk.protocol.abroad import QuoteAsk, QuoteTold, terms_of
from azpost_desk.protocol.records import Attachment
from tests.central.desks import SimDesk
from tests.fakes.partner import ScriptedPartner
from tests.storage.play_abroad import PARTIES, SENDER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.central.gateways.iso_partner import IsoPartner
    from azpost_desk.domain.lines.abroad import AbroadTerms
    from azpost_desk.domain.people import Person
    from tests.central.desks import ManualClock

NAMES = {"az": "x", "ru": "x", "en": "x"}
MINUTE = 60_000
PEOPLE = ("Rəna Quliyeva", "Tofiq Əsədov")
CORRIDOR = Corridor(
    corridor="GE-CASH",
    partner="tbilisi",
    partner_names=NAMES,
    country="GE",
    country_names=NAMES,
    currency="GEL",
    arrives_minor_min=1_000,
    arrives_minor_max=1_000_000,
)
PARTNER = Partner(
    partner="tbilisi",
    names=NAMES,
    rail="iso20022",
    country="GE",
    currency="GEL",
    bic="TBILGE22",
    cut_off="23:59",
    words={
        "PDNG": "handed",
        "ACSP": "accepted",
        "ACSC": "settled",
        "ACCC": "received",
        "ACWC": "changed",
        "RJCT": "refused",
    },
    refusals={"AC04": "customers", "AM04": "ours", "DUPL": "known_there"},
    refusals_final=True,
    account="AZPOST-1",
)


class Post:
    """A centre with one partner and one desk; everything is settled when a test says so."""

    ways_in: tuple[WayIn, ...] = ()

    def __init__(self, dsn: str, clock: ManualClock, rail: IsoPartner | None = None) -> None:
        self.dsn = dsn
        self.clock = clock
        self.partner = ScriptedPartner()
        self.centre = Centre(dsn, clock=clock, partners={"tbilisi": rail or self.partner})
        url = self.centre.start()
        now_ms = clock.utc_ms()
        with self.centre.database.transaction() as conn:
            branches.create_branch(
                conn, Branch(code="2002", name="2002", address="", postcode="AZ2002"), now_ms
            )
            code = enrolment.enrolment_code(conn, branches.add_desk(conn, "2002", 1), now_ms)
            ways = Corridors(version="2026-11", corridors=(CORRIDOR,), ways_in=self.ways_in)
            agreements.publish(conn, ways, now_ms)
            agreements.publish(conn, Partners(partners=(PARTNER,)), now_ms)
            fees = FeeRule(
                amount_qapik_from=1, amount_qapik_to=10**9, percent_ppm=0, fixed_qapik=500, partner="tbilisi"
            )
            reference.publish(conn, Tariffs(version="t", approved=True, transfer_fees=(fees,)), now_ms)
            reference.publish(conn, Settings(allowances_qapik={"abroad": 10**9}), now_ms)
        self.rates()
        self.fund(500_000)
        self.desk = SimDesk(url, clock)
        self.desk.enrol(code)

    def rates(self, manat: str = "0.6271", *, hours: int = 24, withdrawn: bool = False) -> None:
        now_ms = self.clock.utc_ms()
        rates = Rates(
            rates=(Rate(currency="GEL", manat=manat, spread_ppm=8_000),),
            source="CBAR",
            from_ms=now_ms,
            until_ms=now_ms + hours * 60 * MINUTE,
            withdrawn=withdrawn,
        )
        with self.centre.database.transaction() as conn:
            agreements.publish(conn, rates, now_ms)

    def partners(self, **changed: Any) -> None:
        with self.centre.database.transaction() as conn:
            changed_ = msgspec.structs.replace(PARTNER, **changed)
            agreements.publish(conn, Partners(partners=(changed_,)), self.clock.utc_ms())

    def fund(self, minor: int) -> int:
        act = ops.PartnerFunded(
            partner="tbilisi",
            currency="GEL",
            funded_minor=minor,
            paid_qapik=minor * 62 // 100,
            first_person=PEOPLE[0],
            second_person=PEOPLE[1],
            evidence="order 17",
        )
        with self.centre.database.transaction() as conn:
            return judging.fund(conn, self.centre._book, "tbilisi", act, self.clock.utc_ms())

    def ask(
        self,
        minor: int = 50_000,
        *,
        named: str = "arrives",
        quote: str = "",
        sender: Person | None = None,
        instead: str = "",
    ) -> QuoteTold:
        question = QuoteAsk(
            quote=quote or self.desk.new_id(),
            corridor="GE-CASH",
            named=named,
            figure_minor=minor,
            sender=sender,
            instead=instead,
        )
        response = self.desk.post("/v1/abroad/quote", question)
        response.raise_for_status()
        return messages.unpack(response.content, QuoteTold)

    def quoted(self, minor: int = 50_000) -> tuple[AbroadTerms, str]:
        told = self.ask(minor)
        assert told.code == ""
        return terms_of(told.words), told.signature.hex()

    def sell(self, quote: tuple[AbroadTerms, str] | None = None, *, heard: bool = True) -> AbroadSent:
        terms, signature = quote or self.quoted()
        operation = self.desk.new_id()
        shown = Attachment(f"{operation}:parties_abroad", os.urandom(16), msgspec.json.encode(PARTIES))
        line = AbroadSent(
            operation=operation,
            transfer=operation,
            terms=terms,
            signature=signature,
            purpose="FAMI",
            parties_abroad=shown.commitment(),
            told="abroad.told.queued",
        )
        self.desk.settle(line, attachments=(shown,))
        if heard:
            self.hear()
        return line

    def hear(self) -> None:
        self.desk.exchange()
        self.centre.settle()
        self.desk.exchange()

    def later(self, minutes: int) -> None:
        self.clock.now_ms += minutes * MINUTE
        self.hear()

    def sent(self, answer: Any = None) -> AbroadSent:
        """One that has left for the partner, which answered so."""
        self.partner.answers = [Told() if answer is None else answer]
        line = self.sell()
        self.later(11)
        return line

    def says(self, line: AbroadSent, code: str, **more: str) -> str:
        self.partner.says(line.transfer, code, **more)
        self.hear()
        return self.state(line)

    def state(self, line: AbroadSent) -> str:
        return str(self.row(line, "state"))

    def row(self, line: AbroadSent, column: str) -> Any:
        with self.centre.database.transaction() as conn:
            return one(conn, f"select {column} from abroad_out where transfer = %s", (line.transfer,))[0]

    def cases(self) -> list[str]:
        with self.centre.database.transaction() as conn:
            return [row[0] for row in conn.execute("select reason from exceptions order by exception")]

    def balance(self, account: str, sub: str = "", currency: str = "AZN") -> int:
        with self.centre.database.transaction() as conn:
            return int(
                one(
                    conn,
                    "select coalesce(sum(minor), 0) from postings"
                    " where account = %s and sub = %s and currency = %s",
                    (account, sub, currency),
                )[0]
            )

    def orders(self) -> list[dict[str, Any]]:
        return [one for one in self.partner.handed if one["kind"] == "order"]

    def claim(self, line: AbroadSent, sender: str = SENDER.name) -> messages.TransferClaimed:
        question = messages.TransferClaim(
            request=self.desk.new_id(), purpose="refund_abroad", transfer=line.transfer, sender=sender
        )
        response = self.desk.post("/v1/abroad/refund", question)
        response.raise_for_status()
        return messages.unpack(response.content, messages.TransferClaimed)

    def refund(self, line: AbroadSent) -> None:
        told = self.claim(line)
        assert told.grant is not None, told.code
        self.desk.store_grant(told.grant)
        grant = messages.grant_of(told.grant.words)
        self.desk.held.discard(grant.grant)
        taker = self.desk.take_receiver()
        back = AbroadRefunded(
            operation=taker.slot.partition(":")[0],
            transfer=line.transfer,
            grant=grant.grant,
            amount_qapik=grant.amount_qapik - grant.fee_qapik,
            fee_returned_qapik=grant.fee_qapik,
            receiver=taker.commitment(),
        )
        self.desk.settle(back, attachments=(taker,))
        self.hear()


@pytest.fixture
def post(postgres: str, clock: ManualClock) -> Iterator[Post]:
    place = Post(postgres, clock)
    yield place
    place.hear()
    place.centre.stop()
    assert [verdict.broken for verdict in check(postgres) if not verdict.ok] == []
