"""Whatever is done at a desk: the invariants hold, and the journal alone gives every projection again."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from azpost_desk.storage.checking import check_folder
from tests.storage.desks import FakeClock, replaced_desk
from tests.storage.play import ACTS, Player

OPENING = ["open_day", "supply", "open_till", "to_till", "stock"]


@settings(max_examples=15)
@given(st.lists(st.sampled_from(ACTS), max_size=25))
def test_any_sequence_of_operations_keeps_the_books_sound(acts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        clock = FakeClock()
        books = replaced_desk(Path(folder), clock)
        player = Player(books, clock)
        for act in [*OPENING, *acts]:
            player.play(act)
        assert books.rebuild() == []
        books.close()
        verdicts, damaged = check_folder(Path(folder))
        assert not damaged
        assert [one for verdict in verdicts for one in verdict.broken] == []


def test_every_act_can_be_taken(tmp_path: Path, clock: FakeClock) -> None:
    player = Player(replaced_desk(tmp_path, clock), clock)
    day = [
        *OPENING,
        *["sell_stamps", "take_bill", "send_transfer", "accept_item", "take_grant", "pay_out"],
        *["take_grant", "change_transfer"],
        *["sell_stamps", "reverse_last", "scan", "item_news", "item_voided_news", "pickup_code"],
        *["courier_round", "stop_order_news", "scan_label", "mail_bags", "despatch_abroad", "pay_charge"],
        *["report_irregularity", "amend_declaration"],
        *["bill_refused", "transfer_news"],
        *["remittance_news", "accept_remittance", "issue_remittance", "acknowledged", "take_grant"],
        *["send_abroad", "stop_abroad", "abroad_news", "pay_abroad_back", "pay_from_abroad"],
        *["raise_dispute", "dispute_answered", "escalate_dispute", "close_dispute", "supplement"],
        *["remittance_slip", "close_slip", "consent_by_telephone"],
        *["worn_apart", "seal_bag", "hand_over_bag", "suspect_note", "bag_news", "receive_bag"],
        *["bag_news", "receive_short_bag", "card_declined", "card_given_back", "case_raised"],
        *[
            "code_given_up",
            "code_settled",
            "paper_signed",
            "key_news",
            "refuse_consent",
            "lock_consent",
            "decline_correction",
        ],
        *["erase_oldest", "late_tail"],
        *["surprise_count", "hand_over_till", "make_good", "count_aside"],
        *["ask_for_grant", "release_grant", "close_till", "clear_surplus", "close_day"],
    ]
    assert [act for act in day if not player.play(act)] == []
    assert set(day) == set(ACTS)
    assert player.books.rebuild() == []
    player.books.close()
    verdicts, damaged = check_folder(tmp_path)
    assert not damaged
    assert [one for verdict in verdicts for one in verdict.broken] == []


def test_rebuild_mends_and_names_a_projection_that_was_changed(player: Player) -> None:
    for act in [*OPENING, "sell_stamps"]:
        player.play(act)
    with player.books.writing() as books:
        books.connection.exec_driver_sql("UPDATE stock SET quantity = 99")
        books.connection.exec_driver_sql("UPDATE balances SET minor = minor + 1 WHERE account = '1020'")
    assert player.books.rebuild() == ["balances", "stock"]
    with player.books.reading() as books:
        assert books.stock() == {"ST-60": 8}
        assert books.till().balance.minor == 20_120
