"""Whom a message reaches, how an address is shown, how long it is tried and when nobody is woken."""

from __future__ import annotations

import hashlib

import pytest

from azpost_desk.domain.messages import (
    KINDS,
    MAIL,
    MESSAGE,
    SMS,
    TRIED_MS_MAX,
    Contact,
    contact_of,
    is_waking_hour,
    masked,
    next_try_ms,
)
from azpost_desk.texts import LANGUAGES
from azpost_desk.texts.catalogues import catalogue

pytestmark = pytest.mark.fast
HOUR_MS = 3_600_000
# Of each version of a kind's sentences, in all languages: what changes them makes another version.
SENTENCES = {
    ("refund_ready", 1): "a20fcf3159fad29c",
    ("transfer_paid", 1): "996601bdf1a1c51e",
    ("transfer_expires", 1): "2f5179543b9a0bd0",
    ("item_arrived", 1): "62cdec2cc2af8de1",
    ("item_tried", 1): "6ddc53f71479bd24",
    ("item_delivered", 1): "df707d0ceb517cf2",
    ("item_ends", 1): "2cc8745ebd1986db",
    ("item_mistaken", 1): "704745cf05ba7053",
}


@pytest.mark.parametrize(
    ("typed", "contact"),
    [
        ("+994501234567", Contact(SMS, "+994501234567")),
        ("050 123 45 67", Contact(SMS, "+994501234567")),
        ("leyla.m+post@example.az", Contact(MAIL, "leyla.m+post@example.az")),
        *(
            (typed, None)
            for typed in (
                *("", "12", "+99450", "leyla@", "@example.az", "leyla@example", "le yla@example.az"),
                *(
                    "leyla@exam_ple.az",
                    ".leyla@example.az",
                    "ley..la@example.az",
                    "leyla@example.az\r\nBcc: x",
                ),
                *("leyla@-example.az", "Лейла@example.az", "leyla@əxample.az", "a@b@example.az"),
                *(f"{'l' * 65}@example.az", f"leyla@{'e' * 64}.az", f"leyla@{'example.' * 32}az"),
            )
        ),
    ],
)
def test_only_what_reaches_somebody_is_a_contact(typed: str, contact: Contact | None) -> None:
    assert contact_of(typed) == contact


@pytest.mark.parametrize(
    ("address", "shown"),
    [("+994501234567", "+994***67"), ("leyla@example.az", "l***@example.az"), ("", "")],
)
def test_an_address_is_shown_masked(address: str, shown: str) -> None:
    assert masked(address) == shown


def test_the_waits_grow_and_end_after_a_day() -> None:
    waits, tried_ms = [], 0
    while (wait_ms := next_try_ms(len(waits) + 1, tried_ms)) is not None:
        waits.append(wait_ms)
        tried_ms += wait_ms
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (60_000, 6 * HOUR_MS)
    assert TRIED_MS_MAX - 6 * HOUR_MS < tried_ms <= TRIED_MS_MAX == 24 * HOUR_MS


@pytest.mark.parametrize(
    ("baku", "may"), [((7, 59), False), ((8, 0), True), ((19, 59), True), ((20, 0), False), ((0, 0), False)]
)
def test_nobody_is_told_at_night_what_can_wait(baku: tuple[int, int], may: bool) -> None:
    hour, minute = baku
    midnight_ms = 1_795_000_000_000 // (24 * HOUR_MS) * 24 * HOUR_MS
    assert is_waking_hour(midnight_ms + (hour - 4) * HOUR_MS + minute * 60_000) is may


def test_what_has_ended_is_never_sent_again() -> None:
    assert {state for state, _ in MESSAGE} == {"", "created", "sending", "failed_for_now"}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_other_sentences_are_another_version(kind: str) -> None:
    said = "\n".join(
        str(catalogue(language)[f"message.{kind}.{part}"])
        for language in LANGUAGES
        for part in ("sms", "sms_until", "subject", "body")
        if f"message.{kind}.{part}" in catalogue(language)
    )
    assert hashlib.sha256(said.encode()).hexdigest()[:16] == SENTENCES[kind, KINDS[kind].version]
