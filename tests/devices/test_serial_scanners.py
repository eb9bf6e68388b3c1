"""A scanner on a serial line: whole codes however split, noise is said, pulled out it is waited for."""

from __future__ import annotations

import os
import queue
import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.devices.serial_scanners import CODE_BYTES_MAX, CodeReader, SerialScanner

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pty = pytest.importorskip("pty", reason="a serial line stood in for by a terminal needs POSIX")

WAIT_S = 5
ITEM = "EE000000014AZ"


class FarEnd:
    """The scanner's end of a serial line; `port` is where the desk finds it."""

    def __init__(self, port: Path) -> None:
        import tty

        self._far, self._near = pty.openpty()
        tty.setraw(self._near)
        port.unlink(missing_ok=True)
        port.symlink_to(os.ttyname(self._near))

    def send(self, data: bytes) -> None:
        os.write(self._far, data)

    def pull_out(self) -> None:
        os.close(self._near)
        os.close(self._far)


@pytest.fixture
def port(tmp_path: Path) -> Path:
    return tmp_path / "scanner"


class Listening:
    """The desk's end: what it hears, and whether the line is open (what is sent before that nobody hears)."""

    def __init__(self, port: Path) -> None:
        self.codes: queue.Queue[str] = queue.Queue()
        self.is_open, self.is_closed = threading.Event(), threading.Event()
        self.stopped = threading.Event()
        self._asked_s = 1.0
        self.thread = threading.Thread(
            target=SerialScanner(str(port)).listen, args=(self.codes.put, self._is_stopped)
        )

    def _is_stopped(self, seconds: float) -> bool:
        # Asked twice without patience: it has come through the opening in between.
        if seconds:
            self.is_open.clear()
            self.is_closed.set()
        elif not self._asked_s:
            self.is_closed.clear()
            self.is_open.set()
        self._asked_s = seconds
        return self.stopped.wait(min(seconds, 0.01))

    def sent(self, far: FarEnd, data: bytes) -> None:
        assert self.is_open.wait(WAIT_S)
        far.send(data)

    def heard(self, count: int) -> list[str]:
        return [self.codes.get(timeout=WAIT_S) for _ in range(count)]


@pytest.fixture
def desk(port: Path) -> Iterator[Listening]:
    made = Listening(port)
    made.thread.start()
    yield made
    made.stopped.set()
    made.thread.join(WAIT_S)
    assert not made.thread.is_alive()


def test_codes_arrive_whole_and_in_order_whatever_ends_them(port: Path, desk: Listening) -> None:
    far = FarEnd(port)
    desk.sent(far, b"EE0000")
    desk.sent(far, b"00014AZ\r\n]C0RR123456785TR\r\x02AZG000000000017\x03")
    assert desk.heard(3) == [ITEM, "]C0RR123456785TR", "AZG000000000017"]
    # What could not be read is said: nobody waits for a tone that never comes.
    desk.sent(far, b"\xff\xfeEE000\r")
    desk.sent(far, b"x" * (CODE_BYTES_MAX + 50) + b"\r" + ITEM.encode() + b"\r")
    assert desk.heard(3) == ["", "", ITEM]
    far.pull_out()


def test_pulled_out_in_the_middle_it_says_so_and_comes_back(port: Path, desk: Listening) -> None:
    assert SerialScanner(str(port)).state().trouble == "D-043"
    first = FarEnd(port)
    desk.sent(first, ITEM.encode() + b"\rEE0000")
    assert desk.heard(1) == [ITEM]
    first.pull_out()
    assert desk.heard(1) == [""]
    assert desk.is_closed.wait(WAIT_S)
    again = FarEnd(port)
    desk.sent(again, ITEM.encode() + b"\r")
    assert desk.heard(1) == [ITEM]
    again.pull_out()


PRINTED = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)


@given(st.lists(PRINTED, max_size=8), st.lists(st.integers(1, 9), min_size=1, max_size=50))
def test_however_it_is_split_the_codes_are_the_same(codes: list[str], cuts: list[int]) -> None:
    data = b"".join(code.encode() + b"\r\n" for code in codes)
    reader, found, at = CodeReader(), list[str](), 0
    for cut in cuts:
        found += reader.take(data[at : at + cut])
        at += cut
    assert found + reader.take(data[at:]) == codes
    assert not reader.broken_off()


@given(st.binary(max_size=2_000))
def test_no_noise_breaks_the_reader_or_grows_it(data: bytes) -> None:
    reader = CodeReader()
    for code in reader.take(data):
        assert code.isprintable()
        assert len(code) <= CODE_BYTES_MAX
