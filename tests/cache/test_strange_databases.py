"""Databases of caches that somebody else made: nothing that is in them runs or is obeyed."""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing

import diskcache
import pytest
from diskcache.core import EVICTION_POLICY

from xetrack import Tracker
from xetrack.errors import CacheError, DamagedCacheError, XetrackWarning
from xetrack_cache.folder_cache.disk_cache import DiskCache

KEY = "k" * 64
MAGIC = bytes.fromhex("d9d505f920a163d7")
"""First and last bytes of a journal that names another file."""


def put(text, other):
    """Return a statement that changes a part of what the database says of its tables."""
    return f"UPDATE sqlite_schema SET sql = replace(sql, '{text}', '{other}') WHERE type = 'table'"


OBJECTS = {
    "trigger": "CREATE TRIGGER more AFTER INSERT ON Cache BEGIN DELETE FROM Settings; END",
    "trigger on delete": "CREATE TRIGGER more AFTER DELETE ON Cache BEGIN SELECT zeroblob(9); END",
    "trigger of a known name": """
        DROP TRIGGER Settings_count_insert;
        CREATE TRIGGER Settings_count_insert AFTER INSERT ON Cache BEGIN SELECT zeroblob(9); END
    """,
    "trigger on settings": """
        CREATE TRIGGER more AFTER UPDATE ON Settings BEGIN SELECT zeroblob(9); END
    """,
    "index": "CREATE INDEX more ON Cache (size)",
    "index of an expression": "CREATE INDEX more ON Cache (length(key))",
    "partial index": "CREATE INDEX more ON Cache (key) WHERE instr(key, 'a') = 0",
    "index of a known name": """
        DROP INDEX Cache_expire_time;
        CREATE INDEX Cache_expire_time ON Cache (length(key))
    """,
    "table": "CREATE TABLE more (a)",
    "view": "CREATE VIEW more AS SELECT 1",
    "virtual table": "CREATE VIRTUAL TABLE more USING fts5(a)",
    "unknown collation": put("key BLOB", "key BLOB COLLATE unknown"),
    "collation": put("key BLOB", "key BLOB COLLATE NOCASE"),
    "check": put(" raw INTEGER", " raw INTEGER CHECK (raw + 1)"),
    "check of settings": put(" value)", " value CHECK (1))"),
    "default": put("DEFAULT 0", "DEFAULT (zeroblob(9))"),
    "generated": put("value BLOB", "value BLOB AS (zeroblob(9))"),
    "generated, in bytes": """
        UPDATE sqlite_schema SET sql = CAST(
            replace(sql, ' value BLOB', char(10) || 'value BLOB' || char(10) || 'AS' || char(10) ||
            '(zeroblob(9))') AS BLOB
        ) WHERE name = 'Cache'
    """,
    "bytes": "UPDATE sqlite_schema SET sql = CAST(sql AS BLOB) WHERE type = 'trigger'",
    "another kind": "UPDATE sqlite_schema SET type = 'INDEX' WHERE name = 'Cache_expire_time'",
}
SETTINGS = {
    "attribute": ("_directory", "elsewhere"),
    "method": ("set", "1"),
    "statement": ("_sql", 1),
    "disk": ("_disk", 1),
    "option of the disk": ("disk_evil", "1"),
    "compression": ("disk_compress_level", 1),
    "bytes": (b"\xff", 1),
    "bytes of a known name": (b"statistics", 1),
    "empty": ("", 1),
    "memory of SQLite": ("sqlite_hard_heap_limit", 1 << 40),
    "folder of SQLite": ("sqlite_temp_store_directory", "'elsewhere'"),
    "foreign keys": ("sqlite_foreign_keys", 1),
    "journal": ("sqlite_journal_mode", "off"),
    "journal in bytes": ("sqlite_journal_mode", b"wal"),
    "statement within a value": ("sqlite_mmap_size", "0; DROP TABLE Cache"),
    "mapped": ("sqlite_mmap_size", 1 << 40),
    "cached": ("sqlite_cache_size", 1 << 40),
    "fraction": ("sqlite_synchronous", 1.0),
    "policy": ("eviction_policy", "evil"),
    "number as policy": ("eviction_policy", 1),
    "text as limit": ("size_limit", "much"),
    "nothing as limit": ("size_limit", None),
    "text as number": ("cull_limit", "10"),
    "nothing as number": ("size", None),
    "bytes as number": ("count", b"\xff"),
    "size of files": ("disk_min_file_size", "x"),
}
READING = {
    "keys": lambda cache: cache.keys(""),
    "read": lambda cache: cache.read(KEY),
    "scan": lambda cache: list(cache.scan()),
    "results": lambda cache: list(cache.iter_results()),
    "fetch": lambda cache: cache.fetch(KEY),
    "head": lambda cache: cache.fetch_head(KEY, 10),
}
CHANGING = {
    "store": lambda cache: cache.store("m" * 64, b"x" * 40_000, "run"),
    "delete": lambda cache: cache.delete_run("run"),
}
CALLS = {**READING, **CHANGING}


