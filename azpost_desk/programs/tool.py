"""`tool item|scan|identifier|azqr|label|screen|signature|iso20022|hs`: one rule, from lines or files to JSON.

For support and for acceptance checks: what the counter would say of a number, without a counter.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from azpost_desk.domain import azqr
from azpost_desk.domain.identifiers import CHECKS
from azpost_desk.domain.item_numbers import read_item_number
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.scans import read_scan
from azpost_desk.files import LARGE_BYTES_MAX, SMALL_BYTES_MAX, content_of
from azpost_desk.programs import complain
from azpost_desk.texts.sentences import local

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Answer = dict[str, object]

# JSON lets them stand as they are.
_NO_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def main(argv: list[str]) -> int:
    """Answer every line of stdin, blank ones too, with one JSON line.

    Returns:
        0 when every line (or file) was answered; 1 when no code of goods was found; 2 on wrong usage or
        when a file cannot be read.
    """
    arguments = _parser().parse_args(argv)
    if arguments.tool == "screen" and not any(
        (arguments.pairs, arguments.ofac, arguments.un, arguments.national)
    ):
        complain(Refused("G-076"))
        return 2
    if arguments.tool == "signature":
        return _each(arguments.files, lambda path: _signature(path, arguments.issuer))
    if arguments.tool == "iso20022":
        return _each(arguments.files, lambda path: _message(path, arguments.rules))
    if arguments.tool == "hs":
        return _goods(" ".join(arguments.words), arguments.language, as_json=arguments.json)
    try:
        answer = _by_line(arguments)
    except Refused as fault:
        complain(fault)
        return 2
    except OSError as fault:
        complain(_unreadable(fault))
        return 2
    # A stray byte must not end the run: it becomes U+FFFD, which no rule accepts.
    try:
        for line in sys.stdin.buffer:
            text = line.decode("utf-8", errors="replace").removesuffix("\n").removesuffix("\r")
            sys.stdout.write(_line_of(answer(text)))
    except _CannotWrite as fault:
        complain(_unreadable(fault.failure))
        return 2
    sys.stdout.flush()
    return 0


class _CannotWrite(Exception):
    """A file of ours, and not the output, which closes when somebody has read enough."""

    def __init__(self, failure: OSError) -> None:
        super().__init__(str(failure))
        self.failure = failure


def _line_of(answer: Answer) -> str:
    """An answer as one line, also for readers to whom more than a line feed ends a line."""
    return json.dumps(answer, ensure_ascii=False).translate(_NO_LINE_ENDS) + "\n"


def _by_line(arguments: argparse.Namespace) -> Callable[[str], Answer]:
    """What answers a line. Raises OSError, Refused: a list cannot be read."""
    match arguments.tool:
        case "item":
            return _item
        case "scan":
            return _scan
        case "azqr":
            return _made_code if arguments.encode else _code
        case "label":
            return _labels(arguments)
        case "screen":
            return _pair if arguments.pairs else _screener(arguments)
        case _:
            return lambda line: _identifier(arguments.kind, line)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="azpost-desk tool", description=__doc__)
    tools = parser.add_subparsers(dest="tool", required=True)
    tools.add_parser("item", help="UPU S10 item numbers")
    tools.add_parser("scan", help="raw scans, whatever the keyboard layout did to them")
    identifier = tools.add_parser("identifier", help="IBAN, VÖEN, FİN, phone numbers and postcodes")
    identifier.add_argument("--kind", required=True, choices=sorted(CHECKS))
    code = tools.add_parser("azqr", help="payment codes: their fields, or the code from its fields")
    code.add_argument("--encode", action="store_true", help='lines of JSON, {"39": "MPV002", "26": {…}, …}')
    label = tools.add_parser("label", help="labels of items, each a line of JSON, as files")
    form = label.add_mutually_exclusive_group(required=True)
    form.add_argument("--zpl", dest="form", action="store_const", const="zpl")
    form.add_argument("--pdf", dest="form", action="store_const", const="pdf")
    label.add_argument("folder", nargs="?", type=Path, default=Path(), metavar="DIR", help="default: here")
    label.add_argument("--out", type=Path, metavar="DIR", help="the same, as other programs call it")
    label.add_argument("--dpi", type=int, choices=[203, 300], default=203, help="of the label printer")
    screen = tools.add_parser("screen", help="names against watch lists, or pairs of names")
    screen.add_argument("--pairs", action="store_true", help="two names a line, divided by a tab")
    screen.add_argument("--ofac", type=Path, metavar="DIR", help="folder with sdn.csv, alt.csv and add.csv")
    screen.add_argument("--un", type=Path, metavar="FILE", help="the UN's consolidated list, XML")
    screen.add_argument("--national", type=Path, metavar="FILE", help="the national list, CSV")
    goods = tools.add_parser("hs", help="the likeliest customs codes for what people call a good")
    goods.add_argument("words", nargs="+", metavar="WORD", help="in Azerbaijani, Russian or English")
    goods.add_argument("--language", choices=["az", "ru", "en"], default="az", help="of the names shown")
    goods.add_argument("--json", action="store_true", help="one JSON object, with names in every language")
    signature = tools.add_parser("signature", help="electronic signatures in PDF files")
    signature.add_argument("files", nargs="+", type=Path, metavar="FILE")
    message = tools.add_parser("iso20022", help="ISO 20022 messages, each by the schema its namespace names")
    message.add_argument("files", nargs="+", type=Path, metavar="FILE")
    message.add_argument("--rules", choices=["2026"], help="also the market's rules beyond the schema")
    signature.add_argument("--issuer", action="append", default=[], type=Path, help="PEM file to trust")
    return parser


def _each(files: Sequence[Path], answer: Callable[[Path], Answer]) -> int:
    try:
        for path in files:
            sys.stdout.write(_line_of(answer(path)))
    except OSError as unreadable:
        complain(_unreadable(unreadable))
        return 2
    return 0


def _unreadable(fault: OSError) -> Trouble:
    return Trouble("G-075", file=str(fault.filename or ""), why=str(fault.strerror or fault))


def _signature(path: Path, issuers: Sequence[Path]) -> Answer:
    """What stands in a PDF, in the order it was signed; `signed` only when every signature is whole."""
    # Here and not above: the other tools need no PDF library.
    from azpost_desk.devices.signatures import read_signatures

    trusted = [content_of(one, SMALL_BYTES_MAX).decode("ascii", "replace") for one in issuers]
    found = read_signatures(content_of(path, LARGE_BYTES_MAX), trusted)
    return {
        "file": path.name,
        "signed": bool(found) and all(one.intact and one.whole for one in found),
        "signatures": [
            {
                "name": one.certificate.name,
                "serial": one.certificate.serial,
                "certificate": one.certificate.fingerprint,
                "at": local(one.at_ms).isoformat(timespec="seconds"),
                "intact": one.intact,
                "whole": one.whole,
                "trusted": one.certificate.trusted,
            }
            for one in found
        ],
    }


def _screener(arguments: argparse.Namespace) -> Callable[[str], Answer]:
    """Every list that is named, read once; then a name a line."""
    # Here and not above: most tools need no list.
    from azpost_desk.domain.screening import Asked, Index
    from azpost_desk.domain.watch_lists import NATIONAL, OFAC, UN
    from azpost_desk.programs.watch_list_files import read_list

    named = ((OFAC, arguments.ofac), (UN, arguments.un), (NATIONAL, arguments.national))
    entries = [entry for source, path in named if path for entry in read_list(source, path)]
    index = Index(entries)

    def screen(line: str) -> Answer:
        hits = [
            {
                "list": hit.entry.source,
                "id": hit.entry.id,
                "name": hit.name,
                "score": hit.score,
                "why": ", ".join(f"{pair.asked} = {pair.listed} ({pair.likeness})" for pair in hit.pairs),
            }
            for hit in index.ask(Asked(line))
        ]
        return {"name": line, "hits": hits}

    return screen


def _pair(line: str) -> Answer:
    from azpost_desk.domain.screening import compare

    one, _, other = line.partition("\t")
    likeness = compare(one, other)
    return {"a": one, "b": other, "score": likeness.score, "match": likeness.match}


def _message(path: Path, rules: str | None) -> Answer:
    """What message a file holds and what its schema says of it; the file is named as it was given."""
    from azpost_desk.central.gateways.iso20022 import check_message
    from azpost_desk.central.gateways.iso_rules import broken_rules

    content = content_of(path, LARGE_BYTES_MAX)
    checked = check_message(content)
    answer: Answer = {
        "file": str(path),
        "message": checked.message,
        "valid": checked.valid,
        "errors": list(checked.errors),
    }
    return {**answer, "broken": list(broken_rules(content, rules))} if rules else answer


def _labels(arguments: argparse.Namespace) -> Callable[[str], Answer]:
    # Here and not above: the other tools draw nothing.
    from azpost_desk.programs.tool_label import label_file

    def make(line: str) -> Answer:
        try:
            return label_file(line, arguments.form, arguments.out or arguments.folder, arguments.dpi)
        except OSError as failure:
            raise _CannotWrite(failure) from failure

    return make


def _goods(words: str, language: str, *, as_json: bool) -> int:
    """The codes of a good, the likeliest first: code, name, heading, chapter; 1 where none is found."""
    # Here and not above: the list of codes is large.
    from azpost_desk.domain.catalogue import name_in
    from azpost_desk.services.hs_list import hs_index

    index = hs_index()
    found = index.search(words)
    if as_json:
        rows = [
            {
                "code": one.code,
                "names": dict(one.names),
                "text": one.text,
                "heading": one.heading,
                "heading_text": one.heading_text,
                "chapter": one.chapter,
                "chapter_text": one.chapter_text,
            }
            for one in found
        ]
        sys.stdout.write(_line_of({"words": words, "edition": index.edition, "found": rows}))
    else:
        for one in found:
            name = name_in(one.names, language) or one.text
            print(
                one.code,
                name,
                f"{one.heading} {one.heading_text}",
                f"{one.chapter} {one.chapter_text}",
                sep="\t",
            )
    sys.stdout.flush()
    return 0 if found else 1


def _item(line: str) -> Answer:
    item = read_item_number(line)
    return {
        "input": line,
        "number": item.number,
        "valid": item.valid,
        "reason": item.reason,
        "indicator": item.indicator,
        "service": item.service,
        "country": item.country,
        "warnings": list(item.warnings),
    }


def _scan(line: str) -> Answer:
    scan = read_scan(line)
    return {"raw": line, "kind": scan.kind, "value": scan.value, "repaired": scan.repaired}


def _code(line: str) -> Answer:
    """The fields of a payment code; the moment of the question is not looked at, so none is too old."""
    looked = azqr.look(line)
    fields = (
        None
        if looked.fields is None
        else {tag: value if isinstance(value, str) else dict(value) for tag, value in looked.fields.items()}
    )
    return {"valid": looked.reason is None, "fields": fields, "reason": looked.reason}


def _made_code(line: str) -> Answer:
    """The payment code of fields; what is no object of texts by tag has the reason ``form``."""
    reason, payload = "form", None
    with contextlib.suppress(msgspec.DecodeError, UnicodeError):
        try:
            payload = azqr.write_azqr(msgspec.json.decode(line, type=dict[str, str | dict[str, str]]))
        except Refused as no:
            reason = next(word for word, code in azqr.REASONS.items() if code == no.code)
    return {"payload": payload, "valid": payload is not None, "reason": None if payload else reason}


def _identifier(kind: str, line: str) -> Answer:
    found = CHECKS[kind](line)
    answer: Answer = {"input": line, "valid": found.valid, "value": found.value, "reason": found.reason}
    return {**answer, "warning": found.warning} if found.warning else answer
