"""A centre that lies: whatever it answers, the books of the desk stay what the desk wrote."""

from __future__ import annotations

import gzip
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.protocol.messages import Ack, Exchanged, News, Signed, pack, with_signature, words_of
from azpost_desk.storage import tables as t
from azpost_desk.sync.exchanges import Exchanges
from azpost_desk.sync.wire import Wire
from tests.storage.desks import CENTRE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.services.counters import Stand

# Everything that money or proof of it lies in; what the desk may learn (news, documents) is not among them.
MONEY: Final = (t.journal, t.signatures, t.postings, t.attachments, t.balances, t.lines, t.transfers,
                t.payments, t.card_steps, t.grants, t.remittances, t.stock, t.codes)  # fmt: skip


class LyingCentre:
    """Answers every request with the bytes it was told to."""

    def __init__(self) -> None:
        self.says = b""
        self.packed = False
        lying = self

        class Answer(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", "0")))
                self.send_response(200)
                if lying.packed:
                    self.send_header("Content-Encoding", "gzip")
                self.send_header("Content-Length", str(len(lying.says)))
                self.end_headers()
                try:
                    self.wfile.write(lying.says)
                except OSError:
                    # The desk has heard enough.
                    self.close_connection = True

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def end(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Desk:
    """A desk at work whose line leads to the liar."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.centre = LyingCentre()
        self.wire = Wire(self.centre.url)
        self.exchanges = Exchanges(stand.books, self.wire, stand.clock)
        self.epoch = stand.books.identity().centre_epoch

    def money(self) -> dict[str, list[tuple[object, ...]]]:
        connection = self.stand.books._desk.connection
        return {one.name: sorted(map(tuple, connection.execute(select(one)))) for one in MONEY}

    def hears(self, answer: Exchanged | bytes, packed: bool = False) -> str:
        """One exchange; the code with which the desk refused to believe it, "" when it took the answer."""
        self.centre.says = answer if isinstance(answer, bytes) else pack(answer)
        self.centre.packed = packed
        try:
            self.exchanges.once()
        except (Trouble, Refused) as no:
            return no.code
        return ""

    def answer(self, ack: Signed | None = None, news: tuple[News, ...] = (), expect: int = 0) -> Exchanged:
        """An answer with whatever it says, told as the centre tells it: the liar has come by its key."""
        head, who = self.stand.records(), self.stand.books.identity()
        answer = Exchanged(
            centre_epoch=self.epoch,
            time_ms=self.stand.clock.utc_ms(),
            expect=expect or head + 1,
            ack=ack,
            news=news,
        )
        return with_signature(who.desk, who.epoch, answer, CENTRE, head)

    def ack(self, key: SigningKey = CENTRE, **other: object) -> Signed:
        """An acknowledgement of all there is, but for what is changed."""
        who = self.stand.books.identity()
        _, sequence, digest = self.stand.books.head()
        true = Ack(self.epoch, who.desk, who.epoch, sequence, digest, self.stand.clock.utc_ms())
        words = words_of(msgspec.structs.replace(true, **other))
        return Signed(words=words, signature=key.sign(words))


@pytest.fixture
def desk(stand: Stand) -> Iterator[Desk]:
    made = Desk(stand)
    yield made
    made.wire.hang_up()
    made.centre.end()


def test_the_truth_is_believed(desk: Desk) -> None:
    """Or the tests below would prove nothing."""
    assert desk.hears(desk.answer(desk.ack())) == ""
    assert desk.stand.books.waiting() == (0, 0)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"desk": "2002-2"}, "L-003"),
        ({"epoch": 7}, "L-003"),
        ({"hash": "00" * 32}, "L-006"),
        ({"sequence": 10_000}, "L-006"),
        ({"centre_epoch": 9}, "L-003"),
        ({"key": SigningKey(b"x" * 32)}, "L-004"),
    ],
)
def test_a_false_acknowledgement_frees_nothing(desk: Desk, changed: dict[str, object], code: str) -> None:
    before, waiting = desk.money(), desk.stand.books.waiting()
    key = changed.pop("key", CENTRE)
    assert isinstance(key, SigningKey)
    assert desk.hears(desk.answer(desk.ack(key, **changed))) == code
    assert (desk.money(), desk.stand.books.waiting()) == (before, waiting)


@pytest.mark.parametrize("kind", ["settlement", "journal", "till.closed", "postings", "attachments.erased"])
def test_a_record_told_as_news_is_kept_and_written_nowhere(desk: Desk, kind: str) -> None:
    before = desk.money()
    body = ops.encode(ops.SafeSupplied(document="forged", pieces={"20000": 5}, amount_qapik=100_000))
    position = desk.stand.books.news_position() + 1
    assert desk.hears(desk.answer(desk.ack(), news=(News(position, kind, body),))) == ""
    after = desk.money()
    # What may have come is a case of the desk's own; no posting, no balance, no line has.
    kinds = [row[4] for row in after["journal"] if row not in before["journal"]]
    assert kinds in ([], ["case.raised"])
    assert all(after[name] == rows for name, rows in before.items() if name not in ("journal", "signatures"))


def test_old_news_told_again_changes_nothing(desk: Desk) -> None:
    told = desk.stand.books.news_position()
    before = desk.money()
    again = tuple(News(position, "payment.result", b"{}") for position in range(1, told + 1))
    assert desk.hears(desk.answer(desk.ack(), news=again)) == ""
    assert desk.stand.books.news_position() == told
    assert desk.money() == before


def test_news_out_of_order_is_refused_whole(desk: Desk) -> None:
    told, before = desk.stand.books.news_position(), desk.money()
    news = (News(told + 2, "future", b"{}"), News(told + 1, "future", b"{}"))
    assert desk.hears(desk.answer(desk.ack(), news=news)) == "L-003"
    assert (desk.stand.books.news_position(), desk.money()) == (told, before)


@pytest.mark.parametrize("packed", [False, True])
def test_an_endless_answer_is_cut_off(desk: Desk, packed: bool) -> None:
    before = desk.money()
    endless = gzip.compress(bytes(300_000_000), 1) if packed else bytes(60_000_000)
    assert desk.hears(endless, packed) == "L-003"
    assert desk.money() == before


def test_a_centre_that_claims_to_hold_more_is_a_fork_and_stops_there(desk: Desk) -> None:
    before = desk.money()
    assert desk.hears(desk.answer(desk.ack(), expect=10_000)) == "L-006"
    assert desk.money() == before


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(max_size=400), at=st.integers(0, 5_000), flip=st.integers(1, 255))
def test_noise_and_damage_change_nothing(desk: Desk, noise: bytes, at: int, flip: int) -> None:
    before = desk.money()
    desk.hears(noise)
    damaged = bytearray(pack(desk.answer(desk.ack(hash="00" * 32))))
    damaged[at % len(damaged)] ^= flip
    desk.hears(bytes(damaged))
    assert desk.money() == before
