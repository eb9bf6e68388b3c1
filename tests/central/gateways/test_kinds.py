"""Connectors are entry points: another distribution brings a kind, and nothing here is touched for it."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.central import billers_reached
from azpost_desk.central.gateways import kinds
from azpost_desk.central.gateways.osmp import OsmpBiller
from azpost_desk.central.registry.files import WrongFile
from azpost_desk.central.registry.reference import publish
from azpost_desk.programs import central
from azpost_desk.programs.central_billers import reached
from azpost_desk.protocol.messages import BillCheck, BillChecked, unpack
from azpost_desk.rehearsal.providers import DEMO_BILLERS, SandboxProvider
from azpost_desk.rehearsal.town import billers
from tests.central.bill_office import ACCOUNT, BILLER, Office

if TYPE_CHECKING:
    from tests.central.desks import ManualClock

BLANK = """
import msgspec
from azpost_desk.central.gateways.billers import Checked, Confirmed
from azpost_desk.central.gateways.kinds import Kind
from azpost_desk.domain.money import azn


class Settings(msgspec.Struct, frozen=True):
    debt_qapik: int
    key_file: str


class Blank:
    can_be_asked = True
    not_found_after_ms = 0
    key_life_ms = None

    def __init__(self, settings, wiring):
        self.debt, self.key = azn(settings.debt_qapik), wiring.secret(settings.key_file)
        self.now_ms = wiring.now_ms

    def check(self, account, amount=None):
        return Checked(self.debt, account)

    def pay(self, txn_id, account, amount, at_ms):
        return Confirmed(f"{self.key}-{txn_id}", self.now_ms())

    status = pay


KIND = Kind(Settings, Blank)
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A distribution of somebody else's in the environment; the name of its kind."""
    place = tmp_path / "site"
    about = place / "blank_connector-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: blank-connector\nVersion: 1.0\n")
    points = {"blank": "blank_connector:KIND", "halved": "blank_connector:NOTHING"}
    lines = [f"[{kinds.GROUP}]", *(f"{name} = {value}" for name, value in points.items())]
    (about / "entry_points.txt").write_text("\n".join(lines))
    (place / "blank_connector.py").write_text(BLANK)
    monkeypatch.syspath_prepend(place)
    monkeypatch.delitem(sys.modules, "blank_connector", raising=False)
    return "blank"


def check(office: Office, account: str) -> BillChecked:
    response = office.desk.post("/v1/bills/check", BillCheck(biller=BILLER, account=account))
    return unpack(response.content, BillChecked)


def file_of(tmp_path: Path, **tables: dict[str, object]) -> Path:
    file = tmp_path / "connectors.json"
    file.write_bytes(msgspec.json.encode(tables))
    return file


def test_the_projects_own_kinds_are_entry_points_of_the_project() -> None:
    project = tomllib.loads((Path(kinds.__file__).parents[3] / "pyproject.toml").read_text("utf-8"))
    own = project["project"]["entry-points"][kinds.GROUP]
    assert set(own) >= {"osmp", "json", "portal-json"}
    for name in own:
        assert issubclass(kinds.kind_of(name).settings, msgspec.Struct)


def test_a_kind_of_another_distribution_is_used_by_its_name(
    postgres: str, clock: ManualClock, installed: str, tmp_path: Path
) -> None:
    (tmp_path / "blank.key").write_text("ours\n")
    table = {"kind": installed, "debt_qapik": 777, "key_file": "blank.key"}
    connectors, names = reached(file_of(tmp_path, **{BILLER: table}))
    assert names == {BILLER: "blank"}
    with SandboxProvider() as provider:
        office = Office(postgres, clock, provider, connected=False, portals=connectors)
        told = check(office, "1")
        line = office.pay()
        assert office.row(line.operation)[0] == "confirmed"
        office.centre.stop()
    assert told.debt_qapik == 777


def test_an_old_file_means_the_first_kind(tmp_path: Path) -> None:
    table = {"url": "https://biller.example/osmp", "has_status": True}
    connectors, names = reached(file_of(tmp_path, **{"1001": table}))
    assert isinstance(connectors["1001"], OsmpBiller)
    assert (names, connectors["1001"].can_be_asked) == ({"1001": "osmp"}, True)
    assert reached(None) == ({}, {})


@pytest.mark.parametrize(
    ("table", "code", "facts"),
    [
        ({"kind": "telex", "url": "https://x"}, "P-070", {"kind": "telex"}),
        ({"url": "http://biller.example"}, "P-071", {"biller": "1001", "url": "http://biller.example"}),
        ({"kind": "halved"}, "P-072", {"kind": "halved"}),
        ({"kind": "json", "url": "https://x"}, "X-102", {"place": "1001.key_file"}),
        ({"url": "https://x", "colour": "blue"}, "X-101", {"place": "1001.colour"}),
        ({"kind": "json", "url": "https://x", "key_file": "empty"}, "X-104", {"place": "1001.key_file"}),
    ],
)
def test_a_wrong_table_is_refused_by_its_place(
    installed: str, tmp_path: Path, table: dict[str, object], code: str, facts: dict[str, str]
) -> None:
    (tmp_path / "empty").touch()
    with pytest.raises(WrongFile) as refused:
        reached(file_of(tmp_path, **{"1001": table}))
    assert refused.value.code == code
    assert {name: refused.value.facts[name] for name in facts} == facts


def test_the_list_says_who_is_reached_who_is_silent_and_what_waits(
    postgres: str, clock: ManualClock, capsys: pytest.CaptureFixture[str]
) -> None:
    with SandboxProvider(DEMO_BILLERS) as provider:
        office = Office(postgres, clock, provider)
        with office.centre.database.transaction() as conn:
            publish(conn, billers(), clock.utc_ms())
        provider.fail_next("no_answer", times=3)
        for _ in range(2):
            check(office, ACCOUNT)
        office.pay(2_500)
        with office.centre.database.transaction() as conn:
            before = {one.biller: one for one in billers_reached.states(conn, clock.utc_ms())}
        assert central.main(["--dsn", postgres, "billers", "--json"]) == 0
        listed = {one["biller"]: one for one in msgspec.json.decode(capsys.readouterr().out)}
        office.later(3_600)
        with office.centre.database.transaction() as conn:
            after = {one.biller: one for one in billers_reached.states(conn, clock.utc_ms())}[BILLER]
        office.centre.stop()
    one = before[BILLER]
    assert (one.kind, one.answers, one.since_ms) == ("OsmpBiller", False, clock.now_ms - 3_600_000)
    assert (one.waiting_count, one.waiting_qapik, one.undecided_count) == (1, 2_500, 0)
    assert (before["1002"].kind, before["1002"].answers) == ("", None)
    assert (listed[BILLER]["answers"], listed[BILLER]["waiting_qapik"]) == (False, 2_500)
    assert listed["1002"]["answers"] is None
    assert (after.answers, after.waiting_count) == (True, 0)
    assert central.main(["--dsn", postgres, "billers"]) == 0
    head, first, second, *_ = capsys.readouterr().out.splitlines()
    assert head.split("\t")[:4] == ["biller", "name", "group", "connector"]
    assert first.split("\t")[3:7] == ["OsmpBiller", "answers", "0", "0.00"]
    assert second.split("\t")[3:5] == ["-", "not configured"]
