"""H-20: accept the figure or stop trading. Here it is disputed, the till closes and the day opens."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from azpost_desk.central import disputes as at_centre
from azpost_desk.domain.refusals import Refused
from azpost_desk.programs.central import main
from azpost_desk.services.disputes import Figure
from tests.stories.town import DATE, DAY_MS

if TYPE_CHECKING:
    from tests.stories.town import Seat, Town

TOMORROW = "2026-11-24"
WORDS = "Kassada pul çatmır, amma mən düzgün saymışam."


def text_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def close_short(seat: Seat, short_qapik: int) -> str:
    """The till counted with so much too little, within what needs no manager; the operation of the close."""
    qapik = seat.till_qapik() - short_qapik
    return seat.services.tills.close(seat.clerk, {1: qapik}).recorded.operation


def test_the_till_closes_and_the_next_day_opens_over_an_open_dispute(
    place: Town, ganja: Seat, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    services = ganja.services
    ganja.take_bill(1_500)
    ganja.go_offline()
    during = services.disputes.raise_dispute(ganja.clerk, Figure("report.till_in", DATE), WORDS)
    close = close_short(ganja, 500)
    raised = services.disputes.raise_dispute(ganja.clerk, Figure("till.difference", close), WORDS)
    services.reports.close_day(ganja.manager, services.press)
    printed = text_of(services.reports.stored(ganja.manager, DATE))
    assert during.number in printed
    assert raised.number in printed
    # Nothing is admitted: the difference stands in the books as it was counted, the dispute posts nothing.
    assert ganja.balance("1090", ganja.clerk.officer) == 500
    place.clock.pass_ms(DAY_MS)
    ganja.open(TOMORROW)
    ganja.take_bill(1_500)
    assert raised.number in [one.dispute for one in services.reports.interim(ganja.manager).disputes]
    ganja.go_online()
    listed = at_the_centre(place)
    assert [(one.dispute, one.value, one.words) for one in listed] == [
        (during.number, 101_500, WORDS),
        (raised.number, -500, WORDS),
    ]
    # An operator at the centre reads and answers; the answer closes nothing.
    assert main(["--dsn", place.dsn, "disputes", "list"]) == 0
    assert raised.number in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO("Bağlama yolda tapıldı."))
    command = ["disputes", "answer", ganja.books.identity().desk, raised.number, "upheld", "--by", "Maliyyə"]
    assert main(["--dsn", place.dsn, *command]) == 0
    ganja.sync()
    row = next(one for one in services.disputes.listed().disputes if one.dispute.dispute == raised.number)
    assert (row.dispute.state, row.dispute.answer_words) == ("answered", "Bağlama yolda tapıldı.")
    with pytest.raises(Refused, match="D-106"):
        services.disputes.close(ganja.manager, raised.number, "settled", "Razıyam.")
    services.disputes.close(ganja.clerk, raised.number, "settled", "Razıyam.")
    services.disputes.escalate(ganja.supervisor, during.number, "silence", "Cavab yoxdur.")
    ganja.sync()
    assert [(one.dispute, one.state) for one in at_the_centre(place)] == [(during.number, "escalated")]
    ganja.close_day()


def at_the_centre(place: Town) -> list[at_centre.Listed]:
    with place.centre.database.transaction() as conn:
        return at_centre.listed(conn)
