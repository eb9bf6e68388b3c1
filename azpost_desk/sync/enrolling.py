"""A desk introduces itself to the centre with its one-time code and learns who it is.

When nobody answers as a centre does, the address that was typed is looked at again: whether it is the name,
the port or http and https that is wrong, so that whoever stands there knows which letter to change.
"""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol import messages
from azpost_desk.protocol.questions import ENROL
from azpost_desk.sync.ports import CONNECT_SECONDS
from azpost_desk.sync.wire import Wire

if TYPE_CHECKING:
    from azpost_desk.protocol.keys import SigningKey

# What the address may be to blame for; of everything else the line's own code says enough.
_DOUBTFUL: Final = frozenset({"L-001", "L-002", "L-003", "L-004"})


def enrol(
    url: str, code: str, signing_key: SigningKey, software: str, verify: bool | str = True
) -> messages.Enrolled:
    """Enrol with a one-time code. Repeating it with the same code and key gives the same answer.

    Args:
        code: as the centre printed it; case, spaces and dashes do not matter.
        signing_key: new for this epoch; its public half becomes the desk's.
        software: name and version of this program.

    Raises:
        Trouble: L-001 to L-004, L-009: nothing is known; try again with the same key. Or what is wrong with
            the address: L-021, L-023 no such name, L-024 nothing at that port, L-025 nobody answers, L-026
            http is spoken there, L-027 https is spoken there, L-028 something else than a centre.
        Refused: L-014 when the centre does not accept the code (unknown, used, too old).
    """
    wire = Wire(url, verify)
    question = messages.Enrol(
        version=messages.VERSION,
        code=code.strip(),
        public_key=signing_key.public(),
        software=software,
    )
    try:
        return wire.post(ENROL, question, "", signing_key)
    except Trouble as trouble:
        if trouble.code == "L-005":
            raise Refused("L-014", "code") from trouble
        if trouble.code in _DOUBTFUL:
            raise (_wrong_address(url, trouble) or trouble) from trouble
        raise
    finally:
        wire.hang_up()


def _wrong_address(url: str, trouble: Trouble) -> Trouble | None:
    """What is wrong with the address, as far as one more look can tell; None where it seems right."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError):
        return Trouble("L-023", address=url.strip())
    try:
        with socket.create_connection((host, port), CONNECT_SECONDS) as found:
            found.settimeout(CONNECT_SECONDS)
            is_tls = _speaks_tls(found, host)
    except ConnectionRefusedError:
        return Trouble("L-024", host=host, port=str(port))
    except OSError:
        return Trouble("L-025", host=host, port=str(port))
    if is_tls and parts.scheme == "http":
        return Trouble("L-027", host=host, port=str(port))
    if not is_tls and parts.scheme == "https":
        return Trouble("L-026", host=host, port=str(port))
    return Trouble("L-028", host=host, port=str(port)) if trouble.code == "L-003" else None


def _speaks_tls(found: socket.socket, host: str) -> bool:
    """Whether a certificate is shown there, whoever vouches for it; nothing there is believed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with suppress(OSError), context.wrap_socket(found, server_hostname=host):
        return True
    return False
