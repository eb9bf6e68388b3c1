"""MA-22: a day's positions are revalued once, by a named cut and a rate of its own; late deals count next."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.central.abroad import documents, judging, revaluing
from azpost_desk.central.checking import check
from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.abroad.revaluation import DayRate, RevaluationRates
from azpost_desk.domain.days import calendar_day, days_after
from azpost_desk.domain.refusals import Refused
from azpost_desk.programs import central_abroad, central_commands
from azpost_desk.programs.central import main
from tests.central.abroad_post import MINUTE, PEOPLE, Post
from tests.central.abroad_post import post as post

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.domain.days import BusinessDay

DAY = 24 * 60 * MINUTE


def standing(post: Post, date: str, source: str = "CLOSE", **manat: str) -> str:
    """Publish what currencies are worth at the end of a day; the refusal's code, "" when they were taken."""
    rates = RevaluationRates(
        date=date, source=source, rates=tuple(DayRate(currency=one, manat=at) for one, at in manat.items())
    )
    try:
        with post.centre.database.transaction() as conn:
            documents.import_revaluation_rates(conn, rates, PEOPLE, "sheet 4", post.clock.utc_ms())
    except Refused as no:
        return no.code
    return ""


def revalued(post: Post, date: str) -> revaluing.Made:
    with post.centre.database.transaction() as conn:
        return revaluing.revalue(conn, post.centre._book, date, post.clock.utc_ms())


def refused(post: Post, date: str) -> str:
    with pytest.raises(Refused) as no:
        revalued(post, date)
    return no.value.code


def today(post: Post) -> BusinessDay:
    return calendar_day(post.clock.utc_ms())


def books(post: Post) -> tuple[int, int]:
    return post.balance(chart.POSITION_MANAT, "GEL"), post.balance(chart.REVALUATION, "GEL")


def test_a_position_is_worth_its_days_rate_and_the_same_again_when_run_again(post: Post) -> None:
    day = today(post)
    # 5,000.00 lari bought for 3,100.00 manat, 500.00 of them sold at 313.55: 4,500.00 lie there.
    post.sell()
    assert refused(post, day) == "A-082"
    post.clock.now_ms += DAY
    # Sold on the day after: none of this day's.
    post.rates()
    post.sell()
    assert refused(post, day) == "A-083"
    assert standing(post, day, source=" cbar ", GEL="0.6500") == "A-080"
    assert standing(post, day, GEL="0.6500") == ""
    made = revalued(post, day)
    (one,) = made.revalued
    assert (made.is_new, one.position_minor, one.manat_qapik, one.revalued_qapik) == (
        True,
        -450_000,
        278_645,
        292_500,
    )
    assert one.late == ()
    after = (292_500 - 31_355, -13_855)
    assert books(post) == after
    again = revalued(post, day)
    assert (again.is_new, again.revalued, books(post)) == (False, made.revalued, after)
    assert standing(post, day, GEL="0.6400") == "A-081"
    assert refused(post, days_after(day, -1)) == "A-084"
    assert refused(post, "31.12.2026") == "I-010"


def test_the_command_says_what_it_made_and_that_a_second_run_changed_nothing(
    post: Post, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    day = today(post)
    post.clock.now_ms += DAY
    standing(post, day, GEL="0.6500")
    for module in (central_abroad, central_commands):
        monkeypatch.setattr(module, "CLOCK", post.clock)

    def run(*more: str) -> str:
        assert main(["--dsn", post.dsn, "revalue", "--date", day, *more]) == 0
        return capsys.readouterr().out.strip()

    figures = "position -5000.00 at 0.6500 (CLOSE), manat 3100.00 -> 3250.00, late deals 0"
    assert run() == f"GEL {day}: revalued; {figures}"
    assert run() == f"GEL {day}: was revalued before, nothing changed; {figures}"
    said = msgspec.json.decode(run("--json"))
    assert (said["date"], said["is_new"], said["revalued"][0]["revalued_qapik"]) == (day, False, 325_000)


def test_a_deal_heard_of_after_its_days_revaluation_counts_the_next_day_and_is_listed(post: Post) -> None:
    day = today(post)
    late = post.sell(heard=False)
    post.clock.now_ms += DAY
    standing(post, day, GEL="0.6200")
    (first,) = revalued(post, day).revalued
    assert (first.position_minor, first.manat_qapik, first.revalued_qapik) == (-500_000, 310_000, 310_000)
    post.hear()
    assert revalued(post, day).revalued == (first,)
    post.clock.now_ms += DAY
    standing(post, days_after(day, 1), GEL="0.6300")
    (second,) = revalued(post, days_after(day, 1)).revalued
    assert [(one.about, one.day, one.position_minor, one.manat_qapik) for one in second.late] == [
        (late.transfer, day, 50_000, -31_355)
    ]
    assert (second.position_minor, second.manat_qapik, second.revalued_qapik) == (-450_000, 278_645, 283_500)
    assert books(post) == (283_500, -4_855)


def test_a_centre_that_dies_between_two_currencies_has_revalued_none(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = today(post)
    lira = ops.PartnerFunded(
        partner="tbilisi", currency="TRY", funded_minor=10_000, paid_qapik=402,
        first_person=PEOPLE[0], second_person=PEOPLE[1], evidence="order 18",
    )  # fmt: skip
    with post.centre.database.transaction() as conn:
        judging.fund(conn, post.centre._book, "tbilisi", lira, post.clock.utc_ms())
    post.clock.now_ms += DAY
    standing(post, day, GEL="0.6500")
    assert (refused(post, day), books(post)) == ("A-083", (310_000, 0))
    standing(post, day, GEL="0.6500", TRY="0.0410")
    book = post.centre._book
    append = book.append

    def dies(conn: object, body: ops.Body) -> None:
        append(conn, body)  # type: ignore[arg-type]
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(book, "append", dies)
        with pytest.raises(ConnectionError):
            revalued(post, day)
    assert books(post) == (310_000, 0)
    made = revalued(post, day)
    assert [(one.currency, one.revalued_qapik) for one in made.revalued] == [("GEL", 325_000), ("TRY", 410)]
    assert books(post) == (325_000, -15_000)


def found(post: Post) -> list[str]:
    return next([one.why for one in verdict.broken] for verdict in check(post.dsn) if verdict.id == "I-13")


@contextmanager
def planted(post: Post, account: str, more: int) -> Iterator[None]:
    """One posting of the account, a revaluation's where it has one, is another sum for a while."""
    where = (
        f"where account = '{account}' and sequence = (select max(sequence) from postings"
        f" where account = '{account}')"
    )
    for change in (more, -more):
        with post.centre.database.transaction() as conn:
            conn.execute(f"update postings set minor = minor + {change} {where}".encode())
        if change == more:
            yield


def test_each_planted_fault_in_a_revaluation_is_named(post: Post) -> None:
    day = today(post)
    post.clock.now_ms += DAY
    standing(post, day, GEL="0.6500")
    revalued(post, day)
    assert found(post) == []
    with planted(post, chart.REVALUATION, 1):
        assert "revaluation GEL is -14999, its records come to -15000" in found(post)
    with planted(post, chart.POSITION, 1):
        begins = "it begins at -500000 and 310000, the book at -499999 and 310000"
        assert f"the revaluation of GEL to {day}: {begins}" in found(post)
