"""What desk and centre say to each other about money over the border: the price, and the right to refund."""

from __future__ import annotations

import msgspec

from azpost_desk.domain.lines.abroad import AbroadTerms
from azpost_desk.protocol.messages import Message


class QuoteAsk(Message, frozen=True):
    """Ask for the centre's word on a price. Asked again under one id it is the same word.

    Attributes:
        quote: id the desk made.
        named: whose figure is fixed: ``arrives`` (smallest units of the corridor's currency) or ``paid``
            (qəpik, all the sender hands over).
    """

    quote: str
    corridor: str
    named: str
    figure_minor: int


class QuoteTold(Message, frozen=True):
    """The signed terms (JSON of AbroadTerms), or an A-code with the limit it names, smallest units."""

    words: bytes = b""
    signature: bytes = b""
    code: str = ""
    limit_minor: int = 0


def words_of(terms: AbroadTerms) -> bytes:
    """The bytes of terms that the centre signs."""
    return msgspec.json.encode(terms)


def terms_of(words: bytes) -> AbroadTerms:
    """The terms in signed words.

    Raises:
        msgspec.DecodeError: they are none.
    """
    return msgspec.json.decode(words, type=AbroadTerms)
