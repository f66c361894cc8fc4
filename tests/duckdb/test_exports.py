"""Files that DuckDB writes: they read as those that are written from the same rows elsewhere."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.engines import opened, run, same
from xetrack import Tracker
from xetrack.errors import StorageError
from xetrack.frames import files
from xetrack.frames.result import Result
from xetrack.interfaces.query import Condition, Query
from xetrack_duckdb.driver_errors import error_message
from xetrack_duckdb.reading import exports, select
from xetrack_testing.samples import VALUES

JSON = {"exception_type": "IO", "exception_message": "c"}
DAY = datetime(2024, 1, 2, 3, 4, 5, 678901)  # noqa: DTZ001 - a datetime without a zone is a value
FLOATS = [0.1, 1e16, 1e-5, -0.0, 5e-324, 1.7976931348623157e308, math.inf, -math.inf, math.nan]
TEXTS = ["", "a,b", 'a"b', "a\nb", " a ", "#a", "NULL", "\t", "ש", "\0b", "'", "\\n"]
FORMULAS = ["=1+1", "+1", "-1", "-a", "@x", "+.5e-3", "-inf", "\t=1", "\n-", "+\u0663"]

IN_CSV = {
    "b": [True, False, None],
    "i": [1, -(2**53), 2**63 - 1, None],
    "f": [*FLOATS, None],
    "n": [0.5, 3, math.nan, None],
    "t": [*TEXTS, *FORMULAS, None],
    "d": [date(1, 1, 1), date(9999, 12, 31), None],
}
IN_PARQUET = {
    "y": [b"", b"\x00\xff", None],
    "w": [DAY, datetime(1, 1, 1), None],  # noqa: DTZ001
    "h": [time(1, 2, 3), time(1, 2, 3, 4), None],
    "c": [Decimal("1.10"), None],
    "p": [Path("a/b"), None],
    "j": [[1, None], {"a": [DAY]}, None],
}
OTHERS = {
    "only_nan": [math.nan, None],
    "nothing": [None],
    "zoned": [DAY.replace(tzinfo=UTC), None],
    "zones": [DAY.replace(tzinfo=UTC), DAY],
    "clock": [time(1, tzinfo=UTC), None],
    "huge": [2**64, 2**200, None],
    "raw": ["\udcff", None],
    "mixed": list(VALUES.values()),
    "truths": [True, 1, 0.5],
}
QUERIES = [
    Query(),
    Query(where=(Condition("i", "=", 1),), tail=3),
    Query(where=(Condition("j", "!=", None),)),
    Query(order="f", descending=True, limit=9, tail=4),
    Query(where=(Condition("i", "=", 17),)),
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """A table with columns of every sort."""
    engine = opened(tmp_path_factory.mktemp("exports") / "rows.duckdb")
    columns = {**IN_CSV, **IN_PARQUET, **OTHERS}
    with Tracker(engine.location, warnings=False) as tracker:
        for at in range(max(map(len, columns.values()))):
            tracker.log({key: given[at % len(given)] for key, given in columns.items()})
            if at % 20 == 3:
                tracker.count_all()  # what comes after widens columns in DuckDB
    yield engine
    engine.close()


def both(engine, query, write, tmp_path):
    """Write with DuckDB, and from the same rows as plain values."""
    write(engine.read("default", query), tmp_path / "one")
    write(Result.of(engine.read("default", query)), tmp_path / "other")
    return tmp_path / "one", tmp_path / "other"


@pytest.mark.parametrize("query", QUERIES, ids=["all", "tail", "found", "sorted", "none"])
@pytest.mark.parametrize("more", [{}, OTHERS], ids=["direct", "mixed"])
def test_parquet_has_the_values_and_types_that_pyarrow_writes(engine, tmp_path, query, more):
    """Of columns that go into the file as they are, and of all others."""
    names = ("timestamp", *IN_CSV, *IN_PARQUET, *more)
    written = both(engine, replace(query, columns=names), files.to_parquet, tmp_path)
    found, wanted = map(pq.read_table, written)
    types = [(field.name, str(field.type)) for field in wanted.schema]
    assert types == [(field.name, str(field.type)) for field in found.schema]
    for name in names:
        assert same(wanted[name].to_pylist(), found[name].to_pylist()), name


@pytest.mark.parametrize("query", QUERIES, ids=["all", "tail", "found", "sorted", "none"])
def test_csv_reads_as_that_of_pandas(engine, tmp_path, query):
    """Cell by cell, whatever is quoted."""
    asked = replace(query, columns=("timestamp", *IN_CSV))
    texts = []
    for file in both(engine, asked, files.to_csv, tmp_path):
        with file.open(newline="", encoding="utf-8") as lines:
            texts.append(list(csv.reader(lines)))
    assert texts[1] == texts[0]


def test_a_carriage_return_in_csv_is_in_a_cell(tmp_path):
    """Python's own writer leaves it bare before 3.13, where readers see the end of a line."""
    with Tracker(tmp_path / "rows.duckdb") as tracker:
        tracker.log({"x": "a\rb"})
        tracker.to_csv(tmp_path / "x.csv")
    with (tmp_path / "x.csv").open(newline="") as lines:
        assert ["a\rb"] == [row["x"] for row in csv.DictReader(lines)]


