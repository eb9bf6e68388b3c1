"""Messages of other banks: by their schema, whatever the envelope, and nothing hostile is looked into."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azpost_desk.central.gateways.iso20022 import BYTES_MAX, DEPTH_MAX, check_message, read_message
from azpost_desk.domain.refusals import Refused
from azpost_desk.places import schemas

SAMPLES = Path(__file__).parents[2] / "data" / "iso20022"
OURS = sorted(SAMPLES.glob("y2025_*.xml"))
PACS_008 = (SAMPLES / "y2025_pacs.008.min.xml").read_bytes()
URN = b"urn:iso:std:iso:20022:tech:xsd:"


@pytest.mark.parametrize("sample", OURS, ids=lambda path: path.stem)
def test_published_samples_are_valid_in_their_envelope(sample: Path) -> None:
    checked = check_message(sample.read_bytes())
    assert checked.errors == ()
    assert checked.message.startswith(sample.stem.split("_")[1].removesuffix(".min").removesuffix(".max"))


@pytest.mark.parametrize("sample", OURS, ids=lambda path: path.stem)
def test_a_document_alone_is_valid_too(sample: Path) -> None:
    content = sample.read_bytes()
    start, end = content.index(b"<Document"), content.index(b"</Document>") + len(b"</Document>")
    assert check_message(content[start:end]).valid


def test_threads_that_meet_bad_messages_at_once_each_get_their_own_errors() -> None:
    names = [f"Extra{k}" for k in range(4)]
    bad = [PACS_008.replace(b"</CdtTrfTxInf>", f"</CdtTrfTxInf><{name}/>".encode()) for name in names]
    gate = threading.Barrier(len(bad))

    def errors(content: bytes) -> set[str]:
        gate.wait(timeout=10)
        return {error for _ in range(150) for error in check_message(content).errors or ("none",)}

    with ThreadPoolExecutor(len(bad)) as threads:
        found = list(threads.map(errors, bad))
    for name, errors_found in zip(names, found, strict=True):
        assert len(errors_found) == 1, errors_found
        assert name in next(iter(errors_found))


def test_the_first_schemas_of_a_process_asked_for_at_once_serve_every_thread() -> None:
    program = """
import sys, threading
from pathlib import Path
from azpost_desk.central.gateways.iso20022 import check_message
gate = threading.Barrier(2)
def check(sample):
    content = Path(sample).read_bytes()
    gate.wait(timeout=10)
    for _ in range(3):
        print(*check_message(content).errors)
threads = [threading.Thread(target=check, args=(sample,)) for sample in sys.argv[1:]]
[one.start() for one in threads]
[one.join() for one in threads]
"""
    two = [str(SAMPLES / f"y2025_pacs.{kind}.min.xml") for kind in ("008", "002")]
    for _ in range(6):
        ended = subprocess.run(
            [sys.executable, "-c", program, *two], capture_output=True, text=True, timeout=30, check=False
        )
        assert (ended.returncode, ended.stdout.split(), ended.stderr) == (0, [], "")


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("moov_*.xml")), ids=lambda path: path.stem[:16])
def test_a_version_without_a_schema_is_not_valid_and_says_so(sample: Path) -> None:
    checked = check_message(sample.read_bytes())
    assert checked.errors == (f"no schema for {checked.message}",)
    assert checked.message.endswith(".001.04")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<NbOfTxs>1</NbOfTxs>", b""),
        (b'Ccy="EUR"', b'Ccy="EURO"'),
        (b"1000.00", b"-1.00"),
        (b"1000.00", b"1.000001"),
        (b"<ChrgBr>SHAR", b"<ChrgBr>MINE"),
        (b"YZABGBKLXXX", b"YZAB"),
        (b"00000000-0000-4000-9a9f-b231a317421a", b"00000000-0000-1000-9a9f-b231a317421a"),
        (b"<MsgDefIdr>pacs.008.001.08", b"<MsgDefIdr>pacs.009.001.08"),
        (b"<BizMsgIdr>EXMsgId</BizMsgIdr>", b""),
        (b"</CdtTrfTxInf>", b"</CdtTrfTxInf><Extra/>"),
        (URN + b"pacs.008.001.08", URN + b"pacs.002.001.10"),
    ],
)
def test_one_thing_wrong_is_found(before: bytes, after: bytes) -> None:
    assert PACS_008.count(before) >= 1
    checked = check_message(PACS_008.replace(before, after))
    assert not checked.valid
    assert checked.message


_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>"""


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no XML"),
        (b"\x00\xff", "no XML"),
        (b"MIME-Version: 1.0", "no XML"),
        (b"<a/>", "no ISO 20022 document"),
        (b'<Document xmlns="urn:other"/>', "no ISO 20022 document"),
        (b'<Document xmlns="' + URN + b'pacs.008.001.08"', "no XML"),
        (_LAUGHS + b"<d>&b;</d>", "document type"),
        (b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><d/>', "document type"),
        (b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>', "document type"),
        (b"<a>" * (DEPTH_MAX + 1) + b"</a>" * (DEPTH_MAX + 1), "nested deeper"),
        (b"<a>" * 100_000, "no XML"),
        (b"<a>" + b" " * BYTES_MAX + b"</a>", "larger than"),
        (b"<a>" + PACS_008[PACS_008.index(b"<Envelope>") :] + b"</a>", ""),
        (
            b"<a>" + 2 * PACS_008[PACS_008.index(b"<Document") : -len(b"</Envelope>\n")].rstrip() + b"</a>",
            "more than one document",
        ),
    ],
)
def test_what_is_hostile_or_no_message_is_not_valid_and_nothing_breaks(content: bytes, says: str) -> None:
    checked = check_message(content)
    assert bool(checked.errors) == bool(says)
    assert says in " ".join(checked.errors)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(PACS_008) - 1), st.binary(min_size=1, max_size=4))
def test_whatever_is_damaged_an_answer_comes(at: int, put: bytes) -> None:
    damaged = PACS_008[:at] + put + PACS_008[at + len(put) :]
    checked = check_message(damaged)
    assert checked.valid == (checked.errors == ())


def test_only_the_message_asked_for_is_read() -> None:
    assert read_message(PACS_008, "pacs.008.001.08").tag == f"{{{URN.decode()}pacs.008.001.08}}Document"
    with pytest.raises(Refused, match="M-003") as other:
        read_message(PACS_008, "pacs.002.001.10")
    assert other.value.facts["message"] == "pacs.008.001.08"
    with pytest.raises(Refused, match="M-004"):
        read_message(PACS_008.replace(b"1000.00", b"x"), "pacs.008.001.08")
    with pytest.raises(Refused, match="M-002"):
        read_message(b"<a/>", "pacs.008.001.08")
    with pytest.raises(Refused, match="M-001"):
        read_message(_LAUGHS + b"<d/>", "pacs.008.001.08")


def test_every_schema_we_ship_is_one() -> None:
    from azpost_desk.central.gateways.iso20022 import _schema

    files = sorted(schemas().glob("*.xsd"))
    assert len(files) == 11
    assert all(_schema(file.stem) is not None for file in files)
