"""Paper between the desks of a branch: a remittance or a close signed at one desk and read at another.

A slip is believed by its signature alone: the desks of a branch learn each other's keys ahead, by news.
Reading it makes a record with the very code, and from there on it is as if the centre had told it; whichever
of the two comes second changes nothing, and a contradiction is a case.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from azpost_desk.domain import cash, reports
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Branch
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Permission
from azpost_desk.protocol import slips
from azpost_desk.services.counter import Counter, Officer, open_day

if TYPE_CHECKING:
    from azpost_desk.domain.reports import Figures
    from azpost_desk.protocol.slips import Signed, Slip
    from azpost_desk.services.ports import Line, Reading, Writing
    from azpost_desk.services.views import Recorded, Remittance
    from azpost_desk.services.views_slips import KnownClose

PAPER = "slip"


@dataclass(frozen=True, slots=True)
class Announced:
    """A close that counts for the branch's report from now on; `known`: it did already."""

    desk: str
    number: int
    date: str
    figures: Figures
    known: bool


@dataclass(frozen=True, slots=True)
class Slips:
    """Slips read at this desk."""

    counter: Counter

    def announce(self, by: Officer, code: str) -> Remittance:
        """Read the slip of a remittance; the cash is then announced here, to be counted in once.

        Raises:
            Refused: S-010, C-001, C-160 no slip, C-161 another branch, C-162 for another desk,
                C-163 the key is not known here, C-164 the key has ended, C-165 not signed like this,
                C-166 accepted already, C-167 it differs from what was announced (which makes a case).
        """
        by.may(Permission.HOLD_TILL)
        signed, slip = _read(code)
        if not isinstance(slip, slips.RemittanceSlip):
            raise Refused("C-160")
        with self.counter.books.writing() as books:
            open_day(books)
            _believed(books, signed)
            _countable(slip)
            found = self._announce(books, by, slip, code)
        if found is None:
            raise Refused("C-167", desk=slip.from_desk)
        return found

    def _announce(
        self, books: Writing, by: Officer, slip: slips.RemittanceSlip, code: str
    ) -> Remittance | None:
        """The remittance, announced by now; None when what was known contradicts the slip: a case."""
        known = _remittance(books, slip.id())
        body = ops.RemittanceAnnounced(
            remittance=slip.id(),
            from_desk=slip.from_desk,
            from_epoch=slip.epoch,
            from_sequence=slip.sequence,
            mark=slip.mark.hex(),
            pieces={str(denomination): number for denomination, number in reversed(slip.pieces)},
            amount_qapik=slip.amount_qapik,
            at_ms=slip.at_ms,
            slip=code,
        )
        if known is None:
            books.append(body, actor=by.officer, operation=self.counter.new_id(), source="slip")
            return _remittance(books, slip.id())
        same = (known.from_desk, known.amount.minor, known.pieces) == (
            slip.from_desk,
            slip.amount_qapik,
            dict(slip.pieces),
        )
        if not same:
            self._case(books, by, f"remittance {slip.id()}", code)
            return None
        if known.state != "announced":
            raise Refused("C-166", at_ms=known.at_ms)
        return known

    def announce_close(self, by: Officer, code: str) -> Announced:
        """Read the slip of another desk's close; it counts for the branch's report.

        Raises:
            Refused: S-010, C-160 to C-165 as `announce`, C-168 it differs from what is known of that day
                (which makes a case).
        """
        by.may(Permission.SEE_REPORTS)
        signed, slip = _read(code)
        if not isinstance(slip, slips.CloseSlip):
            raise Refused("C-160")
        figures = slip.figures()
        with self.counter.books.writing() as books:
            _believed(books, signed)
            known = books.known_close(slip.from_desk, slip.date)
            differs = known is not None and not _same_close(known, slip, figures)
            if differs:
                self._case(books, by, f"close {slip.from_desk} {slip.date}", code)
            elif known is None:
                body = ops.CloseAnnounced(
                    desk=slip.from_desk,
                    number=slip.number,
                    epoch=slip.epoch,
                    sequence=slip.sequence,
                    hash=slip.hash.hex(),
                    date=slip.date,
                    figures=reports.encode(figures),
                    at_ms=slip.at_ms,
                    slip=code,
                )
                books.append(body, actor=by.officer, operation=self.counter.new_id(), source="slip")
        if differs:
            raise Refused("C-168", desk=slip.from_desk, date=slip.date)
        return Announced(slip.from_desk, slip.number, slip.date, figures, known is not None)

    def _case(self, books: Writing, by: Officer, about: str, code: str) -> None:
        body = ops.CaseRaised(
            case=books.next_case(),
            reason="slip differs",
            about=about,
            evidence=hashlib.sha256(code.encode()).hexdigest(),
        )
        books.append(body, actor=by.officer, operation=self.counter.new_id(), source="slip")


