"""The desk's log: what the program notes, as a file for support without a name, number or word of anybody.

In: records of `logging` and faults of any thread. Out: ``logs/desk.log`` in the data folder, and older ones
beside it, for the desk's own user (or group) alone, bounded in size. Kept are the moment, the module, our own
fixed words, codes, numbers of incidents, names of faults and places in our code; every value is taken out.
"""

from __future__ import annotations

import logging
import os
import re
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from azpost_desk import files, places
from azpost_desk.domain.refusals import Refused, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

# [design] Some months of an ordinary desk; a fault that repeats at every glance fills no disk.
FILE_BYTES_MAX: Final = 512 * 1024
OLDER_MAX: Final = 4
_FAULTS_MAX: Final = 5
_FRAMES_MAX: Final = 30
_OURS: Final = "azpost_desk"
_CODE: Final = re.compile(r"[A-Z]-[0-9]{3}")
_INCIDENT: Final = re.compile(r"[0-9A-F]{6}|[0-9a-f]{8}")
_VALUE: Final = re.compile(r"%[-+ #0-9.]*[a-zA-Z]")
_TAKEN_OUT: Final = "…"


class DeskLog(logging.Handler):
    """Writes records into the folder; whatever goes wrong with that is in nobody's way."""

    def __init__(self, folder: Path) -> None:
        super().__init__(logging.INFO)
        self._folder = places.logs(folder)
        self._file = self._folder / "desk.log"

    def emit(self, record: logging.LogRecord) -> None:
        """See logging.Handler."""
        # A full disk, a folder of another user: the desk works on, and its doctor says so.
        with suppress(OSError, UnicodeError):
            self._write(told(record).encode("utf-8"))

    def _write(self, line: bytes) -> None:
        files.make_private(self._folder)
        with suppress(FileNotFoundError):
            if self._file.stat().st_size + len(line) > FILE_BYTES_MAX:
                self._move_on()
        mode = files.private_mode(self._folder)
        # Opened for each line: there are few, and between two of them the file is nobody's.
        file = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, mode)
        try:
            os.write(file, line)
        finally:
            os.close(file)

    def _move_on(self) -> None:
        names = [self._file, *(self._folder / f"desk.log.{number}" for number in range(1, OLDER_MAX + 1))]
        for older, newer in zip(reversed(names), reversed(names[:-1]), strict=False):
            with suppress(FileNotFoundError):
                newer.replace(older)


def told(record: logging.LogRecord) -> str:
    """What may be kept of a record: one line, and one for each place of a fault."""
    when = f"{time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(record.created))},{int(record.msecs):03}"
    lines = [f"{when} {record.name} {record.levelname} {_words(record)}"]
    if record.exc_info and record.exc_info[1] is not None:
        lines += _fault(record.exc_info[1])
    return "".join(f"{line}\n" for line in lines)


def _words(record: logging.LogRecord) -> str:
    """Our fixed words with what may stand in the place of their values; of others' words nothing."""
    if record.name.partition(".")[0] != _OURS or not isinstance(record.msg, str):
        return _TAKEN_OUT
    values = iter(record.args if isinstance(record.args, tuple) else ())
    is_incident = record.msg.startswith("incident %s")
    return _VALUE.sub(lambda _: _value(next(values, None), is_incident), record.msg)


def _value(value: object, is_incident: bool) -> str:
    if isinstance(value, BaseException):
        return _name(value)
    if isinstance(value, str) and (_CODE.fullmatch(value) or (is_incident and _INCIDENT.fullmatch(value))):
        return value
    return _TAKEN_OUT


def _name(fault: BaseException) -> str:
    """The kind of a fault, and the code of one of ours."""
    kind = type(fault).__name__
    if isinstance(fault, Refused | Trouble) and _CODE.fullmatch(fault.code):
        return f"{kind}: {fault.code}"
    return kind


def _fault(fault: BaseException) -> Iterator[str]:
    """Kind and places of a fault, and of those it came from, the last one first."""
    chain: BaseException | None = fault
    for _ in range(_FAULTS_MAX):
        if chain is None:
            return
        yield _name(chain)
        yield from _frames(chain.__traceback__)
        chain = chain.__cause__ or (None if chain.__suppress_context__ else chain.__context__)


def _frames(trace: TracebackType | None) -> list[str]:
    """Places in our code: no path of this machine, no line of anybody else's."""
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        _, ours, inside = code.co_filename.replace("\\", "/").rpartition(f"/{_OURS}/")
        if ours:
            found.append(f'  File "{_OURS}/{inside}", line {trace.tb_lineno}, in {code.co_name}')
        trace = trace.tb_next
    return found[-_FRAMES_MAX:]


@contextmanager
def kept_log(folder: Path) -> Iterator[None]:
    """While the block runs, what the program notes is kept in the log of this data folder."""
    root, ours, log = logging.getLogger(), logging.getLogger(_OURS), DeskLog(folder)
    # Whoever started the desk at a terminal still reads warnings there.
    added = [log] if root.handlers or logging.lastResort is None else [log, logging.lastResort]
    level, of_threads = ours.level, threading.excepthook

    def told_of_thread(fault: threading.ExceptHookArgs) -> None:
        if fault.exc_value is not None:
            logging.getLogger(__name__).error("a thread ended", exc_info=fault.exc_value)
        of_threads(fault)

    for one in added:
        root.addHandler(one)
    ours.setLevel(logging.INFO)
    threading.excepthook = told_of_thread
    try:
        yield
    except Exception:
        logging.getLogger(__name__).exception("the program ends by a fault")
        raise
    finally:
        threading.excepthook = of_threads
        ours.setLevel(level)
        for one in added:
            root.removeHandler(one)
