"""What a desk asks about a code on its screen, and the centre's signed word that it was paid.

The question names the request, never a payer. Asked again, each act says the same: it is the desk's way to
look as much as its way to ask (money-out.md MC-1 to MC-5).
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from azpost_desk.protocol.messages import Message, Signed

# The first word of the signed ones: they are taken for nothing else that the same key signs.
QR_PAID: Final = "qr"
Act = Literal["ask", "look", "close", "take"]


class QrPaid(msgspec.Struct, frozen=True, array_like=True):
    """Money for one basket of one chain: the grant of a tender, used once (PROTOCOL.md 5).

    Attributes:
        sort: `QR_PAID`.
        desk, epoch: the chain that asked; no other may use it.
        request: operation id of its request record.
        digest: of the basket that it pays (`domain.qr.basket_digest`).
        reference: the rail's own of the credit.
        time_ms: the centre's, UTC ms.
    """

    sort: str
    centre_epoch: int
    desk: str
    epoch: int
    request: str
    digest: str
    amount_qapik: int
    reference: str
    time_ms: int


class QrAsk(Message, frozen=True):
    """`ask` for a code over a sum, `look` what became of it, `close` it, `take` money that came late."""

    request: str
    act: Act
    basket: str
    tender: str
    digest: str
    amount_qapik: int


class QrTold(Message, frozen=True):
    """The state of the request (`domain.qr.REQUEST`), or an X-code.

    `code` is what the customer scans, while the rail takes it; `until_ms` the centre's time (UTC ms) at which
    it stops, `now_ms` the centre's present one. `paid` is the confirmation. `reason` is the rail's word.
    """

    state: str = ""
    code: str = ""
    until_ms: int = 0
    now_ms: int = 0
    paid: Signed | None = None
    reason: str = ""
    refused: str = ""


def paid_words(paid: QrPaid) -> bytes:
    """The bytes the centre signs."""
    return msgspec.json.encode(paid)


def paid_of(words: bytes) -> QrPaid:
    """The confirmation in signed words.

    Raises:
        msgspec.DecodeError, msgspec.ValidationError: they are none.
    """
    paid = msgspec.json.decode(words, type=QrPaid)
    if paid.sort != QR_PAID:
        raise msgspec.ValidationError(f"{paid.sort!r} is no confirmation of money by code")
    return paid
