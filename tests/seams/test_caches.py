"""A cache or a call cache that raises whatever it likes costs neither a call nor its result."""

from __future__ import annotations

import asyncio

import pytest

from tests.seams.faults import OUTSIDE, RAW, AlarmError, armed
from tests.seams.table import SEAMS
from xetrack import Reader, Tracker, caches
from xetrack.errors import PartFailedError, XetrackError, XetrackWarning

RAN = []


def cases(part, *gets):
    return [
        pytest.param(seam, moment, id=f"{seam.method}-{moment}-{seam.use}")
        for seam in SEAMS
        for moment in seam.moments
        if seam.part == part and seam.gets in gets
    ]


CACHE_CALLS = cases("cache", "result", "cached")
CALLS_CALLS = cases("call cache", "result", "cached")


def double(x):
    RAN.append(x)
    return {"n": 2 * x}


async def doubled(x):
    RAN.append(x)
    return {"n": 2 * x}


def fail(x):
    RAN.append(x)
    raise ZeroDivisionError(x)


@pytest.fixture
def opened(db, tmp_path, rows):
    """Open a tracker with a faulty cache, or with one whose call cache is faulty."""
    RAN.clear()
    trackers = []

    def open_tracker(scheme):
        trackers.append(Tracker(db, cache=f"{scheme}://{tmp_path}/cache"))
        trackers[-1].track(double, args=[0])
        RAN.clear()
        return trackers[-1]

    yield open_tracker
    for tracker in trackers:
        tracker.close()


def run(tracker, function, x):
    given = tracker.track(function, args=[x])
    return asyncio.run(given) if function is doubled else given


ALL_CALLS = [
    *(pytest.param("faulty", *case.values, id=f"cache-{case.id}") for case in CACHE_CALLS),
    *(pytest.param("calls", *case.values, id=f"call-cache-{case.id}") for case in CALLS_CALLS),
]


CLOSING = [
    *(("faulty", *case.values) for case in cases("cache", "closed")),
    *(("calls", *case.values) for case in cases("call cache", "closed")),
]


@pytest.mark.parametrize("function", [double, doubled])
@pytest.mark.parametrize("kind", [*RAW, "typed"])
@pytest.mark.parametrize(("scheme", "seam", "moment"), ALL_CALLS)
def test_the_function_runs_once_and_its_result_is_returned(
    opened, rows, scheme, seam, moment, kind, function
):
    """Its row is stored once; of two calls, one warning is given of a cache."""
    if kind == "SystemExit" and scheme == "calls":
        pytest.skip("a call cache runs the user's function, whose SystemExit this may be")
    tracker = opened(scheme)
    with armed(seam.method, moment, kind) as plan, pytest.warns(XetrackWarning) as warned:
        results = [run(tracker, function, x) for x in (1, 2)]
    assert plan.struck, "the method is not called"
    assert [{"n": 2}, {"n": 4}] == results
    assert [1, 2] == RAN
    assert [0, 2, 4] == rows()
    texts = [str(one.message) for one in warned if one.category is XetrackWarning]
    if seam.part == "cache" and not (kind == "typed" and seam.method == "put"):
        (text,) = texts
        assert kind == "typed" or "'faulty' of xetrack-faulty 2.5" in text
    assert {"n": 6} == run(tracker, function, 3)


@pytest.mark.parametrize("kind", [*RAW, "typed"])
@pytest.mark.parametrize(("scheme", "seam", "moment"), ALL_CALLS)
@pytest.mark.filterwarnings("ignore::xetrack.XetrackWarning")
def test_what_a_function_raises_is_what_its_caller_gets(opened, rows, scheme, seam, moment, kind):
    """Whatever the cache does meanwhile."""
    if kind == "SystemExit" and scheme == "calls":
        pytest.skip("a call cache runs the user's function, whose SystemExit this may be")
    tracker = opened(scheme)
    with armed(seam.method, moment, kind), pytest.raises(ZeroDivisionError):
        tracker.track(fail, args=[1])
    assert [1] == RAN
    assert 2 == len(rows())


@pytest.mark.parametrize("kind", [*RAW, "typed"])
@pytest.mark.parametrize(("scheme", "seam", "moment"), CLOSING)
def test_a_cache_that_cannot_be_closed_costs_a_warning(
    db, tmp_path, rows, scheme, seam, moment, kind
):
    """And the engine is closed all the same."""
    tracker = Tracker(db, cache=f"{scheme}://{tmp_path}/cache")
    tracker.track(double, args=[1])
    with armed(seam.method, moment, kind):
        with pytest.warns(XetrackWarning, match="not affected"):
            tracker.close()
        assert ["runs.db"] == [path.name for path in db.parent.glob("runs.db*")]
    if scheme == "faulty":
        with armed(seam.method, moment, kind), pytest.warns(XetrackWarning, match="not affected"):
            entries = [*caches.scan_cache(f"faulty://{tmp_path}/cache")]
        assert [{"n": 2}] == [entry["result"] for _, entry in entries]
    assert [2] == rows()


USES = {
    "why_miss": lambda tracker, _: tracker.why_miss(double, [9]),
    "cache_key": lambda tracker, _: tracker.cache_key(double, [0]),
    "is_cached": lambda tracker, _: tracker.is_cached(double, [0]),
    "read_cache": lambda tracker, url: caches.read_cache(url, tracker.cache_key(double, [0])),
    "scan_cache": lambda _, url: [*caches.scan_cache(url)],
    "delete_cache_by_track_id": lambda tracker, url: Reader.delete_cache_by_track_id(
        url, tracker.track_id
    ),
}
OTHERS = [
    *(("faulty", *case.values) for case in cases("cache", "typed", "changed")),
    *(("calls", *case.values) for case in cases("call cache", "typed")),
]


@pytest.mark.parametrize("kind", [*RAW, "typed"])
@pytest.mark.parametrize(("scheme", "seam", "moment"), OTHERS)
def test_every_other_use_raises_a_typed_error(opened, tmp_path, scheme, seam, moment, kind):
    """It names the part."""
    tracker, url = opened(scheme), f"{scheme}://{tmp_path}/cache"
    with armed(seam.method, moment, kind) as plan, pytest.raises(XetrackError) as caught:
        USES[seam.use](tracker, url)
    assert plan.struck, "the method is not called"
    if kind != "typed":
        assert isinstance(caught.value, PartFailedError)
        assert "'faulty' of xetrack-faulty 2.5" in str(caught.value)


@pytest.mark.parametrize("function", [double, doubled])
@pytest.mark.parametrize("kind", OUTSIDE)
@pytest.mark.parametrize(("scheme", "seam", "moment"), ALL_CALLS)
def test_what_comes_from_outside_passes_unchanged(opened, scheme, seam, moment, kind, function):
    """Ctrl-C, and what handlers of signals raise."""
    error = {"KeyboardInterrupt": KeyboardInterrupt, "handler": AlarmError}[kind]
    tracker = opened(scheme)
    with armed(seam.method, moment, kind), pytest.raises(error) as caught:
        run(tracker, function, 1)
    assert type(caught.value) is error
