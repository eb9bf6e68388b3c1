"""One working day at Gəncə 2: two desks, three officers and a manager, partly off line, with mistakes.

Every line is what a person does or sees; the figures at the close are those the counted cash must give.
"""

from __future__ import annotations

from azpost_desk.rehearsal.script_abroad import abroad
from azpost_desk.rehearsal.script_codes import codes
from azpost_desk.rehearsal.script_looks import languages, one_box, papers_of_the_day
from azpost_desk.rehearsal.script_mail import mail
from azpost_desk.rehearsal.script_notices import notices
from azpost_desk.rehearsal.steps import (
    At,
    AtDesk,
    Chapter,
    Gone,
    Instruction,
    Outside,
    Picture,
    Remember,
    Scan,
    See,
    Type,
    keys,
)

NIGAR, ELVIN, SEVDA, RAUF = ("1", "1357"), ("2", "2468"), ("3", "3579"), ("4", "4680")
_ROWS = 14


def script() -> list[Instruction]:
    """The whole day."""
    return [
        *_morning(),
        *_till_opens(),
        *_first_customers(),
        *papers_of_the_day(),
        *_cards(),
        *_transfer(),
        *_second_desk(),
        *_pay_out(),
        *_line_down(),
        *one_box(),
        *_refused_bill(),
        *_undone(),
        *abroad(),
        *notices(),
        *codes(),
        *mail(),
        *languages(),
        *_close(),
    ]


def sign_in(who: tuple[str, str]) -> list[Instruction]:
    """Pick the name by its digit, type the PIN."""
    return [keys(who[0]), Type(who[1]), keys("Enter"), See("Müştərinin səbəti")]


def count(*pieces: str) -> list[Instruction]:
    """A count sheet from the 500-manat row down to 1 qəpik; then the main button."""
    rows = [*pieces, *[""] * (_ROWS - len(pieces))]
    steps: list[Instruction] = []
    for number in rows:
        steps += [Type(number), keys("Enter")] if number else [keys("Enter")]
    return [*steps, keys("Enter")]


def moved(*pieces: str) -> list[Instruction]:
    """A count sheet whose panel closes when it is recorded."""
    return [*count(*pieces), Gone("İmtina")]


def _morning() -> list[Instruction]:
    return [
        Chapter("sign in"),
        At("08:40"),
        AtDesk(1),
        See("Nigar Əliyeva"),
        Picture("sign-in"),
        keys(RAUF[0]),
        Type("4681"),
        keys("Enter"),
        See("4"),
        Picture("wrong-pin"),
        Type(RAUF[1]),
        keys("Enter"),
        See("Müştərinin səbəti"),
        Chapter("open the day"),
        # Before the day is open the till page is the first one.
        See("Bu gün açılacaq tarix"),
        keys("Ctrl+D"),
        See("Kassanı aç"),
        keys("Ctrl+S"),
        Type("İNK-2026-0417"),
        keys("Enter"),
        *moved("", "5", "40", "30", "20", "20", "40", "100", "100", "100", "100", "100", "", "100"),
        See("Seyf"),
        Picture("day-opened"),
        keys("Ctrl+Shift+Q"),
        See("Daxil olun"),
    ]


def _till_opens() -> list[Instruction]:
    return [
        Chapter("open the till, float and goods"),
        At("08:52"),
        *sign_in(NIGAR),
        See("Kassanı aç"),
        keys("Ctrl+O"),
        See("Nigar Əliyeva"),
        keys("Ctrl+Up"),
        *moved("", "", "", "", "10", "20", "20", "50", "40", "50", "50", "40", "", "50"),
        See("Kassa 587,50"),
        Picture("till-with-float"),
        *_stock("1", "200"),
        *_stock("2", "100"),
        *_stock("3", "150"),
        *_stock("6", "20"),
    ]


def _stock(article: str, pieces: str) -> list[Instruction]:
    return [
        keys("Ctrl+N"),
        keys(article),
        keys("Enter"),
        Type(pieces),
        keys("Enter"),
        Type("QM-118"),
        keys("Enter"),
        Gone("İmtina"),
    ]


def pay(given: str = "") -> list[Instruction]:
    """F10, what the customer gives (nothing typed is the exact sum), Enter."""
    typed: list[Instruction] = [Type(given)] if given else []
    return [keys("F10"), See("Müştəri nə qədər verdi?"), *typed, keys("Enter"), See("Qəbz")]


