"""A desk's book with years of work in it, written through the real journal."""

from __future__ import annotations

import random
import secrets
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain import baskets
from azpost_desk.domain import operations as ops
from azpost_desk.domain.days import BusinessDay, day_start_ms, days_after
from azpost_desk.domain.ids import uuid7
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Account, Parties, Person
from azpost_desk.domain.products import due_qapik
from azpost_desk.domain.transfer_codes import transfer_code
from azpost_desk.protocol.records import SALT_BYTES, Attachment

if TYPE_CHECKING:
    from azpost_desk.storage.books import DeskBooks
    from azpost_desk.storage.writing import BookWriting

_SURNAMES: Final = ("Əliyev", "Həsənov", "Quliyev", "Məmmədov", "Hüseynov", "İsmayılov", "Kərimov", "Rzayev")
_NAMES: Final = ("Vüqar", "Rauf", "Elçin", "Orxan", "Leyla", "Aynur", "Sevda", "Nigar", "Tural", "Günel")
_MORNING_MS: Final = 9 * 3_600_000
# Nobody waits for paper here: a month is one transaction.
_DAYS_AT_ONCE: Final = 30


class Years:
    """Days of work of one desk, the same for the same seed. `clock` is moved along by it (`now_ms`)."""

    def __init__(self, books: DeskBooks, clock: object, first: str, seed: int = 1) -> None:
        self._books, self._clock = books, clock
        self._rng = random.Random(seed)
        self.date = first
        self.made = 0

    def work(self, days: int, per_day: int, step_days: int = 1) -> None:
        """So many business days, each opened, worked, counted and closed; the next is `step_days` later."""
        for first in range(0, days, _DAYS_AT_ONCE):
            with self._books.writing() as books:
                for _ in range(min(_DAYS_AT_ONCE, days - first)):
                    self._set(day_start_ms(BusinessDay(self.date)) + _MORNING_MS)
                    self._day(books, per_day)
                    self.date = days_after(BusinessDay(self.date), step_days)

    def _set(self, now_ms: int) -> None:
        self._clock.now_ms = now_ms  # type: ignore[attr-defined]

    def _new_id(self) -> str:
        self.made += 1
        return str(uuid7(self._clock.now_ms, self.made.to_bytes(10, "big")))  # type: ignore[attr-defined]

    def _append(self, books: BookWriting, body: ops.Body, actor: str = "1002") -> None:
        books.append(body, actor=actor, operation=self._new_id())

    def _day(self, books: BookWriting, per_day: int) -> None:
        desk = books.desk().desk
        self._append(books, ops.DayOpened(date=self.date), "1001")
        balance = books.till().balance.minor
        self._append(books, ops.TillOpened(till=desk, holder="1002", balance_qapik=balance))
        for _ in range(per_day):
            self._set(self._clock.now_ms + self._rng.randint(40, 200) * 1000)  # type: ignore[attr-defined]
            self._sell(books)
        expected = books.till().balance.minor
        counted = expected + self._rng.choice((0, 0, 0, 0, 50, -50))
        self._append(
            books,
            ops.TillClosed(
                till=desk,
                holder="1002",
                pieces={"1": counted},
                counted_qapik=counted,
                expected_qapik=expected,
                difference_qapik=counted - expected,
            ),
        )
        self._append(
            books,
            ops.DayClosed(date=self.date, report="", figures="", operations=per_day, cash_qapik=counted),
            "1001",
        )

    def _sell(self, books: BookWriting) -> None:
        operation = self._new_id()
        amount = self._rng.randint(200, 20_000)
        if self._rng.random() < 0.6:
            said: msgspec.Struct = Account(account=f"{self._rng.randint(10**7, 10**8 - 1)}")
            group = Attachment(f"{operation}:account", secrets.token_bytes(SALT_BYTES), _bytes(said))
            line: ops.AnyLine = ops.PaymentAccepted(
                operation=operation, biller="0101", service="power", amount_qapik=amount, fee_qapik=50,
                tariff="t", account=group.commitment(), told="",
            )  # fmt: skip
        else:
            said = Parties(
                code=transfer_code(f"{self.made:09}"), sender=self._person(), receiver=self._person()
            )
            group = Attachment(f"{operation}:parties", secrets.token_bytes(SALT_BYTES), _bytes(said))
            line = ops.TransferSent(
                operation=operation, transfer=operation, amount_qapik=amount, fee_qapik=100, tariff="t",
                office=None, purpose="family", parties=group.commitment(), offline=False, told="",
            )  # fmt: skip
        due = azn(due_qapik(line))
        body = baskets.settle(self._new_id(), books.next_receipt(), [line], self._new_id(), due, "az")
        books.append(body, actor="1002", operation=body.basket, attachments=[group])

    def _person(self) -> Person:
        name = f"{self._rng.choice(_SURNAMES)} {self._rng.choice(_NAMES)}"
        return Person(name=name, phone=f"+99450{self._rng.randint(10**6, 10**7 - 1)}")


def _bytes(value: msgspec.Struct) -> bytes:
    return msgspec.json.encode(value)
