"""What the payment market asks of a message beyond its schema: rules by kind of message, as named sets.

Addresses: since 14 November 2026 town and country stand in elements of their own, beside at most two free
lines, which repeat neither; an agent may be its BIC alone; account statements are left out. Sources:
the market practice guides for cross-border payments (facts: next.md C2), ISO 4217, ISO 3166.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from azpost_desk.central.gateways.iso20022 import local_name, opened
from azpost_desk.domain.item_numbers import COUNTRIES
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml import etree

    Rule = Callable[["_Message"], bool]

RULES_2026: Final = "2026"
# At home: names keep their own letters, and go back as the rail itself wrote them.
RULES_INSTANT: Final = "instant 2026"

# ISO 4217 as in force, by decimals; metals, funds and test codes are nothing that is paid.
_BY_DECIMALS: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    2: "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY "
    "COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
    "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR "
    "MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG "
    "SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES "
    "WST XCD XCG YER ZAR ZMW ZWG",
}
DECIMALS: Final = {code: digits for digits, codes in _BY_DECIMALS.items() for code in codes.split()}

_STATEMENTS: Final = ("camt.052", "camt.053", "camt.054", "camt.060")
_KINDS: Final = (
    *("pacs.002", "pacs.004", "pacs.008", "pacs.009", "pacs.028"),
    *("pain.001", "pain.002", "camt.029", "camt.056"),
)
# One transaction of a message, and where its UETR stands.
_TRANSACTIONS: Final = {
    "pacs.008": ("CdtTrfTxInf", "{*}PmtId/{*}UETR"),
    "pacs.009": ("CdtTrfTxInf", "{*}PmtId/{*}UETR"),
    "pacs.002": ("TxInfAndSts", "{*}OrgnlUETR"),
    "pacs.004": ("TxInf", "{*}OrgnlUETR"),
    "pacs.028": ("TxInf", "{*}OrgnlUETR"),
    "camt.029": ("TxInfAndSts", "{*}OrgnlUETR"),
    "camt.056": ("TxInf", "{*}OrgnlUETR"),
    "pain.001": ("CdtTrfTxInf", ""),
}
_AMOUNTS: Final = {
    "pacs.008": "{*}IntrBkSttlmAmt",
    "pacs.009": "{*}IntrBkSttlmAmt",
    "pacs.004": "{*}RtrdIntrBkSttlmAmt",
    "camt.056": "{*}OrgnlIntrBkSttlmAmt",
    "pain.001": "{*}Amt/*",
}
_LINES_MAX, _LINE_CHARACTERS_MAX = 2, 70
_COUNTRY_ELEMENTS: Final = frozenset({"Ctry", "CtryOfRes", "CtryOfBirth"})
_NOT_SENT: Final = re.compile(r"[^ -~\r\n\t]")
_WORDS: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Message:
    kind: str
    parts: tuple[etree._Element, ...]

    @property
    def document(self) -> etree._Element:
        return self.parts[-1]

    def elements(self) -> Iterator[etree._Element]:
        """Every element, header first."""
        for part in self.parts:
            yield from part.iter("{*}*")

    def transactions(self) -> list[etree._Element]:
        name = _TRANSACTIONS.get(self.kind, ("", ""))[0]
        return list(self.document.iter(f"{{*}}{name}")) if name else []

    def addresses(self) -> Iterator[etree._Element]:
        yield from self.document.iter("{*}PstlAdr")


def broken_rules(content: bytes, rules: str = RULES_2026) -> tuple[str, ...]:
    """The ids of the rules of a set that a message breaks, in the set's order; () for what is no message.

    Raises:
        KeyError: no such set.
    """
    of_set = RULE_SETS[rules]
    try:
        message, header, document = opened(content)
    except Refused:
        return ()
    kind = message[:8]
    whole = _Message(kind, (document,) if header is None else (header, document))
    return tuple(name for name, kinds, rule in of_set if kind in kinds and rule(whole))


def _texts(parent: etree._Element, name: str) -> list[str]:
    return [(one.text or "").strip() for one in parent.iterfind(f"{{*}}{name}")]


def _lacks(name: str) -> Rule:
    return lambda message: any(not any(_texts(one, name)) for one in message.addresses())


def _has_many_lines(message: _Message) -> bool:
    return any(len(_texts(one, "AdrLine")) > _LINES_MAX for one in message.addresses())


def _has_long_line(message: _Message) -> bool:
    return any(
        len(line) > _LINE_CHARACTERS_MAX for one in message.addresses() for line in _texts(one, "AdrLine")
    )


def _repeats(message: _Message) -> bool:
    """Town or country in a free line too; a country's two letters only where a country stands, at the end."""
    for address in message.addresses():
        towns = [_words(town) for town in _texts(address, "TwnNm")]
        countries = {country for country in _texts(address, "Ctry") if country}
        for line in _texts(address, "AdrLine"):
            words = _words(line)
            if any(town and _holds(words, town) for town in towns):
                return True
            if countries & set(_WORDS.findall(line)[-1:]):
                return True
    return False


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORDS.findall(text)]


