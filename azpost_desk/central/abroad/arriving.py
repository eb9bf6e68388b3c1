"""One transfer that comes from abroad moves by one event, with what belongs to it: purchase, word, task.

Whatever brings the event (a partner's message, a desk's record, two people, a statement), its row is locked
first; what the table of moves does not know is kept and moves nothing (money-out.md, "States").
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central.abroad import booking, commissions, funds
from azpost_desk.central.exceptions import list_exception
from azpost_desk.domain import operations as ops
from azpost_desk.domain.abroad.corridors import IN
from azpost_desk.domain.abroad.moves import ABROAD_IN
from azpost_desk.domain.exchange import as_text, manat_for
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.people import Parties

if TYPE_CHECKING:
    from azpost_desk.central.abroad.agreements import Agreed
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.abroad.corridors import Partner, WayIn

TABLE: Final = "abroad_in"
# What is said of it to the partner (ISO 20022 status); a listed person's says no more than "pending".
SAYS: Final = {
    "available": "ACSP",
    "reserved": "ACSP",
    "in_doubt": "ACSP",
    "paid": "ACCC",
}
PENDING: Final = "PDNG"
# Bought for no grant: manat were promised to its sender, and it was accepted (MA-32).
PROMISED: Final = ""
# These count against the limit of what we pay before its money is there (MA-23).
UNFUNDED_IN: Final = ["available", "reserved", "in_doubt", "paid"]
_RECALLED: Final = ("asked",)
_PAID: Final = "paid"


@dataclass(frozen=True, slots=True)
class In:
    """A transfer from abroad, its row locked; `amount` in smallest units of `currency`, `promised` qəpik."""

    transfer: str
    partner: str
    way: str
    uetr: str
    told_by: str
    reference: str
    end_to_end: str
    number: str
    currency: str
    amount: int
    promised: int
    parties: bytes
    content: bytes
    message: int
    state: str
    state_ms: int
    received_ms: int
    funded: bool
    reason: str
    must_wait: bool
    listed: bool
    recall: str
    recall_case: str
    wrong_tries: int
    bought_for: str | None
    bought_qapik: int
    base_qapik: int
    rate_id: int
    ordinal: int
    document: bytes | None
    written_ms: int
    settles_on: str
    attempts: int
    unanswered: int
    asked: int
    ask_first: bool

    @property
    def sum(self) -> Money:
        """What came."""
        return Money(self.amount, self.currency)

    def people(self) -> Parties:
        """Who sends it to whom; the code is the number that the receiver says."""
        return msgspec.json.decode(self.parties, type=Parties)


@dataclass(frozen=True, slots=True)
class Bought:
    """Manat for what came: `rate` as written in a grant ("" = promised), `rate_id` 0 where there is none."""

    amount_qapik: int
    base_qapik: int
    rate: str = ""
    rate_id: int = 0
    stands_ms: int = 0


_COLUMNS: Final = ", ".join(In.__dataclass_fields__)


def thing_of(partner: str, uetr: str) -> str:
    """Our id of what a partner sends; it follows from the partner's own (M0-2)."""
    digest = bytearray(hashlib.sha256(f"in {partner} {uetr}".encode()).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(digest)))


def lock(conn: Connection, value: str) -> In | None:
    """The one with this id, its row ours until the transaction ends."""
    return _locked(conn, "transfer = %s", (value,))


def lock_told(conn: Connection, partner: str, uetr: str) -> In | None:
    """A partner's own by its UETR."""
    return _locked(conn, "partner = %s and uetr = %s", (partner, uetr))


def lock_asked(conn: Connection, way: str, number: str) -> In | None:
    """The one whose number somebody says at a counter."""
    return _locked(conn, "way = %s and number = %s", (way, number)) if number else None


def _locked(conn: Connection, where: str, values: tuple[str, ...]) -> In | None:
    row = conn.execute(
        f"select {_COLUMNS} from abroad_in where {where} for update".encode(), values
    ).fetchone()
    return In(*row) if row else None


