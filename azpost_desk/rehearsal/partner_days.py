"""Days of random faults at a partner abroad: money out and in, and every account explained at each evening.

A desk sells, stops, refunds and pays out through its own use cases; the partner's line and the partner do
what lines and partners do, its statements too. In: days and a seed. Out: what stays open at the end, by name
and owner, what nobody can explain (0), and every rule of the books that was broken.
"""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from azpost_desk.central import checking
from azpost_desk.central.abroad import reconciling
from azpost_desk.central.gateways.abroad import uetr_of
from azpost_desk.domain.days import calendar_day
from azpost_desk.domain.money import Money
from azpost_desk.domain.people import Person, ReceiverAbroad
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.rehearsal import abroad_town
from azpost_desk.rehearsal.crash_acts import CLERK, Worker
from azpost_desk.rehearsal.kill_steps import Steps
from azpost_desk.rehearsal.partners import Entry
from azpost_desk.services.abroad import SendAbroad
from azpost_desk.services.incoming import ClaimIncoming

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.rehearsal.crash_town import Town
    from azpost_desk.rehearsal.partner_faults import FaultKind
    from azpost_desk.rehearsal.partner_sends import Sent
    from azpost_desk.rehearsal.partner_statements import StatementFault
    from azpost_desk.services.grants import Claimed

PARTNER: Final = "tbilisi"
_MINUTE_MS: Final = 60_000
_DAY_MS: Final = 24 * 60 * _MINUTE_MS
_FAULTS: Final[tuple[FaultKind, ...]] = (
    "no_answer", "turn", "redirect", "lose", "never", "late", "twice", "garbage", "forged", "huge", "pend",
    "settle", "reject", "unknown",
)  # fmt: skip
_CODES: Final = {"turn": ("401", "409", "429"), "reject": ("AC04", "AC01", "AM04", "XXXX")}
_STATEMENTS: Final[tuple[StatementFault, ...]] = ("", "", "", "hole", "doubled", "batch")
_RECEIVER: Final = ReceiverAbroad(name="Nino Beridze", latin="Beridze Nino", country="GE", town="Tbilisi")
_TAKER: Final = "Mammadova Leyla"
# Nothing of a partner takes longer to come to rest: its statement, a question, an answer, a statement.
_CALM_DAYS: Final = 4


@dataclass(slots=True)
class Ended:
    """What the days came to; `violations` and `unexplained` must stay empty and 0."""

    seed: int
    days: int
    operations: int = 0
    unexplained: int = 0
    open_items: list[dict[str, Any]] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    faults: dict[str, int] = field(default_factory=dict)

    def told(self, _seconds: float) -> dict[str, Any]:
        """As interfaces.md writes it, and how often each fault was played."""
        return {
            "seed": self.seed,
            "days": self.days,
            "operations": self.operations,
            "unexplained": self.unexplained,
            "open_items": self.open_items,
            "violations": len(self.violations),
            "faults": dict(sorted(self.faults.items())),
            "examples": self.violations[:20],
        }


def run(town: Town, days: int, seed: int) -> Ended:
    """Play so many days, let everything come to rest, and look at every account."""
    return _Days(town, days, seed).run()


