"""Notices of state portals at this counter: looked for, paid as the portal says, asked again at the tender.

In: what a person hands over (a number, a document). Out: the portal's notices, a line in the basket, a look
that is recorded where a whole list was opened. Nothing here is paid without the line to the centre.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Biller, Billers, Tariffs, name_in
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.notices import (
    NEEDS_DOCUMENT,
    OPEN,
    Notice,
    NoticeRules,
    Way,
    payable,
    plain_number,
    sought,
)
from azpost_desk.domain.people import Account, NoticeSearch
from azpost_desk.domain.products.bills import TOLD_TAKEN
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.tariffs import fee
from azpost_desk.protocol.messages import NoticesAsk
from azpost_desk.protocol.questions import NOTICES
from azpost_desk.services.basket_lines import line_told
from azpost_desk.services.counter import Counter, Officer, attach, may_sell
from azpost_desk.services.customers import identified
from azpost_desk.services.payments import phone_of

if TYPE_CHECKING:
    from azpost_desk.domain.people import Person
    from azpost_desk.services.baskets import Baskets
    from azpost_desk.services.ports import Reading, Writing
    from azpost_desk.services.views import Basket, PlannedLine

# Of the centre: no such portal, it says nothing, it says no.
_SILENT = "X-031"
SERVICE = "payments"


@dataclass(frozen=True, slots=True)
class Found:
    """What a portal said: its notices as they were then.

    Attributes:
        number: what was asked for, as it is sent.
        asked_ms: when this desk asked, by its trusted time (UTC ms): the word's age is what has passed since
            on the same clock, for the centre's may be minutes apart.
        more: the portal has others of this person that are not here.
    """

    portal: Biller
    number: str
    notices: tuple[Notice, ...]
    asked_ms: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class PayNotice:
    """Pay so much of a notice that was found; `amount` None is all of it. `contact`: the payer's phone."""

    found: Found
    notice: Notice
    amount: Money | None = None
    contact: str = ""
    source: str = "keys"


