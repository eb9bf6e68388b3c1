"""`azpost-desk verify FILE…`: proves an evidence file, or a shift certificate, without anything else of ours.

This one file is all that is needed: Python 3.11 and the package `cryptography`. Hand it to a court together
with the evidence and decisions/011-evidence-proves-itself.md, and run ``python verify.py FILE…``.

What it proves: every byte is as the desk sealed it; every record stands unbroken in its chain and under a
signature of that epoch's key; every acknowledgement is the centre's word on that very head; personal data is
what the record committed to, or is withheld, or was erased by a recorded rule; postings are those the header
names, balance, and move the cash that the bodies say; counts and sums are right; no two grants of the centre
share a predecessor. What it does not prove: that the keys are whose they are said to be (compare them with
what the post publishes, --desk-key and --centre-key), nor what happened and was never recorded.
Exit code: 0 good, 1 bad, 2 cannot run.
"""

from __future__ import annotations

import argparse
import base64
import datetime as dt
import hashlib
import io
import json
import re
import struct
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE_BYTES_MAX: Final = 8 * 1024 * 1024
FILE_BYTES_MAX: Final = 2 * 1024 * 1024 * 1024
FAULTS_MAX: Final = 100
SAFE, TILL = "1010", "1020"
ORDER: Final = ("evidence", "epoch", "record", "ack", "day", "seal")
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# Kind of record → the groups of personal data its body commits to; a line of a sale has these fields itself.
GROUPS: Final = {
    "customer.viewed": {"customer": "customer"},
    "customer.noted": {"note": "note"},
    "despatch.handed_over": {"driver": "driver"},
    "erasure.requested": {"customer": "customer"},
    "grant.requested": {"question": "question"},
    "item.declared": {"addresses": "addresses"},
    "item.scanned": {"signatory": "signatory", "proof": "proof"},
    "mail_bag.handed_over": {"driver": "driver"},
    "irregularity.reported": {"words": "words", "photo": "photo"},
    "round.signed": {"courier": "courier"},
    "round.ended": {"courier": "courier"},
    "paper.signed": {"signer": "subject"},
    "bag.handed_over": {"collector": "collector"},
    "note.suspected": {"presenter": "presenter"},
    "difference.made_good": {"words": "words"},
    "dispute.raised": {"words": "words"},
    "dispute.escalated": {"words": "words"},
    "dispute.closed": {"words": "words"},
    "day.preflight": {"words": "words"},
    "correction.declined": {"words": "words"},
    "transfer.changed": {"parties": "parties"},
}
SHIFT_ENDS: Final = ("till.closed", "till.handed_over")
LINE_GROUPS: Final = {
    group: group for group in ("account", "parties", "parties_abroad", "receiver", "addresses")
}


class Bad(Exception):
    """What was read is no evidence: reading on would prove nothing."""


# --- reading what a stranger wrote --------------------------------------------------------------------


def _whole(text: str) -> int:
    if len(text) > 20:
        raise Bad("a number is too large")
    return int(text)


def _no_fraction(text: str) -> int:
    raise Bad("a number is not whole")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise Bad("a key stands twice")
    return dict(pairs)


def parse(text: str | bytes) -> Any:
    """JSON without fractions, without doubled keys, without anything that could overwhelm the reader."""
    try:
        return json.loads(
            text,
            parse_int=_whole,
            parse_float=_no_fraction,
            parse_constant=_no_fraction,
            object_pairs_hook=_once,
        )
    except (ValueError, RecursionError):
        raise Bad("this is no JSON") from None


def lines(path: Path) -> Iterator[tuple[int, bytes, str, dict[str, Any]]]:
    """(number, bytes, name, fields) of each line; refuses any line that could have been written otherwise."""
    if path.stat().st_size > FILE_BYTES_MAX:
        raise Bad(f"larger than {FILE_BYTES_MAX} bytes")
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(LINE_BYTES_MAX + 1):
            number += 1
            if len(raw) > LINE_BYTES_MAX or not raw.endswith(b"\n"):
                raise Bad(f"line {number} is too long or cut off")
            told = parse(raw)
            try:
                again = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            except (ValueError, RecursionError):
                again = b""
            if again != raw or not isinstance(told, dict) or len(told) != 1:
                raise Bad(f"line {number} is not written as evidence is")
            [(name, fields)] = told.items()
            if name not in ORDER or not isinstance(fields, dict):
                raise Bad(f"line {number} is of no known sort")
            yield number, raw, name, fields


def take(fields: dict[str, Any], *names: str) -> list[Any]:
    """The values of exactly these keys, in this order."""
    if tuple(fields) != names:
        raise Bad(f"{', '.join(names)} expected")
    return list(fields.values())


