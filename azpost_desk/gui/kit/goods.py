"""The goods of an item for abroad: one line in hand, those taken below it, their sums held against the item.

In: what the clerk types of each sort of goods. Out: declared lines; whoever holds the card has them checked
before they are taken (`asked`) and says so with `take`, or shows what is wrong with `show_refusal`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from azpost_desk.domain.catalogue import name_in
from azpost_desk.domain.mail import prohibited
from azpost_desk.domain.mail.declaration import DeclaredLine
from azpost_desk.domain.money import Money
from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit import abroad_values as decide
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.cards import Card
from azpost_desk.gui.kit.country import CountryField
from azpost_desk.gui.kit.fields import AmountField, Choice, ChoiceField, TextField
from azpost_desk.gui.kit.hs_field import HsField
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.offered import Offered
from azpost_desk.gui.kit.words import counted_phrase, phrase, plain, refusal, written
from azpost_desk.gui.work.runner import Operation
from azpost_desk.services.hs_list import hs_index

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.domain.mail.goods import HsFound
    from azpost_desk.gui.kit.fields import Field
    from azpost_desk.gui.kit.words import Say
    from azpost_desk.services.mail_abroad import Judged

# The last line of goods comes back into hand.
BACK_KEY: Final = "Ctrl+Up"
_AT_LINE: Final = re.compile(r"lines\[([0-9]+)\]\.(.+)")


class GoodsCard(Card):
    """What is inside.

    Signals:
        found(): the codes of the words in hand have been looked for.
        picked(): a code, or none, was chosen, or a line of an earlier item.
        changed(): a line was taken or taken back.
    """

    found = Signal()
    picked = Signal()
    changed = Signal()

    def __init__(self) -> None:
        super().__init__("express.abroad.card.goods")
        self.lines: list[DeclaredLine] = []
        self.looked_at: set[int] = set()
        self.is_searching = False
        self._currency, self._gross_grams = "AZN", 0
        key = "express.abroad."
        self.words = TextField(
            f"{key}goods", name="declared.description", check=decide.require_described, max_length=60
        )
        self.words.example = f"{key}goods_example"
        self.codes = HsField()
        self.code = TextField(
            f"{key}hs", name="declared.hs", optional=True, check=decide.require_code, max_length=10
        )
        self.code.example = plain("090230")
        self.quantity = TextField(
            f"{key}quantity", name="declared.quantity", check=decide.read_quantity, max_length=5
        )
        self.net = TextField(f"{key}net", name="declared.net_grams", check=decide.read_net, max_length=8)
        self.net.example = "express.screen.weight_hint"
        self.value = AmountField(f"{key}value", name="declared.value")
        self.origin = CountryField(f"{key}origin", name="declared.origin", optional=True)
        self.looked = ChoiceField(f"{key}looked", [Choice("yes", f"{key}looked.yes")], name="declared.looked")
        self.used = Offered()
        self.sums = Label("", "strong", wrap=True)
        self.back = Button(f"{key}line_back", BACK_KEY, role="quiet", bind=False)
        self._taken = QVBoxLayout()
        self._rows: list[QWidget] = []
        self._build()
        self.words.edited.connect(self._on_words)
        self.words.left.connect(self._search)
        self.codes.picked.connect(self._on_code)
        self.used.picked.connect(self._on_used)
        self.back.clicked.connect(lambda: self.take_back())
        self.clear()

    def _build(self) -> None:
        # Above the field in which their digits pick: the field in hand is kept in sight from below.
        self.row(self.used)
        self.row(self.words, self.code, self.origin, stretches=(8, 4, 4))
        self.row(self.codes)
        self.row(self.looked)
        self.row(self.quantity, self.net, self.value, stretches=(3, 4, 5))
        self._taken.setSpacing(2)
        self.grid.addLayout(self._taken, self.grid.rowCount(), 0)
        self.row(self.sums, self.back, stretches=(1, 0))

    @property
    def fields(self) -> list[Field]:
        """In the order in which they are filled in."""
        return [
            self.words, self.codes, self.looked, self.code, self.quantity, self.net, self.value, self.origin,
        ]  # fmt: skip

    def here(self) -> Field | None:
        """The field of the line in hand that has the focus."""
        return next((one for one in self.fields if one.editor.hasFocus()), None)

    def next_waiting(self, here: Field | None = None) -> Field | None:
        """The first field behind `here` that the line in hand still needs."""
        fields = self.fields[self.fields.index(here) + 1 :] if here is not None else self.fields
        waits = (one for one in fields if one.is_empty() and not one.is_skipped())
        return next((one for one in waits if one is self.codes or not one.optional), None)

    def clear(self) -> None:
        """Nothing is inside."""
        self.lines, self.looked_at = [], set()
        self._empty()
        self._show_lines()

    def weigh_against(self, gross_grams: int, currency: str, *, is_trade: bool) -> None:
        """What the lines are held against; goods of trade need a code and an origin."""
        self._gross_grams, self._currency = gross_grams, currency
        self.value.set_currency(currency)
        self.code.optional = self.origin.optional = not is_trade
        self._say_sums()

    def in_hand(self) -> DeclaredLine | None:
        """The line in hand, None while it is not whole; what is wrong is shown."""
        wrong = [one for one in self.fields if not one.isHidden() and not one.verify_last()]
        money = self.value.money()
        if wrong or money is None:
            (wrong[0] if wrong else self.value).setFocus()
            return None
        return DeclaredLine(
            description=self.words.text(),
            quantity=decide.read_quantity(self.quantity.text()),
            net_grams=decide.read_net(self.net.text()),
            value_minor=money.minor,
            hs=self.code.text(),
            origin=self.origin.code(),
        )

    def take(self, line: DeclaredLine) -> None:
        """The line in hand is in order: the next one begins."""
        if self.looked.text():
            self.looked_at.add(len(self.lines))
        self.lines.append(line)
        self._empty()
        self._show_lines()
        self.changed.emit()

    def take_back(self, at: int = -1) -> None:
        """A line taken comes back into hand, unless another is in hand: nothing typed is lost."""
        if not self.lines or not self.words.is_empty():
            return
        at %= len(self.lines)
        line = self.lines.pop(at)
        self.looked_at = {one - (one > at) for one in self.looked_at if one != at}
        self._enable(True)
        self.words.put(line.description)
        self.code.put(line.hs)
        self.quantity.put(str(line.quantity))
        self.net.put(str(line.net_grams))
        self.value.set_money(Money(line.value_minor, self._currency))
        self.origin.show_country(line.origin)
        self._show_lines()
        self.words.setFocus()
        self.changed.emit()

    def show_declared(self, lines: Sequence[DeclaredLine]) -> None:
        """These lines were declared before, and stand as if they had been taken here."""
        self.clear()
        self.lines = list(lines)
        self._show_lines()

    def require(self, at: int, told: Judged, language: str) -> None:
        """Refuse the line (from 0) that no post takes, that is to be looked at, or that has a fault.

        Raises:
            Refused: E-094, E-096, or the first fault but that of the explanation, which is typed elsewhere.
        """
        field = f"lines[{at + 1}].description"
        for hit in (one for one in told.contents.hits if one.line == at):
            article = name_in(hit.row.names, language)
            if hit.verdict == prohibited.REFUSED:
                raise Refused("E-094", field, article=article, source=hit.row.source)
            if hit.verdict == prohibited.ASK and not self.looked.text():
                self.ask_to_look(Refused("E-096", article=article))
                raise Refused("E-096", f"lines[{at + 1}].looked", article=article)
        for fault in told.faults:
            if fault.field != "explanation":
                raise fault

    def ask_to_look(self, no: Refused) -> None:
        """Only called like something prohibited: the clerk looks, and says so."""
        self.looked.show()
        self.looked.set_hint(refusal(no), "warn")

    def named_here(self, no: Refused) -> Refused:
        """A refusal about a line, by the field of the line in hand; a line taken comes back into hand."""
        if no.code == "E-067":
            return Refused(no.code, field=self.net.name, **no.facts)
        match = _AT_LINE.fullmatch(no.field or "")
        if match is None:
            return no
        if int(match[1]) <= len(self.lines):
            self.take_back(int(match[1]) - 1)
        return Refused(no.code, field=f"declared.{match[2]}", **no.facts)

    # --- the line in hand ------------------------------------------------------------------------------

    def _on_words(self) -> None:
        if self.used.takes(self.words.text()):
            return
        self.codes.offer(())
        self.looked.clear()
        self.looked.hide()
        if self.words.is_empty():
            self._empty()
            return
        self._enable(True)
        if self.code.filled:
            self.code.clear()

    def _search(self) -> None:
        typed = self.words.text()
        if not typed or not self.code.is_empty():
            return
        self.is_searching = True

        def answered(found: tuple[HsFound, ...]) -> None:
            if self.words.text() == typed:
                self.is_searching = False
                self.codes.offer(found)
                self.found.emit()

        # Off the window's thread: the first search of a day reads the whole list.
        Operation(self, lambda: hs_index().search(typed)).succeeded(answered).start()

    def _on_code(self, one: HsFound | None) -> None:
        self.codes.offer(())
        if one is not None:
            self.code.fill(one.code)
            self.words.put(decide.described(self.words.text(), one))
        self.picked.emit()

    def _on_used(self, line: DeclaredLine) -> None:
        """What it is was said before; how much of it and its worth are this item's."""
        self._enable(True)
        self.words.fill(line.description)
        self.code.fill(line.hs)
        self.quantity.fill(str(line.quantity))
        self.origin.show_country(line.origin)
        self.used.hide()
        self.picked.emit()

    def _empty(self) -> None:
        self.is_searching = False
        for field in self.fields:
            field.clear()
        self.looked.hide()
        self.used.show_again()
        self._enable(False)

    def _enable(self, enabled: bool) -> None:
        for field in self.fields:
            field.setEnabled(enabled or field is self.words)

    # --- the lines taken -------------------------------------------------------------------------------

    def _show_lines(self) -> None:
        for old in self._rows:
            self._taken.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._rows = []
        for at, line in enumerate(self.lines):
            row = Button(self._line_of(at, line), hint=self._worth(line.value_minor), role="rail")
            row.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            row.clicked.connect(lambda _checked=False, one=at: self.take_back(one))
            self._taken.addWidget(row)
            row.show()
            self._rows.append(row)
        self.words.optional = bool(self.lines)
        self.back.setVisible(bool(self.lines))
        self._say_sums()

    def _line_of(self, at: int, line: DeclaredLine) -> Say:
        code = plain(f" · {line.hs}" if line.hs else "")
        return phrase(
            "express.abroad.line", number=at + 1, goods=line.description, code=code, count=line.quantity,
            net=line.net_grams,
        )  # fmt: skip

    def _worth(self, minor: int) -> Say:
        return written("money", Money(minor, self._currency))

    def _say_sums(self) -> None:
        net_grams = sum(one.net_grams for one in self.lines)
        self.sums.setVisible(bool(self.lines))
        is_over = net_grams > self._gross_grams > 0
        words = counted_phrase(
            "express.abroad.sums_over" if is_over else "express.abroad.sums",
            len(self.lines),
            net=net_grams,
            gross=self._gross_grams,
            value=self._worth(sum(one.value_minor for one in self.lines)),
        )
        self.sums.say(words, "bad" if is_over else "")
