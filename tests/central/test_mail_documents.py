"""Documents about mail abroad: what nobody could go by is refused with its place in the file."""

from __future__ import annotations

import tomllib
from typing import Any

import msgspec
import pytest

from azpost_desk import places
from azpost_desk.central.mail import documents, price_lists, terms
from azpost_desk.central.registry.files import WrongFile, checked
from azpost_desk.domain.catalogue import Tariffs
from azpost_desk.domain.mail.forms import CustomsForms, SdrRates
from azpost_desk.domain.mail.keeping import ClosedDays, MailStorage
from azpost_desk.domain.mail.lanes import Lanes
from azpost_desk.domain.mail.prices import MailAbroad
from azpost_desk.domain.mail.prohibited import Prohibitions
from azpost_desk.domain.mail.quality import MailStandards
from azpost_desk.domain.reference import DOCUMENTS

pytestmark = pytest.mark.fast


def example(name: str) -> Any:
    return tomllib.loads((places.templates() / f"{name}.toml").read_text("utf-8"))


def refused(name: str, data: Any) -> tuple[str, object]:
    """The code and place that a document is refused with."""
    check, kind = {
        "prohibitions": (documents.check_prohibitions, Prohibitions),
        "customs-forms": (documents.check_customs_forms, CustomsForms),
        "sdr-rates": (documents.check_sdr_rates, SdrRates),
        "mail-abroad": (price_lists.check_mail_abroad, MailAbroad),
        "mail-storage": (terms.check_mail_storage, MailStorage),
        "closed-days": (terms.check_closed_days, ClosedDays),
        "mail-standards": (terms.check_mail_standards, MailStandards),
        "mail-lanes": (terms.check_mail_lanes, Lanes),
    }[name]
    with pytest.raises(WrongFile) as wrong:
        check("f", checked(data, kind, "f"))
    return wrong.value.code, wrong.value.facts["place"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("country", "aze", "X-170"),
        ("country", "az", "X-170"),
        ("direction", "through", "X-171"),
        ("verdict", "ask", "X-171"),
        ("hs[1]", ["93-9301"], "X-172"),
        ("hs", [], "X-173"),
        ("names", {"az": "x", "ru": " ", "en": "x"}, "X-174"),
        ("document", {"az": "x"}, "X-175"),
        ("source", " ", "X-176"),
        ("valid_from", "1.12.2026", "X-177"),
        ("valid_to", "2025-12-31", "X-177"),
        ("words", {"az": ["x"], "ru": ["x"]}, "X-174"),
        ("words.en[2]", {"az": ["x"], "ru": ["x"], "en": ["x", "--"]}, "X-173"),
    ],
)
def test_a_row_of_prohibitions_that_nobody_could_go_by_is_refused_at_its_place(
    field: str, value: object, code: str
) -> None:
    data = example("prohibitions")
    data["rows"][1][field.split("[")[0].split(".")[0]] = value
    assert refused("prohibitions", data) == (code, f"rows[2].{field}")


@pytest.mark.parametrize(
    ("at", "field", "value", "code"),
    [
        (3, "country", "Germany", "X-170"),
        (3, "form", "CN24", "X-171"),
        (3, "codes_wanted", "some", "X-171"),
        (3, "product", " ", "X-178"),
        (3, "copies", 0, "X-178"),
        (3, "copies", 10, "X-178"),
        # Above the limit of the last rule an item would have no form.
        (3, "sdr_max", 1, "X-178"),
        (0, "grams_max", 30_000, "X-178"),
    ],
)
def test_a_rule_that_leaves_an_item_without_its_form_is_refused(
    at: int, field: str, value: object, code: str
) -> None:
    data = example("customs-forms")
    data["rules"][at][field] = value
    assert refused("customs-forms", data) == (code, f"rules[{at + 1}].{field}")


