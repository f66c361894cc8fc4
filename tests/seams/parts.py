"""Real parts whose methods can be made to fail; a plugin of the tests offers them by name."""

from __future__ import annotations

import inspect
from contextlib import contextmanager

from tests.seams.faults import faulty, strike
from xetrack.builtin.pandas.backend import PandasBackend
from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack.interfaces.engine import Inserter, Selection
from xetrack_assets.codecs.pickles import PickleCodec
from xetrack_assets.store import SQLiteAssetStore
from xetrack_cache.calls.call_cache import KeyedCalls
from xetrack_cache.folder_cache.disk_cache import DiskCache


@faulty("write", "write_columns", "append")
class FaultyInserter(Inserter):
    """Passes rows on."""

    def __init__(self, inserter):
        self._inserter = inserter
        self.columns = inserter.columns

    def write(self, rows):
        self._inserter.write(rows)

    def write_columns(self, columns):
        self._inserter.write_columns(columns)

    def append(self, row):
        self._inserter.append(row)


@faulty(
    *("__init__", "tables", "columns", "add_columns", "inserter", "is_writing", "after_write"),
    *("count", "update", "delete", "drop", "close", "sql"),
    blocks=("transaction",),
)
class FaultyEngine(SQLiteEngine):
    """SQLite, in which anything may fail."""

    @classmethod
    def owns(cls, location):
        strike("owns", "before")
        return False

    def inserter(self, table, fields):
        return FaultyInserter(super().inserter(table, fields))

    def read(self, table, query):
        strike("read", "before")
        selection = super().read(table, query)

        def batches():
            yield from selection.batches
            strike("read", "midway")

        return Selection(selection.columns, batches())


@faulty(
    *("find", "info", "infos", "content", "references", "dereference", "delete", "collect"),
    blocks=("storing",),
)
class FaultyStore(SQLiteAssetStore):
    """The store of SQLite, in which anything may fail."""


@faulty(blocks=("storing",))
class ApartStore(SQLiteAssetStore):
    """The same, but contents and rows are stored apart, as in a store elsewhere."""

    @contextmanager
    def storing(self, contents, references):
        with super().storing(contents, []):
            pass
        yield
        with super().storing([], references):
            pass


@faulty(
    *("get", "put", "keys", "material", "read", "delete_run", "close"), blocks=("compute_lock",)
)
class FaultyCache(DiskCache):
    """The cache in a folder, in which anything may fail."""

    def __init__(self, location, size_limit=None):
        super().__init__(location.partition("://")[2], size_limit)

    def scan(self, *, trust=None):
        strike("scan", "before")
        yield from super().scan(trust=trust)
        strike("scan", "midway")


@faulty("key", "why_miss", "is_cached", "close")
class FaultyCalls(KeyedCalls):
    """The call cache, in which anything may fail."""

    def run(self, call, *, force):
        strike("run", "before")
        answer = super().run(call, force=force)
        try:
            strike("run", "after")
        except BaseException:
            if inspect.iscoroutine(answer):
                answer.close()  # or Python warns that nobody awaits it
            raise
        return answer


class CallsCache(DiskCache):
    """The cache in a folder, answered by the faulty call cache."""

    call_cache = "faulty"

    def __init__(self, location, size_limit=None):
        super().__init__(location.partition("://")[2], size_limit)


@faulty("takes", "encode", "decode", "render")
class FaultyCodec(PickleCodec):
    """Pickles, in which anything may fail."""

    rank = -1

    def render(self, head, size, version):
        return "a pickle"


@faulty("frame", "parse_dates")
class FaultyBackend(PandasBackend):
    """pandas, in which anything may fail."""
