"""A remark with what cannot be written enters no journal; whatever is asked for has an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain.refusals import Refused
from azpost_desk.services.counter import attach

if TYPE_CHECKING:
    from tests.services.counters import Stand


@pytest.mark.parametrize("bad", ["a\x00b", "a\ud800b", "a\u202eb"])
def test_no_attachment_holds_what_cannot_be_written(bad: str) -> None:
    with pytest.raises(Refused, match="G-016"):
        attach("0197", "words", bad)


@pytest.mark.parametrize("asked", ["a\ud800b", "\ud83d", "\x00", "9" * 10_000, "\u202e1000", "٣" * 20])
def test_whatever_is_asked_for_has_an_answer(stand: Stand, asked: str) -> None:
    assert stand.desk.finding.find(asked) == []
