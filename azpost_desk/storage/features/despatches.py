"""Despatches abroad at a desk: the journal's records carried into their tables, and read from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from azpost_desk.domain.mail.bags import HOLDS
from azpost_desk.domain.mail.despatches import DESPATCH, RECEPTACLE, DespatchId, ReceptacleId, despatch_id
from azpost_desk.domain.moves import move
from azpost_desk.services.despatches_views import Despatch, DespatchReads, Packing
from azpost_desk.storage.tables_mail import despatches, mail_bag_items, mail_bag_seals, receptacles

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from sqlalchemy import Connection, Row

    from azpost_desk.domain import operations as ops
    from azpost_desk.domain.mail.despatches import Series
    from azpost_desk.storage.projecting import StoredRecord

_D, _R, _I = despatches.c, receptacles.c, mail_bag_items.c
_NUMBER_AT = 16
# Asked at every scan: put together once.
_HOLDING = select(receptacles).where(
    _R.state.in_(HOLDS),
    _R.receptacle.in_(select(_I.mail_bag).where(_I.number == bindparam("of"))),
)


def begun(connection: Connection, written: StoredRecord, body: ops.DespatchBegun) -> None:
    """A despatch is being filled."""
    header = written.header
    connection.execute(
        insert(despatches),
        {
            "despatch": header.operation,
            "s8": body.s8,
            "year": body.year,
            "officer": header.actor,
            "state": move(DESPATCH, "", "begun"),
            "version": 1,
            "begun_ms": header.recorded_ms,
            "changed_ms": header.recorded_ms,
        },
    )


def cancelled(connection: Connection, written: StoredRecord, body: ops.DespatchCancelled) -> None:
    """Its number is burnt."""
    _move(connection, written, body.despatch, "cancelled")


def closed(connection: Connection, written: StoredRecord, body: ops.DespatchClosed) -> None:
    """Nothing more goes into it."""
    _move(connection, written, body.despatch, "closed")


def reopened(connection: Connection, written: StoredRecord, body: ops.DespatchReopened) -> None:
    """It is open again."""
    _move(connection, written, body.despatch, "reopened", version=body.version)


def handed_over(connection: Connection, written: StoredRecord, body: ops.DespatchHandedOver) -> None:
    """It left with the receptacles that were loaded; the others are here still."""
    _move(connection, written, body.despatch, "handed_over")
    of_it = (_R.despatch == body.despatch) & _R.s9.in_(body.labels)
    for (receptacle,) in connection.execute(select(_R.receptacle).where(of_it)).all():
        _move_one(connection, written, receptacle, "handed_over")


def receptacle_begun(connection: Connection, written: StoredRecord, body: ops.ReceptacleBegun) -> None:
    """A receptacle is being filled."""
    header = written.header
    connection.execute(
        insert(receptacles),
        {
            "receptacle": header.operation,
            "despatch": body.despatch,
            "number": body.number,
            "state": move(RECEPTACLE, "", "begun"),
            "version": 1,
            "begun_ms": header.recorded_ms,
            "changed_ms": header.recorded_ms,
            "s9": "",
            "grams": 0,
            "typed": 0,
            "seal": "",
        },
    )


def receptacle_closed(connection: Connection, written: StoredRecord, body: ops.ReceptacleClosed) -> None:
    """It is sealed; its seal closes nothing else of this desk, no inland bag either."""
    said = {"s9": body.s9, "grams": body.grams, "typed": int(body.typed), "seal": body.seal}
    _move_one(connection, written, body.receptacle, "sealed", **said)
    used = {"seal": body.seal, "mail_bag": body.receptacle}
    connection.execute(upsert(mail_bag_seals).values(used).on_conflict_do_nothing())


def receptacle_reopened(connection: Connection, written: StoredRecord, body: ops.ReceptacleReopened) -> None:
    """It is open again, without label, weight or seal."""
    said = {"version": body.version, "s9": "", "grams": 0, "typed": 0, "seal": ""}
    _move_one(connection, written, body.receptacle, "reopened", **said)


def receptacle_given_up(connection: Connection, written: StoredRecord, body: ops.ReceptacleGivenUp) -> None:
    """Nothing went in it."""
    _move_one(connection, written, body.receptacle, "given_up")


def _move(connection: Connection, written: StoredRecord, despatch: str, event: str, **more: Any) -> None:
    state = connection.execute(select(_D.state).where(_D.despatch == despatch)).scalar() or ""
    values = {"state": move(DESPATCH, state, event), "changed_ms": written.header.recorded_ms, **more}
    connection.execute(update(despatches).where(_D.despatch == despatch).values(values))


def _move_one(
    connection: Connection, written: StoredRecord, receptacle: str, event: str, **more: Any
) -> None:
    state = connection.execute(select(_R.state).where(_R.receptacle == receptacle)).scalar() or ""
    values = {"state": move(RECEPTACLE, state, event), "changed_ms": written.header.recorded_ms, **more}
    connection.execute(update(receptacles).where(_R.receptacle == receptacle).values(values))


class Reads(DespatchReads):
    """What the use cases read of these tables, on the connection of their transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def despatch(self, despatch: str) -> Despatch | None:
        row = self._connection.execute(select(despatches).where(_D.despatch == despatch)).first()
        return _despatch(row) if row else None

    def despatches(self, states: Sequence[str]) -> list[Despatch]:
        wanted = select(despatches).where(_D.state.in_(states)).order_by(_D.begun_ms, _D.s8)
        return [_despatch(row) for row in self._connection.execute(wanted).all()]

    def numbers_of(self, series: Series) -> frozenset[int]:
        first = despatch_id(series, 1).s8[:_NUMBER_AT]
        of_it = (_D.year == series.year) & _D.s8.startswith(first)
        found = self._connection.execute(select(_D.s8).where(of_it)).scalars()
        return frozenset(int(s8[_NUMBER_AT:]) for s8 in found)

    def receptacle(self, receptacle: str) -> Packing | None:
        row = self._connection.execute(select(receptacles).where(_R.receptacle == receptacle)).first()
        return self._packing(row) if row else None

    def receptacles(self, despatch: str) -> list[Packing]:
        wanted = select(receptacles).where(_R.despatch == despatch).order_by(_R.number)
        return [self._packing(row) for row in self._connection.execute(wanted).all()]

    def receptacle_with(self, number: str) -> Packing | None:
        row = self._connection.execute(_HOLDING, {"of": number}).first()
        return self._packing(row) if row else None

    def has_left(self, s9: str) -> bool:
        this = (_R.s9 == s9) & (_R.s9 != "") & (_R.state == "gone")
        return self._connection.execute(select(_R.receptacle).where(this)).first() is not None

    def receptacle_named(self, name: ReceptacleId) -> Packing | None:
        of_it = select(_D.despatch).where(_D.s8 == name.despatch.s8, _D.year == name.despatch.year)
        wanted = select(receptacles).where(_R.despatch.in_(of_it), _R.number == name.number)
        row = self._connection.execute(wanted).first()
        return self._packing(row) if row else None

    def _packing(self, row: Row[Any]) -> Packing:
        s8 = select(_D.s8, _D.year).where(_D.despatch == row.despatch)
        despatch = DespatchId(*self._connection.execute(s8).one())
        within = select(_I.number, _I.at_ms).where(_I.mail_bag == row.receptacle).order_by(_I.place)
        return Packing(
            row.receptacle,
            row.despatch,
            ReceptacleId(despatch, row.number),
            row.state,
            row.version,
            row.begun_ms,
            row.changed_ms,
            row.s9,
            row.grams,
            bool(row.typed),
            row.seal,
            {one.number: one.at_ms for one in self._connection.execute(within)},
        )


def _despatch(row: Row[Any]) -> Despatch:
    name = DespatchId(row.s8, row.year)
    return Despatch(row.despatch, name, row.officer, row.state, row.version, row.begun_ms, row.changed_ms)
