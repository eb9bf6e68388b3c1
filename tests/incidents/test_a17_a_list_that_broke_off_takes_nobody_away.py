"""A-17: a watch list cut off at a line's end took half of the watched people away without a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk import places
from azpost_desk.central import list_versions, screening
from azpost_desk.central.storage.database import connect
from azpost_desk.domain.refusals import Refused
from azpost_desk.programs.central import main
from azpost_desk.programs.watch_list_files import read_list

if TYPE_CHECKING:
    from pathlib import Path

    from azpost_desk.central.app import Centre
    from tests.central.desks import ManualClock

SHIPPED = next(places.watch_lists().rglob("sdn.csv")).parent


def cut(folder: Path, lines_max: int) -> Path:
    """The shipped list as a download that broke off after so many people leaves it."""
    folder.mkdir()
    kept = (SHIPPED / "sdn.csv").read_bytes().splitlines(keepends=True)[:lines_max]
    (folder / "sdn.csv").write_bytes(b"".join(kept))
    known = {line.split(b",")[0] for line in kept}
    for name in ("alt.csv", "add.csv"):
        rows = (SHIPPED / name).read_bytes().splitlines(keepends=True)
        (folder / name).write_bytes(b"".join(row for row in rows if row.split(b",")[0] in known))
    return folder


def state(centre: Centre) -> list[tuple[int, int]]:
    with centre.database.transaction() as conn:
        return [(one.version, one.entries) for one in screening.lists(conn)]


def test_more_than_a_tenth_leaves_a_list_only_when_somebody_says_so(
    centre: Centre, clock: ManualClock, postgres: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = read_list("ofac", SHIPPED)
    with connect(postgres) as conn:
        list_versions.import_list(conn, whole, "anna", clock.utc_ms())
        most = whole[: len(whole) - len(whole) // 10]
        with pytest.raises(Refused, match="X-092") as no:
            list_versions.import_list(conn, most[1:], "anna", clock.utc_ms())
        assert no.value.facts["known"] == len(whole)
        assert state(centre) == [(1, len(whole))]
        list_versions.import_list(conn, most, "anna", clock.utc_ms())
        assert state(centre) == [(2, len(most))]
    half = cut(tmp_path / "half", 100)
    words = ["--dsn", postgres, "import-list", "ofac", str(half)]
    assert main(words) == 1
    assert "--may-lose-many" in capsys.readouterr().err
    assert state(centre) == [(2, len(most))]
    assert main([*words, "--may-lose-many"]) == 0
    assert state(centre) == [(3, 100)]
