"""What desk and centre say to each other about money over the border: the price, and the right to refund."""

from __future__ import annotations

import msgspec

from azpost_desk.domain.lines.abroad import AbroadTerms
from azpost_desk.domain.people import Person
from azpost_desk.protocol.messages import Message


class QuoteAsk(Message, frozen=True):
    """Ask for the centre's word on a price. Asked again under one id it is the same word.

    Attributes:
        quote: id the desk made.
        named: whose figure is fixed: ``arrives`` (smallest units of the corridor's currency) or ``paid``
            (qəpik, all the sender hands over).
        sender: who sends, by name, FİN, document and phone, so that their limit is kept before money is
            asked for; None from a desk that does not say, which is judged at the sale.
        instead: an earlier quote of this chain that nobody will use: what it promised is free again.
    """

    quote: str
    corridor: str
    named: str
    figure_minor: int
    sender: Person | None = None
    instead: str = ""


class QuoteTold(Message, frozen=True):
    """The signed terms (JSON of AbroadTerms), or a code with the limit it names.

    `limit_minor` is smallest units of the corridor's currency, of A-090 qəpik.
    """

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
