"""Frames to and from the card terminal are exact; nothing damaged or hostile passes for an answer."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.devices.card_terminals import EcrTerminal, frame, unframed
from azpost_desk.domain.cards import CardAnswer
from azpost_desk.domain.refusals import Trouble
from azpost_desk.rehearsal.terminals import SandboxTerminal

if TYPE_CHECKING:
    from collections.abc import Iterator

FIELD = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="|"))


@pytest.mark.fast
@given(st.lists(FIELD, min_size=1, max_size=5))
def test_what_is_framed_comes_out_again(fields: list[str]) -> None:
    assert unframed(frame(*fields)) == tuple(fields)


@pytest.mark.fast
@given(st.integers(0, 40), st.integers(1, 255))
def test_one_changed_byte_is_no_frame(at: int, flip: int) -> None:
    good = bytearray(frame("APP", "0197-1", "17", "A93", ""))
    good[at % len(good)] ^= flip
    with pytest.raises(ValueError, match=r"no frame|decode|invalid"):
        unframed(bytes(good))


@pytest.mark.fast
@pytest.mark.parametrize("field", ["a|b", "\x02", "\x03", "a\nb"])
def test_a_separator_never_gets_into_a_field(field: str) -> None:
    with pytest.raises(ValueError, match="separator"):
        frame("PUR", field)


def test_the_sandbox_and_the_part_speak_the_same_words() -> None:
    with SandboxTerminal() as sandbox:
        part = EcrTerminal(*sandbox.address, 500, 500)
        assert part.purchase("r-1", 250) == CardAnswer(
            "approved", {"receipt": "1", "authorisation": "A1"}, "", 250, "944"
        )
        assert part.purchase("r-1", 250).outcome == "approved"
        assert (sandbox.charged, sandbox.asked) == ({"r-1": 250}, {"r-1": 1})
        assert part.query("r-1").outcome == "approved"
        assert part.query("r-2") == CardAnswer("declined", {}, "not_found")
        assert part.reverse("r-1").outcome == "approved"
        assert part.reverse("r-1").outcome == "approved"
        assert sandbox.charged == {}
        assert part.state().trouble is None


@pytest.fixture(
    params=[
        b"",
        b"\x02",
        b"A" * 5000,
        b"\x02" + b"|" * 900 + b"\x03",
        frame("APP", "another", "1", "A1", "", "250", "944"),
        frame("YES", "r-1", "1", "A1", "", "250", "944"),
        frame("APP", "r-1", "1", "A1", ""),
        frame("APP", "r-1", "1", "A1", "", "-250", "944"),
        frame("APP", "r-1", "1", "A1", "", "9" * 900, "944"),
        frame("APP", "r-1"),
        b"\x02\xff\xfe\x03\x02",
    ],
    ids=range(11),
)
def hostile(request: pytest.FixtureRequest) -> Iterator[EcrTerminal]:
    """Something that listens where the terminal should be, and answers so."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        way, _ = server.accept()
        with way:
            way.recv(1024)
            way.sendall(request.param)

    thread = threading.Thread(target=serve)
    thread.start()
    host, port = server.getsockname()
    yield EcrTerminal(host, port, 500, 500)
    thread.join()
    server.close()


def test_an_answer_that_is_none_is_said_so(hostile: EcrTerminal) -> None:
    with pytest.raises(Trouble, match="D-031"):
        hostile.purchase("r-1", 250)


def test_a_terminal_that_says_nothing_costs_its_timeout_and_no_more() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    host, port = server.getsockname()
    with pytest.raises(Trouble, match="D-031"):
        EcrTerminal(host, port, 100, 100).query("r-1")
    server.close()
    assert EcrTerminal(host, port).state().trouble == "D-030"
