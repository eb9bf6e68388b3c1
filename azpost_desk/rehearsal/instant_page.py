"""The sandbox rail's web face: the centre's calls and messages, and at ``/`` a page where a person pays.

The page needs no script: each open request has a button that pays it and one that refuses it, and a field
takes a code as a payer's application would scan it. It says in three languages that no money moves.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final, Protocol, cast
from urllib.parse import parse_qs

from azpost_desk.central.gateways.iso_wire import SIGNATURE
from azpost_desk.rehearsal.signed_sandbox import Answer, SignedHandler

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.domain.money import Money

HTML: Final = "text/html; charset=utf-8"
_NO_SCRIPT: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "Cache-Control": "no-store",
}
_DONE: Final = {
    "pay": "Ödənildi · Оплачено · Paid",
    "decline": "İmtina edildi · Отказано · Declined",
}
_NO: Final = {
    "paid": "Artıq ödənilib · Уже оплачено · Already paid",
    "closed": "Vaxtı bitib və ya bağlanıb · Закрыто или время вышло · Closed or over",
    "declined": "İmtina edilib · От этого отказались · Was declined",
    "unknown": "Belə sorğu yoxdur · Такого запроса нет · No such request",
    "amount": "Kodun məbləği başqadır · Сумма в коде другая · The code's sum is another",
    "payee": "Alıcı başqadır · Получатель другой · Another payee",
}
_NO_CODE: Final = "Bu, ödəniş kodu deyil · Это не платёжный код · This is no payment code"
_AGAIN: Final = '<p><a href="/">Yenilə · Обновить · Refresh</a></p>'
_HEAD: Final = """<!DOCTYPE html><html lang="az"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Sınaq · Песочница · Sandbox</title>
<style>body{font:1.1rem sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}form{display:inline}
p.sandbox{background:#ffd54a;color:#000;padding:.6rem}button,input{font:inherit;padding:.4rem .8rem}
li{margin:.8rem 0}code{font-size:.8rem}input{width:60%}</style>
<p class="sandbox">Sınaq ödəyicisi: pul hərəkət etmir · Учебный плательщик: деньги не двигаются ·
Sandbox payer: no money moves</p>
"""
_CODE: Final = """<form method="post" action="/pay"><input name="what" autofocus autocomplete="off"
aria-label="Kod · Код · Code" placeholder="Kod · Код · Code"> <button>Ödə · Оплатить · Pay</button></form>
"""
_ONE: Final = """<li><b>{amount} AZN</b> <code>{id}</code><br>
<form method="post" action="/pay"><input type="hidden" name="what" value="{id}">
<button>Ödə · Оплатить · Pay</button></form>
<form method="post" action="/decline"><input type="hidden" name="what" value="{id}">
<button>İmtina · Отказаться · Decline</button></form></li>
"""
_NOTHING: Final = "<p>Açıq sorğu yoxdur · Открытых запросов нет · No open requests</p>"


class _Request(Protocol):
    id: str
    amount: Money


class _Payers(Protocol):
    """What the page asks of the rail behind it."""

    def open_requests(self) -> Sequence[_Request]: ...

    def pay(self, what: str) -> object: ...

    def decline(self, request: str) -> object: ...

    def answer(self, method: str, path: str, signature: str, body: bytes) -> Answer: ...


def page(requests: Sequence[_Request], note: str = "") -> bytes:
    """The page: what may be paid now, and what became of the last button."""
    shown = [_ONE.format(id=escape(one.id), amount=f"{one.amount.decimal():f}") for one in requests]
    told = f'<p role="status"><b>{escape(note)}</b></p>' if note else ""
    listed = f"<ol>{''.join(shown)}</ol>" if shown else _NOTHING
    return f"{_HEAD}{told}{_CODE}{listed}{_AGAIN}</html>\n".encode()


class PageHandler(SignedHandler):
    """One connection to the rail."""

    @property
    def payers(self) -> _Payers:
        """The rail that is played."""
        return cast("_Payers", self.played)

    def do_GET(self) -> None:
        """The page, a request, or what waits."""
        if self.path == "/":
            return self._show("")
        if self.path.startswith("/requests/"):
            return self.send(self.payers.answer("GET", self.path, self.headers.get(SIGNATURE, ""), b""))
        super().do_GET()

    def do_PUT(self) -> None:
        """Register a request."""
        signature = self.headers.get(SIGNATURE, "")
        self.send(self.payers.answer("PUT", self.path, signature, self.body()))

    def do_POST(self) -> None:
        """A button of the page, the closing of a request, or a document."""
        if self.path in ("/pay", "/decline"):
            return self._press(self.path.removeprefix("/"))
        if self.path.startswith("/requests/"):
            signature = self.headers.get(SIGNATURE, "")
            return self.send(self.payers.answer("POST", self.path, signature, self.body()))
        super().do_POST()

    def _press(self, button: str) -> None:
        what = parse_qs(self.body().decode("utf-8", "replace")).get("what", [""])[0].strip()
        try:
            (self.payers.pay if button == "pay" else self.payers.decline)(what)
        except ValueError as no:
            return self._show(_NO.get(str(no), _NO_CODE))
        self._show(_DONE[button])

    def _show(self, note: str) -> None:
        body = page(self.payers.open_requests(), note)
        self.send(Answer(200, body, lines=_NO_SCRIPT, content_type=HTML))
