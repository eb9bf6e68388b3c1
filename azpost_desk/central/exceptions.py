"""The exceptions list: records that are in custody but need a person before they have effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central.news import tell
from azpost_desk.protocol.news import OnExceptionsList

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection

# Why a record waits, and whose task it is; the sentence is `central.exception.<reason>`.
OWNERS: Final = {
    "unknown_kind": "software",
    "bad_header": "software",
    "bad_body": "software",
    "wrong_place": "software",
    "wrong_postings": "software",
    "no_posting_rule": "software",
    "not_brought_forward": "software",
    "no_actor": "software",
    "no_parties": "operations",
    "no_account": "operations",
    "strange_attachment": "operations",
    "transfer_known": "operations",
    "transfer_elsewhere": "operations",
    "remittance_differs": "operations",
    "strange_slip": "security",
    "slip_differs": "security",
    "strange_approval": "security",
    "responses_locked": "security",
    "bag_differs": "operations",
    "forked": "security",
    "key_revoked": "security",
    "bad_rotation": "security",
    "doubt_contradicted": "finance",
    "paid_in_doubt": "finance",
    "centre_kind": "security",
    "strange_code": "security",
    "strange_grant": "security",
    "code_guessing": "security",
    "older_than_acknowledgement": "security",
    "beyond_allowance": "compliance",
    "ended_chain": "compliance",
    "too_late": "compliance",
    "under_review": "compliance",
    "over_limit": "compliance",
    "erased_early": "compliance",
    "erased_elsewhere": "security",
    "unsound": "finance",
    "repeated_operation": "finance",
    "reversed_without_grant": "finance",
    "payout_reversed": "finance",
    "refund_reversed": "finance",
    "refund_unasked": "finance",
    "grant_not_held": "finance",
    "grant_ended": "finance",
    "grant_for_other": "finance",
    "payment_sent": "finance",
    "strange_correction": "finance",
    "biller_conflict": "finance",
    "biller_wrong_number": "finance",
    "biller_wrong_sum": "finance",
    "biller_wrong_account": "finance",
    "biller_key_over": "finance",
    "biller_silent": "finance",
    "biller_unproven": "finance",
    "biller_refuses_all": "operations",
    "notice_refund": "finance",
    "notice_number_twice": "finance",
    "biller_late_yes": "finance",
    "register_lacks": "finance",
    "register_dropped": "finance",
    "register_unknown": "finance",
    "register_twice": "finance",
    "register_other_day": "finance",
    "register_other_sum": "finance",
    "register_other_account": "finance",
    "register_unsent": "finance",
    "register_returned": "finance",
    "strange_quote": "security",
    "quote_used": "security",
    "quote_expired": "operations",
    "abroad_unfit": "compliance",
    "abroad_refused": "finance",
    "abroad_disputed": "finance",
    "abroad_claimed": "finance",
    "abroad_changed": "operations",
    "abroad_returned_otherwise": "finance",
    "incoming_unpayable": "operations",
    "incoming_incomplete": "compliance",
    "incoming_twin": "operations",
    "incoming_differs": "security",
    "incoming_promise": "finance",
    "incoming_recalled": "operations",
    "incoming_refused_back": "finance",
    "incoming_late": "finance",
    "partner_turned_us_away": "finance",
    "partner_refuses_all": "operations",
    "partner_silent": "operations",
    "partner_lacks_it": "operations",
    "partner_code": "software",
    "partner_word": "operations",
    "partner_statement": "finance",
    "partner_suspense": "finance",
    "partner_disputed": "finance",
    "abroad_enquiry": "operations",
    "message_failed": "operations",
    "qr_unpaid": "finance",
    "qr_in_doubt": "finance",
    "qr_back_refused": "finance",
    "qr_other_request": "security",
    "rail_word": "finance",
    "item_contradiction": "operations",
    "item_code_guessed": "security",
    "item_order_overtaken": "operations",
    "item_charge": "finance",
    "item_unpaid": "finance",
    "item_elsewhere": "security",
    "item_flooded": "security",
    "item_number": "security",
    "mail_bag_elsewhere": "security",
    "mail_bag_strange": "security",
    "mail_bag_contradiction": "operations",
    "mail_bag_overdue": "operations",
    "mail_bag_missing": "operations",
    "mail_bag_surplus": "operations",
    "item_declared_strange": "security",
    "item_declared_twice": "operations",
    "item_declared_early": "operations",
    "irregularity": "operations",
    "irregularity_strange": "security",
    "item_lost": "operations",
}


ABOUT_CHARACTERS_MAX: Final = 200


def list_exception(
    conn: Connection, desk: str, epoch: int, sequence: int, reason: str, now_ms: int, about: str = ""
) -> None:
    """Put a record on the list, with its owner, and tell the desk; a second time changes nothing.

    `about` comes from the record: whatever it holds, the list takes as much of it as a person reads.
    """
    about = about.replace("\0", "\ufffd")[:ABOUT_CHARACTERS_MAX]
    listed = conn.execute(
        "insert into exceptions (desk, epoch, sequence, reason, about, owner, made_ms)"
        " values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing returning exception",
        (desk, epoch, sequence, reason, about, OWNERS[reason], now_ms),
    ).fetchone()
    if listed:
        tell(conn, OnExceptionsList(epoch=epoch, sequence=sequence, reason=reason), [desk], now_ms)


def list_task(
    conn: Connection, place: tuple[str, int, int], reason: str, about: str, due: str, now_ms: int
) -> None:
    """Put a task with its term (ISO date) on the list, or put it there again: the term is the new one.

    The desk is told nothing: its record was taken, and what it asked for is answered by news of its own.
    """
    conn.execute(
        "insert into exceptions (desk, epoch, sequence, reason, about, owner, made_ms, due)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s)"
        " on conflict (desk, epoch, sequence, reason, about) do update set due = excluded.due, ended_ms = 0",
        (*place, reason, about, OWNERS[reason], now_ms, due),
    )


def end_task(conn: Connection, desk: str, reason: str, about: str, now_ms: int) -> None:
    """A task is done."""
    conn.execute(
        "update exceptions set ended_ms = %s where desk = %s and reason = %s and about = %s and ended_ms = 0",
        (now_ms, desk, reason, about),
    )


def end_exact(conn: Connection, place: tuple[str, int, int], reason: str, about: str, now_ms: int) -> None:
    """The task about the record at this place is done."""
    conn.execute(
        "update exceptions set ended_ms = %s where desk = %s and epoch = %s and sequence = %s and reason = %s"
        " and about = %s and ended_ms = 0",
        (now_ms, *place, reason, about),
    )
