"""The verifier believes nothing: whatever is changed in a file it says bad, and it never falls over."""

from __future__ import annotations

import ast
import gzip
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azpost_desk.domain import commitments
from azpost_desk.domain import operations as ops
from azpost_desk.domain.products import PRODUCTS
from azpost_desk.programs import verify
from azpost_desk.protocol.evidence import SEAL_TAG, line
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.storage.evidence import export, export_folder
from tests.storage.books_of_evidence import DAYS, played
from tests.storage.desks import DESK_KEY

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("evidence")


@pytest.fixture(scope="module")
def whole(folder: Path) -> bytes:
    """Both days without personal data."""
    player = played(folder / "desk")
    player.books.close()
    return export_folder(folder / "desk", *DAYS)


@pytest.fixture(scope="module")
def personal(folder: Path) -> bytes:
    """The first day with personal data."""
    player = played(folder / "other")
    with player.books.reading() as look:
        made = export(look.open_desk, DAYS[0], DAYS[0], personal=True)
    player.books.close()
    return made


def judged(folder: Path, content: bytes) -> list[str]:
    """What the verifier finds wrong; it must never raise anything but Bad."""
    path = folder / "judged"
    path.write_bytes(content)
    evidence = verify.Evidence()
    try:
        evidence.read(path)
    except verify.Bad as bad:
        return [str(bad)]
    return [fault["why"] for fault in evidence.faults]


def forged(content: bytes, change: Callable[[list[bytes]], list[bytes]], key: SigningKey = DESK_KEY) -> bytes:
    """The file with other lines, sealed again: by the desk's own key, which only the desk has."""
    lines = change(content.splitlines(keepends=True)[:-1])
    body = b"".join(lines)
    digest = hashlib.sha256(body).hexdigest()
    count = sum(one.startswith(b'{"record"') for one in lines)
    seal = {"records": count, "sha256": digest, "epoch": 1}
    return body + line("seal", seal | {"signature": key.sign(SEAL_TAG + digest.encode()).hex()})


def edited(name: str, at: int, **values: object) -> Callable[[list[bytes]], list[bytes]]:
    """The `at`-th line of a sort with other values."""

    def change(lines: list[bytes]) -> list[bytes]:
        here = [number for number, one in enumerate(lines) if one.startswith(f'{{"{name}"'.encode())][at]
        fields = json.loads(lines[here])[name]
        assert all(json.dumps(fields[key]) != json.dumps(value) for key, value in values.items())
        return [*lines[:here], line(name, fields | values), *lines[here + 1 :]]

    return change


def test_what_the_desk_exported_is_proven(folder: Path, whole: bytes, personal: bytes) -> None:
    assert judged(folder, whole) == []
    assert judged(folder, personal) == []


def test_it_runs_where_nothing_of_ours_can_be_imported(folder: Path, whole: bytes) -> None:
    alone = folder / "court"
    alone.mkdir()
    shutil.copy(verify.__file__, alone / "verify.py")
    (alone / "evidence").write_bytes(whole)
    # -I: neither the working folder nor the environment is looked at; a finder refuses our package by name.
    guard = (
        "import sys, runpy\n"
        "class Never:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        known = sys.stdlib_module_names | {'cryptography', '_cffi_backend', 'cffi'}\n"
        "        if name.split('.')[0] not in known: raise ImportError(name)\n"
        "sys.meta_path.insert(0, Never())\n"
        "sys.argv = ['verify.py', sys.argv[1], '--json']\n"
        f"runpy.run_path({str(alone / 'verify.py')!r}, run_name='__main__')\n"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-c", guard, str(alone / "evidence")],
        cwd=alone, env={"LANG": "C"}, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr.decode()
    answer = json.loads(ran.stdout.decode().splitlines()[-1])
    assert answer["ok"] is True
    assert answer["files"][0]["branch_name"] == "Sumqayıt 2"


def test_its_only_import_from_outside_the_standard_library_is_cryptography() -> None:
    tree = ast.parse(Path(verify.__file__).read_text("utf-8"))
    names = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    outside = {name.split(".")[0] for name in names} - set(sys.stdlib_module_names)
    assert outside == {"cryptography"}


# --- somebody who does not have the desk's key ----------------------------------------------------------


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_flipped_byte_is_found(folder: Path, whole: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(whole) - 1))
    bits = data.draw(st.integers(1, 255))
    content = bytearray(whole)
    content[at] ^= bits
    assert judged(folder, bytes(content))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_lost_doubled_or_moved_line_is_found(folder: Path, whole: bytes, data: st.DataObject) -> None:
    lines = whole.splitlines(keepends=True)
    at = data.draw(st.integers(0, len(lines) - 1))
    other = data.draw(st.integers(0, len(lines) - 1).filter(lambda one: one != at))
    lost, doubled, moved = lines[:at] + lines[at + 1 :], [*lines[:at], lines[at], *lines[at:]], list(lines)
    moved[at], moved[other] = moved[other], moved[at]
    for changed in (lost, doubled, moved):
        assert judged(folder, b"".join(changed))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_cut_is_found(folder: Path, whole: bytes, data: st.DataObject) -> None:
    assert judged(folder, whole[: data.draw(st.integers(0, len(whole) - 1))])
    assert judged(folder, whole + data.draw(st.binary(min_size=1, max_size=20)))


