"""The partner abroad of the town that desks are killed in: it sends what is wanted, refuses one, debits once.

In: how many orders the desks' customers wait for (a number in the town's folder, so that a desk in a process
of its own can ask for one). Out: orders here, statements by itself, and what its books and ours disagree in.
"""

from __future__ import annotations

import mmap
import struct
from collections import Counter
from typing import TYPE_CHECKING, Final

from azpost_desk.central.abroad import reconciling
from azpost_desk.central.gateways.abroad import uetr_of
from azpost_desk.domain import operations as ops
from azpost_desk.domain.lines import AbroadPaid, AbroadRefunded, AbroadSent
from azpost_desk.domain.money import Money
from azpost_desk.domain.people import Person, ReceiverAbroad
from azpost_desk.rehearsal import abroad_town
from azpost_desk.rehearsal.partner_sends import SendsHere
from azpost_desk.rehearsal.partner_statements import GoodBank
from azpost_desk.services.abroad_views import ABROAD

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from azpost_desk.central.storage.database import Database
    from azpost_desk.domain.days import Clock
    from azpost_desk.rehearsal.partners import SandboxPartner
    from azpost_desk.services.ports import Reading
    from azpost_desk.storage.books import DeskBooks

PARTNER: Final = "tbilisi"
RECEIVER: Final = ReceiverAbroad(name="Nino Beridze", latin="Beridze Nino", country="GE", town="Tbilisi")
# Looks like anybody, but the partner knows no such receiver and refuses.
NO_RECEIVER: Final = ReceiverAbroad(name="Giorgi Arveli", latin="Arveli Giorgi", country="GE", town="Tbilisi")
ORDERED: Final = Money(600, "GEL")
ORDERED_BY: Final = "Nino Beridze"
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
# Where its sender has, or is to have, everything back: nothing of it may lie with the partner.
_TAKEN_BACK: Final = frozenset({"owed", "refunding", "refunded"})
_GONE: Final = frozenset({"settled", "paid"})
_CAME: Final = frozenset({"available", "reserved", "paid", "returned"})


