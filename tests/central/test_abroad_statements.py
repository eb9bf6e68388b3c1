"""A partner's statements at the centre, by the ids of money-out.md: what they move, and what stays open."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from azpost_desk.central.abroad import reconciling
from azpost_desk.central.abroad.releasing import OUR_BIC
from azpost_desk.central.checking import check as check_books
from azpost_desk.central.gateways.abroad import short_id, uetr_of
from azpost_desk.central.gateways.iso_partner import IsoPartner
from azpost_desk.central.gateways.iso_wire import Channel
from azpost_desk.domain import accounts as chart
from azpost_desk.domain.abroad.statements import Entry, Share, Statement
from azpost_desk.domain.refusals import Refused
from azpost_desk.programs import check
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.rehearsal.partner_statements import AccountThere
from azpost_desk.rehearsal.partners import SandboxPartner
from tests.central.abroad_bank import DAY, NEVER, Bank
from tests.central.abroad_post import PEOPLE, Post
from tests.central.abroad_post import post as post

if TYPE_CHECKING:
    from azpost_desk.central.abroad.reconciling import Reconciled
    from azpost_desk.domain.lines import AbroadSent
    from tests.central.desks import ManualClock


def of(line: AbroadSent, minor: int, reference: str, **more: Any) -> Entry:
    return Entry(minor, reference, DAY, shares=(Share(minor, uetr=uetr_of(line.transfer)),), **more)


def funding(minor: int = 500_000) -> Entry:
    return Entry(minor, "F1", DAY, shares=(Share(minor, end_to_end="order 17"),))


def account(post: Post) -> Reconciled:
    with post.centre.database.transaction() as conn:
        (found,) = reconciling.reconcile(conn, post.clock.utc_ms())
    assert found.unexplained == 0
    return found


def items(post: Post) -> list[tuple[str, str, int]]:
    return [(one.sort, one.name, one.minor) for one in account(post).items]


def clear(post: Post, item: str, target: str, name: str, people: tuple[str, str] = PEOPLE) -> None:
    with post.centre.database.transaction() as conn:
        reconciling.clear(
            conn, post.centre._book, int(item), target, name, people, "letter 4", post.clock.utc_ms()
        )


def test_m0_13_what_a_statement_lacks_is_named_until_it_has_it(
    post: Post, capsys: pytest.CaptureFixture[str]
) -> None:
    line, bank = post.sent(), Bank(post)
    assert items(post) == [("funding", "1", 500_000)]
    post.says(line, "ACSC")
    assert items(post) == [("transit", line.transfer, -50_000), ("funding", "1", 500_000)]
    assert (account(post).ledger, account(post).statement) == (450_000, 0)
    assert bank.says(funding()) == []
    assert items(post) == [("transit", line.transfer, -50_000)]
    assert check.main(["--dsn", post.dsn, "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out.splitlines()[-1])["partners"]
    assert (told["partner"], told["ledger"], told["statement"], told["unexplained"]) == (
        "tbilisi",
        450_000,
        500_000,
        0,
    )
    (item,) = told["items"]
    assert (item["sort"], item["name"], item["owner"]) == ("transit", line.transfer, "finance")
    assert item["until"][:10] > item["since"][:10]
    # The notice first, then the statement, then the notice of another message: one fact.
    debit = of(line, -50_000, "T1")
    assert bank.notes(debit) == []
    assert items(post) == [("notified", "2", -50_000)]
    assert bank.says(debit) == []
    assert bank.tells(Statement("AZPOST-1", "N-9", 2, "GEL", False, (debit,))) == []
    assert items(post) == []
    assert post.balance(chart.PARTNER, "tbilisi", "GEL") == 450_000
    assert post.balance(chart.PARTNER_TRANSIT, "tbilisi", "GEL") == 0


def test_ma_20_a_statement_that_does_not_foot_or_continue_moves_nothing(post: Post) -> None:
    bank = Bank(post)
    assert bank.says(funding(), off=1) == ["partner_statement"]
    assert bank.says(funding()) == []
    again = Statement("AZPOST-1", "S-1", 1, "GEL", True, (funding(),), 0, 500_000, NEVER)
    assert bank.tells(again) == []
    line = post.sent()
    debit, other = of(line, -50_000, "T1"), Entry(7, "X1", DAY)
    hole = Statement("AZPOST-1", "S-3", 3, "GEL", True, (other,), 450_000, 450_007, NEVER)
    assert bank.tells(hole) == ["partner_statement"]
    strange = Statement("AZPOST-2", "S-2", 2, "GEL", True, (debit,), 500_000, 450_000, NEVER)
    assert bank.tells(strange) == ["partner_statement"]
    leap = Statement("AZPOST-1", "S-2b", 2, "GEL", True, (debit,), 499_999, 449_999, NEVER)
    assert bank.tells(leap) == ["partner_statement"]
    assert (post.state(line), account(post).statement_number) == ("sent", 1)
    # The missing one fills the hole, and what waited behind it counts.
    assert bank.says(debit) == ["partner_suspense"]
    assert (post.state(line), account(post).statement_number) == ("settled", 3)
    assert items(post) == [("suspense", "3", 7)]


def test_ma_20_a_group_counts_only_by_the_exact_sum_of_its_references(post: Post) -> None:
    first, second, bank = post.sent(), post.sent(), Bank(post)
    shares = (
        Share(-50_000, uetr=uetr_of(first.transfer)),
        Share(-50_000, end_to_end=short_id("ee", second.transfer, 0)),
    )
    assert bank.says(funding(), Entry(-100_000, "B0", DAY)) == ["partner_disputed"]
    assert bank.says(Entry(-100_001, "B1", DAY, shares=shares)) == ["partner_disputed"]
    assert bank.says(Entry(-50_000, "B2", DAY, is_booked=False, shares=shares[:1])) == []
    assert [post.state(one) for one in (first, second)] == ["sent", "sent"]
    assert bank.says(Entry(-100_000, "B3", DAY, shares=shares)) == []
    assert [post.state(one) for one in (first, second)] == ["settled", "settled"]
    assert items(post) == [("disputed", "2", -100_000), ("disputed", "3", -100_001)]


def test_ma_17_a_second_debit_is_a_claim_and_its_reversal_closes_it(post: Post) -> None:
    line, bank = post.sent(), Bank(post)
    assert bank.says(funding(), of(line, -50_000, "T1")) == []
    before = post.balance(chart.ABROAD_DUE, "tbilisi", "GEL"), post.balance(chart.ABROAD_PAYABLE)
    assert bank.says(of(line, -50_000, "T2")) == ["partner_disputed"]
    # The very same entry on another statement has moved money again.
    assert bank.says(of(line, -50_000, "T1")) == ["partner_disputed"]
    assert post.balance(chart.PARTNER_DISPUTED, "tbilisi", "GEL") == 100_000
    assert before == (post.balance(chart.ABROAD_DUE, "tbilisi", "GEL"), post.balance(chart.ABROAD_PAYABLE))
    assert (post.state(line), account(post).disputed) == ("settled", -100_000)
    assert bank.says(of(line, 50_000, "T2", is_reversal=True)) == []
    assert items(post) == [("disputed", "4", -50_000)]
    assert bank.says(of(line, 50_000, "T9", is_reversal=True)) == []
    assert items(post) == []
    # A reversal of the first debit re-opens what that closed; the debit comes again.
    assert bank.says(of(line, 50_000, "T1", is_reversal=True)) == []
    assert items(post) == [("transit", line.transfer, -50_000)]
    assert bank.says(of(line, -50_000, "T7")) == []
    assert (items(post), post.state(line)) == ([], "settled")


def test_ma_8_a_refusal_is_owed_when_the_statement_of_its_day_lacks_the_debit(post: Post) -> None:
    post.partners(refusals_final=False)
    lines = [post.sent() for _ in range(3)]
    bank, debited = Bank(post), lines[0]
    for line in lines:
        assert post.says(line, "RJCT", reason="AC04") == "refused"
    assert bank.says(funding()) == []
    assert [post.state(one) for one in lines] == ["refused"] * 3
    pending = of(lines[1], -50_000, "P1", is_booked=False)
    assert bank.says(of(debited, -50_000, "T1"), pending, until=DAY) == ["abroad_disputed"]
    assert [post.state(one) for one in lines] == ["disputed", "refused", "owed"]
    post.refund(lines[2])
    assert bank.says(of(lines[2], -50_000, "T3"), until=DAY) == ["abroad_claimed"]
    assert [post.state(one) for one in lines] == ["claimed" if n == 2 else s for n, s in
        enumerate(("disputed", "owed", ""))]  # fmt: skip


def test_mb_5_a_credit_gives_money_back_once_whoever_tells_it_first(post: Post) -> None:
    line, bank = post.sent(), Bank(post)
    assert bank.says(funding(), of(line, -50_000, "T1"), of(line, 50_000, "R1")) == []
    assert post.state(line) == "owed"
    post.partner.gives_back(line.transfer, 50_000)
    post.hear()
    assert (post.state(line), items(post)) == ("owed", [])
    assert bank.says(of(line, 50_000, "R2")) == ["partner_suspense"]
    assert items(post) == [("suspense", "4", 50_000)]


def test_ma_21_an_open_item_goes_only_by_two_people_who_name_what_it_is(post: Post) -> None:
    line, bank = post.sent(), Bank(post)
    unnamed = Entry(500_000, "F1", DAY)
    assert bank.says(unnamed, Entry(-50_000, "X1", DAY), Entry(50_000, "X2", DAY)) == [
        "partner_suspense",
        "partner_disputed",
        "partner_suspense",
    ]
    assert post.balance(chart.SUSPENSE, "tbilisi", "GEL") == -550_000
    for target, name in (("funding", "9"), ("transit", line.transfer), ("item", "1"), ("item", "x")):
        with pytest.raises(Refused, match="A-061"):
            clear(post, "1", target, name)
    with pytest.raises(Refused, match="X-044"):
        clear(post, "1", "funding", "1", (PEOPLE[0], PEOPLE[0]))
    clear(post, "1", "funding", "1")
    with pytest.raises(Refused, match="A-060"):
        clear(post, "1", "funding", "1")
    clear(post, "3", "item", "2")
    assert items(post) == []
    assert post.balance(chart.SUSPENSE, "tbilisi", "GEL") == 0
    assert post.balance(chart.PARTNER, "tbilisi", "GEL") == 500_000
    post.says(line, "ACSC")
    assert bank.says(Entry(-50_000, "X3", DAY)) == ["partner_disputed"]
    clear(post, "4", "transit", line.transfer)
    assert items(post) == []


def test_the_centre_fetches_a_sandboxs_statements_whatever_is_wrong_with_them(
    postgres: str, clock: ManualClock
) -> None:
    key = SigningKey(b"k" * 32)
    with SandboxPartner("TBILGE22", OUR_BIC, key.public()) as sandbox:
        rail = IsoPartner(Channel(sandbox.url, OUR_BIC, sandbox.key.public(), "TBILGE22"), key)
        place, there = Post(postgres, clock, rail), AccountThere(sandbox, "AZPOST-1", "GEL")
        there.close_day(NEVER)
        there.fund(500_000, "order 17")
        line = place.sell()
        place.later(11)
        there.close_day(NEVER, "hole")
        sandbox.settle(uetr_of(line.transfer))
        there.close_day(NEVER, "doubled")
        place.later(1)
        assert place.cases() == ["partner_statement", "partner_statement"]
        assert (place.state(line), account(place).statement_number) == ("settled", 1)
        there.send_missing()
        place.later(1)
        assert (items(place), account(place).statement) == ([], 450_000)
        sandbox.give_back(uetr_of(line.transfer))
        there.close_day(NEVER, "not_footing")
        place.later(1)
        assert items(place) == [("transit", line.transfer, 50_000)]
        assert place.cases() == ["partner_statement"] * 3
        place.centre.stop()
    assert [one.broken for one in check_books(postgres) if not one.ok] == []
