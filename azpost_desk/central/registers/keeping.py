"""Billers' registers as the centre has them: each version once, the newest counts, missing days are known.

In: a register that was read. Out: its rows in the database. The same bytes a second time change nothing; what
a correction leaves as it was keeps what became of it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from azpost_desk.central.registry import reference
from azpost_desk.domain.catalogue import Billers
from azpost_desk.domain.days import BusinessDay, calendar_day, days_after
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.registers import Register

# [design] An exchange that began years ago, or a date mistyped, is not a list of a thousand days.
_MISSING_DAYS_MAX: Final = 92


def lock(conn: Connection, biller: str) -> None:
    """One at a time works on the registers of a biller, until the end of its transaction."""
    conn.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"registers {biller}",))


def account_digest(txn_id: int, account: str) -> bytes:
    """What is kept of an account in a register."""
    plain = "".join(account.split())
    return hashlib.sha256(f"{txn_id} {plain}".encode()).digest()


def take(conn: Connection, said: Register, content: bytes, by: str, now_ms: int) -> bool:
    """Keep a register; False when these very bytes are kept already. `content` is the file it was read from.

    Raises:
        Refused: X-144 no such biller, X-145 its day is not over, X-146 its version is kept with another
            content, X-147 a newer version is kept.
    """
    facts: dict[str, Any] = {"biller": said.biller, "day": said.day, "version": said.version}
    if (reference.newest(conn, Billers) or Billers()).find(said.biller) is None:
        raise Refused("X-144", **facts)
    if said.day >= calendar_day(now_ms):
        raise Refused("X-145", **facts)
    lock(conn, said.biller)
    digest = hashlib.sha256(content).digest()
    known = conn.execute(
        "select register, version, digest, is_newest from registers where biller = %s and day = %s"
        " order by version",
        (said.biller, said.day),
    ).fetchall()
    for _, version, kept, _ in known:
        if version == said.version:
            if kept == digest:
                return False
            raise Refused("X-146", **facts)
    newest = known[-1] if known else None
    if newest is not None and newest[1] > said.version:
        raise Refused("X-147", newest=newest[1], **facts)
    conn.execute(
        "update registers set is_newest = false where biller = %s and day = %s", (said.biller, said.day)
    )
    row = conn.execute(
        "insert into registers (biller, day, version, digest, count, amount, commission, taken_by, taken_ms)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s) returning register",
        (
            said.biller, said.day, said.version, digest, len(said.rows), said.amount_qapik,
            said.commission_qapik, by, now_ms,
        ),
    ).fetchone()  # fmt: skip
    _keep_rows(conn, said, row[0] if row else 0, newest[0] if newest else 0)
    return True


def _keep_rows(conn: Connection, said: Register, register: int, before: int) -> None:
    with conn.cursor() as cursor:
        cursor.executemany(
            "insert into register_rows (register, txn_id, account_digest, amount, reference, commission)"
            " values (%s, %s, %s, %s, %s, %s)",
            [
                (
                    register, one.txn_id, account_digest(one.txn_id, one.account), one.amount_qapik,
                    one.reference, one.commission_qapik,
                )
                for one in said.rows
            ],
        )  # fmt: skip
    conn.execute(
        "update register_rows set item = before.item from register_rows before"
        " where register_rows.register = %s and before.register = %s"
        " and before.txn_id = register_rows.txn_id and before.amount = register_rows.amount"
        " and before.account_digest = register_rows.account_digest",
        (register, before),
    )


def missing(conn: Connection, now_ms: int) -> dict[str, tuple[BusinessDay, ...]]:
    """The days over whose register is not here, by biller, from its first one, or for three months.

    A biller that never sent one has none missing: no exchange of registers was agreed with it.
    """
    until = days_after(calendar_day(now_ms), -1)
    since = days_after(until, 1 - _MISSING_DAYS_MAX)
    here: dict[str, set[str]] = {}
    for biller, day in conn.execute("select biller, day from registers where is_newest"):
        here.setdefault(biller, set()).add(day)
    lacking = {}
    for biller, days in sorted(here.items()):
        day, found = BusinessDay(max(min(days), since)), []
        while day <= until:
            if day not in days:
                found.append(day)
            day = days_after(day, 1)
        if found:
            lacking[biller] = tuple(found)
    return lacking
