"""How each sort of function is run, so that its call is measured from begin to end.

A plain function has ended when it returns, a coroutine when it was awaited, a generator when it is
exhausted or closed. `run` gives the caller what the function would have given, and passes the call
on when it has ended.
"""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Generator

    from xetrack.calls.call import Call

_FLAGS = inspect.CO_COROUTINE | inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR


def sort_of(function: Callable[..., object]) -> int:
    """Return the flag of `inspect` that says how a function runs; 0 for a plain one.

    Parameters
    ----------
    function
        A function, or an object whose class has ``__call__``.
    """
    code = getattr(function, "__code__", None)
    if code is not None:
        flags: int = code.co_flags & _FLAGS
        return flags
    candidates = (function, getattr(type(function), "__call__", None))  # noqa: B004 - of the class
    for candidate in candidates:
        if inspect.iscoroutinefunction(candidate):
            return inspect.CO_COROUTINE
        if inspect.isasyncgenfunction(candidate):
            return inspect.CO_ASYNC_GENERATOR
        if inspect.isgeneratorfunction(candidate):
            return inspect.CO_GENERATOR
    return 0


def run(call: Call, finish: Callable[[Call], Any]) -> Any:
    """Run a call.

    Parameters
    ----------
    call
        The call, which has not begun.
    finish
        Called with the call when it has ended; returns or raises what the caller gets.

    Returns
    -------
    object
        What `finish` returned; for a coroutine or generator function, one of its kind.
    """
    function = call.function
    code = getattr(function, "__code__", None)
    # As `sort_of` does, of what nearly all functions are.
    sort = sort_of(function) if code is None else code.co_flags & _FLAGS
    if sort == inspect.CO_COROUTINE:
        return _run_coroutine(call, finish)
    if sort == inspect.CO_GENERATOR:
        return _run_generator(call, finish)
    if sort:
        return _run_async_generator(call, finish)
    call.begin()
    try:
        result = call.function(*call.args, **call.kwargs)
    except BaseException as error:  # noqa: BLE001 - `finish` raises it again, if it is to
        call.end(error=error)
    else:
        call.end(result)
    return finish(call)


async def _run_coroutine(call: Call, finish: Callable[[Call], Any]) -> Any:
    call.begin()
    try:
        result = await call.function(*call.args, **call.kwargs)
    except BaseException as error:  # noqa: BLE001
        call.end(error=error)
    else:
        call.end(result)
    return finish(call)


def _run_generator(call: Call, finish: Callable[[Call], Any]) -> Generator[Any, Any, Any]:
    call.begin()
    try:
        result = yield from call.function(*call.args, **call.kwargs)
    except GeneratorExit:
        # Whoever took what it needed has no error.
        call.end()
        finish(call)
        raise
    except BaseException as error:  # noqa: BLE001
        call.end(error=error)
    else:
        call.end(result)
    return finish(call)


async def _run_async_generator(
    call: Call, finish: Callable[[Call], Any]
) -> AsyncGenerator[Any, Any]:
    call.begin()
    inner = call.function(*call.args, **call.kwargs)
    try:
        step: Coroutine[Any, Any, Any] = inner.asend(None)
        while True:
            item = await step
            try:
                sent = yield item
            except GeneratorExit:
                await inner.aclose()
                raise
            except BaseException as thrown:  # noqa: BLE001 - it is for the function to take
                step = inner.athrow(thrown)
            else:
                step = inner.asend(sent)
    except (StopAsyncIteration, GeneratorExit) as over:
        call.end()
        finish(call)
        if isinstance(over, GeneratorExit):
            raise
    except BaseException as error:  # noqa: BLE001
        call.end(error=error)
        finish(call)


def wrap_function(function: Callable[..., Any], track: Callable[[Any, Any], Any]) -> Any:
    """Return a function of the same sort, name and signature that goes through `track`.

    Parameters
    ----------
    function
        What is wrapped.
    track
        Takes the positional and the keyword arguments, and runs the call.
    """

    async def awaiting(*args: Any, **kwargs: Any) -> Any:
        return await track(args, kwargs)

    def generating(*args: Any, **kwargs: Any) -> Any:
        return (yield from track(args, kwargs))

    def calling(*args: Any, **kwargs: Any) -> Any:
        return track(args, kwargs)

    wrappers = {inspect.CO_COROUTINE: awaiting, inspect.CO_GENERATOR: generating}
    # A partial or a callable object has no name of its own.
    names = [name for name in functools.WRAPPER_ASSIGNMENTS if hasattr(function, name)]
    return functools.update_wrapper(wrappers.get(sort_of(function), calling), function, names)
