"""Whatever paper the books owe somebody has a name in every language: queue and history show it."""

from __future__ import annotations

import re

import pytest

from azpost_desk.services.slips import PAPER
from azpost_desk.texts import LANGUAGES, Texts
from tests.house.code_rules import ROOT

pytestmark = pytest.mark.fast

QUEUED = {
    name
    for path in (ROOT / "azpost_desk" / "services").glob("*.py")
    for name in re.findall(r'queue_paper\("(\w+)"', path.read_text("utf-8"))
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_queued_paper_has_its_name(language: str) -> None:
    assert {"receipt", "cash_act", "certificate"} <= QUEUED
    for paper in QUEUED | {PAPER, "application", "abroad", "voucher", "label"}:
        key = f"history.screen.paper.{paper}"
        assert Texts(language).t(key) != key
