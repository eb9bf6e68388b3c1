"""Slips as a neighbour of desk 2002-1 signs them, and the news that makes its key known."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from azpost_desk.domain.ids import uuid7
from azpost_desk.domain.reports import Figures, Flow
from azpost_desk.protocol import slips
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.protocol.news import DeskHead, DeskKey
from tests.services.counters import MORNING_MS
from tests.storage.desks import DATE, piece

if TYPE_CHECKING:
    from azpost_desk.protocol.news import Tidings
    from azpost_desk.storage.books import DeskBooks

NEIGHBOUR = SigningKey(b"n" * 32)
STRANGER = SigningKey(b"s" * 32)
SHEET = ((500, 1), (1_000, 2))
QAPIK = 2_500
_COUNT = itertools.count(1)
_FLOW = Flow(count=1, in_qapik=100, out_qapik=0)
FIGURES = Figures(
    services={},
    tenders={"cash": _FLOW},
    till=_FLOW,
    safe=Flow(),
    till_opening_qapik=0,
    till_closing_qapik=100,
    surplus_qapik=0,
    shortage_qapik=0,
    vat_qapik=15,
    refunds_owed_qapik=0,
    operations=1,
    receipts=1,
)


def tell(books: DeskBooks, kind: str, told: Tidings) -> None:
    """News from the centre."""
    books.store_news([piece(books.news_position() + 1, kind, told)], 1)


def tell_key(
    books: DeskBooks, key: SigningKey = NEIGHBOUR, epoch: int = 1, state: str = "active", desk: str = "2002-2"
) -> None:
    public = key.public()
    tell(books, "desk.key", DeskKey(desk=desk, epoch=epoch, public_key=public, state=state, at_ms=MORNING_MS))


def signed(slip: slips.Slip, key: SigningKey = NEIGHBOUR) -> str:
    return slips.write_code(slip, key.sign(slips.words_of(slip)))


def remittance(**changed: object) -> slips.RemittanceSlip:
    """Cash from desk 2 to desk 1, another one at every call."""
    number = next(_COUNT)
    slip = slips.RemittanceSlip(
        format="AZM1",
        branch="2002",
        from_desk="2002-2",
        epoch=1,
        sequence=number,
        mark=number.to_bytes(5, "big"),
        to_desk="2002-1",
        remittance=UUID(str(uuid7(MORNING_MS, number.to_bytes(10, "big")))).bytes,
        pieces=SHEET,
        amount_qapik=QAPIK,
        at_ms=MORNING_MS,
    )
    return msgspec.structs.replace(slip, **changed)


def close(figures: Figures = FIGURES, **changed: object) -> slips.CloseSlip:
    """Desk 2 closed its day; desk 1 holds the safe."""
    slip = slips.CloseSlip(
        "AZD1", "2002", "2002-2", 2, 1, 40, bytes(31) + b"h", "2002-1", DATE,
        *slips.close_figures(figures), MORNING_MS,
    )  # fmt: skip
    return msgspec.structs.replace(slip, **changed)


def head(figures: Figures = FIGURES, **changed: object) -> DeskHead:
    """What the centre tells of the same close."""
    told = DeskHead(
        desk="2002-2",
        number=2,
        epoch=1,
        sequence=40,
        hash=(bytes(31) + b"h").hex(),
        recorded_ms=MORNING_MS,
        received_ms=MORNING_MS + 1,
        date=DATE,
        state="closed",
        figures=msgspec.Raw(msgspec.json.encode(figures)),
        public_key=NEIGHBOUR.public(),
    )
    return msgspec.structs.replace(told, **changed)
