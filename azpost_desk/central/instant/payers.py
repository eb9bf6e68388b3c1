"""Payers by code when they are old: takes the term's moment, empties names, accounts and the rail's bytes.

Sums, references and what became of them stay: the books are explained by them. What has not ended keeps its
payer, for it still goes back to that account.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.storage.database import Connection

# In place of an account: nothing goes back there, and a message told again brings nothing of it back.
FORGOTTEN: Final = "erased"
_OLD: Final = """
    select qr_credits.reference, coalesce(desk, ''), coalesce(request, '')
    from qr_credits left join qr_requests using (rail_id)
    where received_ms < %(before)s and account not in ('', %(forgotten)s)
        and coalesce(state in ('settled', 'owed', 'closed') and changed_ms < %(before)s, true)
        and not exists (select from qr_backs where qr_backs.reference = qr_credits.reference
            and (qr_backs.state <> 'back' or qr_backs.changed_ms >= %(before)s))
        and not exists (select from exceptions where ended_ms = 0
            and about <> '' and about in (request, qr_credits.reference))
"""
# A message may speak of several payers: it stays while one of its age does.
_BYTES: Final = """
    update rail_messages set raw = '' where applied and raw <> '' and received_ms < %(before)s
        and not exists (select from qr_credits
            where received_ms < %(before)s and account not in ('', %(forgotten)s))
"""


def forget(conn: Connection, before_ms: int, is_held: Callable[[str, str], bool]) -> int:
    """Forget who paid what ended before a moment, but where a matter of its desk holds the request; how many
    payers.
    """
    values = {"before": before_ms, "forgotten": FORGOTTEN}
    due = [
        reference
        for reference, desk, request in conn.execute(_OLD, values).fetchall()
        if not (request and is_held(desk, request))
    ]
    conn.execute("update qr_credits set account = %s, payer = '' where reference = any(%s)", (FORGOTTEN, due))
    conn.execute("update qr_backs set document = null where reference = any(%s)", (due,))
    conn.execute(_BYTES, values)
    return len(due)
