"""`azpost-desk central treasury`: money abroad on one page, read only, as text or as one JSON object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from azpost_desk.central.abroad.treasury import treasury
from azpost_desk.domain.money import Money, azn
from azpost_desk.programs.central_commands import CLOCK, Command
from azpost_desk.texts.sentences import local

if TYPE_CHECKING:
    import argparse

    from azpost_desk.central.abroad.treasury import AtPartner, Position, Treasury, Turned
    from azpost_desk.central.storage.database import Connection


def add(command: Command) -> None:
    """The one command."""
    one = command("treasury", _treasury, "money abroad on one page: accounts, positions, switches, today")
    one.add_argument("--json", action="store_true", help="one JSON object; sums in smallest units")


def _treasury(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    page = treasury(conn, CLOCK.utc_ms())
    if wanted.json:
        print(msgspec.json.encode(_written(page)).decode())
        return
    print(f"as of {_when(page.as_of_ms)}")
    for account in page.accounts:
        _tell_account(account)
    for partner in page.partners:
        _tell_switches(partner)
    for position in page.positions:
        _tell_position(position)


def _written(page: Treasury) -> dict[str, object]:
    """As interfaces write it: moments are local times, "" for none."""
    return {
        "as_of": _when(page.as_of_ms),
        "accounts": page.accounts,
        "partners": [
            {
                "partner": one.partner,
                "switches": {
                    turned.switch: {
                        "on": turned.is_on,
                        "why": turned.why,
                        "since": _when(turned.since_ms),
                    }
                    for turned in one.switches
                },
                "refusals": one.refusals,
                "refusals_in_a_row_max": one.refusals_in_a_row_max,
            }
            for one in page.partners
        ],
        "positions": page.positions,
    }


def _when(at_ms: int) -> str:
    return local(at_ms).isoformat(timespec="seconds") if at_ms else ""


def _tell_account(one: AtPartner) -> None:
    def money(minor: int) -> str:
        return f"{Money(minor, one.currency).decimal():f}"

    rows = (
        (
            ("lies there", money(one.lies_there_minor)),
            ("firm", money(one.firm_minor)),
            ("promised", money(one.promised_minor)),
            ("free", money(one.free_minor)),
            ("credit", money(one.credit_minor)),
        ),
        (
            ("in transit", money(one.transit_minor)),
            (f"waiting for funds ({one.waiting_count})", money(one.waiting_minor)),
            ("due there", money(one.due_minor)),
            ("come, not paid", money(one.incoming_minor)),
        ),
        (
            ("owed back", f"{azn(one.owed_back_qapik).decimal():f} AZN"),
            ("unfunded", f"{money(one.unfunded_minor)} of {money(one.unfunded_minor_max)}"),
            ("suspense", money(one.suspense_minor)),
            ("claims", money(one.claims_minor)),
        ),
        (
            (f"leaves today ({one.leaves_today_count})", money(one.leaves_today_minor)),
            ("goes back", money(one.goes_back_minor)),
            ("stopped", money(one.stopped_minor)),
        ),
    )
    print(f"{one.partner} {one.currency}")
    for row in rows:
        print("    " + ", ".join(f"{name} {figure}" for name, figure in row))


def _tell_switches(one: Turned) -> None:
    print(f"{one.partner}  refusals in a row {one.refusals}, at most {one.refusals_in_a_row_max}")
    for turned in one.switches:
        since = f" since {_when(turned.since_ms)}" if turned.since_ms else ""
        why = f": {turned.why}" if turned.why else ""
        print(f"    {turned.switch} {'on' if turned.is_on else 'PAUSED'}{since}{why}")


def _tell_position(one: Position) -> None:
    position = Money(one.position_minor, one.currency).decimal()
    unreleased = Money(one.unreleased_minor, one.currency).decimal()
    print(
        f"position {one.currency} {position:f} against {azn(one.manat_qapik).decimal():f} AZN,"
        f" not released {unreleased:f}"
    )
