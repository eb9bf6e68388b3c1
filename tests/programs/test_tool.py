"""`azpost-desk tool` as a script uses it: lines in, JSON lines out, whatever the locale."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from azpost_desk.devices.signatures import FileSigner
from azpost_desk.documents.reports import report_pdf
from azpost_desk.domain.signatures import Stamp
from azpost_desk.domain.transfer_codes import transfer_code
from azpost_desk.programs.desk import stamp_drawer
from azpost_desk.texts import Texts
from tests.documents import samples
from tests.fakes.certificates import PIN, new_issuer

ROOT = Path(__file__).parents[2]


def tool(*arguments: str, lines: bytes, code: int = 0) -> list[dict[str, Any]]:
    """Run the tool in the plainest locale there is."""
    surroundings = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "PYTHON"))}
    done = subprocess.run(
        [sys.executable, "-m", "azpost_desk", "tool", *arguments],
        input=lines,
        capture_output=True,
        cwd=ROOT,
        env={**surroundings, "LANG": "C", "LC_ALL": "C"},
        check=False,
    )
    assert done.returncode == code, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]


def test_item() -> None:
    answers = tool("item", lines=b"ee 876 543 216 ca\n\nJT365572014BR\r\nJX123456785AZ\nEE876543215CA")
    assert answers == [
        {
            "input": "ee 876 543 216 ca", "number": "EE876543216CA", "valid": True, "reason": None,
            "indicator": "EE", "service": "ems", "country": "CA", "warnings": [],
        },
        {
            "input": "", "number": None, "valid": False, "reason": "empty",
            "indicator": None, "service": None, "country": None, "warnings": [],
        },
        {
            "input": "JT365572014BR", "number": "JT365572014BR", "valid": True, "reason": None,
            "indicator": "JT", "service": "reserved", "country": "BR", "warnings": ["indicator_reserved"],
        },
        {
            "input": "JX123456785AZ", "number": "JX123456785AZ", "valid": False, "reason": "indicator",
            "indicator": "JX", "service": "reserved", "country": "AZ", "warnings": [],
        },
        {
            "input": "EE876543215CA", "number": "EE876543215CA", "valid": False, "reason": "check_digit",
            "indicator": "EE", "service": "ems", "country": "CA", "warnings": [],
        },
    ]  # fmt: skip


def test_goods_are_found_by_what_people_call_them_for_people_and_for_programs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from azpost_desk.programs.tool import main

    [answer] = tool("hs", "--json", "yun", "corablar", lines=b"")
    assert (answer["words"], answer["edition"]) == ("yun corablar", "2022")
    first = answer["found"][0]
    assert (first["code"], first["heading"], first["chapter"]) == ("611596", "6115", "61")
    assert first["names"] == {"az": "corab", "ru": "носки", "en": "socks"}
    assert first["chapter_text"].startswith("Apparel")
    assert len(answer["found"]) <= 5
    assert main(["hs", "--language", "ru", "черный", "чай"]) == 0
    line = capsys.readouterr().out.splitlines()[0].split("\t")
    assert line == ["090230", "чай", "0902 Tea", line[3]]
    assert line[3].startswith("09 Coffee, tea")
    # Found in the list only: its own words stand for a name.
    assert main(["hs", "pure-bred", "horses"]) == 0
    assert "Horses; live, pure-bred breeding animals" in capsys.readouterr().out
    assert main(["hs", "qwrtzz"]) == 1
    assert capsys.readouterr().out == ""
    assert main(["hs", "--json", "qwrtzz"]) == 1
    assert json.loads(capsys.readouterr().out)["found"] == []


def test_scan() -> None:
    code = transfer_code("123456789")
    lines = f"КИ167995284ШЕ\n\nğC0RB167995284İT\n{code}\nƏliyev\n".encode()
    assert tool("scan", lines=lines + b"\xff\xfe\n") == [
        {"raw": "КИ167995284ШЕ", "kind": "item", "value": "RB167995284IT", "repaired": "ru"},
        {"raw": "", "kind": "unknown", "value": None, "repaired": None},
        {"raw": "ğC0RB167995284İT", "kind": "item", "value": "RB167995284IT", "repaired": "az"},
        {"raw": code, "kind": "transfer", "value": code, "repaired": None},
        {"raw": "Əliyev", "kind": "unknown", "value": None, "repaired": None},
        {"raw": "\ufffd\ufffd", "kind": "unknown", "value": None, "repaired": None},
    ]


@pytest.mark.parametrize(
    ("kind", "line", "value", "reason"),
    [
        ("iban", "AZ21 NABZ 0000 0000 1370 1000 1944", "AZ21NABZ00000000137010001944", None),
        ("voen", "500027792", "0500027792", None),
        ("fin", "5ab12cd", "5AB12CD", None),
        ("phone", "050 123 45 67", "+994501234567", None),
        ("postcode", "1000", "AZ1000", None),
        ("voen", "1401555081", None, "check_digit"),
    ],
)
def test_identifier(kind: str, line: str, value: str | None, reason: str | None) -> None:
    answers = tool("identifier", "--kind", kind, lines=f"{line}\n\n".encode())
    assert answers == [
        {"input": line, "valid": value is not None, "value": value, "reason": reason},
        {"input": "", "valid": False, "value": None, "reason": "empty"},
    ]


def test_a_warning_stands_beside_a_valid_value() -> None:
    answer = {"input": "5AB12CI", "valid": True, "value": "5AB12CI", "reason": None, "warning": "letter"}
    assert tool("identifier", "--kind", "fin", lines=b"5AB12CI\n") == [answer]


def test_azqr_there_and_back() -> None:
    sample = Path(__file__).parents[1] / "data" / "money" / "azqr_sample.json"
    payload = json.loads(sample.read_text("utf-8"))["samples"][0]["payload"]
    named = payload[:-8].replace("5914CAFE CITY BAKU", "5917Portofino Gənclik")
    lines = "\n".join([payload, payload[:-1] + "8", payload[:-1], "", f"{named}6304"]).encode()
    good, bad, cut, empty, unfinished = tool("azqr", lines=lines + b"\n\xff\n")[:5]
    assert (good["valid"], good["reason"]) == (True, None)
    assert list(good["fields"])[:3] == ["39", "40", "00"]
    assert good["fields"]["54"] == "01.23"
    assert good["fields"]["36"] == {"00": "NBATAZ20", "01": "MPRQ-ATP", "02": "613"}
    assert bad == {"valid": False, "fields": {**good["fields"], "63": "1CC8"}, "reason": "crc"}
    assert cut == {"valid": False, "fields": None, "reason": "length"}
    assert empty == {"valid": False, "fields": None, "reason": "form"}
    assert (unfinished["valid"], unfinished["reason"]) == (False, "length")
    fields = {**good["fields"], "59": "Portofino Gənclik"}
    bad_fields = {**fields, "53": "840"}
    wanted = "\n".join(
        [*(json.dumps(one, ensure_ascii=False) for one in (fields, bad_fields)), "[1]", "", "{}"]
    )
    made = tool("azqr", "--encode", lines=wanted.encode())
    assert made[0]["payload"].startswith(named)
    assert (made[0]["valid"], made[0]["reason"]) == (True, None)
    assert [one["fields"]["59"] for one in tool("azqr", lines=made[0]["payload"].encode())] == [fields["59"]]
    assert [one["reason"] for one in made[1:]] == ["currency", "form", "form", "version"]
    assert all(one["payload"] is None and not one["valid"] for one in made[1:])


def test_label(tmp_path: Path) -> None:
    """A file a number, read back by a scanner; what makes no label says why, and names no other folder."""
    party = {"name": "Əliyeva Sevda", "address": "Nizami küç. 5", "postcode": "AZ1000", "phone": "501234567"}
    item = {
        "number": "ee 123 456 785 az",
        "service": "EMS",
        "weight_g": 1250,
        "sender": party,
        "addressee": {**party, "country": "TÜRKİYE"},
        "date": "2026-11-30",
    }
    wrong = [
        {**item, "number": "../../EE123456785AZ"},
        {**item, "number": "EE123456784AZ"},
        {**item, "weight_g": 0},
        {**item, "weight_g": "1"},
        {**item, "sender": {**party, "name": "Ə" * 121}},
        {key: value for key, value in item.items() if key != "addressee"},
        [],
    ]
    lines = "\n".join(json.dumps(one, ensure_ascii=False) for one in [item, *wrong]) + "\n\n"
    folder = tmp_path / "labels"
    for form in ("pdf", "zpl"):
        good, *bad = tool("label", f"--{form}", str(folder), lines=lines.encode())
        file = folder / f"EE123456785AZ.{form}"
        assert good == {"number": "EE123456785AZ", "bytes": file.stat().st_size, "pages": 1}
        assert [one["reason"] for one in bad] == [
            "length", "check_digit", "form", "form", "length", "form", "form", "form",
        ]  # fmt: skip
        assert all((one["number"], one["bytes"], one["pages"]) == (None, None, None) for one in bad)
    assert sorted(path.name for path in folder.iterdir()) == ["EE123456785AZ.pdf", "EE123456785AZ.zpl"]
    page = pypdfium2.PdfDocument(folder / "EE123456785AZ.pdf")[0]
    [code] = zxingcpp.read_barcodes(page.render(scale=203 / 72, grayscale=True).to_pil())
    assert code.text == "EE123456785AZ"
    text = page.get_textpage().get_text_bounded()
    for words in ("Əliyeva Sevda", "TÜRKİYE", "1,250 kq", "30.11.2026", "DEMO"):
        assert words in text
    assert (folder / "EE123456785AZ.zpl").read_bytes().startswith(b"^XA")
    finer = tool("label", "--zpl", "--dpi", "300", "--out", str(folder), lines=json.dumps(item).encode())
    assert b"^PW1181" in (folder / "EE123456785AZ.zpl").read_bytes()
    assert [one["number"] for one in finer] == ["EE123456785AZ"]
    assert tool("label", "--pdf", str(folder / "EE123456785AZ.zpl"), lines=lines.encode(), code=2) == []
    assert tool("label", lines=b"", code=2) == []


def test_nothing_in_nothing_out() -> None:
    assert tool("scan", lines=b"") == []


@pytest.mark.parametrize("arguments", [[], ["identifier"], ["identifier", "--kind", "iq"], ["nonsense"]])
def test_wrong_usage_ends_with_two(arguments: list[str]) -> None:
    assert tool(*arguments, lines=b"", code=2) == []


def test_signature(tmp_path: Path) -> None:
    issuer = new_issuer()
    signer = FileSigner(issuer.file(tmp_path / "s.p12", "ƏLİYEVA SEVDA VAQİF QIZI"), stamp_drawer)
    report = report_pdf(samples.REPORT, Texts("az"))
    signed, certificate = signer.sign(
        report, PIN, 1, lambda one: Stamp(1, one.name, one.serial, 1_795_410_000_000)
    )
    changed = bytearray(signed)
    changed[len(report) // 2] ^= 1
    files = {"unsigned.pdf": report, "signed.pdf": signed, "changed.pdf": bytes(changed)}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "issuer.pem").write_text(issuer.pem)
    paths = [str(tmp_path / name) for name in files]
    answers = tool("signature", *paths, "--issuer", str(tmp_path / "issuer.pem"), lines=b"")
    assert [(one["file"], one["signed"]) for one in answers] == [
        ("unsigned.pdf", False),
        ("signed.pdf", True),
        ("changed.pdf", False),
    ]
    assert answers[0]["signatures"] == []
    assert answers[1]["signatures"] == [
        {
            "name": "ƏLİYEVA SEVDA VAQİF QIZI", "serial": certificate.serial,
            "certificate": certificate.fingerprint, "at": "2026-11-23T09:00:00+04:00",
            "intact": True, "whole": True, "trusted": True,
        }
    ]  # fmt: skip
    assert answers[2]["signatures"][0]["intact"] is False
    assert tool("signature", str(tmp_path / "gone.pdf"), lines=b"", code=2) == []


def test_messages_are_checked_file_by_file(tmp_path: Path) -> None:
    samples = Path(__file__).parents[1] / "data" / "iso20022"
    good, bad = samples / "y2025_pacs.008.min.xml", tmp_path / "bad.xml"
    bad.write_bytes(good.read_bytes().replace(b"1000.00", b"x"))
    (tmp_path / "none.txt").write_bytes(b"no message")
    answers = tool("iso20022", str(good), str(bad), str(tmp_path / "none.txt"), lines=b"")
    assert [(one["message"], one["valid"], bool(one["errors"])) for one in answers] == [
        ("pacs.008.001.08", True, False),
        ("pacs.008.001.08", False, True),
        ("", False, True),
    ]
    assert answers[0]["file"] == str(good)
    assert list(answers[0]) == ["file", "message", "valid", "errors"]
    bad.write_bytes(good.read_bytes().replace(b"<NbOfTxs>1", b"<NbOfTxs>2"))
    ruled = tool("iso20022", "--rules", "2026", str(good), str(bad), str(tmp_path / "none.txt"), lines=b"")
    assert [(one["valid"], one["broken"]) for one in ruled] == [
        (True, []),
        (True, ["transactions"]),
        (False, []),
    ]
    assert tool("iso20022", "--rules", "2026", str(tmp_path / "gone.xml"), lines=b"", code=2) == []
    assert tool("iso20022", str(tmp_path / "gone.xml"), lines=b"", code=2) == []


def test_names_are_screened_line_by_line(tmp_path: Path) -> None:
    lists = Path(__file__).parents[2] / "resources" / "lists"
    national = tmp_path / "national.csv"
    national.write_text(
        "id,kind,name,aliases,born,birthplace,basis\nN-1,person,Quliyeva Leyla,,,,Q-1\n", encoding="utf-8"
    )
    found = tool(
        "screen", "--ofac", str(lists / "ofac_2019-01-15"), "--un", str(lists / "un_2026-02-27.xml"),
        "--national", str(national),
        lines="Джейхун Асланов\n\nLeyla Guliyeva\nMəmmədov Elçin\nAyman al-Zawahiri\n".encode(),
    )  # fmt: skip
    assert [[(hit["list"], hit["id"]) for hit in one["hits"]] for one in found] == [
        [("ofac", "23951")], [], [("national", "N-1")], [], [("ofac", "2676"), ("un", "QDi.006")],
    ]  # fmt: skip
    assert found[0]["hits"][0]["score"] == 100
    assert "Джейхун = Jayhoon" in found[0]["hits"][0]["why"]
    national.write_text("no list", encoding="utf-8")
    assert tool("screen", "--national", str(national), lines=b"x\n", code=2) == []
    assert tool("screen", "--ofac", str(tmp_path), lines=b"x\n", code=2) == []


def test_pairs_of_names_are_compared() -> None:
    assert tool(
        "screen", "--pairs", lines=b"Serei Lavrov\tSergei Lavrov\nOne Name\nAda Byron\tAlan Turing\n"
    ) == [
        {"a": "Serei Lavrov", "b": "Sergei Lavrov", "score": 87, "match": True},
        {"a": "One Name", "b": "", "score": 0, "match": False},
        {"a": "Ada Byron", "b": "Alan Turing", "score": 0, "match": False},
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="names there are letters")
@pytest.mark.parametrize("named", ["iso20022", "signature"])
def test_a_file_whose_name_is_no_text_is_answered_and_named(tmp_path: Path, named: str) -> None:
    strange = os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.xml")
    Path(strange).write_bytes(b"nothing")
    [answer] = tool(named, strange, lines=b"")
    assert answer["file"].endswith("\udcff\udcfe.xml")
    assert tool(named, strange + "gone", lines=b"", code=2) == []
