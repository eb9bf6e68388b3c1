"""Grants of the centre that a desk holds, as frozen rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azpost_desk.domain.money import Money


@dataclass(frozen=True, slots=True)
class HeldGrant:
    """A grant this desk holds and has not ended."""

    grant: str
    thing: str
    purpose: str
    amount: Money
    parties: bytes
    stored_ms: int
    fee_qapik: int = 0
