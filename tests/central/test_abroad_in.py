"""Money from abroad: every rule of money-out.md about what comes in, by its id.

The centre and its database are real, the partner is scripted behind the port; over a real socket it plays in
the stories.
"""

from __future__ import annotations

from azpost_desk.central import list_versions
from azpost_desk.central.abroad import agreements, paying
from azpost_desk.central.gateways.abroad import Silent
from azpost_desk.central.registry import lost
from azpost_desk.domain import accounts as chart
from azpost_desk.domain.abroad.statements import Entry, Share
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.watch_lists import OFAC, Listed
from tests.central.abroad_bank import DAY as BOOKED_ON
from tests.central.abroad_post import MINUTE
from tests.central.abroad_post_in import WAY, PostIn, uetr
from tests.central.abroad_post_in import post as post

DAY = 24 * 60 * MINUTE
# 500,00 GEL at 0.6271 less 8,000 ppm.
PAID_QAPIK = 31_104


def _books(post: PostIn) -> dict[str, int]:
    """What each account says, foreign ones in tetri; zeros are left out."""
    said = {
        "transit": post.balance(chart.PARTNER_TRANSIT, "tbilisi", "GEL"),
        "incoming": post.balance(chart.INCOMING_PAYABLE, "tbilisi", "GEL"),
        "position": post.balance(chart.POSITION, "GEL", "GEL") + 500_000,
        "manat": post.balance(chart.POSITION_MANAT, "GEL") - 310_000,
        "trading": post.balance(chart.TRADING, "GEL"),
        "owed": post.balance(chart.ABROAD_PAYABLE),
    }
    return {name: minor for name, minor in said.items() if minor}


# --- paid out ---------------------------------------------------------------------------------------------


def test_ma_26_a_grant_fixes_the_manat_and_its_conversion_stands_in_the_book(post: PostIn) -> None:
    thing = post.comes()
    assert post.of(thing) == "available"
    assert _books(post) == {"transit": 50_000, "incoming": -50_000}
    grant = post.granted()
    assert (grant.amount_qapik, grant.arrived_minor, grant.currency) == (PAID_QAPIK, 50_000, "GEL")
    assert grant.stands_ms == post.clock.utc_ms() + 15 * MINUTE
    post.pay(grant)
    assert post.of(thing) == "paid"
    assert _books(post) == {"transit": 50_000, "position": -50_000, "manat": 31_355, "trading": -251}
    assert [one["code"] for one in post.said("word")] == ["ACSP", "ACCC"]


def test_ma_26_released_the_conversion_is_undone_at_the_same_figures_and_the_next_has_its_own_rate(
    post: PostIn,
) -> None:
    post.comes()
    first = post.granted()
    post.release(first)
    assert _books(post) == {"transit": 50_000, "incoming": -50_000}
    post.rates("0.6371")
    second = post.granted()
    assert (second.number, second.previous, second.amount_qapik) == (2, first.grant, 31_600)
    post.pay(second)
    assert post.balance(chart.ABROAD_PAYABLE) == 0


def test_ma_26_without_a_rate_in_force_nothing_is_granted(post: PostIn) -> None:
    post.comes()
    post.rates(hours=1)
    post.clock.now_ms += 61 * MINUTE
    assert post.asked().code == "A-012"


def test_ma_26_paid_long_after_its_manat_stood_somebody_asks_why(post: PostIn) -> None:
    thing = post.comes()
    grant = post.granted()
    post.clock.now_ms += 26 * MINUTE
    post.pay(grant)
    assert (post.of(thing), post.cases()) == ("paid", ["incoming_late"])


def test_m0_1_one_entitlement_one_grant_and_a_repeated_request_is_answered_the_same(post: PostIn) -> None:
    post.comes()
    first = post.asked(request="r-1")
    assert post.asked(request="r-1") == first
    assert post.asked(request="r-2").code == "T-015"


