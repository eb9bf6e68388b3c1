"""One paper of each kind, full of what is hard to draw: long names, ə and ₼, copies, differences, gaps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from azpost_desk.domain.electronic import Electronic
from azpost_desk.domain.mail.advance import AdvanceLine, ItemAttributes, Papers, Party
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.papers import (
    AbroadPaper,
    AddressBlock,
    ApplicationPaper,
    CashActPaper,
    CashMovePaper,
    ControlTotal,
    CopyState,
    CountedPieces,
    DailyReportPaper,
    EnquiryPaper,
    LabelPaper,
    NumberPaper,
    PaperHead,
    PaperPerson,
    ReceiptLine,
    ReceiptPaper,
    ReportCut,
    ReportDispute,
    ReportHour,
    ReportLate,
    ReportMail,
    ReportOperation,
    ReportPending,
    ReportReversal,
    ReportService,
    ReportTender,
    ReportTill,
    Say,
    SignatureLine,
    StatementPaper,
    Tender,
    TillClosePaper,
    VoucherPaper,
)
from azpost_desk.domain.papers_cash import ComparedPieces
from azpost_desk.domain.papers_mail import BagLabelPaper, CustomsPaper, ReceptacleLabelPaper
from azpost_desk.domain.reports import Baskets

# 23 November 2026, 14:05:07 in Baku.
AT = 1_795_428_307_000
HEAD = PaperHead(
    office="Bakı 10 nömrəli poçt şöbəsi",
    address="Bakı, Nizami küçəsi 64, AZ1010",
    voen="1234567891",
    desk="3",
    business_day=date(2026, 11, 23),
    recorded_at=AT,
    clerk="Məmmədova A.",
    demo=True,
)
APPROVED = replace(HEAD, demo=False)

SENDER = PaperPerson(
    "Əliyev Şükür Qənbər oğlu",
    "Şəxsiyyət vəsiqəsi AA 1234567",
    "5ZK4T1P",
    "+994 50 123 45 67",
    "Bakı, Xətai rayonu, Nobel prospekti 25, mənzil 148",
)
RECEIVER = PaperPerson(
    "Hüseynova-Məmmədquluzadə İlahə Əşrəf qızı",
    "Şəxsiyyət vəsiqəsi AZE 09876543",
    "7HJ2K9M",
    "+994 55 765 43 21",
    "Gəncə şəhəri, Atatürk prospekti 112, mənzil 5",
)

RECEIPT = ReceiptPaper(
    head=HEAD,
    number="3-000412",
    lines=(
        ReceiptLine(
            "Daxili pul köçürməsi",
            azn(250_00),
            (f"Alıcı: {RECEIVER.name}", Say("papers.application.any_office")),
            azn(3_00),
            "1234567890",
        ),
        ReceiptLine(
            "Azərişıq ASC · elektrik enerjisi",
            azn(42_37),
            ("Abonent kodu 1209348812",),
            state=Say("papers.receipt.state.delivering"),
        ),
        ReceiptLine("EMS göndərişi", azn(8_50), ("EE 123 456 785 AZ", "1,250 kq")),
    ),
    total_due=azn(303_87),
    tenders=(Tender("card", azn(100_00), "•• 4417"), Tender("cash", azn(203_87))),
    record_mark="9f3ac01b77",
    cash_given=azn(250_00),
    change=azn(46_13),
    notices=(Say("papers.notice.code_secret"), Say("papers.notice.keep_receipt")),
)

APPLICATION = ApplicationPaper(
    HEAD,
    "3-000412/1",
    SENDER,
    RECEIVER,
    azn(1_234_56),
    azn(12_35),
    azn(1_249_91),
    Say("papers.application.any_office"),
    "Ailəyə maddi yardım",
    extras=((Say("papers.extra.delivery"), azn(3_00)),),
    paid_from_ms=1_795_500_000_000,
)

ABROAD = AbroadPaper(
    head=HEAD,
    number="3-000414",
    sender=SENDER,
    receiver=PaperPerson("Abdurakhmanov-Sultanbekov Nurmukhammed", address="Ust-Kamenogorsk"),
    country={"az": "Qazaxıstan", "ru": "Казахстан", "en": "Kazakhstan"},
    partner={"az": "Almatı Poçtu", "ru": "Почта Алматы", "en": "Almaty Post"},
    asked=(({"az": "Alanın FİN-i", "ru": "ИИН получателя", "en": "Receiver's IIN"}, "800229300123"),),
    purpose=Say("abroad.purpose.FAMI"),
    amount=azn(1_234_56),
    fees=((Say("papers.abroad.fee.transfer"), azn(12_35)), (Say("papers.fee"), azn(2_00))),
    tax=azn(2_19),
    total=azn(1_248_91),
    arrives=Money(373_800_00, "KZT"),
    least=Money(373_300_00, "KZT"),
    is_exact=False,
    rate=Fraction(33027, 10_000_000),
    base_rate=Fraction(327, 100_000),
    rate_source="AMB",
    rate_ms=AT - 5 * 3_600_000,
    spread=azn(12_23),
    collected_by_ms=AT + 3_600_000,
    cancelled_until_ms=AT + 600_000,
    refund=(Say("papers.abroad.refund.less_others_charges"), Say("papers.abroad.fee_stays")),
    number_follows=True,
)

ABROAD_NUMBER = NumberPaper(
    head=HEAD,
    number=ABROAD.number,
    receiver=ABROAD.receiver.name,
    country=ABROAD.country,
    arrives=ABROAD.arrives,
    is_exact=ABROAD.is_exact,
    secret="481516234",
    record_mark="9f3ac01b77",
    copy=CopyState("copy", 1),
)

BAG_LABEL = BagLabelPaper(
    head=HEAD,
    number="AZG202205100017",
    version=2,
    to_office="Naxçıvan Muxtar Respublikası, Cəlilkənd Mərkəzi Çeşidləmə",
    to_code="1000",
    grams=12_450,
    weight_typed=True,
    items=487,
    seal="AZP-0012345-GNC-2026",
)

RECEPTACLE_LABEL = ReceptacleLabelPaper(
    head=HEAD,
    s9="AZBAKADEFRAAAEN60073012110125",
    year=2026,
    version=2,
    to_office="Frankfurt am Main Internationales Postzentrum",
    grams=12_450,
    weight_typed=True,
    items=487,
    seal="AZP-0012345-GNC-2026",
    transport="J2 8253, 23.11",
    unloading="FRA",
)

CUSTOMS = CustomsPaper(
    head=HEAD,
    form="CN23",
    declared=ItemAttributes(
        schema="azpost.item-attributes/1",
        message="0190-item",
        item="EE876543216AZ",
        generation=1,
        posted_ms=AT,
        category="gift",
        gross_grams=2_450,
        total_minor=84_50,
        currency="AZN",
        postage_qapik=69_00,
        sender=Party(
            name="Mammadguluzada-Rustambayli Abdulrahman",
            street="M. A. Sabir 12, flat 4",
            city="Sheki",
            country="AZ",
            postcode="AZ5500",
            phone="+994501234567",
        ),
        addressee=Party(
            name="Yilmaz-Karaosmanoglu Ayse Nur",
            business="Karaosmanoglu Tekstil Ltd.",
            street="Bagdat Caddesi 312/7, Suadiye Mahallesi",
            city="Kadikoy, Istanbul",
            country="TR",
            postcode="34740",
            phone="+905321234567",
            mail="ayse@example.org",
            reference="1234567890",
        ),
        lines=tuple(
            AdvanceLine(
                number=number,
                description=said,
                quantity=count,
                net_grams=grams,
                value_minor=minor,
                currency="AZN",
                hs=hs,
                origin=origin,
            )
            for number, (said, count, grams, minor, hs, origin) in enumerate(
                (
                    (
                        "black tea in tins, with thyme and lemon peel, of the harvest",
                        4,
                        1_600,
                        24_50,
                        "090230",
                        "AZ",
                    ),
                    ("шёлковый платок", 1, 120, 60_00, "621410", "AZ"),
                    ("kitab", 1, 300, 0, "", ""),
                ),
                start=1,
            )
        ),
        signer="Mammadguluzada-Rustambayli Abdulrahman",
        papers=Papers(certificate="AZ-2026/117"),
    ),
    country="TÜRKIYE",
    origins=("AZERBAIJAN", "AZERBAIJAN", ""),
    copies=4,
)

STATEMENT = StatementPaper(
    head=HEAD,
    number="4201-000118",
    portal={"az": "Hökumət Ödəniş Portalı", "ru": "Портал госплатежей", "en": "Government Payment Portal"},
    central_number="HOP000000012345",
    notice="EB2026000123",
    payer="Ə*** V***",
    authority={"az": "Dövlət Yol Polisi", "ru": "Дорожная полиция", "en": "Traffic Police"},
    purpose={"az": "İnzibati cərimə", "ru": "Административный штраф", "en": "Administrative fine"},
    budget_code="142321",
    amount=azn(4_000),
    fee=azn(50),
    confirmed_ms=RECEIPT.head.recorded_at + 4_000,
    record_mark=RECEIPT.record_mark,
)
ABROAD_ENQUIRY = EnquiryPaper(
    head=HEAD,
    number="D2026-000017-4",
    title=Say("papers.abroad_enquiry.title"),
    receipt=ABROAD.number,
    person=(Say("papers.receiver"), ABROAD.receiver.name),
    country=ABROAD.country,
    amount=ABROAD.amount,
    due=date(2026, 12, 3),
    answer=None,
    record_mark="9f3ac01b77",
)

ABROAD_ANSWER = replace(
    ABROAD_ENQUIRY,
    answer=(Say("dispute.answer.under_way"), "Almatı poçtu: alan sabah dəvət olunur."),
    copy=CopyState("copy", 1),
)

VOUCHER = VoucherPaper(
    HEAD,
    "3-000413",
    "1234567890",
    SENDER,
    RECEIVER,
    azn(1_234_56),
    "Gəncə 2 nömrəli poçt şöbəsi",
    "9f3ac01b77",
    copy=CopyState("copy", 2),
)

LABEL = LabelPaper(
    HEAD,
    "EE123456785AZ",
    AddressBlock(
        SENDER.name, "Nobel prospekti 25, mənzil 148", "AZ1025", "Bakı, Xətai rayonu", phone=SENDER.phone
    ),
    AddressBlock(
        RECEIVER.name, "Atatürk prospekti 112, mənzil 5", "AZ2000", "Gəncə şəhəri", phone=RECEIVER.phone
    ),
    1250,
    "EMS · ölkədaxili",
    ("Bəyan olunmuş dəyər 150,00 ₼", "Çatdırma haqqında xəbərnamə"),
)


def _till(desk: str) -> Say:
    return Say("papers.cash_move.till", (("desk", desk),))


def _service(title: str, count: int, *qapik: int) -> ReportService:
    money_in, money_out, fees, cash, other = map(azn, qapik)
    return ReportService(title, count, money_in, money_out, fees, cash + other)


BASKETS = Baskets(electronic=103, no_cash=90, cash_only=287, out=41)
REPORT = DailyReportPaper(
    head=HEAD,
    branch="Bakı 10 nömrəli poçt şöbəsi",
    number="10-2026-11-23",
    stage="interim",
    as_of=AT,
    services=(
        _service("Daxili pul köçürmələri: göndərilib", 64, 1_284_000, 0, 15_408, 910_208, 389_200),
        _service("Daxili pul köçürmələri: ödənilib", 41, 0, 751_500, 0, -751_500, 0),
        _service("Kommunal ödənişlər", 231, 804_215, 0, 4_120, 431_135, 377_200),
        _service("Poçt malları (markalar, zərflər, blanklar)", 29, 87_000, 0, 0, 52_000, 35_000),
    ),
    tills=(
        ReportTill(
            _till("3"), azn(50_000), azn(1_421_343), azn(751_500), azn(719_843), azn(719_343), azn(-500)
        ),
        ReportTill(_till("4"), azn(50_000), azn(0), azn(0), azn(50_000)),
    ),
    tenders=(
        ReportTender("cash", 300, azn(1_421_343), azn(751_500)),
        ReportTender("card", 90, azn(600_000), azn(0)),
        ReportTender("qr", 13, azn(214_650), azn(0)),
    ),
    control=(
        ControlTotal(Say("papers.report.control.cash"), azn(669_843), azn(669_843)),
        ControlTotal(Say("papers.report.control.customers"), azn(532_500), azn(532_400)),
    ),
    hours=tuple(ReportHour(hour, 10 + hour, azn(0), azn(0)) for hour in range(9, 18)),
    cut=(ReportCut("3", 1, 412, "9f3ac01b77"), ReportCut("4", 2, 88, "a03bb1c9e2")),
    signatures=(
        SignatureLine(Say("papers.sign.clerk"), "Məmmədova A."),
        SignatureLine(Say("papers.sign.manager"), "Quliyev E."),
    ),
    without_hours=(4,),
    baskets=BASKETS,
    provisional=(Say("papers.report.provisional.desk", (("desk", "4"), ("since_ms", AT))),),
    mail=(
        ReportMail(Say("report.mail.accepted"), 12, azn(0), "express"),
        ReportMail(Say("report.mail.rounds_overdue"), 1, azn(0), "rounds", is_late=True),
        ReportMail(Say("report.mail.charge_cod"), 2, azn(5_050), "history"),
    ),
    pending=(ReportPending("3-000398", "Azərişıq ASC", azn(4_237), Say("papers.receipt.state.unknown"), AT),),
    late=(
        ReportLate(
            date(2026, 11, 20),
            "4/1",
            "4-000051",
            "EMS göndərişi",
            azn(850),
            Say("papers.report.reason"),
            AT - 3 * 86_400_000,
            AT,
        ),
    ),
    disputes=(
        ReportDispute(
            "D2026-000017-2",
            Say("dispute.figure.till.difference"),
            date(2026, 11, 20),
            Say("dispute.value.qapik", (("value", azn(-500)),)),
            Say("dispute.state.open"),
            AT,
        ),
    ),
    reversals=(
        ReportReversal(
            "3-000377", "3-000376", "EMS göndərişi", azn(-850), "Quliyev E.", "Ünvan səhv yazılıb"
        ),
    ),
)

COUNTS = tuple(
    CountedPieces(azn(qapik), pieces)
    for qapik, pieces in ((20_000, 3), (10_000, 21), (5_000, 40), (2_000, 55), (1_000, 62), (50, 40), (1, 7))
)
TILL_CLOSE = TillClosePaper(
    HEAD,
    "3-K-0007",
    _till("3"),
    azn(50_000),
    azn(1_421_343),
    azn(751_500),
    azn(719_843),
    azn(719_343),
    azn(-500),
    COUNTS,
    (
        SignatureLine(Say("papers.sign.counted"), "Məmmədova A."),
        SignatureLine(Say("papers.sign.witnessed"), "Quliyev E."),
    ),
    "9f3ac01b77",
    "Beş manatlıq əskinas çatmır.",
    electronic=Electronic(814_650, 1_421_343, 751_500, BASKETS),
)
CASH_MOVE = CashMovePaper(
    HEAD,
    "3-M-0003",
    Say("papers.cash_move.float"),
    Say("papers.cash_move.safe"),
    _till("3"),
    azn(50_000),
    (CountedPieces(azn(10_000), 3), CountedPieces(azn(2_000), 10)),
    (
        SignatureLine(Say("papers.sign.handed_over"), "Quliyev E."),
        SignatureLine(Say("papers.sign.received"), "Məmmədova A."),
    ),
    "9f3ac01b77",
    CopyState("duplicate", 1),
)

CASH_ACT = CashActPaper(
    HEAD,
    "A2026-000007-5",
    Say("papers.cash_act.title.bag.differed"),
    (
        (Say("papers.cash_act.bag"), "PL-100200"),
        (Say("papers.cash_act.announced"), Say("papers.cash_act.sum", (("amount", azn(800_000)),))),
        (Say("papers.cash_act.counted"), Say("papers.cash_act.sum", (("amount", azn(790_000)),))),
        (Say("papers.cash_act.missing"), Say("papers.cash_act.sum", (("amount", azn(10_000)),))),
    ),
    (ComparedPieces(azn(10_000), 79, 80), ComparedPieces(azn(5_000), 0, 0)),
    azn(790_000),
    Say("papers.cash_act.notice.in_transit"),
    (
        SignatureLine(Say("papers.sign.counted"), "Məmmədova A."),
        SignatureLine(Say("papers.sign.witnessed"), "Quliyev E."),
    ),
    "9f3ac01b77",
    CopyState(),
)


def operations(count: int) -> tuple[ReportOperation, ...]:
    """`count` operations, three seconds apart."""
    titles = ("Daxili pul köçürməsi", "Azərişıq ASC · elektrik enerjisi", "EMS göndərişi")
    return tuple(
        ReportOperation(
            AT + 3000 * number,
            "3",
            f"3-{number:06}",
            titles[number % 3],
            azn(37 * number),
            azn(0),
            azn(number % 500),
            "Məmmədova A.",
        )
        for number in range(count)
    )
