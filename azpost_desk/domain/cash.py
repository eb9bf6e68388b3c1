"""Notes and coins: counting them, and giving change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from azpost_desk.domain.money import Money
from azpost_desk.domain.refusals import Refused

# Central Bank of Azerbaijan: notes 1 to 200 manat, coins 1 to 50 qəpik in circulation. The 500-manat note
# is legal tender but hardly seen; it is counted, not proposed as a quick note.
NOTES_QAPIK: Final = (50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 100)
COINS_QAPIK: Final = (50, 20, 10, 5, 3, 1)
DENOMINATIONS_QAPIK: Final = NOTES_QAPIK + COINS_QAPIK

Pieces = Mapping[int, int]
"""Number of pieces by denomination in qəpik."""


def counted(pieces: Pieces) -> Money:
    """The sum of a count sheet.

    Raises:
        Refused: C-020 for a denomination that does not exist or a negative number of pieces.
    """
    for denomination, number in pieces.items():
        if denomination not in DENOMINATIONS_QAPIK or number < 0:
            raise Refused("C-020", denomination=Money(denomination))
    return Money(sum(denomination * number for denomination, number in pieces.items()))


def tidy(pieces: Pieces) -> dict[int, int]:
    """The sheet without empty rows, largest denomination first: one way of writing one count."""
    return {d: pieces[d] for d in sorted(pieces, reverse=True) if pieces[d]}


def quick_notes(due: Money) -> tuple[Money, ...]:
    """The sums a customer is likely to hand over for `due`: exact, then rounded up to notes; at most six.

    Nobody rounds a large sum to a single manat: one-manat steps are proposed below twenty manat only.
    """
    amounts = [due.minor]
    for note in (100, 500, 1_000, 2_000, 5_000, 10_000, 20_000):
        rounded = -(-due.minor // note) * note
        if rounded not in amounts and (note > 100 or due.minor < 2_000):
            amounts.append(rounded)
    return tuple(Money(amount, due.currency) for amount in amounts[:6])
