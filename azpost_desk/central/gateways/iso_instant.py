"""The instant rail on the ISO 20022 wire: requests by signed JSON, credits and money sent back by message.

The profile, beside the wire (`iso_wire`) and the schemas:

- ``PUT /requests/ID`` registers a request (`amount` ``12.50``, `currency`, `until`), ``GET`` asks how it
  stands, ``POST /requests/ID/close`` closes it. The answer is signed for that very request and names the id:
  200 with `state` open, paid, declined or closed; 404 with ``unknown``; 422 with the `reason` of a
  refusal, which says too that the rail has nothing under this id.
  Any other status, and a 404 that the rail did not sign, is our trouble and says nothing (money-out.md M0-6):
  also 409, for whatever the rail has under this id may be paid.
- A credit is a pacs.008 to our account: the request's id is its EndToEndId, the rail's own reference its
  TxId, else its UETR or InstrId; it names the payer's account.
- Money goes back by a pain.001 whose message, payment and end-to-end id all are ours of it.
- A pain.002 is about a request when its original is a pain.013, about money sent back when it is a pain.001.
  A refusal that says "you had that already", or does not say why, refuses nothing: it is asked again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal, cast

import msgspec

from azpost_desk.central.gateways.abroad import Silent, Unfit
from azpost_desk.central.gateways.instant import (
    Back,
    BackStatus,
    Credit,
    Declined,
    PayRequest,
    Refused,
    Registered,
    Said,
    Stands,
)
from azpost_desk.central.gateways.iso_messages import ORDER as CREDIT
from azpost_desk.central.gateways.iso_messages import (
    Head,
    Part,
    UnfitError,
    addressed,
    agent_of_bic,
    amount_at,
    as_written,
    moment,
    sealed,
    text_at,
)
from azpost_desk.central.gateways.iso_rules import RULES_INSTANT
from azpost_desk.central.gateways.iso_wire import Wire
from azpost_desk.central.json_once import decoded
from azpost_desk.domain import azqr
from azpost_desk.domain.days import BAKU_OFFSET_MS, calendar_day
from azpost_desk.domain.identifiers import require
from azpost_desk.domain.money import azn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml import etree

    from azpost_desk.central.gateways.abroad import Handed
    from azpost_desk.central.gateways.instant import Standing
    from azpost_desk.central.gateways.iso_wire import Channel
    from azpost_desk.domain.money import Money
    from azpost_desk.protocol.keys import SigningKey

BACK: Final = "pain.001.001.09"
STATUS: Final = "pain.002.001.10"
# What a status is about, by the name of its original.
_REQUESTS, _BACKS = "pain.013", "pain.001"
# The rail has it already: no refusal (M0-6).
DUPLICATES: Final = frozenset({"AM05", "DUPL", "DU01", "DU02", "DU03", "DU04", "DU05"})
_BOOKED: Final = frozenset({"ACSC", "ACCC"})
_STANDINGS: Final = frozenset({"open", "paid", "declined", "closed"})
_NOT_PROVIDED: Final = "NOTPROVIDED"
_HOME: Final = azn(0).currency
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{1,30}")
_WORD: Final = re.compile(r"[!-~](?:[ -~]{0,33}[!-~])?")


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the rail says of a request."""

    id: str
    state: str = ""
    amount: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid on the rail, as a payment code names it.

    Attributes:
        name, city: at most 25 and 15 characters; postcode: ``AZ1014``; category: four digits (MCC).
        iban, bic: our account that credits come to and money goes back from, and who keeps it.
    """

    name: str
    city: str
    postcode: str
    category: str
    iban: str
    bic: str


class InstantRail:
    """A `Rail` over this wire. Safe to use from several threads: each has its own connection.

    Raises:
        Refused: M-011 as `Wire`; I-003 the payee's IBAN is mistyped; Q-006, Q-007 the payee cannot stand in a
            payment code (`tag`).
    """

    def __init__(self, channel: Channel, signing: SigningKey, payee: Payee) -> None:
        require("iban", payee.iban)
        payment_code(PayRequest("0" * 32, azn(1), 0), payee)
        self._wire = Wire(channel, signing)
        self._channel = channel
        self._payee = payee

    @property
    def forged(self) -> int:
        """How many waiting documents were skipped because the rail's signature was not on them."""
        return self._wire.forged

    def register(self, request: PayRequest) -> Registered | Refused | Silent:
        """See `Rail.register`. One that is paid already is registered all the same: its credit comes."""
        code = payment_code(request, self._payee)
        amount = _decimal(request.amount)
        wanted = {"amount": amount, "currency": request.amount.currency, "until": moment(request.until_ms)}
        answer = self._wire.ask("PUT", f"/requests/{request.id}", msgspec.json.encode(wanted))
        if isinstance(answer, Silent):
            return answer
        told = _told(answer, request.id, 200, 422)
        if isinstance(told, Silent):
            return told
        if answer[0] == 422:
            return Refused(_word(told.reason))
        if told.amount != amount or told.state not in _STANDINGS:
            return Silent("malformed", "amount" if told.amount != amount else "state")
        return Registered(code) if told.state in ("open", "paid") else Refused(told.state)

    def standing(self, request: str) -> Stands | Silent:
        """See `Rail.standing`."""
        return _stands(self._wire.ask("GET", f"/requests/{request}"), request)

    def close(self, request: str) -> Stands | Silent:
        """See `Rail.close`."""
        stands = _stands(self._wire.ask("POST", f"/requests/{request}/close"), request)
        still_open = isinstance(stands, Stands) and stands.standing == "open"
        return Silent("malformed", "state") if still_open else stands

    def give_back(self, back: Back) -> bytes:
        """See `Rail.give_back`.

        Raises:
            Refused: M-010 what it would say breaks a rule (`rule`).
        """
        head = Head(self._channel.bic, self._channel.member, self._channel.our_bic, back.at_ms)
        return sealed(head, BACK, back.id, _written_back(back, self._payee), RULES_INSTANT)

    def hand(self, document: bytes) -> Handed:
        """See `Rail.hand`."""
        return self._wire.hand(document)

    def fetch(self) -> tuple[tuple[str, bytes], ...] | Silent:
        """See `Rail.fetch`. What the rail did not sign is skipped, counted and stays there."""
        return self._wire.fetch()

    def fetched(self, ids: Sequence[str]) -> None:
        """See `Rail.fetched`. A lost word costs nothing: the same bytes come again and change nothing."""
        self._wire.fetched(ids)

    def read(self, document: bytes) -> tuple[Said, ...] | Unfit:
        """See `Rail.read`; () for a status of a request that is no refusal: only a credit is money."""
        channel = self._channel
        found = addressed(document, channel.bic or channel.member, channel.our_bic, CREDIT, STATUS)
        if isinstance(found, Unfit):
            return found
        message, content = found
        try:
            return tuple(_credits(content, self._payee.iban) if message == CREDIT else _statuses(content))
        except UnfitError as no:
            return Unfit(str(no))


