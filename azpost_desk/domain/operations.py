"""What can happen: every kind of journal record with its version, as immutable values.

A body holds everything needed to understand the operation for ever, but no personal data: that lies in
attachments, the body holds their commitments by slot. Amounts are whole qəpik (AZN) unless a currency stands
beside. Ids are lower-case uuid7 text. A released (kind, version) never changes; a new need is a new version.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from azpost_desk.domain import operations_cash
from azpost_desk.domain.bodies import Body as Body

# One line of a basket is known to everybody by the name of what happened, like every other body.
from azpost_desk.domain.lines import AnyLine as AnyLine
from azpost_desk.domain.lines import GoodsSold as GoodsSold
from azpost_desk.domain.lines import ItemAccepted as ItemAccepted
from azpost_desk.domain.lines import Line as Line
from azpost_desk.domain.lines import LineReversed as LineReversed
from azpost_desk.domain.lines import NoticePaid as NoticePaid
from azpost_desk.domain.lines import PaymentAccepted as PaymentAccepted
from azpost_desk.domain.lines import PaymentRefunded as PaymentRefunded
from azpost_desk.domain.lines import Sold as Sold
from azpost_desk.domain.lines import Terms as Terms
from azpost_desk.domain.lines import TransferPaid as TransferPaid
from azpost_desk.domain.lines import TransferRefunded as TransferRefunded
from azpost_desk.domain.lines import TransferSent as TransferSent
from azpost_desk.domain.operations_abroad import BODIES as _OF_ABROAD
from azpost_desk.domain.operations_abroad import CENTRE_KINDS as _CENTRE_OF_ABROAD
from azpost_desk.domain.operations_abroad import AbroadDealt as AbroadDealt
from azpost_desk.domain.operations_abroad import AbroadJudged as AbroadJudged
from azpost_desk.domain.operations_abroad import AbroadReclaimed as AbroadReclaimed
from azpost_desk.domain.operations_abroad import AbroadReturned as AbroadReturned
from azpost_desk.domain.operations_abroad import AbroadSettled as AbroadSettled
from azpost_desk.domain.operations_abroad import AbroadStopAsked as AbroadStopAsked
from azpost_desk.domain.operations_abroad import AbroadTakenBack as AbroadTakenBack
from azpost_desk.domain.operations_abroad import AbroadUnclaimed as AbroadUnclaimed
from azpost_desk.domain.operations_abroad import LateDeal as LateDeal
from azpost_desk.domain.operations_abroad import PartnerCommissioned as PartnerCommissioned
from azpost_desk.domain.operations_abroad import PartnerFunded as PartnerFunded
from azpost_desk.domain.operations_abroad import PositionRevalued as PositionRevalued
from azpost_desk.domain.operations_cards import CARD_BODIES
from azpost_desk.domain.operations_cards import CardAnswered as CardAnswered
from azpost_desk.domain.operations_cards import CardAsked as CardAsked
from azpost_desk.domain.operations_cards import CardReversed as CardReversed
from azpost_desk.domain.operations_cash import BagDiffered as BagDiffered
from azpost_desk.domain.operations_cash import BagDispatched as BagDispatched
from azpost_desk.domain.operations_cash import BagHandedOver as BagHandedOver
from azpost_desk.domain.operations_cash import BagReceived as BagReceived
from azpost_desk.domain.operations_cash import BagResolved as BagResolved
from azpost_desk.domain.operations_cash import BagSealed as BagSealed
from azpost_desk.domain.operations_cash import BagTakenIn as BagTakenIn
from azpost_desk.domain.operations_cash import CountSetAside as CountSetAside
from azpost_desk.domain.operations_cash import DifferenceConsented as DifferenceConsented
from azpost_desk.domain.operations_cash import DifferenceMadeGood as DifferenceMadeGood
from azpost_desk.domain.operations_cash import NoteSuspected as NoteSuspected
from azpost_desk.domain.operations_cash import TillCounted as TillCounted
from azpost_desk.domain.operations_cash import TillHandedOver as TillHandedOver
from azpost_desk.domain.operations_centre import BODIES as _OF_THE_CENTRE
from azpost_desk.domain.operations_centre import BillsCommissioned as BillsCommissioned
from azpost_desk.domain.operations_centre import BillsSettled as BillsSettled
from azpost_desk.domain.operations_centre import CentreEpochOpened as CentreEpochOpened
from azpost_desk.domain.operations_centre import DeskDeclaredLost as DeskDeclaredLost
from azpost_desk.domain.operations_centre import GrantIssued as GrantIssued
from azpost_desk.domain.operations_centre import PaymentClaimed as PaymentClaimed
from azpost_desk.domain.operations_centre import PaymentClaimEnded as PaymentClaimEnded
from azpost_desk.domain.operations_centre import PaymentDelivered as PaymentDelivered
from azpost_desk.domain.operations_centre import PaymentReturned as PaymentReturned
from azpost_desk.domain.operations_despatch import BODIES as _DESPATCHES
from azpost_desk.domain.operations_despatch import DespatchBegun as DespatchBegun
from azpost_desk.domain.operations_despatch import DespatchCancelled as DespatchCancelled
from azpost_desk.domain.operations_despatch import DespatchClosed as DespatchClosed
from azpost_desk.domain.operations_despatch import DespatchHandedOver as DespatchHandedOver
from azpost_desk.domain.operations_despatch import DespatchReopened as DespatchReopened
from azpost_desk.domain.operations_despatch import ReceptacleBegun as ReceptacleBegun
from azpost_desk.domain.operations_despatch import ReceptacleClosed as ReceptacleClosed
from azpost_desk.domain.operations_despatch import ReceptacleGivenUp as ReceptacleGivenUp
from azpost_desk.domain.operations_despatch import ReceptacleReopened as ReceptacleReopened
from azpost_desk.domain.operations_disputes import BODIES as _DISPUTES
from azpost_desk.domain.operations_disputes import DisputeClosed as DisputeClosed
from azpost_desk.domain.operations_disputes import DisputeEscalated as DisputeEscalated
from azpost_desk.domain.operations_disputes import DisputeRaised as DisputeRaised
from azpost_desk.domain.operations_disputes import ReportSupplemented as ReportSupplemented
from azpost_desk.domain.operations_evidence import BODIES as _OF_EVIDENCE
from azpost_desk.domain.operations_evidence import EvidenceExported as EvidenceExported
from azpost_desk.domain.operations_incoming import BODIES as _OF_INCOMING
from azpost_desk.domain.operations_incoming import CENTRE_KINDS as _CENTRE_OF_INCOMING
from azpost_desk.domain.operations_incoming import IncomingBought as IncomingBought
from azpost_desk.domain.operations_incoming import IncomingJudged as IncomingJudged
from azpost_desk.domain.operations_incoming import IncomingMatched as IncomingMatched
from azpost_desk.domain.operations_incoming import IncomingReceived as IncomingReceived
from azpost_desk.domain.operations_incoming import IncomingReturned as IncomingReturned
from azpost_desk.domain.operations_incoming import IncomingUnbought as IncomingUnbought
from azpost_desk.domain.operations_incoming import PartnerRead as PartnerRead
from azpost_desk.domain.operations_keys import BODIES as _OF_KEYS
from azpost_desk.domain.operations_keys import CENTRE_KINDS as _CENTRE_OF_KEYS
from azpost_desk.domain.operations_keys import ContestedJudged as ContestedJudged
from azpost_desk.domain.operations_keys import DeskLost as DeskLost
from azpost_desk.domain.operations_keys import DoubtResolved as DoubtResolved
from azpost_desk.domain.operations_keys import DoubtSettled as DoubtSettled
from azpost_desk.domain.operations_keys import KeyRevoked as KeyRevoked
from azpost_desk.domain.operations_keys import KeyRotated as KeyRotated
from azpost_desk.domain.operations_keys import LateTaken as LateTaken
from azpost_desk.domain.operations_mail import BODIES as _OF_MAIL
from azpost_desk.domain.operations_mail import IrregularityReported as IrregularityReported
from azpost_desk.domain.operations_mail import ItemDeclared as ItemDeclared
from azpost_desk.domain.operations_mail import ItemScanned as ItemScanned
from azpost_desk.domain.operations_mail import LabelScanned as LabelScanned
from azpost_desk.domain.operations_mail import MailBagBegun as MailBagBegun
from azpost_desk.domain.operations_mail import MailBagClosed as MailBagClosed
from azpost_desk.domain.operations_mail import MailBagEnded as MailBagEnded
from azpost_desk.domain.operations_mail import MailBagGivenUp as MailBagGivenUp
from azpost_desk.domain.operations_mail import MailBagHandedOver as MailBagHandedOver
from azpost_desk.domain.operations_mail import MailBagOpened as MailBagOpened
from azpost_desk.domain.operations_mail import MailBagReopened as MailBagReopened
from azpost_desk.domain.operations_mail import MailBagTaken as MailBagTaken
from azpost_desk.domain.operations_mail import RoundBegun as RoundBegun
from azpost_desk.domain.operations_mail import RoundEnded as RoundEnded
from azpost_desk.domain.operations_mail import RoundSigned as RoundSigned
from azpost_desk.domain.operations_mail import ScanRefused as ScanRefused
from azpost_desk.domain.operations_mail import ScanVoided as ScanVoided
from azpost_desk.domain.operations_payments import BODIES as _OF_PAYMENTS
from azpost_desk.domain.operations_payments import DELIVERED_AFTER_ALL as DELIVERED_AFTER_ALL
from azpost_desk.domain.operations_payments import RETURNED as RETURNED
from azpost_desk.domain.operations_payments import NoticesSearched as NoticesSearched
from azpost_desk.domain.operations_payments import PaymentResolved as PaymentResolved
from azpost_desk.domain.operations_qr import QR_BODIES, QR_CENTRE_KINDS
from azpost_desk.domain.operations_qr import QrAnswered as QrAnswered
from azpost_desk.domain.operations_qr import QrAsked as QrAsked
from azpost_desk.domain.operations_qr import QrCredited as QrCredited
from azpost_desk.domain.operations_qr import QrGivenUp as QrGivenUp
from azpost_desk.domain.operations_qr import QrJudged as QrJudged
from azpost_desk.domain.operations_qr import QrReturned as QrReturned
from azpost_desk.domain.operations_qr import QrSentBack as QrSentBack
from azpost_desk.domain.operations_recovery import BODIES as _RECOVERY_BODIES
from azpost_desk.domain.operations_recovery import CENTRE_KINDS as _RECOVERY_CENTRE_KINDS
from azpost_desk.domain.operations_recovery import BasketSources as BasketSources
from azpost_desk.domain.operations_recovery import CorrectionAccepted as CorrectionAccepted
from azpost_desk.domain.operations_recovery import CorrectionDeclined as CorrectionDeclined
from azpost_desk.domain.operations_recovery import CorrectionProposed as CorrectionProposed
from azpost_desk.domain.operations_recovery import DayPreflight as DayPreflight
from azpost_desk.domain.operations_recovery import DeskTouched as DeskTouched
from azpost_desk.domain.operations_recovery import GrantKept as GrantKept
from azpost_desk.domain.operations_recovery import RecoveryFound as RecoveryFound
from azpost_desk.domain.operations_signing import BODIES as SIGNING
from azpost_desk.domain.operations_signing import AttachmentsErased as AttachmentsErased
from azpost_desk.domain.operations_signing import CustomerNoted as CustomerNoted
from azpost_desk.domain.operations_signing import ErasureRequested as ErasureRequested
from azpost_desk.domain.operations_signing import HoldLifted as HoldLifted
from azpost_desk.domain.operations_signing import HoldPlaced as HoldPlaced
from azpost_desk.domain.operations_signing import PaperSigned as PaperSigned
from azpost_desk.domain.operations_slips import SLIP_BODIES, SLIP_CENTRE_KINDS
from azpost_desk.domain.operations_slips import ApprovalAnswered as ApprovalAnswered
from azpost_desk.domain.operations_slips import ApprovalAsked as ApprovalAsked
from azpost_desk.domain.operations_slips import ApprovalGiven as ApprovalGiven
from azpost_desk.domain.operations_slips import ApprovalLocked as ApprovalLocked
from azpost_desk.domain.operations_slips import ApprovalRefused as ApprovalRefused
from azpost_desk.domain.operations_slips import CloseAnnounced as CloseAnnounced
from azpost_desk.domain.operations_slips import RemittanceAnnounced as RemittanceAnnounced
from azpost_desk.domain.operations_statements import BODIES as _OF_STATEMENTS
from azpost_desk.domain.operations_statements import CENTRE_KINDS as _CENTRE_OF_STATEMENTS
from azpost_desk.domain.operations_statements import PartnerBooked as PartnerBooked
from azpost_desk.domain.operations_statements import PartnerItemCleared as PartnerItemCleared
from azpost_desk.domain.operations_transfers import BODIES as _OF_TRANSFERS
from azpost_desk.domain.operations_transfers import CENTRE_KINDS as _CENTRE_OF_TRANSFERS
from azpost_desk.domain.operations_transfers import OutgoingJudged as OutgoingJudged
from azpost_desk.domain.operations_transfers import TransferChanged as TransferChanged
from azpost_desk.domain.operations_transfers import TransferExpired as TransferExpired
from azpost_desk.domain.operations_transfers import TransferJudged as TransferJudged
from azpost_desk.domain.operations_transfers import TransferReclaimed as TransferReclaimed
from azpost_desk.domain.operations_transfers import TransferUnclaimed as TransferUnclaimed

# --- the chain itself ---------------------------------------------------------------------------------


class ChainHead(Body, frozen=True):
    """The last record of a chain: where an epoch ended, or what an acknowledgement names."""

    desk: str
    epoch: int
    sequence: int
    hash: str


class EpochOpened(Body, frozen=True):
    """First record of a chain: the new key and the head of the epoch before (PROTOCOL.md 1)."""

    public_key: str
    reason: str
    software: str
    receipt_series: int
    previous: ChainHead | None = None


class ClockJumped(Body, frozen=True):
    """The PC's clock moved against the monotonic clock or against the centre's signed time, in ms."""

    from_ms: int
    to_ms: int
    against: str


class CaseRaised(Body, frozen=True):
    """Something that must not happen did; it blocks nothing, and it has an owner."""

    case: str
    reason: str
    about: str
    evidence: str = ""


# --- people -------------------------------------------------------------------------------------------


class SignedIn(Body, frozen=True):
    """An officer signed in at this desk."""

    officer: str
    role: str


class LockedOut(Body, frozen=True):
    """Too many wrong PINs: sign-in of this officer is locked for `seconds`."""

    officer: str
    wrong_tries: int
    seconds: int


class PinReset(Body, frozen=True):
    """An officer's PIN was given by a manager (`temporary`: until an own one is chosen) or chosen."""

    officer: str
    reset_by: str
    temporary: bool = False


