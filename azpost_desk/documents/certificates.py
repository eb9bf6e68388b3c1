"""The certificate of a shift on the 80-mm roll: the figures, and the QR that proves them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.documents import qr
from azpost_desk.documents.receipts import close_roll, open_roll
from azpost_desk.documents.roll import BODY, LARGE, SMALL, Roll
from azpost_desk.domain.money import azn

if TYPE_CHECKING:
    from azpost_desk.domain.papers import CertificatePaper
    from azpost_desk.texts import Texts


def certificate_pdf(paper: CertificatePaper, texts: Texts) -> bytes:
    """The certificate as a PDF 80 mm wide; same value, same bytes."""
    return _certificate(paper, texts).pdf(
        f"{texts.t('papers.certificate.title')} {paper.number}", paper.head.recorded_at
    )


def certificate_raster(paper: CertificatePaper, texts: Texts) -> bytes:
    """The certificate as ESC/POS bytes with the cut."""
    return _certificate(paper, texts).raster()


def _certificate(paper: CertificatePaper, texts: Texts) -> Roll:
    says = paper.says
    roll = open_roll(paper.head, texts, texts.t("papers.certificate.title"), paper.number, paper.copy)
    roll.pair(texts.t("papers.certificate.from"), texts.moment(says.from_ms))
    roll.pair(texts.t("papers.certificate.to"), texts.moment(says.to_ms))
    roll.rule()
    roll.pair(texts.t("papers.certificate.sales"), texts.number(says.sales))
    roll.pair(texts.t("papers.report.expected"), texts.money(azn(says.expected_qapik)))
    roll.pair(texts.t("papers.report.counted"), texts.money(azn(says.counted_qapik)), bold=True)
    difference = says.difference_qapik
    key = "surplus" if difference > 0 else "shortage" if difference < 0 else "exact"
    roll.pair(texts.t(f"papers.till_close.{key}"), texts.money(azn(abs(difference))), LARGE, bold=True)
    roll.rule()
    roll.squares(qr.matrix(paper.code), qr.QUIET)
    roll.text(texts.t("papers.certificate.keep"), BODY, bold=True, align="centre")
    roll.text(texts.t("papers.certificate.how"), SMALL, align="centre")
    roll.pair(texts.t("papers.certificate.chain"), f"{says.desk} · {says.epoch}/{says.sequence}", SMALL)
    return close_roll(roll, paper.head, texts, paper.record_mark)
