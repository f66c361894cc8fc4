"""What answers tracked calls is a part: the cache names it, and a stranger may offer it."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext

import pytest

from xetrack import Tracker
from xetrack.errors import MissingPackageError, UnknownComponentError
from xetrack.interfaces.cache import Cache, CacheEntry
from xetrack.plugins import registry as plugin_registry
from xetrack.plugins.registry import Registry

BY_ARGUMENTS = """
from xetrack.interfaces.cache import CacheEntry, CallCache

class Part(CallCache):
    def key(self, call):
        return repr((call.name, call.args, {**call.params, **call.own_params}))

    def run(self, call, *, force):
        key = self.key(call)
        entry = None if force else self.cache.get(key)
        if entry is not None:
            return call.answer(entry)

        def keep(result):
            run = self.settings.track_id
            self.cache.put(key, CacheEntry(result=result, track_id=run, material=b""))

        return call.run(keep)

    def why_miss(self, call):
        return "It is another."
"""


class InMemory(Cache):
    """Keeps results in a dict."""

    call_cache = "memo"

    def __init__(self) -> None:
        super().__init__("memory")
        self.kept: dict[str, CacheEntry] = {}
        self.closed = 0

    def get(self, key):
        return self.kept.get(key)

    def put(self, key, entry):
        self.kept[key] = entry

    def compute_lock(self, key, *, wait=True):
        return nullcontext(True)

    def keys(self, prefix):
        return [key for key in self.kept if key.startswith(prefix)]

    def material(self, key):
        return self.kept[key].material

    def read(self, key, *, trust=None):
        return self.kept.get(key)

    def scan(self, *, trust=None):
        yield from self.kept.items()

    def delete_run(self, track_id):
        return 0

    def close(self):
        self.closed += 1


@pytest.fixture
def memo(strangers, monkeypatch):
    """The call cache of a stranger, and a cache that names it."""
    strangers.offer("memo", "xetrack_call_caches", {}, parts=BY_ARGUMENTS)
    monkeypatch.setattr(plugin_registry, "registry", strangers.registry)
    return InMemory()


def test_the_call_cache_that_a_cache_names_answers_its_calls(memo):
    """The call cache that a cache names answers its calls, without any code of xetrack's own
    cache.
    """
    ran = []

    def double(x):
        ran.append(x)
        return 2 * x

    with Tracker(Tracker.IN_MEMORY, {"a": 1}, cache=memo, track_id="first") as tracker:
        assert [4, 4, 6] == [tracker.track(double, args=[x]) for x in (2, 2, 3)]
        assert 4 == tracker.track(double, args=[2], params={"a": 2})
        assert 4 == tracker.track(double, args=[2], cache_force=True)
        assert [2, 3, 2, 2] == ran
        rows = tracker.to_df()
        assert ["", "first", "", "", ""] == rows["cache"].tolist()
        assert [4, 4, 6, 4, 4] == rows["function_result"].tolist()
        assert 0 == rows["function_time"][1]
        assert "('double', (2,), {'a': 1})" == tracker._generate_cache_key(double, [2])
        assert "It is another." == tracker.why_miss(double, [9])
    assert 1 == memo.closed


def test_what_a_function_raised_is_not_kept(memo):
    """Its row is stored, and the exception is the caller's."""
    with Tracker(Tracker.IN_MEMORY, cache=memo) as tracker:
        with pytest.raises(ValueError, match="invalid literal"):
            tracker.track(int, args=["x"])
        tracker.raise_on_error = False
        assert tracker.track(int, args=["x"]) is None
        assert {} == memo.kept
        assert 2 == len(tracker)


def test_a_coroutine_is_kept_when_it_was_awaited(memo):
    """The call cache gets the result, not the coroutine."""

    async def double(x):
        return 2 * x

    with Tracker(Tracker.IN_MEMORY, cache=memo) as tracker:
        assert 4 == asyncio.run(tracker.track(double, args=[2]))
        assert [4] == [entry.result for entry in memo.kept.values()]


def test_a_call_cache_that_nobody_offers_is_a_typed_error(memo, tmp_path):
    """A call cache that nobody offers is a typed error before a database is made."""
    memo.call_cache = "mem"
    with pytest.raises(UnknownComponentError, match="Did you mean 'memo'"):
        Tracker(tmp_path / "x.db", cache=memo)
    assert not (tmp_path / "x.db").exists()


def test_a_cache_of_ones_own_needs_what_answers_calls(tmp_path, monkeypatch):
    """The text says what to install, and no database is made."""
    monkeypatch.setattr(plugin_registry, "registry", lambda: Registry(path=[]))
    cache = InMemory()
    cache.call_cache = Cache.call_cache
    with pytest.raises(MissingPackageError, match=r"pip install 'xetrack\[cache\]'"):
        Tracker(tmp_path / "x.db", cache=cache)
    assert [] == list(tmp_path.iterdir())
