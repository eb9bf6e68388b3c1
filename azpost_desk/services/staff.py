"""Signing in, wrong PINs, a PIN from the manager or an own one, and a second person's consent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from azpost_desk.domain import operations as ops
from azpost_desk.domain.approvals import is_from_centre
from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import (
    PIN_DIGITS,
    PIN_TRIES_MAX,
    Permission,
    Role,
    is_guessed,
    lock_seconds,
    require,
    second_person,
)
from azpost_desk.services.counter import Approval, Counter, Officer

if TYPE_CHECKING:
    from azpost_desk.services.ports import Hasher
    from azpost_desk.services.views import OfficerAtDesk


@dataclass(frozen=True, slots=True)
class Staff:
    """Who works here. `verify` is slow on purpose (argon2id): call it off the main thread."""

    counter: Counter
    hasher: Hasher

    def officers(self) -> list[OfficerAtDesk]:
        """Everybody who may sign in at this branch today, by name."""
        with self.counter.books.reading() as books:
            return books.officers()

    def sign_in(self, officer: str, pin: str) -> Officer:
        """Sign in and record it; on a stopped desk one may only look, and nothing can be recorded any more.

        Raises:
            Refused: S-001 wrong PIN (with the tries left), S-002 locked (with the seconds), S-003 unknown,
                S-006 the PIN was given by somebody else: `choose_pin` comes before anything.
        """
        known = self._own(officer, pin)
        with self.counter.books.writing() as books:
            if not books.stopped:
                books.append(
                    ops.SignedIn(officer=known.officer, role=known.role),
                    actor=known.officer,
                    operation=self.counter.new_id(),
                )
        return Officer(known.officer, known.name, Role(known.role), known.language)

    def unlock(self, officer: Officer, pin: str) -> None:
        """Lift the idle lock: only the officer who is signed in; the basket stays as it is.

        Raises:
            Refused: as `sign_in`.
        """
        self._own(officer.officer, pin)

    def approve(self, asker: Officer, approver: str, pin: str, operation: str) -> Approval:
        """A second person's consent to exactly one operation.

        Raises:
            Refused: S-011 the same person, S-010 may not approve, S-013 by a PIN that was given to the
                approver, S-014 the asker gave the approver a PIN today, and as `sign_in`.
        """
        known = self._proven(approver, pin)
        second_person(asker.officer, known.officer, Role(known.role))
        _by_an_own_pin(asker, known)
        return Approval(known.officer, Role(known.role), operation)

    def co_sign(
        self, asker: Officer, officer: str, pin: str, operation: str, permission: Permission
    ) -> Approval:
        """Somebody else signs one operation with the own PIN: takes the till, or consents as a manager.

        Raises:
            Refused: S-011 the same person, S-010 without the permission, S-013 and S-014 as `approve`, and as
                `sign_in`.
        """
        known = self._proven(officer, pin)
        if known.officer == asker.officer:
            raise Refused("S-011")
        require(Role(known.role), permission)
        _by_an_own_pin(asker, known)
        return Approval(known.officer, Role(known.role), operation)

    def reset_pin(self, by: Officer, officer: str, new_pin: str) -> None:
        """The manager gives somebody a PIN that is only good for choosing an own one; recorded.

        Raises:
            Refused: S-010 not a manager, S-003 unknown, S-004 the PIN is too short, long or not digits, S-009
                anybody would guess it, S-008 the manager's own PIN: that is chosen with the old one.
        """
        by.may(Permission.RESET_PIN)
        if officer == by.officer:
            raise Refused("S-008", field="officer")
        self._set_pin(by.officer, officer, new_pin, temporary=True)

    def choose_pin(self, officer: str, old_pin: str, new_pin: str) -> None:
        """Somebody chooses an own PIN, with the old one or the one that was given; recorded.

        Raises:
            Refused: S-004 and S-009 as `reset_pin`, S-007 the PIN is the old one, and as `sign_in` for the
                old one.
        """
        self._proven(officer, old_pin)
        if new_pin == old_pin:
            raise Refused("S-007", field="pin")
        self._set_pin(officer, officer, new_pin, temporary=False)

    def _set_pin(self, by: str, officer: str, new_pin: str, *, temporary: bool) -> None:
        """Keep the hash and record whose doing it was; the PIN itself is nowhere."""
        if not (is_digits(new_pin) and PIN_DIGITS[0] <= len(new_pin) <= PIN_DIGITS[1]):
            raise Refused("S-004", field="pin", digits=PIN_DIGITS[0])
        if is_guessed(new_pin, officer):
            raise Refused("S-009", field="pin")
        new_hash = self.hasher.hash(new_pin)
        with self.counter.books.writing() as books:
            if books.officer(officer) is None:
                raise Refused("S-003", field="officer")
            books.set_pin(officer, new_hash)
            books.set_tries(officer, 0, 0)
            books.append(
                ops.PinReset(officer=officer, reset_by=by, temporary=temporary),
                actor=by,
                operation=self.counter.new_id(),
            )

    def _own(self, officer: str, pin: str) -> OfficerAtDesk:
        """As `_proven`, by a PIN that nobody else has given."""
        known = self._proven(officer, pin)
        if known.temporary:
            raise Refused("S-006", field="pin")
        return known

    def _proven(self, officer: str, pin: str) -> OfficerAtDesk:
        """The officer, when the PIN is right and nothing is locked. Hashing is outside any transaction."""
        with self.counter.books.reading() as books:
            known = books.officer(officer)
        if known is None:
            raise Refused("S-003", field="officer")
        if known.wait_ms:
            raise Refused("S-002", field="pin", seconds=-(-known.wait_ms // 1000))
        if self.hasher.verify(known.pin_hash, pin):
            if known.wrong_tries:
                with self.counter.books.writing() as books:
                    books.set_tries(officer, 0, 0)
            return known
        raise self._wrong(officer)

    def _wrong(self, officer: str) -> Refused:
        """Count one wrong PIN and keep the count; the refusal to raise."""
        # Counted first: a disk that takes nothing undoes the transaction, and would make guesses free.
        tries = self.counter.books.count_wrong_pin(officer)
        with self.counter.books.writing() as books:
            # Another thread may have counted on meanwhile: the newest count stands, whoever writes last.
            known = books.officer(officer)
            tries = max(tries, known.wrong_tries if known else 0)
            seconds = lock_seconds(tries)
            books.set_tries(officer, tries, seconds * 1000)
            # On a stopped desk nothing is recorded any more, and a PIN is guessed no faster for that.
            if seconds and not books.stopped:
                books.append(
                    ops.LockedOut(officer=officer, wrong_tries=tries, seconds=seconds),
                    actor=officer,
                    operation=self.counter.new_id(),
                )
        if seconds:
            return Refused("S-002", field="pin", seconds=seconds)
        return Refused("S-001", field="pin", left=PIN_TRIES_MAX - tries)


def _by_an_own_pin(asker: Officer, second: OfficerAtDesk) -> None:
    """Refuse a consent that the asker, or whoever gave the PIN, could have given in the other's name."""
    if second.temporary:
        raise Refused("S-013", name=second.name)
    if asker.officer in second.given_by:
        raise Refused("S-014", name=second.name)


def consent(approval: Approval | None, operation: str, asker: Officer) -> str:
    """The approver's id, when the approval is for this very operation; one from the centre too.

    Raises:
        Refused: S-012 when it is missing or for another operation, S-011 / S-010.
    """
    if approval is None or approval.for_operation != operation:
        raise Refused("S-012")
    if is_from_centre(approval.approver) != (approval.way != "person"):
        raise Refused("S-012")
    second_person(asker.officer, approval.approver, approval.role)
    return approval.approver
