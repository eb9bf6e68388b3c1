"""The QIWI/OSMP provider protocol as client: a form over HTTP(S), an answer in XML.

Rules followed here: at most 60 seconds for an answer; `txn_id` up to 20 digits; account up to 200 characters;
sum with a dot and two decimals; a non-fatal code means "repeat the same request", a fatal one "stop". The
same number with the same content gives the same answer, so a repeated `pay` is a question; with other content
the answer is code 215.
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final, Literal
from xml.etree import ElementTree

import msgspec
import requests
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as ReadTimeout

from azpost_desk.central.gateways.billers import (
    Checked,
    Confirmed,
    Conflict,
    Outcome,
    RefusedByBiller,
    Unknown,
    Why,
    mask_name,
)
from azpost_desk.central.gateways.http_answers import never_left, read_whole
from azpost_desk.central.gateways.kinds import Kind
from azpost_desk.domain.money import Money
from azpost_desk.unfollowed import UnfollowedSession

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.gateways.kinds import Wiring

# Fatal codes and their words. Source: the protocol's table of errors; 8, 241-243, 300: its classic edition.
FATAL: Final = {
    4: "bad_account_format",
    5: "account_not_found",
    7: "forbidden_by_biller",
    8: "forbidden_technically",
    31: "bad_extra_field",
    32: "rate_changed",
    79: "account_not_active",
    241: "sum_too_small",
    242: "sum_too_large",
    243: "account_cannot_be_checked",
    300: "other",
}
OK: Final = 0
TEMPORARY: Final = 1
NOT_FINISHED: Final = 90
NOT_FATAL: Final = frozenset({TEMPORARY, NOT_FINISHED})
# From the wallet edition of the protocol: the number is not known; the number is taken by another payment.
NOT_REGISTERED: Final = 210
OTHER_CONTENT: Final = 215

ACCOUNT_CHARS_MAX: Final = 200
TXN_ID_MAX: Final = 10**20 - 1

# Billers live by Baku time, without summer time since 2016.
_BAKU: Final = timezone(timedelta(hours=4))
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WHOLE: Final = re.compile(r"[0-9]{1,20}")
_CODE: Final = re.compile(r"-?[0-9]{1,6}")
_SUM: Final = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,2}))?")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, checked once: everything behind `parse_answer` may trust it. `sum_minor` in hundredths."""

    txn_id: int
    result: int
    provider_reference: str
    sum_minor: int | None
    comment: str
    fields: dict[str, str]


class AnswerError(ValueError):
    """Bytes that are no answer of the protocol; the text says what is wrong and quotes nothing of them."""


def parse_answer(body: bytes) -> Answer:
    """Read the XML of an answer.

    Document types and entities are refused before the parser sees them: they are of no use here and are the
    way to blow up or read files through an XML parser.

    Raises:
        AnswerError: not UTF-8, not XML, or an element missing, doubled or of the wrong form.
    """
    try:
        text = body.decode("utf-8-sig")
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise AnswerError("a document type or an entity")
        root = ElementTree.fromstring(text)
    except (UnicodeDecodeError, ElementTree.ParseError) as error:
        raise AnswerError(type(error).__name__) from None
    if root.tag != "response":
        raise AnswerError("no <response>")
    parts: dict[str, str] = {}
    for element in root:
        if element.tag in parts:
            raise AnswerError("an element stands twice")
        parts[element.tag] = (element.text or "").strip()
    said = parts.get("sum", "")
    return Answer(
        txn_id=int(_form(_WHOLE, parts.get("osmp_txn_id", ""), "osmp_txn_id")),
        result=int(_form(_CODE, parts.get("result", ""), "result")),
        provider_reference=parts.get("prv_txn", "")[:64],
        sum_minor=parse_sum(said) if said else None,
        comment=parts.get("comment", "")[:500],
        fields={item.get("name", item.tag): (item.text or "").strip() for item in root.iterfind("fields/*")},
    )


def _form(pattern: re.Pattern[str], text: str, name: str) -> str:
    if not text.isascii() or pattern.fullmatch(text) is None:
        raise AnswerError(f"{name} missing or malformed")
    return text


