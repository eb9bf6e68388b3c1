"""What one person moves over all products (MA-30): one sum for home and abroad, promised at the price, read
under a lock on each of their identities, taken off when the money is back."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from azpost_desk.central import laundering
from azpost_desk.central.abroad import quotes
from azpost_desk.central.registry import reference
from azpost_desk.central.storage.database import one
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import MoneyLaundering
from azpost_desk.domain.people import Person
from azpost_desk.protocol.abroad import QuoteAsk, terms_of
from tests.central.abroad_post import MINUTE, Post
from tests.central.abroad_post import post as post
from tests.central.abroad_post_in import RECEIVER, PostIn
from tests.central.abroad_post_in import SENDER as FROM_ABROAD
from tests.central.abroad_post_in import post as incoming
from tests.storage.play_abroad import PARTIES, SENDER

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from azpost_desk.central.storage.database import Connection
    from azpost_desk.protocol.abroad import QuoteTold

__all__ = ["incoming", "post"]
# By the document alone: the same person as SENDER, whose FİN is known too.
BY_DOCUMENT = Person(name="Əliyev Vüqar", document=SENDER.document)
OTHER = Person(name="Rzayeva Sevda", fin="9ZK9XYZ", document="AA9999999")
CODES = ("0000000001", "0000000002")
DAY_MINUTES = 24 * 60


@pytest.fixture
def limited(post: Post) -> Post:
    """One person may send 500 manat a day; a lari costs them 0.632117 manat."""
    with post.centre.database.transaction() as conn:
        reference.publish(conn, MoneyLaundering(day_qapik_max=50_000), post.clock.utc_ms())
    return post


def no(told: QuoteTold) -> tuple[str, int]:
    return told.code, told.limit_minor


def over(post: Post) -> int:
    return post.cases().count("over_limit")


def test_ma_30_half_at_home_and_half_abroad_are_one_sum_before_money_is_asked(limited: Post) -> None:
    limited.desk.send(CODES[0], 30_000)
    limited.hear()
    assert no(limited.ask(50_000, sender=SENDER)) == ("A-090", 20_000)
    assert no(limited.ask(50_000, sender=OTHER)) == ("", 0)
    # 300 lari are 189.64 manat: promised to the person while the price stands, whatever they are known by.
    first = limited.ask(30_000, sender=SENDER)
    assert terms_of(first.words).amount_qapik == 18_964
    assert no(limited.ask(5_000, sender=BY_DOCUMENT)) == ("A-090", 1_036)
    # The clerk types another figure: the price that nobody took gives its sum back.
    second = limited.ask(31_000, sender=SENDER, instead=terms_of(first.words).quote)
    assert (second.code, terms_of(second.words).amount_qapik) == ("", 19_596)
    limited.sell((terms_of(second.words), second.signature.hex()))
    assert over(limited) == 0
    assert no(limited.ask(1_000, sender=SENDER)) == ("A-090", 404)
    # Sold abroad, and then at home: the same sum.
    limited.desk.send(CODES[1], 500)
    limited.hear()
    assert over(limited) == 1
    # A price that ran out unused promises nothing any more, and nobody is known by it.
    limited.clock.now_ms += DAY_MINUTES * MINUTE
    limited.rates()
    assert limited.ask(70_000, sender=SENDER).code == ""
    limited.clock.now_ms += 11 * MINUTE
    assert limited.ask(70_000, sender=SENDER).code == ""
    with limited.centre.database.transaction() as conn:
        laundering.forget(conn, limited.clock.utc_ms())
        assert one(conn, "select count(*) from abroad_quotes where subjects <> '{}'")[0] == 1


def test_ma_30_a_sale_over_the_limit_waits_for_people_and_is_off_when_the_money_is_back(
    limited: Post,
) -> None:
    # A desk of before says nothing of the sender: judged at the sale.
    first = limited.sell()
    second = limited.sell()
    assert [limited.state(line) for line in (first, second)] == ["queued", "held"]
    assert limited.cases() == ["over_limit"]
    limited.desk.append(ops.AbroadStopAsked(transfer=first.transfer, reason="mistake"))
    limited.hear()
    # Owed is not given back yet: both count, and nothing is left.
    assert limited.state(first) == "owed"
    assert no(limited.ask(50_000, sender=SENDER)) == ("A-090", 0)
    limited.refund(first)
    assert no(limited.ask(50_000, sender=SENDER)) == ("A-090", 18_394)
    # What was undone at its own counter before anybody heard of it was never sent.
    abroad = limited.sell(limited.quoted(10_000), heard=False)
    limited.desk.settle(
        ops.LineReversed(
            operation=limited.desk.new_id(),
            original=abroad,
            original_receipt="1",
            reason="mistake",
            approved_by="",
        )
    )
    limited.hear()
    assert limited.state(abroad) == "reversed"
    assert no(limited.ask(50_000, sender=SENDER)) == ("A-090", 18_394)


def test_ma_30_two_counters_at_once_cannot_both_get_under_the_limit(limited: Post) -> None:
    """Both at the door in the same moment; then a price still under way, and a second one or a sale."""
    begun = threading.Barrier(2)

    def at_once(sender: Person) -> tuple[str, int]:
        begun.wait()
        return no(limited.ask(50_000, sender=sender))

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(at_once, (SENDER, BY_DOCUMENT)))
    assert told == [("", 0), ("A-090", 18_394)]
    limited.clock.now_ms += 11 * MINUTE

    def ask_too() -> object:
        return no(limited.ask(50_000, sender=BY_DOCUMENT))

    def sell_at_home() -> object:
        limited.desk.send(CODES[0], 30_000)
        limited.hear()
        return over(limited)

    asked: list[tuple[Callable[[], object], object]] = [(ask_too, ("A-090", 18_394)), (sell_at_home, 1)]
    for other, right in asked:
        with ThreadPoolExecutor(1) as pool, limited.centre.database.connection() as conn:
            with conn.transaction():
                assert quoted(limited, conn).code == ""
                running = pool.submit(other)
                wait_for_lock(limited, running)
            assert running.result() == right
        limited.clock.now_ms += 11 * MINUTE


def quoted(post: Post, conn: Connection) -> QuoteTold:
    """A price of 316.06 manat for SENDER, in a transaction that is still open."""
    ask = QuoteAsk(
        quote=post.desk.new_id(), corridor="GE-CASH", named="arrives", figure_minor=50_000, sender=SENDER
    )
    return quotes.quote(conn, post.centre._keys, ("2002-1", 1), ask, post.clock.utc_ms())


def wait_for_lock(post: Post, running: Future[object]) -> None:
    """Until somebody waits for an advisory lock, or did not have to."""
    with post.centre.database.connection() as conn:
        waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
        while not running.done() and not one(conn, waiting)[0]:
            pass


def test_a_case_and_its_report_tell_of_money_that_went_abroad(limited: Post) -> None:
    with limited.centre.database.transaction() as conn:
        reference.publish(conn, MoneyLaundering(threshold_qapik=60_000), limited.clock.utc_ms())
    limited.desk.send(CODES[0], 30_000)
    line = limited.sell()
    with limited.centre.database.transaction() as conn:
        (case,) = laundering.cases(conn)
        report = json.loads(laundering.report(conn, case.number, "Sevda Rzayeva", limited.clock.utc_ms()))
    assert (case.rule, case.total_qapik) == ("linked", 61_606)
    (abroad,) = [told for told in report["transfers"] if told["transfer"] == line.transfer]
    assert abroad["amount_qapik"] == 31_606
    assert (abroad["country"], abroad["partner"], abroad["purpose"]) == ("GE", "tbilisi", "FAMI")
    assert (abroad["currency"], abroad["arrives_minor"]) == ("GEL", 50_000)
    assert (abroad["sender"]["fin"], abroad["sender"]["latin"]) == (SENDER.fin, PARTIES.sender_latin)
    assert abroad["receiver"]["latin"] == PARTIES.receiver.latin
    assert {told["amount_qapik"] for told in report["transfers"]} == {30_000, 31_606}


def test_what_came_from_abroad_and_goes_on_at_home_is_one_case_that_is_told_whole(incoming: PostIn) -> None:
    """Who takes it shows the document that sends it on (tests.central.desks)."""
    thing = incoming.comes()
    grant = incoming.granted()
    incoming.pay(grant)
    onward = incoming.desk.send(CODES[0], 31_000)
    incoming.hear()
    with incoming.centre.database.transaction() as conn:
        (case,) = laundering.cases(conn)
        report = json.loads(laundering.report(conn, case.number, "Sevda Rzayeva", incoming.clock.utc_ms()))
    assert (case.rule, set(case.transfers)) == ("in_and_out", {thing, onward})
    (came,) = [told for told in report["transfers"] if told["transfer"] == thing]
    assert (came["amount_qapik"], came["currency"], came["arrived_minor"]) == (31_104, "GEL", 50_000)
    assert (came["country"], came["partner"], came["branch"]) == ("GE", "tbilisi", "2002")
    assert (came["sender"]["name"], came["receiver"]["name"]) == (FROM_ABROAD, RECEIVER)
