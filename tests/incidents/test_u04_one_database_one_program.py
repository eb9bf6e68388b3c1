"""U-04: receipt numbers were used again after a reload or in a second window."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from azpost_desk.domain import operations as ops
from azpost_desk.services.goods import SellGoods
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.vault import FileVault
from tests.services.counters import CLERK, Stand

ROOT = Path(__file__).resolve().parents[2]
SECOND = """
import sys
from pathlib import Path
from azpost_desk.domain.refusals import Trouble
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.vault import FileVault
folder = Path(sys.argv[1])
try:
    DeskBooks.open(folder, None, keep=FileVault(folder))
except Trouble as told:
    print(told.code, told.facts["port"])
"""


def test_a_second_program_is_sent_to_the_first_ones_window_and_receipts_go_on(stand: Stand) -> None:
    stand.books.announce(40_123)
    second = subprocess.run(
        [sys.executable, "-c", SECOND, str(stand.books.folder)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert second.stdout.split() == ["G-062", "40123"]
    for _ in range(3):
        stand.desk.shop.sell(SellGoods("ST-60", 1), CLERK)
        stand.pay(60)
    stand.books.close()
    stand.books = DeskBooks.open(stand.books.folder, stand.clock, keep=FileVault(stand.books.folder))
    with stand.books.reading() as books:
        following = books.next_receipt()
    used = [one.receipt for one in stand.bodies(ops.Settlement) if isinstance(one, ops.Settlement)]
    serials = [int(receipt.rpartition("-")[2]) for receipt in (*used, following)]
    assert serials == list(range(serials[0], serials[0] + 4))
