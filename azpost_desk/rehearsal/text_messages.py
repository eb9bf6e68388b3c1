"""The sandbox network of text messages: a real web server that delivers each number once, faults on demand.

It behaves as a good network should: a message is kept by our number, a repetition gets what became of the
first, the same number with other content is a conflict.
"""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from azpost_desk.rehearsal.sandbox_server import Sandbox, SandboxHandler

if TYPE_CHECKING:
    from collections.abc import Callable

SMS_KEY: Final = "sandbox-sms-key"
FaultKind = Literal[
    "no_answer",  # the line drops before anything is done
    "error_500",  # the web server fails before anything is done
    "refused",  # 422 with `reason`, nothing kept
    "answer_lost",  # done, then the line drops
    "malformed",  # done, the answer is no JSON
    "wrong_number",  # done, the answer names another message
    "pending",  # taken, delivered only with `arrive`
]


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong at one request; see `FaultKind`."""

    kind: FaultKind
    reason: str = "unknown_number"


@dataclass(slots=True)
class Kept:
    """A message as the network keeps it, by our number."""

    id: str
    to: str
    text: str
    state: str = "delivered"
    reason: str = ""

    def said(self) -> dict[str, str]:
        """As the network writes it."""
        return {
            "id": self.id,
            "to": self.to,
            "state": self.state,
            "reason": self.reason,
            "reference": f"N{self.id[:8]}",
        }


class SandboxSms(Sandbox):
    """A network on a loopback port while the ``with`` block lasts.

    Attributes:
        kept: every message it took, by our number, in the order they came.
        requests: method and path of every request received, in order.
    """

    def __init__(self) -> None:
        super().__init__(_Handler, ConnectionError)
        self.kept: dict[str, Kept] = {}
        self.requests: list[tuple[str, str]] = []
        self._faults: deque[Fault] = deque()

    def fail_next(self, kind: FaultKind, *, times: int = 1, reason: str = "unknown_number") -> None:
        """Queue a fault for the next `times` requests."""
        with self._lock:
            self._faults.extend([Fault(kind, reason)] * times)

    def arrive(self, reason: str = "") -> None:
        """What is on the way is delivered, or fails for good with `reason`."""
        with self._lock:
            for one in self.kept.values():
                if one.state == "sent":
                    one.state, one.reason = ("failed", reason) if reason else ("delivered", "")

    def answer(self, method: str, path: str, body: bytes) -> tuple[Fault | None, int, dict[str, Any]]:
        """Take one request: the fault that hits it, and what a sound network would answer."""
        with self._lock:
            self.requests.append((method, path))
            fault = self._faults.popleft() if self._faults else None
            if fault is not None and fault.kind in ("no_answer", "error_500"):
                return fault, 500, {}
            if fault is not None and fault.kind == "refused":
                return fault, 422, {"code": fault.reason}
            number = path.removeprefix("/messages/")
            known = self.kept.get(number)
            if method == "GET":
                return fault, *((200, known.said()) if known else (404, {"code": "not_found"}))
            asked = json.loads(body)
            if known is None:
                state = "sent" if fault is not None and fault.kind == "pending" else "delivered"
                known = self.kept[number] = Kept(number, asked["to"], asked["text"], state)
            elif (known.to, known.text) != (asked["to"], asked["text"]):
                return fault, 409, {"code": "other_content"}
            return fault, 200, known.said()


class _Handler(SandboxHandler):
    @property
    def network(self) -> SandboxSms:
        assert isinstance(self.server.played, SandboxSms)
        return self.server.played

    def do_GET(self) -> None:
        self._take("GET", b"")

    def do_PUT(self) -> None:
        self._take("PUT", self.rfile.read(int(self.headers["Content-Length"])))

    def _take(self, method: str, body: bytes) -> None:
        if self.headers.get("Authorization") != f"Bearer {SMS_KEY}":
            self._give(401, b'{"code": "unauthorised"}')
            return
        fault, status, said = self.network.answer(method, self.path, body)
        kind = fault.kind if fault else ""
        if kind in ("no_answer", "answer_lost"):
            self.close_connection = True
        elif kind == "malformed":
            self._give(200, b'{"id": ')
        else:
            self._give(
                status, json.dumps(said | {"id": "0" * 32} if kind == "wrong_number" else said).encode()
            )

    def _give(self, status: int, body: bytes) -> None:
        send: Callable[[str, str], None] = self.send_header
        self.send_response(status)
        send("Content-Type", "application/json")
        send("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