def parse_sum(text: str) -> int:
    """``10``, ``10.5``, ``10.50`` → 1000, 1050, 1050 hundredths. Raises `AnswerError` for anything else."""
    match = _SUM.fullmatch(text) if text.isascii() else None
    if match is None:
        raise AnswerError("sum malformed")
    sign, whole, cents = match.groups()
    minor = int(whole) * 100 + int((cents or "").ljust(2, "0"))
    return -minor if sign else minor


def write_sum(amount: Money) -> str:
    """``10.50``: a dot, two decimals, no grouping."""
    return f"{amount.minor // 100}.{amount.minor % 100:02d}"


def write_moment(at_ms: int) -> str:
    """UTC milliseconds as the protocol's ``YYYYMMDDhhmmss`` in Baku time."""
    return (_EPOCH + timedelta(milliseconds=at_ms)).astimezone(_BAKU).strftime("%Y%m%d%H%M%S")


class OsmpSettings(msgspec.Struct, frozen=True):
    """A biller's table in the connectors' file."""

    url: str
    prv_id: str = ""
    has_status: bool = False


class OsmpBiller:
    """A `Biller` behind one address. Safe to use from several threads: each has its own connection.

    Args:
        url: the provider's address; HTTPS outside a rehearsal.
        prv_id: the service's number at a provider that serves several, else empty.
        now_ms: the centre's clock, UTC milliseconds.
        has_status: the provider offers ``command=status``; otherwise the payment is repeated.
        method: some billers take only GET; POST keeps account numbers out of the logs on the way.
        debt_field, holder_field: how this provider names debt and subscriber among the answer's fields.
        connect_s, answer_s: time limits, the second for the whole answer.
        check_s: the limit for the whole answer to a check: somebody stands at the counter.
    """

    # The protocol keeps a number for good, and what it does not know it has not begun.
    not_found_after_ms = 0
    key_life_ms: int | None = None

    def __init__(
        self,
        url: str,
        *,
        now_ms: Callable[[], int],
        prv_id: str = "",
        has_status: bool = False,
        method: Literal["POST", "GET"] = "POST",
        debt_field: str = "debt",
        holder_field: str = "holder",
        connect_s: float = 10,
        answer_s: float = 60,
        check_s: float = 8,
    ) -> None:
        self._url = url
        self._now_ms = now_ms
        self._prv_id = prv_id
        self.can_be_asked = has_status
        self._method = method
        self._debt_field = debt_field
        self._holder_field = holder_field
        self._connect_s = connect_s
        self._answer_s = answer_s
        self._check_s = min(check_s, answer_s)
        self._threads = threading.local()

    def check(self, account: str, amount: Money | None = None) -> Checked | RefusedByBiller | Unknown:
        """See `Biller.check`. Without an amount it is ``getInfo``, which registers nothing there."""
        # A check moves no money, so its number only has to differ from every other one.
        txn_id = 10**17 + secrets.randbelow(9 * 10**17)
        form = {"command": "getInfo" if amount is None else "check", "txn_id": str(txn_id)}
        form |= _account(account) | ({} if amount is None else _sum(amount))
        answer = self._ask(txn_id, form, self._check_s)
        if isinstance(answer, Unknown):
            return answer
        if answer.result != OK:
            outcome = _not_ok(answer)
            return Unknown("unlisted_code", str(outcome.code)) if isinstance(outcome, Conflict) else outcome
        fields = dict(answer.fields)
        debt, holder = fields.pop(self._debt_field, ""), fields.pop(self._holder_field, "")
        try:
            owed = Money(parse_sum(debt)) if debt else None
        except AnswerError as error:
            return Unknown("malformed", str(error))
        return Checked(owed, mask_name(holder), answer.comment, fields)

    def pay(self, txn_id: int, account: str, amount: Money, at_ms: int) -> Outcome:
        """See `Biller.pay`."""
        form = {"command": "pay", "txn_id": _number(txn_id), "txn_date": write_moment(at_ms)}
        return self._outcome(txn_id, amount, form | _account(account) | _sum(amount))

    def status(self, txn_id: int, account: str, amount: Money, at_ms: int) -> Outcome:
        """See `Biller.status`."""
        if not self.can_be_asked:
            return self.pay(txn_id, account, amount, at_ms)
        form = {"command": "status", "txn_id": _number(txn_id)}
        return self._outcome(txn_id, amount, form | _account(account) | _sum(amount))

    def _outcome(self, txn_id: int, amount: Money, form: dict[str, str]) -> Outcome:
        answer = self._ask(txn_id, form, self._answer_s)
        if isinstance(answer, Unknown):
            return answer
        if answer.result != OK:
            return _not_ok(answer)
        # The answer must name the sum: a silent yes might be a yes to something else.
        if answer.sum_minor is None:
            return Unknown("malformed", "confirmed without a sum")
        if answer.sum_minor != amount.minor:
            return Unknown("wrong_sum", f"asked {amount.minor}, answered {answer.sum_minor}")
        return Confirmed(answer.provider_reference, self._now_ms())

    def _ask(self, txn_id: int, form: dict[str, str], answer_s: float) -> Answer | Unknown:
        if self._prv_id:
            form = {**form, "prv_id": self._prv_id}
        body = self._fetch(form, answer_s)
        if isinstance(body, Unknown):
            return body
        try:
            answer = parse_answer(body)
        except AnswerError as error:
            return Unknown("malformed", str(error))
        if answer.txn_id != txn_id:
            return Unknown("wrong_number", f"asked {txn_id}, answered {answer.txn_id}")
        return answer

    def _fetch(self, form: dict[str, str], answer_s: float) -> bytes | Unknown:
        """The body of the answer, whole and not too large."""
        until = time.monotonic() + answer_s
        in_address = self._method == "GET"
        try:
            with self._session().request(
                self._method,
                self._url,
                params=form if in_address else None,
                data=None if in_address else form,
                timeout=(min(self._connect_s, answer_s), answer_s),
                allow_redirects=False,
                stream=True,
            ) as response:
                if response.status_code != 200:
                    return Unknown("http_status", str(response.status_code))
                return read_whole(response, until)
        except requests.ConnectTimeout:
            return Unknown("not_reached", "ConnectTimeout")
        except (requests.Timeout, ReadTimeout):
            return Unknown("timeout")
        except (requests.RequestException, HTTPError, ValueError) as error:
            # Also what the library cannot make sense of: the request may have left.
            return Unknown("not_reached" if never_left(error) else "no_connection", type(error).__name__)

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._threads, "session", None)
        if session is None:
            session = self._threads.session = UnfollowedSession()
            # No compression: a small body could unpack to a huge one.
            session.headers.update({"Accept": "application/xml", "Accept-Encoding": "identity"})
        return session


