"""`azpost-desk central` · reports of money over the border as files: CSV for a spreadsheet, or JSON.

In: the business days asked for and the file to write. Out: one file, written whole or not at all; its columns
are the fields of the report's row, explained by the command's help.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

import msgspec

from azpost_desk.central import ledger_export
from azpost_desk.central.abroad import border_reports, commissions
from azpost_desk.central.abroad.ageing import Open, still_open
from azpost_desk.central.electronic import ElectronicDay, electronic_days
from azpost_desk.central.ledger_export import LedgerAccounts
from azpost_desk.central.mail import quality, quality_page
from azpost_desk.central.registry import files
from azpost_desk.central.safeguarding import Safeguarded, safeguarded
from azpost_desk.domain.days import business_day, calendar_day
from azpost_desk.domain.money import Money
from azpost_desk.domain.refusals import Refused
from azpost_desk.files import write_whole
from azpost_desk.programs.central_commands import CLOCK, Command, note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.days import BusinessDay

ROWS: Final[dict[str, type[msgspec.Struct]]] = {
    "border-transfers": border_reports.Crossing,
    "border-balance": border_reports.Flow,
    "safeguarding": Safeguarded,
    "electronic-share": ElectronicDay,
    "open-abroad": Open,
    "partner-commission": commissions.Month,
    "mail-quality": quality.Quality,
    "mail-dwell": quality.HubDwell,
    "ledger-export": ledger_export.LedgerEntry,
}
_MINOR, _QAPIK = "_minor", "_qapik"
_HOME: Final = Money(0).currency
# A spreadsheet takes what begins so for a formula; a number and a telephone number it may take for one.
_FORMULA: Final = re.compile(r"[=@\t\r]|[+-](?![0-9. ]*$)")
_SAYS: Final = (
    "CSV (UTF-8, one line a row): sums in units of their currency, {minor}; manat as ..._azn. "
    "With --json the same fields as a list: ..._minor and ..._qapik in smallest units.\n\ncolumns:\n{columns}"
)


def add(command: Command) -> None:
    """Each report with its columns in its help."""
    says = "every transfer over the border in some days, with its people, for the intelligence unit"
    _add(command, "border-transfers", _transfers, says)
    says = "sums of what crossed the border by month, country, purpose and currency (balance of payments)"
    _add(command, "border-balance", _balance, says)
    says = "customers' money against what covers it at the end of each day, with the gap (safeguarding)"
    _add(command, "safeguarding", _safeguarding, says)
    says = "what customers of the country paid by card and QR each business day, by sum and by baskets"
    _add(command, "electronic-share", _electronic, says)
    says = "what each partner's work costs and ours brings, month by month, beside what was invoiced for it"
    _add(command, "partner-commission", _commission, says)
    says = "what closed days posted, by office and account, for the general ledger; each day balances"
    one = _add(command, "ledger-export", _ledger, says)
    says = "a file (see: template ledger-accounts) with the general ledger's number of each of our accounts"
    one.add_argument("--accounts", type=Path, metavar="FILE", help=says)
    says = "items of some days held against what was promised, in working days without the time at customs"
    one = _add(command, "mail-quality", _quality, says)
    one.add_argument("--by", choices=get_args(quality.By), default="lane", help="default: a lane's zones")
    one.add_argument("--html", type=Path, metavar="FILE", help="a page with charts and the hubs' dwell too")
    says = "how long items lay at the hubs that came to them on some days, up to the signed hand-over"
    _add(command, "mail-dwell", _dwell, says)
    says = (
        "what stands open with partners now, how old, whose and until when: suspense, claims, owed, unclaimed"
    )
    _add(command, "open-abroad", _open, says, is_of_now=True)


def _add(
    command: Command, name: str, act: Callable[..., None], says: str, *, is_of_now: bool = False
) -> argparse.ArgumentParser:
    one = command(name, act, says)
    one.formatter_class = argparse.RawDescriptionHelpFormatter
    one.epilog = _SAYS.format(minor="named in the column currency", columns=_columns(ROWS[name]))
    if not is_of_now:
        one.add_argument("--from", dest="first", required=True, metavar="DATE", help="first day, ISO")
        says = "last day, ISO; default: the first, which makes it one day"
        one.add_argument("--to", dest="last", metavar="DATE", help=says)
    one.add_argument("--out", type=Path, required=True, metavar="FILE")
    one.add_argument("--json", action="store_true", help="JSON instead of CSV")
    return one


def _columns(row: type[msgspec.Struct]) -> str:
    """What the row's own words say of its fields, under the names they have in a file."""
    _, _, told = (row.__doc__ or "").partition("Attributes:\n")
    lines = (line.removeprefix("    ") for line in told.rstrip().splitlines())
    return re.sub(r"\b(\w+)_qapik\b", r"\1_azn", re.sub(r"\b(\w+)_minor\b", r"\1", "\n".join(lines)))


