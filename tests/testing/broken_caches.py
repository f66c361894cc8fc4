"""Caches that break a promise; they are otherwise that of xetrack-cache."""

from __future__ import annotations

import os
import pickle
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from attrs import evolve

from tests.testing.broken_outages import AWAY
from tests.testing.catalogue import caught_by
from xetrack.errors import XetrackError
from xetrack.interfaces.cache import CacheEntry
from xetrack_cache.folder_cache.disk_cache import DiskCache


@caught_by("test_signatures_are_those_of_the_interface")
class OtherParameters(DiskCache):
    """Knows no way not to wait."""

    def compute_lock(self, key):
        return super().compute_lock(key)


@caught_by("test_no_promise_is_replaced_without_a_reason")
class Silenced(DiskCache):
    """Nothing is wrong with it; but its class of tests leaves one out."""

    body = ("test_what_is_damaged_is_a_miss = None",)


@caught_by("test_nothing_is_made_before_the_first_put")
class MakesItsFolder(DiskCache):
    """Makes the folder when it is opened."""

    def __init__(self, location, size_limit=None):
        super().__init__(location, size_limit)
        Path(location).mkdir(exist_ok=True)


@caught_by("test_results_of_every_kind_come_back")
class FalseIsNothing(DiskCache):
    """Takes a result that is false for none."""

    def get(self, key):
        found = super().get(key)
        return found if found and found.result else None


@caught_by("test_when_a_result_was_computed_comes_back")
class StoresNoTime(DiskCache):
    """Does not keep when a result was computed."""

    def put(self, key, entry):
        super().put(key, evolve(entry, time=None))


@caught_by("test_a_result_is_a_new_object_each_time")
class InMemory(DiskCache):
    """Gives the same object again."""

    found = None

    def get(self, key):
        self.found = self.found or super().get(key)
        return self.found


@caught_by("test_a_put_takes_the_place_of_another")
class KeepsTheFirst(DiskCache):
    """Keeps what is there."""

    def put(self, key, entry):
        if key not in self.keys(""):
            super().put(key, entry)


@caught_by("test_a_result_that_cannot_be_kept_is_a_typed_error")
class LetsThrough(DiskCache):
    """Lets pickle's own exceptions through."""

    def put(self, key, entry):
        pickle.dumps(entry.result)
        super().put(key, entry)


@caught_by("test_keys_come_by_their_beginning_the_oldest_first")
class SortsKeys(DiskCache):
    """Gives keys in their own order."""

    def keys(self, prefix):
        return sorted(super().keys(prefix))


@caught_by("test_the_results_of_a_run_are_deleted")
class DeletesAll(DiskCache):
    """Deletes the results of all runs, and tells of one's."""

    def delete_run(self, track_id):
        super().delete_run("run1")
        return super().delete_run(track_id)


@caught_by("test_what_is_damaged_is_a_miss")
class WithoutADigest(DiskCache):
    """Believes whatever lies there."""

    def put(self, key, entry):
        super().put(key, entry)
        Path(self.location, key).write_text(entry.result)

    def get(self, key):
        path = Path(self.location, key)
        if not path.exists():
            return super().get(key)
        text = path.read_bytes().decode(errors="replace")
        return CacheEntry(result=text, track_id="", material=b"")


class Lending(DiskCache):
    """Lends the right by a rule of its own."""

    @contextmanager
    def compute_lock(self, key, *, wait=True):
        yield True


@caught_by("test_one_process_computes_while_others_wait")
class EverybodyComputes(Lending):
    """Lets all compute at once."""


@caught_by("test_one_thread_computes_while_others_wait")
class OneOfAProcess(Lending):
    """Excludes other processes, but no thread."""


@caught_by("test_the_right_is_told_of_at_once")
class AlwaysHeld(Lending):
    """Says that the right is held whoever has it."""


@caught_by("test_a_call_within_the_call_does_not_wait_for_itself")
class WaitsForItself(DiskCache):
    """Excludes whoever holds the key, too."""

    @contextmanager
    def compute_lock(self, key, *, wait=True):
        path = Path(self.location + key)
        for _ in range(1_500):
            with suppress(FileExistsError):
                os.close(os.open(path, os.O_CREAT | os.O_EXCL))
                break
            time.sleep(0.01)
        yield True
        path.unlink()


@caught_by("test_the_right_passes_on_when_its_holder_is_killed")
class KeptByTheDead(WaitsForItself):
    """Leaves the mark of a process that died."""