def test_a_claim_must_name_number_sum_and_sender_and_five_wrong_tries_have_it_looked_at(post: PostIn) -> None:
    thing = post.comes()
    assert post.asked(2).code == "T-010"
    assert post.asked(sender="Nino Beridse").code == "T-013"
    told = [post.asked(minor=50_001) for _ in range(5)]
    assert [(one.code, one.tries_left) for one in told] == [
        *(("T-011", left) for left in (4, 3, 2, 1)),
        ("T-018", -1),
    ]
    assert (post.of(thing), post.asked().code) == ("held", "T-018")
    assert post.decided(thing, "let_go") == "available"
    assert post.asked().grant is not None


def test_a_paused_partners_money_is_not_paid_out(post: PostIn) -> None:
    post.comes()
    with post.centre.database.transaction() as conn:
        agreements.turn(conn, "tbilisi", agreements.PAYOUT, post.clock.utc_ms(), on=False, why="x")
    assert post.asked().code == "A-072"


def test_what_a_lost_desk_held_is_in_doubt_until_two_people_say_what_became_of_it(post: PostIn) -> None:
    thing = post.comes()
    grant = post.granted()
    post.hear()
    with post.centre.database.transaction() as conn:
        now_ms = post.clock.utc_ms()
        lost.declare(conn, post.desk.enrolled.desk, "A", "fire", "e", now_ms)
    post.clock.now_ms += 3 * DAY
    with post.centre.database.transaction() as conn:
        lost.confirm(conn, post.centre._book, post.desk.enrolled.desk, "B", post.clock.utc_ms())
    post.centre.settle()
    assert post.of(thing) == "in_doubt"
    with post.centre.database.transaction() as conn:
        after = paying.resolved(
            conn, post.centre._book, grant.grant, "not_paid", ("A", "B"), "till count", post.clock.utc_ms()
        )
    post.centre.settle()
    assert after == "held"
    assert _books(post) == {"transit": 50_000, "incoming": -50_000}


# --- before its money is there ----------------------------------------------------------------------------


def test_ma_23_above_the_limit_of_unfunded_payouts_it_waits_and_moves_up_when_money_is_booked(
    post: PostIn,
) -> None:
    first, second, third = post.comes(1), post.comes(2), post.comes(3)
    assert [post.of(one) for one in (first, second, third)] == ["available", "available", "waiting_funds"]
    assert post.asked(3).code == "A-070"
    assert post.booked(1) == []
    assert post.of(third) == "available"
    # One credit counts once, and another sum is another credit: both lie in suspense.
    assert post.booked(1) == ["partner_suspense"]
    assert post.booked(2, minor=49_999) == ["partner_suspense"]


def test_ma_23_a_limit_of_zero_pays_nothing_on_a_word(post: PostIn) -> None:
    post.limit(0)
    thing = post.comes()
    assert post.of(thing) == "waiting_funds"
    assert post.booked(1) == []
    assert post.of(thing) == "available"


def test_ma_5_what_comes_frees_nothing_for_sales_before_it_is_booked(post: PostIn) -> None:
    with post.centre.database.transaction() as conn:
        conn.execute("update abroad_funds set funded = 0")
    post.comes()
    assert post.ask(50_000).code == "A-013"
    post.booked(1)
    assert post.ask(50_000).code == ""


# --- twice, and otherwise ---------------------------------------------------------------------------------


def test_ma_24_the_same_under_another_message_is_the_same_thing(post: PostIn) -> None:
    thing = post.comes()
    post.comes(1, message="m-99")
    assert post.balance(chart.INCOMING_PAYABLE, "tbilisi", "GEL") == -50_000
    assert (post.of(thing), post.cases()) == ("available", [])


def test_ma_24_the_same_uetr_with_other_content_is_looked_at_and_the_first_stands(post: PostIn) -> None:
    thing = post.comes()
    post.comes(1, minor=60_000)
    assert (post.of(thing), post.of(thing, "amount"), post.cases()) == ("held", 50_000, ["incoming_differs"])


def test_ma_24_told_otherwise_while_a_desk_holds_it_it_is_looked_at_when_given_back(post: PostIn) -> None:
    thing = post.comes()
    grant = post.granted()
    post.hear()
    post.comes(1, receiver="Somebody Else")
    assert post.of(thing) == "reserved"
    post.release(grant)
    assert post.of(thing) == "held"


