"""Tracked calls: functions are run, and a row is stored for each call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from xetrack.calls.call import Call, copy_values
from xetrack.calls.ignored_names import checked_ignored
from xetrack.calls.runner import run, wrap_function
from xetrack.errors import (
    EngineFailedError,
    InvalidArgumentError,
    OutcomeUnknownError,
    RowNotStoredError,
    XetrackError,
    XetrackWarning,
    describe_error,
    report,
    warn,
)
from xetrack.model.validation import checked_params, checked_version
from xetrack.process.signal_handlers import is_of_handler

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from xetrack.calls.pending import CachedCall
    from xetrack.interfaces.cache import CallCache
    from xetrack.recording.recorder import RowRecorder

R = TypeVar("R")


class FunctionCaller:
    """Runs functions for one tracker, or returns their cached results, and records each call.

    Parameters
    ----------
    recorder
        Stores the row of each call.
    measure
        Begins to measure a call; see `Call`. None where there are no probes.
    call_cache
        Answers calls whose results are stored; None for a tracker without a cache.
    raise_on_error
        Whether an exception of a function goes on to the caller; may be set at any time.
    args_length
        Longest text kept of the arguments of a call, in characters; may be set at any time.
    """

    def __init__(
        self,
        recorder: RowRecorder,
        measure: Callable[[], Callable[[], Mapping[str, object]]] | None,
        call_cache: CallCache | None,
        *,
        raise_on_error: bool,
        args_length: int,
    ) -> None:
        self._recorder = recorder
        self._measure = measure
        self._call_cache = call_cache
        self.raise_on_error = raise_on_error
        self.args_length = args_length
        if call_cache is not None:
            # For those who have one; and to import it for each call takes longer than to make one.
            from xetrack.calls.cached_run import run_cached  # noqa: PLC0415
            from xetrack.calls.pending import CachedCall  # noqa: PLC0415

            self._cached_call = CachedCall
            self._run_cached = run_cached

    def track(
        self,
        func: Callable[..., R],
        params: Mapping[str, object] | None = None,
        args: Sequence[Any] | None = None,
        kwargs: Mapping[str, Any] | None = None,
        cache_force: bool = False,
        cache_version: str | None = None,
        cache_ignore: Sequence[str] | None = None,
    ) -> R:
        """Call a function and store the row of the call; see `xetrack.Tracker.track`.

        Parameters
        ----------
        func, args, kwargs
            The function, and what to call it with.
        params
            Values for this row only.
        cache_force
            Run the function even if its result is in the cache.
        cache_version
            Stands for the code of this function and of its helpers.
        cache_ignore
            Names of parameters that do not count in the key.

        Returns
        -------
        object
            What the function returned, or its cached result.

        Raises
        ------
        BaseException
            What the function raised.
        RowNotStoredError
            The function returned, but its row could not be stored.
        """
        result: Any
        before_row = self._recorder.before_row
        if before_row is not None:
            before_row()
        if self._call_cache is not None:
            call = self._pending_call(func, args, kwargs, params, cache_version, cache_ignore)
            result = self._run_cached(self._call_cache, call, force=cache_force)
        else:
            own_params = _copy_params(params) if params else {}
            plain_call = Call(func, args, kwargs, own_params, self.args_length, self._measure)
            result = run(plain_call, self._finish_call)
        return result  # type: ignore[no-any-return]

    def _pending_call(
        self,
        func: Callable[..., object],
        args: Sequence[Any] | None,
        kwargs: Mapping[str, Any] | None,
        params: Mapping[str, object] | None,
        version: str | None,
        ignored: Sequence[str] | None,
    ) -> CachedCall:
        """Return a call as a call cache gets it."""
        return self._cached_call(
            func,
            args,
            kwargs,
            _copy_params(params) if params else {},
            self.args_length,
            self._measure,
            self._recorder.params,
            self._finish_call,
            checked_version(version) if version is not None else None,
            checked_ignored(func, ignored) if ignored else (),
        )

    def _finish_call(self, call: Call) -> Any:
        """Store the row of a call that has ended; return or raise what its caller gets."""
        failed = call.error
        goes_on = self.raise_on_error or not isinstance(failed, Exception)
        try:
            self._store(call)
        except XetrackWarning:  # an exception under `python -W error`
            if failed is None or not goes_on:
                raise
        try:
            if failed is not None and goes_on:
                raise failed
            return call.result
        finally:
            # Its traceback leads here; without this cut, all that the function held would stay.
            call.error = failed = None

    def _store(self, call: Call) -> None:
        recorder, own_params = self._recorder, call.own_params
        try:
            try:
                row_params = own_params
                if own_params or not call.can_omit_params(recorder.params.keys()):
                    row_params = {**recorder.params, **own_params}
                row = call.row(row_params, recorder.note_renamed)
                recorder.log(row, True, call.assets)
            except XetrackWarning:
                raise
            except Exception as error:
                # What is stored already, or may be, would be there twice.
                is_unsure = _is_stored(error) is not False
                if is_unsure or is_of_handler(error) or not call.simplify_result():
                    raise
                if call.assets:
                    call.assets.clear()  # none of them was stored
                row = call.row({**recorder.params, **own_params}, recorder.note_renamed)
                recorder.log(row, True, call.assets)
                warn(
                    f"The result of {call.name} could not be stored as it is, so its row has plain "
                    f"values and texts of it. {describe_error(error)}"
                )
        except XetrackWarning:
            raise
        except Exception as error:
            if is_of_handler(error):
                raise
            self._end_without_row(call, error)

    def _end_without_row(self, call: Call, error: Exception) -> None:
        """Warn that a row was not stored, or raise that; the function's outcome is worth more."""
        stored = _is_stored(error)
        if stored:
            report(f"The row of {call.name} is stored, and then its engine failed. {error}")
            return
        reason = str(error) if isinstance(error, XetrackError) else describe_error(error)
        if call.error is None and self.raise_on_error:
            raise RowNotStoredError(
                call.name, reason, call.result, is_known=stored is not None
            ) from error
        known = "was not stored" if stored is False else "may not be stored"
        warn(f"The row of {call.name} {known}: {reason}")

    def why_miss(
        self,
        func: Callable[..., object],
        args: Sequence[Any] | None = None,
        kwargs: Mapping[str, Any] | None = None,
        params: Mapping[str, object] | None = None,
        cache_version: str | None = None,
        cache_ignore: Sequence[str] | None = None,
    ) -> str:
        """Explain why the cache has no result for a call; see `xetrack.Tracker.why_miss`.

        Parameters
        ----------
        func, args, kwargs, params, cache_version, cache_ignore
            The call, as `track` gets it.

        Returns
        -------
        str
            How its key differs from that of the nearest call, or why it has no key.

        Raises
        ------
        InvalidArgumentError
            There is no cache, or `func` does not take these arguments.
        """
        call_cache = self._required_cache()
        call = self._pending_call(func, args, kwargs, params, cache_version, cache_ignore)
        return call_cache.why_miss(call)

    def cache_key(
        self,
        func: Callable[..., object],
        args: Sequence[Any] | None = None,
        kwargs: Mapping[str, Any] | None = None,
        params: Mapping[str, object] | None = None,
        cache_version: str | None = None,
        cache_ignore: Sequence[str] | None = None,
    ) -> str | None:
        """Return the key of a call in the cache; see `xetrack.Tracker.cache_key`.

        Parameters
        ----------
        func, args, kwargs, params, cache_version, cache_ignore
            The call, as `track` gets it.

        Returns
        -------
        str or None
            None for a call that cannot be cached.

        Raises
        ------
        InvalidArgumentError
            There is no cache, or `func` does not take these arguments.
        """
        call_cache = self._required_cache()
        call = self._pending_call(func, args, kwargs, params, cache_version, cache_ignore)
        return call_cache.key(call)

    def is_cached(
        self,
        func: Callable[..., object],
        args: Sequence[Any] | None = None,
        kwargs: Mapping[str, Any] | None = None,
        params: Mapping[str, object] | None = None,
        cache_version: str | None = None,
        cache_ignore: Sequence[str] | None = None,
    ) -> bool:
        """Return True if a call would be answered from the cache; see `xetrack.Tracker.is_cached`.

        Parameters
        ----------
        func, args, kwargs, params, cache_version, cache_ignore
            The call, as `track` gets it.

        Raises
        ------
        InvalidArgumentError
            There is no cache, or `func` does not take these arguments.
        """
        call_cache = self._required_cache()
        call = self._pending_call(func, args, kwargs, params, cache_version, cache_ignore)
        return call_cache.is_cached(call)

    def close(self) -> None:
        """Close the cache, if there is one; a failure of it is only reported."""
        if self._call_cache is not None:
            from xetrack.plugins.guards.parts import close_part  # noqa: PLC0415 - for those who have one

            close_part(self._call_cache)

    def _required_cache(self) -> CallCache:
        if self._call_cache is None:
            raise InvalidArgumentError("cache", None, "Tracker(cache=...), a folder for results")
        return self._call_cache


