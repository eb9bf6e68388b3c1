"""What must come with some events, asked once per scan while the next scans wait in order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from azpost_desk.domain.item_numbers import printed_item_number, read_item_number
from azpost_desk.domain.mail.pickup import is_code
from azpost_desk.domain.mail.proof import takes_code
from azpost_desk.domain.mail.scanning import ABROAD
from azpost_desk.gui.kit.amount_field import AmountField
from azpost_desk.gui.kit.buttons import PrimaryButton
from azpost_desk.gui.kit.cards import Sheet
from azpost_desk.gui.kit.fields import ChoiceField, DateField, Field, TextField, choices_of, read_date
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.signature_pad import SignaturePad, picture
from azpost_desk.gui.kit.theme import GAP_WIDE
from azpost_desk.gui.kit.words import Say, phrase, plain

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from azpost_desk.domain.mail.scanning import EventHere
    from azpost_desk.domain.scans import Scan
    from azpost_desk.services.scan_items import ScanItem

_WIDTH_PX: Final = 420
# With a place to sign beside the fields.
_SIGNED_WIDTH_PX: Final = 780
_USUAL: Final = {"relation": "self", "signed": "screen"}
# A code comes before the name: with it nobody asks for one.
_ORDER: Final = (
    "reason", "measure", "duty", "relation", "document", "receptacle", "signatory", "until", "signed"
)  # fmt: skip
_DUE: Final = "duty_due"
# What customs say of an item is no reason why it was not delivered, nor is why it is held.
_REASONS: Final = {
    "EMH": "tracking.screen.reason",
    "EXC": "tracking.screen.reason_customs",
    "EDC": "tracking.screen.reason_customs",
}
# What can be scanned where it is asked what the items lie in.
_RECEPTACLES: Final = frozenset({"receptacle", "mail_bag"})


class NeedsSheet(Sheet):
    """Reason and measure, who signed, what it lies in. Esc lets the scan be refused, which is recorded too.

    What was said before stands there again when a pick-up code was not believed (`wrong`), or when somebody
    is to be asked by telephone first (`by_phone`).

    Signals:
        told(object): the `ScanItem`, complete or, after Esc, as it was.
    """

    told = Signal(object)

    def __init__(
        self, over: QWidget, event: EventHere, command: ScanItem, wrong: Say = "", *, by_phone: bool = False
    ) -> None:
        width_px = _SIGNED_WIDTH_PX if "signed" in event.needs else _WIDTH_PX
        super().__init__(over, event.text_key, side="right", width_px=width_px, keep_on_escape=True)
        self._command = command
        self.save = PrimaryButton("tracking.screen.save", hint="tracking.screen.enter")
        self.form = Form(self.save)
        self.waiting = Label("", "muted", wrap=True)
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_WIDE)
        column.addWidget(Label(plain(_printed(command.raw)), "big"))
        self.pad: SignaturePad | None = None
        self.by_phone: TextField | None = None
        if by_phone:
            self.by_phone = TextField("tracking.screen.asked", name="asked", max_length=80)
            self.form.add(self.by_phone)
            column.addWidget(self.by_phone)
        self._ask(event, column)
        column.addWidget(self.save)
        column.addWidget(Label("tracking.screen.needs_escape", "hint", wrap=True))
        column.addWidget(self.waiting)
        column.addStretch()
        self.body.addWidget(self.form)
        self.save.clicked.connect(self._on_save)
        self.form.escaped.connect(lambda _dirty: self.escaped.emit())
        self.escaped.connect(lambda: self.told.emit(self._command))
        if "document" in event.needs:
            self.form.field("document").changed.connect(self._on_shown)
            self.form.field("relation").changed.connect(self._on_shown)
        if "duty" in event.needs:
            self.form.field("reason").changed.connect(self._on_reason)
            self._on_reason()
        if "measure" in event.needs:
            self._event = event
            self.form.field("reason").changed.connect(self._on_why)
        if wrong:
            self._show_again(event, wrong)

    def _ask(self, event: EventHere, column: QVBoxLayout) -> None:
        asked, beside = QVBoxLayout(), QVBoxLayout()
        for each in (asked, beside):
            each.setSpacing(GAP_WIDE)
        for need in sorted(event.needs, key=_ORDER.index):
            field = _field(event, need)
            self.form.add(field)
            (beside if need == "signed" else asked).addWidget(field)
            if need == "signed":
                self.pad = SignaturePad("tracking.screen.sign_here")
                self.pad.changed.connect(field.clear_error)
                beside.addWidget(self.pad)
                beside.addWidget(Label("tracking.screen.sign_here", "hint", wrap=True))
        sides = QHBoxLayout()
        sides.setSpacing(GAP_WIDE)
        sides.addLayout(asked, 1)
        if self.pad is not None:
            sides.addLayout(beside)
            asked.addStretch()
            beside.addStretch()
        column.addLayout(sides)

    def take_label(self, scan: Scan) -> bool:
        """The label of what the items lie in, where this is asked; False = it is none, or nobody asks."""
        if scan.kind not in _RECEPTACLES or not scan.value:
            return False
        field = next((one for one in self.form.fields if one.name == "receptacle"), None)
        if field is None:
            return False
        field.put(scan.value)
        self.form.focus_first()
        return True

    def show_waiting(self, count: int) -> None:
        """How many scans came meanwhile."""
        self.waiting.say(phrase("tracking.screen.waiting", count=count) if count else "", "warn")

    def _show_again(self, event: EventHere, wrong: Say) -> None:
        for need in event.needs:
            said = getattr(self._command, need)
            # The code stands where the document would.
            self.form.field(need).fill(said or self._command.code if need == "document" else said)
        if self.pad is not None and self._command.signature is not None:
            self.pad.restore(self._command.signature)
        (self.by_phone or self.form.field("document")).set_error(wrong)

    def _code(self) -> str:
        """The six digits, where the addressee stands there and they are no document."""
        shown = "".join(self.form.field("document").text().split())
        return shown if is_code(shown) and takes_code(self.form.field("relation").text()) else ""

    def _on_shown(self) -> None:
        # Whoever has the code is the addressee: there is no name to ask for.
        self.form.field("signatory").setVisible(not self._code())

    def _on_reason(self) -> None:
        # Only where duty is due is there a sum to ask for.
        self.form.field("duty").setVisible(self.form.field("reason").text() == _DUE)

    def _on_why(self) -> None:
        measure = self.form.field("measure")
        assert isinstance(measure, ChoiceField)
        left = self._event.measures_after(self.form.field("reason").text())
        measure.set_choices(choices_of(left, "express.measure."))

    def _duty_qapik(self) -> int:
        field = self.form.field("duty")
        assert isinstance(field, AmountField)
        money = field.money() if self.form.field("reason").text() == _DUE else None
        return money.minor if money else 0

    def _on_save(self) -> None:
        if self.form.verify():
            said: dict[str, Any] = dict(self.form.values())
            if said.pop("duty", None) is not None:
                said["duty_qapik"] = self._duty_qapik()
                if said["reason"] == _DUE and not said["duty_qapik"]:
                    self.form.field("duty").set_error(phrase("express.scan.duty_missing", number=""))
                    return
            if "document" in said and (code := self._code()):
                said |= {"code": code, "document": ""}
            if self.pad is not None and said["signed"] == "screen":
                drawn = self.pad.signature()
                if drawn is None:
                    self.form.field("signed").set_error("tracking.screen.nobody_signed")
                    return
                said |= {"signature": drawn, "picture": picture(drawn)}
            if "until" in said:
                day = read_date(said["until"])
                said["until"] = day.isoformat() if day else ""
            self.told.emit(replace(self._command, **said))


def _field(event: EventHere, need: str) -> Field:
    words = (
        _REASONS.get(event.code, "tracking.screen.reason_plain")
        if need == "reason"
        else f"tracking.screen.{need}"
    )
    if offered := event.offers(need):
        choice = ChoiceField(words, choices_of(offered, f"express.{need}."), name=need)
        # What is so nearly always stands there already.
        choice.fill(_USUAL.get(need, ""))
        return choice
    if need == "document":
        hint = "tracking.screen.shown_hint"
        return TextField("tracking.screen.shown", name=need, hint=hint, optional=True, max_length=40)
    if need == "duty":
        return AmountField(words, name=need, optional=True)
    if need == "until":
        return DateField(words, name=need)
    if need == "receptacle":
        field = TextField(words, name=need, max_length=40)
        field.example = plain("AZBAKATRISTAAEN60001001010045" if event.code in ABROAD else "BAG-000123")
        return field
    # Whoever takes a bag over signs for it as whoever takes an item does.
    return TextField("tracking.screen.taken_by" if event.is_series else words, name=need, max_length=120)


def _printed(text: str) -> str:
    """An item's number as it stands on the label; other text as it was read."""
    item = read_item_number(text)
    return printed_item_number(item.number) if item.number else text.strip()
