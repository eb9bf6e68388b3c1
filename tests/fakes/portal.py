"""A counter that is told of a state portal, and what that portal says: for tests of notices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain.catalogue import Biller, FeeRule
from azpost_desk.domain.notices import Notice, NoticeRules, Way
from azpost_desk.protocol.news import Reference
from tests.storage.desks import documents, piece

if TYPE_CHECKING:
    from tests.services.counters import Stand

PORTAL: Final = "9001"
NUMBER: Final = "EB2026000123"
RULES: Final = NoticeRules(
    ways=(
        Way(by="notice", mask=r"EB[0-9]{10}", example=NUMBER),
        Way(by="document", mask=r"[A-Z]{2}[0-9]{7}", example="AA1234567"),
        Way(by="fin", mask=r"[0-9A-HJ-NP-Z]{7}", example="5ZK9XYZ"),
        Way(by="voen", mask=r"[0-9]{10}", example="1400000001"),
    ),
    stands_seconds=120,
)
NOTICE: Final = Notice(
    notice="n-1",
    version="1",
    number=NUMBER,
    sort="fine",
    authority={"az": "Dövlət Yol Polisi", "ru": "Дорожная полиция", "en": "Traffic Police"},
    purpose={"az": "Cərimə", "ru": "Штраф", "en": "Fine"},
    budget_code="142321",
    amount_qapik=4_000,
    payer="Ə*** V***",
    due="2026-12-31",
)


def portal() -> Biller:
    """The portal among the billers of the day; it asks a fee of the payer."""
    return Biller(
        biller=PORTAL,
        group="state",
        names={"az": "Dövlət ödəniş portalı", "ru": "Портал госплатежей", "en": "State payment portal"},
        account_mask=".*",
        account_example=NUMBER,
        account_names={"az": "Bildiriş", "ru": "Извещение", "en": "Notice"},
        amount_qapik_min=1,
        amount_qapik_max=10_000_000,
        fees=(FeeRule(amount_qapik_from=1, amount_qapik_to=10_000_000, percent_ppm=0, fixed_qapik=50),),
        offline=False,
        notices=RULES,
    )


def portal_at(stand: Stand) -> Stand:
    """The counter knows the portal, and the portal has one notice."""
    billers = documents()["billers"]
    told = msgspec.structs.replace(billers, billers=(*billers.billers, portal()))
    raw = msgspec.Raw(msgspec.json.encode(told))
    stand.books.store_news(
        [
            piece(
                2_000, "reference", Reference(name="billers", version=2, valid_from="2026-01-01", content=raw)
            )
        ],
        1,
    )
    stand.line.notices[NUMBER] = (NOTICE,)
    return stand
