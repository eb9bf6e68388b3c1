"""A state notice in the played day: a fine scanned and paid by card, and its statement.

In: the demo's portal (`rehearsal.notice_town`), a desk on line. Out: steps at the first desk; no cash moves.
"""

from __future__ import annotations

from azpost_desk.rehearsal.notice_town import FINE
from azpost_desk.rehearsal.steps import At, Chapter, Instruction, Outside, Picture, Scan, See, keys


def notices() -> list[Instruction]:
    """Scan, Enter, F10 and the card; the statement comes by itself and once more by its key."""
    return [
        Chapter("a fine against its notice"),
        At("13:55"),
        Scan(FINE),
        See("40,00"),
        See("İnzibati cərimə"),
        Picture("notice"),
        keys("Enter F10"),
        See("40,50"),
        keys("Ctrl+Y"),
        See("Qəbz"),
        Outside("settle"),
        Outside("wake_1"),
        keys("Ctrl+2"),
        See("Çıxarış-qəbz 0001-"),
        Picture("notice-confirmed"),
        keys("Ctrl+P"),
        See("Çıxarış çapa göndərildi"),
    ]
