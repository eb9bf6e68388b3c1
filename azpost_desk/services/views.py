"""What services read from the desk's books and hand to screens: frozen rows, plain values, as of a moment."""

from __future__ import annotations

from dataclasses import dataclass, field

# msgspec reads these annotations at run time: a basket is stored and decoded.
from azpost_desk.domain import operations as ops  # noqa: TC001
from azpost_desk.domain.money import Money  # noqa: TC001


@dataclass(frozen=True, slots=True)
class Desk:
    """Who this desk is. `number` is its number in the branch, printed on receipts."""

    desk: str
    number: int
    branch: str
    epoch: int
    receipt_series: int


@dataclass(frozen=True, slots=True)
class Day:
    """The business day of this desk. `state`: "" (never opened), open or closed; `date`: ISO, "" if none."""

    number: int
    date: str
    state: str


@dataclass(frozen=True, slots=True)
class Till:
    """The till of this desk. `balance` is the ledger's; state "" / open / closed."""

    till: str
    state: str
    holder: str
    balance: Money


@dataclass(frozen=True, slots=True)
class Recorded:
    """A record that is on the disk: what paper and screens may speak of."""

    operation: str
    epoch: int
    sequence: int
    kind: str
    day: int
    actor: str
    recorded_ms: int
    mark: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A journal record as history shows it: header facts and the decoded body."""

    recorded: Recorded
    body: ops.Body
    actor_kind: str
    source: str
    approved_by: str = ""


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A line of a stored settlement, with what has become of it."""

    line: ops.AnyLine
    receipt: str
    recorded: Recorded
    date: str
    reversed_by: str = ""
    attachments: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A line waiting in the basket: the line, its attachments (slot → JSON) and what the panel shows of
    it.

    Attributes:
        title, detail: in the language it was sold in; a basket stored by an older desk has these alone.
        titles, details: in every language.
        electronic_qapik: what of a giving back had not come in cash; `is_to_card`,
            `is_to_code`: where it can go back.
    """

    line: ops.AnyLine
    attachments: tuple[tuple[str, bytes, bytes], ...]
    title: str
    detail: str
    source: str
    titles: dict[str, str] = field(default_factory=dict)
    details: dict[str, str] = field(default_factory=dict)
    electronic_qapik: int = 0
    is_to_card: bool = False
    is_to_code: bool = False


@dataclass(frozen=True, slots=True)
class Basket:
    """The customer's basket of this desk: stored on every change, committed only by being paid.

    `language` is that of the customer's papers, "" for the one on the screen when it is paid.
    """

    basket: str
    officer: str
    lines: tuple[PlannedLine, ...]
    started_ms: int
    language: str = "az"


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer this desk knows: sent here, or held here by a grant."""

    transfer: str
    code: str
    state: str
    amount: Money
    fee: Money
    office: str
    sent_ms: int
    sender: str
    receiver: str
    receipt: str
    grant: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """A bill taken here and what the biller says of it; states of domain.moves.PAYMENT."""

    payment: str
    biller: str
    service: str
    account: str
    amount: Money
    fee: Money
    state: str
    accepted_ms: int
    changed_ms: int
    receipt: str
    reason: str = ""
    provider_reference: str = ""


