"""A desk's earlier chains over the line: fetched and proven, or handed in from an old disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol import messages, questions
from azpost_desk.protocol.keys import SigningKey, is_signed
from azpost_desk.protocol.old_chains import (
    OldRecord,
    OwnRecords,
    OwnRecordsTold,
    RecoverKey,
    Salvage,
    SealedSalvage,
)
from azpost_desk.protocol.records import GENESIS, Record, rechain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from azpost_desk.protocol.messages import Batch, Enrolled, Sent
    from azpost_desk.sync.ports import Identity
    from azpost_desk.sync.wire import Wire

# A record of the centre's that does not prove itself: it is not stored, and somebody has to look.
UNPROVEN: Final = "L-016"
# Kept by the centre beside the chain, without effect until they are judged.
CONTESTED: Final = ("X-020", "X-023")


class OldChain:
    """One ended chain as it is proven: hashes from its beginning on, every record under a valid signature.

    Args:
        known: (sequence, hash, public key) of the last record that is here already; None when none is.
    """

    def __init__(self, desk: str, epoch: int, known: tuple[int, bytes, str] | None = None) -> None:
        self._desk, self._epoch = desk, epoch
        self.sequence, self.hash, self._key = known or (0, GENESIS, "")
        self._next_key = ""
        self._unsigned: list[OldRecord] = []

    def prove(self, told: OwnRecordsTold) -> list[OldRecord]:
        """The records of a page that a signature covers by now, in order.

        Raises:
            Trouble: L-016 one of them is not this chain's.
        """
        signatures = {one.sequence: one.signature for one in told.signatures}
        proven: list[OldRecord] = []
        for sent in told.records:
            self._chain(sent)
            signature = signatures.get(self.sequence)
            if signature is None:
                continue
            self._signed(signature)
            last = msgspec.structs.replace(self._unsigned[-1], signature=signature)
            proven += [*self._unsigned[:-1], last]
            self._unsigned = []
        return proven

    def end(self, head: int, head_hash: str) -> None:
        """The chain is whole.

        Raises:
            Trouble: L-016 it ends elsewhere, or with records that nobody signed.
        """
        if self._unsigned or (self.sequence, self.hash.hex()) != (head, head_hash):
            raise self._unproven("its end")

    def _chain(self, sent: Sent) -> None:
        record = rechain(sent.header, sent.body, self.hash)
        sequence = self.sequence + 1
        try:
            header = record.header()
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise self._unproven(f"header {sequence}") from None
        if (header.desk, header.epoch, header.sequence) != (self._desk, self._epoch, sequence):
            raise self._unproven(f"place {sequence}")
        if any(part.commitment().encode() not in record.body for part in sent.attachments):
            raise self._unproven(f"attachment {sequence}")
        self._learn_key(header.kind, header.version, record)
        self._unsigned.append(OldRecord(self._epoch, sequence, sent, record.previous, record.hash))
        self.sequence, self.hash = sequence, record.hash

    def _learn_key(self, kind: str, version: int, record: Record) -> None:
        if kind not in ("epoch.opened", "key.rotated"):
            return
        try:
            body = ops.decode(kind, version, record.body)
        except (ops.UnknownKind, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return
        if isinstance(body, ops.EpochOpened) and self.sequence == 0:
            self._key = body.public_key
        elif isinstance(body, ops.KeyRotated) and body.old_key in (self._key, self._next_key):
            # A key whose first use is the rotation that ends it has taken over by that.
            self._key, self._next_key = body.old_key, body.new_key

    def _signed(self, signature: bytes) -> None:
        if is_signed(self._key, self.hash, signature):
            return
        if not self._next_key or not is_signed(self._next_key, self.hash, signature):
            raise self._unproven(f"signature {self.sequence}")
        self._key, self._next_key = self._next_key, ""

    def _unproven(self, what: str) -> Trouble:
        return Trouble(UNPROVEN, detail=f"{self._desk}/{self._epoch}: {what}")


def fetched(
    wire: Wire,
    identity: Identity,
    key: SigningKey,
    epoch: int,
    known: tuple[int, bytes, str] | None = None,
) -> Iterator[OldRecord]:
    """Records of an ended epoch of this desk after `known`, proven one page at a time.

    The end of the chain is the one the centre has acknowledged under its own signature.

    Raises:
        Trouble: an L-code; L-016 what came is not this desk's own past.
        Refused: the centre's X-code.
    """
    chain = OldChain(identity.desk, epoch, known)
    while True:
        question = OwnRecords(version=messages.VERSION, epoch=epoch, after=chain.sequence)
        path = f"{identity.desk}/{identity.epoch}"
        told = wire.post(questions.OWN_RECORDS, question, path, key)
        yield from chain.prove(told)
        if chain.sequence < told.head and told.records:
            continue
        chain.end(told.head, told.head_hash)
        _check_ack(told, identity, epoch)
        return


def _check_ack(told: OwnRecordsTold, identity: Identity, epoch: int) -> None:
    if told.head == 0:
        return
    if told.ack is None or not is_signed(identity.centre_key, told.ack.words, told.ack.signature):
        raise Trouble(UNPROVEN, detail=f"{identity.desk}/{epoch}: acknowledgement")
    ack = messages.ack_of(told.ack.words)
    if (ack.desk, ack.epoch, ack.sequence, ack.hash) != (identity.desk, epoch, told.head, told.head_hash):
        raise Trouble(UNPROVEN, detail=f"{identity.desk}/{epoch}: acknowledgement of {ack.sequence}")


def earlier(
    wire: Wire, enrolled: Enrolled, key: SigningKey, known: dict[int, tuple[int, bytes, str]]
) -> Iterator[OldRecord]:
    """Everything of this desk's earlier epochs that is not here, oldest first.

    Raises:
        Trouble, Refused: as `fetched`; L-016 when the last one does not end as the centre said at enrolment.
    """
    last: tuple[int, str] | None = None
    for epoch in range(1, enrolled.epoch):
        here = known.get(epoch)
        if epoch == enrolled.previous_epoch:
            last = (here[0], here[1].hex()) if here else (0, "")
        for one in fetched(wire, enrolled, key, epoch, here):
            if epoch == enrolled.previous_epoch:
                last = one.sequence, one.hash.hex()
            yield one
    if last is not None and last[0] and last != (enrolled.previous_sequence, enrolled.previous_hash):
        raise Trouble(UNPROVEN, detail=f"{enrolled.desk}/{enrolled.previous_epoch}: another head")


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What became of an old disk's records: how many were new to the centre, whether they are contested."""

    records: int = 0
    contested: bool = False


