"""A desk with two days, an acknowledgement in the middle and personal data, for tests of evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.storage.desks import FakeClock, new_desk
from tests.storage.play import Player

if TYPE_CHECKING:
    from pathlib import Path

FIRST_DAY = (
    *("open_day", "supply", "open_till", "to_till", "stock", "sell_stamps", "send_transfer", "take_bill"),
    *("acknowledged", "reverse_last", "accept_item", "take_grant", "pay_out", "issue_remittance"),
    *("close_till", "remittance_news", "accept_remittance", "close_day"),
)
SECOND_DAY = (*("open_day", "open_till", "sell_stamps", "acknowledged", "take_bill", "send_transfer"),)
DAYS = "2026-12-01", "2026-12-02"


def played(folder: Path, acts: tuple[str, ...] = FIRST_DAY + SECOND_DAY) -> Player:
    """The desk at work; its books are still open."""
    clock = FakeClock()
    player = Player(new_desk(folder, clock), clock)
    assert [act for act in acts if not player.play(act)] == []
    return player
