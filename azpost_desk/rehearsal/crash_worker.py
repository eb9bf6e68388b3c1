"""A desk at work in the rehearsals: wired as the program does it, brought to where an act can be taken."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

from azpost_desk.domain.money import Money
from azpost_desk.domain.people import Person
from azpost_desk.domain.products import due_qapik
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.staff import Role
from azpost_desk.rehearsal.crash_town import OTHER, OURS, KnownPins, open_books
from azpost_desk.rehearsal.instant_town import end_codes
from azpost_desk.rehearsal.kill_steps import SteppedLine, Steps
from azpost_desk.rehearsal.town import PLAYERS
from azpost_desk.services.counter import Counter, Officer
from azpost_desk.services.desk import desk_services

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.rehearsal.crash_town import Place
    from azpost_desk.services.baskets import Paid
    from azpost_desk.services.desk import DeskServices
    from azpost_desk.services.reports import DayReport

    Act = Callable[[], object]

SENDER: Final = Person(
    name="Məmmədova Leyla Kamil qızı",
    fin="5ZK9XYZ",
    document="AA1234567",
    document_kind="identity_card",
    phone="+994501234567",
    address="Gəncə, Cavad xan küçəsi 5",
)
# So often the centre is asked for news that must come.
_PATIENCE: Final = 250
_OPENS_A_DAY: Final = ("open_day", "open_day_seen")


def _officer(role: Role) -> Officer:
    known = next(one for one in PLAYERS if one.role == role)
    return Officer(known.officer, known.name, role, "az")


CLERK: Final = _officer(Role.CLERK)
SUPERVISOR: Final = _officer(Role.SUPERVISOR)
MANAGER: Final = _officer(Role.MANAGER)


def press(report: DayReport) -> bytes:
    """A report's bytes; how they look is no matter of crashes."""
    return f"{report.day.date} {report.own_a.operations}".encode()


class AtCounter:
    """One desk of the town at work, as the program wires it. `watched` False: a helper nobody kills."""

    def __init__(
        self, place: Place, steps: Steps, settle: Act, desk: str = OURS, *, watched: bool = True
    ) -> None:
        """
        Args:
            settle: lets the centre work off what it was sent, and returns when it has.
        """
        self.place, self.steps, self.settle = place, steps, settle
        self.clock = place.clock()
        self.books = open_books(place.folder / desk, self.clock)
        if watched:
            steps.watch(self.books)
        self.line = SteppedLine(self.books, place.url, self.clock, steps if watched else Steps(_say_nothing))
        self.services: DeskServices = desk_services(
            Counter(self.books, self.clock, self.line), KnownPins(), press
        )
        self._helper: Self | None = None

    def close(self) -> None:
        """The program ends in order."""
        if self._helper is not None:
            self._helper.close()
        self.line.stop()
        self.books.close()

    def recover(self) -> None:
        """What a start does with what was under way: note it, exchange, ask every open question again."""
        self.services.recovery.note_start()
        self.line.exchange()
        end_codes(self.services, CLERK, self.settle)
        for open_question in self.services.transfers.unanswered():
            with suppress(Refused, Trouble):
                self.services.transfers.ask_again(open_question.request, CLERK)

    def prepare(self, name: str) -> Act:
        """Bring the desk to where the act can be taken; the act."""
        if name not in _OPENS_A_DAY:
            self._at_work(with_till=name not in ("open_till", "close_day"))
        act: Act = getattr(self, f"_{name}")()
        return act

    # --- the state an act needs -----------------------------------------------------------------------

    def _at_work(self, *, with_till: bool = True) -> None:
        """Day open, till ours with money and stock in it (or closed), no basket, on line."""
        services = self.services
        if not self.line.state().online:
            self.line.exchange()
        self._empty_basket()
        if services.days.current().state != "open":
            self.clock.next_day()
            self.line.exchange()
            services.days.open(MANAGER, services.days.proposed())
        with self.books.reading() as look:
            till, safe = look.till(), look.balance("1010", look.desk().desk).minor
            stamps = look.stock().get("S060", 0)
        if till.state != "closed" and (till.state == "counting" or not with_till):
            self._count_out()
        if not with_till:
            return
        if till.state != "open":
            services.tills.open(CLERK)
        if self.is_keeper() and safe < 100_000:
            services.tills.supply_safe(MANAGER, "Q-17", {10_000: 100})
        if self.is_keeper() and till.balance.minor < 50_000:
            services.tills.move(CLERK, "to_till", "float", {10_000: 10})
        if stamps < 50:
            services.tills.stock(CLERK, "S060", 1_000, "N-1")

    def is_keeper(self) -> bool:
        """Whether this desk holds the safe."""
        return self.books.identity().number == 1

    def _empty_basket(self) -> None:
        end_codes(self.services, CLERK, self.settle)
        if self.services.baskets.current() is not None:
            self.services.baskets.hand_over(SUPERVISOR, None)
        for basket in self.services.parking.baskets_parked():
            self.services.parking.hand_over(SUPERVISOR, basket.basket, None)

    def _day_ended(self) -> None:
        """The day that is open is closed, and it is the next morning."""
        self.line.exchange()
        if self.services.days.current().state == "open":
            self._at_work(with_till=False)
            self.services.reports.close_day(MANAGER, press)
        self.clock.next_day()
        self.line.exchange()

    def _count_out(self) -> None:
        with self.books.reading() as look:
            qapik = look.till().balance.minor
        pieces = {}
        for value in (10_000, 100, 1):
            pieces[value], qapik = divmod(qapik, value)
        self.services.tills.close(CLERK, pieces)

    def _until(self, came: Callable[[], object]) -> None:
        """Let the centre work and exchange until its news have come; it works in threads of its own."""
        pause = threading.Event()
        for _ in range(_PATIENCE):
            self.settle()
            self.line.exchange()
            if came():
                return
            pause.wait(0.02)
        raise TimeoutError("the centre's news did not come")

    def _other(self) -> Self:
        """The branch's second desk, in the same process: its money and its transfers meet ours."""
        if self._helper is None:
            self._helper = type(self)(self.place, Steps(_say_nothing), self.settle, OTHER, watched=False)
            self._helper.recover()
            self._helper._at_work()
        return self._helper

    def _pay(self) -> Paid:
        basket = self.services.baskets.current()
        if basket is None:
            raise Refused("B-004")
        due = sum(due_qapik(one.line) for one in basket.lines)
        return self.services.baskets.pay(CLERK, basket.basket, Money(max(due, 0)))

    def print_all(self) -> None:
        """Everything that waits for paper, one after the other."""
        while True:
            with self.books.reading() as look:
                jobs = look.print_jobs(("waiting",))
            if not jobs:
                return
            self.services.papers.print_next(self.steps.printer(jobs[0].job))


def _say_nothing(_: object) -> None:
    """For those nobody listens to."""
