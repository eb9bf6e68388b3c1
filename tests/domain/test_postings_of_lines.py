"""What every line posts, pinned: a released rule gives the same postings for ever, wherever it stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import msgspec
import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain import reports_bodies, reports_ledger
from azpost_desk.domain.ledger import digest
from azpost_desk.domain.lines.express import PostedAbroad
from azpost_desk.domain.postings import postings
from azpost_desk.domain.products import due_qapik, rule_of
from azpost_desk.programs import verify

if TYPE_CHECKING:
    from azpost_desk.domain.ledger import Posting

pytestmark = pytest.mark.fast


class Golden(msgspec.Struct):
    """A line, and the beginnings of the digests of what it and its reversal post."""

    line: ops.Sold
    postings: tuple[str, str]


GOLDEN = Path(__file__).parents[1] / "golden" / "lines"
SOLD = {
    path.stem: msgspec.json.decode(path.read_bytes(), type=Golden) for path in sorted(GOLDEN.glob("*.json"))
}


def test_every_line_is_pinned() -> None:
    assert set(SOLD) == {line.__struct_config__.tag for line in get_args(ops.Sold)}


@pytest.mark.parametrize("tag", SOLD)
def test_a_line_and_its_reversal_post_what_they_always_did(tag: str) -> None:
    line = SOLD[tag].line
    undone = ops.LineReversed(
        operation="0190-undone", original=line, original_receipt="4201-000001", reason="r", approved_by="1004"
    )
    assert tuple(digest(_posted(one))[:16] for one in (line, undone)) == SOLD[tag].postings


@pytest.mark.parametrize("tag", SOLD)
def test_whoever_knows_lines_apart_from_their_product_knows_this_one(tag: str) -> None:
    """Both report routines and the stand-alone verifier have their own words for each line."""
    line = SOLD[tag].line
    body = _sale(line)
    posted = [("settlement", one) for one in postings("2002-1", "0190-basket", "settlement", 1, body)]
    assert reports_ledger.figures("2002-1", posted, 0, 1) == reports_bodies.figures([body], 0)
    assert verify.due(json.loads(msgspec.json.encode(line))) == due_qapik(line)


def _posted(line: ops.AnyLine) -> list[Posting]:
    return list(postings("2002-1", "0190-basket", "settlement", 1, _sale(line)))


def _sale(line: ops.AnyLine) -> ops.Settlement:
    return ops.Settlement(
        basket="0190-basket", receipt="4201-000001", lines=(line,), tenders=(), cash_given_qapik=0,
        change_qapik=0, language="az",
    )  # fmt: skip


def test_an_item_abroad_posts_as_at_home_and_is_sound_only_with_all_that_it_needs() -> None:
    home = SOLD["item.accepted"].line
    assert isinstance(home, ops.ItemAccepted)
    # What a line was written with before there was mail abroad is what it is written with today.
    assert not {"country", "abroad"} & json.loads(msgspec.json.encode(home)).keys()
    posted = PostedAbroad(zone="near", chargeable_grams=420, form="CN23", copies=4, contents="clear")
    abroad = msgspec.structs.replace(home, country="TR", abroad=posted, postcode="")
    assert digest(_posted(abroad)) == digest(_posted(home))
    assert rule_of(abroad).is_sound(abroad)
    too_little = msgspec.structs.replace(posted, chargeable_grams=419)
    for wrong in ({"country": ""}, {"abroad": None}, {"abroad": too_little}):
        assert not rule_of(abroad).is_sound(msgspec.structs.replace(abroad, **wrong))
