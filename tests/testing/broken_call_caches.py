"""Call caches that break a promise; they are otherwise that of xetrack-cache."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, nullcontext

from attrs import evolve

from tests.testing.catalogue import caught_by
from xetrack.caches import key_of
from xetrack_cache.calls.call_cache import KeyedCalls


@caught_by("test_signatures_are_those_of_the_interface")
class OtherParameters(KeyedCalls):
    """Cannot be told to run a call."""

    def run(self, call):
        return super().run(call, force=False)


@caught_by("test_no_promise_is_replaced_without_a_reason")
class Silenced(KeyedCalls):
    """Nothing is wrong with it; but its class of tests leaves one out."""

    body = ("test_closing_closes_the_cache = None",)


@caught_by("test_an_equal_call_is_answered_without_being_run")
class RunsAll(KeyedCalls):
    """Never looks."""

    def run(self, call, *, force):
        return super().run(call, force=True)


@caught_by("test_a_result_that_is_false_is_a_result")
class FalseIsNothing(KeyedCalls):
    """Does not keep what is false."""

    def _store(self, key, call, result):
        if result:
            super()._store(key, call, result)


@caught_by("test_other_arguments_and_params_are_another_call")
class ForgetsOwnParams(KeyedCalls):
    """Knows the params of the tracker only."""

    def _key(self, call):
        call.own_params = {}
        return super()._key(call)


@caught_by("test_ignored_arguments_do_not_count")
class CountsAll(KeyedCalls):
    """Does not know that an argument may be ignored."""

    def _key(self, call):
        call.ignored = ()
        return super()._key(call)


@caught_by("test_objects_of_registered_types_are_told_by_their_content")
class AsksNoRegistry(KeyedCalls):
    """Tells objects by where they are in memory."""

    def _key(self, call):
        call.args = tuple(id(each) if key_of(each) is not each else each for each in call.args)
        return super()._key(call)


@caught_by("test_a_result_that_is_too_old_is_computed_again")
class NeverTooOld(KeyedCalls):
    """Takes a result of any age."""

    def _is_expired(self, entry):
        return False


@caught_by("test_a_call_that_is_forced_runs_and_is_kept")
class IgnoresForce(KeyedCalls):
    """Is not to be forced."""

    def run(self, call, *, force):
        return super().run(call, force=False)


@caught_by("test_what_a_function_raises_is_the_callers_and_is_not_kept")
class Swallows(KeyedCalls):
    """Takes an exception for None."""

    def run(self, call, *, force):
        try:
            return super().run(call, force=force)
        except KeyError:
            return None


@caught_by("test_a_coroutine_is_answered_when_it_is_awaited")
class KnowsNoCoroutine(KeyedCalls):
    """Runs each of them."""

    def run(self, call, *, force):
        return call.run() if call.sort else super().run(call, force=force)


@caught_by("test_a_generator_yields_its_items_each_time")
class ListsItems(KeyedCalls):
    """Answers with an iterator that was exhausted."""

    made = None

    def run(self, call, *, force):
        if not call.sort or asyncio.iscoroutinefunction(call.function):
            return super().run(call, force=force)
        self.made = self.made or call.run()
        return self.made


@caught_by("test_of_threads_that_ask_at_once_one_computes")
class DoesNotWait(KeyedCalls):
    """Asks for no right."""

    def _computing(self, key, *, wait):
        return nullcontext(True)


@caught_by("test_a_cache_that_fails_costs_no_result")
class LetsThrough(KeyedCalls):
    """Lets the cache's exceptions through."""

    def _find(self, key):
        return self._lookup.entry(key)


@caught_by("test_a_cache_that_fails_at_a_release_costs_no_result")
class LetsThroughAtTheEnd(KeyedCalls):
    """Lets through what a lock raises when it is released."""

    @contextmanager
    def _computing(self, key, *, wait):
        with self.cache.compute_lock(key.text, wait=wait) as is_held:
            yield is_held


@caught_by("test_a_key_is_that_of_the_result")
class OtherKey(KeyedCalls):
    """Tells the key of another run's result."""

    def key(self, call):
        return f"{super().key(call)}-{self.settings.track_id}"


@caught_by("test_telling_of_a_call_does_not_run_it")
class RunsToTell(KeyedCalls):
    """Runs a call to say whether it is there."""

    def why_miss(self, call):
        said = super().why_miss(call)
        self.run(call, force=False)
        return said


@caught_by("test_telling_of_a_call_does_not_run_it")
class TakesAKeyForAResult(KeyedCalls):
    """Takes each call that has a key for one that was made."""

    def is_cached(self, call):
        return self.key(call) is not None


@caught_by("test_arguments_that_do_not_fit_are_told_of")
class TellsOfTypes(KeyedCalls):
    """Raises what the function would."""

    def key(self, call):
        call.function(*call.args, **call.kwargs)
        return super().key(call)


@caught_by("test_closing_closes_the_cache")
class StaysOpen(KeyedCalls):
    """Closes nothing."""

    def close(self):
        self.settings = evolve(self.settings)
