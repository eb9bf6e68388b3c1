"""What stands declared of an item for abroad: its line in, the sale's version or the newest amendment out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain import operations as ops
from azpost_desk.domain.mail.advance import Version, standing
from azpost_desk.domain.people import Addresses
from azpost_desk.services.views import SearchTerm

if TYPE_CHECKING:
    from azpost_desk.services.ports import Reading
    from azpost_desk.services.views import Entry, PaidLine

# More than anybody amends of one item, and days beyond every day.
_VERSIONS_MAX: Final = 200
_LAST_DAY: Final = 2**31
_DECLARED: Final = SearchTerm(whole=("~item.declared",))


def amendments(books: Reading, number: str) -> list[tuple[Entry, ops.ItemDeclared]]:
    """The records that amended an item here, newest first, with their bodies."""
    about = SearchTerm(whole=(number,))
    found = books.found((about, _DECLARED), 0, _LAST_DAY, _VERSIONS_MAX)
    return [(one, one.body) for one in found if isinstance(one.body, ops.ItemDeclared)]


def declared_now(books: Reading, sold: PaidLine) -> tuple[Version, Addresses | None]:
    """The version that stands for a line of an item, and what lies beside it; None of what was erased."""
    line, place = sold.line, sold.recorded
    assert isinstance(line, ops.ItemAccepted)
    first = Version(version=1, message=line.operation, epoch=place.epoch, sequence=place.sequence)
    later = {one.message: one for one in map(_version, of_line(books, line))}
    version = standing((first, *later.values()))[-1]
    is_sale = version.message == line.operation
    record, slot = (
        (place.operation, f"{line.operation}:addresses") if is_sale else (version.message, "addresses")
    )
    content = books.attachment(record, slot)
    return version, msgspec.json.decode(content, type=Addresses) if content else None


def of_line(books: Reading, line: ops.ItemAccepted) -> list[tuple[Entry, ops.ItemDeclared]]:
    """The records that amended this line's item, newest first."""
    return [(one, body) for one, body in amendments(books, line.number) if body.acceptance == line.operation]


def _version(amended: tuple[Entry, ops.ItemDeclared]) -> Version:
    entry, body = amended
    place = entry.recorded
    return Version(
        version=body.version,
        message=place.operation,
        supersedes=body.supersedes,
        epoch=place.epoch,
        sequence=place.sequence,
    )