class _Days:
    """The days of one seed."""

    def __init__(self, town: Town, days: int, seed: int) -> None:
        self._town = town
        self._chance = random.Random(seed)
        self._ended = Ended(seed, days)
        self._clock = town.place.clock()
        self._partner = town.partners[PARTNER]
        # These days are played by hand: the partner does nothing by itself.
        town.neighbour.rest()
        self._account = town.neighbour.account
        self._sends = town.neighbour.sends
        self._desk = Worker(town.place, Steps(lambda _: None), town.centre.settle)
        self._desk.recover()
        self._sold: list[str] = []
        self._came: list[Sent] = []
        self._held: list[Claimed] = []
        self._people = 0

    def run(self) -> Ended:
        acts: tuple[Callable[[], object], ...] = (
            *(self._sell,) * 4, self._stop, *(self._partner_speaks,) * 4, *(self._refund,) * 2,
            *(self._send_here,) * 3, self._ask_or_recall, *(self._claim,) * 3, self._pay_or_release,
            self._wait,
        )  # fmt: skip
        for _ in range(self._ended.days):
            self._morning()
            for _ in range(self._chance.randint(8, 16)):
                self._spoil()
                self._do(self._chance.choice(acts))
                self._pass(self._chance.choice((1, 3, 11, 25)))
            self._evening(self._chance.choice(_STATEMENTS))
        self._partner.mend()
        for _ in range(_CALM_DAYS):
            self._morning()
            self._account.send_missing()
            self._pass(11)
            self._pass(11)
            self._evening("")
        self._look_at_the_end()
        self._desk.close()
        return self._ended

    # --- the hours ------------------------------------------------------------------------------------

    def _morning(self) -> None:
        with self._town.centre.database.transaction() as conn:
            abroad_town.give_rates(conn, self._clock.utc_ms())
        self._town.centre.settle()
        self._desk.line.exchange()
        self._desk._at_work()

    def _evening(self, fault: StatementFault) -> None:
        """What was granted and not paid goes back, the day is closed, the partner closes its own."""
        for claimed in self._held:
            with suppress(Refused):
                self._desk.services.transfers.release(claimed.grant, CLERK, "evening")
        self._held.clear()
        self._count(f"statement {fault or 'good'}")
        if not fault:
            self._account.send_missing()
        self._account.close_day(calendar_day(self._clock.utc_ms()), fault)
        self._desk._day_ended()
        self._pass(1)
        self._pass(11)
        self._explained()

    def _pass(self, minutes: int) -> None:
        """Time passes: what is due leaves, what waits is fetched, the desk hears of it."""
        self._clock.ahead(minutes * _MINUTE_MS)
        self._town.centre.settle()
        with suppress(Trouble):
            self._desk.line.exchange()
        self._town.centre.settle()
        with suppress(Trouble):
            self._desk.line.exchange()

    def _spoil(self) -> None:
        """The next document at the partner meets a fault, or the next that waits is forged."""
        if self._chance.random() < 0.5:
            return
        kind = self._chance.choice(_FAULTS)
        self._partner.fail_next(kind, code=self._chance.choice(_CODES.get(kind, ("",))))
        self._count(kind)
        if self._chance.random() < 0.1:
            self._partner.forge_waiting()
            self._count("forged waiting")

    def _do(self, act: Callable[[], object]) -> None:
        """One act; a refusal is an answer too."""
        self._ended.operations += 1
        try:
            act()
        except (Refused, Trouble) as no:
            self._count(f"refused {no.code}")
            self._desk._empty_basket()

    def _count(self, name: str) -> None:
        self._ended.faults[name] = self._ended.faults.get(name, 0) + 1

    # --- at the counter -------------------------------------------------------------------------------

    def _sell(self) -> None:
        sender = self._somebody()
        figure = Money(self._chance.randint(10, 60) * 100, "GEL")
        quote = self._desk.services.abroad.quote("GE-CASH", "arrives", figure, CLERK)
        command = SendAbroad(quote, sender, sender.name, _RECEIVER, "FAMI", "keys", "Ganja", "Javad Khan 5")
        basket = self._desk.services.abroad.send(command, CLERK)
        transfer = basket.lines[-1].line.operation
        self._desk._pay()
        self._sold.append(transfer)

    def _somebody(self) -> Person:
        """Everybody sends once or twice: no limit of one person stops the days."""
        self._people += self._chance.randint(0, 1)
        letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
        at = self._people
        name = f"Aliyeva {''.join(letters[at // 24**power % 24] for power in (2, 1, 0)).title()}nur"
        return Person(name=name, fin=f"5{at:05d}Z", document=f"AA{at:07d}", document_kind="identity_card")

    def _stop(self) -> None:
        if self._sold:
            self._desk.services.abroad.stop(self._chance.choice(self._sold), "mistake", CLERK)

    def _refund(self) -> None:
        abroad = self._desk.services.abroad
        owed = [one for one in abroad.owed() if one.state == "owed"]
        if not owed:
            return
        one = self._chance.choice(owed)
        claimed = abroad.claim_refund(one.transfer, one.sender, CLERK)
        sender = Person(name=one.sender, fin="5ZK9XYZ", document="AA1234567", document_kind="identity_card")
        abroad.plan_refund(claimed.grant, sender, CLERK)
        self._desk._pay()

    def _claim(self) -> None:
        if not self._came:
            return
        order = self._chance.choice(self._came)
        command = ClaimIncoming("GE-IN", order.number, order.amount, "Nino Beridze")
        self._held.append(self._desk.services.incoming.claim(command, CLERK))

    def _pay_or_release(self) -> None:
        if not self._held:
            return
        claimed = self._held.pop(self._chance.randrange(len(self._held)))
        if self._chance.random() < 0.3:
            self._desk.services.transfers.release(claimed.grant, CLERK, "no agreement")
            return
        taker = Person(name=_TAKER, fin="5ZK9XYZ", document="AA1234567", document_kind="identity_card")
        self._desk.services.incoming.plan_payout(claimed.grant, taker, CLERK)
        self._desk._pay()

    def _wait(self) -> None:
        self._pass(self._chance.choice((60, 240)))

    # --- at the partner -------------------------------------------------------------------------------

    def _partner_speaks(self) -> None:
        """It settles, says so, refuses after all, gives back whole or in part, debits twice."""
        known = [one for one in self._sold if uetr_of(one) in self._partner.payments]
        if not known:
            return
        uetr = uetr_of(self._chance.choice(known))
        paid = self._partner.payments[uetr]
        word = self._chance.choice(("settle", "settle", "settle", "paid", "refuse", "back", "part", "twice"))
        self._count(f"partner: {word}")
        is_debited = any(one.uetr == uetr and one.amount.minor < 0 for one in self._partner.entries)
        if word == "settle":
            self._partner.settle(uetr)
        elif word == "paid" and is_debited:
            self._partner.say(uetr, "ACCC")
        elif word == "refuse":
            self._partner.say(uetr, "RJCT", "AC04")
        elif word == "back" and is_debited and not paid.returned:
            self._partner.give_back(uetr)
        elif word == "part" and is_debited and not paid.returned:
            self._partner.give_back(uetr, paid.amount.minor // 2)
        elif word == "twice" and is_debited:
            self._partner.entries.append(Entry(uetr, -paid.amount, self._partner.number("T")))

    def _send_here(self) -> None:
        """An order to us: good, again, of no number, booked later or never."""
        figure = Money(self._chance.randint(10, 60) * 100, "GEL")
        sort = self._chance.choice(("good", "good", "good", "again", "no number", "not booked"))
        self._count(f"order: {sort}")
        if sort == "again" and self._came:
            known = self._chance.choice(self._came)
            self._sends.send(known.amount, _TAKER, number=known.number, again=known.uetr)
            return
        number = "0" if sort == "no number" else ""
        order = self._sends.send(figure, _TAKER, number=number, credited=sort != "not booked")
        self._came.append(order)

    def _ask_or_recall(self) -> None:
        if self._came:
            order = self._chance.choice(self._came)
            self._chance.choice((self._sends.want_back, lambda one: self._sends.ask(one.uetr)))(order)

    # --- what it came to ------------------------------------------------------------------------------

    def _explained(self) -> None:
        """Every account, at this moment: nothing unexplained, whatever is still open."""
        with self._town.centre.database.transaction() as conn:
            found = reconciling.reconcile(conn, self._clock.utc_ms())
        on = calendar_day(self._clock.utc_ms())
        self._ended.violations += [
            f"{one.unexplained} {one.currency} with {one.partner} unexplained on {on}"
            for one in found
            if one.unexplained
        ]

    def _look_at_the_end(self) -> None:
        now_ms = self._clock.utc_ms()
        with self._town.centre.database.transaction() as conn:
            found = reconciling.reconcile(conn, now_ms)
        for account in found:
            self._ended.unexplained += account.unexplained
            self._ended.open_items += [
                {
                    "kind": f"{one.sort} {account.partner} {account.currency}",
                    "name": one.name,
                    "minor": one.minor,
                    "owner": one.owner,
                    "age_days": max(0, now_ms - one.since_ms) // _DAY_MS if one.since_ms else 0,
                }
                for one in account.items
            ]
        for verdict in checking.check(self._town.dsn):
            self._ended.violations += [f"centre: {verdict.id} {one.why}" for one in verdict.broken]