def _not_ok(answer: Answer) -> RefusedByBiller | Unknown | Conflict:
    code = answer.result
    if code in FATAL:
        return RefusedByBiller(code, FATAL[code], answer.comment)
    if code == OTHER_CONTENT:
        return Conflict(code, answer.comment)
    # An unlisted code is never taken for a no: the money may be at the biller.
    why: Why = "unlisted_code"
    if code in NOT_FATAL:
        why = "pending"
    elif code == NOT_REGISTERED:
        why = "not_registered"
    return Unknown(why, str(code))


def _number(txn_id: int) -> str:
    if not 0 < txn_id <= TXN_ID_MAX:
        raise ValueError("txn_id has up to 20 digits")
    return str(txn_id)


def _account(account: str) -> dict[str, str]:
    if not 0 < len(account) <= ACCOUNT_CHARS_MAX or not account.isprintable():
        raise ValueError(f"an account has 1 to {ACCOUNT_CHARS_MAX} printable characters")
    return {"account": account}


def _sum(amount: Money) -> dict[str, str]:
    if amount.currency != "AZN" or amount.minor <= 0:
        raise ValueError("billers are paid a positive sum in manat")
    return {"sum": write_sum(amount), "ccy": "AZN"}


def _make(settings: OsmpSettings, wiring: Wiring) -> OsmpBiller:
    return OsmpBiller(
        settings.url, now_ms=wiring.now_ms, prv_id=settings.prv_id, has_status=settings.has_status
    )


KIND: Final = Kind[OsmpSettings](OsmpSettings, _make)
