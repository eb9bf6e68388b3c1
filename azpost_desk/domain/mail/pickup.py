"""Pick-up codes: six digits that only an item's addressee was told, and what becomes of them (mail.md 2).

In: an item's life, a code that was said. Out: whether the item lies for its addressee at an office, whether
the words are a code at all, after how many wrong ones a document is asked for instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.digits import is_digits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azpost_desk.domain.mail.history import Life

DIGITS: Final = 6
# Wrong ones at one desk lock it there, over all desks for everybody: then a document is shown.
WRONG_HERE_MAX: Final = 3
WRONG_MAX: Final = 6
WRONG: Final = "wrong_code"
"""The reason of the record of a wrong try."""
HASH_START: Final = "$argon2id$"
HASH_CHARACTERS_MAX: Final = 200

PICKUP: Final[Mapping[tuple[str, str], str]] = {
    ("", "arrived"): "wanted",
    ("wanted", "made"): "standing",
    # Nobody can be told: the acceptance names no telephone, or is not known here.
    ("wanted", "unreached"): "none",
    ("standing", "guessed"): "locked",
    **{(before, "moved_on"): "void" for before in ("wanted", "none", "standing", "locked")},
}
# What desks are told.
TOLD: Final = ("standing", "locked", "void")
_SHELVED: Final = frozenset({"office", "pickup", "held"})


def lies_for_addressee(life: Life) -> bool:
    """Whether an item waits on an office's shelf for its addressee; a sender it comes back to has no code."""
    return life.custody == "shelf" and life.state in _SHELVED and bool(life.office)


def is_code(text: str) -> bool:
    """Whether this can be a pick-up code."""
    return len(text) == DIGITS and is_digits(text)


def is_hash(text: str) -> bool:
    """Whether this is the slow salted hash of a code, as desks check it."""
    return text.startswith(HASH_START) and len(text) <= HASH_CHARACTERS_MAX
