"""The counter's window: what a clerk sees, types and scans."""

import ctypes
import sys

# WORKAROUND(PySide6 6.12.0): its methods hand back None, True, False and NotImplemented without counting
# the reference, as is right from Python 3.12 on, where these cannot die. On 3.11 each `setText` and each
# `emit` takes one reference away, and after some minutes the program ends with "Fatal Python error:
# none_dealloc". So they are made as good as immortal before the first window: 2^40 references outlast a desk.
if sys.version_info < (3, 12):
    for _constant in (None, True, False, NotImplemented):
        ctypes.c_ssize_t.from_address(id(_constant)).value += 1 << 40
