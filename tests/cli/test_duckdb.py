"""`xt` on a DuckDB file: the same words, the same answers."""

from __future__ import annotations

import csv
import json
import math

import pytest
from pyarrow import parquet

from tests.cli.conftest import RUN
from xetrack import Reader, Tracker, copy
from xetrack_cli.files import writing
from xetrack_cli.options import ROWS
from xetrack_cli.queries.table_query import open_query
from xetrack_duckdb.reading import exports


@pytest.fixture
def both(db, tmp_path):
    """One set of rows on each engine."""
    copy(db, tmp_path / "runs.duckdb")
    return db, tmp_path / "runs.duckdb"


@pytest.mark.parametrize(
    "words",
    [
        "head DB -n 2",
        "tail DB --json --columns epoch,accuracy",
        "head DB --where epoch > 2 --sort accuracy --desc --csv",
        "columns DB --json",
        "ls DB track_id --unique",
        "tables DB",
        "runs DB --json",
        f"show DB {RUN}",
        f"compare DB {RUN} other-1",
        "stats describe DB --columns accuracy",
        "stats top DB accuracy",
        "stats bottom DB accuracy",
        "plot hist DB accuracy --csv",
        "plot line DB epoch accuracy --csv",
        "sql DB SELECT\xa0count(*)\xa0AS\xa0n\xa0FROM\xa0db.events",
        "head DB nosuch",
        "tail DB --columns acuracy",
        "head DB --table nosuch",
    ],
)
def test_the_answers_are_those_of_sqlite(xt, both, words):
    """On stdout and stderr, exit codes too; a name that is wrong gets the same help."""
    done = []
    for path in both:
        line = [word.replace("\xa0", " ") for word in words.split()]
        found = xt(*(path if word == "DB" else word for word in line))
        done.append((found.code, found.out, found.err.replace(str(path), "DB")))
    assert done[0] == done[1]


def test_rows_are_changed_exported_and_imported(xt, both, tmp_path):
    """Rows are changed, exported and imported, and a run is deleted."""
    _, path = both
    assert (0, "") == xt("set", path, "good", "true", "--track-id", RUN)[::2]
    assert 0 == xt("export", path, tmp_path / "rows.jsonl").code
    assert 0 == xt("import", tmp_path / "again.duckdb", tmp_path / "rows.jsonl").code
    assert len(Reader(path)) == len(Reader(tmp_path / "again.duckdb"))
    assert 0 == xt("delete", path, RUN).code
    assert [{"n": 1}] == json.loads(xt("sql", path, "SELECT 1 AS n", "--json").out)


def test_csv_and_parquet_are_those_of_sqlite(tmp_path, monkeypatch):
    """CSV and parquet are those of SQLite, also where DuckDB writes them, formulas and nan
    included.
    """
    texts = ["=1", "+1", "-x", "@a", "\tb", "-.5", "'=", 'a,"b"\nש', "", None]
    with Tracker(tmp_path / "runs.db", warnings=False) as tracker:
        for number, text in enumerate(texts):
            nan = math.nan if number % 3 else 1.5
            tracker.log({"t": text, "f": nan, "b": bool(number % 2), "i": -number, "m": text or 1})
    copy(tmp_path / "runs.db", tmp_path / "runs.duckdb")
    written = []
    write = exports.write_csv
    monkeypatch.setattr(
        exports, "write_csv", lambda *a, **kw: written.append(write(*a, **kw)) or written[-1]
    )
    for columns, raw in ((["t", "f", "b", "i"], False), (["t", "f"], True), (["m", "t"], False)):
        texts = []
        for db in ("runs.db", "runs.duckdb"):
            with open_query(tmp_path / db, ROWS) as asked:
                writing.write(asked, columns, tmp_path / "x.csv", raw=raw, order="i")
                writing.write(asked, None, tmp_path / f"{db}.parquet", raw=raw)
            with (tmp_path / "x.csv").open(newline="", encoding="utf-8") as lines:
                texts.append(list(csv.reader(lines)))
        assert texts[0] == texts[1]
    assert [10, 10] == written
    tables = [parquet.read_table(tmp_path / f"runs.{end}.parquet") for end in ("db", "duckdb")]
    assert repr(tables[0].to_pydict()) == repr(tables[1].to_pydict())
