"""The centre as one object: it serves desks on a port and works off what they sent, until it is stopped."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from typing import TYPE_CHECKING, Final

import uvicorn

from azpost_desk.central import (
    ahead,
    approvals,
    billers_reached,
    deliveries,
    grants,
    keys,
    list_changes,
    steps,
)
from azpost_desk.central.abroad import paying, quotes, refunding
from azpost_desk.central.book import Book
from azpost_desk.central.clock import SystemClock
from azpost_desk.central.gateways import messages as carrying
from azpost_desk.central.gateways.billers import is_away
from azpost_desk.central.gateways.parties import Party
from azpost_desk.central.instant import answering
from azpost_desk.central.intake import instant as instant_rounds
from azpost_desk.central.intake import partners as abroad_rounds
from azpost_desk.central.intake import salvaging
from azpost_desk.central.intake.exchange import exchange
from azpost_desk.central.intake.rounds import Rounds
from azpost_desk.central.mail import items
from azpost_desk.central.messaging import rounds as message_rounds
from azpost_desk.central.registry import enrolment
from azpost_desk.central.registry.founding import found
from azpost_desk.central.storage.database import Database, migrate
from azpost_desk.central.web.api import Answer, AnyAnswer, AwaitedAnswer, application
from azpost_desk.central.web.doors import Door, Doors, Limits
from azpost_desk.central.web.lines import configuration
from azpost_desk.central.web.wire import Unwelcome
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol import questions
from azpost_desk.protocol.addresses import is_loopback
from azpost_desk.protocol.old_chains import RecoveredKey

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from azpost_desk.central.gateways.abroad import Partner
    from azpost_desk.central.gateways.connectors import Connector
    from azpost_desk.central.gateways.instant import Rail
    from azpost_desk.central.gateways.messages import Carrier
    from azpost_desk.central.web.wire import Caller
    from azpost_desk.domain.days import Clock
    from azpost_desk.protocol.abroad import QuoteAsk, QuoteTold
    from azpost_desk.protocol.approvals import ApprovalAsk, ApprovalTold
    from azpost_desk.protocol.instant import QrAsk, QrTold
    from azpost_desk.protocol.messages import (
        AheadAsked,
        AheadTold,
        BillCheck,
        BillChecked,
        Enrol,
        Enrolled,
        Exchange,
        Exchanged,
        NoticesAsk,
        NoticesTold,
        StepsAsked,
        StepsTold,
        TransferClaim,
        TransferClaimed,
    )
    from azpost_desk.protocol.old_chains import (
        OwnRecords,
        OwnRecordsTold,
        RecoverKey,
        Salvage,
        Salvaged,
        SealedSalvage,
    )
    from azpost_desk.protocol.watch import ListAsked, ListTold

_log = logging.getLogger(__name__)
_START_SECONDS_MAX: Final = 30
_LOOK_SECONDS: Final = 0.005
# Whoever stops the centre waits for no request that drips in: nothing of it was promised to anybody yet.
_LEAVE_SECONDS_MAX: Final = 20
# Somebody stands at a counter: beyond it they are told to ask again.
_CLAIM_MS_MAX: Final = 5_000
UNKNOWN_CHAIN: Final = "X-024"


class Centre:
    """One serving process. Several may serve one database at once; nothing here is global.

    Args:
        dsn: the PostgreSQL database; it is migrated and founded on the way.
        clock: where time comes from, the computer's own by default.
        billers: connector per biller id; payments to a biller without one wait.
        kinds: of the connectors, by biller id, as people know them.
        partners: connector per partner abroad; transfers to one without wait.
        carriers: of messages, by channel; messages on a channel without one wait.
        rail: connector to the instant rail; without it nobody is shown a code.
        connections_max: connections to the database at most.
        limits: what whoever connects may take.
    """

    def __init__(
        self,
        dsn: str,
        *,
        clock: Clock | None = None,
        billers: Mapping[str, Connector] | None = None,
        kinds: Mapping[str, str] | None = None,
        partners: Mapping[str, Partner] | None = None,
        carriers: Mapping[str, Carrier] | None = None,
        rail: Rail | None = None,
        connections_max: int = 16,
        limits: Limits | None = None,
    ) -> None:
        self.clock: Clock = clock or SystemClock()
        self.database = Database(dsn, connections_max)
        self._dsn = dsn
        self.url = ""
        self._limits = limits or Limits()
        self._billers = dict(billers or {})
        names = {name: type(one).__name__ for name, one in self._billers.items()}
        self._kinds = names | dict(kinds or {})
        self._partners = dict(partners or {})
        self._carriers = dict(carriers or {})
        self._rail_connector = rail
        self._rail: Party[Rail] | None = None
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(
        self, port: int = 0, host: str = "127.0.0.1", certificate: Path | None = None, key: Path | None = None
    ) -> str:
        """Serve; gives the URL. `port` 0 takes a free one; with `certificate` and `key` (PEM files) over TLS.

        Raises:
            Refused: X-085 in clear beyond this machine: a false centre could stand between (A-07).
            Trouble: X-108 the port cannot be opened. RuntimeError: it did not come up.
        """
        if certificate is None and not is_loopback(host):
            raise Refused("X-085", host=host)
        now_ms = self.clock.utc_ms()
        migrate(self._dsn, now_ms)
        self.database.open()
        with self.database.transaction() as conn:
            found(conn, now_ms)
            self._keys = keys.load(conn, now_ms)
            billers_reached.begin(conn, self._kinds, now_ms)
            message_rounds.begin(conn, self._carriers, now_ms)
        self._book = Book(self._dsn, self.clock)
        self._parties = {
            name: Party(name, biller, self.clock, is_away) for name, biller in self._billers.items()
        }
        self._abroad = {
            name: Party(name, partner, self.clock, abroad_rounds.is_away)
            for name, partner in self._partners.items()
        }
        self._networks = {
            channel: Party(channel, carrier, self.clock, carrying.is_away)
            for channel, carrier in self._carriers.items()
        }
        self._rail = self._of_rail()
        self._rounds = Rounds(
            self.database,
            self._book,
            self.clock,
            self._parties,
            self._abroad,
            self._networks,
            self._rail_rounds(),
        )
        try:
            doors = Doors(self._limits)
            open_doors = Door.open(doors, host, port)
        except OSError as error:
            self.stop()
            raise Trouble("X-108", host=host, port=port, why=error.strerror or str(error)) from error
        where = open_doors[0].getsockname()
        config = configuration(application(self), doors, certificate, key)
        server = self._server = _Server(config)
        listening: list[socket.socket] = [*open_doors]
        self._thread = threading.Thread(target=server.run, args=(listening,), name="centre", daemon=True)
        self._thread.start()
        if not server.decided.wait(_START_SECONDS_MAX) or not server.started:
            self.stop()
            raise RuntimeError("the centre did not start")
        self._rounds.start()
        self.url = f"{'https' if certificate else 'http'}://{where[0]}:{where[1]}"
        return self.url

    def _of_rail(self) -> Party[Rail] | None:
        if self._rail_connector is None:
            return None
        return Party("rail", self._rail_connector, self.clock, instant_rounds.is_away)

    def _rail_rounds(self) -> instant_rounds.InstantRounds | None:
        if self._rail is None:
            return None
        return instant_rounds.InstantRounds(self.database, self._book, self._keys, self.clock, self._rail)

    def stop(self) -> None:
        """Answer what is being answered, then stop; what was not worked off waits in the database."""
        if self._server is not None:
            self._server.leave()
        if self._thread is not None:
            self._thread.join()
        self._server = self._thread = None
        self._rounds.stop()
        for party in self._parties.values():
            party.close()
        for partner in self._abroad.values():
            partner.close()
        for network in self._networks.values():
            network.close()
        if self._rail is not None:
            self._rail.close()
        self._book.close()
        self.database.close()

    def settle(self) -> None:
        """Work off everything that desks have sent so far and number its news: for tests and the demo."""
        self._rounds.settle()

    @property
    def writer(self) -> str:
        """Which writer of the centre's book this process is."""
        return self._book.writer

    def enrol(self, message: Enrol) -> Enrolled | None:
        """See registry.enrolment."""
        with self.database.transaction() as conn:
            enrolled = enrolment.enrol(conn, message, self.clock.utc_ms(), items.introduce)
        self._rounds.wake()
        return enrolled

    def exchange(self, caller: Caller, message: Exchange) -> Exchanged:
        """See intake.exchange."""
        answer = exchange(self.database, self._keys, caller.desk, caller.epoch, message, self.clock.utc_ms())
        if message.batch is not None:
            self._rounds.wake()
        return answer

    def answers(self) -> tuple[AnyAnswer, ...]:
        """Who answers which of protocol.questions; enrolling and lost keys have doors of their own."""
        return (
            Answer(questions.EXCHANGE, self.exchange),
            AwaitedAnswer(questions.BILL_CHECK, self.check_bill),
            AwaitedAnswer(questions.NOTICES, self.find_notices),
            AwaitedAnswer(questions.QR_REQUEST, self.ask_for_code),
            Answer(questions.TRANSFER_CLAIM, self.claim_transfer),
            Answer(questions.ABROAD_QUOTE, self.quote_abroad),
            Answer(questions.ABROAD_REFUND, self.claim_refund_abroad),
            Answer(questions.ABROAD_CLAIM, self.claim_from_abroad),
            Answer(questions.TRANSFERS_AHEAD, self.transfers_ahead),
            Answer(questions.STEPS, self.steps_of),
            Answer(questions.APPROVAL, self.ask_approval),
            Answer(questions.LIST, self.changes_of_list),
            Answer(questions.OWN_RECORDS, self.own_records),
            Answer(questions.SALVAGE, self.salvage, is_handed_in=True),
            Answer(questions.SEALED_SALVAGE, self.salvage_sealed, is_handed_in=True),
        )

    async def check_bill(self, caller: Caller, message: BillCheck) -> BillChecked:
        """Ask the biller; see deliveries."""
        return await deliveries.check(self._parties, message)

    async def find_notices(self, caller: Caller, message: NoticesAsk) -> NoticesTold:
        """Ask the portal; see deliveries."""
        return await deliveries.find_notices(self._parties, message, self.clock)

    async def ask_for_code(self, caller: Caller, message: QrAsk) -> QrTold:
        """See instant.answering."""
        chain = caller.desk, caller.epoch
        return await answering.answer(self.database, self._keys, self.clock, self._rail, chain, message)

    def steps_of(self, caller: Caller, message: StepsAsked) -> StepsTold:
        """See steps."""
        with self.database.transaction() as conn:
            return steps.told(conn, caller.desk, caller.epoch, message)

    def changes_of_list(self, caller: Caller, message: ListAsked) -> ListTold:
        """See list_changes."""
        with self.database.transaction() as conn:
            return list_changes.told(conn, message)

    def ask_approval(self, caller: Caller, message: ApprovalAsk) -> ApprovalTold:
        """See approvals."""
        with self.database.transaction() as conn:
            return approvals.ask(conn, caller.desk, caller.epoch, caller.branch, message, self.clock.utc_ms())

    def claim_transfer(self, caller: Caller, message: TransferClaim) -> TransferClaimed:
        """See grants. What a refusal depends on is brought forward first, before all else that waits."""
        until_ns = time.monotonic_ns() + _CLAIM_MS_MAX * 1_000_000
        answer, waiting = self._claim(caller, message, may_wait=True)
        while waiting:
            in_time = self._rounds.bring(waiting, until_ns)
            answer, waiting = self._claim(caller, message, may_wait=in_time)
        self._rounds.wake()
        return answer

    def transfers_ahead(self, caller: Caller, message: AheadAsked) -> AheadTold:
        """See ahead."""
        with self.database.transaction() as conn:
            return ahead.waiting(conn, caller.desk, caller.epoch, caller.branch, self.clock.utc_ms())

    def quote_abroad(self, caller: Caller, message: QuoteAsk) -> QuoteTold:
        """See abroad.quotes."""
        with self.database.transaction() as conn:
            chain = caller.desk, caller.epoch
            return quotes.quote(conn, self._keys, chain, message, self.clock.utc_ms())

    def claim_refund_abroad(self, caller: Caller, message: TransferClaim) -> TransferClaimed:
        """See abroad.refunding."""
        return self._claim_abroad(refunding.claim, caller, message)

    def claim_from_abroad(self, caller: Caller, message: TransferClaim) -> TransferClaimed:
        """See abroad.paying."""
        return self._claim_abroad(paying.claim, caller, message)

    def _claim_abroad(
        self, judge: Callable[..., TransferClaimed], caller: Caller, message: TransferClaim
    ) -> TransferClaimed:
        """What the asker's own chain has said is brought forward first."""
        self._rounds.bring([(caller.desk, caller.epoch)], time.monotonic_ns() + _CLAIM_MS_MAX * 1_000_000)
        claimant = grants.Claimant(caller.desk, caller.epoch, caller.branch)
        with self.database.transaction() as conn:
            answer = judge(conn, self._book, self._keys, claimant, message, self.clock.utc_ms())
        self._rounds.wake()
        return answer

    def own_records(self, caller: Caller, message: OwnRecords) -> OwnRecordsTold:
        """See intake.salvaging; only the present machine of a desk is told, and only of its ended epochs."""
        with self.database.transaction() as conn:
            told = salvaging.own_records(conn, caller.desk, message)
        if told is None or message.epoch >= caller.epoch:
            raise Unwelcome(404, UNKNOWN_CHAIN)
        return told

    def desk_of_code(self, digest: bytes, public_key: str) -> str | None:
        """See registry.enrolment."""
        with self.database.transaction() as conn:
            return enrolment.desk_of_code(conn, digest, public_key, self.clock.utc_ms())

    def salvage(self, caller: Caller, message: Salvage) -> Salvaged | None:
        """See intake.salvaging."""
        if not salvaging.may_hand_in((caller.desk, caller.epoch, caller.state), message):
            return None
        with self.database.transaction() as conn:
            salvaged = salvaging.salvage(conn, self._keys, message, self.clock.utc_ms())
        self._rounds.wake()
        return salvaged

    def salvage_sealed(self, caller: Caller, message: SealedSalvage) -> Salvaged | None:
        """The same, from a stick."""
        with self.database.transaction() as conn:
            found = salvaging.opened(conn, message, self.clock.utc_ms())
        return self.salvage(caller, found) if found is not None else None

    def recover_key(self, message: RecoverKey) -> RecoveredKey | None:
        """See registry.enrolment."""
        with self.database.transaction() as conn:
            key = enrolment.recovered_key(conn, message, self.clock.utc_ms())
        if key is not None:
            _log.warning("the key of a backup was handed out for a one-time code")
        return RecoveredKey(key=key) if key is not None else None

    def _claim(
        self, caller: Caller, message: TransferClaim, *, may_wait: bool
    ) -> tuple[TransferClaimed, grants.Chains]:
        claimant = grants.Claimant(caller.desk, caller.epoch, caller.branch)
        with self.database.transaction() as conn:
            now_ms = self.clock.utc_ms()
            return grants.claim(conn, self._book, self._keys, claimant, message, now_ms, may_wait=may_wait)


class _Server(uvicorn.Server):
    """Says when it is listening, or that it never will, and ends when it is told to.

    The library looks ten times a second whether it is to end, and waits a tenth of a second for connections
    that have none left: a centre that is restarted, and every test, would pay for that.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.decided = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._leaving = asyncio.Event()

    def leave(self) -> None:
        """Answer what is being answered and end; from any thread."""
        self.should_exit = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._leaving.set)

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self.on_tick(0)
        # Told before there was a loop to tell.
        if not self.should_exit:
            await self._leaving.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for listening in sockets or []:
            listening.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        until = time.monotonic() + _LEAVE_SECONDS_MAX
        while self.server_state.connections or self.server_state.tasks:
            await asyncio.sleep(_LOOK_SECONDS)
            if time.monotonic() > until:
                for connection in list(self.server_state.connections):
                    connection.give_up()  # type: ignore[union-attr]
        for server in self.servers:
            await server.wait_closed()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.decided.set()

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            super().run(sockets)
        except SystemExit:
            # uvicorn leaves this way when the port is taken; whoever started the centre says so.
            _log.error("the port could not be opened")
        finally:
            self.decided.set()
