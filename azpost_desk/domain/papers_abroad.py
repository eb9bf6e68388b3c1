"""What the papers of a transfer abroad say: the agreement, the number that came later, an enquiry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from azpost_desk.domain.papers_head import ORIGINAL, CopyState, PaperHead, PaperPerson, Words

if TYPE_CHECKING:
    import datetime as dt
    from fractions import Fraction

    from azpost_desk.domain.catalogue import Names
    from azpost_desk.domain.money import Money


@dataclass(frozen=True, slots=True)
class AbroadPaper:
    """The agreement on a transfer abroad, signed at the counter; in the customer's language and Azerbaijani.

    Attributes:
        number: of the receipt as shown; whoever asks or complains names it.
        receiver: as they are sent, in Latin letters.
        asked: what the country asked for of the receiver, each by its name.
        partner: who pays it out.
        fees: each fee by its word; `tax` is contained in them.
        arrives: what the receiver gets; exact, or an estimate of which at least `least` arrives (MA-16).
        rate: manat for one unit of what arrives; `base_rate` the source's own, in force since `rate_ms`.
        spread: what of `amount` is our margin between the two rates.
        collected_by_ms: when it can be collected at the worst (UTC ms).
        cancelled_until_ms: until then it has not left (UTC ms).
        refund: what comes back if it does not arrive, and whether the fee does (MA-10).
        number_follows: the number the receiver has to say is the partner's to give, afterwards (MA-18).
        language: the customer's, "" for the one of the office.
    """

    head: PaperHead
    number: str
    sender: PaperPerson
    receiver: PaperPerson
    country: Names
    partner: Names
    purpose: Words
    amount: Money
    fees: tuple[tuple[Words, Money], ...]
    tax: Money
    total: Money
    arrives: Money
    least: Money
    is_exact: bool
    rate: Fraction
    base_rate: Fraction
    rate_source: str
    rate_ms: int
    spread: Money
    collected_by_ms: int
    cancelled_until_ms: int
    refund: tuple[Words, ...]
    number_follows: bool = False
    asked: tuple[tuple[Names, str], ...] = ()
    copy: CopyState = ORIGINAL
    language: str = ""


@dataclass(frozen=True, slots=True)
class NumberPaper:
    """The second slip: the number the receiver has to say, `secret`, given when the partner has accepted.

    Attributes:
        number: of the receipt of the sale, whose `head` and mark these are.
        language: the customer's, "" for the one of the office.
    """

    head: PaperHead
    number: str
    receiver: str
    country: Names
    arrives: Money
    is_exact: bool
    secret: str
    record_mark: str
    copy: CopyState = ORIGINAL
    language: str = ""


@dataclass(frozen=True, slots=True)
class EnquiryPaper:
    """What a customer takes who asked where the money is: the enquiry's number, until when it is answered.

    Attributes:
        number: of the enquiry; `title` is what is asked.
        receipt: of the sale, "" where the money is to come.
        person: who is named besides the customer, and as what.
        amount: what was paid, or what is to come in the sender's currency; None where it is not known.
        answer: the answer and the words with it, None while there is none.
        language: the customer's, "" for the one of the office.
    """

    head: PaperHead
    number: str
    title: Words
    receipt: str
    person: tuple[Words, str]
    country: Names
    amount: Money | None
    due: dt.date
    answer: tuple[Words, str] | None
    record_mark: str
    copy: CopyState = ORIGINAL
    language: str = ""
