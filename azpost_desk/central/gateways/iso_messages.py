"""Messages of money over the border: an `Order` as the bytes of ISO 20022, and what a partner's bytes say.

Everything in a message follows from stored values, so that a rebuilt centre writes the same bytes
(money-out.md M0-2). The profile, beside the schemas:

- one envelope holds the header (head.001) and one document; a repeat says so in the header alone;
- partners keep our prefunded account (settlement method INDA); an agent is its BIC, else its member number;
- `XchgRate` is manat for one unit of what arrives; what the corridor asks of the receiver stands as
  identifications of the creditor, each under its word; an ``iban`` is the creditor's account;
- a partner that knows no such transfer answers a question with a pacs.002 without a status, reason ``NOOR``;
- what the receiver has to say at the counter there stands in the pacs.002's supplementary data (`PICK_UP`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from lxml import etree

from azpost_desk.central.gateways.abroad import (
    RecallAnswer,
    Returned,
    Status,
    Unfit,
    short_id,
    uetr_of,
)
from azpost_desk.central.gateways.iso20022 import check_message, read_envelope
from azpost_desk.central.gateways.iso_rules import RULES_2026, broken_rules
from azpost_desk.domain.abroad.travel_rule import RULE_2025, missing
from azpost_desk.domain.money import CURRENCIES, Money
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from azpost_desk.central.gateways.abroad import Order, Said
    from azpost_desk.domain.people import AbroadParties

HEADER: Final = "head.001.001.02"
ORDER: Final = "pacs.008.001.08"
QUESTION: Final = "pacs.028.001.03"
RECALL: Final = "camt.056.001.08"
STATUS: Final = "pacs.002.001.10"
RETURNED: Final = "pacs.004.001.09"
RECALL_ANSWER: Final = "camt.029.001.09"
URN: Final = "urn:iso:std:iso:20022:tech:xsd:"
PICK_UP: Final = "urn:azpost:pick-up:1"
NOT_KNOWN: Final = "NOOR"
# What an investigation may end with (external code set): agreed, refused, still being looked at.
_RECALL_ENDS: Final = {"CNCL": True, "RJCR": False, "PDCR": None}

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# BaseOneRate: eleven digits, ten of them behind the point.
_RATE_DIGITS, _RATE_DECIMALS = 11, 10
_NUMBER: Final = re.compile(r"[!-~](?:[ -~]{0,33}[!-~])?")
_SENDERS_COUNTRY: Final = "AZ"

# A part of a message: its element, and its text or its parts. Empty ones are left out.
Part = tuple[str, "str | list[Part]"]
# What a document of one kind says, transaction by transaction.
Reader = Callable[["etree._Element"], "Iterator[Said]"]


def written_order(order: Order, member: str = "") -> bytes:
    """The pacs.008 of an order; `member` names a partner without a BIC.

    Raises:
        Refused: M-010 what it would say breaks a rule (`rule`).
    """
    ours, theirs = agent_of_bic(order.our_bic), agent_of(order.partner_bic, member)
    parties = order.parties
    if unsaid := missing(parties, order.paid):
        raise Refused("M-010", rule=f"{RULE_2025.version}: {', '.join(unsaid)}")
    number = message_id(order)
    body: list[Part] = [
        ("GrpHdr", [
            ("MsgId", number),
            ("CreDtTm", moment(order.written_ms)),
            ("NbOfTxs", "1"),
            ("SttlmInf", [("SttlmMtd", "INDA")]),
        ]),
        ("CdtTrfTxInf", [
            ("PmtId", [
                ("InstrId", instruction_id(order)),
                ("EndToEndId", end_to_end_id(order)),
                ("UETR", uetr_of(order.transfer)),
            ]),
            ("IntrBkSttlmAmt", as_written(order.arrives)),
            ("IntrBkSttlmDt", order.settles_on),
            ("InstdAmt", as_written(order.paid)),
            ("XchgRate", _rate(order)),
            ("ChrgBr", order.charges),
            ("InstgAgt", ours),
            ("InstdAgt", theirs),
            ("Dbtr", _sender(parties)),
            ("DbtrAgt", ours),
            ("CdtrAgt", theirs),
            ("Cdtr", _receiver(parties)),
            ("CdtrAcct", [("Id", [("IBAN", parties.receiver.values.get("iban", ""))])]),
            ("Purp", [("Cd", order.purpose)]),
        ]),
    ]  # fmt: skip
    return _sealed(order, member, ORDER, number, [("FIToFICstmrCdtTrf", body)])


def written_question(order: Order, asked: int, member: str = "") -> bytes:
    """The pacs.028 that asks what became of an order, the `asked`-th. Raises: as `written_order`."""
    number = short_id("qu", f"{order.transfer} {order.ordinal}", asked)
    body: list[Part] = [
        ("GrpHdr", [("MsgId", number), ("CreDtTm", moment(order.written_ms))]),
        ("TxInf", [
            ("StsReqId", number),
            *_original(order),
            ("InstgAgt", agent_of_bic(order.our_bic)),
            ("InstdAgt", agent_of(order.partner_bic, member)),
        ]),
    ]  # fmt: skip
    return _sealed(order, member, QUESTION, number, [("FIToFIPmtStsReq", body)])


def written_recall(order: Order, reason: str, member: str = "") -> bytes:
    """The camt.056 that asks for the money of an order back. Raises: as `written_order`."""
    number = short_id("rc", order.transfer, order.ordinal)
    ours: list[Part] = [("Agt", agent_of_bic(order.our_bic))]
    body: list[Part] = [
        ("Assgnmt", [
            ("Id", number),
            ("Assgnr", ours),
            ("Assgne", [("Agt", agent_of(order.partner_bic, member))]),
            ("CreDtTm", moment(order.written_ms)),
        ]),
        ("Case", [("Id", short_id("ca", order.transfer, order.ordinal)), ("Cretr", ours)]),
        ("Undrlyg", [
            ("TxInf", [
                ("CxlId", number),
                *_original(order),
                ("OrgnlIntrBkSttlmAmt", as_written(order.arrives)),
                ("OrgnlIntrBkSttlmDt", order.settles_on),
                ("CxlRsnInf", [("Rsn", [("Cd", reason)])]),
            ]),
        ]),
    ]  # fmt: skip
    return _sealed(order, member, RECALL, number, [("FIToFIPmtCxlReq", body)])


def message_id(order: Order) -> str:
    """The pacs.008's own id."""
    return short_id("ms", order.transfer, order.ordinal)


