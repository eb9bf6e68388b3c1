"""One exchange: push what waits, check what the centre says of it, keep its news.

The centre is believed only where its signature, our own record and the numbering agree; nothing is stored
before that. Every step is repeatable: a crash between any two of them costs a repetition, never a record.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol import messages, questions
from azpost_desk.protocol.keys import is_signed
from azpost_desk.protocol.records import rechain
from azpost_desk.sync.old_chains import UNPROVEN, fetched

if TYPE_CHECKING:
    from azpost_desk.protocol.keys import SigningKey
    from azpost_desk.protocol.messages import Ack, Batch, Exchanged
    from azpost_desk.sync.ports import Clock, Identity, SyncBooks
    from azpost_desk.sync.wire import Wire

# The centre does not hold what comes before our batch: it says in `expect` where to begin again.
NOT_CONTINUOUS: Final = "X-011"
# A batch that did not get through is offered in smaller pieces, down to this many bytes.
_SMALLEST_BATCH_BYTES: Final = 8 * 1024
_FIRST_BATCH_BYTES: Final = 512 * 1024
# [design] A round trip longer than this measures the line, not the clock.
_CLOCK_ROUND_TRIP_MAX_MS: Final = 10_000

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Learned:
    """What one round trip brought.

    Attributes:
        again: there is more to push or to pull, and this round trip moved something.
        news: how many pieces of news were stored.
        clock_off_ms: centre's time minus ours; None when the trip took too long to tell.
        more: the centre has news that it has not told yet.
    """

    again: bool
    news: int
    clock_off_ms: int | None
    more: bool = False


class Exchanges:
    """Round trips of one desk with one centre. Used by one thread."""

    def __init__(self, books: SyncBooks, wire: Wire, clock: Clock) -> None:
        self._books = books
        self._wire = wire
        self._clock = clock
        self._batch_bytes = _FIRST_BATCH_BYTES
        self._looked_for_late = False
        self._read_ms = 0

    def once(self) -> Learned:
        """One round trip.

        Raises:
            Trouble: an L-code; nothing was stored but what the text of the step before says.
            Refused: the centre's X-code.
        """
        books = self._books
        identity = books.identity()
        # Read before the batch: a sale between the two is in the batch, or in the next one.
        head = books.head()[1]
        batch = self._offer()
        after = books.news_position()
        sent_ms, started = self._clock.utc_ms(), self._clock.monotonic_ms()
        question = messages.Exchange(
            version=messages.VERSION,
            centre_epoch=identity.centre_epoch,
            news_after=after,
            clock_ms=sent_ms,
            head=head,
            held=tuple(books.held_grants()),
            batch=batch,
            read_ms=self._read_ms,
        )
        answer = self._ask(question, identity, books.signing_key())
        self._read_ms = answer.time_ms
        came_ms, took_ms = self._clock.utc_ms(), self._clock.monotonic_ms() - started
        acknowledged = batch.first - 1 if batch is not None else head
        moved = self._store(answer, identity, batch, acknowledged)
        if books.waiting()[0] == 0 and answer.expect == books.head()[1] + 1:
            books.heads_agree()
        news = self._store_news(answer, identity, after)
        books.note_open_grants(answer.open_grants)
        late = self._take_late(identity) if news or not self._looked_for_late else 0
        listed = self._take_list(identity)
        epoch_changed = books.identity().centre_epoch != identity.centre_epoch
        # A clock that was set while the answer was under way says nothing about the centre's.
        steady = abs(came_ms - sent_ms - took_ms) <= _CLOCK_ROUND_TRIP_MAX_MS
        clock_off_ms = answer.time_ms - (sent_ms + took_ms // 2)
        return Learned(
            again=epoch_changed
            or late > 0
            or listed
            or (moved and books.waiting()[0] > 0)
            or (answer.more and news > 0),
            news=news,
            clock_off_ms=clock_off_ms if steady and took_ms <= _CLOCK_ROUND_TRIP_MAX_MS else None,
            more=answer.more,
        )

    def _take_late(self, identity: Identity) -> int:
        """Fetch what an old machine of this desk told after this one had begun; how many records came."""
        taken = 0
        for epoch, known in self._books.late_wanted():
            late = fetched(self._wire, identity, self._books.signing_key(), epoch, known)
            try:
                taken += self._books.take_late(late)
            except Trouble as trouble:
                # Said once, not with every exchange: it does not come right by asking again.
                self._looked_for_late = trouble.code == UNPROVEN
                raise
        self._looked_for_late = True
        return taken

    def _take_list(self, identity: Identity) -> bool:
        """Fetch one piece of a watch list, so that sales and news get their turn; whether more is to come."""
        asked = self._books.list_wanted()
        if asked is None:
            return False
        told = self._wire.post(questions.LIST, asked, chain(identity), self._books.signing_key())
        return self._books.keep_list(asked, told)

    def _offer(self) -> Batch | None:
        """What goes to the centre now, marked as offered before.

        A sale may be undone at the counter until the mark is durable. So what was chosen is looked at once
        more behind the mark: a reversal that slipped in between goes along with its sale.
        """
        books, offered = self._books, 0
        while True:
            batch = books.batch(messages.BATCH_RECORDS_MAX, self._batch_bytes)
            last = batch.first + len(batch.records) - 1 if batch is not None else 0
            if last <= offered:
                return batch
            books.mark_offered(last)
            offered = last

    def _ask(self, question: messages.Exchange, identity: Identity, key: SigningKey) -> Exchanged:
        try:
            answer = self._wire.post(questions.EXCHANGE, question, chain(identity), key)
        except Trouble as trouble:
            if trouble.code == "L-002" and question.batch is not None:
                self._batch_bytes = max(self._batch_bytes // 2, _SMALLEST_BATCH_BYTES)
            raise
        if question.batch is not None:
            self._batch_bytes = min(self._batch_bytes * 2, messages.BATCH_BYTES_MAX)
        if answer.centre_epoch < identity.centre_epoch:
            raise Trouble("L-010", detail=f"epoch {answer.centre_epoch} after {identity.centre_epoch}")
        if messages.must_be_signed(answer, question.head):
            words = messages.told_words(identity.desk, identity.epoch, answer)
            if not is_signed(identity.centre_key, words, answer.signature):
                raise Trouble("L-004", detail="news")
        return answer

    def _store(self, answer: Exchanged, identity: Identity, batch: Batch | None, acknowledged: int) -> bool:
        """Keep the acknowledgement or step back to where the centre stands; whether anything moved."""
        last = self._books.last_ack()
        moved = False
        if answer.ack is not None:
            ack = checked_ack(answer.ack, identity, answer.centre_epoch)
            if last is not None and ack.sequence == last.sequence and ack.hash != last.hash:
                raise Trouble(
                    "L-006", detail=f"{ack.sequence} acknowledged as {last.hash[:10]} and {ack.hash[:10]}"
                )
            if ack.sequence > acknowledged:
                self._compare(ack, batch)
                self._books.store_ack(answer.ack, ack)
                acknowledged, moved = ack.sequence, True
        if answer.refused not in (None, NOT_CONTINUOUS):
            raise Refused(str(answer.refused))
        if answer.expect > self._books.head()[1] + 1:
            raise Trouble("L-006", detail=f"the centre holds {answer.expect - 1}, we {self._books.head()[1]}")
        if answer.expect <= acknowledged:
            _LOG.warning("the centre is behind: it expects %d of %d", answer.expect, acknowledged)
            self._books.rewind_acknowledged(answer.expect - 1)
            return True
        if batch is not None and not moved:
            raise Trouble("L-003", detail="a batch was neither acknowledged nor refused")
        return moved

    def _compare(self, ack: Ack, batch: Batch | None) -> None:
        """An acknowledgement must name our own record.

        Raises:
            Trouble: L-006, the centre holds another record at this place of our chain.
        """
        if batch is not None and ack.sequence >= batch.first + len(batch.records):
            # An answer to an earlier, larger batch was lost: the centre holds more than we just sent.
            batch = self._books.batch(ack.sequence - batch.first + 1, messages.BATCH_BYTES_MAX * 16)
        own = hash_at(batch, ack.sequence) if batch is not None else ""
        if own != ack.hash:
            raise Trouble("L-006", detail=f"{ack.sequence}: {ack.hash[:10]} there, {own[:10]} here")

    def _store_news(self, answer: Exchanged, identity: Identity, after: int) -> int:
        if answer.centre_epoch != identity.centre_epoch:
            # Positions of the old epoch mean nothing in the new one: start again, and ask with the grants.
            self._books.store_news([], answer.centre_epoch)
            return 0
        news = [piece for piece in answer.news if piece.position > after]
        if any(one.position >= two.position for one, two in pairwise(news)):
            raise Trouble("L-003", detail="news out of order")
        if news:
            self._books.store_news(news, answer.centre_epoch)
        return len(news)


def chain(identity: Identity) -> str:
    """How a desk names its chain in a request."""
    return f"{identity.desk}/{identity.epoch}"


def hash_at(batch: Batch, sequence: int) -> str:
    """The hash of our record at `sequence`, hex, from the bytes in `batch`; "" when it does not hold it."""
    previous = batch.previous
    for number, sent in enumerate(batch.records, start=batch.first):
        previous = rechain(sent.header, sent.body, previous).hash
        if number == sequence:
            return previous.hex()
    return ""


def checked_ack(signed: messages.Signed, identity: Identity, centre_epoch: int) -> Ack:
    """The acknowledgement in `signed`, which is the centre's and about this chain.

    Raises:
        Trouble: L-004 when the signature is not the centre's, L-003 when the words are of another chain.
    """
    if not is_signed(identity.centre_key, signed.words, signed.signature):
        raise Trouble("L-004", detail="acknowledgement")
    try:
        ack = messages.ack_of(signed.words)
    except (msgspec.MsgspecError, UnicodeDecodeError) as fault:
        raise Trouble("L-003", detail=f"acknowledgement: {fault}") from fault
    if (ack.desk, ack.epoch) != (identity.desk, identity.epoch) or ack.centre_epoch > centre_epoch:
        raise Trouble("L-003", detail="an acknowledgement of another chain")
    return ack
