"""The methods of a `Tracker` that run functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, overload

from xetrack.calls.caller import decorator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from xetrack.calls.caller import FunctionCaller

P = ParamSpec("P")
R = TypeVar("R")


class CallMethods:
    """Runs functions, and stores a row for each call."""

    _caller: FunctionCaller

    @property
    def raise_on_error(self) -> bool:
        """Whether an exception of a tracked function goes on to the caller; may be set.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> tracker.raise_on_error = False
        >>> tracker.track(int, args=["one"])
        >>> tracker.latest["error"][:10]
        'ValueError'
        """
        return self._caller.raise_on_error

    @raise_on_error.setter
    def raise_on_error(self, raise_on_error: bool) -> None:
        self._caller.raise_on_error = raise_on_error

    @property
    def args_length(self) -> int:
        """Longest text kept of the arguments of a call, in characters; may be set.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> tracker.args_length = 5
        >>> length = tracker.track(len, args=["hello"])
        >>> tracker.latest["args"]
        "['he…"
        """
        return self._caller.args_length

    @args_length.setter
    def args_length(self, args_length: int) -> None:
        self._caller.args_length = args_length

    def track(
        self,
        func: Callable[..., R],
        params: Mapping[str, object] | None = None,
        args: Sequence[Any] | None = None,
        kwargs: Mapping[str, Any] | None = None,
        cache_force: bool = False,
        *,
        cache_version: str | None = None,
        cache_ignore: Sequence[str] | None = None,
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
        cache_version
            Stands for the code of this function and of what it refers to, as `Tracker` has it for
            all functions.
        cache_ignore
            Names of parameters that do not count: a call that differs from a cached one in these
            only is answered with its result.

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
        return self._caller.track(
            func, params, args, kwargs, cache_force, cache_version, cache_ignore
        )

    def why_miss(
        self,
        func: Callable[..., object],
        args: Sequence[Any] | None = None,
        kwargs: Mapping[str, Any] | None = None,
        params: Mapping[str, object] | None = None,
        *,
        cache_version: str | None = None,
        cache_ignore: Sequence[str] | None = None,
    ) -> str:
        """Explain why the result of a call is not found in the cache, without running it.

        Parameters
        ----------
        func, args, kwargs, params, cache_version, cache_ignore
            The call, as `track` gets it.

        Returns
        -------
        str
            In which parts its key differs from that of the nearest call of the same function: its
            code, the code of a helper, what it closed over, an argument, a param. Or why it has
            no key.

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
        return self._caller.why_miss(func, args, kwargs, params, cache_version, cache_ignore)

    def cache_key(
        self,
        func: Callable[..., object],
        args: Sequence[Any] | None = None,
        kwargs: Mapping[str, Any] | None = None,
        params: Mapping[str, object] | None = None,
        *,
        cache_version: str | None = None,
        cache_ignore: Sequence[str] | None = None,
    ) -> str | None:
        """Return the key under which the cache keeps the result of a call, without running it.

        It is what `Reader.read_cache` takes and `Reader.scan_cache` gives, whether or not there
        is a result yet.

        Parameters
        ----------
        func, args, kwargs, params, cache_version, cache_ignore
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
        return self._caller.cache_key(func, args, kwargs, params, cache_version, cache_ignore)

    _generate_cache_key = cache_key
    """Its name in xetrack 0.7."""

    def is_cached(
        self,
        func: Callable[..., object],
        args: Sequence[Any] | None = None,
        kwargs: Mapping[str, Any] | None = None,
        params: Mapping[str, object] | None = None,
        *,
        cache_version: str | None = None,
        cache_ignore: Sequence[str] | None = None,
    ) -> bool:
        """Return True if `track` would return a cached result of a call, without running it.

        The result is loaded for it, because one that cannot be loaded is computed again.

        Parameters
        ----------
        func, args, kwargs, params, cache_version, cache_ignore
            The call, as `track` gets it.

        Returns
        -------
        bool
            False also for a call that cannot be cached.

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
        >>> [exponent for exponent in (9, 10) if tracker.is_cached(pow, [2, exponent])]
        [10]
        """
        return self._caller.is_cached(func, args, kwargs, params, cache_version, cache_ignore)

    @overload
    def wrap(self, params: Callable[P, R], /) -> Callable[P, R]: ...
    @overload
    def wrap(
        self,
        params: Mapping[str, object] | None = None,
        *,
        cache_version: str | None = None,
        cache_ignore: Sequence[str] | None = None,
    ) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
    def wrap(
        self,
        params: Any = None,
        *,
        cache_version: str | None = None,
        cache_ignore: Sequence[str] | None = None,
    ) -> Any:
        """Return a decorator that tracks every call of a function; see `track`.

        It works with and without parentheses, above and below ``staticmethod`` and
        ``classmethod``, and keeps name, docstring and signature.

        Parameters
        ----------
        params
            Values for the rows of these calls; they never replace what a call brings.
        cache_version
            Stands for the code of the function and of what it refers to; see `track`.
        cache_ignore
            Names of parameters that do not count in the key, such as ``["verbose", "device"]``;
            see `track`.

        Returns
        -------
        callable
            The decorator, or, without parentheses, the decorated function.

        Raises
        ------
        BaseException
            What the function raised; see `track`.
        InvalidArgumentError
            The function has no parameter of a name in `cache_ignore`.

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
        return decorator(params, self.track, cache_version, cache_ignore)
