"""What the workers of Dask run: calls that are tracked, cached, and return a model."""

from __future__ import annotations

import os
import time

import numpy as np

from xetrack import Tracker

SECONDS = 0.02
"""How long one call computes."""


TRACKERS = {}
"""The tracker of this worker by its place, made with its first call."""


def tracker(url, store):
    """Return the tracker of this worker."""
    if url not in TRACKERS:
        # While the server is away, rows wait here; what is cached is asked for again.
        cache = url.partition("&spool=")[0]
        TRACKERS[url] = Tracker(url, cache=cache, asset_store=store, warnings=False)
    return TRACKERS[url]


def close():
    """Close the tracker of this worker; what waits is stored."""
    for each in TRACKERS.values():
        each.close()


def run(number, url, store, notes):
    """Run one tracked call, and return its result without the model."""
    result = tracker(url, store).track(fit, args=[number, notes], cache_ignore=["notes"])
    note(notes, f"finished {number}\n")
    return result["number"], result["score"]


def fit(number, notes):
    """Fit a model, and note in a file that this was begun."""
    note(notes, f"begun {number}\n")
    time.sleep(SECONDS)
    model = np.full(100, number, dtype="f8")
    return {"number": number, "score": number / 7, "model": model}


def note(path, line):
    """Append a line, which other processes cannot tear apart."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(file, line.encode())
    finally:
        os.close(file)
