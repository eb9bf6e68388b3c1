"""What the services need from outside: the desk's books, the line to the centre, the clock, paper.

`Books` is implemented by the storage room, `Line` by sync, `Clock` by programs; the services see only this
page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from azpost_desk.domain.catalogue import Document, WatchState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from azpost_desk.domain import operations as ops
    from azpost_desk.domain.cards import CardAnswer
    from azpost_desk.domain.ledger import Posting
    from azpost_desk.domain.mail.history import Life
    from azpost_desk.domain.money import Money
    from azpost_desk.domain.papers import Paper
    from azpost_desk.domain.signatures import Known
    from azpost_desk.domain.watch_lists import Listed
    from azpost_desk.protocol.questions import A, Question, T
    from azpost_desk.protocol.records import Attachment, Record
    from azpost_desk.protocol.slips import Slip
    from azpost_desk.services import (
        views,
        views_cash,
        views_customers,
        views_grants,
        views_mail,
        views_recovery,
        views_slips,
    )
    from azpost_desk.services.reads import Reads

D = TypeVar("D", bound=Document)
F = TypeVar("F")


class Clock(Protocol):
    """Time from outside: injected everywhere, so that tests own it."""

    def utc_ms(self) -> int:
        """UTC milliseconds, as the PC believes."""

    def monotonic_ms(self) -> int:
        """Milliseconds that never jump."""


class Reading(Protocol):
    """A consistent look into the books."""

    def of(self, feature: Reads[F]) -> F:
        """What a feature reads, by its token."""

    # who and when
    def desk(self) -> views.Desk: ...
    def day(self) -> views.Day: ...
    def till(self) -> views.Till: ...
    def document(self, kind: type[D], date: str) -> D:
        """The reference document valid on `date`; Trouble G-050 when the centre has not sent it yet."""

    def watch_copy(self) -> WatchState:
        """The watch lists that stand here whole, and when the centre imported each."""

    def watch_ways(self) -> tuple[tuple[str, int, int, int], ...]:
        """(list, version here, imported at (UTC ms), version on its way or 0): another, another index."""

    def watch_entries(self) -> list[Listed]:
        """Every entry of the desk's copies."""

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
    def given_back(self, since: str) -> list[ops.AnyLine]:
        """Lines that gave back what others took, recorded after the line with the operation `since`."""

    def attachment(self, operation: str, slot: str) -> bytes | None: ...
    def is_offered(self, operation: str) -> bool:
        """Whether the record of this operation was ever offered to the centre (PROTOCOL.md 4)."""

    # features
    def basket(self) -> views.Basket | None: ...
    def stock(self) -> dict[str, int]: ...
    def payments(self, states: Sequence[str] = (), day: int | None = None) -> list[views.Payment]: ...
    def payments_since(self, from_ms: int) -> list[views.Payment]:
        """Bills taken at this desk from then on (UTC ms), newest first."""

    def payment(self, payment: str) -> views.Payment | None: ...
    def card_steps(self, states: Sequence[str] = ()) -> list[views.CardStep]:
        """Steps at the card terminal, newest first."""

    def transfer(self, transfer: str) -> views.Transfer | None: ...
    def transfer_by_code(self, code: str) -> views.Transfer | None: ...
    def transfers(self, day: int | None = None) -> list[views.Transfer]: ...
    def held_grants(self) -> list[views_grants.HeldGrant]: ...
    def proven_by_ms(self, sequence: int) -> int:
        """When the centre first signed that it has this record of the present chain; 0 while it has not."""

    def codes_left(self) -> int: ...
    def item_numbers_left(self) -> int: ...
    def item_events(self, number: str) -> list[views_mail.ItemEvent]:
        """What is known of a number, in causal order, taken-back events and former items among it."""

    def item_lives(self, number: str) -> tuple[Life, ...]:
        """The items under a number as their events make them, the newest last; never empty."""

    def item_orders(self, number: str) -> dict[str, views_mail.StopOrder]:
        """Stop orders that stand for an item, by kind, oldest first."""

    def sent_on_to(self, number: str, since_ms: int) -> str:
        """The office that an item was sent on to by an order of since then (UTC ms); "" for others."""

    def scans(self, day: int, limit: int = 200) -> list[views.Entry]: ...
    def announced(self, last_digits: str) -> list[str]: ...
    def customers(self, folded: str, limit: int = 9) -> list[views.Customer]:
        """By folded name prefix, FİN, document or phone."""

    def customer(self, customer: str) -> views.Customer | None: ...
    def notes(self, customer: str) -> list[views_customers.NoteSeen]:
        """What officers wrote into a file, newest first, as far as it is not erased."""

    def lines_of(self, customer: views.Customer, limit: int = 12) -> list[views_customers.PastLine]: ...
    def known_receivers(self, customer: str, limit: int = 9) -> list[views.KnownReceiver]: ...
    def sent_to(self, typed: str, limit: int = 9) -> list[tuple[views.Customer, views.KnownReceiver]]:
        """Receivers by the beginning of any word of the name or by phone, each with who sent to them."""

    def remittances(self, states: Sequence[str] = ()) -> list[views.Remittance]: ...
    def bags(self, states: Sequence[str] = ()) -> list[views_cash.Bag]: ...
    def bag(self, bag_or_number: str) -> views_cash.Bag | None: ...
    def counts(self, sorts: Sequence[str] = (), day: int | None = None) -> list[views_cash.Count]: ...
    def worn(self) -> dict[int, int]: ...
    def suspect_notes(self) -> list[views_cash.SuspectNote]: ...
    def other_desks(self, date: str) -> list[views.OtherDesk]: ...
    def desk_key(self, desk: str, epoch: int) -> views_slips.DeskKey | None: ...
    def slip(self, operation: str) -> str: ...
    def known_close(self, desk: str, date: str) -> views_slips.KnownClose | None: ...
    def consent_request(self, request: str) -> views_slips.CentreConsent | None: ...
    def consent_requests(self, operation: str) -> list[views_slips.CentreConsent]: ...
    def telephone_mac(self, words: bytes) -> bytes:
        """HMAC-SHA-256 with the secret of this chain; Trouble S-068 when the centre gave none."""

    def exposure(self, service: str) -> Money:
        """Sum of what was sold of a service and is not yet acknowledged by the centre."""

    # recovery
    def parked(self) -> list[views_recovery.Parked]: ...
    def running_since(self) -> int:
        """When the program that has the books open now opened them, ms."""

    def grant_questions(self) -> list[views_recovery.GrantAsked]: ...
    def only_open_at_centre(self) -> list[str]:
        """Grants that the centre holds for open and this chain neither holds nor ever ended."""

    def proposals(self) -> list[views_recovery.Proposal]: ...
    def document_dates(self, date: str) -> list[views_recovery.DocumentDate]:
        """The reference documents in force on `date`, each with its version and since when."""

    def centre_acts(self, limit: int = 500) -> list[views_recovery.CentreAct]: ...
    def print_jobs(self, states: Sequence[str] = (), since_ms: int = 0) -> list[views.PrintJob]: ...
    def prints_until(self, job: views.PrintJob) -> int:
        """How many of this paper there are of its sort (original, copy, duplicate), up to this one."""

    def reprints(self, receipt: str, sort: str) -> int: ...
    def closed_report(self, date: str) -> bytes | None: ...
    def days(self, limit: int = 400) -> list[views.Day]: ...
    def day_of(self, date: str) -> views.Day | None:
        """The business day with this date, of any year."""

    def disputes(self, states: Sequence[str] = ()) -> list[views.Dispute]:
        """Newest first."""

    def dispute(self, number: str) -> views.Dispute | None: ...
    def cases(self) -> list[views.Case]:
        """Newest first."""

    def supplements(self, date: str) -> list[views.Supplement]: ...
    def missing_at_close(self, date: str) -> set[int]:
        """Numbers of the desks whose close had not come when this day's report was stored."""

    def found(
        self, words: Sequence[views.SearchTerm], first_day: int, last_day: int, limit: int
    ) -> list[views.Entry]:
        """Operations of these days that every wanted word leads to, newest first."""

    def day_begun_by(self, at_ms: int) -> int:
        """Number of the last business day that had been opened by a moment (UTC ms), 0 for none."""

    def undone(self, lines: Sequence[str]) -> set[str]:
        """Which of these lines (operations) were reversed."""

    def software(self) -> str:
        """Name and version of the program that opened this chain."""

    def search(self, folded: str, limit: int = 20) -> list[views.Found]: ...
    def evidence(self, first_day: str, last_day: str, *, personal: bool) -> bytes:
        """The evidence file over these business days (protocol.evidence); Refused R-080, Trouble R-081."""

    @property
    def stopped(self) -> bool:
        """Whether no record may be written any more."""

    @property
    def ended(self) -> str:
        """The L-code of what ended this chain (forked, replaced, lost, revoked): no money moves any more."""

    def record_at(self, epoch: int, sequence: int) -> Record | None: ...
    def epoch_key(self, epoch: int) -> str:
        """The desk's public key in an epoch, hex; "" when this desk never heard of it."""

    def certificate(self, operation: str) -> str:
        """The text of the shift certificate given at this till close, "" when there was none."""

    # signatures and personal data
    def paper_signatures(self, paper: str, key: str) -> list[views.PaperSignature]:
        """The electronic signatures of a paper, oldest first."""

    def signed_paper(self, paper: str, key: str) -> bytes | None:
        """The bytes of a paper as they were signed last; None when it was never signed."""

    def acts(self, date: str) -> list[tuple[str, str]]:
        """(paper, key) of what was printed for the records of a day, each once, in their order."""

    def newest_job(self, paper: str, key: str) -> views.PrintJob | None:
        """The print job of a paper; None when it was never to be printed."""

    def known_certificate(self, officer: str) -> Known | None:
        """What an officer signed with last at this desk."""

    def agreed_ms(self) -> int:
        """The earlier of the PC's clock and the latest time the centre signed for: so much has passed."""

    def personal(self, before_ms: Mapping[str, int], limit: int) -> list[views.Personal]:
        """Personal data recorded before its group's moment (``*``: of the groups not named), as far as the
        centre has acknowledged it; oldest first.
        """

    def personal_of(self, customer: str) -> list[views.Personal]:
        """Everything this desk holds in which a customer is named, acknowledged or not; oldest first."""

    def unfinished(self) -> set[str]:
        """Operations of transfers and bills whose money is not where it belongs yet."""

    def matters(self) -> list[views.Matter]:
        """Cases, disputes and holds of this desk, in order."""

    def looks(self, limit: int = 500) -> list[views.Look]:
        """Who looked at customers' files, newest first."""


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
            Trouble: G-060 when the book is stopped (broken chain, behind its mark), G-061 disk; L-006, L-011,
                L-012, L-015 the chain has ended and this is none of what remains (domain.ended_chains).
        """

    def save_basket(self, basket: views.Basket) -> None: ...
    def drop_basket(self) -> None: ...
    def park(self, basket: views.Basket, at_ms: int) -> None:
        """Keep a basket beside the one in hand."""

    def repark(self, basket: views.Basket) -> None: ...
    def unpark(self, basket: str) -> None: ...
    def set_pin(self, officer: str, pin_hash: str) -> None: ...
    def set_tries(self, officer: str, wrong_tries: int, wait_ms: int) -> None:
        """Wrong PINs in a row, and the wait in running time that begins now; a restart begins it anew."""

    def take_transfer_code(self, operation: str) -> str:
        """An unused code of the centre's pool for this epoch; Refused T-030 when the pool is empty."""

    def take_item_number(self, operation: str, indicator: str) -> str:
        """The next S10 number of this desk's ranges whose letters begin with `indicator`, no other's; Refused
        E-030 when these are used up.
        """

    def keep_item_number(self, operation: str, number: str) -> None:
        """The number of a label printed beforehand is this acceptance's (services.rolls has looked)."""

    def queue_paper(self, paper: str, key: str, sort: str = "original") -> int: ...
    def move_print_job(self, job: int, state: str, trouble: str = "") -> None: ...
    def next_case(self) -> str: ...
    def sign_slip(self, operation: str, slip: Slip) -> str:
        """Sign a slip with this chain's key and keep its code for the paper of `operation`."""

    def count_wrong_response(self, request: str) -> int: ...
    def store_report(self, date: str, content: bytes, missing: Sequence[int] = ()) -> None:
        """Closed and signed is stored bytes; `missing` are the desks it had to do without."""

    def next_dispute(self) -> str:
        """The next dispute number of this desk, ``D2026-000001-x``."""

    def store_supplement(self, supplement: views.Supplement) -> None: ...
    def public_key(self) -> str:
        """The desk's public key of the present epoch, hex."""

    def sign_words(self, words: bytes) -> bytes:
        """This desk's signature over words that are no record's hash: those the commit alone signs."""

    def store_certificate(self, operation: str, text: str) -> None: ...
    def store_signed(self, paper: str, key: str, number: int, content: bytes) -> None: ...
    def empty(self, personal: Sequence[views.Personal]) -> None:
        """Salt and bytes of these attachments become nothing, and so does what was folded from them."""