def move(conn: Connection, found: In, event: str, now_ms: int, *, reason: str = "", task: str = "") -> str:
    """The state after `event`; unchanged where the table knows no such move.

    Args:
        reason: kept beside the state: of the partner, or why it goes back.
        task: reason on the exceptions list, "" when nobody has to look.
    """
    after = ABROAD_IN.get((found.state, event))
    if after is None:
        return found.state
    conn.execute(
        "update abroad_in set state = %s, state_ms = %s, reason = case when %s = '' then reason else %s end,"
        " next_ms = case when %s then %s::bigint end where transfer = %s",
        (after, now_ms, reason, reason, after == "unpayable" and found.funded, now_ms, found.transfer),
    )
    if (found.state in ("reserved", "in_doubt") and event.startswith("released") and found.bought_for) or (
        after == "unpayable"
    ):
        unbuy(conn, found, event)
    if after in SAYS and SAYS[after] != SAYS.get(found.state):
        say(conn, found, SAYS[after], now_ms)
    if after == _PAID:
        commissions.earned(conn, IN, found.transfer, found.partner, found.sum, now_ms)
    elif found.state == _PAID:
        commissions.undone(conn, found.transfer, now_ms)
    if task:
        case(conn, found, task, now_ms)
    return after


def case(conn: Connection, found: In, reason: str, now_ms: int) -> None:
    """A task for a person about it."""
    list_exception(conn, f"partner {found.partner}", 0, found.message, reason, now_ms, found.transfer)


def settle(conn: Connection, partner: Partner, found: In, now_ms: int, event: str = "clean") -> str:
    """Let it be paid out, as far as the partner's limit of unfunded pay-outs goes; else it waits (MA-23)."""
    if found.funded or unfunded(conn, partner, found.currency) + found.amount <= partner.unfunded_minor_max:
        after = move(conn, found, event, now_ms)
        again = lock(conn, found.transfer)
        if after == "available" and again is not None and again.recall in _RECALLED:
            return move(conn, again, "recalled", now_ms, task="incoming_recalled")
        return after
    return move(conn, found, "unfunded", now_ms)


def unfunded(conn: Connection, partner: Partner, currency: str) -> int:
    """What may be, or was, paid out on this partner's word alone; the row of its funds is locked."""
    funds.lock(conn, partner.partner, currency)
    row = conn.execute(
        "select coalesce(sum(amount), 0)::bigint from abroad_in"
        " where partner = %s and currency = %s and not funded and state = any(%s)",
        (partner.partner, currency, UNFUNDED_IN),
    ).fetchone()
    return int(row[0]) if row else 0


def booked(conn: Connection, partner: Partner, uetr: str, credited: Money, now_ms: int) -> bool:
    """A statement shows the credit for what a partner told of; False when it fits nothing that is open.

    It lies there from now on, for what leaves too; what waited for this partner's money moves up.
    """
    found = lock_told(conn, partner.partner, uetr)
    if found is None or found.funded or found.sum != credited:
        return False
    conn.execute("update abroad_in set funded = true where transfer = %s", (found.transfer,))
    funds.lock(conn, partner.partner, found.currency)
    funds.add(conn, partner.partner, found.currency, funded=found.amount)
    if found.state == "unpayable":
        conn.execute("update abroad_in set next_ms = %s where transfer = %s", (now_ms, found.transfer))
    waiting = conn.execute(
        "select transfer from abroad_in where partner = %s and currency = %s and state = 'waiting_funds'"
        " order by funded desc, received_ms, transfer",
        (partner.partner, found.currency),
    ).fetchall()
    for (transfer,) in waiting:
        one = lock(conn, transfer)
        if one is not None:
            settle(conn, partner, one, now_ms, "funded")
    return True


