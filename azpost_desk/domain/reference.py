"""Every dated document of the centre by its name, whichever feature it belongs to."""

from __future__ import annotations

from typing import Final

from azpost_desk.domain.abroad.corridors import Corridors, Partners, Rates
from azpost_desk.domain.abroad.revaluation import RevaluationRates
from azpost_desk.domain.catalogue import (
    Billers,
    Branch,
    Document,
    Goods,
    Licences,
    MoneyLaundering,
    Offices,
    Retention,
    Settings,
    Signing,
    Staff,
    Tariffs,
    WatchState,
)
from azpost_desk.domain.mail.forms import CustomsForms, SdrRates
from azpost_desk.domain.mail.keeping import ClosedDays, MailStorage
from azpost_desk.domain.mail.lanes import Lanes
from azpost_desk.domain.mail.prices import MailAbroad
from azpost_desk.domain.mail.prohibited import Prohibitions
from azpost_desk.domain.mail.quality import MailStandards

DOCUMENTS: Final[dict[str, type[Document]]] = {
    "branch": Branch,
    "offices": Offices,
    "staff": Staff,
    "licences": Licences,
    "tariffs": Tariffs,
    "billers": Billers,
    "goods": Goods,
    "settings": Settings,
    "signing": Signing,
    "retention": Retention,
    "watch": WatchState,
    "laundering": MoneyLaundering,
    "corridors": Corridors,
    "partners": Partners,
    "rates": Rates,
    "revaluation_rates": RevaluationRates,
    "prohibitions": Prohibitions,
    "customs_forms": CustomsForms,
    "sdr_rates": SdrRates,
    "mail_abroad": MailAbroad,
    "mail_storage": MailStorage,
    "closed_days": ClosedDays,
    "mail_standards": MailStandards,
    "mail_lanes": Lanes,
}