def hex_bytes(value: object, length: int) -> bytes:
    """`length` bytes out of lower-case hex."""
    if not isinstance(value, str) or not re.fullmatch(f"[0-9a-f]{{{2 * length}}}", value):
        raise Bad(f"{length} bytes in hex expected")
    return bytes.fromhex(value)


def typed(values: list[Any], *kinds: type) -> None:
    """Refuse values of another type; a truth value is no number."""
    for value, kind in zip(values, kinds, strict=True):
        if type(value) is not kind:
            raise Bad(f"{kind.__name__} expected")


def is_signed(public: bytes, words: bytes, signature: bytes) -> bool:
    """Whether the key made this signature over these words (Ed25519)."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, words)
    except (InvalidSignature, ValueError):
        return False
    return True


# --- the rules of records -------------------------------------------------------------------------------


def record_hash(previous: bytes, header: bytes, body: bytes) -> bytes:
    """SHA-256( previous || u32 length || header || u32 length || body )."""
    digest = hashlib.sha256(previous)
    for part in (header, body):
        digest.update(len(part).to_bytes(4, "big") + part)
    return digest.digest()


def postings_digest(postings: list[list[Any]]) -> str:
    """What a header says of its postings."""
    rows = ["|".join(str(part) for part in posting) + "\n" for posting in postings]
    return hashlib.sha256("".join(rows).encode()).digest()[:16].hex() if rows else ""


def due(line: dict[str, Any]) -> int:
    """What a customer owes for a line of a sale, or (negative) is owed."""
    amount, fee = line.get("amount_qapik", 0), line.get("fee_qapik", 0)
    match line["line"]:
        case "goods.sold" | "item.accepted" | "charge.paid":
            return int(amount)
        case "payment.accepted" | "notice.paid" | "transfer.sent":
            return int(amount + fee)
        case "transfer.paid" | "payment.refunded" | "abroad.paid":
            return -int(amount)
        case "transfer.refunded" | "abroad.refunded":
            return -int(amount + line["fee_returned_qapik"])
        case "abroad.sent":
            return int(line["terms"]["amount_qapik"] + sum(line["terms"]["fees_qapik"].values()))
        case "line.reversed":
            return -due(line["original"])
        case other:
            raise Bad(f"no rule for a line {other}")


def cash_moved(kind: str, version: int, body: dict[str, Any]) -> tuple[int, int] | None:
    """(into the till, into the safe) by the body alone; None where this verifier has no rule of its own."""
    amount = body.get("amount_qapik", 0)
    match kind, version:
        case "settlement", 1:
            return sum(one["amount_qapik"] for one in body["tenders"] if one["tender"] == "cash"), 0
        case "till.closed" | "till.handed_over", 1:
            return body["counted_qapik"] - body["expected_qapik"], 0
        case "difference.made_good", 1:
            return amount, 0
        case "bag.sealed", 1:
            return 0, -amount
        case "bag.received" | "bag.differed", 1:
            return 0, amount
        case "safe.supplied", 1:
            return 0, amount
        case "cash.moved", 1:
            return (amount, -amount) if body["direction"] == "to_till" else (-amount, amount)
        case "remittance.issued", 1:
            return (0, -amount) if body["from_place"] == "safe" else (-amount, 0)
        case "remittance.accepted", 1:
            return (0, amount) if body["to_place"] == "safe" else (amount, 0)
        case _:
            return None


def strings(value: object) -> Iterator[str]:
    """Every text in a body."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


# --- one evidence file ---------------------------------------------------------------------------------