def test_a_file_sealed_by_another_key_is_bad(folder: Path, whole: bytes) -> None:
    assert judged(folder, forged(whole, lambda lines: lines)) == []
    stranger = SigningKey(b"x" * 32)
    assert judged(folder, forged(whole, lambda lines: lines, stranger)) == [
        "it is not sealed by this desk's key"
    ]


# --- the desk itself, with its key, lying about what it wrote ---------------------------------------------


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (edited("record", 5, hash="00" * 32), "its bytes do not give its hash"),
        (edited("record", 5, previous="00" * 32), "the previous hash is not that of the record before"),
        (edited("record", 5, body='{"a":1}'), "its bytes do not give its hash"),
        (edited("record", 5, signature="00" * 64), "the signature is not that of this epoch's key"),
        (edited("record", -1, signature=None), "no signature covers the last of them"),
        (edited("record", 5, local="2026-11-18T16:06:45.000+04:00"), "another moment"),
        (edited("record", 2, postings=[]), "not those that the header names"),
        (edited("record", 7, attachments=[]), "missing without a record of its erasure"),
        (edited("ack", 0, signature="00" * 64), "it is not the centre's word on this desk"),
        (edited("day", 0, records=3), "counts and sums are not those of the records"),
        (edited("day", 0, date="2026-12-05"), "it was opened as 2026-12-01"),
        (edited("epoch", 0, public_key=SigningKey(b"x" * 32).public()), "another key"),
        (edited("epoch", 0, centre_key=SigningKey(b"x" * 32).public()), "not the centre's word"),
        (edited("epoch", 0, grants_key=SigningKey(b"x" * 32).public()), "not signed by the centre's key"),
        (edited("evidence", 0, version=2), "version 2"),
        (edited("record", 5, part="link"), "the period has a gap"),
        (lambda lines: [one for one in lines if b'"ack"' not in one[:8]], ""),
        (lambda lines: [*lines[:8], *lines[9:]], "hang on nothing"),
        (lambda lines: lines[:1] + lines[2:], "of no known part or epoch"),
    ],
)  # fmt: skip
def test_what_the_desk_forges_and_seals_again_is_named(
    folder: Path, whole: bytes, change: Callable[[list[bytes]], list[bytes]], why: str
) -> None:
    faults = judged(folder, forged(whole, change))
    if not why:
        # Without the centre's words the chain is still whole: it is merely not acknowledged.
        assert faults == []
    else:
        assert any(why in fault for fault in faults), faults


def test_personal_data_that_was_changed_is_named(folder: Path, personal: bytes) -> None:
    def change(lines: list[bytes]) -> list[bytes]:
        at = next(number for number, one in enumerate(lines) if "Vüqar".encode() in one)
        return [*lines[:at], lines[at].replace("Vüqar".encode(), "Vüqer".encode()), *lines[at + 1 :]]

    faults = judged(folder, forged(personal, change))
    assert len(faults) == 1
    assert "is not what the record committed to" in faults[0]


def test_data_gone_without_a_record_of_erasure_is_bad(folder: Path, personal: bytes) -> None:
    def change(lines: list[bytes]) -> list[bytes]:
        at = next(number for number, one in enumerate(lines) if b'"state":"included"' in one)
        record = json.loads(lines[at])["record"]
        gone = {"state": "erased", "commitment": None, "salt": None, "content": None}
        record["attachments"][0] = {"slot": record["attachments"][0]["slot"]} | gone
        return [*lines[:at], line("record", record), *lines[at + 1 :]]

    faults = judged(folder, forged(personal, change))
    assert len(faults) == 1
    assert "gone without a record of its erasure" in faults[0]


