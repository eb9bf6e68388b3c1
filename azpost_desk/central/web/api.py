"""What desks call: enrol, exchange, check a bill, claim a transfer; all signed, all idempotent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from azpost_desk.central.web import wire
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


class Answers(Protocol):
    """What the centre does with each proven request; every call may block."""

    database: Database

    def enrol(self, message: Enrol) -> Enrolled | None: ...
    def exchange(self, caller: wire.Caller, message: Exchange) -> Exchanged: ...
    def check_bill(self, caller: wire.Caller, message: BillCheck) -> BillChecked: ...
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

    def enrol(path: str, headers: dict[str, str], body: bytes) -> Message | None:
        return centre.enrol(wire.enrol_message(path, headers, body))

    def recover_key(path: str, headers: dict[str, str], body: bytes) -> Message | None:
        return centre.recover_key(wire.self_signed(path, headers, body, RecoverKey))

    # The records are signed, and so is whoever brings them; to others nothing is said.
    def handed_in(
        kind: type[wire.M], answer: Callable[[wire.Caller, wire.M], Message | None]
    ) -> Callable[[str, dict[str, str], bytes], Message | None]:
        def work(path: str, headers: dict[str, str], body: bytes) -> Message | None:
            by = wire.hander_in(centre.database, centre.desk_of_code, path, headers, body)
            return answer(by, wire.decoded(headers, body, kind))

        return work

    sealed = handed_in(SealedSalvage, centre.salvage_sealed)
    whole = REQUEST_BYTES_MAX
    return Starlette(
        routes=[
            Route("/v1/enrol", _open_to_all(enrol, wire.ENROL_BYTES_MAX), methods=["POST"]),
            Route("/v1/exchange", proven(Exchange, centre.exchange), methods=["POST"]),
            Route("/v1/bills/check", proven(BillCheck, centre.check_bill), methods=["POST"]),
            Route(approvals.PATH, proven(approvals.ApprovalAsk, centre.ask_approval), methods=["POST"]),
            Route("/v1/transfers/claim", proven(TransferClaim, centre.claim_transfer), methods=["POST"]),
            Route("/v1/transfers/ahead", proven(AheadAsked, centre.transfers_ahead), methods=["POST"]),
            Route("/v1/steps", proven(StepsAsked, centre.steps_of), methods=["POST"]),
            Route(watch.PATH, proven(watch.ListAsked, centre.changes_of_list), methods=["POST"]),
            Route(OWN_RECORDS_PATH, proven(OwnRecords, centre.own_records), methods=["POST"]),
            Route(SALVAGE_PATH, _open_to_all(handed_in(Salvage, centre.salvage), whole), methods=["POST"]),
            Route(SEALED_SALVAGE_PATH, _open_to_all(sealed, whole), methods=["POST"]),
            Route(RECOVER_KEY_PATH, _open_to_all(recover_key, wire.ENROL_BYTES_MAX), methods=["POST"]),
        ]
    )


def _open_to_all(answer: Callable[[str, dict[str, str], bytes], Message | None], bytes_max: int) -> Endpoint:
    """An endpoint for those who have no chain yet, or no more: the message proves itself, or it is 401."""

    def work(path: str, headers: dict[str, str], body: bytes) -> Response:
        message = answer(path, headers, body)
        if message is None:
            raise wire.Unwelcome(401)
        return wire.respond(message)

    async def endpoint(request: Request) -> Response:
        try:
            body = await wire.body_of(request, bytes_max)
            return await run_in_threadpool(work, request.url.path, dict(request.headers), body)
        except wire.Unwelcome as refused:
            return refused.response()

    return endpoint
