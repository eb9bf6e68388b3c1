"""A card terminal that speaks ZVT and is a program: real frames over a real socket, with faults on demand."""

from __future__ import annotations

import datetime as dt
import socket
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, Self

from azpost_desk.devices import zvt_frames as zvt
from azpost_desk.devices.zvt_frames import Apdu, bcd, fields_of, split_off
from azpost_desk.domain.days import BAKU_OFFSET_MS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ZvtFault = Literal[
    "approve",  # the customer pays
    "decline",  # the issuer says no
    "lost_decline",  # the same, and that is not answered
    "cancel",  # the customer presses the red key
    "silent",  # nothing is charged, and nothing is answered
    "waiting",  # the same, and asked what it does it still waits for a card
    "busy",  # the command is not taken: please wait
    "charge_silent",  # charged, and nothing is answered
    "lost_status",  # charged, and only the completion comes
    "lost_completion",  # charged and said, and no completion comes
    "gives_up",  # charged and said; without our answer it takes the money back itself
    "unheard",  # charged and said; our answer is lost, so the next visit hears it again first
    "repeated",  # charged, and said three times
    "fragments",  # charged, and every byte comes by itself
    "garbage",  # charged, and the status is damaged on the way
    "other_sum",  # half of it charged, and that said
    "other_currency",  # charged in dollars, and that said
    "other_terminal",  # charged, and said by the number of another terminal
    "old_receipt",  # nothing charged, and the transaction from before said
    "old_moment",  # charged, and said with the moment of the day before
    "bare",  # charged, and said without a word of sum, number or moment
]
ZVT_FAULTS: Final[tuple[ZvtFault, ...]] = (
    "approve", "decline", "lost_decline", "cancel", "silent", "waiting", "busy", "charge_silent",
    "lost_status", "lost_completion", "gives_up", "unheard", "repeated", "fragments", "garbage",
    "other_sum", "other_currency", "other_terminal", "old_receipt", "old_moment", "bare",
)  # fmt: skip
_CHARGES_NOTHING: Final = frozenset(
    ("decline", "lost_decline", "cancel", "silent", "waiting", "busy", "old_receipt")
)
TERMINAL: Final = "28004869"
_WAITS_FOR_CARD: Final = 0xDC


@dataclass(frozen=True, slots=True)
class Transaction:
    """One line of the terminal's journal; `qapik` is below zero for money to a card."""

    trace: int
    qapik: int
    at_ms: int
    currency: str = "944"
    terminal: str = TERMINAL
    original: int = 0
    result: int = 0

    def said(self) -> bytes:
        """The data of its status."""
        moment = dt.datetime.fromtimestamp((self.at_ms + BAKU_OFFSET_MS) / 1000, dt.UTC)
        figures = moment.strftime("0C%H%M%S0D%m%d") + "22F0F8EEEEEEEEEEEE4771" + f"29{self.terminal}"
        return (
            bytes([0x27, self.result, 0x04])
            + bcd(abs(self.qapik), 6)
            + bytes([0x0B])
            + bcd(self.trace, 3)
            + bytes.fromhex(figures)
            + (bytes([0x37]) + bcd(self.original, 3) if self.original else b"")
            + bytes.fromhex("3B3631313830340000" + f"490{self.currency}")
            + bytes([0x87])
            + bcd(self.trace % 10_000, 2)
        )


