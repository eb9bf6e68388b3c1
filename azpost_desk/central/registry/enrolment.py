"""Enrolment: a desk proves with a one-time code that it may be this desk, and brings its own key.

The same enrolment sent again gets the same answer; the code with another key gets none. Enrolling a desk that
has an epoch already replaces its machine: the old epoch ends, what it held is in doubt, its last head is
named.
"""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central import approval_secrets, branch_keys, keys
from azpost_desk.central.registry import reference, supply
from azpost_desk.central.storage.database import one
from azpost_desk.domain.moves import CHAIN, GRANT, TRANSFER, befores
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.messages import Enrol, Enrolled, code_digest
from azpost_desk.protocol.old_chains import EscrowedKey, RecoverKey
from azpost_desk.protocol.records import GENESIS

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.storage.database import Connection

    # Told of a desk, its branch and the time.
    Introduce = Callable[[Connection, str, str, int], None]

CODE_LIFE_MS: Final = 3 * 24 * 3_600_000
_CODE_BYTES: Final = 10


def enrolment_code(conn: Connection, desk: str, now_ms: int) -> str:
    """A new one-time code for a desk, shown once: only its hash is kept. Valid for three days.

    Raises:
        Refused: X-043 when there is no such desk.
    """
    if conn.execute("select from desks where desk = %s", (desk,)).fetchone() is None:
        raise Refused("X-043", desk=desk)
    plain = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode()
    conn.execute(
        "insert into enrolment_codes (hash, desk, expires_ms) values (%s, %s, %s)",
        (code_digest(plain), desk, now_ms + CODE_LIFE_MS),
    )
    return "-".join(plain[place : place + 4] for place in range(0, len(plain), 4))


def enrol(conn: Connection, message: Enrol, now_ms: int, introduce: Introduce) -> Enrolled | None:
    """Open a new epoch for the desk the code belongs to; None when the code is no good.

    `introduce` tells a new machine what else concerns its office.
    The caller has verified that the message is signed by its own key, and opened the transaction.
    """
    found = conn.execute(
        "select desk, used_by, epoch, receipt_series from enrolment_codes"
        " where hash = %s and (expires_ms > %s or used_by is not null) for update",
        (code_digest(message.code), now_ms),
    ).fetchone()
    if found is None:
        return None
    desk, used_by, epoch, series = found
    if used_by is None:
        epoch, series = _open_epoch(conn, desk, message.public_key, now_ms, introduce)
        conn.execute(
            "update enrolment_codes set used_by = %s, epoch = %s, receipt_series = %s where hash = %s",
            (message.public_key, epoch, series, code_digest(message.code)),
        )
    elif used_by != message.public_key:
        return None
    return _enrolled(conn, desk, epoch, series, now_ms)


def _open_epoch(
    conn: Connection, desk: str, public_key: str, now_ms: int, introduce: Introduce
) -> tuple[int, int]:
    supply.lock(conn, desk)
    epoch, branch = one(
        conn,
        "update desks set epoch = greatest(epoch, epoch_given) + 1 where desk = %s returning epoch, branch",
        (desk,),
    )
    end_epochs(conn, desk, "replaced")
    conn.execute(
        "insert into chain_heads (desk, epoch, public_key, hash, received_ms, spoke_epoch)"
        " values (%s, %s, %s, %s, %s, (select epoch from centre))",
        (desk, epoch, public_key, GENESIS, now_ms),
    )
    reference.tell_all(conn, desk, branch, now_ms)
    branch_keys.introduce(conn, desk, branch, now_ms)
    supply.fill(conn, desk, now_ms)
    introduce(conn, desk, branch, now_ms)
    return epoch, one(conn, "select nextval('receipt_series')")[0]


