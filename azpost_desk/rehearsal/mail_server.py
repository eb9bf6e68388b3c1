"""The sandbox mail server: SMTP over a real socket, in clear, STARTTLS or TLS, with faults on demand."""

from __future__ import annotations

import base64
import email
import socketserver
import threading
from collections import deque
from dataclasses import dataclass
from email.policy import default
from typing import TYPE_CHECKING, Final, Literal, Self

if TYPE_CHECKING:
    import ssl
    from email.message import EmailMessage

MAIL_USER: Final = "post"
MAIL_PASSWORD: Final = "sandbox-mail-password"
# Where a session goes wrong; a fault's answer is said there, or with an empty one the line drops.
Step = Literal["greeting", "auth", "sender", "receiver", "data", "content", "after"]
_SAYS: Final = {"receiver": "250 ok", "sender": "250 ok", "data": "354 go on", "content": "250 taken"}


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong in one session: at `step` it says `answer`; "" hangs up, "…" never ends its answer."""

    step: Step
    answer: str


class SandboxMail:
    """A server on a loopback port while the ``with`` block lasts.

    Args:
        tls: its certificate; offered by STARTTLS, or from the first byte on with `from_the_start`.

    Attributes:
        mails: every mail it took, in order.
        sessions: how often somebody connected.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, *, from_the_start: bool = False) -> None:
        self.tls, self.from_the_start = tls, from_the_start
        self.mails: list[EmailMessage] = []
        self.sessions = 0
        self.closing = threading.Event()
        self._faults: deque[Fault] = deque()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def port(self) -> int:
        """Where it answers on 127.0.0.1."""
        return int(self._server.server_address[1])

    def fail_next(self, step: Step, answer: str) -> None:
        """Queue a fault for the next session."""
        self._faults.append(Fault(step, answer))

    def fault(self) -> Fault | None:
        """The fault of the session that begins."""
        self.sessions += 1
        return self._faults.popleft() if self._faults else None


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, played: SandboxMail) -> None:
        self.played = played
        super().__init__(("127.0.0.1", 0), _Session)


class _HangUpError(Exception):
    """The line drops."""


class _Session(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        played = self.server.played
        self._fault = played.fault()
        self._is_guarded = False
        try:
            if played.tls and played.from_the_start:
                self._guard(played.tls)
            self._say("greeting", "220 sandbox ESMTP")
            while line := self.rfile.readline(2048):
                if not self._heard(line.decode("ascii").strip()):
                    return
        except (_HangUpError, OSError):
            # What the faults are for, and whoever was told no.
            return

    def finish(self) -> None:
        """End the guarded line too, which the server knows nothing of."""
        super().finish()
        self.request.close()

    def _heard(self, line: str) -> bool:
        """Answer one command; whether the session goes on."""
        played, (verb, _, rest) = self.server.played, line.partition(" ")
        match verb.upper():
            case "EHLO":
                offers = "STARTTLS" if played.tls and not self._is_guarded else "AUTH PLAIN"
                self._write(f"250-sandbox\r\n250 {offers}")
            case "STARTTLS" if played.tls:
                self._write("220 go on")
                self._guard(played.tls)
            case "AUTH":
                wanted = base64.b64encode(f"\0{MAIL_USER}\0{MAIL_PASSWORD}".encode()).decode()
                self._say("auth", "235 welcome" if rest == f"PLAIN {wanted}" else "535 who are you")
            case "MAIL":
                self._say("sender", _SAYS["sender"])
            case "RCPT":
                self._say("receiver", _SAYS["receiver"])
            case "DATA":
                if self._say("data", _SAYS["data"]):
                    self._take()
            case "RSET":
                self._write("250 ok")
            case "QUIT":
                self._write("221 bye")
                return False
            case _:
                self._write("500 what")
        return True

    def _take(self) -> None:
        content = bytearray()
        while (line := self.rfile.readline(4096)) not in (b".\r\n", b""):
            content += line.removeprefix(b".")
        if self._fault is None or self._fault.step != "content":
            self.server.played.mails.append(email.message_from_bytes(bytes(content), policy=default))
        # Taken, and yet whoever sent it does not hear so.
        if self._fault is not None and self._fault.step == "after":
            raise _HangUpError
        self._say("content", _SAYS["content"])

    def _say(self, step: Step, sound: str) -> bool:
        """Say what a sound server would, or what the fault says; whether it was the sound one."""
        if self._fault is None or self._fault.step != step:
            self._write(sound)
            return True
        if not self._fault.answer:
            raise _HangUpError
        if self._fault.answer == "…":
            # Byte for byte, so that no time limit of a single step ever ends.
            while not self.server.played.closing.wait(0.02):
                self.wfile.write(b"2")
            raise _HangUpError
        self._write(self._fault.answer)
        return False

    def _write(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode("ascii"))

    def _guard(self, tls: ssl.SSLContext) -> None:
        self.request = tls.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
        self._is_guarded = True
