"""Phone cards at a desk: found by their serial number; a card is sold once."""

from __future__ import annotations

from typing import Final

from azpost_desk.domain.lines import PhonecardSold
from azpost_desk.storage.features.base import LineCarrier
from azpost_desk.storage.projecting import happens_once

PHONECARDS: Final = (
    LineCarrier[PhonecardSold](
        line=PhonecardSold,
        sold=lambda connection, written, line, _receipt: happens_once(
            connection, "phonecard", line.serial, written
        ),
        number=lambda line: line.serial,
    ),
)
