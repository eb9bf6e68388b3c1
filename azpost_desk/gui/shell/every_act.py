"""Every screen and act by name, as the help sheet calls them: what was typed leads to what can be done.

In: words in the language on the screen. Out: answers of the one box, each with its key; `ACTS` says of every
screen what can be done there without building the screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.names import loose
from azpost_desk.gui.kit.words import say
from azpost_desk.gui.shell.register import FRAME_KEYS
from azpost_desk.services.views import Found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from azpost_desk.gui.kit.screens import Action, Screen, Session

ACTS_MAX: Final = 4
# A customer's file is opened by who it is of.
_OF_A_FILE: Final = frozenset({"customers"})
# What a key does only where the focus already is; nothing to go to.
_LOCAL: Final = frozenset({"Enter", "Esc", "1"})


def acts_of(name: str) -> list[Action]:
    """What can be done on a screen, its acts bound to nothing; see `Screen.actions_here`."""
    make = _acts().get(name)
    return make() if make is not None else []


def _acts() -> dict[str, Callable[[], list[Action]]]:
    # Imported with the first question, as the screens are: nothing of them belongs to the sign-in.
    from azpost_desk.gui.screens.customers import actions as customers
    from azpost_desk.gui.screens.disputes import actions as disputes
    from azpost_desk.gui.screens.express import actions as express
    from azpost_desk.gui.screens.goods import actions as goods
    from azpost_desk.gui.screens.history import actions as history
    from azpost_desk.gui.screens.mail_bags import actions as mail_bags
    from azpost_desk.gui.screens.payments import actions as payments
    from azpost_desk.gui.screens.recovery import actions as recovery
    from azpost_desk.gui.screens.reports import actions as reports
    from azpost_desk.gui.screens.rounds import actions as rounds
    from azpost_desk.gui.screens.staff import actions as staff
    from azpost_desk.gui.screens.tills import actions as tills
    from azpost_desk.gui.screens.tracking import actions as tracking
    from azpost_desk.gui.screens.transfers import actions as transfers

    return {
        "customers": lambda: customers.actions(_none, _none, _none),
        "disputes": lambda: disputes.actions(*[_none] * 4),
        "express": lambda: express.actions(*[_none] * 7),
        "goods": lambda: goods.actions(_none),
        "history": lambda: history.actions(*[_none] * 8),
        "mail_bags": lambda: mail_bags.actions(*[_none] * 7),
        "payments": lambda: payments.actions(_nothing),
        "recovery": lambda: recovery.actions(_nothing, _none, _none, _none),
        "reports": lambda: reports.actions(_none, _none),
        "staff": staff.actions,
        "tills": tills.actions,
        "cash": tills.cash_actions,
        "rounds": lambda: rounds.actions(_none),
        "tracking": lambda: tracking.actions(_none, _none, _none, _none, _none),
        "transfers": lambda: transfers.actions(_nothing, _none, _none),
    }


def acts_like(typed: str, session: Session, kinds: Sequence[type[Screen]]) -> list[Found]:
    """Screens first, then acts, whose names have every word that was typed, as far as it was typed."""
    keys = loose(typed).split()
    if not keys:
        return []
    found = [one for name, one in _named(session, kinds) if _fits(keys, loose(name).split())]
    return sorted(found, key=lambda one: "/" in one.key)[:ACTS_MAX]


def _named(session: Session, kinds: Sequence[type[Screen]]) -> Iterator[tuple[str, Found]]:
    for kind in kinds:
        if not session.may(kind.permission) or kind.name in _OF_A_FILE:
            continue
        screen = say(kind.words)
        yield screen, Found("act", kind.name, screen, _shown(kind.key), sure=False)
        for act in acts_of(kind.name):
            if act.key in _LOCAL or not session.may(act.permission):
                continue
            name = say(act.words)
            titled = f"{name} · {screen}"
            yield name, Found("act", f"{kind.name}/{act.name}", titled, _shown(act.key), sure=False)
    for words, key in FRAME_KEYS.items():
        yield say(words), Found("act", f"/{words}", say(words), _shown(key), sure=False)


def _fits(keys: Sequence[str], words: Sequence[str]) -> bool:
    return all(any(word.startswith(key) for word in words) for key in keys)


def _shown(key: str) -> str:
    return key.replace("+", " ")


def _none() -> None:
    """Stands for an act of a screen that is not built yet."""


def _nothing(_mode: str) -> None:
    """The same for an act that shows a mode."""
