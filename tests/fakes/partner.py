"""A partner abroad that says what a test tells it to: documents are JSON, the port is the real one's."""

from __future__ import annotations

import dataclasses
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from azpost_desk.central.gateways.abroad import (
    Arrived,
    Asked,
    Back,
    Handed,
    Order,
    RecallAnswer,
    RecallAsked,
    Returned,
    Said,
    Silent,
    Status,
    Told,
    Unfit,
    Word,
    uetr_of,
)
from azpost_desk.domain.abroad.statements import Statement
from azpost_desk.domain.money import Money
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass
class ScriptedPartner:
    """`answers` are given one by one to what is handed over; when none are left it takes and says nothing.

    Attributes:
        handed: every document that reached it, decoded.
        post: what it has for the centre.
        unfit_to_leave: rule that its orders break, "" for none.
    """

    answers: list[Handed] = field(default_factory=list)
    handed: list[dict[str, Any]] = field(default_factory=list)
    post: dict[str, bytes] = field(default_factory=dict)
    unfit_to_leave: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _number: int = 0

    def order(self, order: Order) -> bytes:
        if self.unfit_to_leave:
            raise Refused("M-010", rule=self.unfit_to_leave)
        return _document(
            "order",
            order,
            ordinal=order.ordinal,
            arrives=order.arrives.minor,
            settles_on=order.settles_on,
            repeat=order.is_repeat,
        )

    def question(self, order: Order, asked: int) -> bytes:
        return _document("question", order, asked=asked)

    def recall(self, order: Order, reason: str) -> bytes:
        return _document("recall", order, reason=reason)

    def give_back(self, back: Back) -> bytes:
        if self.unfit_to_leave:
            raise Refused("M-010", rule=self.unfit_to_leave)
        return _told(
            "return",
            back.transfer,
            ordinal=back.ordinal,
            uetr=back.uetr,
            minor=back.amount.minor,
            reason=back.reason,
            repeat=back.is_repeat,
        )

    def question_back(self, back: Back, asked: int) -> bytes:
        return _told("question_back", back.transfer, uetr=back.uetr, asked=asked)

    def word(self, word: Word) -> bytes:
        kind = "recall_answer" if word.case else "word"
        return _told(kind, word.transfer, uetr=word.uetr, code=word.code, reason=word.reason)

    def hand(self, document: bytes) -> Handed:
        with self._lock:
            self.handed.append(msgspec.json.decode(document))
            return self.answers.pop(0) if self.answers else Told()

    def fetch(self) -> tuple[tuple[str, bytes], ...] | Silent:
        with self._lock:
            return tuple(sorted(self.post.items()))

    def fetched(self, ids: Sequence[str]) -> None:
        with self._lock:
            for one in ids:
                self.post.pop(one, None)

    def read(self, document: bytes) -> tuple[Said, ...] | Unfit:
        told = msgspec.json.decode(document)
        values = told["says"]
        match told["kind"]:
            case "status":
                return (Status(**values),)
            case "returned":
                money = Money(values.pop("minor"), values.pop("currency"))
                return (Returned(returned=money, **values),)
            case "statement":
                return (msgspec.convert(values, Statement),)
            case "recall":
                return (RecallAnswer(**values),)
            case "arrived":
                return (_arrived(values),)
            case "recall_asked":
                return (RecallAsked(**values),)
            case "asked":
                return (Asked(**values),)
        return Unfit("no message of ours")

    # --- what a test lets it say ----------------------------------------------------------------------

    def says(self, transfer: str, code: str, **more: str) -> None:
        """A status in its outbox."""
        self._put(status(transfer, code, **more))

    def gives_back(self, transfer: str, minor: int, currency: str = "GEL") -> None:
        """Money back, in its outbox."""
        values = {"uetr": uetr_of(transfer), "minor": minor, "currency": currency}
        self._put(_said("returned", values | {"reason": "NARR", "reference": f"r-{transfer[:8]}"}))

    def answers_recall(self, transfer: str, *, agreed: bool | None) -> None:
        """The answer to a recall, in its outbox."""
        self._put(_said("recall", {"uetr": uetr_of(transfer), "agreed": agreed}))

    def states(self, statement: Statement) -> None:
        """A statement or notice, in its outbox."""
        self._put(_said("statement", msgspec.to_builtins(statement)))

    def sends(self, arrived: Arrived) -> None:
        """Money for a receiver here, in its outbox."""
        self._put(_said("arrived", dataclasses.asdict(arrived)))

    def wants_back(self, uetr: str, case: str = "case-1") -> None:
        """A recall of what it sent, in its outbox."""
        self._put(_said("recall_asked", {"uetr": uetr, "case": case, "reason": "CUST"}))

    def asks(self, uetr: str) -> None:
        """A question about what it sent, in its outbox."""
        self._put(_said("asked", {"uetr": uetr}))

    def says_of(self, uetr: str, code: str, reason: str = "") -> None:
        """A status about anything with a UETR, in its outbox."""
        self._put(_said("status", {"uetr": uetr, "code": code, "reason": reason}))

    def _put(self, document: bytes) -> None:
        with self._lock:
            self._number += 1
            self.post[f"m-{self._number:06}"] = document


def status(transfer: str, code: str, **more: str) -> bytes:
    """A status document about a transfer of ours; `code` "" = it knows no such transfer."""
    return _said("status", {"uetr": uetr_of(transfer), "code": code} | more)


def _said(kind: str, says: dict[str, Any]) -> bytes:
    return msgspec.json.encode({"kind": kind, "says": says})


def _arrived(values: dict[str, Any]) -> Arrived:
    promised = values.pop("promised")
    amount = Money(**values.pop("amount"))
    return Arrived(amount=amount, promised=Money(**promised) if promised else None, **values)


def _document(kind: str, order: Order, **more: Any) -> bytes:
    return _told(kind, order.transfer, **more)


def _told(kind: str, transfer: str, **more: Any) -> bytes:
    return msgspec.json.encode({"kind": kind, "transfer": transfer} | more)
