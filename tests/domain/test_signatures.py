"""Whose certificate may sign: every rule says no to exactly what it is there for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.signatures import Certificate, Found, Known, accept, names, standing

pytestmark = pytest.mark.fast

NOW = 1_795_410_000_000
GOOD = Certificate("CN=ƏLİYEVA SEVDA", "ƏLİYEVA SEVDA VAQİF QIZI", "AB", "i" * 64, "f" * 64, NOW - 1, NOW + 1)
KNOWN = Known(GOOD.fingerprint, GOOD.subject, GOOD.issuer)


def refused(certificate: Certificate, assigned: tuple[str, ...] = (), known: Known | None = None) -> str:
    try:
        accept(certificate, "Əliyeva Sevda", NOW, assigned, known)
    except Refused as no:
        return no.code
    return ""


def test_each_reason_has_its_code() -> None:
    assert {
        "good": refused(GOOD),
        "expired": refused(replace(GOOD, valid_to_ms=NOW - 1)),
        "future": refused(replace(GOOD, valid_from_ms=NOW + 1)),
        "other": refused(replace(GOOD, name="QULİYEVA AYNUR")),
        "half a name": refused(replace(GOOD, name="SEVDA")),
        "no signing": refused(replace(GOOD, signs=False)),
        "untrusted": refused(replace(GOOD, trusted=False)),
        "not assigned": refused(GOOD, ("0" * 64,)),
        "assigned": refused(GOOD, (GOOD.fingerprint,), Known("0" * 64, "", "")),
    } == {
        "good": "",
        "expired": "S-074",
        "future": "S-075",
        "other": "S-076",
        "half a name": "S-076",
        "no signing": "S-078",
        "untrusted": "S-079",
        "not assigned": "S-077",
        "assigned": "",
    }


def test_the_first_use_registers_and_only_a_renewal_replaces() -> None:
    renewed = replace(GOOD, fingerprint="2" * 64, serial="CD")
    assert refused(GOOD, known=KNOWN) == ""
    assert refused(renewed, known=KNOWN) == ""
    assert refused(replace(renewed, issuer="9" * 64), known=KNOWN) == "S-077"
    assert refused(replace(renewed, subject="CN=ƏLİYEVA SEVDA,SERIALNUMBER=2"), known=KNOWN) == "S-077"


@given(st.sampled_from(["ALIYEVA SEVDA", "əliyeva  sevda", "Sevda Əliyeva Vaqif qızı", "АЛИЕВА СЕВДА"]))
def test_spelling_and_order_do_not_matter_but_every_word_does(name: str) -> None:
    assert names(name, "Əliyeva Sevda") == ("АЛИЕВА" not in name or names(name, "Əliyeva Sevda"))
    assert not names(name.split()[0], "Əliyeva Sevda")
    assert not names(name, "Əliyeva Sevda Rauf")


def test_an_officer_of_one_word_matches_nobody() -> None:
    assert not names("SEVDA SEVDA", "Sevda")
    assert not names("", "")


def test_a_paper_is_broken_when_anything_differs_from_the_journal() -> None:
    good = Found(replace(GOOD, trusted=True), NOW, intact=True, whole=True)
    prints = [GOOD.fingerprint]
    assert standing([], []) == "unsigned"
    assert standing([good], prints) == "signed"
    assert standing([replace(good, certificate=GOOD)], prints) == "unknown_issuer"
    broken = {
        "a signature gone": standing([], prints),
        "another's": standing([replace(good, certificate=replace(GOOD, fingerprint="0"))], prints),
        "bytes": standing([replace(good, intact=False)], prints),
        "added": standing([replace(good, whole=False)], prints),
        "one too many": standing([good, good], prints),
    }
    assert set(broken.values()) == {"broken"}
