"""The run of the tests itself: where it writes, and what its collector goes through."""

from __future__ import annotations

import gc
import os
import tempfile
from pathlib import Path

import pytest

from tests.conftest import MEMORY, RUN_FOLDER

pytestmark = pytest.mark.fast


def test_what_it_writes_for_a_while_lies_where_its_databases_lie() -> None:
    """Its programs and workers hear of the place from their surroundings."""
    folder = Path(os.environ[RUN_FOLDER])
    if not folder.is_relative_to(MEMORY):
        pytest.skip("this machine has no memory to spare for files")
    assert Path(tempfile.gettempdir()) == Path(os.environ["TMPDIR"]) == folder / "temporary"


def test_what_was_collected_is_no_garbage_and_is_not_gone_through_again() -> None:
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
