"""By which words an operation of any year is found: one row per word and record.

Names are folded and cut into words; numbers and codes stand in capitals without spaces. What is no word
begins with a sign: ``=1234`` an amount in qəpik, ``~goods.sold`` a kind, ``@1002`` an officer, ``!1002`` an
officer whose surplus or shortage account moved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, insert, select

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.lines.base import GivenBack
from azpost_desk.domain.names import fold
from azpost_desk.domain.people import AbroadParties, Account, Addresses, Parties, Person
from azpost_desk.domain.postings import postings
from azpost_desk.domain.products import due_qapik, rule_of
from azpost_desk.protocol.records import Record
from azpost_desk.storage import people
from azpost_desk.storage import tables as t
from azpost_desk.storage.features import carrier_of
from azpost_desk.storage.projecting import StoredRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection

# What happens between operations, or many times a minute: found by other screens.
_NOT_LISTED: Final = frozenset(
    {
        "epoch.opened",
        "clock.jumped",
        "staff.signed_in",
        "staff.locked_out",
        "staff.pin_reset",
        "customer.noted",
        "customer.viewed",
        "item.scanned",
        "label.scanned",
        "scan.refused",
        "scan.voided",
        "grant.requested",
        "grant.refused",
        "grant.stored",
        "grant.released",
    }
)


def keep_words(connection: Connection, written: StoredRecord) -> None:
    """Note every word the record can be found by."""
    kind = written.header.kind
    if kind in _NOT_LISTED:
        return
    words = {f"@{written.header.actor}"}
    if isinstance(written.body, ops.Settlement):
        words.update(_of_sale(written, written.body))
    else:
        words.update((f"~{kind}", *_of_other(written, written.body)))
    connection.execute(insert(t.words), [{"word": word, "record": written.id} for word in sorted(words)])


def keep_words_again(connection: Connection, records: Iterable[int]) -> None:
    """The words of these records anew, from what their attachments still hold (`storage.erasing`)."""
    j, a = t.journal.c, t.attachments.c
    for number in sorted(set(records)):
        connection.execute(delete(t.words).where(t.words.c.record == number))
        row = connection.execute(select(t.journal).where(j.id == number)).one()
        attached = connection.execute(select(a.slot, a.content).where(a.record == number))
        slots = {one.slot: one.content for one in attached if one.content is not None}
        header = Record(row.header, row.body, row.previous, row.hash).header()
        body = ops.decode(header.kind, header.version, row.body)
        keep_words(connection, StoredRecord(number, header, body, slots))


def number_word(text: str) -> str:
    """A receipt, code, item, account or document number as it is looked up."""
    return text.upper().replace(" ", "")


def _of_sale(written: StoredRecord, body: ops.Settlement) -> Iterator[str]:
    yield number_word(body.receipt)
    due = 0
    for line in body.lines:
        due += due_qapik(line)
        yield f"~{line.__struct_config__.tag}"
        yield f"={abs(due_qapik(line))}"
        sold = line.original if isinstance(line, ops.LineReversed) else line
        if isinstance(line, ops.LineReversed):
            yield number_word(line.original_receipt)
            yield f"@{line.approved_by}"
        elif isinstance(line, GivenBack) and line.approved_by:
            yield f"@{line.approved_by}"
        yield f"={sold.amount_qapik}"
        yield from _of_line(written, sold)
    yield f"={abs(due)}"


def _of_line(written: StoredRecord, line: ops.Sold) -> Iterator[str]:
    if number := carrier_of(line).number(line):
        yield number_word(number)
    for group, holds in rule_of(line).groups.items():
        value = people.read(written.attached(line.operation, group), holds)
        if value is not None:
            yield from _of_attachment(value)


def _of_attachment(value: object) -> Iterator[str]:
    match value:
        case Parties():
            yield number_word(value.code)
            yield from _of_person(value.sender)
            yield from _of_person(value.receiver)
        case AbroadParties():
            yield from _of_person(value.sender)
            for name in (value.sender_latin, value.receiver.name, value.receiver.latin):
                yield from fold(name).split()
        case Person():
            yield from _of_person(value)
        case Addresses():
            yield from _of_person(value.sender)
            yield from _of_person(value.addressee)
        case Account():
            yield number_word(value.account)
            yield from fold(value.holder).split()
            if value.contact:
                yield number_word(value.contact)
        case _:
            raise TypeError(f"nobody said by which words {type(value).__name__} is found")


def _of_person(one: Person) -> Iterator[str]:
    yield from fold(one.name).split()
    for number in (one.fin, one.document, one.phone):
        if number:
            yield number_word(number)


def _of_other(written: StoredRecord, body: ops.Body) -> Iterator[str]:
    """Numbers and amounts of a body, whatever its kind, and the officers whose accounts it moved."""
    for name in body.__struct_fields__:
        value = getattr(body, name)
        if name.endswith("_qapik") and value:
            yield f"={abs(value)}"
        elif name in ("document", "receipt", "dispute", "case", "bag", "sku", "number") and value:
            yield number_word(str(value))
        elif name in ("holder", "to_officer", "from_officer", "approved_by") and value:
            yield f"@{value}"
    header = written.header
    for one in postings(header.desk, header.operation, header.kind, header.version, body):
        if one.account in (chart.SURPLUS, chart.SHORTAGE):
            yield f"!{one.sub}"