@pytest.fixture
def change(folder):
    """Return a function that changes the database of a cache with one entry."""
    with closing(DiskCache(str(folder))) as cache:
        cache.store(KEY, b"value", "run")

    def run(sql, *values):
        with closing(sqlite3.connect(folder / "cache.db", isolation_level=None)) as connection:
            connection.execute("PRAGMA writable_schema = ON")
            if values:
                connection.execute(sql, values)
            else:
                connection.executescript(sql)

    return run


@pytest.mark.parametrize("sql", OBJECTS.values(), ids=OBJECTS)
def test_what_diskcache_does_not_make_is_refused(folder, change, sql):
    """Nothing of it runs, whatever is asked of the cache."""
    change(sql)
    for call in CALLS.values():
        with closing(DiskCache(str(folder))) as cache, pytest.raises(CacheError):
            call(cache)


def test_an_object_that_runs_is_a_damaged_cache(folder, change):
    """The error tells which one it is, and how to empty the cache."""
    change(OBJECTS["trigger"])
    for call in CALLS.values():
        with (
            closing(DiskCache(str(folder))) as cache,
            pytest.raises(DamagedCacheError, match=r"'more'.*none of diskcache's.*xt cache clear"),
        ):
            call(cache)


@pytest.mark.parametrize("made", ["", "DROP TABLE Cache"])
@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_settings_of_others_are_not_obeyed(folder, change, tmp_path, monkeypatch, setting, made):
    """They are refused before anything is stored, also where the other table is yet to be made."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    change("INSERT OR REPLACE INTO Settings VALUES (?, ?)", *setting)
    change(made)
    with (
        closing(DiskCache(str(folder))) as cache,
        pytest.raises(DamagedCacheError, match=r"setting .* is none of diskcache's"),
    ):
        cache.store("m" * 64, b"x" * 40_000, "run")
    assert [] == [*(tmp_path / "elsewhere").iterdir()]
    assert [] == [*folder.rglob("*.val")]
    with closing(sqlite3.connect(":memory:")) as connection:
        assert (0,) == connection.execute("PRAGMA hard_heap_limit").fetchone()


def test_settings_that_come_while_a_cache_is_open_are_not_obeyed(folder, change):
    """diskcache reads them with each connection."""
    with closing(DiskCache(str(folder))) as cache:
        cache.store("m" * 64, b"x", "run")
        change("INSERT INTO Settings VALUES (?, ?)", *SETTINGS["memory of SQLite"])
        with pytest.raises(DamagedCacheError):
            cache.store("n" * 64, b"x", "run")


def test_triggers_that_come_while_a_cache_is_open_do_not_run(folder, change):
    """A trigger that is added later is refused as well."""
    with closing(DiskCache(str(folder))) as cache:
        cache.store("m" * 64, b"x", "run")
        change(OBJECTS["trigger"])
        with pytest.raises(DamagedCacheError):
            cache.store("n" * 64, b"x", "run")


def test_a_call_runs_without_a_cache_that_is_refused(folder, change, tmp_path):
    """Its result is returned, with a warning."""
    change("INSERT INTO Settings VALUES (?, ?)", *SETTINGS["option of the disk"])
    with (
        Tracker(tmp_path / "x.db", cache=folder) as tracker,
        pytest.warns(XetrackWarning, match=r"not cached.*'disk_evil'"),
    ):
        assert 1 == tracker.track(abs, args=[-1])


@pytest.mark.parametrize(
    "sql", [OBJECTS["trigger on delete"], "INSERT INTO Settings VALUES ('disk_evil', 1)"]
)
def test_a_cache_that_is_refused_can_be_emptied(folder, change, sql):
    """Its database is removed, and the next result makes another."""
    change(sql)
    with closing(DiskCache(str(folder))) as cache:
        cache.clear()
        cache.store(KEY, b"other", "run")
        assert b"other" == cache.fetch(KEY)


@pytest.mark.parametrize("tag_index", [0, 1])
@pytest.mark.parametrize("policy", EVICTION_POLICY)
def test_whatever_diskcache_makes_is_accepted(folder, policy, tag_index):
    """A cache may have been made with any policy, as by xetrack 0.7."""
    limit = 1e9 if tag_index else 10_000_000
    with diskcache.Cache(folder, eviction_policy=policy, tag_index=tag_index, size_limit=limit):
        pass
    for size_limit in (None, 100_000, None):
        with closing(DiskCache(str(folder), size_limit)) as cache:
            cache.store(KEY, b"value", "run")
            assert b"value" == cache.fetch(KEY)


def test_a_cache_of_diskcache_2_is_accepted(folder):
    """Its table has a column more, and it wrote some settings as words."""
    folder.mkdir()
    with closing(sqlite3.connect(folder / "cache.db", isolation_level=None)) as connection:
        connection.executescript("""
            CREATE TABLE Settings ( key TEXT NOT NULL UNIQUE, value);
            INSERT INTO Settings VALUES ('sqlite_journal_mode', 'WAL');
            INSERT INTO Settings VALUES ('sqlite_synchronous', 'NORMAL');
        """)
        connection.execute(
            "CREATE TABLE Cache ( rowid INTEGER PRIMARY KEY, key BLOB, raw INTEGER, "
            "version INTEGER DEFAULT 0, store_time REAL, expire_time REAL, access_time REAL, "
            "access_count INTEGER DEFAULT 0, tag BLOB, size INTEGER DEFAULT 0, "
            "mode INTEGER DEFAULT 0, filename TEXT, value BLOB)"
        )
    with closing(DiskCache(str(folder))) as cache:
        cache.store(KEY, b"value", "run")
        assert b"value" == cache.fetch(KEY)


def test_statistics_of_a_user_are_accepted(folder, change):
    """ANALYZE makes tables of SQLite's own."""
    change("ANALYZE")
    with closing(DiskCache(str(folder))) as cache:
        cache.store("m" * 64, b"value", "run")
        assert b"value" == cache.fetch(KEY)


