"""Money out over the border: every rule of money-out.md that has its parties here, by its id.

The centre and its database are real, the partner is scripted behind the port; over a real socket it plays in
the stories.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.central import validity
from azpost_desk.central.abroad import agreements, hearing, judging, refunding, releasing
from azpost_desk.central.gateways.abroad import Silent, Told, Turned, uetr_of
from azpost_desk.central.registry import lost
from azpost_desk.central.storage.database import connect, one
from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.abroad.corridors import Corridors
from azpost_desk.protocol.abroad import terms_of
from azpost_desk.protocol.messages import grant_of
from tests.central.abroad_post import CORRIDOR, MINUTE, PEOPLE, Post
from tests.central.abroad_post import post as post
from tests.fakes.partner import status

if TYPE_CHECKING:
    from azpost_desk.central.gateways.abroad import Handed
    from azpost_desk.central.storage.database import Connection

# --- price ------------------------------------------------------------------------------------------------


def test_ma_1_a_quote_is_signed_for_one_chain_and_asked_again_it_is_the_same_word(post: Post) -> None:
    first, again = post.ask(quote="q-1"), post.ask(quote="q-1")
    assert first == again
    terms = terms_of(first.words)
    assert (f"{terms.desk}/{terms.epoch}", terms.arrives_minor) == (post.desk.chain(), 50_000)
    assert terms.amount_qapik == 31_606
    assert terms.fees_qapik == {"transfer": 500}


def test_ma_1_a_quote_that_was_used_expired_or_made_up_is_held(post: Post) -> None:
    quote = post.quoted()
    used = post.sell(quote)
    again = post.sell(quote)
    terms, signature = post.quoted()
    forged = post.sell((msgspec.structs.replace(terms, arrives_minor=60_000, amount_qapik=37_928), signature))
    late = post.quoted()
    post.clock.now_ms += 21 * MINUTE
    expired = post.sell(late)
    assert [post.state(one) for one in (used, again, forged, expired)] == ["sent", "held", "held", "held"]
    assert post.cases() == ["quote_used", "strange_quote", "quote_expired"]


def test_ma_2_a_sale_engaged_in_time_and_uploaded_late_is_honoured(post: Post) -> None:
    line = post.sell(heard=False)
    post.later(60)
    assert post.state(line) == "sent"


def test_ma_3_no_rate_in_force_is_no_sale_never_the_last_one_known(post: Post) -> None:
    post.rates(hours=1)
    post.clock.now_ms += 61 * MINUTE
    assert post.ask().code == "A-012"
    post.rates()
    assert post.ask().code == ""
    post.rates(withdrawn=True)
    assert post.ask().code == "A-012"


def test_ma_4_a_sum_that_the_corridor_does_not_carry_is_told_with_its_limit(post: Post) -> None:
    told = [post.ask(999), post.ask(1_000_001)]
    assert [(one.code, one.limit_minor) for one in told] == [("A-020", 1_000), ("A-021", 1_000_000)]


def test_ma_5_funds_are_promised_at_the_quote_and_the_last_of_them_once(post: Post) -> None:
    assert post.ask(300_000).code == ""
    assert post.ask(300_000).code == "A-013"
    post.clock.now_ms += 11 * MINUTE
    assert post.ask(300_000).code == ""


def test_ma_5_short_of_funds_a_sale_waits_and_leaves_oldest_first_when_they_come(post: Post) -> None:
    with post.centre.database.transaction() as conn:
        conn.execute("update abroad_funds set funded = 60000")
    quotes = [post.quoted(50_000)]
    with post.centre.database.transaction() as conn:
        conn.execute("update abroad_funds set funded = 140000")
    quotes.append(post.quoted(50_000))
    with post.centre.database.transaction() as conn:
        conn.execute("update abroad_funds set funded = 0")
    first, second = (post.sell(quote) for quote in quotes)
    assert [post.state(one) for one in (first, second)] == ["waiting_funds", "waiting_funds"]
    assert post.fund(50_000) == 1
    post.later(11)
    assert [post.state(one) for one in (first, second)] == ["sent", "waiting_funds"]


# --- leaving ----------------------------------------------------------------------------------------------


def test_ma_7_nothing_leaves_before_the_grace_is_over_and_a_cancel_in_it_brings_all_back(post: Post) -> None:
    # Also where the corridor keeps its fee of what was refused there.
    kept = msgspec.structs.replace(CORRIDOR, fee_returned=False)
    with post.centre.database.transaction() as conn:
        agreements.publish(conn, Corridors(version="2026-12", corridors=(kept,)), post.clock.utc_ms())
    line = post.sell()
    assert not line.terms.fee_returned
    assert (post.state(line), post.orders()) == ("queued", [])
    post.desk.append(ops.AbroadStopAsked(transfer=line.transfer, reason="mistake"))
    post.hear()
    post.later(30)
    assert (post.state(line), post.orders()) == ("owed", [])
    post.refund(line)
    assert post.state(line) == "refunded"
    assert post.balance(chart.ABROAD_PAYABLE) == 0
    assert post.balance(chart.FEES, "abroad") == 0


def test_ma_7_after_release_a_stop_is_a_recall_and_the_state_stands(post: Post) -> None:
    line = post.sent()
    post.desk.append(ops.AbroadStopAsked(transfer=line.transfer, reason="mistake"))
    post.later(1)
    assert (post.state(line), post.row(line, "recall")) == ("sent", "sent")
    assert post.partner.handed[-1]["kind"] == "recall"


def test_m0_2_names_follow_from_stored_ids(post: Post) -> None:
    line = post.sent()
    assert post.row(line, "uetr") == uetr_of(line.transfer)
    assert post.row(line, "ordinal") == 1


def test_m0_3_the_document_is_stored_before_its_first_byte_and_after_a_crash_it_is_asked_about(
    post: Post,
) -> None:
    line = post.sell()
    post.clock.now_ms += 11 * MINUTE
    with post.centre.database.transaction() as conn:
        due = releasing.take_due(conn, {"tbilisi": post.partner}, ["tbilisi"], post.clock.utc_ms())
    assert due is not None
    assert (post.state(line), post.row(line, "document")) == ("leaving", due.document)
    # The process that took it is gone before a byte left: nobody else has it while its lease runs.
    post.hear()
    assert post.partner.handed == []
    post.partner.answers = [Told((status(line.transfer, ""),))]
    post.later(4)
    assert [one["kind"] for one in post.partner.handed] == ["question"]


def test_m0_4_a_status_counts_by_its_rank_not_by_its_arrival(post: Post) -> None:
    line = post.sent()
    assert post.says(line, "ACSC") == "settled"
    assert post.says(line, "ACSP") == "settled"
    assert post.says(line, "ACCC") == "paid"
    assert post.says(line, "ACSC") == "paid"


def test_m0_4_a_word_before_our_own_commit_is_kept_and_tried_again(post: Post) -> None:
    line = post.sell(heard=False)
    post.partner.says(line.transfer, "ACSP")
    post.centre.settle()
    with post.centre.database.transaction() as conn:
        assert one(conn, "select count(*) from partner_messages where not applied")[0] == 1
    post.partner.answers = [Told()]
    post.later(11)
    post.later(1)
    assert post.state(line) == "accepted"


def test_m0_4_a_word_about_what_has_not_left_yet_waits_and_counts_once_it_has(post: Post) -> None:
    """Another process may have sold and not yet sent it: the word is not used up before."""
    line = post.sell()
    assert post.says(line, "ACSP") == "queued"
    with post.centre.database.transaction() as conn:
        assert one(conn, "select count(*) from partner_messages where not applied")[0] == 1
    post.partner.answers = [Told()]
    post.later(11)
    post.later(1)
    assert post.state(line) == "accepted"


def test_m0_5_a_partner_speaks_of_its_own_things_only_and_a_repeat_changes_nothing(post: Post) -> None:
    line = post.sent()
    with post.centre.database.transaction() as conn:
        conn.execute("update abroad_out set partner = 'other' where transfer = %s", (line.transfer,))
    post.partner.says(line.transfer, "ACSC")
    post.hear()
    assert post.state(line) == "sent"
    with post.centre.database.transaction() as conn:
        conn.execute("update abroad_out set partner = 'tbilisi' where transfer = %s", (line.transfer,))


def test_m0_6_our_own_fault_stops_the_partner_and_refunds_nobody(post: Post) -> None:
    line = post.sent()
    assert post.says(line, "RJCT", reason="AM04") == "sent"
    with post.centre.database.transaction() as conn:
        assert not agreements.is_open(conn, "tbilisi", agreements.SENDING)
    assert "partner_turned_us_away" in post.cases()


def test_m0_6_the_partners_door_says_no_and_the_transfer_waits_unrefunded(post: Post) -> None:
    line = post.sent(Turned(401))
    assert post.state(line) == "leaving"
    with post.centre.database.transaction() as conn:
        agreements.turn(conn, "tbilisi", agreements.SENDING, post.clock.utc_ms(), on=True, why="key renewed")
    post.partner.answers = [Told((status(line.transfer, "ACSP"),))]
    post.later(60)
    assert post.state(line) == "accepted"
    assert len(post.orders()) == 2


@pytest.mark.parametrize("reason", ["DUPL", "ZZ99"])
def test_m0_6_known_there_and_unlisted_codes_are_asked_about_never_refunded(post: Post, reason: str) -> None:
    line = post.sent()
    assert post.says(line, "RJCT", reason=reason) == "unknown"
    post.partner.answers = [Told((status(line.transfer, "ACSP"),))]
    post.later(60)
    assert post.state(line) == "accepted"
    assert len(post.orders()) == 1


def test_m0_6_a_no_after_a_lost_answer_is_proven_first(post: Post) -> None:
    line = post.sent(Silent("timeout"))
    assert post.state(line) == "unknown"
    post.partner.says(line.transfer, "RJCT", reason="AC04")
    post.hear()
    assert post.state(line) == "refused"
    with post.centre.database.transaction() as conn:
        judging.proven(
            conn, post.centre._book, line.transfer, "no_debit", PEOPLE, "statement 44", post.clock.utc_ms()
        )
    assert post.state(line) == "owed"


def test_m0_6_a_yes_after_a_no_is_a_case_never_passed_over(post: Post) -> None:
    line = post.sent()
    assert post.says(line, "RJCT", reason="AC04") == "owed"
    assert post.says(line, "ACSC") == "disputed"
    assert ("abroad_disputed" in post.cases(), post.claim(line).code) == (True, "A-050")
    # Also while its refund is in somebody's hands.
    other = post.sent()
    assert post.says(other, "RJCT", reason="AC04") == "owed"
    told = post.claim(other)
    assert told.grant is not None
    post.desk.store_grant(told.grant)
    post.hear()
    assert post.says(other, "ACSC") == "refunding"
    assert post.cases().count("abroad_disputed") == 2


def test_ma_6_a_lost_answer_is_asked_about_and_only_what_never_arrived_is_handed_over_again(
    post: Post,
) -> None:
    post.partners(knows_duplicates=True)
    line = post.sent(Silent("timeout"))
    post.partner.answers = [Told((status(line.transfer, ""),)), Told((status(line.transfer, "ACSP"),))]
    post.later(5)
    post.later(5)
    assert [one["kind"] for one in post.partner.handed] == ["order", "question", "order"]
    assert post.orders()[1]["repeat"]
    assert post.orders()[0] | {"repeat": True} == post.orders()[1]
    assert post.state(line) == "accepted"


def test_ma_6_what_never_arrived_leaves_at_once_though_its_word_is_heard_beside_the_attempt(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another thread hears the answer before the attempt has noted that it was answered."""
    after = releasing._after

    def heard_meanwhile(conn: Connection, due: releasing.Attempt, answer: Handed, now_ms: int) -> None:
        hearing.apply_waiting(post.centre.database, {due.partner: post.partner}, post.clock)
        after(conn, due, answer, now_ms)

    monkeypatch.setattr(releasing, "_after", heard_meanwhile)
    post.partners(knows_duplicates=True)
    line = post.sent(Silent("timeout"))
    post.partner.answers = [Told((status(line.transfer, ""),)), Told((status(line.transfer, "ACSP"),))]
    post.later(5)
    post.later(5)
    assert [one["kind"] for one in post.partner.handed] == ["order", "question", "order"]


