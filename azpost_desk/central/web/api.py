"""What desks call: an endpoint for every question that the centre answers; all signed, all idempotent.

Who signed a request is found out on the event loop's own few threads, and answered on others: however many
strangers knock, the proven are not kept from being answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from azpost_desk.central.intake.custody import STOPPED
from azpost_desk.central.web import wire
from azpost_desk.central.web.doors import TooMuch
from azpost_desk.protocol import questions
from azpost_desk.protocol.addresses import TIME_PATH
from azpost_desk.protocol.messages import REQUEST_BYTES_MAX, Enrol, Enrolled, Message
from azpost_desk.protocol.old_chains import RecoveredKey, RecoverKey
from azpost_desk.protocol.questions import A, Question, T

if TYPE_CHECKING:
    from starlette.requests import Request

    from azpost_desk.central.storage.database import Database
    from azpost_desk.central.web.doors import Guest
    from azpost_desk.domain.days import Clock


@dataclass(frozen=True)
class Answer(Generic[A, T]):
    """One question and who answers it.

    Attributes:
        answer: what is told to a proven caller; None is a 401. It may block: a worker waits for it.
        is_handed_in: whoever brings it may be an officer of the centre with somebody else's records.
    """

    question: Question[A, T]
    answer: Callable[[wire.Caller, A], T | None]
    is_handed_in: bool = False


@dataclass(frozen=True)
class AwaitedAnswer(Generic[A, T]):
    """One question that somebody outside answers: on no worker, they are for exchanges and claims."""

    question: Question[A, T]
    answer: Callable[[wire.Caller, A], Awaitable[T]]


AnyAnswer = Answer[Any, Any] | AwaitedAnswer[Any, Any]


class Answers(Protocol):
    """What the centre does with each proven request."""

    database: Database
    clock: Clock

    def answers(self) -> tuple[AnyAnswer, ...]: ...
    def enrol(self, message: Enrol) -> Enrolled | None: ...
    def desk_of_code(self, digest: bytes, public_key: str) -> str | None: ...
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

    def endpoint(one: AnyAnswer) -> Route:
        question = one.question
        if isinstance(one, AwaitedAnswer):
            return _route(question, _endpoint(by_chain, _by_loop(one), wire.SMALL_BYTES_MAX))

        def work(caller: wire.Caller, headers: Headers, body: bytes) -> Message | None:
            return one.answer(caller, _asked(question, caller, headers, body, REQUEST_BYTES_MAX))

        prove = by_hander_in if one.is_handed_in else by_chain
        return _route(question, _endpoint(prove, _by_worker(work), REQUEST_BYTES_MAX))

    small = wire.SMALL_BYTES_MAX
    enrol = _endpoint(wire.enrol_message, _by_worker(lambda one, _, __: centre.enrol(one)), small)
    recover = _endpoint(by_key, _by_worker(lambda one, _, __: centre.recover_key(one)), small)
    routes = [_route(questions.ENROL, enrol), _route(questions.RECOVER_KEY, recover)]
    clock = Route(TIME_PATH, _clock(centre), methods=["GET"])
    made = Starlette(routes=[*routes, clock, *map(endpoint, centre.answers())])
    # Else a path with one slash more is sent on to whatever host the caller named.
    made.router.redirect_slashes = False
    return made


def _clock(centre: Answers) -> Endpoint:
    """The centre's clock (UTC ms), told to anybody: whoever looks after a counter has no key of its desk."""

    async def endpoint(request: Request) -> Response:
        guest: Guest = request.state.guest
        try:
            return Response(str(centre.clock.utc_ms()), media_type="text/plain")
        finally:
            guest.drop()

    return endpoint


def _route(question: Question[Any, Any], answer: Endpoint) -> Route:
    return Route(question.path, answer, methods=["POST"])


def _asked(question: Question[A, T], caller: wire.Caller, headers: Headers, body: bytes, bytes_max: int) -> A:
    """What is asked, as far as this caller may ask it."""
    asked = wire.decoded(headers, body, question.ask, bytes_max)
    if caller.state != "active" and not question.stopped_too:
        raise wire.Unwelcome(409, STOPPED[caller.state])
    return asked


def _by_loop(one: AwaitedAnswer[A, T]) -> Callable[[wire.Caller, Headers, bytes], Awaitable[Response]]:
    async def answer(caller: wire.Caller, headers: Headers, body: bytes) -> Response:
        return wire.respond(
            await one.answer(caller, _asked(one.question, caller, headers, body, wire.SMALL_BYTES_MAX))
        )

    return answer


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
