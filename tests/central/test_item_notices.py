"""What people hear of an item: tried, delivered, its days end; a notice that was a mistake is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.central.mail import items, notices
from azpost_desk.central.messaging import queue
from azpost_desk.central.registry import reference
from azpost_desk.domain import operations as ops
from azpost_desk.domain.mail.keeping import ClosedDays, KeepingRule, MailStorage
from azpost_desk.rehearsal.text_messages import SandboxSms
from tests.central.test_messages import DAY_MS, HOUR_MS, running
from tests.central.test_pickups import ITEM, PHONE, scan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.central.desks import ManualClock
    from tests.central.test_messages import Post

SENDER_PHONE = "+994501112233"
RULES = MailStorage(rules=(KeepingRule(days=10, extended_days=30),))


@pytest.fixture
def post(postgres: str, clock: ManualClock) -> Iterator[Post]:
    with SandboxSms() as network, running(postgres, clock, network) as made:
        made.desk.accept_item(ITEM, "AZ2002", PHONE, sender_phone=SENDER_PHONE)
        made.hear()
        yield made


def told(post: Post) -> list[tuple[str, str]]:
    """Whom the network of text messages told what, in order, without words about arrival."""
    return [(one.to, one.text) for one in post.network.kept.values() if "Kod" not in one.text]


def void(post: Post, operation: str) -> None:
    post.desk.append(ops.ScanVoided(scan=operation, number=ITEM, reason="slip"))
    post.hear()


def by_rules(post: Post) -> None:
    with post.centre.database.transaction() as conn:
        reference.publish(conn, RULES, post.clock.utc_ms(), valid_from="0001-01-01")
        reference.publish(conn, ClosedDays(), post.clock.utc_ms(), valid_from="0001-01-01")


def remind(post: Post) -> int:
    with post.centre.database.connection() as conn:
        found = items.remind(conn, post.clock.utc_ms())
    post.centre.settle()
    return found


def test_the_addressee_hears_of_a_try_and_the_sender_of_the_delivery(post: Post) -> None:
    scan(post, "EMG")
    scan(post, "EDG")
    scan(post, "EMH", reason="absent", measure="card_left")
    scan(post, "EMI", relation="self", signed="paper", proven_by="document")
    assert told(post) == [
        (PHONE, "Poçt: …0015 nömrəli göndərişi sizə çatdıra bilmədik. O, 2002 şöbəsindədir."),
        (SENDER_PHONE, "Poçt: …0015 nömrəli göndərişiniz təhvil verilib."),
    ]
    # Folded anew, nothing is said again.
    post.do("update items set fold = 0")
    with post.centre.database.connection() as conn:
        items.fold_anew(conn, post.clock.utc_ms())
    post.centre.settle()
    assert len(told(post)) == 2


def test_on_the_way_back_the_sender_is_the_one_who_is_told(post: Post) -> None:
    scan(post, "EMG")
    scan(post, "EDX", reason="refused", measure="returned")
    scan(post, "EMG")
    scan(post, "EMH", reason="absent", measure="new_try")
    assert [to for to, _ in told(post)] == [SENDER_PHONE]
    scan(post, "EMI", relation="self", signed="paper", proven_by="document")
    # Whoever has it in hand needs no message.
    assert len(told(post)) == 1


def test_what_is_heard_of_days_later_is_no_news(post: Post) -> None:
    scan(post, "EMG")
    post.clock.now_ms += HOUR_MS
    post.desk.append(
        ops.ItemScanned(number=ITEM, event="EMH", office="2002", reason="absent", measure="held")
    )
    post.clock.now_ms += 3 * DAY_MS
    post.hear()
    assert told(post) == []


@pytest.mark.parametrize("is_sent", [True, False])
def test_a_notice_that_was_a_mistake_is_taken_back(post: Post, is_sent: bool) -> None:
    scan(post, "EMG")
    if not is_sent:
        # 23:00: it waits for the morning.
        post.clock.now_ms += 11 * HOUR_MS
    slip = scan(post, "EMI", relation="self", signed="paper", proven_by="document")
    void(post, slip)
    # 8:00 or 19:00 of the next day.
    post.later(20 * HOUR_MS)
    said = [text for to, text in told(post) if to == SENDER_PHONE]
    mistaken = "Poçt: …0015 nömrəli göndəriş barədə əvvəlki mesaj səhv olub. Üzr istəyirik."
    assert said == (["Poçt: …0015 nömrəli göndərişiniz təhvil verilib.", mistaken] if is_sent else [])
    # Delivered after all, it is said of the new event.
    post.later(DAY_MS)
    scan(post, "EMI", relation="self", signed="paper", proven_by="document")
    assert told(post)[-1][1].endswith("təhvil verilib.")


def test_an_arrival_that_was_a_slip_is_taken_back_with_its_code(post: Post) -> None:
    slip = scan(post, "EMG")
    assert [one.to for one in post.network.kept.values()] == [PHONE]
    void(post, slip)
    [(to, text)] = told(post)
    assert (to, "səhv olub" in text) == (PHONE, True)
    assert post.ask("select state from pickup_codes") == [("void",)]


def test_moved_on_its_arrival_was_no_mistake(post: Post) -> None:
    scan(post, "EMG")
    slip = scan(post, "EDF", reason="customer_request", until="2026-12-20")
    void(post, slip)
    scan(post, "EDG")
    assert told(post) == []


def test_two_days_before_the_end_whoever_waits_for_it_is_told_once(post: Post) -> None:
    scan(post, "EMG")
    assert remind(post) == 0
    by_rules(post)
    post.later(7 * DAY_MS)
    assert remind(post) == 0
    post.later(DAY_MS)
    assert (remind(post), remind(post)) == (1, 0)
    [(to, text)] = told(post)
    assert (to, "2002 şöbəsində saxlanılır, sonra qaytarılır." in text) == (PHONE, True)
    # Handed over meanwhile, nobody is told anything of days.
    scan(post, "EMI", relation="self", signed="paper", proven_by="document")
    assert remind(post) == 0


def test_the_arrival_says_until_when(post: Post) -> None:
    by_rules(post)
    scan(post, "EMG")
    [kept] = post.network.kept.values()
    assert "28.11.2026 tarixinədək" in kept.text


def test_erased_with_its_parties(post: Post) -> None:
    scan(post, "EMG")
    scan(post, "EMH", reason="absent", measure="held")
    [[acceptance]] = post.ask("select operation from item_events where event = 'EMA'")
    with post.centre.database.transaction() as conn:
        queue.erase(conn, notices.about(conn, [acceptance]), post.clock.utc_ms())
    assert post.ask("select contact, facts from messages where kind = 'item_tried'") == [("", "")]
