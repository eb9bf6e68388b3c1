"""The line of a notice paid: a state fee, fine or tax whose sum its portal said, none of it typed."""

from __future__ import annotations

from azpost_desk.domain.lines.bills import PaymentAccepted


class NoticePaid(PaymentAccepted, frozen=True, kw_only=True, tag="notice.paid"):
    """A bill whose sum its portal says; `biller` is the portal, `account` commits to the number and payer.

    Attributes:
        notice, version: the portal's id of it, and of what it said of it then (money-out.md MC-8).
        authority, purpose: by language, as the portal names them; `budget_code` is where the money goes.
        checked_ms: when the portal was asked (UTC ms by the desk's trusted time, as `stands_ms`).
        stands_ms: until when the tender may be asked without asking the portal again (MC-7).
    """

    notice: str
    version: str
    authority: dict[str, str]
    purpose: dict[str, str]
    budget_code: str
    checked_ms: int
    stands_ms: int

    def is_old(self, now_ms: int, ahead_ms: int = 0) -> bool:
        """Whether the portal has to be asked again, now or before `ahead_ms` have passed.

        Also when its word is of later than now: the desk's time has been set right since.
        """
        return not self.checked_ms <= now_ms <= self.stands_ms - ahead_ms
