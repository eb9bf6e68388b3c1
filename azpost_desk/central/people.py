"""People of the centre: each proves who they are with a password of their own before an act bears their name.

Where two must act, both prove it, in one command or one after the other. A password that somebody else has
set is good for nothing but setting one's own (A-15).
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.central.storage.database import one
from azpost_desk.domain.names import plain
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection

# [design] Long enough that guessing through argon2id and the waits below leads nowhere.
PASSWORD_CHARACTERS_MIN: Final = 10
PASSWORD_CHARACTERS_MAX: Final = 200
TRIES_MAX: Final = 5
_WAIT_MS: Final = 15 * 60_000
# Before there are two, nobody could consent to a third.
_FOUNDERS: Final = 2


@dataclass(frozen=True, slots=True)
class Claim:
    """A name and the password that is to prove it."""

    name: str
    password: str


def listed(conn: Connection) -> list[tuple[str, bool]]:
    """(name, whether the password is their own) of everybody, by name."""
    return conn.execute("select name, set_by = '' from people order by name").fetchall()


def proven(conn: Connection, claim: Claim, now_ms: int) -> str:
    """The name, when the password is right and that person's own. Its own transaction: a wrong try counts.

    Raises:
        Refused: X-086 unknown or wrong, X-087 too many tries (`seconds`), X-088 somebody else set it, G-170
            there is nobody at this centre yet.
    """
    set_by = _verified(conn, claim, now_ms)
    if set_by:
        raise Refused("X-088", name=claim.name)
    return claim.name


def two(conn: Connection, first: Claim, second: Claim, now_ms: int) -> tuple[str, str]:
    """Two different people, both proven.

    Raises:
        Refused: X-044 one and the same, and as `proven`.
    """
    if plain(first.name).casefold() == plain(second.name).casefold():
        raise Refused("X-044")
    return proven(conn, first, now_ms), proven(conn, second, now_ms)


def add(conn: Connection, name: str, password: str, by: tuple[Claim, Claim] | None, now_ms: int) -> None:
    """Enter a person, or give one who has lost it a new password; either way it is theirs only once changed.

    The first two of a centre enter themselves: from then on two people who are there already must act.

    Raises:
        Refused: X-089 two people must act, X-091 a name or password that is none, and as `two`.
    """
    name = _name(name)
    hashed = _hashed(password)
    known = {row[0] for row in listed(conn)}
    founding = len(known) < _FOUNDERS and name not in known
    if by is None and not founding:
        raise Refused("X-089")
    set_by = "" if by is None else " + ".join(two(conn, *by, now_ms))
    conn.execute(
        "insert into people (name, secret, set_by, made_ms) values (%s, %s, %s, %s)"
        " on conflict (name) do update set secret = excluded.secret, set_by = excluded.set_by,"
        " wrong_tries = 0, wait_until_ms = 0",
        (name, hashed, set_by, now_ms),
    )


def remove(conn: Connection, name: str, by: tuple[Claim, Claim], now_ms: int) -> None:
    """Take a person off the list; what they did keeps their name.

    Raises:
        Refused: X-086 there is no such person, X-089 fewer than two would be left, and as `two`.
    """
    two(conn, *by, now_ms)
    with conn.transaction():
        conn.execute("lock table people in share row exclusive mode")
        if one(conn, "select count(*) from people where name <> %s", (name,))[0] < _FOUNDERS:
            raise Refused("X-089")
        if not conn.execute("delete from people where name = %s", (name,)).rowcount:
            raise Refused("X-086")


def change_own(conn: Connection, claim: Claim, password: str, now_ms: int) -> None:
    """Set one's own password, also over one that somebody else has set.

    Raises:
        Refused: X-086, X-087 as `proven`, X-091 the new one is none, or is the old one.
    """
    _verified(conn, claim, now_ms)
    if password == claim.password:
        raise Refused("X-091", characters=PASSWORD_CHARACTERS_MIN)
    conn.execute(
        "update people set secret = %s, set_by = '' where name = %s", (_hashed(password), claim.name)
    )


def _verified(conn: Connection, claim: Claim, now_ms: int) -> str:
    """Who has set the password, "" for its owner."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    with conn.transaction():
        row = conn.execute(
            "select secret, set_by, wrong_tries, wait_until_ms from people where name = %s for update",
            (claim.name,),
        ).fetchone()
        if row is None:
            if not listed(conn):
                # Nothing is given away: nobody is on the list. A folder or address mistyped ends here.
                raise Refused("G-170")
            # As slow as a wrong password: who is on the list is nobody's business.
            PasswordHasher().hash(secrets.token_hex())
            raise Refused("X-086")
        secret, set_by, tries, wait_until_ms = row
        if now_ms < wait_until_ms:
            raise Refused("X-087", seconds=-(-(wait_until_ms - now_ms) // 1000))
        is_right = False
        with suppress(VerificationError, InvalidHashError):
            is_right = bool(PasswordHasher().verify(secret, claim.password))
        tries = 0 if is_right else tries + 1
        wait_until_ms = now_ms + _WAIT_MS if tries >= TRIES_MAX else 0
        conn.execute(
            "update people set wrong_tries = %s, wait_until_ms = %s where name = %s",
            (0 if wait_until_ms else tries, wait_until_ms, claim.name),
        )
    # Raised when the try is counted.
    if not is_right:
        raise Refused("X-086")
    return str(set_by)


def _name(text: str) -> str:
    name = plain(text).strip()
    if not 1 <= len(name) <= 60 or not name.isprintable():
        raise Refused("X-091", characters=PASSWORD_CHARACTERS_MIN)
    return name


def _hashed(password: str) -> str:
    from argon2 import PasswordHasher

    if not PASSWORD_CHARACTERS_MIN <= len(password) <= PASSWORD_CHARACTERS_MAX:
        raise Refused("X-091", characters=PASSWORD_CHARACTERS_MIN)
    return PasswordHasher().hash(password)