# --- hostile input ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\x00" * 1000,
        b"[" * 200_000 + b"]" * 200_000 + b"\n",
        b'{"evidence":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001 + b"\n",
        b'{"evidence":{"version":' + b"9" * 1_000_000 + b"}}\n",
        b'{"evidence":{"version":1e400}}\n',
        b'{"evidence":{"version":NaN}}\n',
        b'{"evidence":{"version":1.0}}\n',
        b'{"evidence":{"version":1,"version":1}}\n',
        b'{"evidence":{"version":"\\ud800"}}\n',
        b'{"evidence":null}\n',
        b'{"seal":{}}\n',
        b'{"_end":{}}\n',
        b'{"read":{}}\n',
        b'{"evidence":{"version":true,"desk":1}}\n',
        b"a" * (verify.LINE_BYTES_MAX + 10),
        gzip.compress(b"0" * 50_000_000),
        b"PK\x03\x04" + b"0" * 1000,
    ],
    ids=range(19),
)
def test_hostile_input_is_refused(folder: Path, content: bytes) -> None:
    assert judged(folder, content)
    (folder / "hostile").write_bytes(content)
    assert verify.main([str(folder / "hostile"), "--json"]) == 1


def test_hostile_values_inside_a_sealed_file_are_refused(folder: Path, whole: bytes) -> None:
    deep: object = 1
    for _ in range(500):
        deep = [deep]
    for values in (
        {"postings": deep},
        {"postings": [["a", "b", "c", "AZN", 10**18]] * 3},
        {"body": "[" * 100_000 + "]" * 100_000},
        {"body": '{"lines":5}'},
        {"body": "{}"},
        {"header": "[]"},
        {"header": "[1,2]"},
        {"local": "2026-11-18"},
        {"local": "9999-12-31T23:59:59.999-23:59"},
        {"attachments": [5]},
        {"attachments": None},
        {"epoch": True},
        {"sequence": -1},
        {"sequence": 10**18},
        {"part": "both"},
    ):
        assert judged(folder, forged(whole, edited("record", 7, **values))), values


def test_nothing_at_that_place_cannot_run(folder: Path) -> None:
    assert verify.main([str(folder / "nothing")]) == 2


def test_a_known_key_is_compared(folder: Path, whole: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "keys"
    path.write_bytes(whole)
    assert verify.main([str(path), "--desk-key", DESK_KEY.public()]) == 0
    assert verify.main([str(path), "--desk-key", SigningKey(b"x" * 32).public()]) == 1
    capsys.readouterr()
    assert verify.main([str(path), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert any("compare it" in note for note in answer["files"][0]["notes"])


def test_people_read_manat_and_programs_read_hundredths(
    folder: Path, whole: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    written = {0: "0,00", 5: "0,05", -123_450: "-1.234,50", 123_456_789: "1.234.567,89"}
    assert {minor: verify.manat(minor) for minor in written} == written
    path = folder / "sums"
    path.write_bytes(whole)
    assert verify.main([str(path), "--json"]) == 0
    (answer,) = json.loads(capsys.readouterr().out.splitlines()[-1])["files"]
    account, sub, _currency, net, _count = answer["days"][0]["sums"][0]
    assert verify.main([str(path)]) == 0
    read = capsys.readouterr().out
    assert f"{account} {sub:<12} {verify.manat(net):>16} AZN" in read
    assert "qapik" not in read


def test_what_a_stranger_wrote_moves_no_cursor(
    folder: Path, whole: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "escapes"
    path.write_bytes(forged(whole, edited("evidence", 0, branch_name="\x1b[2J\x1b[1;1HPROVEN")))
    verify.main([str(path)])
    assert "\x1b" not in capsys.readouterr().out


def test_grants_signed_by_a_strangers_key_prove_nothing_against_the_centre() -> None:
    mine, framed = verify.Evidence(), verify.Evidence()
    mine.grants = {("aa", "transfer", ""): {"one": "1010-1 record 1/7"}}
    framed.grants = {("bb", "transfer", ""): {"two": "2002-1 record 1/9"}}
    assert verify.double_grants([mine, framed]) == []
    framed.grants = {("aa", "transfer", ""): {"two": "2002-1 record 1/9"}}
    [proof] = verify.double_grants([mine, framed])
    assert (proof["grants_key"], len(proof["grants"])) == ("aa", 2)


def test_a_record_dated_before_the_acknowledgement_it_names_is_bad() -> None:
    evidence = verify.Evidence()
    evidence._embedded = {(1, "d" * 32): (7, 5_000)}
    for told, bad in (((6, 5_000), False), ((7, 4_000), True), ((6, 5_001), True)):
        evidence.faults = []
        evidence._told = {(1, "d" * 32): told}
        evidence._end()
        assert ("dated before" in str(evidence.faults)) is bad


def test_the_verifier_knows_every_group_of_personal_data() -> None:
    kinds = {body: kind for (kind, _), body in ops.BODIES.items()}
    assert {kinds[body]: groups for body, groups in commitments.GROUPS.items()} == verify.GROUPS
    groups = {group for product in PRODUCTS for rule in product.rules for group in rule.groups}
    assert {group: group for group in groups} == verify.LINE_GROUPS
