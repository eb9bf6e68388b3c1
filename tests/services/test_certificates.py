"""The certificate of a shift: given at the close, true for ever, and proven without us."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain.certificates import certificate_code, read_certificate, words_to_sign
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Role
from azpost_desk.programs import verify
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.services.cash_counts import Ending
from azpost_desk.services.counter import Approval
from azpost_desk.services.evidence import ExportEvidence
from azpost_desk.services.goods import SellGoods
from tests.services.counters import CLERK, MANAGER, OTHER_CLERK, press
from tests.storage.desks import DATE, DESK_KEY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.counters import Stand


@pytest.fixture
def code(stand: Stand) -> str:
    """The certificate of a shift with two sales, counted five qəpik short."""
    desk = stand.desk
    for _ in range(2):
        desk.shop.sell(SellGoods("ST-60", 2), CLERK)
        stand.pay(120)
    stand.clock.pass_ms(3_600_000)
    desk.tills.close(CLERK, {100: 202, 20: 1, 5: 3})
    with stand.books.reading() as books:
        [job] = [one for one in books.print_jobs() if one.paper == "certificate"]
        return books.certificate(job.key)


def test_it_says_what_was_counted_and_stands_in_the_journal(stand: Stand, code: str) -> None:
    seen = stand.desk.certificates.look(code)
    assert (seen.verdict, seen.officer_name) == ("genuine", "Həsənov Rauf")
    says = seen.says
    assert (says.counted_qapik, says.expected_qapik, says.difference_qapik) == (20_235, 20_240, -5)
    assert (says.sales, says.date, says.officer) == (2, DATE, "1002")
    assert says.to_ms - says.from_ms == 3_600_000
    with stand.books.reading() as books:
        assert books.head()[1:] == (says.sequence, says.hash)


def test_it_is_found_and_opened_by_its_scan(stand: Stand, code: str) -> None:
    [found] = stand.desk.finding.find(code)
    assert (found.kind, found.key) == ("certificate", code)


def test_its_paper_is_printed_from_what_was_stored(stand: Stand, code: str) -> None:
    [job] = [one for one in stand.desk.papers.waiting() if one.paper == "certificate"]
    paper = stand.desk.papers.of_job(job)
    assert paper.code == code  # type: ignore[union-attr]


def test_a_forged_one_is_called_forged(stand: Stand, code: str) -> None:
    read = read_certificate(code)
    assert read is not None
    look = stand.desk.certificates.look
    other = words_to_sign(replace(read.says, counted_qapik=20_240), read.key)
    assert look(certificate_code(other, read.signature)).verdict == "forged"
    stranger = SigningKey(b"x" * 32)
    own = words_to_sign(read.says, stranger.public())
    assert look(certificate_code(own, stranger.sign(own))).verdict == "forged"
    never = words_to_sign(replace(read.says, hash="00" * 32), read.key)
    assert look(certificate_code(never, DESK_KEY.sign(never))).verdict == "forged"
    elsewhere = words_to_sign(replace(read.says, desk="1010-1"), stranger.public())
    assert look(certificate_code(elsewhere, stranger.sign(elsewhere))).verdict == "elsewhere"
    with pytest.raises(Refused, match="R-085"):
        look("AZC7")


def verified(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, object]]:
    capsys.readouterr()
    code = verify.main([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out.splitlines()[-1])


def test_the_verifier_reads_it_alone_and_beside_the_evidence(
    stand: Stand, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result, answer = verified([code], capsys)
    assert result == 0
    assert "compared with no evidence" in str(answer)
    stand.desk.reports.close_day(MANAGER, press)
    file = tmp_path / "evidence"
    file.write_bytes(stand.desk.evidence.export(ExportEvidence(DATE, DATE), MANAGER).content)
    result, answer = verified([code, str(file)], capsys)
    assert result == 0
    assert "compared with no evidence" not in str(answer)
    (tmp_path / "slip.txt").write_text(code + "\n")
    assert verified([str(tmp_path / "slip.txt"), str(file)], capsys)[0] == 0


def test_the_verifier_finds_one_that_the_evidence_does_not_bear_out(
    stand: Stand, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    read = read_certificate(code)
    assert read is not None
    file = tmp_path / "evidence"
    file.write_bytes(stand.desk.evidence.export(ExportEvidence(DATE, DATE), MANAGER).content)
    for change in ({"counted_qapik": 20_240}, {"hash": "00" * 32}, {"sales": 3}, {"officer": "1003"}):
        words = words_to_sign(replace(read.says, **change), read.key)  # type: ignore[arg-type]
        lie = certificate_code(words, DESK_KEY.sign(words))
        assert verified([lie], capsys)[0] == 0
        assert verified([lie, str(file)], capsys)[0] == 1
    stranger = SigningKey(b"x" * 32)
    words = words_to_sign(read.says, stranger.public())
    assert verified([certificate_code(words, stranger.sign(words)), str(file)], capsys)[0] == 1
    assert verified([certificate_code(words, bytes(64))], capsys)[0] == 1
    for broken in (code[:-1], code[:40], code[:50] + "?" + code[51:], "AZC", "AZC" + "A" * 5000):
        assert verified([broken], capsys)[0] == 1


def test_who_hands_the_till_over_gets_one_and_the_taker_begins_anew(
    stand: Stand, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk, taker = stand.desk, OTHER_CLERK.officer
    desk.shop.sell(SellGoods("ST-60", 5), CLERK)
    stand.pay(300)
    ending = Ending(desk.counter.new_id(), {1_000: 20, 100: 2})
    stand.clock.pass_ms(3_600_000)
    desk.counts.hand_over(CLERK, ending, Approval(taker, Role.CLERK, ending.operation))
    handed_ms = stand.clock.utc_ms()
    desk.shop.sell(SellGoods("ST-60", 5), OTHER_CLERK)
    stand.pay(300, OTHER_CLERK)
    stand.clock.pass_ms(3_600_000)
    desk.tills.close(OTHER_CLERK, {1_000: 20, 100: 5})
    with stand.books.reading() as books:
        codes = [books.certificate(one.key) for one in books.print_jobs() if one.paper == "certificate"]
    says = {one.says.officer: one.says for one in map(read_certificate, codes) if one is not None}
    leaving, taking = says[CLERK.officer], says[taker]
    assert (leaving.sales, leaving.counted_qapik, leaving.expected_qapik) == (1, 20_200, 20_300)
    assert (taking.sales, taking.from_ms, taking.counted_qapik) == (1, handed_ms, 20_500)
    desk.reports.close_day(MANAGER, press)
    file = tmp_path / "evidence"
    file.write_bytes(desk.evidence.export(ExportEvidence(DATE, DATE), MANAGER).content)
    for code in codes:
        result, answer = verified([code, str(file)], capsys)
        assert (result, "compared with no evidence" in str(answer)) == (0, False)
