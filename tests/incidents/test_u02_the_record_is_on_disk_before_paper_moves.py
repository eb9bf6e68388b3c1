"""U-02: the receipt was printed, and the sale was lost in a power cut."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.papers import ReceiptPaper
from tests.services.counters import CLERK, MORNING_MS, Stand, stand_at_work

ROOT = Path(__file__).resolve().parents[2]
# Sells two stamps and is killed: before the printer is asked, or with the paper half out of it.
SELLER = """
import os, signal, sys
from pathlib import Path
from azpost_desk.domain.money import azn
from azpost_desk.services.counter import Counter
from azpost_desk.services.desk import desk_services
from azpost_desk.services.goods import SellGoods
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.vault import FileVault
from tests.fakes.line import FakeLine
from tests.services.counters import CLERK, MORNING_MS, PlainHasher, press
from tests.storage.desks import FakeClock
folder, when = Path(sys.argv[1]), sys.argv[2]
clock = FakeClock(MORNING_MS)
books = DeskBooks.open(folder, clock, keep=FileVault(folder))
desk = desk_services(Counter(books, clock, FakeLine(clock)), PlainHasher(), press)
def die(paper, sort):
    if sort == "receipt":
        os.kill(os.getpid(), signal.SIGKILL)
basket = desk.shop.sell(SellGoods("ST-60", 2), CLERK)
print(desk.baskets.pay(CLERK, basket.basket, azn(200)).receipt, flush=True)
if when == "before":
    die(None, "receipt")
while desk.papers.print_next(die):
    pass
"""


@pytest.mark.parametrize("when", ["before", "during"])
def test_killed_between_commit_and_paper_the_sale_is_there_and_its_paper_is_offered(
    tmp_path: Path, when: str
) -> None:
    stand = stand_at_work(tmp_path / "desk")
    stand.books.close()
    done = subprocess.run(
        [sys.executable, "-c", SELLER, str(tmp_path / "desk"), when],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == -9, done.stderr
    receipt = done.stdout.strip()
    stand = reopened(tmp_path / "desk")
    [sold] = stand.bodies(ops.Settlement)
    assert isinstance(sold, ops.Settlement)
    assert (sold.receipt, sold.change_qapik) == (receipt, 80)
    [job] = [one for one in stand.desk.papers.waiting() if one.paper == "receipt"]
    assert (job.key, job.state) == (receipt, "waiting" if when == "before" else "printing")
    printed: list[object] = []
    if when == "during":
        stand.desk.papers.retry(job, CLERK)
    while stand.desk.papers.print_next(lambda paper, _: printed.append(paper)):
        pass
    [paper] = [one for one in printed if isinstance(one, ReceiptPaper)]
    assert paper.copy.kind == ("original" if when == "before" else "duplicate")
    reprints = stand.bodies(ops.PaperReprinted)
    assert len(reprints) == (0 if when == "before" else 1)
    assert len(stand.bodies(ops.Settlement)) == 1
    stand.books.close()


def reopened(folder: Path) -> Stand:
    """The desk as it starts again."""
    from azpost_desk.services.counter import Counter
    from azpost_desk.services.desk import desk_services
    from azpost_desk.storage.books import DeskBooks
    from azpost_desk.storage.vault import FileVault
    from tests.fakes.line import FakeLine
    from tests.services.counters import PlainHasher, press
    from tests.storage.desks import FakeClock

    clock = FakeClock(MORNING_MS + 60_000)
    books = DeskBooks.open(folder, clock, keep=FileVault(folder))
    line = FakeLine(clock)
    return Stand(books, clock, line, desk_services(Counter(books, clock, line), PlainHasher(), press))
