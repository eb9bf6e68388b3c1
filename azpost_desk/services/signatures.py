"""Electronic signatures: a closed paper is signed by its officer, kept as it was signed, and looked at again.

A signature changes no figure and nothing waits for it: the day is closed first. The card is asked outside of
any transaction; what it signed is verified before it is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from azpost_desk.domain import operations as ops
from azpost_desk.domain import papers as drawn
from azpost_desk.domain import signatures
from azpost_desk.domain.catalogue import Signing
from azpost_desk.domain.people import Signer as SignerName
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.signatures import Certificate, Found, Stamp, Standing, Way
from azpost_desk.domain.staff import Permission
from azpost_desk.services.counter import attach

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.services.counter import Counter, Officer
    from azpost_desk.services.papers import Papers
    from azpost_desk.services.ports import Reading
    from azpost_desk.services.views import PaperSignature, Recorded

Draw = Callable[[drawn.Paper], bytes]
"""Draws a paper as PDF bytes; handed in by the program, so that services know no paper."""

# What customers sign or take along, and what goes on the roll: no acts of the office.
_NO_ACTS: Final = frozenset(
    {"receipt", "application", "abroad", "voucher", "label", "customs", "cash_move", "report", "certificate"}
    | {"bag_label", "receptacle_label"}
)


class Signer(Protocol):
    """What signs: devices.ports.Signer says how."""

    @property
    def way(self) -> Way: ...
    def sign(
        self, pdf: bytes, pin: str, number: int, accept: Callable[[Certificate], Stamp]
    ) -> tuple[bytes, Certificate]: ...
    def read(self, pdf: bytes, issuers: Sequence[str] = ()) -> list[Found]: ...


class ByHand:
    """No card and no file: papers are signed by hand."""

    way: Way = "file"

    def sign(
        self, pdf: bytes, pin: str, number: int, accept: Callable[[Certificate], Stamp]
    ) -> tuple[bytes, Certificate]:
        """Refuse: nothing to sign with is set up."""
        raise Trouble("D-075")

    def read(self, pdf: bytes, issuers: Sequence[str] = ()) -> list[Found]:
        """Nothing is known of signatures here."""
        return []


def undrawn(paper: drawn.Paper) -> bytes:
    """Where no printer of pages is: there is nothing that could be signed."""
    raise Refused("S-080")


@dataclass(frozen=True, slots=True)
class PaperState:
    """A paper that can be signed, and how its signatures stand.

    Attributes:
        paper, key: as print jobs name it.
        signed_by: names of the officers who signed, in order.
        at_ms: when it was signed last, 0 when never.
    """

    paper: str
    key: str
    standing: Standing
    signed_by: tuple[str, ...]
    at_ms: int


@dataclass(frozen=True, slots=True)
class Signatures:
    """Signing papers and looking at what was signed."""

    counter: Counter
    papers: Papers
    signer: Signer
    draw: Draw

    def of_day(self, by: Officer, date: str) -> list[PaperState]:
        """The papers of a closed day that can be signed: its report first, then its acts.

        Raises:
            Refused: S-010.
        """
        by.may(Permission.SEE_REPORTS)
        with self.counter.books.reading() as books:
            keys = [("report", date)] if books.closed_report(date) is not None else []
            keys += [(paper, key) for paper, key in books.acts(date) if paper not in _NO_ACTS]
        return [self.state(paper, key) for paper, key in keys]

    def state(self, paper: str, key: str) -> PaperState:
        """How the signatures of a paper stand now: hashes against the journal, then the signatures."""
        with self.counter.books.reading() as books:
            signed = books.paper_signatures(paper, key)
            content = books.signed_paper(paper, key)
            issuers = _signing(books).issuers
            names = {one.officer: one.name for one in books.officers()}
        return PaperState(
            paper,
            key,
            self._standing(signed, content, issuers),
            tuple(names.get(one.officer, one.officer) for one in signed),
            signed[-1].at_ms if signed else 0,
        )

    def content(self, by: Officer, paper: str, key: str) -> bytes:
        """The paper's bytes: as signed where it was signed, otherwise as it is printed.

        Raises:
            Refused: S-010, S-080 there is no such paper.
            Trouble: S-083 the signed bytes are not those that the journal names.
        """
        by.may(Permission.SEE_REPORTS)
        with self.counter.books.reading() as books:
            signed = books.paper_signatures(paper, key)
            content = books.signed_paper(paper, key)
        if not signed:
            return self._unsigned(paper, key)
        if content is None or hashlib.sha256(content).hexdigest() != signed[-1].signed:
            raise Trouble("S-083")
        return content

    def sign(self, by: Officer, paper: str, key: str, pin: str) -> Recorded:
        """Sign a paper with the officer's own card or file. Slow: belongs off the main thread.

        Raises:
            Refused: S-010, S-080 no such paper, S-081 signed already by this officer, S-082 what the card
                made does not verify; of the PIN S-070 to S-072, of the paper S-073, of the certificate S-074
                to S-079.
            Trouble: D-070 to D-075 of the card or file, S-083 the bytes signed before were changed.
        """
        by.may(Permission.SIGN_PAPERS)
        before = self.content(by, paper, key)
        now_ms = self.counter.line.trusted_ms()
        with self.counter.books.reading() as books:
            signed = books.paper_signatures(paper, key)
            signing = _signing(books)
            known = books.known_certificate(by.officer)
        if any(one.officer == by.officer for one in signed):
            raise Refused("S-081")
        number = len(signed) + 1
        assigned = signing.certificates.get(by.officer, ())

        def accept(certificate: Certificate) -> Stamp:
            signatures.accept(certificate, by.name, now_ms, assigned, known)
            return Stamp(number, certificate.name, certificate.serial, now_ms)

        content, certificate = self.signer.sign(before, pin, number, accept)
        self._verified(content, [*(one.certificate for one in signed), certificate.fingerprint], signing)
        return self._keep(by, _Signed(paper, key, number, before, content, now_ms), certificate)

    def _verified(self, content: bytes, fingerprints: list[str], signing: Signing) -> None:
        found = self.signer.read(content, signing.issuers)
        if signatures.standing(found, fingerprints) == "broken":
            raise Refused("S-082")
        if found[-1].certificate.trusted is False:
            raise Refused("S-079")

    def _keep(self, by: Officer, made: _Signed, certificate: Certificate) -> Recorded:
        operation = self.counter.new_id()
        name = SignerName(subject=certificate.subject, name=certificate.name)
        who = attach(operation, "signer", name)
        with self.counter.books.writing() as books:
            if len(books.paper_signatures(made.paper, made.key)) != made.number - 1:
                # Somebody signed over the same bytes meanwhile: this signature would lose theirs.
                raise Refused("S-082")
            recorded = books.append(
                ops.PaperSigned(
                    paper=made.paper,
                    key=made.key,
                    number=made.number,
                    before=hashlib.sha256(made.before).hexdigest(),
                    signed=hashlib.sha256(made.content).hexdigest(),
                    officer=by.officer,
                    way=self.signer.way,
                    certificate=certificate.fingerprint,
                    serial=certificate.serial,
                    issuer=certificate.issuer,
                    subject=who.commitment(),
                    at_ms=made.at_ms,
                ),
                actor=by.officer,
                operation=operation,
                attachments=(who,),
            )
            books.store_signed(made.paper, made.key, made.number, made.content)
        self.counter.line.wake()
        return recorded

    def _standing(
        self, signed: Sequence[PaperSignature], content: bytes | None, issuers: Sequence[str]
    ) -> Standing:
        if not signed:
            return "unsigned"
        if content is None or hashlib.sha256(content).hexdigest() != signed[-1].signed:
            return "broken"
        return signatures.standing(self.signer.read(content, issuers), [one.certificate for one in signed])

    def _unsigned(self, paper: str, key: str) -> bytes:
        with self.counter.books.reading() as books:
            if paper == "report":
                content = books.closed_report(key)
                if content is None:
                    raise Refused("S-080")
                return content
            job = books.newest_job(paper, key)
        if job is None or paper in _NO_ACTS:
            raise Refused("S-080")
        value = self.papers.of_job(job)
        return value if isinstance(value, bytes) else self.draw(value)


@dataclass(frozen=True, slots=True)
class _Signed:
    """What came back from the card, before it is kept."""

    paper: str
    key: str
    number: int
    before: bytes
    content: bytes
    at_ms: int


def _signing(books: Reading) -> Signing:
    """Whose signatures count; a centre that has not said so yet vouches for nobody."""
    try:
        return books.document(Signing, books.day().date)
    except Trouble:
        return Signing()
