"""What the transfer forms decide: where typed text belongs, which office is meant, what a command holds."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from azpost_desk.domain.abroad.corridors import pick_up_number
from azpost_desk.domain.digits import digits_of
from azpost_desk.domain.ids import unix_ms_of
from azpost_desk.domain.names import fold
from azpost_desk.domain.offices import offices_like
from azpost_desk.domain.quotes import DELIVERY, PLAIN, Quote, QuoteOptions
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.transfer_codes import check_transfer_code, require_transfer_code, shown_transfer_code
from azpost_desk.gui.kit.persons import person_of
from azpost_desk.services.incoming import ClaimIncoming
from azpost_desk.services.transfer_changes import OFFICE, RECEIVER, ChangeTransfer
from azpost_desk.services.transfers import ClaimTransfer, SendTransfer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from azpost_desk.domain.abroad.corridors import WayIn
    from azpost_desk.domain.catalogue import Offices
    from azpost_desk.domain.money import Money
    from azpost_desk.services.grants import Claimed, Unanswered
    from azpost_desk.services.views import Basket, Found, Transfer


def the_office(offices: Offices, typed: str) -> str | None:
    """The branch code of the one office meant, None for any office.

    Raises:
        Refused: T-003 no such office, or several are called like that.
    """
    if not typed.strip():
        return None
    found = offices_like(offices, typed)
    if len(found) != 1:
        raise Refused("T-003", field="office")
    return found[0].code


def send_command(
    values: Mapping[str, str],
    amount: Money | None,
    offices: Offices,
    wanted: QuoteOptions = PLAIN,
    quote: Quote | None = None,
) -> SendTransfer:
    """What the send form holds.

    Raises:
        Refused: T-001 no amount, T-003 no such office.
    """
    if amount is None:
        raise Refused("T-001", field="amount")
    receiver = person_of(values, "receiver")
    if DELIVERY in wanted.extras:
        receiver = replace(receiver, address=values.get("receiver.address", ""))
    return SendTransfer(
        sender=person_of(values, "sender"),
        receiver=receiver,
        amount=amount,
        purpose=values["purpose"],
        office=the_office(offices, values["office"]),
        wanted=wanted,
        quote=quote,
    )


def change_command(values: Mapping[str, str], transfer: str, offices: Offices) -> ChangeTransfer:
    """What the form of a change holds.

    Raises:
        Refused: T-003 no such office.
    """
    sort = values["sort"]
    return ChangeTransfer(
        transfer=transfer,
        sort=sort,
        sender=person_of(values, "sender"),
        receiver=person_of(values, "receiver") if sort == RECEIVER else None,
        office=the_office(offices, values["office"]) if sort == OFFICE else None,
    )


def claim_command(values: Mapping[str, str], amount: Money | None, source: str = "keys") -> ClaimTransfer:
    """What the receiver says.

    Raises:
        Refused: T-001 no amount.
    """
    if amount is None:
        raise Refused("T-001", field="amount")
    return ClaimTransfer(values["code"], amount, values["sender_name"], source)


def code_in(found: Found) -> str:
    """The transfer code an answer of the one box stands for: its key, or what it is called."""
    for text in (found.key, found.title):
        code = check_transfer_code(text).value
        if code:
            return code
    return ""


def asked_code(one: Unanswered) -> str:
    """The number a question was asked by: a transfer's code as it is printed, or that of a receipt."""
    return shown_number(one.code) or "—"


def shown_number(number: str) -> str:
    """What a receiver says, as it is shown: a code of ours 3-3-4, a partner's number as it is."""
    return shown_transfer_code(number) if check_transfer_code(number).value else number


HOME: Final = "home"


def origins_of(typed: str, ways: Iterable[WayIn]) -> dict[str, WayIn | None]:
    """Where a number may be from: `HOME` (None), or a way in by its id; two of them are asked about."""
    number = pick_up_number(typed)
    at_home: dict[str, WayIn | None] = {HOME: None} if check_transfer_code(typed).value else {}
    return at_home | {one.way: one for one in ways if number and one.fits(number)}


def require_number(typed: str, ways: Sequence[WayIn]) -> None:
    """Refuse with I-008 what is neither a code of ours nor a number of a partner."""
    if not origins_of(typed, ways):
        require_transfer_code(typed)


def incoming_command(
    way: WayIn, values: Mapping[str, str], amount: Money | None, source: str = "keys"
) -> ClaimIncoming:
    """What the receiver of money from abroad says.

    Raises:
        Refused: T-001 no amount.
    """
    if amount is None:
        raise Refused("T-001", field="amount")
    return ClaimIncoming(way.way, values["code"], amount, values["sender_name"], source)


def sent_ms_of(transfer: str) -> int:
    """When a transfer was sent (UTC ms): its id is made at that moment. 0 when the id does not tell."""
    try:
        made = uuid.UUID(transfer)
    except ValueError:
        return 0
    # What came from abroad is named by its partner's id and tells no time.
    return unix_ms_of(made) if made.version == 7 else 0


def not_planned(
    held: Iterable[Claimed], basket: Basket | None, parked: Iterable[Basket] = ()
) -> list[Claimed]:
    """The grants held here whose pay-out or refund stands in no basket yet, parked ones neither."""
    baskets = (*([basket] if basket else []), *parked)
    planned = {getattr(one.line, "grant", "") for one_basket in baskets for one in one_basket.lines}
    return [one for one in held if one.grant not in planned]


def sent_here(transfers: Iterable[Transfer], typed: str = "") -> list[Transfer]:
    """Transfers sent at this desk (not those held here by a grant) whose code or names match `typed`."""
    digits, key = digits_of(typed), fold(typed)
    return [
        one
        for one in transfers
        if one.receipt
        and one.sent_ms
        and (
            not key
            or (digits and one.code.startswith(digits))
            or (not digits and f" {key}" in f" {fold(one.receiver)} {fold(one.sender)}")
        )
    ]
