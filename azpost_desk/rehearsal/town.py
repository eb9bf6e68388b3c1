"""A believable post office for the demo: two branches, four officers, prices, billers, goods.

Every figure here is made up [design]: tariffs of the operator are dated data from its own centre, and
until it
marks them as approved every screen and paper bears DEMO.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.central.registry import branches, reference
from azpost_desk.central.registry.enrolment import enrolment_code
from azpost_desk.domain.account_checks import AccountCheck
from azpost_desk.domain.catalogue import (
    Article,
    Biller,
    Billers,
    Branch,
    ExpressRow,
    FeeRule,
    Goods,
    Licence,
    Officer,
    Settings,
    Tariffs,
)
from azpost_desk.domain.mail.keeping import ClosedDays, KeepingRule, MailStorage
from azpost_desk.rehearsal.notice_town import portal
from azpost_desk.rehearsal.providers import DEMO_BILLERS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from azpost_desk.central.storage.database import Connection

BRANCH: Final = "2002"
VAT_PPM: Final = 180_000


@dataclass(frozen=True, slots=True)
class Player:
    """An officer of the demo branch and the PIN on the demo card."""

    officer: str
    name: str
    role: str
    pin: str


PLAYERS: Final = (
    Player("1001", "Nigar Əliyeva", "clerk", "1357"),
    Player("1002", "Elvin Quliyev", "clerk", "2468"),
    Player("1003", "Sevda İsmayılova", "supervisor", "3579"),
    Player("1004", "Rauf Hüseynli", "manager", "4680"),
)

_BRANCHES: Final = (
    Branch(
        code=BRANCH,
        name="Gəncə 2",
        address="Gəncə, Atatürk prospekti 14",
        postcode="AZ2002",
        phone="+994222561234",
        voen="9900003611",
        safe_desk=1,
        desks=(1, 2),
    ),
    Branch(
        code="1010",
        name="Bakı 10",
        address="Bakı, Nizami küçəsi 72",
        postcode="AZ1010",
        voen="9900003611",
        safe_desk=1,
        desks=(1,),
    ),
)
_OTHER_OFFICES: Final = (
    ("5500", "Şəki 1", "AZ5500", "Şəki"),
    ("4200", "Lənkəran 1", "AZ4200", "Lənkəran"),
    ("6700", "Qəbələ 1", "AZ6700", "Qəbələ"),
)
# Zones name places: within one the city price holds.
_ZONES: Final = {"2002": "Gəncə", "1010": "Bakı"}


def _bands(*rows: tuple[int, int, int, int, int, int]) -> tuple[FeeRule, ...]:
    return tuple(
        FeeRule(
            amount_qapik_from=low,
            amount_qapik_to=high,
            percent_ppm=ppm,
            fixed_qapik=fixed,
            fee_qapik_min=least,
            fee_qapik_max=most,
        )
        for low, high, ppm, fixed, least, most in rows
    )


TARIFFS: Final = Tariffs(
    version="demo-2026-1",
    approved=False,
    transfer_fees=_bands((100, 2_000_000, 12_000, 0, 100, 5_000)),
    transfer_qapik_max=2_000_000,
    transfer_extras_qapik={"delivery": 300},
    refund_returns_fee=False,
    express=tuple(
        ExpressRow(
            service=service,
            names={"az": az, "ru": ru, "en": en},
            zone=zone,
            first_grams=500,
            first_qapik=first,
            step_grams=500,
            step_qapik=step,
            weight_grams_max=50_000,
            vat_ppm=VAT_PPM,
            days=days,
        )
        for service, az, ru, en, zone, first, step, days in (
            ("ems_local", "EMS şəhərdaxili", "EMS по городу", "EMS within the city", "same", 350, 50, 1),
            ("ems_domestic", "EMS ölkədaxili", "EMS по стране", "EMS domestic", "other", 600, 75, 2),
        )
    ),
)

STORAGE: Final = MailStorage(
    rules=(
        KeepingRule(services=("E",), days=10, extended_days=30),
        KeepingRule(days=30, extended_days=60),
    )
)
GOODS: Final = Goods(
    articles=tuple(
        Article(
            sku=sku,
            names={"az": az, "ru": ru, "en": en},
            group=group,
            price_qapik=price,
            vat_ppm=VAT_PPM,
            barcode=barcode,
        )
        for sku, az, ru, en, group, price, barcode in (
            ("S030", "Poçt markası 0,30 ₼", "Марка 0,30 ₼", "Stamp 0.30 ₼", "stamps", 30, "4760000000301"),
            ("S060", "Poçt markası 0,60 ₼", "Марка 0,60 ₼", "Stamp 0.60 ₼", "stamps", 60, "4760000000608"),
            ("E-C6", "Zərf C6", "Конверт C6", "Envelope C6", "envelopes", 20, "4760000000204"),
            ("E-C4", "Zərf C4", "Конверт C4", "Envelope C4", "envelopes", 50, "4760000000501"),
            ("F-TR", "Köçürmə blankı", "Бланк перевода", "Transfer form", "forms", 10, "4760000000105"),
            ("P-S", "Qutu, kiçik", "Коробка малая", "Box, small", "packing", 150, "4760000001506"),
            ("P-M", "Qutu, orta", "Коробка средняя", "Box, medium", "packing", 250, "4760000002503"),
        )
    )
)

_ACCOUNT_NAMES: Final = {"az": "Abonent kodu", "ru": "Код абонента", "en": "Subscriber code"}


def billers(sold: Sequence[dict[str, Any]] = DEMO_BILLERS) -> Billers:
    """Sandbox billers as the desk's catalogue shows them; the payer pays a fee at mobile operators only."""
    return Billers(
        billers=(
            *(
                Biller(
                    biller=str(one["id"]),
                    group=str(one["group"]),
                    names=dict(one["names"]),
                    account_mask=str(one["mask"]),
                    account_example=next(iter(one["accounts"])),
                    account_names=_ACCOUNT_NAMES,
                    amount_qapik_min=100,
                    amount_qapik_max=500_000,
                    fees=_bands((1, 500_000, 10_000, 0, 20, 200)) if one["group"] == "mobile" else (),
                    azqr=f"{one['id']:0>6}",
                    check=AccountCheck(rule="mod11", weights=one["weights"]) if "weights" in one else None,
                )
                for one in sold
            ),
            portal(),
        )
    )