def instruction_id(order: Order) -> str:
    """The instruction's id between us and the partner."""
    return short_id("in", order.transfer, order.ordinal)


def end_to_end_id(order: Order) -> str:
    """The same for every instruction about this money."""
    return short_id("ee", order.transfer, 0)


def as_written(amount: Money) -> str:
    """``USD 12.50`` with the decimals of its currency; the currency becomes the element's attribute."""
    return f"{amount.currency} {amount.decimal():f}"


def enveloped(message: str, header: list[Part], body: list[Part]) -> bytes:
    """A message with its header in the one envelope of the profile."""
    root = etree.Element("Envelope")
    for namespace, name, parts in ((HEADER, "AppHdr", header), (message, "Document", body)):
        at = URN + namespace
        _grow(etree.SubElement(root, f"{{{at}}}{name}", nsmap={None: at}), at, parts)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def header_of(
    sender: list[Part], receiver: list[Part], number: str, message: str, created: str, *, repeat: bool = False
) -> list[Part]:
    """The business application header of a message between two agents."""
    return [
        ("Fr", [("FIId", sender)]),
        ("To", [("FIId", receiver)]),
        ("BizMsgIdr", number),
        ("MsgDefIdr", message),
        ("CreDt", created),
        ("PssblDplct", "true" if repeat else ""),
    ]


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a document of ours: to whom, as what, when it was stored."""

    partner_bic: str
    member: str
    our_bic: str
    written_ms: int
    is_repeat: bool = False


def _sealed(order: Order, member: str, message: str, number: str, body: list[Part]) -> bytes:
    is_repeat = order.is_repeat and message == ORDER
    head = Head(order.partner_bic, member, order.our_bic, order.written_ms, is_repeat)
    return sealed(head, message, number, body)


def sealed(head: Head, message: str, number: str, body: list[Part], rules: str = RULES_2026) -> bytes:
    """The bytes of a message to a partner, once their schemas and the market's rules accept them.

    Raises:
        Refused: M-010 what it would say breaks a rule (`rule`).
    """
    content = enveloped(
        message,
        header_of(
            agent_of_bic(head.our_bic),
            agent_of(head.partner_bic, head.member),
            number,
            message,
            moment(head.written_ms),
            repeat=head.is_repeat,
        ),
        body,
    )
    checked = check_message(content)
    if not checked.valid:
        raise Refused("M-010", rule=f"schema: {checked.errors[0]}")
    if broken := broken_rules(content, rules):
        raise Refused("M-010", rule=", ".join(broken))
    return content


def _grow(parent: etree._Element, namespace: str, parts: list[Part]) -> None:
    for name, content in parts:
        if not _says(content):
            continue
        # A name in braces brings a namespace of its own: supplementary data.
        element = etree.SubElement(parent, name if name.startswith("{") else f"{{{namespace}}}{name}")
        if isinstance(content, list):
            _grow(element, namespace, content)
        elif name.endswith("Amt"):
            element.set("Ccy", content[:3])
            element.text = content[4:]
        else:
            try:
                element.text = content
            except ValueError:
                raise Refused("M-010", rule=f"{name}: a sign that XML cannot carry") from None


def _says(content: str | list[Part]) -> bool:
    if isinstance(content, str):
        return bool(content)
    return any(_says(part) for _, part in content)


def _original(order: Order) -> list[Part]:
    return [
        ("OrgnlGrpInf", [("OrgnlMsgId", message_id(order)), ("OrgnlMsgNmId", ORDER)]),
        ("OrgnlInstrId", instruction_id(order)),
        ("OrgnlEndToEndId", end_to_end_id(order)),
        ("OrgnlUETR", uetr_of(order.transfer)),
    ]


def agent_of_bic(bic: str) -> list[Part]:
    return [("FinInstnId", [("BICFI", bic)])]


def agent_of(bic: str, member: str) -> list[Part]:
    return agent_of_bic(bic) if bic else [("FinInstnId", [("ClrSysMmbId", [("MmbId", member)])])]


def _sender(parties: AbroadParties) -> list[Part]:
    """The schema's own element of a date of birth asks for a place too, which nobody here knows."""
    street, town = parties.sender_street_latin, parties.sender_town_latin
    return [
        ("Nm", parties.sender_latin),
        ("PstlAdr", _address(street, town, _SENDERS_COUNTRY if street or town else "")),
        ("Id", [("PrvtId", _other("BIRTHDATE", parties.sender_born))]),
    ]


