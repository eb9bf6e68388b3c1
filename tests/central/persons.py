"""People of a centre for tests: entered, each with a password of their own, and the words that prove it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.central.people import Claim

if TYPE_CHECKING:
    from pathlib import Path

    from azpost_desk.central.storage.database import Connection

PASSWORD = "correct horse"


def enter(conn: Connection, *names: str) -> None:
    """Enter people as if each had set the own password."""
    from argon2 import PasswordHasher

    # Cheap on purpose: what is tested here is not how slow it is.
    secret = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    for name in names:
        conn.execute(
            "insert into people (name, secret, set_by, made_ms) values (%s, %s, '', 0)", (name, secret)
        )


def claim(name: str, password: str = PASSWORD) -> Claim:
    return Claim(name, password)


def signed(folder: Path, **names: str) -> tuple[str, ...]:
    """Command-line words: `signed(folder, first="a", second="b")`."""
    file = folder / "password"
    file.write_text(f"{PASSWORD}\n", "utf-8")
    words: list[str] = []
    for option, name in names.items():
        words += [f"--{option}", name, f"--{option}-password-file", str(file)]
    return tuple(words)
