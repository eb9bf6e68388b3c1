"""Carriers: the table from what a desk recorded to what the centre does with it.

In: one part of an accepted record, that is its body or, for a sale, each of its lines. Out: the one act that
brings the centre's tables forward by it. A kind stands either in `CARRIERS` or in `NOTHING_TO_CARRY`; a test
compares both with the registry of bodies, so that a forgotten kind is found by its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from azpost_desk.central import (
    approvals,
    bags,
    branches,
    corrections,
    counts,
    erasure,
    payments,
    slips,
    transfers,
)
from azpost_desk.central.abroad import enquiring, paying, refunding, selling
from azpost_desk.central.instant import settling
from azpost_desk.central.lines import ACTS
from azpost_desk.central.mail import advance, irregularities, items, pickups
from azpost_desk.central.mail import bags as mail_bags
from azpost_desk.domain import operations as ops
from azpost_desk.domain.lines import Line, LineReversed
from azpost_desk.domain.lines.base import GivenBack
from azpost_desk.domain.operations_disputes import REFUND_ASKED
from azpost_desk.domain.products import due_qapik

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.lines import LineActs
    from azpost_desk.central.storage.database import Connection

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Alone:
    """One part is carried by itself, statement by statement; the last argument is now, UTC ms."""

    act: Callable[[Connection, AcceptedRecord, Any, int], None]


def _of(part: type[P], act: Callable[[Connection, AcceptedRecord, P, int], None]) -> tuple[type[P], Alone]:
    """A row of the table; written through this the act is checked against the part it takes."""
    return part, Alone(act)


def _timeless(
    act: Callable[[Connection, AcceptedRecord, P], None],
) -> Callable[[Connection, AcceptedRecord, P, int], None]:
    """An act whose every time is the record's own."""
    return lambda conn, written, part, _now_ms: act(conn, written, part)


def _day_closed(conn: Connection, written: AcceptedRecord, body: ops.DayClosed, now_ms: int) -> None:
    branches.day_closed(conn, written, body)
    slips.day_closed(conn, written, now_ms)


def _grant_released(conn: Connection, written: AcceptedRecord, body: ops.GrantReleased, now_ms: int) -> None:
    if not (refunding.released(conn, written, body, now_ms) or paying.released(conn, written, body, now_ms)):
        transfers.released(conn, written, body, now_ms)


def _grant_stored(conn: Connection, written: AcceptedRecord, body: ops.GrantStored, now_ms: int) -> None:
    if not (refunding.stored(conn, written, body, now_ms) or paying.stored(conn, written, body, now_ms)):
        transfers.stored(conn, written, body, now_ms)


def _dispute_raised(conn: Connection, written: AcceptedRecord, body: ops.DisputeRaised, now_ms: int) -> None:
    enquiring.raised(conn, written, body, now_ms)
    if body.figure == REFUND_ASKED:
        payments.refund_asked(conn, written, body, now_ms)


_BODIES: Final[tuple[tuple[type, Alone], ...]] = (
    _of(ops.ItemScanned, items.scanned),
    _of(ops.ScanVoided, items.voided),
    _of(ops.ScanRefused, pickups.tried),
    _of(ops.MailBagBegun, mail_bags.begun),
    _of(ops.MailBagClosed, mail_bags.closed),
    _of(ops.MailBagReopened, mail_bags.reopened),
    _of(ops.MailBagGivenUp, mail_bags.given_up),
    _of(ops.MailBagHandedOver, mail_bags.handed_over),
    _of(ops.MailBagTaken, mail_bags.taken),
    _of(ops.MailBagOpened, mail_bags.opened),
    _of(ops.MailBagEnded, mail_bags.ended),
    _of(ops.ItemDeclared, advance.amended),
    _of(ops.IrregularityReported, irregularities.reported),
    _of(ops.GrantReleased, _grant_released),
    _of(ops.GrantStored, _grant_stored),
    _of(ops.AbroadStopAsked, selling.stop_asked),
    _of(ops.TransferChanged, transfers.changed),
    _of(ops.RemittanceAnnounced, slips.remittance_announced),
    _of(ops.RemittanceIssued, branches.remittance_issued),
    _of(ops.RemittanceAccepted, branches.remittance_accepted),
    _of(ops.DayOpened, _timeless(branches.day_opened)),
    _of(ops.CloseAnnounced, slips.close_announced),
    _of(ops.DayClosed, _day_closed),
    _of(ops.AttachmentsErased, erasure.confirmed),
    _of(ops.ApprovalAsked, _timeless(approvals.asked)),
    _of(ops.ApprovalGiven, approvals.given),
    _of(ops.ApprovalLocked, approvals.locked),
    _of(ops.CorrectionAccepted, corrections.answered),
    _of(ops.CorrectionDeclined, corrections.answered),
    _of(ops.BagSealed, bags.sealed),
    _of(ops.BagHandedOver, bags.handed_over),
    _of(ops.BagReceived, bags.received),
    _of(ops.BagDiffered, bags.received),
    _of(ops.TillClosed, _timeless(counts.counted)),
    _of(ops.TillHandedOver, _timeless(counts.counted)),
    _of(ops.TillCounted, _timeless(counts.counted)),
    _of(ops.DifferenceMadeGood, _timeless(counts.made_good)),
    _of(ops.DisputeRaised, _dispute_raised),
    _of(ops.QrAsked, settling.asked),
    _of(ops.QrAnswered, settling.answered),
    _of(ops.QrGivenUp, settling.given_up),
    _of(ops.QrReturned, settling.returned),
    _of(ops.DisputeEscalated, _timeless(enquiring.escalated)),
    _of(ops.DisputeClosed, _timeless(enquiring.closed)),
)


