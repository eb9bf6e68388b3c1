"""A desk's key is rotated: both keys sign, the centre countersigns, the old one ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused
from azpost_desk.programs import rotate
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.storage import rotating, vault
from azpost_desk.storage.vault import FileVault
from tests.incidents.test_d06_a_stolen_key_signs_three_hundred_sends import thief_of
from tests.stories.machines import dies, replaced, supplied

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stories.town import Seat, Town


def keys_at_centre(place: Town) -> tuple[str, str]:
    rows = place.ask("select public_key, next_key from chain_heads where desk = '1010-1' and epoch = 1")
    return rows[0][0], rows[0][1]


def test_the_old_key_signs_until_the_centre_has_countersigned_the_new_one(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    old = baku.books.signing_key()
    thief = thief_of(place, baku)
    baku.go_offline()
    baku.books.rotate_key("yearly")
    with pytest.raises(Refused, match="G-074"):
        baku.books.rotate_key("again")
    baku.take_bill(2_000)
    # A start in between changes nothing.
    baku.kill()
    baku.reopen()
    assert baku.books.signing_key().public() == old.public()
    assert keys_at_centre(place) == (old.public(), "")
    baku.road.up()
    baku.exchanges.once()
    new = baku.books.signing_key().public()
    assert new != old.public()
    assert keys_at_centre(place) == (old.public(), new)
    baku.take_bill(1_500)
    baku.sync()
    # From its first use the new key is the only one.
    assert keys_at_centre(place) == (new, "")
    assert thief.post("/v1/exchange", thief.ask(None)).status_code == 401
    baku.kill()
    baku.reopen()
    assert baku.books.signing_key().public() == new
    sent = ganja.send_money(5_000)
    ganja.sync()
    baku.pay_out(sent.code, 5_000)


def test_a_power_cut_between_the_countersignature_and_the_new_key_loses_neither(
    place: Town, baku: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    baku.books.rotate_key("yearly")

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(rotating, "take_over", cut)
    with pytest.raises(KeyboardInterrupt):
        baku.exchanges.once()
    monkeypatch.undo()
    baku.kill()
    baku.reopen()
    safe = FileVault(baku.folder)
    assert baku.books.signing_key().public() == keys_at_centre(place)[1]
    assert vault.secret(safe, vault.SIGNING) == baku.books.signing_key().secret()
    baku.take_bill(2_000)
    baku.sync()


def test_a_new_machine_proves_a_past_with_three_keys(place: Town, baku: Seat, tmp_path: Path) -> None:
    baku.take_bill(2_000)
    baku.sync()
    # The first use of the second key is the rotation to the third.
    for reason in ("yearly", "lost a stick"):
        baku.books.rotate_key(reason)
        baku.sync()
    baku.take_bill(1_000)
    baku.sync()
    dies(baku)
    fresh, _ = replaced(place, "1010-1", tmp_path / "new machine")
    with fresh.books.reading() as look:
        assert "key.rotated" in {record.header().kind for record, _ in look.records()}
    supplied(place, fresh)


def test_a_rotation_that_the_new_key_does_not_agree_to_is_an_exception(place: Town, baku: Seat) -> None:
    baku.sync()
    thief = thief_of(place, baku)
    stranger = SigningKey.new().public()
    thief.append(ops.KeyRotated(old_key=thief.key.public(), new_key=stranger, proof="00" * 64, reason="x"))
    thief.push(thief.batch())
    assert keys_at_centre(place) == (thief.key.public(), "")
    assert ("bad_rotation",) in place.ask("select reason from exceptions where desk = '1010-1'")
    place.seats.remove(baku)
    baku.close()


def test_rotate_by_hand(place: Town, baku: Seat, capsys: pytest.CaptureFixture[str]) -> None:
    baku.close()
    assert rotate.main(["--data", str(baku.folder), "--reason", "yearly"]) == 0
    assert rotate.main(["--data", str(baku.folder), "--reason", "again"]) == 1
    assert "under way" in capsys.readouterr().err
    baku.reopen()
    baku.sync()
