"""Every reason on the exceptions list has its sentence."""

from __future__ import annotations

import pytest

from azpost_desk.central.exceptions import OWNERS
from azpost_desk.texts import Texts

pytestmark = pytest.mark.fast


@pytest.mark.parametrize("language", ["az", "ru", "en"])
def test_every_exception_has_its_sentence(language: str) -> None:
    texts = Texts(language)
    assert [reason for reason in OWNERS if not texts.has(f"central.exception.{reason}")] == []
