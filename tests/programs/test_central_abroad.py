"""The centre's commands about money over the border: documents, rates by two people, channels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
import pytest
from msgspec.structs import replace

from azpost_desk.central.abroad import agreements, documents
from azpost_desk.central.registry.files import WrongFile, checked
from azpost_desk.central.storage.database import connect, migrate
from azpost_desk.domain.abroad.corridors import Corridors, Partners, Rate, Rates
from azpost_desk.domain.days import calendar_day
from azpost_desk.domain.refusals import Refused
from azpost_desk.programs import central_abroad
from azpost_desk.programs.central import main
from azpost_desk.programs.central_commands import CLOCK
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.rehearsal.abroad_town import CORRIDORS, PARTNERS
from tests.central.persons import enter, signed
from tests.stories.test_tls import certificate as self_signed

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

        def taken(given: Rates, *, may_jump: tuple[str, ...] = (), people: tuple[str, str] = PEOPLE) -> str:
            try:
                documents.import_rates(conn, given, people, "bulletin 231", NOW_MS, may_jump=may_jump)
            except Refused as no:
                return no.code
            return ""

        assert taken(rates(Rate(currency="GEL", manat="0.6271", inverse="1.5946"))) == ""
        # A comma slipped; a jump that somebody looked at; direct and inverse that disagree.
        assert taken(rates(Rate(currency="GEL", manat="6.271"))) == "A-034"
        assert taken(rates(Rate(currency="GEL", manat="0.6900"))) == "A-034"
        assert taken(rates(Rate(currency="GEL", manat="0.6900")), may_jump=("GEL",)) == ""
        assert taken(rates(Rate(currency="GEL", manat="0.6900", inverse="1.5946"))) == "A-035"
        assert taken(rates(Rate(currency="GEL", manat="0,69"))) == "A-030"
        assert taken(rates(Rate(currency="XXX", manat="1"))) == "A-032"
        assert taken(rates(until_ms=NOW_MS - 1, from_ms=NOW_MS - 2)) == "A-033"
        assert taken(rates(), people=(PEOPLE[0], PEOPLE[0])) == "X-044"
        agreed = agreements.agreed(conn, NOW_MS).rates
        assert agreed.find("GEL", NOW_MS) == Rate(currency="GEL", manat="0.6900")
        # Who agreed to them, and by what, stands with them.
        assert (agreed.first_person, agreed.second_person, agreed.evidence) == (*PEOPLE, "bulletin 231")
        # A jump looked at in one currency hides no slip in another, nor in the spread; each stands once.
        kzt = Rate(currency="KZT", manat="0.0033", spread_ppm=8_000)
        assert taken(rates(kzt)) == ""
        lari = Rate(currency="GEL", manat="0.8000")
        assert taken(rates(lari, replace(kzt, manat="0.0330")), may_jump=("GEL",)) == "A-034"
        assert taken(rates(replace(kzt, spread_ppm=800_000))) == "A-034"
        assert taken(rates(kzt, kzt)) == "A-036"
        # A day on which the file left it out does not open the band: the last one known is held against it.
        assert taken(rates(lari)) == "A-034"


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
    assert (wrong.value.code, wrong.value.facts["place"]) == ("X-104", f"corridors[2].{name}")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("rail", "fax", ("X-104", "partners[2].rail")),
        ("holidays", ["1 January"], ("X-104", "partners[2].holidays")),
        ("partner", PARTNERS[0].partner, ("X-105", "partners[2].partner")),
    ],
)
def test_a_partner_whom_nobody_could_speak_to_is_named_by_its_place(
    name: str, value: object, said: tuple[str, str]
) -> None:
    data = msgspec.json.decode(msgspec.json.encode(Partners(partners=PARTNERS)))
    data["partners"][1][name] = value
    with pytest.raises(WrongFile) as wrong:
        documents.check_partners("f", checked(data, Partners, "f"))
    assert (wrong.value.code, wrong.value.facts["place"]) == said


def test_a_corridor_stands_once_and_asks_for_each_thing_once() -> None:
    twice = Corridors(corridors=(CORRIDORS.corridors[0],) * 2)
    phone = CORRIDORS.corridors[0].fields[0]
    asks_twice = Corridors(corridors=(replace(CORRIDORS.corridors[0], fields=(phone, phone)),))
    for given, place in ((twice, "corridors[2].corridor"), (asks_twice, "corridors[1].fields[2].field")):
        with pytest.raises(WrongFile) as wrong:
            documents.check_corridors("f", given, Partners(partners=PARTNERS))
        assert (wrong.value.code, wrong.value.facts["place"]) == ("X-105", place)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number_mask", "TB[0-9"),
        ("number_example", "XX 1234"),
        ("currency", "XXX"),
        ("settled_in", "XXX"),
        ("rounding", "sideways"),
        ("country", "Georgia"),
        ("country_names", {"az": "x"}),
        ("days", 0),
        ("partner", "nobody"),
    ],
)
def test_a_way_in_that_could_not_be_paid_by_is_named_by_its_place(field: str, value: object) -> None:
    (way, *_) = CORRIDORS.ways_in
    wrong_one = replace(way, **{field: value})
    with pytest.raises(WrongFile, match="X-105"):
        documents.check_corridors("f", Corridors(ways_in=(way, wrong_one)), Partners(partners=PARTNERS))
    with pytest.raises(WrongFile) as wrong:
        documents.check_corridors(
            "f", Corridors(ways_in=(replace(wrong_one, way="2"),)), Partners(partners=PARTNERS)
        )
    place = "number_example" if field == "number_mask" else field
    assert (wrong.value.code, wrong.value.facts["place"]) == ("X-104", f"ways_in[1].{place}")


def test_what_people_do_about_partners_goes_by_commands(
    postgres: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two = (*signed(tmp_path, first="anna", second="bəhruz"), "--evidence", "letter 7")

    def run(*words: str) -> str:
        """What is printed; the code of the refusal where there is one."""
        ended = main(["--dsn", postgres, *words])
        told = capsys.readouterr()
        return told.err.split(":")[0] if ended else told.out.strip()

    def file(name: str, **values: str) -> str:
        assert main(["template", name]) == 0
        path = tmp_path / name
        text = capsys.readouterr().out
        for old, new in values.items():
            text = re.sub(rf"^{old} = \S+", f"{old} = {new}", text, flags=re.MULTILINE)
        path.write_text(text, "utf-8")
        return str(path)

    assert run("migrate") == ""
    with connect(postgres) as conn:
        enter(conn, "anna", "bəhruz")
    assert run("set-corridors", file("corridors")) == "X-104"
    assert run("set-partners", file("partners")) == "1"
    assert run("set-corridors", file("corridors")) == "1"
    now_ms = CLOCK.utc_ms()
    today = {"from_ms": str(now_ms), "until_ms": str(now_ms + DAY_MS)}
    assert run("set-rates", file("rates", **today), *two) == "1"
    slipped = file("rates", **today, manat='"6.271"', inverse='"0.15946"')
    assert run("set-rates", slipped, *two) == "A-034"
    assert run("set-rates", slipped, *two, "--may-jump", "KZT") == "A-034"
    assert run("set-rates", slipped, *two, "--may-jump", "GEL") == "2"
    # Money reaches a partner in a currency it can be sent in; how many transfers leave by it is told.
    assert run("fund-partner", "tbilisi", "GEL", "50000,00", "31355,00", *two) == "0"
    for partner, currency, code in (
        ("tbilisi", "KZT", "A-037"),
        ("tbilisi", "XXX", "A-032"),
        ("nobody", "GEL", "A-010"),
    ):
        assert run("fund-partner", partner, currency, "5,00", "3,00", *two) == code
    # A partner that is not there, or a pause nobody gives a reason for, is refused; else it holds.
    assert run("--why", "rumours", "pause-partner", "tbilizi", "sale") == "A-010"
    # Nothing was restored: there is nothing to have read.
    assert run("partner-read", "tbilisi", *two) == "A-092"
    assert run("pause-partner", "tbilisi", "sale") == "A-038"
    assert run("--who", "anna", "--why", "rumours", "pause-partner", "tbilisi", "sale") == ""
    with connect(postgres) as conn:
        assert not agreements.is_open(conn, "tbilisi", agreements.SALE)
        assert agreements.is_open(conn, "tbilisi", agreements.SENDING)
        assert conn.execute("select why from abroad_partners").fetchall() == [("anna: rumours",)]
        assert conn.execute("select funded from abroad_funds").fetchall() == [(5_000_000,)]
    assert run("--why", "untrue", "open-partner", "tbilisi", "sale") == ""
    with connect(postgres) as conn:
        assert agreements.is_open(conn, "tbilisi", agreements.SALE)


def test_rates_of_positions_are_of_another_source_and_of_a_day_that_has_ended(
    postgres: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two = (*signed(tmp_path, first="anna", second="bəhruz"), "--evidence", "sheet 4")
    migrate(postgres, CLOCK.utc_ms())
    now_ms = CLOCK.utc_ms()
    today, yesterday = calendar_day(now_ms), calendar_day(now_ms - DAY_MS)
    with connect(postgres) as conn:
        enter(conn, "anna", "bəhruz")
        agreements.publish(conn, rates(from_ms=now_ms, until_ms=now_ms + DAY_MS), now_ms)
    assert main(["template", "revaluation-rates"]) == 0
    example = capsys.readouterr().out

    def run(*words: str) -> str:
        ended = main(["--dsn", postgres, *words])
        told = capsys.readouterr()
        return told.err.split(":")[0] if ended else told.out.strip()

    def setting(*more: str, **values: str) -> str:
        text = example
        for name, value in values.items():
            text = re.sub(rf'^{name} = "[^"]*"', f'{name} = "{value}"', text, flags=re.MULTILINE)
        path = tmp_path / "revaluation.toml"
        path.write_text(text, "utf-8")
        return run("set-revaluation-rates", str(path), *two, *more)

    assert setting(date=yesterday) == "1"
    assert setting(date=today, source="cbar") == "A-080"
    assert setting(date="tomorrow") == "I-010"
    jumped = {"date": yesterday, "manat": "6.265", "inverse": "0.15962"}
    assert (setting(**jumped), setting("--may-jump", "GEL", **jumped)) == ("A-034", "2")
    assert run("revalue", "--date", today) == "A-082"
    assert run("revalue", "--date", yesterday) == "nothing to revalue"


def test_the_example_of_channels_is_taken_and_a_certificate_that_is_none_is_said_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["template", "channels"]) == 0
    file = tmp_path / "channels.toml"
    file.write_text(capsys.readouterr().out, "utf-8")
    with pytest.raises(FileNotFoundError):
        central_abroad.reached(file)
    (tmp_path / "tbilisi.key").write_text(SigningKey.new().secret().hex(), "ascii")
    with pytest.raises(WrongFile) as wrong:
        central_abroad.reached(file)
    assert (wrong.value.facts["file"], wrong.value.facts["place"]) == ("channels.toml", "tbilisi.certificate")
    certificate, key = self_signed(tmp_path)
    certificate.rename(tmp_path / "our.pem")
    key.rename(tmp_path / "our-key.pem")
    (tmp_path / "tbilisi.pem").write_text("none", "ascii")
    with pytest.raises(WrongFile) as wrong:
        central_abroad.reached(file)
    assert wrong.value.facts["place"] == "tbilisi.server_certificate"
    (tmp_path / "tbilisi.pem").write_bytes((tmp_path / "our.pem").read_bytes())
    assert set(central_abroad.reached(file)) == {"tbilisi"}


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
