"""The mail of the played day: items arrive and are looked up, a courier goes out with two and comes back."""

from __future__ import annotations

from azpost_desk.rehearsal.steps import (
    At,
    Chapter,
    Instruction,
    Picture,
    Scan,
    See,
    Sign,
    Type,
    keys,
)


def mail() -> list[Instruction]:
    """What the mail clerk and the courier do."""
    return [*_arrivals(), *_courier()]


def _arrivals() -> list[Instruction]:
    return [
        Chapter("arriving mail"),
        At("14:10"),
        keys("F5 2"),
        Scan("EE473124829AZ"),
        Scan("EE009018216TR"),
        Scan("EE473124820AZ"),
        Scan("RB123456785GB", "ru"),
        Scan("EE473124829AZ"),
        Picture("scan-arrivals"),
        keys("Ctrl+K"),
        Type("EE000000014AZ"),
        keys("Enter"),
        See("EE 000 000 014 AZ"),
        Picture("item-timeline"),
    ]


def _courier() -> list[Instruction]:
    """Elvin goes out with two items; one is delivered, for the other a notice is left."""
    return [
        Chapter("a courier's round"),
        At("14:30"),
        keys("Shift+F5 2 Enter"),
        See("Elvin"),
        Scan("EE473124829AZ"),
        See("EE 473 124 829 AZ"),
        Scan("EE009018216TR"),
        See("EE 009 018 216 TR"),
        Sign(),
        Picture("round-out"),
        Type("2"),
        keys("Enter"),
        See("yola salındı"),
        At("16:40"),
        keys("2 Enter"),
        See("2 göndərişdən 2"),
        Scan("EE473124829AZ"),
        See("necə oldu"),
        Picture("round-back"),
        keys("Enter"),
        See("2 göndərişdən 1"),
        Scan("EE009018216TR"),
        See("necə oldu"),
        Type("11"),
        See("2 göndərişdən 0"),
        Sign(),
        Type("1"),
        keys("Enter"),
        See("qəbul edildi"),
    ]