def forge(database, victim):
    """Leave a journal that waits to be rolled back, and names a file to be removed then."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    name = str(victim).encode()
    header = struct.pack(">8sIIIII", MAGIC, 0, 1, pages, 512, 4096).ljust(512, b"\0")
    end = struct.pack(">II", len(name), sum(name)) + MAGIC
    journal = header + struct.pack(">I", 2**30 // 4096 + 1) + name + end
    database.with_name("cache.db-journal").write_bytes(journal)


@pytest.mark.parametrize("name", [*CALLS, "sqlite"])
def test_no_file_that_a_journal_names_is_removed(folder, change, tmp_path, name):
    """SQLite itself removes it, or this shows nothing; a cache is refused before."""
    del change
    victim = tmp_path / "precious.txt"
    victim.write_text("precious")
    forge(folder / "cache.db", victim)
    if name == "sqlite":
        with closing(sqlite3.connect(folder / "cache.db")) as connection:
            connection.execute("SELECT count(*) FROM Cache").fetchone()
        assert not victim.exists()
        return
    with closing(DiskCache(str(folder))) as cache:
        with pytest.raises(DamagedCacheError, match="names another file"):
            CALLS[name](cache)
        assert victim.exists()
        cache.clear()
    assert victim.exists()


def test_a_journal_beside_a_cache_that_is_open_is_refused(folder, change, tmp_path):
    """diskcache opens the database with each result that is stored."""
    del change
    with closing(DiskCache(str(folder))) as cache:
        cache.store("m" * 64, b"x", "run")
        (folder / "cache.db-journal").write_bytes(MAGIC.rjust(600, b"\0"))
        with pytest.raises(DamagedCacheError, match="names another file"):
            cache.store("n" * 64, b"x", "run")


def test_an_unknown_collation_is_a_typed_error(folder, change):
    """The keys cannot be sorted."""
    change(OBJECTS["unknown collation"])
    with closing(DiskCache(str(folder))) as cache, pytest.raises(DamagedCacheError):
        cache.keys("")
