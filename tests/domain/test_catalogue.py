"""Names of what the centre hands out: a name in some language is worth more than a number."""

from __future__ import annotations

import pytest

from azpost_desk.domain.catalogue import name_in

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"az": "Su", "ru": "Вода", "en": "Water"}, "Вода"),
        ({"az": "Su", "en": "Water"}, "Su"),
        ({"az": "Su", "ru": ""}, "Su"),
        ({"en": "Water"}, "Water"),
        ({"az": "", "ru": "", "en": "Water"}, "Water"),
        ({}, ""),
    ],
)
def test_a_name_is_said_in_the_nearest_language_there_is(names: dict[str, str], said: str) -> None:
    assert name_in(names, "ru") == said
