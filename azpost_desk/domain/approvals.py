"""When a second person may come from the centre, and what a consent of theirs looks like in the books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.staff import PERMISSIONS, Permission, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.domain.catalogue import Branch

CENTRE: Final = "centre:"
WRONG_RESPONSES_MAX: Final = 5


def may_ask_centre(branch: Branch, officers: Iterable[tuple[str, str]], asker: str) -> bool:
    """Whether `asker` may turn to the centre: the branch is marked single-handed, or nobody else is there.

    A branch with two persons asks its own second person (decisions/015). `officers` are (id, role) of
    everybody signed up at the branch.
    """
    second = any(
        officer != asker and Permission.APPROVE in PERMISSIONS[Role(role)]
        for officer, role in officers
        if role in set(Role)
    )
    return branch.single_handed or not second


def is_from_centre(approver: str) -> bool:
    """Whether a record names a person at the centre as the one who approved."""
    return approver.startswith(CENTRE)