@dataclass(frozen=True, slots=True)
class Hander:
    """Who hands old records in: what it calls itself in a request, and the key that signs."""

    name: str
    key: SigningKey


def hand_in(
    wire: Wire,
    by: Hander,
    chain: tuple[str, int],
    batches: Callable[[int], Iterable[Batch]],
    after: int = 0,
) -> HandedIn:
    """Hand the records of an old disk or stick to the centre.

    Args:
        chain: (desk, epoch) they are of.
        batches: the records after a sequence, in batches that each end at a signed commit.
        after: where to begin; the centre says when it wants earlier ones.

    Raises:
        Trouble: an L-code; L-005 when the centre accepts one of the two signatures not. Refused: X-010.
    """
    desk, epoch = chain
    records, contested, again = 0, False, True
    while again:
        again = False
        for batch in batches(after):
            message = Salvage(version=messages.VERSION, desk=desk, epoch=epoch, batch=batch)
            answer = wire.post(questions.SALVAGE, message, by.name, by.key)
            records += answer.taken
            if answer.refused not in (None, *CONTESTED):
                raise Refused(str(answer.refused))
            contested = contested or answer.refused is not None
            if answer.head < batch.first - 1 and answer.head < after:
                after, again = answer.head, True
                break
    return HandedIn(records, contested)


def hand_in_sealed(wire: Wire, by: Hander, frames: Iterable[bytes]) -> HandedIn:
    """Hand the frames of a second copy to the centre, which alone can read them.

    Raises:
        Trouble: an L-code; L-005 a frame is none of this centre's desks', or whoever brings it may not.
        Refused: X-010.
    """
    records, contested = 0, False
    for sealed in frames:
        message = SealedSalvage(version=messages.VERSION, sealed=sealed)
        answer = wire.post(questions.SEALED_SALVAGE, message, by.name, by.key)
        if answer.refused not in (None, *CONTESTED):
            raise Refused(str(answer.refused))
        records += answer.taken
        contested = contested or answer.refused is not None
    return HandedIn(records, contested)


def recovered_key(wire: Wire, code: str, key: SigningKey, sealed: bytes) -> bytes:
    """The key of a backup, from what lies sealed beside it and the desk's one-time code.

    Raises:
        Trouble: an L-code. Refused: L-014 the centre does not accept the code for this backup.
    """
    question = RecoverKey(version=messages.VERSION, code=code.strip(), public_key=key.public(), sealed=sealed)
    try:
        answer = wire.post(questions.RECOVER_KEY, question, "", key)
    except Trouble as trouble:
        if trouble.code == "L-005":
            raise Refused("L-014", "code") from trouble
        raise
    try:
        return bytes.fromhex(answer.key)
    except ValueError as no_key:
        raise Trouble("L-003") from no_key
