"""A post office around the proof: a centre outside, a roll printer that keeps all it gets, a clerk's hands.

The centre is this checkout's own, over TLS with a certificate it signed itself. The hands press keys on an X
screen and look at nothing but its dots: what was really done the books must tell.
"""

from __future__ import annotations

import json
import socket
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
PEOPLE = ("anna", "baxtiyar")
PASSWORD = "correct horse"
# The one of the centre's own template.
BRANCH = "2002"
SETS = ("tariffs", "goods", "billers")
# A window that opens its books stands still for a moment in between.
LOOKS_AT_A_START = 12
# A caret that blinks or the minute that turns changes fewer lines of dots than this.
RESTLESS_ROWS_MAX = 48
PRINT_BYTES_MAX = 1 << 20


class Broken(Exception):
    """A step that does not hold; the text says what was seen."""


def wait_until(holds: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Look again and again until it holds.

    Raises:
        Broken: it does not within `seconds`.
    """
    ends = time.monotonic() + seconds
    pause = threading.Event()
    while not holds():
        if time.monotonic() > ends:
            raise Broken(f"{what} did not come within {seconds:g} s")
        pause.wait(0.02)


def records_of(answer: str) -> int:
    """How many records `check --json` has looked at: those whose chain holds.

    Raises:
        Broken: some invariant does not hold.
    """
    told = json.loads(answer.splitlines()[-1])
    if not told["ok"]:
        raise Broken(f"the books are not sound: {answer[-300:]}")
    (chain,) = [one for one in told["invariants"] if one["id"] == "I-01"]
    return int(chain["checked"])


@dataclass
class Office:
    """What stands outside of the bare system.

    Attributes:
        url, code, fingerprint: what a desk is enrolled by.
        printed: every byte that came to the printer at `port`.
    """

    folder: Path
    python: str
    url: str = ""
    code: str = ""
    fingerprint: str = ""
    port: int = 0
    printed: bytearray = field(default_factory=bytearray)

    def central(self, *words: str, said: str = "") -> str:
        """A line typed at the centre.

        Raises:
            Broken: it was refused.
        """
        return self._typed("central", "--embedded", str(self.folder / "centre"), *words, said=said)

    def records(self) -> int:
        """How many records of the branch's desk the centre holds, its own books being sound.

        Its own book is counted with the desks' where no branch is named, so it is asked twice.
        """
        line = ("check", "--embedded", str(self.folder / "centre"), "--json")
        records_of(self._typed(*line))
        return records_of(self._typed(*line, "--branch", BRANCH))

    def closed_days(self) -> list[tuple[int, int]]:
        """(baskets, their sum in qəpik) of each day whose close has come; all of it was paid in cash.

        Raises:
            Broken: a till differed from what the books expected.
        """
        file = self.folder / "days.json"
        line = ("--from", "2000-01-01", "--to", "2099-12-31", "--json", "--out", str(file))
        self.central("electronic-share", *line)
        if differed := self.central("till-counts").strip():
            raise Broken(f"a till does not hold what was sold: {differed}")
        days = json.loads(file.read_text("utf-8"))
        return [(int(day["baskets_cash_only"]), int(day["cash_qapik"])) for day in days]

    def _typed(self, *words: str, said: str = "") -> str:
        line = [self.python, "-m", "azpost_desk", *words]
        done = subprocess.run(line, cwd=ROOT, input=said, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Broken(f"the centre refuses {' '.join(words[:4])}: {done.stderr.strip()[-300:]}")
        return done.stdout

    def founded(self) -> None:
        """One branch with its officers, as the README has it; the code of its first desk."""
        for one in PEOPLE:
            self.central("people", "add", one, said=2 * f"{PASSWORD}\n")
        for name in (*SETS, "branch"):
            (self.folder / f"{name}.toml").write_text(self.central("template", name), "utf-8")
        for name in SETS:
            self.central(f"set-{name}", str(self.folder / f"{name}.toml"))
        branch = self.folder / "branch.toml"
        alone = branch.read_text("utf-8").replace("desks = 2 ", "desks = 1 ")
        branch.write_text(alone, "utf-8")
        secret = self.folder / "password"
        secret.write_text(f"{PASSWORD}\n", "utf-8")
        who: list[str] = []
        for place, one in zip(("first", "second"), PEOPLE, strict=True):
            who += [f"--{place}", one, f"--{place}-password-file", str(secret)]
        codes = self.central("new-branch", str(branch), *who)
        self.code = dict(line.split("\t") for line in codes.splitlines())[f"{BRANCH}-1"]

    def certified(self) -> tuple[str, str]:
        """A certificate for the loopback address and its key."""
        shown, key = str(self.folder / "centre.pem"), str(self.folder / "centre.key")
        line = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        line += ["-days", "2", "-subj", "/CN=centre of the proof", "-addext", "subjectAltName=IP:127.0.0.1"]
        subprocess.run([*line, "-keyout", key, "-out", shown], check=True, capture_output=True)
        told = subprocess.run(
            ["openssl", "x509", "-in", shown, "-noout", "-fingerprint", "-sha256"],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        self.fingerprint = told.stdout.strip().partition("=")[2]
        return shown, key

    def enrolment(self, fingerprint: str = "") -> str:
        """The file that a desk is enrolled by."""
        return (
            f'centre = "{self.url}"\ncode = "{self.code}"\n'
            f'fingerprint = "{fingerprint or self.fingerprint}"\n'
            f'[desk]\nreceipts = "tcp:127.0.0.1:{self.port}"\nreceipts_answer = "none"\n'
        )


@contextmanager
def office(python: str) -> Iterator[Office]:
    """A centre that serves and a printer that listens, until the end."""
    with tempfile.TemporaryDirectory(prefix="azpost-proof-") as name:
        # The database's own user passes through.
        Path(name).chmod(0o755)
        here = Office(Path(name), python)
        here.founded()
        shown, key = here.certified()
        with _printer(here), _serving(here, shown, key):
            yield here


@contextmanager
def _serving(here: Office, shown: str, key: str) -> Iterator[None]:
    words = ["central", "--embedded", str(here.folder / "centre"), "serve", "--port", "0"]
    words += ["--certificate", shown, "--key", key]
    serving = subprocess.Popen(
        [here.python, "-m", "azpost_desk", *words], cwd=ROOT, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        here.url = serving.stdout.readline().strip() if serving.stdout else ""
        if not here.url.startswith("https://"):
            raise Broken("the centre does not serve")
        yield
    finally:
        serving.terminate()
        serving.wait()


@contextmanager
def _printer(here: Office) -> Iterator[None]:
    with socket.create_server(("127.0.0.1", 0)) as door:
        here.port = int(door.getsockname()[1])
        listening = threading.Thread(target=_keep, args=(door, here.printed), daemon=True)
        listening.start()
        yield


def _keep(door: socket.socket, printed: bytearray) -> None:
    """Take what every caller sends; ends with the door."""
    while True:
        try:
            line, _where = door.accept()
        except OSError:
            return
        with line:
            while len(printed) < PRINT_BYTES_MAX and (came := line.recv(4096)):
                printed += came


@dataclass(frozen=True)
class Hands:
    """A clerk's hands on one X screen.

    Attributes:
        grabbed: the dots of the screen.
        row_bytes: of one line of dots.
        pause_s: between two looks.
    """

    display: str
    grabbed: Callable[[], bytes]
    row_bytes: int
    pause_s: float = 0.2

    def press(self, *names: str) -> None:
        """Keys by their X names (``ctrl+d``, ``Return``), each when the screen has answered the last."""
        for name in names:
            before = self.grabbed()
            subprocess.run(["xdotool", "key", name], env=self._screen(), check=True)
            wait_until(partial(self._has_changed, before), f"an answer to {name}", 20)
            self.rest()

    def tap(self, name: str) -> None:
        """A key that may have nothing to change: the page it opens can be the one on the screen."""
        subprocess.run(["xdotool", "key", name], env=self._screen(), check=True)
        self.rest()

    def _has_changed(self, before: bytes) -> bool:
        return self.grabbed() != before

    def type(self, digits: str) -> None:
        """Digits or letters, then Enter."""
        subprocess.run(["xdotool", "type", "--delay", "120", digits], env=self._screen(), check=True)
        self.press("Return")

    def rest(self, looks: int = 3) -> None:
        """Wait until nothing moves any more but a caret or a clock: so many looks see the same."""
        still, last, pause = 0, self.grabbed(), threading.Event()
        ends = time.monotonic() + 30
        while still < looks:
            pause.wait(self.pause_s)
            now = self.grabbed()
            still = still + 1 if self._is_alike(last, now) else 0
            last = now
            if time.monotonic() > ends:
                raise Broken("the screen does not come to rest")

    def _is_alike(self, one: bytes, other: bytes) -> bool:
        rows = range(0, len(one), self.row_bytes)
        end = self.row_bytes
        return sum(one[at : at + end] != other[at : at + end] for at in rows) <= RESTLESS_ROWS_MAX

    def _screen(self) -> dict[str, str]:
        return {"DISPLAY": self.display, "PATH": "/usr/bin:/bin"}


ROWS_OF_A_COUNT = 14
# A row of a count sheet, from the note of 500 manat down.
TWENTY, ONE, TEN_QAPIK = 4, 7, 10


def counted(hands: Hands, pieces: dict[int, str]) -> None:
    """A count sheet from the first row to the last, then the main button."""
    for row in range(ROWS_OF_A_COUNT):
        if row in pieces:
            hands.type(pieces[row])
        else:
            hands.press("Return")
    hands.press("Return")


def opened(hands: Hands, snap: Callable[[str], None]) -> None:
    """The manager opens the day; the clerk takes over a till with 40 manat and a hundred stamps."""
    hands.press("2")
    hands.type("4680")
    hands.press("ctrl+d", "ctrl+s")
    hands.type("1")
    counted(hands, {TWENTY: "10"})
    snap("day-opened")
    hands.press("ctrl+shift+q", "1")
    hands.type("1357")
    hands.press("ctrl+o", "ctrl+Up")
    counted(hands, {TWENTY: "2"})
    hands.press("ctrl+n", "1", "Return")
    hands.type("100")
    hands.type("QM-1")
    snap("till-opened")


def put_into_basket(hands: Hands) -> None:
    """One stamp of 30 qapik."""
    hands.tap("F6")
    hands.press("1", "Return")


def paid(hands: Hands) -> None:
    """The exact sum in cash."""
    hands.press("F10", "Return")


def printed_late(hands: Hands) -> None:
    """The receipt that is marked in the list of unfinished work, now that the printer can be reached."""
    hands.tap("F11")
    hands.press("ctrl+g")


# Six baskets: the first, the one that was killed with another stamp in it, three around the update, and the
# second user's.
SOLD = (6, 7 * 30)


def till_closed(hands: Hands) -> None:
    """After SOLD the till is counted."""
    hands.press("F7", "ctrl+e")
    counted(hands, {TWENTY: "2", ONE: "2", TEN_QAPIK: "1"})
    hands.press("Return")


def day_closed(hands: Hands) -> None:
    """The manager signs in and closes the day."""
    hands.press("ctrl+shift+q", "2")
    hands.type("4680")
    hands.press("F8", "ctrl+e", "Return")
