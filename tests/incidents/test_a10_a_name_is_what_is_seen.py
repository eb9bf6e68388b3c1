"""A-10: a name decomposed, with something invisible in it or in look-alike letters is what is seen."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest

from azpost_desk.central import list_versions
from azpost_desk.domain.money import azn
from azpost_desk.domain.names import near_name, plain, same_person_name
from azpost_desk.domain.people import Person
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.screening import Asked, Index
from azpost_desk.domain.watch_lists import OFAC, Listed
from azpost_desk.rehearsal.bench_screen import listed
from azpost_desk.services.transfers import ClaimTransfer, SendTransfer
from tests.stories.town import LEYLA, ORXAN

if TYPE_CHECKING:
    from tests.stories.town import Seat, Town

ENTRY = Listed(source=OFAC, id="1", kind="person", names=(("HÜSEYNOV, Aleksandr", "name"),))
SEEN = "Hüseynov Aleksandr"
# One of each kind of what writes nothing: format, control, soft hyphen, joiners, bidi, selectors, fillers.
UNSEEN = (
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u202e\u2066\u061c\ufe0f\U000e0101\u180e\u3164"
    "\x01\x7f\u2800\ufff9"
)
HIDDEN = [
    *(f"Hü{sign}seynov Aleksandr" for sign in UNSEEN),
    unicodedata.normalize("NFD", SEEN),
    "Hüs\u0332eynov Aleksandr",
    "Hu\u200b\u0308seynov Aleksandr",
    "Нüseynov Аlеksаndr",
    "Hüseynοv Αleksandr",
    "Huseinov Alexander",
    "Huseinov Alexandr",
    "Гусейнов Aлeксандр",
]


@pytest.fixture(scope="module")
def entries() -> list[Listed]:
    return listed()


@pytest.fixture(scope="module")
def lists(entries: list[Listed]) -> Index:
    return Index(entries)


@pytest.mark.parametrize("name", HIDDEN, ids=ascii)
def test_what_looks_like_a_listed_name_is_found(name: str) -> None:
    assert [hit.entry.id for hit in Index([ENTRY]).ask(Asked(name))] == ["1"]


@pytest.mark.parametrize("name", HIDDEN[: len(UNSEEN) + 1], ids=ascii)
def test_what_is_hidden_in_a_list_is_found_too(name: str) -> None:
    entry = Listed(source=OFAC, id="1", kind="person", names=((name, "name"),))
    assert [hit.score for hit in Index([entry]).ask(Asked(SEEN))] == [100]
    assert plain(name) == SEEN


@pytest.mark.parametrize("name", HIDDEN, ids=ascii)
def test_who_says_it_is_the_sender_or_nearly(name: str) -> None:
    assert same_person_name(name, SEEN) or near_name(name, SEEN)


@pytest.mark.parametrize(
    ("spelled", "other"),
    [
        ("Aleksandr", "Alexander"), ("Aleksandr", "Alexandr"), ("Aleksey", "Alexey"), ("Aleksei", "Alexei"),
        ("Maksim", "Maxim"), ("Viktor", "Victor"), ("Yuri", "Juri"), ("Sergei", "Sergej"), ("Kh", "X"),
        ("Konstantin", "Constantin"), ("Mikhail", "Michail"), ("Nikolai", "Nicolai"), ("Zh", "Ž"),
    ],
)  # fmt: skip
def test_letters_with_two_sounds_find_everybody_on_the_shipped_list(
    entries: list[Listed], lists: Index, spelled: str, other: str
) -> None:
    asked = [
        (entry.id, name.replace(spelled, other))
        for entry in entries
        for name, sort in entry.names
        if entry.kind == "person" and spelled in name and sort != "weak" and "," in name
    ]
    missed = [name for number, name in asked[:40] if number not in ids(lists, name)]
    assert missed == []


def ids(index: Index, name: str) -> set[str]:
    return {hit.entry.id for hit in index.ask(Asked(name))}


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Petrov Alexander", "Petrov Aleksandr"),
        ("Ivanov Alexey", "Иванов Алексей"),
        ("Ivanov Maxim", "Ivanov Maksim"),
        ("Petrova Xenia", "Petrova Ksenia"),
        ("Marx Cecilia", "Marks Sesilia"),
        ("Iwanow Juri", "Ivanov Yuri"),
    ],
)
def test_another_reading_of_a_name_is_near_and_burns_no_try(said: str, name: str) -> None:
    assert near_name(said, name)
    assert near_name(name, said)


def test_hidden_letters_neither_pass_the_lists_nor_stay_in_the_books(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    entry = Listed(source=OFAC, id="1", kind="person", names=(("HÜSEYNOV, Aleksandr", "name"),))
    with place.centre.database.connection() as conn:
        list_versions.import_list(conn, [entry], "compliance", place.clock.utc_ms())
    place.sync()
    hidden = replace_name(ORXAN, unicodedata.normalize("NFD", "Hü\u200bseynov Aleksandr"))
    command = SendTransfer(LEYLA, hidden, azn(25_000), "family")
    sent = ganja.transfers.send(command, ganja.clerk).lines[-1].line.operation
    ganja.pay(25_300)
    place.sync()
    assert place.state(sent) == "held"
    with ganja.books.reading() as look:
        kept = look.transfer(sent)
    assert kept is not None
    assert kept.receiver == SEEN


@pytest.mark.parametrize(
    "name", ["გიორგი მაისურაძე", "محمد علي", "Γιώργος Παπάς", "- -", "王 小明", "Əliyev \ud83d"]
)
def test_a_name_nobody_could_be_paid_by_is_not_sold(place: Town, ganja: Seat, baku: Seat, name: str) -> None:
    command = SendTransfer(LEYLA, replace_name(ORXAN, name), azn(25_000), "family")
    with pytest.raises(Refused, match="I-009" if name in ("- -", "Əliyev \ud83d") else "I-014") as refused:
        ganja.transfers.send(command, ganja.clerk)
    assert refused.value.field == "receiver.name"


def replace_name(person: Person, name: str) -> Person:
    return Person(**{field: getattr(person, field) for field in person.__struct_fields__} | {"name": name})


def test_who_has_one_name_in_the_passport_sends_and_is_paid(place: Town, ganja: Seat, baku: Seat) -> None:
    sender, receiver = replace_name(LEYLA, "Suharto -"), replace_name(ORXAN, "- SUKARNO")
    command = SendTransfer(sender, receiver, azn(25_000), "family")
    sent = ganja.transfers.send(command, ganja.clerk).lines[-1].line.operation
    ganja.pay(25_300)
    place.sync()
    with ganja.books.reading() as look:
        known = look.transfer(sent)
    assert known is not None
    with pytest.raises(Refused, match="I-009"):
        baku.transfers.claim(ClaimTransfer(known.code, known.amount, "Suharto"), baku.clerk)
    with pytest.raises(Refused, match="T-013"):
        baku.transfers.claim(ClaimTransfer(known.code, known.amount, "Suharta -"), baku.clerk)
    claimed = baku.transfers.claim(ClaimTransfer(known.code, known.amount, "SUHARTO -"), baku.clerk)
    baku.transfers.plan_payout(claimed.grant, replace_name(ORXAN, "Sukarno -"), baku.clerk)
    baku.pay()
    place.sync()
    assert place.state(sent) == "paid"
