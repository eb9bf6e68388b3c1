"""A paper signed by a card and by a file: an outside validator believes it, and a changed byte shows."""

from __future__ import annotations

import datetime as dt
import io
import logging
import subprocess
import sys
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from azpost_desk.devices.signatures import CardSigner, FileSigner, NoSigner, read_signatures
from azpost_desk.documents import cash, reports, stamps
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.signatures import Certificate, Stamp
from azpost_desk.programs.desk import signer_of, stamp_drawer
from azpost_desk.texts import Texts
from tests.documents import samples
from tests.fakes.certificates import PIN, Card, Issuer, Reader, new_issuer, softhsm

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from azpost_desk.devices.ports import Signer

NAME = "ƏLİYEVA SEVDA VAQİF QIZI"
AT_MS = 1_795_410_000_000
LIBRARY = softhsm()
# Installed by installer/dev.py for `test` wherever apt may be used; elsewhere there is no card to put in.
needs_card = pytest.mark.skipif(LIBRARY is None, reason="SoftHSM2 (Debian: softhsm2) is not on this machine")


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return new_issuer()


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(tmp_path_factory.mktemp("reader"))


@pytest.fixture(scope="module")
def report() -> bytes:
    return reports.report_pdf(samples.REPORT, Texts("az"))


def accepted(certificate: Certificate, number: int = 1) -> Stamp:
    return Stamp(number, certificate.name, certificate.serial, AT_MS)


def card(reader: Reader, issuer: Issuer, label: str, **of_certificate: object) -> tuple[CardSigner, Card]:
    key, certificate = issuer.issue(NAME, **of_certificate)  # type: ignore[arg-type]
    made = reader.card(label, key, [certificate, issuer.certificate])
    assert LIBRARY is not None
    return CardSigner(LIBRARY, stamp_drawer, label), made


@pytest.fixture(params=["file", pytest.param("card", marks=needs_card)])
def signer(request: pytest.FixtureRequest, issuer: Issuer, tmp_path: Path) -> Iterator[Signer]:
    if request.param == "file":
        yield FileSigner(issuer.file(tmp_path / "sevda.p12", NAME), stamp_drawer)
        return
    made, token = card(request.getfixturevalue("reader"), issuer, f"card-{tmp_path.name}"[-32:])
    yield made
    token.pull()


def outside(pdf: bytes, issuer: Issuer, tmp_path: Path) -> list[object]:
    """What pyHanko's own validator says, asked as anybody would ask it."""
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    pem = tmp_path / "issuer.pem"
    pem.write_text(issuer.pem)
    moment = dt.datetime.fromtimestamp(AT_MS / 1000, dt.UTC)
    trust = ValidationContext(
        trust_roots=[load_cert_from_pemder(str(pem))], moment=moment, allow_fetching=False
    )
    embedded = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
    return [validate_pdf_signature(one, trust) for one in embedded]


def test_an_outside_validator_believes_what_was_signed(
    signer: Signer, report: bytes, issuer: Issuer, tmp_path: Path
) -> None:
    signed, certificate = signer.sign(report, PIN, 1, accepted)
    assert signed.startswith(report), "what was closed stays byte for byte at the beginning"
    (status,) = outside(signed, issuer, tmp_path)
    assert status.bottom_line  # type: ignore[attr-defined]
    assert status.summary() == "INTACT:TRUSTED,UNTOUCHED"  # type: ignore[attr-defined]
    (found,) = signer.read(signed, [issuer.pem])
    assert (found.intact, found.whole, found.at_ms) == (True, True, AT_MS)
    assert found.certificate.fingerprint == certificate.fingerprint
    assert (found.certificate.trusted, found.certificate.name) == (True, NAME)
    assert [one.certificate.trusted for one in signer.read(signed)] == [None]
    assert [one.certificate.trusted for one in signer.read(signed, [new_issuer().pem])] == [False]


