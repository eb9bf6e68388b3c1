"""The certificate of a shift: given when a till is closed or handed over, looked at when it is scanned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from azpost_desk.domain import operations as ops
from azpost_desk.domain.certificates import (
    ReadCertificate,
    ShiftCertificate,
    certificate_code,
    read_certificate,
    words_to_sign,
)
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.keys import is_signed

if TYPE_CHECKING:
    from azpost_desk.services.counter import Counter
    from azpost_desk.services.ports import Reading, Writing
    from azpost_desk.services.views import Recorded

Verdict = Literal["genuine", "elsewhere", "forged"]
# With any of these somebody takes the till.
SHIFT_BEGINS: Final = (ops.TillOpened, ops.TillHandedOver)
# More records than a shift has.
_RECORDS_MAX: Final = 20_000


@dataclass(frozen=True, slots=True)
class Seen:
    """A certificate as somebody showed it.

    Attributes:
        verdict: genuine (this desk gave it, and its journal says the same), elsewhere (whole, but of another
            desk whose books are not here) or forged.
        officer_name: who it is about, the id where nobody of that id works here.
    """

    says: ShiftCertificate
    verdict: Verdict
    officer_name: str


@dataclass(frozen=True, slots=True)
class Certificates:
    """Looks only; certificates are given by `certify` in the transaction that ends the shift."""

    counter: Counter

    def look(self, code: str) -> Seen:
        """What a scanned certificate says, and whether it is genuine.

        Raises:
            Refused: R-085 it is no certificate, or it was read wrong.
        """
        read = read_certificate(code)
        if read is None:
            raise Refused("R-085")
        with self.counter.books.reading() as books:
            officer = books.officer(read.says.officer)
            return Seen(read.says, _verdict(books, read), officer.name if officer else read.says.officer)


def certify(books: Writing, recorded: Recorded, holder: str, counted_qapik: int, expected_qapik: int) -> str:
    """The certificate of the shift that ends with `recorded`, the newest record: signed, stored, queued to be
    printed.

    Returns:
        The text of its code.
    """
    epoch, sequence, newest = books.head()
    began_ms, sales = recorded.recorded_ms, 0
    for entry in books.entries(recorded.day, _RECORDS_MAX):
        if entry.recorded.operation != recorded.operation and isinstance(entry.body, SHIFT_BEGINS):
            began_ms = entry.recorded.recorded_ms
            break
        sales += isinstance(entry.body, ops.Settlement)
    key = books.public_key()
    shift = ShiftCertificate(
        desk=books.desk().desk,
        officer=holder,
        epoch=epoch,
        sequence=sequence,
        hash=newest,
        day=recorded.day,
        date=books.day().date,
        from_ms=began_ms,
        to_ms=recorded.recorded_ms,
        counted_qapik=counted_qapik,
        expected_qapik=expected_qapik,
        sales=sales,
    )
    words = words_to_sign(shift, key)
    code = certificate_code(words, books.sign_words(words))
    books.store_certificate(recorded.operation, code)
    books.queue_paper("certificate", recorded.operation)
    return code


def _verdict(books: Reading, read: ReadCertificate) -> Verdict:
    if not is_signed(read.key, read.words, read.signature):
        return "forged"
    says = read.says
    if says.desk != books.desk().desk:
        return "elsewhere"
    found = books.record_at(says.epoch, says.sequence)
    if found is None or books.epoch_key(says.epoch) != read.key or found.hash.hex() != says.hash:
        return "forged"
    return "genuine"
