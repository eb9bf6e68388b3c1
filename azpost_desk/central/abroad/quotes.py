"""The centre's word on a price: one use, one chain, a few minutes, signed (money-out.md MA-1 to MA-5, MA-30).

While it stands it promises the partner's funds to the sale and the sum to the person who asked for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central import laundering, limits
from azpost_desk.central.abroad import agreements, funds
from azpost_desk.central.storage.database import one
from azpost_desk.domain.abroad.quotes import reckoned
from azpost_desk.domain.exchange import NAMED, PAID, as_text
from azpost_desk.domain.lines.abroad import AbroadTerms
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.tariffs import applying
from azpost_desk.protocol.abroad import QuoteAsk, QuoteTold, words_of

if TYPE_CHECKING:
    from azpost_desk.central.keys import CentreKeys
    from azpost_desk.central.storage.database import Connection

# [design] Long enough to count five hundred manat, shorter than a rate moves by much.
STANDS_MS: Final = 10 * 60_000
UNKNOWN_CORRIDOR: Final = "A-010"
PAUSED: Final = "A-011"
NO_RATE: Final = "A-012"
NO_FUNDS: Final = "A-013"
OVER_LIMIT: Final = "A-090"


def quote(
    conn: Connection, keys: CentreKeys, chain: tuple[str, int], ask: QuoteAsk, now_ms: int
) -> QuoteTold:
    """The terms for what a desk asks, or the A-code why there are none. Asked again it is the same word."""
    conn.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"quote {ask.quote}",))
    row = conn.execute(
        "select words, signature from abroad_quotes where quote = %s and desk = %s and epoch = %s",
        (ask.quote, *chain),
    ).fetchone()
    if row is not None:
        return QuoteTold(words=row[0], signature=row[1])
    if ask.instead:
        conn.execute(
            "update abroad_quotes set stands_ms = least(stands_ms, %s)"
            " where quote = %s and desk = %s and epoch = %s and used_by is null",
            (now_ms, ask.instead, *chain),
        )
    person = _Sender(conn, ask, now_ms)
    try:
        terms = _terms(conn, chain, ask, person, now_ms)
    except Refused as no:
        limit = no.facts.get("limit")
        return QuoteTold(code=no.code, limit_minor=limit.minor if isinstance(limit, Money) else 0)
    words = words_of(terms)
    signature = keys.grants.sign(words)
    taken = conn.execute(
        "insert into abroad_quotes (quote, desk, epoch, partner, currency, arrives, stands_ms, words,"
        " signature, amount, subjects) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " on conflict do nothing returning quote",
        (
            terms.quote,
            *chain,
            terms.partner,
            terms.currency,
            terms.arrives_minor,
            terms.stands_ms,
            words,
            signature,
            terms.amount_qapik,
            person.subjects,
        ),
    ).fetchone()
    # Another chain's id: a desk never makes it by accident.
    return QuoteTold(words=words, signature=signature) if taken else QuoteTold(code=UNKNOWN_CORRIDOR)


class _Sender:
    """Who asks for a price, as the limits know them; locked before any funds are (limits.lock_senders)."""

    def __init__(self, conn: Connection, ask: QuoteAsk, now_ms: int) -> None:
        self.subjects: list[str] = []
        self._left: int | None = None
        if ask.sender is not None:
            known = laundering.known(conn, now_ms)
            self.subjects = known.subjects(ask.sender)
            limits.lock(conn, self.subjects)
            self._left = limits.left_qapik(conn, known, self.subjects, now_ms)

    def require_left(self, amount_qapik: int) -> None:
        """Refuse what is more than they may send, at home and abroad together."""
        if self._left is not None and amount_qapik > self._left:
            raise Refused(OVER_LIMIT, limit=azn(self._left))


def _terms(
    conn: Connection, chain: tuple[str, int], ask: QuoteAsk, person: _Sender, now_ms: int
) -> AbroadTerms:
    now = agreements.agreed(conn, now_ms)
    corridor = now.corridors.find(ask.corridor)
    if corridor is None or ask.named not in NAMED or not ask.quote:
        raise Refused(UNKNOWN_CORRIDOR)
    partner = now.partner(corridor.partner)
    if not agreements.is_open(conn, partner.partner, agreements.SALE):
        raise Refused(PAUSED)
    rate = now.rates.find(corridor.currency, now_ms)
    if rate is None:
        raise Refused(NO_RATE)
    fees = applying(
        now.tariffs.transfer_fees, to="cash", customer="person", partner=partner.partner, date=now.date
    )
    figure = azn(ask.figure_minor) if ask.named == PAID else Money(ask.figure_minor, corridor.currency)
    figures = reckoned(figure, ask.named, corridor, rate.customers(), fees)
    person.require_left(figures.amount.minor)
    if funds.left_for_quotes(conn, partner, corridor.currency, now_ms) < figures.arrives.minor:
        raise Refused(NO_FUNDS)
    epoch = one(conn, "select epoch from centre")[0]
    return AbroadTerms(
        centre_epoch=epoch,
        quote=ask.quote,
        desk=chain[0],
        epoch=chain[1],
        named=ask.named,
        amount_qapik=figures.amount.minor,
        fees_qapik={"transfer": figures.fee.minor},
        arrives_minor=figures.arrives.minor,
        quoted_ms=now_ms,
        stands_ms=min(now_ms + STANDS_MS, now.rates.until_ms),
        corridor=corridor.corridor,
        corridor_version=now.corridors.version,
        partner=corridor.partner,
        country=corridor.country,
        currency=corridor.currency,
        promise_minutes=corridor.promise_minutes,
        grace_minutes=corridor.grace_minutes,
        refund_basis=corridor.refund_basis,
        fee_returned=corridor.fee_returned,
        charges=corridor.charges,
        is_exact=corridor.is_exact,
        deduction_minor_max=corridor.deduction_minor_max,
        tenders=corridor.tenders,
        number_follows=bool(partner.number_mask),
        rate=as_text(rate.customers()),
        base_rate=as_text(rate.base()),
        rate_id=now.rates_version,
        rate_source=now.rates.source,
        rate_ms=now.rates.from_ms,
    )
