"""I-13 in the centre: positions are their deals, what is owed abroad is what the states of transfers say."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from azpost_desk.central.abroad import judging
from azpost_desk.central.checking import check
from azpost_desk.domain import accounts as chart
from tests.central.abroad_post import PEOPLE, Post
from tests.central.abroad_post import post as post

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.domain.lines import AbroadSent


def found(post: Post) -> list[str]:
    return next([one.why for one in verdict.broken] for verdict in check(post.dsn) if verdict.id == "I-13")


@contextmanager
def planted(post: Post, statement: str, back: str) -> Iterator[None]:
    with post.centre.database.transaction() as conn:
        conn.execute(statement.encode())
    yield
    with post.centre.database.transaction() as conn:
        conn.execute(back.encode())


def booked(account: str, more: int) -> str:
    return (
        f"update postings set minor = minor + {more} where account = '{account}' and desk like 'centre%' and"
        f" sequence = (select min(sequence) from postings where account = '{account}' and minor > 0)"
    )


def test_each_planted_fault_in_the_books_abroad_is_named(post: Post) -> None:
    line = post.sent()
    assert found(post) == []
    position = "position GEL in GEL is -449999, its deals come to -450000"
    manat = "position_manat GEL in AZN is 278646, its deals come to 278645"
    with planted(post, booked(chart.POSITION, 1), booked(chart.POSITION, -1)):
        assert position in found(post)
        assert "a deal does not balance: 1 GEL" in found(post)
    with planted(post, booked(chart.POSITION_MANAT, 1), booked(chart.POSITION_MANAT, -1)):
        assert manat in found(post)
    where = f"where transfer = '{line.transfer}'"
    with planted(
        post,
        f"update abroad_out set settled = true {where}",
        f"update abroad_out set settled = false {where}",
    ):
        assert found(post) == [
            f"transfer {line.transfer} is sent, the book has 1 deals of it open and 0 settlements",
            "abroad_due tbilisi in GEL is -50000, the transfers' states say 0",
        ]
    with planted(
        post,
        f"update abroad_out set arrives = 50001 {where}",
        f"update abroad_out set arrives = 50000 {where}",
    ):
        assert found(post) == ["abroad_due tbilisi in GEL is -50000, the transfers' states say -50001"]
    assert post.says(line, "RJCT", reason="AC04") == "owed"
    with planted(
        post,
        f"update abroad_out set state = 'unclaimed' {where}",
        f"update abroad_out set state = 'owed' {where}",
    ):
        assert found(post) == [f"transfer {line.transfer} is unclaimed, the book keeps it apart 0 times"]


def dispute(post: Post, judged: str) -> AbroadSent:
    """Refused for good, then settled after all; two people judge."""
    line = post.sent()
    assert post.says(line, "RJCT", reason="AC04") == "owed"
    with post.centre.database.transaction() as conn:
        conn.execute("update abroad_out set word = '' where transfer = %s", (line.transfer,))
    assert post.says(line, "ACSC") == "disputed"
    with post.centre.database.transaction() as conn:
        judging.proven(conn, post.centre._book, line.transfer, judged, PEOPLE, "letter", post.clock.utc_ms())
    post.hear()
    return line


def test_ma_8_a_judged_dispute_undoes_a_deal_once_or_lets_it_stand_again(post: Post) -> None:
    funds = "select funded, firm from abroad_funds"
    dispute(post, "judged_owed")
    assert post.balance(chart.ABROAD_DUE, "tbilisi", "GEL") == 0
    assert post.balance(chart.POSITION, "GEL", "GEL") == -500_000
    with post.centre.database.transaction() as conn:
        assert conn.execute(funds.encode()).fetchall() == [(500_000, 0)]
    dispute(post, "judged_settled")
    assert post.balance(chart.ABROAD_DUE, "tbilisi", "GEL") == 0
    assert post.balance(chart.POSITION, "GEL", "GEL") == -450_000
    assert found(post) == []
    with post.centre.database.transaction() as conn:
        assert conn.execute(funds.encode()).fetchall() == [(450_000, 0)]


def test_ma_10_money_back_before_a_word_of_settlement_was_taken_and_given(post: Post) -> None:
    line = post.sent()
    post.partner.gives_back(line.transfer, 50_000)
    post.hear()
    assert (post.state(line), post.row(line, "settled")) == ("owed", False)
    with post.centre.database.transaction() as conn:
        kinds = conn.execute(
            "select account, count(*) from postings where account = %s group by account",
            (chart.PARTNER_TRANSIT,),
        ).fetchall()
    assert kinds == [(chart.PARTNER_TRANSIT, 2)]
    assert found(post) == []
