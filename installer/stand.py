"""The bare system of the proof: what is put into it, what is run in it and as whom, and all it answered."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from counter import Broken

if TYPE_CHECKING:
    from pathlib import Path

    import counter


@dataclass
class Stand:
    """The bare system and what is put into it.

    Attributes:
        root: its folder.
        packages, newer: two builds; newer has the larger version.
        out: where pictures and the log go.
        python: this checkout's own, with the centre's libraries: the centre stands outside.
        said: everything that was run, and what it answered.
        books: the desk's folder inside; "" is the user's own.
        office: the centre and the printer outside, once they stand; they end with `ends`.
    """

    root: Path
    packages: list[Path]
    newer: list[Path]
    out: Path
    mirror: str
    python: str
    said: list[str] = field(default_factory=list)
    books: str = ""
    office: counter.Office | None = None
    ends: ExitStack = field(default_factory=ExitStack)

    def run(self, command: str, user: str = "root", wanted: int | None = 0, network: bool = True) -> str:
        """A shell line inside, as `user`; without `network` it has not even a loopback.

        Raises:
            Broken: its exit code is not the one wanted (None: any).
        """
        done = subprocess.run(
            self.command(command, user, network), capture_output=True, text=True, check=False, timeout=600
        )
        answer = done.stdout + done.stderr
        self.said.append(f"$ {user}: {command}\n{answer}= {done.returncode}\n")
        if wanted is not None and done.returncode != wanted:
            raise Broken(f"{command!r} ended with {done.returncode}: {answer.strip()[-600:]}")
        return answer

    def command(self, command: str, user: str = "root", network: bool = True) -> list[str]:
        """The whole command line for `run`."""
        home = "/root" if user == "root" else f"/home/{user}"
        inside = ["env", "-i", f"HOME={home}", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TERM=dumb", "LANG=C"]
        inside += [f"AZPOST_DATA={self.books}"] if self.books else []
        change = ["chroot", *([f"--userspec={user}:{user}"] if user != "root" else []), str(self.root)]
        return [*([] if network else ["unshare", "--net"]), *change, *inside, "sh", "-c", command]

    def outside(self) -> counter.Office:
        """The centre and the printer.

        Raises:
            Broken: they do not stand yet.
        """
        if self.office is None:
            raise Broken("there is no centre yet")
        return self.office

    @property
    def both(self) -> list[Path]:
        """The newer application with its runtime, which may be that of the older one."""
        has_runtime = any("-runtime-" in path.name for path in self.newer)
        return self.newer + [path for path in self.packages if "-runtime-" in path.name and not has_runtime]

    def put(self, files: list[Path]) -> str:
        """Copies of these packages inside; their paths there."""
        for file in files:
            shutil.copy(file, self.root / "tmp" / file.name)
        return " ".join(f"/tmp/{file.name}" for file in files)