def _first_customers() -> list[Instruction]:
    return [
        Chapter("stamps and envelopes"),
        At("09:05"),
        keys("F6"),
        See("Zərf C6"),
        keys("2"),
        Type("3"),
        keys("Enter"),
        See("1,80"),
        keys("3"),
        Type("2"),
        keys("Enter"),
        See("2,20"),
        Picture("goods"),
        keys("F10"),
        See("Müştəri nə qədər verdi?"),
        Type("5"),
        See("2,80"),
        Picture("paying"),
        keys("Enter"),
        See("Qəbz"),
        See("2,80"),
        Picture("change"),
        Chapter("two bills by scanner"),
        At("09:21"),
        keys("F3"),
        Scan("AZB100110123456788"),
        See("38,45"),
        Picture("bill-checked"),
        keys("Enter"),
        Scan("AZB1002201234567894", "az"),
        See("21,90"),
        keys("Enter"),
        See("60,35"),
        *pay("100"),
        See("39,65"),
    ]


def _cards() -> list[Instruction]:
    return [
        Chapter("a card, and a card whose answer is lost"),
        At("09:34"),
        keys("F6 3"),
        Type("5"),
        keys("Enter"),
        See("1,00"),
        keys("F10"),
        See("Kartla"),
        Picture("card-offered"),
        keys("Ctrl+Y"),
        See("Qəbz 0001-000003"),
        Outside("card_answer_lost"),
        keys("3"),
        Type("10"),
        keys("Enter"),
        See("2,00"),
        keys("F10"),
        See("Kartla"),
        keys("Ctrl+Y"),
        See("nəticəsi məlum deyil"),
        Picture("card-unknown"),
        keys("Ctrl+Y"),
        See("Qəbz 0001-000004"),
    ]


def _transfer() -> list[Instruction]:
    return [
        Chapter("a transfer"),
        At("09:48"),
        keys("F2"),
        Type("5KL2M7A"),
        keys("Enter"),
        Type("AA1234567"),
        keys("Enter"),
        Type("14.05.2031"),
        keys("Enter"),
        Type("Məmmədov Rəşad Elçin oğlu"),
        keys("Enter"),
        Type("0502123344"),
        keys("Enter"),
        Type("Həsənova Günel"),
        keys("Enter"),
        Type("0552123344"),
        keys("Enter Enter"),
        Type("200"),
        See("202,40"),
        Picture("transfer-send"),
        keys("Enter"),
        See("Həsənova Günel"),
        Picture("transfer-in-basket"),
        *pay(),
        Picture("transfer-paid"),
    ]


def _second_desk() -> list[Instruction]:
    return [
        Chapter("cash for the second desk"),
        At("10:05"),
        keys("Ctrl+3"),
        Remember("code", r"([0-9]{3} [0-9]{3} [0-9]{4})"),
        Picture("transfers-sent-here"),
        keys("F7 Ctrl+G"),
        See("İş yeri 2"),
        keys("Enter"),
        *moved("", "", "", "", "5", "3", "3", "5"),
        See("Pul"),
        AtDesk(2),
        *sign_in(RAUF),
        keys("Ctrl+D"),
        See("Kassanı aç"),
        keys("Ctrl+Shift+Q"),
        See("Daxil olun"),
        At("10:12"),
        *sign_in(ELVIN),
        keys("Ctrl+O"),
        Outside("settle"),
        Outside("wake_2"),
        See("150,00"),
        keys("Ctrl+H"),
        *moved("", "", "", "", "5", "3", "3", "5"),
        See("Kassa 150,00"),
        Picture("remittance-accepted"),
    ]


def _pay_out() -> list[Instruction]:
    return [
        Chapter("pay out at the other desk"),
        At("10:20"),
        keys("Ctrl+K"),
        Type("{code}"),
        keys("Enter"),
        See("Ödəmə"),
        Type("200"),
        keys("Enter"),
        Type("Məmmədov Rəşid"),
        keys("Enter"),
        See("bu cəhd sayılmır"),
        Picture("pay-out-near-miss"),
        keys("Ctrl+A"),
        Type("Məmmədov Rəşad"),
        keys("Enter"),
        See("Həsənova Günel"),
        Type("7AB2CD3"),
        keys("Enter"),
        Type("AA7654321"),
        keys("Enter"),
        Type("01.02.2032"),
        Picture("pay-out"),
        keys("Enter"),
        See("Müştəriyə veriləcək"),
        Scan("AZB1002202345678905", "ru"),
        See("74,15"),
        keys("Enter"),
        See("125,85"),
        Picture("pay-out-with-bill"),
        keys("F10 Enter"),
        See("Müştəriyə verildi"),
        Picture("paid-out"),
    ]


