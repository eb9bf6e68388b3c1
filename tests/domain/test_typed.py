"""What is pasted becomes one line of what can be written; what cannot is refused where records are made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain.people import Person
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.typed import one_line, require_writable


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("a\x00b", "ab"),
        ("a\x07\x1bb", "ab"),
        ("a\ud800b", "ab"),
        ("\u202eabc\u2066", "abc"),
        ("a\u200bb\ufeff", "ab"),
        ("one\r\ntwo\tthree\u2028four", "one two three four"),
        ("Эл\u0438\u0306", "Элй"),
        ("٠١٢٣۴", "01234"),
        ("x²", "x²"),
        ("Əliyev İlqar", "Əliyev İlqar"),
    ],
)
def test_it_is_one_line_of_what_can_be_written(pasted: str, kept: str) -> None:
    assert one_line(pasted) == kept


@given(st.text())
def test_what_is_cleaned_can_be_written_and_stays_as_it_is(text: str) -> None:
    cleaned = one_line(text)
    cleaned.encode()
    require_writable(cleaned)
    assert one_line(cleaned) == cleaned


@pytest.mark.parametrize("bad", ["\x00", "\x1b", "\ud800", "\u202e", "\x9f"])
def test_a_record_takes_nothing_that_cannot_be_written(bad: str) -> None:
    person = Person(name="Ə", fin="5XK2Q1R", document=f"AA{bad}1", phone="")
    with pytest.raises(Refused, match="G-016") as refused:
        require_writable((person,), "sender")
    assert refused.value.field == "sender.document"
