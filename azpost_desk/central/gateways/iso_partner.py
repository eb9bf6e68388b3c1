"""A partner abroad on the ISO 20022 rail: our documents to its door, what it has for us, and what that says.

The wire is `iso_wire`'s, the messages are those of `iso_messages`, `iso_incoming` and `iso_statements`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central.gateways import iso_incoming, iso_messages
from azpost_desk.central.gateways.iso_statements import is_statement, read_statements
from azpost_desk.central.gateways.iso_wire import Wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.central.gateways.abroad import Back, Handed, Order, Said, Silent, Unfit, Word
    from azpost_desk.central.gateways.iso_wire import Channel
    from azpost_desk.protocol.keys import SigningKey

# What a partner may send us: answers to our orders, and what comes from it.
_READERS: Final = iso_messages.READERS | iso_incoming.READERS


class IsoPartner:
    """A `Partner` on this rail. Safe to use from several threads: each has its own connection.

    Raises:
        Refused: M-011 the channel would speak in clear, or over TLS without knowing both sides.
    """

    def __init__(self, channel: Channel, signing: SigningKey) -> None:
        self._wire = Wire(channel, signing)
        self._channel = channel

    @property
    def forged(self) -> int:
        """How many waiting documents were skipped because the partner's signature was not on them."""
        return self._wire.forged

    def order(self, order: Order) -> bytes:
        """See `Partner.order`."""
        return iso_messages.written_order(order, self._channel.member)

    def question(self, order: Order, asked: int) -> bytes:
        """See `Partner.question`."""
        return iso_messages.written_question(order, asked, self._channel.member)

    def recall(self, order: Order, reason: str) -> bytes:
        """See `Partner.recall`."""
        return iso_messages.written_recall(order, reason, self._channel.member)

    def give_back(self, back: Back) -> bytes:
        """See `Partner.give_back`."""
        return iso_incoming.written_return(back, self._channel.member)

    def question_back(self, back: Back, asked: int) -> bytes:
        """See `Partner.question_back`."""
        return iso_incoming.written_question_back(back, asked, self._channel.member)

    def word(self, word: Word) -> bytes:
        """See `Partner.word`."""
        write = iso_incoming.written_recall_answer if word.case else iso_incoming.written_word
        return write(word, self._channel.member)

    def read(self, document: bytes) -> tuple[Said, ...] | Unfit:
        """See `Partner.read`."""
        channel = self._channel
        ends = channel.bic or channel.member, channel.our_bic
        if is_statement(document):
            return read_statements(document, *ends)
        return iso_messages.read_said(document, *ends, _READERS)

    def hand(self, document: bytes) -> Handed:
        """See `Partner.hand`."""
        return self._wire.hand(document)

    def fetch(self) -> tuple[tuple[str, bytes], ...] | Silent:
        """See `Partner.fetch`. What the partner did not sign is skipped, counted and stays there."""
        return self._wire.fetch()

    def fetched(self, ids: Sequence[str]) -> None:
        """See `Partner.fetched`. A lost word costs nothing: the same bytes come again and change nothing."""
        self._wire.fetched(ids)
