"""Signing after the close: the figures stay, the bytes are kept, the journal names them, a change shows."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest
from pypdf import PdfReader

from azpost_desk.devices.signatures import FileSigner
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Signing
from azpost_desk.domain.papers import CopyState, DailyReportPaper, StoredPaper
from azpost_desk.domain.people import Signer as SignerName
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.programs.desk import paper_drawer, report_press, stamp_drawer
from azpost_desk.protocol import news as tidings
from azpost_desk.services.counter import Officer
from azpost_desk.services.desk import desk_services
from azpost_desk.storage import engine, vault
from azpost_desk.storage.people import read
from tests.fakes.certificates import PIN, Issuer, new_issuer
from tests.services.counters import CLERK, MANAGER, SUPERVISOR, PlainHasher, Stand
from tests.storage.desks import DATE, piece

if TYPE_CHECKING:
    from pathlib import Path

    from azpost_desk.devices.ports import Signer

NAME = "ƏLİYEVA SEVDA VAQİF QIZI"
REPORT = ("report", DATE)


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return new_issuer()


@pytest.fixture
def office(stand: Stand, issuer: Issuer, tmp_path: Path) -> Stand:
    """A day that is closed, and the manager's file at hand."""
    equip(stand, FileSigner(issuer.file(tmp_path / "sevda.p12", NAME), stamp_drawer))
    stand.desk.tills.close(CLERK, {1_000: 20})
    stand.desk.reports.close_day(MANAGER, stand.desk.press)
    return stand


def equip(stand: Stand, signer: Signer) -> None:
    counter = stand.desk.counter
    stand.desk = desk_services(
        counter, PlainHasher(), report_press(lambda: "az"), signer, paper_drawer(lambda: "az")
    )


def test_the_signed_report_is_kept_named_and_printed_from_then_on(office: Stand) -> None:
    signatures = office.desk.signatures
    unsigned = office.desk.reports.stored(MANAGER, DATE)
    with office.books.reading() as books:
        postings = list(books.postings())
    assert signatures.state(*REPORT).standing == "unsigned"
    signatures.sign(MANAGER, *REPORT, PIN)
    (body,) = office.bodies(ops.PaperSigned)
    assert isinstance(body, ops.PaperSigned)
    kept = signatures.content(MANAGER, *REPORT)
    assert (body.before, body.signed) == (digest(unsigned), digest(kept))
    assert (body.officer, body.way, body.number) == (MANAGER.officer, "file", 1)
    assert NAME not in str(body), "the body holds no personal data"
    state = signatures.state(*REPORT)
    assert (state.standing, state.signed_by) == ("unknown_issuer", (MANAGER.name,))
    assert office.desk.reports.stored(MANAGER, DATE) == unsigned, "what was closed is what it was"
    with office.books.reading() as books:
        assert list(books.postings()) == postings
        (job,) = [one for one in books.print_jobs() if one.paper == "report"]
        entry = books.entry(books.paper_signatures(*REPORT)[0].operation)
        assert entry is not None
        signer = read(books.attachment(entry.recorded.operation, "signer"), SignerName)
    assert signer is not None
    assert signer.name == NAME
    assert office.desk.papers.of_job(job) == kept
    assert office.books.rebuild() == []


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_an_act_is_signed_too_and_by_two_people(office: Stand, issuer: Issuer, tmp_path: Path) -> None:
    signatures = office.desk.signatures
    rows = signatures.of_day(MANAGER, DATE)
    assert [(row.paper, row.standing) for row in rows] == [
        ("report", "unsigned"),
        ("till_close", "unsigned"),
    ]
    act = rows[1]
    first = office.desk.papers.of_job(job_of(office, "till_close"))
    assert not isinstance(first, DailyReportPaper)
    signatures.sign(MANAGER, act.paper, act.key, PIN)
    with pytest.raises(Refused) as no:
        signatures.sign(MANAGER, act.paper, act.key, PIN)
    assert no.value.code == "S-081"
    second = Officer("1004", "Məmmədov Elçin", MANAGER.role, "az")
    equip(office, FileSigner(issuer.file(tmp_path / "elcin.p12", "MƏMMƏDOV ELÇİN RAUF OĞLU"), stamp_drawer))
    office.desk.signatures.sign(second, act.paper, act.key, PIN)
    state = office.desk.signatures.state(act.paper, act.key)
    assert state.signed_by == (MANAGER.name, "Məmmədov Elçin")
    assert state.standing == "unknown_issuer"
    assert isinstance(office.desk.papers.of_job(job_of(office, "till_close")), bytes)


def test_a_signed_paper_printed_again_is_a_numbered_copy_and_still_proves_its_signature(
    office: Stand, issuer: Issuer
) -> None:
    """The stored bytes were printed once more as they are: a second original, signed."""
    office.desk.signatures.sign(MANAGER, *REPORT, PIN)
    office.desk.signatures.sign(MANAGER, "till_close", job_of(office, "till_close").key, PIN)
    draw = paper_drawer(lambda: "en")
    for paper in ("report", "till_close"):
        original = job_of(office, paper)
        kept = office.desk.papers.of_job(original)
        assert isinstance(kept, bytes)
        for number in (1, 2):
            office.desk.papers_made.again(replace(original, state="printed"), MANAGER)
            with office.books.reading() as books:
                job = books.print_jobs()[-1]
            copy = office.desk.papers.of_job(job)
            assert copy == StoredPaper(kept, CopyState("copy", number))
            pages = [page.extract_text() for page in PdfReader(io.BytesIO(draw(copy))).pages]
            assert all(f"SURƏT {number}" in page for page in pages)
            (found,) = office.desk.signatures.signer.read(draw(copy))
            assert (found.intact, found.certificate.name) == (True, NAME)
        assert office.desk.papers.of_job(original) == kept
        assert office.desk.signatures.content(MANAGER, paper, original.key) == kept


