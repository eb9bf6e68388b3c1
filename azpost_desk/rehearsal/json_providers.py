"""The sandbox biller that speaks JSON: a real web server over the same story and faults as `providers`.

Its words are our own (gateways.bill_json). It behaves as a good biller should: a payment is kept by its key,
a repetition gets the first answer again, the same key with other content is a conflict.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from azpost_desk.central.gateways.bill_json import REFUSALS
from azpost_desk.central.gateways.osmp import NOT_FINISHED, NOT_REGISTERED, OTHER_CONTENT, TEMPORARY
from azpost_desk.rehearsal.providers import ProviderHandler, Reply, SandboxProvider

if TYPE_CHECKING:
    from collections.abc import Iterable

BILLER_KEY: Final = "sandbox-biller-key"
_WORDS: Final = {code: word for word, code in REFUSALS.items()}


class JsonProvider(SandboxProvider):
    """A biller on a loopback port while the ``with`` block lasts; what it keeps is a `SandboxProvider`'s.

    Attributes:
        echoed_account: what it says instead of the account it was asked about; empty: the truth.
        on_the_way: payments that were sent and have not arrived, in the order they left; see `lose_sight`.
    """

    def __init__(self, billers: Iterable[dict[str, Any]] = (), *, port: int = 0) -> None:
        super().__init__(billers, port=port)
        self.echoed_account = ""
        self.on_the_way: list[dict[str, str]] = []
        self._is_slow = False

    @property
    def handler(self) -> type[ProviderHandler]:
        """Who speaks the protocol."""
        return _JsonHandler

    @property
    def url(self) -> str:
        """Where it answers."""
        return super().url.rstrip("/")

    def lose_sight(self) -> None:
        """The next payment's line drops, and it arrives only with `arrive` (money-out.md MC-11)."""
        with self._lock:
            self._is_slow = True

    def arrive(self) -> None:
        """What was on the way is here."""
        with self._lock:
            for form in self.on_the_way:
                self._reply(form, None)
            self.on_the_way.clear()

    def forget(self) -> None:
        """The life of every key is over: nothing is known by number any more."""
        with self._lock:
            self.paid.clear()
            self.refused.clear()
            self._content.clear()

    def is_lost(self, form: dict[str, str]) -> bool:
        """Whether this payment stays on the way."""
        with self._lock:
            if not self._is_slow or form.get("command") != "pay":
                return False
            self._is_slow = False
            self.requests.append(form)
            self.on_the_way.append(form)
            return True

    def said(self, form: dict[str, str], reply: Reply) -> tuple[int, dict[str, Any]]:
        """Status and content of an answer."""
        kept = self._content.get(int(form["txn_id"]), ("", ""))
        account = self.echoed_account or form.get("account") or kept[0]
        if form["command"] in ("check", "getInfo"):
            if reply.result:
                return (422, {"code": _WORDS[reply.result]}) if reply.result in _WORDS else (503, {})
            return 200, {"account": account, **reply.fields}
        if reply.result == OTHER_CONTENT:
            return 409, {"code": "other_content"}
        if reply.result == NOT_REGISTERED or not (form.get("account") or kept[0]):
            return 404, {"code": "not_found"}
        state, reason = "paid", ""
        if reply.result:
            reason = _WORDS.get(reply.result, "")
            waits = reply.result in (TEMPORARY, NOT_FINISHED)
            state = "pending" if waits else "refused" if reason else f"code {reply.result}"
        return 200, {
            "id": reply.txn_id,
            "account": account,
            "amount": reply.sum_text or form.get("sum") or kept[1],
            "state": state,
            "reference": reply.reference,
            "reason": reason,
        }

    def _status(self, txn_id: int, forced: int | None) -> Reply:
        # What never arrived under a key is not found, whatever else is wrong.
        return super()._status(txn_id, forced if txn_id in self._content else None)


class _JsonHandler(ProviderHandler):
    content_type = "application/json"
    garbage = b'{"id": "1", '

    @property
    def provider(self) -> JsonProvider:
        assert isinstance(self.server.played, JsonProvider)
        return self.server.played

    def bomb(self, body: bytes) -> bytes:
        """Nested deeper than any reader goes."""
        return b'{"id": ' + b"[" * 30_000 + b"]" * 30_000 + b"}"

    def do_GET(self) -> None:
        number = urlsplit(self.path).path.removeprefix("/payments/")
        self._take({"command": "status", "txn_id": number})

    def do_POST(self) -> None:
        said = json.loads(self.whole_body())
        form = {"account": said["account"], "sum": said.get("amount", "")}
        if said.get("service"):
            form["prv_id"] = said["service"]
        if urlsplit(self.path).path == "/checks":
            form |= {"command": "check" if form["sum"] else "getInfo", "txn_id": "1"}
        else:
            form |= {"command": "pay", "txn_id": self.headers.get("Idempotency-Key", "")}
            form |= {"paid_ms": str(said["paid_ms"])}
        self._take(form)

    def _take(self, form: dict[str, str]) -> None:
        provider = self.provider
        if self.headers.get("Authorization") != f"Bearer {BILLER_KEY}":
            self.give(None, b'{"code": "unauthorised"}', 401)
            return
        if provider.is_lost(form):
            self.close_connection = True
            return
        fault, reply = provider.answer(form)
        if reply is None:
            self.give(fault, b"")
            return
        status, said = provider.said(form, reply)
        if fault is not None and fault.kind == "no_sum":
            said.pop("amount", None)
        self.give(fault, json.dumps(said).encode(), status)
