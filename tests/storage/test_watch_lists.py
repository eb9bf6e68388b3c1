"""A desk's copy of a watch list: never less than it was before the next version is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.domain.catalogue import ListState, WatchState
from azpost_desk.domain.refusals import Trouble
from azpost_desk.domain.watch_lists import Listed
from azpost_desk.protocol.news import Reference
from azpost_desk.protocol.watch import ListAsked, ListTold
from azpost_desk.storage import watch_lists
from tests.storage.desks import piece

if TYPE_CHECKING:
    from azpost_desk.storage.books import DeskBooks
    from tests.storage.play import Player


def entry(number: str, source: str = "ofac") -> bytes:
    return msgspec.json.encode(
        Listed(source=source, id=number, kind="person", names=((f"SOMEBODY {number}", "name"),))
    )


@pytest.fixture
def books(player: Player) -> DeskBooks:
    """The centre has told of version 2 of one list."""
    state = WatchState(lists=(ListState(source="ofac", version=2, entries=3, as_of_ms=200),))
    told = Reference(
        name="watch", version=1, valid_from="2026-01-01", content=msgspec.Raw(msgspec.json.encode(state))
    )
    player.books.store_news([piece(player.books.news_position() + 1, "reference", told)], 1)
    return player.books


def ids(books: DeskBooks) -> list[str]:
    with books.writing():
        return [one.id for one in watch_lists.entries_of(books._desk.connection)]


def ask(books: DeskBooks) -> ListAsked:
    asked = books.list_wanted()
    assert asked is not None
    return asked


def first_piece(*, more: bool = True) -> ListTold:
    return ListTold(
        version=2, as_of_ms=200, entries=3, whole=True, put=(entry("1"), entry("2")), after="2", more=more
    )


def last_piece() -> ListTold:
    return ListTold(version=2, as_of_ms=200, entries=3, whole=True, begun=False, put=(entry("3"),), after="3")


def has_version_2(books: DeskBooks) -> None:
    assert books.keep_list(ask(books), first_piece())
    assert books.keep_list(ask(books), last_piece())
    assert books.list_wanted() is None


def test_a_list_comes_in_pieces_and_goes_on_where_it_stopped(books: DeskBooks) -> None:
    assert ask(books) == ListAsked(source="ofac")
    assert books.keep_list(ask(books), first_piece())
    assert ask(books) == ListAsked(source="ofac", towards=2, towards_ms=200, after="2")
    assert books.keep_list(ask(books), last_piece())
    assert (ids(books), books.list_wanted()) == (["1", "2", "3"], None)


def test_changes_replace_and_take_away(books: DeskBooks) -> None:
    has_version_2(books)
    told = ListTold(version=3, as_of_ms=300, entries=3, put=(entry("4"),), gone=("2",), after="4")
    assert books.keep_list(ListAsked(source="ofac", version=2, as_of_ms=200), told)
    assert ids(books) == ["1", "3", "4"]


def test_told_whole_again_nothing_is_taken_away_before_all_has_come(books: DeskBooks) -> None:
    has_version_2(books)
    told = ListTold(version=1, as_of_ms=400, entries=2, whole=True, put=(entry("7"),), after="7", more=True)
    books.keep_list(ListAsked(source="ofac", version=2, as_of_ms=200), told)
    assert ids(books) == ["1", "2", "3", "7"]
    assert ask(books) == ListAsked(source="ofac", towards=1, towards_ms=400, after="7")
    end = ListTold(version=1, as_of_ms=400, entries=2, whole=True, begun=False, put=(entry("8"),), after="8")
    books.keep_list(ask(books), end)
    assert ids(books) == ["7", "8"]


def test_a_copy_that_does_not_count_up_is_fetched_whole(books: DeskBooks) -> None:
    assert not books.keep_list(ask(books), first_piece(more=False))
    assert ask(books) == ListAsked(source="ofac")


@pytest.mark.parametrize("content", [b"", b"\xff", b'{"source":"ofac"}', entry("3", source="un")])
def test_what_is_no_entry_of_the_list_leaves_everything_as_it_was(books: DeskBooks, content: bytes) -> None:
    has_version_2(books)
    told = ListTold(version=3, as_of_ms=300, entries=1, whole=True, put=(entry("9"), content))
    with pytest.raises(Trouble, match="L-004"):
        books.keep_list(ListAsked(source="ofac", version=2, as_of_ms=200), told)
    assert ids(books) == ["1", "2", "3"]
    assert books.list_wanted() is None


def test_a_piece_of_another_way_is_refused(books: DeskBooks) -> None:
    books.keep_list(ask(books), first_piece())
    with pytest.raises(Trouble, match="L-004"):
        books.keep_list(ask(books), msgspec.structs.replace(last_piece(), as_of_ms=201))
    assert ids(books) == ["1", "2"]


def test_a_desk_that_was_told_of_no_list_asks_for_none(player: Player) -> None:
    assert player.books.list_wanted() is None
