"""The mail abroad of the demo town: prices, customs forms, prohibitions, SDR rates, as its centre tells them.

Every figure and row is made up [design], but for what no post carries; a post publishes its own
(set-mail-abroad and its siblings).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central.registry import reference
from azpost_desk.domain.days import calendar_day
from azpost_desk.domain.mail.forms import CN23, CustomsForms, FormRule, SdrRate, SdrRates
from azpost_desk.domain.mail.lanes import Lane, Lanes
from azpost_desk.domain.mail.prices import MailAbroad, MailLimit, MailProduct, MailZone, ZonePrice
from azpost_desk.domain.mail.prohibited import CONDITIONAL, IN, OUT, REFUSED, Prohibition, Prohibitions

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection

_VERSION: Final = "demo"
_SOURCE: Final = "DEMO"

PRICES: Final = MailAbroad(
    version=_VERSION,
    zones=(MailZone(zone="near", countries=("TR", "GE", "KZ", "UZ")), MailZone(zone="far", countries=("*",))),
    products=(
        MailProduct(
            product="ems",
            names={"az": "EMS beynəlxalq", "ru": "EMS за границу", "en": "EMS abroad"},
            indicator="EE",
            prices=(
                ZonePrice(
                    zone="near", first_grams=500, first_qapik=4_000, step_grams=500, step_qapik=500, days=4
                ),
                ZonePrice(
                    zone="far", first_grams=500, first_qapik=6_000, step_grams=500, step_qapik=1_000, days=7
                ),
            ),
            limits=(
                MailLimit(grams_max=30_000, length_cm_max=150, around_cm_max=300),
                MailLimit(country="TR", grams_max=20_000, length_cm_max=105, around_cm_max=200),
            ),
            cm3_per_kg=6_000,
            volume_from_cm=40,
        ),
    ),
)
FORMS: Final = CustomsForms(
    version=_VERSION,
    rules=(
        FormRule(product="ems", form=CN23, copies=4),
        FormRule(product="ems", country="DE", form=CN23, copies=4, codes_wanted="all"),
    ),
)
_WEAPONS: Final = {"az": "silah", "ru": "оружие", "en": "weapons"}
_MEDICINE: Final = {"az": "dərman", "ru": "лекарства", "en": "medicines"}
_PRESCRIPTION: Final = {"az": "həkim resepti", "ru": "рецепт врача", "en": "doctor's prescription"}
PROHIBITIONS: Final = Prohibitions(
    version=_VERSION,
    rows=(
        Prohibition(
            country="*",
            direction=IN,
            names={"az": "partlayıcı maddələr", "ru": "взрывчатые вещества", "en": "explosives"},
            hs=("3601-3604",),
            words={"az": ("fişəng", "barıt"), "ru": ("фейерверк", "порох"), "en": ("fireworks", "gunpowder")},
            verdict=REFUSED,
            source="UPU Convention, article 19",
        ),
        Prohibition(
            country="AZ",
            direction=OUT,
            names={"az": "köhnə xalçalar", "ru": "старинные ковры", "en": "antique carpets"},
            hs=("5701", "9706"),
            verdict=CONDITIONAL,
            document={
                "az": "Mədəniyyət Nazirliyinin icazəsi",
                "ru": "разрешение Министерства культуры",
                "en": "permit of the Ministry of Culture",
            },
            source=_SOURCE,
        ),
        *(
            Prohibition(
                country=country, direction=IN, names=_WEAPONS, hs=("93",), verdict=REFUSED, source=_SOURCE
            )
            for country in ("TR", "GE", "DE")
        ),
        *(
            Prohibition(
                country=country,
                direction=IN,
                names=_MEDICINE,
                hs=("3003-3004",),
                verdict=CONDITIONAL,
                document=_PRESCRIPTION,
                source=_SOURCE,
            )
            for country in ("TR", "GE", "DE")
        ),
    ),
)
# Manat, dollar, euro and lira for one SDR.
_UNITS: Final = {"AZN": "2.2617", "USD": "1.3304", "EUR": "1.1480", "TRY": "56.40"}


def sell_mail_abroad(conn: Connection, now_ms: int) -> None:
    """Let the town's counters accept items for abroad from now on."""
    date = calendar_day(now_ms)
    rates = tuple(SdrRate(currency=currency, units=units, date=date) for currency, units in _UNITS.items())
    for document in (PRICES, FORMS, PROHIBITIONS, SdrRates(source=_SOURCE, rates=rates)):
        reference.publish(conn, document, now_ms)


def give_lane(conn: Connection, desk: str, now_ms: int) -> None:
    """One desk makes despatches with express mail to Istanbul."""
    names = {"az": "İstanbul", "ru": "Стамбул", "en": "Istanbul"}
    reference.publish(conn, Lanes(lanes=(Lane(desk, "AZBAKA", "TRISTA", "A", "EN", names),)), now_ms)
