"""Whatever values a desk with a good key signs, at every door of the centre: no fault, nothing is held up."""

from __future__ import annotations

import os
import types
import typing
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from azpost_desk.central.web import api
from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol import messages, old_chains, questions
from azpost_desk.protocol.addresses import TIME_PATH
from azpost_desk.protocol.sealing import seal_for
from tests.attacks.test_hostile_desk import CODE, give_codes, raw, sending, settlement, taken
from tests.central.desks import SimDesk, counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from azpost_desk.central.app import Centre

    Enrolled = Callable[[str], SimDesk]

TEXTS = {"nul": "a\0b", "long": os.urandom(6_000).hex(), "mark": "\ufeff\u202e\u2028", "empty": ""}
NUMBERS = {"below zero": -1, "64 bits": 2**63, "unsigned": 2**64 - 1}
BAD: tuple[str | int, ...] = (*TEXTS.values(), *NUMBERS.values(), 10**30)
BODIES = sorted(kind for kind in ops.BODIES if kind[0] not in ops.CENTRE_KINDS)


def sample(hint: Any, name: str = "") -> Any:
    """An ordinary value of a type."""
    hint = typing.get_args(hint)[0] if typing.get_origin(hint) is typing.Annotated else hint
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return sample(parts[0], name)
    if origin is typing.Literal:
        return parts[0]
    if origin is dict:
        return {"100": 1} if parts[1] is int else {}
    if origin in (tuple, list):
        return (sample(parts[0], name),) if parts[-1] is Ellipsis else tuple(sample(one) for one in parts)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        hints = typing.get_type_hints(hint, include_extras=True)
        return hint(**{field: sample(hints[field], field) for field in hint.__struct_fields__})
    if hint is int:
        return 0 if name.startswith("difference") else 100
    if hint is str:
        return "01a1ee56-7570-7000-8000-000000000006" if name == "operation" else "x"
    return {bool: False, bytes: b"x"}.get(hint)


def parts(value: Any) -> Iterator[tuple[Any, Callable[[Any], Any]]]:
    """What `value` holds, each with the way to another value that holds something else there."""
    if isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield getattr(value, field), partial(_with_field, value, field)
    elif isinstance(value, tuple):
        for place, part in enumerate(value):
            yield part, partial(_with_part, value, place)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield part, partial(_with_value, key)
            yield key, partial(_with_key, part)


def _with_field(value: Any, field: str, one: Any) -> Any:
    return msgspec.structs.replace(value, **{field: one})


def _with_part(value: tuple[Any, ...], place: int, one: Any) -> Any:
    return (*value[:place], one, *value[place + 1 :])


def _with_value(key: Any, one: Any) -> Any:
    return {key: one}


def _with_key(part: Any, one: Any) -> Any:
    return {one: part}


def spoilt(value: Any, bad: str | int) -> Iterator[Any]:
    """`value` once for each of its places that holds such a thing, with `bad` in that place."""
    if isinstance(value, type(bad)) and not isinstance(value, bool):
        yield bad
    for part, put in parts(value):
        yield from map(put, spoilt(part, bad))


# Also the next question that somebody declares.
QUESTIONS: dict[str, type[messages.Message]] = {one.path: one.ask for one in questions.QUESTIONS}
# What no database takes; the rest is a strange word, and answered as any other.
REFUSED = {"nul", "below zero", "64 bits", "unsigned"}


def test_every_door_is_tried(centre: Centre) -> None:
    paths = {getattr(route, "path", "") for route in api.application(centre).routes}
    # The clock is told to anybody and takes no value at all.
    assert paths == {*QUESTIONS, TIME_PATH}


@pytest.mark.parametrize("path", QUESTIONS)
def test_no_value_in_a_question_is_a_fault_of_the_centre(
    centre: Centre, enrolled: Enrolled, path: str
) -> None:
    desk = enrolled("2002-1")
    desk.sell()
    asked = sample(QUESTIONS[path])
    if isinstance(asked, messages.Exchange):
        asked = msgspec.structs.replace(desk.ask(desk.batch()), held=("x",))
    elif isinstance(asked, old_chains.Salvage):
        batch = desk.batch()
        assert batch is not None
        asked = msgspec.structs.replace(asked, desk="2002-1", epoch=1, batch=batch)
    elif hasattr(asked, "public_key"):
        asked = msgspec.structs.replace(asked, public_key=desk.key.public())
    for name, bad in (TEXTS | NUMBERS).items():
        for one in spoilt(asked, bad):
            answer = desk.post(path, one).status_code
            assert answer < 500, (name, one)
            if name in REFUSED:
                assert answer >= 400, (name, one)
    desk.acknowledged = 0
    desk.sell()
    taken(desk)


def test_a_stick_is_read_as_carefully_as_the_line(centre: Centre, enrolled: Enrolled) -> None:
    desk = enrolled("2002-1")
    assert desk.enrolled is not None
    batch = desk.batch()
    assert batch is not None
    found = old_chains.Salvage(version=1, desk="2002-1", epoch=1, batch=batch)
    for bad in BAD[:-1]:
        for one in spoilt(found, bad):
            sealed = seal_for(desk.enrolled.recovery_key, messages.pack(one))
            answer = desk.post(
                questions.SEALED_SALVAGE.path, old_chains.SealedSalvage(version=1, sealed=sealed)
            )
            assert answer.status_code < 500, one


def record(desk: SimDesk, body: ops.Body) -> None:
    """A record that says `body`, with the postings that belong to it where there are any."""
    try:
        desk.append(body)
    except (Refused, KeyError, ValueError, UnicodeError, OverflowError, ArithmeticError):
        raw(desk, ops.encode(body), ops.kind_of(body)[0])


@pytest.mark.parametrize("kind", BODIES, ids=lambda kind: kind[0])
def test_no_value_in_a_record_holds_up_what_comes_behind_it(
    centre: Centre, enrolled: Enrolled, kind: tuple[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    desk, honest = enrolled("2002-1"), enrolled("2002-2")
    for bad in BAD:
        for body in spoilt(sample(ops.BODIES[kind]), bad):
            record(desk, body)
    while desk.acknowledged < len(desk.books):
        last = min(len(desk.books), desk.acknowledged + 100)
        answer = desk.push(desk.batch(last=last))
        assert (answer.expect, answer.refused) == (last + 1, None)
        desk.acknowledged = last
    line, parties = sending(honest, CODE)
    give_codes(centre, honest, CODE)
    honest.append(settlement(honest, line), (parties,))
    taken(honest)
    centre.settle()
    assert counted(centre, "work") == 0
    assert counted(centre, "transfers") >= 1
    assert "a round failed" not in caplog.text
