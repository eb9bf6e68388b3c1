"""What is true of the desks of a branch together: cash that left one of them arrived at the right other one.

Fed with the records of several desks, one desk after the other; what a single desk must hold is in
`invariants`.
"""

from __future__ import annotations

from azpost_desk.domain import operations as ops
from azpost_desk.domain.invariants import Fact, Fold


class HandedOver(Fold):
    """I-03 between desks: a remittance is accepted by the desk it is addressed to, as it was issued.

    A remittance whose issuing desk is not among those fed cannot be compared.
    """

    id = "I-03"

    def __init__(self) -> None:
        super().__init__()
        self._desks: set[str] = set()
        self._issued: dict[str, tuple[str, ops.RemittanceIssued]] = {}
        self._accepted: list[tuple[Fact, ops.RemittanceAccepted]] = []

    def take(self, fact: Fact, body: ops.Body | None) -> None:
        self._desks.add(fact.desk)
        match body:
            case ops.RemittanceIssued():
                self._issued[body.remittance] = fact.desk, body
            case ops.RemittanceAccepted():
                self._accepted.append((fact, body))
            case _:
                pass

    def end(self) -> None:
        for fact, accepted in self._accepted:
            if accepted.from_desk not in self._desks:
                continue
            self.verdict.checked += 1
            desk, issued = self._issued.get(accepted.remittance, ("", None))
            named = f"remittance {accepted.remittance}"
            if issued is None or desk != accepted.from_desk:
                self.verdict.fault(fact, f"{named} was never issued by {accepted.from_desk}")
            elif issued.to_desk != fact.desk:
                self.verdict.fault(fact, f"{named} was for {issued.to_desk}")
            elif issued.amount_qapik != accepted.amount_qapik:
                self.verdict.fault(fact, f"{named} was issued with another amount")
