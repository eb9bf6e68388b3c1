"""A desk's earlier chains on the wire: a new machine fetches them, an old disk's tail is handed in late.

Whoever hands records in signs the request, besides what signs the records: a desk at work, the very chain
they are of (an old machine, its own disk), or whoever has a one-time code of their desk. The last calls
itself ``code/<digest of the code>/<public key>`` and signs with that key; the code is not used up by it.
"""

from __future__ import annotations

from typing import Final

import msgspec

from azpost_desk.protocol.messages import Batch, Message, Sent, Signed, code_digest

CODE: Final = "code/"
OWN_RECORDS_MAX: Final = 500
OWN_RECORDS_BYTES_MAX: Final = 2 * 1024 * 1024


class OwnRecords(Message, frozen=True):
    """Ask for records of an ended epoch of the own desk, after `after`; signed by the present epoch's key."""

    version: int
    epoch: int
    after: int


class Covering(msgspec.Struct, frozen=True, array_like=True):
    """A signature of the chain's key over the hash of the record at `sequence`."""

    sequence: int
    signature: bytes


class OwnRecordsTold(Message, frozen=True):
    """Records in order from `after` + 1 on, the signatures that cover them, and where the chain ends.

    `ack` is the centre's signed acknowledgement of the chain's head: it proves what the centre holds.
    """

    records: tuple[Sent, ...]
    signatures: tuple[Covering, ...]
    head: int
    head_hash: str
    ack: Signed | None = None


class Salvage(Message, frozen=True):
    """Records of any chain, found on an old disk or stick: the chain's key signs the batch, whoever hands it
    in the request. What lacks either is refused before anything is stored.
    """

    version: int
    desk: str
    epoch: int
    batch: Batch


def with_code(code: str, public_key: str) -> str:
    """How whoever has a desk's one-time code calls itself in a request."""
    return f"{CODE}{code_digest(code).hex()}/{public_key}"


class Salvaged(Message, frozen=True):
    """How far the chain is in custody now, how many of these records were new to the centre, and an X-code
    when they went another way (X-020, X-023: contested).
    """

    head: int
    taken: int = 0
    ack: Signed | None = None
    refused: str | None = None


class SealedSalvage(Message, frozen=True):
    """A frame of a second copy as it lay on the stick: a Salvage message sealed for the centre."""

    version: int
    sealed: bytes


class RecoverKey(Message, frozen=True):
    """Ask for the key of a backup, with the one-time code of its desk; signed by the key that will enrol."""

    version: int
    code: str
    public_key: str
    sealed: bytes


class RecoveredKey(Message, frozen=True):
    """The backup's key, hex."""

    key: str


class EscrowedKey(msgspec.Struct, frozen=True):
    """What lies sealed beside a backup (JSON): whose it is, and the key that opens it, hex."""

    desk: str
    key: str


class OldRecord(msgspec.Struct, frozen=True):
    """A record of an ended epoch, proven: chained to the one before, covered by a signature of its key."""

    epoch: int
    sequence: int
    sent: Sent
    previous: bytes
    hash: bytes
    signature: bytes | None = None
