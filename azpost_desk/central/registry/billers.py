"""Billers as they are set: the example beside each of their numbers is one that the counter would take.

In: the document of billers from a file. Out: nothing, or a refusal that names the place. An example that its
own rule refuses is a wrong rule, and with it every payer of that biller would be sent away.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from azpost_desk.central.registry.files import WrongFile
from azpost_desk.domain.notices import plain_number

if TYPE_CHECKING:
    from azpost_desk.domain.catalogue import Biller, Billers


def check_billers(file: str, billers: Billers) -> None:
    """Refuse billers whose examples their own masks or check digits refuse.

    Raises:
        WrongFile: P-075 at the place in the file.
    """
    for at, one in enumerate(billers.billers, start=1):
        if not _takes_its_example(one):
            raise _wrong(file, f"billers[{at}].account_example", one, one.account_example)
        for number, way in enumerate(one.notices.ways if one.notices else (), start=1):
            if not _fits(way.mask, plain_number(way.example)):
                place = f"billers[{at}].notices.ways[{number}].example"
                raise _wrong(file, place, one, way.example)


def _takes_its_example(biller: Biller) -> bool:
    try:
        return biller.is_account("".join(biller.account_example.split()))
    except re.error:
        return False


def _fits(mask: str, example: str) -> bool:
    try:
        return re.fullmatch(mask, example, re.ASCII) is not None
    except re.error:
        return False


def _wrong(file: str, place: str, biller: Biller, example: str) -> WrongFile:
    return WrongFile("P-075", file=file, place=place, biller=biller.biller, value=example)
