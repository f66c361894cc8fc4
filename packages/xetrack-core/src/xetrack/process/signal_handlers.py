"""Exceptions that handlers of signals raise, in the midst of whatever code runs just then."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import CodeType


def is_of_handler(error: BaseException) -> bool:
    """Return True if a signal handler raised an exception in the midst of other code.

    Parameters
    ----------
    error
        An exception that was caught; its traceback says who raised it.
    """
    import signal  # noqa: PLC0415 - it takes a millisecond, and is seldom needed

    handlers = {_code_of(signal.getsignal(number)) for number in signal.valid_signals()} - {None}
    traceback = error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code in handlers:
            return True
        traceback = traceback.tb_next
    return False


def _code_of(handler: Any) -> CodeType | None:
    """Return the code of a function, a method, a partial or an object that can be called."""
    while isinstance(handler, functools.partial):
        handler = handler.func
    if not callable(handler):  # the system's own, of which each is a member of an enumeration
        return None
    call = handler if hasattr(handler, "__code__") else getattr(type(handler), "__call__", None)  # noqa: B004
    return getattr(call, "__code__", None)