def test_ma_6_without_a_profile_that_knows_duplicates_a_person_decides(post: Post) -> None:
    line = post.sent(Silent("timeout"))
    post.partner.answers = [Told((status(line.transfer, ""),))]
    post.later(5)
    post.later(600)
    assert len(post.orders()) == 1
    assert "partner_lacks_it" in post.cases()


def test_ma_8_a_refusal_after_settlement_is_disputed_and_refunds_nobody(post: Post) -> None:
    line = post.sent()
    post.says(line, "ACSC")
    assert post.says(line, "RJCT", reason="AC04") == "disputed"
    assert post.claim(line).code == "A-050"


def test_ma_8_a_refusal_that_no_agreement_calls_final_waits_for_the_statement(post: Post) -> None:
    post.partners(refusals_final=False)
    line = post.sent()
    assert post.says(line, "RJCT", reason="AC04") == "refused"
    assert post.claim(line).code == "A-050"


def test_ma_9_a_settlement_word_is_never_told_as_paid_and_changed_is_an_incident(post: Post) -> None:
    line = post.sent()
    post.says(line, "ACSC")
    assert post.desk.told("abroad.event")[-1]["state"] == "settled"
    other = post.sent()
    assert post.says(other, "ACWC") == "accepted"
    assert "abroad_changed" in post.cases()


