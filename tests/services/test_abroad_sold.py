"""Money over the border at a counter: sold by the centre's price, and whom a customer sent to before."""

from __future__ import annotations

import dataclasses
import io
from typing import TYPE_CHECKING

import msgspec
import pypdf
import pytest
from msgspec.structs import replace

from azpost_desk.documents import press
from azpost_desk.domain import papers
from azpost_desk.domain.abroad.corridors import Corridors
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.people import ReceiverAbroad
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol.news import Reference
from azpost_desk.services.abroad import SendAbroad
from azpost_desk.texts import Texts
from tests.fakes.abroad import STANDS_MS, abroad_at
from tests.services.counters import CLERK, SENDER, Stand, ended, stand_at_work
from tests.storage.desks import piece

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NINO = ReceiverAbroad(name="Nino Beridze", latin="Beridze Nino", country="GE", town="Tbilisi")


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    made = stand_at_work(tmp_path / "desk")
    yield made
    ended(made)


def send(stand: Stand, receiver: ReceiverAbroad = NINO) -> SendAbroad:
    quote = stand.desk.abroad.quote("GE-CASH", "arrives", Money(50_000, "GEL"), CLERK)
    command = SendAbroad(quote, SENDER, "Aliyev Vugar", receiver, "FAMI", "keys", "Sumgait", "Nizami 5")
    stand.desk.abroad.send(command, CLERK)
    return command


def test_a_customers_receivers_abroad_are_known_again(stand: Stand) -> None:
    """Each once, the newest first, in the country meant, with the Latin forms that were agreed to."""
    abroad_at(stand)
    davit = replace(NINO, name="Davit Lomidze", latin="Lomidze Davit")
    for receiver in (NINO, davit, NINO):
        send(stand, receiver)
        stand.pay(40_000)
        stand.clock.now_ms += 60_000
    (file,) = stand.desk.customers.find("5ZK9XYZ")
    known = stand.desk.abroad.receivers(file.customer, "GE")
    assert [one.receiver for one in known] == [NINO, davit]
    assert (known[0].sender_latin, known[0].sender_town_latin) == ("Aliyev Vugar", "Sumgait")
    assert stand.desk.abroad.receivers(file.customer, "KZ") == []
    assert stand.desk.abroad.receivers("somebody else", "GE") == []


def test_a_price_is_the_centres_and_runs_out(stand: Stand) -> None:
    prices = abroad_at(stand)
    quote = stand.desk.abroad.quote("GE-CASH", "arrives", Money(50_000, "GEL"), CLERK)
    # 500 lari at 0.6271 manat are 313.55 manat.
    assert (azn(quote.terms.total_qapik), quote.arrives) == (azn(31_855), Money(50_000, "GEL"))
    paid = stand.desk.abroad.quote("GE-CASH", "paid", azn(31_855), CLERK)
    assert paid.arrives == Money(50_000, "GEL")
    stand.clock.now_ms += STANDS_MS + 1
    with pytest.raises(Refused, match="A-041"):
        stand.desk.abroad.send(SendAbroad(quote, SENDER, "Aliyev Vugar", NINO, "FAMI"), CLERK)
    prices.says_no = "A-013"
    with pytest.raises(Refused, match="A-013"):
        stand.desk.abroad.quote("GE-CASH", "arrives", Money(50_000, "GEL"), CLERK)
    stand.line.online = False
    with pytest.raises(Trouble, match="L-001"):
        stand.desk.abroad.quote("GE-CASH", "arrives", Money(50_000, "GEL"), CLERK)


def test_above_the_threshold_the_travel_rule_asks_when_the_sender_was_born(stand: Stand) -> None:
    """MA-14: at the sale, not after it was paid: a message without it must not leave."""
    abroad_at(stand)
    quote = stand.desk.abroad.quote("GE-CASH", "arrives", Money(300_000, "GEL"), CLERK)
    command = SendAbroad(quote, SENDER, "Aliyev Vugar", NINO, "FAMI", "keys", "Sumgait", "Nizami 5")
    with pytest.raises(Refused) as refused:
        stand.desk.abroad.send(command, CLERK)
    assert (refused.value.code, refused.value.field) == ("A-028", "sender.born")
    basket = stand.desk.abroad.send(dataclasses.replace(command, sender_born="1980-02-29"), CLERK)
    assert len(basket.lines) == 1


