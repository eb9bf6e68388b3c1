"""`tool item|scan|identifier`: one rule from lines on stdin to JSON lines on stdout.

For support and for acceptance checks: what the counter would say of a number, without a counter.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from azpost_desk.domain.identifiers import CHECKS
from azpost_desk.domain.item_numbers import read_item_number
from azpost_desk.domain.scans import read_scan

if TYPE_CHECKING:
    from collections.abc import Callable

    Answer = dict[str, object]


def main(argv: list[str]) -> int:
    """Answer every line of stdin, blank ones too, with one JSON line.

    Returns:
        0 when every line was answered; argparse ends the program with 2 on wrong usage.
    """
    arguments = _parser().parse_args(argv)
    answer: Callable[[str], Answer] = {
        "item": _item,
        "scan": _scan,
        "identifier": lambda line: _identifier(arguments.kind, line),
    }[arguments.tool]
    # A stray byte must not end the run: it becomes U+FFFD, which no rule accepts.
    for line in sys.stdin.buffer:
        text = line.decode("utf-8", errors="replace").removesuffix("\n").removesuffix("\r")
        sys.stdout.write(json.dumps(answer(text), ensure_ascii=False) + "\n")
    sys.stdout.flush()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="azpost-desk tool", description=__doc__)
    tools = parser.add_subparsers(dest="tool", required=True)
    tools.add_parser("item", help="UPU S10 item numbers")
    tools.add_parser("scan", help="raw scans, whatever the keyboard layout did to them")
    identifier = tools.add_parser("identifier", help="IBAN, VÖEN, FİN, phone numbers and postcodes")
    identifier.add_argument("--kind", required=True, choices=sorted(CHECKS))
    return parser


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


def _identifier(kind: str, line: str) -> Answer:
    found = CHECKS[kind](line)
    answer: Answer = {"input": line, "valid": found.valid, "value": found.value, "reason": found.reason}
    return {**answer, "warning": found.warning} if found.warning else answer
