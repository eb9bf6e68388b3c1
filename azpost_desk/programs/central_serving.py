"""`central serve --config FILE`: what the centre serves with, from one checked file; flags win over it.

In: the command line and the file. Out: the same command line with every gap filled, or one sentence with the
file's line. No secret stands in the file: it names files, or credentials that systemd hands over.
"""

from __future__ import annotations

import argparse
import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from azpost_desk.domain.refusals import Trouble
from azpost_desk.programs.desk_settings import read_settings, wrong_line
from azpost_desk.programs.dsn import without_password

if TYPE_CHECKING:
    from azpost_desk.programs.central_commands import Command

_CREDENTIAL: Final = "credential:"
# A path, or a credential by its name: no name leads out of the folder that systemd made.
_Place = Annotated[str, msgspec.Meta(pattern=r"^(?!credential:)|^credential:[A-Za-z0-9_][A-Za-z0-9._-]*$")]
_FILES: Final = ("connectors", "channels", "messages", "rail")


class ServeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every line of the file, with what holds where it is missing.

    A place is a path (without a leading slash beside the file), or "credential:NAME" for what systemd's
    LoadCredential= brings.

    Attributes:
        dsn: the PostgreSQL, a libpq address without a password.
        passfile: place of libpq's password file; "" where the server asks for none.
        host: address of this machine on which desks are answered.
        port: its port.
        certificate: place of the PEM file with the certificate; "" serves in clear, within this machine only.
        key: place of the certificate's private key.
        connectors: place of the file that says how billers are reached.
        channels: the same of partners abroad.
        messages: the same of people.
        rail: the same of the instant rail.
    """

    dsn: str = ""
    passfile: _Place = ""
    host: Annotated[str, msgspec.Meta(min_length=1)] = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8470
    certificate: _Place = ""
    key: _Place = ""
    connectors: _Place = ""
    channels: _Place = ""
    messages: _Place = ""
    rail: _Place = ""


def options(command: Command, act: object) -> None:
    """The command `serve` with its flags; which of them are missing `fill` finds."""
    serve = command("serve", act, "answer desks until stopped")  # type: ignore[arg-type]
    serve.add_argument("--config", type=Path, metavar="FILE", help="all of this from a file (template serve)")
    serve.add_argument("--host", help="default: 127.0.0.1")
    serve.add_argument("--port", type=int, help="default: 8470")
    serve.add_argument("--certificate", type=Path, help="PEM file: serve over TLS (with --key)")
    serve.add_argument("--key", type=Path, help="PEM file: the certificate's private key")
    serve.add_argument("--connectors", type=Path, help="how billers are reached (see: template connectors)")
    serve.add_argument("--channels", type=Path, help="how partners abroad are reached (template channels)")
    serve.add_argument("--messages", type=Path, help="how people are reached (see: template messages)")
    serve.add_argument("--rail", type=Path, help="how the instant rail is reached (see: template rail)")


def fill(wanted: argparse.Namespace) -> None:
    """Put what the file says, else the usual, where the command line says nothing.

    Raises:
        Trouble: G-080 with the line when the file says something else than a centre understands; G-172 a
            credential that it names was not handed over.
    """
    file: Path | None = wanted.config
    said = _said(file) if file is not None else ServeSettings()
    beside = file.absolute() if file is not None else Path.cwd()
    if not (wanted.dsn or wanted.embedded) and said.dsn:
        wanted.dsn = _address(said, beside)
    for name in ("host", "port"):
        if getattr(wanted, name) is None:
            setattr(wanted, name, getattr(said, name))
    # A certificate goes with its own key: never one from here and the other from there.
    pair = ("certificate", "key") if wanted.certificate is None and wanted.key is None else ()
    for name in (*pair, *_FILES):
        if getattr(wanted, name) is None and getattr(said, name):
            setattr(wanted, name, _place(getattr(said, name), beside))


def _said(file: Path) -> ServeSettings:
    try:
        said = read_settings(file, ServeSettings)
    except FileNotFoundError as missing:
        raise Trouble("G-080", file=str(file), line=0, why="there is no such file") from missing
    if bool(said.certificate) != bool(said.key):
        name = "certificate" if said.certificate else "key"
        raise wrong_line(file, name, "certificate and key belong together")
    if said.passfile and not said.dsn:
        raise wrong_line(file, "passfile", "a password file without dsn")
    if said.dsn:
        try:
            without_password(said.dsn)
        except argparse.ArgumentTypeError as wrong:
            raise wrong_line(file, "dsn", str(wrong)) from wrong
    return said


def _address(said: ServeSettings, beside: Path) -> str:
    if not said.passfile:
        return said.dsn
    from psycopg.conninfo import make_conninfo

    return make_conninfo(said.dsn, passfile=str(_place(said.passfile, beside)))


def _place(said: str, beside: Path) -> Path:
    """Where the file lies that a line names."""
    name = said.removeprefix(_CREDENTIAL)
    if name == said:
        return beside.parent / said
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    if not folder or not (Path(folder) / name).is_file():
        raise Trouble("G-172", name=name, file=str(beside))
    return Path(folder) / name


def notify(state: str) -> None:
    """Tell systemd what this service does ("READY=1", "STOPPING=1"); nothing where nobody listens."""
    place = os.environ.get("NOTIFY_SOCKET", "")
    if not place or not hasattr(socket, "AF_UNIX"):
        return
    # A name that begins with @ is no file.
    address = f"\0{place[1:]}" if place.startswith("@") else place
    # Whoever listens may have gone: that keeps nobody from serving.
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.sendto(state.encode("utf-8"), address)