class CustomerViewed(Body, frozen=True):
    """Somebody looked at a customer's file; the customer is named by an erasable attachment."""

    customer: str
    purpose: str


# --- day, till, cash ----------------------------------------------------------------------------------


class DayOpened(Body, frozen=True):
    """The business day of this desk begins; `date` is ISO. The day's number is in the header."""

    date: str


class DayClosed(Body, frozen=True, omit_defaults=True):
    """The business day ends. `report` is the SHA-256 of the stored report, `hours` see domain.hours."""

    date: str
    report: str
    figures: str
    operations: int
    cash_qapik: int
    hours: str = ""


class TillOpened(Body, frozen=True):
    """One holder takes the till; `balance_qapik` is what the ledger says lies in it."""

    till: str
    holder: str
    balance_qapik: int


class TillClosed(Body, frozen=True):
    """The holder counted blind. Counted, expected and difference stand side by side for ever."""

    till: str
    holder: str
    pieces: dict[str, int]
    counted_qapik: int
    expected_qapik: int
    difference_qapik: int


class SafeSupplied(Body, frozen=True):
    """Cash came into the safe from the cash centre, by a document."""

    document: str
    pieces: dict[str, int]
    amount_qapik: int


class CashMoved(Body, frozen=True):
    """Cash between the safe and the till of one desk: `direction` is to_till or to_safe."""

    direction: str
    purpose: str
    till: str
    pieces: dict[str, int]
    amount_qapik: int