def test_a_rule_within_a_whole_of_its_limit_is_none() -> None:
    assert refused("customs-forms", {"near_ppm": 1_000_000}) == ("X-178", "near_ppm")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("currency", "XXX", "X-179"),
        ("currency", "AZN", "X-179"),
        ("units", "0", "X-179"),
        ("units", "1,33", "X-179"),
        ("date", "2026-13-01", "X-177"),
        ("date", "20261201", "X-177"),
    ],
)
def test_a_rate_by_which_nothing_could_be_reckoned_is_refused(field: str, value: str, code: str) -> None:
    data = example("sdr-rates")
    data["rates"][1][field] = value
    assert refused("sdr-rates", data) == (code, f"rates[2].{field}")
    assert refused("sdr-rates", {"source": ""}) == ("X-176", "source")


@pytest.mark.parametrize(
    "name", ["prohibitions", "customs-forms", "sdr-rates", "mail-storage", "closed-days"]
)
def test_a_document_reads_its_own_bytes_also_those_of_a_newer_centre(name: str) -> None:
    kind = DOCUMENTS[name.replace("-", "_")]
    document = msgspec.convert(example(name), kind)
    content = msgspec.json.encode(document)
    assert msgspec.json.decode(content, type=kind) == document
    assert msgspec.json.decode(content[:-1] + b',"later":1}', type=kind) == document


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("version", " ", "X-180"),
        ("zones[2].zone", "near", "X-180"),
        ("zones[1].countries[2]", ["TR", "ZZ"], "X-170"),
        ("zones[2].countries[1]", ["TR"], "X-181"),
        ("zones[1].countries[1]", ["AZ"], "X-181"),
        ("products[1].names", {"az": "x"}, "X-174"),
        ("products[1].indicator", "ee", "X-182"),
        # Of a domestic service, which no other post delivers.
        ("products[1].indicator", "BE", "X-182"),
        ("products[1].vat_ppm", 1_000_000, "X-183"),
        ("products[1].prices[2].zone", "near", "X-184"),
        ("products[1].prices[2].step_grams", 0, "X-183"),
        ("products[1].prices", [], "X-184"),
        ("products[1].limits", [], "X-184"),
        ("products[1].limits[2].grams_max", 0, "X-183"),
        ("products[1].limits[2].country", "*", "X-181"),
        ("products[1].extras[1].extra", "wings", "X-183"),
        ("products[1].extras[1].price_qapik", 100, "X-183"),
        ("products[1].extras[1].steps", [], "X-183"),
        ("products[1].extras[1].steps[2].insured_qapik_to", 20_000, "X-183"),
        ("products[1].extras[1].steps[2].premium_qapik_max", 299, "X-183"),
        ("products[1].extras[1].steps[2].share_ppm", 1_000_001, "X-183"),
        ("products[1].extras[2].price_qapik", 10_000_001, "X-183"),
        ("products[1].extras[2].vat_ppm", 1_000_000, "X-183"),
        ("products[1].extras[2].services", ["letter"], "X-183"),
        ("advance[1].country", "AZ", "X-181"),
        ("advance[1].country", "XX", "X-170"),
        ("advance[1].valid_from", "2026-13-01", "X-177"),
    ],
)
def test_a_price_list_that_could_not_be_charged_is_refused_at_its_place(
    path: str, value: object, code: str
) -> None:
    data = example("mail-abroad")
    *steps, name = path.replace("[", ".[").split(".")
    if name.startswith("[") and isinstance(value, list):
        name = steps.pop()
    inner = data
    for step in steps:
        inner = inner[int(step[1:-1]) - 1] if step.startswith("[") else inner[step]
    inner[name] = value
    assert refused("mail-abroad", data) == (code, path)


