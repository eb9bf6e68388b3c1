"""The sandbox state portal: a real web server with notices, each paid once, and faults on demand.

Its words are our own: no public copy of a portal's protocol was found (gateways.portal_json). It behaves as a
good portal should: a payment is kept by its number, a repetition gets the first answer again, the same number
with other content is a conflict, a notice that is paid is paid.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final, Literal, Self
from urllib.parse import parse_qs, urlsplit

from azpost_desk.central.gateways.osmp import write_sum
from azpost_desk.domain.money import azn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PORTAL_KEY: Final = "sandbox-portal-key"
FaultKind = Literal[
    "no_answer",  # the line drops before anything is done
    "error_500",  # the web server fails before anything is done
    "redirect",  # "ask over there", nothing done
    "denied",  # refused with `reason`, whatever was done before
    "answer_lost",  # done, then the line drops
    "malformed",  # done, the answer is no JSON
    "wrong_number",  # done, the answer names another payment
    "wrong_sum",  # done, the answer names another sum
    "no_number",  # done, the answer says paid without a central number
]
_BEFORE: Final = frozenset({"no_answer", "error_500", "redirect", "denied"})


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong at one request; see `FaultKind`."""

    kind: FaultKind
    reason: str = "unknown_notice"


@dataclass(slots=True)
class Owing:
    """One notice at the portal. `keys` are what finds it by way; `version` grows with every change."""

    notice: str
    number: str
    amount_qapik: int
    keys: dict[str, str]
    sort: str = "state_fee"
    authority: dict[str, str] = field(default_factory=dict)
    purpose: dict[str, str] = field(default_factory=dict)
    budget_code: str = "142321"
    payer: str = ""
    due: str = ""
    least_qapik: int = 0
    state: str = "open"
    version: int = 1

    def change(self, amount_qapik: int) -> None:
        """Interest has grown, or a discount has ended."""
        self.amount_qapik, self.version = amount_qapik, self.version + 1

    def said(self) -> dict[str, Any]:
        """As the portal writes it."""
        return {
            "id": self.notice,
            "version": str(self.version),
            "number": self.number,
            "sort": self.sort,
            "amount": write_sum(azn(self.amount_qapik)),
            "least": write_sum(azn(self.least_qapik)) if self.least_qapik else "",
            "authority": self.authority,
            "purpose": self.purpose,
            "budget_code": self.budget_code,
            "payer": self.payer,
            "state": self.state,
            "due": self.due,
        }


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment as the portal keeps it, by our number."""

    txn: str
    notice: str
    version: str
    amount: str
    state: str
    central_number: str = ""
    reason: str = ""

    def said(self) -> dict[str, str]:
        """As the portal writes it."""
        return {
            "id": self.txn,
            "notice": self.notice,
            "amount": self.amount,
            "state": self.state,
            "central_number": self.central_number,
            "reason": self.reason,
        }


class SandboxPortal:
    """A portal on a loopback port while the ``with`` block lasts.

    Attributes:
        notices: by id; change them freely.
        payments: by our number; each number once.
        requests: (method, path) of every request received, in order.
    """

    def __init__(
        self,
        notices: Iterable[Owing] = (),
        *,
        grows: Callable[[str], Owing | None] = lambda _number: None,
        port: int = 0,
    ) -> None:
        """`grows` makes a notice of a number that is looked for and not there yet: a portal without end."""
        self._grows = grows
        self.notices = {one.notice: one for one in notices}
        self.payments: dict[str, Paid] = {}
        self.requests: list[tuple[str, str]] = []
        self._faults: deque[Fault] = deque()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def fail_next(self, kind: FaultKind, *, times: int = 1, reason: str = "unknown_notice") -> None:
        """Queue a fault for the next `times` requests."""
        with self._lock:
            self._faults.extend([Fault(kind, reason)] * times)

    def register(self) -> list[Paid]:
        """What was paid here, in the order it came."""
        with self._lock:
            return [one for one in self.payments.values() if one.state == "paid"]

    def answer(
        self, method: str, path: str, query: dict[str, list[str]], body: bytes
    ) -> tuple[Fault | None, int, dict[str, Any]]:
        """Take one request: the fault that hits it, and what a sound portal would answer."""
        with self._lock:
            self.requests.append((method, path))
            fault = self._faults.popleft() if self._faults else None
            if fault is not None and fault.kind in _BEFORE:
                return fault, 0, self._denied(fault, path, body)
            if path == "/notices":
                return fault, *self._find(query)
            txn = path.removeprefix("/payments/")
            if not path.startswith("/payments/") or not txn:
                return fault, 404, {"code": "no_such_path"}
            if method == "PUT":
                return fault, *self._pay(txn, body)
            known = self.payments.get(txn)
            return fault, *((200, known.said()) if known else (404, {"code": "not_found"}))

    def _denied(self, fault: Fault, path: str, body: bytes) -> dict[str, Any]:
        known = self.payments.get(path.removeprefix("/payments/"))
        asked = json.loads(body) if body else {}
        return {
            "id": path.removeprefix("/payments/"),
            "notice": known.notice if known else asked.get("notice", ""),
            "amount": known.amount if known else asked.get("amount", ""),
            "state": "refused",
            "reason": fault.reason,
        }

    def _find(self, query: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        by, value = query.get("by", [""])[0], query.get("value", [""])[0]
        new = self._grows(value) if by == "notice" else None
        if new is not None:
            self.notices.setdefault(new.notice, new)
        found = [one.said() for one in self.notices.values() if value and one.keys.get(by) == value]
        return (200, {"notices": found}) if found else (404, {"code": "not_found"})

    def _pay(self, txn: str, body: bytes) -> tuple[int, dict[str, Any]]:
        asked = json.loads(body)
        wanted = Paid(txn, asked["notice"], asked["version"], asked["amount"], "paid")
        known = self.payments.get(txn)
        if known is not None:
            same = replace(known, state="paid", central_number="", reason="") == wanted
            return (200, known.said()) if same else (409, {"code": "other_content"})
        reason = self._refusal(wanted)
        if reason:
            kept = replace(wanted, state="refused", reason=reason)
        else:
            owing = self.notices[wanted.notice]
            number = f"HOP{len(self.payments) + 1:012d}"
            kept = replace(wanted, central_number=number)
            left = owing.amount_qapik - int(wanted.amount.replace(".", ""))
            # What is paid still says how much it was.
            owing.change(left or owing.amount_qapik)
            owing.state = "open" if left else "paid"
        self.payments[txn] = kept
        return 200, kept.said()

    def _refusal(self, wanted: Paid) -> str:
        owing = self.notices.get(wanted.notice)
        if owing is None:
            return "unknown_notice"
        if owing.state == "paid":
            return "already_paid"
        if owing.state != "open":
            return "withdrawn"
        if str(owing.version) != wanted.version:
            return "changed"
        paid = int(wanted.amount.replace(".", ""))
        if paid == owing.amount_qapik:
            return ""
        fits = owing.least_qapik and owing.least_qapik <= paid < owing.amount_qapik
        return "" if fits else "part_not_allowed"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], portal: SandboxPortal) -> None:
        self.portal = portal
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._serve("GET")

    def do_PUT(self) -> None:
        self._serve("PUT")

    def _serve(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        address = urlsplit(self.path)
        if self.headers.get("Authorization") != f"Bearer {PORTAL_KEY}":
            self._send(401, b'{"code": "unauthorised"}')
            return
        fault, status, said = self.server.portal.answer(method, address.path, parse_qs(address.query), body)
        kind = fault.kind if fault else ""
        if kind in ("no_answer", "answer_lost"):
            self.close_connection = True
            return
        if kind == "error_500":
            self._send(500, b"")
        elif kind == "redirect":
            self._send(302, b"", {"Location": "/elsewhere"})
        elif kind == "malformed":
            self._send(200, b"<html>")
        else:
            self._send(200 if kind == "denied" else status, json.dumps(_spoilt(kind, said)).encode())

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a test's output is its own."""


def _spoilt(kind: str, said: dict[str, Any]) -> dict[str, Any]:
    match kind:
        case "wrong_number":
            return {**said, "id": "1"}
        case "wrong_sum":
            return {**said, "amount": "9.99"}
        case "no_number":
            return {**said, "central_number": ""}
        case _:
            return said
