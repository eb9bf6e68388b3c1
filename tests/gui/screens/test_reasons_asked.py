"""What is asked with a scan is called what it is: why nobody took it, what customs decided, or a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain.mail.scanning import event_here
from azpost_desk.gui.kit.fields import ChoiceField
from azpost_desk.gui.kit.needs import NeedsSheet
from azpost_desk.gui.kit.words import Language, say
from azpost_desk.services.scan_items import ScanItem
from tests.gui.screens.test_tracking import NUMBERS
from tests.gui.screens.test_tracking import screen as screen

if TYPE_CHECKING:
    from azpost_desk.gui.screens.tracking.screen import TrackingScreen


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ("EMH", "tracking.screen.reason"),
        ("EDF", "tracking.screen.reason_plain"),
        ("EDC", "tracking.screen.reason_customs"),
        ("EXC", "tracking.screen.reason_customs"),
        ("EME", "tracking.screen.reason_plain"),
    ],
)
def test_a_reason_is_called_by_what_it_is_the_reason_of(
    screen: TrackingScreen, event: str, words: str
) -> None:
    sheet = NeedsSheet(screen, event_here(event), ScanItem(NUMBERS[0], event))
    for code in ("az", "ru", "en"):
        Language.current().choose(code)
        assert sheet.form.field("reason").editor.accessibleName() == say(words)


def test_a_reason_leaves_only_the_measures_that_go_with_it(screen: TrackingScreen) -> None:
    sheet = NeedsSheet(screen, event_here("EMH"), ScanItem(NUMBERS[0], "EMH"))
    reason, measure = sheet.form.field("reason"), sheet.form.field("measure")
    assert isinstance(measure, ChoiceField)
    reason.put("absent")
    measure.put("card_left")
    reason.put("refused")
    assert [one.value for one in measure.choices()] == ["returned", "handed_over"]
    # What no longer goes with it is chosen no longer.
    assert measure.text() == ""
    measure.put("returned")
    reason.put("moved")
    assert measure.text() == "returned"
    assert len(measure.choices()) > 2


def test_customs_duty_is_asked_for_only_where_it_is_due(screen: TrackingScreen) -> None:
    sheet = NeedsSheet(screen, event_here("EDC"), ScanItem(NUMBERS[0], "EDC"))
    reason, duty = sheet.form.field("reason"), sheet.form.field("duty")
    told: list[ScanItem] = []
    sheet.told.connect(told.append)
    reason.put("no_duty")
    assert not duty.isVisibleTo(sheet)
    reason.put("duty_due")
    assert duty.isVisibleTo(sheet)
    sheet.save.click()
    assert told == []
    duty.put("12,50")
    sheet.save.click()
    assert [one.duty_qapik for one in told] == [1_250]
