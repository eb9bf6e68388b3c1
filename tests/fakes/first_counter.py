"""A counter's window as a process of its own: enrolled by keys, opened, and a first stamp sold.

``python -m tests.fakes.first_counter FOLDER URL CODE`` plays it and prints one line of JSON: what failed, if
anything did, and what the books hold then.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from azpost_desk.gui.shell.window import Window
from azpost_desk.gui.work.runner import Runner
from azpost_desk.gui.work.timers import HandClock
from azpost_desk.programs import desk as program
from azpost_desk.rehearsal.day import Day
from azpost_desk.rehearsal.script import moved, pay, sign_in
from azpost_desk.rehearsal.steps import AtDesk, Instruction, See, Type, keys

CLERK, MANAGER = ("1", "1357"), ("2", "4680")


def script(code: str) -> list[Instruction]:
    """From the enrolment page, where the address stands already, to the receipt of a stamp."""
    return [
        AtDesk(1),
        See("İş yerinin qeydiyyatı"),
        keys("Enter"),
        Type(code),
        keys("Enter"),
        See("Rauf Hüseynli"),
        *sign_in(MANAGER),
        See("Bu gün açılacaq tarix"),
        keys("Ctrl+D"),
        See("Kassanı aç"),
        keys("Ctrl+S"),
        Type("1"),
        keys("Enter"),
        *moved("", "", "", "", "10"),
        See("Seyf"),
        keys("Ctrl+Shift+Q"),
        See("Daxil olun"),
        *sign_in(CLERK),
        See("Kassanı aç"),
        keys("Ctrl+O"),
        See("Nigar Əliyeva"),
        keys("Ctrl+Up"),
        *moved("", "", "", "", "2"),
        keys("Ctrl+N"),
        keys("1"),
        keys("Enter"),
        Type("100"),
        keys("Enter"),
        Type("QM-1"),
        keys("Enter"),
        keys("F6"),
        See("Poçt markası"),
        keys("1"),
        keys("Enter"),
        *pay(),
    ]


def main(folder: Path, url: str, code: str) -> None:
    app = program.application("az")
    runner, window = Runner(), Window()
    running = program._Running(folder / "desk", url, window)
    window.show()
    running.load()
    day = Day({1: window}, script(code), HandClock(), lambda _: None, {}, folder)
    day.begin()
    app.exec()
    window.close()
    runner.close()
    held = {"failure": day.played.failure or ("" if running._counter else "the books were never opened")}
    if running._counter is not None:
        with running._counter.books.reading() as books:
            held |= {"codes": books.codes_left(), "numbers": books.item_numbers_left()}
    running.close()
    print(json.dumps(held), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:4])
