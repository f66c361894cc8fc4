"""A tracked call of a tracker with a cache: run, or answered with the result of an equal one."""

from __future__ import annotations

import inspect
from functools import partial
from typing import TYPE_CHECKING, Any

from xetrack.calls.call import Call
from xetrack.calls.runner import run, sort_of
from xetrack.interfaces.cache import PendingCall
from xetrack.model.names import CACHE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from xetrack.interfaces.cache import CacheEntry


_GENERATORS = inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR


class CachedCall(Call, PendingCall):
    """A call whose result may come from a cache, which its row says in a column of its own.

    Parameters
    ----------
    function, args, kwargs, own_params, length, measure
        See `Call`.
    params
        The tracker's; a mapping that is never changed, only replaced.
    finish
        Stores the row of the call when it has ended, and returns or raises what its caller gets.
    version
        Stands for the code of the function; None where that itself counts.
    ignored
        Names of parameters that do not count.
    """

    own_columns = Call.own_columns | {CACHE}

    __slots__ = (
        "_finish",
        "assets",
        "ignored",
        "origin",
        "params",
        "raised",
        "returned",
        "sort",
        "version",
    )

    def __init__(
        self,
        function: Callable[..., Any],
        args: Sequence[Any] | None,
        kwargs: Mapping[str, Any] | None,
        own_params: Mapping[Any, Any],
        length: int,
        measure: Callable[[], Callable[[], Mapping[str, object]]] | None,
        params: Mapping[str, Any],
        finish: Callable[[Call], Any],
        version: str | None = None,
        ignored: Sequence[str] = (),
    ) -> None:
        # super() takes longer
        Call.__init__(self, function, args, kwargs, own_params, length, measure)
        self.params = params
        self.version = version
        self.ignored = ignored
        self.sort = sort_of(function)
        self.origin = ""  # where this call computes its result
        self.assets: dict[str, str] = {}
        self.returned: tuple[Any] | None = None
        """What its caller gets, once it has ended."""
        self.raised: BaseException | None = None
        """What its caller gets, if that is an exception; removed when the caller has it."""
        self._finish = finish

    def run(self, keep: Callable[[Any], None] | None = None) -> Any:
        """Run the function, and pass its result to `keep`; see `PendingCall.run`."""
        return run(self, self._end if keep is None else partial(self._end_and_keep, keep))

    def _end(self, call: Call) -> Any:
        """Store the row, and note what the caller gets, in case the call cache loses it."""
        try:
            result = self._finish(call)
        except BaseException as error:
            if not self.sort & _GENERATORS:  # which end when nobody removes it any more
                self.raised = error
            raise
        self.returned = (result,)
        return result

    def _end_and_keep(self, keep: Callable[[Any], None], call: Call) -> Any:
        failed = call.error is not None
        result = self._end(call)
        if not failed:
            keep(result)
        return result

    def answer(self, entry: CacheEntry) -> Any:
        """End the call with what another one returned; see `PendingCall.answer`."""
        self.begin()
        self.end(entry.result)
        self._seconds = 0.0
        self.origin = entry.track_id
        if entry.assets:
            self.assets = dict(entry.assets)
        return self._end(self)
