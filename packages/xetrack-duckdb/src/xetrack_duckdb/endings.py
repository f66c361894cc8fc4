"""What is left to do when a process of multiprocessing ends, which is not Python's own end.

Where it was forked, it goes by `os._exit`, so that `atexit` and `weakref.finalize` do nothing.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_PRIORITY = -2
"""After `xetrack.process.idle`, which works with files to the last."""


def at_end(owner: object, work: Callable[..., object], *given: Any) -> None:
    """Have some work done when this process ends or the owner is forgotten; only in a worker.

    Parameters
    ----------
    owner
        Must not be kept alive by the work, which is to do nothing where all is done already.
    work, given
        What is called, and with what; never in a process that this one forks.
    """
    util = sys.modules.get("multiprocessing.util")
    if util is not None and sys.modules["multiprocessing"].parent_process() is not None:
        util.Finalize(owner, work, given, exitpriority=_PRIORITY)
