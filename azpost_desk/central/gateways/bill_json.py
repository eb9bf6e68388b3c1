"""A biller that speaks JSON over HTTP: accounts checked, bills paid under a key of ours, asked about by it.

The words are our own and those of the sandbox (`rehearsal.json_providers`): no public copy of a local
biller's protocol was found. The rules are what such protocols share (money-out.md MC-11): the same key with
the same content is the same payment, a "not found" soon after a request says nothing, and a key has a life.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central.gateways.billers import (
    Checked,
    Confirmed,
    Conflict,
    Outcome,
    RefusedByBiller,
    Unknown,
    mask_name,
)
from azpost_desk.central.gateways.json_line import JsonLine, code_of, read
from azpost_desk.central.gateways.kinds import Kind
from azpost_desk.central.gateways.osmp import (
    ACCOUNT_CHARS_MAX,
    FATAL,
    TXN_ID_MAX,
    AnswerError,
    parse_sum,
    write_sum,
)
from azpost_desk.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.gateways.kinds import Wiring

# What a payer did or can mend; every other word of a biller is no answer to rely on (M0-6).
REFUSALS: Final = {word: code for code, word in FATAL.items()}
NOT_FOUND_AFTER_S: Final = 60
KEY_LIFE_S: Final = 24 * 3600
_REFERENCE_CHARACTERS_MAX: Final = 64


class _Account(msgspec.Struct, frozen=True, kw_only=True):
    """What the biller knows of an account; sums are manat with two decimals."""

    account: str
    debt: str = ""
    holder: str = ""
    comment: str = ""
    fields: dict[str, str] = {}


class _Paid(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a payment: `state` is ``paid``, ``refused`` or ``pending``."""

    id: str
    account: str
    amount: str
    state: str
    reference: str = ""
    reason: str = ""


class JsonSettings(msgspec.Struct, frozen=True):
    """A biller's table in the connectors' file; `key_file` lies beside that."""

    url: str
    key_file: str
    service: str = ""
    not_found_after_s: int = NOT_FOUND_AFTER_S
    key_life_s: int = KEY_LIFE_S


class JsonBiller:
    """A `Biller` behind one address. Safe to use from several threads.

    Args:
        url: the biller's address; HTTPS outside a rehearsal.
        key: what names us to it, sent as a bearer token.
        now_ms: the centre's clock, UTC milliseconds.
        service: the service's name at a biller that has several, else empty.
        not_found_after_s: how long after a request its "not found" still says nothing.
        key_life_s: how long the biller keeps a key.
        connect_s, answer_s: time limits, the second for the whole answer.
        check_s: the limit for the whole answer to a check: somebody stands at the counter.
    """

    can_be_asked = True

    def __init__(
        self,
        url: str,
        key: str,
        *,
        now_ms: Callable[[], int],
        service: str = "",
        not_found_after_s: int = NOT_FOUND_AFTER_S,
        key_life_s: int = KEY_LIFE_S,
        connect_s: float = 10,
        answer_s: float = 60,
        check_s: float = 8,
    ) -> None:
        self._line = JsonLine(url, key, connect_s)
        self._now_ms = now_ms
        self._service = service
        self.not_found_after_ms = not_found_after_s * 1000
        self.key_life_ms: int | None = key_life_s * 1000
        self._answer_s = answer_s
        self._check_s = min(check_s, answer_s)

    def check(self, account: str, amount: Money | None = None) -> Checked | RefusedByBiller | Unknown:
        """See `Biller.check`."""
        said = self._account(account) | ({} if amount is None else _sum(amount))
        answer = self._line.ask("POST", "/checks", self._check_s, json=said)
        if isinstance(answer, Unknown):
            return answer
        status, body = answer
        if status == 422 and (reason := code_of(body)) in REFUSALS:
            return RefusedByBiller(REFUSALS[reason], reason)
        if status != 200:
            return Unknown("http_status", str(status))
        known = read(body, _Account)
        if isinstance(known, Unknown):
            return known
        if known.account != account:
            return Unknown("wrong_account")
        try:
            owed = Money(parse_sum(known.debt)) if known.debt else None
        except AnswerError as error:
            return Unknown("malformed", str(error))
        return Checked(owed, mask_name(known.holder), known.comment, known.fields)

    def pay(self, txn_id: int, account: str, amount: Money, at_ms: int) -> Outcome:
        """See `Biller.pay`. Our number is the key: the same again is the same payment."""
        key = _key(txn_id)
        said = self._account(account) | _sum(amount) | {"paid_ms": at_ms}
        answer = self._line.ask(
            "POST", "/payments", self._answer_s, json=said, headers={"Idempotency-Key": key}
        )
        return self._outcome(key, account, amount, answer)

    def status(self, txn_id: int, account: str, amount: Money, at_ms: int) -> Outcome:
        """See `Biller.status`."""
        key = _key(txn_id)
        return self._outcome(key, account, amount, self._line.ask("GET", f"/payments/{key}", self._answer_s))

    def _account(self, account: str) -> dict[str, object]:
        if not 0 < len(account) <= ACCOUNT_CHARS_MAX or not account.isprintable():
            raise ValueError(f"an account has 1 to {ACCOUNT_CHARS_MAX} printable characters")
        said: dict[str, object] = {"account": account}
        return said | {"service": self._service} if self._service else said

    def _outcome(self, key: str, account: str, amount: Money, answer: tuple[int, bytes] | Unknown) -> Outcome:
        if isinstance(answer, Unknown):
            return answer
        status, body = answer
        if status == 404 and code_of(body) == "not_found":
            return Unknown("not_registered", str(status))
        if status == 409 and code_of(body) == "other_content":
            return Conflict(status)
        if status != 200:
            # A path, a key, a limit: ours to mend, and no word about the money.
            return Unknown("http_status", str(status))
        said = read(body, _Paid)
        if isinstance(said, Unknown):
            return said
        return self._judged(said, key, account, amount)

    def _judged(self, said: _Paid, key: str, account: str, amount: Money) -> Outcome:
        """Whatever it says, it has to be said of our payment: number, account and sum."""
        try:
            amount_qapik = parse_sum(said.amount)
        except AnswerError as error:
            return Unknown("malformed", str(error))
        if said.id != key:
            return Unknown("wrong_number", f"asked {key}")
        if said.account != account:
            return Unknown("wrong_account")
        if amount_qapik != amount.minor:
            return Unknown("wrong_sum", f"asked {amount.minor}, answered {amount_qapik}")
        if said.state == "paid":
            return Confirmed(said.reference[:_REFERENCE_CHARACTERS_MAX], self._now_ms())
        if said.state == "refused" and said.reason in REFUSALS:
            return RefusedByBiller(REFUSALS[said.reason], said.reason)
        return Unknown("pending" if said.state == "pending" else "unlisted_code", said.state[:20])


def _key(txn_id: int) -> str:
    if not 0 < txn_id <= TXN_ID_MAX:
        raise ValueError("txn_id has up to 20 digits")
    return str(txn_id)


def _sum(amount: Money) -> dict[str, object]:
    if amount.currency != "AZN" or amount.minor <= 0:
        raise ValueError("billers are paid a positive sum in manat")
    return {"amount": write_sum(amount), "currency": "AZN"}


def _make(settings: JsonSettings, wiring: Wiring) -> JsonBiller:
    return JsonBiller(
        settings.url,
        wiring.secret(settings.key_file),
        now_ms=wiring.now_ms,
        service=settings.service,
        not_found_after_s=settings.not_found_after_s,
        key_life_s=settings.key_life_s,
    )


KIND: Final = Kind[JsonSettings](JsonSettings, _make)
