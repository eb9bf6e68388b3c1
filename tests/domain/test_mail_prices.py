"""What an item abroad costs: by zone, by the weight or volume charged, within what a country takes."""

from __future__ import annotations

import tomllib

import pytest

from azpost_desk import places
from azpost_desk.central.registry.files import checked
from azpost_desk.domain.mail.keeping import ClosedDays, expected_on
from azpost_desk.domain.mail.prices import MailAbroad, least_price, mail_price
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused

pytestmark = pytest.mark.fast

PRICES = checked(
    tomllib.loads((places.templates() / "mail-abroad.toml").read_text("utf-8")), MailAbroad, "mail-abroad"
)
SMALL = (20, 15, 10)


@pytest.mark.parametrize(
    ("country", "grams", "size_cm", "price_qapik", "chargeable_grams"),
    [
        ("TR", 500, SMALL, 4_500, 500),
        ("TR", 501, SMALL, 5_100, 501),
        ("DE", 1_500, SMALL, 8_700, 1_500),
        # 39 × 39 × 39 cm is nine kilograms of volume, but no side is long enough for it to count.
        ("DE", 1_500, (39, 39, 39), 8_700, 1_500),
        ("DE", 1_500, (40, 30, 20), 14_200, 4_000),
        ("DE", 5_000, (40, 30, 20), 16_400, 5_000),
        # A volume is rounded up to the gram: 41 × 30 × 20 / 6000.
        ("DE", 100, (20, 41, 30), 15_300, 4_100),
    ],
)
def test_an_item_costs_what_its_zone_and_the_larger_of_weight_and_volume_say(
    country: str, grams: int, size_cm: tuple[int, ...], price_qapik: int, chargeable_grams: int
) -> None:
    price = mail_price(PRICES, "ems", country, grams, size_cm)
    assert (price.price, price.chargeable_grams) == (azn(price_qapik), chargeable_grams)


@pytest.mark.parametrize(
    ("product", "country", "grams", "size_cm", "code", "reason"),
    [
        ("parcel", "TR", 500, SMALL, "E-090", None),
        # The rest of the world is neither our own country nor one that does not exist.
        ("ems", "AZ", 500, SMALL, "E-090", None),
        ("ems", "ZZ", 500, SMALL, "E-090", None),
        ("ems", "TR", 0, SMALL, "E-010", None),
        ("ems", "TR", 20_001, SMALL, "E-091", None),
        ("ems", "TR", 500, (), "E-093", None),
        ("ems", "TR", 500, (20, 15), "E-093", None),
        ("ems", "TR", 500, (20, 15, 0), "E-093", None),
        ("ems", "TR", 500, (5, 5, 106), "E-092", "length"),
        ("ems", "TR", 500, (100, 30, 21), "E-092", "around"),
    ],
)
def test_what_a_country_does_not_take_is_refused_with_its_limit(
    product: str, country: str, grams: int, size_cm: tuple[int, ...], code: str, reason: str | None
) -> None:
    with pytest.raises(Refused, match=code) as refused:
        mail_price(PRICES, product, country, grams, size_cm)
    assert refused.value.facts.get("reason") == reason
    # At the limit itself it is taken.
    assert mail_price(PRICES, "ems", "TR", 20_000, (100, 30, 20)).zone == "near"


def test_nothing_is_sold_abroad_until_the_centre_has_prices_for_it() -> None:
    assert MailAbroad().sold_to("TR") == ()
    assert [one.product for one in PRICES.sold_to("TR")] == ["ems"]


def test_without_a_size_the_least_price_is_told_and_it_is_never_more_than_the_measured_one() -> None:
    least = least_price(PRICES, "ems", "TR", 900)
    assert least == mail_price(PRICES, "ems", "TR", 900, (30, 20, 10))
    assert least.price.minor < mail_price(PRICES, "ems", "TR", 900, (60, 40, 30)).price.minor
    for product, country, grams, code in (
        ("ems", "AZ", 900, "E-090"), ("ems", "TR", 0, "E-010"), ("ems", "TR", 20_001, "E-091"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=code):
            least_price(PRICES, product, country, grams)


def test_an_item_is_expected_on_a_day_when_its_office_is_open_or_no_day_is_said() -> None:
    # 2026-12-04 is a Friday.
    closed = ClosedDays(weekdays=(6, 7), days=("2026-12-07",))
    assert expected_on("2026-12-03", 1, "2002", closed) == "2026-12-04"
    assert expected_on("2026-12-03", 2, "2002", closed) == "2026-12-08"
    assert expected_on("2026-12-03", 0, "2002", closed) == ""
    assert expected_on("", 2, "2002", closed) == ""
