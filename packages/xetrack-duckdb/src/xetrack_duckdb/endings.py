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


def run_at_worker_exit(owner: object, work: Callable[..., object], *arguments: Any) -> None:
    """Run some work when this process ends or the owner is forgotten; only in a worker.

    Parameters
    ----------
    owner
        Must not be kept alive by the work.
    work, arguments
        What is called, and with what; never in a process that this one forks. The work does nothing
        where all is done already.
    """
    util = sys.modules.get("multiprocessing.util")
    if util is not None and sys.modules["multiprocessing"].parent_process() is not None:
        util.Finalize(owner, work, arguments, exitpriority=_PRIORITY)
