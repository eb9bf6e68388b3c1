"""Tones through the machine's loudspeaker: ``aplay`` on Linux, winsound on Windows, or honestly none."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from azpost_desk import places
from azpost_desk.devices.ports import DeviceState, Sound, Tone
from azpost_desk.domain.refusals import Trouble

if TYPE_CHECKING:
    from pathlib import Path


class AplaySound:
    """ALSA's player, one process a tone. Keeps the promises of `ports.Sound`."""

    def __init__(self, program: str = "aplay", folder: Path | None = None) -> None:
        self._program = program
        self._folder = folder or places.sounds()
        self._playing: subprocess.Popen[bytes] | None = None
        self._trouble: str | None = None

    def play(self, tone: Tone) -> None:
        """See `ports.Sound.play`. A card that is missing shows only after the tone should have sounded."""
        self._finish()
        try:
            self._playing = subprocess.Popen(
                [self._program, "-q", str(self._folder / f"{tone}.wav")],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except OSError as failure:
            self._trouble = "D-013"
            raise Trouble("D-013", place=self._program) from failure

    def state(self) -> DeviceState:
        """See `ports.Device.state`; what the last finished tone showed."""
        if shutil.which(self._program) is None:
            return DeviceState(self._program, "D-013")
        if self._playing is not None and self._playing.poll() is not None:
            self._finish()
        return DeviceState(self._program, self._trouble)

    def close(self) -> None:
        """End a tone that still sounds."""
        self._finish()

    def _finish(self) -> None:
        playing, self._playing = self._playing, None
        if playing is None:
            return
        code = playing.poll()
        if code is None:
            # The next scan matters more than the end of the last tone.
            playing.kill()
            playing.wait()
        else:
            self._trouble = "D-013" if code else None


class SilentSound:
    """A machine without a player: nothing sounds, the state says so. Keeps the promises of `ports.Sound`."""

    def play(self, tone: Tone) -> None:
        """Nothing to hear; the screen shows the same by colour and word."""

    def state(self) -> DeviceState:
        """See `ports.Device.state`."""
        return DeviceState("", "D-013")


if sys.platform == "win32":
    import winsound

    class WindowsSound:
        """The sound of Windows. Keeps the promises of `ports.Sound`."""

        def __init__(self, folder: Path | None = None) -> None:
            self._folder = folder or places.sounds()
            self._trouble: str | None = None

        def play(self, tone: Tone) -> None:
            """See `ports.Sound.play`."""
            try:
                winsound.PlaySound(
                    str(self._folder / f"{tone}.wav"),
                    winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT,
                )
            except RuntimeError as failure:
                self._trouble = "D-013"
                raise Trouble("D-013", place="winsound") from failure
            self._trouble = None

        def state(self) -> DeviceState:
            """See `ports.Device.state`."""
            return DeviceState("winsound", self._trouble)


def sound_here() -> Sound:
    """The sound this machine has."""
    if sys.platform == "win32":
        return WindowsSound()
    return AplaySound() if shutil.which("aplay") else SilentSound()
