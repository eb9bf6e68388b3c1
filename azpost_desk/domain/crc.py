"""CRC-16 of a text, as codes that are scanned carry it: takes any text, gives 16 bits."""

from __future__ import annotations


def crc16(text: str) -> int:
    """CRC-16/CCITT-FALSE (polynomial 0x1021, start 0xFFFF) over the UTF-8 of `text`, as AZQR wants it."""
    crc = 0xFFFF
    # A paste may hold half a character: it has a CRC like any other text, and no code of ours holds it.
    for byte in text.encode("utf-8", "surrogatepass"):
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc
