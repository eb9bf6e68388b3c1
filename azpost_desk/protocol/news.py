"""Kinds of news and what they carry (JSON payloads). A desk keeps kinds it does not know."""

from __future__ import annotations

from typing import Final

import msgspec


class Tidings(msgspec.Struct, frozen=True, kw_only=True):
    """A payload; unknown fields of a newer centre are passed over."""


class Reference(Tidings, frozen=True):
    """Reference data from the centre: one named document in one version, valid from a business day.

    `name` is one of domain.catalogue's documents: branch, offices, staff, licences, tariffs, billers, goods,
    settings. `content` is the JSON of that document's type. The newest version with `valid_from` ≤ day
    counts.
    """

    name: str
    version: int
    valid_from: str
    content: msgspec.Raw


class DeskHead(Tidings, frozen=True):
    """Where another desk of the branch stands, and its day's figures when it closed.

    `hours` are those of its closing record, see domain.hours.

    `public_key` ("" from an older centre) is the key of this epoch, learned ahead: what the desk signs on
    paper is believed without a line.
    """

    desk: str
    number: int
    epoch: int
    sequence: int
    hash: str
    recorded_ms: int
    received_ms: int
    date: str
    state: str
    figures: msgspec.Raw
    public_key: str = ""
    hours: str = ""


class DeskKey(Tidings, frozen=True):
    """The key of a chain of this branch begins (`active`) or ends (`replaced`, `lost`, `forked`)."""

    desk: str
    epoch: int
    public_key: str
    state: str
    at_ms: int


class PaymentResult(Tidings, frozen=True):
    """What became of a bill at the biller."""

    payment: str
    biller: str
    outcome: str
    provider_reference: str
    reason: str
    at_ms: int


class QrEvent(Tidings, frozen=True):
    """What became of a request for money by code: paid, late, closed; `words` and `signature` (hex) of a
    confirmation, `reason` of a close.
    """

    request: str
    outcome: str
    words: str = ""
    signature: str = ""
    reason: str = ""


class TransferEvent(Tidings, frozen=True):
    """A transfer that concerns this desk changed state (sent here, paid elsewhere, closed after wrong
    tries).
    """

    transfer: str
    state: str
    office: str
    at_ms: int


class AbroadEvent(Tidings, frozen=True):
    """How a transfer abroad of this desk stands: its state, a recall beside it, a refusal's code.

    `number` is what the receiver has to say there, once the partner has given it: a secret (MA-18).
    """

    transfer: str
    state: str
    at_ms: int
    recall: str = ""
    reason: str = ""
    number: str = ""
    reference: str = ""


class ItemEvent(Tidings, frozen=True):
    """A tracking event of an item that concerns this office.

    `operation`, `desk`, `epoch` and `sequence` say which record tells it, `answers` the operation of the one
    its writer knew as the last; news of before they were told has them empty. `due_qapik` is to be paid
    before the item is handed over (`mail.charges`).
    """

    number: str
    event: str
    office: str
    at_ms: int
    detail: str = ""
    postcode: str = ""
    operation: str = ""
    desk: str = ""
    epoch: int = 0
    sequence: int = 0
    reason: str = ""
    measure: str = ""
    answers: str = ""
    due_qapik: int = 0


class ItemVoided(ItemEvent, frozen=True):
    """An event that was taken back, told whole: it may be heard of before, or without, the event itself."""


class ItemOrder(Tidings, frozen=True):
    """Somebody with the right to it stops an item (`mail.orders.STOPS`), or what became of the order.

    `to` is the office that a redirected item is to be sent on to.
    """

    order: str
    number: str
    kind: str
    state: str
    at_ms: int
    to: str = ""


class ItemCode(Tidings, frozen=True):
    """The pick-up code of an item that lies at this office: it stands, is locked or void.

    `code` is its id, `hash` what six digits are checked against, made as `form` says (1: argon2id of the
    digits); "" of one that is good for nothing any more.
    """

    number: str
    code: str
    office: str
    state: str
    at_ms: int
    hash: str = ""
    form: int = 1


class MailBagNews(Tidings, frozen=True):
    """An inland bag between two offices as it stands: told to every desk of both, and of the one that has it.

    `state` and `version` are those of `mail.bag_history`; `numbers` the list it was last sealed with,
    `office` the one that took it in ("" nobody yet), by the record `arrival` and in what `condition`.
    """

    bag: str
    number: str
    from_office: str
    to_office: str
    state: str
    version: int
    begun_ms: int
    at_ms: int
    grams: int = 0
    typed: bool = False
    seal: str = ""
    numbers: tuple[str, ...] = ()
    office: str = ""
    arrival: str = ""
    condition: str = ""


