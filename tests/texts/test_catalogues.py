"""The catalogue reader: the same as Babel's, and strict about what Babel lets pass."""

from __future__ import annotations

import re
import time
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk import places
from azpost_desk.texts.catalogues import LANGUAGES, CatalogueError, catalogue, read_catalogue, read_folder

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.fast


def read_by_babel(path: Path) -> dict[str, str | tuple[str, ...]]:
    catalogue = read_po(BytesIO(path.read_bytes()), abort_invalid=True)
    return {
        message.id if isinstance(message.id, str) else message.id[0]: message.string
        if isinstance(message.string, str)
        else tuple(message.string)
        for message in catalogue
        if message.id
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_catalogues_are_read_as_babel_reads_them(language: str) -> None:
    folder = places.resources() / "i18n" / language
    expected: dict[str, str | tuple[str, ...]] = {}
    for path in folder.glob("*.po"):
        expected |= read_by_babel(path)
    assert read_folder(folder) == expected
    assert "refusal.G-012" in expected


keys = st.from_regex(r"[a-z]{1,8}(\.[a-z0-9_]{1,8}){1,3}", fullmatch=True)
# Babel's writer does not escape these line ends, its reader splits on them.
sentences = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp"), whitelist_characters='\n\t"\\'), min_size=1
)


@given(st.dictionaries(keys, sentences | st.tuples(sentences, sentences), max_size=20))
def test_what_babel_writes_we_read(
    tmp_path_factory: pytest.TempPathFactory, entries: dict[str, str | tuple[str, str]]
) -> None:
    catalogue = Catalog(locale="az", fuzzy=False)
    for key, entry in entries.items():
        catalogue.add(
            key if isinstance(entry, str) else (key, f"{key}.many"), entry, user_comments=["a note"]
        )
    path = tmp_path_factory.mktemp("catalogue") / "any.po"
    with path.open("wb") as file:
        write_po(file, catalogue, width=60)
    assert read_catalogue(path) == entries


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('msgid "a.b"\nmsgstr "x"\n\nmsgid "a.b"\nmsgstr "y"\n', "twice"),
        ('msgid "a.b"\nmsgstr ""\n', "empty"),
        ('msgid "a.b"\n', "no translation"),
        ('msgid "a.b"\nmsgid "a.c"\nmsgstr "x"\n', "no translation"),
        ('#, fuzzy\nmsgid "a.b"\nmsgstr "x"\n', "fuzzy"),
        ('msgid "a.b"\nmsgid_plural "a.b"\nmsgstr[1] "x"\nmsgstr[0] "y"\n', "order"),
        ('msgid "a.b"\nmsgid_plural "a.b"\nmsgstr "x"\n', "order"),
        ('msgctxt "menu"\nmsgid "a.b"\nmsgstr "x"\n', "cannot read"),
        ('msgid "a.b\nmsgstr "x"\n', "cannot read"),
        ('msgid "a.b"\nmsgstr "x \\q"\n', "unknown escape"),
        ('"lost"\n', "belongs to no entry"),
        ('msgstr "x"\n', "out of place"),
        ('msgid "a.b"\nmsgstr "x"\nmsgstr "y"\n', "out of place"),
    ],
)
def test_a_catalogue_that_is_wrong_is_refused_with_its_place(
    tmp_path: Path, text: str, complaint: str
) -> None:
    path = tmp_path / "wrong.po"
    path.write_text(text, "utf-8")
    with pytest.raises(CatalogueError, match=rf"^wrong\.po:\d+: .*{complaint}"):
        read_catalogue(path)


def test_a_key_in_two_files_is_refused(tmp_path: Path) -> None:
    for name in ("one.po", "two.po"):
        (tmp_path / name).write_text('msgid "a.b"\nmsgstr "x"\n', "utf-8")
    with pytest.raises(CatalogueError, match=r"two\.po: a\.b stands in another file too"):
        read_folder(tmp_path)


def test_two_thousand_sentences_are_read_before_anybody_notices(tmp_path: Path) -> None:
    """The start waits for it: a small multiple of one look at every line, on the same machine."""
    entry = 'msgid "feature.screen.key{0}"\nmsgstr "Köçürmə {{name}} üçün göndərilir, məbləğ {{money}}"\n\n'
    many = tmp_path / "many.po"
    many.write_text("".join(entry.format(n) for n in range(2000)), "utf-8")
    line = re.compile(r'(\w+) "((?:[^"\\]|\\.)*)"')
    ours, limit = [], []
    for _ in range(7):
        start = time.process_time()
        assert len(read_folder(tmp_path)) == 2000
        ours.append(time.process_time() - start)
        start = time.process_time()
        assert sum(line.match(one) is not None for one in many.read_text("utf-8").split("\n")) == 4000
        limit.append(time.process_time() - start)
    assert min(ours) < 6 * min(limit)


@pytest.mark.parametrize(
    ("language", "other"), [("az", r"\bPIN\b"), ("ru", r"\bPIN\b"), ("ru", r"\b[Рр]аботник")]
)
def test_a_thing_has_one_name_in_a_language(language: str, other: str) -> None:
    """What signs in is a PİN-kod or ПИН-код, who signs in a сотрудник, on every screen and paper."""
    said = [key for key, words in catalogue(language).items() if re.search(other, str(words))]
    assert said == []
