"""The sandbox partner's own books of our account with it, as statements that wait for us at its door.

It closes a day as a good bank does: a number after the last, the balance carried on, every entry with its
reference. The faults are what worse banks do (money-out.md MA-20).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from azpost_desk.central.gateways import iso_messages as iso
from azpost_desk.central.gateways.iso_statements import NOTICE, STATEMENT
from azpost_desk.domain.days import calendar_day, days_after
from azpost_desk.domain.money import Money
from azpost_desk.rehearsal.partners import Entry

if TYPE_CHECKING:
    from azpost_desk.central.gateways.iso_messages import Part
    from azpost_desk.domain.days import Clock
    from azpost_desk.rehearsal.partners import SandboxPartner

StatementFault = Literal[
    "",
    "hole",  # the statement is made and never sent; `send_missing` does it later
    "doubled",  # sent twice, as two messages
    "not_footing",  # its closing balance is not what it says
    "batch",  # one entry for all debits, and no word of what is in it
]


# [design] So long after it has accepted a transfer it debits us.
SETTLES_AFTER_MS: Final = 5 * 60_000


class AccountThere:
    """Our account in the books of a sandbox: what was booked since the last statement is on the next."""

    def __init__(self, partner: SandboxPartner, account: str, currency: str) -> None:
        self._partner = partner
        self._account = account
        self._currency = currency
        self._number = 0
        self._closing = 0
        self._told = 0
        self._missing: list[tuple[str, list[Part]]] = []

    def fund(self, minor: int, reference: str) -> None:
        """Money of ours arrives there under our reference."""
        number = f"F{len(self._partner.entries) + 1:06d}"
        came = Money(minor, self._currency)
        self._partner.entries.append(Entry("", came, number, end_to_end=reference))

    def notify(self, on: str) -> None:
        """A camt.054 of what is booked and on no statement yet."""
        entries = [self._entry(one, on) for one in self._fresh()]
        body = self._head(f"N-{self._number + 1}", f"{on}T12:00:00Z") + [("Ntry", one) for one in entries]
        self._put(NOTICE, "BkToCstmrDbtCdtNtfctn", "Ntfctn", body, on)

    def close_day(self, on: str, fault: StatementFault = "") -> None:
        """The camt.053 of a day (ISO date) waits to be fetched; see `StatementFault`."""
        fresh = self._fresh()
        self._told = len(self._partner.entries)
        opening, self._closing = self._closing, self._closing + sum(one.amount.minor for one in fresh)
        self._number += 1
        entries = [self._entry(one, on) for one in fresh]
        if fault == "batch":
            debits = sum(one.amount.minor for one in fresh if one.amount.minor < 0)
            entries = [self._entry(one, on) for one in fresh if one.amount.minor > 0]
            whole = Entry("", Money(debits, self._currency), f"B{self._number:06d}")
            entries.append(self._entry(whole, on))
        said = self._closing + (1 if fault == "not_footing" else 0)
        body = [
            *self._head(f"S-{self._number}", f"{on}T23:00:00Z"),
            self._balance("OPBD", opening, on),
            self._balance("CLBD", said, on),
            *(("Ntry", one) for one in entries),
        ]
        if fault == "hole":
            self._missing.append((on, body))
            return
        for _ in range(2 if fault == "doubled" else 1):
            self._put(STATEMENT, "BkToCstmrStmt", "Stmt", body, on)

    def send_missing(self) -> None:
        """The statements that were never sent are sent now."""
        for on, body in self._missing:
            self._put(STATEMENT, "BkToCstmrStmt", "Stmt", body, on)
        self._missing.clear()

    def _fresh(self) -> list[Entry]:
        entries = self._partner.entries[self._told :]
        return [one for one in entries if one.amount.currency == self._currency]

    def _head(self, number: str, created: str) -> list[Part]:
        return [
            ("Id", number),
            ("ElctrncSeqNb", str(self._number or 1)),
            ("CreDtTm", created),
            ("Acct", [("Id", [("Othr", [("Id", self._account)])]), ("Ccy", self._currency)]),
        ]

    def _put(self, message: str, name: str, report: str, body: list[Part], on: str) -> None:
        self._partner.put(message, f"{on}T23:00:00Z", name, [(report, body)])

    def _balance(self, code: str, minor: int, on: str) -> Part:
        parts: list[Part] = [("Tp", [("CdOrPrtry", [("Cd", code)])]), *self._sum(minor), ("Dt", [("Dt", on)])]
        return "Bal", parts

    def _sum(self, minor: int) -> list[Part]:
        written = iso.as_written(Money(abs(minor), self._currency))
        return [("Amt", written), ("CdtDbtInd", "CRDT" if minor >= 0 else "DBIT")]

    def _entry(self, entry: Entry, on: str) -> list[Part]:
        refs: list[Part] = [("EndToEndId", entry.end_to_end), ("UETR", entry.uetr)]
        details: list[Part] = [("Refs", refs), *self._sum(entry.amount.minor)]
        is_named = entry.uetr or entry.end_to_end
        return [
            *self._sum(entry.amount.minor),
            ("RvslInd", "true" if entry.is_reversal else ""),
            ("Sts", [("Cd", "BOOK")]),
            ("BookgDt", [("Dt", on)]),
            ("AcctSvcrRef", entry.reference),
            ("BkTxCd", [("Prtry", [("Cd", "TRF")])]),
            ("NtryDtls", [("TxDtls", details)] if is_named else []),
        ]


class GoodBank:
    """A partner that does by itself what the others are told to: debits what it accepted, closes each day.

    It looks at the clock whenever we ask for what waits there; the statement of a day comes after its end.
    """

    def __init__(self, partner: SandboxPartner, account: AccountThere, clock: Clock) -> None:
        self._partner = partner
        self._account = account
        self._clock = clock
        self._day = calendar_day(clock.utc_ms())
        self._accepted_ms: dict[str, int] = {}
        partner.before_fetch = self.look

    def look(self) -> None:
        """Do what is due by the clock."""
        now_ms = self._clock.utc_ms()
        today = calendar_day(now_ms)
        if today > self._day:
            self._account.close_day(days_after(today, -1))
            self._day = today
        for uetr, paid in list(self._partner.payments.items()):
            since_ms = self._accepted_ms.setdefault(uetr, now_ms)
            if paid.status == "ACSP" and now_ms - since_ms >= SETTLES_AFTER_MS:
                self._partner.settle(uetr)
