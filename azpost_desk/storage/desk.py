"""What is the same for every look into, and every write to, an open desk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from azpost_desk.domain.catalogue import Document
    from azpost_desk.domain.days import Clock
    from azpost_desk.protocol.keys import SigningKey
    from azpost_desk.protocol.messages import Enrolled
    from azpost_desk.storage.vault import Vault


@dataclass(slots=True)
class OpenDesk:
    """An open database with what belongs to it.

    Attributes:
        stopped: why no record may be written any more (``behind``, ``page``, ``chain``, ``ledger``), "" if
            all is well.
        ended: the L-code of what ended this chain (forked, replaced, lost, revoked), "" while it goes on:
            nothing that moves money is written any more (protocol.md 4, 5).
        elsewhere: these books may be a copy; nothing that exists once is used before the centre's head and
            theirs were compared (protocol.md 1).
        documents: reference documents already decoded, by (name, version).
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
