"""The columns of what a customer did here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain.catalogue import name_in
from azpost_desk.gui.kit.tables import Column
from azpost_desk.gui.kit.words import Say, language, phrase, plain

if TYPE_CHECKING:
    from azpost_desk.services.customers import Past


def past_columns() -> list[Column[Past]]:
    """When, what, to whom or for what, how much, whether it was undone."""
    key = "customers.screen.column."
    return [
        Column(f"{key}when", lambda one: language().texts.moment(one.at_ms), 136),
        Column(f"{key}what", lambda one: phrase(f"history.screen.kind.{one.kind}"), 148),
        Column(f"{key}about", about_words),
        Column(f"{key}amount", lambda one: language().texts.amount(one.amount), 96, "right"),
        Column(f"{key}state", state_words, 96, state=lambda one: "warn" if one.is_undone else None),
    ]


def about_words(one: Past) -> Say:
    """A biller by its name in the language on the screen, with the account; else the person."""
    biller = name_in(one.biller, language().code)
    return plain(f"{biller} {one.about}".strip())


def state_words(one: Past) -> Say:
    """Nothing for what simply stands."""
    return phrase("history.screen.state.reversed") if one.is_undone else ""
