"""Tracking scans: an event chosen once, one scan after the other, each recorded before it is answered."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Branch, Offices
from azpost_desk.domain.item_numbers import item_check_digit, read_item_number
from azpost_desk.domain.mail.bags import INTO, OUT_OF
from azpost_desk.domain.mail.history import Told
from azpost_desk.domain.mail.irregularities import WRONG_PERSON
from azpost_desk.domain.mail.moves import is_back
from azpost_desk.domain.mail.orders import HANDED_OVER
from azpost_desk.domain.mail.pickup import is_code
from azpost_desk.domain.mail.proof import Proof, takes_code
from azpost_desk.domain.mail.scanning import EventHere, event_here, events_at
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.scans import read_scan, why_unread
from azpost_desk.domain.staff import Permission
from azpost_desk.domain.typed import is_said, one_line
from azpost_desk.services.approvals import proven
from azpost_desk.services.charges_due import why_unpaid
from azpost_desk.services.counter import Approval, Counter, Officer, attach, open_day
from azpost_desk.services.guarded_items import is_wrong_person, proven_by, why_guarded, why_unheard
from azpost_desk.services.keeping import term_of, why_not_until
from azpost_desk.services.mail_bags_views import (
    has_moved_on,
    leaves_as,
    require_open,
    require_voidable,
    why_not_in,
)
from azpost_desk.services.misrouting import belongs_to
from azpost_desk.services.pickups import PICKUPS, Tried, Unbelieved, hold_against, unbelieved
from azpost_desk.services.rounds_views import ROUNDS, is_made_up, orders_then_ms
from azpost_desk.services.scan_items import ScanItem, as_listed, label_of, why_untold
from azpost_desk.services.staff import consent
from azpost_desk.services.stop_orders import orders_known_ms, why_stopped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azpost_desk.services.keeping import Term
    from azpost_desk.services.ports import Hasher, Reading, Writing
    from azpost_desk.services.views import Entry, Recorded
    from azpost_desk.services.views_mail import ItemEvent

VOID_OWN_MS: Final = 60_000
_DIGITS_ONLY: Final = re.compile("[0-9]{4}")


@dataclass(frozen=True, slots=True)
class Scanned:
    """The answer to a scan, after it was recorded.

    Attributes:
        number: the item, "" when the scan named none.
        verdict: saved, already, misrouted, stopped (by an order), choose (several announced items end so) or
            refused: also the tone.
        key: the sentence (``express.scan.…``) and `facts` for it.
        choices: the numbers to choose from.
    """

    number: str
    verdict: str
    key: str
    recorded: Recorded
    facts: dict[str, object] = field(default_factory=dict)
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _No:
    """Why a scan is not taken: the verdict, the reason that is recorded, facts for the sentence; of a wrong
    pick-up code its id, by which tries are counted.
    """

    verdict: str
    reason: str
    number: str = ""
    facts: dict[str, object] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """The timeline of an item: events, newest first, with the offices' names by code, its state and days."""

    number: str
    events: tuple[ItemEvent, ...]
    offices: Mapping[str, str]
    expected: bool
    state: str = ""
    term: Term | None = None