def test_extras_within_the_country_are_of_a_service_of_the_tariff_and_each_once() -> None:
    data = example("tariffs")
    price_lists.check_extras("f", checked(data, Tariffs, "f"))
    data["mail_extras"][2] |= {"extra": "advice", "services": ["ems_local"]}
    with pytest.raises(WrongFile) as wrong:
        price_lists.check_extras("f", checked(data, Tariffs, "f"))
    assert (wrong.value.code, wrong.value.facts["place"]) == ("X-183", "mail_extras[3].services")
    data["mail_extras"] = [{"extra": "insured", "insured_qapik_min": 0, "steps": [{"insured_qapik_to": 1}]}]
    with pytest.raises(WrongFile) as wrong:
        price_lists.check_extras("f", checked(data, Tariffs, "f"))
    assert wrong.value.facts["place"] == "mail_extras[1].insured_qapik_min"


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ({"rules": [{"services": ["EE"], "days": 10}, {"days": 30}]}, "rules[1].services[1]"),
        ({"rules": [{"days": 0}]}, "rules[1].days"),
        ({"rules": [{"days": 2}], "warn_days": 2}, "rules[1].days"),
        ({"rules": [{"days": 30, "extended_days": 30}]}, "rules[1].extended_days"),
        ({"rules": [{"days": 31}], "warn_days": 31}, "rules[1].days"),
        # A month, exceptionally two.
        ({"rules": [{"days": 32}]}, "rules[1].days"),
        ({"rules": [{"days": 31, "extended_days": 63}]}, "rules[1].extended_days"),
        # Whatever is no express item would have no term.
        ({"rules": [{"services": ["E"], "days": 10}]}, "rules"),
        ({}, "rules"),
    ],
)
def test_terms_by_which_an_item_would_go_back_at_once_or_never_are_refused(data: Any, place: str) -> None:
    assert refused("mail-storage", data) == ("X-185", place)


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        ({"weekdays": [0]}, "X-186", "weekdays[1]"),
        ({"weekdays": [1, 2, 3, 4, 5, 6, 7]}, "X-186", "weekdays"),
        ({"days": ["1.1.2027"]}, "X-177", "days[1]"),
        ({"offices": [{"office": " "}]}, "X-186", "offices[1].office"),
        ({"offices": [{"office": "2002"}, {"office": "2002"}]}, "X-186", "offices[2].office"),
        ({"offices": [{"office": "2002", "weekdays": [8]}]}, "X-186", "offices[1].weekdays[1]"),
    ],
)
def test_a_calendar_that_is_none_is_refused(data: Any, code: str, place: str) -> None:
    assert refused("closed-days", data) == (code, place)


@pytest.mark.parametrize(
    ("field", "value"),
    [("lane", "abroad"), ("services", ["EMS"]), ("services", ["e"]), ("days", 0), ("days", 91)],
)
def test_a_promise_on_no_lane_or_of_no_days_is_refused(field: str, value: object) -> None:
    data = example("mail-standards")
    data["standards"][1][field] = value
    code, place = refused("mail-standards", data)
    assert code == "X-187"
    assert str(place).startswith(f"standards[2].{field}")


def test_the_same_promise_twice_is_refused() -> None:
    data = example("mail-standards")
    data["standards"].append(data["standards"][0])
    assert refused("mail-standards", data) == ("X-187", "standards[7].lane")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("desk", " "),
        ("subclass", "3N"),
        ("destination", "Berlin"),
        ("names", {"az": "Frankfurt", "ru": " ", "en": "Frankfurt"}),
        ("last", 0),
        ("last", 10_000),
    ],
)
def test_a_lane_of_which_no_number_could_be_given_is_refused(field: str, value: object) -> None:
    data = example("mail-lanes")
    data["lanes"][1][field] = value
    assert refused("mail-lanes", data) == ("X-199", f"lanes[2].{field}")


def test_two_desks_have_no_number_of_one_series_in_common() -> None:
    data = example("mail-lanes")
    other = dict(data["lanes"][1], desk="2002-2", first=4_999, last=9_999)
    data["lanes"].append(other)
    assert refused("mail-lanes", data) == ("X-199", "lanes[3].first")
    other["first"] = 5_000
    terms.check_mail_lanes("f", checked(data, Lanes, "f"))
