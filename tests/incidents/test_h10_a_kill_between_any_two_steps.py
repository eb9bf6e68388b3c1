"""H-10: recovery after a lost line reversed sales in the clerk's name; slips contradicted each other."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from tests.stories.town import ELECTRICITY, METER, ORXAN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stories.town import Seat, Town

ROOT = Path(__file__).resolve().parents[2]
# More boundaries than either customer has; the last ones end without a kill and prove that none was missed.
BOUNDARIES_MAX = 60
AMOUNT = 1_000


class Mortal:
    """A desk program that dies as ordered."""

    def __init__(self) -> None:
        words = [sys.executable, "-m", "tests.fakes.dying_desk"]
        self._process = subprocess.Popen(
            words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._said() == "ready"

    def _said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def live(self, seat: Seat, at: int, **order: Any) -> bool:
        """Serve one customer at the seat's own books; True when it was killed on the way."""
        seat.close()
        known = {
            "folder": str(seat.folder), "url": seat.road.url, "now_ms": seat.clock.utc_ms(), "at": at,
            "clerk": seat.clerk.officer,
        }  # fmt: skip
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(known | order) + "\n")
        self._process.stdin.flush()
        answer = self._said()
        seat.reopen()
        assert answer in ("killed", "ended 0"), answer
        return answer == "killed"

    def end(self) -> None:
        self._process.communicate(timeout=10)


@pytest.fixture
def mortal() -> Iterator[Mortal]:
    made = Mortal()
    yield made
    made.end()


def found(seat: Seat) -> list[str]:
    """What recovery found and recorded, as sorts of steps; it is never a person who says so."""
    assert seat.books.ended_badly()
    recorded = seat.services.recovery.note_start()
    assert recorded is not None
    with seat.books.reading() as look:
        entry = look.entry(recorded.operation)
    assert entry is not None
    assert isinstance(entry.body, ops.RecoveryFound)
    assert (entry.recorded.actor, entry.actor_kind) == ("recovery", "recovery")
    return sorted(one.sort for one in entry.body.steps)


def lines(seat: Seat, kind: type[ops.Line]) -> list[Any]:
    with seat.books.reading() as look:
        entries = look.entries(look.day().number, 100_000)
        bodies = [one.body for one in entries if isinstance(one.body, ops.Settlement)]
    return [line for body in bodies for line in body.lines if isinstance(line, kind)]


def test_a_pay_out_killed_between_any_two_steps_is_paid_once_under_one_grant(
    place: Town, ganja: Seat, baku: Seat, mortal: Mortal
) -> None:
    seen: set[tuple[str, ...]] = set()
    for at in range(1, BOUNDARIES_MAX):
        sent = ganja.send_money(AMOUNT)
        ganja.sync()
        till = baku.till_qapik()
        is_killed = mortal.live(
            baku, at, what="pay_out", code=sent.code, amount_qapik=AMOUNT, sender="Məmmədova Leyla",
            receiver=msgspec.to_builtins(ORXAN),
        )  # fmt: skip
        if is_killed:
            seen.add(tuple(found(baku)))
        finish_pay_out(baku, sent.code)
        baku.sync()
        assert place.state(sent.transfer) == "paid", f"killed at boundary {at}"
        granted = place.ask("select count(*) from grants where thing = %s", sent.transfer)
        assert granted == [(1,)], f"killed at boundary {at}"
        paid = [line for line in lines(baku, ops.TransferPaid) if line.transfer == sent.transfer]
        assert len(paid) == 1
        assert baku.till_qapik() == till - AMOUNT
        assert baku.services.recovery.unfinished() == []
        if not is_killed:
            break
    else:
        raise AssertionError("there are more boundaries than were tried")
    assert at > 15
    assert {(), ("request",), ("grant",)} <= seen


def finish_pay_out(seat: Seat, code: str) -> None:
    """What the clerk does with what the screen lists: never a new claim while an old one is open."""
    transfers = seat.services.transfers
    for one in transfers.unanswered():
        transfers.ask_again(one.request, seat.clerk)
    if seat.services.baskets.current() is None:
        known = {one.parties.code: one.grant for one in transfers.held()}
        with seat.books.reading() as look:
            stored = look.transfer_by_code(code)
        if stored is not None and stored.state == "paid":
            return
        grant = known.get(code) or seat.ask_for(code, AMOUNT).grant
        transfers.plan_payout(grant, ORXAN, seat.clerk)
    seat.pay()


def test_a_bill_killed_between_any_two_steps_is_taken_and_delivered_once(
    place: Town, baku: Seat, mortal: Mortal
) -> None:
    fee = baku.services.payments.fee(ELECTRICITY, azn(2_000)).minor
    seen: set[tuple[str, ...]] = set()
    for at in range(1, BOUNDARIES_MAX):
        till, delivered = baku.till_qapik(), len(place.provider.register())
        taken_before = len(lines(baku, ops.PaymentAccepted))
        is_killed = mortal.live(baku, at, what="bill", biller=ELECTRICITY, account=METER, amount_qapik=2_000)
        if is_killed:
            seen.add(tuple(found(baku)))
        basket = baku.services.baskets.current()
        if basket is not None:
            # It stood in the basket and was not paid: the clerk takes the money now.
            baku.pay(2_000 + fee)
        taken = len(lines(baku, ops.PaymentAccepted)) - taken_before
        place.sync()
        assert taken in (0, 1)
        assert len(place.provider.register()) - delivered == taken, f"killed at boundary {at}"
        assert baku.till_qapik() == till + taken * (2_000 + fee)
        assert baku.services.recovery.unfinished() == []
        if not is_killed:
            break
    else:
        raise AssertionError("there are more boundaries than were tried")
    assert at > 12
    assert {(), ("payment",)} <= seen
