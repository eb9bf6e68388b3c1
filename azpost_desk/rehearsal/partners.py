"""The sandbox partner abroad: a web server on the ISO 20022 rail with books of its own and faults on demand.

It behaves as a good partner should: it takes what is signed, valid and from its customer, keeps each transfer
by its UETR, tells one it has already that it has it (``DUPL``), and debits what it settles. The faults are
what lines and less good partners do.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from azpost_desk.central.gateways import iso_messages as iso
from azpost_desk.central.gateways.iso20022 import check_message, read_envelope
from azpost_desk.central.gateways.iso_wire import (
    ANSWER,
    digest_of,
)
from azpost_desk.domain.money import CURRENCIES, Money
from azpost_desk.domain.refusals import Refused
from azpost_desk.rehearsal.partner_faults import BEFORE, SAYS, Fault, FaultKind
from azpost_desk.rehearsal.signed_sandbox import Answer, SignedHandler, SignedSandbox

if TYPE_CHECKING:
    import ssl

    from lxml import etree

    from azpost_desk.central.gateways.iso_messages import Part

# A document, its UETR, when it was made, the fault it meets: the answer, or None when it is not its business.
Also = Callable[["etree._Element", str, str, "Fault | None"], "bytes | None"]
_TAKEN: Final = (iso.ORDER, iso.QUESTION, iso.RECALL, iso.RETURNED, iso.STATUS, iso.RECALL_ANSWER)


@dataclass(slots=True)
class Payment:
    """One transfer in its books; `returned` in smallest units; `number` is what the receiver says."""

    uetr: str
    amount: Money
    receiver: str
    status: str
    number: str
    reference: str
    created: str
    reason: str = ""
    returned: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One booking on the customer's account: what was taken (below zero) or given back."""

    uetr: str
    amount: Money
    reference: str
    end_to_end: str = ""
    is_reversal: bool = False


