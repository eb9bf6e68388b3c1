"""The register of screens and of the frame's own keys: rail, help sheet and key test read the same list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from azpost_desk.gui.kit.screens import Screen

# Where an answer of the one box opens: kind of answer → (screen, argument is the answer's key).
OPENS: Final = {
    "item": "tracking",
    "receptacle": "tracking",
    "despatch": "tracking",
    "transfer": "transfers",
    "payout": "transfers",
    "customer": "customers",
    "voen": "transfers",
    "bill": "payments",
    "payment": "payments",
    "article": "goods",
    "receipt": "history",
    "remittance": "tills",
    "close": "reports",
    "certificate": "history",
    "bag": "cash",
    "price": "transfers",
    "item_price": "express",
    "receiver": "transfers",
}
# Keys of the frame; no screen may use them.
FRAME_KEYS: Final = {
    "frame.keys.help": "F1",
    "frame.keys.basket": "Ctrl+F10",
    "frame.keys.pay": "F10",
    "frame.keys.lock": "F12",
    "frame.keys.menu": "Ctrl+F12",
    "frame.keys.box": "Ctrl+K",
    "frame.keys.language": "Ctrl+L",
    "frame.keys.theme": "Ctrl+T",
    "frame.keys.queue": "Ctrl+Q",
    "frame.keys.books": "Ctrl+Shift+K",
    "frame.keys.sign_out": "Ctrl+Shift+Q",
    "frame.keys.void": "Ctrl+Del",
    "frame.keys.open_scan": "Ctrl+Return",
    "recovery.tray.park": "Ctrl+F11",
    "recovery.tray.title": "Ctrl+Shift+F11",
    "preflight.look": "Ctrl+I",
    "frame.keys.card": "Ctrl+Y",
    "frame.keys.card_back": "Ctrl+Shift+Y",
    "frame.keys.print_again": "Ctrl+Shift+P",
    "frame.keys.papers": "Ctrl+F9",
}


def screens() -> list[type[Screen]]:
    """The screens in the order of the rail; imported here, after the sign-in page has been painted."""
    from azpost_desk.gui.screens.customers.screen import CustomerScreen
    from azpost_desk.gui.screens.disputes.screen import DisputesScreen
    from azpost_desk.gui.screens.express.screen import ExpressScreen
    from azpost_desk.gui.screens.goods.screen import GoodsScreen
    from azpost_desk.gui.screens.history.screen import HistoryScreen
    from azpost_desk.gui.screens.payments.screen import PaymentsScreen
    from azpost_desk.gui.screens.recovery.screen import RecoveryScreen
    from azpost_desk.gui.screens.reports.screen import ReportsScreen
    from azpost_desk.gui.screens.staff.screen import StaffScreen
    from azpost_desk.gui.screens.tills.cash_screen import CashScreen
    from azpost_desk.gui.screens.tills.screen import TillsScreen
    from azpost_desk.gui.screens.tracking.screen import TrackingScreen
    from azpost_desk.gui.screens.transfers.screen import TransfersScreen

    return [
        TransfersScreen,
        PaymentsScreen,
        ExpressScreen,
        TrackingScreen,
        GoodsScreen,
        TillsScreen,
        ReportsScreen,
        HistoryScreen,
        RecoveryScreen,
        DisputesScreen,
        StaffScreen,
        CashScreen,
        CustomerScreen,
    ]
