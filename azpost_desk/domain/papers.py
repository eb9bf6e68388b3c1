"""What each paper says: plain immutable values from committed records; `documents` draws them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from azpost_desk.domain.electronic import share_ppm
from azpost_desk.domain.papers_abroad import AbroadPaper as AbroadPaper
from azpost_desk.domain.papers_abroad import EnquiryPaper as EnquiryPaper
from azpost_desk.domain.papers_abroad import NumberPaper as NumberPaper
from azpost_desk.domain.papers_cash import CashActPaper as CashActPaper
from azpost_desk.domain.papers_cash import ReportCount as ReportCount
from azpost_desk.domain.papers_head import ORIGINAL
from azpost_desk.domain.papers_head import CopyState as CopyState
from azpost_desk.domain.papers_head import PaperHead as PaperHead
from azpost_desk.domain.papers_head import PaperPerson as PaperPerson
from azpost_desk.domain.papers_head import Say as Say
from azpost_desk.domain.papers_head import SignatureLine as SignatureLine
from azpost_desk.domain.papers_head import Words as Words
from azpost_desk.domain.papers_mail import MailPaper as MailPaper
from azpost_desk.domain.papers_mail import ReportMail as ReportMail
from azpost_desk.domain.papers_notices import StatementPaper as StatementPaper

if TYPE_CHECKING:
    from datetime import date

    from azpost_desk.domain.certificates import ShiftCertificate
    from azpost_desk.domain.electronic import Electronic
    from azpost_desk.domain.money import Money
    from azpost_desk.domain.reports import Baskets

TenderKind = Literal["cash", "card", "qr"]
Stage = Literal["interim", "closed"]

TENDER_KINDS: Final[tuple[TenderKind, ...]] = ("cash", "card", "qr")


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One service on a receipt.

    Attributes:
        title: what was sold.
        details: further lines (subscriber, receiver, item number), each on its own.
        amount: what the line itself moves; positive = the customer pays, negative = the customer gets.
        fee: the post's fee on top, shown apart; None when the line has none.
        code: the transfer's ten digits, drawn large as 3-3-4; None for other lines.
        state: e.g. "being delivered to the biller"; None when there is nothing more to come.
    """

    title: Words
    amount: Money
    details: tuple[Words, ...] = ()
    fee: Money | None = None
    code: str | None = None
    state: Words | None = None


@dataclass(frozen=True, slots=True)
class Tender:
    """What was paid by one means; negative = given to the customer. `label` e.g. the card's last digits."""

    kind: TenderKind
    amount: Money
    label: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptPaper:
    """The customer's receipt of one settlement.

    Attributes:
        number: receipt number as shown, ``desk number-six digits``.
        total_due: positive = the customer pays, negative = the customer gets.
        cash_given: notes the customer handed over; None when no cash was taken.
        change: what went back out of `cash_given`.
        record_mark: ten characters of the record's hash.
        reversal_of: number of the receipt that this one undoes, None for a sale.
        notices: sentences at the foot, e.g. whom to tell the transfer number.
        language: the customer's language, ``az``, ``ru`` or ``en``.
    """

    head: PaperHead
    number: str
    lines: tuple[ReceiptLine, ...]
    total_due: Money
    tenders: tuple[Tender, ...]
    record_mark: str
    cash_given: Money | None = None
    change: Money | None = None
    copy: CopyState = ORIGINAL
    reversal_of: str | None = None
    notices: tuple[Words, ...] = ()
    language: str = "az"


@dataclass(frozen=True, slots=True)
class ApplicationPaper:
    """The sender's application for a transfer, signed at the counter. The transfer's code is never on it.

    Attributes:
        number: number of the application as shown.
        payout: where it is paid: any office or a named one.
        fee: without the extras.
        extras: what was added to it, with its price.
        total: amount, fee and extras together.
        paid_from_ms: from when it is paid out (UTC ms), 0 as soon as it is known.
        representative: who acts for the sender by power of attorney, if anyone.
        copy: which print this is.
        language: the customer's, "" for the one of the office.
    """

    head: PaperHead
    number: str
    sender: PaperPerson
    receiver: PaperPerson
    amount: Money
    fee: Money
    total: Money
    payout: Words
    purpose: Words
    extras: tuple[tuple[Words, Money], ...] = ()
    paid_from_ms: int = 0
    representative: PaperPerson | None = None
    copy: CopyState = ORIGINAL
    language: str = ""


