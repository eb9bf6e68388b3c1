"""What a clerk looks at between customers: the papers of the day, what the one box finds, help, languages.

In: nothing but the day that was played so far. Out: steps that sell nothing and leave every figure alone.
"""

from __future__ import annotations

from typing import Final

from azpost_desk.rehearsal.steps import At, Chapter, Gone, Instruction, Picture, See, Type, keys

_PAPERS: Final = "Bu iş yerinin bugünkü kağızları"
_HELP: Final = "Düymələr"


def papers_of_the_day() -> list[Instruction]:
    """The drawer at the right: opened, looked at, closed."""
    return [
        Chapter("the papers of the day"),
        keys("Ctrl+F9"),
        See(_PAPERS),
        Picture("papers"),
        keys("Esc"),
        Gone(_PAPERS),
    ]


def _ask(words: str) -> list[Instruction]:
    """Ctrl K, the words, Enter; what was typed is read before it is asked."""
    return [keys("Ctrl+K"), *_ask_there(words)]


def _ask_there(words: str) -> list[Instruction]:
    """The same where the sheet that was closed just now gave the place back to the box."""
    return [Type(words), See(words), keys("Enter")]


def one_box() -> list[Instruction]:
    """A price, an office, an act and a customer by what is typed after Ctrl K."""
    return [
        Chapter("the one box: a price, an office, an act, a customer"),
        At("12:52"),
        *_ask("200 Bakı"),
        See("→ Bakı 10"),
        Picture("box-price"),
        *_ask("AZ1010"),
        See("Bakı 10"),
        Picture("box-office"),
        keys("Esc"),
        Gone("Bakı 10"),
        *_ask_there("kömək"),
        Picture("box-act"),
        keys("Enter"),
        See(_HELP),
        Picture("help"),
        keys("Esc"),
        Gone(_HELP),
        *_ask_there("5KL2M7A"),
        See("Pul göndərdikləri"),
        Picture("customer-file"),
    ]


def languages() -> list[Instruction]:
    """Both other languages, chosen in the officer's menu."""
    return [
        Chapter("English and Russian for a minute"),
        At("14:45"),
        *_next_language("Azərbaycanca", "Русский"),
        See("Помощь"),
        *_screens(
            ("F2", "Enter возвращает; проданное на другом месте", "sent-abroad"),
            ("Ctrl+3", "Enter открывает перевод для возврата отправителю", "transfers"),
            ("F3", "Платежи за сегодня", "payments"),
            ("F6", "Штук", "goods"),
            ("F7", "Деньги между рабочими местами", "till"),
        ),
        *_next_language("Русский", "English"),
        See("Help"),
        *_screens(
            ("F2", "Enter opens a transfer, to give it back to its sender", "transfers"),
            ("Ctrl+4", "Enter pays back; what another desk sold", "sent-abroad"),
            ("F3", "Today's payments", "payments"),
            ("F6", "Pieces", "goods"),
            ("F7", "Cash between desks", "till"),
        ),
        *_next_language("English", "Azərbaycanca"),
        See("Kömək"),
    ]


def _next_language(now: str, then: str) -> list[Instruction]:
    """By the officer's menu, which says what is chosen."""
    return [
        keys("Ctrl+F12"),
        See(now),
        Picture("officer-menu"),
        keys("3"),
        See(then),
        keys("Esc"),
        Gone(then),
    ]


def _screens(*shown: tuple[str, str, str]) -> list[Instruction]:
    """Each by its key and by what stands on it alone; the transfers open where they were left."""
    return [step for key, heading, name in shown for step in (keys(key), See(heading), Picture(name))]