class RemittanceIssued(Body, frozen=True):
    """Cash handed out to another desk of the branch; only `to_desk` can accept it (PROTOCOL.md 8)."""

    remittance: str
    from_place: str
    to_desk: str
    pieces: dict[str, int]
    amount_qapik: int


class RemittanceAccepted(Body, frozen=True):
    """Cash of a remittance counted in by the desk it is addressed to, once."""

    remittance: str
    from_desk: str
    to_place: str
    pieces: dict[str, int]
    amount_qapik: int


class GoodsStocked(Body, frozen=True):
    """Goods handed into (positive) or taken from (negative) a till's stock."""

    till: str
    sku: str
    quantity: int
    document: str = ""


# --- what is sold: a settlement of lines (domain.lines) ------------------------------------------------


class Tender(Body, frozen=True):
    """How the basket was paid, net per kind; positive: from the customer, negative: to the customer."""

    operation: str
    tender: str
    amount_qapik: int


class Settlement(Body, frozen=True):
    """A basket, paid once: all lines gross, the tenders, the receipt (PROTOCOL.md 3).

    Only the cash hand-over is netted. A line names its attachments by their commitments; the slot of an
    attachment is ``<operation of the line>:<group>``, for instance ``0197…:parties``.
    """

    basket: str
    receipt: str
    lines: tuple[AnyLine, ...]
    tenders: tuple[Tender, ...]
    cash_given_qapik: int
    change_qapik: int
    language: str


