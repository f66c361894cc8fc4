"""The contract of what answers calls: see `xetrack.interfaces.cache.CallCache`."""

from __future__ import annotations

import asyncio
import threading
import time
import warnings
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve

from xetrack.caches import key_of
from xetrack.errors import InvalidArgumentError, XetrackWarning
from xetrack.interfaces.cache import CallCache, CallSettings
from xetrack_testing.caches.stand_ins import ClingingCache, FailingCache, MemoryCache, StubCall
from xetrack_testing.declared import Contract, must_raise, signature_differences
from xetrack_testing.processes import join

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RAN: list[object] = []
"""What ran, in order. It is global, because what a function closes over may be part of its key."""


class Handle:
    """An object whose name is registered as its content."""

    def __init__(self, name: str) -> None:
        self.name = name


@key_of.register(Handle)
def _content_of_handle(handle: Handle) -> list[str]:
    return [handle.name]


def double(x: float) -> float:
    """Record the call in `RAN`, and return twice the argument.

    Parameters
    ----------
    x
        A number, which `RAN` gets.
    """
    RAN.append(x)
    return 2 * x


def nothing(x: object) -> None:
    """Record the call in `RAN`, and return None."""
    RAN.append(x)


def report(x: object, device: str = "cpu") -> str:
    """Record the call in `RAN`, and return the name of the device.

    Parameters
    ----------
    x
        Any object, which `RAN` gets.
    device
        What is returned; tests leave it out of the key.
    """
    RAN.append(x)
    return device


def slow(x: int) -> int:
    """Sleep for 0.2 s, as other callers ask meanwhile, and return twice the argument.

    Parameters
    ----------
    x
        A number, which `RAN` gets.
    """
    time.sleep(0.2)
    return double(x)  # type: ignore[return-value]


def fail(x: object) -> object:
    """Record the call in `RAN`, and raise an error.

    Parameters
    ----------
    x
        Any object, which `RAN` and the error get.

    Raises
    ------
    KeyError
        Always.
    """
    RAN.append(x)
    raise KeyError(x)


async def doubled(x: float) -> float:
    """Record the call in `RAN` when it is awaited, and return twice the argument.

    Parameters
    ----------
    x
        A number, which `RAN` gets.
    """
    await asyncio.sleep(0)
    return double(x)


def twice(x: float) -> Iterator[float]:
    """Yield the argument, and then twice the argument.

    Parameters
    ----------
    x
        A number, which `RAN` gets.
    """
    yield x
    yield double(x)