def _line_down() -> list[Instruction]:
    return [
        Chapter("the line is down"),
        AtDesk(1),
        At("11:05"),
        Outside("line_1_down"),
        keys("F3"),
        Scan("AZB1003301234567"),
        See("kəsilib: 11:05"),
        Type("12,80"),
        keys("Enter"),
        See("12,80"),
        Chapter("express mail off line"),
        At("11:18"),
        keys("F4"),
        Type("0502123344"),
        keys("Enter"),
        See("Məmmədov Rəşad"),
        Type("Gəncə, Nizami küçəsi 12, mənzil 4"),
        keys("Enter"),
        Type("0701112233"),
        keys("Enter"),
        Type("Abbasova Lalə"),
        keys("Enter"),
        Type("Bakı, Nizami küçəsi 90"),
        keys("Enter"),
        Type("AZ1010"),
        keys("Enter"),
        See("Bakı 10"),
        # Whoever comes to the weight finds what the scale says there.
        See("7,50"),
        Picture("express-mail"),
        keys("Enter"),
        See("EE"),
        Picture("off-line-basket"),
        *pay(),
        See("gözləyir"),
        Picture("off-line"),
        See("Geri oxudulmamış yarlıq: 1"),
        Scan("EE000000014AZ"),
        See("yarlıq yerindədir"),
        keys("Ctrl+Q"),
        See("Göndərilməyi gözləyənlər"),
        Picture("queue"),
        keys("Esc"),
        At("12:40"),
        Outside("line_1_up"),
        Outside("wake_1"),
        See("hamısı göndərilib"),
    ]


def _refused_bill() -> list[Instruction]:
    return [
        Chapter("a bill the biller refuses"),
        At("13:10"),
        keys("F3"),
        Scan("AZB100110345678906"),
        See("120,60"),
        Outside("biller_refuses"),
        keys("Enter"),
        *pay(),
        Outside("settle"),
        Outside("wake_1"),
        keys("Ctrl+2"),
        See("· rədd edilib"),
        Picture("payments-today"),
        keys("Enter"),
        See("Müştəriyə veriləcək"),
        keys("F10 Enter"),
        See("Müştəriyə verildi"),
    ]


def _undone() -> list[Instruction]:
    return [
        Chapter("a line undone with a second person"),
        At("13:32"),
        keys("F6 3"),
        Type("10"),
        keys("Enter"),
        See("2,00"),
        *pay(),
        keys("F9"),
        See("2,00"),
        keys("Enter"),
        See("Zərf C6"),
        keys("Ctrl+Shift+Del"),
        Type("Səhv say daxil edilib"),
        keys("Enter"),
        Picture("second-person"),
        keys("1"),
        Type(SEVDA[1]),
        keys("Enter"),
        Picture("history"),
    ]


def _close() -> list[Instruction]:
    return [
        Chapter("close the second desk"),
        At("17:30"),
        AtDesk(2),
        keys("F7 Ctrl+E"),
        *count("", "", "", "", "1", "", "", "4", "", "", "1", "1"),
        See("Fərq yoxdur"),
        Picture("till-closed-exact"),
        keys("Enter Ctrl+Shift+Q"),
        See("Daxil olun"),
        *sign_in(RAUF),
        keys("F8"),
        See("Gəncə 2"),
        Picture("report-provisional"),
        keys("Ctrl+E Enter"),
        See("bağlandı"),
        Outside("settle"),
        Chapter("close the first desk with five qəpik short"),
        At("17:48"),
        AtDesk(1),
        keys("Ctrl+Down"),
        *moved("", "", "5"),
        keys("Ctrl+E"),
        *count("", "", "", "6", "1", "1", "1", "3", "2", "2", "", "", "", "2"),
        See("-0,05"),
        Picture("till-closed-short"),
        keys("Enter Ctrl+Shift+Q"),
        See("Daxil olun"),
        *sign_in(RAUF),
        Outside("wake_1"),
        keys("F8"),
        See("Gəncə 2"),
        Picture("report"),
        keys("Ctrl+E Enter"),
        See("bağlandı"),
        Picture("day-closed"),
        Outside("settle"),
        Chapter("sign the report"),
        keys("Ctrl+G"),
        See("Günün hesabatı"),
        Type(RAUF[1]),
        keys("Enter"),
        See("imzalanıb, yoxlanılıb"),
        Picture("day-signed"),
        Outside("settle"),
    ]
