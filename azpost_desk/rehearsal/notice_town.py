"""The demo's state portal: what the desks' catalogue says of it, its notices, how the centre reaches it.

Demonstration data: numbers, people and sums are invented, and no real portal's forms are public.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central.gateways.portal_json import JsonPortal
from azpost_desk.domain.catalogue import Biller, FeeRule
from azpost_desk.domain.notices import NoticeRules, Way
from azpost_desk.rehearsal.portals import PORTAL_KEY, Owing, SandboxPortal

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.gateways.connectors import Connector

PORTAL: Final = "9001"
FINE: Final = "EB2026004711"
FEE: Final = "EB2026004712"
TAX: Final = "EB2026004713"
PAYER_FIN: Final = "5ZK9XYZ"
_POLICE: Final = {
    "az": "Baş Dövlət Yol Polisi İdarəsi",
    "ru": "Главное управление дорожной полиции",
    "en": "Main Traffic Police Department",
}
_JUSTICE: Final = {"az": "Ədliyyə Nazirliyi", "ru": "Министерство юстиции", "en": "Ministry of Justice"}
_TAXES: Final = {
    "az": "Dövlət Vergi Xidməti",
    "ru": "Государственная налоговая служба",
    "en": "State Tax Service",
}


def portal() -> Biller:
    """The portal among the billers of the day; the payer pays the post no fee at a fine."""
    return Biller(
        biller=PORTAL,
        group="state",
        names={
            "az": "Hökumət Ödəniş Portalı",
            "ru": "Портал государственных платежей",
            "en": "Government Payment Portal",
        },
        account_mask=r"EB[0-9]{10}",
        account_example=FINE,
        account_names={"az": "Bildiriş", "ru": "Извещение", "en": "Notice"},
        amount_qapik_min=1,
        amount_qapik_max=100_000_000,
        fees=(FeeRule(amount_qapik_from=1, amount_qapik_to=100_000_000, percent_ppm=0, fixed_qapik=50),),
        offline=False,
        notices=NoticeRules(
            ways=(
                Way(by="notice", mask=r"EB[0-9]{10}", example=FINE),
                Way(by="document", mask=r"[A-Z]{3}[0-9]{6}", example="DYP123456"),
                Way(by="fin", mask=r"[0-9A-HJ-NP-Z]{7}", example=PAYER_FIN),
                Way(by="voen", mask=r"[0-9]{10}", example="1400000001"),
            )
        ),
    )


def notices() -> list[Owing]:
    """A fine, a state fee, and a tax of which parts may be paid; all of one person."""
    return [
        Owing(
            notice="dyp-4711",
            number=FINE,
            amount_qapik=4_000,
            keys={"notice": FINE, "document": "DYP123456", "fin": PAYER_FIN},
            sort="fine",
            authority=_POLICE,
            purpose={"az": "İnzibati cərimə", "ru": "Административный штраф", "en": "Administrative fine"},
            budget_code="163121",
            payer="Əliyev Vüqar",
            due="2026-12-31",
        ),
        Owing(
            notice="ed-4712",
            number=FEE,
            amount_qapik=2_500,
            keys={"notice": FEE, "fin": PAYER_FIN},
            authority=_JUSTICE,
            purpose={"az": "Dövlət rüsumu", "ru": "Госпошлина", "en": "State fee"},
            budget_code="142320",
            payer="Əliyev Vüqar",
        ),
        Owing(
            notice="dvx-4713",
            number=TAX,
            amount_qapik=30_000,
            keys={"notice": TAX, "fin": PAYER_FIN, "voen": "1400000001"},
            sort="tax",
            authority=_TAXES,
            purpose={"az": "Əmlak vergisi", "ru": "Налог на имущество", "en": "Property tax"},
            budget_code="113113",
            payer="Əliyev Vüqar",
            least_qapik=5_000,
        ),
    ]


def any_fine(number: str) -> Owing:
    """A fine of 10 manat under whatever number is asked for."""
    return Owing(
        notice=f"any-{number}",
        number=number,
        amount_qapik=1_000,
        keys={"notice": number},
        sort="fine",
        authority=_POLICE,
        purpose={"az": "İnzibati cərimə", "ru": "Административный штраф", "en": "Administrative fine"},
        budget_code="163121",
    )


def reached(sandbox: SandboxPortal, now_ms: Callable[[], int]) -> dict[str, Connector]:
    """The connector of the centre to this sandbox, by the portal's number."""
    return {PORTAL: JsonPortal(sandbox.url, PORTAL_KEY, now_ms=now_ms)}