class ZvtSandbox:
    """A context manager on a free port of this machine.

    Attributes:
        charged: amount by trace number, as the bank would see it, qəpik; a reversal takes it away again.
        asked: how often a card was asked.
        heard: what we answered to each status, as hexadecimal figures.
        loses_reversals: how many of the next reversals are done and not answered.
        stays_open: what is not answered leaves the line open, so that the caller's patience has to end.
        repeats_declined: a payment that was declined has a receipt to repeat, too.
        issues_goods: it waits to hear whether the goods were issued, and else reverses by itself.
    """

    def __init__(self, now_ms: Callable[[], int], issues_goods: bool = False) -> None:
        self.charged: dict[int, int] = {}
        self.asked = 0
        self.heard: list[str] = []
        self.loses_reversals = 0
        self.stays_open = False
        self.repeats_declined = True
        self._now_ms, self.issues_goods = now_ms, issues_goods
        self._journal = [Transaction(469, 100, now_ms() - 3_600_000)]
        self._reversed: set[int] = set()
        self._faults: deque[ZvtFault] = deque()
        self._unheard: Transaction | None = None
        self._is_waiting = False
        self._server = socket.create_server(("127.0.0.1", 0))
        self._ended = False
        self._thread = threading.Thread(target=self._serve, name="zvt", daemon=True)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        host, port = self._server.getsockname()[:2]
        return str(host), int(port)

    def plan(self, faults: Iterable[ZvtFault]) -> None:
        """What happens at the next purchases and refunds; then it approves."""
        self._faults.extend(faults)

    def wake(self) -> None:
        """Whoever it waited for is gone."""
        self._is_waiting = False

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended = True
        # Wakes the accept that is waiting.
        with suppress(OSError):
            socket.create_connection(self.address, timeout=1).close()
        self._thread.join()
        self._server.close()

    def _serve(self) -> None:
        while not self._ended:
            way, _ = self._server.accept()
            with way, suppress(OSError, ValueError):
                way.settimeout(5)
                # Small pieces leave at once, as they do from a terminal.
                way.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                _Caller(self, way).served()

    def begun(self) -> ZvtFault:
        """A card is asked: what happens then."""
        self.asked += 1
        return self._faults.popleft() if self._faults else "approve"

    def charge(self, fault: ZvtFault, qapik: int) -> Transaction:
        """The journal's line for it; nothing is charged where the fault says so."""
        if fault == "old_receipt":
            return self._journal[-1]
        self._is_waiting = fault == "waiting"
        last = self._journal[-1]
        done = Transaction(last.trace + 1, qapik // 2 if fault == "other_sum" else qapik, self._now_ms())
        if fault in ("decline", "lost_decline"):
            done = replace(done, result=0x05)
        if fault not in _CHARGES_NOTHING:
            self.charged[done.trace] = done.qapik
        if fault not in ("cancel", "silent", "waiting", "busy"):
            self._journal.append(done)
        return done

    def take_back(self, receipt: int) -> Transaction | int:
        """Reverse by receipt number: the reversal's line, or the error."""
        line = next((one for one in reversed(self._journal) if one.trace % 10_000 == receipt), None)
        if line is None or line.trace not in self.charged:
            return 0xB4 if line is not None and line.trace in self._reversed else 0xB5
        self.undo(line)
        done = Transaction(self._journal[-1].trace + 1, line.qapik, self._now_ms(), original=line.trace)
        self._journal.append(done)
        return done

    def undo(self, line: Transaction) -> None:
        """The money goes back."""
        self.charged.pop(line.trace, None)
        self._reversed.add(line.trace)

    def last(self) -> Transaction:
        """The transaction whose receipt is repeated."""
        return next(one for one in reversed(self._journal) if self.repeats_declined or not one.result)

    def unheard(self, line: Transaction | None) -> Transaction | None:
        """What was said last and not answered; `line` takes its place."""
        before, self._unheard = self._unheard, line
        return before

    def doing(self) -> int:
        """What it says that it does."""
        return _WAITS_FOR_CARD if self._is_waiting else 0


class _Caller:
    """One connection to the sandbox."""

    def __init__(self, sandbox: ZvtSandbox, way: socket.socket) -> None:
        self._sandbox, self._way = sandbox, way
        self._received = b""
        self._in_pieces = False

    def served(self) -> None:
        """Answers until the caller hangs up or a fault says to be silent."""
        while (command := self._next()) is not None:
            line = self._sandbox.unheard(None)
            if line is not None:
                self._end(line, self._say_status(line.said()))
            if not self._done(command):
                # Silent: the line breaks, or it stays open until the caller gives up.
                while self._sandbox.stays_open and self._way.recv(64):
                    pass
                return

    def _done(self, command: Apdu) -> bool:
        """Whether there was an answer to the end."""
        sandbox = self._sandbox
        if command.control in (zvt.PURCHASE, zvt.REFUND):
            return self._charged(command)
        self._send(zvt.POSITIVE)
        end = Apdu(zvt.COMPLETION)
        if command.control == zvt.REGISTER:
            end = Apdu(zvt.COMPLETION, bytes.fromhex(f"190029{TERMINAL}490944"))
        elif command.control == zvt.STATUS_ENQUIRY:
            end = Apdu(zvt.COMPLETION, bytes([sandbox.doing()]))
        elif command.control == zvt.REPEAT_RECEIPT:
            self._tell(Apdu(zvt.STATUS, sandbox.last().said()))
            self._tell(Apdu(zvt.PRINT_LINE, b"\x00K\x99belege"))
        elif command.control == zvt.REVERSAL:
            done = sandbox.take_back(int(fields_of(command.data[3:])[0x87].hex()))
            if sandbox.loses_reversals:
                sandbox.loses_reversals -= 1
                return False
            if isinstance(done, int):
                end = Apdu(zvt.ABORT, bytes([done]))
            else:
                self._tell(Apdu(zvt.STATUS, done.said()))
        self._tell(end)
        return True

    def _charged(self, command: Apdu) -> bool:
        fields = fields_of(command.data if command.control == zvt.PURCHASE else command.data[3:])
        qapik = int(fields[0x04].hex()) * (1 if command.control == zvt.PURCHASE else -1)
        fault = self._sandbox.begun()
        if fault == "busy":
            self._send(Apdu(0x849C))
            return True
        self._in_pieces = fault == "fragments"
        self._send(zvt.POSITIVE)
        line = self._sandbox.charge(fault, qapik)
        if fault in ("silent", "waiting", "charge_silent", "lost_decline"):
            return False
        self._tell(Apdu(zvt.INTERMEDIATE, b"\x0a"))
        if fault in ("decline", "cancel"):
            if fault == "decline":
                self._tell(Apdu(zvt.STATUS, line.said()))
            self._tell(Apdu(zvt.ABORT, b"\x05" if fault == "decline" else b"\x6c"))
            return True
        if fault == "garbage":
            self._send(Apdu(zvt.STATUS, b"\x11" + line.said()))
            return False
        if fault == "unheard":
            self._sandbox.unheard(line)
            self._send(Apdu(zvt.STATUS, line.said()))
            return False
        if fault == "gives_up":
            self._send(Apdu(zvt.STATUS, line.said()))
            self._sandbox.take_back(line.trace % 10_000)
            return False
        is_issued = self._say(fault, line)
        if fault != "lost_completion":
            self._end(line, is_issued)
        self._in_pieces = False
        return fault != "lost_completion"

    def _end(self, line: Transaction, is_issued: bool) -> None:
        """The goods are out, or the money goes back."""
        if not is_issued:
            self._sandbox.undo(line)
        self._tell(Apdu(zvt.COMPLETION) if is_issued else Apdu(zvt.ABORT, b"\x05"))

    def _say(self, fault: ZvtFault, line: Transaction) -> bool:
        """Tell the status as the fault has it; whether the goods were issued as far as we said."""
        said = {
            "other_currency": replace(line, currency="840"),
            "other_terminal": replace(line, terminal="11111111"),
            "old_moment": replace(line, at_ms=line.at_ms - 86_400_000),
        }.get(fault, line).said()
        if fault == "lost_status":
            return True
        for _ in range(3 if fault == "repeated" else 1):
            is_issued = self._say_status(b"\x27\x00" if fault == "bare" else said)
        return is_issued

    def _say_status(self, said: bytes) -> bool:
        answer = self._tell(Apdu(zvt.STATUS, said))
        self._sandbox.heard.append(answer.encoded().hex())
        return answer != zvt.NOT_ISSUED

    def _tell(self, apdu: Apdu) -> Apdu:
        """Say something and wait for the answer."""
        self._send(apdu)
        answer = self._next()
        if answer is None:
            raise ConnectionResetError
        return answer

    def _send(self, apdu: Apdu) -> None:
        data = apdu.encoded()
        for piece in [data[at : at + 1] for at in range(len(data))] if self._in_pieces else [data]:
            self._way.sendall(piece)

    def _next(self) -> Apdu | None:
        while (whole := split_off(self._received)) is None:
            piece = self._way.recv(256)
            if not piece:
                return None
            self._received += piece
        apdu, self._received = whole
        return apdu