def _copy_params(
    params: Any, hint: str = "what to call the function with goes into args=[...]"
) -> dict[Any, object]:
    """Return a copy of the params of one call."""
    return copy_values(checked_params(params, hint))


def decorator(
    params: Any,
    track: Callable[..., Any],
    cache_version: str | None = None,
    cache_ignore: Sequence[str] | None = None,
) -> Any:
    """Return a decorator that tracks the calls of a function; see `xetrack.Tracker.wrap`.

    Parameters
    ----------
    params
        Values for the rows of these calls; or what is decorated, without any.
    track
        Tracks one call, with the parameters of `FunctionCaller.track`.
    cache_version
        Stands for the code of the function and of its helpers.
    cache_ignore
        Names of parameters that do not count in the key.

    Returns
    -------
    callable
        The decorator, or the decorated function.
    """
    if callable(params) or isinstance(params, staticmethod | classmethod):
        return decorator(None, track, cache_version, cache_ignore)(params)
    own_params = _copy_params(params, "as in @tracker.wrap({'stage': 'train'})")
    # A subclass may override `track` with the parameters that it needs.
    options: dict[str, Any] = {}
    if cache_version is not None:
        options["cache_version"] = checked_version(cache_version)

    def decorate(func: Any) -> Any:
        if isinstance(func, staticmethod | classmethod):
            return type(func)(decorate(func.__func__))
        own_options = options
        if cache_ignore is not None:  # a wrong name is an error now, and not at the first call
            own_options = {**options, "cache_ignore": checked_ignored(func, cache_ignore)}
        return wrap_function(
            func, lambda args, kwargs: track(func, own_params, args, kwargs, **own_options)
        )

    return decorate


def _is_stored(error: Exception) -> bool | None:
    """Return whether a row is stored whose storing raised this; None where nobody knows."""
    if isinstance(error, OutcomeUnknownError):
        return None
    return error.stored if isinstance(error, EngineFailedError) else False
