"""`azpost-desk central` · documents about mail: abroad and how long it is kept, each from a checked file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from azpost_desk.central.mail import documents, price_lists, terms
from azpost_desk.central.registry import files, reference
from azpost_desk.domain.mail.forms import CustomsForms, SdrRates
from azpost_desk.domain.mail.keeping import ClosedDays, MailStorage
from azpost_desk.domain.mail.lanes import Lanes
from azpost_desk.domain.mail.prices import MailAbroad
from azpost_desk.domain.mail.prohibited import Prohibitions
from azpost_desk.domain.mail.quality import MailStandards
from azpost_desk.programs.central_commands import CLOCK, Command

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.catalogue import Document

# By its name in commands and templates: the document, and what looks at it first.
_CHECKS: Final[dict[str, tuple[type[Document], Callable[[str, Any], None]]]] = {
    "prohibitions": (Prohibitions, documents.check_prohibitions),
    "customs-forms": (CustomsForms, documents.check_customs_forms),
    "sdr-rates": (SdrRates, documents.check_sdr_rates),
    "mail-abroad": (MailAbroad, price_lists.check_mail_abroad),
    "mail-storage": (MailStorage, terms.check_mail_storage),
    "closed-days": (ClosedDays, terms.check_closed_days),
    "mail-standards": (MailStandards, terms.check_mail_standards),
    "mail-lanes": (Lanes, terms.check_mail_lanes),
}
DOCUMENTS: Final = tuple(_CHECKS)


def add(command: Command) -> None:
    """One command for each document."""
    for name in _CHECKS:
        says = f"publish {name} from a file (see: template {name})"
        one = command(f"set-{name}", _publish, says, "file")
        one.set_defaults(document=name)
        one.add_argument("--valid-from", default="0001-01-01", help="business day, ISO")


def _publish(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    kind, check = _CHECKS[wanted.document]
    file = Path(wanted.file)
    document = files.read(file, kind)
    check(file.name, document)
    print(reference.publish(conn, document, CLOCK.utc_ms(), valid_from=wanted.valid_from))
