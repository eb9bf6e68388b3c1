"""The customs form of an item for abroad: its line and the declaration that stands in, the paper out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import operations as ops
from azpost_desk.domain.mail import advance
from azpost_desk.domain.mail_extras import ADVICE
from azpost_desk.domain.papers_mail import CustomsPaper
from azpost_desk.domain.refusals import Trouble
from azpost_desk.services.country_names import country_abroad
from azpost_desk.services.declared import declared_now, of_line

if TYPE_CHECKING:
    from azpost_desk.domain.papers import CopyState, PaperHead
    from azpost_desk.services.ports import Reading
    from azpost_desk.services.views import PaidLine

PAPER: Final = "customs"


def acceptance_of(books: Reading, key: str) -> str:
    """The line that a job's form is of, which is named by the line or by an amendment of it."""
    entry = books.entry(key)
    return entry.body.acceptance if entry and isinstance(entry.body, ops.ItemDeclared) else key


def customs_paper(books: Reading, stored: PaidLine, head: PaperHead, copy: CopyState) -> CustomsPaper:
    """The form of what stands, whoever's job it is: nobody sticks on what was superseded.

    `head` is the sale's, whose place and day the form names; the clerk is whoever amended.

    Raises:
        Trouble: D-020 the item stays at home, or its declaration was erased by rule.
    """
    line = stored.line
    if not isinstance(line, ops.ItemAccepted) or line.abroad is None:
        raise Trouble("D-020")
    version, addresses = declared_now(books, stored)
    if addresses is None:
        raise Trouble("D-020")
    declared = advance.read(addresses.declared.encode())
    paper = CustomsPaper(
        head=head,
        form=line.abroad.form,
        declared=declared,
        country=country_abroad(line.country),
        origins=tuple(country_abroad(one.origin) for one in declared.lines),
        copies=line.abroad.copies,
        copy=copy,
        insured_sdr_hundredths=line.abroad.insured_sdr_hundredths,
        in_person=line.in_person,
        advice=any(one.extra == ADVICE for one in line.extras),
    )
    for entry, body in of_line(books, line):
        if entry.recorded.operation == version.message:
            officer = books.officer(entry.recorded.actor)
            return replace(
                paper,
                head=replace(head, clerk=officer.name if officer else entry.recorded.actor),
                form=body.form,
                copies=body.copies,
                version=body.version,
                amended_ms=entry.recorded.recorded_ms,
            )
    return paper
