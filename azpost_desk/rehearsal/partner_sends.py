"""The sandbox partner's customers who send to receivers here: orders, recalls, questions, and what returns.

Each order is credited to our account in the partner's books when it is sent, or later; a return is taken
back and debited, unless a fault says otherwise. What we tell of an order is kept as it was told.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.central.gateways import iso_messages as iso
from azpost_desk.rehearsal.partners import Entry

if TYPE_CHECKING:
    from lxml import etree

    from azpost_desk.central.gateways.iso_messages import Part
    from azpost_desk.domain.money import Money
    from azpost_desk.rehearsal.partner_faults import Fault
    from azpost_desk.rehearsal.partners import SandboxPartner

_DAY: Final = "2026-11-30"


@dataclass(slots=True)
class Sent:
    """One order to us; `told` is every status we said of it, `recall` how its recall ended."""

    uetr: str
    amount: Money
    number: str
    told: list[str]
    recall: str = ""
    returned: bool = False


class SendsHere:
    """What a sandbox partner sends to receivers here, by UETR in `sent`; its messages are of `day`."""

    def __init__(self, partner: SandboxPartner, day: str = _DAY) -> None:
        self._partner = partner
        self._day, self._created = day, f"{day}T09:00:00Z"
        self.sent: dict[str, Sent] = {}
        partner.also.append(self._answer)

    def send(
        self,
        amount: Money,
        receiver: str,
        sender: str = "Nino Beridze",
        *,
        number: str = "",
        town: str = "Tbilisi",
        country: str = "GE",
        promised: Money | None = None,
        credited: bool = True,
        again: str = "",
    ) -> Sent:
        """Order us to pay `amount` to somebody; `again` repeats an order under a new message (its UETR)."""
        uetr = again or str(uuid.uuid4())
        at = self._partner.number("I")
        said = number or f"TB{int(at[1:]):08d}"
        order = self.sent.setdefault(uetr, Sent(uetr, amount, said, []))
        address: list[Part] = [("TwnNm", town), ("Ctry", country if town else "")]
        body: list[Part] = [
            ("GrpHdr", [
                ("MsgId", at),
                ("CreDtTm", self._created),
                ("NbOfTxs", "1"),
                ("SttlmInf", [("SttlmMtd", "INDA")]),
            ]),
            ("CdtTrfTxInf", [
                ("PmtId", [("EndToEndId", f"E{uetr[:8]}"), ("TxId", f"T{uetr[:8]}"), ("UETR", uetr)]),
                ("IntrBkSttlmAmt", iso.as_written(amount)),
                ("IntrBkSttlmDt", self._day),
                ("InstdAmt", iso.as_written(promised) if promised else ""),
                ("ChrgBr", "DEBT"),
                ("InstgAgt", _agent(self._partner.bic)),
                ("InstdAgt", _agent(self._partner.customer_bic)),
                ("Dbtr", [("Nm", sender), ("PstlAdr", address)]),
                ("DbtrAgt", _agent(self._partner.bic)),
                ("CdtrAgt", _agent(self._partner.customer_bic)),
                ("Cdtr", [("Nm", receiver)]),
                ("Purp", [("Cd", "FAMI")]),
                ("SplmtryData", [("Envlp", [(f"{{{iso.PICK_UP}}}Nb", order.number)])]),
            ]),
        ]  # fmt: skip
        if credited and not again:
            self.credit(order)
        self._partner.queue(
            self._partner.written(iso.ORDER, at, self._created, [("FIToFICstmrCdtTrf", body)])
        )
        return order

    def credit(self, order: Sent) -> None:
        """Its money is on our account there, for the next statement to show."""
        self._partner.entries.append(Entry(order.uetr, order.amount, self._partner.number("T")))

    def want_back(self, order: Sent) -> None:
        """Recall an order (camt.056)."""
        at = self._partner.number("K")
        ours: list[Part] = [("Agt", _agent(self._partner.bic))]
        body: list[Part] = [
            ("Assgnmt", [
                ("Id", at),
                ("Assgnr", ours),
                ("Assgne", [("Agt", _agent(self._partner.customer_bic))]),
                ("CreDtTm", self._created),
            ]),
            ("Case", [("Id", at), ("Cretr", ours)]),
            ("Undrlyg", [("TxInf", [("OrgnlUETR", order.uetr), ("CxlRsnInf", [("Rsn", [("Cd", "CUST")])])])]),
        ]  # fmt: skip
        self._partner.queue(self._partner.written(iso.RECALL, at, self._created, [("FIToFIPmtCxlReq", body)]))

    def ask(self, uetr: str) -> None:
        """Ask what became of an order (pacs.028)."""
        at = self._partner.number("Q")
        body: list[Part] = [
            ("GrpHdr", [("MsgId", at), ("CreDtTm", self._created)]),
            ("TxInf", [("StsReqId", at), ("OrgnlUETR", uetr)]),
        ]
        self._partner.queue(
            self._partner.written(iso.QUESTION, at, self._created, [("FIToFIPmtStsReq", body)])
        )

    def _answer(self, document: etree._Element, uetr: str, created: str, fault: Fault | None) -> bytes | None:
        order = self.sent.get(uetr)
        if document.find("{*}PmtRtr") is not None:
            return self._taken_back(order, uetr, created, fault)
        if order is None:
            return None
        if document.find("{*}FIToFIPmtStsRpt") is not None:
            order.told.append(document.findtext(".//{*}TxSts") or "")
            return b""
        if document.find("{*}RsltnOfInvstgtn") is not None:
            order.recall = document.findtext(".//{*}Conf") or ""
            return b""
        if document.find("{*}FIToFIPmtStsReq") is not None:
            code = "ACSC" if order.returned else ""
            return self._says(uetr, created, code, "" if code else iso.NOT_KNOWN)
        return None

    def _taken_back(self, order: Sent | None, uetr: str, created: str, fault: Fault | None) -> bytes:
        kind = fault.kind if fault is not None else ""
        if order is None:
            return self._says(uetr, created, "RJCT", iso.NOT_KNOWN)
        if kind == "reject":
            return self._says(uetr, created, "RJCT", fault.code if fault else "")
        if order.returned:
            return self._says(uetr, created, "RJCT", "DUPL")
        order.returned = True
        self._partner.entries.append(Entry(uetr, -order.amount, self._partner.number("T")))
        return self._says(uetr, created, "ACSC", "")

    def _says(self, uetr: str, created: str, code: str, reason: str) -> bytes:
        why: Part = ("StsRsnInf", [("Rsn", [("Cd", reason)])])
        return self._partner.report(created, [("OrgnlUETR", uetr), ("TxSts", code), why])


def _agent(bic: str) -> list[Part]:
    return [("FinInstnId", [("BICFI", bic)])]
