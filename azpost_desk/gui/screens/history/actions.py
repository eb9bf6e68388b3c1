"""Names and keys of what can be done with what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.disputing import DISPUTE_KEY
from azpost_desk.gui.kit.screens import Action

if TYPE_CHECKING:
    from collections.abc import Callable

COPY_KEY: Final = "Ctrl+P"
REVERSE_KEY: Final = "Ctrl+Shift+Del"
EXPLAIN_KEY: Final = "Ctrl+E"
EVIDENCE_KEY: Final = "Ctrl+Shift+E"
YEARS_KEY: Final = "Ctrl+F"
THEN_KEY: Final = "Ctrl+M"
STATEMENT_KEY: Final = "Ctrl+B"


def actions(
    copy: Callable[[], object],
    reverse: Callable[[], object],
    dispute: Callable[[], object],
    explain: Callable[[], object],
    years: Callable[[], object],
    then: Callable[[], object],
    statement: Callable[[], object],
    evidence: Callable[[], object],
) -> list[Action]:
    """All acts of the screen."""
    return [
        Action("history.screen.copy", "history.screen.copy", COPY_KEY, Permission.SELL, copy),
        Action(
            "history.screen.reverse", "history.screen.reverse", REVERSE_KEY, Permission.REVERSE_LINE, reverse
        ),
        Action("dispute.act", "dispute.act", DISPUTE_KEY, None, dispute),
        Action("explain.act", "explain.act", EXPLAIN_KEY, None, explain),
        Action("records.search", "records.search", YEARS_KEY, None, years),
        Action("records.then", "records.then", THEN_KEY, None, then),
        Action("records.statement", "records.statement", STATEMENT_KEY, None, statement),
        Action("history.screen.evidence", "history.screen.evidence", EVIDENCE_KEY, Permission.SELL, evidence),
    ]
