"""Calls are answered by a call cache, whose failures cost neither the call nor its result."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from xetrack.errors import XetrackError, XetrackWarning, describe_error, report
from xetrack.process.signal_handlers import is_of_handler

if TYPE_CHECKING:
    from xetrack.calls.pending import CachedCall
    from xetrack.interfaces.cache import CallCache


def run_cached(call_cache: CallCache, call: CachedCall, *, force: bool) -> Any:
    """Answer a call from a cache, or run it, even where the call cache fails.

    Parameters
    ----------
    call_cache
        Answers calls.
    call
        The call.
    force
        See `CallCache.run`.

    Returns
    -------
    object
        What the caller gets: a result; for a coroutine function a coroutine.

    Raises
    ------
    BaseException
        What the function raised, and what came from outside, such as Ctrl-C.
    """
    try:
        try:
            result = call_cache.run(call, force=force)
        except Exception as error:  # noqa: BLE001 - it is raised again, or reported
            _check_failure(call, error)
        else:
            if call.sort == inspect.CO_COROUTINE:
                return _awaited(result, call)
            return result
        return _outcome(call) if _has_ended(call) else call.run()
    finally:
        call.raised = None  # its traceback leads here


async def _awaited(running: Any, call: CachedCall) -> Any:
    """Await a call that a call cache runs; see `run_cached`."""
    try:
        try:
            return await running
        except Exception as error:  # noqa: BLE001 - it is raised again, or reported
            _check_failure(call, error)
        return _outcome(call) if _has_ended(call) else await call.run()
    finally:
        call.raised = None


def _check_failure(call: CachedCall, error: Exception) -> None:
    """Report what a call cache raised; raise again what is the function's, or from outside."""
    if error is call.raised or isinstance(error, XetrackWarning) or is_of_handler(error):
        raise error
    reason = str(error) if isinstance(error, XetrackError) else f"{describe_error(error)}."
    report(
        f"What answers calls from the cache failed; {call.name} is called all the same. {reason}"
    )


def _has_ended(call: CachedCall) -> bool:
    return call.returned is not None or call.raised is not None


def _outcome(call: CachedCall) -> Any:
    """Return or raise what the caller of an ended call gets."""
    if call.returned is None:
        assert call.raised is not None  # noqa: S101 - it has ended
        raise call.raised
    return call.returned[0]
