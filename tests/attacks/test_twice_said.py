"""A word that is said twice: no answer and no file says anything by it, whichever of the two is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.central.gateways.billers import Unknown
from azpost_desk.central.gateways.json_line import read
from azpost_desk.central.registry import files
from azpost_desk.domain.catalogue import Billers
from tests.attacks.askers import answering, biller

if TYPE_CHECKING:
    from pathlib import Path

PAID = b'{"id":"5","account":"12","amount":%s"1.00","state":"paid","reference":"r"}'


@pytest.mark.parametrize("twice", [b'"99.00","amount":', b'"99.00","amoun\\u0074":'])
def test_a_biller_that_names_two_sums_has_named_none(twice: bytes) -> None:
    body = PAID % twice
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    with answering(head + body) as url:
        assert biller(url) == Unknown("malformed", "ValueError")


def test_however_deep_it_is_said_twice_and_whatever_nobody_reads() -> None:
    for body in (b'{"a":{"b":1,"b":2}}', b'[{"a":1},{"a":1,"a":1}]'):
        assert read(body, object) == Unknown("malformed", "ValueError")
    assert read(b'[{"a":1},{"a":1}]', list[dict[str, int]]) == [{"a": 1}, {"a": 1}]


def test_a_file_that_says_a_word_twice_is_refused_with_the_word(tmp_path: Path) -> None:
    file = tmp_path / "billers.json"
    file.write_text('{"billers": [], "billers": []}')
    with pytest.raises(files.WrongFile, match="X-100") as no:
        files.read(file, Billers)
    assert no.value.facts == {"file": "billers.json", "why": "'billers' is said twice"}
