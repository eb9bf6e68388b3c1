"""Requests for money by code: takes a desk's question, has the rail do what it needs, tells how it stands.

The row is committed before the rail hears of it, and what the rail said is committed before the desk does.
Each question may come again, from a desk that heard nothing: the same values reach the rail under one id.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from azpost_desk.central.exceptions import list_exception
from azpost_desk.central.gateways.abroad import Silent
from azpost_desk.central.gateways.instant import PayRequest, Refused, Registered, Stands
from azpost_desk.central.instant import things
from azpost_desk.domain.money import azn
from azpost_desk.domain.moves import move
from azpost_desk.domain.qr import QAPIK_MAX
from azpost_desk.domain.qr_moves import AT_RAIL, REQUEST
from azpost_desk.protocol.instant import QrTold
from azpost_desk.protocol.messages import Signed

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.gateways.instant import Rail
    from azpost_desk.central.gateways.parties import Party
    from azpost_desk.central.instant.things import Request
    from azpost_desk.central.keys import CentreKeys
    from azpost_desk.central.storage.database import Connection, Database
    from azpost_desk.domain.days import Clock
    from azpost_desk.protocol.instant import QrAsk

    Asked = Callable[[Rail], Registered | Refused | Stands | Silent]

NO_RAIL: Final = "X-131"
OTHER_REQUEST: Final = "X-132"
NEVER_ASKED: Final = "never_asked"
_NOT_AT_RAIL: Final = ("asked", "unknown")
# A desk that shows a code looks every second and a half; one that has not looked so long is gone.
_OLD_MS: Final = 60_000


async def answer(
    database: Database,
    keys: CentreKeys,
    clock: Clock,
    rail: Party[Rail] | None,
    chain: tuple[str, int],
    question: QrAsk,
) -> QrTold:
    """Bring a request forward by what a desk (`chain`: id, epoch) asks, and say how it stands."""

    def begin() -> Request | QrTold | None:
        with database.transaction() as conn:
            return _begun(conn, keys, chain, question, clock.utc_ms(), has_rail=rail is not None)

    known = await asyncio.to_thread(begin)
    if known is None or isinstance(known, QrTold):
        return known or QrTold(now_ms=clock.utc_ms())
    ask = _needed(known)
    if ask is None:
        return _told(known, clock.utc_ms())
    if rail is None:
        return QrTold(refused=NO_RAIL)
    said = await rail.ask(ask, Silent("timeout"))

    def end() -> QrTold:
        with database.transaction() as conn:
            return _told(heard(conn, known.request, said, clock.utc_ms()), clock.utc_ms())

    return await asyncio.to_thread(end)


def _begun(
    conn: Connection,
    keys: CentreKeys,
    chain: tuple[str, int],
    question: QrAsk,
    now_ms: int,
    *,
    has_rail: bool,
) -> Request | QrTold | None:
    """The request as the question leaves it; None for one that nobody asked for."""
    if not 0 < question.amount_qapik <= QAPIK_MAX:
        return QrTold(refused=OTHER_REQUEST)
    asked = things.Asked(
        question.request,
        *chain,
        question.basket,
        question.tender,
        question.digest,
        question.amount_qapik,
    )
    until_ms = things.until_ms(conn, now_ms) if has_rail else now_ms
    if question.act == "ask" and until_ms > now_ms:
        things.make(conn, asked, move(REQUEST, "", "asked"), "", until_ms, now_ms)
    elif question.act in ("ask", "close"):
        # No codes here, or closed before anybody asked for it: the rail is never told of it at all.
        closed = move(REQUEST, move(REQUEST, "", "asked"), "refused")
        why = NO_RAIL if question.act == "ask" else NEVER_ASKED
        things.make(conn, asked, closed, why, now_ms, now_ms)
    known = things.lock(conn, "request = %s", question.request)
    if known is None:
        return QrTold(refused=OTHER_REQUEST) if question.act == "ask" else None
    if asked != things.Asked(*(getattr(known, name) for name in things.Asked.__dataclass_fields__)):
        list_exception(conn, *chain, 0, "qr_other_request", now_ms, question.request)
        return QrTold(refused=OTHER_REQUEST)
    if question.act == "close":
        return things.move(conn, known, "close_asked", now_ms)
    if question.act == "take" and known.state == "late":
        return things.confirm(conn, keys, known, "taken", now_ms)
    if now_ms < known.until_ms:
        return known
    # Its time is over: what the rail may have of it is closed there.
    event = "expired" if known.state == "shown" else "close_asked" if known.state in _NOT_AT_RAIL else ""
    return things.move(conn, known, event, now_ms, reason="expired")


def _needed(known: Request) -> Asked | None:
    """What the rail has to be asked for this request to come forward."""
    if known.state in _NOT_AT_RAIL:
        wanted = PayRequest(known.rail_id, azn(known.amount), known.until_ms)
        return lambda rail: rail.register(wanted)
    if known.state == "closing":
        return lambda rail: rail.close(known.rail_id)
    return None


def take_old(conn: Connection, now_ms: int) -> Request | None:
    """A request whose time was over a while ago and that nobody has closed; it is being closed from now on.

    Tried again after as long; what the rail says is paid waits for its credit.
    """
    known = things.lock(
        conn,
        "request = (select request from qr_requests where state = any(%s) and until_ms <= %s"
        " and changed_ms <= %s order by changed_ms limit 1 for update skip locked)",
        list(AT_RAIL),
        now_ms - _OLD_MS,
        now_ms - _OLD_MS,
    )
    if known is None:
        return None
    event = "expired" if known.state == "shown" else "close_asked"
    # Noted also where it is being closed already: the next try is a while away.
    conn.execute("update qr_requests set changed_ms = %s where request = %s", (now_ms, known.request))
    return things.move(conn, known, event, now_ms, reason=known.reason or "expired")


def heard(
    conn: Connection, request: str, said: Registered | Refused | Stands | Silent, now_ms: int
) -> Request:
    """The request after the rail's word.

    Raises:
        LookupError: there is no such request.
    """
    known = things.lock(conn, "request = %s", request)
    if known is None:
        raise LookupError(request)
    match said:
        case Registered(code=code):
            return things.move(conn, known, "registered", now_ms, code=code)
        case Refused(reason=reason):
            return things.move(conn, known, "refused", now_ms, reason=reason)
        case Silent():
            return things.move(conn, known, "silent", now_ms)
        case Stands(standing="declined", reason=reason):
            return things.move(conn, known, "declined", now_ms, reason=reason)
        case Stands(standing="closed" | "unknown"):
            # What the rail has never heard of had no code that anybody was shown.
            return things.move(conn, known, "closed", now_ms)
        case Stands():
            # Somebody was quicker: the credit itself says so, whole.
            return known


def _told(known: Request, now_ms: int) -> QrTold:
    is_paid = known.state in ("paid", "settled")
    never = known.state == "closed" and known.reason == NO_RAIL
    return QrTold(
        state=known.state,
        code=known.code if known.state == "shown" else "",
        until_ms=known.until_ms,
        now_ms=now_ms,
        paid=Signed(words=known.words, signature=known.signature) if is_paid else None,
        reason=known.reason,
        refused=NO_RAIL if never else "",
    )
