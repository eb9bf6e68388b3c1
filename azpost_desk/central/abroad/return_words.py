"""What a partner says of money that goes back to it: taken back, refused, never arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.central.abroad import arriving, booking, funds
from azpost_desk.domain import operations as ops
from azpost_desk.domain.abroad.corridors import KNOWN_THERE
from azpost_desk.domain.abroad.moves import RETURNING

if TYPE_CHECKING:
    from azpost_desk.central.abroad.arriving import In
    from azpost_desk.central.gateways.abroad import Status
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.abroad import corridors


def status(conn: Connection, agreed: corridors.Partner, found: In, said: Status, now_ms: int) -> bool:
    """What the partner says of a return (or of what it sent: that moves nothing).

    False when the return has not left yet: our own commit of it may come after the word (M0-4).
    """
    if found.state not in RETURNING:
        return found.state != "unpayable"
    if not said.code:
        _absent(conn, agreed, found, now_ms)
        return True
    word = agreed.words.get(said.code, "")
    if word in ("settled", "received"):
        settled(conn, found, now_ms)
    elif word == "refused" and agreed.refusals.get(said.reason, "") != KNOWN_THERE:
        arriving.move(conn, found, "refused", now_ms, reason=said.reason, task="incoming_refused_back")
    return True


def _absent(conn: Connection, agreed: corridors.Partner, found: In, now_ms: int) -> None:
    """It never arrived, the partner says: it leaves again as it was, where that is safe (MA-6)."""
    if found.state != "return_unknown":
        return
    if not agreed.knows_duplicates:
        arriving.case(conn, found, "partner_lacks_it", now_ms)
        look_again(conn, found.transfer, None)
        return
    arriving.move(conn, found, "absent_there", now_ms)
    conn.execute(
        "update abroad_in set attempts = 0, next_ms = %s where transfer = %s", (now_ms, found.transfer)
    )


def settled(conn: Connection, found: In, now_ms: int) -> None:
    """The partner has it back, by its word or by its statement, whichever comes first."""
    arriving.move(conn, found, "settled", now_ms)
    back = ops.IncomingReturned(
        transfer=found.transfer,
        partner=found.partner,
        currency=found.currency,
        returned_minor=found.amount,
    )
    booking.note(conn, back)
    funds.lock(conn, found.partner, found.currency)
    funds.add(conn, found.partner, found.currency, funded=-found.amount)
    look_again(conn, found.transfer, None)


def look_again(conn: Connection, transfer: str, at_ms: int | None) -> None:
    """A return is due again at a moment (UTC ms), or never."""
    conn.execute(
        "update abroad_in set next_ms = %s where transfer = %s and (%s::bigint is null or state = any(%s))",
        (at_ms, transfer, at_ms, ["unpayable", *RETURNING]),
    )
