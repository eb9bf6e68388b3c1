"""Roles and permissions as data, checked by one function; the lock after wrong PINs; dual control."""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise
from typing import Final

from azpost_desk.domain.refusals import Refused


class Role(StrEnum):
    """What somebody is at a branch; a person may hold several."""

    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"


class Permission(StrEnum):
    """One thing that somebody may do."""

    SELL = "sell"
    SCAN = "scan"
    HOLD_TILL = "hold_till"
    REVERSE_LINE = "reverse_line"
    APPROVE = "approve"
    OPEN_DAY = "open_day"
    CLOSE_DAY = "close_day"
    KEEP_SAFE = "keep_safe"
    RESET_PIN = "reset_pin"
    SEE_REPORTS = "see_reports"
    TAKE_OVER_BASKET = "take_over_basket"
    SIGN_PAPERS = "sign_papers"
    KEEP_PRIVACY = "keep_privacy"
    CONSENT_DIFFERENCE = "consent_difference"


_CLERK: Final = frozenset({Permission.SELL, Permission.SCAN, Permission.HOLD_TILL, Permission.REVERSE_LINE})
_SUPERVISOR: Final = _CLERK | {Permission.APPROVE, Permission.SEE_REPORTS, Permission.TAKE_OVER_BASKET}

PERMISSIONS: Final[dict[Role, frozenset[Permission]]] = {
    Role.CLERK: _CLERK,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.MANAGER: _SUPERVISOR
    | {
        Permission.OPEN_DAY,
        Permission.CLOSE_DAY,
        Permission.KEEP_SAFE,
        Permission.RESET_PIN,
        Permission.SIGN_PAPERS,
        Permission.KEEP_PRIVACY,
        Permission.CONSENT_DIFFERENCE,
    },
}

# A PIN has at least and at most so many.
PIN_DIGITS: Final = (4, 12)
PIN_TRIES_MAX: Final = 5
# After five wrong PINs: one minute, then twice as long each time, at most an hour.
LOCK_SECONDS_FIRST: Final = 60
LOCK_SECONDS_MAX: Final = 3_600


def require(role: Role, permission: Permission) -> None:
    """Refuse with S-010 unless `role` has `permission`."""
    if permission not in PERMISSIONS[role]:
        raise Refused("S-010", permission=permission.value)


def lock_seconds(wrong_tries: int) -> int:
    """How long sign-in stays locked after this many wrong PINs in a row; 0 while tries are left."""
    if wrong_tries < PIN_TRIES_MAX:
        return 0
    doublings = min((wrong_tries - PIN_TRIES_MAX), 10)
    return int(min(LOCK_SECONDS_FIRST << doublings, LOCK_SECONDS_MAX))


def is_guessed(pin: str, officer: str) -> bool:
    """Whether somebody who tries PINs begins with this one: one digit over and over, a run up or down, or
    the officer's own number.
    """
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return pin == officer or steps in ({0}, {1}, {9})


def second_person(asker: str, approver: str, approver_role: Role) -> None:
    """One approval is for one operation, by somebody else who may approve.

    Raises:
        Refused: S-011 when asker and approver are one person, S-010 without the permission.
    """
    if asker == approver:
        raise Refused("S-011")
    require(approver_role, Permission.APPROVE)
