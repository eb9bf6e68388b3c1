"""Orders of money over the border for tests, and answers as a partner writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central.gateways import iso_messages as iso
from azpost_desk.central.gateways.abroad import Order
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.people import AbroadParties, Person, ReceiverAbroad

if TYPE_CHECKING:
    from azpost_desk.central.gateways.iso_messages import Part

OURS: Final = "AZPOAZ22"
THEIRS: Final = "TBCBGE22"
PARTIES: Final = AbroadParties(
    sender=Person(name="Əliyev Vüqar Rauf oğlu"),
    sender_latin="Aliyev Vugar",
    sender_town_latin="Baku",
    sender_street_latin="Nizami 5",
    sender_born="1980-02-29",
    receiver=ReceiverAbroad(
        name="Nino Beridze",
        latin="Beridze Nino",
        country="GE",
        town="Tbilisi",
        values={"phone": "+995555123456"},
    ),
)


def an_order(**changed: object) -> Order:
    """500 lari for Nino Beridze."""
    facts: dict[str, object] = {
        "transfer": "0198c1f2-7d30-7000-8000-00000000000a",
        "ordinal": 1,
        "partner_bic": THEIRS,
        "our_bic": OURS,
        "arrives": Money(50_000, "GEL"),
        "paid": azn(31_606),
        "rate": "0.6321168000",
        "written_ms": 1_796_000_000_123,
        "settles_on": "2026-11-30",
        "charges": "DEBT",
        "purpose": "FAMI",
        "parties": PARTIES,
    }
    return Order(**(facts | changed))  # type: ignore[arg-type]


def answer(
    message: str, body: list[Part], *, sender: str = THEIRS, receiver: str = OURS, number: str = "A1"
) -> bytes:
    """A partner's message in its envelope."""
    by: list[list[Part]] = [[("FinInstnId", [("BICFI", bic)])] for bic in (sender, receiver)]
    header = iso.header_of(by[0], by[1], number, message, "2026-11-30T10:00:00+00:00")
    return iso.enveloped(message, header, body)


def heading(*more: Part) -> Part:
    """The group header of an answer."""
    return "GrpHdr", [("MsgId", "A1"), ("CreDtTm", "2026-11-30T10:00:00+00:00"), *more]


def status(*parts: Part) -> bytes:
    """A pacs.002 about one transaction."""
    return answer(iso.STATUS, [("FIToFIPmtStsRpt", [heading(), ("TxInfAndSts", list(parts))])])


def returned(*parts: Part) -> bytes:
    """A pacs.004 about one transaction."""
    group = heading(("NbOfTxs", "1"), ("SttlmInf", [("SttlmMtd", "INDA")]))
    return answer(iso.RETURNED, [("PmtRtr", [group, ("TxInf", list(parts))])])


def recall_answer(end: str, *parts: Part) -> bytes:
    """A camt.029 about one transaction."""
    ends: list[list[Part]] = [[("Agt", [("FinInstnId", [("BICFI", bic)])])] for bic in (THEIRS, OURS)]
    assigned: list[Part] = [
        ("Id", "A1"),
        ("Assgnr", ends[0]),
        ("Assgne", ends[1]),
        ("CreDtTm", "2026-11-30T10:00:00+00:00"),
    ]
    details: list[Part] = [("TxInfAndSts", list(parts))]
    return answer(
        iso.RECALL_ANSWER,
        [("RsltnOfInvstgtn", [("Assgnmt", assigned), ("Sts", [("Conf", end)]), ("CxlDtls", details)])],
    )
