"""Back the way it came: from a sale's tenders and what went back already, the parts of a refund by tender.

What came electronically goes back first and cash last (money-out.md M0-9): cash out of a stolen card is what
this prevents, and a share by proportion would hand out some with every line of a basket.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.products import due_qapik

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azpost_desk.domain import operations as ops

CASH: Final = "cash"


def brought(body: ops.Settlement) -> dict[str, int]:
    """What each tender brought for what was sold, qəpik; cash is all that nothing else paid.

    What was paid out in the same basket paid a part like cash: the customer had it in hand.
    """
    found: dict[str, int] = {}
    for tender in body.tenders:
        if tender.tender != CASH and tender.amount_qapik > 0:
            found[tender.tender] = found.get(tender.tender, 0) + tender.amount_qapik
    sold = sum(due for line in body.lines if (due := due_qapik(line)) > 0)
    return found | {CASH: max(0, sold - sum(found.values()))}


def parts(paid: Mapping[str, int], gone: Mapping[str, int], refund_qapik: int) -> dict[str, int]:
    """How much of a refund goes to which tender: never more than it brought less what is `gone`, cash last.

    Cash has no bound of its own here: of each line at most what it cost goes back, once, and so what is left
    when everything else is exhausted is what cash brought.
    """
    found: dict[str, int] = {}
    left = refund_qapik
    for tender in sorted(paid):
        if tender != CASH:
            part = max(0, min(left, paid[tender] - gone.get(tender, 0)))
            left -= part
            if part:
                found[tender] = part
    return found | ({CASH: left} if left else {})
