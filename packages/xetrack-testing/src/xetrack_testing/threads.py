"""Threads that a part has started, and whether they end."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet


def left_over(before: AbstractSet[threading.Thread], *, seconds: float) -> list[threading.Thread]:
    """Return the threads that were not there before and live on after some seconds."""
    deadline = time.monotonic() + seconds
    while True:
        found = [one for one in threading.enumerate() if one not in before]
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.01)