class RemittanceNews(Tidings, frozen=True):
    """Cash is on its way to this desk, from another desk of the branch; or (`accepted`) has been counted in.

    The second tells the desk that sent it, and a machine that replaces the one that counted: it must not
    count the same cash again. `by` is the officer who counted it in.
    """

    remittance: str
    from_desk: str
    to_desk: str
    amount_qapik: int
    pieces: dict[str, int]
    at_ms: int
    state: str = "announced"
    by: str = ""


class BagNews(Tidings, frozen=True):
    """A bag between this desk's safe and the cash centre: announced to it, or what became of one it sent.

    `state` is that of domain.moves.BAG; `by` an officer's id, "" for the centre. A machine that replaces
    another learns its bags from it.
    """

    bag: str
    number: str
    sort: str
    from_desk: str
    to_desk: str
    pieces: dict[str, int]
    amount_qapik: int
    at_ms: int
    state: str = "announced"
    counted: dict[str, int] = {}
    counted_qapik: int = 0
    act: str = ""
    by: str = ""


class Codes(Tidings, frozen=True):
    """Transfer codes and item number ranges for this desk and epoch, to be used off line too.

    `item_sort`: labels are printed with these numbers, of this desk (``roll``) or in the safe of its branch
    (``reserve``); "" = the desk takes them in their order.
    """

    epoch: int
    transfer_codes: tuple[str, ...] = ()
    item_prefix: str = ""
    item_first: int = 0
    item_last: int = -1
    item_sort: str = ""


class GrantQuestion(Tidings, frozen=True):
    """The centre asks to release a grant (somebody wants it); the desk answers by a record."""

    grant: str
    thing: str
    at_ms: int = 0


class CorrectionProposal(Tidings, frozen=True):
    """The centre proposes a correction; only an operation of the branch itself makes it true.

    `sort` is one of domain.operations_recovery's, `evidence` says where it can be looked up.
    """

    proposal: str
    sort: str
    amount_qapik: int
    holder: str
    reason: str
    evidence: str
    who: str
    at_ms: int


class CentreAct(Tidings, frozen=True):
    """Somebody at the centre did or read something of this desk: who, what (a word), when and why."""

    act_id: str
    act: str
    who: str
    why: str
    at_ms: int
    about: str = ""


class ErasureDue(Tidings, frozen=True):
    """The centre erased personal data by rule and asks the desk it came from to do the same.

    The desk follows its own rule: it erases what it finds due too, and its record is the confirmation.
    """

    commitments: tuple[str, ...]


class OnExceptionsList(Tidings, frozen=True):
    """A record of this desk stands on the centre's exceptions list; the desk goes on."""

    epoch: int
    sequence: int
    reason: str


class DisputeAnswer(Tidings, frozen=True):
    """The centre's answer to a dispute of this desk: upheld, partly, rejected or more, with its words."""

    dispute: str
    answer: str
    words: str
    by: str
    at_ms: int


class LateRecords(Tidings, frozen=True):
    """Records of an ended epoch of this desk came in late: its present machine fetches them."""

    epoch: int
    first: int
    last: int
    hash: str


class ContestedNews(Tidings, frozen=True):
    """Two people at the centre judged a contested record of this desk (confirmed, rejected).

    `posted`: it had counted before. What it moved stands in the centre's book; the branch sees a case.
    """

    epoch: int
    sequence: int
    hash: str
    decision: str
    posted: bool


KINDS: Final[dict[str, type[Tidings]]] = {
    "reference": Reference,
    "desk.head": DeskHead,
    "desk.key": DeskKey,
    "payment.result": PaymentResult,
    "qr.event": QrEvent,
    "transfer.event": TransferEvent,
    "abroad.event": AbroadEvent,
    "item.event": ItemEvent,
    "item.voided": ItemVoided,
    "item.order": ItemOrder,
    "item.code": ItemCode,
    "mail.bag": MailBagNews,
    "remittance": RemittanceNews,
    "bag": BagNews,
    "codes": Codes,
    "grant.question": GrantQuestion,
    "exception": OnExceptionsList,
    "correction.proposal": CorrectionProposal,
    "centre.act": CentreAct,
    "dispute.answer": DisputeAnswer,
    "erasure.due": ErasureDue,
    "late.records": LateRecords,
    "contested.judged_there": ContestedNews,
}
