"""A desk introduces itself to the centre with its one-time code and learns who it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol import messages
from azpost_desk.sync.wire import Wire

if TYPE_CHECKING:
    from azpost_desk.protocol.keys import SigningKey

ENROL_PATH: Final = "/v1/enrol"


def enrol(
    url: str, code: str, signing_key: SigningKey, software: str, verify: bool | str = True
) -> messages.Enrolled:
    """Enrol with a one-time code. Repeating it with the same code and key gives the same answer.

    Args:
        code: as the centre printed it; case, spaces and dashes do not matter.
        signing_key: new for this epoch; its public half becomes the desk's.
        software: name and version of this program.

    Raises:
        Trouble: L-001, L-002, L-003, L-009: nothing is known; try again with the same key.
        Refused: L-014 when the centre does not accept the code (unknown, used, too old).
    """
    wire = Wire(url, verify)
    question = messages.Enrol(
        version=messages.VERSION,
        code=code.strip(),
        public_key=signing_key.public(),
        software=software,
    )
    try:
        return wire.post(ENROL_PATH, question, messages.Enrolled, "", signing_key)
    except Trouble as trouble:
        if trouble.code == "L-005":
            raise Refused("L-014", "code") from trouble
        raise
    finally:
        wire.hang_up()
