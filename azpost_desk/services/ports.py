"""What the services need from outside: the desk's books, the line to the centre, the clock, paper.

`Books` is implemented by the storage room, `Line` by sync, `Clock` by programs; the services see only this
page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from azpost_desk.domain.catalogue import Document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from azpost_desk.domain import operations as ops
    from azpost_desk.domain.ledger import Posting
    from azpost_desk.domain.money import Money
    from azpost_desk.protocol.messages import BillChecked, TransferClaim, TransferClaimed
    from azpost_desk.protocol.records import Attachment, Record
    from azpost_desk.services import views, views_cash

D = TypeVar("D", bound=Document)


class Clock(Protocol):
    """Time from outside: injected everywhere, so that tests own it."""

    def utc_ms(self) -> int:
        """UTC milliseconds, as the PC believes."""

    def monotonic_ms(self) -> int:
        """Milliseconds that never jump."""


class Reading(Protocol):
    """A consistent look into the books."""

    # who and when
    def desk(self) -> views.Desk: ...
    def day(self) -> views.Day: ...
    def till(self) -> views.Till: ...
    def document(self, kind: type[D], date: str) -> D:
        """The reference document valid on `date`; Trouble G-050 when the centre has not sent it yet."""

    def officer(self, officer: str) -> views.OfficerAtDesk | None: ...
    def officers(self) -> list[views.OfficerAtDesk]: ...

    # books
    def balance(self, account: str, sub: str = "") -> Money: ...
    def next_receipt(self) -> str:
        """``<desk number>-<six digits>``, the next of this desk's series."""

    def last_receipt(self) -> str:
        """The newest receipt's number, "" before the first."""

    def head(self) -> tuple[int, int, str]:
        """(epoch, sequence, hash hex) of the newest record."""

    def records(self, day: int | None = None) -> Iterator[tuple[Record, int]]:
        """Records of this desk's chains in order, with their arrival time (ms; own records: recorded
        time).
        """

    def postings(self, day: int | None = None) -> Iterator[tuple[int, Posting]]:
        """(business day, posting) in journal order."""

    def posted(self, day: int) -> list[tuple[str, Posting]]:
        """(kind of record, posting) of this desk's day, in journal order: the first report routine's
        input.
        """

    def till_before(self, day: int) -> Money:
        """The till's ledger balance from the postings of all days before `day`."""

    def entries(self, day: int, limit: int = 500) -> list[views.Entry]: ...
    def grant_entries(self, days: int) -> list[views.Entry]:
        """Requests for grants and what was answered, of this epoch and that many days back, newest first."""

    def settlement(self, receipt: str) -> views.Entry | None: ...
    def entry(self, operation: str) -> views.Entry | None: ...
    def paid_line(self, operation: str) -> views.PaidLine | None: ...
    def attachment(self, operation: str, slot: str) -> bytes | None: ...
    def is_offered(self, operation: str) -> bool:
        """Whether the record of this operation was ever offered to the centre (protocol.md 4)."""

    # features
    def basket(self) -> views.Basket | None: ...
    def stock(self) -> dict[str, int]: ...
    def payments(self, states: Sequence[str] = (), day: int | None = None) -> list[views.Payment]: ...
    def payment(self, payment: str) -> views.Payment | None: ...
    def transfer(self, transfer: str) -> views.Transfer | None: ...
    def transfer_by_code(self, code: str) -> views.Transfer | None: ...
    def transfers(self, day: int | None = None) -> list[views.Transfer]: ...
    def held_grants(self) -> list[views.HeldGrant]: ...
    def codes_left(self) -> int: ...
    def item_numbers_left(self) -> int: ...
    def item_events(self, number: str) -> list[views.ItemEvent]: ...
    def scans(self, day: int, limit: int = 200) -> list[views.Entry]: ...
    def announced(self, last_digits: str) -> list[str]: ...
    def customers(self, folded: str, limit: int = 9) -> list[views.Customer]:
        """By folded name prefix, FİN, document or phone."""

    def known_receivers(self, customer: str, limit: int = 9) -> list[views.KnownReceiver]: ...
    def remittances(self, states: Sequence[str] = ()) -> list[views.Remittance]: ...
    def bags(self, states: Sequence[str] = ()) -> list[views_cash.Bag]: ...
    def bag(self, bag_or_number: str) -> views_cash.Bag | None: ...
    def counts(self, sorts: Sequence[str] = (), day: int | None = None) -> list[views_cash.Count]: ...
    def worn(self) -> dict[int, int]: ...
    def suspect_notes(self) -> list[views_cash.SuspectNote]: ...
    def other_desks(self, date: str) -> list[views.OtherDesk]: ...
    def exposure(self, service: str) -> Money:
        """Sum of what was sold of a service and is not yet acknowledged by the centre."""

    def print_jobs(self, states: Sequence[str] = ()) -> list[views.PrintJob]: ...
    def reprints(self, receipt: str, sort: str) -> int: ...
    def closed_report(self, date: str) -> bytes | None: ...
    def days(self, limit: int = 400) -> list[views.Day]: ...
    def search(self, folded: str, limit: int = 20) -> list[views.Found]: ...


class Writing(Reading, Protocol):
    """One transaction: everything in it is on the disk together, or not at all."""

    def append(
        self,
        body: ops.Body,
        *,
        actor: str,
        operation: str,
        actor_kind: str = "officer",
        source: str = "keys",
        attachments: Sequence[Attachment] = (),
    ) -> views.Recorded:
        """Chain, sign, post and project one record. Refused C-001… never come from here: it only stores.

        Raises:
            Trouble: G-060 when the book is stopped (broken chain, behind its mark), G-061 disk.
        """

    def save_basket(self, basket: views.Basket) -> None: ...
    def drop_basket(self) -> None: ...
    def set_pin(self, officer: str, pin_hash: str) -> None: ...
    def set_tries(self, officer: str, wrong_tries: int, locked_until_ms: int) -> None: ...
    def take_transfer_code(self, operation: str) -> str:
        """An unused code of the centre's pool for this epoch; Refused T-030 when the pool is empty."""

    def take_item_number(self, operation: str) -> str:
        """The next S10 number of this desk's range; Refused E-030 when the range is used up."""

    def queue_paper(self, paper: str, key: str, sort: str = "original") -> int: ...
    def move_print_job(self, job: int, state: str, trouble: str = "") -> None: ...
    def store_report(self, date: str, content: bytes) -> None: ...


class Books(Protocol):
    """The desk's database, one program at a time."""

    def reading(self) -> AbstractContextManager[Reading]: ...
    def writing(self) -> AbstractContextManager[Writing]:
        """Commits when the block ends, rolls back when it raises. Not nested."""


class Line(Protocol):
    """The line to the centre. Every call may raise Trouble("L-001") when the centre is not reached."""

    def state(self) -> views.LineState: ...
    def wake(self) -> None:
        """Exchange now instead of at the next due time."""

    def check_bill(self, biller: str, account: str, amount_qapik: int | None) -> BillChecked: ...
    def claim_transfer(self, claim: TransferClaim) -> TransferClaimed: ...
    def trusted_ms(self) -> int:
        """Now, never below the last signed time of the centre or the last record."""

    def on_change(self, heard: Callable[[], None]) -> None: ...


class Hasher(Protocol):
    """PIN hashing (argon2id), slow on purpose: called off the main thread and outside transactions."""

    def hash(self, pin: str) -> str: ...
    def verify(self, pin_hash: str, pin: str) -> bool: ...
