"""All use cases of one desk, wired by the program and handed to the screens as one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from azpost_desk.services.baskets import Baskets
from azpost_desk.services.branches import Days
from azpost_desk.services.copies import Copies
from azpost_desk.services.customers import Customers
from azpost_desk.services.express import Express
from azpost_desk.services.finding import Finding
from azpost_desk.services.goods import Shop
from azpost_desk.services.history import History
from azpost_desk.services.licences import BranchLicences
from azpost_desk.services.papers import Papers
from azpost_desk.services.payments import Payments
from azpost_desk.services.reports import Press, Reports
from azpost_desk.services.staff import Staff
from azpost_desk.services.tills import Tills
from azpost_desk.services.tracking import Tracking
from azpost_desk.services.transfers import Transfers

if TYPE_CHECKING:
    from azpost_desk.services.counter import Counter
    from azpost_desk.services.ports import Hasher


@dataclass(frozen=True, slots=True)
class DeskServices:
    """What a clerk or manager may ask of this desk. `press` draws a report as PDF bytes."""

    counter: Counter
    press: Press
    staff: Staff
    days: Days
    licences: BranchLicences
    tills: Tills
    baskets: Baskets
    shop: Shop
    transfers: Transfers
    payments: Payments
    express: Express
    tracking: Tracking
    customers: Customers
    reports: Reports
    papers: Papers
    finding: Finding
    history: History
    copies: Copies


def desk_services(
    counter: Counter, hasher: Hasher, press: Press, copies: Copies | None = None
) -> DeskServices:
    """The use cases over one counter."""
    baskets = Baskets(counter)
    return DeskServices(
        counter=counter,
        press=press,
        staff=Staff(counter, hasher),
        days=Days(counter),
        licences=BranchLicences(counter),
        tills=Tills(counter),
        baskets=baskets,
        shop=Shop(counter, baskets),
        transfers=Transfers(counter, baskets),
        payments=Payments(counter, baskets),
        express=Express(counter, baskets),
        tracking=Tracking(counter),
        customers=Customers(counter),
        reports=Reports(counter),
        papers=Papers(counter),
        finding=Finding(counter),
        history=History(counter),
        copies=copies or Copies(counter.clock),
    )
