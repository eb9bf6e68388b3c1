"""`azpost-desk central people`: who may act at the centre; and how every act asks who does it."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from azpost_desk.central import people
from azpost_desk.central.people import Claim
from azpost_desk.domain.refusals import Refused
from azpost_desk.files import SMALL_BYTES_MAX, content_of
from azpost_desk.programs.central_commands import CLOCK

if TYPE_CHECKING:
    import argparse

    from azpost_desk.central.storage.database import Connection


def signs(parser: argparse.ArgumentParser, name: str, says: str, *, required: bool = True) -> None:
    """The act bears a name: `--NAME`, proven by a password that is typed, or read from a file."""
    parser.add_argument(f"--{name}", required=required, metavar="PERSON", help=says)
    parser.add_argument(
        f"--{name}-password-file", type=Path, metavar="FILE", help="instead of typing the password"
    )


def proven(wanted: argparse.Namespace, conn: Connection, name: str) -> str:
    """Whoever `--NAME` says, when their password is right."""
    return people.proven(conn, _claim(wanted, name), CLOCK.utc_ms())


def both(wanted: argparse.Namespace, conn: Connection) -> tuple[str, str]:
    """`--first` and `--second`, each proven by a password of their own."""
    return people.two(conn, _claim(wanted, "first"), _claim(wanted, "second"), CLOCK.utc_ms())


def add(commands: Any) -> None:
    """`people list | add | remove | own-password`."""
    says = "who may act at the centre: each has a password, and where two must act both type theirs"
    acts = commands.add_parser("people", help=says, description=says).add_subparsers(
        required=True, metavar="ACT"
    )
    one = acts.add_parser("list", help="who they are, and whose password is not their own yet")
    one.set_defaults(act=_list)
    says = "enter somebody, or give them a new password; beyond the first two, two of them must act"
    one = acts.add_parser("add", help=says, description=says)
    one.set_defaults(act=_add)
    _about(one)
    one = acts.add_parser("remove", help="take somebody off the list")
    one.set_defaults(act=_remove)
    one.add_argument("name")
    for name in ("first", "second"):
        signs(one, name, "who consents")
    one = acts.add_parser("own-password", help="set one's own password")
    one.set_defaults(act=_own)
    one.add_argument("name")
    for name in ("password-file", "new-password-file"):
        one.add_argument(f"--{name}", type=Path, metavar="FILE", help="instead of typing it")


def _about(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("--password-file", type=Path, metavar="FILE", help="instead of typing it")
    for name in ("first", "second"):
        signs(parser, name, "who consents", required=False)


def _list(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    for name, is_own in people.listed(conn):
        print(f"{name}\t{'works' if is_own else 'must set a password of their own'}")


def _add(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    by = (_claim(wanted, "first"), _claim(wanted, "second")) if wanted.first and wanted.second else None
    password = _new_password(wanted.password_file, f"Password for {wanted.name}: ", wanted.name)
    people.add(conn, wanted.name, password, by, CLOCK.utc_ms())


def _remove(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    people.remove(conn, wanted.name, (_claim(wanted, "first"), _claim(wanted, "second")), CLOCK.utc_ms())


def _own(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    old = _password(wanted.password_file, f"Present password of {wanted.name}: ")
    new = _new_password(wanted.new_password_file, f"New password of {wanted.name}: ", wanted.name)
    people.change_own(conn, Claim(wanted.name, old), new, CLOCK.utc_ms())


def _claim(wanted: argparse.Namespace, name: str) -> Claim:
    person = getattr(wanted, name)
    file = getattr(wanted, f"{name}_password_file")
    return Claim(person, _password(file, f"Password of {person}: "))


def _new_password(file: Path | None, asks: str, name: str) -> str:
    """Typed unseen it is typed twice: one slip of the first two, and nobody could ever consent again."""
    password = _password(file, asks)
    if file is None and sys.stdin.isatty() and _password(None, f"Once more, for {name}: ") != password:
        raise Refused("X-111")
    return password


def _password(file: Path | None, asks: str) -> str:
    if file is not None:
        return content_of(file, SMALL_BYTES_MAX).decode("utf-8").rstrip("\r\n")
    return getpass.getpass(asks) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
