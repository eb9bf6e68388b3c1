"""Corridors of a small world and the centre's signed price for each, as a desk would hear it."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain.abroad.corridors import Corridor, Corridors, Field, WayIn
from azpost_desk.domain.abroad.quotes import reckoned
from azpost_desk.domain.catalogue import FeeRule, Licence, Licences
from azpost_desk.domain.exchange import as_text
from azpost_desk.domain.lines.abroad import AbroadTerms
from azpost_desk.domain.money import Money
from azpost_desk.domain.people import Parties, Person
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.abroad import QuoteTold, words_of
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.protocol.news import Reference
from tests.fakes.line import PlayedTransfer
from tests.services.counters import SENDER
from tests.storage.desks import names, piece

if TYPE_CHECKING:
    from azpost_desk.domain.catalogue import Document
    from azpost_desk.protocol.abroad import QuoteAsk
    from tests.services.counters import Stand

GEORGIA: Final = Corridor(
    corridor="GE-CASH",
    partner="tbilisi",
    partner_names=names("Tbilisi Post"),
    country="GE",
    country_names={"az": "Gürcüstan", "ru": "Грузия", "en": "Georgia"},
    currency="GEL",
    arrives_minor_min=1_000,
    arrives_minor_max=500_000,
)
KAZAKHSTAN: Final = Corridor(
    corridor="KZ-CASH",
    partner="almaty",
    partner_names=names("Almaty Post"),
    country="KZ",
    country_names={"az": "Qazaxıstan", "ru": "Казахстан", "en": "Kazakhstan"},
    currency="KZT",
    arrives_minor_min=100_000,
    arrives_minor_max=100_000_000,
    arrives_minor_step=100,
    charges="SHAR",
    deduction_minor_max=50_000,
    fields=(Field(field="iin", names=names("IIN"), mask=r"\d{12}", example="850101300123"),),
)
FROM_GEORGIA: Final = WayIn(
    way="GE-IN",
    partner="tbilisi",
    partner_names=names("Tbilisi Post"),
    country="GE",
    country_names=GEORGIA.country_names,
    currency="GEL",
    number_mask=r"TB[0-9]{8}",
    number_example="TB 1234 5678",
)
# Its numbers look like our own codes.
FROM_KAZAKHSTAN: Final = WayIn(
    way="KZ-IN",
    partner="almaty",
    partner_names=names("Almaty Post"),
    country="KZ",
    country_names=KAZAKHSTAN.country_names,
    currency="KZT",
    number_mask=r"[0-9]{10}",
    number_example="1234567890",
)
RATES: Final = {"GEL": Fraction(6271, 10_000), "KZT": Fraction(33, 10_000)}
STANDS_MS: Final = 300_000
# 100 lari from Tbilisi: (qəpik, whose), as the played centre grants them.
CAME: Final = (6_221, Parties(code="TB12345678", sender=Person(name="Nino Beridze"), receiver=SENDER))
CAME_RATE: Final = "194401/312500"


@dataclass
class PlayedPrices:
    """Behind `FakeLine.price`: a price from the rates above with `more` in its terms, or `says_no`."""

    stand: Stand
    key: SigningKey = field(default_factory=lambda: SigningKey(b"q" * 32))
    says_no: str = ""
    limit_minor: int = 0
    more: dict[str, object] = field(default_factory=dict)
    asked: list[QuoteAsk] = field(default_factory=list)

    def __call__(self, ask: QuoteAsk) -> QuoteTold:
        self.asked.append(ask)
        if self.says_no:
            return QuoteTold(code=self.says_no, limit_minor=self.limit_minor)
        corridor = next(one for one in (GEORGIA, KAZAKHSTAN) if one.corridor == ask.corridor)
        rate = RATES[corridor.currency]
        rules = (FeeRule(amount_qapik_from=1, amount_qapik_to=1_000_000, percent_ppm=0, fixed_qapik=500),)
        currency = corridor.currency if ask.named == "arrives" else "AZN"
        try:
            figures = reckoned(Money(ask.figure_minor, currency), ask.named, corridor, rate, rules)
        except Refused as no:
            limit = no.facts.get("limit")
            return QuoteTold(code=no.code, limit_minor=limit.minor if isinstance(limit, Money) else 0)
        now_ms = self.stand.clock.utc_ms()
        terms = AbroadTerms(
            centre_epoch=1,
            quote=ask.quote,
            desk="2002-1",
            epoch=1,
            corridor=corridor.corridor,
            corridor_version="1",
            partner=corridor.partner,
            country=corridor.country,
            named=ask.named,
            amount_qapik=figures.amount.minor,
            fees_qapik={"transfer": figures.fee.minor},
            arrives_minor=figures.arrives.minor,
            currency=corridor.currency,
            rate=as_text(rate),
            base_rate=as_text(rate),
            rate_id=1,
            rate_source="CBAR",
            rate_ms=now_ms - 3_600_000,
            quoted_ms=now_ms,
            stands_ms=now_ms + STANDS_MS,
            promise_minutes=corridor.promise_minutes,
            grace_minutes=corridor.grace_minutes,
            refund_basis=corridor.refund_basis,
            charges=corridor.charges,
            is_exact=corridor.is_exact,
            deduction_minor_max=corridor.deduction_minor_max,
        )
        words = words_of(msgspec.structs.replace(terms, **self.more))
        return QuoteTold(words=words, signature=self.key.sign(words))


def abroad_at(stand: Stand) -> PlayedPrices:
    """The centre lets this branch sell money to Georgia and Kazakhstan, and gives its prices."""
    licences = Licences(
        licences=tuple(
            Licence(service=service, number="L-1", valid_from="2026-01-01", valid_to="2027-12-31")
            for service in ("transfers", "payments", "abroad")
        )
    )
    told: dict[str, Document] = {
        "corridors": Corridors(
            version="1", corridors=(GEORGIA, KAZAKHSTAN), ways_in=(FROM_GEORGIA, FROM_KAZAKHSTAN)
        ),
        "licences": licences,
    }
    news = [
        piece(
            2_000 + at,
            "reference",
            Reference(
                name=name, version=2, valid_from="2026-01-01", content=msgspec.Raw(msgspec.json.encode(one))
            ),
        )
        for at, (name, one) in enumerate(told.items())
    ]
    stand.books.store_news(news, 1)
    stand.line.transfers["TB12345678"] = PlayedTransfer(
        "a5000000-0000-8000-8000-000000000001", *CAME, came=(10_000, "GEL", CAME_RATE, 900_000)
    )
    prices = PlayedPrices(stand)
    stand.line.price = prices
    return prices
