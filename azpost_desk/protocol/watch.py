"""How a watch list travels to a desk: it says what it has, the centre answers with a piece of the changes.

A piece leads from one version towards another, in the order of the entries' ids; asked again with the same
question the centre gives the same piece, so a broken line costs one piece. Until the last piece has come the
desk screens by what it had and what is new already: nothing is taken away before its successor is here.
"""

from __future__ import annotations

from azpost_desk.protocol.messages import Message


class ListAsked(Message, frozen=True):
    """What the desk has of one list, and where it stopped on the way to the next version.

    Attributes:
        version, as_of_ms: what it has whole; 0 for nothing. Both must be the centre's own, or it gets all.
        towards, towards_ms: the version that is under way and when it was imported; 0 for none.
        after: the last entry's id of that way that has come, "" for none.
    """

    source: str
    version: int = 0
    as_of_ms: int = 0
    towards: int = 0
    towards_ms: int = 0
    after: str = ""


class ListTold(Message, frozen=True):
    """One piece of the way to a version.

    Attributes:
        version, as_of_ms: where the way leads; 0 when the centre has no such list.
        entries: how many entries that version has, for the desk to count when it has arrived.
        whole: the way begins with nothing: the desk asks on with version 0, and what it is not told again is
            not on the list once it has arrived.
        begun: this piece is the first of its way; what came of another way does not count.
        put: JSON of `domain.watch_lists.Listed`, each new or changed.
        gone: ids that are not on the list any more.
        after: the last id of this piece, to be asked with next.
        more: there are further pieces.
    """

    version: int = 0
    as_of_ms: int = 0
    entries: int = 0
    whole: bool = False
    begun: bool = True
    put: tuple[bytes, ...] = ()
    gone: tuple[str, ...] = ()
    after: str = ""
    more: bool = False