class Evidence:
    """An evidence file while it is read; `faults` says what is wrong with it, empty when all is proven."""

    def __init__(self) -> None:
        self.faults: list[dict[str, str]] = []
        self.notes: list[str] = []
        self.about: dict[str, Any] = {}
        self.epochs: dict[int, tuple[bytes, bytes, bytes]] = {}
        self.runs: list[dict[str, Any]] = []
        self.acknowledged: dict[int, int] = {}
        self.states: Counter[str] = Counter()
        self.grants: dict[tuple[str, str, str], dict[str, str]] = {}
        self.closes: dict[tuple[int, int], dict[str, Any]] = {}
        self.days: dict[int, dict[str, Any]] = {}
        self._told_days: list[dict[str, Any]] = []
        self._hashes: dict[tuple[int, int], bytes] = {}
        self._heads: dict[tuple[int, int], bytes] = {}
        self._openings: list[tuple[str, dict[str, Any]]] = []
        self._erased: list[tuple[str, str]] = []
        self._erasures: set[str] = set()
        self._embedded: dict[tuple[int, str], tuple[int, int]] = {}
        self._told: dict[tuple[int, str], tuple[int, int]] = {}
        self._unruled: set[str] = set()

    def fault(self, where: str, why: str) -> None:
        """Note what is wrong; the first hundred are enough."""
        if len(self.faults) < FAULTS_MAX:
            self.faults.append({"where": where, "why": why})

    def read(self, path: Path) -> None:
        """All lines in their order, then what can only be said at the end."""
        digest, at, sealed = hashlib.sha256(), 0, False
        for number, raw, name, fields in lines(path):
            here = ORDER.index(name)
            if sealed or here < at or (number == 1) != (name == "evidence"):
                raise Bad(f"line {number} stands where it must not")
            at = here
            try:
                if name == "seal":
                    self._seal(fields, digest.hexdigest())
                    sealed = True
                else:
                    getattr(self, f"_{name}")(fields)
            except Bad as wrong:
                raise Bad(f"line {number}: {wrong}") from None
            except (KeyError, TypeError, AttributeError, ValueError, IndexError, OverflowError) as wrong:
                raise Bad(f"line {number} cannot be understood ({type(wrong).__name__})") from None
            digest.update(raw)
        if not sealed:
            raise Bad("the file is not sealed: its end is missing")
        self._end()

    # --- the lines ------------------------------------------------------------------------------------

    def _evidence(self, fields: dict[str, Any]) -> None:
        names = ("version", "desk", "branch", "branch_name", "first_day", "last_day", "personal", "software")
        typed(take(fields, *names), int, str, str, str, str, str, bool, str)
        if fields["version"] != 1:
            raise Bad(f"version {fields['version']} of the format is not known here")
        self.about = fields

    def _epoch(self, fields: dict[str, Any]) -> None:
        epoch, *keys = take(fields, "epoch", "public_key", "centre_key", "grants_key")
        typed([epoch], int)
        if epoch in self.epochs:
            raise Bad("an epoch stands twice")
        desk, centre, grants = (hex_bytes(key, 32) for key in keys)
        self.epochs[epoch] = desk, centre, grants

    def _record(self, fields: dict[str, Any]) -> None:
        names = ("epoch", "sequence", "part", "local", "previous", "hash", "header", "body", "signature")
        values = take(fields, *names, "postings", "attachments")
        (
            epoch,
            sequence,
            part,
            local,
            previous,
            told,
            header_text,
            body_text,
            signature,
            postings,
            attached,
        ) = values
        typed([epoch, sequence, part, local, header_text, body_text], int, int, str, str, str, str)
        where = f"record {epoch}/{sequence}"
        digest = record_hash(hex_bytes(previous, 32), header_text.encode(), body_text.encode())
        if digest != hex_bytes(told, 32):
            self.fault(where, "its bytes do not give its hash")
        if part not in ("period", "link") or epoch not in self.epochs:
            raise Bad("of no known part or epoch")
        run = self._chain(where, epoch, sequence, bytes.fromhex(previous), digest, signature)
        header, body = parse(header_text), parse(body_text)
        typed(header, int, str, int, int, str, str, int, int, str, str, str, int, str, str)
        typed([body], dict)
        if (header[0], *header[1:4]) != (1, self.about["desk"], epoch, sequence):
            self.fault(where, "the header is of another format, desk or place")
        self._times(where, run, header, local)
        self._postings(where, run, header, body, postings)
        self._kinds(where, epoch, sequence, header, body)
        self._attachments(where, part, header, body, attached)
        if header[12]:
            self._embedded.setdefault((epoch, header[12]), (sequence, header[11]))
        self._part(where, run, part)
        if part == "period":
            self._count(header, body, postings)

    def _part(self, where: str, run: dict[str, Any], part: str) -> None:
        """The period is one span of an epoch: a link in its middle would hide a record from the sums."""
        others = [one for one in self.runs if one["epoch"] == run["epoch"] and one is not run]
        if part == "link":
            run["after"] = run["period"]
        elif run["after"] or any(one["period"] for one in others):
            self.fault(where, "the period has a gap before it")
        run["period"] = run["period"] or part == "period"

    def _chain(
        self, where: str, epoch: int, sequence: int, previous: bytes, digest: bytes, signature: object
    ) -> dict[str, Any]:
        run: dict[str, Any] = self.runs[-1] if self.runs else {"epoch": 0, "last": 0}
        if (epoch, sequence) <= (run["epoch"], run["last"]) or sequence < 1:
            raise Bad("records do not stand in order, each once")
        if (epoch, sequence) != (run["epoch"], run["last"] + 1):
            run = {"epoch": epoch, "first": sequence, "before": previous, "signed": 0, "period": False}
            run |= {"ms": 0, "day": 0, "till": None, "sales": None, "since": 0, "after": False}
            self.runs.append(run)
        elif previous != run["head"]:
            self.fault(where, "the previous hash is not that of the record before")
        run["last"], run["head"] = sequence, digest
        self._hashes[epoch, sequence] = digest
        if signature is not None:
            if is_signed(self.epochs[epoch][0], digest, hex_bytes(signature, 64)):
                run["signed"] = sequence
            else:
                self.fault(where, "the signature is not that of this epoch's key")
        return run

    def _times(self, where: str, run: dict[str, Any], header: list[Any], local: str) -> None:
        day, recorded_ms = header[7], header[11]
        moment = dt.datetime.fromisoformat(local)
        if moment.isoformat(timespec="milliseconds") != local or moment.utcoffset() is None:
            raise Bad("the local time has no offset")
        if (moment - _EPOCH) // dt.timedelta(milliseconds=1) != recorded_ms:
            self.fault(where, "the local time is another moment than the recorded one")
        if recorded_ms < run["ms"] or day < run["day"]:
            self.fault(where, "it is recorded before the record it follows")
        run["ms"], run["day"] = recorded_ms, day

    def _postings(
        self, where: str, run: dict[str, Any], header: list[Any], body: dict[str, Any], postings: list[Any]
    ) -> None:
        sums: Counter[tuple[str, str]] = Counter()
        cash = {TILL: 0, SAFE: 0}
        for posting in postings:
            typed(posting, str, str, str, str, int)
            operation, account, sub, currency, minor = posting
            sums[operation, currency] += minor
            if account in cash and sub == self.about["desk"]:
                cash[account] += minor
        if postings_digest(postings) != header[13]:
            self.fault(where, "the postings are not those that the header names")
        if any(sums.values()):
            self.fault(where, "debits and credits differ")
        kind, version = header[5], header[6]
        moved = cash_moved(kind, version, body)
        if moved is None and any(cash.values()):
            self._unruled.add(f"{kind}@{version}")
        elif moved is not None and moved != (cash[TILL], cash[SAFE]):
            told = " and ".join(map(manat, moved))
            self.fault(where, f"the body moves {told} manat of till and safe, not the postings")
        if (kind, version) == ("settlement", 1):
            paid = sum(one["amount_qapik"] for one in body["tenders"])
            if paid != sum(due(line) for line in body["lines"]):
                self.fault(where, "what was paid is not what was due")
        self._till(where, run, kind, body, cash[TILL])

    def _till(self, where: str, run: dict[str, Any], kind: str, body: dict[str, Any], moved: int) -> None:
        """The till from one record to the next, as soon as one says what lies in it."""
        said = "balance_qapik" if kind == "till.opened" else "expected_qapik" if kind in SHIFT_ENDS else None
        if said is not None and run["till"] not in (None, body[said]):
            told, carried = manat(body[said]), manat(run["till"])
            self.fault(where, f"the till is said to hold {told} manat, not {carried} as carried here")
        before = body[said] if said is not None else run["till"]
        run["till"] = None if before is None else before + moved
        if kind in SHIFT_ENDS:
            counted = sum(int(piece) * number for piece, number in body["pieces"].items())
            if counted != body["counted_qapik"] or (
                body["difference_qapik"] != body["counted_qapik"] - body["expected_qapik"]
            ):
                self.fault(where, "the count sheet does not add up")

    def _kinds(self, where: str, epoch: int, sequence: int, header: list[Any], body: dict[str, Any]) -> None:
        run, kind = self.runs[-1], header[5]
        match kind:
            case "epoch.opened":
                if sequence != 1 or bytes.fromhex(body["public_key"]) != self.epochs[epoch][0]:
                    self.fault(where, "it opens the epoch with another key")
                if body["previous"] is not None:
                    self._openings.append((where, body["previous"]))
            case "grant.stored":
                self._grant(where, epoch, body)
            case "attachments.erased":
                self._erasures.update(strings(body))
            case "till.opened":
                run["sales"], run["since"] = 0, header[11]
            case "settlement" if run["sales"] is not None:
                run["sales"] += 1
            case kind if kind in SHIFT_ENDS:
                shift = {"counted": body["counted_qapik"], "expected": body["expected_qapik"]}
                shift |= {"holder": body["holder"], "day": header[7], "hash": run["head"].hex()}
                if run["sales"] is not None:
                    shift |= {"operations": run["sales"], "from_ms": run["since"]}
                self.closes[epoch, sequence] = shift | {"to_ms": header[11]}
                if kind == "till.handed_over":
                    run["sales"], run["since"] = 0, header[11]
            case _:
                # Every other kind says nothing of chains, grants or shifts.
                pass
        if sequence == 1 and kind != "epoch.opened":
            self.fault(where, "the chain does not begin with its epoch")

    def _grant(self, where: str, epoch: int, body: dict[str, Any]) -> None:
        words, signature = bytes.fromhex(body["words"]), bytes.fromhex(body["signature"])
        if not is_signed(self.epochs[epoch][2], words, signature):
            self.fault(where, "the grant is not signed by the centre's key for grants")
            return
        _centre_epoch, grant, thing, _purpose, _number, previous = parse(words)[:6]
        typed([grant, thing, previous], str, str, str)
        key = self.epochs[epoch][2].hex(), thing, previous
        self.grants.setdefault(key, {})[grant] = f"{self.about['desk']} {where}"

    def _attachments(
        self, where: str, part: str, header: list[Any], body: dict[str, Any], attached: list[Any]
    ) -> None:
        named = dict(_named(header, body))
        held = set(strings(body))
        seen = set()
        for one in attached:
            keys = ("slot", "state", "commitment", "salt", "content")
            slot, state, commitment, salt, content = take(one, *keys)
            typed([slot, state], str, str)
            seen.add(slot)
            self.states[state] += 1
            if state == "erased" and (commitment, salt, content) == (None, None, None):
                self._erased.append((where, slot))
                continue
            if state != ("included" if self.about["personal"] else "withheld"):
                raise Bad("personal data is in a state that this file does not have")
            hex_bytes(commitment, 32)
            if commitment != named.get(slot, commitment) or commitment not in held:
                self.fault(where, f"the record does not commit to {slot}")
            if state == "included":
                bytes_in = hex_bytes(salt, 16) + slot.encode() + content.encode()
                if hashlib.sha256(bytes_in).hexdigest() != commitment:
                    self.fault(where, f"{slot} is not what the record committed to")
            elif (salt, content) != (None, None):
                raise Bad("what is withheld cannot be here")
        if part == "period" and named.keys() - seen:
            missing = sorted(named.keys() - seen)
            self.fault(where, f"personal data is missing without a record of its erasure: {missing}")

    def _count(self, header: list[Any], body: dict[str, Any], postings: list[Any]) -> None:
        day = self.days.setdefault(header[7], {"date": "", "kinds": Counter(), "sums": {}})
        day["kinds"][header[5]] += 1
        if header[5] == "day.opened":
            day["date"] = body["date"]
        for _operation, account, sub, currency, minor in postings:
            net = day["sums"].setdefault((account, sub, currency), [0, 0])
            net[0] += minor
            net[1] += 1

    def _ack(self, fields: dict[str, Any]) -> None:
        words, signature = take(fields, "words", "signature")
        typed([words], str)
        told = parse(words)
        typed(told, int, str, int, int, str, int)
        _centre_epoch, desk, epoch, sequence, digest, time_ms = told
        where = f"acknowledgement of {epoch}/{sequence}"
        if desk != self.about["desk"] or not is_signed(
            self.epochs[epoch][1], words.encode(), hex_bytes(signature, 64)
        ):
            self.fault(where, "it is not the centre's word on this desk")
        if self._heads.setdefault((epoch, sequence), hex_bytes(digest, 32)) != bytes.fromhex(digest):
            self.fault(where, "the centre has said two things about one record")
        self.acknowledged[epoch] = max(self.acknowledged.get(epoch, 0), sequence)
        named = hashlib.sha256(words.encode() + bytes.fromhex(signature)).hexdigest()[:32]
        self._told[epoch, named] = sequence, time_ms

    def _day(self, fields: dict[str, Any]) -> None:
        take(fields, "day", "date", "records", "kinds", "sums")
        self._told_days.append(fields)

    def _seal(self, fields: dict[str, Any], digest: str) -> None:
        count, told, epoch, signature = take(fields, "records", "sha256", "epoch", "signature")
        typed([count, epoch], int, int)
        if told != digest:
            self.fault("seal", "the file's bytes are not those that were sealed")
        words = b"azpost-evidence 1\n" + digest.encode()
        if epoch not in self.epochs or not is_signed(self.epochs[epoch][0], words, hex_bytes(signature, 64)):
            self.fault("seal", "it is not sealed by this desk's key")
        if count != len(self._hashes):
            self.fault("seal", f"{count} records were sealed, {len(self._hashes)} are here")

    # --- the end --------------------------------------------------------------------------------------

    def _end(self) -> None:
        for run in self.runs:
            self._run_end(run)
        before = {(run["epoch"], run["first"] - 1): run["before"] for run in self.runs}
        for place, digest in self._heads.items():
            if self._hashes.get(place, before.get(place)) != digest:
                self.fault(f"acknowledgement of {place[0]}/{place[1]}", "it is about no record that is here")
        for where, named in self._openings:
            known = self._hashes.get((named["epoch"], named["sequence"]))
            if named["desk"] != self.about["desk"] or (known is not None and known.hex() != named["hash"]):
                self.fault(where, "it names another head of the epoch before")
        for epoch in self.epochs:
            if (epoch, 1) not in self._hashes:
                self.fault(f"epoch {epoch}", "the record that opens it is missing")
        for where, slot in self._erased:
            if not self._erasures & {slot, hashlib.sha256(slot.encode()).hexdigest()}:
                self.fault(where, f"{slot} is gone without a record of its erasure")
        for (epoch, mark), (sequence, recorded_ms) in self._embedded.items():
            acknowledged, time_ms = self._told.get((epoch, mark), (0, 0))
            if sequence <= acknowledged or recorded_ms < time_ms:
                self.fault(f"record {epoch}/{sequence}", "it is dated before the acknowledgement it names")
        self._compare_days()
        self._note()

    def _note(self) -> None:
        """What the reader should know, and what is nobody's fault."""
        for run in self.runs:
            epoch, reached = run["epoch"], self.acknowledged.get(run["epoch"], 0)
            if run["period"] and reached < run["last"]:
                after = max(reached + 1, run["first"])
                self.notes.append(
                    f"epoch {epoch}: the centre has not acknowledged from record {after} on yet"
                )
        for epoch in self.epochs.keys() - self.acknowledged.keys():
            self.notes.append(f"the key of epoch {epoch} is the desk's own word: no acknowledgement is here")
        if self._unruled:
            kinds = sorted(self._unruled)
            self.notes.append(f"the cash of these kinds is told by the signed postings alone: {kinds}")

    def _run_end(self, run: dict[str, Any]) -> None:
        where = f"records {run['epoch']}/{run['first']} to {run['last']}"
        if run["signed"] != run["last"]:
            self.fault(where, "no signature covers the last of them")
        if run["first"] == 1:
            run["linked"] = "beginning"
            if run["before"] != bytes(32):
                self.fault(where, "the chain does not begin at nothing")
        else:
            linked = self._heads.get((run["epoch"], run["first"] - 1)) == run["before"]
            run["linked"] = "acknowledged head" if linked else "signature"
            if run["period"] and not linked:
                self.fault(where, "they hang on nothing: no beginning of the chain, no acknowledged head")

    def _compare_days(self) -> None:
        folded = [
            {
                "day": number,
                "records": day["kinds"].total(),
                "kinds": dict(sorted(day["kinds"].items())),
                "sums": [[*key, *net] for key, net in sorted(day["sums"].items())],
            }
            for number, day in sorted(self.days.items())
        ]
        for told in self._told_days:
            date = told.pop("date")
            opened = self.days.get(told["day"], {}).get("date", "")
            if opened not in ("", date):
                self.fault(f"day {told['day']}", f"it was opened as {opened}, not as {date}")
            self.days.get(told["day"], {})["date"] = date
        if folded != self._told_days:
            self.fault("control sums", "counts and sums are not those of the records")


