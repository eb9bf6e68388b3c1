"""uuid7 as RFC 9562 lays it out."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain.ids import unix_ms_of, uuid7

pytestmark = pytest.mark.fast

instants = st.integers(0, (1 << 48) - 1)
random_bytes = st.binary(min_size=10, max_size=10)


def test_the_example_of_the_rfc() -> None:
    # RFC 9562, appendix A.6: rand_a CC3, rand_b 18C4DC0C0C07398F (62 bits).
    randomness = (0xCC3 << 68 | 0x18C4DC0C0C07398F).to_bytes(10, "big")
    assert str(uuid7(0x017F22E279B0, randomness)) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@given(instants, random_bytes)
def test_version_variant_and_instant(unix_ms: int, randomness: bytes) -> None:
    made = uuid7(unix_ms, randomness)
    assert (made.version, made.variant, unix_ms_of(made)) == (7, uuid.RFC_4122, unix_ms)


@given(instants, instants, random_bytes, random_bytes)
def test_ids_of_different_milliseconds_sort_by_time(a: int, b: int, first: bytes, second: bytes) -> None:
    assert a == b or (a < b) == (str(uuid7(a, first)) < str(uuid7(b, second)))


@given(random_bytes, random_bytes)
def test_seventy_four_bits_of_randomness_survive(first: bytes, second: bytes) -> None:
    def used(randomness: bytes) -> int:
        number = int.from_bytes(randomness, "big")
        return number >> 68 << 62 | number & ((1 << 62) - 1)

    assert (uuid7(0, first) == uuid7(0, second)) == (used(first) == used(second))


@pytest.mark.parametrize(("unix_ms", "size"), [(-1, 10), (1 << 48, 10), (0, 9), (0, 11)])
def test_what_does_not_fit_is_an_error(unix_ms: int, size: int) -> None:
    with pytest.raises(ValueError, match=r"ten random bytes|48 bits"):
        uuid7(unix_ms, bytes(size))
