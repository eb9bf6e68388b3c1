"""The sandbox provider: a real web server that speaks the QIWI/OSMP provider protocol, with faults on demand.

It behaves as a good provider should: a payment is kept by its number, a repetition gets the first answer
again, the same number with other content is code 215. The faults are what lines and less good providers do.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape, quoteattr

from azpost_desk.domain.digits import is_digits
from azpost_desk.rehearsal.sandbox_server import Sandbox, SandboxHandler

if TYPE_CHECKING:
    from collections.abc import Iterable

FaultKind = Literal[
    "no_answer",  # the line drops before anything is done
    "hang",  # nothing is done and nothing answered until the asker gives up
    "error_500",  # the web server fails before anything is done
    "redirect",  # "ask over there", nothing done
    "result",  # nothing done, answered with `code`; a fatal code stays this payment's answer
    "denied",  # answered with `code` whatever was done before: a provider that forgets what it has
    "answer_lost",  # done, then the line drops
    "slow",  # done, but the answer comes only after `seconds`
    "drip",  # done, but the answer comes letter by letter, without end
    "truncated",  # done, the answer breaks off in the middle
    "malformed",  # done, the answer is no XML
    "huge",  # done, the answer is megabytes long
    "entity_bomb",  # done, the answer defines entities
    "wrong_number",  # done, the answer names another payment
    "wrong_sum",  # done, the answer names another sum
    "no_sum",  # done, the answer names no sum
]
_BEFORE: Final = frozenset({"no_answer", "hang", "error_500", "redirect", "result"})
# Answers that are final for a payment's number; any other "no" leaves it open.
_FATAL: Final = frozenset({4, 5, 7, 8, 31, 32, 79, 241, 242, 243, 300})
_BOMB: Final = b'<!DOCTYPE r [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'

# [design] Demonstration data: plausible forms of account numbers, invented debts, people and check rules
# (`weights`: mod 11).
DEMO_BILLERS: Final[list[dict[str, Any]]] = [
    {
        "id": "1001",
        "code": "azerishiq",
        "names": {"az": "Azərişıq", "ru": "Азеришыг", "en": "Azerishiq"},
        "group": "power",
        "mask": r"[0-9]{10}",
        "weights": (2, 1, 2, 5, 2, 6, 7, 2, 9, 0),
        "accounts": {
            "1012345678": {"debt_qapik": 3_845, "holder": "Ə. V."},
            "1023456789": {"debt_qapik": 0, "holder": "M. S."},
            "1034567890": {"debt_qapik": 12_060, "holder": "N. H."},
        },
    },
    {
        "id": "1002",
        "code": "azeriqaz",
        "names": {"az": "Azəriqaz", "ru": "Азеригаз", "en": "Azerigas"},
        "group": "gas",
        "mask": r"[0-9]{11}",
        "weights": (6, 2, 7, 7, 10, 2, 6, 7, 5, 1, 5),
        "accounts": {
            "20123456789": {"debt_qapik": 2_190, "holder": "R. Q."},
            "20234567890": {"debt_qapik": 7_415, "holder": "L. İ."},
        },
    },
    {
        "id": "1003",
        "code": "azersu",
        "names": {"az": "Azərsu", "ru": "Азерсу", "en": "Azersu"},
        "group": "water",
        "mask": r"[0-9]{8}",
        "weights": (7, 4, 8, 3, 7, 6, 2, 7),
        "accounts": {
            "30123456": {"debt_qapik": 1_280, "holder": "T. C."},
            "30234567": {"debt_qapik": -500, "holder": "Ş. B."},
        },
    },
    {
        "id": "1004",
        "code": "azercell",
        "names": {"az": "Azercell", "ru": "Azercell", "en": "Azercell"},
        "group": "mobile",
        "mask": r"(?:10|50|51)[0-9]{7}",
        "weights": (10, 1, 7, 1, 5, 5, 4, 2, 10),
        "accounts": {
            "502123456": {"debt_qapik": 0, "holder": "K. Ə."},
            "512345678": {"debt_qapik": 0, "holder": "F. M."},
        },
    },
]


@dataclass(slots=True)
class Subscriber:
    """One account. `debt_qapik` falls with every payment, below zero is paid ahead. No `biller`: any."""

    debt_qapik: int = 0
    holder: str = ""
    active: bool = True
    biller: str = ""


@dataclass(frozen=True, slots=True)
class Paid:
    """One credited payment, as it stands in the register. `moment` is ``YYYYMMDDhhmmss`` in Baku."""

    txn_id: int
    account: str
    sum_qapik: int
    moment: str
    provider_reference: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong at one request; see `FaultKind`."""

    kind: FaultKind
    code: int = 1
    seconds: float = 1


