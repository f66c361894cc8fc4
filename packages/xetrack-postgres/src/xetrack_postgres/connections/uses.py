"""Uses of a connection, which are alive as long as their frame is on the interpreter's stack.

An interrupt may come at any line, that of a clean-up too, and a handler of a signal may call what
it interrupted. So no flag tells for sure that a use has ended; a frame does: as long as it is on
the stack of its thread, its work goes on. What was left behind by a frame that is gone is thrown
away by whoever comes next.
"""

from __future__ import annotations

import contextlib
import inspect
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

_PASSING = {"__enter__"}
"""Names of functions that end before the block does which they begin."""


class ConnectionUse:
    """One use of a connection, from the line that begins it to the end of the calling function.

    Parameters
    ----------
    is_block
        Whether others' code runs in it, which may use the connection as well.
    """

    def __init__(self, *, is_block: bool) -> None:
        self.is_block = is_block
        self._frame = _caller()
        self._thread = threading.get_ident()

    @property
    def is_alive(self) -> bool:
        """Whether it goes on in this thread, below the caller."""
        if self._thread != threading.get_ident():
            return False
        frame: FrameType | None = sys._getframe()  # noqa: SLF001 - there is no other way
        while frame is not None and frame is not self._frame:
            frame = frame.f_back
        return frame is not None


class WriterUses:
    """The uses of one connection that stores rows, and what became of their transactions."""

    def __init__(self) -> None:
        self._uses: list[ConnectionUse] = []
        self.undone = 0
        """How many transactions were undone: what was learnt in them may be wrong."""

    @property
    def has_block(self) -> bool:
        """Return True if this thread is in a block in which others' code runs."""
        return any(use.is_block and use.is_alive for use in self._uses)

    @property
    def is_nested(self) -> bool:
        """Whether a transaction lies in another one."""
        return len(self._uses) > 1


def _caller() -> FrameType | None:
    """Return the frame whose ``with`` block this is: generators are not on the stack meanwhile."""
    frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 - there is no other way
    while frame is not None and (
        frame.f_code.co_flags & inspect.CO_GENERATOR
        or frame.f_code.co_filename == contextlib.__file__
        or frame.f_code.co_name in _PASSING
    ):
        frame = frame.f_back
    return frame
