"""What a request for money by code binds: takes a basket and its lines, gives the digest of both."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.products import due_qapik

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.domain.operations import AnyLine

# A code has thirteen characters for its sum, the point and two figures after it among them.
QAPIK_MAX: Final = 10**12 - 1


def basket_digest(basket: str, lines: Sequence[AnyLine]) -> str:
    """What a request binds: this basket, its lines by their ids, and what each of them costs (hex)."""
    bound = [basket, [[line.operation, due_qapik(line)] for line in lines]]
    return hashlib.sha256(json.dumps(bound, separators=(",", ":")).encode()).hexdigest()