def test_ma_10_money_that_comes_back_makes_it_owed_once(post: Post) -> None:
    line = post.sent()
    post.says(line, "ACSC")
    post.partner.gives_back(line.transfer, 50_000)
    post.hear()
    assert post.state(line) == "owed"
    post.partner.gives_back(line.transfer, 50_000)
    post.hear()
    assert post.row(line, "returned") == 50_000
    post.refund(line)
    assert post.state(line) == "refunded"
    assert post.balance(chart.PARTNER_TRANSIT, "tbilisi", "GEL") == 0
    assert post.balance(chart.ABROAD_DUE, "tbilisi", "GEL") == 0


def test_ma_11_only_the_money_makes_a_recalled_transfer_owed(post: Post) -> None:
    line = post.sent()
    post.desk.append(ops.AbroadStopAsked(transfer=line.transfer, reason="mistake"))
    post.later(1)
    post.partner.answers_recall(line.transfer, agreed=True)
    post.hear()
    assert (post.state(line), post.row(line, "recall")) == ("sent", "agreed")
    post.partner.gives_back(line.transfer, 50_000)
    post.hear()
    assert post.state(line) == "owed"


def test_ma_14_what_breaks_a_rule_of_the_rail_is_held_before_it_leaves(post: Post) -> None:
    post.partner.unfit_to_leave = "R-LATIN"
    line = post.sell()
    post.later(11)
    assert (post.state(line), post.partner.handed) == ("held", [])
    assert post.cases() == ["abroad_unfit"]


