"""A second person from the centre, for a branch with one person: on line, or by telephone without a line.

The question is recorded before anything is sent or shown; an answer is recorded before it counts. What comes
out is the same `Approval` that a second person at the branch gives by their PIN: who uses it need not know.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

from azpost_desk.domain import operations as ops
from azpost_desk.domain.approvals import WRONG_RESPONSES_MAX, may_ask_centre
from azpost_desk.domain.catalogue import Branch
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Role
from azpost_desk.protocol import approvals as protocol
from azpost_desk.protocol.questions import APPROVAL
from azpost_desk.services.counter import Approval, Counter, Officer

if TYPE_CHECKING:
    from azpost_desk.domain.money import Money
    from azpost_desk.protocol.approvals import CentreAnswer, Way
    from azpost_desk.protocol.messages import Signed
    from azpost_desk.services.ports import Reading, Writing
    from azpost_desk.services.views_slips import CentreConsent


@dataclass(frozen=True, slots=True)
class Approvals:
    """Asking the centre for a consent to exactly one operation."""

    counter: Counter

    def is_offered(self, by: Officer) -> bool:
        """Whether the centre may be asked here: nobody else at this branch could approve."""
        with self.counter.books.reading() as books:
            return _is_allowed(books, by)

    # --- on line --------------------------------------------------------------------------------------

    def ask(self, by: Officer, operation: str, subject: str, amount: Money) -> CentreConsent:
        """Record the question; `look` sends it, as often as it is called.

        Raises:
            Refused: S-060 a second person is signed up here.
        """
        return self._question(by, operation, subject, amount, protocol.ONLINE)

    def look(self, request: str, by: Officer) -> Approval | None:
        """Send the question (again); the consent once somebody at the centre gave it, None while it waits.

        Raises:
            Refused: S-065 the centre says no (its reason), S-060, S-066 this question is closed, S-067.
            Trouble: an L-code; the question stays open.
        """
        with self.counter.books.reading() as books:
            asked = self._open(books, request, protocol.ONLINE)
        if asked.state == "given":
            return _approval(asked)
        told = self.counter.line.ask(
            APPROVAL,
            protocol.ApprovalAsk(
                request=request,
                operation=asked.operation,
                subject=asked.subject,
                amount_qapik=asked.amount_qapik,
                asker=asked.asker,
                attempt=asked.attempt,
            ),
        )
        if told.answer is None:
            if told.code:
                raise Refused(told.code if told.code in ("S-060", "S-067") else "S-067")
            return None
        answer = protocol.answer_of(told.answer.words)
        with self.counter.books.writing() as books:
            asked = self._open(books, request, protocol.ONLINE)
            if asked.state == "waiting":
                asked = self._answered(books, by, asked, told.answer, answer)
        if answer.outcome == "refused":
            raise Refused("S-065", approver=answer.approver, reason=answer.reason)
        return _approval(asked)

    def _answered(
        self, books: Writing, by: Officer, asked: CentreConsent, signed: Signed, answer: CentreAnswer
    ) -> CentreConsent:
        """Keep the centre's words verbatim."""
        if answer.outcome == "given":
            body: ops.Body = ops.ApprovalGiven(
                request=asked.request,
                operation=asked.operation,
                approver=answer.approver,
                way=protocol.ONLINE,
                evidence=signed.words.hex(),
                signature=signed.signature.hex(),
            )
        else:
            body = ops.ApprovalRefused(
                request=asked.request,
                operation=asked.operation,
                approver=answer.approver,
                way=protocol.ONLINE,
                reason=answer.reason,
                evidence=signed.words.hex(),
                signature=signed.signature.hex(),
            )
        books.append(body, actor=by.officer, operation=self.counter.new_id(), source="line")
        return _request(books, asked.request)

    # --- by telephone ---------------------------------------------------------------------------------

    def challenge(self, by: Officer, operation: str, subject: str, amount: Money) -> CentreConsent:
        """The challenge to read out; the same one until it is answered or locked.

        Raises:
            Refused: S-060 a second person is signed up here. Trouble: S-068 no secret of this chain.
        """
        with self.counter.books.reading() as books:
            # Said before anybody takes up the telephone.
            books.telephone_mac(b"")
        return self._question(by, operation, subject, amount, protocol.TELEPHONE)

    def respond(self, by: Officer, request: str, approver: str, response: str) -> Approval:
        """Type in what the centre's person said: their id and the eight digits.

        Five wrong responses lock the challenge. One that is mistyped (its check digit) is no try.

        Raises:
            Refused: S-061 no id of a person at the centre, S-062 mistyped, S-063 wrong (with the tries left),
                S-064 the challenge is locked, S-066 the question is closed.
        """
        said = protocol.read_approver(approver)
        if said is None:
            raise Refused("S-061", field="approver")
        digits = protocol.read_digits(response, protocol.RESPONSE_DIGITS)
        if digits is None:
            raise Refused("S-062", field="response")
        wrong = 0
        with self.counter.books.writing() as books:
            asked = self._open(books, request, protocol.TELEPHONE)
            if asked.state == "given":
                return _approval(asked)
            name = protocol.approver_id(said)
            if hmac.compare_digest(_expected(books, asked, name), digits):
                body = ops.ApprovalGiven(
                    request=request,
                    operation=asked.operation,
                    approver=name,
                    way=protocol.TELEPHONE,
                    evidence=digits,
                )
                books.append(body, actor=by.officer, operation=self.counter.new_id())
                return _approval(_request(books, request))
            wrong = books.count_wrong_response(request)
            if wrong >= WRONG_RESPONSES_MAX:
                locked = ops.ApprovalLocked(request=request, operation=asked.operation, wrong_responses=wrong)
                books.append(locked, actor=by.officer, operation=self.counter.new_id())
        if wrong >= WRONG_RESPONSES_MAX:
            raise Refused("S-064", field="response")
        raise Refused("S-063", field="response", left=WRONG_RESPONSES_MAX - wrong)

    # --- shared ---------------------------------------------------------------------------------------

    def _question(self, by: Officer, operation: str, subject: str, amount: Money, way: Way) -> CentreConsent:
        """An open question of this way about this very thing, or a new one."""
        qapik = abs(amount.minor)
        with self.counter.books.writing() as books:
            if not _is_allowed(books, by):
                raise Refused("S-060")
            desk, before = books.desk(), books.consent_requests(operation)
            same = (subject, qapik, by.officer, way, desk.epoch)
            for one in before:
                if one.state == "given":
                    return one
                this = (one.subject, one.amount_qapik, one.asker, one.way, one.epoch)
                if one.state == "waiting" and this == same:
                    return one
            request, attempt = self.counter.new_id(), len(before) + 1
            asked = protocol.Asked(
                desk.desk, desk.epoch, request, operation, subject, qapik, by.officer, attempt
            )
            body = ops.ApprovalAsked(
                operation=operation,
                subject=subject,
                amount_qapik=qapik,
                asker=by.officer,
                way=way,
                attempt=attempt,
                challenge=protocol.challenge_of(asked) if way == protocol.TELEPHONE else "",
            )
            books.append(body, actor=by.officer, operation=request)
            return _request(books, request)

    def _open(self, books: Reading, request: str, way: Way) -> CentreConsent:
        """A question of this chain that is waiting, or given already.

        Raises:
            Refused: S-066 closed or of an older chain, S-064 locked.
        """
        asked = books.consent_request(request)
        if asked is None or asked.way != way or asked.epoch != books.desk().epoch:
            raise Refused("S-066")
        if asked.state == "locked":
            raise Refused("S-064", field="response")
        if asked.state == "refused":
            raise Refused("S-065", approver=asked.approver, reason=asked.reason)
        return asked


