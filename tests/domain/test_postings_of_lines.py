"""What every line posts, pinned: a released rule gives the same postings for ever, wherever it stands."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import msgspec
import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.ledger import digest
from azpost_desk.domain.postings import postings

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


def _posted(line: ops.AnyLine) -> list[object]:
    body = ops.Settlement(
        basket="0190-basket", receipt="4201-000001", lines=(line,), tenders=(), cash_given_qapik=0,
        change_qapik=0, language="az",
    )  # fmt: skip
    return list(postings("2002-1", "0190-basket", "settlement", 1, body))
