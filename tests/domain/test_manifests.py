"""A manifest is one value: JSON, hash and sums are drawn from it, and what contradicts itself is named."""

from __future__ import annotations

import hashlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.mail.despatches import ReceptacleId, Series, despatch_id, label_code
from azpost_desk.domain.mail.manifests import (
    Fault,
    Manifest,
    ManifestItem,
    ManifestReceptacle,
    Totals,
    faults_of,
    hash_of,
    manifest_json,
    qr_text,
    read_manifest,
    totals_of,
)

pytestmark = pytest.mark.fast

DESPATCH = despatch_id(Series("AZBAKA", "DEFRAA", "A", "EN", 2026), 7)
CONTENTS = st.lists(
    st.lists(st.sampled_from(["EE", "RR", "CC", "VV"]), min_size=1, max_size=4), min_size=1, max_size=5
)


def manifest(contents: list[list[str]], grams: int = 4_200) -> Manifest:
    receptacles, serial = list[ManifestReceptacle](), 0
    for number, kinds in enumerate(contents, 1):
        items = list[ManifestItem]()
        for kind in kinds:
            serial += 1
            items.append(ManifestItem(item_number(kind, serial), "DE", 300))
        s9 = label_code(
            ReceptacleId(DESPATCH, number),
            is_last=number == len(contents),
            has_registered=any(one in ("RR", "VV") for one in kinds),
            grams=grams + number,
        )
        receptacles.append(ManifestReceptacle(s9, grams + number, f"SEAL{number:03}", 1, tuple(items)))
    return Manifest(DESPATCH.s8, 2026, 1, "2026-12-01T10:05:00Z", tuple(receptacles), "J2 8253")


@given(CONTENTS, st.integers(1, 40_000))
def test_a_manifest_is_read_as_it_was_written_and_its_sums_are_of_its_lines(
    contents: list[list[str]], grams: int
) -> None:
    whole = manifest(contents, grams)
    raw = manifest_json(whole)
    assert read_manifest(raw) == whole
    assert manifest_json(read_manifest(raw)) == raw
    assert hash_of(whole) == hashlib.sha256(raw).hexdigest()
    assert qr_text(whole) == f"{DESPATCH.s8} 2026 1 {hash_of(whole)}"
    assert faults_of(whole) == ()
    registered = sum(bool({"RR", "VV"} & set(kinds)) for kinds in contents)
    weight = sum(grams + number for number in range(1, len(contents) + 1))
    assert totals_of(whole) == Totals(len(contents), sum(map(len, contents)), weight, registered)


def test_any_word_of_it_changes_its_hash() -> None:
    whole = manifest([["EE", "RR"], ["CC"]])
    first, second = whole.receptacles
    for other in (
        msgspec.structs.replace(whole, version=2),
        msgspec.structs.replace(whole, transport=""),
        msgspec.structs.replace(whole, receptacles=(first,)),
        msgspec.structs.replace(whole, receptacles=(first, msgspec.structs.replace(second, seal="SEAL9"))),
    ):
        assert hash_of(other) != hash_of(whole)


def test_what_contradicts_itself_is_named_line_by_line() -> None:
    whole = manifest([["EE", "RR"], ["CC"]])
    first, second = whole.receptacles

    def faults(*receptacles: ManifestReceptacle) -> set[str]:
        return {one.what for one in faults_of(msgspec.structs.replace(whole, receptacles=receptacles))}

    replace = msgspec.structs.replace
    assert faults(second, first) == {"order", "last"}
    assert faults(first) == {"last"}
    assert faults(first, replace(second, items=())) == {"empty"}
    assert faults(first, replace(second, items=(*second.items, first.items[0]))) == {"twice"}
    # The other's item is a registered one, of which its own label says nothing.
    assert faults(first, replace(second, items=first.items[1:])) == {"twice", "registered"}
    assert faults(first, replace(second, seal=first.seal)) == {"seal"}
    for grams in (9_000, 0):
        assert faults(first, replace(second, grams=grams)) == {"weight"}
    strange = replace(second, s9="BEBRUABOLPBBAEN60073002100042")
    assert faults_of(replace(whole, receptacles=(first, strange))) == (Fault("despatch", strange.s9),)


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"s8":"X"}', b"\xff", b'{"s8":"\xff"}'])
def test_bytes_that_are_no_manifest_are_none(raw: bytes) -> None:
    with pytest.raises(ValueError, match="no manifest"):
        read_manifest(raw)


def test_a_manifest_of_a_later_schema_is_not_half_read() -> None:
    whole = manifest([["EE"]])
    with pytest.raises(ValueError, match="unknown schema"):
        read_manifest(manifest_json(msgspec.structs.replace(whole, schema=2)))
    more = manifest_json(whole).replace(b'"version":1,"closed_at"', b'"more":1,"version":1,"closed_at"')
    assert b'"more"' in more
    with pytest.raises(ValueError, match="no manifest"):
        read_manifest(more)
