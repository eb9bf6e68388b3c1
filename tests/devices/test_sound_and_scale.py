"""Tones that can be told apart, and a scale read through a real serial line."""

from __future__ import annotations

import itertools
import os
import threading
import wave
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk import places
from azpost_desk.devices.scales import Reading, SerialScale, read_line
from azpost_desk.devices.sounds import AplaySound, SilentSound, sound_here
from azpost_desk.devices.stand_ins import RecordedScale, RecordedSound
from azpost_desk.domain.refusals import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from azpost_desk.devices.ports import Tone

pty = pytest.importorskip("pty", reason="a serial line stood in for by a terminal needs POSIX")

TONES: tuple[Tone, ...] = ("good", "refused", "already")


class TerminalScale:
    """A scale that sends its line again and again into a pseudo-terminal, as real ones do."""

    def __init__(self) -> None:
        import tty

        self._far, self._near = pty.openpty()
        tty.setraw(self._near)
        self.port = os.ttyname(self._near)
        self.line = b""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._send)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        os.close(self._near)
        os.close(self._far)

    def _send(self) -> None:
        while not self._stop.wait(0.02):
            if self.line:
                os.write(self._far, self.line)


@pytest.fixture
def scale() -> Iterator[TerminalScale]:
    found = TerminalScale()
    yield found
    found.close()


@pytest.mark.parametrize(
    ("line", "grams"),
    [
        (b"ST,GS,+  1.234kg\r\n", 1234),
        (b"ST,NT,+  0.005kg\r\n", 5),
        (b"ST,+00012.34 kg\r\n", 12_340),
        (b"ST,GS,+   250 g\r\n", 250),
        (b"ST,GS,+ 1.2345kg\r\n", 1235),
        (b"QT,+0000100  g\r\n", 100),
    ],
)
def test_the_scale_tells_the_weight_at_rest(scale: TerminalScale, line: bytes, grams: int) -> None:
    scale.line = line
    assert SerialScale(scale.port, timeout_ms=2_000).grams() == grams


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"", "D-008"),
        (b"RS232 READY\r\n", "D-008"),
        (b"\xff\xfe\x00" * 40, "D-008"),
        (b"US,GS,+  1.234kg\r\n", "D-009"),
        (b"OL,GS,+\r\n", "D-010"),
        (b"ST,GS,-  0.100kg\r\n", "D-011"),
    ],
)
def test_a_weight_that_is_none_has_its_code(scale: TerminalScale, line: bytes, code: str) -> None:
    scale.line = line
    with pytest.raises(Trouble) as trouble:
        SerialScale(scale.port, timeout_ms=400).grams()
    assert trouble.value.code == code


def test_a_scale_that_is_not_there_and_its_stand_in_say_the_same(tmp_path: Path) -> None:
    recorded = RecordedScale(1250)
    assert recorded.grams() == 1250
    recorded.trouble = "D-008"
    for broken in (SerialScale(str(tmp_path / "ttyUSB0")), recorded):
        with pytest.raises(Trouble) as trouble:
            broken.grams()
        assert trouble.value.code == "D-008"
        assert broken.state().trouble == "D-008"


@given(st.integers(0, 60_000), st.sampled_from(["GS,", "NT,", ""]))
def test_every_weight_is_read_to_the_gram(grams: int, kind: str) -> None:
    line = f"ST,{kind}+{grams // 1000:3}.{grams % 1000:03}kg\r".encode()
    assert read_line(line) == Reading("rest", grams)


@given(st.binary(max_size=40))
def test_no_noise_is_a_weight_at_rest_below_zero_or_breaks_the_reader(line: bytes) -> None:
    reading = read_line(line)
    assert reading is None or line[:2] in (b"ST", b"US", b"OL", b"QT")


def test_the_three_tones_differ_in_length_or_pitch() -> None:
    kinds = set()
    for tone in TONES:
        with wave.open(str(places.sounds() / f"{tone}.wav"), "rb") as sound:
            frames = sound.readframes(sound.getnframes())
            assert sound.getsampwidth() == 1
            # A clerk scans fifty items a minute: a tone is over long before the next.
            assert sound.getnframes() / sound.getframerate() < 0.6
            # One byte a sample is unsigned, with silence at 128.
            assert max(frames) > 128 + 50
            crossings = sum(a < 128 <= b for a, b in itertools.pairwise(frames))
            kinds.add((crossings // 10, sound.getnframes() // 1000))
    assert len(kinds) == 3


def test_the_player_is_given_the_tone_and_a_silent_card_shows(tmp_path: Path) -> None:
    program = tmp_path / "player"
    heard = tmp_path / "heard"
    program.write_text(f'#!/bin/sh\necho "$2" >> {heard}\nexit 1\n', "utf-8")
    program.chmod(0o755)
    sound = AplaySound(str(program))
    assert sound.state().trouble is None
    sound.play("good")
    assert sound._playing is not None
    sound._playing.wait(5)
    assert heard.read_text("utf-8").endswith("good.wav\n")
    assert sound.state().trouble == "D-013"
    sound.close()


def test_a_tone_cuts_the_last_one_short(tmp_path: Path) -> None:
    program = tmp_path / "player"
    program.write_text("#!/bin/sh\nexec tail -f /dev/null\n", "utf-8")
    program.chmod(0o755)
    sound = AplaySound(str(program))
    sound.play("good")
    first = sound._playing
    sound.play("refused")
    assert first is not None
    assert first.returncode is not None
    sound.close()
    assert sound._playing is None


def test_no_player_is_honest_silence(tmp_path: Path) -> None:
    missing = AplaySound(str(tmp_path / "aplay"))
    with pytest.raises(Trouble) as trouble:
        missing.play("good")
    assert trouble.value.code == "D-013"
    silent = SilentSound()
    silent.play("good")
    assert (missing.state().trouble, silent.state().trouble) == ("D-013", "D-013")
    assert sound_here().state() is not None


def test_the_recorded_sound_remembers_every_tone() -> None:
    recorded = RecordedSound()
    for tone in TONES:
        recorded.play(tone)
    assert recorded.played == list(TONES)
    recorded.trouble = "D-013"
    with pytest.raises(Trouble):
        recorded.play("good")
