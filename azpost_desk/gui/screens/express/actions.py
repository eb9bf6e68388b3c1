"""Names and keys of what can be done while an item is accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.goods import BACK_KEY
from azpost_desk.gui.kit.screens import Action

if TYPE_CHECKING:
    from collections.abc import Callable

WEIGH_KEY: Final = "Ctrl+W"
COUNTRY_KEY: Final = "Alt+0"
COD_KEY: Final = "Alt+9"
IN_PERSON_KEY: Final = "Alt+8"
INSURED_KEY: Final = "Alt+7"
ADVICE_KEY: Final = "Alt+6"


def actions(
    weigh: Callable[[], object] | None,
    country: Callable[[], object],
    line_back: Callable[[], object],
    cod: Callable[[], object],
    in_person: Callable[[], object],
    insured: Callable[[], object],
    advice: Callable[[], object],
) -> list[Action]:
    """All acts of the screen; `weigh` is None at a counter without a scale."""
    acts = [
        Action("express.screen.add", "express.screen.add", "Enter", Permission.SELL),
        Action("express.abroad.country", "express.abroad.country", COUNTRY_KEY, Permission.SELL, country),
        Action("express.screen.cod", "express.screen.cod", COD_KEY, Permission.SELL, cod),
        Action(
            "express.screen.in_person", "express.screen.in_person", IN_PERSON_KEY, Permission.SELL, in_person
        ),
        Action("express.extra.insured", "express.extra.insured", INSURED_KEY, Permission.SELL, insured),
        Action("express.extra.advice", "express.extra.advice", ADVICE_KEY, Permission.SELL, advice),
        Action("express.abroad.line_back", "express.abroad.line_back", BACK_KEY, Permission.SELL, line_back),
    ]
    if weigh is not None:
        acts.append(Action("express.screen.weigh", "express.screen.weigh", WEIGH_KEY, Permission.SELL, weigh))
    return acts