def agreed(stand: Stand) -> papers.AbroadPaper:
    """The agreement of the last sale, as its print job draws it."""
    [*_, job] = [job for job in stand.desk.papers.waiting() if job.paper == "abroad"]
    paper = stand.desk.papers.of_job(job)
    assert isinstance(paper, papers.AbroadPaper)
    return paper


def test_the_agreement_says_all_that_was_agreed_on(stand: Stand) -> None:
    """MA-10, MA-16, MA-18 and what a customer has to be told before paying, once more on paper."""
    prices = abroad_at(stand)
    prices.more = {"base_rate": "62/100", "number_follows": True}
    send(stand)
    stand.pay(40_000)
    paper = agreed(stand)
    # 500 lari cost 310.00 manat at the source's own rate; 3.55 of the 313.55 are ours.
    assert (paper.amount, paper.spread, paper.total) == (azn(31_355), azn(355), azn(31_855))
    facts = (paper.least, paper.number_follows, paper.head.clerk)
    assert facts == (Money(50_000, "GEL"), True, CLERK.name)
    says = {
        "ru": ("5ZK9XYZ", "Beridze Nino", "Грузия / Gürcüstan", "500,00 GEL", "1 GEL = 0,6271 ₼", "точно",
               "0,62 ₼ (CBAR", "3,55 ₼", "318,55 ₼", "Плата тоже возвращается. Возврат", "не выплачивается",
               "Xidmət haqqı da qaytarılır.", "Поддержка семьи / Ailəyə dəstək"),
        "az": ("Gürcüstan", "1 GEL = 0,6271 ₼", "dəqiq", "Hələ ödənilmir", "ləğv edilə bilər"),
        "en": ("Georgia / Gürcüstan", "1 GEL = 0.6271 ₼", "exact", "318.55 ₼", "paid it. The fee comes"),
    }  # fmt: skip
    for language, words in says.items():
        drawn = pypdf.PdfReader(io.BytesIO(press.pdf(paper, Texts(language))))
        assert len(drawn.pages) == 1
        text = " ".join(drawn.pages[0].extract_text().replace("\u00a0", " ").split())
        assert [one for one in words if one not in text] == []
    [receipt] = [job for job in stand.desk.papers.waiting() if job.paper == "receipt"]
    value = stand.desk.papers.of_job(receipt)
    assert isinstance(value, papers.ReceiptPaper)
    assert papers.Say("papers.line.number_follows") in value.lines[0].details


def test_an_agreement_of_an_older_sale_is_printed_with_what_is_known(stand: Stand) -> None:
    """Its bytes know no number that follows, and the way it went may be agreed on no more."""
    abroad_at(stand)
    send(stand)
    stand.pay(40_000)
    [job] = [job for job in stand.desk.papers.waiting() if job.paper == "abroad"]
    gone = Reference(
        name="corridors",
        version=3,
        valid_from="2026-01-01",
        content=msgspec.Raw(msgspec.json.encode(Corridors(version="2"))),
    )
    stand.books.store_news([piece(3_000, "reference", gone)], 1)
    paper = stand.desk.papers.of_job(job)
    assert isinstance(paper, papers.AbroadPaper)
    assert (paper.country, paper.partner, paper.number_follows) == ({"az": "GE"}, {"az": "tbilisi"}, False)
    assert press.pdf(paper, Texts("ru")).startswith(b"%PDF")
    while (tried := stand.desk.papers.print_next(lambda _paper, _sort: None)) is not None:
        if tried.paper == "abroad":
            stand.desk.papers_made.again(tried, CLERK)
            break
    assert agreed(stand).copy.kind == "copy"