def _undone(conn: Connection, written: AcceptedRecord, part: LineReversed, now_ms: int) -> None:
    """A person at the centre who is named for undoing consented to it, and to this much."""
    approvals.used(conn, written, part.operation, part.approved_by, now_ms, abs(due_qapik(part)))
    ACTS[type(part.original)].undone(conn, written, part, part.original, now_ms)


def _sold(acts: LineActs[Any]) -> Alone:
    """So it is with what was handed out in cash although it had come by card."""

    def carry(conn: Connection, written: AcceptedRecord, part: Line, now_ms: int) -> None:
        if isinstance(part, GivenBack):
            approvals.used(conn, written, part.operation, part.approved_by, now_ms, part.in_cash_qapik)
        acts.sold(conn, written, part, now_ms)

    return Alone(carry)


CARRIERS: Final[dict[tuple[type, bool], Alone]] = {
    **{(body, False): carrier for body, carrier in _BODIES},
    **{(line, False): _sold(acts) for line, acts in ACTS.items()},
    **{(line, True): Alone(_undone) for line in ACTS},
}
"""(body or line, whether the line was undone) → what is done."""

# The journal itself and the reports of the branch say all there is; the centre's tables need nothing of them.
NOTHING_TO_CARRY: Final = frozenset(
    {
        ops.EpochOpened,
        ops.ClockJumped,
        ops.CaseRaised,
        ops.SignedIn,
        ops.LockedOut,
        ops.PinReset,
        ops.CustomerViewed,
        ops.NoticesSearched,
        ops.LabelScanned,
        ops.RoundBegun,
        ops.RoundSigned,
        ops.RoundEnded,
        # Nobody but their owner desk goes by them: what leaves is told by the EMC of each item.
        ops.DespatchBegun,
        ops.DespatchCancelled,
        ops.DespatchClosed,
        ops.DespatchReopened,
        ops.DespatchHandedOver,
        ops.ReceptacleBegun,
        ops.ReceptacleClosed,
        ops.ReceptacleReopened,
        ops.ReceptacleGivenUp,
        ops.TillOpened,
        ops.SafeSupplied,
        ops.CashMoved,
        ops.GoodsStocked,
        ops.BasketHandedOver,
        ops.BasketSources,
        ops.PaymentResolved,
        ops.GrantRequested,
        ops.GrantRefused,
        ops.GrantKept,
        ops.PaperReprinted,
        ops.RecoveryFound,
        ops.DayPreflight,
        ops.CardAsked,
        ops.CardAnswered,
        ops.CardReversed,
        ops.ApprovalRefused,
        ops.ReportSupplemented,
        ops.EvidenceExported,
        ops.PaperSigned,
        ops.ErasureRequested,
        ops.CustomerNoted,
        ops.HoldPlaced,
        ops.HoldLifted,
        ops.CountSetAside,
        ops.DifferenceConsented,
        ops.NoteSuspected,
        ops.LateTaken,
        # Custody has already believed the new key (central.intake.custody).
        ops.KeyRotated,
    }
)


def carry(conn: Connection, written: AcceptedRecord, now_ms: int) -> None:
    """Bring forward what one record means, part by part in its order.

    Raises:
        KeyError: nobody said what this kind means for the centre.
    """
    body = written.body
    for part in body.lines if isinstance(body, ops.Settlement) else (body,):
        if type(part) not in NOTHING_TO_CARRY:
            carrier_of(part).act(conn, written, part, now_ms)
    if isinstance(body, ops.Settlement):
        settling.tendered(conn, written, body, now_ms)


def carrier_of(part: Any) -> Alone:
    """The carrier of a part; an undone line has that of the line it undoes."""
    is_undone = isinstance(part, LineReversed)
    return CARRIERS[type(part.original) if is_undone else type(part), is_undone]