# --- issuing, inside the transaction of the record that the slip speaks of ---------------------------------


def remittance_slip(books: Writing, recorded: Recorded, body: ops.RemittanceIssued) -> None:
    """Sign the slip of a remittance just issued and owe its paper."""
    desk = books.desk()
    slip = slips.RemittanceSlip(
        format="AZM1",
        branch=desk.branch,
        from_desk=desk.desk,
        epoch=recorded.epoch,
        sequence=recorded.sequence,
        mark=bytes.fromhex(recorded.mark),
        to_desk=body.to_desk,
        remittance=UUID(body.remittance).bytes,
        pieces=slips.sheet_of(body.pieces),
        amount_qapik=body.amount_qapik,
        at_ms=recorded.recorded_ms,
    )
    books.sign_slip(recorded.operation, slip)
    books.queue_paper(PAPER, recorded.operation)


def close_slip(books: Writing, line: Line, recorded: Recorded, body: ops.DayClosed, figures: Figures) -> None:
    """Without a line: sign the slip of a close just recorded, for the desk that holds the safe."""
    desk = books.desk()
    manager = books.document(Branch, body.date).safe_desk
    if line.state().online or manager == desk.number:
        return
    epoch, sequence, head = books.head()
    slip = slips.CloseSlip(
        "AZD1",
        desk.branch,
        desk.desk,
        desk.number,
        epoch,
        sequence,
        bytes.fromhex(head),
        f"{desk.branch}-{manager}",
        body.date,
        *slips.close_figures(figures),
        recorded.recorded_ms,
    )
    books.sign_slip(recorded.operation, slip)
    books.queue_paper(PAPER, recorded.operation)


# --- believing ---------------------------------------------------------------------------------------------


def _read(code: str) -> tuple[Signed, Slip]:
    try:
        signed = slips.read_code(code)
    except slips.NoSlip as fault:
        raise Refused("C-160") from fault
    return signed, signed.slip


def _believed(books: Reading, signed: Signed) -> None:
    """Refuse what this desk must not act upon; see `Slips.announce`."""
    slip, desk = signed.slip, books.desk()
    if slip.branch != desk.branch or not slip.from_desk.startswith(f"{desk.branch}-"):
        raise Refused("C-161", branch=slip.branch)
    if slip.to_desk != desk.desk:
        raise Refused("C-162", desk=slip.to_desk)
    key = books.desk_key(slip.from_desk, slip.epoch)
    if key is None:
        raise Refused("C-163", desk=slip.from_desk)
    if key.state != "active":
        raise Refused("C-164", desk=slip.from_desk)
    if not signed.is_by(key.public_key):
        raise Refused("C-165", desk=slip.from_desk)


def _countable(slip: slips.RemittanceSlip) -> None:
    """Refuse with C-160 what nobody at a counter could count in."""
    try:
        amount = cash.counted(dict(slip.pieces))
    except Refused as fault:
        raise Refused("C-160") from fault
    if not amount or amount.minor != slip.amount_qapik:
        raise Refused("C-160")


def _remittance(books: Reading, remittance: str) -> Remittance | None:
    return next((one for one in books.remittances() if one.remittance == remittance), None)


def _same_close(known: KnownClose, slip: slips.CloseSlip, figures: Figures) -> bool:
    """News may name a later head of the same chain; then the figures alone can be compared."""
    if (known.epoch, known.sequence) == (slip.epoch, slip.sequence) and known.hash != slip.hash.hex():
        return False
    try:
        # A slip does not say how baskets were paid; all else must be the same.
        return reports.differences(reports.decode(known.figures), figures) == []
    except ValueError:
        return False
