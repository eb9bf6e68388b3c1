"""What the sender may change of a transfer: who receives it, where, or that it comes back to them.

It is done under a grant, which the sending branch asks of the centre as for a refund: while the desk holds it
nobody else can pay. What is reserved elsewhere may still be paid there; its holder is asked, never overruled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Offices
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.baskets import every_basket
from azpost_desk.services.counter import Counter, Officer, attach, may_sell
from azpost_desk.services.customers import identified, named
from azpost_desk.services.grants import granted
from azpost_desk.services.transfers import Transfers, same_name

if TYPE_CHECKING:
    from azpost_desk.domain.people import Person
    from azpost_desk.services.views import Recorded

RECEIVER: Final = "receiver"
OFFICE: Final = "office"
RECALL: Final = "recall"
SORTS: Final = (RECEIVER, OFFICE, RECALL)


@dataclass(frozen=True, slots=True)
class ChangeTransfer:
    """What the sender, whose document was shown, wants; `receiver` or `office` (a code, None for any) counts
    by `sort`.
    """

    transfer: str
    sort: str
    sender: Person
    receiver: Person | None = None
    office: str | None = None


@dataclass(frozen=True, slots=True)
class TransferChanges:
    """Changes of transfers sent at this branch."""

    counter: Counter
    transfers: Transfers

    def change(self, command: ChangeTransfer, by: Officer) -> Recorded:
        """Change a transfer. Slow (the line): never from the window's thread.

        Refused or interrupted after the centre's answer the grant stays held: the same change, or a refund,
        can be made with it, or it is given back.

        Raises:
            Refused: what `Transfers.claim_refund` refuses; T-022 the document's name is not the sender's,
                T-003 no such office, T-026 its line stands in a basket, T-070 nothing would change, and what
                `customers.identified` and `named` refuse.
            Trouble: L-codes: no answer; the request stays in `Transfers.unanswered`.
        """
        shown = identified(command.sender, "sender", self.counter.today())
        receiver = named(command.receiver, "receiver") if command.receiver else None
        held = self.transfers.claim_refund(command.transfer, by)
        with self.counter.books.writing() as books:
            may_sell(books, by, "transfers")
            grant, parties = granted(books, held.grant, "refund")
            same_name(shown, parties.sender, "sender")
            planned = [one.line for basket in every_basket(books) for one in basket.lines]
            if any(getattr(line, "grant", "") == held.grant for line in planned):
                raise Refused("T-026")
            office = command.office or ""
            if office and books.document(Offices, books.day().date).find(office) is None:
                raise Refused("T-003", field="office")
            known = books.transfer(grant.thing)
            now = replace(parties, sender=shown, receiver=receiver or parties.receiver)
            same = {
                RECEIVER: now.receiver == parties.receiver,
                OFFICE: known is not None and known.office == office,
                RECALL: False,
            }
            if same[command.sort]:
                raise Refused("T-070", field="receiver.name" if command.sort == RECEIVER else "office")
            operation = self.counter.new_id()
            personal = attach(operation, "parties", now)
            body = ops.TransferChanged(
                transfer=grant.thing,
                grant=grant.grant,
                sort=command.sort,
                parties=personal.commitment(),
                office=office if command.sort == OFFICE else "",
            )
            recorded = books.append(body, actor=by.officer, operation=operation, attachments=(personal,))
        self.counter.line.wake()
        return recorded