# --- outside steps, grants, tracking, paper ----------------------------------------------------------------


class BasketHandedOver(Body, frozen=True):
    """A supervisor took a stranded basket from its officer: for another one, or ("") cancelled it."""

    basket: str
    from_officer: str
    to_officer: str
    lines: int


class GrantRequested(Body, frozen=True):
    """Asked for before sending; the operation's id makes the request the same however often it is sent."""

    thing: str
    purpose: str
    question: str


class GrantRefused(Body, frozen=True):
    """The centre's no to a request (T-code): the question is answered, and never asked again."""

    request: str
    code: str


class GrantStored(Body, frozen=True):
    """The centre's grant, word for word (signed bytes and signature, hex)."""

    grant: str
    thing: str
    purpose: str
    words: str
    signature: str


class GrantReleased(Body, frozen=True):
    """The holder ends a grant without paying."""

    grant: str
    thing: str
    reason: str


class PaperReprinted(Body, frozen=True):
    """A receipt printed again: a COPY, or a duplicate of one that never came out; counted apart."""

    receipt: str
    sort: str
    count: int


BODIES: Final[dict[tuple[str, int], type[Body]]] = {
    ("epoch.opened", 1): EpochOpened,
    ("clock.jumped", 1): ClockJumped,
    ("case.raised", 1): CaseRaised,
    ("staff.signed_in", 1): SignedIn,
    ("staff.locked_out", 1): LockedOut,
    ("staff.pin_reset", 1): PinReset,
    ("customer.viewed", 1): CustomerViewed,
    ("day.opened", 1): DayOpened,
    ("day.closed", 1): DayClosed,
    ("till.opened", 1): TillOpened,
    ("till.closed", 1): TillClosed,
    ("safe.supplied", 1): SafeSupplied,
    ("cash.moved", 1): CashMoved,
    ("remittance.issued", 1): RemittanceIssued,
    ("remittance.accepted", 1): RemittanceAccepted,
    ("goods.stocked", 1): GoodsStocked,
    ("settlement", 1): Settlement,
    ("basket.handed_over", 1): BasketHandedOver,
    **_OF_PAYMENTS,
    ("grant.requested", 1): GrantRequested,
    ("grant.refused", 1): GrantRefused,
    ("grant.stored", 1): GrantStored,
    ("grant.released", 1): GrantReleased,
    ("paper.reprinted", 1): PaperReprinted,
    **_RECOVERY_BODIES,
    **_OF_MAIL,
    **_DESPATCHES,
    **CARD_BODIES,
    **QR_BODIES,
    **SLIP_BODIES,
    **_DISPUTES,
    **_OF_EVIDENCE,
    **SIGNING,
    **operations_cash.BODIES,
    **_OF_KEYS,
    **_OF_TRANSFERS,
    **_OF_THE_CENTRE,
    **_OF_ABROAD,
    **_OF_STATEMENTS,
    **_OF_INCOMING,
}
CENTRE_KINDS: Final = (
    SLIP_CENTRE_KINDS
    | _CENTRE_OF_ABROAD
    | _CENTRE_OF_STATEMENTS
    | _CENTRE_OF_INCOMING
    | _CENTRE_OF_TRANSFERS
    | _RECOVERY_CENTRE_KINDS
    | operations_cash.CENTRE_KINDS
    | _CENTRE_OF_KEYS
    | QR_CENTRE_KINDS
    | frozenset(kind for kind, _ in _OF_THE_CENTRE)
)
_KIND_OF: Final = {body: kind for kind, body in BODIES.items()}


class UnknownKind(Exception):
    """A record of a kind or version this program does not know: kept, not understood."""


def kind_of(body: Body) -> tuple[str, int]:
    """(kind, version) of a body."""
    return _KIND_OF[type(body)]


def encode(body: Body) -> bytes:
    """The body's bytes as they are hashed and kept: JSON in field order, UTF-8, no spaces."""
    return msgspec.json.encode(body)


def decode(kind: str, version: int, body: bytes) -> Any:
    """The body of a record.

    Raises:
        UnknownKind: nobody here knows this (kind, version).
        msgspec.DecodeError: the bytes are not such a body, whatever they are: no letters, or nested without
            end.
    """
    known = BODIES.get((kind, version))
    if known is None:
        raise UnknownKind(f"{kind}@{version}")
    try:
        return msgspec.json.decode(body, type=known)
    except (UnicodeDecodeError, RecursionError) as unreadable:
        raise msgspec.DecodeError(type(unreadable).__name__) from unreadable
