"""Payment codes for tests: a café's for its till, and a bill of the test town's electricity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from azpost_desk.domain.azqr import write_azqr
from azpost_desk.domain.catalogue import Billers
from azpost_desk.protocol.news import Reference
from tests.storage.desks import documents, piece

if TYPE_CHECKING:
    from azpost_desk.domain.azqr import Fields
    from tests.services.counters import Stand

ORGANISATION = "100101"
CAFE: Fields = {
    "39": "MPV002", "40": "8779c7cfceb149b89546c4f3faea3721", "00": "01", "01": "12",
    "26": {"00": "01", "03": "NBA0W4C2HPZC", "07": "20991130235959"},
    "52": "5812", "53": "944", "54": "12.30", "58": "AZ", "59": "Portofino Gənclik", "60": "BAKI",
}  # fmt: skip


def bill_payload(account: str, amount: str = "41.05", organisation: str = ORGANISATION) -> str:
    """A bill of an organisation as its payer finds it printed."""
    bill = {"00": organisation, "02": "2026-11-77", "04": account}
    return write_azqr({**CAFE, "54": amount, "38": bill, "59": "AZƏRİŞIQ"})


def with_codes(stand: Stand) -> None:
    """The centre tells the code of each biller's organisation."""
    with_values(stand, azqr=ORGANISATION)


def with_values(stand: Stand, **values: object) -> None:
    """The centre publishes each biller with other values."""
    known = documents()["billers"]
    assert isinstance(known, Billers)
    changed = [msgspec.structs.replace(one, **values) for one in known.billers]
    coded = Billers(billers=tuple(changed))
    told = Reference(
        name="billers", version=2, valid_from="2026-01-01", content=msgspec.Raw(msgspec.json.encode(coded))
    )
    stand.books.store_news([piece(1_000, "reference", told)], 1)
