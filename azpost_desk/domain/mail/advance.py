"""Advance data of an item for the customs of its destination: a sale in, one versioned message out.

It has the fields of the UPU's ITMATT, whose layout is not public, as JSON of our own. What is amended is a
new message that names the one it supersedes; nothing that was sent is changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec

from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.typed import one_line, require_writable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.domain.mail.declaration import Declaration

HS_DIGITS_MIN: Final = 6
SCHEMA: Final = "azpost.item-attributes/1"


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of the message; what is not known is left out, and what a newer sender adds is passed over."""


class Party(_Part, frozen=True):
    """Sender or addressee in full, as CN 23 has them; `reference` is a tax or importer number."""

    name: str
    street: str
    city: str
    country: str
    postcode: str = ""
    business: str = ""
    phone: str = ""
    mail: str = ""
    reference: str = ""


class AdvanceLine(_Part, frozen=True):
    """One sort of goods; lines are numbered from 1, a value is in the message's currency."""

    number: int
    description: str
    quantity: int
    net_grams: int
    value_minor: int
    currency: str
    hs: str = ""
    origin: str = ""


class Papers(_Part, frozen=True):
    """Numbers of what goes with the goods."""

    licence: str = ""
    certificate: str = ""
    invoice: str = ""


class ItemAttributes(_Part, frozen=True):
    """The message.

    Attributes:
        message: its own id; `supersedes`: the id of the one that it replaces, "" for the first.
        item: S10; `generation`: which use of that number.
        posted_ms: UTC.
        signer: who signed the declaration.
    """

    # Written out in every message, also where defaults are left out.
    schema: Literal["azpost.item-attributes/1"]
    message: str
    item: str
    generation: int
    posted_ms: int
    category: str
    gross_grams: int
    total_minor: int
    currency: str
    postage_qapik: int
    sender: Party
    addressee: Party
    lines: tuple[AdvanceLine, ...]
    signer: str
    supersedes: str = ""
    insured_qapik: int = 0
    explanation: str = ""
    papers: Papers = Papers()


class Posting(msgspec.Struct, frozen=True, kw_only=True):
    """What the sale knows of an item beside its declaration."""

    item: str
    generation: int
    posted_ms: int
    postage_qapik: int
    sender: Party
    addressee: Party
    signer: str
    insured_qapik: int = 0
    papers: Papers = Papers()


def item_attributes(message: str, posting: Posting, declared: Declaration) -> ItemAttributes:
    """The first message about an item; the declaration has no faults."""
    return ItemAttributes(
        schema=SCHEMA,
        message=message,
        item=posting.item,
        generation=posting.generation,
        posted_ms=posting.posted_ms,
        category=declared.category,
        gross_grams=declared.gross_grams,
        total_minor=declared.total_minor,
        currency=declared.currency,
        postage_qapik=posting.postage_qapik,
        sender=posting.sender,
        addressee=posting.addressee,
        lines=tuple(
            AdvanceLine(
                number=number,
                description=line.description,
                quantity=line.quantity,
                net_grams=line.net_grams,
                value_minor=line.value_minor,
                currency=declared.currency,
                hs=line.hs,
                origin=line.origin,
            )
            for number, line in enumerate(declared.lines, start=1)
        ),
        signer=posting.signer,
        insured_qapik=posting.insured_qapik,
        explanation=declared.explanation,
        papers=posting.papers,
    )


def amended(before: ItemAttributes, message: str, posting: Posting, declared: Declaration) -> ItemAttributes:
    """The message that replaces `before`.

    Raises:
        ValueError: it is about another item, or bears the same id: a mistake of the program, not of a person.
    """
    if (before.item, before.generation) != (posting.item, posting.generation) or message == before.message:
        raise ValueError("an amendment is another message about the same item")
    after = item_attributes(message, posting, declared)
    return msgspec.structs.replace(after, supersedes=before.message)


def composed(message: ItemAttributes) -> ItemAttributes:
    """The message with its free texts as they are read: composed, one blank between words, without what
    writes nothing. Customs compare them by machine, and what looks the same is no amendment.

    Raises:
        Refused: G-016 what cannot be written down, by the name of its field.
    """
    require_writable(message)
    papers = message.papers
    return msgspec.structs.replace(
        message,
        lines=tuple(
            msgspec.structs.replace(one, description=_read(one.description)) for one in message.lines
        ),
        explanation=_read(message.explanation),
        papers=Papers(
            licence=_read(papers.licence),
            certificate=_read(papers.certificate),
            invoice=_read(papers.invoice),
        ),
    )


def _read(text: str) -> str:
    return " ".join(one_line(text).split())


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A message of an item as its record tells of it, without what is personal in it.

    Attributes:
        version: 1 of the sale, one more with each amendment.
        message, supersedes: ids, as in the message.
        epoch, sequence: where its record stands in the chain of the desk that sold the item.
    """

    version: int
    message: str
    supersedes: str = ""
    epoch: int = 0
    sequence: int = 0


def standing(versions: Iterable[Version]) -> tuple[Version, ...]:
    """Those that no other supersedes, whatever their order, the one that counts last.

    Two stand where a machine was replaced that had amended what the new one never heard of: the higher
    version counts, then what was written last, and a person looks into it.
    """
    told = tuple(versions)
    replaced = {one.supersedes for one in told}
    left = (one for one in told if one.message not in replaced)
    return tuple(sorted(left, key=lambda one: (one.version, one.epoch, one.sequence, one.message)))


def is_sound(message: ItemAttributes) -> bool:
    """Whether customs that demand advance data can work with it: goods, each with the code of its heading."""
    to = message.addressee
    codes = (one.hs for one in message.lines)
    return bool(message.lines and to.name and to.street and to.city) and all(
        is_digits(code) and len(code) >= HS_DIGITS_MIN for code in codes
    )


def written(message: ItemAttributes) -> bytes:
    """The message as it is sent, the same bytes for the same message."""
    return msgspec.json.encode(message)


def read(content: bytes) -> ItemAttributes:
    """A message as it was received.

    Raises:
        msgspec.DecodeError: it is none of this schema. UnicodeDecodeError: it is no text.
    """
    return msgspec.json.decode(content, type=ItemAttributes)
