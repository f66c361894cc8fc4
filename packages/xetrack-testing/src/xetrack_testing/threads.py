"""Threads that a part started, and whether they end."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from xetrack_testing.hangs.patience import allowed

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet


def threads_left(
    before: AbstractSet[threading.Thread], *, seconds: float
) -> list[threading.Thread]:
    """Return the new threads that are still alive after some seconds.

    Parameters
    ----------
    before
        The threads that existed before.
    seconds
        How long to wait for the end of all others; multiplied by the kit's patience.
    """
    deadline = time.monotonic() + allowed(seconds)
    while True:
        remaining = [thread for thread in threading.enumerate() if thread not in before]
        if not remaining or time.monotonic() > deadline:
            return remaining
        time.sleep(0.01)