@dataclass(frozen=True, slots=True)
class Tracking:
    """Items seen at this office; `hasher` checks pick-up codes."""

    counter: Counter
    hasher: Hasher

    def events_here(self) -> tuple[EventHere, ...]:
        """What is scanned at this office, in the order of an item's life."""
        with self.counter.books.reading() as books:
            return _events_here(books)

    def scan(self, command: ScanItem, by: Officer, *, brought_back: bool = False) -> Scanned:
        """Record a scan, taken or not, and say which; `brought_back`: it says what a round did with it.

        What is its addressee's in person and went to somebody else then is an irregularity beside it.

        Raises:
            Refused: S-010, C-001, E-020 the event is not scanned here, E-073 its round is made up no more,
                E-110, E-111 its bag is filled no more,
                E-080 a code has six digits. Everything else is an answer.
        """
        by.may(Permission.SCAN)
        command = as_listed(command)
        tried = self._tried(command)
        with self.counter.books.writing() as books:
            open_day(books)
            # What a round brings back is said of its own items only (services.rounds).
            here = (*_events_here(books), *map(event_here, ("back", INTO, OUT_OF)))
            event = next((one for one in here if one.code == command.event), None)
            if event is None:
                raise Refused("E-020", field="event")
            if command.round and not is_made_up(books, command.round):
                raise Refused("E-073")
            require_open(books, command.event, command.bag)
            number = _number(books, command.raw)
            if isinstance(number, _No):
                return self._refused(books, command, by, number)
            if brought_back:
                no = _why_doubted(books, number, command, tried)
                no = no or _why_untold(books, number, command, event, "round")
            else:
                no = _why_not(books, number, command, event, self.counter.line.trusted_ms(), tried)
            orders_ms = orders_then_ms(books, number) if brought_back else self.orders_ms()
            no = no or self._kept_back(books, number, command, orders_ms, brought_back=brought_back)
            if no is not None:
                return self._refused(books, command, by, no)
            # It has happened: what a courier says is kept as it was, and two people look at it.
            is_wrong = brought_back and is_wrong_person(books, number, command)
            recorded = self._saved(books, command, by, number, orders_ms)
            if is_wrong:
                told = ops.IrregularityReported(number=number, kind=WRONG_PERSON)
                books.append(told, actor=by.officer, operation=self.counter.new_id())
        self.counter.line.wake()
        key = "express.scan.wrong_person" if is_wrong else "express.scan.saved"
        return Scanned(number, "saved", key, recorded, {"number": number})

    def void_last(self, by: Officer) -> Recorded:
        """Take back this officer's own last scan, within a minute.

        Raises:
            Refused: S-010, C-001, E-040 there is none, or it is too old: that takes a supervisor (`void`),
                E-044 somebody else has had the item since, E-081 its courier has signed for it.
        """
        by.may(Permission.SCAN)
        with self.counter.books.writing() as books:
            scans = books.scans(open_day(books).number)
            gone = {one.body.scan for one in scans if isinstance(one.body, ops.ScanVoided)}
            last = next((one for one in scans if _is_own_scan(one, by, gone)), None)
            if last is None or self.counter.line.trusted_ms() - last.recorded.recorded_ms > VOID_OWN_MS:
                raise Refused("E-040")
            assert isinstance(last.body, ops.ItemScanned)
            _in_hand_still(books, last.body, last.recorded)
            return self._void(books, last, by, "slip", "")

    def void(
        self, scan: str, operation: str, reason: str, by: Officer, approval: Approval | None
    ) -> Recorded:
        """Take back any scan of this desk with a supervisor; `operation` is what the approval was given for.

        Raises:
            Refused: S-010, C-001, S-011, S-012, E-041 no such scan, E-042 taken back already,
                E-043 no reason, E-044 somebody else has had the item since, E-081 its courier has signed
                for it.
        """
        by.may(Permission.SCAN)
        approver = consent(approval, operation, by)
        if not is_said(reason):
            raise Refused("E-043", field="reason")
        with self.counter.books.writing() as books:
            open_day(books)
            entry = books.entry(scan)
            if entry is None or not isinstance(entry.body, ops.ItemScanned):
                raise Refused("E-041")
            proven(books, approval)
            if any(one.operation == scan and one.voided for one in books.item_events(entry.body.number)):
                raise Refused("E-042")
            _in_hand_still(books, entry.body, entry.recorded)
            return self._void(books, entry, by, reason.strip(), approver, operation)

    def timeline(self, number: str) -> list[ItemEvent]:
        """What is known of an item, oldest first; voided scans are in it and marked.

        Raises:
            Refused: I-007 no item number.
        """
        item = read_item_number(number)
        if item.number is None or not item.valid:
            raise Refused("I-007", field="item", reason=item.reason)
        with self.counter.books.reading() as books:
            return books.item_events(item.number)

    def known(self, number: str) -> Known:
        """What is known of an item here, with what a screen needs to say it.

        Raises:
            Refused: I-007 no item number.
        """
        events = self.timeline(number)
        with self.counter.books.reading() as books:
            date = books.day().date
            offices = books.document(Offices, date).offices if date else ()
            expected = number in books.announced(number[:-2][-4:])
            life = books.item_lives(number)[-1]
            term = term_of(books, number, self.counter.today())
        named = {one.code: one.name for one in offices}
        return Known(number, tuple(reversed(events)), named, expected, life.state, term)

    def orders_ms(self) -> int:
        """Up to when this desk knows which stop orders stand, UTC ms."""
        return orders_known_ms(self.counter)

    def expected(self) -> tuple[str, ...]:
        """Items announced to this office and not seen here yet."""
        with self.counter.books.reading() as books:
            return tuple(books.announced(""))

    def today(self, limit: int = 200) -> list[Entry]:
        """Today's scans, refused ones too, newest first."""
        with self.counter.books.reading() as books:
            return books.scans(books.day().number, limit)

    def _tried(self, command: ScanItem) -> Tried | None:
        """The code that was said beside the hash known here: slow, so before the books are written."""
        if not command.code:
            return None
        if not is_code(command.code):
            raise Refused("E-080", field="code")
        with self.counter.books.reading() as books:
            number = _number(books, command.raw)
            known = books.of(PICKUPS).pickup_code(number) if isinstance(number, str) else None
        return hold_against(known, command.code, self.hasher)

    def _saved(self, books: Writing, command: ScanItem, by: Officer, number: str, orders_ms: int) -> Recorded:
        operation = self.counter.new_id()
        # Who signed is personal data: the record holds its commitment only.
        told: dict[str, object] = (
            {"signatory": command.signatory.strip()} if is_said(command.signatory) else {}
        )
        asked = one_line(command.asked).strip()
        if is_said(command.document) or command.signature or asked:
            told["proof"] = Proof(one_line(command.document), command.signature, command.picture, asked)
        attached = {group: attach(operation, group, value) for group, value in told.items()}
        committed = {group: one.commitment() for group, one in attached.items()}
        return books.append(
            ops.ItemScanned(
                number=number,
                event=command.event,
                office=books.desk().branch,
                reason=command.reason,
                measure=command.measure,
                signatory=committed.get("signatory", ""),
                proof=committed.get("proof", ""),
                proven_by=proven_by(command),
                relation=command.relation,
                signed=command.signed,
                answers=answered(books, number),
                receptacle=label_of(command.receptacle),
                until=command.until,
                duty_qapik=command.duty_qapik,
                round=command.round,
                bag=command.bag,
                asked=bool(asked),
                orders_ms=orders_ms if command.event in HANDED_OVER else 0,
            ),
            actor=by.officer,
            operation=operation,
            source=command.source,
            attachments=list(attached.values()),
        )

    def _kept_back(
        self, books: Reading, number: str, said: ScanItem, orders_ms: int, *, brought_back: bool
    ) -> _No | None:
        """What is due is paid first, also by a courier; a guarded item goes into the right hands only."""
        if unheard := why_unheard(books, self.counter, said, orders_ms):
            return _No("stopped", unheard[0], number, {"number": number, **unheard[1]})
        no = None
        if said.event == "EMI":
            no = why_unpaid(books, number, online=self.counter.line.state().online)
        if not brought_back:
            # At the door it was handed over already, from this desk's hands.
            no = no or why_guarded(books, self.counter, number, said, orders_ms)
        return _No("refused", no[0], number, {"number": number, **no[1]}) if no else None

    def _refused(self, books: Writing, command: ScanItem, by: Officer, no: _No) -> Scanned:
        recorded = books.append(
            ops.ScanRefused(raw=command.raw[:200], event=command.event, reason=no.reason, code=no.code),
            actor=by.officer,
            operation=self.counter.new_id(),
            source=command.source,
        )
        if no.code:
            # The centre counts the tries of every desk.
            self.counter.line.wake()
        return Scanned(no.number, no.verdict, f"express.scan.{no.reason}", recorded, no.facts, no.choices)

    def _void(
        self, books: Writing, scan: Entry, by: Officer, reason: str, approver: str, operation: str = ""
    ) -> Recorded:
        assert isinstance(scan.body, ops.ItemScanned)
        number = scan.body.number
        return books.append(
            ops.ScanVoided(scan=scan.recorded.operation, number=number, reason=reason, approved_by=approver),
            actor=by.officer,
            operation=operation or self.counter.new_id(),
        )


