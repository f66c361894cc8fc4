"""Results of a cache that are made older than they are."""

from __future__ import annotations

import time

from attrs import evolve

from xetrack.opening import open_cache


def age(location, seconds, track_id=None):
    """Make the results of a run, or all, so many seconds old; without a time for None."""
    cache = open_cache(location)
    for key, entry in list(cache.scan()):
        if track_id in {None, entry.track_id}:
            when = None if seconds is None else time.time() - seconds
            cache.put(key, evolve(entry, time=when))
    cache.close()
