"""D-08: a dishonest centre grants one transfer twice; the two desks' own journals prove it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from azpost_desk.central.storage.database import Database
from azpost_desk.domain import operations as ops
from azpost_desk.programs import verify
from azpost_desk.protocol.keys import is_signed
from azpost_desk.protocol.messages import grant_of
from azpost_desk.services.evidence import ExportEvidence
from tests.storage.desks import DATE
from tests.stories.town import GANJA

if TYPE_CHECKING:
    import pytest

    from azpost_desk.protocol.messages import Grant
    from tests.stories.town import Seat, Town


def kept_grant(seat: Seat) -> Grant:
    """What a desk can show a court: the centre's words, and its signature, from the desk's own journal."""
    with seat.books.reading() as look:
        [body] = [
            one.body for one in look.entries(look.day().number) if isinstance(one.body, ops.GrantStored)
        ]
    words = bytes.fromhex(body.words)
    assert is_signed(seat.books.identity().grants_key, words, bytes.fromhex(body.signature))
    return grant_of(words)


def forget(dsn: str) -> None:
    """The centre wipes its own memory of the grant, as nothing in its program ever does."""
    database = Database(dsn, 2)
    database.open()
    with database.transaction() as conn:
        conn.execute("delete from grants")
        conn.execute("update transfers set state = 'available', grants = 0, last_grant = '', ended_by = ''")
    database.close()


def test_two_signed_grants_of_one_transfer_name_the_same_predecessor(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    second = place.seat(f"{GANJA}-2")
    sent = ganja.send_money()
    ganja.sync()
    baku.ask_for(sent.code)
    baku.sync()
    forget(place.dsn)
    # The grant that lies at a desk and that the centre no longer knows is named by the centre's own check.
    place.broken_at_centre = {"I-09"}
    second.ask_for(sent.code)
    one, two = kept_grant(baku), kept_grant(second)
    assert one.grant != two.grant
    assert (one.holder, two.holder) == (baku.name, second.name)
    same = [(grant.thing, grant.number, grant.previous, grant.origin) for grant in (one, two)]
    assert same[0] == same[1]
    assert one.previous == ""
    assert one.origin == line_hash(ganja, sent.transfer)


def test_the_verifier_proves_it_from_the_evidence_of_the_two_desks(
    place: Town, ganja: Seat, baku: Seat, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    second = place.seat(f"{GANJA}-2")
    sent = ganja.send_money()
    ganja.sync()
    baku.ask_for(sent.code)
    baku.sync()
    forget(place.dsn)
    place.broken_at_centre = {"I-09"}
    second.ask_for(sent.code)
    files = [str(tmp_path / f"{seat.name}.azev") for seat in (baku, second)]
    for seat, file in zip((baku, second), files, strict=True):
        exported = seat.services.evidence.export(ExportEvidence(DATE, DATE), seat.clerk)
        Path(file).write_bytes(exported.content)
    # Each alone is genuine and proves nothing against anybody.
    assert [verify.main([file]) for file in files] == [0, 0]
    capsys.readouterr()
    assert verify.main([*files, "--json"]) == 1
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert answer["genuine"] is True
    [proof] = answer["double_grants"]
    assert (proof["thing"], proof["previous"]) == (sent.transfer, "")
    assert sorted(words.split()[0] for words in proof["grants"].values()) == sorted((baku.name, second.name))


def line_hash(seat: Seat, operation: str) -> str:
    """Hash of the record that holds a line: what a grant names as its origin."""
    with seat.books.reading() as look:
        line = look.paid_line(operation)
        assert line is not None
        wanted = line.recorded.sequence
        return next(one.hash.hex() for one, _ in look.records() if one.header().sequence == wanted)


def test_an_honest_second_grant_names_the_first_and_what_ended_it(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    second = place.seat(f"{GANJA}-2")
    sent = ganja.send_money()
    ganja.sync()
    claimed = baku.ask_for(sent.code)
    baku.transfers.release(claimed.grant, baku.clerk, "customer left")
    baku.sync()
    second.ask_for(sent.code)
    one, two = kept_grant(baku), kept_grant(second)
    assert (one.number, two.number) == (1, 2)
    assert two.previous == one.grant
    with baku.books.reading() as look:
        ended = [
            record.hash.hex() for record, _ in look.records() if record.header().kind == "grant.released"
        ]
    assert [two.ended_by] == ended
