"""A cache in PostgreSQL, beside the rows or apart from them: what its contract does not say."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
import warnings

import psycopg
import pytest

from tests.engines import start
from xetrack import Reader, Tracker
from xetrack.errors import (
    CacheError,
    CacheNotFoundError,
    DamagedCacheError,
    UntrustedPickleError,
    XetrackWarning,
)
from xetrack.interfaces.cache import CacheEntry
from xetrack_cache.signed import entries
from xetrack_postgres.cache import cache as module
from xetrack_postgres.cache.cache import PostgresCache
from xetrack_postgres.driver_errors import AccessRefusedError

RAN = []
"""What ran, in order. It is global, because what a function closed over is part of its key."""


def scale(x, by=1):
    RAN.append(x)
    return x * by


def pair(x):
    RAN.append(x)
    return {x, "value"}


@pytest.fixture(autouse=True)
def _nothing_ran():
    RAN.clear()


@pytest.fixture
def cache(url):
    """A cache that is not there yet."""
    found = PostgresCache(url)
    yield found
    found.close()


def entry(result, run="run", material=b"material"):
    return CacheEntry(result=result, track_id=run, material=material)


def test_rows_and_results_share_a_database(url, by_hand):
    """Another tracker finds them, a reader shows and deletes them; nothing is made before."""
    secret = url.replace("postgres:@", "postgres:hush-hush@")
    missing = "SELECT to_regclass('xetrack_cache') IS NULL"
    with pytest.raises(CacheNotFoundError, match="Check the URL") as caught:
        list(Reader.scan_cache(secret))
    assert "hush" not in str(caught.value)
    with Tracker(secret, cache=secret, track_id="first") as tracker:
        assert "No call of scale" in tracker.why_miss(scale, [2])
        assert [(True,)] == by_hand(missing)
        assert "hush" not in repr(tracker)
        with tracker._engine.transaction():  # whose locks the cache must not wait for
            assert [4, 4] == [tracker.track(scale, args=[2, 2]) for _ in range(2)]
    with Tracker(f"{url}_rows", cache=url, track_id="second") as other:
        assert ["first", "second"] == [
            (other.track(scale, args=args), other.track(scale, args=args))[1]
            and other.latest["cache"]
            for args in ([2, 2], [3, 2])
        ]
        key = other._generate_cache_key(scale, [2, 2])
        material = other._call_cache.cache.material(key)
    assert [2, 3] == RAN
    assert [] == [one for one in (b"hush", b"schema=", url.encode()) if one in material]
    assert [4, 6] == [one["result"] for _, one in Reader.scan_cache(url)]
    assert {"result": 4, "cache": "first"} == Reader.read_cache(secret, key)
    assert [None, None] == [Reader.read_cache(url, one) for one in ("a\0b", 7)]
    assert 1 == Reader.delete_cache_by_track_id(url, "first")
    assert [6] == [one["result"] for _, one in Reader.scan_cache(url)]
    by_hand("DROP TABLE xetrack_cache")
    with Tracker(url, cache=url) as tracker:
        assert [4, 4] == [tracker.track(scale, args=[2, 2]) for _ in range(2)]
    assert [2, 3, 2] == RAN


def test_s6_only_what_this_user_stored_under_this_key_is_used(url, by_hand, tmp_path, monkeypatch):
    """Neither the entry of another key, nor that of another user; none of them is loaded."""

    class Canary:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "canary"),)

    with Tracker(Tracker.IN_MEMORY, cache=url) as tracker:
        for x in (1, 2):
            tracker.track(pair, args=[x])
        one, two = (tracker._generate_cache_key(pair, [x]) for x in (1, 2))
        by_hand(
            "UPDATE xetrack_cache AS one SET entry = other.entry FROM xetrack_cache AS other "
            "WHERE one.key <> other.key"
        )
        for x in (1, 2):
            with pytest.warns(XetrackWarning, match="does not carry your signature"):
                assert {x, "value"} == tracker.track(pair, args=[x])
        assert [1, 2, 1, 2] == RAN
        forged = entries.pack_entry(two, b"P", pickle.dumps(Canary()), "run-1", b"")
        by_hand(f"UPDATE xetrack_cache SET entry = '\\x{forged.hex()}' WHERE key = '{one}'")
        with pytest.warns(XetrackWarning, match="does not carry your signature"):
            assert {1, "value"} == tracker.track(pair, args=[1])
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "other user"))
        with pytest.warns(XetrackWarning, match="does not carry your signature"):
            tracker.track(pair, args=[2])
    monkeypatch.undo()
    with pytest.raises(UntrustedPickleError, match="trust=True"):
        Reader.read_cache(url, two)
    assert {2, "value"} == Reader.read_cache(url, two, trust=True)["result"]
    assert not (tmp_path / "canary").exists()


def test_a_lost_server_costs_warnings_and_no_result(mortal, schema, monkeypatch):
    """It is not waited for, and is asked again after a while."""
    url = f"{mortal.url}&schema={schema}".replace("postgres:@", "postgres:hush-hush@")
    tracker = Tracker(Tracker.IN_MEMORY, cache=url)
    assert [1, 1] == [tracker.track(scale, args=[1]) for _ in range(2)]
    with psycopg.connect(mortal.url, autocommit=True) as found:
        found.execute("CHECKPOINT")  # a result that was stored a moment ago may be lost
    attempts, connect = [], psycopg.Connection.connect.__func__

    def counted(cls, *args, **options):
        attempts.append(1)
        return connect(cls, *args, **options)

    monkeypatch.setattr(psycopg.Connection, "connect", classmethod(counted))
    mortal.kill()
    try:
        began = time.monotonic()
        with pytest.warns(XetrackWarning) as said:
            assert [1] * 3 == [tracker.track(scale, args=[1]) for _ in range(3)]
        assert time.monotonic() - began < module._FEWEST
        assert [1] == attempts
    finally:
        mortal.start()
    texts = [str(one.message) for one in said]
    assert all("server could not be reached" in text and "hush" not in text for text in texts)
    (text,) = texts
    assert "Reading the cache failed" in text
    assert "not cached" in text
    tracker._call_cache.cache._until = 0.0
    tracker.track(scale, args=[1])
    assert ([1] * 4, tracker.track_id) == (RAN, tracker.latest["cache"])
    tracker.close()


def test_a_table_that_others_keep_locked_is_waited_for_once(server, url, schema, monkeypatch):
    """A table that others keep locked is waited for once, as a server that is away: no result waits
    for it again until a while has passed.
    """
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    with Tracker(Tracker.IN_MEMORY, cache=url) as tracker:
        assert tracker.track(scale, args=[1]) == 1
        with psycopg.connect(server.url) as other:
            other.execute(f"LOCK TABLE {schema}.xetrack_cache")
            with pytest.warns(XetrackWarning, match="keep its table locked.*pg_stat_activity"):
                assert tracker.track(scale, args=[1]) == 1
            began = time.monotonic()
            with pytest.raises(CacheError, match="keep its table locked"):
                tracker._call_cache.cache.get("ab")
            assert time.monotonic() - began < module.PATIENCE


def test_a_server_that_is_away_from_the_start_costs_warnings_only():
    """A server that is away from the start costs a warning, as a folder that cannot be made."""
    url = "postgresql://me:hush-hush@localhost:1/db"
    began = time.monotonic()
    with Tracker(Tracker.IN_MEMORY, cache=url) as tracker, pytest.warns(XetrackWarning) as said:
        assert 1 == tracker.track(scale, args=[1])
    assert time.monotonic() - began < 5
    texts = [str(one.message) for one in said]
    assert 1 == len(texts)
    assert all("or start the server." in text and "hush" not in text for text in texts)
    with pytest.raises(CacheError, match="could not be reached"):
        Reader.read_cache(url, "ab")


def test_a_limit_keeps_what_was_stored_last(url):
    """A limit keeps what was stored last, also a single result beyond it.

    One that is stored again is the newest.
    """
    cache = PostgresCache(url, size_limit=10_000)
    for key, size in (("a1", 4_000), ("b2", 4_000), ("a1", 4_000), ("c3", 4_000)):
        cache.put(key, entry(os.urandom(size)))
    assert ["a1", "c3"] == cache.keys("")
    cache.put("d4", entry(os.urandom(20_000)))
    assert ["d4"] == cache.keys("")
    cache.close()


def test_what_a_cell_cannot_hold_is_refused_with_a_reason(url, monkeypatch):
    """What a cell cannot hold is refused with a reason, and the result reaches the caller."""
    monkeypatch.setattr(module, "LARGEST", 1_000)
    with Tracker(Tracker.IN_MEMORY, cache=url) as tracker:
        with pytest.warns(XetrackWarning, match="PostgreSQL keeps 1,000 bytes.*cache=FOLDER"):
            assert "x" * 2_000 == tracker.track(scale, args=["x" * 2_000])
        assert 5 == tracker.track(scale, args=[5])
        assert [5] == [one["result"] for _, one in Reader.scan_cache(url)]


def test_a_long_material_is_read_whole(cache):
    """The first look at an entry gets some kilobytes only."""
    material = os.urandom(3 * module.FIRST)
    cache.put("ab-1", entry("x" * 5_000, material=material))
    assert material == cache.material("ab-1")
    (found,) = cache.iter_results()
    assert (material, 5_002, "") == (found.material, found.size, found.state)


def test_what_was_stored_again_since_it_was_listed_is_not_removed(cache):
    """What was stored again since it was listed is not removed: somebody computed it meanwhile."""
    for key in ("a1", "b2"):
        cache.put(key, entry(1))
    found = list(cache.iter_results())
    cache.put("a1", entry(2))
    assert (1, ["a1"]) == (cache.remove(found), cache.keys(""))


def test_two_that_make_the_table_at_the_same_moment_both_store(cache, url, by_hand):
    """The server remembers for a session that a table was not there, after others made it."""
    other = PostgresCache(url)
    thread = threading.Thread(target=lambda: other.put("b2", entry(2)))
    waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'advisory'"
    with cache.connections.transaction() as connection:
        cache.catalog.prepare(connection)
        thread.start()
        while not by_hand(waiting):
            time.sleep(0.01)
    thread.join()
    cache.put("a1", entry(1))
    assert ["b2", "a1"] == other.keys("")
    other.close()


def test_a_role_that_may_only_read_finds_results(server, url, schema, by_hand):
    """What it computes is not kept, with a warning that says why."""
    with Tracker(Tracker.IN_MEMORY, cache=url, track_id="first") as tracker:
        tracker.track(scale, args=[1])
    role = f"reader_{schema}"
    by_hand(f"CREATE ROLE {role} LOGIN")
    by_hand(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
    by_hand(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}")
    reading = url.replace("postgres:@", f"{role}@")
    with Tracker(Tracker.IN_MEMORY, cache=reading) as tracker:
        assert 1 == tracker.track(scale, args=[1])
        assert "first" == tracker.latest["cache"]
        with pytest.warns(XetrackWarning, match="not cached.*permission denied"):
            tracker.track(scale, args=[2])
    with pytest.raises(AccessRefusedError):
        Reader.delete_cache_by_track_id(reading, "first")
    assert [1, 2] == RAN


def test_a_table_of_another_program_is_a_miss_and_can_be_removed(cache, by_hand, schema):
    """Nothing of it is believed."""
    by_hand(f"CREATE SCHEMA {schema}")
    by_hand("CREATE TABLE xetrack_cache (key text, value text)")
    for look in (
        lambda: cache.get("ab"),
        lambda: list(cache.iter_results()),
        lambda: cache.keys(""),
    ):
        with pytest.raises(DamagedCacheError, match="xt cache clear"):
            look()
    with pytest.raises(DamagedCacheError):
        cache.put("ab", entry(1))
    assert (0, False) == (cache.clear(), cache.exists())
    cache.put("ab", entry(1))
    assert 1 == cache.get("ab").result


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_right_outlasts_forks_and_closing(cache, url):
    """A function may fork for what it computes; and the child takes no right along."""
    other, held = PostgresCache(url), []

    def ask():
        with other.compute_lock("ab", wait=False) as mine:
            held.append(mine)

    def told():
        thread = threading.Thread(target=ask)  # a call within the call has the right too
        thread.start()
        thread.join()
        return held.pop()

    with cache.compute_lock("ab"):
        child = os.fork()
        if not child:
            code = 1
            try:
                cache.put("cd", entry("child"))
                with cache.compute_lock("ab") as within, cache.compute_lock("cd") as beside:
                    code = 0 if within and beside else 1
                cache.close()
            finally:
                os._exit(code)
        assert 0 == os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        cache.close()
        assert not told()
        assert "child" == cache.get("cd").result
    assert told()
    other.close()


def test_a_right_that_is_forgotten_is_given_back(cache, url):
    """As by an interrupt between its end and the block of its caller."""
    other = PostgresCache(url)
    kept = cache.acquire("cd", wait=False)
    assert cache.acquire("ab", wait=False) is not None  # and nobody keeps it
    assert other.acquire("ab", wait=False) is other.acquire("cd", wait=False) is None
    with cache.compute_lock("ab", wait=False) as held:
        assert held
    assert other.acquire("cd", wait=False) is None
    cache.release("cd", kept)
    with other.compute_lock("ab", wait=False) as one, other.compute_lock("cd", wait=False) as two:
        assert one
        assert two
    other.close()


ORPHAN = """
import os, signal, sys, time
from xetrack_postgres.cache.cache import PostgresCache
cache = PostgresCache(sys.argv[1])
with cache.compute_lock("ab"):
    child = os.fork()
    if not child:
        time.sleep(30)
    print(child, flush=True)
    time.sleep(30)
"""


def test_the_right_of_the_dead_is_not_kept_by_their_children(cache, url):
    """Which have a copy of the connection."""
    owner = start(ORPHAN, url)
    child = int(owner.stdout.readline())
    try:
        with cache.compute_lock("ab", wait=False) as held:
            assert not held
        owner.send_signal(signal.SIGKILL)
        owner.wait()
        began = time.monotonic()
        with cache.compute_lock("ab"):
            assert time.monotonic() - began < 5
    finally:
        os.kill(child, signal.SIGKILL)
        owner.communicate()


def test_a_hit_warns_of_nothing(url):
    """A hit warns of nothing, nor does a miss.

    `spool=` of a URL that rows share is nobody's business here.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with Tracker(Tracker.IN_MEMORY, cache=f"{url}&spool=/nowhere") as tracker:
            assert [1, 1] == [tracker.track(scale, args=[1]) for _ in range(2)]
    assert [1] == RAN