def test_rows_go_into_a_file_without_being_objects(engine, tmp_path, monkeypatch):
    """Rows go into a file without being objects where each column is of a kind that DuckDB writes.

    Mixtures in CSV are left to others.
    """
    monkeypatch.setattr(select, "read_batches", None)
    found = engine.read("default", Query(columns=("timestamp", *IN_CSV, "y", "w", "h", "c", "p")))
    assert len(VALUES) == found.write_parquet(str(tmp_path / "x"), None)
    found = engine.read("default", Query(columns=("timestamp", *IN_CSV)))
    assert len(VALUES) == found.write_csv(str(tmp_path / "x"))
    for columns in (("timestamp", "y"), ("timestamp", "mixed"), ("t",), ("i", "i")):
        assert engine.read("default", Query(columns=columns)).write_csv("nowhere") is None


@pytest.mark.slow
def test_many_rows_keep_their_order(tmp_path):
    """Many rows keep their order though DuckDB has two threads write them."""
    with Tracker(tmp_path / "many.duckdb", warnings=False) as tracker:
        tracker.log({"n": 0})
        query = "SELECT timestamp, track_id, n.range FROM db.events, range(1, 300000) AS n"
        tracker.conn.execute(f"INSERT INTO db.default {query}")
        tracker.to_parquet(tmp_path / "x.parquet", all=True)
        tracker.to_csv(tmp_path / "x.csv", all=True)
    assert list(range(300_000)) == pq.read_table(tmp_path / "x.parquet")["n"].to_pylist()
    with (tmp_path / "x.csv").open(newline="") as lines:
        assert list(range(300_000)) == [int(row["n"]) for row in csv.DictReader(lines)]


@pytest.mark.parametrize("write", [Tracker.to_csv, Tracker.to_parquet])
def test_a_file_that_duckdb_cannot_write_leaves_the_older_one(tmp_path, monkeypatch, write):
    """A file that DuckDB cannot write leaves the older one, and no other beside it, whether the
    disk is full or the user lost patience.
    """
    copy = exports._copy

    def half(connection, sql, values, path, how):
        Path(path).write_bytes(b"half")
        return copy(connection, sql, values, f"{path}/nowhere", how)

    def stop(*_):
        raise KeyboardInterrupt

    folder = tmp_path / "out"
    with Tracker(tmp_path / "rows.duckdb", warnings=False) as tracker:
        tracker.log({"x": 1})
        write(tracker, folder / "x.out")
        before = (folder / "x.out").read_bytes()
        tracker.log({"x": 2})
        monkeypatch.setattr(exports, "_copy", half)
        with pytest.raises(StorageError, match=rf"Writing '{folder}/x\.out' failed"):
            write(tracker, folder / "x.out")
        monkeypatch.setattr(exports, "_copy", stop)
        with pytest.raises(KeyboardInterrupt):
            write(tracker, folder / "x.out")
        assert [folder / "x.out"] == list(folder.iterdir())
        assert before == (folder / "x.out").read_bytes()
        monkeypatch.undo()
        write(tracker, folder / "x.out")
        write(tracker, folder / "\udcff")  # which DuckDB itself could not write
        assert {folder / "x.out", folder / "\udcff"} == set(folder.iterdir())
    assert before != (folder / "x.out").read_bytes()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is full")
@pytest.mark.parametrize("write", [Tracker.to_csv, Tracker.to_parquet])
def test_a_full_disk_is_told_in_plain_words(tmp_path, monkeypatch, write):
    """DuckDB says it in JSON, as the error comes from a thread of its own."""
    copy = exports._copy

    def full(connection, sql, values, path, how):
        Path(path).symlink_to("/dev/full")
        return copy(connection, sql, values, path, how)

    monkeypatch.setattr(exports, "_copy", full)
    with Tracker(tmp_path / "rows.duckdb", warnings=False) as tracker:
        tracker.log({"x": 1, "y": 2})
        assert tracker.conn is not None  # from now on DuckDB follows links to other files
        with pytest.raises(StorageError) as caught:
            write(tracker, tmp_path / "x.out")
    assert "No space left on device" == caught.value.reason


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("IO Error: gone\n\nLINE 1", ("IO Error: gone", None)),
        (
            'at 3: {"exception_type":"IO","exception_message":"no \\"x\\"","errno":"5"}',
            ('no "x"', 5),
        ),
        ('a {"exception_type":"IO","exception_message":"b\\nc"} z', ("b", None)),
        (f"a {json.dumps(JSON | {'exception_message': f'b {json.dumps(JSON)}'})}", ("c", None)),
        ('cut {"exception_type":"IO', ('cut {"exception_type":"IO', None)),
    ],
)
def test_what_duckdb_says_is_put_in_one_plain_line(said, expected):
    """However deep it lies in JSON."""
    assert expected == error_message(duckdb.IOException(said))


WITHOUT = """
import sys; sys.modules['pyarrow'] = None
from xetrack import Tracker
for name in ('x.duckdb', 'x.db', ':memory:'):
    path = name if ':' in name else f'{sys.argv[1]}/{name}'
    if name == 'x.db':
        Tracker(path).close()
    with Tracker(path, engine='duckdb', warnings=False) as tracker:
        tracker.log({'x': 1, 'y': 0.5})
        tracker.log({'x': 'a', 'y': None})
        tracker.to_parquet(f'{sys.argv[1]}/{name.strip(":")}.parquet')
"""


def test_parquet_needs_no_pyarrow(tmp_path):
    """On a DuckDB file, and where rows lie in SQLite and SQL runs in DuckDB."""
    run(WITHOUT, tmp_path, fresh=True)
    for name in ("x.duckdb", "x.db", "memory"):
        found = pq.read_table(tmp_path / f"{name}.parquet").to_pydict()
        assert (["1", "a"], [0.5, None]) == (found["x"], found["y"])
