"""One file per program we ship: it assembles rooms and does nothing else."""

from __future__ import annotations

import importlib
import io
import os
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from azpost_desk.domain.refusals import Refused, Trouble

# Name → what it does. Each is a module here with `main(argv) -> int`, imported only when it is asked for:
# the centre never loads Qt, the counter never loads the web server. What is not written yet is not offered.
PROGRAMS: Final = {
    "desk": "the counter's window; the first start enrols this desk",
    "enrol": "enrols this desk as a file says, with nobody at the screen",
    "central": "the centre: serves desks, and registers branches, desks, staff, licences and tariffs",
    "demo": "a centre and enrolled desks on temporary data; --headless plays a whole working day",
    "training": "the counter's window on play money, with tasks for a new clerk whose answers are checked",
    "backup": "a verified, encrypted copy of a desk's books, now",
    "restore": "a desk on a new machine, or again on this one, with its whole past",
    "salvage": "hands the records of an old disk or stick to the centre",
    "rotate": "a new signing key for a desk",
    "check": "all invariants over a desk's or the centre's books",
    "evidence": "the evidence of some days of a desk's books as one file",
    "verify": "proves an evidence file or a shift certificate, without anything else of ours",
    "simulate": "kills, power cuts, a bad network and races by seed: nothing acknowledged may be lost",
    "bench": "named benchmarks, each beside its physical limit",
    "doctor": "explains a sick counter; support bundle without personal data",
    "tool": "a rule at a time as JSON: item, scan, identifier, azqr, hs, label, screen, signature, iso20022",
}


def available() -> dict[str, str]:
    """The programs this installation holds, with their sentence."""
    return {name: does for name, does in PROGRAMS.items() if find_spec(f"{__name__}.{name}")}


def main(argv: list[str] | None = None) -> int:
    """Run the program named first in `argv` (the command line when None).

    Returns:
        The program's exit code; 2 when no such program is here or it cannot run.
    """
    speak_utf8()
    leave_no_core()
    arguments = sys.argv[1:] if argv is None else argv
    name = arguments[0] if arguments else ""
    if name in ("", "-h", "--help"):
        print(usage())
        return 0 if name else 2
    if name == "--version":
        print(version())
        return 0
    if name not in available():
        print(f"azpost-desk has no program {name!r}.\n\n{usage()}", file=sys.stderr)
        return 2
    share_with_group()
    program = importlib.import_module(f"{__name__}.{name}")
    from azpost_desk.domain.refusals import Trouble

    try:
        result: int = program.main(arguments[1:])
    except Trouble as trouble:
        complain(trouble)
        return 2
    return result


def leave_no_core() -> None:
    """Keys and names are in memory: a crash writes none of it to a disk."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def share_with_group() -> None:
    """Where users share this desk's folder, what its programs make is their group's, nobody else's."""
    from azpost_desk import files, places

    if files.is_shared(places.data()):
        os.umask(0o007)


def complain(outcome: Refused | Trouble) -> None:
    """One sentence to the error stream, its code first: what a script looks for and support asks for."""
    from azpost_desk.texts import Texts

    print(f"{outcome.code}: {Texts('en').refusal(outcome)}", file=sys.stderr)


def usage() -> str:
    """What --help shows: each program in one line."""
    lines = [f"  {name:<9} {does}" for name, does in available().items()]
    return "\n".join(["usage: azpost-desk PROGRAM [--help] [ARGUMENTS]", "", *lines])


def version() -> str:
    """The installed version."""
    from importlib.metadata import version as installed

    return installed("azpost-desk")


def speak_utf8() -> None:
    """Read and write UTF-8 whatever the locale says: names hold ə, amounts hold ₼."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A file's name may hold bytes that are no letters: it is said all the same.
            errors = "strict" if stream is sys.stdin else "backslashreplace"
            stream.reconfigure(encoding="utf-8", errors=errors)
