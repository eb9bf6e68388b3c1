"""ISO 20022 messages as bytes: read without trusting them, and valid by the published schema or refused.

A message is a ``Document`` alone or inside an envelope, there perhaps with a business application header
(head.001). Which schema counts, the namespace says. Entities, document types, size and depth are bounded
before anything looks at the content.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from functools import cache
from typing import Final

from lxml import etree

from azpost_desk.domain.refusals import Refused
from azpost_desk.places import schemas

# [design] The largest real statement of a day has some megabytes; a message of one transfer three kilobytes.
BYTES_MAX: Final = 8_000_000
DEPTH_MAX: Final = 60
_ERRORS_MAX: Final = 20
_NAMESPACE: Final = re.compile(r"urn:iso:std:iso:20022:tech:xsd:([a-z]{4}\.[0-9]{3}\.[0-9]{3}\.[0-9]{2})")
_IN_BRACES: Final = re.compile(r"\{[^}]*\}")

# One thread at a time: libxml2 before 2.15 sets its built-in types up without a lock (two first schemas made
# at once loop for ever, or refuse every message until the process ends), and a schema has one log of errors.
_SCHEMAS_LOCK: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file is: the message its namespace names ("" when none), and what is wrong with it."""

    message: str
    errors: tuple[str, ...]

    @property
    def valid(self) -> bool:
        """Whether the schema accepts it, header included."""
        return not self.errors


def check_message(content: bytes) -> Checked:
    """Hold a message against the schema that its namespace names. Never raises for what is in the bytes."""
    try:
        message, header, document = opened(content)
    except Refused as no:
        return Checked("", (_sentence(no),))
    errors = _against_schema(document, message)
    if header is not None:
        errors += _against_schema(header, _message_of(header))
        defined = [part.text for part in header if local_name(part) == "MsgDefIdr"]
        if defined and defined != [message]:
            errors.append(f"the header announces {defined[0]}, the document is {message}")
    return Checked(message, tuple(errors[:_ERRORS_MAX]))


def read_message(content: bytes, *messages: str) -> etree._Element:
    """The ``Document`` of a valid message that is one of `messages`.

    Raises:
        Refused: M-001 no XML, or with a document type or entities, too large or too deep, M-002 no ISO 20022
            message, M-003 another message (`message`), M-004 its schema does not accept it (`why`).
    """
    return read_envelope(content, *messages)[1]


def read_envelope(content: bytes, *messages: str) -> tuple[etree._Element | None, etree._Element]:
    """The header, when there is one, and the ``Document``; raises as `read_message`."""
    message, header, document = opened(content)
    if message not in messages:
        raise Refused("M-003", message=message)
    checked = check_message(content)
    if not checked.valid:
        raise Refused("M-004", why=checked.errors[0])
    return header, document


def opened(content: bytes) -> tuple[str, etree._Element | None, etree._Element]:
    """Which message it is, its header when there is one, its ``Document``: not held against a schema.

    Raises:
        Refused: M-001, M-002 as `read_message`.
    """
    root = _parsed(content)
    document = _document(root)
    return _message_of(document), _header(root), document


def _parsed(content: bytes) -> etree._Element:
    if len(content) > BYTES_MAX:
        raise Refused("M-001", reason="size")
    # No entity is expanded, nothing is fetched, and libxml2's own limits stay on.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise Refused("M-001", reason="syntax", detail=str(fault)) from fault
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused("M-001", reason="doctype")
    if _is_too_deep(root):
        raise Refused("M-001", reason="depth")
    return root


def _is_too_deep(root: etree._Element) -> bool:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEPTH_MAX:
            return True
    return False


def _document(root: etree._Element) -> etree._Element:
    found = [part for part in _parts(root) if local_name(part) == "Document" and _message_of(part)]
    if len(found) != 1:
        raise Refused("M-002", count=len(found))
    return found[0]


def _header(root: etree._Element) -> etree._Element | None:
    return next((part for part in _parts(root) if local_name(part) == "AppHdr"), None)


def _parts(root: etree._Element) -> list[etree._Element]:
    """The root, or what lies in an envelope, directly or one level deeper."""
    if _message_of(root):
        return [root]
    return [part for level in (root, *root) for part in level if isinstance(part.tag, str)]


def local_name(part: etree._Element) -> str:
    """The element's name without its namespace."""
    return str(etree.QName(part).localname)


def _message_of(part: etree._Element) -> str:
    found = _NAMESPACE.fullmatch(etree.QName(part).namespace or "")
    return found[1] if found else ""


def _against_schema(part: etree._Element, message: str) -> list[str]:
    with _SCHEMAS_LOCK:
        schema = _schema(message)
        if schema is None:
            return [f"no schema for {message or etree.QName(part).namespace}"]
        # By itself: what an envelope declares is no part of it.
        if schema.validate(etree.ElementTree(part)):
            return []
        return [f"line {one.line}: {_IN_BRACES.sub('', one.message)}" for one in schema.error_log]


@cache
def _schema(message: str) -> etree.XMLSchema | None:
    file = schemas() / f"{message}.xsd"
    return etree.XMLSchema(etree.parse(file)) if message and file.is_file() else None


def _sentence(no: Refused) -> str:
    if no.code == "M-002":
        return "no ISO 20022 document" if not no.facts["count"] else "more than one document"
    return {
        "size": f"larger than {BYTES_MAX} bytes",
        "doctype": "a document type or entities are not accepted",
        "depth": f"nested deeper than {DEPTH_MAX}",
    }.get(str(no.facts["reason"]), f"no XML: {no.facts.get('detail', '')}")