def test_ma_15_the_settlement_date_is_that_of_the_release(post: Post) -> None:
    post.partners(cut_off="00:00", holidays=("2026-11-19",))
    line = post.sent()
    assert post.row(line, "settles_on") > "2026-11-18"
    assert post.orders()[0]["settles_on"] == post.row(line, "settles_on")


def test_ma_18_the_number_the_receiver_says_comes_with_the_partners_word(post: Post) -> None:
    line = post.sent()
    post.says(line, "ACSP", number="771-224-90")
    assert post.desk.told("abroad.event")[-1]["number"] == "771-224-90"


def test_ma_8_what_is_unclaimed_and_settled_late_is_disputed_and_pays_nobody(post: Post) -> None:
    line = post.sent()
    assert post.says(line, "RJCT", reason="AC04") == "owed"
    post.clock.now_ms += 31 * 24 * 60 * MINUTE
    with connect(post.dsn) as conn:
        validity.run(conn, post.centre._book, post.clock.utc_ms())
    post.hear()
    assert (post.state(line), post.balance(chart.UNCLAIMED)) == ("unclaimed", -31_606)
    assert post.says(line, "ACSC") == "disputed"
    # No more kept apart, and nobody is paid while it is looked at; the partner has taken it.
    assert (post.balance(chart.UNCLAIMED), post.balance(chart.ABROAD_PAYABLE)) == (0, -31_606)
    assert (post.claim(line).code, "abroad_disputed" in post.cases()) == ("A-050", True)
    assert post.balance(chart.PARTNER_TRANSIT, "tbilisi", "GEL") == -50_000


