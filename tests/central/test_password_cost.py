"""Whoever steals hashes of passwords and PINs pays what RFC 9106 asks for every guess."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import argon2
import pytest

from azpost_desk.central import people
from azpost_desk.central.registry.branches import hashed_pin
from azpost_desk.programs.desk_parts import Argon2

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("hashed", [people._hashed, hashed_pin, Argon2().hash], ids=["people", "pin", "desk"])
def test_a_guess_costs_what_the_second_choice_of_rfc_9106_says(
    hashed: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = argon2.PasswordHasher
    assert isinstance(quick, partial), "elsewhere in the tests a hash is cheap"
    monkeypatch.setattr(argon2, "PasswordHasher", quick.func)
    cost = argon2.extract_parameters(hashed("correct horse"))
    assert cost.type is argon2.Type.ID
    assert (cost.memory_cost, cost.time_cost, cost.parallelism) == (64 * 1024, 3, 4)
