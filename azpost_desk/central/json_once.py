"""JSON from outside as one checked value: a word that is said twice in one object is no value of either.

Readers differ in which of the two they take, so who writes both shows one to us and the other to a judge.
"""

from __future__ import annotations

import json
from typing import TypeVar

import msgspec

T = TypeVar("T")


def decoded(content: bytes | str, kind: type[T]) -> T:
    """The value of `kind` that the JSON says.

    Raises:
        msgspec.DecodeError: no JSON, or of another form. ValueError: no text, or a word that is said twice.
        RecursionError: it stands too deep in itself.
    """
    value = msgspec.json.decode(content, type=kind)
    json.loads(content, object_pairs_hook=_once)
    return value


def _once(pairs: list[tuple[str, object]]) -> None:
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        twice = next(name for at, name in enumerate(names) if name in names[:at])
        raise ValueError(f"'{twice}' is said twice")
