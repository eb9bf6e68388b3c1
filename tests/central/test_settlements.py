"""Settlements of billers (MC-13), and that between book and registers stand named items only (M0-13)."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from azpost_desk.central.book import Book
from azpost_desk.central.gateways.portal_json import JsonPortal
from azpost_desk.central.payments import txn_id
from azpost_desk.central.registers import settling
from azpost_desk.central.registers.reconciling import AWAITED, reconcile
from azpost_desk.central.registry.reference import publish
from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Billers, Earned
from azpost_desk.domain.days import days_after
from azpost_desk.domain.delivery_moves import AGREED, BORNE, DECLINED, GIVEN_BACK
from azpost_desk.domain.operations_disputes import REFUND_ASKED
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.registers import Register, RegisterRow
from azpost_desk.rehearsal.portals import PORTAL_KEY, Owing, SandboxPortal
from azpost_desk.rehearsal.providers import DEMO_BILLERS, SandboxProvider
from azpost_desk.rehearsal.town import billers
from tests.central.bill_office import ACCOUNT, BILLER, Office
from tests.central.register_office import DAY_S, FATAL, said, state, take, take_days, tasks, today
from tests.central.test_disputes import EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.domain.days import BusinessDay
    from azpost_desk.rehearsal.providers import FaultKind
    from tests.central.desks import ManualClock

PORTAL = "9001"
# One in a hundred and a qəpik.
AGREED_WITH_ALL = Earned(fixed_qapik=1, share_ppm=10_000)


def agreed_billers(earned: Earned) -> Billers:
    return Billers(billers=tuple(replace(one, earned=earned) for one in billers().billers))


@pytest.fixture
def office(postgres: str, clock: ManualClock) -> Iterator[Office]:
    from azpost_desk.central.checking import check

    notices = [
        Owing(notice=f"n-{one}", number=f"EB-{one}", amount_qapik=4_500, keys={"notice": f"EB-{one}"})
        for one in (1, 2)
    ]
    with SandboxProvider(DEMO_BILLERS) as provider, SandboxPortal(notices) as portal:
        at = JsonPortal(portal.url, PORTAL_KEY, now_ms=clock.utc_ms, connect_s=2, answer_s=2)
        office = Office(postgres, clock, provider, has_status=False, portals={PORTAL: at})
        with office.centre.database.transaction() as conn:
            publish(conn, agreed_billers(AGREED_WITH_ALL), clock.utc_ms())
        yield office
        office.centre.stop()
    assert [verdict.broken for verdict in check(postgres) if not verdict.ok] == []


def settle(office: Office, biller: str = BILLER) -> settling.Settlement:
    book = Book(office.dsn, office.clock)
    try:
        with office.centre.database.transaction() as conn:
            return settling.settle(conn, book, biller, "A", office.clock.utc_ms())
    finally:
        book.close()


def refused(office: Office, biller: str = BILLER) -> str:
    with pytest.raises(Refused) as no:
        settle(office, biller)
    return no.value.code


def items(office: Office, biller: str = BILLER) -> Counter[tuple[str, int]]:
    """The open items of a biller; nothing besides them is between book and registers."""
    with office.centre.database.transaction() as conn:
        found = reconcile(conn)
    assert [one.unexplained_qapik for one in found] == [0] * len(found)
    return Counter((item.sort, item.qapik) for one in found if one.biller == biller for item in one.items)


def test_mc_13_what_both_have_is_settled_once_gross_and_its_commission_apart(office: Office) -> None:
    day = today(office)
    kept, disputed = office.pay(2_500), office.pay(2_600)
    assert refused(office) == "X-148"
    assert items(office) == {(AWAITED, 2_500): 1, (AWAITED, 2_600): 1}
    number = txn_id(disputed.operation)
    del office.provider.paid[number]
    # Agreed anew from tomorrow: what was taken today earns as agreed today.
    with office.centre.database.transaction() as conn:
        later = days_after(day, 1)
        publish(conn, agreed_billers(Earned(fixed_qapik=900)), office.clock.utc_ms(), valid_from=later)
    take_days(office, day)
    assert items(office) == {("lacked", 2_600): 1}
    made = settle(office)
    assert made == settling.Settlement(
        settlement=f"{BILLER}-{today(office).replace('-', '')}-1",
        biller=BILLER,
        count=1,
        amount_qapik=2_500,
        commission_qapik=26,
        commission_told_qapik=0,
    )
    assert (state(office, kept), state(office, disputed)) == ("paid_over", "lacked")
    assert office.balance(chart.BILLS_SETTLED) == -2_500
    assert office.balance(chart.BILLS_DUE) == -2_600
    assert (office.balance(chart.BILLER_COMMISSION), office.balance(chart.BILLER_COMMISSION_EARNED)) == (
        26,
        -26,
    )
    assert refused(office) == "X-148"
    # A correction takes a settled one out: a task with a term, and nothing moves.
    take(office, Register(biller=BILLER, day=day, version=2))
    assert [task[:2] for task in tasks(office)] == [
        ("register_lacks", disputed.operation),
        ("register_dropped", kept.operation),
    ]
    assert items(office) == {("lacked", 2_600): 1, ("paid_over", 2_500): 1}
    take(office, replace(said(office, day), version=3))
    assert [task[0] for task in tasks(office)] == ["register_lacks"]
    assert refused(office) == "X-148"


def ask_back(office: Office, line: ops.NoticePaid, number: str) -> None:
    """The payer wants the money of a paid notice back."""
    raised = ops.DisputeRaised(
        dispute=number,
        figure=REFUND_ASKED,
        about=line.operation,
        date=today(office),
        value=line.amount_qapik,
        unit="qapik",
        words="",
        due=days_after(today(office), 10),
        evidence=EVIDENCE,
    )
    office.desk.append(raised)
    office.hear()
    assert state(office, line) == "refund_asked"


def test_mc_13_what_comes_back_after_its_settlement_is_taken_off_the_next_and_less_than_nothing_carried(
    office: Office,
) -> None:
    day = today(office)
    lines = [office.desk.take_notice(PORTAL, "n-1", "1", 4_500)]
    office.hear()

    def register(at: BusinessDay, version: int = 1) -> Register:
        rows = tuple(
            RegisterRow(txn_id=txn_id(one.operation), account=one.notice, amount_qapik=one.amount_qapik)
            for one in lines
        )
        return Register(biller=PORTAL, day=at, version=version, rows=rows)

    office.later(DAY_S)
    take(office, register(day))
    assert settle(office, PORTAL).amount_qapik == 4_500
    ask_back(office, lines[0], "D1")
    # Declined, it is paid over as before and in no second settlement.
    assert office.decide(lines[0].operation, DECLINED) == "confirmed"
    take(office, register(day, 2))
    assert refused(office, PORTAL) == "X-148"
    office.later(60)
    ask_back(office, lines[0], "D2")
    assert office.decide(lines[0].operation, AGREED) == "owed"
    assert refused(office, PORTAL) == "X-149"
    assert items(office, PORTAL) == {("owed", -4_500): 1}
    second = office.desk.take_notice(PORTAL, "n-2", "1", 4_500, "EB-2")
    office.hear()
    lines[:] = [second]
    office.later(DAY_S)
    take(office, register(days_after(day, 1)))
    # As much is due as came back: still nothing to carry to a bank.
    assert refused(office, PORTAL) == "X-149"
    assert office.balance(chart.BILLS_SETTLED) == -4_500


def test_mc_13_what_the_post_has_borne_is_the_billers_and_what_it_gave_back_is_not(office: Office) -> None:
    """Claimed of it, because its customers were paid back: only a claim that is borne is settled, once."""
    day = today(office)
    lines = []
    for amount in (2_500, 2_600):
        office.provider.fail_next("result", code=FATAL)
        lines.append(office.pay(amount))
        office.refund(lines[-1])
    rows = tuple(
        RegisterRow(txn_id=txn_id(one.operation), account=ACCOUNT, amount_qapik=one.amount_qapik)
        for one in lines
    )
    office.later(DAY_S)
    take(office, Register(biller=BILLER, day=day, rows=rows))
    assert [state(office, line) for line in lines] == ["claimed"] * 2
    assert items(office) == Counter()
    assert refused(office) == "X-148"
    assert office.decide(lines[0].operation, BORNE) == "settled"
    assert office.decide(lines[1].operation, GIVEN_BACK) == "refunded"
    # Until its correction lacks what it gave back, that is an open item.
    assert items(office) == {("refunded", -2_600): 1}
    assert (settle(office).amount_qapik, refused(office)) == (2_500, "X-148")
    take(office, Register(biller=BILLER, day=day, version=2, rows=rows[:1]))
    assert items(office) == Counter()
    assert office.balance(chart.BILLS_DUE) == 0


FAULTS: tuple[FaultKind | None, ...] = (
    *(None, None, None),
    *("answer_lost", "no_answer", "error_500", "result", "wrong_sum", "malformed"),
)


@pytest.mark.parametrize("seed", range(3))
def test_m0_13_whatever_mix_of_faults_nothing_is_left_unexplained(office: Office, seed: int) -> None:
    """Lost answers, noes, registers late, doubled, spoilt and corrected; then the biller mends its side."""
    chance = Random(seed)
    first = today(office)
    lines: dict[BusinessDay, list[ops.PaymentAccepted]] = {}
    for at in range(3):
        day = days_after(first, at)
        while today(office) < day:
            office.later(DAY_S)
        lines[day] = []
        for number in range(4):
            if fault := chance.choice(FAULTS):
                office.provider.fail_next(fault, code=FATAL)
            lines[day].append(office.pay(1_000 + 100 * at + number))
            office.provider.mend()
    paid = [line for bills in lines.values() for line in bills]
    for line in paid:
        # A clerk pays back what was refused, now and then before the register comes.
        if state(office, line) == "owed" and chance.random() < 0.5:
            office.refund(line)
    days = [days_after(first, at) for at in range(5)]
    office.later(6 * DAY_S)
    for day in chance.sample(days, len(days)):
        take(office, spoilt(said(office, day), paid, chance))
        items(office)
        if chance.random() < 0.5:
            settle_if_due(office)
    for day in chance.sample(days, len(days)):
        take(office, said(office, day, version=2))
        settle_if_due(office)
        items(office)
    # Mended: what both have is settled, each once; open is only what a spoilt register had made move.
    states = Counter(state(office, line) for line in paid)
    assert set(states) <= {"paid_over", "owed", "refunded", "claimed"}
    has = {row.txn_id for day in days for row in said(office, day).rows}
    in_book = [line for line in paid if state(office, line) in ("paid_over", "claimed")]
    strange = [line for line in in_book if txn_id(line.operation) not in has]
    assert has <= {txn_id(line.operation) for line in in_book}
    assert items(office) == Counter((state(office, line), line.amount_qapik) for line in strange)
    over = sum(line.amount_qapik for line in paid if state(office, line) == "paid_over")
    assert office.balance(chart.BILLS_SETTLED) == -over


def settle_if_due(office: Office) -> None:
    with office.centre.database.transaction() as conn:
        due = conn.execute("select from payments where state = 'due' limit 1").fetchone()
    if due is not None:
        settle(office)
    else:
        assert refused(office) == "X-148"


def spoilt(good: Register, paid: list[ops.PaymentAccepted], chance: Random) -> Register:
    """A register as a bad biller sends it: rows left out, altered, doubled, made up."""
    rows = {row.txn_id: row for row in good.rows}
    for row in good.rows:
        match chance.randrange(6):
            case 0:
                del rows[row.txn_id]
            case 1:
                rows[row.txn_id] = replace(row, amount_qapik=row.amount_qapik + 1)
            case 2:
                rows[row.txn_id] = replace(row, account="1023456789")
            case _:
                pass
    other = chance.choice(paid)
    for number in (txn_id(other.operation), chance.randrange(1, 99)):
        row = RegisterRow(txn_id=number, account=ACCOUNT, amount_qapik=other.amount_qapik)
        rows.setdefault(number, row)
    return replace(good, rows=tuple(rows.values()))
