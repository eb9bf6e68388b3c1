"""Instructions of a played day as plain values: keys, scans, pictures, without windows or books."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chapter:
    """A named part of the day; its success and time stand in the summary."""

    name: str


@dataclass(frozen=True, slots=True)
class AtDesk:
    """Somebody sits down at this desk: its window comes to the front."""

    number: int


@dataclass(frozen=True, slots=True)
class At:
    """It is now this time of the day (HH:MM in Azerbaijan); the clock never goes back."""

    time: str


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys pressed one after the other: ``F10``, ``Enter``, ``Ctrl+K``, ``3``."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Type:
    """Text typed at a hand's speed; ``{name}`` is what `Remember` read from a screen."""

    text: str


@dataclass(frozen=True, slots=True)
class Scan:
    """A code read by the scanner; ``layout`` is what the PC's keyboard layout makes of it (az, ru, none)."""

    code: str
    layout: str = ""


@dataclass(frozen=True, slots=True)
class See:
    """Wait until this text stands somewhere on the screen; the day fails when it never comes."""

    text: str


@dataclass(frozen=True, slots=True)
class Gone:
    """Wait until this text stands nowhere on the screen."""

    text: str


@dataclass(frozen=True, slots=True)
class Remember:
    """Read the first group of a regular expression from the screen, for a later `Type` or `Scan`."""

    name: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Outside:
    """Something happens outside the desk, by the name the demo gave it: line_1_down, line_1_up, settle…"""

    what: str


@dataclass(frozen=True, slots=True)
class Sign:
    """Somebody signs on the screen, where there is a place for it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A photograph of the screen as it is now."""

    name: str


Instruction = Chapter | AtDesk | At | Keys | Type | Scan | See | Gone | Remember | Outside | Sign | Picture


def keys(text: str) -> Keys:
    """``keys("F10 Down Enter")``."""
    return Keys(tuple(text.split()))
