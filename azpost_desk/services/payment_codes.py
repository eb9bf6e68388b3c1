"""Payment codes (AZQR) at the counter: takes a scanned code, gives the bill that it is, or what it says.

A code only proposes: the biller's own check decides what is owed and on which account (MC-15).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain.azqr import Azqr, read_azqr
from azpost_desk.domain.catalogue import Biller, Billers, name_in
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.views import Found

if TYPE_CHECKING:
    from azpost_desk.services.ports import Reading


def found_code(books: Reading, payload: str, language: str, now_ms: int) -> Found:
    """What a code opens: the bill of a biller of the day, else the code itself."""
    try:
        code = read_azqr(payload)
    except Refused:
        # It came whole and cannot be paid: which rule it breaks is said when it is opened.
        return Found("azqr", payload, "AZQR", "")
    date = books.day().date
    bill = _bill(code, books.document(Billers, date)) if date else None
    if bill is None:
        return Found("azqr", payload, code.payee or "AZQR", code.reference)
    biller, account = bill
    told = None if code.amount_qapik is None or code.is_over(now_ms) else azn(code.amount_qapik)
    name = name_in(biller.names, language)
    return Found("bill", f"{biller.biller}:{account}", name, account, told=told)


def opened(payload: str, now_ms: int) -> Azqr:
    """What a code says.

    Raises:
        Refused: Q-001 to Q-010 a rule that it breaks; Q-011 its time is over.
    """
    code = read_azqr(payload)
    if code.is_over(now_ms):
        raise Refused("Q-011", payee=code.payee or "AZQR", until_ms=code.expires_ms)
    return code


def _bill(code: Azqr, billers: Billers) -> tuple[Biller, str] | None:
    """Biller and account of a code. What is paid to a state portal is looked for there, never taken from a
    code.
    """
    billing = code.billing
    if billing is None:
        return None
    for one in billers.billers:
        if one.azqr == billing.organisation and one.notices is None:
            accounts = (billing.payer, billing.invoice)
            fits = [text for text in accounts if one.is_account(text)]
            return (one, fits[0]) if fits else None
    return None
