"""What is true of the lines of baskets: nothing stands twice anywhere, and how each came in is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain import operations as ops
from azpost_desk.domain.people import Parties
from azpost_desk.domain.products import once_of, stands_ms
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.records import RECORD_BYTES_MAX
from azpost_desk.services.giving_back import way_back
from azpost_desk.services.views import PlannedLine
from azpost_desk.texts import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from azpost_desk.protocol.records import Attachment
    from azpost_desk.services.counter import Officer
    from azpost_desk.services.ports import Reading, Writing
    from azpost_desk.services.views import Basket


# What a settlement holds beside its lines: header, receipt, tenders.
_SETTLEMENT_BYTES: Final = 8 * 1024
# The comma, the frame of an attachment, and what a line may still be told when it is paid.
_LINE_FRAME_BYTES: Final = 96


def line_told(
    line: ops.AnyLine,
    attached: Sequence[Attachment],
    told: Callable[[str], tuple[str, str]],
    language: str,
    source: str,
) -> PlannedLine:
    """The line as the panel shows it; `told` gives title and detail in one language, and is asked for all:
    the line may be looked at in another than it was sold in.
    """
    words = {code: told(code) for code in LANGUAGES}
    return PlannedLine(
        line,
        tuple((one.slot, one.salt, one.content) for one in attached),
        *words[language],
        source,
        {code: title for code, (title, _) in words.items()},
        {code: detail for code, (_, detail) in words.items()},
    )


def record_sources(books: Writing, by: Officer, basket: Basket, operation: str) -> None:
    """How each line came in, where the header of the settlement cannot say it for all (H-08)."""
    sources = {planned.line.operation: planned.source for planned in basket.lines}
    if len(set(sources.values())) > 1:
        body = ops.BasketSources(basket=basket.basket, sources=sources)
        books.append(body, actor=by.officer, operation=operation)


def sendable(lines: Sequence[PlannedLine]) -> None:
    """Refuse with B-007 a basket whose record no line would carry: seen before a card is asked or money is
    taken.
    """
    size = sum(
        len(msgspec.json.encode(planned.line))
        + sum(len(slot) + len(salt) + len(content) for slot, salt, content in planned.attachments)
        + _LINE_FRAME_BYTES
        for planned in lines
    )
    if size > RECORD_BYTES_MAX - _SETTLEMENT_BYTES:
        raise Refused("B-007")


def codes_of(lines: Sequence[PlannedLine]) -> tuple[str, ...]:
    """The numbers of the transfers that these lines send, in their order."""
    return tuple(
        msgspec.json.decode(content, type=Parties).code
        for planned in lines
        if isinstance(planned.line, ops.TransferSent)
        for slot, _salt, content in planned.attachments
        if slot.endswith(":parties")
    )


def no_twin(basket: Basket, planned: PlannedLine) -> None:
    """The same operation, grant or refund cannot stand in a basket twice, nor in two (B-006)."""
    for other in basket.lines:
        if other.line.operation == planned.line.operation:
            raise Refused("B-006")
        once = once_of(planned.line)
        if once and once == once_of(other.line):
            raise Refused("B-006")


def source_of(lines: Sequence[PlannedLine]) -> str:
    """How the lines came in: `scan` only when every one was scanned."""
    sources = {planned.source for planned in lines}
    return sources.pop() if len(sources) == 1 else "keys"


def still_stand(lines: Sequence[ops.AnyLine], now_ms: int) -> None:
    """Refuse with A-041 a price that has run out, with P-068 a notice whose portal was asked too long ago."""
    if any(isinstance(line, ops.NoticePaid) and line.is_old(now_ms) for line in lines):
        raise Refused("P-068")
    if any(0 < stands_ms(line) < now_ms for line in lines):
        raise Refused("A-041")


def with_way_back(books: Reading, planned: PlannedLine) -> PlannedLine:
    """The line with what of its money goes back to a card or by code: the panel says it before it is paid."""
    way = way_back(books, planned.line)
    if way is None or not way.electronic.minor:
        return planned
    return replace(
        planned,
        electronic_qapik=way.electronic.minor,
        is_to_card=way.card is not None,
        is_to_code=way.code is not None,
    )
