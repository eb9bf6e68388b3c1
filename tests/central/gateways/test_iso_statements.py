"""camt.053 and camt.054 over the sandbox's door: valid by their schema, read exactly, or said to be unfit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.central.gateways.abroad import Unfit
from azpost_desk.central.gateways.iso20022 import check_message
from azpost_desk.central.gateways.iso_partner import IsoPartner
from azpost_desk.central.gateways.iso_wire import Channel
from azpost_desk.domain.abroad.statements import HOLE, NOT_FOOTING, Entry, Share, Statement
from azpost_desk.domain.money import Money
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.rehearsal.partner_statements import AccountThere
from azpost_desk.rehearsal.partners import Entry as Booking
from azpost_desk.rehearsal.partners import SandboxPartner

if TYPE_CHECKING:
    from collections.abc import Iterator

OURS, THEIRS = "AZPOAZ22", "TBILGE22"
UETR = "7a0f2b44-35d8-4c0b-9a3e-0d5f6e7a8b9c"
DAY = "2026-11-30"


@pytest.fixture
def sandbox() -> Iterator[SandboxPartner]:
    key = SigningKey(b"k" * 32)
    with SandboxPartner(THEIRS, OURS, key.public()) as partner:
        yield partner


@pytest.fixture
def rail(sandbox: SandboxPartner) -> IsoPartner:
    return IsoPartner(Channel(sandbox.url, OURS, sandbox.key.public(), THEIRS), SigningKey(b"k" * 32))


def fetched(rail: IsoPartner) -> list[bytes]:
    found = rail.fetch()
    assert isinstance(found, tuple)
    rail.fetched([number for number, _ in found])
    return [raw for _, raw in found]


def read(rail: IsoPartner, document: bytes) -> Statement:
    assert check_message(document).errors == ()
    said = rail.read(document)
    assert isinstance(said, tuple)
    (statement,) = said
    assert isinstance(statement, Statement)
    return statement


def test_a_day_is_told_by_notice_and_statement_in_the_same_words(
    sandbox: SandboxPartner, rail: IsoPartner
) -> None:
    there = AccountThere(sandbox, "AZPOST-1", "GEL")
    there.fund(500_000, "order 17")
    sandbox.entries.append(Booking(UETR, Money(-50_000, "GEL"), "T1"))
    sandbox.entries.append(Booking(UETR, Money(50_000, "GEL"), "T1", is_reversal=True))
    there.notify(DAY)
    there.close_day(DAY)
    notice, statement = (read(rail, one) for one in fetched(rail))
    assert statement == Statement(
        account="AZPOST-1",
        id="S-1",
        number=1,
        currency="GEL",
        is_final=True,
        entries=(
            Entry(500_000, "F000001", DAY, shares=(Share(500_000, end_to_end="order 17"),)),
            Entry(-50_000, "T1", DAY, shares=(Share(-50_000, uetr=UETR),)),
            Entry(50_000, "T1", DAY, is_reversal=True, shares=(Share(50_000, uetr=UETR),)),
        ),
        opening=0,
        closing=500_000,
        until=DAY,
    )
    assert (notice.is_final, notice.entries) == (False, statement.entries)
    assert [key for key, _ in statement.booked()] == ["F000001", "T1", "T1 reversal"]


def test_ma_20_each_fault_of_a_statement_is_seen_in_its_figures(
    sandbox: SandboxPartner, rail: IsoPartner
) -> None:
    there = AccountThere(sandbox, "AZPOST-1", "GEL")
    there.fund(500_000, "order 17")
    there.close_day(DAY, "not_footing")
    there.close_day(DAY, "hole")
    sandbox.entries.append(Booking(UETR, Money(-50_000, "GEL"), "T1"))
    sandbox.entries.append(Booking(UETR, Money(-50_000, "GEL"), "T2"))
    there.close_day(DAY, "batch")
    there.close_day(DAY, "doubled")
    crooked, batch, fourth, doubled = (read(rail, one) for one in fetched(rail))
    assert crooked.why_not(None) == NOT_FOOTING
    assert batch.why_not((1, 500_000)) == HOLE
    assert batch.why_not((2, 500_000)) == ""
    assert batch.entries == (Entry(-100_000, "B000003", DAY),)
    assert fourth == doubled


def test_m0_5_a_statement_of_somebody_else_or_without_sense_is_unfit(
    sandbox: SandboxPartner, rail: IsoPartner
) -> None:
    there = AccountThere(sandbox, "AZPOST-1", "GEL")
    there.fund(500_000, "order 17")
    there.close_day(DAY)
    (document,) = fetched(rail)
    for before, after, why in (
        (b"TBILGE22", b"ISTATRIS", "another sender"),
        (b"AZPOAZ22", b"ISTATRIS", "another receiver"),
        (b"<ElctrncSeqNb>1</ElctrncSeqNb>", b"", "no running number"),
        (b"CLBD", b"CLAV", "no single balance CLBD"),
        (b'<Ntry><Amt Ccy="GEL">', b'<Ntry><Amt Ccy="USD">', "a sum in another currency"),
        (b">5000.00<", b">5000.001<", "a sum with too many decimals"),
    ):
        assert rail.read(document.replace(before, after)) == Unfit(why)
    unfit = rail.read(document.replace(b"<Id>S-1</Id>", b""))
    assert isinstance(unfit, Unfit)
    assert unfit.why.startswith("M-004")
