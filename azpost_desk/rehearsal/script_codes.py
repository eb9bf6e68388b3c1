"""Money by code in the played day: a basket paid by a code on the screen, and one paid by code and cash.

In: the demo's rail (`rehearsal.instant_town`), a desk on line, a customer who pays when the script says so.
Out: steps at the first desk; 0.50 of cash comes in.
"""

from __future__ import annotations

from azpost_desk.rehearsal.steps import At, Chapter, Gone, Instruction, Outside, Picture, See, Type, keys


def codes() -> list[Instruction]:
    """Shift F9 shows the code; what the customer pays settles the basket without another key."""
    return [
        Chapter("a code on the screen, and a code with cash"),
        At("14:10"),
        keys("F6 3"),
        Type("5"),
        keys("Enter"),
        See("1,00"),
        keys("F10"),
        See("Ekranda kodla"),
        Picture("code-offered"),
        keys("Shift+F9"),
        See("Müştəri bu kodu oxudur"),
        Picture("code-shown"),
        Outside("payer_pays"),
        Outside("settle"),
        See("Qəbz"),
        Picture("code-paid"),
        keys("3"),
        Type("10"),
        keys("Enter"),
        See("2,00"),
        keys("F10"),
        See("Ekranda kodla"),
        Type("1,50"),
        keys("Shift+F9"),
        See("Müştəri bu kodu oxudur"),
        Outside("payer_pays"),
        Outside("settle"),
        See("Kodla ödənilib"),
        keys("F10"),
        See("0,50"),
        Picture("code-and-cash"),
        keys("Enter"),
        See("Qəbz"),
        Gone("Kodla ödənilib"),
    ]
