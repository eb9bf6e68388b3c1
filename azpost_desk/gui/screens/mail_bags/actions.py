"""Names and keys of what can be done with inland bags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.screens import Action

if TYPE_CHECKING:
    from collections.abc import Callable

OUT_KEY: Final = "Ctrl+O"
VOID_KEY: Final = "Ctrl+Z"
REOPEN_KEY: Final = "Ctrl+R"
GIVE_UP_KEY: Final = "Ctrl+Shift+Del"
IRREGULAR_KEY: Final = "Ctrl+G"
WEIGH_KEY: Final = "Ctrl+W"
LABEL_KEY: Final = "Ctrl+N"


def actions(
    take_out: Callable[[], object],
    void: Callable[[], object],
    reopen: Callable[[], object],
    give_up: Callable[[], object],
    weigh: Callable[[], object],
    label: Callable[[], object],
    irregular: Callable[[], object],
) -> list[Action]:
    """All acts of the screen."""
    may = Permission.SCAN
    return [
        Action("mail_bags.screen.begin", "mail_bags.screen.begin", "Enter", may),
        Action("mail_bags.screen.label", "mail_bags.screen.take_in", LABEL_KEY, may, label),
        Action("mail_bags.screen.take_out", "mail_bags.screen.take_out", OUT_KEY, may, take_out),
        Action("mail_bags.screen.void", "mail_bags.screen.void", VOID_KEY, may, void),
        Action("mail_bags.screen.weigh", "mail_bags.screen.weigh", WEIGH_KEY, may, weigh),
        Action("mail_bags.screen.reopen", "mail_bags.screen.reopen", REOPEN_KEY, may, reopen),
        Action("mail_bags.screen.give_up", "mail_bags.screen.give_up", GIVE_UP_KEY, may, give_up),
        Action("tracking.screen.irregular.do", "tracking.screen.irregular.do", IRREGULAR_KEY, may, irregular),
        Action("mail_bags.screen.to_list", "mail_bags.screen.to_list", "Esc"),
    ]
