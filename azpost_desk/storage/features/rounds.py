"""Rounds of couriers at a desk: the journal's records carried into their tables, and read from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select, update

from azpost_desk.domain.mail.rounds import OPEN, OUTCOME_OF, ROUND
from azpost_desk.domain.moves import move
from azpost_desk.services.rounds_views import Round, RoundReads
from azpost_desk.storage import projected_items as items
from azpost_desk.storage.tables_mail import mail_round_items, mail_rounds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from sqlalchemy import Connection, Row, Select

    from azpost_desk.domain import operations as ops
    from azpost_desk.protocol.news import ItemEvent
    from azpost_desk.storage.projecting import StoredRecord

_R, _I = mail_rounds.c, mail_round_items.c
# Said at every scan: put together once.
_LOST = delete(mail_round_items).where(
    _I.number == bindparam("of"), _I.round.in_(select(_R.round).where(_R.state == "planned"))
)


def begun(connection: Connection, written: StoredRecord, body: ops.RoundBegun) -> None:
    """A round is being made up."""
    header = written.header
    connection.execute(
        insert(mail_rounds),
        {
            "round": header.operation,
            "courier": body.courier,
            "officer": header.actor,
            "state": move(ROUND, "", "begun"),
            "begun_ms": header.recorded_ms,
            "signed_ms": 0,
            "ended_ms": 0,
            "day": 0,
        },
    )


def signed(connection: Connection, written: StoredRecord, body: ops.RoundSigned) -> None:
    """It went out."""
    header = written.header
    _move(connection, body.round, "signed", signed_ms=header.recorded_ms, day=header.day)


def ended(connection: Connection, written: StoredRecord, body: ops.RoundEnded) -> None:
    """It is back."""
    _move(connection, body.round, "ended", ended_ms=written.header.recorded_ms)


def scanned(connection: Connection, written: StoredRecord, body: ops.ItemScanned) -> None:
    """A scan puts an item into a round, or says what became of it there."""
    scan = written.header.operation
    if body.round:
        row = {"round": body.round, "number": body.number, "place": written.header.sequence, "scan": scan}
        connection.execute(insert(mail_round_items), row | {"outcome": "", "outcome_scan": ""})
        return
    _say(connection, body.number, body.event, scan)


def heard(connection: Connection, one: ItemEvent, *, gone: bool) -> None:
    """Another desk scanned an item after it went into a round here: that counts for the round too."""
    if gone:
        _unsay(connection, one.operation)
        return
    held = select(_I.scan).where(_I.number == one.number, _I.round.in_(_in_state(*OPEN)))
    scan = connection.execute(held).scalar()
    if scan is not None and items.counts_after(connection, one.number, scan, one.operation):
        _say(connection, one.number, one.event, one.operation)


def voided(connection: Connection, body: ops.ScanVoided) -> None:
    """A scan taken back puts nothing into a round and says nothing of what became of an item.

    What a courier has signed for stays as it was signed.
    """
    connection.execute(
        delete(mail_round_items).where(_I.scan == body.scan, _I.round.in_(_in_state("planned")))
    )
    _unsay(connection, body.scan)


def _say(connection: Connection, number: str, event: str, scan: str) -> None:
    """What a scan says of the round its item is in: one that is only made up has lost it to somebody else."""
    connection.execute(_LOST, {"of": number})
    if outcome := OUTCOME_OF.get(event):
        out = update(mail_round_items).where(_I.number == number, _I.round.in_(_in_state("out")))
        connection.execute(out.values(outcome=outcome, outcome_scan=scan))


def _unsay(connection: Connection, scan: str) -> None:
    said = update(mail_round_items).where(_I.outcome_scan == scan, _I.round.in_(_in_state("out")))
    connection.execute(said.values(outcome="", outcome_scan=""))


def _in_state(*states: str) -> Select[tuple[str]]:
    return select(_R.round).where(_R.state.in_(states))


def _move(connection: Connection, round_: str, event: str, **more: int) -> None:
    state = connection.execute(select(_R.state).where(_R.round == round_)).scalar()
    values = {"state": move(ROUND, state or "", event), **more}
    connection.execute(update(mail_rounds).where(_R.round == round_).values(values))


class Reads(RoundReads):
    """What the use cases read of these tables, on the connection of their transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def round(self, round_: str) -> Round | None:
        row = self._connection.execute(select(mail_rounds).where(_R.round == round_)).first()
        return self._read(row) if row else None

    def rounds(self, states: Sequence[str]) -> list[Round]:
        wanted = select(mail_rounds).where(_R.state.in_(states)).order_by(_R.begun_ms, _R.round)
        return [self._read(row) for row in self._connection.execute(wanted).all()]

    def with_item(self, number: str) -> Round | None:
        out = select(_I.round).where(_I.number == number)
        wanted = select(mail_rounds).where(_R.state.in_(OPEN), _R.round.in_(out))
        row = self._connection.execute(wanted).first()
        return self._read(row) if row else None

    def _read(self, row: Row[Any]) -> Round:
        items = select(_I.number, _I.outcome).where(_I.round == row.round).order_by(_I.place)
        outcomes = {one.number: one.outcome for one in self._connection.execute(items)}
        return Round(
            row.round, row.courier, row.officer, row.state, row.begun_ms, row.signed_ms, row.day, outcomes
        )
