"""Whether what a desk took in for somebody else may leave the post by itself, or waits for two people.

One rule for every service whose money the centre pays out (domain.products.PAID_OUTSIDE; a notice that comes
later joins by one call). It is held, and stands on the exceptions list (PROTOCOL.md 7), when

- its chain had ended before it came: late records of an old machine move nothing outside,
- the record is older than the acknowledgement it embeds, or came later than `LATE_MS`,
- the desk took in more than its allowance without hearing from the centre in between: everything of one
  service after the last record that the embedded acknowledgement covers counts together, and so does
  everything that embeds none known here: whoever holds a stolen key can embed an old one, or invent one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central.storage.database import one
from azpost_desk.domain.catalogue import Settings

if TYPE_CHECKING:
    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.storage.database import Connection

# [design] No law fixes it: a village desk may be off line for a long weekend.
LATE_MS: Final = 7 * 24 * 3_600_000

_ABOUT: Final = """
    select
        (select state from chain_heads where desk = %(desk)s and epoch = %(epoch)s),
        (select received_ms from batches
            where ack_digest = %(acknowledged)s and desk = %(desk)s and epoch = %(epoch)s),
        (select last from batches
            where ack_digest = %(acknowledged)s and desk = %(desk)s and epoch = %(epoch)s),
        (select content from reference where name = 'settings' and branch in (%(branch)s, '*')
            order by version desc limit 1)
"""
# Notes the thing beside what it is asked for: the sum does not see it yet.
_NOTED: Final = """
    with noted as (
        insert into exposures values (%(thing)s, %(service)s, %(desk)s, %(epoch)s, %(sequence)s, %(amount)s,
            %(acknowledged)s) on conflict do nothing
    )
    select coalesce(sum(amount), 0)::bigint from exposures
    where desk = %(desk)s and epoch = %(epoch)s and service = %(service)s and thing <> %(thing)s and
"""
_COVERED: Final = "sequence > %(covered)s"
_UNDER_NONE: Final = (
    "not exists (select from batches where ack_digest = acknowledged and batches.desk = exposures.desk)"
)


def doubts(
    conn: Connection, written: AcceptedRecord, service: str, thing: str, amount_qapik: int
) -> tuple[list[str], Settings]:
    """Every reason why `thing` must wait for people, and the settings it was judged by; it is noted here."""
    header = written.header
    about = {
        "desk": written.desk,
        "epoch": written.epoch,
        "sequence": written.sequence,
        "branch": written.branch,
        "acknowledged": header.acknowledged,
        "service": service,
        "thing": thing,
        "amount": amount_qapik,
    }
    state, acknowledged_ms, covered, document = one(conn, _ABOUT, about)
    settings = msgspec.json.decode(document, type=Settings) if document else Settings()
    which = _UNDER_NONE if covered is None else _COVERED
    exposed = one(conn, _NOTED + which, about | {"covered": covered})[0]
    allowance = settings.allowances_qapik.get(service)
    reasons = {
        "ended_chain": state != "active",
        "older_than_acknowledgement": acknowledged_ms is not None and header.recorded_ms < acknowledged_ms,
        "too_late": written.received_ms - header.recorded_ms > LATE_MS,
        "beyond_allowance": allowance is not None and exposed + amount_qapik > allowance,
    }
    return [reason for reason, is_so in reasons.items() if is_so], settings
