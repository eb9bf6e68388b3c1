"""The mail of the played day: one item leaves for abroad, others arrive, a courier goes and comes back."""

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
    return [*_to_istanbul(), *_arrivals(), *_bag(), *_courier()]


def bag_filled(office: str, name: str, *items: str) -> list[Instruction]:
    """On the screen of bags: a new one to an office, found by what is typed, with these items."""
    scans = [step for n, one in enumerate(items, 1) for step in (Scan(one), See(f"· {n} göndəriş"))]
    return [Type(office), keys("Enter"), See(f"→ {name} · 0 göndəriş"), *scans]


def bag_closed(count: int, seal: str) -> list[Instruction]:
    """The bag in hand: counted, on the scale, its seal scanned; its label is printed."""
    return [
        Type(str(count)),
        keys("Enter"),
        See("1,240 kq"),
        keys("Enter"),
        Scan(seal),
        See(seal),
        keys("Enter"),
        See("etiketi çap olunur"),
    ]


def bag_handed_over(driver: str) -> list[Instruction]:
    """Whoever drives says who they are and signs."""
    return [Type(driver), Sign(), keys("Enter"), See("Kisə təhvil verildi")]


def _to_istanbul() -> list[Instruction]:
    """Rəşad sends tea and a scarf to İstanbul: what is inside in his words, the codes picked by a digit."""
    return [
        Chapter("an item for abroad"),
        At("14:10"),
        *sent_to_istanbul("0502123344"),
        Scan("EE000000028AZ"),
        See("yarlıq yerindədir"),
    ]


def sent_to_istanbul(phone: str) -> list[Instruction]:
    """From F4 to the receipt, for somebody who has sent within the country before."""
    return [
        keys("F4 Alt+0"),
        Type("türkiyə"),
        keys("Enter"),
        See("Adı (latın hərfləri ilə)"),
        *_typed(phone),
        See("Tanınan müştəri"),
        *_typed("Gəncə", "Yılmaz Ayşe", "Bağdat Cad. 12/3", "34710", "Istanbul", "+90 212 555 01 02", ""),
        *_typed("30 20 15"),
        See("50,00"),
        *_typed("çay"),
        See("Coffee, tea"),
        Picture("abroad-goods"),
        Type("1"),
        *_typed("2", "700", "14"),
        See("1. tea (çay)"),
        *_typed("ipək şərf"),
        See("Apparel"),
        Type("1"),
        *_typed("1", "150", "40"),
        See("54,00"),
        See("CN 23"),
        Picture("abroad-mail"),
        keys("Enter"),
        Type("1"),
        keys("Enter"),
        See("EMS beynəlxalq, Türkiyə"),
        keys("F10"),
        See("Müştəri nə qədər verdi?"),
        keys("Enter"),
        See("Qəbz"),
    ]


def _typed(*texts: str) -> list[Instruction]:
    """Field by field, each ended with Enter."""
    return [step for text in texts for step in (Type(text), keys("Enter")) if step != Type("")]


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


def _bag() -> list[Instruction]:
    """What was taken in today goes to Bakı in one bag: closed, labelled, signed for by the driver."""
    return [
        Chapter("a bag for the driver"),
        At("14:20"),
        keys("Ctrl+F5"),
        See("Poçt kisələri"),
        *bag_filled("1010", "Bakı 10", "EE000000014AZ", "EE000000028AZ"),
        Picture("bag-filled"),
        *bag_closed(2, "AZP-0012345"),
        Picture("bag-closed"),
        *bag_handed_over("Rzayev Kamal"),
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