@caught_by("test_after_a_fork_both_sides_go_on")
class OfOneProcess(DiskCache):
    """Works in the process that made it only."""

    def __init__(self, location, size_limit=None):
        super().__init__(location, size_limit)
        self.process = os.getpid()

    def put(self, key, entry):
        if self.process != os.getpid():
            raise XetrackError("this is another process")
        super().put(key, entry)


@caught_by("test_closing_twice_does_nothing_and_a_later_use_opens_again")
class ClosedForGood(DiskCache):
    """Keeps nothing after it was closed."""

    closed = False

    def put(self, key, entry):
        if not self.closed:
            super().put(key, entry)

    def close(self):
        self.closed = True
        super().close()


@caught_by("test_without_a_limit_everything_is_kept")
class HasALimit(DiskCache):
    """Has a limit of its own."""

    def __init__(self, location, size_limit=None):
        super().__init__(location, size_limit or 2**20)


@caught_by("test_a_limit_takes_the_oldest_first")
class NoLimit(DiskCache):
    """Does not know what a limit is."""

    def __init__(self, location, size_limit=None):
        super().__init__(location)


@caught_by("test_signatures_are_those_of_the_power")
class RemovesTwoThings(DiskCache):
    """Wants to be told more than others."""

    def remove(self, results, runs):
        return super().remove(results)


@caught_by("test_a_cache_is_there_from_the_first_put_on")
class IsAlwaysThere(DiskCache):
    """Takes a path that nobody wrote to for a cache."""

    def exists(self):
        return True


@caught_by("test_results_are_listed_in_order_and_none_is_loaded")
class LoadsToList(DiskCache):
    """Loads what it lists."""

    def iter_results(self):
        for one in super().iter_results():
            self.get(one.key)
            yield one


@caught_by("test_the_time_that_is_listed_is_when_a_result_was_computed")
class ListsWhenItWasStored(DiskCache):
    """Lists the time at which a result was put there."""

    def _described(self, stored):
        return replace(super()._described(stored), time=stored.time)


@caught_by("test_what_was_listed_can_be_removed_once")
class RemovesByRun(DiskCache):
    """Removes all that was computed by the same runs."""

    def remove(self, results):
        return sum(self.delete_run(run) for run in {one.track_id for one in results})


@caught_by("test_clearing_removes_everything")
class KeepsTheNewest(DiskCache):
    """Leaves a result behind."""

    def clear(self):
        return self.remove([*self.iter_results()][:-1])


@caught_by("test_what_is_damaged_is_told_of_and_can_be_cleared")
class ClearsWhatItCanRead(DiskCache):
    """Cannot be emptied any more once its database is damaged."""

    def clear(self):
        return self.remove([*self.iter_results()])


@caught_by("test_the_right_passes_on_when_a_call_raises")
class KeepsTheRight(DiskCache):
    """Gives the lock back where all went well."""

    @contextmanager
    def compute_lock(self, key, *, wait=True):
        lock = super().compute_lock(key, wait=wait)
        KEPT.append(lock)
        yield lock.__enter__()
        lock.__exit__(None, None, None)


KEPT = []


@caught_by("test_large_results_come_back_whole")
class OfAMegabyte(DiskCache):
    """Keeps a MiB of a text, as columns of databases do."""

    def put(self, key, entry):
        text = type(entry.result) is str
        super().put(key, evolve(entry, result=entry.result[: 2**20]) if text else entry)


@caught_by("test_a_result_that_a_kill_cuts_off_is_a_miss")
class WritesInParts(DiskCache):
    """Stores the first part of a large result by itself."""

    def put(self, key, entry):
        if type(entry.result) is bytes:
            super().put(key, evolve(entry, result=entry.result[: 2**20]))
            time.sleep(0.5)
        super().put(key, entry)


@caught_by("test_each_method_raises_typed_errors_while_the_cache_is_away")
class LeaksWhatTheSystemSays(DiskCache):
    """Looks into its folder by itself."""

    body = AWAY

    def keys(self, prefix):
        return super().keys(prefix) if [*Path(self.location).iterdir()] else []


@caught_by("test_results_are_there_when_the_cache_is_back")
class SaysStored(DiskCache):
    """Takes no notice of what went wrong."""

    body = AWAY

    def put(self, key, entry):
        with suppress(XetrackError):
            super().put(key, entry)


@caught_by("test_functions_run_while_the_cache_is_away")
class BeginsAnew(DiskCache):
    """Is empty once its folder was away."""

    body = AWAY
    was_away = False

    def get(self, key):
        if self.was_away and Path(self.location).is_dir():
            self.was_away = False
            self.clear()
        self.was_away = self.was_away or Path(self.location).is_file()
        return super().get(key)
