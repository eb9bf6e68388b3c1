"""Old chains are told to their own desk, and taken from desks alone, and only as their key signed them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from azpost_desk.protocol import messages, questions
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.protocol.old_chains import (
    OwnRecords,
    OwnRecordsTold,
    RecoverKey,
    Salvage,
    Salvaged,
    SealedSalvage,
)
from azpost_desk.protocol.sealing import seal_for
from tests.attacks.test_hostile_desk import taken
from tests.central.desks import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests

    from azpost_desk.central.app import Centre
    from tests.central.desks import SimDesk

    Enrolled = Callable[[str], SimDesk]


def asked(desk: SimDesk, epoch: int, after: int = 0) -> requests.Response:
    return desk.post(questions.OWN_RECORDS.path, OwnRecords(version=1, epoch=epoch, after=after))


def handed_in(by: SimDesk, batch: messages.Batch | None, name: str = "2002-1", epoch: int = 1) -> int:
    """Status of a salvage that `by` signs."""
    assert batch is not None
    message = Salvage(version=1, desk=name, epoch=epoch, batch=batch)
    return by.post(questions.SALVAGE.path, message).status_code


def test_only_the_present_machine_is_told_its_own_ended_chains(centre: Centre, enrolled: Enrolled) -> None:
    old, other = enrolled("2002-1"), enrolled("2002-2")
    old.sell()
    taken(old)
    taken(other)
    # Its own present chain is no past, and the old machine asks in vain once it is replaced.
    assert asked(old, 1).status_code == 404
    new = enrolled("2002-1")
    taken(new)
    assert asked(old, 1).status_code == 409
    told = messages.unpack(asked(new, 1).content, OwnRecordsTold)
    assert [one.body for one in told.records] == [kept.record.body for kept in old.books]
    assert (told.head, told.head_hash) == (2, old.books[-1].record.hash.hex())
    assert asked(new, 2).status_code == 404
    assert asked(new, 99).status_code == 404
    # Another desk is told of its own chains alone: the request names none but the one that signed it.
    assert asked(other, 1).status_code == 404
    assert old.post_bytes(questions.OWN_RECORDS.path, b"x", key=SigningKey.new()).status_code == 401


def test_what_the_chains_key_did_not_sign_is_not_taken(centre: Centre, enrolled: Enrolled) -> None:
    old, other = enrolled("2002-1"), enrolled("2002-2")
    taken(old)
    old.sell()
    old.sell()
    batch = old.batch()
    assert batch is not None
    before = counted(centre, "journal")
    stolen = msgspec.structs.replace(batch, signature=other.key.sign(old.books[-1].record.hash))
    cut = msgspec.structs.replace(batch, records=batch.records[:1])
    changed = messages.Sent(batch.records[0].header, batch.records[0].body + b" ")
    altered = msgspec.structs.replace(batch, records=(changed, *batch.records[1:]))
    for wrong in (stolen, cut, altered):
        assert handed_in(other, wrong) == 401
    assert handed_in(old, batch, name="9999-1") == 401
    assert handed_in(old, batch, name="centre-1") == 401
    assert handed_in(old, batch, epoch=2) == 401
    assert handed_in(old, batch, name="2002-2") == 401
    nobody = SigningKey.new()
    assert old.post_bytes(questions.SALVAGE.path, b"garbage", key=nobody, desk="").status_code == 401
    sealed = messages.pack(SealedSalvage(version=1, sealed=b"garbage"))
    assert old.post_bytes(questions.SEALED_SALVAGE.path, sealed, key=nobody, desk="").status_code == 401
    assert counted(centre, "journal") == before
    assert counted(centre, "contested") == 0
    # As it was signed it is taken from any desk at work, once; from nobody it is not.
    body = messages.pack(Salvage(version=1, desk="2002-1", epoch=1, batch=batch))
    for name in ("", "2002-2/1", "code/", f"code/{'0' * 64}/{nobody.public()}", "code/x/y"):
        assert old.post_bytes(questions.SALVAGE.path, body, key=nobody, desk=name).status_code == 401
    assert counted(centre, "journal") == before
    for _ in range(2):
        assert handed_in(other, batch) == 200
    assert counted(centre, "journal") == before + 2


def test_a_salvaged_batch_is_sealed_or_open_the_same(centre: Centre, enrolled: Enrolled) -> None:
    old = enrolled("2002-1")
    taken(old)
    old.sell()
    batch = old.batch()
    assert batch is not None
    assert old.enrolled is not None
    inner = messages.pack(Salvage(version=1, desk="2002-1", epoch=1, batch=batch))
    sealed = SealedSalvage(version=1, sealed=seal_for(old.enrolled.recovery_key, inner))
    answer = old.post(questions.SEALED_SALVAGE.path, sealed)
    told = messages.unpack(answer.content, Salvaged)
    assert (told.head, told.taken, told.refused) == (2, 1, None)


def test_the_key_of_a_backup_is_not_handed_out_without_its_desks_code(
    centre: Centre, enrolled: Enrolled
) -> None:
    desk = enrolled("2002-1")
    assert desk.enrolled is not None
    escrowed = b'{"desk":"2002-1","key":"00ff"}'
    sealed = seal_for(desk.enrolled.recovery_key, escrowed)
    for code in ("", "AAAA-AAAA-AAAA-AAAA", "' or true --"):
        question = RecoverKey(version=1, code=code, public_key=desk.key.public(), sealed=sealed)
        assert desk.post(questions.RECOVER_KEY.path, question).status_code == 401
