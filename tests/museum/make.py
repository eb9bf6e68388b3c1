"""Makes a museum piece: ``python -m tests.museum.make FOLDER``, once per released schema, never again.

A played day of a synthetic desk: its file and its keys, which guard nothing.
"""

from __future__ import annotations

import sys
from pathlib import Path

from azpost_desk.storage import engine, vault
from tests.storage.desks import FakeClock, new_desk
from tests.storage.play import Player

DAY = (
    *("open_day", "supply", "open_till", "to_till", "stock", "sell_stamps", "take_bill", "send_transfer"),
    *("accept_item", "take_grant", "pay_out", "sell_stamps", "reverse_last", "scan", "item_news"),
    "item_voided_news",
    "pickup_code",
    "courier_round",
    "scan_label",
    "mail_bags",
    "despatch_abroad",
    "pay_charge",
    "accept_item",
    "stop_order_news",
    *("bill_refused", "transfer_news", "remittance_news", "accept_remittance", "issue_remittance"),
    *("acknowledged", "take_grant", "release_grant", "send_abroad", "send_abroad", "stop_abroad"),
    *(
        "abroad_news",
        "pay_abroad_back",
        "code_given_up",
        "code_settled",
        "close_till",
        "close_day",
        "open_day",
        "take_grant",
    ),
)


def make(folder: Path) -> None:
    """Play the day and leave one compact file."""
    clock = FakeClock()
    books = new_desk(folder, clock)
    player = Player(books, clock)
    refused = [act for act in DAY if not player.play(act)]
    if refused:
        raise SystemExit(f"refused: {refused}")
    books.close()
    raw = engine.driver(folder / "desk.db", vault.secret(vault.FileVault(folder), vault.DATABASE))
    raw.execute("VACUUM")
    raw.close()
    (folder / "desk.lock").unlink()


if __name__ == "__main__":
    make(Path(sys.argv[1]))
