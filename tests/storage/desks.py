"""A synthetic desk for tests of any room: ``from tests.storage.desks import new_desk, FakeClock``.

`new_desk(tmp_path)` enrols desk ``2002-1`` with its own centre keys, gives it reference documents (branch,
offices, staff, licences, tariffs, billers, goods, settings), 200 transfer codes and 1,000 item numbers, as a
centre would: through `store_news`. The centre's private keys are at hand to sign acknowledgements and grants.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from azpost_desk.domain import catalogue as cat
from azpost_desk.domain import operations as ops
from azpost_desk.domain.account_checks import AccountCheck
from azpost_desk.domain.ids import uuid7
from azpost_desk.domain.transfer_codes import transfer_code
from azpost_desk.protocol import news as tidings
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.protocol.messages import Ack, Enrolled, Grant, News, Signed, words_of
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.vault import FileVault

if TYPE_CHECKING:
    from pathlib import Path

START_MS = 1_795_000_000_000  # 2026-11-18
CENTRE = SigningKey(b"c" * 32)
GRANTS = SigningKey(b"g" * 32)
DESK_KEY = SigningKey(b"d" * 32)
SECOND_KEY = SigningKey(b"e" * 32)
DATE = "2026-11-23"
_COUNT = itertools.count(1)


@dataclass
class FakeClock:
    """A clock that tests move."""

    now_ms: int = START_MS
    running_ms: int = 0

    def utc_ms(self) -> int:
        return self.now_ms

    def monotonic_ms(self) -> int:
        return self.running_ms

    def pass_ms(self, by: int) -> None:
        self.now_ms += by
        self.running_ms += by


@dataclass
class Ids:
    """Operation ids that are the same in every run."""

    clock: FakeClock = field(default_factory=FakeClock)
    made: int = 0

    def __call__(self) -> str:
        self.made += 1
        return str(uuid7(self.clock.utc_ms(), self.made.to_bytes(10, "big")))


def names(text: str) -> dict[str, str]:
    return {"az": text, "ru": text, "en": text}


def documents(desk_numbers: tuple[int, ...] = (1,)) -> dict[str, cat.Document]:
    """Reference data of a small branch; officers 1001 (manager), 1002, 1003 (clerks), 1004 (supervisor)."""
    return {
        "branch": cat.Branch(
            code="2002", name="Sumqayıt 2", address="Nizami 1", postcode="AZ5002", desks=desk_numbers
        ),
        "offices": cat.Offices(
            offices=(
                cat.Office(code="2002", name="Sumqayıt 2", postcode="AZ5002"),
                cat.Office(code="1000", name="Bakı 1", postcode="AZ1000"),
            )
        ),
        "staff": cat.Staff(
            officers=tuple(
                cat.Officer(officer=officer, name=name, role=role, pin_hash=f"hash-{officer}")
                for officer, name, role in (
                    ("1001", "Əliyeva Sevda", "manager"),
                    ("1002", "Həsənov Rauf", "clerk"),
                    ("1003", "Quliyeva Aynur", "clerk"),
                    ("1004", "Məmmədov Elçin", "supervisor"),
                )
            )
        ),
        "licences": cat.Licences(
            licences=tuple(
                cat.Licence(service=service, number="L-1", valid_from="2026-01-01", valid_to="2027-12-31")
                for service in ("transfers", "payments")
            )
        ),
        **_prices(),
        "settings": cat.Settings(
            allowances_qapik={
                "transfers": 500_000,
                "payments": 500_000,
                "express": 500_000,
                "charges": 500_000,
            }
        ),
    }


def _prices() -> dict[str, cat.Document]:
    fees = (
        cat.FeeRule(amount_qapik_from=1, amount_qapik_to=1_000_000, percent_ppm=10_000, fee_qapik_min=50),
    )
    return {
        "tariffs": cat.Tariffs(
            version="demo-1",
            approved=False,
            transfer_fees=fees,
            transfer_qapik_max=1_000_000,
            express=(
                cat.ExpressRow(
                    service="ems",
                    names=names("EMS"),
                    zone="",
                    first_grams=500,
                    first_qapik=500,
                    step_grams=500,
                    step_qapik=100,
                    weight_grams_max=30_000,
                    vat_ppm=180_000,
                    days=2,
                ),
            ),
        ),
        "billers": cat.Billers(
            billers=(
                cat.Biller(
                    biller="0101",
                    group="power",
                    names=names("Azərişıq"),
                    account_mask=r"\d{8}",
                    account_example="12345678",
                    account_names=names("Abonent kodu"),
                    amount_qapik_min=100,
                    amount_qapik_max=500_000,
                    fees=fees,
                    check=AccountCheck(rule="mod11", weights=(10, 2, 1, 7, 9, 7, 9, 10)),
                ),
            )
        ),
        "goods": cat.Goods(
            articles=(
                cat.Article(sku="ST-60", names=names("Marka 60"), group="stamps", price_qapik=60, vat_ppm=0),
                cat.Article(
                    sku="EN-C5", names=names("Zərf C5"), group="envelopes", price_qapik=118, vat_ppm=180_000
                ),
            )
        ),
    }


def enrolled(desk: str = "2002-1", number: int = 1, epoch: int = 1, **more: Any) -> Enrolled:
    return Enrolled(
        **{
            "desk": desk,
            "number": number,
            "branch": desk.split("-")[0],
            "branch_name": "Sumqayıt 2",
            "epoch": epoch,
            "centre_epoch": 1,
            "centre_key": CENTRE.public(),
            "grants_key": GRANTS.public(),
            "time_ms": START_MS - 60_000,
            "receipt_series": 4200 + number,
            "receipt_next": 1,
            "day_next": 1,
        }
        | more
    )


def piece(position: int, kind: str, told: tidings.Tidings) -> News:
    return News(position, kind, msgspec.json.encode(told))


def first_news(epoch: int = 1, position: int = 0, desk_numbers: tuple[int, ...] = (1,)) -> list[News]:
    """What a centre tells a new desk."""
    told: list[tuple[str, tidings.Tidings]] = [
        (
            "reference",
            tidings.Reference(
                name=name,
                version=1,
                valid_from="2026-01-01",
                content=msgspec.Raw(msgspec.json.encode(content)),
            ),
        )
        for name, content in documents(desk_numbers).items()
    ]
    told.append(
        (
            "codes",
            tidings.Codes(
                epoch=epoch,
                transfer_codes=tuple(transfer_code(f"{epoch * 100_000_000 + n:09}") for n in range(200)),
                item_prefix="EE",
                item_first=epoch * 10_000,
                item_last=epoch * 10_000 + 999,
            ),
        )
    )
    return [piece(position + place, kind, one) for place, (kind, one) in enumerate(told, start=1)]


def new_desk(
    folder: Path, clock: FakeClock | None = None, *, told: bool = True, key: SigningKey = DESK_KEY, **who: Any
) -> DeskBooks:
    """An enrolled desk in `folder`; with `told` it has its reference data. Close it at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    books = DeskBooks.create(
        folder, enrolled(**who), key, clock or FakeClock(), software="test", keep=FileVault(folder)
    )
    if told:
        books.store_news(first_news(books.identity().epoch), 1)
    return books


