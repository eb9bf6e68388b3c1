"""A country as a clerk names it: by its letters, a name in any language, or the beginning of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit.fields import TextField
from azpost_desk.gui.kit.words import follow, language, plain
from azpost_desk.services.country_names import country_called, country_name

if TYPE_CHECKING:
    from azpost_desk.gui.kit.words import Say


class CountryField(TextField):
    """One country; left as its name in the language of the window."""

    def __init__(self, words: Say, *, name: str, optional: bool = False) -> None:
        super().__init__(
            words,
            name=name,
            optional=optional,
            placeholder=plain("TR"),
            check=lambda typed: country_called(typed, name),
            max_length=60,
        )
        self._named = ""
        self.example = plain("TR")
        follow(self, self._say_again)

    def code(self) -> str:
        """Its two letters; "" while the field is empty or names none."""
        if self._named:
            return self._named
        try:
            return country_called(self.text(), self.name) if self.text() else ""
        except Refused:
            return ""

    def show_country(self, code: str) -> None:
        """The program names a country; "" empties the field."""
        self.fill(country_name(code, language().code) if code else "")
        self._named = code

    def _tidy(self) -> None:
        code = self.code()
        if code:
            self.put(country_name(code, language().code))
            self._named = code

    def _on_edited(self) -> None:
        self._named = ""
        super()._on_edited()

    def put(self, text: str) -> None:
        """See `Field.put`."""
        self._named = ""
        super().put(text)

    def _say_again(self) -> None:
        if self._named:
            code = self._named
            self.put(country_name(code, language().code))
            self._named = code
