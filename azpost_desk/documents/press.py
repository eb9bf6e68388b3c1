"""Any paper to the bytes of its printer: one door for those who print whatever a print job names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.documents import (
    abroad,
    abroad_numbers,
    bag_labels,
    cash,
    cash_acts,
    certificates,
    copies,
    customs,
    express,
    receipts,
    receptacle_labels,
    reports,
    slips,
    statements,
    transfers,
)
from azpost_desk.domain import papers
from azpost_desk.domain.papers_mail import BagLabelPaper, CustomsPaper, ReceptacleLabelPaper
from azpost_desk.domain.papers_slips import SlipPaper

if TYPE_CHECKING:
    from azpost_desk.documents.dots import Dpi
    from azpost_desk.domain.papers import Drawn, Paper
    from azpost_desk.texts import Texts


def pdf(paper: Paper, texts: Texts) -> bytes:
    """`paper` as PDF in the language of `texts`; same value, same bytes."""
    if isinstance(paper, papers.StoredPaper):
        return copies.stored_pdf(paper, texts)
    return _drawn(paper, texts)


def _drawn(paper: Drawn, texts: Texts) -> bytes:
    match paper:
        case papers.ReceiptPaper():
            return receipts.receipt_pdf(paper, texts)
        case papers.ApplicationPaper():
            return transfers.application_pdf(paper, texts)
        case papers.AbroadPaper() | papers.NumberPaper() | papers.EnquiryPaper() | papers.StatementPaper():
            return _of_outside(paper, texts)
        case papers.VoucherPaper():
            return transfers.voucher_pdf(paper, texts)
        case papers.LabelPaper() | CustomsPaper() | BagLabelPaper() | ReceptacleLabelPaper():
            return _of_mail(paper, texts)
        case papers.DailyReportPaper():
            return reports.report_pdf(paper, texts)
        case papers.TillClosePaper():
            return cash.till_close_pdf(paper, texts)
        case SlipPaper():
            return slips.slip_pdf(paper, texts)
        case papers.CashMovePaper():
            return cash.cash_move_pdf(paper, texts)
        case papers.CertificatePaper():
            return certificates.certificate_pdf(paper, texts)
        case papers.CashActPaper():
            return cash_acts.cash_act_pdf(paper, texts)


def _of_mail(paper: papers.LabelPaper | papers.MailPaper, texts: Texts) -> bytes:
    """What goes on an item or a bag."""
    if isinstance(paper, CustomsPaper):
        return customs.customs_pdf(paper, texts)
    if isinstance(paper, BagLabelPaper):
        return bag_labels.bag_label_pdf(paper, texts)
    if isinstance(paper, ReceptacleLabelPaper):
        return receptacle_labels.receptacle_label_pdf(paper, texts)
    return express.label_pdf(paper, texts)


def _of_outside(
    paper: papers.AbroadPaper | papers.NumberPaper | papers.EnquiryPaper | papers.StatementPaper, texts: Texts
) -> bytes:
    """What a partner abroad or a portal has a word in."""
    if isinstance(paper, papers.StatementPaper):
        return statements.statement_pdf(paper, texts)
    if isinstance(paper, papers.EnquiryPaper):
        return abroad_numbers.enquiry_pdf(paper, texts)
    if isinstance(paper, papers.NumberPaper):
        return abroad_numbers.number_pdf(paper, texts)
    return abroad.abroad_pdf(paper, texts)


def label(paper: papers.LabelPaper | BagLabelPaper | ReceptacleLabelPaper, texts: Texts, dpi: Dpi) -> bytes:
    """A label as the ZPL of a printer of `dpi`."""
    if isinstance(paper, BagLabelPaper):
        return bag_labels.bag_label_zpl(paper, texts, dpi)
    if isinstance(paper, ReceptacleLabelPaper):
        return receptacle_labels.receptacle_label_zpl(paper, texts, dpi)
    return express.label_zpl(paper, texts, dpi)


def raster(
    paper: papers.ReceiptPaper
    | papers.CashMovePaper
    | papers.CertificatePaper
    | papers.NumberPaper
    | papers.EnquiryPaper
    | papers.StatementPaper,
    texts: Texts,
) -> bytes:
    """A paper of the 80-mm roll as ESC/POS bytes with the cut."""
    if isinstance(paper, papers.CertificatePaper):
        return certificates.certificate_raster(paper, texts)
    if isinstance(paper, papers.NumberPaper):
        return abroad_numbers.number_raster(paper, texts)
    if isinstance(paper, papers.EnquiryPaper):
        return abroad_numbers.enquiry_raster(paper, texts)
    if isinstance(paper, papers.StatementPaper):
        return statements.statement_raster(paper, texts)
    if isinstance(paper, papers.ReceiptPaper):
        return receipts.receipt_raster(paper, texts)
    if isinstance(paper, SlipPaper):
        return slips.slip_raster(paper, texts)
    return cash.cash_move_raster(paper, texts)