def _transfers(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    rows, desks = border_reports.crossings(conn, *_days(wanted))
    # Whoever reads the list reads records of these desks: they are told.
    note(wanted, conn, dsn, desks, "records_read")
    _write(wanted, border_reports.Crossing, rows)


def _balance(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    rows, _ = border_reports.crossings(conn, *_days(wanted))
    _write(wanted, border_reports.Flow, border_reports.flows(rows))


def _safeguarding(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    _write(wanted, Safeguarded, safeguarded(conn, *_days(wanted)))


def _electronic(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    _write(wanted, ElectronicDay, electronic_days(conn, *_days(wanted)))


def _open(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    _write(wanted, Open, still_open(conn, CLOCK.utc_ms()))


def _commission(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    """Whole months: those of the first and of the last day, and all between."""
    first, last = _days(wanted)
    _write(wanted, commissions.Month, commissions.by_month(conn, first[:7], last[:7]))


def _ledger(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    accounts = files.read(wanted.accounts, LedgerAccounts).accounts if wanted.accounts else None
    if accounts is not None:
        ledger_export.require_mapped(accounts)
    _write(wanted, ledger_export.LedgerEntry, ledger_export.entries(conn, *_days(wanted), accounts))


def _quality(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    first, last = _days(wanted)
    now_ms = CLOCK.utc_ms()
    rows = quality.quality(conn, first, last, wanted.by, calendar_day(now_ms))
    if wanted.html is not None:
        hubs = quality.dwell(conn, first, last, now_ms)
        title = f"Quality of mail, {first} to {last}, by {wanted.by}"
        write_whole(wanted.html, quality_page.page(title, rows, hubs).encode())
    _write(wanted, quality.Quality, rows)


def _dwell(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    _write(wanted, quality.HubDwell, quality.dwell(conn, *_days(wanted), CLOCK.utc_ms()))


def _days(wanted: argparse.Namespace) -> tuple[BusinessDay, BusinessDay]:
    """The days asked for.

    Raises:
        Refused: I-010 no date, R-082 the last is before the first.
    """
    first, last = business_day(wanted.first), business_day(wanted.last or wanted.first)
    if last < first:
        raise Refused("R-082", field="last_day")
    return first, last


def _write(wanted: argparse.Namespace, sort: type[msgspec.Struct], rows: Sequence[msgspec.Struct]) -> None:
    if wanted.json:
        content = msgspec.json.format(msgspec.json.encode(rows), indent=2)
    else:
        # With its mark a spreadsheet takes the letters for what they are.
        content = as_csv(sort, rows).encode("utf-8-sig")
    write_whole(wanted.out, content)
    print(f"{wanted.out}: {len(rows)}")


def as_csv(sort: type[msgspec.Struct], rows: Iterable[msgspec.Struct]) -> str:
    """The rows under a line of their columns."""
    names = sort.__struct_fields__
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(name.removesuffix(_MINOR).replace(_QAPIK, "_azn") for name in names)
    for row in rows:
        writer.writerow(_cell(row, name) for name in names)
    return out.getvalue()


def _cell(row: msgspec.Struct, name: str) -> str:
    of: dict[str, Any] = msgspec.structs.asdict(row)
    value = of[name]
    if name.endswith(_MINOR):
        return f"{Money(value, of['currency']).decimal():f}"
    if name.endswith(_QAPIK):
        return f"{Money(value, _HOME).decimal():f}"
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    # People's words come from outside: none of them is reckoned by who opens the file.
    return f"'{text}" if _FORMULA.match(text) else text
