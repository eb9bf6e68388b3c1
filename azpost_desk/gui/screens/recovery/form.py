"""What the recovery screen decides: which acts a step has, who may, and doing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.staff import Permission
from azpost_desk.services.views import Found

if TYPE_CHECKING:
    from azpost_desk.services.counter import Officer
    from azpost_desk.services.desk import DeskServices
    from azpost_desk.services.recovery import Unfinished
    from azpost_desk.services.views import Basket

REFUND: Final = "refund"
ASK_AGAIN: Final = "ask_again"
RELEASE: Final = "release"
KEEP: Final = "keep"
PRINT: Final = "print"
ACCEPT: Final = "accept"
DECLINE: Final = "decline"
REPORT: Final = "report"
COUNT_IN: Final = "count_in"
ASK_CARD: Final = "ask_card"
BACK_CARD: Final = "back_card"
LOOK_QR: Final = "look_qr"
CLOSE_QR: Final = "close_qr"
BACK_QR: Final = "back_qr"

# (the main act, the other one) of each sort; a bill on its way can only be asked about.
_ACTS: Final[dict[str, tuple[str, str]]] = {
    "refund": (REFUND, ""),
    "request": (ASK_AGAIN, ""),
    "grant": ("", RELEASE),
    "question": (RELEASE, KEEP),
    "paper": (PRINT, ""),
    "proposal": (ACCEPT, DECLINE),
    "centre_grant": (REPORT, ""),
    "remittance": (COUNT_IN, ""),
}
_PERMISSIONS: Final = {
    REFUND: Permission.SELL,
    ASK_AGAIN: Permission.SELL,
    RELEASE: Permission.SELL,
    KEEP: Permission.SELL,
    PRINT: Permission.SELL,
    ACCEPT: Permission.CLOSE_DAY,
    DECLINE: Permission.CLOSE_DAY,
    REPORT: Permission.SELL,
    COUNT_IN: Permission.HOLD_TILL,
    ASK_CARD: Permission.SELL,
    BACK_CARD: Permission.SELL,
    LOOK_QR: Permission.SELL,
    CLOSE_QR: Permission.SELL,
    BACK_QR: Permission.SELL,
}
# Which screen shows the record of a step, by the kind of what is opened there.
PLACES: Final = {"receipt": "history", "payout": "transfers", "transfer": "transfers"}
# Acts that ask the centre and may take as long as the line does.
SLOW: Final = frozenset({ASK_AGAIN, ASK_CARD, BACK_CARD, LOOK_QR, CLOSE_QR})
# What is in force after an act; other screens read again.
CHANGES: Final = ("basket", "till", "journal", "payments", "transfers", "paper", "news")


def acts_of(one: Unfinished) -> tuple[str, str]:
    """(main act, other act), "" where there is none."""
    if one.state == "card_returned":
        return ("", "")
    if one.sort == "card":
        # What is not known is asked for; what is known to be approved may go back to its card.
        is_known = one.state in ("card_approved", "card_reversing")
        return ("", BACK_CARD) if is_known else (ASK_CARD, "")
    if one.sort == "qr":
        # What was paid is finished from the tray; here it can only go back.
        return (LOOK_QR, CLOSE_QR) if one.state == "qr_asked" else ("", BACK_QR)
    return _ACTS.get(one.sort, ("", ""))


def permission_of(act: str) -> Permission:
    """Who may do it."""
    return _PERMISSIONS[act]


def do(desk: DeskServices, by: Officer, act: str, one: Unfinished) -> Basket | None:
    """Do an act that needs nothing more to be said; the basket, when a line went into it.

    Raises:
        Refused, Trouble: as the use case behind the act says.
    """
    match act:
        case "refund":
            return desk.payments.refund(one.thing, by)
        case "ask_again":
            desk.transfers.ask_again(one.thing, by)
        case "ask_card":
            desk.cards.ask_again(by, one.thing)
        case "back_card":
            desk.cards.give_back(by, one.thing, "recovery")
        case "look_qr" | "close_qr" | "back_qr":
            _do_code(desk, by, act, one.thing)
        case "release":
            desk.transfers.release(one.thing, by, "recovery")
        case "accept":
            desk.corrections.accept(by, one.thing)
        case "report":
            desk.recovery.report_unknown_grant(by, one.thing)
        case "print":
            for job in desk.papers.waiting():
                if str(job.job) == one.thing and job.state != "waiting":
                    desk.papers.retry(job, by)
        case _:
            raise ValueError(act)
    return None


def _do_code(desk: DeskServices, by: Officer, act: str, request: str) -> None:
    """Money by code: nothing is settled from here, however well it was paid (its panel is not open)."""
    if act == LOOK_QR:
        desk.qr.look(request)
    elif act == CLOSE_QR:
        desk.qr.close(request)
    else:
        desk.qr.give_up(by, request, "recovery")


def found(one: Unfinished) -> Found | None:
    """What the frame opens for a step; None when it has no record of its own."""
    kind, key = one.opens
    return Found(kind, key, one.about, "") if kind and key else None


def days_old(since_ms: int, now_ms: int) -> tuple[str, int]:
    """(unit, number) of an age: minutes under an hour, hours under two days, else days."""
    minutes = max(0, now_ms - since_ms) // 60_000
    if minutes < 60:
        return "minutes", minutes
    if minutes < 48 * 60:
        return "hours", minutes // 60
    return "days", minutes // (24 * 60)
