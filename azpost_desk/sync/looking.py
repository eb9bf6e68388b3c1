"""Looks at the centre from a counter as nobody in particular: whether it answers, its certificate and clock.

No desk's key signs anything here: beside a running desk a second voice of the same chain would be a copy.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from cryptography import x509
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from azpost_desk.domain.digits import is_digits
from azpost_desk.protocol.addresses import TIME_PATH, is_guarded
from azpost_desk.sync.ports import CONNECT_SECONDS

if TYPE_CHECKING:
    from azpost_desk.sync.ports import Clock

_ANSWER_BYTES_MAX: Final = 64
_ROUND_TRIP_MS_MAX: Final = 10_000


@dataclass(frozen=True, slots=True)
class CentreSeen:
    """What was seen.

    Attributes:
        trouble: the L-code of why nothing more is known, "" when the centre answered.
        clock_off_ms: the centre's clock minus ours; None when it was not told, or too slowly.
        certificate_until_ms: when the certificate that was shown ends, UTC; None over http, or unseen.
    """

    trouble: str
    clock_off_ms: int | None = None
    certificate_until_ms: int | None = None


def look_at(url: str, clock: Clock, verify: bool | str = True) -> CentreSeen:
    """Ask the centre at `url` for its time; `verify` as for the line. May take some seconds."""
    if not is_guarded(url):
        return CentreSeen("L-021")
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    until_ms = None
    try:
        if parts.scheme == "https":
            until_ms = _until_ms(host, port)
        return CentreSeen("", _clock_off_ms((host, port), parts.scheme, clock, verify), until_ms)
    except ssl.SSLError:
        return CentreSeen("L-004", certificate_until_ms=until_ms)
    except TimeoutError:
        return CentreSeen("L-002", certificate_until_ms=until_ms)
    except (OSError, http.client.HTTPException):
        return CentreSeen("L-001", certificate_until_ms=until_ms)


def _until_ms(host: str, port: int) -> int:
    """When the certificate ends that is shown there; nothing is sent, and nobody believed."""
    unproven = ssl.create_default_context()
    unproven.check_hostname = False
    unproven.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection((host, port), CONNECT_SECONDS) as plain,
        unproven.wrap_socket(plain, server_hostname=host) as guarded,
    ):
        shown = guarded.getpeercert(binary_form=True)
    if shown is None:
        raise ssl.SSLError("no certificate")
    try:
        return int(x509.load_der_x509_certificate(shown).not_valid_after_utc.timestamp() * 1000)
    except ValueError as strange:
        raise ssl.SSLError("no certificate") from strange


def _clock_off_ms(place: tuple[str, int], scheme: str, clock: Clock, verify: bool | str) -> int | None:
    connection: http.client.HTTPConnection
    if scheme == "https":
        # Those that the line believes, no others.
        believed = verify if isinstance(verify, str) else DEFAULT_CA_BUNDLE_PATH
        trusted = ssl.create_default_context(cafile=believed)
        connection = http.client.HTTPSConnection(*place, timeout=CONNECT_SECONDS, context=trusted)
    else:
        connection = http.client.HTTPConnection(*place, timeout=CONNECT_SECONDS)
    try:
        connection.connect()
        sent_ms, started_ms = clock.utc_ms(), clock.monotonic_ms()
        connection.request("GET", TIME_PATH)
        answer = connection.getresponse()
        said = answer.read(_ANSWER_BYTES_MAX)
        took_ms = clock.monotonic_ms() - started_ms
    finally:
        connection.close()
    figures = said.decode("ascii", "replace")
    if answer.status != 200 or not is_digits(figures) or took_ms > _ROUND_TRIP_MS_MAX:
        # A centre of before does not tell; its line works all the same.
        return None
    return int(figures) - (sent_ms + took_ms // 2)