def _is_own_scan(entry: Entry, by: Officer, gone: set[str]) -> bool:
    return (
        isinstance(entry.body, ops.ItemScanned)
        and entry.recorded.actor == by.officer
        and entry.recorded.operation not in gone
    )


def _number(books: Reading, raw: str) -> str | _No:
    """The item a scan names: a whole number in any layout, or the last four digits of an announced one."""
    text = "".join(raw.split())
    if re.fullmatch("[0-9]{4}", text):
        found = books.announced(text)
        if len(found) == 1:
            return found[0]
        if found:
            return _No("choose", "several", facts={"digits": text}, choices=tuple(found))
        return _No("refused", "not_announced", facts={"digits": text})
    scan = read_scan(raw)
    if scan.kind == "item" and scan.value:
        return scan.value
    item = read_item_number(raw)
    if item.number and item.reason == "check_digit":
        expected = item_check_digit(item.number[2:10])
        return _No("refused", "check_digit", item.number, {"number": item.number, "expected": expected})
    if scan.kind != "unknown":
        reason = "not_an_item"
    else:
        unread = {"two_numbers": "two_numbers", "check_digit": "unchecked"}
        reason = unread.get(why_unread(raw)) or item.reason or "format"
    return _No("refused", reason, facts={"text": raw.strip()[:40]})


