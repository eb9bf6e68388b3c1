"""`azpost-desk check`: all invariants over a desk's books (also beside a running desk) or the centre's."""

from __future__ import annotations

import argparse
import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from azpost_desk import places
from azpost_desk.central.clock import SystemClock
from azpost_desk.domain.money import Money
from azpost_desk.domain.refusals import Trouble
from azpost_desk.programs import complain
from azpost_desk.programs.dsn import DSN_HELP, without_password
from azpost_desk.texts.sentences import local

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.domain.invariants import Verdict


def main(argv: list[str]) -> int:
    """0 when every invariant holds, 1 when one is broken, 2 when the books cannot be opened."""
    parser = argparse.ArgumentParser(prog="azpost-desk check", description=__doc__)
    books = parser.add_mutually_exclusive_group()
    folder = "a desk's data folder; default: this desk's; several for the desks of a branch together"
    books.add_argument("--data", type=Path, action="append", metavar="DIR", help=folder)
    books.add_argument("--dsn", type=without_password, help=f"the centre's books: {DSN_HELP}")
    own = "the books of a centre with a PostgreSQL of its own in this folder"
    books.add_argument("--embedded", type=Path, metavar="DIR", help=own)
    only = "with --dsn or --embedded: only the desks of this branch"
    parser.add_argument("--branch", default="", help=only)
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    wanted = parser.parse_args(argv)
    if wanted.branch and wanted.dsn is None and wanted.embedded is None:
        parser.error("--branch needs --dsn or --embedded: desks are named by their folders")
    try:
        with _dsn(wanted.dsn, wanted.embedded) as dsn:
            verdicts, damaged = _check(wanted.data or [places.data()], dsn, wanted.branch)
            partners = _partners(dsn) if dsn is not None and not wanted.branch else []
    except Trouble as trouble:
        complain(trouble)
        return 2
    answer = summary(verdicts, damaged)
    if partners:
        answer["partners"] = partners
    if wanted.json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        _tell(answer)
    return 0 if answer["ok"] else 1


@contextmanager
def _dsn(dsn: str | None, embedded: Path | None) -> Iterator[str | None]:
    """Where the centre's books are, None for a desk's; a server of its own runs as long as it is asked."""
    if embedded is None:
        yield dsn
        return
    # Looking makes nothing: a folder without a server is a slip of whoever named it.
    if not (embedded / "postgres").is_dir():
        raise Trouble("G-075", file=str(embedded), why="no PostgreSQL of a centre is here")
    from azpost_desk.central.storage.embedded import EmbeddedServer

    server = EmbeddedServer(embedded.absolute())
    try:
        yield server.dsn()
    finally:
        server.stop()


def _check(folders: list[Path], dsn: str | None, branch: str) -> tuple[list[Verdict], list[str]]:
    if dsn is not None:
        from psycopg import Error

        from azpost_desk.central.checking import check as check_centre

        try:
            return check_centre(dsn, branch), []
        except Error as unreadable:
            detail = (str(unreadable).strip().splitlines() or [""])[0]
            raise Trouble("G-079", detail=detail) from unreadable
    # Here and not above: the centre's machine has no desk database.
    from azpost_desk.storage.checking import check_branch, check_folder

    return check_folder(folders[0]) if len(folders) == 1 else check_branch(folders)


def _partners(dsn: str) -> list[dict[str, Any]]:
    """Each account with a partner abroad as the answer writes it; sums are smallest units of its currency."""
    from azpost_desk.central.checking import reconciled

    return [
        {
            "partner": one.partner,
            "currency": one.currency,
            "ledger": one.ledger,
            "statement": one.statement,
            "statement_number": one.statement_number,
            "statement_until": one.statement_until,
            "items": [
                {
                    "sort": item.sort,
                    "name": item.name,
                    "minor": item.minor,
                    "owner": item.owner,
                    "since": local(item.since_ms).isoformat(timespec="seconds"),
                    "until": local(item.until_ms).isoformat(timespec="seconds"),
                }
                for item in one.items
            ],
            "suspense": one.suspense,
            "disputed": one.disputed,
            "unexplained": one.unexplained,
        }
        for one in reconciled(dsn, SystemClock().utc_ms())
    ]


def summary(verdicts: list[Verdict], damaged: list[str]) -> dict[str, Any]:
    """The answer as interfaces.md writes it; `damaged` holds what the engine says of its pages."""
    return {
        "ok": not damaged and all(verdict.ok for verdict in verdicts),
        "as_of": local(SystemClock().utc_ms()).isoformat(timespec="seconds"),
        "invariants": [
            {
                "id": verdict.id,
                "ok": verdict.ok,
                "checked": verdict.checked,
                **({"erased_by_rule": verdict.erased} if verdict.id == "I-11" else {}),
                "broken": [
                    {"desk": one.desk, "epoch": one.epoch, "sequence": one.sequence, "why": one.why}
                    for one in verdict.broken
                ],
            }
            for verdict in verdicts
        ],
        "damaged": damaged,
    }


def _tell(answer: dict[str, Any]) -> None:
    for page in answer["damaged"]:
        print(f"damaged  {page}")
    for one in answer["invariants"]:
        erased = f", {one['erased_by_rule']} erased by rule" if one.get("erased_by_rule") else ""
        print(f"{one['id']}  {'holds ' if one['ok'] else 'BROKEN'}  {one['checked']:>8} checked{erased}")
        for broken in one["broken"]:
            epoch = f" epoch {broken['epoch']}" if broken["epoch"] else ""
            print(f"         {broken['desk']}{epoch} record {broken['sequence']}: {broken['why']}")
    for account in answer.get("partners", ()):
        _tell_account(account)
    print("All invariants hold." if answer["ok"] else "The books are NOT sound.")


def _tell_account(account: dict[str, Any]) -> None:
    currency = account["currency"]

    def money(minor: int) -> str:
        return f"{Money(minor, currency).decimal():f} {currency}"

    print(
        f"{account['partner']}  our book {money(account['ledger'])}, statement {account['statement_number']}"
        f" {money(account['statement'])}, unexplained {money(account['unexplained'])}"
    )
    for item in account["items"]:
        named = f"{item['sort']} {item['name']}"
        print(f"         {named}: {money(item['minor'])}, {item['owner']}, until {item['until'][:10]}")
