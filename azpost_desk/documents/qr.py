"""QR codes (ISO/IEC 18004), level M; capitals and digits are packed two to eleven bits."""

from __future__ import annotations

from typing import Final

# Light modules around the code that the standard asks for.
QUIET: Final = 4
Matrix = tuple[tuple[bool, ...], ...]


def matrix(text: str) -> Matrix:
    """The dark modules of the smallest code that holds `text` (capitals, digits and ``$%*+-./:`` only), rows
    from the top, without the quiet zone.
    """
    from reportlab.graphics.barcode import qrencoder

    code = qrencoder.QRCode(None, qrencoder.QRErrorCorrectLevel.M)
    code.addData(qrencoder.QRAlphaNum(text))
    code.make()
    return tuple(tuple(bool(module) for module in row) for row in code.modules)
