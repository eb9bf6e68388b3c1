"""What the list of disputes shows, and who may do what with one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from azpost_desk.domain.operations_disputes import figure_of
from azpost_desk.domain.staff import PERMISSIONS, Permission
from azpost_desk.services.disputes import OPEN

if TYPE_CHECKING:
    from azpost_desk.domain.money import Money
    from azpost_desk.services.counter import Officer
    from azpost_desk.services.desk import DeskServices
    from azpost_desk.services.disputes import Listed
    from azpost_desk.services.disputes import Row as ListedRow
    from azpost_desk.services.views import Case, Dispute

Standing = Literal["open", "overdue", "answered", "escalated", "closed", "case"]


@dataclass(frozen=True, slots=True)
class Row:
    """One dispute or case as of a moment.

    Attributes:
        what: word of ``dispute.figure.…``, "" for a case: then `reason` says what the program found.
        opens: the record to open in the history, "" where there is none.
    """

    number: str
    dispute: Dispute | None
    what: str
    reason: str
    value: Money | int | None
    officer: str
    standing: Standing
    due: str
    age_days: int
    raised_ms: int
    opens: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A row with the words of whoever raised it, "" where they were erased or never were."""

    row: Row
    words: str


def rows(listed: Listed) -> list[Row]:
    """What is overdue first, then what waits, then the rest; newest first within each."""
    made = [_dispute(one) for one in listed.disputes]
    made += [_case(one, age) for one, age in listed.cases]
    order = ("overdue", "answered", "open", "escalated", "case", "closed")
    return sorted(made, key=lambda row: (order.index(row.standing), -row.raised_ms))


def _dispute(listed: ListedRow) -> Row:
    one = listed.dispute
    standings: dict[str, Standing] = {
        "open": "open",
        "answered": "answered",
        "escalated": "escalated",
        "closed": "closed",
    }
    standing: Standing = "overdue" if listed.overdue else standings[one.state]
    return Row(
        one.dispute,
        one,
        one.figure,
        "",
        figure_of(one.value, one.unit),
        listed.officer,
        standing,
        one.due,
        listed.age_days,
        one.raised_ms,
        listed.record,
    )


def _case(one: Case, age_days: int) -> Row:
    return Row(one.case, None, "", one.reason, None, "", "case", "", age_days, one.raised_ms, "")


def opened(desk: DeskServices, row: Row) -> Opened:
    """The row with its words."""
    return Opened(row, desk.disputes.words(row.dispute) if row.dispute is not None else "")


def may_close(row: Row | None, by: Officer) -> bool:
    """Only who raised it ends it."""
    return _is_live(row) and row is not None and row.dispute is not None and row.dispute.officer == by.officer


def may_escalate(row: Row | None, by: Officer) -> bool:
    """Who raised it, and whoever may approve; one that was taken further already waits."""
    if row is None or row.dispute is None or not _is_live(row) or row.dispute.state == "escalated":
        return False
    return row.dispute.officer == by.officer or Permission.APPROVE in PERMISSIONS[by.role]


def _is_live(row: Row | None) -> bool:
    return row is not None and row.dispute is not None and row.dispute.state in OPEN


def why_further(row: Row) -> str:
    """Why a dispute is taken further: there is no answer, or one that is not accepted."""
    return "answer" if row.dispute is not None and row.dispute.state == "answered" else "silence"
