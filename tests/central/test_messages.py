"""Messages at the centre: queued once where it becomes true, sent once, withdrawn when untrue, forgotten."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from azpost_desk.central import doubts, freed
from azpost_desk.central.app import Centre
from azpost_desk.central.book import Book
from azpost_desk.central.gateways.sms_json import JsonSms
from azpost_desk.central.gateways.smtp import CLEAR, MailServer, SmtpMail
from azpost_desk.central.messaging import events, queue
from azpost_desk.central.messaging.sending import LEASE_MS
from azpost_desk.central.registry import branches, enrolment, reference
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Branch, Settings
from azpost_desk.domain.messages import MAIL, SMS
from azpost_desk.protocol.messages import grant_of
from azpost_desk.rehearsal.mail_server import SandboxMail
from azpost_desk.rehearsal.text_messages import SMS_KEY, SandboxSms
from tests.central.desks import SENDER, SimDesk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.central.gateways.messages import Carrier
    from tests.central.desks import ManualClock

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
LEYLA = msgspec.structs.replace(SENDER, phone="+994501234567")
# 12:00 in Baku.
NOON_MS = 1_795_000_000_000 // DAY_MS * DAY_MS + 8 * HOUR_MS


class Post:
    """A centre with a network of text messages and one enrolled desk."""

    def __init__(self, dsn: str, clock: ManualClock, network: SandboxSms) -> None:
        self.dsn, self.clock, self.network = dsn, clock, network
        clock.now_ms = NOON_MS
        self.carriers: dict[str, Carrier] = {SMS: JsonSms(network.url, SMS_KEY, connect_s=2, answer_s=2)}
        self.centre = Centre(dsn, clock=clock, carriers=self.carriers)
        url = self.centre.start()
        with self.centre.database.transaction() as conn:
            branch = Branch(code="2002", name="2002", address="", postcode="AZ2002")
            branches.create_branch(conn, branch, clock.utc_ms())
            desk = branches.add_desk(conn, "2002", 1)
            code = enrolment.enrolment_code(conn, desk, clock.utc_ms())
        self.desk = SimDesk(url, clock)
        self.desk.enrol(code)

    def restart(self, **carriers: Carrier) -> None:
        self.centre.stop()
        self.centre = Centre(self.dsn, clock=self.clock, carriers=carriers or self.carriers)
        self.desk.url = self.centre.start()

    def send(self, *, advice: bool = True, phone: str = LEYLA.phone) -> tuple[str, str]:
        """A transfer sent; its id and code."""
        with self.centre.database.transaction() as conn:
            code = branches.give_codes(conn, "2002-1", 1, self.clock.utc_ms())[0]
        now_ms = self.clock.utc_ms()
        extras = {"advice": 50} if advice else {}
        terms = ops.Terms(quoted_ms=now_ms, stands_ms=now_ms + HOUR_MS, extras_qapik=extras)
        transfer = self.desk.send(code, terms=terms, sender=msgspec.structs.replace(LEYLA, phone=phone))
        self.hear()
        return transfer, code

    def pay(self, transfer: str, code: str) -> None:
        grant = self.desk.claim(code, 10_000, "Əliyev Vüqar").grant
        assert grant is not None
        self.desk.store_grant(grant)
        self.desk.pay_out(transfer, grant_of(grant.words).grant)
        self.hear()

    def hear(self) -> None:
        self.desk.exchange()
        self.centre.settle()

    def later(self, ms: int) -> None:
        self.clock.now_ms += ms
        self.centre.settle()

    def ask(self, query: str, *values: object) -> list[Any]:
        with self.centre.database.transaction() as conn:
            return conn.execute(query.encode(), values).fetchall()

    def do(self, query: str, *values: object) -> None:
        with self.centre.database.transaction() as conn:
            conn.execute(query.encode(), values)

    def states(self) -> list[tuple[str, str, int]]:
        """Kind, state and attempts of each message, in the order they were made."""
        return self.ask("select kind, state, attempts from messages order by made_ms, message")

    def texts(self) -> list[str]:
        return [one.text for one in self.network.kept.values()]


@contextmanager
def running(dsn: str, clock: ManualClock, network: SandboxSms) -> Iterator[Post]:
    made = Post(dsn, clock, network)
    try:
        yield made
    finally:
        made.centre.stop()


@pytest.fixture
def post(postgres: str, clock: ManualClock) -> Iterator[Post]:
    with SandboxSms() as network, running(postgres, clock, network) as made:
        yield made


def test_the_sender_who_bought_advice_is_told_once_that_it_was_paid(post: Post) -> None:
    transfer, code = post.send()
    plain = post.send(advice=False)
    nobody = post.send(phone="")
    for one in ((transfer, code), plain, nobody):
        post.pay(*one)
    assert post.states() == [("transfer_paid", "delivered", 1)]
    assert post.texts() == ["Poçt: 100,00\u00a0₼ məbləğində köçürməniz ödənilib. Qəbz 0001-000001."]
    [kept] = post.network.kept.values()
    assert kept.to == LEYLA.phone
    with post.centre.database.transaction() as conn:
        events.transfer_paid(conn, transfer, post.clock.utc_ms())
    post.restart()
    post.centre.settle()
    assert len(post.network.requests) == 1


def test_a_failure_for_now_waits_longer_each_time_and_is_delivered_once(post: Post) -> None:
    post.network.fail_next("answer_lost")
    post.network.fail_next("error_500")
    post.pay(*post.send())
    assert post.states() == [("transfer_paid", "failed_for_now", 1)]
    post.later(59_000)
    assert post.states() == [("transfer_paid", "failed_for_now", 1)]
    post.later(1_000)
    assert post.states() == [("transfer_paid", "failed_for_now", 2)]
    post.later(300_000)
    assert post.states() == [("transfer_paid", "delivered", 3)]
    # Sent once, and then only asked about.
    assert [method for method, _ in post.network.requests] == ["PUT", "GET", "GET"]
    assert post.ask("select from exceptions") == []


def test_what_fails_for_a_day_is_a_persons(post: Post) -> None:
    post.network.fail_next("error_500", times=100)
    post.pay(*post.send())
    waits = 0
    while post.states() == [("transfer_paid", "failed_for_now", waits + 1)]:
        waits += 1
        post.later(6 * HOUR_MS)
    assert waits >= 3
    assert post.states() == [("transfer_paid", "failed", waits + 1)]
    [message] = post.ask("select message from messages")
    task = post.ask("select desk, reason, owner, about from exceptions")
    assert task == [("2002-1", "message_failed", "operations", *message)]


def test_whoever_died_with_it_in_hand_is_followed_by_a_question(post: Post) -> None:
    """The centre ended between storing that it sends and hearing the answer."""
    post.network.fail_next("answer_lost")
    post.pay(*post.send())
    post.do("update messages set state = 'sending', next_ms = %s", post.clock.utc_ms() + LEASE_MS)
    post.restart()
    post.later(LEASE_MS)
    assert post.states() == [("transfer_paid", "delivered", 2)]
    assert [method for method, _ in post.network.requests] == ["PUT", "GET"]


def test_what_two_people_found_to_be_paid_is_told_too(post: Post) -> None:
    """A lost desk had paid it: said by two people, or by its own late record."""
    found, code = post.send()
    late, _ = post.send()
    signed = post.desk.claim(code, 10_000, "Əliyev Vüqar").grant
    assert signed is not None
    grant = grant_of(signed.words).grant
    post.do("update transfers set state = 'in_doubt' where transfer = %s", found)
    post.do("update grants set state = 'in_doubt'")
    book = Book(post.dsn, post.clock)
    with post.centre.database.connection() as conn:
        people = ("Rəna Quliyeva", "Tofiq Əsədov")
        doubts.resolve(conn, book, grant, doubts.PAID, people, "the receipt", post.clock.utc_ms())
    book.close()
    post.do(
        'insert into doubt_findings ("grant", thing, event, amount, desk, record, resolved, found_ms)'
        " values ('g', %s, 'paid', 10000, '2002-1', '', 'resolved_not_paid', 0)",
        late,
    )
    with post.centre.database.transaction() as conn:
        assert freed.overtaken(conn, late, post.clock.utc_ms()) == "paid"
    post.centre.settle()
    assert post.states() == [("transfer_paid", "delivered", 1)] * 2
    assert sorted(row[0] for row in post.ask("select about from messages")) == sorted([found, late])


def test_what_is_not_so_any_more_is_withdrawn_unsent(post: Post) -> None:
    post.do("insert into message_pause values (true, 0, 'A', 'test')")
    post.pay(*post.send())
    transfer, code = post.send()
    post.pay(transfer, code)
    listed, code = post.send()
    post.pay(listed, code)
    assert post.states() == [("transfer_paid", "created", 0)] * 3
    post.do("update transfers set state = 'held' where transfer = %s", transfer)
    # Listed meanwhile: nothing is said, neither yes nor no.
    post.do(
        "insert into suspicions (transfer, party, source, id, version, name, score, made_ms)"
        " values (%s, 'sender', 'un', '1', 1, 'A', 100, 0)",
        listed,
    )
    post.do("delete from message_pause")
    post.centre.settle()
    assert sorted(post.states()) == [
        ("transfer_paid", "delivered", 1),
        ("transfer_paid", "withdrawn", 0),
        ("transfer_paid", "withdrawn", 0),
    ]
    assert len(post.network.kept) == 1


def test_a_reminder_comes_by_day_once_and_names_the_day(post: Post) -> None:
    with post.centre.database.transaction() as conn:
        reference.publish(conn, Settings(reminder_days=3), post.clock.utc_ms())
    transfer, _ = post.send()
    post.send(advice=False)
    post.clock.now_ms += 26 * DAY_MS
    with post.centre.database.connection() as conn:
        assert events.remind(conn, post.clock.utc_ms()) == 0
        # 22:00 in Baku of the next day.
        post.clock.now_ms += DAY_MS + 10 * HOUR_MS
        assert [events.remind(conn, post.clock.utc_ms()) for _ in range(2)] == [1, 0]
    post.centre.settle()
    assert post.states() == [("transfer_expires", "created", 0)]
    post.later(9 * HOUR_MS)
    assert post.states() == [("transfer_expires", "created", 0)]
    post.later(HOUR_MS)
    assert post.states() == [("transfer_expires", "delivered", 1)]
    [text] = post.texts()
    assert "18.12.2026" in text
    assert post.ask("select about from messages") == [(transfer,)]


def test_nobody_is_reminded_where_the_settings_say_nothing(post: Post) -> None:
    post.send()
    with post.centre.database.connection() as conn:
        assert events.remind(conn, post.clock.utc_ms() + 29 * DAY_MS) == 0


def test_mail_goes_by_mail_in_its_readers_language_and_waits_without_a_carrier(post: Post) -> None:
    transfer, code = post.send(phone="")
    post.pay(transfer, code)
    facts = queue.Facts(amount_qapik=10_000, receipt="0001-000001")
    with post.centre.database.transaction() as conn:
        place, now_ms = ("2002-1", 1, 2), post.clock.utc_ms()
        for typed, is_new in (("leyla@", False), ("leyla@example.az", True), ("leyla@example.az", False)):
            person = ("ru", typed)
            new = queue.queue(conn, "transfer_paid", transfer, place, person, facts, now_ms)
            assert new is is_new
    post.centre.settle()
    assert post.states() == [("transfer_paid", "created", 0)]
    with SandboxMail() as server:
        reached = MailServer(host="127.0.0.1", port=server.port, security=CLEAR, sender="post@example.az")
        post.restart(**{MAIL: SmtpMail(reached, step_s=2, whole_s=5)})
        post.centre.settle()
        [mail] = server.mails
    assert post.states() == [("transfer_paid", "delivered", 1)]
    assert mail["Subject"] == "Ваш перевод выплачен"
    assert "100,00\u00a0₼" in mail.get_content()


def test_erasing_empties_contact_and_facts_and_unsent_messages_never_leave(post: Post) -> None:
    transfer, code = post.send()
    post.pay(transfer, code)
    post.do("insert into message_pause values (true, 0, 'A', 'test')")
    unsent, code = post.send()
    post.pay(unsent, code)
    with post.centre.database.transaction() as conn:
        queue.erase(conn, [transfer, unsent], post.clock.utc_ms())
    post.do("delete from message_pause")
    post.later(DAY_MS)
    rows = post.ask("select about, state, contact, facts from messages order by made_ms, message")
    assert sorted(rows) == sorted([(transfer, "delivered", "", ""), (unsent, "withdrawn", "", "")])
    assert len(post.network.kept) == 1
