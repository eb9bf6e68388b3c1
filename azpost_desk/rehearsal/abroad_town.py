"""Money over the border for the demo town: three partners, a corridor to each, rates of the day, their funds.

Names, rates and terms are invented; a country agrees on its own (central set-corridors and its siblings).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from azpost_desk.central.abroad import agreements, judging
from azpost_desk.central.abroad.releasing import OUR_BIC
from azpost_desk.central.gateways.iso_partner import IsoPartner
from azpost_desk.central.gateways.iso_wire import Channel
from azpost_desk.central.registry import branches, reference
from azpost_desk.domain import operations as ops
from azpost_desk.domain.abroad.corridors import (
    CUSTOMERS,
    KNOWN_THERE,
    OURS,
    Corridor,
    Corridors,
    Field,
    Partner,
    Partners,
    Rate,
    Rates,
    WayIn,
)
from azpost_desk.domain.catalogue import FeeRule, Licence, Settings, Tariffs
from azpost_desk.domain.days import calendar_day
from azpost_desk.domain.money import Money
from azpost_desk.rehearsal.partner_sends import SendsHere
from azpost_desk.rehearsal.partner_statements import AccountThere, GoodBank
from azpost_desk.rehearsal.partners import SandboxPartner

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from azpost_desk.central.book import Book
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.days import Clock
    from azpost_desk.protocol.keys import SigningKey

# Our account with each of the sandboxes.
ACCOUNT: Final = "AZPOST-1"
_DAY_MS: Final = 24 * 3_600_000
_PHONE: Final = {"az": "Alanın telefonu", "ru": "Телефон получателя", "en": "Receiver's phone"}
_IIN: Final = {"az": "Alanın FİN-i (12 rəqəm)", "ru": "ИИН получателя", "en": "Receiver's IIN"}
# The number the receiver has to say, as the sandbox partners give it.
_NUMBER: Final = r"[0-9]{9}"
_WORDS: Final = {
    "PDNG": "handed",
    "ACTC": "handed",
    "ACSP": "accepted",
    "ACSC": "settled",
    "ACCC": "received",
    "ACWC": "changed",
    "RJCT": "refused",
}
_REFUSALS: Final = {
    **dict.fromkeys(("AC01", "AC04", "AC06", "BE04", "BE05", "RR03"), CUSTOMERS),
    **dict.fromkeys(("AM04", "AG01", "RC01"), OURS),
    "DUPL": KNOWN_THERE,
}


def _partner(partner: str, name: str, country: str, currency: str, bic: str, unfunded_minor: int) -> Partner:
    return Partner(
        partner=partner,
        names=dict.fromkeys(("az", "ru", "en"), name),
        rail="iso20022",
        country=country,
        currency=currency,
        bic=bic,
        knows_duplicates=True,
        words=_WORDS,
        refusals=_REFUSALS,
        refusals_final=True,
        number_mask=_NUMBER,
        account=ACCOUNT,
        unfunded_minor_max=unfunded_minor,
    )


PARTNERS: Final = (
    _partner("tbilisi", "Tbilisi Post (demo)", "GE", "GEL", "TBILGE22", 200_000),
    _partner("istanbul", "İstanbul Posta (demo)", "TR", "TRY", "ISTATRIS", 3_000_000),
    _partner("almaty", "Almaty Post (demo)", "KZ", "KZT", "ALMAKZKA", 30_000_000),
)


def _corridor(partner: Partner, az: str, ru: str, en: str, most_minor: int, *asked: Field) -> Corridor:
    return Corridor(
        corridor=f"{partner.country}-CASH",
        partner=partner.partner,
        partner_names=partner.names,
        country=partner.country,
        country_names={"az": az, "ru": ru, "en": en},
        currency=partner.currency,
        arrives_minor_min=500,
        arrives_minor_max=most_minor,
        fields=asked,
    )


def _way_in(partner: Partner, az: str, ru: str, en: str, mask: str, example: str) -> WayIn:
    return WayIn(
        way=f"{partner.country}-IN",
        partner=partner.partner,
        partner_names=partner.names,
        country=partner.country,
        country_names={"az": az, "ru": ru, "en": en},
        currency=partner.currency,
        number_mask=mask,
        number_example=example,
    )


CORRIDORS: Final = Corridors(
    version="demo-1",
    ways_in=(
        _way_in(PARTNERS[0], "Gürcüstan", "Грузия", "Georgia", r"TB[0-9]{8}", "TB 1234 5678"),
        _way_in(PARTNERS[1], "Türkiyə", "Турция", "Türkiye", r"[0-9]{12}", "1234 5678 9012"),
        _way_in(PARTNERS[2], "Qazaxıstan", "Казахстан", "Kazakhstan", r"AL[0-9]{8}", "AL 1234 5678"),
    ),
    corridors=(
        _corridor(
            PARTNERS[0], "Gürcüstan", "Грузия", "Georgia", 2_000_000,
            Field(
                field="phone", names=_PHONE, mask=r"\+?[0-9]{9,13}", example="+995555123456", required=False
            ),
        ),
        _corridor(PARTNERS[1], "Türkiyə", "Турция", "Türkiye", 30_000_000),
        _corridor(
            PARTNERS[2], "Qazaxıstan", "Казахстан", "Kazakhstan", 300_000_000,
            Field(field="iin", names=_IIN, mask=r"[0-9]{12}", example="800229300123"),
        ),
    ),
)  # fmt: skip
_RATES: Final = (
    Rate(currency="GEL", manat="0.6271", spread_ppm=8_000),
    Rate(currency="TRY", manat="0.0402", spread_ppm=10_000),
    Rate(currency="KZT", manat="0.00327", spread_ppm=10_000),
)
# What lies with each partner at the beginning, smallest units, and the manat it was bought for.
_FUNDS: Final = {
    "tbilisi": (5_000_000, 3_135_500),
    "istanbul": (100_000_000, 4_020_000),
    "almaty": (1_000_000_000, 3_270_000),
}
# Under which it was sent, and comes.
_EVIDENCE: Final = "demo"
_FEE: Final = FeeRule(amount_qapik_from=1, amount_qapik_to=10**9, percent_ppm=10_000, fee_qapik_min=200)


def agree(conn: Connection, book: Book, codes: Iterable[str], now_ms: int) -> None:
    """Let these branches send abroad from now on: documents, rates of two days, licences, partners' funds."""
    agreements.publish(conn, Partners(partners=PARTNERS), now_ms)
    agreements.publish(conn, CORRIDORS, now_ms)
    give_rates(conn, now_ms)
    tariffs = reference.newest(conn, Tariffs) or Tariffs(version="demo", approved=False)
    fees = tuple(replace(_FEE, partner=one.partner) for one in PARTNERS)
    reference.publish(conn, replace(tariffs, transfer_fees=(*tariffs.transfer_fees, *fees)), now_ms)
    settings = reference.newest(conn, Settings) or Settings()
    allowances = settings.allowances_qapik | {"abroad": 300_000}
    reference.publish(conn, replace(settings, allowances_qapik=allowances), now_ms)
    for code in codes:
        licence = Licence(
            service="abroad", number="MB-AB-0117", valid_from="2026-01-01", valid_to="2027-12-31"
        )
        branches.set_licence(conn, code, licence, now_ms)
    for one in PARTNERS:
        funded, paid = _FUNDS[one.partner]
        act = ops.PartnerFunded(
            partner=one.partner,
            currency=one.currency,
            funded_minor=funded,
            paid_qapik=paid,
            first_person="demo 1",
            second_person="demo 2",
            evidence=_EVIDENCE,
        )
        judging.fund(conn, book, one.partner, act, now_ms)


