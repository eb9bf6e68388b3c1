"""A state portal that speaks JSON over HTTP: notices looked for, paid under our number, asked about by it.

The real portals' protocol is not public: paths, words and forms here are those of the sandbox
(`rehearsal.portals`), and another portal is another connector behind the same port.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central.gateways.billers import (
    Confirmed,
    Conflict,
    Outcome,
    RefusedByBiller,
    Unknown,
    mask_name,
)
from azpost_desk.central.gateways.json_line import JsonLine, code_of, read
from azpost_desk.central.gateways.kinds import Kind
from azpost_desk.central.gateways.osmp import AnswerError, parse_sum, write_sum
from azpost_desk.central.gateways.portals import NOTICES_MAX, NoticeOrder, Portal
from azpost_desk.domain.names import seen
from azpost_desk.domain.notices import OPEN, WAYS, Notice, plain_number
from azpost_desk.texts import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.gateways.kinds import Wiring

# So many notices in three languages, every letter written as six, and room for more.
FOUND_BYTES_MAX: Final = 1024 * 1024
TEXT_CHARACTERS_MAX: Final = 200
# So soon after a request its "not found" says nothing (MC-11).
NOT_FOUND_AFTER_MS: Final = 60_000
# What a payer did or can mend; every other word of a portal is no answer to rely on (M0-6).
REFUSALS: Final = {
    "already_paid": 1,
    "withdrawn": 2,
    "changed": 3,
    "unknown_notice": 4,
    "part_not_allowed": 5,
    "closed": 6,
}
_NOT_FOUND: Final = "not_found"
_OTHER_CONTENT: Final = "other_content"


class _Said(msgspec.Struct, frozen=True, kw_only=True):
    """One notice as the portal writes it; sums are manat with two decimals."""

    id: str
    version: str
    number: str
    sort: str
    amount: str
    authority: dict[str, str]
    purpose: dict[str, str]
    budget_code: str
    least: str = ""
    payer: str = ""
    state: str = "open"
    due: str = ""


class _Listed(msgspec.Struct, frozen=True, kw_only=True):
    notices: tuple[_Said, ...]


class _Paid(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a payment: `state` is ``paid``, ``refused`` or ``pending``."""

    id: str
    notice: str
    amount: str
    state: str
    central_number: str = ""
    reason: str = ""


class PortalSettings(msgspec.Struct, frozen=True):
    """A portal's table in the connectors' file; `key_file` lies beside that."""

    url: str
    key_file: str


