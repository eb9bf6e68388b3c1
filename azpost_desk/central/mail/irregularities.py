"""Irregularities at the centre: what desks report, what is lost, missing or too much, until a person ends it.

In: reports of desks, the folded events of an item, what a person says. Out: tasks with an owner and a day,
listed and ended by their number on the exceptions list; the photo of a report as its desk sent it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from azpost_desk.central.exceptions import end_exact, list_exception, list_task
from azpost_desk.central.mail import bags
from azpost_desk.domain.mail.irregularities import RECORDED, is_photo, number_of
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.typed import is_said
from azpost_desk.texts.sentences import local

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain import operations as ops
    from azpost_desk.domain.mail.history import Life

REPORTED: Final = "irregularity"
LOST: Final = "item_lost"
STRANGE: Final = "irregularity_strange"
TASKS: Final = (REPORTED, LOST, bags.MISSING, bags.SURPLUS)
_TASK_DAYS: Final = 7


class Open(NamedTuple):
    """An irregularity that nobody has ended: `about` is its number and kind or bag, `due` an ISO date."""

    irregularity: int
    reason: str
    about: str
    desk: str
    owner: str
    made_ms: int
    due: str
    words: str
    photo: bool


def reported(conn: Connection, written: AcceptedRecord, body: ops.IrregularityReported, now_ms: int) -> None:
    """A desk reports one; what no honest desk writes is security's."""
    place = written.desk, written.epoch, written.sequence
    photo = _photo(written.attachments.get(f"{written.header.operation}:photo"))
    is_sound = number_of(body.number) == body.number and body.kind in RECORDED
    if not is_sound or (photo is not None and not is_photo(photo)):
        list_exception(conn, *place, STRANGE, now_ms, f"{body.number} {body.kind}")
        return
    list_task(conn, place, REPORTED, f"{body.number} {body.kind}", _due(now_ms), now_ms)


def follow(conn: Connection, number: str, lives: Iterable[Life], now_ms: int) -> None:
    """Whoever scans an item as lost opens one; whatever is scanned of it later ends it again."""
    for life in lives:
        standing = [step.event for step in life.steps if step.mark != "voided"]
        for event in (step.event for step in life.steps if step.event.code == "lost"):
            place = event.desk, event.epoch, event.sequence
            if not (standing and standing[-1] == event):
                end_exact(conn, place, LOST, number, now_ms)
            elif not _is_listed(conn, place):
                list_task(conn, place, LOST, number, _due(now_ms), now_ms)


def listed(conn: Connection) -> list[Open]:
    """Those that stand, the one due first at the top, with what the desk wrote of it."""
    rows = conn.execute(
        "select e.exception, e.reason, e.about, e.desk, e.owner, e.made_ms, e.due,"
        " (select content from attachments a where (a.desk, a.epoch, a.sequence) ="
        " (e.desk, e.epoch, e.sequence) and a.slot like '%%:words' limit 1),"
        " exists (select from attachments a where (a.desk, a.epoch, a.sequence) ="
        " (e.desk, e.epoch, e.sequence) and a.slot like '%%:photo' and a.content is not null)"
        " from exceptions e where e.reason = any(%s) and e.ended_ms = 0 order by e.due, e.exception",
        (list(TASKS),),
    ).fetchall()
    # What lies beside any other record than a report is not this.
    return [Open._make((*row[:7], _words(row[7]) if row[1] == REPORTED else "", row[8])) for row in rows]


def end(conn: Connection, irregularity: int, by: str, why: str, now_ms: int) -> None:
    """A person says how it ended.

    Raises:
        Refused: E-047 by whom or why is missing, E-158 no irregularity under this number stands.
    """
    if not is_said(by) or not is_said(why):
        raise Refused("E-047")
    with conn.transaction():
        row = conn.execute(
            "update exceptions set ended_ms = %s where exception = %s and reason = any(%s) and ended_ms = 0"
            " returning desk, epoch, sequence, reason, about",
            (now_ms, irregularity, list(TASKS)),
        ).fetchone()
        if row is None:
            raise Refused("E-158", irregularity=irregularity)
        conn.execute(
            "insert into irregularity_ends (exception, ended_by, why, ended_ms) values (%s, %s, %s, %s)"
            " on conflict (exception) do update set ended_by = excluded.ended_by, why = excluded.why,"
            " ended_ms = excluded.ended_ms",
            (irregularity, by.strip(), why.strip(), now_ms),
        )
        if row[3] == bags.MISSING:
            bags.settle_missing(conn, (str(row[0]), int(row[1]), int(row[2])), str(row[4]))


def photo_of(conn: Connection, irregularity: int) -> bytes:
    """The photo of a report, JPEG, whether it has ended or not.

    Raises:
        Refused: E-159 there is none, or it was erased by rule.
    """
    row = conn.execute(
        "select a.content from exceptions e join attachments a using (desk, epoch, sequence)"
        " where e.exception = %s and e.reason = %s and a.slot like '%%:photo'",
        (irregularity, REPORTED),
    ).fetchone()
    photo = _photo(row[0]) if row else None
    if not photo:
        raise Refused("E-159", irregularity=irregularity)
    return photo


def _is_listed(conn: Connection, place: tuple[str, int, int]) -> bool:
    """Whether it stands, or a person has ended it: a scan that is folded again opens nothing again."""
    row = conn.execute(
        "select from exceptions e where (desk, epoch, sequence, reason) = (%s, %s, %s, %s) and (ended_ms = 0"
        " or exists (select from irregularity_ends i where i.exception = e.exception))",
        (*place, LOST),
    ).fetchone()
    return row is not None


def _photo(content: bytes | None) -> bytes | None:
    """The picture in an attachment; None of none, empty of what holds no picture."""
    if content is None:
        return None
    try:
        return msgspec.json.decode(content, type=bytes)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return b""


def _words(content: bytes | None) -> str:
    try:
        return msgspec.json.decode(content, type=str) if content else ""
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""


def _due(now_ms: int) -> str:
    return (local(now_ms).date() + timedelta(days=_TASK_DAYS)).isoformat()