class SandboxPartner(SignedSandbox):
    """A partner on a loopback port while the ``with`` block lasts.

    Attributes:
        received: every document, verbatim, in order; refused: why some were not taken.
        payments: its books by UETR.
        entries: bookings on our account there, oldest first.
        refuses: receivers it never pays, by name, and the code of the refusal.
        also: what answers documents about other business before this does.
    """

    def __init__(
        self,
        bic: str,
        customer_bic: str,
        customer_key: str,
        *,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`customer_bic`, `customer_key` (hex): whose documents it takes; `tls` makes the door https."""
        super().__init__(SignedHandler, bic, customer_bic, customer_key, port=port, tls=tls)
        self.received: list[bytes] = []
        self.refused: list[str] = []
        self.payments: dict[str, Payment] = {}
        self.entries: list[Entry] = []
        self.refuses: dict[str, str] = {}
        self.also: list[Also] = []
        self._faults: deque[Fault] = deque()

    def fail_next(self, kind: FaultKind, *, times: int = 1, code: str = "") -> None:
        """Queue a fault for the next `times` documents handed over."""
        with self._lock:
            self._faults.extend([Fault(kind, code)] * times)

    def mend(self) -> None:
        """Forget the faults not yet used."""
        with self._lock:
            self._faults.clear()
            self._forged_waiting = 0

    def balance(self, currency: str) -> int:
        """What its bookings come to in smallest units; below zero is what it took."""
        return sum(one.amount.minor for one in self.entries if one.amount.currency == currency)

    def settle(self, uetr: str) -> None:
        """Debit a transfer, refused or not, and say so (``ACSC``)."""
        with self._lock:
            paid = self.payments[uetr]
            self._debit(paid)
            paid.status, paid.reason = "ACSC", ""
            self.queue(self._status(paid))

    def say(self, uetr: str, status: str, reason: str = "") -> None:
        """Give a transfer a status such as ``ACCC`` or ``RJCT`` and say so; books nothing."""
        with self._lock:
            paid = self.payments[uetr]
            paid.status, paid.reason = status, reason
            self.queue(self._status(paid))

    def give_back(self, uetr: str, minor: int | None = None, reason: str = "AC04") -> None:
        """Return a transfer, or `minor` of it (pacs.004), and credit it."""
        with self._lock:
            paid = self.payments[uetr]
            back = Money(paid.amount.minor - paid.returned if minor is None else minor, paid.amount.currency)
            paid.returned += back.minor
            number = self.number("R")
            self.entries.append(Entry(uetr, back, number))
            group: list[Part] = [
                ("MsgId", number),
                ("CreDtTm", paid.created),
                ("NbOfTxs", "1"),
                ("SttlmInf", [("SttlmMtd", "INDA")]),
            ]
            transaction: list[Part] = [
                ("RtrId", number),
                ("OrgnlUETR", uetr),
                ("RtrdIntrBkSttlmAmt", iso.as_written(back)),
                ("RtrRsnInf", [("Rsn", [("Cd", reason)])]),
            ]
            body: list[Part] = [("PmtRtr", [("GrpHdr", group), ("TxInf", transaction)])]
            self.queue(self.written(iso.RETURNED, number, paid.created, body))

    def answer_recall(self, uetr: str, end: str, reason: str = "") -> None:
        """Answer a recall later: CNCL, RJCR or PDCR."""
        with self._lock:
            self.queue(self._recall_answer(uetr, end, self.payments[uetr].created, reason))

    def put(self, message: str, created: str, name: str, parts: list[Part]) -> None:
        """Let a report wait for us: root element `name`, with `parts` under its group header."""
        with self._lock:
            number = self.number("M")
            group: Part = ("GrpHdr", [("MsgId", number), ("CreDtTm", created)])
            self.queue(self.written(message, number, created, [(name, [group, *parts])]))

    def take(self, path: str, signature: str, body: bytes) -> Answer:
        """Take one document; what goes back."""
        with self._lock:
            fault = self._faults.popleft() if self._faults else None
            if fault is not None and fault.kind in BEFORE:
                return _before(fault, self.url)
            no = self.why_not("POST", path, signature, body)
            if no is None:
                self.received.append(body)
                no = self._why_not_valid(body)
            if no is not None:
                self.refused.append(no[1])
                return Answer(no[0])
            line = ANSWER.format(status=200, digest=digest_of(body))
            if fault is not None and fault.kind == "lose":
                return self.signed(b"", line)
            answer = self._answer(body, fault)
            return self._spoilt(self.signed(answer, line), fault, line)

    def _why_not_valid(self, body: bytes) -> tuple[int, str] | None:
        checked = check_message(body)
        if not checked.valid:
            return 400, checked.errors[0]
        header, _ = read_envelope(body, checked.message)
        sender = "" if header is None else header.findtext("{*}Fr/{*}FIId/{*}FinInstnId/{*}BICFI") or ""
        return None if iso.is_same_agent(sender, self.customer_bic) else (403, "sender")

    def _answer(self, body: bytes, fault: Fault | None) -> bytes:
        """What the books say to a document, after it was taken into them."""
        try:
            header, document = read_envelope(body, *_TAKEN)
        except Refused:
            return b""
        created = "" if header is None else _text(header, "CreDt")
        uetr = _text(document, "UETR") or _text(document, "OrgnlUETR")
        kind = fault.kind if fault is not None else ""
        for more in self.also:
            if (said := more(document, uetr, created, fault)) is not None:
                return said
        if _has(document, "FIToFICstmrCdtTrf"):
            return self._status(self._book(document, uetr, created, fault))
        if kind == "unknown" or uetr not in self.payments:
            return self._not_known(uetr, created)
        if _has(document, "FIToFIPmtCxlReq"):
            end = fault.code if fault is not None and kind == "recall" else "PDCR"
            return self._recall_answer(uetr, end, created)
        return self._status(self.payments[uetr])

    def _book(self, document: etree._Element, uetr: str, created: str, fault: Fault | None) -> Payment:
        amount = next(document.iter("{*}IntrBkSttlmAmt"))
        currency = amount.get("Ccy", "")
        minor = int(Decimal(amount.text or "0").scaleb(CURRENCIES[currency].minor_digits))
        receiver = document.findtext(".//{*}Cdtr/{*}Nm") or ""
        if fault is None and receiver in self.refuses:
            fault = Fault("reject", self.refuses[receiver])
        kind = fault.kind if fault is not None else ""
        paid = Payment(
            uetr,
            Money(minor, currency),
            receiver,
            SAYS.get(kind, "ACSP"),
            f"{int(digest_of(uetr.encode())[:12], 16) % 10**9:09d}",
            self.number("T"),
            created,
            fault.code if fault is not None and kind == "reject" else "",
        )
        known = self.payments.get(uetr)
        if known is not None:
            return Payment(uetr, known.amount, receiver, "RJCT", "", known.reference, created, "DUPL")
        self.payments[uetr] = paid
        if kind == "settle":
            self._debit(paid)
        return paid

    def _debit(self, paid: Payment) -> None:
        if not any(one.uetr == paid.uetr and one.amount.minor < 0 for one in self.entries):
            self.entries.append(Entry(paid.uetr, -paid.amount, paid.reference))

    def _status(self, paid: Payment) -> bytes:
        is_no = paid.status == "RJCT"
        number: list[Part] = [("Envlp", [(f"{{{iso.PICK_UP}}}Nb", "" if is_no else paid.number)])]
        return self.report(
            paid.created,
            [
                ("OrgnlUETR", paid.uetr),
                ("TxSts", paid.status),
                ("StsRsnInf", [("Rsn", [("Cd", paid.reason)])]),
                ("AcctSvcrRef", paid.reference),
                ("SplmtryData", number),
            ],
        )

    def _not_known(self, uetr: str, created: str) -> bytes:
        reason: Part = ("StsRsnInf", [("Rsn", [("Cd", iso.NOT_KNOWN)])])
        return self.report(created, [("OrgnlUETR", uetr), reason])

    def report(self, created: str, transaction: list[Part]) -> bytes:
        """A pacs.002 about one transaction."""
        number = self.number("S")
        group: Part = ("GrpHdr", [("MsgId", number), ("CreDtTm", created)])
        body: list[Part] = [("FIToFIPmtStsRpt", [group, ("TxInfAndSts", transaction)])]
        return self.written(iso.STATUS, number, created, body)

    def _recall_answer(self, uetr: str, end: str, created: str, reason: str = "") -> bytes:
        number = self.number("C")
        assigned: list[Part] = [
            ("Id", number),
            ("Assgnr", [("Agt", iso.agent_of_bic(self.bic))]),
            ("Assgne", [("Agt", iso.agent_of_bic(self.customer_bic))]),
            ("CreDtTm", created),
        ]
        told: list[Part] = [("OrgnlUETR", uetr), ("CxlStsRsnInf", [("Rsn", [("Cd", reason)])])]
        details: Part = ("CxlDtls", [("TxInfAndSts", told)])
        body: list[Part] = [("RsltnOfInvstgtn", [("Assgnmt", assigned), ("Sts", [("Conf", end)]), details])]
        return self.written(iso.RECALL_ANSWER, number, created, body)

    def _spoilt(self, answer: Answer, fault: Fault | None, line: str) -> Answer:
        """The answer as the fault lets it through."""
        kind = fault.kind if fault else ""
        if kind in ("late", "twice"):
            self.queue(answer.body)
        return self.signed(b"", line) if kind == "late" else self.spoilt(answer, kind, line)


def _before(fault: Fault, url: str) -> Answer:
    if fault.kind == "redirect":
        return Answer(307, lines={"Location": f"{url}/messages"})
    return Answer(int(fault.code or "403")) if fault.kind == "turn" else Answer()


def _text(parent: etree._Element, name: str) -> str:
    return str(parent.findtext(f".//{{*}}{name}") or "")


def _has(document: etree._Element, name: str) -> bool:
    return document.find(f"{{*}}{name}") is not None
