"""Documents about mail abroad: what nobody could go by is refused with its place in the file."""

from __future__ import annotations

import tomllib
from typing import Any

import msgspec
import pytest

from azpost_desk import places
from azpost_desk.central.mail import documents
from azpost_desk.central.registry.files import WrongFile, checked
from azpost_desk.domain.mail.prohibited import Prohibitions
from azpost_desk.domain.reference import DOCUMENTS

pytestmark = pytest.mark.fast


def example(name: str) -> Any:
    return tomllib.loads((places.templates() / f"{name}.toml").read_text("utf-8"))


def refused(name: str, data: Any) -> tuple[str, object]:
    """The code and place that a document is refused with."""
    check, kind = {
        "prohibitions": (documents.check_prohibitions, Prohibitions),
    }[name]
    with pytest.raises(WrongFile) as wrong:
        check("f", checked(data, kind, "f"))
    return wrong.value.code, wrong.value.facts["place"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("country", "aze", "X-170"),
        ("country", "az", "X-170"),
        ("direction", "through", "X-171"),
        ("verdict", "ask", "X-171"),
        ("hs[1]", ["93-9301"], "X-172"),
        ("hs", [], "X-173"),
        ("names", {"az": "x", "ru": " ", "en": "x"}, "X-174"),
        ("document", {"az": "x"}, "X-175"),
        ("source", " ", "X-176"),
        ("valid_from", "1.12.2026", "X-177"),
        ("valid_to", "2025-12-31", "X-177"),
        ("words", {"az": ["x"], "ru": ["x"]}, "X-174"),
        ("words.en[2]", {"az": ["x"], "ru": ["x"], "en": ["x", "--"]}, "X-173"),
    ],
)
def test_a_row_of_prohibitions_that_nobody_could_go_by_is_refused_at_its_place(
    field: str, value: object, code: str
) -> None:
    data = example("prohibitions")
    data["rows"][1][field.split("[")[0].split(".")[0]] = value
    assert refused("prohibitions", data) == (code, f"rows[2].{field}")


@pytest.mark.parametrize("name", ["prohibitions"])
def test_a_document_reads_its_own_bytes_also_those_of_a_newer_centre(name: str) -> None:
    kind = DOCUMENTS[name]
    document = msgspec.convert(example(name), kind)
    content = msgspec.json.encode(document)
    assert msgspec.json.decode(content, type=kind) == document
    assert msgspec.json.decode(content[:-1] + b',"later":1}', type=kind) == document