def job_of(stand: Stand, paper: str):  # type: ignore[no-untyped-def]
    with stand.books.reading() as books:
        return next(one for one in books.print_jobs() if one.paper == paper)


def test_one_changed_byte_of_the_stored_paper_shows(office: Stand) -> None:
    office.desk.signatures.sign(MANAGER, *REPORT, PIN)
    changed = bytearray(office.desk.signatures.content(MANAGER, *REPORT))
    changed[len(changed) // 2] ^= 1
    tamper(office, "UPDATE signed_papers SET content = ?", bytes(changed))
    assert office.desk.signatures.state(*REPORT).standing == "broken"
    with pytest.raises(Trouble) as broken:
        office.desk.signatures.content(MANAGER, *REPORT)
    assert broken.value.code == "S-083"


def test_a_signed_paper_that_is_gone_shows(office: Stand) -> None:
    office.desk.signatures.sign(MANAGER, *REPORT, PIN)
    tamper(office, "DELETE FROM signed_papers")
    assert office.desk.signatures.state(*REPORT).standing == "broken"


def tamper(stand: Stand, statement: str, *values: bytes) -> None:
    """With the key and without the triggers, in the open file."""
    key = vault.secret(vault.FileVault(stand.books.folder), vault.DATABASE)
    raw = engine.driver(stand.books.folder / "desk.db", key)
    raw.execute("DROP TRIGGER signed_papers_never_update")
    raw.execute("DROP TRIGGER signed_papers_never_delete")
    raw.execute(statement, values)
    raw.close()


def test_the_stored_bytes_cannot_be_changed_by_a_statement(office: Stand) -> None:
    office.desk.signatures.sign(MANAGER, *REPORT, PIN)
    for statement in ("UPDATE signed_papers SET content = x'00'", "DELETE FROM signed_papers"):
        with pytest.raises(Exception, match="written once"), office.books.writing() as books:
            books.connection.exec_driver_sql(statement)


def test_nothing_is_signed_before_the_close_nor_without_permission(stand: Stand, issuer: Issuer) -> None:
    for by, code in ((MANAGER, "S-080"), (SUPERVISOR, "S-010"), (CLERK, "S-010")):
        with pytest.raises(Refused) as no:
            stand.desk.signatures.sign(by, *REPORT, PIN)
        assert no.value.code == code


def test_a_certificate_that_may_not_sign_leaves_no_trace(
    office: Stand, issuer: Issuer, tmp_path: Path
) -> None:
    records = office.records()
    stranger = issuer.file(tmp_path / "stranger.p12", "QULİYEVA AYNUR")
    old = issuer.file(
        tmp_path / "old.p12",
        NAME,
        since=dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
        until=dt.datetime(2025, 1, 1, tzinfo=dt.UTC),
    )
    other_use = issuer.file(tmp_path / "tls.p12", NAME, signs=False)
    codes = []
    for path in (stranger, old, other_use):
        equip(office, FileSigner(path, stamp_drawer))
        with pytest.raises(Refused) as no:
            office.desk.signatures.sign(MANAGER, *REPORT, PIN)
        codes.append(no.value.code)
    assert codes == ["S-076", "S-074", "S-078"]
    assert office.records() == records
    assert office.desk.signatures.state(*REPORT).standing == "unsigned"


def test_the_centre_says_whom_it_trusts_and_who_has_which_certificate(
    office: Stand, issuer: Issuer, tmp_path: Path
) -> None:
    publish(office, Signing(issuers=(new_issuer("Başqa qurum").pem,)), 1)
    with pytest.raises(Refused) as no:
        office.desk.signatures.sign(MANAGER, *REPORT, PIN)
    assert no.value.code == "S-079"
    publish(office, Signing(issuers=(issuer.pem,), certificates={MANAGER.officer: ("0" * 64,)}), 2)
    with pytest.raises(Refused) as no:
        office.desk.signatures.sign(MANAGER, *REPORT, PIN)
    assert no.value.code == "S-077"
    publish(office, Signing(issuers=(issuer.pem,)), 3)
    office.desk.signatures.sign(MANAGER, *REPORT, PIN)
    assert office.desk.signatures.state(*REPORT).standing == "signed"


def publish(stand: Stand, document: Signing, version: int) -> None:
    told = tidings.Reference(
        name="signing",
        version=version,
        valid_from="2026-01-01",
        content=msgspec.Raw(msgspec.json.encode(document)),
    )
    stand.books.store_news([piece(stand.books.news_position() + 1, "reference", told)], 1)


def test_a_lost_race_keeps_nothing(office: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two windows sign the same bytes: the second would throw the first signature away."""
    signatures = office.desk.signatures
    sign = signatures.signer.sign

    def meanwhile(pdf, pin, number, accept):  # type: ignore[no-untyped-def]
        made = sign(pdf, pin, number, accept)
        monkeypatch.undo()
        signatures.sign(MANAGER, *REPORT, PIN)
        return made

    monkeypatch.setattr(signatures.signer, "sign", meanwhile)
    with pytest.raises(Refused) as no:
        signatures.sign(MANAGER, *REPORT, PIN)
    assert no.value.code == "S-082"
    assert len(office.bodies(ops.PaperSigned)) == 1
    assert signatures.state(*REPORT).standing == "unknown_issuer"
