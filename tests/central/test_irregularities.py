"""Irregularities at the centre: each a task with an owner and a day until a person or a scan ends it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from azpost_desk.central.mail import irregularities
from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused
from azpost_desk.programs import central as program
from azpost_desk.protocol.records import Attachment
from tests.central.test_mail_bags import HOUR_MS, ITEMS, NUMBER, begin, close, end, listed, scan, take
from tests.central.test_news import hear
from tests.services.test_irregularities import PHOTO, WORDS

if TYPE_CHECKING:
    from pathlib import Path

    from azpost_desk.central.app import Centre
    from tests.central.desks import ManualClock, SimDesk
    from tests.central.test_mail_bags import Enrolled


def report(desk: SimDesk, number: str, kind: str, words: str = WORDS, photo: bytes = PHOTO) -> None:
    operation = desk.new_id()
    told = {"words": words, "photo": photo}
    attached = {
        group: Attachment(f"{operation}:{group}", b"s" * 16, msgspec.json.encode(value))
        for group, value in told.items()
        if value
    }
    said = {group: one.commitment() for group, one in attached.items()}
    body = ops.IrregularityReported(number=number, kind=kind, **said)
    desk.append(body, tuple(attached.values()), operation=operation)


def standing(centre: Centre) -> list[tuple[str, str]]:
    with centre.database.transaction() as conn:
        return [(one.reason, one.about) for one in irregularities.listed(conn)]


def ended_by_person(centre: Centre, about: str, why: str = "searched everywhere") -> None:
    with centre.database.transaction() as conn:
        [one] = [each for each in irregularities.listed(conn) if each.about == about]
        irregularities.end(conn, one.irregularity, "A. Quliyev", why, 1)


def run(dsn: str, *words: str) -> int:
    return program.main(["--dsn", dsn, *words])


def test_a_report_is_a_task_with_its_photo_until_a_person_ends_it(
    centre: Centre,
    enrolled: Enrolled,
    postgres: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    here = enrolled("2002-1")
    report(here, ITEMS[0], "damaged")
    report(here, NUMBER, "resealed", words="", photo=b"")
    hear(centre, here)
    assert [one[:3] for one in listed(centre)] == [
        ("operations", "irregularity", f"{ITEMS[0]} damaged"),
        ("operations", "irregularity", f"{NUMBER} resealed"),
    ]

    def rows() -> list[dict[str, Any]]:
        assert run(postgres, "irregularities", "--json") == 0
        found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
        return found

    first, second = rows()
    assert (first["words"], first["photo"], first["owner"], first["desk"]) == (
        *(WORDS, True),
        *("operations", "2002-1"),
    )
    assert first["due"] > first["made"][:10]
    assert (second["words"], second["photo"]) == ("", False)
    file = tmp_path / "photo.jpg"
    assert run(postgres, "irregularity-photo", str(first["irregularity"]), str(file)) == 0
    assert file.read_bytes() == PHOTO
    assert run(postgres, "irregularity-photo", str(second["irregularity"]), str(file)) == 1
    assert "E-159" in capsys.readouterr().err
    close_it = ("irregularity-end", str(first["irregularity"]), "--by", "A. Quliyev", "--why")
    assert run(postgres, *close_it, " ") == 1
    assert "E-047" in capsys.readouterr().err
    assert run(postgres, *close_it, "the sender was paid") == 0
    assert run(postgres, *close_it, "again") == 1
    assert "E-158" in capsys.readouterr().err
    assert [one["irregularity"] for one in rows()] == [second["irregularity"]]
    assert run(postgres, "irregularities") == 0
    assert capsys.readouterr().out.splitlines()[1].split("\t")[1] == "irregularity"


def test_what_no_desk_reports_waits_for_security(centre: Centre, enrolled: Enrolled) -> None:
    here = enrolled("2002-1")
    report(here, "EE1", "damaged")
    report(here, ITEMS[0], "eaten")
    report(here, ITEMS[0], "damaged", photo=b"GIF89a")
    hear(centre, here)
    assert [one[:2] for one in listed(centre)] == [("security", "irregularity_strange")] * 3
    assert standing(centre) == []


def test_a_lost_item_is_a_task_until_it_is_scanned_again_wherever_that_is(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    scan(here, ITEMS[0], "EMG")
    clock.now_ms += HOUR_MS
    scan(here, ITEMS[0], "lost")
    hear(centre, here, there)
    lost = [("item_lost", ITEMS[0])]
    assert standing(centre) == lost
    clock.now_ms += HOUR_MS
    found = scan(there, ITEMS[0], "EMG")
    hear(centre, there)
    assert standing(centre) == []
    # That was another one after all; and once a person gave up nothing that is folded again opens it.
    there.append(ops.ScanVoided(scan=found, number=ITEMS[0], reason="slip"))
    hear(centre, there)
    assert standing(centre) == lost
    ended_by_person(centre, ITEMS[0])
    clock.now_ms += HOUR_MS
    found = scan(there, ITEMS[0], "EMG")
    there.append(ops.ScanVoided(scan=found, number=ITEMS[0], reason="slip"))
    hear(centre, there)
    assert standing(centre) == []


@pytest.mark.parametrize("is_quicker", [False, True])
def test_what_was_in_a_bag_and_on_no_list_is_a_task_of_a_person(
    centre: Centre, enrolled: Enrolled, clock: ManualClock, is_quicker: bool
) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    bag = begin(here)
    close(here, bag, items=ITEMS[:2])
    here.append(ops.MailBagHandedOver(bag=bag, version=1))
    if not is_quicker:
        hear(centre, here)
    clock.now_ms += HOUR_MS
    end(there, take(there), (ITEMS[0], ITEMS[2]))
    hear(centre, there)
    assert standing(centre) == ([] if is_quicker else both())
    hear(centre, here)
    assert sorted(standing(centre)) == sorted(both())
    # A scan finds what is missing; where the other came from a person says.
    clock.now_ms += HOUR_MS
    scan(there, ITEMS[2], "EDD")
    hear(centre, there)
    assert sorted(standing(centre)) == sorted(both())
    for about in (f"{ITEMS[1]} {NUMBER}", f"{ITEMS[2]} {NUMBER}"):
        ended_by_person(centre, about)
    assert standing(centre) == []
    # What a person has ended no later scan opens again.
    found = scan(there, ITEMS[1], "EDD")
    there.append(ops.ScanVoided(scan=found, number=ITEMS[1], reason="slip"))
    there.append(ops.MailBagHandedOver(bag=bag, version=1))
    hear(centre, there)
    assert standing(centre) == []


def both() -> list[tuple[str, str]]:
    return [("mail_bag_missing", f"{ITEMS[1]} {NUMBER}"), ("mail_bag_surplus", f"{ITEMS[2]} {NUMBER}")]


def test_nobody_ends_what_is_no_irregularity(centre: Centre) -> None:
    with centre.database.transaction() as conn, pytest.raises(Refused) as caught:
        irregularities.end(conn, 999, "A. Quliyev", "x", 1)
    assert caught.value.code == "E-158"


def test_what_went_to_another_person_than_its_addressee_is_a_task(centre: Centre, enrolled: Enrolled) -> None:
    here = enrolled("2002-1")
    report(here, ITEMS[0], "wrong_person", words="", photo=b"")
    hear(centre, here)
    assert standing(centre) == [("irregularity", f"{ITEMS[0]} wrong_person")]
