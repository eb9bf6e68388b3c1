"""`bench history`: a book of three years; a search, a day three years back, the till of a minute."""

from __future__ import annotations

import os
import platform
import random
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from azpost_desk.domain.catalogue import Billers, Branch, Goods, Officer, Settings, Staff
from azpost_desk.protocol import news as tidings
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.protocol.messages import Enrolled, News
from azpost_desk.rehearsal.years import Years
from azpost_desk.services.counter import Counter
from azpost_desk.services.reports import day_figures
from azpost_desk.services.searching import Records, Search, moment
from azpost_desk.storage import vault
from azpost_desk.storage.books import DeskBooks

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST: Final = "2026-11-23"
DAYS: Final = 3 * 365 + 1
PER_DAY: Final = 12
ROUNDS: Final = 30
P99_MS_MAX: Final = 2_000


class _Clock:
    """The book's own time; the years are made in minutes."""

    now_ms = 1_795_000_000_000

    def utc_ms(self) -> int:
        return self.now_ms

    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000


def history(days: int = DAYS, per_day: int = PER_DAY, rounds: int = ROUNDS) -> dict[str, Any]:
    """One line as interfaces.md writes it; `by_question` holds the p99 of each question, ms."""
    with tempfile.TemporaryDirectory() as folder:
        clock = _Clock()
        books = _desk(Path(folder), clock)
        Years(books, clock, FIRST).work(days, per_day)
        records = Records(Counter(books, clock, None))  # type: ignore[arg-type]
        ours, limit = _measure(books, records, rounds)
        rows = books.head()[1]
        books.close()
    every = [one for times in ours.values() for one in times]
    p50, p99 = statistics.median(every), statistics.quantiles(every, n=100)[98]
    return {
        "bench": "history",
        "unit": "ms",
        "p50": round(p50, 3),
        "p99": round(p99, 3),
        "limit_name": "one record by its indexed receipt number",
        "limit_p50": round(statistics.median(limit), 3),
        "ratio": round(p50 / statistics.median(limit), 2),
        "runs": len(every),
        "budget": f"every question p99 ≤ {P99_MS_MAX} ms with {days} days",
        "met": all(statistics.quantiles(times, n=100)[98] <= P99_MS_MAX for times in ours.values()),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "days": days,
        "records": rows,
        "by_question": {
            name: round(statistics.quantiles(times, n=100)[98], 1) for name, times in ours.items()
        },
    }


def _measure(books: DeskBooks, records: Records, rounds: int) -> tuple[dict[str, list[float]], list[float]]:
    rng = random.Random(7)
    with books.reading() as look:
        dates = [day.date for day in look.days(limit=100_000)]
        receipt = look.last_receipt()
    ours: dict[str, list[float]] = {}
    limit: list[float] = []
    for _ in range(rounds):
        date = rng.choice(dates[-30:])
        questions: dict[str, Callable[[], object]] = {
            "name": partial(records.find, Search(text="Quliyev Leyla")),
            "common_name": partial(records.find, Search(text="Əliyev")),
            "amount": partial(records.find, Search(text=f"{rng.randint(2, 200)},{rng.randint(10, 99)}")),
            "kind_and_days": partial(records.find, Search(kind="transfer.sent", first=date, last=date)),
            "officer": partial(records.find, Search(officer="1002")),
            "day_three_years_back": partial(_day, books, date),
            "till_at": partial(records.till_at, moment(date, rng.randint(0, 1_439))),
        }
        for name, ask in questions.items():
            ours.setdefault(name, []).append(_milliseconds(ask))
            limit.append(_milliseconds(partial(_one, books, receipt)))
    return ours, limit


def _day(books: DeskBooks, date: str) -> object:
    with books.reading() as look:
        day = look.day_of(date)
        return day_figures(look, day.number) if day else None


def _one(books: DeskBooks, receipt: str) -> object:
    with books.reading() as look:
        return look.settlement(receipt)


def _milliseconds(act: Callable[[], object]) -> float:
    began = time.perf_counter_ns()
    act()
    return (time.perf_counter_ns() - began) / 1_000_000


def _desk(folder: Path, clock: _Clock) -> DeskBooks:
    centre = SigningKey.new().public()
    who = Enrolled(
        desk="2002-1",
        number=1,
        branch="2002",
        branch_name="Bench",
        epoch=1,
        centre_epoch=1,
        centre_key=centre,
        grants_key=centre,
        time_ms=clock.utc_ms(),
        receipt_series=4201,
        receipt_next=1,
        day_next=1,
    )
    books = DeskBooks.create(folder, who, SigningKey.new(), clock, keep=vault.FileVault(folder))
    documents = {
        "branch": Branch(code="2002", name="Bench", address="", postcode="AZ2002", desks=(1,)),
        "staff": Staff(officers=(Officer(officer="1002", name="Həsənov Rauf", role="clerk", pin_hash="-"),)),
        "billers": Billers(),
        "goods": Goods(),
        "settings": Settings(),
    }
    told = [
        tidings.Reference(
            name=name, version=1, valid_from="2026-01-01", content=msgspec.Raw(msgspec.json.encode(content))
        )
        for name, content in documents.items()
    ]
    news = [News(at, "reference", msgspec.json.encode(one)) for at, one in enumerate(told, start=1)]
    books.store_news(news, 1)
    return books