def proven(books: Reading, approval: Approval | None, amount: Money | None = None) -> None:
    """Hold a consent from the centre against the books: recorded, for this operation and this much.

    Raises:
        Refused: S-012.
    """
    if approval is None or approval.way == "person":
        return
    given = [one for one in books.consent_requests(approval.for_operation) if one.state == "given"]
    fits = any(
        one.approver == approval.approver
        and one.epoch == books.desk().epoch
        and (amount is None or one.amount_qapik == abs(amount.minor))
        for one in given
    )
    if not fits:
        raise Refused("S-012")


def _is_allowed(books: Reading, by: Officer) -> bool:
    day = books.day()
    branch = books.document(Branch, day.date or _ALWAYS)
    return may_ask_centre(branch, [(one.officer, one.role) for one in books.officers()], by.officer)


# Before the first day there is no business day to choose a document by: the newest counts.
_ALWAYS = "9999-12-31"


def _expected(books: Reading, asked: CentreConsent, approver: str) -> str:
    words = protocol.response_words(
        books.desk().desk,
        asked.epoch,
        asked.challenge,
        asked.subject,
        asked.amount_qapik,
        asked.asker,
        approver,
    )
    return protocol.response_of(books.telephone_mac(words))


def _request(books: Reading, request: str) -> CentreConsent:
    asked = books.consent_request(request)
    if asked is None:
        raise Refused("S-066")
    return asked


def _approval(given: CentreConsent) -> Approval:
    return Approval(given.approver, Role.MANAGER, given.operation, given.way)
