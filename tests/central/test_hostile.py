"""Whoever is not a desk, or pretends to be another one, learns nothing and changes nothing."""

from __future__ import annotations

import gzip
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import msgspec
import pytest
import requests

from azpost_desk.central.registry import enrolment
from azpost_desk.protocol import messages
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.protocol.messages import REQUEST_BYTES_MAX
from tests.central.desks import SimDesk, counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.app import Centre
    from tests.central.desks import ManualClock

    Enrolled = Callable[[str], SimDesk]

PATHS = ("/v1/exchange", "/v1/bills/check", "/v1/transfers/claim", "/v1/enrol")


@pytest.mark.parametrize("path", PATHS)
def test_the_unsigned_get_401_and_nothing_else(centre: Centre, path: str) -> None:
    for headers in (
        {},
        {"X-Azpost-Desk": "2002-1/1"},
        {"X-Azpost-Desk": "2002-1/1", "X-Azpost-Signature": "zz"},
    ):
        response = requests.post(centre.url + path, data=b"\x80", headers=headers, timeout=10)
        assert (response.status_code, response.content) == (401, b"")


def test_only_the_chains_own_key_opens(centre: Centre, enrolled: Enrolled) -> None:
    desk, other = enrolled("2002-1"), enrolled("2002-2")
    desk.sell()
    body = messages.pack(desk.ask(desk.batch()))
    wrong = (
        desk.post_bytes("/v1/exchange", body, key=other.key),
        desk.post_bytes("/v1/exchange", body, desk="2002-2/1"),
        desk.post_bytes("/v1/exchange", body, desk="2002-1/2"),
        desk.post_bytes("/v1/exchange", body, desk="2002-9/1"),
        desk.post_bytes("/v1/exchange", body, desk="centre-1/1"),
        desk.post_bytes("/v1/exchange", body, desk="2002-1/١"[:9].encode().decode("latin-1")),
        desk.post_bytes("/v1/exchange", body, desk="2002-1/99999999999999999999"),
    )
    assert [(answer.status_code, answer.content) for answer in wrong] == [(401, b"")] * 7
    # A signature for one address is none for another.
    signature = desk.key.sign(messages.request_words("/v1/exchange", body)).hex()
    headers = {"X-Azpost-Desk": desk.chain(), "X-Azpost-Signature": signature}
    moved = requests.post(centre.url + "/v1/transfers/claim", data=body, headers=headers, timeout=10)
    assert moved.status_code == 401
    assert counted(centre, "journal") == 0


def test_one_desk_cannot_push_the_records_of_another(
    centre: Centre, enrolled: Enrolled, breaks: set[str]
) -> None:
    breaks |= {"I-01", "I-06"}
    desk, other = enrolled("2002-1"), enrolled("2002-2")
    desk.sell()
    foreign = desk.batch()
    assert foreign is not None
    assert other.push(foreign).refused == "X-011"
    signed = msgspec.structs.replace(foreign, signature=other.key.sign(desk.books[-1].record.hash))
    answer = other.push(signed)
    # Signed by its own key it is in custody, as what it is: records that name another desk.
    assert answer.ack is not None
    with centre.database.transaction() as conn:
        reasons = conn.execute("select desk, reason from exceptions order by sequence").fetchall()
    assert reasons == [("2002-2", "wrong_place")] * 2
    assert counted(centre, "postings") == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"\xc1", 400),
        (b"\xff" * 1000, 400),
        (b"\x91" * 100_000, 400),
        (messages.pack(messages.BillCheck(biller="1", account="1")), 400),
        (b"\x00" * (REQUEST_BYTES_MAX + 1), 413),
    ],
    ids=["empty", "no_msgpack", "numbers", "deep", "other_message", "large"],
)
def test_garbage_of_a_proven_desk_is_refused(
    centre: Centre, enrolled: Enrolled, body: bytes, status: int
) -> None:
    desk = enrolled("2002-1")
    assert desk.post_bytes("/v1/exchange", body).status_code == status
    desk.sell()
    assert desk.exchange().ack is not None


def bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    zeros = bytes(1024 * 1024)
    pieces = [packer.compress(zeros) for _ in range(size // len(zeros))]
    return b"".join([*pieces, packer.flush()])


def test_a_gzip_bomb_is_never_unpacked(centre: Centre, enrolled: Enrolled) -> None:
    desk = enrolled("2002-1")
    packed = bomb(512 * 1024 * 1024)
    assert desk.post_bytes("/v1/exchange", packed, Content_Encoding="gzip").status_code == 413
    for broken in (packed[:1000], b"no gzip", gzip.compress(b"\x80") + b"tail"):
        assert desk.post_bytes("/v1/exchange", broken, Content_Encoding="gzip").status_code in (400, 413)
    desk.sell()
    assert desk.exchange().ack is not None


def test_an_enrolment_code_works_once(centre: Centre, clock: ManualClock) -> None:
    with centre.database.transaction() as conn:
        code = enrolment.enrolment_code(conn, "2002-1", clock.utc_ms())
    desk = SimDesk(centre.url, clock)
    first = desk.enrol(code.lower().replace("-", " "))
    assert (first.desk, first.number, first.branch, first.epoch, first.day_next) == (
        "2002-1",
        1,
        "2002",
        1,
        1,
    )
    assert desk.enrol(code) == first  # its answer was lost: the same again
    thief = SimDesk(centre.url, clock)
    with pytest.raises(requests.HTTPError, match="401"):
        thief.enrol(code)
    with pytest.raises(requests.HTTPError, match="401"):
        thief.enrol("AAAA-BBBB-CCCC-DDDD")
    assert counted(centre, "chain_heads") == 1


def test_an_enrolment_code_expires(centre: Centre, clock: ManualClock) -> None:
    with centre.database.transaction() as conn:
        code = enrolment.enrolment_code(conn, "2002-1", clock.utc_ms())
    clock.now_ms += enrolment.CODE_LIFE_MS + 1
    with pytest.raises(requests.HTTPError, match="401"):
        SimDesk(centre.url, clock).enrol(code)


def test_an_enrolment_must_be_signed_by_the_key_it_brings(centre: Centre, clock: ManualClock) -> None:
    with centre.database.transaction() as conn:
        code = enrolment.enrolment_code(conn, "2002-1", clock.utc_ms())
    desk = SimDesk(centre.url, clock)
    body = messages.pack(
        messages.Enrol(version=1, code=code, public_key=SigningKey.new().public(), software="x")
    )
    assert desk.post_bytes("/v1/enrol", body).status_code == 401
    assert counted(centre, "chain_heads") == 0


def test_of_two_machines_with_one_code_one_is_enrolled(centre: Centre, clock: ManualClock) -> None:
    with centre.database.transaction() as conn:
        code = enrolment.enrolment_code(conn, "2002-1", clock.utc_ms())

    def enrol(desk: SimDesk) -> int:
        message = messages.Enrol(version=1, code=code, public_key=desk.key.public(), software="x")
        return desk.post("/v1/enrol", message).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(enrol, [SimDesk(centre.url, clock) for _ in range(4)]))
    assert sorted(answers) == [200, 401, 401, 401]


def test_a_new_machine_goes_on_where_the_journal_ends(centre: Centre, enrolled: Enrolled) -> None:
    """H-13, D-02: nothing repeats, the old head is named."""
    old = enrolled("2002-1")
    old.sell()
    old.sell()
    old.exchange()
    new = enrolled("2002-1")
    assert new.enrolled is not None
    assert (new.enrolled.epoch, new.enrolled.receipt_next, new.enrolled.day_next) == (2, 3, 1)
    assert new.enrolled.previous_hash == old.books[-1].record.hash.hex()
    new.sell()
    assert new.exchange().ack is not None
