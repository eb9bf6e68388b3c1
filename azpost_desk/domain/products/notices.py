"""The rules of a notice paid: a bill that exists once, needs the line, and stands for seconds only."""

from __future__ import annotations

from typing import Final

from azpost_desk.domain.lines import NoticePaid
from azpost_desk.domain.people import Account
from azpost_desk.domain.products.base import LineRule, Reversal
from azpost_desk.domain.products.bill_postings import taken

NOTICE: Final = LineRule[NoticePaid](
    line=NoticePaid,
    due_qapik=lambda line: line.amount_qapik + line.fee_qapik,
    postings=taken,
    is_sound=lambda line: (
        line.amount_qapik > 0
        and line.fee_qapik >= 0
        and bool(line.notice and line.version)
        and 0 < line.checked_ms <= line.stands_ms
    ),
    exposed_qapik=lambda line: line.amount_qapik,
    groups={"account": Account},
    reversal=Reversal(when="until_offered", code="P-040"),
    once=lambda line: ("notice", f"{line.biller} {line.notice}"),
    stands_ms=lambda line: line.stands_ms,
)
