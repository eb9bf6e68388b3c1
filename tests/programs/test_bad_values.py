"""Bytes that are no text, numbers beyond all use: at the doors of the programs one sentence and no fault."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import names
from azpost_desk.domain.identifiers import CHECKS
from azpost_desk.domain.item_numbers import read_item_number
from azpost_desk.domain.refusals import Trouble
from azpost_desk.domain.scans import read_scan
from azpost_desk.domain.screening import compare
from azpost_desk.programs import central, tool
from azpost_desk.programs.desk_settings import settings_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Every sort of it that a scanner, a paste, a pipe or a file has brought.
TEXTS = {
    "half a pair": "\ud800",
    "the other half": "a\udc00b",
    "a byte that is no letter": "Ali\udcff",
    "nul": "a\0b",
    "nothing but nul": "\0",
    "5,000 figures": "9" * 5_000,
    "40 figures": "9" * 40,
    "below zero": "-1",
    "figures of another script": "\u0660\u0661\u0662",
    "small figures": "\u00b2" * 9,
    "ends of lines": "\u2028\u2029\x85\x1c",
    "marks": "\ufeff\u202e",
    "a long element string": "]d201" + "9" * 5_000,
    "a long number of an item": "EE" + "9" * 5_000 + "AZ",
}
RULES: dict[str, Callable[[str], object]] = {
    "scan": read_scan,
    "item": read_item_number,
    "names as kept": names.plain,
    "names as seen": names.seen,
    "names as compared": names.fold,
    "screening": lambda text: compare(text, text),
    **CHECKS,
}


@pytest.mark.fast
@pytest.mark.parametrize("rule", RULES)
def test_no_rule_over_what_is_scanned_typed_or_pasted_fails(rule: str) -> None:
    for text in TEXTS.values():
        RULES[rule](text)


@pytest.mark.fast
def test_what_writes_nothing_is_in_no_name() -> None:
    for text in TEXTS.values():
        assert not {"\0", "\ufeff", "\u202e"} & set(names.plain(text))
        # What is kept can be written down.
        names.plain(text).encode()


LINES = [text.encode("utf-8", "surrogatepass") for text in TEXTS.values()] + [b"\xff\xfe", b"", b"a\rb"]
TOOLS = [
    ["item"],
    ["scan"],
    ["azqr"],
    ["azqr", "--encode"],
    ["screen", "--pairs"],
    *(["identifier", "--kind", kind] for kind in sorted(CHECKS)),
]


@pytest.mark.fast
@pytest.mark.parametrize("words", TOOLS, ids="-".join)
def test_the_tool_answers_each_line_with_one_line(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\n".join(LINES) + b"\n")))
    assert tool.main(words) == 0
    answers = capsys.readouterr().out.splitlines()
    assert len(answers) == len(LINES)
    assert all(isinstance(json.loads(answer), dict) for answer in answers)


SETTINGS = {
    "nul": 'backups = "a\\u0000b"',
    "nul as it is": 'backups = "a\0b"',
    "half a pair": 'backups = "\\ud800"',
    "64 bits": f"scanner_gap_ms = {2**64}",
    "5,000 figures": "scanner_gap_ms = " + "9" * 5_000,
    "below zero": "scanner_gap_ms = -1",
    "brackets without end": "backups = " + "[" * 5_000,
}


@pytest.mark.fast
@pytest.mark.parametrize("said", SETTINGS.values(), ids=SETTINGS)
def test_desk_toml_is_refused_with_its_line(said: str, tmp_path: Path) -> None:
    (tmp_path / "desk.toml").write_text(f"\n{said}\n", "utf-8")
    with pytest.raises(Trouble, match="G-080") as told:
        settings_of(tmp_path)
    assert "\n" not in str(told.value.facts["why"])


FILES = {
    "nul": b'{"version":"a\\u0000b","approved":false}',
    "half a pair": b'{"version":"\\ud800","approved":false}',
    "no letters": b'{"version":"\xff","approved":false}',
    "without end": b"[" * 100_000,
    "depth in a field": b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
}
WORDS = {
    "a name that is no text": ("create-branch", "2002", "Ali\udcff", "AZ2002"),
    "a number of 80 bits": ("add-desk", "2002", str(2**80)),
    "a count below zero": ("give-codes", "2002-1", "-1"),
    "a count of 80 bits": ("give-range", "2002-1", "EE", str(2**80)),
    "who is no text": ("--who", "\udcff", "exceptions"),
}


def refused(postgres: str, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code = central.main(["--dsn", postgres, *words])
    except SystemExit as usage:
        code = int(usage.code or 0)
    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert "Traceback" not in said.err
    assert said.err.strip()


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_a_file_for_the_centre_is_refused_whole(
    postgres: str, content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "it.json").write_bytes(content)
    refused(postgres, ("set-tariffs", str(tmp_path / "it.json")), capsys)
    for ports in ("--connectors", "--messages"):
        refused(postgres, ("serve", ports, str(tmp_path / "it.json")), capsys)


@pytest.mark.parametrize("number", [-1, 2**63, 10**30])
def test_a_document_with_a_number_beyond_all_use_reaches_no_desk(
    postgres: str, number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "it.json").write_text(json.dumps({"idle_lock_seconds": number}))
    refused(postgres, ("set-settings", str(tmp_path / "it.json")), capsys)


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_a_word_for_the_centre_is_refused_whole(
    postgres: str, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    refused(postgres, words, capsys)


def test_a_file_that_cannot_be_read_is_named_with_a_code(
    postgres: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (tmp_path, tmp_path / "gone.toml"):
        assert central.main(["--dsn", postgres, "set-tariffs", str(path)]) == 2
        said = capsys.readouterr().err
        assert said.startswith("G-075: ")
        assert str(path) in said
        assert "Errno" not in said
