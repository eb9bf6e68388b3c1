"""What the acts about cash say, each drawn from the one record that was committed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from azpost_desk.domain import operations as ops
from azpost_desk.domain import papers
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.papers import Say, SignatureLine
from azpost_desk.domain.papers_cash import ComparedPieces
from azpost_desk.domain.people import Person
from azpost_desk.domain.refusals import Trouble

if TYPE_CHECKING:
    from azpost_desk.services.ports import Reading
    from azpost_desk.services.views import Entry

Facts = tuple[tuple[papers.Words, papers.Words], ...]
Sheets = tuple[Mapping[str, int] | None, Mapping[str, int]]
"""(announced or None, counted): count sheets as bodies hold them."""
_Parts = tuple[papers.Words, str, Facts, Sheets, papers.Words, tuple[SignatureLine, ...]]
"""(title, number, facts, sheets, notice, lines to sign)."""


def cash_act(
    books: Reading, head: papers.PaperHead, entry: Entry, copy: papers.CopyState
) -> papers.CashActPaper:
    """The paper of one act.

    Raises:
        Trouble: D-020 the record is none that has such a paper.
    """
    title, number, facts, (announced, counted), notice, signatures = _parts(books, head, entry)
    pieces = _compared(announced, counted)
    total = sum(int(value) * number for value, number in counted.items())
    return papers.CashActPaper(
        head=head,
        number=number,
        title=title,
        facts=facts,
        counts=pieces,
        amount=azn(total) if pieces else None,
        notice=notice,
        signatures=signatures,
        record_mark=entry.recorded.mark,
        copy=copy,
    )


def _parts(books: Reading, head: papers.PaperHead, entry: Entry) -> _Parts:
    mark, clerk = entry.recorded.mark, head.clerk
    match entry.body:
        case ops.BagSealed() as body:
            signed = (_sign("handed_over", clerk), _sign("received", ""))
            return _titled(body), body.number, _bag(body), (None, body.pieces), "", signed
        case ops.BagHandedOver() as body:
            return _handed_over(books, clerk, entry, body)
        case ops.BagReceived() as body:
            signed = (_sign("counted", clerk), _sign("witnessed", ""))
            return _titled(body), body.number, _bag(body), (None, body.pieces), "", signed
        case ops.BagDiffered() as body:
            return _differed(books, clerk, body)
        case ops.TillHandedOver() as body:
            signed = (_sign("handed_over", clerk), _sign("received", _name(books, body.taker)))
            return _titled(body), mark, _count(books, body), (None, body.pieces), "", signed
        case ops.TillCounted() as body:
            signed = (_sign("counted", clerk), _sign("witnessed", _name(books, body.holder)))
            return _titled(body), mark, _count(books, body), (None, body.pieces), "", signed
        case ops.DifferenceMadeGood() as body:
            return _made_good(books, clerk, entry, body)
        case ops.NoteSuspected() as body:
            return _suspected(books, clerk, entry, body)
        case _:
            raise Trouble("D-020")


def _handed_over(books: Reading, clerk: str, entry: Entry, body: ops.BagHandedOver) -> _Parts:
    known = books.bag(body.bag)
    collector = _person(books, entry, "collector")
    facts: list[tuple[papers.Words, papers.Words]] = [(_fact("bag"), body.number)]
    if known is not None:
        facts.append((_fact("sort"), Say(f"cash.bag.sort.{known.sort}")))
    facts += [(_fact("collector"), collector.name), (_fact("document"), collector.document)]
    signed = (_sign("handed_over", clerk), _sign("received", collector.name))
    sheet = {str(value): number for value, number in known.pieces.items()} if known is not None else {}
    return _titled(body), body.number, tuple(facts), (None, sheet), "", signed


def _differed(books: Reading, clerk: str, body: ops.BagDiffered) -> _Parts:
    facts: Facts = (
        (_fact("bag"), body.number),
        (_fact("announced"), _money(body.announced_qapik)),
        (_fact("counted"), _money(body.amount_qapik)),
        (_fact("missing"), _money(body.announced_qapik - body.amount_qapik)),
    )
    signed = (_sign("counted", clerk), _sign("witnessed", _name(books, body.approved_by)))
    return _titled(body), body.act, facts, (body.announced, body.pieces), _said("in_transit"), signed


def _made_good(books: Reading, clerk: str, entry: Entry, body: ops.DifferenceMadeGood) -> _Parts:
    words = books.attachment(entry.recorded.operation, "words")
    about = books.entry(body.close)
    facts: Facts = (
        (_fact("close"), about.recorded.mark if about else body.close),
        (_fact("cause"), Say(f"cash.cause.{body.cause}")),
        (_fact("words"), msgspec.json.decode(words, type=str) if words else ""),
        (_fact("paid"), _money(body.amount_qapik)),
    )
    signed = (_sign("paid", clerk), _sign("witnessed", _name(books, body.approved_by)))
    return _titled(body), entry.recorded.mark, facts, (None, body.pieces), Say(body.warning), signed


def _suspected(books: Reading, clerk: str, entry: Entry, body: ops.NoteSuspected) -> _Parts:
    presenter = _person(books, entry, "presenter")
    facts: list[tuple[papers.Words, papers.Words]] = [
        (_fact("note"), _money(body.denomination_qapik)),
        (_fact("series"), body.series),
        *((_fact("signs"), Say(f"cash.sign.{sign}")) for sign in body.signs),
        (_fact("presenter"), presenter.name),
        (_fact("document"), presenter.document),
        (_fact("phone"), presenter.phone),
    ]
    signed = (_sign("clerk", clerk), _sign("presenter", presenter.name))
    return _titled(body), body.report, tuple(facts), (None, {}), _said("suspect"), signed


def _bag(body: ops.BagSealed | ops.BagReceived) -> Facts:
    facts: list[tuple[papers.Words, papers.Words]] = [(_fact("bag"), body.number)]
    if isinstance(body, ops.BagSealed):
        facts.append((_fact("sort"), Say(f"cash.bag.sort.{body.sort}")))
        facts += [(_fact("note_report"), report) for report in body.notes]
    return tuple(facts)


def _count(books: Reading, body: ops.TillHandedOver | ops.TillCounted) -> Facts:
    return (
        (_fact("till"), Say("papers.till.name", (("desk", books.desk().number),))),
        (_fact("holder"), _name(books, body.holder)),
        (_fact("expected"), _money(body.expected_qapik)),
        (_fact("counted"), _money(body.counted_qapik)),
        (_fact("difference"), _money(body.difference_qapik)),
    )


def _compared(announced: Mapping[str, int] | None, counted: Mapping[str, int]) -> tuple[ComparedPieces, ...]:
    values = sorted({int(value) for value in (*(announced or {}), *counted)}, reverse=True)
    return tuple(
        ComparedPieces(
            Money(value),
            counted.get(str(value), 0),
            None if announced is None else announced.get(str(value), 0),
        )
        for value in values
    )


def _person(books: Reading, entry: Entry, group: str) -> Person:
    """Who an attachment names; nobody, once it was erased by rule."""
    content = books.attachment(entry.recorded.operation, group)
    return msgspec.json.decode(content, type=Person) if content else Person(name="")


def _name(books: Reading, officer: str) -> str:
    known = books.officer(officer)
    return known.name if known else officer


def _titled(body: ops.Body) -> Say:
    return Say(f"papers.cash_act.title.{ops.kind_of(body)[0]}")


def _fact(name: str) -> Say:
    return Say(f"papers.cash_act.{name}")


def _said(name: str) -> Say:
    return Say(f"papers.cash_act.notice.{name}")


def _sign(role: str, name: str) -> SignatureLine:
    return SignatureLine(Say(f"papers.sign.{role}"), name)


def _money(qapik: int) -> Say:
    return Say("papers.cash_act.sum", (("amount", azn(qapik)),))
