"""A text-message network that speaks JSON over HTTP: handed over under our number, asked about by it.

No public protocol of a network here was found: paths and words are those of the sandbox
(`rehearsal.text_messages`), and another network is another carrier behind the same port.
"""

from __future__ import annotations

from typing import Final

import msgspec

from azpost_desk.central.gateways.billers import Unknown
from azpost_desk.central.gateways.json_line import JsonLine, code_of, read
from azpost_desk.central.gateways.messages import Carried, Outgoing

# Words about this number or text: trying again changes nothing. Every other word is the network's trouble.
FINAL: Final = ("unknown_number", "blocked", "barred_text", "undelivered")
_ON_THE_WAY: Final = ("queued", "sent")
_REFERENCE_CHARACTERS_MAX: Final = 64


class _Said(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    to: str
    state: str
    reason: str = ""
    reference: str = ""


class JsonSms:
    """A network behind one address. Safe to use from several threads: each has its own connection.

    Args:
        url: its address without a slash at its end; HTTPS outside a rehearsal.
        key: what names us to it, sent as a bearer token.
        connect_s, answer_s: time limits, the second for the whole answer.
    """

    def __init__(self, url: str, key: str, *, connect_s: float = 10, answer_s: float = 30) -> None:
        self._line = JsonLine(url, key, connect_s)
        self._answer_s = answer_s

    def send(self, message: Outgoing) -> Carried:
        """See `Carrier.send`. Our number is in the path: the same again is the same message."""
        said = {"to": message.to, "text": message.text}
        return self._heard(message, self._line.ask("PUT", _path(message), self._answer_s, json=said))

    def again(self, message: Outgoing) -> Carried:
        """See `Carrier.again`: what the network never heard of is handed over again."""
        answer = self._line.ask("GET", _path(message), self._answer_s)
        if not isinstance(answer, Unknown) and answer[0] == 404 and code_of(answer[1]) == "not_found":
            return self.send(message)
        return self._heard(message, answer)

    def _heard(self, message: Outgoing, answer: tuple[int, bytes] | Unknown) -> Carried:
        if isinstance(answer, Unknown):
            return Carried("failed_for_now", answer.why)
        status, body = answer
        if status == 409:
            # Under our number it has another text or receiver: a person looks.
            return Carried("failed", "other_content")
        if status == 422 and code_of(body) in FINAL:
            return Carried("failed", code_of(body))
        if status != 200:
            return Carried("failed_for_now", "http_status")
        said = read(body, _Said)
        if isinstance(said, Unknown):
            return Carried("failed_for_now", said.why)
        if (said.id, said.to) != (message.message, message.to):
            return Carried("failed_for_now", "wrong_number")
        if said.state == "delivered":
            reference = said.reference if said.reference.isascii() and said.reference.isprintable() else ""
            return Carried("delivered", reference=reference[:_REFERENCE_CHARACTERS_MAX])
        if said.state in _ON_THE_WAY:
            return Carried("pending", "pending")
        if said.state == "failed" and said.reason in FINAL:
            return Carried("failed", said.reason)
        return Carried("failed_for_now", "unlisted_code")


def _path(message: Outgoing) -> str:
    return f"/messages/{message.message}"
