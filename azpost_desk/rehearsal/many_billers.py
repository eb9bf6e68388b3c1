"""Demonstration billers, 196 of them beside the sandbox's own four: invented, plain, one account each.

Town by service gives the names; whoever plays the demo has a catalogue of a country's size to search in.
"""

from __future__ import annotations

from typing import Any, Final

_TOWNS: Final = (
    ("Sumqayıt", "Сумгаит", "Sumgait"), ("Mingəçevir", "Мингячевир", "Mingachevir"),
    ("Şirvan", "Ширван", "Shirvan"), ("Naxçıvan", "Нахчыван", "Nakhchivan"),
    ("Lənkəran", "Ленкорань", "Lankaran"), ("Şəki", "Шеки", "Sheki"), ("Yevlax", "Евлах", "Yevlakh"),
    ("Quba", "Губа", "Guba"), ("Qusar", "Гусар", "Gusar"), ("Xaçmaz", "Хачмаз", "Khachmaz"),
    ("Şamaxı", "Шамахы", "Shamakhi"), ("İsmayıllı", "Исмаиллы", "Ismayilli"),
    ("Göyçay", "Гёйчай", "Goychay"), ("Ağdaş", "Агдаш", "Agdash"), ("Zaqatala", "Загатала", "Zagatala"),
    ("Qax", "Гах", "Gakh"), ("Balakən", "Балакен", "Balakan"), ("Tovuz", "Товуз", "Tovuz"),
    ("Qazax", "Газах", "Gazakh"), ("Ağstafa", "Агстафа", "Agstafa"), ("Şəmkir", "Шамкир", "Shamkir"),
    ("Goranboy", "Геранбой", "Goranboy"), ("Tərtər", "Тертер", "Tartar"), ("Bərdə", "Барда", "Barda"),
    ("Sabirabad", "Сабирабад", "Sabirabad"), ("Salyan", "Сальян", "Salyan"),
    ("Masallı", "Масаллы", "Masally"), ("Astara", "Астара", "Astara"),
)  # fmt: skip
_SERVICES: Final = (
    ("internet", ("Net", "Нет", "Net")),
    ("tv", ("Kabel TV", "Кабельное ТВ", "Cable TV")),
    ("water", ("Sukanal", "Суканал", "Sukanal")),
    ("phone", ("Telekom", "Телеком", "Telecom")),
    ("education", ("Musiqi Məktəbi", "Музыкальная школа", "Music School")),
    ("education", ("Uşaq Bağçası", "Детский сад", "Kindergarten")),
    ("other", ("Mənzil İstismar", "Жилищное хозяйство", "Housing Service")),
)
_FIRST: Final = 2001


def many_billers() -> list[dict[str, Any]]:
    """In the form of `providers.DEMO_BILLERS`, numbered from 2001."""
    made: list[dict[str, Any]] = []
    for town in _TOWNS:
        for group, service in _SERVICES:
            number = _FIRST + len(made)
            names = dict(zip(("az", "ru", "en"), map(" ".join, zip(town, service, strict=True)), strict=True))
            account = f"4{number:07d}"
            made.append(
                {
                    "id": str(number),
                    "code": f"demo{number}",
                    "names": names,
                    "group": group,
                    "mask": r"4[0-9]{7}",
                    "accounts": {account: {"debt_qapik": 500 + number % 97 * 25, "holder": "D. M."}},
                }
            )
    return made