def test_ma_24_a_twin_under_another_uetr_is_held_and_no_reference_is_no_key(post: PostIn) -> None:
    post.limit(10**9)
    post.comes(1, end_to_end="e-7")
    twin = post.comes(2, end_to_end="e-7")
    other = post.comes(3, end_to_end="e-7", receiver="Mammadov Vugar")
    post.comes(4, end_to_end="NOTPROVIDED")
    nameless = post.comes(5, end_to_end="NOTPROVIDED")
    post.clock.now_ms += 4 * DAY
    post.rates()
    later = post.comes(6, end_to_end="e-7")
    assert [post.of(one) for one in (twin, other, nameless, later)] == [
        "held",
        "available",
        "available",
        "available",
    ]


def test_ma_25_a_currency_that_was_not_agreed_goes_back(post: PostIn) -> None:
    thing = post.comes(amount=Money(10_000, "EUR"))
    assert (post.of(thing), post.of(thing, "reason")) == ("unpayable", "AM03")


def test_ma_25_promised_manat_are_owed_as_promised_and_a_gap_to_what_was_settled_is_looked_at(
    post: PostIn,
) -> None:
    ways = post.promising()
    assert ways.settlement == "GEL"
    fair = post.comes(1, promised=azn(31_300))
    assert post.of(fair) == "available"
    assert _books(post) == {
        "transit": 50_000,
        "position": -50_000,
        "manat": 31_355,
        "trading": -55,
        "owed": -31_300,
    }
    told = post.asked(1, 31_300, way="GE-AZN")
    assert told.grant is not None
    wrong = post.comes(2, promised=azn(36_000))
    assert post.of(wrong) == "held"
    assert post.cases() == ["incoming_promise"]


def test_m0_4_a_credit_that_comes_before_its_message_leaves_suspense_by_its_reference(post: PostIn) -> None:
    post.limit(0)
    assert post.booked(1) == ["partner_suspense"]
    assert post.balance(chart.SUSPENSE, "tbilisi", "GEL") == -50_000
    thing = post.comes()
    assert (post.of(thing), post.of(thing, "funded")) == ("available", True)
    assert post.balance(chart.SUSPENSE, "tbilisi", "GEL") == 0
    assert _books(post) == {"incoming": -50_000}


def test_ma_20_a_credit_taken_back_makes_it_announced_only(post: PostIn) -> None:
    thing = post.comes()
    post.booked(1)
    undone = Entry(-50_000, "c-1", BOOKED_ON, is_reversal=True, shares=(Share(-50_000, uetr=uetr()),))
    assert post.bank.says(undone) == []
    assert not post.of(thing, "funded")
    assert _books(post) == {"transit": 50_000, "incoming": -50_000}


# --- recalled ---------------------------------------------------------------------------------------------


def test_ma_27_recalled_while_nobody_holds_it_no_new_grant_and_two_people_answer_once(post: PostIn) -> None:
    thing = post.comes()
    post.booked(1)
    post.partner.wants_back(uetr())
    post.partner.wants_back(uetr())
    post.hear()
    assert (post.of(thing), post.asked().code) == ("held", "T-018")
    post.decided(thing, "let_back")
    assert [(one["code"], one["reason"]) for one in post.said("recall_answer")] == [("CNCL", "")]
    assert [(one["minor"], one["reason"]) for one in post.said("return")] == [(50_000, "FOCR")]


def test_ma_27_a_recall_that_came_long_before_its_money_counts_when_that_is_kept(post: PostIn) -> None:
    post.partner.wants_back(uetr())
    post.hear()
    post.later(40)
    thing = post.comes()
    post.booked(1)
    assert (post.of(thing), post.asked().code) == ("held", "T-018")


def test_ma_27_recalled_while_a_desk_holds_it_the_holder_comes_first(post: PostIn) -> None:
    thing = post.comes()
    grant = post.granted()
    post.hear()
    post.partner.wants_back(uetr())
    post.hear()
    assert (post.of(thing), post.said("recall_answer")) == ("reserved", [])
    post.pay(grant)
    assert post.of(thing) == "paid"
    assert [one["code"] for one in post.said("recall_answer")] == ["RJCR"]


