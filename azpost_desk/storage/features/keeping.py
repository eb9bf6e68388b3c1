"""Items that wait at an office of a desk's, with the histories their days are reckoned from."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from sqlalchemy import select

from azpost_desk.domain.mail.history import Life, history
from azpost_desk.domain.mail.keeping import WAITING
from azpost_desk.domain.mail.moves import BACK
from azpost_desk.services.keeping import KeepingReads
from azpost_desk.storage.projected_items import told
from azpost_desk.storage.tables_mail import mail_events, mail_items

if TYPE_CHECKING:
    from sqlalchemy import Connection

_STATES = tuple(WAITING) + tuple(one + BACK for one in WAITING)


class Reads(KeepingReads):
    """What the use cases read of items that wait, on the connection of their transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def waiting_at(self, office: str) -> list[tuple[str, Life]]:
        here = select(mail_items.c.number).where(
            mail_items.c.holder == office, mail_items.c.state.in_(_STATES)
        )
        wanted = select(mail_events).where(mail_events.c.number.in_(here)).order_by(mail_events.c.number)
        rows = self._connection.execute(wanted)
        return [
            (number, history(told(row) for row in events))
            for number, events in groupby(rows, key=lambda row: str(row.number))
        ]