def test_what_its_sender_does_not_fetch_is_kept_apart_and_is_still_theirs(post: Post) -> None:
    line, listed = post.sent(), post.sent()
    for refused in (line, listed):
        assert post.says(refused, "RJCT", reason="AC04") == "owed"
    with post.centre.database.transaction() as conn:
        conn.execute("update abroad_out set listed = true where transfer = %s", (listed.transfer,))
    assert post.balance(chart.ABROAD_PAYABLE) == -2 * 31_606

    def days_pass(days: int) -> tuple[str, str, int, int]:
        post.clock.now_ms += days * 24 * 60 * MINUTE
        with connect(post.dsn) as conn:
            validity.run(conn, post.centre._book, post.clock.utc_ms())
        post.hear()
        owed, apart = post.balance(chart.ABROAD_PAYABLE), post.balance(chart.UNCLAIMED)
        return post.state(line), post.state(listed), owed, apart

    # The corridor's own term of 20 days, and not the 30 of transfers at home; a listed person's stays.
    ways = Corridors(version="2026-12", corridors=(msgspec.structs.replace(CORRIDOR, refund_days=20),))
    with post.centre.database.transaction() as conn:
        agreements.publish(conn, ways, post.clock.utc_ms())
    assert days_pass(19) == ("owed", "owed", -2 * 31_606, 0)
    assert days_pass(2) == ("unclaimed", "owed", -31_606, -31_606)
    assert post.desk.told("abroad.event")[-1]["state"] == "unclaimed"
    assert post.claim(line, "Somebody Else").code == "T-010"
    post.refund(line)
    # Its sender came: owed again, and paid; nobody has it a second time.
    assert (post.state(line), post.balance(chart.ABROAD_PAYABLE), post.balance(chart.UNCLAIMED)) == (
        "refunded",
        -31_606,
        0,
    )
    assert post.claim(line).code == "T-014"


@pytest.mark.parametrize(("outcome", "after"), [("paid", "refunded"), ("not_paid", "owed")])
def test_what_a_lost_desk_held_to_pay_back_is_in_doubt_until_two_people_say_what_became_of_it(
    post: Post, outcome: str, after: str
) -> None:
    line = post.sent()
    assert post.says(line, "RJCT", reason="AC04") == "owed"
    told = post.claim(line)
    assert told.grant is not None
    post.desk.store_grant(told.grant)
    post.hear()
    assert post.state(line) == "refunding"
    book, desk = post.centre._book, post.desk.enrolled.desk
    with post.centre.database.transaction() as conn:
        lost.declare(conn, desk, "A", "fire", "e", post.clock.utc_ms())
    post.clock.now_ms += 3 * 24 * 60 * MINUTE
    with post.centre.database.transaction() as conn:
        lost.confirm(conn, book, desk, "B", post.clock.utc_ms())
    # Nothing else waits: the round looks for this by itself.
    post.centre.settle()
    assert post.state(line) == "refund_in_doubt"
    people, grant = ("A", "B"), grant_of(told.grant.words).grant
    with post.centre.database.transaction() as conn:
        refunding.resolved(conn, book, grant, outcome, people, "till count", post.clock.utc_ms())
    assert post.state(line) == after