def _holds(words: list[str], sought: list[str]) -> bool:
    return any(words[start : start + len(sought)] == sought for start in range(len(words)))


def _has_other_letters(message: _Message) -> bool:
    return any(_NOT_SENT.search(one.text or "") for one in message.elements())


def _lacks_uetr(message: _Message) -> bool:
    path = _TRANSACTIONS[message.kind][1]
    return any(not (one.findtext(path) or "").strip() for one in message.transactions())


def _has_unknown_currency(message: _Message) -> bool:
    named = [one.get("Ccy") for one in message.elements() if one.get("Ccy") is not None]
    named += [(one.text or "").strip() for one in message.document.iter("{*}Ccy")]
    return any(code not in DECIMALS for code in named)


def _has_other_decimals(message: _Message) -> bool:
    for one in message.elements():
        digits = DECIMALS.get(one.get("Ccy", ""))
        if digits is not None and len((one.text or "").strip().partition(".")[2]) > digits:
            return True
    return False


def _has_unknown_country(message: _Message) -> bool:
    return any(
        local_name(one) in _COUNTRY_ELEMENTS and (one.text or "").strip() not in COUNTRIES
        for one in message.elements()
    )


def _groups(message: _Message) -> Iterator[tuple[etree._Element, list[etree._Element]]]:
    """Each element that counts transactions, with those it counts: the message's, or those of its part."""
    transactions = message.transactions()
    for name in ("GrpHdr", "CtrlData"):
        for group in message.document.iter(f"{{*}}{name}"):
            yield group, transactions
    for part in message.document.iter("{*}PmtInf"):
        yield part, [one for one in transactions if one.getparent() is part]


def _miscounts(message: _Message) -> bool:
    return any(
        said != str(len(counted)) for group, counted in _groups(message) for said in _texts(group, "NbOfTxs")
    )


def _misadds(message: _Message) -> bool:
    path = _AMOUNTS[message.kind]
    return any(
        _decimal(said) != sum((_decimal(one.findtext(path) or "") for one in counted), Decimal())
        for group, counted in _groups(message)
        for said in _texts(group, "CtrlSum")
    )


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        return Decimal("NaN")


def _has_blank_name(message: _Message) -> bool:
    """A name that says nothing, or a payer or payee who is not named at all."""
    if any(not any(map(str.isalnum, one.text or "")) for one in message.document.iter("{*}Nm")):
        return True
    return any(
        one.find(f"{{*}}{party}") is not None and not one.findtext(f"{{*}}{party}/{{*}}Nm")
        for one in message.transactions()
        for party in ("Dbtr", "Cdtr")
        if message.kind == "pacs.008"
    )


_EVERY: Final = frozenset(_KINDS + _STATEMENTS)
_ADDRESSED: Final = frozenset(_KINDS)
# A set is never changed once a partner has agreed to it: a new one gets a new name.
RULE_SETS: Final[dict[str, tuple[tuple[str, frozenset[str], Rule], ...]]] = {
    RULES_2026: (
        ("address.town", _ADDRESSED, _lacks("TwnNm")),
        ("address.country", _ADDRESSED, _lacks("Ctry")),
        ("address.lines", _ADDRESSED, _has_many_lines),
        ("address.line_length", _ADDRESSED, _has_long_line),
        ("address.repeated", _ADDRESSED, _repeats),
        ("characters", _EVERY, _has_other_letters),
        ("uetr", frozenset(kind for kind, (_, path) in _TRANSACTIONS.items() if path), _lacks_uetr),
        ("currency", _EVERY, _has_unknown_currency),
        ("amount.decimals", _EVERY, _has_other_decimals),
        ("country", _EVERY, _has_unknown_country),
        ("transactions", frozenset(_AMOUNTS), _miscounts),
        ("control_sum", frozenset(_AMOUNTS), _misadds),
        ("name", _EVERY, _has_blank_name),
    )
}
_ABROAD_ALONE: Final = frozenset({"characters", "uetr", "name"})
RULE_SETS[RULES_INSTANT] = tuple(rule for rule in RULE_SETS[RULES_2026] if rule[0] not in _ABROAD_ALONE)
