"""Columns of the day by service, of its mail, and of what it leaves open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.papers import Say as PaperWords
from azpost_desk.gui.kit.tables import Column
from azpost_desk.gui.kit.words import language, phrase, plain

if TYPE_CHECKING:
    from azpost_desk.domain.money import Money
    from azpost_desk.domain.papers import ReportMail, Words
    from azpost_desk.gui.kit.labels import State
    from azpost_desk.gui.kit.words import Say
    from azpost_desk.gui.screens.reports.form import OpenMatter, ServiceRow

_MATTERS: Final[dict[str, State]] = {
    "pending": "warn",
    "label": "warn",
    "late": "neutral",
    "reversal": "bad",
    "count": "warn",
}


def said(words: Words) -> Say:
    """Words of a paper as the screen says them."""
    return phrase(words.key, **dict(words.facts)) if isinstance(words, PaperWords) else plain(words)


def service_columns() -> list[Column[ServiceRow]]:
    """Service, count, in, out, fees, cash, card and QR; nothing stands where there is nothing."""

    def amount(words: str, value: str) -> Column[ServiceRow]:
        return Column(
            words,
            lambda row: _written(getattr(row, value)),
            108,
            align="right",
            strong=lambda row: row.is_total,
        )

    return [
        Column("reports.screen.service", lambda row: said(row.title), strong=lambda row: row.is_total),
        Column(
            "reports.screen.count",
            lambda row: language().texts.number(row.count),
            64,
            align="right",
            strong=lambda row: row.is_total,
        ),
        amount("reports.screen.in", "money_in"),
        amount("reports.screen.out", "money_out"),
        amount("reports.screen.fees", "fees"),
        amount("reports.screen.net", "net"),
    ]


def matter_columns() -> list[Column[OpenMatter]]:
    """What kind, its receipt, what it is, how much, how it stands."""
    return [
        Column(
            "reports.screen.matter.kind",
            lambda one: phrase(f"reports.screen.matter.{one.kind}"),
            130,
            state=lambda one: _MATTERS[one.kind],
        ),
        Column("reports.screen.matter.receipt", lambda one: one.receipt, 110),
        Column("reports.screen.matter.what", lambda one: said(one.title)),
        Column("reports.screen.matter.amount", lambda one: _written(one.amount), 108, align="right"),
        Column("reports.screen.matter.words", lambda one: said(one.words), 240),
    ]


def mail_columns() -> list[Column[ReportMail]]:
    """What, how many, how much was taken; what waits beyond its time stands out."""
    return [
        Column("reports.screen.mail.what", lambda one: said(one.title), strong=lambda one: one.is_late),
        Column(
            "reports.screen.mail.count",
            lambda one: language().texts.number(one.count),
            90,
            align="right",
            strong=lambda one: one.is_late,
        ),
        Column("reports.screen.matter.amount", lambda one: _written(one.amount), 108, align="right"),
    ]


def _written(amount: Money) -> str:
    return language().texts.amount(amount) if amount else ""