def _receiver(parties: AbroadParties) -> list[Part]:
    receiver = parties.receiver
    asked: list[Part] = []
    for field, value in sorted(receiver.values.items()):
        asked += [] if field == "iban" else _other(field.upper(), value)
    return [
        ("Nm", receiver.latin),
        ("PstlAdr", _address("", receiver.town, receiver.country if receiver.town else "")),
        ("Id", [("PrvtId", asked)]),
        ("CtryOfRes", receiver.country),
    ]


def _address(street: str, town: str, country: str) -> list[Part]:
    return [("StrtNm", street), ("TwnNm", town), ("Ctry", country)]


def _other(scheme: str, value: str) -> list[Part]:
    return [("Othr", [("Id", value), ("SchmeNm", [("Prtry", scheme)])])] if value else []


def moment(at_ms: int) -> str:
    return (_EPOCH + timedelta(milliseconds=at_ms)).isoformat(timespec="milliseconds")


def _rate(order: Order) -> str:
    if not order.rate or order.arrives.currency == order.paid.currency:
        return ""
    try:
        rate = Decimal(order.rate)
        decimals = min(_RATE_DECIMALS, _RATE_DIGITS - max(1, rate.adjusted() + 1))
        written = f"{rate:.{max(decimals, 0)}f}"
    except InvalidOperation:
        raise Refused("M-010", rule="rate: no decimal number") from None
    return written.rstrip("0").rstrip(".") if "." in written else written


def read_said(
    content: bytes, sender: str, receiver: str, readers: Mapping[str, Reader] | None = None
) -> tuple[Said, ...] | Unfit:
    """What a message says that `sender` (BIC or member number) wrote to `receiver`. Never raises.

    `readers` by message; without them what a partner answers to our orders (`READERS`).
    """
    known = READERS if readers is None else readers
    found = addressed(content, sender, receiver, *known)
    if isinstance(found, Unfit):
        return found
    message, document = found
    try:
        said = tuple(known[message](document))
    except UnfitError as no:
        return Unfit(str(no))
    return said or Unfit("no transaction")


