"""The sandbox instant rail: requests, payers who pay by a code, credits, money sent back, faults on demand.

It behaves as a good rail should: a request is kept by its id, a repetition gets the same answer, nobody
pays what is closed, and money that is sent back under one id leaves our account once. The faults are what
lines and less good rails do. Whoever opens its address in a browser plays the payer (`instant_page`).
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from azpost_desk.central.gateways import iso_messages as iso
from azpost_desk.central.gateways.abroad import uetr_of
from azpost_desk.central.gateways.iso20022 import check_message, read_envelope
from azpost_desk.central.gateways.iso_instant import BACK, STATUS, Payee
from azpost_desk.central.gateways.iso_wire import ANSWER, JSON, REQUEST, digest_of, signed_words
from azpost_desk.domain import azqr
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.rehearsal.instant_page import PageHandler
from azpost_desk.rehearsal.signed_sandbox import Answer, SignedSandbox

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from lxml import etree

    from azpost_desk.central.gateways.instant import Standing
    from azpost_desk.central.gateways.iso_messages import Part

PAYER: Final = "Əliyev Vüqar"
PAYER_ACCOUNT: Final = "AZ21NABZ00000000137010001944"
PAYER_BIC: Final = "NABZAZ2X"
CallFault = Literal[
    "no_answer",  # the line drops before anything is taken
    "turn",  # the door says `code` (such as "401"), unsigned, and takes nothing
    "redirect",  # "ask over there", nothing taken
    "never",  # taken, then the line drops
    "slow",  # taken; nothing comes before the asker gives up
    "garbage",  # taken; the answer is signed and says nothing
    "forged",  # taken; the answer is signed with another key
    "huge",  # taken; the answer is larger than anybody reads
    "other_id",  # a request: the answer names another
    "twice",  # a request: the answer says its id twice, ours the second time
    "other_amount",  # a request: the answer names another sum
    "refuse",  # a request: 422 with `code`, nothing taken
    "reject",  # money sent back: ``RJCT`` with `code`; kept refused unless it was there before
    "duplicate",  # money sent back: taken, and answered that it was there already
    "pend",  # money sent back: not decided yet (``PDNG``); see `SandboxRail.book`
    "late",  # money sent back: booked; the answer waits to be fetched
]
CreditFault = Literal[
    "doubled",  # the same message twice
    "again",  # one more credit with a reference of its own
    "other_sum",  # one qəpik less
    "stranger",  # names a request that nobody made
]
FaultKind = CallFault | CreditFault
_BEFORE: Final = frozenset({"no_answer", "turn", "redirect"})
_OF_CREDITS: Final = frozenset({"doubled", "again", "other_sum", "stranger"})
_REQUEST_PATH: Final = re.compile(r"/requests/([0-9a-f]{32})(/close)?")
_ID: Final = re.compile(r"[0-9a-f]{32}")
_SUM: Final = re.compile(r"([0-9]{1,10})\.([0-9]{2})")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Request:
    """One request in its books."""

    id: str
    amount: Money
    until_ms: int
    state: Standing = "open"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Paid:
    """One credit to our account."""

    reference: str
    request: str
    amount: Money
    account: str
    payer: str


@dataclass(slots=True)
class SentBack:
    """Money that we sent back, by its end-to-end id; `status` as in pain.002, it left when it is ACSC."""

    id: str
    amount: Money
    account: str
    payer: str
    credit: str
    status: str
    reason: str = ""


class _Wanted(msgspec.Struct, frozen=True, kw_only=True):
    amount: str
    currency: str
    until: str


@dataclass(frozen=True, slots=True)
class _Fault:
    kind: FaultKind
    code: str


class NotPayableError(ValueError):
    """A payer's application will not pay this: a word of `azqr.REASONS`, or what stands in the way."""


