"""What is wrong with an item is reported from its card by keys; of a photo's file the picture is kept."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from PySide6.QtGui import QImage

from azpost_desk.domain import operations as ops
from azpost_desk.domain.mail.irregularities import FILE_BYTES_MAX, PHOTO_BYTES_MAX, is_photo
from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit import photos
from azpost_desk.gui.kit.irregular import IrregularSheet, ReportSheet
from azpost_desk.gui.kit.words import say
from azpost_desk.services.irregularities import Report
from tests.gui.conftest import press, type_text
from tests.gui.screens.test_tracking import NUMBERS, choose, focus, scanned, settled
from tests.gui.screens.test_tracking import screen as screen
from tests.services.counters import CLERK, MANAGER
from tests.services.test_erasure import heard
from tests.services.test_irregularities import PHOTO

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.screens.tracking.screen import TrackingScreen
    from tests.services.counters import Stand


def telephone(wide: int, high: int, kind: str = "JPEG") -> bytes:
    """As a telephone writes it: red above, blue below, lying on its side, with place and camera."""
    upright = Image.new("RGB", (wide, high), (200, 30, 30))
    upright.paste((30, 30, 200), (0, high // 2, wide, high))
    told = Image.Exif()
    told[0x010F], told[0x0112] = "Camera", 6
    told.get_ifd(0x8825).update({1: "N", 2: (40.0, 23.0, 1.0)})
    held = io.BytesIO()
    if kind == "JPEG":
        lying = upright.transpose(Image.Transpose.ROTATE_90)
        lying.save(held, kind, exif=told, comment=b"at home", quality=90)
    else:
        upright.save(held, kind)
    return held.getvalue()


def test_what_is_wrong_is_reported_from_the_card_and_its_photo_is_opened_again(
    qtbot: QtBot, screen: TrackingScreen, stand: Stand, tmp_path: Path
) -> None:
    """Keys: the act, the digit and Enter, words and Enter, the file and Enter."""
    file = tmp_path / "photo.jpg"
    file.write_bytes(telephone(900, 1200))
    choose(screen, "EMG")
    scanned(screen, NUMBERS[0])
    settled(qtbot, screen, 1)
    screen.open_item(NUMBERS[0])
    qtbot.waitUntil(screen.item.isVisible)
    assert not screen.item.reports.isVisible()
    screen.item.irregular.click()
    sheet = screen.sheet
    assert isinstance(sheet, IrregularSheet)
    assert focus() is sheet.kind.editor
    type_text(focus(), "1\n")
    assert focus() is sheet.words.editor
    type_text(focus(), "torn corner\n")
    assert focus() is sheet.photo.editor
    type_text(focus(), f'"{file.parent}/none.jpg"\n')
    qtbot.waitUntil(lambda: bool(sheet.photo.error_text()))
    assert stand.bodies(ops.IrregularityReported) == []
    sheet.photo.put("")
    type_text(sheet.photo.editor, f"{file}\n")
    qtbot.waitUntil(lambda: screen.sheet is None and screen.item.reports.isVisible())
    [body] = stand.bodies(ops.IrregularityReported)
    assert isinstance(body, ops.IrregularityReported)
    assert (body.number, body.kind) == (NUMBERS[0], "damaged")
    [one] = stand.desk.irregularities.of(NUMBERS[0])
    assert one.words == "torn corner"
    assert is_photo(stand.desk.irregularities.photo(one.operation))
    # A scan that comes while the report stands open is not lost.
    screen.item.reports.pick(0)
    qtbot.waitUntil(lambda: isinstance(screen.sheet, ReportSheet))
    shown = screen.sheet
    assert isinstance(shown, ReportSheet)
    assert shown.view is not None
    picture = shown.view.pixmap()
    assert picture.height() > picture.width() > 0
    assert shown.view.accessibleName() == say("tracking.screen.irregular.photo")
    assert scanned(screen, NUMBERS[1])
    press(shown, "Esc")
    settled(qtbot, screen, 2)


def test_an_erased_photo_is_said_and_the_last_scanned_item_is_meant_without_a_card(
    qtbot: QtBot, screen: TrackingScreen, stand: Stand
) -> None:
    stand.desk.irregularities.report(Report(NUMBERS[0], "short", "", PHOTO), CLERK)
    screen.report_irregular()
    assert screen.sheet is None
    choose(screen, "EMG")
    scanned(screen, NUMBERS[0])
    settled(qtbot, screen, 1)
    screen.report_irregular()
    assert isinstance(screen.sheet, IrregularSheet)
    press(screen.sheet.kind.editor, "Esc")
    assert screen.sheet is None
    heard(stand, 11)
    assert stand.desk.erasure.run(MANAGER) >= 1
    screen.open_item(NUMBERS[0])
    qtbot.waitUntil(screen.item.isVisible)
    screen.item.reports.pick(0)
    qtbot.waitUntil(lambda: isinstance(screen.sheet, ReportSheet))
    shown = screen.sheet
    assert isinstance(shown, ReportSheet)
    assert shown.view is None
    assert say("tracking.screen.irregular.erased") in [
        one.text() for one in shown.findChildren(photos.Label) if one.isVisible()
    ]


def test_a_photo_is_drawn_anew_upright_small_and_without_place_camera_and_words(
    qapp: QApplication,
) -> None:
    taken = telephone(3000, 4000)
    assert not is_photo(taken)
    kept = photos.photo_of(taken)
    assert is_photo(kept)
    assert not any(told in kept for told in (b"Exif", b"Camera", b"at home"))
    image = QImage.fromData(kept)
    assert (image.width(), image.height()) == (1200, 1600)
    assert image.pixelColor(600, 100).red() > 150 > image.pixelColor(600, 1500).red()
    small = QImage.fromData(photos.photo_of(telephone(300, 200, "PNG")))
    assert (small.width(), small.height()) == (300, 200)
    noise = io.BytesIO()
    Image.effect_noise((2000, 2000), 120).save(noise, "JPEG", quality=95)
    assert len(photos.photo_of(noise.getvalue())) <= PHOTO_BYTES_MAX


@pytest.mark.qt_log_ignore("JPEG datastream contains no image")
def test_a_file_that_is_no_photo_is_refused_in_one_sentence(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = telephone(300, 200)
    files = {
        "E-162": b"GIF89a" + b"\0" * 60,
        "E-163": taken[:200],
    }
    for code, content in files.items():
        (tmp_path / code).write_bytes(content)
    (tmp_path / "E-160").mkdir()
    with (tmp_path / "E-161").open("wb") as large:
        large.truncate(FILE_BYTES_MAX + 1)
    for code in ("E-160", "E-161", "E-162", "E-163"):
        with pytest.raises(Refused) as caught:
            photos.photo_from(tmp_path / code)
        assert (caught.value.code, caught.value.field) == (code, "photo")
    # A file of some hundred bytes may say that it is as large as a wall.
    monkeypatch.setattr(photos, "_PIXELS_MAX", 300 * 200 - 1)
    with pytest.raises(Refused) as caught:
        photos.photo_of(telephone(300, 200, "PNG"))
    assert caught.value.code == "E-163"
