"""Treasury's page: every figure of one moment, each switch with its reason and since when; it only reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from azpost_desk.central.abroad import agreements
from azpost_desk.central.abroad.treasury import treasury
from azpost_desk.central.gateways.abroad import Told
from azpost_desk.central.storage.database import connect
from azpost_desk.programs import central_treasury
from azpost_desk.programs.central import main
from azpost_desk.texts.sentences import local
from tests.central.abroad_post import post as post

if TYPE_CHECKING:
    import pytest

    from azpost_desk.central.abroad.treasury import AtPartner, Treasury
    from tests.central.abroad_post import Post


def page(post: Post) -> Treasury:
    with connect(post.dsn) as conn:
        return treasury(conn, post.clock.utc_ms())


def lari(post: Post) -> AtPartner:
    return next(one for one in page(post).accounts if one.currency == "GEL")


def figures(post: Post, *names: str) -> tuple[int, ...]:
    account = lari(post)
    return tuple(getattr(account, name) for name in names)


def test_every_figure_of_a_partner_moves_where_its_money_is(post: Post) -> None:
    kept = ("lies_there_minor", "firm_minor", "promised_minor", "free_minor", "due_minor", "transit_minor")
    today = ("leaves_today_minor", "leaves_today_count", "stopped_minor")
    assert figures(post, *kept) == (500_000, 0, 0, 500_000, 0, 0)
    quote = post.quoted(50_000)
    assert figures(post, *kept) == (500_000, 0, 50_000, 450_000, 0, 0)
    gone = post.sell(quote)
    assert figures(post, *kept) == (500_000, 50_000, 0, 450_000, 50_000, 0)
    # It leaves when its grace is over, so it is of today's forecast; then it has left.
    assert figures(post, *today) == (50_000, 1, 0)
    (position,) = page(post).positions
    assert (position.position_minor, position.manat_qapik) == (-450_000, 278_645)
    assert position.unreleased_minor == 50_000
    post.partner.answers = [Told()]
    post.later(11)
    assert (figures(post, *today), page(post).positions[0].unreleased_minor) == ((0, 0, 0), 0)
    assert post.says(gone, "ACSC") == "settled"
    assert figures(post, *kept) == (500_000, 0, 0, 450_000, 0, -50_000)
    # One that the partner refuses is owed back, with its fee; one beyond the funds waits.
    refused = post.sent()
    assert post.says(refused, "RJCT", reason="AC04") == "owed"
    assert figures(post, "owed_back_qapik", "due_minor") == (31_606 + 500, 0)
    post.partners(credit_minor=100_000)
    wide = post.quoted(500_000)
    post.partners()
    waits = post.sell(wide)
    assert post.state(waits) == "waiting_funds"
    assert figures(post, "waiting_minor", "waiting_count", "free_minor") == (500_000, 1, 450_000)


def test_a_switch_says_why_and_since_when_and_the_command_shows_it(
    post: Post, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    post.sell()

    def turn(switch: str, *, on: bool, why: str) -> str:
        with post.centre.database.transaction() as conn:
            agreements.turn(conn, "tbilisi", switch, post.clock.utc_ms(), on=on, why=why)
        return local(post.clock.utc_ms()).isoformat(timespec="seconds")

    sending = turn("sending", on=False, why="their line is down")
    post.clock.now_ms += 60_000
    # The newer reason, but stopped since the first; another switch has a reason of its own.
    turn("sending", on=False, why="their office is closed")
    sale = turn("sale", on=False, why="rumours")
    monkeypatch.setattr(central_treasury, "CLOCK", post.clock)

    def run(*more: str) -> str:
        assert main(["--dsn", post.dsn, "treasury", *more]) == 0
        return capsys.readouterr().out

    said: dict[str, Any] = msgspec.json.decode(run("--json"))
    (partner,) = said["partners"]
    assert partner["switches"] == {
        "sale": {"on": False, "why": "rumours", "since": sale},
        "sending": {"on": False, "why": "their office is closed", "since": sending},
        "payout": {"on": True, "why": "", "since": ""},
    }
    assert (partner["refusals"], partner["refusals_in_a_row_max"]) == (0, 5)
    (account,) = said["accounts"]
    assert (account["leaves_today_minor"], account["stopped_minor"]) == (0, 50_000)
    told = run()
    for line in (
        f"    sending PAUSED since {sending}: their office is closed",
        "    lies there 5000.00, firm 500.00, promised 0.00, free 4500.00, credit 0.00",
        "    leaves today (0) 0.00, goes back 0.00, stopped 500.00",
        "position GEL -4500.00 against 2786.45 AZN, not released 500.00",
    ):
        assert line in told.splitlines()
    turn("sending", on=True, why="open again")
    assert figures(post, "leaves_today_minor", "stopped_minor") == (50_000, 0)
