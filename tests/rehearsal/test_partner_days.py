"""Days of random faults at a partner abroad, by seed: each account is explained at every evening."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.rehearsal import partner_days
from azpost_desk.rehearsal.crash_town import crash_town

if TYPE_CHECKING:
    from pathlib import Path


def test_days_of_faults_end_with_nothing_unexplained_and_every_open_item_named(
    postgres: str, tmp_path: Path
) -> None:
    """The whole proof is `azpost-desk simulate --faults partner`; this is its beginning."""
    with crash_town(postgres, tmp_path, codes=10) as town:
        ended = partner_days.run(town, days=2, seed=3)
    told = ended.told(1)
    assert (told["violations"], told["unexplained"]) == (0, 0), told["examples"]
    assert told["operations"] > 10
    assert all(one["owner"] and one["name"] for one in told["open_items"])
    # Something of every side was played.
    kinds = {name.partition(":")[0].split()[0] for name in told["faults"]}
    assert {"partner", "order", "statement"} <= kinds


def test_what_nobody_can_explain_is_found(postgres: str, tmp_path: Path) -> None:
    """The proof can fail: a credit in the book that no statement and no item knows."""
    with crash_town(postgres, tmp_path, codes=10) as town:
        with town.centre.database.transaction() as conn:
            conn.execute("update postings set minor = minor + 7 where account = '1050' and currency = 'GEL'")
        ended = partner_days.run(town, days=0, seed=1)
    assert ended.unexplained == 7
    assert any("I-13" in one for one in ended.violations)
