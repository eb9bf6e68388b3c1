"""Frames to and from the card terminal are exact; nothing damaged or hostile passes for an answer."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.devices.card_terminals import EcrTerminal, frame, unframed
from azpost_desk.devices.zvt import ZvtDialect, ZvtTerminal
from azpost_desk.devices.zvt_memory import ZvtMemory
from azpost_desk.domain.cards import CardAnswer
from azpost_desk.domain.refusals import Trouble
from azpost_desk.rehearsal.terminals import SandboxTerminal
from azpost_desk.rehearsal.zvt_terminal import TERMINAL, ZvtSandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from azpost_desk.services.ports import CardTerminal

NOW_MS = 1_790_000_000_000

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


class Bench(NamedTuple):
    """A terminal's part, with what a test needs to see behind it."""

    part: CardTerminal
    charged_qapik: Callable[[], int]
    asked: Callable[[], int]
    references: dict[str, str]


@pytest.fixture(params=["ecr", "zvt", "zvt that waits for the goods"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """Every make of terminal beside its sandbox: what services promise of one holds for all."""
    if request.param == "ecr":
        with SandboxTerminal() as ecr:
            yield Bench(
                EcrTerminal(*ecr.address, 500, 500),
                lambda: sum(ecr.charged.values()),
                lambda: sum(ecr.asked.values()),
                {"receipt": "1", "authorisation": "A1"},
            )
        return
    with ZvtSandbox(lambda: NOW_MS, request.param != "zvt") as box:
        yield Bench(
            ZvtTerminal(
                box.address,
                ZvtDialect(TERMINAL, issues_goods=box.issues_goods),
                ZvtMemory(),
                lambda: NOW_MS,
                (500, 500),
            ),
            lambda: sum(box.charged.values()),
            lambda: box.asked,
            {"receipt": "0470", "trace": "000470", "authorisation": "611804", "terminal": TERMINAL},
        )


def test_the_sandbox_and_the_part_speak_the_same_words(bench: Bench) -> None:
    part = bench.part
    approved = CardAnswer("approved", bench.references, "", 250, "944")
    assert part.purchase("r-1", 250) == approved
    assert part.purchase("r-1", 250) == approved
    assert (bench.charged_qapik(), bench.asked()) == (250, 1)
    assert part.query("r-1") == approved
    assert part.query("r-2") == CardAnswer("declined", {}, "not_found")
    assert part.refund("r-3", "r-1", 100).is_for(100)
    assert (bench.charged_qapik(), bench.asked()) == (150, 2)
    assert part.reverse("r-1").outcome == "approved"
    assert part.reverse("r-1").outcome == "approved"
    assert bench.charged_qapik() in (0, -100)


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


def test_an_answer_that_is_none_is_said_so(hostile: CardTerminal) -> None:
    with pytest.raises(Trouble, match="D-031"):
        hostile.purchase("r-1", 250)


@pytest.mark.parametrize("make", ["ecr", "zvt"])
def test_a_terminal_that_says_nothing_costs_its_timeout_and_no_more(make: str) -> None:
    server = socket.create_server(("127.0.0.1", 0))
    host, port = server.getsockname()
    part: EcrTerminal | ZvtTerminal = EcrTerminal(host, port, 100, 100)
    if make == "zvt":
        part = ZvtTerminal((host, port), ZvtDialect(TERMINAL), ZvtMemory(), lambda: NOW_MS, (100, 100))
    with pytest.raises(Trouble, match="D-031"):
        part.purchase("r-1", 250)
    assert part.state().trouble is None
    server.close()
    assert part.state().trouble == "D-030"
    with pytest.raises(Trouble, match="D-030"):
        part.purchase("r-2", 250)
