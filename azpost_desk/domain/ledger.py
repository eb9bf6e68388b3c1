"""Postings of one operation: sums and balances; refused when debit and credit differ."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import accounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from azpost_desk.domain.money import Money

DIGEST_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of the ledger.

    Attributes:
        operation: id of the operation (for a settlement: of its line or tender) that posts.
        account: number in the chart.
        sub: sub-account (desk, biller, service), "" where the account has none.
        amount: debit positive, credit negative.
    """

    operation: str
    account: str
    sub: str
    amount: Money


class Unbalanced(Exception):
    """A bug in a posting rule: debits and credits differ. The desk stops rather than store it."""


def sums(postings: Iterable[Posting]) -> dict[tuple[str, str], int]:
    """Net amount per (operation, currency), smallest units; all zero in a sound book."""
    result: dict[tuple[str, str], int] = defaultdict(int)
    for posting in postings:
        result[posting.operation, posting.amount.currency] += posting.amount.minor
    return dict(result)


def balances(postings: Iterable[Posting]) -> dict[tuple[str, str, str], int]:
    """Net amount per (account, sub, currency), smallest units, debit positive."""
    result: dict[tuple[str, str, str], int] = defaultdict(int)
    for posting in postings:
        result[posting.account, posting.sub, posting.amount.currency] += posting.amount.minor
    return dict(result)


def checked(postings: list[Posting]) -> tuple[Posting, ...]:
    """The postings, proven: each operation balances per currency, each account stands in the chart.

    Raises:
        Unbalanced: the rule that made them is wrong.
    """
    for posting in postings:
        if posting.account not in accounts.CHART:
            raise Unbalanced(f"account {posting.account} is not in the chart")
    wrong = {key: net for key, net in sums(postings).items() if net}
    if wrong:
        raise Unbalanced(f"debits and credits differ: {wrong}")
    return tuple(posting for posting in postings if posting.amount.minor)


def digest(postings: Iterable[Posting]) -> str:
    """What a record's header says of its postings: 32 hex digits, or "" when it posts nothing.

    SHA-256 over one line per posting ``operation|account|sub|currency|amount`` in order, cut to 128 bits:
    the header is signed as a whole, the digest has only to make a wrong posting rule visible.
    """
    lines = [f"{p.operation}|{p.account}|{p.sub}|{p.amount.currency}|{p.amount.minor}\n" for p in postings]
    if not lines:
        return ""
    return hashlib.sha256("".join(lines).encode()).digest()[:DIGEST_BYTES].hex()


def negated(postings: Iterable[Posting], operation: str) -> list[Posting]:
    """The exact opposite of `postings`, under the reversing operation's id."""
    return [Posting(operation, p.account, p.sub, -p.amount) for p in postings]


def add_balances(
    first: Mapping[tuple[str, str, str], int], second: Mapping[tuple[str, str, str], int]
) -> dict[tuple[str, str, str], int]:
    """Both folded into one; the country's sum over many books."""
    result = defaultdict(int, first)
    for key, net in second.items():
        result[key] += net
    return dict(result)
