"""What the line needs of the desk's books and of time, fitted by the storage room through its shape alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.protocol.keys import SigningKey
    from azpost_desk.protocol.messages import Ack, Batch, News, Signed
    from azpost_desk.protocol.old_chains import OldRecord
    from azpost_desk.protocol.watch import ListAsked, ListTold

CONNECT_SECONDS: Final = 5


class Identity(Protocol):
    """Which chain this desk writes, and whose signatures it believes (keys as 64 hex digits)."""

    @property
    def desk(self) -> str: ...
    @property
    def epoch(self) -> int: ...
    @property
    def centre_epoch(self) -> int: ...
    @property
    def centre_key(self) -> str: ...
    @property
    def grants_key(self) -> str: ...


class SyncBooks(Protocol):
    """The desk's books as the line sees them; every call is its own transaction, from the line's thread.

    Any call may raise Trouble (G-060 book stopped, G-061 disk): the line then waits and tries again.
    """

    def identity(self) -> Identity: ...
    def signing_key(self) -> SigningKey: ...
    def ended(self) -> str:
        """The L-code of what ended this chain, "" while it goes on."""

    def end(self, code: str) -> None:
        """This chain is forked, replaced, lost or revoked, durable before it returns: no money moves.

        What is unsent is handed on all the same. Only a new epoch goes on.
        """

    def batch(self, limit_records: int, limit_bytes: int) -> Batch | None:
        """The records after the last acknowledged one, ending at a commit; None when all is acknowledged.

        At least one commit, even when it alone is larger than `limit_bytes`; a sale that was undone goes with
        its reversal.
        """

    def mark_offered(self, sequence: int) -> None:
        """Durable before it returns: the records up to `sequence` may be known to the centre from now on."""

    def store_ack(self, signed: Signed, ack: Ack) -> None:
        """Keep a verified acknowledgement and advance the high-water mark."""

    def heads_agree(self) -> None:
        """All of this chain, and nothing else, is acknowledged: told after every exchange that showed it."""

    def rewind_acknowledged(self, sequence: int) -> None:
        """The centre lost what came after `sequence`: `batch` begins after it again. Receipts of it stay."""

    def news_position(self) -> int:
        """Position of the newest stored news in the centre's present epoch; 0 when there is none."""

    def store_news(self, news: list[News], centre_epoch: int) -> None:
        """Keep and apply news in order, all or nothing. Another `centre_epoch` restarts the position at 0."""

    def held_grants(self) -> tuple[str, ...]:
        """Ids of the grants this chain holds and has not ended."""

    def note_open_grants(self, grants: tuple[str, ...]) -> None:
        """Keep which grants of this chain the centre holds for open (PROTOCOL.md 5)."""

    def waiting(self) -> tuple[int, int]:
        """(how many records are not acknowledged, recorded time in ms of the oldest of them or 0)."""

    def last_ack(self) -> Ack | None:
        """The newest acknowledgement of this epoch."""

    def late_wanted(self) -> list[tuple[int, tuple[int, bytes, str] | None]]:
        """(ended epoch, (sequence, hash, key) where it ends here) of which the centre told late records."""

    def take_late(self, records: Iterable[OldRecord]) -> int:
        """Take proven late records of one ended epoch into the books, all or none; how many."""

    def list_wanted(self) -> ListAsked | None:
        """What to ask of a watch list whose version here is not the one the centre told of; None: nothing."""

    def keep_list(self, asked: ListAsked, told: ListTold) -> bool:
        """Keep one piece of a watch list, all or nothing; whether to ask on at once.

        Raises:
            Trouble: L-004 it does not answer what was asked.
        """

    def trusted_ms(self) -> int:
        """Now by trusted time (PROTOCOL.md 7)."""

    def note_clock(self, here_ms: int, centre_ms: int) -> None:
        """Record that the PC's clock moved against the centre's signed time (U-05)."""

    def head(self) -> tuple[int, int, str]:
        """(epoch, sequence, hash hex) of the newest record; sequence 0 when the chain is empty."""


class Clock(Protocol):
    """Time from outside."""

    def utc_ms(self) -> int: ...
    def monotonic_ms(self) -> int: ...
