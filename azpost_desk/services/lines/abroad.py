"""Money over the border in words: the receipt, the agreement that is signed, the voucher of a refund."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import papers
from azpost_desk.domain.abroad.corridors import Corridor, Corridors
from azpost_desk.domain.exchange import as_fraction, margin
from azpost_desk.domain.lines import AbroadPaid, AbroadRefunded, AbroadSent
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.papers import Say
from azpost_desk.domain.people import AbroadParties, Person
from azpost_desk.domain.refusals import Trouble
from azpost_desk.services.abroad_views import ABROAD as READS
from azpost_desk.services.lines.base import LineWords, named, paper_person

if TYPE_CHECKING:
    from azpost_desk.domain.lines.abroad import AbroadTerms
    from azpost_desk.services.lines.base import Place, Sheet

MINUTE_MS: Final = 60_000
# The fees that have a name of their own.
FEES: Final = ("transfer",)


def _sent(place: Place, line: AbroadSent) -> papers.ReceiptLine:
    parties = place.attached(line, "parties_abroad", AbroadParties)
    arrives = Money(line.terms.arrives_minor, line.terms.currency)
    details = [Say("papers.line.arrives", (("arrives", arrives), ("country", line.terms.country)))]
    if parties:
        details.insert(0, Say("papers.line.to", (("name", parties.receiver.latin),)))
    if line.terms.number_follows:
        details.append(Say("papers.line.number_follows"))
    return papers.ReceiptLine(
        Say("papers.line.abroad_sent"),
        azn(line.terms.amount_qapik),
        tuple(details),
        fee=azn(line.terms.fee_qapik),
        state=Say(line.told),
    )


def _agreement(place: Place, line: AbroadSent, sheet: Sheet) -> papers.Paper | None:
    parties = place.attached(line, "parties_abroad", AbroadParties)
    if parties is None:
        return None
    terms, receiver = line.terms, parties.receiver
    corridor = _corridor(place, sheet.head.business_day.isoformat(), terms.corridor)
    rate, base = (as_fraction(one) or Fraction(0) for one in (terms.rate, terms.base_rate))
    known = {one.field: one.names for one in corridor.fields} if corridor else {}
    return papers.AbroadPaper(
        head=sheet.head,
        number=sheet.receipt,
        sender=paper_person(parties.sender),
        receiver=papers.PaperPerson(receiver.latin, address=receiver.town),
        # Where the way out is known no more, its codes still say which it was.
        country=corridor.country_names if corridor else {"az": terms.country},
        partner=corridor.partner_names if corridor else {"az": terms.partner},
        asked=tuple((known.get(name, {"az": name}), value) for name, value in receiver.values.items()),
        purpose=Say(f"abroad.purpose.{line.purpose}"),
        amount=azn(terms.amount_qapik),
        fees=tuple((_fee_words(name), azn(fee)) for name, fee in terms.fees_qapik.items()),
        tax=azn(terms.tax_qapik),
        total=azn(terms.total_qapik),
        arrives=Money(terms.arrives_minor, terms.currency),
        least=Money(max(terms.arrives_minor - terms.deduction_minor_max, 0), terms.currency),
        is_exact=terms.is_exact,
        rate=rate,
        base_rate=base,
        rate_source=terms.rate_source,
        rate_ms=terms.rate_ms,
        spread=margin(terms),
        collected_by_ms=terms.quoted_ms + terms.promise_minutes * MINUTE_MS,
        cancelled_until_ms=terms.quoted_ms + terms.grace_minutes * MINUTE_MS,
        refund=tuple(map(Say, refund_words(terms))),
        number_follows=terms.number_follows,
        copy=sheet.copy,
        language=place.language,
    )


def _corridor(place: Place, date: str, corridor: str) -> Corridor | None:
    """The way out as that day knew it."""
    try:
        return place.books.document(Corridors, date).find(corridor)
    except Trouble as none_yet:
        if none_yet.code != "G-050":
            raise
        return None


def refund_words(terms: AbroadTerms) -> tuple[str, str]:
    """What comes back if it does not arrive, and whether the fee does (MA-10): keys of two sentences."""
    fee = "papers.abroad.fee_returns" if terms.fee_returned else "papers.abroad.fee_stays"
    return f"papers.abroad.refund.{terms.refund_basis}", fee


def _fee_words(name: str) -> Say:
    return Say(f"papers.abroad.fee.{name}" if name in FEES else "papers.fee")


def _voucher(place: Place, line: AbroadRefunded, sheet: Sheet) -> papers.Paper | None:
    receiver = place.attached(line, "receiver", Person)
    if receiver is None:
        return None
    known = place.books.of(READS).transfer(line.transfer)
    return papers.VoucherPaper(
        head=sheet.head,
        number=sheet.receipt,
        code="",
        sender=papers.PaperPerson(known.sender if known else ""),
        receiver=paper_person(receiver),
        amount=azn(line.amount_qapik + line.fee_returned_qapik),
        sent_at="",
        record_mark=sheet.mark,
        refund=True,
        copy=sheet.copy,
        language=place.language,
    )


def _paid(_place: Place, line: AbroadPaid) -> papers.ReceiptLine:
    arrived = Money(line.arrived_minor, line.currency)
    return papers.ReceiptLine(
        Say("papers.line.abroad_paid"),
        azn(-line.amount_qapik),
        (Say("papers.line.arrived", (("arrived", arrived),)),),
    )


def _payout_voucher(place: Place, line: AbroadPaid, sheet: Sheet) -> papers.Paper | None:
    receiver = place.attached(line, "receiver", Person)
    if receiver is None:
        return None
    known = place.books.of(READS).incoming(line.transfer)
    return papers.VoucherPaper(
        head=sheet.head,
        number=sheet.receipt,
        code=known.number if known else "",
        sender=papers.PaperPerson(known.sender if known else ""),
        receiver=paper_person(receiver),
        amount=azn(line.amount_qapik),
        sent_at="",
        record_mark=sheet.mark,
        copy=sheet.copy,
        language=place.language,
    )


def _whom(place: Place, line: AbroadSent) -> str:
    parties = place.attached(line, "parties_abroad", AbroadParties)
    return parties.receiver.latin if parties else ""


ABROAD: Final = (
    LineWords[AbroadSent](
        line=AbroadSent,
        receipt=_sent,
        about=_whom,
        paper=_agreement,
        notice=lambda _line: Say("papers.notice.abroad"),
    ),
    LineWords[AbroadRefunded](
        line=AbroadRefunded,
        receipt=lambda _place, line: papers.ReceiptLine(
            Say("papers.line.abroad_refunded"), azn(-line.amount_qapik), fee=azn(-line.fee_returned_qapik)
        ),
        about=lambda place, line: named(place, line, "receiver"),
        paper=_voucher,
    ),
    LineWords[AbroadPaid](
        line=AbroadPaid,
        receipt=_paid,
        about=lambda place, line: named(place, line, "receiver"),
        paper=_payout_voucher,
    ),
)