@dataclass(frozen=True, slots=True)
class CardStep:
    """A basket's card at the terminal; states of domain.moves.CARD.

    `tender` is the id under which the settlement carries it; `references` are the terminal's own. With
    `refunds` (a step) money goes back to that step's card, and `basket` names the line that is undone.
    """

    step: str
    basket: str
    tender: str
    amount: Money
    officer: str
    state: str
    reason: str
    refunds: str
    references: dict[str, str]
    asked_ms: int
    changed_ms: int


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody this desk has served: from the attachments of the records it holds itself."""

    customer: str
    fin: str
    document: str
    name: str
    phone: str
    address: str
    last_seen_ms: int


@dataclass(frozen=True, slots=True)
class KnownReceiver:
    """A receiver this customer sent money to before, newest first; picked by a digit."""

    name: str
    phone: str
    office: str
    last_ms: int


@dataclass(frozen=True, slots=True)
class Remittance:
    """Cash between desks of the branch: issued, accepted or announced to this desk.

    `accepted_by` (an officer's id) and `accepted_ms` say who counted it in and when; "" and 0 until then.
    """

    remittance: str
    from_desk: str
    to_desk: str
    amount: Money
    pieces: dict[int, int]
    at_ms: int
    state: str
    accepted_by: str = ""
    accepted_ms: int = 0


@dataclass(frozen=True, slots=True)
class PaperSignature:
    """One electronic signature of a paper, as the journal names it (hashes and certificate in hex)."""

    number: int
    officer: str
    signed: str
    certificate: str
    operation: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class PrintJob:
    """Paper that is owed: made from a committed record, printed after it, retried without touching money.

    Attributes:
        number, copy: what people call it by (receipt, item), which copy it is; empty where nobody asked.
        way, place: once it was tried just now: printed, sent or saved, and where.
    """

    job: int
    paper: str
    key: str
    sort: str
    state: str
    tries: int
    trouble: str
    made_ms: int
    number: str = ""
    way: str = ""
    place: str = ""
    copy: int = 0


@dataclass(frozen=True, slots=True)
class OfficerAtDesk:
    """Somebody who may sign in here.

    Attributes:
        pin_hash: the newest argon2id hash this desk knows.
        wrong_tries: how many wrong PINs in a row.
        wait_ms: how long sign-in stays locked from now on, by running time; 0 when it is not.
        temporary: the PIN was given by somebody else and is only good for choosing an own one.
        given_by: who gave this officer a PIN on this business day, whatever became of it.
    """

    officer: str
    name: str
    role: str
    language: str
    pin_hash: str
    wrong_tries: int
    wait_ms: int
    temporary: bool = False
    given_by: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Personal:
    """One attachment that still holds somebody's data.

    Attributes:
        operation: of its record; the slot begins with the operation of the line.
        commitment: what the body holds of it.
        origin: the operation that its record changes something of, "" where it stands for itself.
    """

    epoch: int
    sequence: int
    operation: str
    slot: str
    group: str
    commitment: str
    recorded_ms: int
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked at a customer's file. `customer` is the name, "" when that was erased by rule."""

    at_ms: int
    officer: str
    customer: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Matter:
    """A case, dispute or hold: its number in the journal, kind, and the words of its record."""

    record: int
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What something costs by the tariffs in force, and where to.

    Attributes:
        name: the service in the reader's language, "" for a transfer.
        office: branch code, "" for any office; `place` and `postcode` are that office's.
        amount: what a receiver gets; None for an item, which has `weight_grams` instead.
        zone: of an item without a place: ``same`` or ``other``, "" wherever it goes.
        fee, vat: what is contained in `total`; None where there is none.
        day: when an item of today is expected there (ISO), "" = the price list does not say.
        country: abroad (ISO 3166); `is_least`: measured it may cost more.
    """

    total: Money
    name: str = ""
    service: str = ""
    office: str = ""
    place: str = ""
    postcode: str = ""
    zone: str = ""
    amount: Money | None = None
    weight_grams: int = 0
    fee: Money | None = None
    vat: Money | None = None
    days: int = 0
    day: str = ""
    country: str = ""
    is_least: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One answer of the one box: what it is, and where it opens.

    `sure`: it was asked for by a number or a code, so that it opens at once when it is the only one. `offer`
    is what a price consists of. `told` is what a payment code asks for a bill: the biller's check decides.
    """

    kind: str
    key: str
    title: str
    detail: str
    sure: bool = True
    offer: Offer | None = None
    told: Money | None = None


@dataclass(frozen=True, slots=True)
class OtherDesk:
    """Where another desk of the branch stood when the centre last heard of it."""

    desk: str
    number: int
    epoch: int
    sequence: int
    hash: str
    received_ms: int
    date: str
    state: str
    figures: bytes
    hours: str = ""


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute of this desk; states of domain.moves.DISPUTE.

    Attributes:
        operation: the record that raised it.
        value: in `unit` (qapik, count or a currency), as the books said it then.
        due: ISO date until which the centre should have answered.
        answer: "" until the centre answered, then a word of `operations_disputes.answers_to`.
    """

    dispute: str
    operation: str
    figure: str
    about: str
    date: str
    value: int
    unit: str
    officer: str
    raised_ms: int
    due: str
    state: str
    changed_ms: int
    answer: str
    answered_by: str
    answer_words: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Case:
    """Something the program found that must not happen; `operation` is the record that raised it."""

    case: str
    operation: str
    reason: str
    about: str
    raised_ms: int


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """A word that history is searched by: any of these whole words, or one that begins like this."""

    whole: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Supplement:
    """A numbered supplement to a closed day; `operation` is the record that names its bytes by hash."""

    date: str
    number: int
    operation: str
    content: bytes


@dataclass(frozen=True, slots=True)
class LineState:
    """The line to the centre, for the pill and the queue.

    Attributes:
        online: whether the last exchange succeeded.
        since_ms: since when it is so.
        waiting: records not yet acknowledged.
        oldest_ms: recorded time of the oldest of them, 0 when none.
        last_error: L-code of the last failure, "" when none.
        next_try_ms: when the next exchange is due.
        clock_off_ms: centre's time minus ours, as last measured.
        acknowledged_ms: time of the latest acknowledgement.
        stopped: code when the desk may not exchange any more (fork, lost, revoked), "" otherwise.
        heard_ms: up to when all that the centre had to tell was heard, by what this desk's books still know
            after a new start.
        is_behind: the centre has more news for this desk than it has told.
    """

    online: bool
    since_ms: int
    waiting: int
    oldest_ms: int
    last_error: str
    next_try_ms: int
    clock_off_ms: int
    acknowledged_ms: int
    stopped: str = ""
    heard_ms: int = 0
    is_behind: bool = False


@dataclass(frozen=True, slots=True)
class BrokenRecord:
    """A record at which an invariant (``I-01`` …) does not hold; `sequence` is 0 where none is named."""

    invariant: str
    desk: str
    sequence: int
    why: str


@dataclass(frozen=True, slots=True)
class BooksCheck:
    """What a check of the whole books came to, for the lamp.

    Attributes:
        stopped: why nothing may be written any more (page, chain, ledger, behind), "" when selling goes on.
        damaged: what the engine says of damaged pages.
    """

    as_of_ms: int
    stopped: str
    damaged: tuple[str, ...]
    broken: tuple[BrokenRecord, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing at all was found wrong."""
        return not (self.stopped or self.damaged or self.broken)
