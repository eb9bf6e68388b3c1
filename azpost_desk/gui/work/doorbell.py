"""One window per desk: a second start rings at the first one's door and leaves."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QHostAddress, QTcpServer

if TYPE_CHECKING:
    from collections.abc import Callable

_SECONDS_MAX: Final = 2.0


class Doorbell(QObject):
    """Listens on this machine only; whoever connects has rung. Nothing is read, nothing answered.

    Attributes:
        port: where to ring; 0 when no port could be had (then a second start only says why it ends).
    """

    def __init__(self, rung: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rung = rung
        self._server = QTcpServer(self)
        listening = self._server.listen(QHostAddress(QHostAddress.SpecialAddress.LocalHost), 0)
        self.port = self._server.serverPort() if listening else 0
        self._server.newConnection.connect(self._on_ring)

    def _on_ring(self) -> None:
        while (visitor := self._server.nextPendingConnection()) is not None:
            visitor.close()
            visitor.deleteLater()
        self._rung()

    def close(self) -> None:
        """Stop listening."""
        self._server.close()


def ring(port: int) -> bool:
    """Ring at another program's door; False when nobody opens."""
    if not port:
        return False
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=_SECONDS_MAX):
            return True
    except OSError:
        return False