def end_epochs(conn: Connection, desk: str, state: str, epoch: int = 0) -> None:
    """The desk's active chains (or only that of `epoch`) end as `state`; what they held is in doubt.

    States: replaced, lost, revoked (PROTOCOL.md 5).

    Late records of the old machine can still show what became of it.
    """
    epochs = _epochs(conn, desk, epoch)
    for after, before in befores(TRANSFER, "doubted").items():
        conn.execute(
            "update transfers set state = %s where state = any(%s) and transfer in"
            " (select thing from grants where holder = %s and holder_epoch = any(%s) and state = 'open')",
            (after, before, desk, epochs),
        )
    for after, before in befores(GRANT, "doubted").items():
        conn.execute(
            "update grants set state = %s where holder = %s and holder_epoch = any(%s) and state = any(%s)",
            (after, desk, epochs, before),
        )
    # A forked chain stays forked when its machine is replaced; declared lost, everything of the desk is but
    # what a revoked key signed.
    for after, before in befores(CHAIN, state).items():
        conn.execute(
            "update chain_heads set state = %s where desk = %s and epoch = any(%s) and state = any(%s)",
            (after, desk, epochs, before),
        )


def _epochs(conn: Connection, desk: str, epoch: int) -> list[int]:
    if epoch:
        return [epoch]
    return [row[0] for row in conn.execute("select epoch from chain_heads where desk = %s", (desk,))]


def _enrolled(conn: Connection, desk: str, epoch: int, series: int, now_ms: int) -> Enrolled:
    number, branch, branch_name, receipt_last, day_next = one(
        conn,
        "select number, branch, name, receipt_last, day_next from desks join branches using (branch)"
        " where desk = %s",
        (desk,),
    )
    # After a restore of the centre not the number before: that one may belong to a machine nobody knows here.
    previous = one(
        conn, "select coalesce(max(epoch), 0) from chain_heads where desk = %s and epoch < %s", (desk, epoch)
    )[0]
    before = end_of(conn, desk, previous)
    signing = keys.load(conn, now_ms)
    return Enrolled(
        desk=desk,
        number=number,
        branch=branch,
        branch_name=branch_name,
        epoch=epoch,
        centre_epoch=one(conn, "select epoch from centre")[0],
        centre_key=signing.ack.public(),
        grants_key=signing.grants.public(),
        time_ms=now_ms,
        receipt_series=series,
        # The series is new with every epoch, and its numbers go on where the journal ends: either is enough.
        receipt_next=receipt_last + 1,
        day_next=day_next,
        previous_epoch=previous,
        previous_sequence=before[0] if before else 0,
        previous_hash=before[1].hex() if before else "",
        approval_secret=approval_secrets.secret(conn, desk, epoch, now_ms).hex(),
        recovery_key=keys.recovery(conn, now_ms).public(),
    )


def desk_of_code(conn: Connection, digest: bytes, public_key: str, now_ms: int) -> str | None:
    """The desk a one-time code is good for: any key's while unused, then only the key's that used it."""
    row = conn.execute(
        "select desk from enrolment_codes"
        " where hash = %s and ((used_by is null and expires_ms > %s) or used_by = %s)",
        (digest, now_ms, public_key),
    ).fetchone()
    return str(row[0]) if row else None


def recovered_key(conn: Connection, message: RecoverKey, now_ms: int) -> str | None:
    """The key of a backup for whoever has its desk's one-time code; None for everybody else.

    The code is not used up by it. The caller has verified that the message is signed by its own key.
    """
    desk = desk_of_code(conn, code_digest(message.code), message.public_key, now_ms)
    if desk is None:
        return None
    try:
        content = keys.recovery(conn, now_ms).open(message.sealed)
        escrowed = msgspec.json.decode(content, type=EscrowedKey)
    except (ValueError, msgspec.DecodeError):
        return None
    return escrowed.key if escrowed.desk == desk else None


def end_of(conn: Connection, desk: str, epoch: int) -> tuple[int, bytes] | None:
    """Where a chain ends for those after it: its head, or the last record before its key was revoked."""
    row = conn.execute(
        "select sequence, hash, revoked_after from chain_heads where desk = %s and epoch = %s", (desk, epoch)
    ).fetchone()
    if row is None:
        return None
    sequence, digest, revoked_after = row
    if revoked_after is None:
        return sequence, digest
    digest = one(
        conn,
        "select hash from batches where desk = %s and epoch = %s and last = %s",
        (desk, epoch, revoked_after),
    )[0]
    return revoked_after, digest