def somebody(number: int) -> Person:
    """One person of many: no limit of one person, and no look for twins, stops the rehearsal."""
    letters = "".join(_LETTERS[number // len(_LETTERS) ** power % len(_LETTERS)] for power in (2, 1, 0))
    return Person(
        name=f"Aliyeva {letters.title()}nur",
        fin=f"5{number % 100_000:05d}Z",
        document=f"AA{number:07d}",
        document_kind="identity_card",
    )


def number_of(order: int) -> str:
    """What the receiver of the partner's n-th order says at the counter."""
    return f"TB{order:08d}"


class Orders:
    """How many orders are wanted and how many have come, for all processes of a town."""

    def __init__(self, file: Path) -> None:
        with file.open("r+b") as opened:
            self._both = mmap.mmap(opened.fileno(), 16)

    @staticmethod
    def begin(file: Path) -> None:
        """None is wanted yet."""
        file.write_bytes(bytes(16))

    @property
    def wanted(self) -> int:
        return int(struct.unpack_from("q", self._both, 0)[0])

    @property
    def come(self) -> int:
        return int(struct.unpack_from("q", self._both, 8)[0])

    def want(self) -> int:
        """One more; its number."""
        struct.pack_into("q", self._both, 0, order := self.wanted + 1)
        return order

    def came(self, orders: int) -> None:
        """The centre has so many of them."""
        struct.pack_into("q", self._both, 8, orders)


class Neighbour:
    """What the partner does by itself; `sends` and `account` are its customers' orders and our account."""

    def __init__(self, partner: SandboxPartner, orders: Orders, clock: Clock) -> None:
        self._partner, self._orders = partner, orders
        self.account = abroad_town.account_of(partner)
        self.sends = SendsHere(partner)
        self._sent = 0
        self._bank = GoodBank(partner, self.account, clock)
        partner.refuses[NO_RECEIVER.latin] = "AC04"
        partner.before_fetch = self._look

    def rest(self) -> None:
        """It does nothing by itself any more."""
        self._partner.before_fetch = bool

    def _look(self) -> None:
        if not self._partner.waiting:
            # All that it sent was fetched; whoever waits for the centre to settle finds it applied.
            self._orders.came(self._sent)
        self._bank.look()
        while self._sent < self._orders.wanted:
            self._sent += 1
            self.sends.send(ORDERED, somebody(self._sent).name, ORDERED_BY, number=number_of(self._sent))


def unlike_partner(
    partner: SandboxPartner, database: Database, desks: Iterable[DeskBooks], now_ms: int
) -> list[str]:
    """Where the partner's books, the centre's states and what the desks did are not one story."""
    with database.transaction() as conn:
        out = {
            row[0]: (row[1], row[2])
            for row in conn.execute(
                "select transfer, state, arrives from abroad_out where partner = %s", (PARTNER,)
            )
        }
        came = dict(conn.execute("select transfer, state from abroad_in").fetchall())
        accounts = reconciling.reconcile(conn, now_ms)
    faults = [f"{one.unexplained} {one.currency} with {one.partner} unexplained" for one in accounts
              if one.unexplained]  # fmt: skip
    sold: Counter[str] = Counter()
    refunded: Counter[str] = Counter()
    paid: Counter[str] = Counter()
    for books in desks:
        with books.reading() as look:
            _count(look, sold, refunded, paid)
            faults += [
                f"a desk takes a transfer for {one.state} that is {out.get(one.transfer)}"
                for one in look.of(ABROAD).transfers(limit=100_000)
                if one.receipt and one.state != out.get(one.transfer, ("",))[0]
            ]
    return faults + _unlike_out(partner, out, sold, refunded) + _unlike_in(came, paid)


def _count(look: Reading, sold: Counter[str], refunded: Counter[str], paid: Counter[str]) -> None:
    """How often each transfer was sold, paid back and paid out here."""
    for record, _ in look.records():
        header = record.header()
        if header.kind != "settlement":
            continue
        body: ops.Settlement = ops.decode(header.kind, header.version, record.body)
        for line in body.lines:
            if isinstance(line, AbroadSent):
                sold[line.transfer] += 1
            elif isinstance(line, AbroadRefunded):
                refunded[line.transfer] += 1
            elif isinstance(line, AbroadPaid):
                paid[line.transfer] += 1


def _unlike_out(
    partner: SandboxPartner,
    out: dict[str, tuple[str, int]],
    sold: Counter[str],
    refunded: Counter[str],
) -> list[str]:
    faults = [] if sold == Counter(list(out)) else ["what was sold abroad is not what the centre knows"]
    debits = Counter(one.uetr for one in partner.entries if one.uetr and one.amount.minor < 0)
    known = {uetr_of(transfer) for transfer in out}
    faults += [f"debited for {uetr} that nobody sold" for uetr in partner.payments.keys() - known]
    for transfer, (state, minor) in out.items():
        uetr = uetr_of(transfer)
        there = partner.payments.get(uetr)
        if state not in _GONE | _TAKEN_BACK:
            faults.append(f"a transfer abroad is {state} when all is over")
        other_sum = state in _GONE and (not there or there.amount.minor != minor)
        if debits[uetr] != (state in _GONE) or other_sum:
            faults.append(f"a transfer abroad is {state} and debited {debits[uetr]} times")
        if refunded[transfer] != (state == "refunded"):
            faults.append(f"a transfer abroad is {state} and was paid back {refunded[transfer]} times")
    return faults


def _unlike_in(came: dict[str, str], paid: Counter[str]) -> list[str]:
    faults = [f"paid out an order that never came: {one}" for one in paid.keys() - came.keys()]
    return faults + [
        f"an order of the partner is {state} and was paid {paid[one]} times"
        for one, state in came.items()
        if paid[one] != (state == "paid") or state not in _CAME
    ]
