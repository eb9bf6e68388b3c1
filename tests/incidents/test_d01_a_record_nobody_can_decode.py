"""D-01: one record that the centre cannot decode."""

from __future__ import annotations

import pytest

from azpost_desk.sync.exchanges import Exchanges
from azpost_desk.sync.wire import Wire
from tests.sync.honest import MemoryBooks, WhoIAm
from tests.sync.post import running


@pytest.mark.parametrize("strange", ["future.thing", "settlement\N{RIGHT-TO-LEFT OVERRIDE}", "x" * 500])
def test_it_is_kept_acknowledged_and_listed_and_the_desk_goes_on(postgres: str, strange: str) -> None:
    """A newer program's desk, or a broken one: whatever it wrote holds up nobody."""
    with running(postgres) as post:
        key, told = post.introduce("2002-2")
        who = WhoIAm(told.desk, told.epoch, told.centre_epoch, told.centre_key, told.grants_key)
        books = MemoryBooks(who, key)
        exchanges = Exchanges(books, Wire(post.line.url), post.clock)
        books.sell(2)
        books.sell(1, kind=strange)
        books.sell(2)
        while exchanges.once().again:
            pass
        assert books.waiting() == (0, 0)
        assert len(post.holds("2002-2", [1])) == 5
        listed = post.ask("select sequence, reason, owner from exceptions where desk = '2002-2'")
        assert listed == [(3, "unknown_kind", "software")]
