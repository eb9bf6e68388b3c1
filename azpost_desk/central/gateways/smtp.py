"""A mail server reached by SMTP: one connection for each mail, over TLS, ended in time however slow it is.

Its 4xx is for now; its 5xx about the receiver or the mail is final; about us or our password it is ours to
mend, so for now. Silence after the mail says nothing: it leaves again under the same Message-ID.
"""

from __future__ import annotations

import datetime as dt
import smtplib
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as SMTP_LINES
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Final

from azpost_desk.central.gateways.messages import Carried, Outgoing

if TYPE_CHECKING:
    from collections.abc import Iterator

STARTTLS: Final = "starttls"
TLS: Final = "tls"
CLEAR: Final = "clear"
SECURITIES: Final = (STARTTLS, TLS, CLEAR)


@dataclass(frozen=True, slots=True)
class MailServer:
    """How a mail server is reached.

    Attributes:
        security: of SECURITIES; ``clear`` never leaves this machine.
        sender: the address mail comes from.
        user, password: empty where it lets us in without.
        authority: a PEM file with the certificate that is trusted; empty: those the system trusts.
    """

    host: str
    port: int
    security: str
    sender: str
    user: str = ""
    password: str = ""
    authority: str = ""


class SmtpMail:
    """One mail server. Safe to use from several threads.

    Args:
        step_s: the limit of each step, also of connecting.
        whole_s: the limit of a whole exchange; the library's own begins anew with every byte.
    """

    def __init__(self, server: MailServer, *, step_s: float = 20, whole_s: float = 60) -> None:
        self._server = server
        self._step_s = step_s
        self._whole_s = whole_s

    def send(self, message: Outgoing) -> Carried:
        """See `Carrier.send`."""
        mail = _mail(self._server.sender, message)
        try:
            with self._session() as session:
                session.sendmail(self._server.sender, [message.to], mail)
        except smtplib.SMTPRecipientsRefused as refused:
            return _answered(refused.recipients[message.to][0])
        except (smtplib.SMTPSenderRefused, smtplib.SMTPAuthenticationError, smtplib.SMTPHeloError) as refused:
            return Carried("failed_for_now", "not_let_in", str(refused.smtp_code))
        except smtplib.SMTPNotSupportedError:
            return Carried("failed_for_now", "not_let_in")
        except smtplib.SMTPConnectError as refused:
            return Carried("failed_for_now", "not_let_in", str(refused.smtp_code))
        except smtplib.SMTPResponseException as refused:
            return _answered(refused.smtp_code)
        except TimeoutError:
            return Carried("failed_for_now", "timeout")
        except ConnectionRefusedError:
            return Carried("failed_for_now", "not_reached")
        except (OSError, smtplib.SMTPException, ValueError):
            # Also lines that the library cannot make sense of.
            return Carried("failed_for_now", "no_connection")
        return Carried("delivered")

    def again(self, message: Outgoing) -> Carried:
        """See `Carrier.again`: a mail server is asked nothing."""
        return self.send(message)

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        server = self._server
        context = ssl.create_default_context(cafile=server.authority or None)
        session = _Session(server.host, context if server.security == TLS else None, self._step_s)
        ending = threading.Timer(self._whole_s, session.cut)
        ending.daemon = True
        ending.start()
        try:
            code, _ = session.connect(server.host, server.port)
            if code != 220:
                raise smtplib.SMTPConnectError(code, b"")
            if server.security == STARTTLS:
                session.starttls(context=context)
            if server.user:
                session.login(server.user, server.password)
            yield session
            with suppress(smtplib.SMTPException, OSError):
                # It has the mail.
                session.quit()
        finally:
            ending.cancel()
            session.end()


class _Session(smtplib.SMTP):
    """A session that another thread can cut off, in whatever it is."""

    def __init__(self, host: str, context: ssl.SSLContext | None, step_s: float) -> None:
        self._context = context
        self._line: socket.socket | None = None
        self._is_cut = False
        super().__init__(timeout=step_s)
        # Connected later than made: the library takes the name to check from here.
        self._host = host

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        line = socket.create_connection((host, port), timeout)
        # A second name of the connection: the first one passes into TLS.
        self._line = line.dup()
        return self._context.wrap_socket(line, server_hostname=host) if self._context else line

    def getreply(self) -> tuple[int, bytes]:
        """As the library reads it; what a cut line had said so far is no answer."""
        reply = super().getreply()
        if self._is_cut:
            raise TimeoutError
        return reply

    def cut(self) -> None:
        """End the exchange wherever it is."""
        self._is_cut = True
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        """Give everything back."""
        self.close()
        if self._line is not None:
            self._line.close()


def _answered(code: int) -> Carried:
    return Carried("failed" if 500 <= code < 600 else "failed_for_now", f"smtp_{code}")


def _mail(sender: str, message: Outgoing) -> bytes:
    mail = EmailMessage(policy=SMTP_LINES)
    mail["From"] = sender
    mail["To"] = message.to
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(dt.datetime.fromtimestamp(message.made_ms / 1000, dt.UTC))
    mail["Message-ID"] = f"<{message.message}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    # Seven bits: every server takes it.
    mail.set_content(message.text, cte="base64")
    return mail.as_bytes()
