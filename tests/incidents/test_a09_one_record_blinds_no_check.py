"""A-09: one stored record ended `check` for the country; it is named, and the check goes on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import msgspec
import pytest

from azpost_desk.central.registry import enrolment
from azpost_desk.domain.folds import Fact, Fold
from azpost_desk.domain.invariants import check as check_facts
from azpost_desk.programs import check
from azpost_desk.protocol.records import header_of
from azpost_desk.storage.checking import check_branch, check_folder
from tests.attacks.test_hostile_desk import raw
from tests.central.desks import SimDesk
from tests.incidents.test_h16_changed_rows_and_bytes_are_named import changed
from tests.incidents.test_h16_changed_rows_and_bytes_are_named import pristine as pristine

if TYPE_CHECKING:
    from pathlib import Path

    from azpost_desk.domain import operations as ops
    from azpost_desk.storage import engine
    from tests.stories.town import Town

HUGE: Final = b'{"document":"Q","pieces":{"100":46116860184273879},"amount_qapik":4611686018427387900}'
STRANGE: Final = [
    ("safe.supplied", HUGE),
    ("cash.moved", b"[" * 60_000),
    ("clock.jumped", b'{"from_ms":' + b"[" * 60_000),
    ("till.opened", b"\xff\xff"),
    ("safe.supplied", b'{"document":"Q","pieces":{"no figure":1},"amount_qapik":1}'),
    ("till.opened", b'{"till":"1","holder":"1","balance_qapik":' + b"9" * 5_000 + b"}"),
]


@pytest.mark.parametrize(("kind", "body"), STRANGE)
def test_the_centre_names_the_record_and_checks_the_others(
    place: Town, capsys: pytest.CaptureFixture[str], kind: str, body: bytes
) -> None:
    with place.centre.database.transaction() as conn:
        code = enrolment.enrolment_code(conn, "2002-1", place.clock.utc_ms())
    desk = SimDesk(place.centre.url, place.clock)
    desk.enrol(code)
    raw(desk, body, kind=kind)
    desk.sell()
    strange = len(desk.books) - 1
    desk.exchange()
    place.centre.settle()
    assert check.main(["--dsn", place.dsn, "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    named = {
        (fault["desk"], fault["epoch"], fault["sequence"])
        for one in answer["invariants"]
        for fault in one["broken"]
    }
    assert ("2002-1", 1, strange) in named
    assert {one["id"] for one in answer["invariants"]} >= {f"I-{number:02}" for number in range(1, 13)}
    place.broken_at_centre |= {one["id"] for one in answer["invariants"] if not one["ok"]}


@pytest.mark.parametrize(("kind", "body"), STRANGE)
@pytest.mark.parametrize("header", ["readable", "no letters", "without end"])
def test_a_desk_and_its_branch_name_it_too(
    pristine: Path, tmp_path: Path, kind: str, body: bytes, header: str
) -> None:
    """Somebody with the key wrote these bytes: the record is named by desk, epoch and sequence."""

    def act(raw: engine.dbapi2.Connection) -> None:
        (before,) = raw.execute("SELECT header FROM journal WHERE id = 8").fetchone()
        said = msgspec.json.encode(msgspec.structs.replace(header_of(before), kind=kind))
        written = {"readable": said, "no letters": b"\xff" + said, "without end": b"[" * 60_000}[header]
        raw.execute("UPDATE journal SET body = ?, header = ?, kind = ? WHERE id = 8", (body, written, kind))

    folder = changed(pristine, tmp_path / "desk", act)
    alone, damaged = check_folder(folder)
    assert damaged == []
    together, damaged = check_branch([folder])
    assert damaged == []
    for verdicts in (alone, together):
        named = {(one.desk, one.epoch, one.sequence) for verdict in verdicts for one in verdict.broken}
        assert ("2002-1", 1, 8) in named


class _Stumbles(Fold):
    id = "I-99"

    def take(self, fact: Fact, body: ops.Body | None) -> None:
        self.verdict.checked += 1
        if fact.sequence == 2:
            raise ZeroDivisionError


def test_a_fold_that_stumbles_names_the_record_and_goes_on() -> None:
    facts = [
        Fact("2002-1", 4, n, "o", "x", 1, 1, "a", "officer", "", b"{}", b"", b"", b"", None, ())
        for n in (1, 2, 3)
    ]
    found = check_facts(facts, lambda *_: True, [_Stumbles()])[-1]
    assert found.checked == 3
    assert [(one.desk, one.epoch, one.sequence) for one in found.broken] == [("2002-1", 4, 2)]


def test_a_centre_that_is_not_there_is_no_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main(["--dsn", "postgresql://nobody@127.0.0.1:1/none"]) == 2
    told = capsys.readouterr().err
    assert len(told.strip().splitlines()) == 1
    assert "Traceback" not in told