def _named(header: list[Any], body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(slot, commitment) of all personal data that a body of a known kind speaks of."""
    owners: list[tuple[str, dict[str, Any], dict[str, str]]] = [(header[4], body, GROUPS.get(header[5], {}))]
    if header[5] == "settlement":
        owners += [(line["operation"], line, LINE_GROUPS) for line in body["lines"]]
    for operation, owner, groups in owners:
        for group, field in groups.items():
            value = owner.get(field, "")
            if isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value):
                yield f"{operation}:{group}", value


# --- the certificate of a shift ---------------------------------------------------------------------------

CERTIFICATE: Final = re.compile(r"AZC([A-Z2-7]+)([0-9A-F]{4})")
_NUMBERS: Final = struct.Struct(">II32sIIQQqqI32s")


class Certificate:
    """What the QR of a shift certificate says; `faults` is empty when its own signature holds."""

    def __init__(self, text: str) -> None:
        self.faults: list[dict[str, str]] = []
        self.notes: list[str] = []
        code = "".join(text.split())
        match = CERTIFICATE.fullmatch(code)
        if match is None or len(code) > 1000:
            raise Bad("this is no certificate")
        packed = base64.b32decode(match[1] + "=" * (-len(match[1]) % 8))
        if base64.b32encode(packed).decode().rstrip("=") != match[1] or packed[:1] != b"\x01":
            raise Bad("the certificate is of no known form")
        if f"{_crc16(code[:-4]):04X}" != match[2]:
            raise Bad("the certificate was read wrong")
        self.desk, after = _short(packed, 1)
        self.holder, after = _short(packed, after)
        if len(packed) != after + _NUMBERS.size + 64:
            raise Bad("the certificate has another length")
        values = _NUMBERS.unpack_from(packed, after)
        self.epoch, self.sequence, head, self.day, date, self.from_ms, self.to_ms = values[:7]
        self.counted, self.expected, self.operations, self.key = values[7:]
        self.hash, self.date = head.hex(), f"{date // 10_000:04}-{date // 100 % 100:02}-{date % 100:02}"
        if not is_signed(self.key, b"azpost-certificate 1\n" + packed[:-64], packed[-64:]):
            self.faults.append({"where": "certificate", "why": "it is not signed by the key it names"})

    def compare(self, evidence: Evidence) -> bool:
        """Whether `evidence` reaches the shift's end; what differs there becomes a fault."""
        shift = evidence.closes.get((self.epoch, self.sequence))
        if shift is None or evidence.about["desk"] != self.desk:
            return False
        said = {name: getattr(self, name) for name in shift}
        differ = [name for name in shift if said[name] != shift[name]]
        wrong = [f"{name}: {said[name]} instead of {shift[name]}" for name in differ]
        if evidence.epochs[self.epoch][0] != self.key:
            wrong.append("the key is another one than that of the epoch")
        self.faults += [{"where": "certificate", "why": why} for why in wrong]
        return True


def _short(packed: bytes, at: int) -> tuple[str, int]:
    """A text of up to 255 bytes after its length, and where the next thing begins."""
    if at >= len(packed) or at + 1 + packed[at] > len(packed):
        raise Bad("the certificate is cut off")
    return packed[at + 1 : at + 1 + packed[at]].decode("ascii"), at + 1 + packed[at]


def _crc16(text: str) -> int:
    """CRC-16/CCITT-FALSE: a misread code is told from a forged one."""
    crc = 0xFFFF
    for byte in text.encode():
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


KEYS: Final = {
    "desk": "the desk's key",
    "centre": "the centre's key for acknowledgements",
    "grants": "the centre's key for grants",
}

# --- the answer -------------------------------------------------------------------------------------------


def main(argv: list[str]) -> int:
    """0 when everything handed over is proven, 1 when something is not, 2 when it cannot be read."""
    parser = argparse.ArgumentParser(prog="azpost-desk verify", description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", metavar="FILE", help="evidence; certificates as file or text")
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    for whose, what in KEYS.items():
        says = f"a public key (hex) known to be {what}"
        parser.add_argument(f"--{whose}-key", action="append", default=[], metavar="HEX", help=says)
    wanted = parser.parse_args(argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    evidence: list[Evidence] = []
    certificates: list[Certificate] = []
    answers: list[dict[str, Any]] = []
    for name in wanted.files:
        try:
            answers.append(_one(name, evidence, certificates))
        except OSError as error:
            print(f"{name}: {error}", file=sys.stderr)
            return 2
    for one in evidence:
        _trust(one, wanted)
    for certificate in certificates:
        reached = [certificate.compare(one) for one in evidence]
        if not any(reached):
            certificate.notes.append("compared with no evidence of this shift: hand that over too")
    twice = double_grants(evidence)
    for answer in answers:
        answer["ok"] = not answer["faults"]
    result = {
        "ok": not twice and all(answer["ok"] for answer in answers),
        "genuine": all(answer["ok"] for answer in answers),
        "files": answers,
        "double_grants": twice,
    }
    _tell(result)
    if wanted.json:
        print(json.dumps(result, ensure_ascii=False))
    return 0 if result["ok"] else 1


def _one(name: str, evidence: list[Evidence], certificates: list[Certificate]) -> dict[str, Any]:
    """Read one of the things handed over; what is found wrong later appears in the same lists."""
    faults: list[dict[str, str]] = []
    answer: dict[str, Any] = {"file": name[:200], "kind": "unknown", "faults": faults, "notes": []}
    try:
        text = _certificate_text(name)
        if text is not None:
            certificate = Certificate(text)
            certificates.append(certificate)
            said = {key: value for key, value in vars(certificate).items() if key not in ("faults", "notes")}
            said["key"] = certificate.key.hex()
            said["difference"] = certificate.counted - certificate.expected
            return answer | {"kind": "certificate", "says": said} | _lists(certificate)
        one = Evidence()
        try:
            one.read(Path(name))
        except Bad as bad:
            one.fault("file", str(bad))
            return answer | _lists(one)
        evidence.append(one)
        return answer | {"kind": "evidence"} | _says(one) | _lists(one)
    except (Bad, ValueError, RecursionError, MemoryError) as bad:
        faults.append({"where": "file", "why": str(bad) or type(bad).__name__})
        return answer


def _lists(one: Evidence | Certificate) -> dict[str, Any]:
    return {"faults": one.faults, "notes": one.notes}


def _certificate_text(name: str) -> str | None:
    """The text of a certificate that was typed, or that lies in a small file; None for anything else."""
    if name.startswith("AZC"):
        return name
    with Path(name).open("rb") as file:
        beginning = file.read(2000)
    return beginning.decode("ascii", "replace") if beginning.startswith(b"AZC") else None


def _says(one: Evidence) -> dict[str, Any]:
    """What a proven file says, for those who read it."""
    keys = ("public_key", "centre_key", "grants_key")
    return one.about | {
        "records": sum(run["last"] - run["first"] + 1 for run in one.runs),
        "chains": [
            {key: run[key] for key in ("epoch", "first", "last", "linked", "period")} for run in one.runs
        ],
        "acknowledged_to": {str(epoch): sequence for epoch, sequence in one.acknowledged.items()},
        "attachments": dict(one.states),
        "epochs": {
            str(epoch): dict(zip(keys, (key.hex() for key in theirs), strict=True))
            for epoch, theirs in one.epochs.items()
        },
        "days": [
            {
                "day": number,
                "date": day["date"],
                "records": day["kinds"].total(),
                "opened": day["kinds"]["day.opened"],
                "closed": day["kinds"]["day.closed"],
                "kinds": dict(day["kinds"]),
                "sums": [[*key, *net] for key, net in sorted(day["sums"].items())],
            }
            for number, day in sorted(one.days.items())
        ],
        "grants": sum(len(grants) for grants in one.grants.values()),
    }


def _trust(one: Evidence, wanted: argparse.Namespace) -> None:
    """Compare the file's keys with those that are known to be right; without any, say so."""
    for position, (whose, what) in enumerate(KEYS.items()):
        known = {key.lower() for key in getattr(wanted, f"{whose}_key")}
        mine = {keys[position].hex() for keys in one.epochs.values()}
        if known and not mine <= known:
            one.fault("keys", f"the file names another key as {what} than those given")
        elif not known:
            one.notes.append(f"{what} was taken from the file: compare it with the published one")


def double_grants(evidence: list[Evidence]) -> list[dict[str, Any]]:
    """Grants of one thing with the same predecessor: the centre gave one right twice, proof against it."""
    merged: dict[tuple[str, str, str], dict[str, str]] = {}
    for one in evidence:
        for key, grants in one.grants.items():
            merged.setdefault(key, {}).update(grants)
    return [
        {"thing": thing, "previous": previous, "grants_key": signed_by, "grants": grants}
        for (signed_by, thing, previous), grants in sorted(merged.items())
        if len(grants) > 1
    ]


def _tell(result: dict[str, Any]) -> None:
    for answer in result["files"]:
        say(f"{answer['file']}: {'PROVEN' if answer['ok'] else 'NOT PROVEN'} ({answer['kind']})")
        if answer["kind"] == "evidence":
            _tell_evidence(answer)
        elif answer["kind"] == "certificate":
            says = answer["says"]
            say(
                f"  desk {says['desk']}, {says['date']}, officer {says['holder']}, {says['operations']} sales"
            )
            counted, expected = manat(says["counted"]), manat(says["expected"])
            say(f"  counted {counted}, expected {expected} manat: {manat(says['difference'])}")
        for fault in answer["faults"]:
            say(f"  WRONG  {fault['where']}: {fault['why']}")
        for note in answer["notes"]:
            say(f"  note   {note}")
    for grant in result["double_grants"]:
        say(f"PROOF AGAINST THE CENTRE: {grant['thing']} was granted twice: {grant['grants']}")
        say(f"  both signed by the key {grant['grants_key']}: compare it with the published one")
    say("Everything handed over is proven." if result["ok"] else "NOT everything handed over is proven.")


def _tell_evidence(answer: dict[str, Any]) -> None:
    period = f"{answer['first_day']} to {answer['last_day']}"
    say(f"  desk {answer['desk']}, {answer['branch_name']}, {period}, written by {answer['software']}")
    say(f"  personal data: {answer['attachments'] or 'none'}; acknowledged to {answer['acknowledged_to']}")
    for epoch, keys in answer["epochs"].items():
        say(f"  keys of epoch {epoch}: desk {keys['public_key']}")
        say(f"    centre {keys['centre_key']}, its grants {keys['grants_key']}")
    for chain in answer["chains"]:
        reach = f"records {chain['first']} to {chain['last']}"
        say(f"  epoch {chain['epoch']}: {reach}, linked by its {chain['linked']}")
    for day in answer["days"]:
        whole = "whole" if day["opened"] and day["closed"] else "in part, or not closed"
        say(f"  {day['date']}: {day['records']} records ({whole})")
        for account, sub, currency, net, count in day["sums"]:
            say(f"    {account} {sub:<12} {manat(net):>16} {currency} in {count} postings")


def manat(minor: int) -> str:
    """An amount in hundredths as people here write it: ``1.234,50``."""
    whole, rest = divmod(abs(minor), 100)
    return f"{'-' if minor < 0 else ''}{whole:,}".replace(",", ".") + f",{rest:02}"


def say(words: str) -> None:
    """Print; what a stranger wrote into a file moves no cursor and hides nothing."""
    print("".join(char if char.isprintable() else "?" for char in words))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