def unbooked(conn: Connection, transfer: str) -> None:
    """The statement took the credit back: it counts as announced only, and frees nothing any more."""
    row = conn.execute(
        "update abroad_in set funded = false where transfer = %s and funded"
        " returning partner, currency, amount",
        (transfer,),
    ).fetchone()
    if row is not None:
        funds.lock(conn, row[0], row[1])
        funds.add(conn, row[0], row[1], funded=-row[2])


# --- manat for what came ---------------------------------------------------------------------------------


def priced(found: In, way: WayIn, agreed: Agreed, stands_ms: int, now_ms: int) -> Bought | None:
    """The manat that its receiver gets now; None without a rate in force."""
    if found.bought_for == PROMISED:
        return Bought(found.bought_qapik, found.base_qapik, rate_id=found.rate_id)
    if found.currency == azn(0).currency:
        return Bought(found.amount, found.amount)
    rate = agreed.rates.find(found.currency, now_ms)
    if rate is None:
        return None
    base = manat_for(found.sum, rate.base(), "half_up").minor
    if found.promised:
        # Manat were promised: that sum, whatever the day's rate makes of what was settled (MA-25).
        return Bought(found.promised, base, rate_id=agreed.rates_version)
    amount = manat_for(found.sum, rate.receivers(), way.rounding).minor
    until_ms = min(stands_ms, agreed.rates.until_ms)
    return Bought(amount, base, as_text(Fraction(rate.receivers())), agreed.rates_version, until_ms)


def bought(found: In, grant: str, what: Bought) -> ops.IncomingBought:
    """The purchase as the book has it."""
    return ops.IncomingBought(
        transfer=found.transfer,
        grant=grant,
        partner=found.partner,
        currency=found.currency,
        bought_minor=found.amount,
        amount_qapik=what.amount_qapik,
        base_qapik=what.base_qapik,
        rate_id=what.rate_id,
    )


def keep_bought(conn: Connection, found: In, grant: str, what: Bought) -> None:
    """The purchase that stands from now on."""
    conn.execute(
        "update abroad_in set bought_for = %s, bought_qapik = %s, base_qapik = %s, rate_id = %s"
        " where transfer = %s",
        (grant, what.amount_qapik, what.base_qapik, what.rate_id, found.transfer),
    )


def unbuy(conn: Connection, found: In, event: str) -> None:
    """The purchase is undone at its own figures (MA-26)."""
    if found.bought_for is None:
        return
    booking.note(
        conn,
        ops.IncomingUnbought(
            transfer=found.transfer,
            grant=found.bought_for,
            partner=found.partner,
            currency=found.currency,
            bought_minor=found.amount,
            amount_qapik=found.bought_qapik,
            base_qapik=found.base_qapik,
            rate_id=found.rate_id,
            event=event,
        ),
    )
    conn.execute("update abroad_in set bought_for = null where transfer = %s", (found.transfer,))


# --- what the partner is told ----------------------------------------------------------------------------


def say(conn: Connection, found: In, code: str, now_ms: int, *, reason: str = "", about: str = "") -> None:
    """Have the partner told how it stands, or, with the recall's case `about`, how the recall ends."""
    told = (found.partner, found.uetr, found.reference, found.end_to_end)
    say_of(conn, found.transfer, told, (code, reason, about), now_ms)


def say_of(
    conn: Connection,
    transfer: str,
    told: tuple[str, str, str, str],
    word: tuple[str, str, str],
    now_ms: int,
) -> None:
    """As `say`, also of something that is not known here: `told` is partner, UETR, its other ids."""
    conn.execute(
        "insert into abroad_words (partner, transfer, ordinal, uetr, reference, end_to_end, code, reason,"
        " case_id, written_ms, next_ms)"
        " select %s, %s, coalesce(max(ordinal), 0) + 1, %s, %s, %s, %s, %s, %s, %s, %s"
        " from abroad_words where transfer = %s",
        (told[0], transfer, *told[1:], *word, now_ms, now_ms, transfer),
    )
