"""What can happen with evidence: a branch took a copy of its own books out of the desk."""

from __future__ import annotations

from typing import Final

from azpost_desk.domain.bodies import Body


class EvidenceExported(Body, frozen=True):
    """An evidence file over the business days `first_day` to `last_day` (ISO) left this desk.

    `personal` says whether personal data was inside; `file` is the SHA-256 of the file, hex. At the very end
    of the books it is no part of what it tells of: a second export of the same days gives the same bytes.
    """

    first_day: str
    last_day: str
    personal: bool
    file: str


BODIES: Final[dict[tuple[str, int], type[Body]]] = {("evidence.exported", 1): EvidenceExported}