@dataclass(frozen=True, slots=True)
class Notices:
    """Notices at this counter."""

    counter: Counter
    baskets: Baskets

    def portals(self) -> list[Biller]:
        """The portals of the day, in the centre's order."""
        with self.counter.books.reading() as books:
            date = books.day().date
            return [one for one in books.document(Billers, date).billers if one.notices is not None]

    def way(self, portal: str, typed: str) -> Way:
        """What the number typed is, by its form.

        Raises:
            Refused: P-002 no such portal, P-060 it has the form of no number (`example`).
        """
        with self.counter.books.reading() as books:
            _, rules = _portal(books, portal)
        return sought(rules, typed)[0]

    def find(
        self, portal: str, typed: str, by: Officer, shown: Person | None = None, source: str = "keys"
    ) -> Found:
        """Ask the portal. Slow (the line): never from the window's own thread.

        A search by FİN or VÖEN opens somebody's whole list: it needs the document that was shown and is
        recorded before it is made (money-out.md MC-10).

        Raises:
            Refused: P-002, P-060, P-064 the document has to be shown, P-065 it is another person's, what
                `customers.identified` and `may_sell` refuse, P-066 the portal does not answer, P-067 nothing
                is there.
            Trouble: L-codes.
        """
        with self.counter.books.writing() as books:
            may_sell(books, by, SERVICE)
            known, rules = _portal(books, portal)
            way, value = sought(rules, typed)
            if way.by in NEEDS_DOCUMENT:
                self._record(books, known, way, value, shown, by, source)
        asked_ms = self.counter.line.trusted_ms()
        answer = self.counter.line.ask(NOTICES, NoticesAsk(portal=known.biller, by=way.by, value=value))
        if not answer.ok:
            raise Refused("P-066", field="number", reason=answer.code)
        if not answer.notices:
            raise Refused("P-067", field="number")
        return Found(known, value, answer.notices, asked_ms, answer.more)

    def _record(
        self,
        books: Writing,
        portal: Biller,
        way: Way,
        value: str,
        shown: Person | None,
        by: Officer,
        source: str,
    ) -> None:
        if shown is None:
            raise Refused("P-064", field="number")
        person = identified(shown, "payer", self.counter.today())
        if way.by == "fin" and person.fin != value:
            raise Refused("P-065", field="number")
        operation = self.counter.new_id()
        about = attach(operation, "notice_search", NoticeSearch(value=value, shown=person))
        body = ops.NoticesSearched(portal=portal.biller, by=way.by, notice_search=about.commitment())
        books.append(body, actor=by.officer, operation=operation, source=source, attachments=(about,))

    def pay(self, command: PayNotice, by: Officer) -> Basket:
        """Plan the notice; its sum is the portal's.

        Raises:
            Refused: P-061 to P-063, P-068 the portal was asked too long ago, P-005 there is no line, P-001
                phone, B-006 it stands in a basket already, G-040, and what `Baskets.add` refuses.
        """

        def plan(books: Writing) -> PlannedLine:
            portal, rules = _portal(books, command.found.portal.biller)
            notice = command.notice
            amount = command.amount or azn(notice.amount_qapik)
            payable(notice, amount.minor)
            if not self.counter.line.state().online:
                raise Refused("P-005", field="number")
            operation = self.counter.new_id()
            whose = Account(account=notice.number, holder=notice.payer, contact=phone_of(command.contact))
            account = attach(operation, "account", whose)
            line = ops.NoticePaid(
                operation=operation,
                biller=portal.biller,
                service=portal.group,
                amount_qapik=amount.minor,
                fee_qapik=fee(portal.fees, amount).minor,
                tariff=books.document(Tariffs, books.day().date).version,
                account=account.commitment(),
                told=TOLD_TAKEN,
                notice=notice.notice,
                version=notice.version,
                authority=notice.authority,
                purpose=notice.purpose,
                budget_code=notice.budget_code,
                checked_ms=command.found.asked_ms,
                stands_ms=command.found.asked_ms + rules.stands_seconds * 1000,
            )
            if line.is_old(self.counter.line.trusted_ms()):
                raise Refused("P-068", field="number")

            def told(language: str) -> tuple[str, str]:
                return name_in(notice.purpose, language), notice.number

            return line_told(line, (account,), told, by.language, command.source)

        return self.baskets.add_with(by, SERVICE, plan)

    def refresh(self, by: Officer, ahead_ms: int = 0) -> Basket | None:
        """Ask the portals again about the notices in the basket that are too old to be paid (MC-7). Slow.

        Too old, or so `ahead_ms` from now. What says the same stands anew; gives the basket, None where
        there is nothing to ask.

        Raises:
            Refused: P-069 a notice says something else now (`was`, `now`, qəpik): it is taken out and looked
                for anew, P-061 it is open no more, P-063 the part is too small by now, P-066.
            Trouble: L-codes.
        """
        now_ms = self.counter.line.trusted_ms()
        with self.counter.books.reading() as books:
            basket = books.basket()
            lines = [] if basket is None else [one.line for one in basket.lines]
            old = [
                (line, _number(basket, line))
                for line in lines
                if isinstance(line, ops.NoticePaid) and line.is_old(now_ms, ahead_ms)
            ]
        for line, number in old:
            told = self.find_again(line, number)
            changed = replace_line(line, told)
            basket = self.baskets.put_instead(by, line.operation, changed)
        return basket if old else None

    def find_again(self, line: ops.NoticePaid, number: str) -> Found:
        """What the portal says of a notice now, by its number; refuses and stops as `refresh`."""
        question = NoticesAsk(portal=line.biller, by="notice", value=plain_number(number))
        asked_ms = self.counter.line.trusted_ms()
        answer = self.counter.line.ask(NOTICES, question)
        if not answer.ok:
            raise Refused("P-066", field="number", reason=answer.code)
        now = next((one for one in answer.notices if one.notice == line.notice), None)
        if now is None:
            raise Refused("P-061", field="number", reason="withdrawn")
        if now.state != OPEN:
            raise Refused("P-061", field="number", reason=now.state)
        # Of a notice that may be paid in parts the line does not say what was due.
        is_other_sum = not now.least_qapik and now.amount_qapik != line.amount_qapik
        if now.version != line.version or is_other_sum:
            was, due = azn(line.amount_qapik), azn(now.amount_qapik)
            raise Refused("P-069", was=was, now=due, reason="" if is_other_sum else "terms")
        payable(now, line.amount_qapik)
        with self.counter.books.reading() as books:
            portal, _ = _portal(books, line.biller)
        return Found(portal, number, (now,), asked_ms)


def replace_line(line: ops.NoticePaid, told: Found) -> ops.NoticePaid:
    """The same line with the time of the portal's newest word."""
    seconds = told.portal.notices.stands_seconds if told.portal.notices else 0
    return msgspec.structs.replace(line, checked_ms=told.asked_ms, stands_ms=told.asked_ms + seconds * 1000)


def _number(basket: Basket | None, line: ops.NoticePaid) -> str:
    """The notice's number, from the attachment that stands beside its line in the basket."""
    slot = f"{line.operation}:account"
    for planned in basket.lines if basket else ():
        for name, _salt, content in planned.attachments:
            if name == slot:
                return msgspec.json.decode(content, type=Account).account
    return ""


def _portal(books: Reading, portal: str) -> tuple[Biller, NoticeRules]:
    known = books.document(Billers, books.day().date).find(portal)
    if known is None or known.notices is None:
        raise Refused("P-002", field="number")
    return known, known.notices
