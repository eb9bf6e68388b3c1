"""Scanner, receipt and label printer, drawer, scale, card terminal, smart card: each behind a port, each with a stand-in."""
