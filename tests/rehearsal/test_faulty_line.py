"""The bad line of rehearsals: down is down, also for whoever was being let in at that moment."""

from __future__ import annotations

import socket

from azpost_desk.rehearsal.faults import FaultyLine


def test_a_connection_that_is_taken_while_the_line_goes_down_breaks_with_it() -> None:
    with FaultyLine("http://127.0.0.1:9") as line:
        line.down()
        desk, theirs = socket.socketpair()
        with desk:
            desk.settimeout(5)
            line._start(line._serve, theirs)
            assert desk.recv(1) == b""
