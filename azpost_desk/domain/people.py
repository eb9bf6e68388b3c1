"""Customers as they stand in attachments: personal data, erasable by rule, never in a record's body.

Attachment groups and their content (JSON of these values); the slot is ``<operation of the line>:<group>``:
    parties     a transfer sent: its code, sender and receiver
    receiver    a transfer paid or refunded: who took the money, with the document shown
    account     a bill: the subscriber number and the holder's masked name
    addresses   an express item: sender and addressee
    collector   a bag handed over: who took it, with the document shown
    presenter   a suspect note: who brought it
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


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Group `account`: the subscriber number as the biller knows it."""

    account: str
    holder: str = ""


class Addresses(msgspec.Struct, frozen=True, kw_only=True):
    """Group `addresses`."""

    sender: Person
    addressee: Person


GROUPS: Final[dict[str, type[msgspec.Struct]]] = {
    "parties": Parties,
    "receiver": Person,
    "account": Account,
    "addresses": Addresses,
    "collector": Person,
    "presenter": Person,
}