def found_town(
    conn: Connection,
    now_ms: int,
    *,
    till_qapik_max: int = 500_000,
    qr_minutes: int = 0,
    hash_pin: Callable[[str], str] = branches.hashed_pin,
) -> dict[str, str]:
    """Register everything; gives the one-time enrolment code of each desk of the demo branch by its id.

    `qr_minutes`: how long codes stand, 0 where the centre reaches no instant rail.
    `hash_pin` is the hash that the town's desks verify: argon2id where real desks do.
    """
    branches.create_branches(conn, [(one, _ZONES[one.code]) for one in _BRANCHES], now_ms)
    for code, name, postcode, zone in _OTHER_OFFICES:
        branches.create_branch(
            conn, Branch(code=code, name=name, address="", postcode=postcode), now_ms, zone=zone
        )
    for player in PLAYERS:
        officer = Officer(
            officer=player.officer,
            name=player.name,
            role=player.role,
            pin_hash=hash_pin(player.pin),
        )
        branches.add_staff(conn, BRANCH, officer, now_ms)
    for service in ("transfers", "payments"):
        licence = Licence(
            service=service,
            number=f"MB-{service[:2].upper()}-0117",
            valid_from="2026-01-01",
            valid_to="2027-12-31",
        )
        branches.set_licence(conn, BRANCH, licence, now_ms)
    reference.publish(conn, TARIFFS, now_ms)
    reference.publish(conn, GOODS, now_ms)
    reference.publish(conn, STORAGE, now_ms)
    reference.publish(conn, ClosedDays(weekdays=(7,)), now_ms)
    reference.publish(conn, billers(), now_ms)
    settings = Settings(
        till_qapik_max=till_qapik_max,
        qr_minutes=qr_minutes,
        allowances_qapik={
            "transfers": 300_000,
            "payments": 200_000,
            "express": 500_000,
            "charges": 200_000,
            "goods": 500_000,
        },
    )
    reference.publish(conn, settings, now_ms)
    desks = [branches.add_desk(conn, BRANCH, number) for number in (1, 2)]
    return {desk: enrolment_code(conn, desk, now_ms) for desk in desks}


def supply_desk(conn: Connection, desk: str, now_ms: int) -> None:
    """Transfer codes and item numbers for an enrolled desk, enough for days off line."""
    branches.give_codes(conn, desk, 200, now_ms)
    branches.give_range(conn, desk, "EE", 500, now_ms)
