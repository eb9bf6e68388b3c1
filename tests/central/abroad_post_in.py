"""The same centre and desk, and a partner that sends money for receivers here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from azpost_desk.central.abroad import agreements, arriving
from azpost_desk.central.checking import check
from azpost_desk.central.gateways.abroad import Arrived
from azpost_desk.central.held import decide
from azpost_desk.central.storage.database import one
from azpost_desk.domain import operations as ops
from azpost_desk.domain.abroad.corridors import Corridors, WayIn
from azpost_desk.domain.abroad.statements import Entry, Share
from azpost_desk.domain.lines import AbroadPaid
from azpost_desk.domain.money import Money
from azpost_desk.protocol import messages
from tests.central.abroad_bank import DAY, Bank
from tests.central.abroad_post import CORRIDOR, NAMES, PEOPLE, Post

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.central.desks import ManualClock

WAY = WayIn(
    way="GE-IN",
    partner="tbilisi",
    partner_names=NAMES,
    country="GE",
    country_names=NAMES,
    currency="GEL",
    number_mask=r"TB[0-9]{8}",
    number_example="TB 1234 5678",
)
SENDER = "Nino Beridze"
RECEIVER = "Aliyeva Aygun"


def uetr(number: int = 1) -> str:
    return f"{number:08d}-1111-4111-8111-111111111111"


class PostIn(Post):
    """See `Post`; `comes` lets the partner send, `ask` and `pay` are the counter's."""

    ways_in = (WAY,)

    def __init__(self, dsn: str, clock: ManualClock) -> None:
        super().__init__(dsn, clock)
        self.bank = Bank(self)

    def comes(self, thing: int = 1, minor: int = 50_000, **other: Any) -> str:
        """One arrival as it is told; gives our id of it."""
        values: dict[str, Any] = {
            "uetr": uetr(thing),
            "message": f"m-{thing}",
            "reference": f"t-{thing}",
            "end_to_end": f"e-{thing}",
            "amount": Money(minor, "GEL"),
            "promised": None,
            "settles_on": "2026-11-30",
            "number": f"TB{thing:08d}",
            "sender": SENDER,
            "sender_street": "Rustaveli 1",
            "sender_town": "Tbilisi",
            "sender_country": "GE",
            "sender_born": "",
            "receiver": RECEIVER,
            "charges": "DEBT",
            "purpose": "FAMI",
        }
        arrived = Arrived(**(values | other))
        self.partner.sends(arrived)
        self.hear()
        return arriving.thing_of("tbilisi", arrived.uetr)

    def limit(self, minor: int) -> None:
        """How much is paid out on the partner's word alone."""
        self.partners(unfunded_minor_max=minor)

    def promising(self) -> WayIn:
        """Manat are promised too, by a way of their own."""
        way = msgspec.structs.replace(WAY, way="GE-AZN", currency="AZN", settled_in="GEL")
        ways = Corridors(version="2026-12", corridors=(CORRIDOR,), ways_in=(WAY, way))
        with self.centre.database.transaction() as conn:
            agreements.publish(conn, ways, self.clock.utc_ms())
        return way

    def booked(self, *numbers: int, minor: int = 50_000) -> list[str]:
        """A statement shows these credits; gives the cases it made."""
        credits = (
            Entry(minor, f"c-{number}", DAY, shares=(Share(minor, uetr=uetr(number)),)) for number in numbers
        )
        return self.bank.says(*credits)

    def asked(
        self,
        number: int = 1,
        minor: int = 50_000,
        sender: str = SENDER,
        *,
        request: str = "",
        way: str = "GE-IN",
    ) -> messages.TransferClaimed:
        question = messages.TransferClaim(
            request=request or self.desk.new_id(),
            purpose="pay_abroad",
            code=f"tb {number:08d}",
            way=way,
            figure_minor=minor,
            sender=sender,
        )
        response = self.desk.post("/v1/abroad/claim", question)
        response.raise_for_status()
        return messages.unpack(response.content, messages.TransferClaimed)

    def granted(self, number: int = 1, minor: int = 50_000) -> messages.Grant:
        told = self.asked(number, minor)
        assert told.grant is not None, told.code
        self.desk.store_grant(told.grant)
        return messages.grant_of(told.grant.words)

    def pay(self, grant: messages.Grant, *, heard: bool = True, **other: Any) -> None:
        self.desk.held.discard(grant.grant)
        taker = self.desk.take_receiver()
        values: dict[str, Any] = {
            "transfer": grant.thing,
            "grant": grant.grant,
            "amount_qapik": grant.amount_qapik,
            "arrived_minor": grant.arrived_minor,
            "currency": grant.currency,
            "rate": grant.rate,
            "stands_ms": grant.stands_ms,
        }
        line = AbroadPaid(
            operation=taker.slot.partition(":")[0], receiver=taker.commitment(), **(values | other)
        )
        self.desk.settle(line, attachments=(taker,))
        if heard:
            self.hear()

    def release(self, grant: messages.Grant) -> None:
        self.desk.held.discard(grant.grant)
        self.desk.append(ops.GrantReleased(grant=grant.grant, thing=grant.thing, reason="x"))
        self.hear()

    def decided(self, thing: str, decision: str) -> str:
        with self.centre.database.transaction() as conn:
            after = decide(conn, self.centre._book, thing, decision, PEOPLE, "letter 4", self.clock.utc_ms())
        self.hear()
        return after

    def of(self, thing: str, column: str = "state") -> Any:
        with self.centre.database.transaction() as conn:
            return one(conn, f"select {column} from abroad_in where transfer = %s", (thing,))[0]

    def said(self, kind: str) -> list[dict[str, Any]]:
        """What the partner was told, of one kind."""
        return [one for one in self.partner.handed if one["kind"] == kind]


@pytest.fixture
def post(postgres: str, clock: ManualClock) -> Iterator[PostIn]:
    place = PostIn(postgres, clock)
    place.limit(100_000)
    yield place
    place.hear()
    place.centre.stop()
    assert [verdict.broken for verdict in check(postgres) if not verdict.ok] == []
