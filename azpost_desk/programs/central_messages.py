"""`azpost-desk central messages | messages-pause | messages-open | message-end`; carriers from a file."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import msgspec

from azpost_desk.central.gateways.sms_json import JsonSms
from azpost_desk.central.gateways.smtp import CLEAR, SECURITIES, STARTTLS, MailServer, SmtpMail
from azpost_desk.central.messaging import looking
from azpost_desk.central.registry import files
from azpost_desk.domain.messages import MAIL, SMS, is_mail_address
from azpost_desk.domain.refusals import Refused
from azpost_desk.programs.central_commands import CLOCK, Command, secret_beside
from azpost_desk.protocol.addresses import is_guarded, is_loopback
from azpost_desk.texts.sentences import local

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from azpost_desk.central.gateways.messages import Carrier
    from azpost_desk.central.storage.database import Connection

_HEAD = ("message", "kind", "about", "channel", "contact", "state", "attempts", "waits for", "next", "reason")


class SmsFile(msgspec.Struct, frozen=True):
    """The network of text messages; `key_file` lies beside the file that names it."""

    url: str
    key_file: str


class MailFile(msgspec.Struct, frozen=True):
    """The mail server; `password_file` and `authority` lie beside the file that names them."""

    host: str
    sender: str
    port: int = 587
    security: str = STARTTLS
    user: str = ""
    password_file: str = ""
    authority: str = ""


class MessagesFile(msgspec.Struct, frozen=True):
    """How people are reached; what is left out is not served, and its messages wait."""

    sms: SmsFile | None = None
    mail: MailFile | None = None


def add(command: Command) -> None:
    """What people do about messages."""
    says = "messages that wait or failed, without anybody's address"
    command("messages", _messages, says).add_argument("--json", action="store_true", help="a JSON list")
    paused = command("messages-pause", _pause, "send no message to anybody until messages-open")
    command("messages-open", _open, "send what waited")
    says = "whom a failed message did not reach was told in another way, or cannot be"
    ended = command("message-end", _end, says, "message")
    for one in (paused, ended):
        for name in ("--by", "--why"):
            one.add_argument(name, required=True)


def reached(file: Path | None) -> dict[str, Carrier]:
    """The carriers by channel, from the messages' file; none without one.

    Raises:
        WrongFile: X-100 to X-104. Refused: X-160 in clear beyond this machine. OSError: a key.
    """
    said = files.read(file, MessagesFile) if file else MessagesFile()
    carriers: dict[str, Carrier] = {}
    if file and said.sms:
        if not is_guarded(said.sms.url):
            raise Refused("X-160", place=said.sms.url)
        carriers[SMS] = JsonSms(said.sms.url, secret_beside(file, "sms.key_file", said.sms.key_file))
    if file and said.mail:
        carriers[MAIL] = SmtpMail(_mail_server(file, said.mail))
    return carriers


def _mail_server(file: Path, said: MailFile) -> MailServer:
    def wrong(field: str) -> files.WrongFile:
        return files.wrong(file.name, f"mail.{field}", f"mail_{field}", getattr(said, field))

    if said.security not in SECURITIES:
        raise wrong("security")
    if not is_mail_address(said.sender):
        raise wrong("sender")
    if not 0 < said.port < 65_536:
        raise wrong("port")
    if bool(said.user) != bool(said.password_file):
        raise wrong("user")
    if said.security == CLEAR and not is_loopback(said.host):
        raise Refused("X-160", place=said.host)
    authority = str(file.parent / said.authority) if said.authority else ""
    if authority:
        try:
            # Said now: at the first mail it would only look like a server that is away.
            ssl.create_default_context(cafile=authority)
        except OSError as fault:
            raise files.wrong(file.name, "mail.authority", "certificate", said.authority) from fault
    return MailServer(
        host=said.host,
        port=said.port,
        security=said.security,
        sender=said.sender,
        user=said.user,
        password=secret_beside(file, "mail.password_file", said.password_file) if said.user else "",
        authority=authority,
    )


def _messages(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    listed = looking.waiting(conn, CLOCK.utc_ms())
    if wanted.json:
        rows = [
            {
                **{name: value for name, value in msgspec.structs.asdict(one).items() if name[-3:] != "_ms"},
                "made": _when(one.made_ms),
                "next": _when(one.next_ms),
            }
            for one in listed
        ]
        print(msgspec.json.encode(rows).decode())
        return
    print(*_HEAD, sep="\t")
    for one in listed:
        shown = (one.message, one.kind, one.about, one.channel, one.contact, one.state, one.attempts)
        print(*shown, one.waits_for, _when(one.next_ms) or "-", one.reason or "-", sep="\t")


def _pause(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    looking.pause(conn, wanted.by, wanted.why, CLOCK.utc_ms())


def _open(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    looking.go_on(conn)


def _end(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    with conn.transaction():
        looking.end(conn, wanted.message, wanted.by, wanted.why, CLOCK.utc_ms())


def _when(at_ms: int) -> str:
    return local(at_ms).isoformat(timespec="seconds") if at_ms else ""
