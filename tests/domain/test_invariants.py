"""Each invariant over a small hand-made chain: it holds, or names the record that is wrong."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from azpost_desk.domain import invariants, reports, reports_bodies
from azpost_desk.domain import operations as ops
from azpost_desk.domain.invariants import Fact, Stored
from azpost_desk.domain.ledger import digest
from azpost_desk.domain.postings import postings
from azpost_desk.protocol.keys import SigningKey, is_signed
from azpost_desk.protocol.records import Header, seal

pytestmark = pytest.mark.fast
KEY = SigningKey(b"k" * 32)


class Chain:
    """Makes facts that are right in everything but what a test changes."""

    def __init__(self, desk: str = "1000-1", epoch: int = 1, previous: ops.ChainHead | None = None) -> None:
        self.desk, self.epoch, self.facts = desk, epoch, list[Fact]()
        opened = ops.EpochOpened(
            public_key=KEY.public(), reason="enrolled", software="", receipt_series=1, previous=previous
        )
        self.add(opened, actor="recovery", actor_kind="recovery")

    def add(self, body: ops.Body, day: int = 1, actor: str = "1001", actor_kind: str = "officer") -> Chain:
        kind, version = ops.kind_of(body)
        sequence = len(self.facts) + 1
        operation = f"{self.desk}.{self.epoch}.{sequence}"
        ledger = postings(self.desk, operation, kind, version, body)
        header = Header(
            1,
            self.desk,
            self.epoch,
            sequence,
            operation,
            kind,
            version,
            day,
            actor,
            actor_kind,
            "keys",
            0,
            "",
            digest(ledger),
        )
        record = seal(header, ops.encode(body), self.facts[-1].hash if self.facts else bytes(32))
        self.facts.append(
            Fact(
                self.desk,
                self.epoch,
                sequence,
                operation,
                kind,
                version,
                day,
                actor,
                actor_kind,
                header.postings,
                record.body,
                record.previous,
                record.hash,
                record.hash,
                KEY.sign(record.hash),
                tuple(
                    Stored(p.operation, p.account, p.sub, p.amount.currency, p.amount.minor) for p in ledger
                ),
            )
        )
        return self

    def head(self) -> ops.ChainHead:
        last = self.facts[-1]
        return ops.ChainHead(desk=self.desk, epoch=self.epoch, sequence=last.sequence, hash=last.hash.hex())


def broken(*chains: Chain) -> dict[str, set[int]]:
    verdicts = invariants.check([fact for chain in chains for fact in chain.facts], is_signed)
    assert [one.id for one in verdicts] == sorted(one.id for one in verdicts)
    return {one.id: {fault.sequence for fault in one.broken} for one in verdicts if not one.ok}


def day(figures: str | None = None) -> Chain:
    """A day with one supply and one float, closed."""
    chain = Chain().add(ops.DayOpened(date="2026-11-23"))
    chain.add(ops.SafeSupplied(document="q", pieces={"100": 5}, amount_qapik=500))
    chain.add(ops.TillOpened(till="1000-1", holder="1002", balance_qapik=0))
    chain.add(
        ops.CashMoved(
            direction="to_till", purpose="float", till="1000-1", pieces={"100": 5}, amount_qapik=500
        )
    )
    bodies = [ops.decode(fact.kind, fact.version, fact.body) for fact in chain.facts]
    right = reports.encode(reports_bodies.figures(bodies, 0))
    return chain.add(
        ops.DayClosed(
            date="2026-11-23",
            report="",
            figures=right if figures is None else figures,
            operations=0,
            cash_qapik=500,
        )
    )


def accepted() -> ops.RemittanceAccepted:
    return ops.RemittanceAccepted(
        remittance="r", from_desk="1000-2", to_place="safe", pieces={"100": 1}, amount_qapik=100
    )


def test_a_sound_day_holds_every_invariant() -> None:
    assert broken(day().add(ops.SignedIn(officer="1001", role="manager"), day=2)) == {}


def test_i01_stored_postings_are_those_of_the_rule() -> None:
    chain = day()
    supply = chain.facts[2]
    doubled = tuple(one._replace(minor=one.minor * 2) for one in supply.postings)
    stranger = supply.postings[0]._replace(account="9999")
    for wrong in (doubled, (), (stranger, supply.postings[1])):
        chain.facts[2] = replace(supply, postings=wrong)
        assert broken(chain)["I-01"] == {3}


def test_i02_a_till_opens_with_what_the_ledger_carried() -> None:
    assert broken(day().add(ops.TillOpened(till="1000-1", holder="1", balance_qapik=499), day=2)) == {
        "I-02": {7}
    }
    wrong_sheet = ops.SafeSupplied(document="q", pieces={"100": 4}, amount_qapik=500)
    assert broken(Chain().add(wrong_sheet)) == {"I-02": {2}}


def test_i03_a_remittance_is_accepted_once_in_the_whole_country() -> None:
    assert broken(Chain().add(accepted())) == {}
    assert broken(Chain().add(accepted()), Chain("1000-3").add(accepted())) == {"I-03": {2}}
    released = ops.GrantReleased(grant="g", thing="t", reason="")
    assert broken(Chain().add(released).add(released)) == {"I-03": {3}}


def test_i06_an_epoch_names_the_head_of_the_one_before() -> None:
    first = day()
    assert broken(first, Chain(epoch=2, previous=first.head())) == {"I-10": {1}}
    other = msgspec.structs.replace(first.head(), hash="00" * 32)
    assert broken(first, Chain(epoch=2, previous=other))["I-06"] == {1}
    assert broken(first, Chain(epoch=2))["I-06"] == {1}
    ahead = msgspec.structs.replace(first.head(), sequence=99)
    assert broken(first, Chain(epoch=2, previous=ahead))["I-06"] == {1}


def test_i06_a_chain_begins_with_its_epoch_and_is_covered_to_its_end() -> None:
    chain = day()
    headless = Chain()
    headless.facts = chain.facts[1:]
    assert 2 in broken(headless)["I-06"]
    chain.facts[-1] = replace(chain.facts[-1], signature=None)
    assert broken(chain) == {"I-06": {6}}
    # A record without a signature of its own is covered by a later one.
    covered = day()
    covered.facts[2] = replace(covered.facts[2], signature=None)
    assert broken(covered) == {}


def test_i07_a_close_that_wrote_down_other_figures_is_found() -> None:
    bodies: list[ops.Body] = []
    other = reports.encode(reports_bodies.figures(bodies, 7))
    assert broken(day(other)) == {"I-07": {6}}
    assert broken(day("not json")) == {"I-07": {6}}


def test_i07_a_planted_sign_error_makes_the_two_routines_differ() -> None:
    chain = day()
    moved = chain.facts[4]
    turned = tuple(one._replace(minor=-one.minor) for one in moved.postings)
    chain.facts[4] = replace(moved, postings=turned)
    assert broken(chain)["I-07"] == {6}


@pytest.mark.parametrize("lost", ["actor", "operation", "desk", "actor_kind"])
def test_i08_every_record_says_who(lost: str) -> None:
    chain = Chain()
    chain.facts[0] = replace(chain.facts[0], **{lost: ""})
    assert broken(chain)["I-08"] == {1}


def test_i10_a_record_stands_in_one_day() -> None:
    assert broken(day().add(ops.SignedIn(officer="1", role="clerk"), day=1)) == {"I-10": {7}}
    assert broken(Chain().add(ops.SignedIn(officer="1", role="clerk"), day=3)) == {"I-10": {2}}


def test_i10_a_new_epoch_may_begin_a_later_day() -> None:
    first = Chain().add(ops.DayOpened(date="2026-11-23"))
    second = Chain(epoch=2, previous=first.head())
    second.facts.clear()
    opened = ops.EpochOpened(
        public_key=KEY.public(), reason="replaced", software="", receipt_series=2, previous=first.head()
    )
    second.add(opened, day=2, actor="recovery", actor_kind="recovery")
    assert broken(first, second) == {}


def test_i12_a_number_that_is_not_whole_is_found_in_body_and_posting() -> None:
    chain = day()
    supply = chain.facts[2]
    chain.facts[2] = replace(supply, body=supply.body.replace(b"500", b"500.0"))
    assert broken(chain)["I-12"] == {3}
    whole = tuple(one._replace(minor=one.minor / 1) for one in supply.postings)
    chain.facts[2] = replace(supply, postings=whole)
    assert broken(chain)["I-12"] == {3}


def test_a_kind_nobody_knows_is_kept_and_a_body_nobody_reads_is_named() -> None:
    chain = Chain().add(ops.SignedIn(officer="1", role="clerk"))
    newer = replace(chain.facts[1], kind="loan.given", body=b'{"x":1}')
    chain.facts[1] = newer
    assert broken(chain) == {}
    chain.facts[1] = replace(newer, kind="staff.signed_in")
    assert broken(chain) == {"I-01": {2}}


def test_the_centres_book_has_no_business_days() -> None:
    centre = Chain("centre-1")
    centre.facts.clear()
    opened = ops.CentreEpochOpened(writer="centre-1", centre_epoch=1, public_key=KEY.public())
    centre.add(opened, day=0, actor="centre-1", actor_kind="centre")
    delivered = ops.PaymentDelivered(payment="p", biller="0101", amount_qapik=5, provider_reference="x")
    centre.add(delivered, day=0, actor="centre-1", actor_kind="centre")
    assert broken(centre) == {}


def test_only_the_first_hundred_faults_are_listed() -> None:
    chain = Chain()
    for _ in range(120):
        chain.add(ops.SignedIn(officer="1", role="clerk"), actor="")
    (named,) = [one for one in invariants.check(chain.facts, is_signed) if one.id == "I-08"]
    assert (len(named.broken), named.checked) == (invariants.BROKEN_MAX, 121)


def test_i03_a_bag_is_received_once_over_all_books() -> None:
    first = Chain().add(ops.BagReceived(bag="b", number="PL-1", pieces={"100": 1}, amount_qapik=100))
    assert broken(first) == {}
    act = ops.BagDiffered(
        bag="b", number="PL-1", act="A", announced={"100": 1}, announced_qapik=100, pieces={},
        amount_qapik=0, approved_by="1004",
    )  # fmt: skip
    assert broken(first, Chain("1000-2").add(act)) == {"I-03": {2}}


def test_i02_a_count_of_both_carries_on_and_no_more_is_made_good_than_was_missing() -> None:
    chain = Chain().add(ops.TillOpened(till="1000-1", holder="1002", balance_qapik=0))
    chain.add(
        ops.TillHandedOver(
            till="1000-1", holder="1002", taker="1003", pieces={"1": 5}, counted_qapik=5, expected_qapik=0,
            difference_qapik=5, approved_by="1003",
        )
    )  # fmt: skip
    chain.add(
        ops.TillClosed(
            till="1000-1", holder="1003", pieces={"1": 2}, counted_qapik=2, expected_qapik=5,
            difference_qapik=-3,
        )
    )  # fmt: skip
    close = chain.facts[-1].operation

    def paid(qapik: int) -> ops.DifferenceMadeGood:
        return ops.DifferenceMadeGood(
            close=close, till="1000-1", officer="1003", pieces={"1": qapik}, amount_qapik=qapik,
            cause="lost", words="", warning="w", approved_by="1004",
        )  # fmt: skip

    chain.add(paid(2))
    assert broken(chain) == {}
    assert broken(chain.add(paid(2))) == {"I-02": {6}}


def test_the_first_use_of_a_new_key_may_be_the_rotation_that_ends_it() -> None:
    keys = [KEY, SigningKey(b"l" * 32), SigningKey(b"m" * 32)]
    chain = Chain()
    for old, new in (keys[:2], keys[1:]):
        chain.add(ops.KeyRotated(old_key=old.public(), new_key=new.public(), proof="", reason="yearly"))
        chain.facts[-1] = replace(chain.facts[-1], signature=old.sign(chain.facts[-1].hash))
    chain.add(ops.ClockJumped(from_ms=1, to_ms=2, against="centre"))
    chain.facts[-1] = replace(chain.facts[-1], signature=keys[2].sign(chain.facts[-1].hash))
    assert broken(chain) == {}
    # By then the first key is worth nothing any more.
    chain.facts[2] = replace(chain.facts[2], signature=KEY.sign(chain.facts[2].hash))
    assert broken(chain) == {"I-06": {3}}