@dataclass(frozen=True, slots=True)
class VoucherPaper:
    """The receiver's signature for money paid out.

    Attributes:
        number: number of the receipt or voucher as shown.
        code: the transfer's ten digits, shown 3-3-4.
        sent_at: office that took the money in.
        refund: true when the sender gets the money back; `receiver` is then the sender.
        language: the customer's, "" for the one of the office.
    """

    head: PaperHead
    number: str
    code: str
    sender: PaperPerson
    receiver: PaperPerson
    amount: Money
    sent_at: str
    record_mark: str
    refund: bool = False
    copy: CopyState = ORIGINAL
    representative: PaperPerson | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class AddressBlock:
    """A postal address in the Azerbaijani order: name; street, house, flat; postcode; settlement or district.

    Attributes:
        name: surname, given name, patronymic, or the firm.
        street: street, house and flat in one line.
        postcode: ``AZ1000``.
        settlement: city, settlement or district.
        country: empty inside the country.
        phone: as shown to people, may be empty.
    """

    name: str
    street: str
    postcode: str
    settlement: str
    country: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class LabelPaper:
    """The address label of an item.

    Attributes:
        item: its S10 number, 13 characters without spaces.
        service: e.g. EMS domestic; `extras`: e.g. declared value, advice of delivery.
        weight_grams: weight taken at the counter; `weight_typed`: not by the scale.
        language: the customer's, "" for the one of the office.
    """

    head: PaperHead
    item: str
    sender: AddressBlock
    addressee: AddressBlock
    weight_grams: int
    service: Words
    extras: tuple[Words, ...] = ()
    copy: CopyState = ORIGINAL
    language: str = ""
    weight_typed: bool = False


@dataclass(frozen=True, slots=True)
class ReportService:
    """One service's row; `net` is what came in less what went out, fees included, by whatever means.

    Means are counted apart (`ReportTender`): one card pays a basket of several services.
    """

    title: Words
    count: int
    money_in: Money
    money_out: Money
    fees: Money
    net: Money


@dataclass(frozen=True, slots=True)
class ReportTill:
    """One till's day; `counted` and `difference` are None while nobody has counted."""

    till: Words
    opening: Money
    money_in: Money
    money_out: Money
    expected: Money
    counted: Money | None = None
    difference: Money | None = None


@dataclass(frozen=True, slots=True)
class ReportTender:
    """One means of payment: how many times, what came in and what went out by it."""

    kind: TenderKind
    count: int
    money_in: Money
    money_out: Money


@dataclass(frozen=True, slots=True)
class ReportPending:
    """An operation whose outside step is not finished. `since` is UTC in milliseconds."""

    receipt: str
    title: Words
    amount: Money
    state: Words
    since: int


@dataclass(frozen=True, slots=True)
class ReportLabel:
    """An item whose stuck label nobody has scanned back. `since` is UTC in milliseconds."""

    receipt: str
    number: str
    since: int


@dataclass(frozen=True, slots=True)
class ReportLate:
    """A record that reached the report after its day was closed.

    Attributes:
        desk: where it comes from; with its epoch when that is an older one.
        recorded_at, arrived_at: its own time and when it arrived, UTC in milliseconds; 0 where none is known.
    """

    business_day: date
    desk: str
    receipt: str
    title: Words
    amount: Money
    reason: Words
    recorded_at: int = 0
    arrived_at: int = 0


@dataclass(frozen=True, slots=True)
class ReportDispute:
    """A figure that an officer disputes: it stands here with its number and blocks nothing."""

    number: str
    figure: Words
    business_day: date
    value: Words
    state: Words
    raised_at: int


@dataclass(frozen=True, slots=True)
class ReportReversal:
    """A line undone on this day: its own receipt, the one it undoes, who approved and why."""

    receipt: str
    reversal_of: str
    title: Words
    amount: Money
    approved_by: str
    reason: Words


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """One figure computed by the two independent routines; a closed report has both equal."""

    title: Words
    routine_a: Money
    routine_b: Money

    @property
    def equal(self) -> bool:
        """Whether both routines say the same."""
        return self.routine_a == self.routine_b


@dataclass(frozen=True, slots=True)
class ReportHour:
    """Operations recorded from `hour` (0-23, local time) up to the next."""

    hour: int
    count: int
    money_in: Money
    money_out: Money


@dataclass(frozen=True, slots=True)
class ReportCut:
    """Where a chain stood when the report was made; `hash_mark` is ten characters of that record's hash."""

    desk: str
    epoch: int
    sequence: int
    hash_mark: str


@dataclass(frozen=True, slots=True)
class ReportOperation:
    """One operation of the optional list; `recorded_at` is UTC in milliseconds."""

    recorded_at: int
    desk: str
    receipt: str
    title: Words
    money_in: Money
    money_out: Money
    fee: Money
    clerk: str


