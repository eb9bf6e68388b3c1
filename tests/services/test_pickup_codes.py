"""Picking up with a code, off line: believed once, three wrong tries and a document is asked for instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol import news as tidings
from azpost_desk.services.pickups import PICKUPS
from azpost_desk.services.scan_items import ScanItem
from tests.services.counters import CLERK
from tests.services.test_express import scan
from tests.storage.desks import piece

if TYPE_CHECKING:
    from tests.services.counters import Stand

ITEM = item_number("EE", 876_543)
CODE, WRONG = "402917", "402918"


def tell(stand: Stand, position: int = 800, *, said: str = CODE, **more: object) -> None:
    """The centre tells the pick-up code of the item."""
    branch = stand.books.identity().branch
    told = tidings.ItemCode(
        number=ITEM, code=f"id-{said}", office=branch, state="standing", at_ms=1, hash=f"$argon2id${said}"
    )
    told = msgspec.structs.replace(told, **more)
    stand.books.store_news([piece(position, "item.code", told)], 1)


def hand_over(stand: Stand, code: str, **more: str) -> tuple[str, str]:
    """EMI to the addressee, signed on paper."""
    return scan(stand, ITEM, "EMI", **{"relation": "self", "signed": "paper", "code": code, **more})


def last(stand: Stand, kind: type[ops.Body]) -> ops.Body:
    return stand.bodies(kind)[-1]


def test_the_code_hands_over_without_name_or_document(stand: Stand) -> None:
    scan(stand, ITEM, "EMG")
    tell(stand)
    assert hand_over(stand, CODE, signed="") == ("refused", "signed_missing")
    assert hand_over(stand, CODE) == ("saved", "saved")
    body = last(stand, ops.ItemScanned)
    assert isinstance(body, ops.ItemScanned)
    assert (body.event, body.relation, body.proven_by) == ("EMI", "self", "code")
    assert (body.signatory, body.proof) == ("", "")
    # The code itself stands in no record.
    with stand.books.reading() as books:
        assert all(CODE.encode() not in record.body for record, _ in books.records())


def test_three_wrong_tries_lock_it_here_and_a_document_still_does(stand: Stand) -> None:
    scan(stand, ITEM, "EMG")
    tell(stand)
    for left in (2, 1, 0):
        command = ScanItem(ITEM, "EMI", relation="self", code=WRONG)
        answer = stand.desk.tracking.scan(command, CLERK)
        assert (answer.key, answer.facts["left"]) == ("express.scan.wrong_code", left)
        # What else is missing does not hide a try: it is counted, by the id of the code.
        refused = last(stand, ops.ScanRefused)
        assert isinstance(refused, ops.ScanRefused)
        assert (refused.reason, refused.code) == ("wrong_code", f"id-{CODE}")
    assert hand_over(stand, CODE) == ("refused", "code_locked")
    assert last(stand, ops.ScanRefused) == ops.ScanRefused(raw=ITEM, event="EMI", reason="code_locked")
    # Folded anew from records and news it is as locked as before; a new code begins anew.
    assert stand.books.rebuild() == []
    assert hand_over(stand, CODE) == ("refused", "code_locked")
    tell(stand, 801, said="111222")
    assert hand_over(stand, CODE) == ("refused", "wrong_code")
    # The same word again takes nothing back.
    tell(stand, 802, said="111222")
    with stand.books.reading() as books:
        known = books.of(PICKUPS).pickup_code(ITEM)
    assert known is not None
    assert (known.code, known.wrong_here) == ("id-111222", 1)
    assert hand_over(stand, "", document="AZE AA1234567") == ("refused", "signatory_missing")
    shown = {"document": "AZE AA1234567", "signatory": "Hüseynov Orxan"}
    assert hand_over(stand, "", **shown) == ("saved", "saved")
    body = last(stand, ops.ItemScanned)
    assert isinstance(body, ops.ItemScanned)
    assert body.proven_by == "document"


@pytest.mark.parametrize(
    ("state", "reason"), [("", "no_code"), ("void", "no_code"), ("locked", "code_locked")]
)
def test_a_code_that_does_not_stand_hands_nothing_over(stand: Stand, state: str, reason: str) -> None:
    """None was ever told (the office was off line when it arrived), or it is void or locked for everybody."""
    scan(stand, ITEM, "EMG")
    if state:
        tell(stand)
        tell(stand, 801, state=state, hash="")
    assert hand_over(stand, CODE) == ("refused", reason)


def test_a_code_is_its_addressees_and_has_six_digits(stand: Stand) -> None:
    scan(stand, ITEM, "EMG")
    tell(stand)
    assert hand_over(stand, CODE, relation="family", signatory="Hüseynova Aygün") == (
        "refused",
        "document_missing",
    )
    for wrong in ("40291", "4029170", "40291x", "٤٠٢٩١٧"):
        with pytest.raises(Refused, match="E-080"):
            hand_over(stand, wrong)
    # Four digits find an item; with a code too they hand nothing over.
    assert scan(stand, ITEM[7:11], "EMI", relation="self", code=CODE, signed="paper")[0] == "refused"


@pytest.mark.parametrize(
    "changed",
    [
        {"office": "9999"},
        {"state": "open"},
        {"hash": ""},
        {"hash": "402917"},
        {"state": "void"},
        {"code": ""},
        {"form": 2},
        {"number": "EE1"},
    ],
)
def test_a_strange_word_about_a_code_is_a_case_and_hands_nothing_over(
    stand: Stand, changed: dict[str, object]
) -> None:
    scan(stand, ITEM, "EMG")
    tell(stand, **changed)
    assert len(stand.bodies(ops.CaseRaised)) == 1
    assert hand_over(stand, CODE) == ("refused", "no_code")


def test_on_the_way_back_the_addressees_code_hands_nothing_over(stand: Stand) -> None:
    """Taken in and addressed at one office, sent back, and the void of the code not heard yet."""
    scan(stand, ITEM, "EMG")
    tell(stand)
    assert scan(stand, ITEM, "EDX", reason="refused", measure="returned") == ("saved", "saved")
    assert scan(stand, ITEM, "EMG") == ("saved", "saved")
    assert hand_over(stand, CODE) == ("refused", "no_code")
