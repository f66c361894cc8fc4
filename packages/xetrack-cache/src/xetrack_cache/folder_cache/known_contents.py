"""What the database of a cache may have: the objects and the settings that diskcache makes.

A cache may come from anybody. SQLite runs triggers, checks and what indexes compute with each row
that is stored. diskcache sets attributes of its own, and pragmas, as the table of settings has
them. So a database with anything else is refused.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from diskcache.core import (  # type: ignore[import-untyped]
    DBNAME,
    DEFAULT_SETTINGS,
    EVICTION_POLICY,
    METADATA,
)

from xetrack.errors import DamagedCacheError
from xetrack.interfaces.engines.sqlite_files import has_super_journal

if TYPE_CHECKING:
    import sqlite3


def _index(name: str, columns: str) -> tuple[str, str, str, str]:
    return "index", name, "Cache", f"CREATE INDEX {name} ON {columns}"


def _trigger(name: str, event: str, value: str) -> tuple[str, str, str, str]:
    changed = name.split("_")[1]
    body = f'UPDATE Settings SET value = value {value} WHERE key = "{changed}"; END'  # noqa: S608
    sql = f"CREATE TRIGGER {name} AFTER {event} ON Cache FOR EACH ROW BEGIN {body}"
    return "trigger", name, "Cache", sql


def _cache(version: str) -> tuple[str, str, str, str]:
    sql = (
        f"CREATE TABLE Cache ( rowid INTEGER PRIMARY KEY, key BLOB, raw INTEGER,{version} "
        "store_time REAL, expire_time REAL, access_time REAL, access_count INTEGER DEFAULT 0, "
        "tag BLOB, size INTEGER DEFAULT 0, mode INTEGER DEFAULT 0, filename TEXT, value BLOB)"
    )
    return "table", "Cache", "Cache", sql


def _table(name: str, columns: str) -> tuple[str, str, str, str]:
    return "table", name, name, f"CREATE TABLE {name}{columns}"


_KEYS = "CREATE UNIQUE INDEX Cache_key_raw ON Cache(key, raw)"
_OBJECTS = {
    _table("Settings", " ( key TEXT NOT NULL UNIQUE, value)"),
    ("index", "sqlite_autoindex_Settings_1", "Settings", None),
    _cache(""),
    _cache(" version INTEGER DEFAULT 0,"),  # up to diskcache 2
    ("index", "Cache_key_raw", "Cache", _KEYS),
    _index("Cache_expire_time", "Cache (expire_time)"),
    _index("Cache_store_time", "Cache (store_time)"),
    _index("Cache_access_time", "Cache (access_time)"),
    _index("Cache_access_count", "Cache (access_count)"),
    _index("Cache_tag_rowid", "Cache(tag, rowid)"),
    _trigger("Settings_count_insert", "INSERT", "+ 1"),
    _trigger("Settings_count_delete", "DELETE", "- 1"),
    _trigger("Settings_size_insert", "INSERT", "+ NEW.size"),
    _trigger("Settings_size_update", "UPDATE", "+ NEW.size - OLD.size"),
    _trigger("Settings_size_delete", "DELETE", "- OLD.size"),
    _table("sqlite_stat1", "(tbl,idx,stat)"),  # by a user's ANALYZE
    _table("sqlite_stat4", "(tbl,idx,neq,nlt,ndlt,sample)"),
}

_NUMBERS = {
    *METADATA,
    "statistics",
    "tag_index",
    "cull_limit",
    "disk_min_file_size",
    "disk_pickle_protocol",
}
_VALUES: dict[str, set[int | str]] = {
    "eviction_policy": set(EVICTION_POLICY),
    "sqlite_auto_vacuum": {DEFAULT_SETTINGS["sqlite_auto_vacuum"]},
    "sqlite_cache_size": {DEFAULT_SETTINGS["sqlite_cache_size"]},
    "sqlite_journal_mode": {"wal", "WAL"},  # words in capitals are of diskcache 2
    "sqlite_mmap_size": {0, DEFAULT_SETTINGS["sqlite_mmap_size"]},
    "sqlite_synchronous": {1, "NORMAL"},
    "sqlite_wal_autocheckpoint": {0},
}


def check_journal(database: str, location: str) -> None:
    """Check that SQLite removes no other file when it opens a database.

    Parameters
    ----------
    database
        The path of the database.
    location
        The folder of the cache.

    Raises
    ------
    DamagedCacheError
        The journal beside the database names another file.
    """
    if has_super_journal(database):
        reason = f"{DBNAME}-journal names another file, which SQLite would remove"
        raise DamagedCacheError(location, reason)


def known_tables(connection: sqlite3.Connection, location: str) -> set[str]:
    """Return the names of the tables of a database that has nothing but what diskcache makes.

    Parameters
    ----------
    connection
        A connection to the database.
    location
        The folder of the cache.

    Raises
    ------
    DamagedCacheError
        There is something else.
    sqlite3.Error
        The database cannot be read.
    """
    tables = set()
    query = "SELECT type, name, tbl_name, sql FROM sqlite_schema"
    with closing(connection.execute(query)) as entries:
        for entry in entries:
            if entry not in _OBJECTS:
                what = f"its database has {entry[1]!r:.80}, which is none of diskcache's objects"
                raise DamagedCacheError(location, what)
            if entry[0] == "table":
                tables.add(entry[1])
    return tables


def check_settings(connection: sqlite3.Connection, location: str) -> None:
    """Check that diskcache may obey the settings in a database.

    Parameters
    ----------
    connection
        A connection to a database that has the table.
    location
        The folder of the cache.

    Raises
    ------
    DamagedCacheError
        A setting is unknown, or has another value than diskcache or xetrack give it.
    sqlite3.Error
        The database cannot be read.
    """
    with closing(connection.execute("SELECT key, value FROM Settings")) as settings:
        for key, value in settings:
            if not _is_known(key, value):
                what = f"its setting {key!r:.80} is none of diskcache's, or has a value of its own"
                raise DamagedCacheError(location, what)


def _is_known(key: object, value: object) -> bool:
    kind = type(value)
    if key in _NUMBERS:
        return kind is int
    if key == "size_limit":
        return kind in {int, float}
    return isinstance(key, str) and kind in {int, str} and value in _VALUES.get(key, ())
