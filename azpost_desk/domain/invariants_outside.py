"""Invariants of what lies outside the records: open tasks on screens (I-09)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import operations as ops
from azpost_desk.domain.invariants import Fact, Fold
from azpost_desk.domain.products import once_of

if TYPE_CHECKING:
    from collections.abc import Iterator

Step = tuple[str, str]
"""(payment, grant, request, card or qr, its id)."""

# [design] As services.grants: a question older than this is the centre's to clear up.
REQUEST_DAYS_MAX: Final = 31
# Where the request's id stands in the words of a grant (protocol.messages.Grant).
_REQUEST_AT: Final = 10


@dataclass(frozen=True, slots=True)
class Seen:
    """What stands beside the records.

    Attributes:
        sorts: which sorts of steps this feeder's screens show.
        tasks: the steps that its screens list as open.
        listed: records (desk, epoch, sequence) that stand on an exceptions list with an owner.
    """

    sorts: frozenset[str] = frozenset()
    tasks: frozenset[Step] = frozenset()
    listed: frozenset[tuple[str, int, int]] = frozenset()


class Watched(Fold):
    """I-09: every outside step that the records leave open stands among the tasks a person can see.

    No limit is waited for: a step is a task from its first moment; the screens say when it is overdue.
    """

    id = "I-09"

    def __init__(self, seen: Seen) -> None:
        super().__init__()
        self._seen = seen
        self._begun: dict[Step, Fact] = {}
        self._ended: set[Step] = set()
        self._epochs: dict[str, int] = {}
        self._days: dict[str, int] = {}
        self._tenders: dict[str, Step] = {}

    def take(self, fact: Fact, body: ops.Body | None) -> None:
        self._epochs[fact.desk] = max(fact.epoch, self._epochs.get(fact.desk, 0))
        self._days[fact.desk] = max(fact.day, self._days.get(fact.desk, 0))
        for step in _begins(fact.operation, body):
            self._begun[step] = fact
        self._ended.update(_ends(body))
        match body:
            case ops.CardAsked():
                self._tenders[body.tender] = "card", fact.operation
            case ops.QrAsked():
                self._tenders[body.tender] = "qr", fact.operation
            case ops.Settlement():
                paid = (self._tenders.get(tender.operation) for tender in body.tenders)
                self._ended.update(step for step in paid if step)
            case _:
                pass

    def end(self) -> None:
        for step, fact in self._begun.items():
            if step in self._ended or step[0] not in self._seen.sorts or self._is_over(step, fact):
                continue
            self.verdict.checked += 1
            is_listed = (fact.desk, fact.epoch, fact.sequence) in self._seen.listed
            if step not in self._seen.tasks and not is_listed:
                self.verdict.fault(fact, f"{step[0]} {step[1]} is open and no screen shows it")

    def _is_over(self, step: Step, fact: Fact) -> bool:
        """Grants and requests of an older epoch may not be used (PROTOCOL.md 1), old requests neither."""
        if step[0] in ("payment", "card"):
            return False
        is_old = step[0] == "request" and self._days[fact.desk] - fact.day > REQUEST_DAYS_MAX
        return is_old or self._epochs[fact.desk] != fact.epoch


def _begins(operation: str, body: ops.Body | None) -> Iterator[Step]:
    match body:
        case ops.Settlement():
            for line in body.lines:
                if isinstance(line, ops.PaymentAccepted):
                    yield "payment", line.operation
        case ops.GrantRequested() if body.question:
            yield "request", operation
        case ops.GrantStored():
            yield "grant", body.grant
        case ops.CardAsked():
            yield "card", operation
        case ops.QrAsked():
            yield "qr", operation
        case _:
            pass


def _ends(body: ops.Body | None) -> Iterator[Step]:
    match body:
        case ops.PaymentResolved(outcome="confirmed") | ops.PaymentDelivered():
            yield "payment", body.payment
        case ops.GrantRefused():
            yield "request", body.request
        case ops.GrantReleased() | ops.TransferChanged():
            yield "grant", body.grant
        case ops.GrantStored():
            yield "request", _request_of(body.words)
        case ops.CardAnswered(outcome="declined") | ops.CardReversed(outcome="reversed"):
            yield "card", body.step
        case ops.QrAnswered(outcome="closed") | ops.QrGivenUp():
            yield "qr", body.request
        case ops.Settlement():
            for line in body.lines:
                yield from _ended_by(line)
        case _:
            pass


def _ended_by(line: ops.AnyLine) -> Iterator[Step]:
    if isinstance(line, ops.LineReversed):
        yield "payment", line.original.operation
        yield "grant", line.grant
    elif used := once_of(line):
        yield used


def _request_of(words: str) -> str:
    """The request a grant answers; "" when its words cannot be read."""
    try:
        return str(json.loads(words if words.startswith("[") else bytes.fromhex(words))[_REQUEST_AT])
    except (ValueError, LookupError, TypeError):
        return ""