def _why_not(
    books: Reading, number: str, command: ScanItem, event: EventHere, now_ms: int, tried: Tried | None
) -> _No | None:
    """Why a readable scan is not taken: something is missing, there already, illegal or elsewhere's."""
    facts: dict[str, object] = {"number": number}
    desk, life = books.desk(), books.item_lives(number)[-1]
    last = life.last
    if command.event == "EDG" and books.of(ROUNDS).with_item(number):
        return _No("already", "in_round", number, facts)
    if other := why_not_in(books, command.event, command.bag, number, life):
        return _No(other.verdict, other.reason, number, other.facts)
    # Its round of this desk is over, or was the round of the machine before: it goes out again.
    goes_again = bool(command.round or command.bag) and last is not None and last.desk == desk.desk
    if last and (last.code, last.office) == (command.event, desk.branch) and not goes_again:
        return _No("already", "already", number, {**facts, **_by_whom(books, last)})
    # What goes into a receptacle abroad may also leave the country.
    for step in dict.fromkeys((command.event, leaves_as(books, command.event, command.bag))):
        if no := why_not_as(books, number, step, now_ms, command.measure):
            return no
    if event.code == "EMI" and _DIGITS_ONLY.fullmatch("".join(command.raw.split())):
        # Two parcels may end in the same digits: those find an item, they do not hand it over.
        return _No("refused", "whole_label", number, facts)
    # Before anything else that is missing: whoever tries codes is counted.
    return (
        _why_doubted(books, number, command, tried)
        or _why_untold(books, number, command, event, life.custody)
        or _kept_too_long(books, number, command, event)
        or _misrouted(books, number, command.event)
    )


def why_not_as(books: Reading, number: str, event: str, now_ms: int, measure: str = "") -> _No | None:
    """Why this event is none of an item now: its history contradicts it, or a stop order forbids it."""
    desk, life = books.desk(), books.item_lives(number)[-1]
    facts: dict[str, object] = {"number": number}
    scan = Told("", event, desk.branch, now_ms, desk.desk, desk.epoch, measure=measure)
    if life.next_mark(scan) == "contradiction":
        at_ms = life.last.at_ms if life.last else now_ms
        return _No("refused", "ended" if life.is_final else "illegal", number, {**facts, "at_ms": at_ms})
    if stopped := why_stopped(books, number, event, measure):
        return _No("stopped", stopped[0], number, {**facts, **stopped[1]})
    return None


def _why_doubted(books: Reading, number: str, command: ScanItem, tried: Tried | None) -> _No | None:
    """Why the pick-up code that was said hands nothing over."""
    if command.event != "EMI" or tried is None or not takes_code(command.relation):
        return None
    # On the way back it is the sender's: the addressee had been told that code.
    is_returning = is_back(books.item_lives(number)[-1].state)
    doubt = Unbelieved("no_code") if is_returning else unbelieved(books, number, tried)
    facts: dict[str, object] = {"number": number, "left": doubt.left if doubt else 0}
    return _No("refused", doubt.reason, number, facts, code=doubt.code) if doubt else None


def _why_untold(books: Reading, number: str, command: ScanItem, event: EventHere, custody: str) -> _No | None:
    reason = why_untold(command, event, custody, books.day().date)
    return _No("refused", reason, number, {"number": number}) if reason else None


def _kept_too_long(books: Reading, number: str, command: ScanItem, event: EventHere) -> _No | None:
    no = why_not_until(books, number, command.until) if "until" in event.needs else None
    return _No("refused", no[0], number, {"number": number, **no[1]}) if no else None


def _events_here(books: Reading) -> tuple[EventHere, ...]:
    return events_at(books.document(Branch, books.day().date).mail)


def answered(books: Reading, number: str) -> str:
    """The id of the last event known here, where it is another desk's: what a scan now comes after."""
    last = books.item_lives(number)[-1].last
    return last.id if last and last.desk not in ("", books.desk().desk) else ""


def _in_hand_still(books: Reading, scanned: ops.ItemScanned, recorded: Recorded) -> None:
    """A scan is taken back only while custody has not changed since (mail.md 2)."""
    if scanned.round and not is_made_up(books, scanned.round):
        # The list says what was signed for, and the courier has it: the round says what becomes of it.
        raise Refused("E-081")
    require_voidable(books, scanned)
    if has_moved_on(books, scanned.number, recorded.operation, recorded.recorded_ms):
        raise Refused("E-044")


def _misrouted(books: Reading, number: str, event: str) -> _No | None:
    office = belongs_to(books, number, event)
    return _No("misrouted", "misrouted", number, {"number": number, "office": office}) if office else None


def _by_whom(books: Reading, event: Told) -> dict[str, object]:
    entry = books.entry(event.id)
    officer = books.officer(entry.recorded.actor) if entry else None
    return {"by": officer.name if officer else event.office, "at_ms": event.at_ms}