@dataclass(frozen=True, slots=True)
class DailyReportPaper:
    """The branch's day.

    Attributes:
        branch: name of the branch.
        number: of the report as shown; empty for an interim one, whose `stage` says that the day is open.
        supplement: 0 for the report itself, n for its n-th supplement of late records.
        provisional: sentences such as "without desk 3, last heard of 14:05"; empty when nothing is missing.
        as_of: moment of the cut, UTC in milliseconds.
        operations: the list of operations, empty when it was not asked for.
        hours: of the branch, without the desks `without_hours`; baskets: None where a desk has not told.
    """

    head: PaperHead
    branch: str
    number: str
    stage: Stage
    as_of: int
    services: tuple[ReportService, ...]
    tills: tuple[ReportTill, ...]
    tenders: tuple[ReportTender, ...]
    control: tuple[ControlTotal, ...]
    hours: tuple[ReportHour, ...]
    cut: tuple[ReportCut, ...]
    signatures: tuple[SignatureLine, ...]
    supplement: int = 0
    provisional: tuple[Words, ...] = ()
    pending: tuple[ReportPending, ...] = ()
    labels: tuple[ReportLabel, ...] = ()
    mail: tuple[ReportMail, ...] = ()
    late: tuple[ReportLate, ...] = ()
    reversals: tuple[ReportReversal, ...] = ()
    operations: tuple[ReportOperation, ...] = ()
    disputes: tuple[ReportDispute, ...] = ()
    counts: tuple[ReportCount, ...] = ()
    without_hours: tuple[int, ...] = ()
    baskets: Baskets | None = None

    @property
    def electronic_ppm(self) -> int | None:
        """Share of card and QR in the money that came in, in parts per million; None when nothing came in."""
        everything = sum(tender.money_in.minor for tender in self.tenders)
        electronic = sum(tender.money_in.minor for tender in self.tenders if tender.kind != "cash")
        return share_ppm(electronic, everything)


@dataclass(frozen=True, slots=True)
class CountedPieces:
    """How many notes or coins of one denomination were counted."""

    denomination: Money
    pieces: int

    @property
    def amount(self) -> Money:
        """Their value together."""
        return self.denomination * self.pieces


@dataclass(frozen=True, slots=True)
class TillClosePaper:
    """The count sheet of a till's blind count.

    Attributes:
        number: number of the count as shown.
        counts: by denomination, largest first; denominations with no pieces may be left out.
        reason: the clerk's own words for a difference, may be empty.
        record_mark: ten characters of the record's hash.
        electronic: what was paid without cash that day, up to this close.
    """

    head: PaperHead
    number: str
    till: Words
    opening: Money
    money_in: Money
    money_out: Money
    expected: Money
    counted: Money
    difference: Money
    counts: tuple[CountedPieces, ...]
    signatures: tuple[SignatureLine, ...]
    record_mark: str
    reason: str = ""
    copy: CopyState = ORIGINAL
    electronic: Electronic | None = None


@dataclass(frozen=True, slots=True)
class CashMovePaper:
    """The slip of cash moved between safe and till, or taken to and from the branch.

    Attributes:
        title: what it is, e.g. float from the safe.
        source: where the cash came from.
        target: where it went.
    """

    head: PaperHead
    number: str
    title: Words
    source: Words
    target: Words
    amount: Money
    counts: tuple[CountedPieces, ...]
    signatures: tuple[SignatureLine, ...]
    record_mark: str
    copy: CopyState = ORIGINAL


@dataclass(frozen=True, slots=True)
class CertificatePaper:
    """The certificate of a shift, for the clerk to keep: what it says, and the text of its QR."""

    head: PaperHead
    number: str
    says: ShiftCertificate
    record_mark: str
    code: str
    copy: CopyState = ORIGINAL


@dataclass(frozen=True, slots=True)
class StoredPaper:
    """A paper that is kept as bytes (a closed report, what was signed electronically), printed again.

    Attributes:
        content: the stored bytes; they are no second original only because of the mark put on them.
    """

    content: bytes
    copy: CopyState


Drawn = (
    ReceiptPaper
    | ApplicationPaper
    | VoucherPaper
    | LabelPaper
    | DailyReportPaper
    | TillClosePaper
    | CashMovePaper
    | CertificatePaper
    | CashActPaper
    | AbroadPaper
    | NumberPaper
    | EnquiryPaper
    | StatementPaper
    | MailPaper
)
Paper = Drawn | StoredPaper
