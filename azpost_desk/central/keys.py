"""The centre's signing keys: one for acknowledgements and news, one for grants, one per writer of its book.

They lie in the database, so that every process that serves it signs with the same keys. Whoever can read the
database can therefore sign as the centre: its access rights and its backups deserve the care of a safe.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from azpost_desk.protocol.keys import SigningKey
from azpost_desk.protocol.messages import Ack, Grant, Signed, words_of
from azpost_desk.protocol.sealing import RecoveryKey

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection


@dataclass(frozen=True, slots=True)
class CentreKeys:
    """What a serving process signs with."""

    ack: SigningKey
    grants: SigningKey

    def sign_ack(self, ack: Ack) -> Signed:
        """Signed words of an acknowledgement."""
        words = words_of(ack)
        return Signed(words=words, signature=self.ack.sign(words))

    def sign_grant(self, grant: Grant) -> Signed:
        """Signed words of a grant."""
        words = words_of(grant)
        return Signed(words=words, signature=self.grants.sign(words))


def load(conn: Connection, now_ms: int) -> CentreKeys:
    """The centre's keys, made when they are first wanted."""
    return CentreKeys(key(conn, "ack", now_ms), key(conn, "grants", now_ms))


def recovery(conn: Connection, now_ms: int) -> RecoveryKey:
    """The key that opens what desks sealed for the centre: second copies, and the keys of backups."""
    made = RecoveryKey.new()
    conn.execute(
        "insert into centre_keys values ('recovery', %s, %s, %s) on conflict do nothing",
        (made.secret(), made.public(), now_ms),
    )
    found = conn.execute("select secret from centre_keys where purpose = 'recovery'").fetchone()
    if found is None:
        raise LookupError("recovery")
    return RecoveryKey(found[0])


def key(conn: Connection, purpose: str, now_ms: int) -> SigningKey:
    """The key for `purpose`; of two processes that make it at once, both get the one that was stored."""
    found = conn.execute("select secret from centre_keys where purpose = %s", (purpose,)).fetchone()
    if found is None:
        made = SigningKey.new()
        conn.execute(
            "insert into centre_keys values (%s, %s, %s, %s) on conflict do nothing",
            (purpose, made.secret(), made.public(), now_ms),
        )
        found = conn.execute("select secret from centre_keys where purpose = %s", (purpose,)).fetchone()
    if found is None:
        raise LookupError(purpose)
    return SigningKey(found[0])
