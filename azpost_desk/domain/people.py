"""Customers as they stand in attachments: personal data, erasable by rule, never in a record's body.

Attachment groups and their content (JSON of these values); the slot is ``<operation of the line>:<group>``:
    parties     a transfer sent or changed: its code, sender and receiver
    receiver    a transfer paid or refunded: who took the money, with the document shown
    parties_abroad  a transfer abroad: sender, receiver, both as they are sent in Latin letters
    account     a bill: the subscriber number and the holder's masked name
    addresses   an item, or its amended declaration: sender and addressee, and for abroad the declaration with
                both as customs get it
    signer      a paper signed electronically: the signer's name as the certificate's issuer wrote it
    customer    whose file was looked at, or who asked for erasure: the id of the file (JSON text)
    note        a remark in a customer's file: whose, and the officer's own words
    words       what somebody wrote in their own words: a reason, an objection
    collector   a bag handed over: who took it, with the document shown
    presenter   a suspect note: who brought it
    notice_search   a person's notices looked for: their FİN or VÖEN and the document shown
"""

from __future__ import annotations

from typing import Final

import msgspec


class Person(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A customer. `name` is surname, given name, patronymic; `document` series and number; phone E.164."""

    name: str
    fin: str = ""
    document: str = ""
    document_kind: str = ""
    document_valid_to: str = ""
    phone: str = ""
    address: str = ""
    postcode: str = ""
    settlement: str = ""


class Parties(msgspec.Struct, frozen=True, kw_only=True):
    """Group `parties`: the code is as secret as the names, so it lies here too."""

    code: str
    sender: Person
    receiver: Person


class ReceiverAbroad(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who is to be paid abroad.

    Attributes:
        name: as it was said at the counter, in any script.
        latin: as it is sent and compared there (surname first), agreed with the sender (MA-14).
        town, country: of the receiver; country by ISO 3166.
        values: what the corridor asked for, by field.
    """

    name: str
    latin: str
    country: str
    town: str = ""
    values: dict[str, str] = {}


class AbroadParties(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Group `parties_abroad` of a line sent abroad. `sender_latin`: the sender's name as it is sent.

    `sender_town_latin` and `sender_street_latin` are the parts of the sender's address in the message, which
    the travel rule asks for (facts: FATF recommendation 16).
    """

    sender: Person
    sender_latin: str
    receiver: ReceiverAbroad
    sender_town_latin: str = ""
    sender_street_latin: str = ""
    sender_born: str = ""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Group `account`: the subscriber number as the biller knows it; `contact` is the payer's phone, to tell
    them when the biller refuses.
    """

    account: str
    holder: str = ""
    contact: str = ""


class NoticeSearch(msgspec.Struct, frozen=True, kw_only=True):
    """Group `notice_search`: the FİN or VÖEN whose notices were looked for, and the document shown for it."""

    value: str
    shown: Person


class Addresses(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Group `addresses`; `declared`, only of an item for abroad, is JSON of `mail.advance` as it is sent."""

    sender: Person
    addressee: Person
    declared: str = ""


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """Group `words`: what somebody said in their own words."""

    words: str


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Group `note`: `customer` is the id of the file."""

    customer: str
    remark: str


class Signer(msgspec.Struct, frozen=True, kw_only=True):
    """Group `signer`."""

    subject: str
    name: str


GROUPS: Final[dict[str, type[msgspec.Struct]]] = {
    "words": Words,
    "note": Note,
    "signer": Signer,
    "collector": Person,
    "presenter": Person,
    "notice_search": NoticeSearch,
}
