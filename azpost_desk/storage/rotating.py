"""A desk's signing key is rotated: the old key signs the record, the new one agrees, the centre countersigns.

The acknowledgement that covers the record is the centre's signature. Until it is here the old key goes on;
from then on the new one signs, and the first use of it ends the old one at the centre.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.keys import SigningKey, rotation_words
from azpost_desk.storage import tables as t
from azpost_desk.storage import vault

if TYPE_CHECKING:
    from azpost_desk.storage.desk import OpenDesk
    from azpost_desk.storage.writing import BookWriting


def ask(books: BookWriting, desk: OpenDesk, reason: str) -> None:
    """Record the rotation, inside the caller's transaction.

    Raises:
        Refused: G-074 one is under way already. Trouble: G-060.
    """
    waiting = desk.vault.get(vault.ROTATED)
    # Left by a try that was cut short: a key without its record, of which nobody ever heard, or one that
    # signs already.
    if waiting and waiting != desk.key.secret().hex() and _is_named(desk, waiting, books.head()[1]):
        raise Refused("G-074")
    new = SigningKey.new()
    who, old = desk.enrolled, desk.key.public()
    words = rotation_words(who.desk, who.epoch, old, new.public())
    # Before the record: a key that is named and lost would end the chain.
    desk.vault.put(vault.ROTATED, new.secret().hex())
    books.append(
        ops.KeyRotated(old_key=old, new_key=new.public(), proof=new.sign(words).hex(), reason=reason),
        actor="recovery",
        actor_kind="recovery",
        source="program",
        operation=books.new_operation(),
    )


def countersigned(desk: OpenDesk, acknowledged: int) -> SigningKey | None:
    """The key that takes over because the centre has acknowledged its record; inside the transaction."""
    waiting = desk.vault.get(vault.ROTATED)
    if not waiting or not _is_named(desk, waiting, acknowledged):
        return None
    new = SigningKey(bytes.fromhex(waiting))
    this = t.identity.c.epoch == desk.enrolled.epoch
    desk.connection.execute(update(t.identity).where(this).values(public_key=new.public()))
    return new


def _is_named(desk: OpenDesk, waiting: str, last: int) -> bool:
    """Whether a record up to `last` names this key (its secret, hex) as the one that follows."""
    public = SigningKey(bytes.fromhex(waiting)).public()
    j = t.journal.c
    rotations = select(j.body).where(
        j.epoch == desk.enrolled.epoch, j.kind == "key.rotated", j.sequence <= last
    )
    bodies = [ops.decode("key.rotated", 1, body) for (body,) in desk.connection.execute(rotations)]
    return any(body.new_key == public for body in bodies)


def take_over(desk: OpenDesk, new: SigningKey) -> None:
    """After the commit: from now on the new key signs. Cut short, the next start does it."""
    desk.vault.put(vault.SIGNING, new.secret().hex())
    desk.vault.put(vault.ROTATED, "")
    desk.key = new