def test_ma_27_given_back_under_a_recall_it_waits_for_the_answer(post: PostIn) -> None:
    thing = post.comes()
    grant = post.granted()
    post.hear()
    post.partner.wants_back(uetr())
    post.hear()
    post.release(grant)
    assert post.of(thing) == "held"
    assert post.decided(thing, "let_go") == "available"
    assert [one["code"] for one in post.said("recall_answer")] == ["RJCR"]


def test_ma_27_recalled_after_it_was_paid_the_answer_is_no(post: PostIn) -> None:
    post.comes()
    post.pay(post.granted())
    post.partner.wants_back(uetr())
    post.hear()
    assert [one["code"] for one in post.said("recall_answer")] == ["RJCR"]


# --- back -------------------------------------------------------------------------------------------------


def test_ma_28_what_nobody_here_can_be_paid_goes_back_once_its_money_is_booked(post: PostIn) -> None:
    thing = post.comes(number="")
    assert (post.of(thing), post.said("return")) == ("unpayable", [])
    post.booked(1)
    assert (post.of(thing), len(post.said("return"))) == ("return_sent", 1)
    post.partner.says_of(uetr(), "ACSC")
    post.hear()
    assert post.of(thing) == "returned"
    assert _books(post) == {"transit": -50_000}, "its statement has yet to show the debit"


def test_m0_4_a_word_about_a_return_that_has_not_left_yet_waits_and_counts_once_it_has(post: PostIn) -> None:
    thing = post.comes(number="")
    post.partner.says_of(uetr(), "ACSC")
    post.hear()
    assert post.of(thing) == "unpayable"
    post.booked(1)
    post.later(1)
    assert post.of(thing) == "returned"


def test_ma_28_a_return_is_named_by_its_thing_asked_about_after_silence_and_never_doubled(
    post: PostIn,
) -> None:
    post.partner.answers = [Silent("timeout")]
    thing = post.comes(number="")
    post.booked(1)
    assert post.of(thing) == "return_unknown"
    post.later(20)
    post.later(20)
    assert len(post.said("return")) == 1
    assert post.said("question_back")[0]["uetr"] == uetr()
    post.partner.says_of(uetr(), "ACSC")
    post.hear()
    assert post.of(thing) == "returned"


def test_ma_28_never_arrived_it_leaves_again_as_it_was_only_where_repeats_are_known(post: PostIn) -> None:
    post.partners(unfunded_minor_max=100_000, knows_duplicates=True)
    post.partner.answers = [Silent("timeout")]
    thing = post.comes(number="")
    post.booked(1)
    post.partner.says_of(uetr(), "")
    post.hear()
    sent = post.said("return")
    assert [(one["ordinal"], one["repeat"]) for one in sent] == [(1, False), (1, True)]
    assert post.of(thing) == "return_sent"


def test_ma_28_the_statement_may_be_the_first_to_say_that_a_return_was_taken(post: PostIn) -> None:
    thing = post.comes(number="")
    post.booked(1)
    taken = Entry(-50_000, "d-1", BOOKED_ON, shares=(Share(-50_000, uetr=uetr()),))
    assert post.bank.says(taken) == []
    assert post.of(thing) == "returned"
    post.partner.says_of(uetr(), "ACSC")
    post.hear()
    assert _books(post) == {}
    assert post.bank.says(Entry(-50_000, "d-2", BOOKED_ON, shares=(Share(-50_000, uetr=uetr()),))) == [
        "partner_disputed"
    ]


def test_ma_28_refused_there_it_is_a_case_and_the_money_stays_owed(post: PostIn) -> None:
    thing = post.comes(number="")
    post.booked(1)
    post.partner.says_of(uetr(), "RJCT", "AC04")
    post.hear()
    assert post.of(thing) == "return_disputed"
    assert post.cases() == ["incoming_unpayable", "incoming_refused_back"]
    assert post.balance(chart.INCOMING_PAYABLE, "tbilisi", "GEL") == -50_000