@dataclass(slots=True)
class Reply:
    """The answer before faults spoil it and a protocol writes it."""

    txn_id: str
    result: int
    reference: str = ""
    sum_text: str = ""
    comment: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    def xml(self) -> bytes:
        parts = [f"<osmp_txn_id>{escape(self.txn_id)}</osmp_txn_id>"]
        if self.reference:
            parts.append(f"<prv_txn>{self.reference}</prv_txn>")
        if self.sum_text:
            parts.append(f"<sum>{self.sum_text}</sum>")
        parts.append(f"<result>{self.result}</result><comment>{escape(self.comment)}</comment>")
        if self.fields:
            rows = (
                f"<field{number} name={quoteattr(name)}>{escape(value)}</field{number}>"
                for number, (name, value) in enumerate(self.fields.items(), start=1)
            )
            parts.append(f"<fields>{''.join(rows)}</fields>")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<response>{"".join(parts)}</response>'.encode()


class SandboxProvider(Sandbox):
    """A provider on a loopback port while the ``with`` block lasts.

    Attributes:
        accounts: subscribers by account number; change it freely.
        paid: credited payments by number; each number once.
        refused: fatal answers given, by number: they are given again.
        requests: every request received, as its form, in order.
        masks: form of an account by biller id; a mismatch is code 4.
        min_qapik, max_qapik: outside them code 241 or 242.
        offers_status: ``command=status`` is understood.
    """

    @property
    def handler(self) -> type[ProviderHandler]:
        """Who speaks the protocol."""
        return _OsmpHandler

    def __init__(self, billers: Iterable[dict[str, Any]] = (), *, port: int = 0) -> None:
        """`billers` in the form of `DEMO_BILLERS`; port 0 takes a free one."""
        super().__init__(self.handler, ConnectionError, port=port)
        self.accounts: dict[str, Subscriber] = {}
        self.paid: dict[int, Paid] = {}
        self.refused: dict[int, int] = {}
        self.requests: list[dict[str, str]] = []
        self.masks: dict[str, str] = {}
        self.min_qapik = 1
        self.max_qapik = 10_000_000
        self.offers_status = True
        for biller in billers:
            self.masks[biller["id"]] = biller["mask"]
            for account, facts in biller["accounts"].items():
                self.accounts[account] = Subscriber(**facts, biller=biller["id"])
        self._content: dict[int, tuple[str, str]] = {}
        self._faults: deque[Fault] = deque()
        self._faults_of: dict[str, deque[Fault]] = {}

    @property
    def url(self) -> str:
        """Where it answers, as billers write it: the root."""
        return f"{super().url}/"

    def fail_next(
        self,
        kind: FaultKind,
        *,
        times: int = 1,
        account: str | None = None,
        code: int = 1,
        seconds: float = 1,
    ) -> None:
        """Queue a fault for the next `times` requests, or for those about `account` only."""
        with self._lock:
            queue = self._faults if account is None else self._faults_of.setdefault(account, deque())
            queue.extend([Fault(kind, code, seconds)] * times)

    def mend(self) -> None:
        """Forget the faults not yet used."""
        with self._lock:
            self._faults.clear()
            self._faults_of.clear()

    def register(self, day: str = "") -> list[Paid]:
        """The register of successful payments, by number; `day` as ``YYYYMMDD`` in Baku, empty for all."""
        with self._lock:
            return [paid for _, paid in sorted(self.paid.items()) if paid.moment.startswith(day)]

    def answer(self, form: dict[str, str]) -> tuple[Fault | None, Reply | None]:
        """Take one request: the fault that hits it, if any, and what a sound provider would answer."""
        with self._lock:
            self.requests.append(form)
            fault = self._next_fault(form.get("account", ""))
            if fault is not None and fault.kind in _BEFORE and fault.kind != "result":
                return fault, None
            if fault is not None and fault.kind == "denied":
                return fault, Reply(form.get("txn_id", "0"), fault.code)
            reply = self._reply(form, fault.code if fault is not None and fault.kind == "result" else None)
            if fault is not None and fault.kind == "wrong_number":
                reply.txn_id = str(int(reply.txn_id) - 1)
            if fault is not None and fault.kind == "wrong_sum" and reply.sum_text:
                reply.sum_text = "9" + reply.sum_text
            if fault is not None and fault.kind == "no_sum":
                reply.sum_text = ""
            return fault, reply

    def _next_fault(self, account: str) -> Fault | None:
        queue = self._faults_of.get(account) or self._faults
        return queue.popleft() if queue else None

    def _reply(self, form: dict[str, str], forced: int | None) -> Reply:
        txn_id, command = form.get("txn_id", ""), form.get("command", "")
        if not (is_digits(txn_id) and len(txn_id) <= 20):
            return Reply(txn_id or "0", 300, comment="txn_id")
        if command == "pay":
            return self._pay(int(txn_id), form, forced)
        if command == "status" and self.offers_status:
            return self._status(int(txn_id), forced)
        if command not in ("check", "getInfo"):
            return Reply(txn_id, 300, comment="command")
        code = forced if forced is not None else self._verdict(form, with_sum=command == "check")
        if code:
            return Reply(txn_id, code)
        subscriber = self.accounts[form["account"]]
        owed = subscriber.debt_qapik
        debt = f"{'-' if owed < 0 else ''}{abs(owed) // 100}.{abs(owed) % 100:02d}"
        return Reply(txn_id, 0, fields={"debt": debt, "holder": subscriber.holder})

    def _pay(self, txn_id: int, form: dict[str, str], forced: int | None) -> Reply:
        content = (form.get("account", ""), form.get("sum", ""))
        if self._content.get(txn_id, content) != content:
            return Reply(str(txn_id), 215, comment="same number, other content")
        if txn_id in self.paid or txn_id in self.refused:
            return self._status(txn_id, None)
        code = forced if forced is not None else self._verdict(form, with_sum=True)
        if code not in _FATAL and code != 0:
            return Reply(str(txn_id), code)
        self._content[txn_id] = content
        if code:
            self.refused[txn_id] = code
        else:
            account, qapik = content[0], _qapik(content[1])
            moment = form.get("txn_date", "")
            self.paid[txn_id] = Paid(txn_id, account, qapik, moment, f"SB{len(self.paid) + 1:08d}")
            self.accounts[account].debt_qapik -= qapik
        return self._status(txn_id, None)

    def _status(self, txn_id: int, forced: int | None) -> Reply:
        if txn_id not in self.paid and forced in _FATAL:
            self.refused.setdefault(txn_id, forced)
        if txn_id in self.refused:
            return Reply(str(txn_id), self.refused[txn_id])
        if txn_id not in self.paid:
            return Reply(str(txn_id), 210 if forced is None else forced)
        paid = self.paid[txn_id]
        sum_text = f"{paid.sum_qapik // 100}.{paid.sum_qapik % 100:02d}"
        return Reply(str(txn_id), 0, paid.provider_reference, sum_text)

    def _verdict(self, form: dict[str, str], *, with_sum: bool) -> int:
        account, biller = form.get("account", ""), form.get("prv_id", "")
        if re.fullmatch(self.masks.get(biller, r".{1,200}"), account, re.ASCII) is None:
            return 4
        subscriber = self.accounts.get(account)
        if subscriber is None or (biller and subscriber.biller not in ("", biller)):
            return 5
        if not subscriber.active:
            return 79
        if with_sum:
            qapik = _qapik(form.get("sum", ""))
            return 241 if qapik < self.min_qapik else 242 if qapik > self.max_qapik else 0
        return 0