def payment_code(request: PayRequest, payee: Payee) -> str:
    """The text of a request's payment code: equal values give the same text.

    Raises:
        Refused: Q-006, Q-007, Q-008 a value that no code can carry (`tag`).
        ValueError: no sum in manat.
    """
    return azqr.write_azqr(
        {
            "39": "MPV002",
            "40": request.id,
            "00": "01",
            "01": "12",
            "26": {"00": "01", "03": request.id, "07": _baku_moment(request.until_ms)},
            "27": {"00": "04", "01": payee.iban, "02": payee.bic},
            "52": payee.category,
            "53": azqr.MANAT,
            "54": _decimal(request.amount),
            "58": "AZ",
            "59": payee.name,
            "60": payee.city,
            "61": payee.postcode,
        }
    )


def _decimal(amount: Money) -> str:
    if amount.currency != _HOME:
        raise ValueError("a request on the rail is a sum in manat")
    return f"{amount.decimal():f}"


def _baku_moment(at_ms: int) -> str:
    """A second that is never after the moment: no application offers what the rail takes no more."""
    return (_EPOCH + timedelta(milliseconds=at_ms + BAKU_OFFSET_MS)).strftime("%Y%m%d%H%M%S")


def _told(answer: tuple[int, bytes], request: str, *known: int) -> _Told | Silent:
    """What the rail says of this request and of no other, under a status that the profile knows."""
    status, body = answer
    if status not in known:
        return Silent("http_status", str(status))
    try:
        told = decoded(body, _Told)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        return Silent("malformed", type(error).__name__)
    return told if told.id == request else Silent("malformed", "id")


def _stands(answer: tuple[int, bytes] | Silent, request: str) -> Stands | Silent:
    if isinstance(answer, Silent):
        return answer
    told = _told(answer, request, 200, 404)
    if isinstance(told, Silent):
        return told
    states = _STANDINGS if answer[0] == 200 else {"unknown"}
    if told.state not in states:
        return Silent("malformed", "state")
    return Stands(cast("Standing", told.state), _word(told.reason))


def _word(reason: str) -> str:
    """A reason as it can be kept and shown; what is no word says nothing."""
    return reason if _WORD.fullmatch(reason) else ""


# --- messages -----------------------------------------------------------------------------------------------