def addressed(
    content: bytes, sender: str, receiver: str, *messages: str
) -> tuple[str, etree._Element] | Unfit:
    """Which of `messages` it is, and its document, if `sender` wrote it to `receiver`. Never raises."""
    try:
        header, document = read_envelope(content, *messages)
    except Refused as no:
        return Unfit(f"{no.code} {no.facts.get('why', no.facts.get('message', ''))}".strip())
    if header is None:
        return Unfit("no header")
    if not is_same_agent(_party(header, "Fr"), sender):
        return Unfit("another sender")
    if not is_same_agent(_party(header, "To"), receiver):
        return Unfit("another receiver")
    return str(etree.QName(document).namespace).removeprefix(URN), document


def is_same_agent(one: str, other: str) -> bool:
    """Whether two names are of one agent: a BIC of eight letters is the head office's with ``XXX``."""
    return (
        bool(one) and (one + "XXX")[:11] == (other + "XXX")[:11]
        if len(one) in (8, 11)
        else one == other != ""
    )


class UnfitError(ValueError):
    """A message that its schema accepts and that still says nothing clear."""


def _party(header: etree._Element, side: str) -> str:
    at = f"{{*}}{side}/{{*}}FIId/{{*}}FinInstnId/"
    return text_at(header, f"{at}{{*}}BICFI") or text_at(header, f"{at}{{*}}ClrSysMmbId/{{*}}MmbId")


def text_at(parent: etree._Element, path: str) -> str:
    found = parent.find(path)
    return (found.text or "").strip() if found is not None else ""


def _uetr(transaction: etree._Element) -> str:
    uetr = text_at(transaction, "{*}OrgnlUETR")
    if not uetr:
        raise UnfitError("no UETR of the original")
    return uetr


def _statuses(document: etree._Element) -> Iterator[Said]:
    for one in document.iterfind("{*}FIToFIPmtStsRpt/{*}TxInfAndSts"):
        code, reason = text_at(one, "{*}TxSts"), text_at(one, "{*}StsRsnInf/{*}Rsn/{*}Cd")
        if not code and reason != NOT_KNOWN:
            raise UnfitError("no status")
        number = text_at(one, f"{{*}}SplmtryData/{{*}}Envlp/{{{PICK_UP}}}Nb")
        if number and not _NUMBER.fullmatch(number):
            raise UnfitError("the pick-up number")
        yield Status(_uetr(one), code, reason, number, text_at(one, "{*}AcctSvcrRef"))


def _returns(document: etree._Element) -> Iterator[Said]:
    of_message = text_at(document, "{*}PmtRtr/{*}GrpHdr/{*}MsgId")
    for one in document.iterfind("{*}PmtRtr/{*}TxInf"):
        reason = text_at(one, "{*}RtrRsnInf/{*}Rsn/{*}Cd") or text_at(one, "{*}RtrRsnInf/{*}Rsn/{*}Prtry")
        returned = amount_at(one, "{*}RtrdIntrBkSttlmAmt")
        yield Returned(_uetr(one), returned, reason, text_at(one, "{*}RtrId") or of_message)


def amount_at(transaction: etree._Element, path: str) -> Money:
    element = transaction.find(path)
    currency = element.get("Ccy", "") if element is not None else ""
    if currency not in CURRENCIES:
        raise UnfitError("a currency this program cannot reckon in")
    minor = Decimal(text_at(transaction, path)).scaleb(CURRENCIES[currency].minor_digits)
    if minor != minor.to_integral_value() or minor <= 0:
        raise UnfitError("a sum with too many decimals, or of nothing")
    try:
        return Money(int(minor), currency)
    except Refused:
        raise UnfitError("a sum beyond reckoning") from None


def _recall_answers(document: etree._Element) -> Iterator[Said]:
    end = text_at(document, "{*}RsltnOfInvstgtn/{*}Sts/{*}Conf")
    if end not in _RECALL_ENDS:
        raise UnfitError("an end of the recall that is not agreed on")
    for one in document.iterfind("{*}RsltnOfInvstgtn/{*}CxlDtls/{*}TxInfAndSts"):
        reason = text_at(one, "{*}CxlStsRsnInf/{*}Rsn/{*}Cd") or text_at(
            one, "{*}CxlStsRsnInf/{*}Rsn/{*}Prtry"
        )
        yield RecallAnswer(_uetr(one), _RECALL_ENDS[end], reason)


READERS: Final[dict[str, Reader]] = {
    STATUS: _statuses,
    RETURNED: _returns,
    RECALL_ANSWER: _recall_answers,
}
