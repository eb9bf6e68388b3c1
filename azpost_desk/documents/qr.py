"""QR codes (ISO/IEC 18004), level M: takes a text, gives the dark modules; capitals and digits are packed."""

from __future__ import annotations

import re
from typing import Final

# Light modules around the code that the standard asks for.
QUIET: Final = 4
Matrix = tuple[tuple[bool, ...], ...]
_PACKED: Final = re.compile(r"[0-9A-Z $%*+\-./:]*")


def matrix(text: str) -> Matrix:
    """The dark modules of the smallest code that holds `text`, rows from the top, without the quiet zone.

    Capitals, digits and ``$%*+-./:`` take two characters in eleven bits, any other text UTF-8.
    """
    from reportlab.graphics.barcode import qrencoder

    code = qrencoder.QRCode(None, qrencoder.QRErrorCorrectLevel.M)
    packed = _PACKED.fullmatch(text) is not None
    code.addData(qrencoder.QRAlphaNum(text) if packed else qrencoder.QR8bitByte(text.encode()))
    code.make()
    return tuple(tuple(bool(module) for module in row) for row in code.modules)
