"""What support may see of a log: times, places in our code and codes; every other word is taken out.

What is kept is named, not what is hidden: nobody can list everything that could tell who somebody is.
"""

from __future__ import annotations

import builtins
import re
from typing import Final

_TAKEN_OUT: Final = "…"
_FAULTS: Final = frozenset(
    name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
) | {"Trouble", "Refused", "OperationalError", "IntegrityError", "DatabaseError"}
_LEVELS: Final = frozenset(("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", "Traceback", "incident"))
_WHEN: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}([.,][0-9]{1,6})?")
_CODE: Final = re.compile(r"[A-Z]-[0-9]{3}[:,.]?")
# The clerk reads it from the screen to whoever helps: it has to be found.
_INCIDENT: Final = re.compile(r"[0-9A-F]{6}|[0-9a-f]{8}")
_MODULE: Final = re.compile(r"azpost_desk(\.[a-z_]+)+:?")
# A line of a traceback, with no more of its path than is ours.
_PLACE: Final = re.compile(
    r'\s+File "(?:[^"]*[/\\])?(azpost_desk(?:[/\\][a-z_0-9]+)+\.py)", line ([0-9]{1,4}), in ([a-z_]+)\s*'
)


def masked(log: str) -> str:
    """The log without anything but when, where and which code; as many lines as before."""
    return "\n".join(_masked(line) for line in log.splitlines())


def _masked(line: str) -> str:
    if place := _PLACE.fullmatch(line):
        return f"  {place[1]} line {place[2]}"
    when = _WHEN.match(line)
    words = line[when.end() :].split() if when else line.split()
    kept = [when[0]] if when else []
    for word in words:
        if _is_ours(word) or (kept[-1:] == ["incident"] and _INCIDENT.fullmatch(word)):
            kept.append(word)
        elif not kept or kept[-1] != _TAKEN_OUT:
            kept.append(_TAKEN_OUT)
    return " ".join(kept)


def _is_ours(word: str) -> bool:
    bare = word.rstrip(":,.")
    return bare in _FAULTS or bare in _LEVELS or bool(_CODE.fullmatch(word) or _MODULE.fullmatch(word))
