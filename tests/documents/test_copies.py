"""Whatever is printed again says so on every page, in the language of the paper: no second original."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from azpost_desk.documents import press
from azpost_desk.domain.money import Money
from azpost_desk.domain.papers import CopyState, CountedPieces, StoredPaper
from azpost_desk.texts import LANGUAGES, Texts
from tests.documents import samples
from tests.documents.test_papers import PAPERS

if TYPE_CHECKING:
    from azpost_desk.domain.papers import CopyKind, Paper

KINDS: tuple[CopyKind, ...] = ("copy", "duplicate")


def pages(pdf: bytes) -> list[str]:
    """The text of each page, with plain spaces."""
    read = [page.extract_text().replace("\u00a0", " ") for page in PdfReader(io.BytesIO(pdf)).pages]
    return [" ".join(text.split()) for text in read]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAPERS)
def test_every_paper_printed_again_is_marked_with_its_number(name: str, language: str) -> None:
    """The day's report is stored bytes: it is marked as those are."""
    texts, paper = Texts(language), PAPERS[name][1]
    for kind in KINDS:
        copy = CopyState(kind, 3)
        words = texts.t(f"papers.{kind}", number=3)
        drawn = press.pdf(paper, texts)
        is_kept = name == "report"
        again: Paper = StoredPaper(drawn, copy) if is_kept else replace(paper, copy=copy)
        assert all(words in page for page in pages(press.pdf(again, texts)))


def test_the_mark_stands_on_each_page_of_a_long_act() -> None:
    long = replace(samples.TILL_CLOSE, counts=tuple(CountedPieces(Money(n), 1) for n in range(1, 200)))
    texts = Texts("ru")
    assert len(pages(press.pdf(long, texts))) > 1
    marked = pages(press.pdf(replace(long, copy=CopyState("copy", 2)), texts))
    assert all("КОПИЯ 2" in page for page in marked)


def test_stored_bytes_stay_whole_below_the_mark_and_keep_their_language() -> None:
    """An office that speaks Russian today prints the copy of an Azerbaijani report."""
    stored = press.pdf(samples.REPORT, Texts("az"))
    again = press.pdf(StoredPaper(stored, CopyState("copy", 1)), Texts("ru"))
    assert again.startswith(stored)
    assert len(pages(stored)) > 1
    assert all("SURƏT 1" in page for page in pages(again))
    assert again == press.pdf(StoredPaper(stored, CopyState("copy", 1)), Texts("ru"))


def test_an_older_paper_without_a_language_is_marked_in_the_offices() -> None:
    stored = press.pdf(samples.REPORT, Texts("az"))
    older = stored.replace(b"/Lang (az)", b"/Mode (az)")
    assert older != stored
    marked = press.pdf(StoredPaper(older, CopyState("copy", 2)), Texts("en"))
    assert all("COPY 2" in page for page in pages(marked))
