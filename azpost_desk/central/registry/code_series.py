"""Series of transfer codes: from a key of the centre, a chain and a number follows a code nobody can guess.

In: the centre's keys, one for each of its epochs. Out: the next codes of a chain, and whether a code that
this database knows nothing of was given to a chain in hours that a restore has forgotten. The codes of a new
epoch are others: what was given and forgotten is never given again.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Final

from azpost_desk.central import keys
from azpost_desk.central.storage.database import one
from azpost_desk.domain.transfer_codes import transfer_code

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.central.storage.database import Connection

_PURPOSE: Final = "codes/"
_CODE_DIGITS: Final = 10**9
# [design] More than a chain is given between a copy and its restore; each further one is a guess more for
# whoever invents codes, of a thousand million.
_FORGOTTEN_MAX: Final = 10_000


def begin(conn: Connection, now_ms: int) -> bytes:
    """The secret of the centre's present epoch, made when it is first wanted."""
    epoch = one(conn, "select epoch from centre")[0]
    return keys.key(conn, f"{_PURPOSE}{epoch}", now_ms).secret()


def codes(secret: bytes, desk: str, epoch: int, numbers: Iterable[int]) -> list[str]:
    """The codes of a chain under these numbers."""
    found = []
    for number in numbers:
        digest = hmac.digest(secret, f"code {desk}/{epoch} {number}".encode(), hashlib.sha256)
        found.append(transfer_code(f"{int.from_bytes(digest[:16], 'big') % _CODE_DIGITS:09}"))
    return found


def adopt(conn: Connection, desk: str, epoch: int, code: str) -> bool:
    """Whether this chain was given the code before a restore of the centre; then it is known from now on.

    What another desk has been given since is not believed.
    """
    here = one(conn, "select epoch from centre")[0]
    secrets = conn.execute(
        "select secret from centre_keys where starts_with(purpose, %s) and purpose <> %s",
        (_PURPOSE, f"{_PURPOSE}{here}"),
    ).fetchall()
    if not secrets:
        return False
    known = one(conn, "select count(*) from transfer_codes where desk = %s and epoch = %s", (desk, epoch))[0]
    for (secret,) in secrets:
        if code in codes(secret, desk, epoch, range(known + _FORGOTTEN_MAX)):
            new = conn.execute(
                "insert into transfer_codes (code, desk, epoch) values (%s, %s, %s)"
                " on conflict do nothing returning code",
                (code, desk, epoch),
            ).fetchone()
            return new is not None
    return False
