"""Money over the border in the played day: sent, refused by the partner and paid back, and paid out here.

In: the customer of the transfer at home, whose file is known. Out: steps at the first desk, on line.
"""

from __future__ import annotations

from typing import Final

from azpost_desk.rehearsal.steps import At, Chapter, Instruction, Outside, Picture, See, Type, keys

_CUSTOMER: Final = "5KL2M7A"
_COUNTS_DOWN: Final = "qüvvədədir"


def abroad() -> list[Instruction]:
    """Out, in, and what a partner refuses."""
    return [*_sent(), *_came(), *_refused()]


def _to_georgia() -> list[Instruction]:
    return [keys("Alt+0 2"), Type(_CUSTOMER), keys("Enter"), See("Məmmədov Rəşad Elçin oğlu")]


def _agreed(lari: str) -> list[Instruction]:
    """The sum, the price of the centre, the customer's yes."""
    return [Type(lari), keys("Enter"), See(_COUNTS_DOWN)]


def _paid() -> list[Instruction]:
    """F10 and the exact sum: a card is not this corridor's."""
    return [keys("F10"), See("kartla ödənilə bilməz"), keys("Enter"), See("Qəbz")]


def _sent() -> list[Instruction]:
    return [
        Chapter("money to Georgia, twice"),
        At("13:36"),
        keys("F2"),
        *_to_georgia(),
        Type("Ganja"),
        keys("Enter"),
        Type("Nizami 12"),
        keys("Enter"),
        Type("Nino Beridze"),
        keys("Enter"),
        Type("Tbilisi"),
        keys("Enter Enter 1 Enter"),
        *_agreed("200"),
        Picture("abroad-price"),
        keys("Enter"),
        See("Xaricə pul köçürməsi"),
        *_paid(),
        Picture("abroad-paid"),
        At("13:40"),
        *_to_georgia(),
        keys("1"),
        *_agreed("150"),
        keys("Enter"),
        See("Xaricə pul köçürməsi"),
        *_paid(),
    ]


def _came() -> list[Instruction]:
    return [
        Chapter("money from Georgia, paid in manat"),
        At("13:43"),
        keys("Ctrl+2"),
        Type("TB40718265"),
        keys("Enter"),
        Type("100"),
        keys("Enter"),
        Type("Nino Beridze"),
        keys("Enter"),
        See("Mammadov Rashad"),
        Type(_CUSTOMER),
        keys("Enter"),
        See("AA1234567"),
        Picture("from-abroad"),
        keys("Enter"),
        See("Müştəriyə veriləcək"),
        keys("F10 Enter"),
        See("Müştəriyə verildi"),
        Picture("from-abroad-paid"),
    ]


def _refused() -> list[Instruction]:
    return [
        Chapter("a transfer that the partner refuses, and the number of the other"),
        # The first one has left by now; the second waits its minutes of grace.
        At("13:47"),
        Outside("settle"),
        Outside("partner_refuses"),
        At("13:51"),
        Outside("settle"),
        Outside("wake_1"),
        keys("Ctrl+4"),
        See("geri götürülə bilər"),
        Picture("sent-abroad"),
        keys("Enter Down Ctrl+N"),
        See("Nömrənin qəbzi çap olunur"),
        keys("Up Enter"),
        See("Köçürməni göndəriciyə qaytar"),
        Type(_CUSTOMER),
        keys("Enter"),
        See("AA1234567"),
        Picture("abroad-refund"),
        keys("Enter"),
        See("Müştəriyə veriləcək"),
        keys("F10 Enter"),
        See("Müştəriyə verildi"),
        Outside("settle"),
        Outside("wake_1"),
    ]
