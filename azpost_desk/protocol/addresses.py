"""Addresses of the centre: in clear only within one machine, over TLS everywhere else (A-07)."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import urlsplit

TIME_PATH: Final = "/time"
"""Where the centre tells anybody its clock, UTC milliseconds in figures."""


def is_loopback(host: str) -> bool:
    """Whether `host` (a name, or an address with or without brackets) never leaves this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_guarded(url: str) -> bool:
    """Whether what travels to `url` is either encrypted or never leaves this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))
