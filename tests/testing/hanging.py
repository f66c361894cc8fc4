"""Work that hangs, for the tests of what ends it; other processes import it."""

from __future__ import annotations

import ctypes
import time


def stuck(*_):
    """Sleep for longer than any patience."""
    time.sleep(600)


def stuck_in_c():
    """Wait in a library, which begins to wait again whenever a signal comes."""
    libc = ctypes.CDLL(None)
    while True:
        libc.usleep(100_000)


def swallowing():
    """Hang in a way that no exception ends."""
    while True:
        try:
            time.sleep(600)
        except BaseException:  # noqa: BLE001 - that is the point
            time.sleep(0.001)


def killer(*_):
    """Die without a word."""
    ctypes.string_at(0)


def refusing(number):
    """Raise what cannot be pickled."""
    raise UnpicklableError(number, "facts")


class UnpicklableError(ValueError):
    """Is made from more than it gives to its base."""

    def __init__(self, number, fact):
        super().__init__(f"{number} {fact}")
