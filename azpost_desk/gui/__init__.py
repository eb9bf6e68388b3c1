"""The counter's window: what a clerk sees, types and scans."""

import ctypes
import sys

# WORKAROUND(PySide6 6.12.0): `Signal.emit` returns True without counting the reference, so each emission takes
# one away. From Python 3.12 True cannot die; before, a window that had been open for some hours ended with
# "Fatal Python error: bool_dealloc". Here it is given more references than a desk emits signals in a lifetime.
if sys.version_info < (3, 12):
    ctypes.c_ssize_t.from_address(id(True)).value += 1 << 40
