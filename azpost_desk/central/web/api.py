"""What desks call: enrol, exchange, check a bill, claim a transfer; all signed, all idempotent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from azpost_desk.central.web import wire
from azpost_desk.protocol.messages import (
    BillCheck,
    BillChecked,
    Enrol,
    Enrolled,
    Exchange,
    Exchanged,
    Message,
    TransferClaim,
    TransferClaimed,
)
from azpost_desk.protocol.old_chains import (
    OWN_RECORDS_PATH,
    SALVAGE_PATH,
    OwnRecords,
    OwnRecordsTold,
    Salvage,
    Salvaged,
)

if TYPE_CHECKING:
    from starlette.requests import Request

    from azpost_desk.central.storage.database import Database


class Answers(Protocol):
    """What the centre does with each proven request; every call may block."""

    database: Database

    def enrol(self, message: Enrol) -> Enrolled | None: ...
    def exchange(self, caller: wire.Caller, message: Exchange) -> Exchanged: ...
    def check_bill(self, caller: wire.Caller, message: BillCheck) -> BillChecked: ...
    def claim_transfer(self, caller: wire.Caller, message: TransferClaim) -> TransferClaimed: ...
    def own_records(self, caller: wire.Caller, message: OwnRecords) -> OwnRecordsTold: ...
    def salvage(self, message: Salvage) -> Salvaged | None: ...


Endpoint = Callable[["Request"], Awaitable[Response]]


def application(centre: Answers) -> Starlette:
    """The web application over one centre."""

    def proven(kind: type[wire.M], answer: Callable[[wire.Caller, wire.M], Message]) -> Endpoint:
        def work(path: str, headers: dict[str, str], body: bytes) -> Response:
            caller = wire.caller(centre.database, path, headers, body)
            return wire.respond(answer(caller, wire.decoded(headers, body, kind)))

        async def endpoint(request: Request) -> Response:
            try:
                body = await wire.body_of(request)
                return await run_in_threadpool(work, request.url.path, dict(request.headers), body)
            except wire.Unwelcome as refused:
                return refused.response()

        return endpoint

    def enrol(path: str, headers: dict[str, str], body: bytes) -> Response:
        enrolled = centre.enrol(wire.enrol_message(path, headers, body))
        if enrolled is None:
            raise wire.Unwelcome(401)
        return wire.respond(enrolled)

    def salvage(path: str, headers: dict[str, str], body: bytes) -> Response:
        # Nobody's request: the records themselves are signed, and to whoever brings others nothing is said.
        salvaged = centre.salvage(wire.decoded(headers, body, Salvage))
        if salvaged is None:
            raise wire.Unwelcome(401)
        return wire.respond(salvaged)

    async def salvage_endpoint(request: Request) -> Response:
        try:
            body = await wire.body_of(request)
            return await run_in_threadpool(salvage, request.url.path, dict(request.headers), body)
        except wire.Unwelcome as refused:
            return refused.response() if refused.status != 400 else Response(status_code=401)

    async def enrol_endpoint(request: Request) -> Response:
        try:
            body = await wire.body_of(request, wire.ENROL_BYTES_MAX)
            return await run_in_threadpool(enrol, request.url.path, dict(request.headers), body)
        except wire.Unwelcome as refused:
            return refused.response()

    return Starlette(
        routes=[
            Route("/v1/enrol", enrol_endpoint, methods=["POST"]),
            Route("/v1/exchange", proven(Exchange, centre.exchange), methods=["POST"]),
            Route("/v1/bills/check", proven(BillCheck, centre.check_bill), methods=["POST"]),
            Route("/v1/transfers/claim", proven(TransferClaim, centre.claim_transfer), methods=["POST"]),
            Route(OWN_RECORDS_PATH, proven(OwnRecords, centre.own_records), methods=["POST"]),
            Route(SALVAGE_PATH, salvage_endpoint, methods=["POST"]),
        ]
    )