def _qapik(text: str) -> int:
    """``10.50`` → 1050; what is no sum is 0 and so too small."""
    return int(text.replace(".", "")) if re.fullmatch(r"[0-9]{1,12}\.[0-9]{2}", text) else 0


class ProviderHandler(SandboxHandler):
    """One connection to a provider: spoils an answer as a fault wants it, whatever the protocol.

    Attributes:
        content_type: of every answer.
        garbage: what is no answer of the protocol.
        padding: what may be written around an answer without changing it.
    """

    content_type = "text/xml; charset=utf-8"
    garbage = b"<response><result>0</result"
    padding = b" "

    @property
    def provider(self) -> SandboxProvider:
        assert isinstance(self.server.played, SandboxProvider)
        return self.server.played

    def bomb(self, body: bytes) -> bytes:
        """The same answer, or one that blows up whoever reads it carelessly."""
        return _BOMB + body.split(b"\n")[1]

    def give(self, fault: Fault | None, body: bytes, status: int = 200) -> None:
        """Send an answer as the fault spoils it."""
        provider = self.provider
        match fault.kind if fault else "":
            case "no_answer" | "answer_lost":
                self.close_connection = True
            case "hang":
                provider.closing.wait(30)
                self.close_connection = True
            case "error_500":
                self._send(b"<html>Internal Server Error</html>", status=500)
            case "redirect":
                self._send(b"", status=302, location=provider.url)
            case "truncated":
                self._send(body[: len(body) // 2], length=len(body))
                self.close_connection = True
            case "drip":
                self._drip(body)
            case "malformed":
                self._send(self.garbage)
            case "huge":
                self._send(self.padding * 4_000_000 + body)
            case "entity_bomb":
                self._send(self.bomb(body))
            case kind:
                if fault is not None and kind == "slow":
                    provider.closing.wait(fault.seconds)
                self._send(body, status=status)

    def whole_body(self) -> str:
        """What was sent, up to a size."""
        length = int(self.headers.get("Content-Length", "0"))
        return self.rfile.read(min(length, 65_536)).decode("utf-8", "replace")

    def _drip(self, body: bytes) -> None:
        self._send(b"", length=len(body) + 10_000)
        while not self.provider.closing.wait(0.02):
            self.wfile.write(self.padding)

    def _send(self, body: bytes, *, status: int = 200, length: int | None = None, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", self.content_type)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)


class _OsmpHandler(ProviderHandler):
    def do_GET(self) -> None:
        self._take(urlsplit(self.path).query)

    def do_POST(self) -> None:
        self._take(self.whole_body())

    def _take(self, query: str) -> None:
        fault, reply = self.provider.answer(dict(parse_qsl(query, keep_blank_values=True)))
        self.give(fault, reply.xml() if reply else b"")
