"""An accepted record of a desk, decoded, with its place in the chain, as the centre's carriers take it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from azpost_desk.protocol.records import Header


@dataclass(frozen=True, slots=True)
class AcceptedRecord:
    """One accepted record of a desk with its place, its decoded body and its attachments (slot → bytes)."""

    desk: str
    branch: str
    epoch: int
    sequence: int
    hash: str
    header: Header
    body: Any
    attachments: dict[str, bytes]
    received_ms: int
