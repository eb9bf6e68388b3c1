"""Whether a paid line may still be undone over the counter: by time, by product, by where its thing is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain.catalogue import Settings
from azpost_desk.domain.lines import ChargePaid, ItemAccepted
from azpost_desk.domain.products import rule_of, sold
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.mail_bags_views import has_moved_on

if TYPE_CHECKING:
    from azpost_desk.services.ports import Reading
    from azpost_desk.services.views import PaidLine


def may_reverse(books: Reading, stored: PaidLine, day: int, now_ms: int) -> None:
    """Refuse to undo a line of `day` when it is too late for it.

    Raises:
        Refused: B-024 another day, or too long ago; E-045 an item that has left the counter, E-139 one
            that was handed over for it; the product's own code where its rule forbids it.
    """
    if stored.recorded.day != day:
        raise Refused("B-024")
    minutes = books.document(Settings, books.day().date).reversal_minutes_max
    # A clock that is set back gives no more time: the newest record of the day is no later than now.
    newest = books.entries(day, limit=1)[0].recorded.recorded_ms
    if max(now_ms, newest) - stored.recorded.recorded_ms > minutes * 60_000:
        raise Refused("B-024")
    allowed = rule_of(sold(stored.line)).reversal
    offered = allowed.when == "until_offered" and books.is_offered(stored.recorded.operation)
    if offered or allowed.when == "never":
        raise Refused(allowed.code)
    if isinstance(stored.line, ItemAccepted):
        _still_here(books, stored.line, stored.recorded.recorded_ms)
    if isinstance(stored.line, ChargePaid):
        _not_handed_over(books, stored.line)


def _still_here(books: Reading, line: ItemAccepted, since_ms: int) -> None:
    """An acceptance is undone while its item is at the desk that took it in (mail.md 2)."""
    if has_moved_on(books, line.number, line.operation, since_ms):
        raise Refused("E-045")


def _not_handed_over(books: Reading, line: ChargePaid) -> None:
    """Whoever has the item has paid for it; where its way ended otherwise the payer has his money back."""
    for life in books.item_lives(line.number):
        if life.state == "delivered" and any(step.event.id == line.event for step in life.steps):
            raise Refused("E-139")