def _written_back(back: Back, payee: Payee) -> list[Part]:
    is_iban = _IBAN.fullmatch(back.account)
    account: list[Part] = [("IBAN", back.account)] if is_iban else [("Othr", [("Id", back.account)])]
    transaction: list[Part] = [
        ("PmtId", [("InstrId", back.id), ("EndToEndId", back.id)]),
        ("Amt", [("InstdAmt", as_written(back.amount))]),
        ("Cdtr", [("Nm", back.payer)]),
        ("CdtrAcct", [("Id", account)]),
        ("RmtInf", [("Ustrd", back.credit)]),
    ]
    return [
        ("CstmrCdtTrfInitn", [
            ("GrpHdr", [
                ("MsgId", back.id),
                ("CreDtTm", moment(back.at_ms)),
                ("NbOfTxs", "1"),
                ("InitgPty", [("Nm", payee.name)]),
            ]),
            ("PmtInf", [
                ("PmtInfId", back.id),
                ("PmtMtd", "TRF"),
                ("NbOfTxs", "1"),
                ("PmtTpInf", [("InstrPrty", "HIGH"), ("LclInstrm", [("Cd", "INST")])]),
                ("ReqdExctnDt", [("Dt", calendar_day(back.at_ms))]),
                ("Dbtr", [("Nm", payee.name)]),
                ("DbtrAcct", [("Id", [("IBAN", payee.iban)])]),
                ("DbtrAgt", agent_of_bic(payee.bic)),
                ("CdtTrfTxInf", transaction),
            ]),
        ])
    ]  # fmt: skip


def _credits(document: etree._Element, ours: str) -> Iterator[Credit]:
    written = text_at(document, "{*}FIToFICstmrCdtTrf/{*}GrpHdr/{*}CreDtTm")
    for one in document.iterfind("{*}FIToFICstmrCdtTrf/{*}CdtTrfTxInf"):
        names = (text_at(one, f"{{*}}PmtId/{{*}}{name}") for name in ("TxId", "UETR", "InstrId"))
        reference = next(filter(None, names), "")
        account = _account(one, "DbtrAcct")
        amount = amount_at(one, "{*}IntrBkSttlmAmt")
        if not reference:
            raise UnfitError("no reference of the rail")
        if _account(one, "CdtrAcct") != ours:
            raise UnfitError("another account than ours")
        if not account:
            raise UnfitError("no account of the payer")
        if amount.currency != _HOME:
            raise UnfitError("another currency than manat")
        request = text_at(one, "{*}PmtId/{*}EndToEndId")
        yield Credit(
            reference=reference,
            request="" if request == _NOT_PROVIDED else request,
            amount=amount,
            account=account,
            payer=text_at(one, "{*}Dbtr/{*}Nm"),
            at_ms=_utc_ms(text_at(one, "{*}AccptncDtTm") or written),
        )


def _account(transaction: etree._Element, side: str) -> str:
    at = f"{{*}}{side}/{{*}}Id/"
    return text_at(transaction, f"{at}{{*}}IBAN") or text_at(transaction, f"{at}{{*}}Othr/{{*}}Id")


def _utc_ms(written: str) -> int:
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise UnfitError("a moment that the calendar has not") from None
    if at.tzinfo is None:
        raise UnfitError("a moment without its zone")
    return (at - _EPOCH) // timedelta(milliseconds=1)


def _statuses(document: etree._Element) -> Iterator[Said]:
    for about, one, status, reasons in _originals(document):
        is_no = status == "RJCT" and bool(reasons) and not DUPLICATES & set(reasons)
        reason = reasons[0] if reasons else ""
        if about == _BACKS:
            standing: Literal["booked", "refused", "pending"]
            standing = "booked" if status in _BOOKED else "refused" if is_no else "pending"
            yield BackStatus(one, standing, reason)
        elif is_no:
            yield Declined(one, reason)


def _originals(document: etree._Element) -> Iterator[tuple[str, str, str, list[str]]]:
    """What each status is about, its id, the status and the reasons; of a whole message or payment too."""
    group = document.find("{*}CstmrPmtStsRpt/{*}OrgnlGrpInfAndSts")
    about = text_at(document, "{*}CstmrPmtStsRpt/{*}OrgnlGrpInfAndSts/{*}OrgnlMsgNmId")[:8]
    if group is None or about not in (_REQUESTS, _BACKS):
        raise UnfitError("a status of neither a request nor money sent back")
    payments = list(document.iterfind("{*}CstmrPmtStsRpt/{*}OrgnlPmtInfAndSts"))
    single = [(one, "OrgnlEndToEndId", "TxSts") for one in document.iterfind(".//{*}TxInfAndSts")]
    # Ours hold one payment of one transaction each, all under one id: the finest that is told counts.
    told = single or [(one, "OrgnlPmtInfId", "PmtInfSts") for one in payments]
    for part, name, said in told or [(group, "OrgnlMsgId", "GrpSts")]:
        number, status = text_at(part, f"{{*}}{name}"), text_at(part, f"{{*}}{said}")
        if not number or not status:
            raise UnfitError("a status without its original" if status else "no status")
        reasons = [
            reason for one in part.iterfind("{*}StsRsnInf/{*}Rsn/*") if (reason := (one.text or "").strip())
        ]
        yield about, number, status, reasons