class Books(Protocol):
    """The desk's database, one program at a time."""

    def reading(self) -> AbstractContextManager[Reading]: ...
    def writing(self) -> AbstractContextManager[Writing]:
        """Commits when the block ends, rolls back when it raises. Not nested."""

    def count_wrong_pin(self, officer: str) -> int:
        """One wrong PIN more; how many in a row. It counts at once, whatever the disk takes afterwards."""

    def ended_badly(self) -> bool:
        """Whether the program before this one ended without closing the books."""

    def check(self) -> views.BooksCheck:
        """All invariants over the whole books while the desk works; long, so never on the lane of screens."""


class Line(Protocol):
    """The line to the centre. Every call may raise Trouble("L-001") when the centre is not reached."""

    def state(self) -> views.LineState: ...
    def wake(self) -> None:
        """Exchange now instead of at the next due time."""

    def send(self) -> None:
        """Hand everything recorded so far to the centre, and return when it has it. Slow.

        Raises:
            Trouble: an L-code.
        """

    def ask(self, question: Question[A, T], asked: A) -> T:
        """What the centre answers to one of protocol.questions; what it signs has been checked.

        Raises:
            Trouble: an L-code. Refused: the centre's X-code.
        """

    def trusted_ms(self) -> int:
        """Now by trusted time: what an age or a date decides goes by it, never by the PC's clock."""

    def on_change(self, heard: Callable[[], None]) -> None: ...


