"""A branch's file: each slip is one sentence with a code that names its place, and nothing else happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk import places
from azpost_desk.central.registry import files, new_branch
from azpost_desk.central.registry.files import WrongFile
from azpost_desk.texts import Texts

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.fast
TEMPLATE = (places.templates() / "branch.toml").read_text("utf-8")
# What is written instead of what, the code, and the sentence with its place.
SLIPS = {
    "no TOML": ('code = "2002"', "code = 2002 2", "X-100", "branch.toml cannot be understood:"),
    "5,000 figures": ("desks = 2", "desks = " + "9" * 5_000, "X-100", "cannot be understood"),
    "unknown key": ('zone = "G', 'zonne = "G', "X-101", "branch.zonne is not known"),
    "unknown table": ("[numbers]", "[number]", "X-101", "number is not known"),
    "unknown key of a person": ('pin = "4680"', 'pins = "4680"', "X-101", "staff[2].pins is not known"),
    "unknown setting": ("till_qapik_max", "till_max", "X-101", "settings.till_max is not known"),
    "missing": ('postcode = "AZ2002"', "", "X-102", "branch.postcode is missing"),
    "missing PIN": ('pin = "4680"', "", "X-102", "staff[2].pin is missing"),
    "PIN as a number": ('pin = "1357"', "pin = 1357", "X-103", "staff[1].pin must be a text (in quotes)"),
    "text for a number": ("desks = 2", 'desks = "2"', "X-103", "branch.desks must be a whole number"),
    "text for a truth": ("single_handed = false", 'single_handed = "no"', "X-103", "must be true or false"),
    "below zero": ("500_000\n", "-1\n", "X-103", "settings.till_qapik_max must be a whole number"),
    "beyond 63 bits": ("desks = 2", f"desks = {2**63}", "X-103", "branch.desks must be a whole number"),
    "no day": ("2026-01-01", '"2026-02-30"', "X-103", "licences[1].valid_from must be a date"),
    "NUL": ('"Gəncə 2"', '"a\\u0000b"', "X-103", "branch.name must be a text"),
    "one table for many": ("[[licences]]", "[licences]", "X-100", "cannot be understood"),
    "branch code": ('code = "2002"', 'code = "20-2"', "X-104", "branch.code is four digits, not 20-2"),
    "digits of elsewhere": ('code = "2002"', 'code = "٢٠٠٢"', "X-104", "branch.code is four digits"),
    "name": ('"Gəncə 2"', '" "', "X-104", "branch.name is one line"),
    "address": ("Gəncə, A", "Gəncə\\u202e, A", "X-104", "branch.address is one line of at most 200"),
    "zone": ('zone = "Gəncə"', f'zone = "{"G" * 201}"', "X-104", "branch.zone is one line of at most 200"),
    "postcode": ('"AZ2002"', '"2002"', "X-104", "branch.postcode is written like AZ2000, not 2002"),
    "phone": ('"+994222561234"', '"12"', "X-104", "branch.phone is no phone number"),
    "VÖEN": ('"9900003611"', '"9900003641"', "X-104", "branch.voen is no VÖEN"),
    "no desks": ("desks = 2", "desks = 0", "X-104", "branch.desks is 1 to 99"),
    "the safe elsewhere": ("safe_desk = 1", "safe_desk = 3", "X-104", "branch.safe_desk is one of"),
    "kind of office": (
        '"office"',
        '"depot"',
        "X-104",
        "branch.mail is office, sorting or exchange",
    ),
    "officer": ('"1001"', '"10 01"', "X-104", "staff[1].officer is 1 to 12 letters and digits"),
    "role": ('"clerk"', '"boss"', "X-104", "staff[1].role is clerk, supervisor or manager, not boss"),
    "short PIN": ('pin = "1357"', 'pin = "135"', "X-104", "staff[1].pin is 4 to 12 digits"),
    "PIN in a row": ('pin = "1357"', 'pin = "4321"', "X-104", "staff[1].pin is easily guessed"),
    "PIN of letters": ('pin = "1357"', 'pin = "12a4"', "X-104", "staff[1].pin is 4 to 12 digits"),
    "language": ('language = "az"', 'language = "de"', "X-104", "staff[1].language is az, ru or en"),
    "nobody opens the day": ('"manager"', '"supervisor"', "X-104", "nobody in staff is a manager"),
    "service": ('"transfers"', '"loans"', "X-104", "licences[1].service is transfers, payments"),
    "ends before": ("2027-12-31", "2025-12-31", "X-104", "licences[1].valid_to is before the beginning"),
    "item prefix": ('"EE"', '"ee"', "X-104", "numbers.item_prefix is two capital letters (EE), not ee"),
    "stock": ("transfer_codes = 200", "transfer_codes = 10001", "X-104", "numbers.transfer_codes is 10000"),
    "officer twice": ('"1004"', '"1001"', "X-105", "staff[2].officer stands there twice: 1001"),
}


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_each_slip_is_named_at_its_place(slip: tuple[str, str, str, str], tmp_path: Path) -> None:
    right, written, code, says = slip
    assert right in TEMPLATE
    file = tmp_path / "branch.toml"
    file.write_text(TEMPLATE.replace(right, written, 1), "utf-8")
    with pytest.raises(WrongFile) as refused:
        new_branch.read(file, "2026-01-01")
    assert refused.value.code == code
    sentence = Texts("en").refusal(refused.value)
    assert says in sentence
    assert "\n" not in sentence
    for language in ("az", "ru"):
        assert refused.value.facts.get("place", "branch.toml") in Texts(language).refusal(refused.value)


def test_a_licence_twice_and_one_person_alone_are_slips(tmp_path: Path) -> None:
    file = tmp_path / "branch.toml"
    file.write_text(TEMPLATE.replace('"payments"', '"transfers"').replace("-PA-", "-TR-"), "utf-8")
    with pytest.raises(WrongFile) as refused:
        new_branch.read(file, "2026-01-01")
    assert (refused.value.code, refused.value.facts["place"]) == ("X-105", "licences[2].number")
    first, second = TEMPLATE.index("[[staff]]"), TEMPLATE.rindex("[[staff]]")
    alone = TEMPLATE[:first] + TEMPLATE[second:]
    file.write_text(alone, "utf-8")
    with pytest.raises(WrongFile) as refused:
        new_branch.read(file, "2026-01-01")
    assert refused.value.facts["place"] == "branch.single_handed"
    file.write_text(alone.replace("single_handed = false", "single_handed = true"), "utf-8")
    assert [one.officer for one in new_branch.read(file, "2026-01-01").staff] == ["1004"]


def test_a_file_without_end_and_a_staff_without_number_are_refused_at_once(tmp_path: Path) -> None:
    file = tmp_path / "branch.toml"
    with file.open("wb") as large:
        large.truncate(files.FILE_BYTES_MAX + 1)
    with pytest.raises(WrongFile, match="X-110"):
        new_branch.read(file, "2026-01-01")
    more = "".join(
        f'[[staff]]\nofficer = "x{number}"\nname = "A"\nrole = "clerk"\npin = "4711"\n'
        for number in range(499)
    )
    file.write_text(TEMPLATE + more, "utf-8")
    with pytest.raises(WrongFile) as refused:
        new_branch.read(file, "2026-01-01")
    assert Texts("en").refusal(refused.value) == "branch.toml: staff has 500 people at most, not 501."


def test_what_may_be_left_out_has_its_usual_value(tmp_path: Path) -> None:
    file = tmp_path / "branch.json"
    file.write_text(
        '{"branch": {"code": "1010", "name": "Bakı 10", "postcode": "AZ1010", "single_handed": true},'
        ' "staff": [{"officer": "7", "name": "A", "role": "manager", "pin": "4711"}]}',
        "utf-8",
    )
    made = new_branch.read(file, "2026-01-01")
    assert (made.branch.desks, made.licences, made.numbers.item_prefix) == (1, (), "EE")
