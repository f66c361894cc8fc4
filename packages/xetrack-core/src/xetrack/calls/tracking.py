"""Tracked calls: the part of a `Tracker` that runs functions and stores a row for each call."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, overload

from xetrack.calls.call import Call, copied
from xetrack.calls.runner import run, wrapped
from xetrack.errors import (
    InvalidArgumentError,
    RowNotStoredError,
    XetrackError,
    XetrackWarning,
    warn,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from xetrack.calls.pending import CachedCall
    from xetrack.interfaces.cache import CallCache, PendingCall
    from xetrack.recording.recorder import RowRecorder

P = ParamSpec("P")
R = TypeVar("R")


class CallTrackingMixin:
    """Runs functions, and stores a row for each call."""

    _recorder: RowRecorder
    _measure: Callable[[], Callable[[], Mapping[str, object]]] | None
    _call_cache: CallCache | None
    _cached_call: type[CachedCall]
    """Set where there is a cache: to import it for each call would take longer than to make one."""
    raise_on_error: bool
    args_length: int

    def track(
        self,
        func: Callable[..., R],
        params: Mapping[str, object] | None = None,
        args: Sequence[Any] | None = None,
        kwargs: Mapping[str, Any] | None = None,
        cache_force: bool = False,
    ) -> R:
        """Call a function, log the call, and return what it returned.

        The row holds ``function_name``, ``args``, ``kwargs``, ``error``, ``function_time``
        (seconds), the fields of models among the arguments as ``{parameter}_{field}``, and the
        result: the items of a dict, or ``function_result``.

        Parameters
        ----------
        func
            Anything that can be called.
        params
            Values for this row only; they never replace what the call brings.
        args, kwargs
            What to call it with.
        cache_force
            Run the function even if its result is in the cache, and store the new result.

        Returns
        -------
        object
            What the function returned, or its cached result; None after an exception if
            `raise_on_error` is not set.

        Raises
        ------
        BaseException
            What the function raised, after the row was stored, if `raise_on_error` is set;
            ``KeyboardInterrupt`` and ``SystemExit`` in any case.
        RowNotStoredError
            The function returned, but its row could not be stored; the error has the result.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> tracker.track(pow, args=[2, 10])
        1024
        >>> row = tracker.latest
        >>> row["function_name"], row["args"], row["function_result"]
        ('pow', '[2, 10]', 1024)
        """
        result: Any
        if self._call_cache is not None:
            call = self._pending(func, args, kwargs, params)
            result = self._call_cache.run(call, force=cache_force)
        else:
            plain = Call(func, args, kwargs, self.args_length, self._measure)
            result = run(
                plain, functools.partial(self._finish_call, copied(params) if params else {})
            )
        return result  # type: ignore[no-any-return]

    def _pending(
        self,
        func: Callable[..., object],
        args: Sequence[Any] | None,
        kwargs: Mapping[str, Any] | None,
        params: Mapping[str, object] | None,
    ) -> PendingCall:
        """Return a call as a call cache gets it."""
        own_params = copied(params) if params else {}
        finish = functools.partial(self._finish_call, own_params)
        return self._cached_call(
            func,
            args,
            kwargs,
            self.args_length,
            self._measure,
            self._recorder.params,
            own_params,
            finish,
        )

    def _finish_call(self, params: Mapping[str, object], call: Call) -> Any:
        """Store the row of a call that has ended; return or raise what its caller gets."""
        failed = call.error
        goes_on = self.raise_on_error or not isinstance(failed, Exception)
        try:
            self._store(params, call)
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

    def _store(self, params: Mapping[str, object], call: Call) -> None:
        try:
            recorder = self._recorder
            row_params = params
            if params or not call.leaves(recorder.params.keys()):
                row_params = {**recorder.params, **params}
            recorder.log(call.row(row_params, recorder.note_renamed), True)
        except XetrackError as error:
            # The function's own outcome is worth more than the row's.
            if call.error is None and self.raise_on_error:
                raise RowNotStoredError(call.name, str(error), call.result) from error
            warn(f"The row of {call.name} was not stored: {error}")

    def why_miss(
        self,
        func: Callable[..., object],
        args: Sequence[Any] | None = None,
        kwargs: Mapping[str, Any] | None = None,
        params: Mapping[str, object] | None = None,
    ) -> str:
        """Explain why the result of a call is not found in the cache, without running it.

        Parameters
        ----------
        func, args, kwargs, params
            The call, as `track` gets it.

        Returns
        -------
        str
            In which parts its key differs from that of the nearest call of the same function: its
            code, what it closed over, an argument, a param. Or why it has no key.

        Raises
        ------
        InvalidArgumentError
            This tracker has no cache, or `func` does not take these arguments.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY, cache="cache_dir")
        >>> tracker.track(pow, args=[2, 10])
        1024
        >>> tracker.why_miss(pow, args=[2, 11])
        'The nearest call in the cache differs in argument #1: 11 instead of 10.'
        """
        return self._with_cache().why_miss(self._pending(func, args, kwargs, params))

    def cache_key(
        self,
        func: Callable[..., object],
        args: Sequence[Any] | None = None,
        kwargs: Mapping[str, Any] | None = None,
        params: Mapping[str, object] | None = None,
    ) -> str | None:
        """Return the key under which the cache keeps the result of a call, without running it.

        It is what `Reader.read_cache` takes and `Reader.scan_cache` gives, whether or not there
        is a result yet.

        Parameters
        ----------
        func, args, kwargs, params
            The call, as `track` gets it.

        Returns
        -------
        str or None
            None for a call that cannot be cached; `why_miss` says why.

        Raises
        ------
        InvalidArgumentError
            This tracker has no cache, or `func` does not take these arguments.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY, cache="cache_dir", track_id="first")
        >>> key = tracker.cache_key(pow, args=[2, 10])
        >>> tracker.track(pow, args=[2, 10])
        1024
        >>> Reader.read_cache("cache_dir", key)
        {'result': 1024, 'cache': 'first'}
        """
        return self._with_cache().key(self._pending(func, args, kwargs, params))

    _generate_cache_key = cache_key
    """Its name in xetrack 0.7."""

    def _with_cache(self) -> CallCache:
        if self._call_cache is None:
            raise InvalidArgumentError("cache", None, "Tracker(cache=...), a folder for results")
        return self._call_cache

    @overload
    def wrap(self, params: Callable[P, R], /) -> Callable[P, R]: ...
    @overload
    def wrap(
        self, params: Mapping[str, object] | None = None
    ) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
    def wrap(self, params: Any = None) -> Any:
        """Return a decorator that tracks every call of a function; see `track`.

        It works with and without parentheses, above and below ``staticmethod`` and
        ``classmethod``, and keeps name, docstring and signature.

        Parameters
        ----------
        params
            Values for the rows of these calls; they never replace what a call brings.

        Returns
        -------
        callable
            The decorator, or, without parentheses, the decorated function.

        Raises
        ------
        BaseException
            What the function raised; see `track`.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> @tracker.wrap({"dataset": "cifar10"})
        ... def train(epochs):
        ...     return {"accuracy": 0.9}
        >>> train(3)
        {'accuracy': 0.9}
        >>> tracker.latest["dataset"], tracker.latest["accuracy"]
        ('cifar10', 0.9)
        """
        if callable(params) or isinstance(params, staticmethod | classmethod):
            return self.wrap()(params)
        own_params = copied(params or {})

        def decorate(func: Any) -> Any:
            if isinstance(func, staticmethod | classmethod):
                return type(func)(decorate(func.__func__))
            return wrapped(func, lambda args, kwargs: self.track(func, own_params, args, kwargs))

        return decorate
