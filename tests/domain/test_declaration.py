"""A customs declaration: every fault at once with its field, sums that hold, and its advance data as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from azpost_desk.domain.mail import advance
from azpost_desk.domain.mail.advance import ItemAttributes, Papers, Party, Posting, amended, item_attributes
from azpost_desk.domain.mail.declaration import (
    CATEGORIES,
    DOCUMENTS,
    GIFT,
    LINES_MAX,
    OTHER,
    SALE,
    Declaration,
    DeclaredLine,
    faults,
    is_vague,
)
from azpost_desk.domain.mail.forms import OF_ALL, OF_TRADE

pytestmark = pytest.mark.fast

CODES: Final = frozenset({"611596", "090230"})
GOLDEN: Final = Path(__file__).parents[1] / "golden" / "item_attributes.json"
SOCKS: Final = DeclaredLine(
    description="woollen socks", quantity=2, net_grams=150, value_minor=20_00, hs="611596", origin="AZ"
)
TEA: Final = DeclaredLine(description="qara çay", quantity=1, net_grams=500, value_minor=5_00)
GIFTS: Final = Declaration(
    category=GIFT, currency="AZN", gross_grams=700, total_minor=25_00, lines=(SOCKS, TEA)
)


def found(declared: Declaration, codes_wanted: str = OF_TRADE) -> list[tuple[str, str | None]]:
    return [(one.code, one.field) for one in faults(declared, codes_wanted, CODES)]


def test_a_whole_declaration_has_no_fault() -> None:
    assert found(GIFTS) == []
    # Trade needs code and origin on every line, and so does a country that asks for them.
    missing = [("E-065", "lines[2].hs"), ("E-066", "lines[2].origin")]
    assert found(replace(GIFTS, category=SALE)) == missing == found(GIFTS, OF_ALL)
    whole = replace(TEA, hs="0902300000", origin="LK")
    assert found(replace(GIFTS, category=SALE, lines=(SOCKS, whole)), OF_ALL) == []
    papers = replace(TEA, description="diploma", value_minor=0)
    assert found(replace(GIFTS, category=DOCUMENTS, lines=(papers,), total_minor=0)) == []


def test_every_fault_is_told_at_once_with_its_field() -> None:
    nothing = DeclaredLine(
        description="Gifts", quantity=0, net_grams=0, value_minor=0, hs="851712", origin="aze"
    )
    wrong = Declaration(
        category="present", currency="XXX", gross_grams=100, total_minor=1, lines=(SOCKS, nothing)
    )
    assert found(wrong) == [
        ("E-061", "category"),
        ("E-064", "currency"),
        ("E-062", "lines[2].description"),
        ("E-063", "lines[2].quantity"),
        ("E-063", "lines[2].net_grams"),
        ("E-064", "lines[2].value"),
        ("E-065", "lines[2].hs"),
        ("E-066", "lines[2].origin"),
        ("E-067", "gross_grams"),
        ("E-068", "total"),
    ]
    assert ("E-069", "lines") in found(replace(GIFTS, lines=()))
    many = replace(GIFTS, lines=(SOCKS,) * (LINES_MAX + 1), gross_grams=10_000, total_minor=21 * 20_00)
    assert found(many) == [("E-069", "lines")]
    assert found(replace(GIFTS, category=OTHER)) == [("E-061", "explanation")]
    assert found(replace(GIFTS, category=OTHER, explanation="prize of a school contest")) == []
    for code in ("61159", "6115961", "٦١١٥٩٦", "6115"):
        assert found(replace(GIFTS, lines=(replace(SOCKS, hs=code), TEA))) == [("E-065", "lines[1].hs")], code
    long = replace(SOCKS, description="socks " * 20)
    assert found(replace(GIFTS, lines=(long, TEA))) == [("E-062", "lines[1].description")]


@pytest.mark.parametrize(
    ("vague", "exact"),
    [
        ("samples", "samples of cotton fabric"),
        ("Food", "food for dogs"),
        ("spare parts", "spare parts for a bicycle"),
        ("2 gifts and personal items", "gift box of chocolate"),
        ("my old clothes", "women's jacket"),
        ("nümunələr", "parça nümunələri"),
        ("qida", "uşaq qidası"),
        ("ehtiyat hissələri", "velosiped ehtiyat hissələri"),
        ("müxtəlif əşyalar", "mal əti"),
        ("образцы", "образцы ткани"),
        ("ПРОДУКТЫ ПИТАНИЯ", "детское питание"),
        ("запчасти", "запчасти для двигателя"),
        ("личные вещи и подарки", "подарочная ваза"),
        ("", "чай"),
        ("—", "socks"),
    ],
)
def test_a_word_that_says_nothing_is_not_a_description(vague: str, exact: str) -> None:
    assert is_vague(vague)
    assert not is_vague(exact)


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(1, 5_000), st.integers(1, 100_000)), min_size=1, max_size=LINES_MAX),
    st.integers(-2, 2),
    st.integers(-2, 2),
)
def test_sums_hold_exactly_or_are_a_fault(lines: list[tuple[int, int]], over: int, more: int) -> None:
    declared = Declaration(
        category=GIFT,
        currency="USD",
        gross_grams=sum(grams for grams, _ in lines) + over,
        total_minor=sum(minor for _, minor in lines) + more,
        lines=tuple(replace(SOCKS, net_grams=grams, value_minor=minor) for grams, minor in lines),
    )
    wanted = [("E-067", "gross_grams")] * (over < 0) + [("E-068", "total")] * (more != 0)
    assert found(declared) == wanted


POSTING: Final = Posting(
    item="EE000000015AZ",
    generation=1,
    posted_ms=1_795_000_000_000,
    postage_qapik=45_00,
    sender=Party(name="Əliyev Vüqar", street="Nizami 5", city="Şəki", country="AZ", postcode="AZ5500"),
    addressee=Party(
        name="Ayşe Yılmaz", street="İstiklal 12", city="İstanbul", country="TR", phone="+905321234567"
    ),
    signer="Əliyev Vüqar",
    papers=Papers(invoice="17"),
)


def test_advance_data_is_the_same_json_for_ever() -> None:
    message = item_attributes("m-1", POSTING, GIFTS)
    kept = GOLDEN.read_bytes().strip()
    # As it was written once: what was sent stays readable, and is sent the same.
    assert advance.read(kept) == message
    assert advance.written(message) == kept
    assert advance.read(kept[:-1] + b',"later":{"x":1}}') == message
    assert json.loads(kept)["schema"] == "azpost.item-attributes/1"
    with pytest.raises(msgspec.ValidationError):
        advance.read(kept.replace(b"attributes/1", b"attributes/2"))
    with pytest.raises(msgspec.ValidationError):
        advance.read(kept.replace(b'"net_grams":150', b'"net_grams":"150"'))


def test_its_schema_asks_for_what_customs_need() -> None:
    schema = msgspec.json.schema(ItemAttributes)["$defs"]
    assert set(schema["ItemAttributes"]["required"]) >= {
        *("schema", "message", "item", "generation", "posted_ms", "category", "gross_grams", "total_minor"),
        *("currency", "postage_qapik", "sender", "addressee", "lines", "signer"),
    }
    assert set(schema["ItemAttributes"]["properties"]) >= {"supersedes", "insured_qapik", "papers"}
    assert set(schema["AdvanceLine"]["properties"]) == {
        *("number", "description", "quantity", "net_grams", "value_minor", "currency", "hs", "origin"),
    }
    assert set(schema["Party"]["required"]) == {"name", "street", "city", "country"}
    assert {*("phone", "mail", "reference")} <= set(schema["Party"]["properties"])


def test_an_amendment_supersedes_and_changes_nothing_that_was_sent() -> None:
    first = item_attributes("m-1", POSTING, GIFTS)
    second = amended(first, "m-2", POSTING, replace(GIFTS, category=SALE))
    third = amended(second, "m-3", POSTING, GIFTS)
    assert (first.supersedes, second.supersedes, third.supersedes) == ("", "m-1", "m-2")
    assert first == item_attributes("m-1", POSTING, GIFTS)
    for wrong in (replace_posting(item="EE000000024AZ"), replace_posting(generation=2)):
        with pytest.raises(ValueError, match="same item"):
            amended(first, "m-5", wrong, GIFTS)
    with pytest.raises(ValueError, match="same item"):
        amended(first, "m-1", POSTING, GIFTS)
    assert len(CATEGORIES) == 6


def replace_posting(**changes: object) -> Posting:
    return replace(POSTING, **changes)
