"""A partner's commission: reckoned transfer by transfer, posted apart, held against its invoices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from azpost_desk.central.abroad.documents import check_partners
from azpost_desk.central.registry.files import WrongFile
from azpost_desk.domain import accounts as chart
from azpost_desk.domain.abroad.corridors import Commission, Partners
from azpost_desk.domain.money import Money
from azpost_desk.programs import central_abroad
from azpost_desk.programs.central import main
from azpost_desk.texts.sentences import local
from tests.central.abroad_post import PARTNER
from tests.central.abroad_post_in import post as post
from tests.central.test_abroad_check import found, planted
from tests.central.test_border_reports import report as report

if TYPE_CHECKING:
    from tests.central.abroad_post_in import PostIn
    from tests.central.test_border_reports import Report

# 2 lari and 0.5 % of what we send; the partner pays us 1.50 manat for each pay-out here.
AGREED = (
    Commission(direction="out", paid_by="us", fixed_minor=200, share_ppm=5_000),
    Commission(direction="in", paid_by="partner", fixed_minor=150, currency="AZN"),
)


def test_a_share_is_rounded_once_half_up() -> None:
    one = Commission(direction="out", paid_by="us", share_ppm=5_000)
    assert [one.of(Money(minor, "GEL")) for minor in (99, 100, 300, 50_000)] == [0, 1, 2, 250]


def test_what_says_nothing_or_two_things_is_refused_at_its_place() -> None:
    for wrong in (
        Commission(direction="up", paid_by="us", fixed_minor=1),
        Commission(direction="out", paid_by="nobody", fixed_minor=1),
        Commission(direction="out", paid_by="us", fixed_minor=-1),
        # A share of lari is no manat.
        Commission(direction="out", paid_by="us", share_ppm=1, currency="AZN"),
        Commission(direction="out", paid_by="us", fixed_minor=1, currency="XXQ"),
    ):
        changed = Partners(partners=(replace(PARTNER, commissions=(wrong,)),))
        with pytest.raises(WrongFile, match="X-104"):
            check_partners("file", changed)
    check_partners("file", Partners(partners=(replace(PARTNER, commissions=AGREED),)))


@pytest.fixture
def worked(post: PostIn) -> PostIn:
    """One settled twice over, one settled and given back, one on its way, one paid out here."""
    post.partners(commissions=AGREED, unfunded_minor_max=500_000)
    gone, back = post.sent(), post.sent()
    post.sent()
    assert (post.says(gone, "ACSC"), post.says(back, "ACSC")) == ("settled", "settled")
    # Told again it is owed once; before a settlement nothing is.
    post.says(gone, "ACSC", reference="again")
    post.says(gone, "ACCC")
    post.comes(1)
    assert post.balance(chart.COMMISSION_CLAIM, "tbilisi") == 0
    post.pay(post.granted(1))
    assert post.balance(chart.COMMISSION_DUE, "tbilisi", "GEL") == -2 * 450
    post.partner.gives_back(back.transfer, 50_000)
    post.hear()
    return post


def test_it_is_earned_when_settled_or_paid_and_what_comes_back_is_not_owed_for(worked: PostIn) -> None:
    lari = [worked.balance(one, "tbilisi", "GEL") for one in (chart.COMMISSION_DUE, chart.COMMISSION_COST)]
    manat = [worked.balance(one, "tbilisi") for one in (chart.COMMISSION_CLAIM, chart.COMMISSION_EARNED)]
    assert (lari, manat) == ([-450, 450], [150, -150])
    assert found(worked) == []
    of_it = "where undone_ms = 0 and currency = 'GEL'"
    with planted(
        worked,
        f"update partner_commissions set minor = 451 {of_it}",
        f"update partner_commissions set minor = 450 {of_it}",
    ):
        assert found(worked) == ["commission_due tbilisi in GEL is -450, the transfers earn -451"]


def test_a_month_stands_beside_its_invoices(
    worked: PostIn, report: Report, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(central_abroad, "CLOCK", worked.clock)
    month = local(worked.clock.utc_ms()).strftime("%Y-%m")

    def invoice(in_month: str, total: str, number: str) -> str:
        capsys.readouterr()
        main(["--dsn", worked.dsn, "partner-invoice", "tbilisi", in_month, "us", "GEL", total, number])
        return capsys.readouterr().err

    assert invoice(month, "5,00", "T-11") == invoice(month, "5,00", "T-11") == ""
    assert "A-096" in invoice(month, "6,00", "T-11")
    assert "A-095" in invoice("2026-13", "1,00", "T-12")
    theirs, ours = report("partner-commission", "--json")
    both = {"month": month, "partner": "tbilisi", "count": 1}
    assert theirs == both | {
        "paid_by": "partner",
        "currency": "AZN",
        "reckoned_minor": 150,
        "invoiced_minor": 0,
        "difference_minor": -150,
        "invoices": "",
    }
    assert ours == both | {
        "paid_by": "us",
        "currency": "GEL",
        "reckoned_minor": 450,
        "invoiced_minor": 500,
        "difference_minor": 50,
        "invoices": "T-11",
    }
    row = report("partner-commission")[1]
    assert (row["reckoned"], row["invoiced"], row["difference"]) == ("4.50", "5.00", "0.50")
