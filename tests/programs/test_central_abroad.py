"""The centre's commands about money over the border: documents, rates by two people, channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.central.abroad import agreements, documents
from azpost_desk.central.registry.files import WrongFile, checked
from azpost_desk.central.storage.database import connect, migrate
from azpost_desk.domain.abroad.corridors import Corridors, Partners, Rate, Rates
from azpost_desk.domain.refusals import Refused
from azpost_desk.programs import central_abroad
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.rehearsal.abroad_town import CORRIDORS, PARTNERS

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = ("Rəna Quliyeva", "Tofiq Əsədov")
NOW_MS = 1_795_000_000_000
DAY_MS = 86_400_000


def rates(*of: Rate, from_ms: int = NOW_MS, until_ms: int = NOW_MS + DAY_MS) -> Rates:
    return Rates(rates=of, source="CBAR", from_ms=from_ms, until_ms=until_ms)


def test_ma_3_rates_pass_two_people_a_band_and_their_own_inverse(postgres: str) -> None:
    migrate(postgres, NOW_MS)
    with connect(postgres) as conn:

        def taken(given: Rates, *, may_jump: bool = False, people: tuple[str, str] = PEOPLE) -> str:
            try:
                documents.import_rates(conn, given, people, "bulletin 231", NOW_MS, may_jump=may_jump)
            except Refused as no:
                return no.code
            return ""

        assert taken(rates(Rate(currency="GEL", manat="0.6271", inverse="1.5946"))) == ""
        # A comma slipped; a jump that somebody looked at; direct and inverse that disagree.
        assert taken(rates(Rate(currency="GEL", manat="6.271"))) == "A-034"
        assert taken(rates(Rate(currency="GEL", manat="0.6900"))) == "A-034"
        assert taken(rates(Rate(currency="GEL", manat="0.6900")), may_jump=True) == ""
        assert taken(rates(Rate(currency="GEL", manat="0.6900", inverse="1.5946"))) == "A-035"
        assert taken(rates(Rate(currency="GEL", manat="0,69"))) == "A-030"
        assert taken(rates(Rate(currency="XXX", manat="1"))) == "A-032"
        assert taken(rates(until_ms=NOW_MS - 1, from_ms=NOW_MS - 2)) == "A-033"
        assert taken(rates(), people=(PEOPLE[0], PEOPLE[0])) == "X-044"
        agreed = agreements.agreed(conn, NOW_MS)
        assert agreed.rates.find("GEL", NOW_MS) == Rate(currency="GEL", manat="0.6900")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("partner", "nobody"),
        ("currency", "XXX"),
        ("arrives_minor_step", 0),
        ("rounding", "away"),
        ("country", "ge"),
    ],
)
def test_a_corridor_that_could_not_be_sold_by_is_named_by_its_place(name: str, value: object) -> None:
    data = msgspec.json.decode(msgspec.json.encode(CORRIDORS))
    data["corridors"][1][name] = value
    with pytest.raises(WrongFile) as wrong:
        documents.check_corridors("f", checked(data, Corridors, "f"), Partners(partners=PARTNERS))
    assert (wrong.value.code, wrong.value.facts["place"]) == ("X-104", f"corridors[1].{name}")


def test_a_channel_is_made_from_files_and_no_key_is_ever_shown(tmp_path: Path) -> None:
    file = tmp_path / "channels.toml"
    key = tmp_path / "t.key"
    key.write_text(SigningKey.new().secret().hex(), "ascii")
    line = f'[tbilisi]\nurl = "{{}}"\npartner_key = "{SigningKey.new().public()}"\nsigning_key = "t.key"\n'
    file.write_text(line.format("http://127.0.0.1:9/x"), "utf-8")
    assert set(central_abroad.reached(file)) == {"tbilisi"}
    file.write_text(line.format("http://partner.example/x"), "utf-8")
    with pytest.raises(Refused, match="M-011"):
        central_abroad.reached(file)
    key.write_text("abc", "ascii")
    with pytest.raises(WrongFile) as wrong:
        central_abroad.reached(file)
    assert "abc" not in str(wrong.value)
    assert central_abroad.reached(None) == {}