def test_ma_28_nobody_came_within_the_term_and_it_goes_back(post: PostIn) -> None:
    thing = post.comes()
    post.booked(1)
    post.clock.now_ms += (WAY.days + 1) * DAY
    post.hear()
    assert (post.of(thing), post.said("return")[0]["reason"]) == ("return_sent", "NOAS")


def test_m0_12_a_listed_persons_money_is_not_paid_not_returned_and_not_explained(
    post: PostIn,
) -> None:
    entry = Listed(source=OFAC, id="2", kind="person", names=(("MAMMADOVA, Aygun", "name"),))
    with post.centre.database.transaction() as conn:
        list_versions.import_list(conn, [entry], "compliance", post.clock.utc_ms())
    thing = post.comes(receiver="Mammadova Aygun")
    post.booked(1)
    assert post.of(thing) == "held"
    assert post.decided(thing, "rejected") == "frozen"
    post.partner.wants_back(uetr())
    post.partner.asks(uetr())
    post.later(60 * 24 * 40)
    assert (post.of(thing), post.said("return")) == ("frozen", [])
    # A recall is answered: it is looked at, as of anything that people look at, and why is not said.
    assert [(one["code"], one["reason"]) for one in post.said("recall_answer")] == [("PDCR", "")]
    assert {one["code"] for one in post.said("word")} == {"PDNG"}
    assert post.asked().code == "T-018"
    # An order comes: the final answer.
    assert post.decided(thing, "let_back") == "unpayable"
    post.hear()
    assert [one["code"] for one in post.said("recall_answer")] == ["PDCR", "CNCL"]


def test_m0_12_what_is_blocked_while_its_partner_wants_it_back_is_looked_at_and_said_so_once(
    post: PostIn,
) -> None:
    thing = post.comes()
    post.booked(1)
    post.partner.wants_back(uetr())
    post.hear()
    assert (post.of(thing), post.said("recall_answer")) == ("held", [])
    assert post.decided(thing, "rejected") == "frozen"
    post.later(1)
    assert [one["code"] for one in post.said("recall_answer")] == ["PDCR"]
    assert post.decided(thing, "let_go") == "available"
    post.later(1)
    assert [(one["code"], one["reason"]) for one in post.said("recall_answer")] == [
        ("PDCR", ""),
        ("RJCR", "LEGL"),
    ]


# --- what must be known, and what is told -----------------------------------------------------------------


def test_ma_29_above_the_threshold_what_the_travel_rule_asks_for_must_be_there(post: PostIn) -> None:
    post.limit(10**9)
    small = post.comes(1, sender_town="", sender_country="")
    large = post.comes(2, minor=300_000, sender_town="", sender_country="")
    born = post.comes(3, minor=300_000, sender_town="", sender_born="1980-01-02")
    assert [post.of(one) for one in (small, large, born)] == ["available", "held", "available"]
    assert (post.of(large, "reason"), post.cases()) == (
        "sender.address sender.country",
        ["incoming_incomplete"],
    )


def test_a_partner_that_asks_is_told_how_it_stands_and_what_is_not_known_here(post: PostIn) -> None:
    post.comes()
    post.partner.asks(uetr())
    post.partner.asks(uetr(77))
    post.hear()
    told = [(one["code"], one["reason"]) for one in post.said("word")]
    assert told == [("ACSP", ""), ("ACSP", ""), ("", "NOOR")]


def test_a_word_is_said_until_it_was_taken(post: PostIn) -> None:
    post.partner.answers = [Silent("timeout")]
    post.comes()
    post.later(5)
    post.later(5)
    assert [one["code"] for one in post.said("word")] == ["ACSP", "ACSP"]


def test_m0_5_a_partner_speaks_of_its_own_things_only(post: PostIn) -> None:
    thing = post.comes()
    with post.centre.database.transaction() as conn:
        conn.execute("update abroad_in set partner = 'almaty' where transfer = %s", (thing,))
    post.partner.wants_back(uetr())
    post.hear()
    assert post.of(thing, "recall") == ""
    with post.centre.database.transaction() as conn:
        conn.execute("update abroad_in set partner = 'tbilisi' where transfer = %s", (thing,))