def give_rates(conn: Connection, now_ms: int, days: int = 2) -> None:
    """Rates from now on, for so many days."""
    rates = Rates(rates=_RATES, source="DEMO", from_ms=now_ms, until_ms=now_ms + days * _DAY_MS)
    agreements.publish(conn, rates, now_ms)


def account_of(partner: SandboxPartner) -> AccountThere:
    """Our account in the books of one of them; what `agree` sent there has come."""
    one = next(one for one in PARTNERS if one.bic == partner.bic)
    account = AccountThere(partner, ACCOUNT, one.currency)
    account.fund(_FUNDS[one.partner][0], _EVIDENCE)
    return account


@dataclass(frozen=True, slots=True)
class Coming:
    """Money that waits for a receiver here, as the receiver would say it at a counter."""

    partner: str
    number: str
    amount: Money
    sender: str
    town: str
    receiver: str


# One from each partner, there from the demo's first minute.
COMING: Final = (
    Coming("tbilisi", "TB40718265", Money(10_000, "GEL"), "Nino Beridze", "Tbilisi", "Mammadov Rashad"),
    Coming("istanbul", "402518736194", Money(150_000, "TRY"), "Ayse Yilmaz", "Istanbul", "Quliyeva Sevinj"),
    Coming("almaty", "AL70261834", Money(2_000_000, "KZT"), "Aigerim Seitova", "Almaty", "Hasanova Gunel"),
)


def send_here(partners: Mapping[str, SandboxPartner], clock: Clock) -> dict[str, SendsHere]:
    """Let each partner send to receivers here, `COMING` first; by partner, to let it send more."""
    day = calendar_day(clock.utc_ms())
    sending = {one.partner: SendsHere(partners[one.partner], day) for one in PARTNERS}
    for one in COMING:
        country = next(partner.country for partner in PARTNERS if partner.partner == one.partner)
        sending[one.partner].send(
            one.amount, one.receiver, one.sender, number=one.number, town=one.town, country=country
        )
    return sending


def sandboxes(key: SigningKey) -> dict[str, SandboxPartner]:
    """A partner of its own for each of `PARTNERS`, not yet begun; `key` is what the centre signs with."""
    return {one.partner: SandboxPartner(one.bic, OUR_BIC, key.public()) for one in PARTNERS}


def keep_books(partners: Mapping[str, SandboxPartner], clock: Clock) -> None:
    """Let each of them debit and give its statements by itself; what `agree` sent there has come."""
    for one in PARTNERS:
        GoodBank(partners[one.partner], account_of(partners[one.partner]), clock)


def reached(
    partners: Mapping[str, SandboxPartner], key: SigningKey, *, seconds: float = 30
) -> dict[str, IsoPartner]:
    """How the centre reaches them, by partner."""
    return {
        name: IsoPartner(
            Channel(
                url=one.url,
                our_bic=OUR_BIC,
                partner_key=one.key.public(),
                bic=one.bic,
                connect_s=seconds,
                answer_s=seconds,
            ),
            key,
        )
        for name, one in partners.items()
    }
