"""What a desk's tables keep of each product: one module for each, its lines in `CARRIERS`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from azpost_desk.domain.lines import LineReversed
from azpost_desk.storage import people
from azpost_desk.storage.features import abroad, bills, transfers
from azpost_desk.storage.features.abroad import ABROAD
from azpost_desk.storage.features.abroad import Reads as AbroadReads
from azpost_desk.storage.features.base import LineCarrier, Named
from azpost_desk.storage.features.bills import BILLS
from azpost_desk.storage.features.charges import CHARGES
from azpost_desk.storage.features.charges import Reads as ChargeReads
from azpost_desk.storage.features.despatches import Reads as DespatchReads
from azpost_desk.storage.features.express import EXPRESS
from azpost_desk.storage.features.goods import GOODS
from azpost_desk.storage.features.keeping import Reads as KeepingReads
from azpost_desk.storage.features.labels import Reads as LabelReads
from azpost_desk.storage.features.mail_bags import Reads as BagReads
from azpost_desk.storage.features.mail_bags_in import Reads as ArrivalReads
from azpost_desk.storage.features.pickups import Reads as PickupReads
from azpost_desk.storage.features.qr import Reads as QrReads
from azpost_desk.storage.features.rolls import Reads as RollReads
from azpost_desk.storage.features.rounds import Reads as RoundReads
from azpost_desk.storage.features.transfers import TRANSFERS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from sqlalchemy import Connection

    from azpost_desk.domain.lines import AnyLine, Sold

CARRIERS: Final[dict[type, LineCarrier[Any]]] = {
    one.line: one for one in (*GOODS, *BILLS, *TRANSFERS, *EXPRESS, *ABROAD, *CHARGES)
}
READS: Final[dict[str, Callable[[Connection], Any]]] = {
    "abroad": AbroadReads,
    "mail_bags": BagReads,
    "mail_bags_in": ArrivalReads,
    "charges": ChargeReads,
    "despatches": DespatchReads,
    "keeping": KeepingReads,
    "labels": LabelReads,
    "pickups": PickupReads,
    "qr": QrReads,
    "rolls": RollReads,
    "rounds": RoundReads,
}
"""Who reads the tables of a feature, by the name of its token (services.reads)."""
BLANKED: Final[dict[str, Callable[[Connection, str], None]]] = {
    "parties": transfers.blank,
    "account": bills.blank,
    "parties_abroad": abroad.blank,
}
"""What is emptied in a feature's tables when a line's attachment of this group is erased."""


def carrier_of(line: Sold) -> LineCarrier[Any]:
    """The tables behind a line; every line that can be sold has one (a test compares)."""
    return CARRIERS[type(line)]


def remember(
    connection: Connection,
    line: AnyLine,
    attached: Mapping[str, bytes],
    at_ms: int,
    only: Collection[str] | None = None,
) -> None:
    """Keep whom a line of a settlement named as customer and as receiver; with `only`, just these files.

    `attached` is the record's personal data by slot, as far as it is still there.
    """
    if isinstance(line, LineReversed):
        return
    wanted = (lambda _one: True) if only is None else (lambda one: people.customer_of(one) in only)
    carrier_of(line).remember(connection, line, Named(attached, at_ms, wanted))
