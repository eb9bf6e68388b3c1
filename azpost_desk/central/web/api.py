"""What desks call: enrol, exchange, check a bill, claim a transfer; all signed, all idempotent.

Who signed a request is found out on the event loop's own few threads, and answered on others: however many
strangers knock, the proven are not kept from being answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from azpost_desk.central.web import wire
from azpost_desk.central.web.doors import TooMuch
from azpost_desk.protocol import approvals, watch
from azpost_desk.protocol.messages import (
    REQUEST_BYTES_MAX,
    AheadAsked,
    AheadTold,
    BillCheck,
    BillChecked,
    Enrol,
    Enrolled,
    Exchange,
    Exchanged,
    Message,
    StepsAsked,
    StepsTold,
    TransferClaim,
    TransferClaimed,
)
from azpost_desk.protocol.old_chains import (
    OWN_RECORDS_PATH,
    RECOVER_KEY_PATH,
    SALVAGE_PATH,
    SEALED_SALVAGE_PATH,
    OwnRecords,
    OwnRecordsTold,
    RecoveredKey,
    RecoverKey,
    Salvage,
    Salvaged,
    SealedSalvage,
)

if TYPE_CHECKING:
    from starlette.requests import Request

    from azpost_desk.central.storage.database import Database
    from azpost_desk.central.web.doors import Guest


class Answers(Protocol):
    """What the centre does with each proven request; every call may block but those that are awaited."""

    database: Database

    def enrol(self, message: Enrol) -> Enrolled | None: ...
    def exchange(self, caller: wire.Caller, message: Exchange) -> Exchanged: ...
    async def check_bill(self, message: BillCheck) -> BillChecked: ...
    def claim_transfer(self, caller: wire.Caller, message: TransferClaim) -> TransferClaimed: ...
    def transfers_ahead(self, caller: wire.Caller, message: AheadAsked) -> AheadTold: ...
    def steps_of(self, caller: wire.Caller, message: StepsAsked) -> StepsTold: ...
    def changes_of_list(self, caller: wire.Caller, message: watch.ListAsked) -> watch.ListTold: ...
    def ask_approval(self, caller: wire.Caller, message: approvals.ApprovalAsk) -> approvals.ApprovalTold: ...
    def own_records(self, caller: wire.Caller, message: OwnRecords) -> OwnRecordsTold: ...
    def desk_of_code(self, digest: bytes, public_key: str) -> str | None: ...
    def salvage(self, caller: wire.Caller, message: Salvage) -> Salvaged | None: ...
    def salvage_sealed(self, caller: wire.Caller, message: SealedSalvage) -> Salvaged | None: ...
    def recover_key(self, message: RecoverKey) -> RecoveredKey | None: ...


Endpoint = Callable[["Request"], Awaitable[Response]]
# What a request is looked at as: its path, headers and body as sent.
Headers = dict[str, str]
P = TypeVar("P")


def application(centre: Answers) -> Starlette:
    """The web application over one centre."""

    def by_chain(path: str, headers: Headers, body: bytes) -> wire.Caller:
        return wire.caller(centre.database, path, headers, body)

    # The records are signed, and so is whoever brings them; to others nothing is said.
    def by_hander_in(path: str, headers: Headers, body: bytes) -> wire.Caller:
        return wire.hander_in(centre.database, centre.desk_of_code, path, headers, body)

    def by_key(path: str, headers: Headers, body: bytes) -> RecoverKey:
        return wire.self_signed(path, headers, body, RecoverKey)

    def route(
        path: str,
        kind: type[wire.M],
        answer: Callable[[wire.Caller, wire.M], Message | None],
        prove: Callable[[str, Headers, bytes], wire.Caller] = by_chain,
    ) -> Route:
        def work(caller: wire.Caller, headers: Headers, body: bytes) -> Message | None:
            return answer(caller, wire.decoded(headers, body, kind))

        return Route(path, _endpoint(prove, _by_worker(work), REQUEST_BYTES_MAX), methods=["POST"])

    async def bill(caller: wire.Caller, headers: Headers, body: bytes) -> Response:
        # No worker waits for a biller: they are for exchanges and claims.
        asked = wire.decoded(headers, body, BillCheck, wire.SMALL_BYTES_MAX)
        return wire.respond(await centre.check_bill(asked))

    small = wire.SMALL_BYTES_MAX
    enrol = _endpoint(wire.enrol_message, _by_worker(lambda one, _, __: centre.enrol(one)), small)
    recover = _endpoint(by_key, _by_worker(lambda one, _, __: centre.recover_key(one)), small)
    return Starlette(
        routes=[
            Route("/v1/enrol", enrol, methods=["POST"]),
            route("/v1/exchange", Exchange, centre.exchange),
            Route("/v1/bills/check", _endpoint(by_chain, bill, small), methods=["POST"]),
            route(approvals.PATH, approvals.ApprovalAsk, centre.ask_approval),
            route("/v1/transfers/claim", TransferClaim, centre.claim_transfer),
            route("/v1/transfers/ahead", AheadAsked, centre.transfers_ahead),
            route("/v1/steps", StepsAsked, centre.steps_of),
            route(watch.PATH, watch.ListAsked, centre.changes_of_list),
            route(OWN_RECORDS_PATH, OwnRecords, centre.own_records),
            route(SALVAGE_PATH, Salvage, centre.salvage, by_hander_in),
            route(SEALED_SALVAGE_PATH, SealedSalvage, centre.salvage_sealed, by_hander_in),
            Route(RECOVER_KEY_PATH, recover, methods=["POST"]),
        ]
    )


def _by_worker(
    answer: Callable[[P, Headers, bytes], Message | None],
) -> Callable[[P, Headers, bytes], Awaitable[Response]]:
    """What blocks, on a thread; who is answered None gets 401."""

    def work(proof: P, headers: Headers, body: bytes) -> Response:
        message = answer(proof, headers, body)
        if message is None:
            raise wire.Unwelcome(401)
        return wire.respond(message)

    async def run(proof: P, headers: Headers, body: bytes) -> Response:
        return await run_in_threadpool(work, proof, headers, body)

    return run


def _endpoint(
    prove: Callable[[str, Headers, bytes], P],
    answer: Callable[[P, Headers, bytes], Awaitable[Response]],
    bytes_max: int,
) -> Endpoint:
    """An endpoint: read, prove, and only then look at what it says."""

    async def endpoint(request: Request) -> Response:
        guest: Guest = request.state.guest
        path, headers = request.url.path, dict(request.headers)
        try:
            body = await wire.body_of(request, guest, bytes_max)
            loop = asyncio.get_running_loop()
            proof = await loop.run_in_executor(None, prove, path, headers, body)
            guest.prove(proof.chain if isinstance(proof, wire.Caller) else "")
            return await answer(proof, headers, body)
        except wire.Unwelcome as refused:
            return refused.response()
        except TooMuch:
            # As from any server that is full: the desk asks again later.
            return Response(status_code=503)
        finally:
            guest.drop()

    return endpoint
