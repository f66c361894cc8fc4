"""Imports that worker processes repeat: module-level code runs again in each of them.

A process that `multiprocessing` or loky starts by *spawn* or *forkserver* runs the main module anew
(as ``__mp_main__``), and imports every module that its work needs.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from xetrack.errors import report

if TYPE_CHECKING:
    from types import FrameType

MAIN_AGAIN = "__mp_main__"
"""Name of the main module when a worker runs it again."""


def is_repeated_reset(table: str) -> bool:
    """Return True if a reset is repeated by an import in a worker process.

    Parameters
    ----------
    table
        The table to drop, for the warning.
    """
    module = importing()
    if module is not None and module != MAIN_AGAIN:
        report(
            f"The table {table!r} keeps its rows: reset=True counts once, in the main process, and "
            f"a worker process is importing {module!r}. To reset from a worker, make the Tracker "
            "in a function that the worker calls."
        )
    return module is not None


def importing() -> str | None:
    """Return the name of the module being imported in a worker process.

    Returns
    -------
    str or None
        ``__mp_main__``, if the main module is run anew; else the outermost of the modules. None
        in the process of the user, and for what a worker's own work asks for.
    """
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the documented way to the stack
    name = None
    starts_workers = False
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module == "multiprocessing.process":  # what lies beneath is how this worker was started
            break
        if frame.f_code.co_name == "<module>" and module != "__main__":
            name = module
        starts_workers |= module == "multiprocessing.forkserver"
        frame = frame.f_back
    return name if name and (starts_workers or _is_worker()) else None


def _is_worker() -> bool:
    process = sys.modules.get("multiprocessing.process")
    if process is None:  # another process of `multiprocessing` would have imported it
        return False
    # Before a worker knows its parent, it is marked as one that is being prepared.
    return process.parent_process() is not None or hasattr(process.current_process(), "_inheriting")
