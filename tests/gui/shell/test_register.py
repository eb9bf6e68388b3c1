"""Screens say themselves where they stand and what they open; no two say the same."""

from __future__ import annotations

from collections import Counter

from azpost_desk.gui.shell.register import place_of, screens


def test_the_rail_has_every_screen_once_in_its_place() -> None:
    assert [one.name for one in screens()] == [
        "transfers", "payments", "express", "tracking", "rounds", "mail_bags", "goods", "tills", "reports",
        "history", "recovery", "disputes", "staff", "cash", "customers",
    ]  # fmt: skip
    assert len({one.place for one in screens()}) == len(screens())


def test_an_answer_opens_in_one_screen() -> None:
    kinds = Counter(kind for one in screens() for kind in one.opens)
    assert set(kinds.values()) == {1}
    assert (place_of("item"), place_of("bill"), place_of("nothing")) == ("tracking", "payments", None)