class SandboxRail(SignedSandbox):
    """A rail on a loopback port while the ``with`` block lasts.

    Attributes:
        received: every document handed over, verbatim, in order.
        requests: by id; credits: oldest first; backs: by end-to-end id.
    """

    def __init__(
        self,
        bic: str,
        customer_bic: str,
        customer_key: str,
        payee: Payee,
        now_ms: Callable[[], int],
        *,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`customer_bic`, `customer_key` (hex): whom it serves; `payee`: who is paid; `tls`: https."""
        super().__init__(PageHandler, bic, customer_bic, customer_key, port=port, tls=tls)
        self.payee = payee
        self.received: list[bytes] = []
        self.requests: dict[str, Request] = {}
        self.credits: list[Paid] = []
        self.backs: dict[str, SentBack] = {}
        self._now_ms = now_ms
        self._calls: deque[_Fault] = deque()
        self._payments: deque[_Fault] = deque()

    @property
    def account_qapik(self) -> int:
        """What our account there comes to."""
        with self._lock:
            left = sum(one.amount.minor for one in self.backs.values() if one.status == "ACSC")
            return sum(one.amount.minor for one in self.credits) - left

    def fail_next(self, kind: FaultKind, *, times: int = 1, code: str = "") -> None:
        """Queue a fault for the next `times` questions and documents, or for the next payments."""
        with self._lock:
            queue = self._payments if kind in _OF_CREDITS else self._calls
            queue.extend([_Fault(kind, code)] * times)

    def mend(self) -> None:
        """Forget the faults not yet used."""
        with self._lock:
            self._calls.clear()
            self._payments.clear()
            self._forged_waiting = 0

    def open_requests(self) -> list[Request]:
        """What may be paid now."""
        with self._lock:
            return [one for one in self.requests.values() if self._standing(one) == "open"]

    # --- payers ---------------------------------------------------------------------------------------------

    def pay(
        self,
        what: str,
        minor: int | None = None,
        times: int = 1,
        *,
        late: bool = False,
        account: str = PAYER_ACCOUNT,
        payer: str = PAYER,
    ) -> list[str]:
        """Pay a request by its id or by the text of its code; the references of the credits.

        `minor`: another sum; `times`: as many credits of it; `late`: though it is open no more.

        Raises:
            NotPayableError: why a payer's application will not pay it.
        """
        with self._lock:
            request = self._payable(what, late=late)
            fault = self._payments.popleft() if self._payments else None
            kind = fault.kind if fault else ""
            amount = request.amount if minor is None else azn(minor)
            amount = amount - azn(1) if kind == "other_sum" else amount
            named = digest_of(request.id.encode())[:32] if kind == "stranger" else request.id
            made = [
                Paid(self.number("T"), named, amount, account, payer)
                for _ in range(times + (kind == "again"))
            ]
            self.credits += made
            for one in made:
                document = self._credit(one)
                for _ in range(2 if kind == "doubled" else 1):
                    self.queue(document)
            if request.state == "open":
                request.state = "paid"
            return [one.reference for one in made]

    def decline(self, request: str, reason: str = "CUST") -> None:
        """Refuse a request as a payer does in the application.

        Raises:
            NotPayableError: it is not open.
        """
        with self._lock:
            found = self._payable(request, late=False)
            found.state, found.reason = "declined", reason
            self.queue(self._status("pain.013.001.07", found.id, "RJCT", reason))

    def _payable(self, what: str, *, late: bool) -> Request:
        found = self.requests.get(what if _ID.fullmatch(what) else self._read_code(what, late=late))
        if found is None:
            raise NotPayableError("unknown")
        if not late and self._standing(found) != "open":
            raise NotPayableError(found.state)
        if what != found.id and azqr.read_azqr(what).amount_qapik != found.amount.minor:
            raise NotPayableError("amount")
        return found

    def _read_code(self, text: str, *, late: bool) -> str:
        """The request that a code is for, as a payer's application reads it."""
        looked = azqr.look(text)
        if looked.reason is not None:
            raise NotPayableError(looked.reason)
        code = azqr.read_azqr(text)
        alias = code.fields.get("27", "")
        if not code.is_merchant or isinstance(alias, str) or alias.get("01") != self.payee.iban:
            raise NotPayableError("payee")
        if code.is_over(self._now_ms()) and not late:
            raise NotPayableError("closed")
        return code.reference

    # --- requests -------------------------------------------------------------------------------------------

    def answer(self, method: str, path: str, signature: str, body: bytes) -> Answer:
        """Serve one call about a request."""
        with self._lock:
            fault = self._calls.popleft() if self._calls else None
            if fault is not None and fault.kind in _BEFORE:
                return _before(fault, self.url + path)
            if no := self.why_not(method, path, signature, body):
                return Answer(no[0])
            at = _REQUEST_PATH.fullmatch(path)
            if at is None or method != ("POST" if at[2] else method):
                return Answer(404)
            kind = fault.kind if fault else ""
            if fault is not None and kind == "refuse":
                status, said = 422, {"id": at[1], "reason": fault.code}
            elif method == "PUT":
                status, said = self._register(at[1], body)
            else:
                status, said = self._stands(at[1], close=bool(at[2]))
            said |= {"id": "0" * 32} if kind == "other_id" else {}
            said |= {"amount": "0.01"} if kind == "other_amount" else {}
            asked = signed_words(REQUEST.format(method=method, path=path), body)
            line = ANSWER.format(status=status, digest=digest_of(asked))
            content = msgspec.json.encode(said)
            if kind == "twice":
                content = content.replace(b"{", b'{"id":"0",', 1)
            signed = replace(self.signed(content, line), status=status, content_type=JSON)
            return self.spoilt(signed, kind, line)

    def _register(self, number: str, body: bytes) -> tuple[int, dict[str, str]]:
        try:
            wanted = msgspec.json.decode(body, type=_Wanted)
            until_ms = (datetime.fromisoformat(wanted.until) - _EPOCH) // timedelta(milliseconds=1)
        except (msgspec.DecodeError, ValueError, TypeError):
            return 422, {"id": number, "reason": "form"}
        amount = _SUM.fullmatch(wanted.amount)
        if amount is None or wanted.currency != "AZN" or not int(amount[1] + amount[2]):
            return 422, {"id": number, "reason": "amount"}
        asked = Request(number, azn(int(amount[1] + amount[2])), until_ms)
        known = self.requests.get(number)
        if known is None:
            if self._now_ms() >= until_ms:
                return 422, {"id": number, "reason": "expired"}
            self.requests[number] = asked
        elif (known.amount, known.until_ms) != (asked.amount, asked.until_ms):
            return 409, {"id": number, "reason": "other values"}
        return self._stands(number, close=False)

    def _stands(self, number: str, *, close: bool) -> tuple[int, dict[str, str]]:
        found = self.requests.get(number)
        if found is None:
            return 404, {"id": number, "state": "unknown"}
        if self._standing(found) == "open" and close:
            found.state = "closed"
        amount = f"{found.amount.decimal():f}"
        return 200, {"id": number, "state": found.state, "amount": amount, "reason": found.reason}

    def _standing(self, request: Request) -> Standing:
        """What it is now: time closes it."""
        if request.state == "open" and self._now_ms() >= request.until_ms:
            request.state = "closed"
        return request.state

    # --- money sent back ------------------------------------------------------------------------------------

    def take(self, path: str, signature: str, body: bytes) -> Answer:
        """Take one document; what goes back."""
        with self._lock:
            fault = self._calls.popleft() if self._calls else None
            if fault is not None and fault.kind in _BEFORE:
                return _before(fault, self.url + path)
            if no := self.why_not("POST", path, signature, body):
                return Answer(no[0])
            if status := self._why_not_valid(body):
                return Answer(status)
            self.received.append(body)
            line = ANSWER.format(status=200, digest=digest_of(body))
            back = self._booked(read_envelope(body, BACK)[1], fault)
            said = self._status(BACK, back.id, back.status, back.reason)
            kind = fault.kind if fault else ""
            if kind == "late":
                self.queue(said)
                return self.signed(b"", line)
            return self.spoilt(self.signed(said, line), kind, line)

    def book(self, back: str) -> None:
        """Pay out what was sent back and not decided, and say so."""
        with self._lock:
            self.backs[back].status = "ACSC"
            self.queue(self._status(BACK, back, "ACSC", ""))

    def _why_not_valid(self, body: bytes) -> int:
        try:
            header, _ = read_envelope(body, BACK)
        except Refused:
            return 400
        sender = "" if header is None else header.findtext("{*}Fr/{*}FIId/{*}FinInstnId/{*}BICFI") or ""
        is_ours = iso.is_same_agent(sender, self.customer_bic) and check_message(body).valid
        return 0 if is_ours else 403

    def _booked(self, document: etree._Element, fault: _Fault | None) -> SentBack:
        """What the books say to it, after it was taken into them; a second time under one id pays nothing."""
        one = next(document.iter("{*}CdtTrfTxInf"))
        account = "{*}CdtrAcct/{*}Id/{*}IBAN", "{*}CdtrAcct/{*}Id/{*}Othr/{*}Id"
        back = SentBack(
            iso.text_at(one, "{*}PmtId/{*}EndToEndId"),
            iso.amount_at(one, "{*}Amt/{*}InstdAmt"),
            iso.text_at(one, account[0]) or iso.text_at(one, account[1]),
            iso.text_at(one, "{*}Cdtr/{*}Nm"),
            iso.text_at(one, "{*}RmtInf/{*}Ustrd"),
            "ACSC",
        )
        kind = fault.kind if fault else ""
        if next(document.iter("{*}DbtrAcct")).findtext("{*}Id/{*}IBAN") != self.payee.iban:
            return replace(back, status="RJCT", reason="AC02")
        refused = replace(back, status="RJCT", reason=fault.code if fault else "")
        known = self.backs.get(back.id)
        if known is None:
            known = refused if kind == "reject" else replace(back, status="PDNG") if kind == "pend" else back
            self.backs[back.id] = known
        if kind == "reject":
            return refused
        same = replace(known, status=back.status, reason=back.reason) == back
        return known if same and kind != "duplicate" else replace(back, status="RJCT", reason="DUPL")

    # --- what it writes -------------------------------------------------------------------------------------

    def _credit(self, paid: Paid) -> bytes:
        number, at = self.number("M"), iso.moment(self._now_ms())
        payer, payee = iso.agent_of_bic(PAYER_BIC), iso.agent_of_bic(self.payee.bic)
        group: list[Part] = [
            ("MsgId", number),
            ("CreDtTm", at),
            ("NbOfTxs", "1"),
            ("SttlmInf", [("SttlmMtd", "CLRG")]),
        ]
        identification: list[Part] = [
            ("EndToEndId", paid.request),
            ("TxId", paid.reference),
            ("UETR", uetr_of(paid.reference)),
        ]
        transaction: list[Part] = [
            ("PmtId", identification),
            ("IntrBkSttlmAmt", iso.as_written(paid.amount)),
            ("IntrBkSttlmDt", at[:10]),
            ("AccptncDtTm", at),
            ("ChrgBr", "SLEV"),
            ("Dbtr", [("Nm", paid.payer)]),
            ("DbtrAcct", [("Id", [("IBAN", paid.account)])]),
            ("DbtrAgt", payer),
            ("CdtrAgt", payee),
            ("Cdtr", [("Nm", self.payee.name)]),
            ("CdtrAcct", [("Id", [("IBAN", self.payee.iban)])]),
        ]
        body: list[Part] = [("FIToFICstmrCdtTrf", [("GrpHdr", group), ("CdtTrfTxInf", transaction)])]
        return self.written(iso.ORDER, number, at, body)

    def _status(self, about: str, of: str, status: str, reason: str) -> bytes:
        """A pain.002 about one request or one thing sent back."""
        number, at = self.number("S"), iso.moment(self._now_ms())
        transaction: list[Part] = [
            ("OrgnlEndToEndId", of),
            ("TxSts", status),
            ("StsRsnInf", [("Rsn", [("Cd", reason)])]),
        ]
        report: list[Part] = [
            ("GrpHdr", [("MsgId", number), ("CreDtTm", at)]),
            ("OrgnlGrpInfAndSts", [("OrgnlMsgId", of), ("OrgnlMsgNmId", about)]),
            ("OrgnlPmtInfAndSts", [("OrgnlPmtInfId", of), ("TxInfAndSts", transaction)]),
        ]
        return self.written(STATUS, number, at, [("CstmrPmtStsRpt", report)])


def _before(fault: _Fault, elsewhere: str) -> Answer:
    if fault.kind == "redirect":
        return Answer(307, lines={"Location": elsewhere})
    return Answer(int(fault.code or "403")) if fault.kind == "turn" else Answer()
