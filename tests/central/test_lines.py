"""The centre knows what to do with every line that can be sold, and with every one that was undone."""

from __future__ import annotations

from typing import get_args

import pytest

from azpost_desk.central.lines import ACTS
from azpost_desk.domain.lines import Sold

pytestmark = pytest.mark.fast


def test_every_line_has_its_acts() -> None:
    assert set(ACTS) == set(get_args(Sold))
