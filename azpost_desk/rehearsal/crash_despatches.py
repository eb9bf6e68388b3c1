"""A desk of an office of exchange through its use cases: a despatch begun, packed, closed, handed over.

In: a desk in whatever state a kill left it. Out: acts as `crash_acts` has them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.mail.proof import Signature
from azpost_desk.rehearsal.crash_worker import CLERK, AtCounter
from azpost_desk.services.despatches import Loaded
from azpost_desk.services.mail_bags import CloseBag
from azpost_desk.services.rounds import Signed

if TYPE_CHECKING:
    from azpost_desk.rehearsal.crash_worker import Act

_WORDS = "Düz deyil"
_INK = Signed(Signature(360, 140, ((20, 20, 100, 100),)))
_DESTINATION = "TRISTA"


class DespatchActs(AtCounter):
    """What the owner of a despatch does."""

    def _begin_despatch(self) -> Act:
        return lambda: self.services.despatches.begin(_DESTINATION, "A", "EN", CLERK)

    def _begin_receptacle(self) -> Act:
        despatch = self._despatch()
        return lambda: self.services.despatches.add(despatch, CLERK)

    def _seal_receptacle(self) -> Act:
        receptacle = self._packed(self._despatch())
        return lambda: self.services.despatches.seal(receptacle, self._sealing(), CLERK, is_last=True)

    def _unseal_receptacle(self) -> Act:
        despatch = self._despatch()
        receptacle = self._sealed_in(despatch)
        return lambda: self.services.despatches.unseal(receptacle, _WORDS, CLERK)

    def _give_up_receptacle(self) -> Act:
        receptacle = self.services.despatches.add(self._despatch(), CLERK).receptacle
        return lambda: self.services.despatches.give_up(receptacle, CLERK)

    def _cancel_despatch(self) -> Act:
        despatch = self._despatch()
        return lambda: self.services.despatches.cancel(despatch, CLERK)

    def _close_despatch(self) -> Act:
        despatch = self._despatch()
        self._sealed_in(despatch)
        return lambda: self.services.despatches.close(despatch, CLERK)

    def _reopen_despatch(self) -> Act:
        despatch = self._closed()
        return lambda: self.services.despatches.reopen(despatch, _WORDS, CLERK)

    def _hand_over_despatch(self) -> Act:
        """All of it, or nothing: the despatch and the items in it."""
        despatch = self._closed()
        scans = [one.s9 for one in self.services.despatches.receptacles(despatch)]
        said = Loaded(scans, "Rzayev Kamal", _INK, asked="Mərkəz")
        return lambda: self.services.despatches.hand_over(despatch, said, CLERK)

    def _despatch(self) -> str:
        return self.services.despatches.begin(_DESTINATION, "A", "EN", CLERK).despatch

    def _packed(self, despatch: str) -> str:
        receptacle = self.services.despatches.add(despatch, CLERK).receptacle
        first = 74_000_000 + self.books.head()[1]
        for number in (first, first + 1):
            self.services.despatches.put_in(receptacle, item_number("EE", number), CLERK)
        return receptacle

    def _sealed_in(self, despatch: str) -> str:
        receptacle = self._packed(despatch)
        self.services.despatches.seal(receptacle, self._sealing(), CLERK, is_last=True)
        return receptacle

    def _closed(self) -> str:
        despatch = self._despatch()
        self._sealed_in(despatch)
        self.services.despatches.close(despatch, CLERK)
        return despatch

    def _sealing(self) -> CloseBag:
        return CloseBag(2, 900, f"D-{self.books.head()[1]}")
