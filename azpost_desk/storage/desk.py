"""An open desk: its file, its identity, its stop mark, shared by every look and every write."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from azpost_desk.domain.refusals import Trouble
from azpost_desk.protocol.messages import Enrolled
from azpost_desk.storage import tables as t

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from azpost_desk.domain.catalogue import Document
    from azpost_desk.domain.days import Clock
    from azpost_desk.domain.trusted_time import TrustedTime
    from azpost_desk.protocol.keys import SigningKey
    from azpost_desk.storage.vault import Vault


def who_is(stored: bytes) -> Enrolled:
    """Who a desk is, as it was told at its enrolment.

    Raises:
        Trouble: G-071 the bytes in its file say nothing of the kind.
    """
    try:
        return msgspec.json.decode(stored, type=Enrolled)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise Trouble("G-071") from fault


def newest_identity(connection: Connection) -> tuple[Enrolled, str]:
    """Who the desk of a file is since its last enrolment, and the public key of this epoch.

    Raises:
        Trouble: G-071 the file cannot say so: its page is damaged.
    """
    i = t.identity.c
    try:
        row = connection.execute(select(i.enrolled, i.public_key).order_by(i.epoch.desc()).limit(1)).one()
    except DBAPIError as damaged:
        raise Trouble("G-071") from damaged
    return who_is(row.enrolled), row.public_key


@dataclass(slots=True)
class OpenDesk:
    """An open database with what belongs to it.

    Attributes:
        stopped: why no record may be written any more (mark, behind, page, chain, ledger), "" if all is well.
        ended: the L-code of what ended this chain (forked, replaced, lost, revoked), "" while it goes on:
            nothing that moves money is written any more (PROTOCOL.md 4, 5).
        elsewhere: these books may be a copy; nothing that exists once is used before the centre's head and
            theirs were compared (PROTOCOL.md 1).
        documents: reference documents already decoded, by (name, version).
        time: what decides on ages and dates; `clock` only says when something happened as the PC believes.
        waits: officer → when, in running time, the wait after wrong PINs began to count.
        guessed: officer → wrong PINs in a row, as far as this program has seen them: on a full disk nothing
            else remembers them.
        refolded: names of tables that a migration's folding found other than the journal says.
        opened_run_ms: the running time at which these books were opened: a wait from before begins anew
            here, since nobody can tell how long the program was not running.
    """

    connection: Connection
    enrolled: Enrolled
    key: SigningKey
    clock: Clock
    vault: Vault
    stopped: str = ""
    ended: str = ""
    elsewhere: bool = False
    documents: dict[tuple[str, int], Document] = field(default_factory=dict)
    time: TrustedTime = field(init=False)
    waits: dict[str, int] = field(default_factory=dict)
    guessed: dict[str, int] = field(default_factory=dict)
    opened_run_ms: int = 0
    refolded: tuple[str, ...] = ()

    def begin(self, time: TrustedTime) -> None:
        """A program works with these books from now on."""
        self.time, self.opened_run_ms = time, self.clock.monotonic_ms()

    def waits_ms(self, officer: str, whole_ms: int) -> int:
        """How much of a wait of `whole_ms` after wrong PINs is left, counted by running time alone."""
        began_ms = self.waits.get(officer, self.opened_run_ms)
        return max(0, whole_ms - (self.clock.monotonic_ms() - began_ms))