class JsonPortal(Portal):
    """A portal behind one address. Safe to use from several threads: each has its own connection.

    Args:
        url: the portal's address without a slash at its end; HTTPS outside a rehearsal.
        key: what names us to it, sent as a bearer token.
        now_ms: the centre's clock, UTC milliseconds.
        connect_s, answer_s: time limits, the second for the whole answer.
        find_s: the limit for the whole answer to a search: somebody stands at the counter.
    """

    can_be_asked = True
    not_found_after_ms = NOT_FOUND_AFTER_MS
    key_life_ms = None

    def __init__(
        self,
        url: str,
        key: str,
        *,
        now_ms: Callable[[], int],
        connect_s: float = 10,
        answer_s: float = 60,
        find_s: float = 8,
    ) -> None:
        self._line = JsonLine(url, key, connect_s)
        self._now_ms = now_ms
        self._answer_s = answer_s
        self._find_s = min(find_s, answer_s)

    def find(self, by: str, value: str) -> tuple[Notice, ...] | Unknown:
        """See `Portal.find`."""
        if by not in WAYS or not value or len(value) > TEXT_CHARACTERS_MAX or not value.isprintable():
            raise ValueError("a search names a way and a value")
        params = {"by": by, "value": value}
        answer = self._line.ask("GET", "/notices", self._find_s, FOUND_BYTES_MAX, params=params)
        if isinstance(answer, Unknown):
            return answer
        status, body = answer
        if status == 404 and code_of(body) == _NOT_FOUND:
            return ()
        if status != 200:
            return Unknown("http_status", str(status))
        listed = read(body, _Listed)
        if isinstance(listed, Unknown):
            return listed
        try:
            found = tuple(_notice(one) for one in listed.notices[: NOTICES_MAX + 1])
        except AnswerError as error:
            return Unknown("malformed", str(error))
        if len({one.notice for one in found}) < len(found):
            return Unknown("malformed", "two notices under one id")
        if by == "notice" and any(plain_number(one.number) != plain_number(value) for one in found):
            return Unknown("wrong_number")
        return found

    def pay_notice(self, order: NoticeOrder) -> Outcome:
        """See `Portal.pay_notice`. Our number is in the path: the same again is the same payment."""
        if order.amount.minor <= 0 or not order.notice or not order.version:
            raise ValueError("a notice is paid a positive sum, by its id and version")
        said = {
            "notice": order.notice,
            "version": order.version,
            "amount": write_sum(order.amount),
            "paid_ms": order.at_ms,
        }
        return self._outcome(order, self._line.ask("PUT", _path(order), self._answer_s, json=said))

    def notice_status(self, order: NoticeOrder) -> Outcome:
        """See `Portal.notice_status`."""
        return self._outcome(order, self._line.ask("GET", _path(order), self._answer_s))

    def _outcome(self, order: NoticeOrder, answer: tuple[int, bytes] | Unknown) -> Outcome:
        if isinstance(answer, Unknown):
            return answer
        status, body = answer
        if status == 404 and code_of(body) == _NOT_FOUND:
            return Unknown("not_registered")
        if status == 409 and code_of(body) == _OTHER_CONTENT:
            return Conflict(status)
        if status != 200:
            # A path, a key, a limit: ours to mend, and no word about the money.
            return Unknown("http_status", str(status))
        said = read(body, _Paid)
        if isinstance(said, Unknown):
            return said
        try:
            amount_qapik = parse_sum(said.amount)
        except AnswerError as error:
            return Unknown("malformed", type(error).__name__)
        if (said.id, said.notice) != (str(order.txn_id), order.notice):
            return Unknown("wrong_number", f"asked {order.txn_id}")
        if amount_qapik != order.amount.minor:
            return Unknown("wrong_sum", f"asked {order.amount.minor}, answered {amount_qapik}")
        return self._judged(said)

    def _judged(self, said: _Paid) -> Outcome:
        number = said.central_number.strip()
        if said.state == "paid" and 0 < len(number) <= 64 and number.isascii() and number.isprintable():
            return Confirmed(number, self._now_ms())
        if said.state == "refused" and said.reason in REFUSALS:
            return RefusedByBiller(REFUSALS[said.reason], said.reason)
        if said.state == "pending":
            return Unknown("pending")
        # Paid without its central number, or a reason nobody has a row for.
        return Unknown("unlisted_code", said.state[:20])


def _path(order: NoticeOrder) -> str:
    if order.txn_id <= 0:
        raise ValueError("txn_id is positive")
    return f"/payments/{order.txn_id}"


def _notice(said: _Said) -> Notice:
    """Checked once: text as it may stand on a screen and paper, sums whole qəpik."""
    amount, least = parse_sum(said.amount), parse_sum(said.least) if said.least else 0
    # What is paid or withdrawn may have nothing left of it.
    if amount < (said.state == OPEN) or not 0 <= least <= max(amount, 0):
        raise AnswerError("sums of a notice")
    texts = {name: _text(getattr(said, name)) for name in ("id", "version", "number", "sort", "state", "due")}
    if (said.id, said.version) != (texts["id"], texts["version"]):
        # They are said back to the portal letter by letter.
        raise AnswerError("an id that cannot be repeated")
    authority, purpose = _names(said.authority), _names(said.purpose)
    if not (texts["id"] and texts["version"] and texts["number"] and authority and purpose):
        raise AnswerError("a notice without its names")
    return Notice(
        notice=texts["id"],
        version=texts["version"],
        number=texts["number"],
        sort=texts["sort"],
        authority=authority,
        purpose=purpose,
        budget_code=_text(said.budget_code),
        amount_qapik=amount,
        least_qapik=least,
        payer=mask_name(_text(said.payer)),
        state=texts["state"],
        due=texts["due"],
    )


def _names(said: dict[str, str]) -> dict[str, str]:
    """A name in the languages that somebody reads here, where it says anything."""
    names = {language: _text(said.get(language, "")) for language in LANGUAGES}
    return {language: name for language, name in names.items() if name}


def _text(said: str) -> str:
    """One line that can be printed, composed, without what writes nothing."""
    return " ".join(seen(said).split())[:TEXT_CHARACTERS_MAX]


def _make(settings: PortalSettings, wiring: Wiring) -> JsonPortal:
    return JsonPortal(settings.url, wiring.secret(settings.key_file), now_ms=wiring.now_ms)


KIND: Final = Kind[PortalSettings](PortalSettings, _make)
