"""A counter whose centre takes money by code, and what becomes of each request: for tests of codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain.refusals import Trouble
from azpost_desk.protocol.instant import QR_PAID, QrAsk, QrPaid, QrTold, paid_words
from azpost_desk.protocol.messages import Signed
from azpost_desk.protocol.news import Reference
from tests.storage.desks import documents, piece

if TYPE_CHECKING:
    from tests.services.counters import Stand

CODE: Final = (
    "3906MPV0024032000102030405060708090A0B0C0D0E0F00020101021226440002000332000102030405060708090a0b0c0d0e0f"
)


@dataclass
class PlayedRail:
    """The centre's requests; a test says what a customer does.

    Attributes:
        state: of each request; silent: questions that get no answer; asked: every question.
    """

    state: dict[str, str] = field(default_factory=dict)
    silent: int = 0
    asked: list[QrAsk] = field(default_factory=list)
    is_closable: bool = True

    def pay(self, state: str = "paid") -> None:
        """The customer pays the newest request, or does whatever leads to `state`."""
        self.state[list(self.state)[-1]] = state

    def told(self, ask: QrAsk) -> QrTold:
        """The centre's answer."""
        self.asked.append(ask)
        if ask.act == "ask":
            self.state.setdefault(ask.request, "shown")
        if ask.act == "close" and self.state.get(ask.request) == "shown":
            self.state[ask.request] = "closed" if self.is_closable else "closing"
        if ask.act == "take":
            self.state[ask.request] = "paid"
        if self.silent:
            self.silent -= 1
            raise Trouble("L-002")
        state = self.state.get(ask.request, "")
        paid = QrPaid(QR_PAID, 1, "2002-1", 1, ask.request, ask.digest, ask.amount_qapik, "T-1", 1)
        return QrTold(
            state=state,
            code=CODE if state == "shown" else "",
            until_ms=300_000,
            now_ms=0,
            paid=Signed(words=paid_words(paid), signature=b"s" * 64) if state == "paid" else None,
        )


def rail_at(stand: Stand) -> PlayedRail:
    """The counter takes money by code."""
    told = msgspec.structs.replace(documents()["settings"], qr_minutes=5)
    content = msgspec.Raw(msgspec.json.encode(told))
    reference = Reference(name="settings", version=2, valid_from="2026-01-01", content=content)
    stand.books.store_news([piece(2_100, "reference", reference)], 1)
    rail = PlayedRail()
    stand.line.codes = rail.told
    return rail
