"""QR codes as squares: which of them are dark; how large they are is the paper's business."""

from __future__ import annotations

from typing import Final

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

# Light around the code, in modules (ISO/IEC 18004).
QUIET: Final = 4


def squares(text: str) -> tuple[tuple[bool, ...], ...]:
    """Rows of the code of `text`, dark = True, without the quiet zone; error correction M.

    Capitals and digits take five and a half bits each, so codes of ours are written in them.
    """
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    size = code.getModuleCount()
    return tuple(tuple(bool(code.isDark(row, column)) for column in range(size)) for row in range(size))