class Surroundings(Protocol):
    """The machine around the books, for the look before the day."""

    def free_bytes(self) -> int: ...
    def key_protection(self) -> str:
        """keyring, or file: which protects against nothing but a lost database file."""

    def refolded(self) -> Sequence[str]:
        """Tables that were other than the journal says when a migration folded them again at this start."""

    def backup_ms(self) -> int | None:
        """When the newest verified backup was made; None where no backup is kept."""

    def printer(self) -> str:
        """The D-code of what is wrong with the receipt printer, "" when it is ready. May take its timeout."""


class Tray(Protocol):
    """The folder in which the papers of a desk without a printer lie for a day (decisions/024)."""

    def folder(self) -> str: ...
    def find(self, paper: Paper | bytes, sort: str) -> str:
        """The file of a paper that was laid there, "" when none is (any more)."""


class CardTerminal(Protocol):
    """The terminal at the counter. Every call may take as long as the customer; never on the main thread.

    A reference is ours, made and stored before the call: the terminal knows the payment by it.
    """

    place: str

    def purchase(self, reference: str, amount_qapik: int) -> CardAnswer:
        """Ask the customer's card for an amount.

        Raises:
            Trouble: D-030 nobody there, nothing was asked; D-031 asked, and no answer that can be read; D-032
                one in another protocol; D-033 the answer could not be noted.
        """

    def query(self, reference: str) -> CardAnswer:
        """What became of a purchase; declined when the terminal has never heard of it.

        Raises:
            Trouble: D-030 to D-033.
        """

    def refund(self, reference: str, original: str, amount_qapik: int) -> CardAnswer:
        """Give a part of an approved purchase (`original`) back to its card, under a reference of its own.

        Raises:
            Trouble: D-030 to D-033.
        """

    def reverse(self, reference: str) -> CardAnswer:
        """Give an approved purchase back; approved when it is, however often it is asked.

        Raises:
            Trouble: D-030 to D-033.
        """


class Hasher(Protocol):
    """PIN hashing (argon2id), slow on purpose: called off the main thread and outside transactions."""

    def hash(self, pin: str) -> str: ...
    def verify(self, pin_hash: str, pin: str) -> bool: ...
