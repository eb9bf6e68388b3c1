"""Cash in the branch: bags, counts of a till, suspect notes, differences made good, as immutable values."""

from __future__ import annotations

from typing import Final

from azpost_desk.domain.bodies import Body

# --- bags from the branch, and to it ----------------------------------------------------------------------


class BagSealed(Body, frozen=True):
    """Cash of the safe was counted into a bag and the bag sealed; `bag` is its id, `number` the seal's.

    A bag of sort ``suspect`` holds no money: `notes` names the reports of the notes in it.
    """

    bag: str
    number: str
    sort: str
    pieces: dict[str, int]
    amount_qapik: int
    notes: tuple[str, ...] = ()


class BagHandedOver(Body, frozen=True):
    """A sealed bag was given to the collector, who is named by an erasable attachment (``collector``)."""

    bag: str
    number: str
    collector: str


class BagReceived(Body, frozen=True):
    """A bag of the cash centre was opened and counted into the safe, exactly as announced."""

    bag: str
    number: str
    pieces: dict[str, int]
    amount_qapik: int


class BagDiffered(Body, frozen=True):
    """A bag of the cash centre held something else than announced: what was counted went into the safe.

    The act has a number and both people; the rest stays in transit until the centre resolves it.
    """

    bag: str
    number: str
    act: str
    announced: dict[str, int]
    announced_qapik: int
    pieces: dict[str, int]
    amount_qapik: int
    approved_by: str


# --- counts of a till -------------------------------------------------------------------------------------


class CountSetAside(Body, frozen=True):
    """A blind count that ended nothing, because it differed too much: the till is being counted now.

    What was expected does not stand here: whoever counts again must not know it.
    """

    till: str
    holder: str
    pieces: dict[str, int]
    counted_qapik: int


class DifferenceConsented(Body, frozen=True):
    """A manager knows of a difference above the limit; `about` is the close or hand-over it belongs to.

    Consent admits nothing: it says that two counts were made and who saw the second.
    """

    about: str
    till: str
    holder: str
    first_counted_qapik: int
    second_counted_qapik: int
    limit_qapik: int
    approved_by: str


class TillHandedOver(Body, frozen=True):
    """The till went from its holder to another officer by a count of both, without being closed.

    The difference is the leaving holder's. `approved_by` is the taking officer, by the own PIN.
    """

    till: str
    holder: str
    taker: str
    pieces: dict[str, int]
    counted_qapik: int
    expected_qapik: int
    difference_qapik: int
    approved_by: str


class TillCounted(Body, frozen=True):
    """A surprise count by a supervisor: kept side by side, posts nothing, changes nothing."""

    till: str
    holder: str
    pieces: dict[str, int]
    counted_qapik: int
    expected_qapik: int
    difference_qapik: int


class DifferenceMadeGood(Body, frozen=True):
    """An officer put own money into the till for a shortage of a named count (never during a count).

    Attributes:
        close: operation of the close or hand-over whose shortage it is.
        cause: word of `CAUSES`; the officer's own sentence is an attachment (``words``).
        words: its commitment.
        warning: key of the sentence that was shown before: nobody has to pay without an inquiry.
    """

    close: str
    till: str
    officer: str
    pieces: dict[str, int]
    amount_qapik: int
    cause: str
    words: str
    warning: str
    approved_by: str


# --- suspect notes ----------------------------------------------------------------------------------------


class NoteSuspected(Body, frozen=True):
    """A note that may be false was kept and the customer given a report; it has no money value here.

    The post reports it and sends it by collector, never by mail, and does not give it back (Central Bank of
    Azerbaijan, January 2018). The presenter is named by an erasable attachment (``presenter``).
    """

    report: str
    denomination_qapik: int
    series: str
    presenter: str
    signs: tuple[str, ...] = ()


# --- the centre's own book --------------------------------------------------------------------------------


class BagDispatched(Body, frozen=True):
    """Centre: the cash centre sealed a bag for a desk."""

    bag: str
    number: str
    to_desk: str
    sort: str
    pieces: dict[str, int]
    amount_qapik: int


class BagTakenIn(Body, frozen=True):
    """Centre: the cash centre counted a bag of a branch; it may hold less or more than was sealed."""

    bag: str
    number: str
    from_desk: str
    announced_qapik: int
    pieces: dict[str, int]
    amount_qapik: int
    act: str = ""


class BagResolved(Body, frozen=True):
    """Centre: what became of the missing part of a bag (negative: of what was too much).

    `outcome` is ``found`` (the cash centre has it after all) or ``lost`` (the post bears it, no clerk).
    """

    bag: str
    number: str
    outcome: str
    missing_qapik: int
    reason: str
    first_person: str
    second_person: str


CAUSES: Final = ("wrong_change", "miscount", "lost", "unknown", "other")
"""Why somebody pays a shortage: what the centre asks about."""

SIGNS: Final = ("paper", "watermark", "thread", "print", "light", "machine")
"""What made a note suspect."""

COUNTED_BAGS: Final = (BagSealed, BagReceived, BagDiffered, BagDispatched, BagTakenIn)

BODIES: Final[dict[tuple[str, int], type[Body]]] = {
    ("bag.sealed", 1): BagSealed,
    ("bag.handed_over", 1): BagHandedOver,
    ("bag.received", 1): BagReceived,
    ("bag.differed", 1): BagDiffered,
    ("count.set_aside", 1): CountSetAside,
    ("difference.consented", 1): DifferenceConsented,
    ("till.handed_over", 1): TillHandedOver,
    ("till.counted", 1): TillCounted,
    ("difference.made_good", 1): DifferenceMadeGood,
    ("note.suspected", 1): NoteSuspected,
    ("bag.dispatched", 1): BagDispatched,
    ("bag.taken_in", 1): BagTakenIn,
    ("bag.resolved", 1): BagResolved,
}
CENTRE_KINDS: Final = frozenset({"bag.dispatched", "bag.taken_in", "bag.resolved"})
