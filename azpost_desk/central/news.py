"""News to desks: written unnumbered by whoever has something to tell, numbered per desk by one numberer.

The numberer is the only one that gives positions, in short transactions: a reader that has seen position n
has seen everything up to n, however late some transaction committed (PROTOCOL.md 6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central.storage.database import one
from azpost_desk.protocol.messages import NEWS_MAX, News
from azpost_desk.protocol.news import KINDS, Tidings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.central.storage.database import Connection

_KIND_OF: Final = {payload: kind for kind, payload in KINDS.items()}
_NUMBERER_LOCK: Final = 0x6E657773
_NUMBERED_AT_ONCE: Final = 2000
# What one answer may hold at most, so that news never clogs a poor line; the rest follows with `more`.
_ANSWER_BYTES_MAX: Final = 512 * 1024


def tell(conn: Connection, tidings: Tidings, addressees: Iterable[str], now_ms: int) -> None:
    """Write news for these desks; it gets its positions once the transaction has committed."""
    desks = sorted(set(addressees))
    if desks:
        conn.execute(
            "insert into tidings (kind, payload, addressees, made_ms) values (%s, %s, %s, %s)",
            (_KIND_OF[type(tidings)], msgspec.json.encode(tidings), desks, now_ms),
        )


def desks_at(conn: Connection, offices: Iterable[str]) -> list[str]:
    """The enrolled desks of these offices, in order: whom news of an office are for."""
    rows = conn.execute(
        "select desk from desks where branch = any(%s) and epoch > 0 order by desk", (list(offices),)
    )
    return [desk for (desk,) in rows]


def number(conn: Connection) -> int:
    """Give positions to what waits; gives how many tidings were numbered. Runs in its own transaction."""
    if not one(conn, "select exists (select from tidings where not numbered)")[0]:
        # Asked at every look: nobody is waited for where nothing waits.
        return 0
    with conn.transaction():
        conn.execute("select pg_advisory_xact_lock(%s)", (_NUMBERER_LOCK,))
        waiting = conn.execute(
            "update tidings set numbered = true where tidings in"
            " (select tidings from tidings where not numbered order by tidings limit %s)"
            " returning tidings",
            (_NUMBERED_AT_ONCE,),
        ).fetchall()
        conn.execute(
            """
            with told as (
                select tidings, unnest(addressees) as desk from tidings where tidings = any(%s)
            ), placed as (
                select told.desk, told.tidings, coalesce(news_heads.position, 0)
                    + row_number() over (partition by told.desk order by told.tidings) as place
                from told left join news_heads using (desk)
            ), written as (
                insert into news select desk, (select epoch from centre), place, tidings from placed
            )
            insert into news_heads select desk, max(place) from placed group by desk
            on conflict (desk) do update set position = excluded.position
            """,
            ([row[0] for row in waiting],),
        )
    return len(waiting)


def read(conn: Connection, desk: str, centre_epoch: int, after: int) -> tuple[tuple[News, ...], bool]:
    """News of a desk after a position, in order, and whether there is more."""
    rows = conn.execute(
        "select position, kind, payload from news join tidings using (tidings)"
        " where desk = %s and centre_epoch = %s and position > %s order by position limit %s",
        (desk, centre_epoch, after, NEWS_MAX + 1),
    ).fetchall()
    taken: list[News] = []
    size = 0
    for position, kind, payload in rows[:NEWS_MAX]:
        size += len(payload)
        if taken and size > _ANSWER_BYTES_MAX:
            break
        taken.append(News(position, kind, payload))
    return tuple(taken), len(taken) < len(rows)


def seen(conn: Connection, desk: str, centre_epoch: int, position: int) -> None:
    """Remember how far a desk has read: what it has not read is told again after a restore of the centre."""
    conn.execute(
        "update desks set seen_centre_epoch = %s, seen_position = %s"
        " where desk = %s and (seen_centre_epoch, seen_position) < (%s, %s)",
        (centre_epoch, position, desk, centre_epoch, position),
    )


def tell_again(conn: Connection, old_epoch: int) -> None:
    """For a new epoch of the centre: positions begin at 1 with everything a desk had not shown as read."""
    conn.execute(
        """
        with unread as (
            select news.desk, news.tidings,
                row_number() over (partition by news.desk order by news.position) as place
            from news join desks using (desk)
            where news.centre_epoch = %s
                and not (desks.seen_centre_epoch = news.centre_epoch and news.position <= desks.seen_position)
        )
        insert into news select desk, (select epoch from centre), place, tidings from unread
        """,
        (old_epoch,),
    )
    conn.execute("delete from news_heads")
    conn.execute(
        "insert into news_heads select desk, max(position) from news"
        " where centre_epoch = (select epoch from centre) group by desk"
    )