class CallCacheContract(Contract):
    """All that a call cache promises. Set `call_cache_class`.

    For example::

        class TestByArguments(CallCacheContract):
            call_cache_class = ByArguments
    """

    call_cache_class: type[CallCache]

    @pytest.fixture
    def cache(self) -> MemoryCache:
        """Where results are kept; one in memory by default."""
        RAN.clear()
        return MemoryCache()

    @pytest.fixture
    def calls(self, cache: MemoryCache) -> Callable[..., CallCache]:
        """Return a function that makes call caches on this cache, each as of another run.

        Parameters
        ----------
        cache
            Where results are kept.
        """

        def make(run: str = "first", **settings: Any) -> CallCache:
            return self.call_cache_class(cache, CallSettings(track_id=run, **settings))

        return make

    def test_signatures_are_those_of_the_interface(self) -> None:
        """Every method takes what the interface says, so that all are called alike."""
        assert [] == signature_differences(self.call_cache_class, CallCache)

    def test_an_equal_call_is_answered_without_being_run(
        self, calls: Callable[..., CallCache]
    ) -> None:
        """By whichever tracker, with the run that computed the result."""
        assert 4 == calls().run(StubCall(double, 2), force=False)
        again = StubCall(double, 2)
        assert 4 == calls("other").run(again, force=False)
        assert again.entry is not None, "it was run instead of answered"
        assert ("first", 0, [2]) == (again.entry.track_id, again.ran, RAN)

    def test_a_result_that_is_false_is_a_result(self, calls: Callable[..., CallCache]) -> None:
        """None is kept as any other."""
        for _ in range(2):
            assert calls().run(StubCall(nothing, 1), force=False) is None
        assert [1] == RAN

    def test_other_arguments_and_params_are_another_call(
        self, calls: Callable[..., CallCache]
    ) -> None:
        """Those of the tracker as those of the call."""
        answers = calls()
        for call in (
            StubCall(double, 2),
            StubCall(double, 3),
            StubCall(double, 2, params={"seed": 1}),
            StubCall(double, 2, params={"seed": 1}, own_params={"seed": 2}),
        ):
            answers.run(call, force=False)
            assert call.entry is None
        assert [2, 3, 2, 2] == RAN

    def test_ignored_arguments_do_not_count(self, calls: Callable[..., CallCache]) -> None:
        """All others do; and it is another call than one that ignores nothing."""
        answers = calls()
        for call, ran in (
            (StubCall(report, 2, "cpu", ignored=["device"]), 1),
            (StubCall(report, 2, device="gpu", ignored=["device"]), 0),
            (StubCall(report, 3, "gpu", ignored=["device"]), 1),
            (StubCall(report, 2), 1),
        ):
            answers.run(call, force=False)
            assert ran == call.ran
        assert [2, 3, 2] == RAN

    def test_objects_of_registered_types_are_told_by_their_content(
        self, calls: Callable[..., CallCache]
    ) -> None:
        """By what `xetrack.caches.key_of` returns for them, which may be unhashable."""
        answers = calls()
        known = [
            (StubCall(nothing, Handle("a")), 1),
            (StubCall(nothing, Handle("a")), 0),
            (StubCall(nothing, Handle("b")), 1),
            (StubCall(nothing, x=Handle("b")), 0),
        ]
        for call, ran in known:
            answers.run(call, force=False)
            assert ran == call.ran

    def test_a_result_that_is_too_old_is_computed_again(
        self, calls: Callable[..., CallCache], cache: MemoryCache
    ) -> None:
        """Only where the tracker says how old is too old; the new result takes its place."""
        calls().run(StubCall(double, 2), force=False)
        ((key, stored),) = cache.entries.items()
        assert stored.time is not None, "it is not stored when the result was computed"
        assert abs(stored.time - time.time()) < 60
        cache.entries[key] = evolve(stored, time=stored.time - 1_000)
        for expire, is_there in ((None, True), (2_000.0, True), (9.0, False)):
            assert is_there == calls(expire=expire).is_cached(StubCall(double, 2))
        for _ in range(2):
            calls("second", expire=100.0).run(StubCall(double, 2), force=False)
        assert ([2, 2], "second") == (RAN, cache.entries[key].track_id)

    def test_a_call_that_is_forced_runs_and_is_kept(self, calls: Callable[..., CallCache]) -> None:
        """A call that is forced runs and is kept, in place of what was there."""
        calls().run(StubCall(double, 2), force=False)
        calls("second").run(StubCall(double, 2), force=True)
        again = StubCall(double, 2)
        calls().run(again, force=False)
        assert [2, 2] == RAN
        assert again.entry is not None
        assert "second" == again.entry.track_id

    def test_what_a_function_raises_is_the_callers_and_is_not_kept(
        self, calls: Callable[..., CallCache], cache: MemoryCache
    ) -> None:
        """Each such call runs."""
        for _ in range(2):
            must_raise(
                KeyError, lambda: calls().run(StubCall(fail, 1), force=False), "a call that raises"
            )
        assert ([1, 1], {}) == (RAN, cache.entries)

    def test_a_coroutine_is_answered_when_it_is_awaited(
        self, calls: Callable[..., CallCache]
    ) -> None:
        """It is kept what it returned, and returned from another coroutine."""
        again = StubCall(doubled, 2)
        for call in (StubCall(doubled, 2), again):
            assert 4 == asyncio.run(calls().run(call, force=False))
        assert (0, [2]) == (again.ran, RAN)

    def test_a_generator_yields_its_items_each_time(self, calls: Callable[..., CallCache]) -> None:
        """A generator yields its items each time, with or without the warning."""
        answers = calls(warn=False)
        for _ in range(2):
            assert [2, 4] == [*answers.run(StubCall(twice, 2), force=False)]

    def test_of_threads_that_ask_at_once_one_computes(
        self, calls: Callable[..., CallCache]
    ) -> None:
        """The others wait, and get its result."""
        results: list[Any] = []

        def ask() -> None:
            results.append(calls().run(StubCall(slow, 2), force=False))

        threads = [threading.Thread(target=ask, daemon=True) for _ in range(3)]
        for thread in threads:
            thread.start()
        join(*threads)
        assert ([4, 4, 4], [2]) == (results, RAN)

    def test_a_cache_that_fails_costs_no_result(self) -> None:
        """At most a `XetrackWarning` is given, for functions and coroutines alike."""
        RAN.clear()
        answers = self.call_cache_class(FailingCache(), CallSettings(track_id="run"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", XetrackWarning)
            assert 4 == answers.run(StubCall(double, 2), force=False)
            assert 6 == asyncio.run(answers.run(StubCall(doubled, 3), force=False))
        assert [2, 3] == RAN

    def test_a_cache_that_fails_at_a_release_costs_no_result(self) -> None:
        """Nor is the result computed again: it is stored, and the caller has it."""
        RAN.clear()
        cache = ClingingCache()
        answers = self.call_cache_class(cache, CallSettings(track_id="run"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", XetrackWarning)
            for _ in range(2):
                assert 4 == answers.run(StubCall(double, 2), force=False)
                assert 6 == asyncio.run(answers.run(StubCall(doubled, 3), force=False))
        assert [2, 3] == RAN
        assert 2 == len(cache.entries)

    def test_a_key_is_that_of_the_result(
        self, calls: Callable[..., CallCache], cache: MemoryCache
    ) -> None:
        """The same before it is computed, and another for another call."""
        key, other = (calls().key(StubCall(double, x)) for x in (2, 3))
        calls().run(StubCall(double, 2), force=False)
        assert [key] == cache.keys("")
        assert key == calls("other").key(StubCall(double, 2)) != other

    def test_telling_of_a_call_does_not_run_it(self, calls: Callable[..., CallCache]) -> None:
        """Neither its key nor why it is missed; which is said whatever there is to say."""
        answers = calls()
        answers.key(StubCall(double, 2))
        missed = answers.why_miss(StubCall(double, 2))
        assert not answers.is_cached(StubCall(double, 2))
        assert [] == RAN
        answers.run(StubCall(double, 2), force=False)
        assert answers.is_cached(StubCall(double, 2))
        assert not answers.is_cached(StubCall(double, 3))
        hit = answers.why_miss(StubCall(double, 2))
        assert "" != missed.strip() != hit.strip() != ""
        assert [2] == RAN

    def test_arguments_that_do_not_fit_are_told_of(self, calls: Callable[..., CallCache]) -> None:
        """By the function itself, when it is run; by a typed error, when it is not."""
        answers = calls()
        for tell in (answers.key, answers.why_miss, answers.is_cached):
            must_raise(
                InvalidArgumentError,
                lambda tell=tell: tell(StubCall(double, 1, 2)),  # type: ignore[misc]
                "a call with too many arguments",
            )
        must_raise(
            TypeError,
            lambda: answers.run(StubCall(double, 1, 2), force=False),
            "running such a call",
        )

    def test_closing_closes_the_cache(
        self, calls: Callable[..., CallCache], cache: MemoryCache
    ) -> None:
        """A tracker closes nothing else of it."""
        calls().close()
        assert cache.is_closed