def test_any_changed_byte_that_was_signed_shows(
    signer: Signer, report: bytes, issuer: Issuer, tmp_path: Path
) -> None:
    signed, _ = signer.sign(report, PIN, 1, accepted)
    for at in (10, len(report) // 3, len(report) - 20, len(report) + 40):
        changed = bytearray(signed)
        changed[at] ^= 1
        found = signer.read(bytes(changed), [issuer.pem])
        assert not any(one.intact and one.whole for one in found), at


def test_a_second_officer_signs_over_the_first(
    signer: Signer, report: bytes, issuer: Issuer, tmp_path: Path
) -> None:
    once, _ = signer.sign(report, PIN, 1, accepted)
    twice, _ = signer.sign(once, PIN, 2, lambda one: accepted(one, 2))
    assert twice.startswith(once)
    assert [(one.intact, one.whole) for one in signer.read(twice, [issuer.pem])] == [(True, True)] * 2


def test_the_stamp_stands_at_the_line_to_sign_on_and_can_be_read(signer: Signer, report: bytes) -> None:
    signed, certificate = signer.sign(report, PIN, 1, accepted)
    document = pypdfium2.PdfDocument(signed)
    document.init_forms()
    words = {}
    for number in range(len(document)):
        page = document[number]
        for annotation in (
            PdfFileReader(io.BytesIO(signed)).root["/Pages"]["/Kids"][number].get("/Annots", ())
        ):
            words[number] = [float(side) for side in annotation.get_object()["/Rect"]]
        page.close()
    info = str(PdfFileReader(io.BytesIO(report)).trailer_view["/Info"]["/Keywords"])
    page_number, box = stamps.place_in(info, 1) or (0, (0, 0, 0, 0))
    assert words == {page_number - 1: [float(side) for side in box]}
    text = stamp_text(Stamp(1, certificate.name, certificate.serial, AT_MS))
    assert NAME in text
    assert certificate.serial in text
    assert "23.11.2026 09:00" in text


def stamp_text(stamp: Stamp) -> str:
    document = pypdfium2.PdfDocument(stamps.stamp_pdf(stamp, Texts("az")))
    return str(document[0].get_textpage().get_text_bounded())


def test_a_wrong_pin_is_counted_and_nothing_is_asked_of_the_key(signer: Signer, report: bytes) -> None:
    for tries in (1, 2):
        with pytest.raises(Refused) as no:
            signer.sign(report, "654321", 1, accepted)
        assert (no.value.code, no.value.field, no.value.facts["tries"]) == ("S-070", "pin", tries)
    assert signer.sign(report, PIN, 1, accepted)
    with pytest.raises(Refused) as no:
        signer.sign(report, "654321", 1, accepted)
    assert no.value.facts["tries"] == 1


def test_what_accept_refuses_is_never_signed(signer: Signer, report: bytes) -> None:
    def never(certificate: Certificate) -> Stamp:
        raise Refused("S-076", name=certificate.name)

    with pytest.raises(Refused) as no:
        signer.sign(report, PIN, 1, never)
    assert no.value.code == "S-076"


def test_a_paper_without_a_place_is_refused(signer: Signer, report: bytes) -> None:
    slip = cash.cash_move_pdf(samples.CASH_MOVE, Texts("az"))
    for pdf, number in ((slip, 1), (report, 9)):
        with pytest.raises(Refused) as no:
            signer.sign(pdf, PIN, number, lambda one: Stamp(1, one.name, one.serial, AT_MS))
        assert no.value.code == "S-073"


@needs_card
def test_a_card_pulled_half_way_signs_nothing(reader: Reader, issuer: Issuer, report: bytes) -> None:
    signer, token = card(reader, issuer, "pulled")

    def pull(certificate: Certificate) -> Stamp:
        token.pull()
        return accepted(certificate)

    with pytest.raises(Trouble) as lost:
        signer.sign(report, PIN, 1, pull)
    assert lost.value.code == "D-072"


@needs_card
def test_no_card_no_key_and_no_library_are_told_apart(reader: Reader, report: bytes, tmp_path: Path) -> None:
    assert LIBRARY is not None
    empty = reader.card("empty", None, [])
    codes = {}
    for name, signer in {
        "no card": CardSigner(LIBRARY, stamp_drawer, "another"),
        "no key": CardSigner(LIBRARY, stamp_drawer, "empty"),
        "no library": CardSigner(tmp_path / "missing.so", stamp_drawer),
    }.items():
        with pytest.raises(Trouble) as trouble:
            signer.sign(report, PIN, 1, accepted)
        codes[name] = trouble.value.code
    empty.pull()
    assert codes == {"no card": "D-071", "no key": "D-073", "no library": "D-070"}


def test_a_missing_file_and_no_set_up_are_said(report: bytes, tmp_path: Path) -> None:
    codes = []
    for signer in (FileSigner(tmp_path / "gone.p12", stamp_drawer), NoSigner()):
        assert signer.state().trouble is not None
        with pytest.raises(Trouble) as trouble:
            signer.sign(report, PIN, 1, accepted)
        codes.append(trouble.value.code)
    assert codes == ["D-074", "D-075"]


def test_what_is_no_pdf_carries_no_signature() -> None:
    for content in (b"", b"report of 2026-11-23", b"%PDF-1.4\n%%EOF"):
        assert read_signatures(content) == []


def test_the_setting_names_a_card_or_a_file() -> None:
    card_signer, file_signer = signer_of("card:/lib/card.so#sign"), signer_of("file:/media/s.p12")
    assert card_signer is not None
    assert file_signer is not None
    assert (card_signer.way, file_signer.way, signer_of("")) == ("card", "file", None)


def test_the_counter_starts_without_the_signing_library() -> None:
    program = (
        "import sys\n"
        "from azpost_desk.programs.desk import signer_of\n"
        "signer = signer_of('card:/lib/card.so')\n"
        "import azpost_desk.services.desk\n"
        "heavy = {'pyhanko', 'pkcs11', 'asn1crypto', 'cryptography.x509', 'lxml', 'aiohttp'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
