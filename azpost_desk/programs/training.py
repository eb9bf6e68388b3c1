"""The counter's window on play money: a post office in miniature, and tasks whose answers are checked.

In: nothing but a language. Out: a window that says TRAINING wherever it is looked at; its data lies in a
temporary folder, no counter's books are opened, and nothing of it reaches a real centre.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azpost_desk.programs.demo import Town
    from azpost_desk.services.ports import Clock

# What lies in the drawer when a clerk begins, in pieces by their worth in qəpik.
_FLOAT = {2_000: 5, 1_000: 10, 500: 10, 100: 40, 50: 20, 20: 30, 10: 30, 5: 20}
_STOCK = (("S030", 200), ("S060", 100), ("E-C6", 150), ("P-S", 20))


def main(argv: list[str]) -> int:
    """0 when the window was closed."""
    parser = argparse.ArgumentParser(prog="azpost-desk training", description=__doc__)
    parser.add_argument("--lang", choices=("az", "ru", "en"), default=os.environ.get("AZPOST_LANG", "az"))
    wanted = parser.parse_args(argv)
    folder = Path(tempfile.mkdtemp(prefix="azpost-training-"))
    try:
        return _window(folder, wanted.lang)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _window(folder: Path, language: str) -> int:
    from azpost_desk.programs.demo import town
    from azpost_desk.programs.desk import SystemClock, run_window
    from azpost_desk.rehearsal.course import Course
    from azpost_desk.rehearsal.many_billers import many_billers
    from azpost_desk.rehearsal.town import PLAYERS
    from azpost_desk.texts import Texts

    clock = SystemClock()
    with town(folder, clock, many_billers()) as here:
        open_day(here, clock)
        texts = Texts(language)
        rows = [f"{one.name} · {texts.t(f'staff.role.{one.role}')} · PIN {one.pin}" for one in PLAYERS]
        line = here.lines[1]
        return run_window(
            here.folders[1],
            line.url,
            language,
            card="\n".join([texts.t("training.mark"), texts.t("training.card"), *rows]),
            teach=lambda books: Course(books, lambda down: line.down() if down else line.up()),
        )


def open_day(here: Town, clock: Clock) -> None:
    """The manager opens the day of the first desk, and its clerk takes a till with money and goods."""
    from azpost_desk.domain.staff import Role
    from azpost_desk.programs.desk import devices_of, open_counter
    from azpost_desk.rehearsal.town import PLAYERS
    from azpost_desk.services.counter import Officer

    folder = here.folders[1]
    by = {one.role: Officer(one.officer, one.name, Role(one.role), "az") for one in reversed(PLAYERS)}
    counter = open_counter(folder, here.lines[1].url, clock, devices_of(folder), lambda: "az")
    try:
        counter.line.send()
        services, safe = counter.services, {worth: 2 * count for worth, count in _FLOAT.items()}
        services.days.open(by["manager"], services.counter.today())
        services.tills.open(by["clerk"])
        services.tills.supply_safe(by["manager"], "T-1", safe)
        services.tills.move(by["clerk"], "to_till", "float", _FLOAT)
        for sku, quantity in _STOCK:
            services.tills.stock(by["clerk"], sku, quantity, "T-1")
        counter.line.send()
    finally:
        counter.close()
