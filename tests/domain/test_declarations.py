"""Which version of an item's advance data stands: the same for whatever order they come in."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain.mail.advance import Version, standing


def chain(length: int, epoch: int = 1, first: int = 1) -> list[Version]:
    return [
        Version(
            version=at,
            message=f"{epoch}-{at}" if at > 1 else "sale",
            supersedes="" if at == 1 else f"{epoch}-{at - 1}" if at > 2 else "sale",
            epoch=epoch,
            sequence=10 * at,
        )
        for at in range(first, length + 1)
    ]


@given(st.data())
def test_the_newest_stands_alone_in_whatever_order_they_come(data: st.DataObject) -> None:
    versions = chain(data.draw(st.integers(1, 12)))
    shuffled = data.draw(st.permutations(versions))
    assert standing(shuffled) == (versions[-1],)


def test_of_two_ends_the_higher_version_counts_then_the_later_record_in_every_order() -> None:
    """A machine that was replaced had amended what the new one never heard of."""
    old, new = chain(3), chain(2, epoch=2, first=2)
    for told in permutations((*old, *new)):
        assert standing(told) == (new[-1], old[-1])
    old = chain(2)
    for told in permutations((*old, *new)):
        assert standing(told) == (old[-1], new[-1])
    assert standing(()) == ()
