"""Items that wait at an office: last days by the centre's rules, requests to keep one, what goes back."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk import places
from azpost_desk.domain.days import TIME_MS_END, BusinessDay, day_start_ms
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.protocol import news as tidings
from tests.services.test_express import scan, taken_by
from tests.storage.desks import DATE, piece

if TYPE_CHECKING:
    from tests.services.counters import Stand

ITEMS = [item_number("EE", 876_540 + one) for one in range(6)]
RULES = ("mail-storage", "closed-days")
NOON_MS = 12 * 3_600_000


def told(stand: Stand) -> None:
    """The centre's examples: ten days, thirty on request, closed on Sundays."""
    for at, name in enumerate(RULES):
        content = tomllib.loads((places.templates() / f"{name}.toml").read_text("utf-8"))
        one = tidings.Reference(
            name=name.replace("-", "_"),
            version=1,
            valid_from="0001-01-01",
            content=msgspec.Raw(msgspec.json.encode(content)),
        )
        stand.books.store_news([piece(2_100 + at, "reference", one)], 1)


def came(stand: Stand, number: str, day: str, serial: int = 0) -> None:
    """Another desk of this office took an item in on an earlier day."""
    with stand.books.reading() as books:
        branch = books.desk().branch
    event = tidings.ItemEvent(
        number=number,
        event="EMG",
        office=branch,
        at_ms=day_start_ms(BusinessDay(day)) + NOON_MS,
        operation=f"{number}-came",
        desk=f"{branch}-2",
        epoch=1,
        sequence=1 + serial,
    )
    stand.books.store_news([piece(2_200 + serial, "item.event", event)], 1)


def shelve(stand: Stand) -> None:
    """A shelf: due back, its last day, two days left, three left, asked to be kept, due back but stopped."""
    told(stand)
    days = ("2026-11-11", "2026-11-13", "2026-11-15", "2026-11-16", "2026-11-15", "2026-11-10")
    for at, day in enumerate(days):
        came(stand, ITEMS[at], day, at)
    assert scan(stand, ITEMS[4], "EDF", reason="customer_request", until="2026-12-05") == ("saved", "saved")
    order = tidings.ItemOrder(order="o", number=ITEMS[5], kind="court", state="open", at_ms=1)
    stand.books.store_news([piece(2_300, "item.order", order)], 1)


@pytest.fixture
def full(stand: Stand) -> Stand:
    shelve(stand)
    return stand


def test_what_waits_is_listed_by_its_last_day_and_how_that_stands(full: Stand) -> None:
    assert DATE == "2026-11-23"
    found = {one.number: (one.kept.last_day, one.days_left, one.stands) for one in full.desk.keeping.terms()}
    assert found == {
        ITEMS[5]: ("2026-11-20", -3, "stopped"),
        ITEMS[0]: ("2026-11-21", -2, "due_back"),
        ITEMS[1]: ("2026-11-23", 0, "ends_soon"),
        ITEMS[2]: ("2026-11-25", 2, "ends_soon"),
        ITEMS[3]: ("2026-11-26", 3, "waiting"),
        ITEMS[4]: ("2026-12-05", 12, "extended"),
    }
    assert [one.kept.last_day for one in full.desk.keeping.terms()] == sorted(
        one[0] for one in found.values()
    )
    [line] = [one for one in full.desk.preflight.look() if one.name == "storage"]
    assert (line.state, line.facts) == ("warn", {"count": 1})


def test_an_item_says_its_days_and_none_where_nothing_is_counted(full: Stand) -> None:
    term = full.desk.tracking.known(ITEMS[0]).term
    assert term is not None
    assert (term.stands, term.kept.last_day) == ("due_back", "2026-11-21")
    # What has waited too long is still handed to whoever comes for it, and its days are gone.
    assert scan(full, ITEMS[0], "EMI", **taken_by("Quliyev Rauf")) == ("saved", "saved")
    assert full.desk.tracking.known(ITEMS[0]).term is None
    assert ITEMS[0] not in {one.number for one in full.desk.keeping.terms()}


@pytest.mark.parametrize(
    ("item", "until", "answer"),
    [
        (0, "2026-12-01", ("refused", "until_late")),
        (2, "2026-12-15", ("saved", "saved")),
        # Thirty days in all from the day after it came, and not one more.
        (2, "2026-12-16", ("refused", "until_beyond")),
        (2, "2026-12-06", ("refused", "until_closed")),
        (2, "2026-11-24", ("saved", "saved")),
    ],
)
def test_a_request_is_made_in_time_for_an_open_day_within_the_rule(
    full: Stand, item: int, until: str, answer: tuple[str, str]
) -> None:
    assert scan(full, ITEMS[item], "EDF", reason="customer_request", until=until) == answer


def test_without_rules_nothing_goes_back_by_itself(stand: Stand) -> None:
    came(stand, ITEMS[0], "2026-01-02")
    assert stand.desk.keeping.terms() == []
    assert stand.desk.tracking.known(ITEMS[0]).term is None
    assert scan(stand, ITEMS[0], "EDF", reason="customer_request", until="2027-12-31") == ("saved", "saved")


@pytest.mark.parametrize("at_ms", [TIME_MS_END, 2**60, -1, -(2**60)])
def test_an_item_of_no_time_leaves_the_others_their_days(full: Stand, at_ms: int) -> None:
    with full.books.reading() as books:
        branch = books.desk().branch
    event = tidings.ItemEvent(
        number=item_number("EE", 876_549),
        event="EMG",
        office=branch,
        at_ms=at_ms,
        operation="odd",
        desk=f"{branch}-2",
        epoch=1,
        sequence=90,
    )
    before = full.desk.keeping.terms()
    full.books.store_news([piece(2_400, "item.event", event)], 1)
    assert full.desk.keeping.terms() == before
    # What is told of the last moment that is one has its last day.
    latest = msgspec.structs.replace(event, at_ms=TIME_MS_END - 1, operation="late")
    full.books.store_news([piece(2_401, "item.event", latest)], 1)
    assert len(full.desk.keeping.terms()) == len(before) + 1
