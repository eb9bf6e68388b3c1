"""The port to state portals: what every connector answers about notices, whatever protocol it speaks.

The outcomes are those of billers, and so is the rule behind them (`gateways.billers`): money is the budget's
on a clear yes only, and whatever is unknown is asked again under the same number.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from azpost_desk.central.gateways.billers import Outcome, Unknown
    from azpost_desk.domain.money import Money
    from azpost_desk.domain.notices import Notice


# So many of one person are shown; whoever has more is asked for the number of the one that is meant.
NOTICES_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class NoticeOrder:
    """One payment of a notice: the same values at every repetition.

    Attributes:
        txn_id: our number of it, stored before the first call.
        notice, version: the portal's id, and of what it said that the customer agreed to (MC-8).
        at_ms: when the customer paid at the counter (UTC ms): the moment that counts.
    """

    txn_id: int
    notice: str
    version: str
    amount: Money
    at_ms: int


class Portal(ABC):
    """One portal. Methods block up to the connector's time limit and never raise for what portal or line do.

    Attributes:
        can_be_asked: `notice_status` is a true question (money-out.md M0-6).
        not_found_after_ms, key_life_ms: as for a `Biller` (MC-11).
    """

    can_be_asked: bool
    not_found_after_ms: int
    key_life_ms: int | None

    @abstractmethod
    def find(self, by: str, value: str) -> tuple[Notice, ...] | Unknown:
        """The notices that fit, perhaps none; more than `NOTICES_MAX` when there are more.

        Raises:
            ValueError: it could never be asked.
        """

    @abstractmethod
    def pay_notice(self, order: NoticeOrder) -> Outcome:
        """Tell the portal that it was paid; confirmed, the reference is the unique central number."""

    @abstractmethod
    def notice_status(self, order: NoticeOrder) -> Outcome:
        """What the portal knows of our number."""
