"""A partner's camt.053 or camt.054 as statements of ours: read by its schema, addressed to us.

What is credited is above zero, a reversal as it was booked (`RvslInd` beside it). The account is its IBAN or
the partner's own id; the running number is the electronic sequence number, else the legal one. A transaction
without a sum or a direction of its own is its entry's.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from azpost_desk.central.gateways.abroad import Unfit
from azpost_desk.central.gateways.iso20022 import opened, read_envelope
from azpost_desk.central.gateways.iso_messages import URN, is_same_agent
from azpost_desk.domain.abroad.statements import Entry, Share, Statement
from azpost_desk.domain.money import CURRENCIES
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from lxml import etree

STATEMENT: Final = "camt.053.001.08"
NOTICE: Final = "camt.054.001.08"
_REPORTS: Final = {STATEMENT: "BkToCstmrStmt/Stmt", NOTICE: "BkToCstmrDbtCdtNtfctn/Ntfctn"}
_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)


class _UnfitError(ValueError):
    """Valid by its schema, and still says nothing clear."""


def is_statement(content: bytes) -> bool:
    """Whether bytes call themselves a statement or a notice."""
    try:
        return opened(content)[0] in _REPORTS
    except Refused:
        return False


def read_statements(content: bytes, sender: str, receiver: str) -> tuple[Statement, ...] | Unfit:
    """What a message says that `sender` (BIC or member number) wrote to `receiver`. Never raises."""
    try:
        header, document = read_envelope(content, *_REPORTS)
    except Refused as no:
        return Unfit(f"{no.code} {no.facts.get('why', no.facts.get('message', ''))}".strip())
    if header is None:
        return Unfit("no header")
    for side, agent, why in (("Fr", sender, "another sender"), ("To", receiver, "another receiver")):
        named = _at(header, f"{side}/FIId/FinInstnId/BICFI")
        if not is_same_agent(named or _at(header, f"{side}/FIId/FinInstnId/ClrSysMmbId/MmbId"), agent):
            return Unfit(why)
    message = next(one for one in _REPORTS if document.tag.startswith(f"{{{URN}{one}}}"))
    try:
        found = document.iterfind(_path(_REPORTS[message]))
        return tuple(_statement(one, is_final=message == STATEMENT) for one in found)
    except (_UnfitError, ArithmeticError) as no:
        return Unfit(str(no) or "a sum")


def _statement(report: etree._Element, *, is_final: bool) -> Statement:
    currency = _at(report, "Acct/Ccy") or next(
        (one.get("Ccy", "") for one in report.iterfind(_path("Bal/Amt"))), ""
    )
    number = _at(report, "ElctrncSeqNb") or _at(report, "LglSeqNb") or "0"
    if is_final and number == "0":
        raise _UnfitError("no running number")
    if not Decimal(number) == int(Decimal(number)) >= 0:
        raise _UnfitError("no whole running number")
    if currency not in CURRENCIES:
        raise _UnfitError("a currency this program cannot reckon in")
    opening, closing = ("", 0), ("", 0)
    if is_final:
        opening, closing = _balance(report, _OPENING, currency), _balance(report, _CLOSING, currency)
    return Statement(
        account=_at(report, "Acct/Id/IBAN") or _at(report, "Acct/Id/Othr/Id"),
        id=_at(report, "Id"),
        number=int(Decimal(number)),
        currency=currency,
        is_final=is_final,
        entries=tuple(_entry(one, currency) for one in report.iterfind(_path("Ntry"))),
        opening=opening[1],
        closing=closing[1],
        until=closing[0],
    )


def _balance(report: etree._Element, codes: tuple[str, ...], currency: str) -> tuple[str, int]:
    """(its ISO date, its sum); more than one of a sort says nothing clear."""
    found = [one for one in report.iterfind(_path("Bal")) if _at(one, "Tp/CdOrPrtry/Cd") in codes]
    if len(found) != 1:
        raise _UnfitError(f"no single balance {codes[0]}")
    on = _at(found[0], "Dt/Dt") or _at(found[0], "Dt/DtTm")[:10]
    return on, _minor(found[0], currency, _at(found[0], "CdtDbtInd"))


def _entry(entry: etree._Element, currency: str) -> Entry:
    side = _at(entry, "CdtDbtInd")
    return Entry(
        minor=_minor(entry, currency, side),
        reference=_at(entry, "AcctSvcrRef"),
        booked_on=_at(entry, "BookgDt/Dt") or _at(entry, "BookgDt/DtTm")[:10],
        is_booked=_at(entry, "Sts/Cd") == "BOOK",
        is_reversal=_at(entry, "RvslInd") in ("true", "1"),
        shares=tuple(_share(one, currency, side) for one in entry.iterfind(_path("NtryDtls/TxDtls"))),
    )


def _share(details: etree._Element, currency: str, side: str) -> Share:
    has_sum = details.find(_path("Amt")) is not None
    own = _at(details, "CdtDbtInd") or side
    return Share(
        minor=_minor(details, currency, own) if has_sum else 0,
        uetr=_at(details, "Refs/UETR"),
        end_to_end=_at(details, "Refs/EndToEndId"),
        instruction=_at(details, "Refs/InstrId"),
    )


def _minor(parent: etree._Element, currency: str, side: str) -> int:
    amount = parent.find(_path("Amt"))
    if amount is None or amount.get("Ccy") != currency:
        raise _UnfitError("a sum in another currency")
    minor = Decimal((amount.text or "").strip()).scaleb(CURRENCIES[currency].minor_digits)
    if minor != minor.to_integral_value():
        raise _UnfitError("a sum with too many decimals")
    return int(minor) if side == "CRDT" else -int(minor)


def _path(path: str) -> str:
    return "/".join(f"{{*}}{one}" for one in path.split("/"))


def _at(parent: etree._Element, path: str) -> str:
    found = parent.find(_path(path))
    return (found.text or "").strip() if found is not None else ""