def replaced_desk(folder: Path, clock: FakeClock | None = None) -> DeskBooks:
    """A desk that was enrolled again in its folder: what its first machine wrote under `DESK_KEY` is here."""
    first = new_desk(folder, clock, told=False)
    epoch, sequence, newest = first.head()
    first.close()
    before = {"previous_epoch": epoch, "previous_sequence": sequence, "previous_hash": newest}
    return new_desk(folder, clock, key=SECOND_KEY, epoch=epoch + 1, receipt_series=4301, **before)


def open_day(books: DeskBooks, new_id: Ids, date: str = DATE, float_qapik: int = 100_000) -> None:
    """Day and till opened, cash in the safe and in the till; officer 1002 holds the till."""
    desk = books.identity().desk
    pieces = {"1000": float_qapik // 1000}
    with books.writing() as writing:
        writing.append(ops.DayOpened(date=date), actor="1001", operation=new_id())
        writing.append(
            ops.SafeSupplied(document="Q-1", pieces=pieces, amount_qapik=float_qapik),
            actor="1001",
            operation=new_id(),
        )
        writing.append(
            ops.TillOpened(till=desk, holder="1002", balance_qapik=writing.till().balance.minor),
            actor="1002",
            operation=new_id(),
        )
        writing.append(
            ops.CashMoved(
                direction="to_till", purpose="float", till=desk, pieces=pieces, amount_qapik=float_qapik
            ),
            actor="1002",
            operation=new_id(),
        )


def acknowledge(books: DeskBooks, time_ms: int, sequence: int | None = None) -> Ack:
    """The centre's signed word on the newest record, stored."""
    epoch, newest, hash_hex = books.head()
    assert sequence is None or sequence == newest
    ack = Ack(1, books.identity().desk, epoch, newest, hash_hex, time_ms)
    words = words_of(ack)
    books.store_ack(Signed(words=words, signature=CENTRE.sign(words)), ack)
    return ack


def grant(
    books: DeskBooks, transfer: str, purpose: str, amount_qapik: int, grant_id: str, **more: Any
) -> Signed:
    """A grant of the centre for this desk."""
    words = words_of(
        Grant(
            1,
            grant_id,
            transfer,
            purpose,
            1,
            "",
            "",
            "",
            books.identity().desk,
            books.identity().epoch,
            "",
            amount_qapik,
            START_MS,
            **more,
        )
    )
    return Signed(words=words, signature=GRANTS.sign(words))
