"""Irregularities reported at a desk: in words and by a photo beside the record, which erasure reaches."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import item_number, printed_item_number
from azpost_desk.domain.mail.bags import bag_number
from azpost_desk.domain.mail.irregularities import PHOTO_BYTES_MAX, is_photo
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.irregularities import Report
from tests.services.counters import CLERK, MANAGER
from tests.services.test_erasure import heard
from tests.services.test_mail_bags import refused

if TYPE_CHECKING:
    from tests.services.counters import Stand

ITEM, OTHER = (item_number("EE", 810_000 + serial) for serial in range(2))
# A grey square, as any encoder writes it: head, tables, frame, scan, end.
PHOTO = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxO"
    "UlNSMj5aYVpQYEpRUk//wAALCAAMABABAREA/8QAFQABAQAAAAAAAAAAAAAAAAAAAAP/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oA"
    "CAEBAAA/AJAP/9k="
)
WORDS = "Künc cırılıb"


def test_a_report_is_one_record_and_what_was_said_lies_beside_it(stand: Stand) -> None:
    reports = stand.desk.irregularities
    first = reports.report(Report(printed_item_number(ITEM), "damaged", f" {WORDS}\n", PHOTO), CLERK)
    reports.report(Report(ITEM, "short"), CLERK)
    bag = bag_number(4201, 1, 7)
    reports.report(Report(bag.lower(), "resealed"), CLERK)
    [body, _, last] = stand.bodies(ops.IrregularityReported)
    assert isinstance(body, ops.IrregularityReported)
    assert isinstance(last, ops.IrregularityReported)
    assert (body.number, body.kind, last.number) == (ITEM, "damaged", bag)
    assert WORDS not in str(body)
    newest, oldest = reports.of(ITEM)
    assert (newest.kind, newest.words, newest.had_photo) == ("short", "", False)
    assert (oldest.operation, oldest.words, oldest.has_photo) == (first.operation, WORDS, True)
    assert reports.photo(first.operation) == PHOTO
    assert reports.photo(newest.operation) == b""
    assert [one.kind for one in reports.of(bag)] == ["resealed"]
    assert reports.of(OTHER) == reports.of("x") == ()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (Report("EE000000011AZ", "damaged"), "E-154"),
        (Report(ITEM, "lost"), "E-155"),
        (Report(ITEM, "other", " \n"), "E-156"),
        (Report(ITEM, "damaged", "x" * 2_001), "G-014"),
        (Report(ITEM, "damaged", photo=b"GIF89a"), "E-157"),
        # As a telephone writes it, with the place beside the picture.
        (Report(ITEM, "damaged", photo=PHOTO[:2] + b"\xff\xe1\x00\x08Exif\0\0" + PHOTO[2:]), "E-157"),
        (Report(ITEM, "damaged", photo=PHOTO + b"\0" * PHOTO_BYTES_MAX), "E-157"),
        (Report(ITEM, "damaged", photo=PHOTO[:-2]), "E-157"),
    ],
)
def test_what_is_no_report_is_refused_in_one_sentence(stand: Stand, said: Report, code: str) -> None:
    refused(lambda: stand.desk.irregularities.report(said, CLERK), code)
    assert stand.bodies(ops.IrregularityReported) == []


def test_a_cut_or_strange_file_is_no_photo() -> None:
    assert is_photo(PHOTO)
    assert not any(is_photo(PHOTO[:size]) for size in range(len(PHOTO)))
    assert not is_photo(PHOTO.replace(b"\xff\xda", b"\xff\xfe"))


def test_erasure_takes_words_and_photo_and_leaves_that_there_was_one(stand: Stand) -> None:
    reports = stand.desk.irregularities
    operation = reports.report(Report(ITEM, "contents", WORDS, PHOTO), CLERK).operation
    heard(stand, 11)
    assert stand.desk.erasure.run(MANAGER) >= 2
    [left] = reports.of(ITEM)
    assert (left.kind, left.words, left.has_photo, left.had_photo) == ("contents", "", False, True)
    assert reports.photo(operation) == b""
    assert stand.books.rebuild() == []


def test_nobody_reports_on_a_day_that_is_closed(morning: Stand) -> None:
    with pytest.raises(Refused) as caught:
        morning.desk.irregularities.report(Report(ITEM, "damaged"), CLERK)
    assert caught.value.code == "C-001"
